"""The order of computations, and the circles that have none: a depth-first walk without recursion."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from app.forms.tree import Spec

if TYPE_CHECKING:
    from app.forms.program import Compiled, Computation

_VALUE, _RELEVANCE, _COUNT = range(3)


def order(form: Compiled) -> tuple[dict[Computation, int], list[Computation]]:
    """The rank of every computation that others read, and a circle if there is one.

    What reads another instance of the repeat that it stands in (a running total reads the instance before) is no
    circle: such reads do not count for the order, and the session computes until nothing changes.
    """
    table: dict[tuple[int, Spec], Computation] = {
        (found.kind, found.spec): found for found in form.all() if found.kind <= _COUNT
    }
    needs = {found: _needs(found, table) for found in table.values()}
    return _sorted(needs)


def _needs(computation: Computation, table: dict[tuple[int, Spec], Computation]) -> list[Computation]:
    needed: dict[Computation, None] = {}
    for read in computation.reads:
        for key in _keys(read.spec, below=computation.spec.depth if read.within else -1):
            other = table.get(key)
            if other is not None and not (read.across and _shares_repeat(other, computation)):
                needed[other] = None
    for spec in computation.spec.chain:
        counted = table.get((_COUNT, spec))
        if counted is not None and counted is not computation:
            needed[counted] = None
    return list(needed)


def _keys(spec: Spec, below: int) -> list[tuple[int, Spec]]:
    found = [(_VALUE, spec)]
    for above in spec.chain[below + 1 :]:
        found.append((_RELEVANCE, above))
        if above.repeat:
            found.append((_COUNT, above))
    return found


def _shares_repeat(one: Computation, other: Computation) -> bool:
    return any(spec.repeat and spec in other.spec.chain for spec in one.spec.chain)


def _sorted(needs: dict[Computation, list[Computation]]) -> tuple[dict[Computation, int], list[Computation]]:
    ranks: dict[Computation, int] = {}
    state: dict[Computation, int] = defaultdict(int)  # 0 unseen, 1 on the way, 2 done
    for start in needs:
        if state[start]:
            continue
        trail: list[tuple[Computation, int]] = [(start, 0)]
        state[start] = 1
        while trail:
            here, at = trail.pop()
            following = needs[here]
            if at < len(following):
                trail.append((here, at + 1))
                other = following[at]
                if state[other] == 1:
                    return {}, _circle([found for found, _ in trail], other)
                if state[other] == 0:
                    state[other] = 1
                    trail.append((other, 0))
                continue
            state[here] = 2
            ranks[here] = len(ranks)
    return ranks, []


def _circle(trail: list[Computation], closing: Computation) -> list[Computation]:
    return trail[trail.index(closing) :]

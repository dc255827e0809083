"""Paths through the primary instance, resolved before the form runs: so many steps up, then down through known slots.

A repeat on the way of an absolute path that the expression itself stands in means its own instance (as form authors
know it from ODK's engines), unless the repeat is what the path asks for, or a predicate chooses.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

from app.forms.tree import Node, Spec
from app.forms.xpath.ast import Expr, Step
from app.forms.xpath.compiled import Closure, Frame, Place
from app.forms.xpath.lexer import XPathError
from app.words import mark


class NoSuchPlace(XPathError):
    """The path leads nowhere: by XPath it means no nodes."""


NO_SUCH_PLACE = mark("there is no “{path}” in the form")
TOO_WIDE = mark("it means more than {limit} places of the form")
MOST_TRAILS = 20_000
OUT_OF_THE_FORM = mark("the path leads out of the form")

Chooser = Callable[[list[Place], Frame], list[Place]]
Choosing = Callable[[tuple[Expr, ...], Spec], Chooser]


class Down(NamedTuple):
    """One step down: to `spec`, keeping what the predicates choose."""

    spec: Spec
    predicates: tuple[Expr, ...] = ()


class Route(NamedTuple):
    """From the root, the context node or the node of `current()`, up and then down."""

    start: str
    top: Spec
    ups: int
    downs: tuple[Down, ...]

    @property
    def target(self) -> Spec:
        """Where it leads."""
        return self.downs[-1].spec if self.downs else self.top

    @property
    def single(self) -> bool:
        """Whether it leads to exactly one node."""
        return not any(down.spec.repeat or down.predicates for down in self.downs)


def absolute(root: Spec, steps: tuple[Step, ...], home: Spec) -> list[Route]:
    """The routes of an absolute path in an expression of `home`."""
    if not steps:
        return [Route("root", root, 0, ())]
    first, rest = steps[0], steps[1:]
    if first.axis == "below" and rest:
        first, rest = rest[0], rest[1:]
        trails = _anywhere(root, first)
    elif first.axis == "child" and first.name in ("*", root.name):
        trails = [[Down(root, first.predicates)]]
    else:
        trails = []
    if not trails:
        raise NoSuchPlace(NO_SUCH_PLACE, path=f"/{first.name}")
    found = _walk(trails, rest) if len(trails) > 1 or _winds(rest) else [_straight(trails[0], rest)]
    return [_own_instance(root, trail, home) for trail in found]


def _anywhere(root: Spec, step: Step) -> list[list[Down]]:
    chains = [spec.chain for spec in root.below() if step.name in ("*", spec.name)]
    return [[*(Down(spec) for spec in chain[:-1]), Down(chain[-1], step.predicates)] for chain in chains]


def _winds(steps: tuple[Step, ...]) -> bool:
    return any(step.axis != "child" or step.name == "*" for step in steps)


def _straight(trail: list[Down], steps: tuple[Step, ...]) -> list[Down]:
    """The trail of a path that only names children: the usual case, and quick."""
    here = trail[-1].spec
    for step in steps:
        kid = here.child(step.name)
        if kid is None:
            raise NoSuchPlace(NO_SUCH_PLACE, path=f"{here.path}/{step.name}")
        trail.append(Down(kid, step.predicates))
        here = kid
    return trail


def _own_instance(root: Spec, trail: list[Down], home: Spec) -> Route:
    nearest = 0
    for at, down in enumerate(trail[:-1]):
        if down.predicates or down.spec not in home.chain:
            break
        if down.spec.repeat:
            nearest = at
    if nearest:
        top = trail[nearest].spec
        return Route("home", top, home.depth - top.depth, tuple(trail[nearest + 1 :]))
    return Route("root", root, 0, tuple(trail[1:]))


def relative(start: str, context: Spec, steps: tuple[Step, ...]) -> list[Route]:
    """The routes of a path relative to a node of `context`."""
    top, ups, rest = context, 0, _shortened(steps)
    while rest and rest[0].axis in ("self", "parent") and not rest[0].predicates:
        step = rest.pop(0)
        if step.axis == "parent":
            if top.parent is None:
                raise NoSuchPlace(OUT_OF_THE_FORM)
            top, ups = top.parent, ups + 1
        if step.name not in ("*", top.name):
            raise NoSuchPlace(NO_SUCH_PLACE, path=step.name)
    if rest and rest[0].axis != "child" and rest[0].axis != "below":
        raise NoSuchPlace(OUT_OF_THE_FORM)
    trails = _walk([[Down(top)]], tuple(rest))
    return [Route(start, top, ups, tuple(trail[1:])) for trail in trails]


def _shortened(steps: tuple[Step, ...]) -> list[Step]:
    """Without the detours `name/..`, so that what goes up comes first."""
    found: list[Step] = []
    for step in steps:
        plain = step.axis == "parent" and step.name == "*" and not step.predicates
        if plain and found and found[-1].axis == "child" and not found[-1].predicates:
            found.pop()
        else:
            found.append(step)
    return found


def _walk(trails: list[list[Down]], steps: tuple[Step, ...]) -> list[list[Down]]:
    for step in steps:
        following = [longer for trail in trails for longer in _one_step(trail, step)]
        if not following:
            where = trails[0][-1].spec.path if trails and trails[0] else ""
            raise NoSuchPlace(NO_SUCH_PLACE, path=f"{where}/{step.name}")
        if len(following) > MOST_TRAILS:
            raise XPathError(TOO_WIDE, limit=str(MOST_TRAILS))
        trails = following
    return trails


def _one_step(trail: list[Down], step: Step) -> list[list[Down]]:
    here = trail[-1].spec
    if step.axis == "self":
        last = Down(here, trail[-1].predicates + step.predicates)
        return [[*trail[:-1], last]] if step.name in ("*", here.name) else []
    if step.axis == "parent":
        above = trail[:-1]
        return [above] if above and step.name in ("*", above[-1].spec.name) else []
    if step.axis == "below":
        depth = len(here.chain)
        return [[*trail, *(Down(spec) for spec in found.chain[depth:])] for found in here.below()]
    if step.name == "*":
        return [[*trail, Down(kid, step.predicates)] for kid in here.kids]
    kid = here.child(step.name)
    return [] if kid is None else [[*trail, Down(kid, step.predicates)]]


def single(route: Route) -> Closure:
    """The closure that gives the one node of a route."""
    start = _start(route)
    slots = [down.spec.slot for down in route.downs]
    if not slots:
        return start
    if len(slots) == 1:
        only = slots[0]
        return lambda n, e: start(n, e).kids[only]

    def down(n: Any, e: Frame) -> Any:
        node = start(n, e)
        for slot in slots:
            node = node.kids[slot]
        return node

    return down


def _start(route: Route) -> Closure:
    if route.start == "root":
        return lambda n, e: e.root
    if route.ups == 0:
        return (lambda n, e: n) if route.start == "context" else (lambda n, e: e.home)
    climb = attrgetter(".".join(["parent"] * route.ups))
    return (lambda n, e: climb(n)) if route.start == "context" else (lambda n, e: climb(e.home))


def many(route: Route, choosing: Choosing) -> Closure:
    """The closure that gives the relevant nodes of a route, in document order."""
    start = _start(route)
    steps = [
        (down.spec.slot, down.spec.repeat, choosing(down.predicates, down.spec) if down.predicates else None)
        for down in route.downs
    ]

    def walk(n: Any, e: Frame) -> list[Place]:
        nodes: list[Any] = [start(n, e)]
        for slot, repeat, choose in steps:
            following: list[Any] = []
            for node in nodes:
                found = node.kids[slot] if repeat else [node.kids[slot]]
                relevant = [kid for kid in found if kid.relevant]
                following += relevant if choose is None else choose(relevant, e)
            nodes = following
        return nodes if steps else [node for node in nodes if node.relevant]

    return walk


def all_targets(anchor: Node, downs: tuple[Spec, ...]) -> list[Node]:
    """Every node at the end of `downs` below `anchor`, relevant or not."""
    nodes = [anchor]
    for spec in downs:
        nodes = [kid for node in nodes for kid in node.instances(spec.slot)]
    return nodes

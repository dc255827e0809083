"""The nodes of one answered form, kept true to its rules: what changes recomputes what depends on it, in order.

The engine knows nodes and rules. Paths, views, problems and storage are the session's.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

from app.forms.data import NONE, Action, Seed
from app.forms.program import CALCULATE, CONSTRAINT, COUNT, READONLY, RELEVANT, REQUIRED, Compiled, Computation
from app.forms.tree import Node, Spec
from app.forms.types import well_formed
from app.forms.xpath.compiled import Exhausted, Frame
from app.forms.xpath.routes import all_targets

MOST_INSTANCES = 1_000
"""Most instances of one repeat within one place."""
MOST_NODES = 100_000
"""Most nodes of one answered form."""
LONGEST_RESULT = 100_000
"""Most characters of a calculated value."""
_SETTLES_IN = 50


class Engine:
    """The tree of one answered form. `changed` gathers the nodes that were touched since it was last emptied."""

    def __init__(self, form: Compiled, frame_of: Callable[[Node], Frame]) -> None:
        self.form = form
        self.root = Node(form.root, None)
        self.frame = frame_of(self.root)
        self.changed: dict[Node, None] = {}
        self.events: dict[Node, None] = {}
        self.unsettled: dict[Spec, None] = {}
        self.most = MOST_INSTANCES
        self.size = 0
        """How many nodes hang in the tree."""
        self.resized = False
        self.begun = False
        """Whether a person may have seen the form."""
        self.overfull: dict[Spec, None] = {}
        self._heap: list[tuple[int, int, Computation, Node]] = []
        self._queued: set[tuple[Computation, Node]] = set()
        self._times: dict[tuple[Computation, Node], int] = {}
        self._sequence = 0
        self._actions: dict[Spec, list[tuple[int, Action]]] = {}
        for at, action in enumerate(form.data.actions):
            if "value-changed" in action.events and action.home != NONE:
                self._actions.setdefault(form.specs[action.home], []).append((at, action))

    # Building

    def fill(self, seed: Seed) -> None:
        """Make the tree that the seed describes."""
        self.root.kids = []
        self._fill(self.root, seed)
        self.measure()

    def measure(self) -> None:
        """Count the nodes of the tree as it is."""
        self.size = sum(1 for _ in self.root.below())

    def is_full(self, spec: Spec) -> bool:
        """Whether the form holds as much as it may, so that no instance of a repeat can be added."""
        return self.size + sum(1 for _ in spec.below()) > MOST_NODES

    def _fill(self, node: Node, seed: Seed) -> None:
        node.value = seed.value
        node.attributes = seed.attributes or None
        given: dict[int, list[Seed]] = {}
        for kid in seed.kids:
            given.setdefault(kid.place, []).append(kid)
        for spec in node.spec.kids:
            made = []
            for kid in given.get(spec.index, []):
                instance = Node(spec, node)
                self._fill(instance, kid)
                made.append(instance)
            node.kids.append(made if spec.repeat else made[0] if made else self.make(spec, node))

    def make(self, spec: Spec, parent: Node) -> Node:
        """A new node with its defaults and all below it, not yet hung into the tree."""
        node = Node(spec, parent)
        place = self.form.data.places[spec.index]
        node.value = spec.default
        node.attributes = place.attributes or None
        for kid in spec.kids:
            if kid.repeat:
                bare = self.form.data.places[kid.index].bare
                node.kids.append([] if bare else [self.make(kid, node)])
            else:
                node.kids.append(self.make(kid, node))
        return node

    def compute_all(self, *, fresh: bool = True) -> None:
        """Compute every rule of every node; `fresh` also those of which the value is another each time."""
        self.queue_below(self.root, fresh=fresh)
        self.settle()

    def queue_below(self, top: Node, *, fresh: bool = True) -> None:
        """Queue every rule of every node from `top` down."""
        computations = self.form.computations
        for node in top.below():
            for computation in computations.get(node.spec, ()):
                if computation.kind != COUNT and (fresh or not computation.fresh or computation.kind != CALCULATE):
                    self.queue(computation, node)
            for kid in node.spec.kids:
                if kid.repeat:
                    for computation in computations.get(kid, ()):
                        if computation.kind == COUNT:
                            self.queue(computation, node)

    # Changing

    def put(self, node: Node, value: str) -> None:
        """Give a node a value; what depends on it is queued."""
        if node.value == value:
            return
        node.value = value
        self.unsettled.pop(node.spec, None)
        self.changed[node] = None
        self.events[node] = None
        self._queue_readers(node)

    def add_instance(self, parent: Node, spec: Spec, *, at: int | None = None, instance: Node | None = None) -> Node:
        """Hang an instance of a repeat into the tree: a new one, or one that was removed before."""
        siblings = parent.instances(spec.slot)
        made = instance if instance is not None else self.make(spec, parent)
        siblings.insert(len(siblings) if at is None else at, made)
        self.changed.update(dict.fromkeys(siblings))
        for node in made.below():
            self.size += 1
            node.relevant = (node.parent is None or node.parent.relevant) and node.own
            self.changed[node] = None
        if instance is None:
            for node in list(made.below()):
                if node.spec.repeat:
                    self.run_actions("new-repeat", below=node)
        self.queue_below(made)
        self._queue_structure(made)
        return made

    def remove_instance(self, instance: Node) -> int:
        """Take an instance out of the tree; where it was. It stays whole, and can be hung in again."""
        assert instance.parent is not None
        siblings = instance.parent.instances(instance.spec.slot)
        at = next(index for index, node in enumerate(siblings) if node is instance)
        del siblings[at]
        self.size -= sum(1 for _ in instance.below())
        self.changed.update(dict.fromkeys(siblings))
        self._queue_structure(instance)
        return at

    def run_actions(self, event: str, *, below: Node | None = None) -> None:
        """Run the actions of an event: for the whole form, or for what lies below a new instance."""
        for at, action in enumerate(self.form.data.actions):
            if event not in action.events:
                continue
            spec = self.form.specs[action.target]
            if below is None:
                for node in all_targets(self.root, spec.chain[1:]):
                    self._act(at, action, node)
            elif below.spec in spec.chain and action.home != NONE and self._belongs(action, below.spec):
                for node in all_targets(below, spec.chain[below.spec.depth + 1 :]):
                    self._act(at, action, node)

    def _belongs(self, action: Action, repeat: Spec) -> bool:
        """Whether the innermost repeat around the action is the one that got an instance."""
        chain = self.form.specs[action.home].chain
        repeats = [spec for spec in chain if spec.repeat]
        return bool(repeats) and repeats[-1] is repeat

    def _act(self, at: int, action: Action, node: Node) -> None:
        value = self.form.values.get(at)
        if value is None:
            self.put(node, action.words)
            return
        self.frame.home = node
        try:
            self.put(node, value(node, self.frame)[:LONGEST_RESULT])
        except Exhausted:
            self.unsettled[node.spec] = None

    def settle(self) -> None:
        """Compute what is queued until nothing changes, then what happens when values change, until all is quiet."""
        self.frame.budget.renew()
        self._times.clear()
        restless: list[Node] = []
        for _ in range(_SETTLES_IN):
            self._drain()
            restless = list(self.events)
            if not self._events_run():
                return
        self._drain()
        self.unsettled.update((node.spec, None) for node in restless)

    def _events_run(self) -> bool:
        happened, self.events = self.events, {}
        ran = False
        for node in happened:
            for at, action in self._actions.get(node.spec, ()):
                if node.relevant:
                    ran = True
                    self._changed_value(node, at, action)
        return ran

    def _changed_value(self, source: Node, at: int, action: Action) -> None:
        target = self.form.specs[action.target]
        common = 0
        for one, other in zip(source.spec.chain, target.chain, strict=False):
            if one is not other:
                break
            common = one.depth
        anchor = source
        while anchor.spec.depth > common and anchor.parent is not None:
            anchor = anchor.parent
        for node in all_targets(anchor, target.chain[common + 1 :]):
            self._act(at, action, node)

    # Computing

    def queue(self, computation: Computation, node: Node) -> None:
        """Have a rule of a node computed when the tree settles."""
        key = (computation, node)
        if key not in self._queued:
            self._queued.add(key)
            self._sequence += 1
            heapq.heappush(self._heap, (computation.rank, self._sequence, computation, node))

    def _queue_readers(self, node: Node) -> None:
        for computation, ups, downs in self.form.edges.get(node.spec, ()):
            anchor: Node | None = node
            for _ in range(ups):
                assert anchor is not None
                anchor = anchor.parent
            if anchor is not None:
                if downs:
                    for target in all_targets(anchor, downs):
                        self.queue(computation, target)
                else:
                    self.queue(computation, anchor)

    def _queue_structure(self, instance: Node) -> None:
        for node in instance.below():
            self._queue_readers(node)

    def _drain(self) -> None:
        heap, queued, frame = self._heap, self._queued, self.frame
        while heap:
            _, _, computation, node = heapq.heappop(heap)
            queued.discard((computation, node))
            if not self._settles(computation, node):
                continue
            try:
                self._compute(computation, node, frame)
            except Exhausted:
                self.unsettled[computation.spec] = None

    def _compute(self, computation: Computation, node: Node, frame: Frame) -> None:
        kind = computation.kind
        if kind == COUNT:
            self._count(computation, node)
            return
        frame.home = node
        if kind == CALCULATE:
            self.put(node, self._stored(node, computation.run(node, frame)))
        elif kind == RELEVANT:
            self._relevance(node, computation.run(node, frame))
        else:
            self._outcome(kind, node, computation)

    def _settles(self, computation: Computation, node: Node) -> bool:
        """False when a rule was computed so often in one go that it will not come to rest."""
        key = (computation, node)
        times = self._times.get(key, 0) + 1
        self._times[key] = times
        if times == 1:
            self.unsettled.pop(computation.spec, None)
        if times <= _SETTLES_IN:
            return True
        if times <= _SETTLES_IN + 2 * self._instances(node):
            return True
        self.unsettled[computation.spec] = None
        return False

    @staticmethod
    def _instances(node: Node) -> int:
        found, here = 1, node
        while here.parent is not None:
            if here.spec.repeat:
                found *= max(1, len(here.parent.instances(here.spec.slot)))
            here = here.parent
        return found

    def _stored(self, node: Node, value: str) -> str:
        """A result as its type stores it: a number that is none is no answer."""
        if len(value) > LONGEST_RESULT:
            self.overfull[node.spec] = None
            return value[:LONGEST_RESULT]
        if node.spec in self.overfull and not node.spec.repeat:
            del self.overfull[node.spec]
        if value == "NaN" and self.form.bind(node.spec).type in ("int", "decimal"):
            return ""
        return value

    def _relevance(self, node: Node, own: bool) -> None:
        if node.own == own:
            return
        node.own = own
        above = node.parent is None or node.parent.relevant
        self._spread(node, above and own)

    def _spread(self, node: Node, relevant: bool) -> None:
        pending = [(node, relevant)]
        while pending:
            here, now = pending.pop()
            if here.relevant == now:
                continue
            here.relevant = now
            self.changed[here] = None
            self._queue_readers(here)
            for kid in here.kids:
                for one in kid if isinstance(kid, list) else (kid,):
                    pending.append((one, now and one.own))

    def _outcome(self, kind: int, node: Node, computation: Computation) -> None:
        if kind == REQUIRED:
            found = computation.run(node, self.frame)
            if found != node.required:
                node.required = found
                self.changed[node] = None
        elif kind == READONLY:
            found = computation.run(node, self.frame)
            if found != node.readonly:
                node.readonly = found
                self.changed.update(dict.fromkeys(node.below()))
        elif kind == CONSTRAINT:
            self._constraint(node, computation)
        else:
            self.changed[node] = None

    def _constraint(self, node: Node, computation: Computation) -> None:
        found: bool | None = None
        if node.value != "":
            found = well_formed(self.form.bind(node.spec).type, node.value) and computation.run(node, self.frame)
        if found != node.valid:
            node.valid = found
            self.changed[node] = None

    # Counted repeats

    def _count(self, computation: Computation, parent: Node) -> None:
        spec = computation.spec
        stand_in = Node(spec, parent)
        self.frame.home = stand_in
        number = computation.run(stand_in, self.frame)
        wanted = int(number) if number == number and 0 < number < float("inf") else 0
        if wanted > MOST_INSTANCES or number == float("inf"):
            wanted = MOST_INSTANCES
            self.overfull[spec] = None
        else:
            self.overfull.pop(spec, None)
        self._resize(parent, spec, wanted)

    def _resize(self, parent: Node, spec: Spec, wanted: int) -> None:
        """Fewer are put aside, not thrown away: they come back when the count does. Those that the form itself began
        with and nobody has seen are dropped: when the count asks for them they are new, with the defaults of new ones.
        """
        present = parent.instances(spec.slot)
        if len(present) == wanted:
            return
        if parent.aside is None:
            parent.aside = {}
        aside = parent.aside.setdefault(spec.slot, [])
        while len(present) > wanted:
            last = present[-1]
            self.remove_instance(last)
            if self.begun:
                aside.append(last)
        while len(present) < wanted and not self.is_full(spec):
            self.add_instance(parent, spec, instance=aside.pop() if aside else None)
        if len(present) < wanted:
            self.overfull[spec] = None
        self.changed[parent] = None
        self.resized = True

    def offers(self, parent: Node, spec: Spec) -> bool:
        """Whether a repeat is relevant where it has no instance to ask."""
        stand_in = Node(spec, parent)
        self.frame.home = stand_in
        rules = self.form.computations.get(spec, ())
        return all(found.run(stand_in, self.frame) for found in rules if found.kind == RELEVANT)

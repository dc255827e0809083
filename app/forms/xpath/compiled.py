"""What an expression becomes: a closure over a node and a frame, with the kind of what it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from app.forms.tree import Element, Node, Spec
from app.forms.xpath.values import NAN, number_to_string, string_to_number

MOST_LOOKED_AT = 1_000_000
"""Nodes that the predicates of one formula may look at; about a second."""
MOST_IN_AN_ACT = 5_000_000
"""Nodes that the predicates of one act, an answer with all it changes, may look at."""

if TYPE_CHECKING:
    from app.forms.xpath.functions.base import Runtime


class Exhausted(Exception):
    """A formula looked at more nodes than one act may."""


class Budget:
    """How many nodes the predicates of one formula, and of one act, may still look at."""

    __slots__ = ("_act", "_given", "left")

    def __init__(self) -> None:
        self._act = MOST_IN_AN_ACT
        self.left = self._given = MOST_LOOKED_AT

    def renew(self) -> None:
        """Begin another act."""
        self._act = MOST_IN_AN_ACT
        self.left = self._given = MOST_LOOKED_AT

    def begin_formula(self) -> None:
        """Begin another formula of the act."""
        if self.left != self._given:
            self._act -= self._given - self.left
            self.left = self._given = max(0, min(MOST_LOOKED_AT, self._act))

    def spend(self, count: int) -> None:
        """Take note of so many nodes. Raises Exhausted."""
        self.left -= count
        if self.left < 0:
            raise Exhausted


class Frame:
    """Where an evaluation stands: the form's runtime and root, the node of `current()`, the place in a predicate."""

    __slots__ = ("budget", "home", "position", "root", "runtime", "size")

    def __init__(self, runtime: Runtime, root: Node, home: Node, budget: Budget | None = None, size: int = 1) -> None:
        self.budget = budget or Budget()
        self.runtime = runtime
        self.root = root
        self.home = home
        self.position = 1
        self.size = size

    def inner(self, size: int) -> Frame:
        """A frame for the items of a predicate."""
        return Frame(self.runtime, self.root, self.home, self.budget, size)


Place = Node | Element
Closure = Callable[[Any, Frame], Any]


class Code(NamedTuple):
    """`kind`: s string, n number, b truth, N list of nodes, P just one node of the primary instance, a any of these."""

    run: Closure
    kind: str
    leaf: bool = False
    """Whether the node of kind P holds a value and not other nodes."""


class Read(NamedTuple):
    """That an expression looks at `spec`, found by going down from `anchor`.

    `across` says that a predicate or an index chose another instance of a repeat that the expression itself stands in,
    `within` that a group's own relevance looks at what is in the group, and takes the group for relevant.
    """

    spec: Spec
    anchor: Spec
    across: bool = False
    within: bool = False


def node_text(node: Place) -> str:
    """The string value of a node; of one that is not relevant it is empty."""
    if not node.relevant:
        return ""
    return node.text if node.is_container else node.value


def text_of(value: object) -> str:
    """XPath `string()` of any value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_to_string(value)
    if isinstance(value, list):
        return node_text(value[0]) if value else ""
    return node_text(value) if isinstance(value, Node | Element) else ""


def number_of(value: object) -> float:
    """XPath `number()` of any value."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value
    return string_to_number(text_of(value))


def truth_of(value: object) -> bool:
    """XPath `boolean()`: nodes are true when there are any, whatever they hold."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value == value and value != 0
    if isinstance(value, Node | Element):
        return value.relevant
    return bool(value)


def as_text(code: Code) -> Closure:
    """The closure that gives a string."""
    run, kind, leaf = code
    if kind == "s":
        return run
    if kind == "n":
        return lambda n, e: number_to_string(run(n, e))
    if kind == "b":
        return lambda n, e: "true" if run(n, e) else "false"
    if kind == "P" and leaf:

        def value(n: Any, e: Frame) -> str:
            node = run(n, e)
            return node.value if node.relevant else ""

        return value
    if kind == "P":
        return lambda n, e: node_text(run(n, e))
    return lambda n, e: text_of(run(n, e))


def as_number(code: Code) -> Closure:
    """The closure that gives a number."""
    run, kind, leaf = code
    if kind == "n":
        return run
    if kind == "b":
        return lambda n, e: 1.0 if run(n, e) else 0.0
    if kind == "s":
        return lambda n, e: string_to_number(run(n, e))
    if kind == "P":

        def number(n: Any, e: Frame) -> float:
            node = run(n, e)
            value = (node.value if leaf else node.text) if node.relevant else ""
            return string_to_number(value) if value else NAN

        return number
    return lambda n, e: number_of(run(n, e))


def as_truth(code: Code) -> Closure:
    """The closure that gives a truth."""
    run, kind, _ = code
    if kind == "b":
        return run
    if kind == "s":
        return lambda n, e: bool(run(n, e))
    if kind == "P":
        return lambda n, e: run(n, e).relevant
    return lambda n, e: truth_of(run(n, e))


def as_nodes(code: Code) -> Closure | None:
    """The closure that gives a list of nodes; None when the expression is not about nodes."""
    run, kind, _ = code
    if kind == "N":
        return run
    if kind == "P":

        def listed(n: Any, e: Frame) -> list[Place]:
            node = run(n, e)
            return [node] if node.relevant else []

        return listed
    return None


def as_any(code: Code) -> Closure:
    """The closure as it is, with a single node as a list."""
    nodes = as_nodes(code)
    return nodes if nodes is not None else code.run

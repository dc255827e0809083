"""Steps through read-only lists (secondary instances), with an index for the predicate that every look-up has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from app.forms.tree import Element, Node
from app.forms.xpath.ast import Binary, Expr, From, Literal, Path, Step
from app.forms.xpath.ast import Call as CallTree
from app.forms.xpath.compiled import Closure, Frame, Place

Choose = Callable[[list[Place], Frame], list[Place]]


class Chosen(NamedTuple):
    """How a step chooses: `keyed` is the name of a child and the closure of the value it must have; `rest` tests."""

    keyed: tuple[str, Closure] | None
    rest: Choose | None


def key_of(predicate: Expr) -> tuple[str, Expr] | None:
    """The child's name and the value of `child = value`, where the value does not depend on the element."""
    if not isinstance(predicate, Binary) or predicate.operator != "=":
        return None
    for here, there in ((predicate.left, predicate.right), (predicate.right, predicate.left)):
        name = _child_name(here)
        if name is not None and _stands_alone(there):
            return name, there
    return None


def _child_name(tree: Expr) -> str | None:
    if isinstance(tree, Path) and not tree.absolute and len(tree.steps) in (1, 2):
        steps = tree.steps[1:] if len(tree.steps) == 2 and tree.steps[0] == Step("self") else tree.steps
        if len(steps) == 1 and steps[0].axis == "child" and steps[0].name != "*" and not steps[0].predicates:
            return steps[0].name
    return None


def _stands_alone(tree: Expr) -> bool:
    match tree:
        case Literal():
            return True
        case Path(absolute=True):
            return not any(step.predicates for step in tree.steps)
        case From(CallTree("current"), (), steps):
            return not any(step.predicates for step in steps)
        case _:
            return False


def walk_list(base: Closure, steps: tuple[Step, ...], choosing: Callable[[tuple[Expr, ...]], Chosen]) -> Closure:
    """The closure that follows steps from the nodes of `base`, whatever tree they belong to."""
    compiled = [(step.axis, step.name, choosing(step.predicates) if step.predicates else None) for step in steps]

    def run(n: Any, e: Frame) -> list[Place]:
        nodes: list[Place] = base(n, e)
        for axis, name, chosen in compiled:
            if axis == "child":
                nodes = _children(nodes, name, chosen, n, e)
                continue
            nodes = _moved(nodes, axis, name)
            if chosen is not None:
                nodes = _filtered(nodes, chosen, n, e)
        return nodes

    return run


def _children(nodes: list[Place], name: str, chosen: Chosen | None, n: Any, e: Frame) -> list[Place]:
    found: list[Place] = []
    value = None
    for node in nodes:
        if chosen is not None and chosen.keyed is not None and isinstance(node, Element):
            if value is None:
                value = chosen.keyed[1](n, e)
            kids: list[Place] = list(node.where(name, chosen.keyed[0], value))
        else:
            kids = list(children_of(node, name))
            if chosen is None or chosen.rest is None:  # what tests them counts them
                e.budget.spend(len(kids))
            if chosen is not None and chosen.keyed is not None:
                kids = _keyed(kids, chosen.keyed, n, e)
        found += kids if chosen is None or chosen.rest is None else chosen.rest(kids, e)
    return found


def _filtered(nodes: list[Place], chosen: Chosen, n: Any, e: Frame) -> list[Place]:
    kept = nodes if chosen.keyed is None else _keyed(nodes, chosen.keyed, n, e)
    return kept if chosen.rest is None else chosen.rest(kept, e)


def _keyed(nodes: list[Place], keyed: tuple[str, Closure], n: Any, e: Frame) -> list[Place]:
    name, run = keyed
    value = run(n, e)
    return [node for node in nodes if any(kid.text == value for kid in children_of(node, name))]


def children_of(node: Place, name: str) -> list[Place]:
    """The relevant children of a name."""
    if isinstance(node, Element):
        return list(node.named(name))
    kids: list[Place] = []
    for spec in node.spec.kids:
        if name in ("*", spec.name):
            kids += [kid for kid in node.instances(spec.slot) if kid.relevant]
    return kids


def _moved(nodes: list[Place], axis: str, name: str) -> list[Place]:
    found: dict[int, Place] = {}
    for node in nodes:
        reached: list[Place] = []
        if axis == "self":
            reached = [node]
        elif axis == "parent":
            reached = [] if node.parent is None else [node.parent]
        elif axis == "below":
            reached = list(_below(node))
        for one in reached:
            own = one.spec.name if isinstance(one, Node) else one.name
            if name in ("*", own):
                found[id(one)] = one
    return list(found.values())


def _below(node: Place) -> list[Place]:
    found: list[Place] = [node]
    for kid in children_of(node, "*"):
        found += _below(kid)
    return found

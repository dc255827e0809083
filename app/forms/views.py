"""What a screen or a page shows of an answered form: one view a question, group or repeat, and the pages they stand
on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.forms.data import NONE, Control
from app.forms.program import Compiled
from app.forms.tree import Node


@dataclass(frozen=True)
class ChoiceView:
    """One choice. `media` has file names by kind."""

    value: str
    label: str
    media: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NodeView:
    """One node. `kind` is the control (input, select1, ..., group, repeat) or "value" for what is not shown.

    `valid` is the outcome of type and constraint, None while there is no answer; `message` what is wrong now.
    `parameters` are what the form says about the widget (rows, start, end, step, mediatype, ...). `count` is the
    number of instances of a repeat, `can_add` and `can_remove` whether a person may change it.
    """

    path: str
    name: str
    kind: str
    type: str
    value: str
    relevant: bool
    required: bool
    readonly: bool
    valid: bool | None
    message: str | None
    label: str
    hint: str
    guidance: str
    appearance: str
    parameters: Mapping[str, str]
    media: Mapping[str, str]
    calculated: bool
    count: int = 0
    can_add: bool = False
    can_remove: bool = False


@dataclass(frozen=True)
class Problem:
    """Something that keeps the form from being complete; `kind` is required, constraint, type, choice or form."""

    path: str
    kind: str
    message: str


@dataclass(frozen=True)
class Page:
    """What is shown at once: the questions of a field-list group, or one question. `path` names the group, if any, and
    `titles` the labels of the groups and repeats around it, outermost first. `kind` is questions, or add where a
    person may add an instance of the repeat `path`.
    """

    path: str
    titles: tuple[str, ...]
    questions: tuple[str, ...]
    kind: str = "questions"


@dataclass(frozen=True)
class Shown:
    """A control at a node, or the end of a repeat (`node` is the node around it then)."""

    control: Control
    node: Node
    around: tuple[tuple[Control, Node], ...]


def walk(
    form: Compiled, controls: tuple[Control, ...], node: Node, around: tuple[tuple[Control, Node], ...]
) -> Iterator[Shown]:
    """Every control that is relevant, in order, groups before what is in them; a repeat comes after its instances."""
    for control in controls:
        if control.kind == "repeat":
            yield from _repeat(form, control, node, around)
            continue
        here = node_of(form, control, node)
        if not here.relevant:
            continue
        yield Shown(control, here, around)
        if control.children:
            yield from walk(form, control.children, here, (*around, (control, here)))


def _repeat(form: Compiled, control: Control, node: Node, around: tuple[tuple[Control, Node], ...]) -> Iterator[Shown]:
    spec = form.specs[control.place]
    parent = _descend(form, control.place, node, stop_above=True)
    if not parent.relevant:
        return
    for instance in parent.instances(spec.slot):
        if instance.relevant:
            yield from walk(form, control.children, instance, (*around, (control, instance)))
    yield Shown(control, parent, around)


def node_of(form: Compiled, control: Control, node: Node) -> Node:
    """The node that a control is about, seen from a node around it; that node itself for a group without a place."""
    if control.place == NONE or (control.kind == "group" and form.specs[control.place].repeat):
        return node
    return _descend(form, control.place, node, stop_above=False)


def placed(form: Compiled, place: int, node: Node) -> Node:
    """The node that holds the instances of a repeat, seen from a node around it."""
    return _descend(form, place, node, stop_above=True)


def _descend(form: Compiled, place: int, node: Node, *, stop_above: bool) -> Node:
    spec = form.specs[place]
    here = node
    while here.spec not in spec.chain and here.parent is not None:
        here = here.parent
    chain = spec.chain[here.spec.depth + 1 :]
    for step in chain[:-1] if stop_above else chain:
        found = here.kids[step.slot]
        here = found if isinstance(found, Node) else found[0]
    return here

"""What is wrong with an answer, and what keeps a form from being complete."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from app.forms.data import Control, Label
from app.forms.program import CONSTRAINT
from app.forms.tree import Node
from app.forms.types import MESSAGES, well_formed
from app.forms.views import Problem
from app.words import mark

if TYPE_CHECKING:
    from app.forms.session import FormSession

REQUIRED = mark("Please answer this question.")
CONSTRAINT_BROKEN = mark("This answer is not possible here.")
NOT_A_CHOICE = mark("“{value}” is not among the choices any more.")
NOT_ALL_RANKED = mark("Please put all of the choices in order, each once.")
NOT_IN_RANGE = mark("Please choose a value from {start} to {end}, in steps of {step}.")
UNSETTLED = mark("The calculation of this question does not come to rest.")
TOO_MANY = mark("This is more than the form can hold; only the first part is kept.")


def _kind_of_fault(session: FormSession, node: Node) -> str | None:
    if not well_formed(session.form.bind(node.spec).type, node.value):
        return "type"
    if _has_constraint(session, node) and node.valid is False:
        return "constraint"
    if not _in_range(session, node):
        return "range"
    return _kind_of_choice(session, node)


def _has_constraint(session: FormSession, node: Node) -> bool:
    return any(found.kind == CONSTRAINT for found in session.form.computations.get(node.spec, ()))


def _in_range(session: FormSession, node: Node) -> bool:
    control = session.form.controls.get(node.spec)
    if control is None or control.kind != "range":
        return True
    try:
        start, end, step = (Decimal(control.attributes.get(name, "")) for name in ("start", "end", "step"))
        value = Decimal(node.value)
    except InvalidOperation:
        return True
    return min(start, end) <= value <= max(start, end) and (step == 0 or (value - start) % step == 0)


def _kind_of_choice(session: FormSession, node: Node) -> str | None:
    control = session.form.controls.get(node.spec)
    if control is None or control.kind not in ("select", "select1", "rank"):
        return None
    offered = session.runtime.offered(node)
    if not offered and not control.items and _has_no_list(session, node):
        return None
    if _strange(control, node, offered):
        return "choice"
    if control.kind == "rank" and sorted(offered) != sorted(node.value.split()):
        return "rank"
    return None


def _strange(control: Control, node: Node, offered: Collection[str]) -> list[str]:
    """The chosen values that are not among the choices as they are now."""
    chosen = [node.value] if control.kind == "select1" else node.value.split()
    return [value for value in chosen if value not in offered]


def _has_no_list(session: FormSession, node: Node) -> bool:
    """Whether the question's list is an attachment that is missing: nothing can be said then."""
    return any(table.source and not table.count for table in session.definition.data.tables) and (
        node.spec in session.form.choices
    )


def judged(session: FormSession, node: Node) -> tuple[bool | None, str | None]:
    """Whether an answer fits type, choices and constraint (None while there is none to judge), and what is wrong."""
    wrong = fault(session, node)
    said = None if wrong is None else wrong[1]
    if not node.relevant or node.value == "" or node.kids:
        return None, said
    return wrong is None, said


def fault(session: FormSession, node: Node) -> tuple[str, str] | None:
    """The kind of what is wrong with a node now, and the sentence."""
    if not node.relevant or node.kids:
        return None
    bind = session.form.bind(node.spec)
    if node.value == "":
        if node.required and node.spec in session.form.controls:
            return "required", _said(session, node, bind.required_message, REQUIRED)
        return None
    kind = _kind_of_fault(session, node)
    if kind is None:
        return None
    if kind == "type":
        return kind, session.runtime.say(MESSAGES.get(bind.type, CONSTRAINT_BROKEN))
    if kind == "choice":
        control, offered = session.form.controls[node.spec], session.runtime.offered(node)
        return kind, session.runtime.say(NOT_A_CHOICE, value=", ".join(_strange(control, node, offered)))
    if kind == "rank":
        return "choice", session.runtime.say(NOT_ALL_RANKED)
    if kind == "range":
        said = session.form.controls[node.spec].attributes
        return "constraint", session.runtime.say(
            NOT_IN_RANGE, start=said.get("start"), end=said.get("end"), step=said.get("step")
        )
    return kind, _said(session, node, bind.constraint_message, CONSTRAINT_BROKEN)


def _said(session: FormSession, node: Node, label: Label | None, otherwise: str) -> str:
    return session.runtime.label(label, node) or session.runtime.say(otherwise)


def problems(session: FormSession) -> tuple[Problem, ...]:
    """Everything that keeps the form from being complete, in order."""
    found = []
    root = session.engine.root
    for node, path in root.with_paths(root.path):
        wrong = fault(session, node)
        if wrong is not None:
            found.append(Problem(path, *wrong))
    found += [Problem(spec.path, "form", session.runtime.say(UNSETTLED)) for spec in session.engine.unsettled]
    found += [Problem(spec.path, "form", session.runtime.say(TOO_MANY)) for spec in session.engine.overfull]
    return tuple(found)

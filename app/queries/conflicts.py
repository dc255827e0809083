"""Records in which people wrote different values apart from each other: both are shown until someone decides."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Integer, Table, Text, func, select, type_coerce
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from app.models.base import Code, Day, Json
from app.models.base import kinds as known_kinds
from app.models.changes import parse_dot
from app.models.crisis import Case
from app.models.local.tables import Sibling
from app.models.rules.missing import REQUIRED
from app.models.rules.registers import REMOVED, UNDISPUTED
from app.models.vocab import Listed, ScopeKind, label
from app.queries import kinds, members
from app.words import mark, tr

_DIALECT = sqlite.dialect()
_FOLLOW = frozenset({"emergency_card"})
"""Kinds that follow another record: what is decided about a registration is decided about its card too."""

_PACKED = {"form_answer": frozenset({"state", "instance"}), "form_version": frozenset({"xform", "workbook"})}
"""Fields that hold something compressed: nobody can read their text, one of them is kept as a whole."""

FIELD_LABELS: dict[str, str] = {
    "addresses": mark("Addresses"),
    "aliases": mark("Other names"),
    "authority": mark("Authority"),
    "approach": mark("How to approach"),
    "assigned_to": mark("Assigned worker"),
    "attractions": mark("Attracted to"),
    "calming": mark("What calms"),
    "co_workers": mark("Co-workers"),
    "conflict_flag": mark("Conflict of interest"),
    "code_word_danger": mark("Code word for danger"),
    "code_word_ok": mark("Code word that all is well"),
    "communication": mark("Communication"),
    "communication_needs": mark("Help needed to communicate"),
    "conditions": mark("Conditions"),
    "consents": mark("What was agreed to"),
    "contact_phone": mark("Telephone"),
    "contacts": mark("Emergency contacts"),
    "contact_safe": mark("Whether contact is safe"),
    "copy_choice": mark("Whether the client keeps a copy"),
    "custody_warning": mark("Court order or custody"),
    "decision_capacity": mark("Capacity to decide"),
    "description": mark("Description"),
    "devices": mark("Telephones and devices"),
    "do_not": mark("What not to do"),
    "due_on": mark("Due on"),
    "email_ok": mark("Whether e-mail is safe"),
    "expires_on": mark("Ends on"),
    "hazards": mark("Hazards"),
    "high_risk": mark("High risk"),
    "gender": mark("Gender"),
    "helpers": mark("School, day program, doctor, worker"),
    "home_hazards": mark("Hazards at home"),
    "instance": mark("Finished answers"),
    "interpreter_needed": mark("Interpreter needed"),
    "legal_first": mark("First name"),
    "legal_last": mark("Last name"),
    "level": mark("Level"),
    "life_threatening": mark("Is something life-threatening?"),
    "life_threatening_text": mark("What is life-threatening"),
    "listener_present": mark("Someone else may be listening"),
    "mail_ok": mark("Whether letters are safe"),
    "medical_alerts": mark("Medical alerts"),
    "next_review": mark("Next review"),
    "note": mark("Note"),
    "occurrence_no": mark("Occurrence number"),
    "officer_note": mark("Note to officers"),
    "past_places": mark("Past addresses, past work, childhood home"),
    "places": mark("Places"),
    "preferred_name": mark("Preferred name"),
    "priority": mark("Priority"),
    "removed_at": mark("Removed"),
    "risks": mark("When distressed, the person"),
    "risks_text": mark("More about the risks"),
    "routines": mark("Routines"),
    "safe_times": mark("Safe times"),
    "say_you_are": mark("Say you are"),
    "sensory": mark("Hard to bear"),
    "state": mark("Answers"),
    "status": mark("Status"),
    "submitter_address": mark("Address"),
    "submitter_email": mark("E-mail"),
    "submitter_name": mark("Submitter"),
    "submitter_note": mark("What to heed before reaching the submitter"),
    "submitter_phone": mark("Telephone"),
    "support_level": mark("Support level"),
    "swims": mark("Can the person swim?"),
    "suicide_concern": mark("Concern about suicide"),
    "text": mark("Text"),
    "triggers": mark("What makes it worse"),
    "text_ok": mark("Whether text messages are safe"),
    "wander_history": mark("Earlier disappearances"),
    "weapon": mark("Weapons"),
    "who_else_answers": mark("Who else answers"),
}
"""Names of fields that people decide about, beyond those that the forms name."""


@dataclass(frozen=True, slots=True)
class ConflictValue:
    """One of the values, as people read it. `dot` names the write; `shown` is the one that screens show meanwhile."""

    dot: str
    text: str
    author: str
    author_id: str
    written_at: datetime | None
    arrived_at: datetime | None
    shown: bool


class Shape(StrEnum):
    """What another value of a field would be: how a person can give one."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    DAY = "day"
    SEVERAL = "several"
    ONLY_KEEP = "only_keep"
    """Too rich to be typed here: one of the values is kept, and changed afterwards where it belongs."""


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One field of one record with its values, newest write first.

    `shown_text` is what screens show meanwhile; it may be all values joined, and then none of them says `shown`.
    `options`: (value, text) pairs for another value of the shapes CHOICE and SEVERAL. `workers`: worker and co-workers
    of the record's case, None when it has none. `private`: only they may read it. `rule`: how the shown value is chosen
    (`models/rules/protective.py`), empty for the newest.
    """

    record_id: str
    kind: str
    label: str
    field: str
    field_label: str
    number: str | None
    case_id: str | None
    protective: bool
    values: tuple[ConflictValue, ...]
    shown_text: str = ""
    shape: Shape = Shape.ONLY_KEEP
    options: tuple[tuple[str, str], ...] = ()
    workers: frozenset[str] | None = None
    private: bool = False
    rule: str = ""


def count(session: Session, *, case_id: str | None = None) -> int:
    """How many records wait for a decision; in one case when it is given."""
    waiting = {row.record_id for row in _waiting(session)}
    if case_id is None:
        return len(waiting)
    return len({record_id for record_id, _ in _flagged_of_case(session, case_id)} & waiting)


def conflicts(
    session: Session, *, case_id: str | None = None, limit: int = 50, offset: int = 0
) -> tuple[ConflictRow, ...]:
    """Fields with several values, those that protect someone first, then the newest."""
    waiting = _waiting(session)
    if case_id is not None:
        of_case = {record_id for record_id, _ in _flagged_of_case(session, case_id)}
        waiting = [row for row in waiting if row.record_id in of_case]
    found = sorted(waiting, key=_not_protective)
    names = members.names(session)
    return tuple(
        _conflict(session, row.record_id, row.field, row.kind, names) for row in found[offset : offset + limit]
    )


def _waiting(session: Session) -> list[Any]:
    """(record, field, kind, newest arrival) of every field that a person must decide about, the newest first.

    What needs no person (`registers.needs_decision`) is left out: who made a record, and two removals of one.
    """
    newest = func.max(Sibling.arrived_at).label("newest")
    asked = (
        select(Sibling.record_id, Sibling.field, func.max(Sibling.kind).label("kind"), newest)
        .where(Sibling.field.not_in(UNDISPUTED), Sibling.kind.not_in(_FOLLOW))
        .group_by(Sibling.record_id, Sibling.field)
        .order_by(newest.desc(), Sibling.record_id, Sibling.field)
    )
    return [row for row in session.execute(asked) if row.field != REMOVED or not _is_removed(session, row)]


def _is_removed(session: Session, row: Any) -> bool:
    return _stored(session, kinds.table(row.kind), row.record_id, REMOVED) is not None


def _not_protective(row: Any) -> bool:
    return not is_protective(row.kind, row.field)


def is_protective(kind: str, field: str) -> bool:
    """Whether a field protects someone: screens show the more protective value meanwhile (safety.md 5.3)."""
    table = kinds.table(kind)
    return table is not None and field in table.c and "protective" in table.c[field].info


def _flagged_of_case(session: Session, case_id: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for kind in session.scalars(select(Sibling.kind).distinct()).all():
        table = kinds.table(kind)
        column = None if table is None else table.c.get("id" if kind == "case_file" else "case_id")
        if table is None or column is None:
            continue
        asked = select(Sibling.record_id).join(table, table.c.id == Sibling.record_id).where(column == case_id)
        found += [(record_id, kind) for record_id in session.scalars(asked.distinct())]
    return found


def _conflict(session: Session, record_id: str, field: str, kind: str, names: dict[str, str]) -> ConflictRow:
    asked = select(Sibling).where(Sibling.record_id == record_id, Sibling.field == field).order_by(Sibling.dot.desc())
    table = kinds.table(kind)
    stored = _stored(session, table, record_id, field)
    siblings = session.scalars(asked).all()
    values = []
    for sibling in siblings:
        values.append(
            ConflictValue(
                dot=sibling.dot,
                text=value_text(table, field, sibling.value, names),
                author=names.get(sibling.author, ""),
                author_id=sibling.author,
                written_at=_moment(sibling.dot),
                arrived_at=sibling.arrived_at,
                shown=sibling.value == stored,
            )
        )
    number, case_id = _belongs(session, table, record_id)
    shape, options = _shape(table, field, [sibling.value for sibling in siblings], names)
    record = known_kinds().get(kind)
    return ConflictRow(
        record_id=record_id,
        kind=kind,
        label=kinds.label(kind),
        field=field,
        field_label=field_label(kind, field),
        number=number,
        case_id=case_id,
        protective=is_protective(kind, field),
        rule="" if table is None or field not in table.c else str(table.c[field].info.get("protective", "")),
        values=tuple(values),
        shown_text=value_text(table, field, stored, names),
        shape=shape,
        options=options,
        workers=_workers(session, case_id) if case_id else None,
        private=record is not None and record.scope_kind is ScopeKind.CASE_PRIVATE,
    )


def _workers(session: Session, case_id: str) -> frozenset[str]:
    found = session.execute(select(Case.assigned_to, Case.co_workers).where(Case.id == case_id)).first()
    named = () if found is None else (found.assigned_to, *(found.co_workers or ()))
    return frozenset(str(member) for member in named if member)


def _shape(
    table: Table | None, field: str, values: Sequence[Any], names: dict[str, str]
) -> tuple[Shape, tuple[tuple[str, str], ...]]:
    """How another value of a field can be given, and between what there is to choose."""
    column = None if table is None else table.c.get(field)
    if column is None or field == REMOVED or _is_packed(table, field):
        return Shape.ONLY_KEEP, ()
    kind = column.type
    if isinstance(kind, Code):
        listed = [member for member in kind.listed if isinstance(member, Listed)]
        return Shape.CHOICE, tuple((str(member), member.label()) for member in listed)
    if isinstance(kind, Json):
        items = _all_items(values)
        return (Shape.ONLY_KEEP, ()) if items is None else (Shape.SEVERAL, tuple((i, names.get(i, i)) for i in items))
    if any(value in names for value in values):
        return Shape.CHOICE, tuple(names.items())
    plain = ((Boolean, Shape.YES_NO), (Integer, Shape.NUMBER), (Day, Shape.DAY), (Text, Shape.TEXT))
    return next((shape for known, shape in plain if isinstance(kind, known)), Shape.ONLY_KEEP), ()


def _all_items(values: Sequence[Any]) -> list[str] | None:
    """The texts of all lists, each once; None when one of them holds more than texts."""
    items: dict[str, None] = {}
    for value in values:
        try:
            found = json.loads(value) if value else []
        except (TypeError, ValueError):
            return None
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            return None
        items.update(dict.fromkeys(found))
    return list(items)


def _stored(session: Session, table: Table | None, record_id: str, field: str) -> object:
    """The value that screens show meanwhile, as it is stored: it may be one of the values, or all of them joined."""
    if table is None or field not in table.c:
        return None
    return session.scalar(select(type_coerce(table.c[field], NullType())).where(table.c.id == record_id))


def _moment(dot: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(parse_dot(dot)[0] / 1000, UTC)
    except ValueError:
        return None


def _belongs(session: Session, table: Table | None, record_id: str) -> tuple[str | None, str | None]:
    """The number that people know the record by, and its case."""
    if table is None:
        return None, None
    if table.name == "case_file":
        return session.scalar(select(Case.number).where(Case.id == record_id)), record_id
    if "case_id" in table.c:
        case_id = session.scalar(select(table.c.case_id).where(table.c.id == record_id))
        return session.scalar(select(Case.number).where(Case.id == case_id)), case_id
    if "number" in table.c:
        return session.scalar(select(table.c.number).where(table.c.id == record_id)), None
    return None, None


def value_text(table: Table | None, field: str, value: object, names: dict[str, str]) -> str:
    """A stored value as people read it: the word of a closed list, yes or no, a name for a member's id."""
    if field == REMOVED:
        return tr("The record stays") if value is None else tr("The record is removed")
    if value is None or value == "":
        return tr("Nothing")
    if _is_packed(table, field):
        return tr("All answers as this person left them") if field == "state" else tr("The whole of it")
    column = None if table is None else table.c.get(field)
    kind = None if column is None else column.type
    if isinstance(kind, Code):
        return label(kind.process_result_value(value, _DIALECT))
    if isinstance(kind, Boolean):
        return tr("Yes") if value in (1, True, "1") else tr("No")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if isinstance(kind, Json):
        return _list_text(text, names)
    return names.get(text, text)


def _is_packed(table: Table | None, field: str) -> bool:
    return table is not None and field in _PACKED.get(table.name, ())


def _list_text(text: str, names: dict[str, str]) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        return text
    if isinstance(found, list) and all(isinstance(each, str) for each in found):
        return ", ".join(names.get(str(each), str(each)) for each in found) or tr("Nothing")
    if isinstance(found, list) and all(isinstance(each, dict) for each in found):
        return "; ".join(", ".join(str(value) for value in each.values() if value) for each in found)
    return text


def field_label(kind: str, field: str) -> str:
    """What a field is called: as the form that asks for it says, else its own name in plain letters."""
    if field in FIELD_LABELS:
        return tr(FIELD_LABELS[field])
    for required in REQUIRED.get(kind, ()):
        if required.field == field:
            return tr(required.label)
    return field.replace("_", " ").capitalize()

"""Inputs that only the forms of personal alarms need: the checklist, short lists, places, the second person."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.vocab import Listed, TrackingCriterion, Tri
from app.queries.members import MemberRow
from app.views import style
from app.views.common.choices import SegmentedChoice
from app.views.common.text import LineEdit, PlainLabel
from app.views.common.wording import Wording
from app.words import tr


def pairs(listed: type[Listed]) -> list[tuple[Any, Wording]]:
    """A closed list as the options of a choice."""
    return [(one, one.label) for one in listed]


def people(rows: Sequence[MemberRow], without: str = "") -> list[tuple[Hashable, Wording]]:
    """Members as the options of a choice, without the one who sits here."""
    return [(row.id, row.name) for row in rows if row.id != without]


class Checklist(QWidget):
    """The eligibility checklist: yes, no or not known for each condition, and a note. A {code: {answer, note}}."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, tuple[SegmentedChoice, LineEdit]] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(2))
        for criterion in TrackingCriterion:
            answer, note = SegmentedChoice(pairs(Tri)), LineEdit(lambda: tr("Note"))
            answer.setAccessibleName(criterion.label())
            answer.setObjectName(f"tracking.criterion.{criterion.value}")
            note.setAccessibleName(tr("Note"))
            answer.changed.connect(self.changed)
            note.changed.connect(self.changed)
            column.addWidget(PlainLabel(criterion.label, strong=True))
            column.addWidget(answer)
            column.addWidget(note)
            self._rows[criterion.value] = (answer, note)
        first = next(iter(self._rows.values()))[0]
        self.setFocusProxy(first)

    def value(self) -> dict[str, dict[str, str]]:
        """What was answered."""
        found: dict[str, dict[str, str]] = {}
        for code, (answer, note) in self._rows.items():
            if answer.value() is not None or note.value():
                found[code] = {"answer": str(answer.value() or ""), "note": note.value() or ""}
        return found

    def set_value(self, value: Mapping[str, Mapping[str, str]] | None) -> None:
        """Show answers."""
        known = {one.value: one for one in Tri}
        for code, (answer, note) in self._rows.items():
            told = (value or {}).get(code) or {}
            answer.set_value(known.get(str(told.get("answer") or "")))
            note.set_value(told.get("note") or None)


PLACES = ("home", "work", "school")


def place_words(places: Sequence[Mapping[str, Any]] | None) -> dict[str, str]:
    """The texts of the places by their kind, as the form asks for them."""
    return {f"place_{one.get('kind')}": str(one.get("text") or "") for one in places or ()}


def places_of(typed: Mapping[str, Any], before: Sequence[Mapping[str, Any]] | None = None) -> list[dict[str, Any]]:
    """What the form says about places, as it is kept; a position that is known stays with its text."""
    known = {str(one.get("kind")): dict(one) for one in before or ()}
    found = []
    for kind in PLACES:
        text = typed.get(f"place_{kind}")
        if not text:
            continue
        old = known.get(kind, {})
        found.append({**old, "kind": kind, "text": text} if old.get("text") == text else {"kind": kind, "text": text})
    return found


def alert_lines(alert: Sequence[Mapping[str, Any]] | None) -> list[str]:
    """Persons to alert, one a line: name, relation, telephone."""
    return [
        ", ".join(str(one.get(part) or "") for part in ("name", "relation", "phone") if one.get(part))
        for one in alert or ()
    ]


def alert_of(lines: Sequence[str] | None) -> list[dict[str, str]]:
    """The persons of the lines; the last part that has digits is the telephone."""
    found = []
    for line in lines or ():
        parts = [part.strip() for part in line.split(",") if part.strip()]
        phone = next((part for part in reversed(parts) if any(letter.isdigit() for letter in part)), "")
        words = [part for part in parts if part != phone]
        found.append({"name": words[0] if words else "", "relation": ", ".join(words[1:]), "phone": phone})
    return found

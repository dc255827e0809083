"""One field with its values: who wrote each and when, which one shows meanwhile and why, and the decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.queries.conflicts import ConflictRow, ConflictValue, Shape
from app.services.conflicts import AS_SHOWN, Decide, Keep, may_decide
from app.views import style
from app.views.common import when
from app.views.common.badge import Badge
from app.views.common.banner import Banner
from app.views.common.buttons import Button, PrimaryButton, QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.field import Field
from app.views.common.masked import MaskedText
from app.views.common.page import PageColumn
from app.views.common.text import Heading, PlainLabel, QuietText
from app.views.common.wording import Wording
from app.views.conflicts.answer import control_for, value_of
from app.views.programme import Context
from app.words import tr

_LONGEST = 4000
_MASKED = frozenset({"value", "contact_phone", "code_word_ok", "code_word_danger"})


class OneConflict(QWidget):
    """Shows a conflict; `decided` takes the command when a person chose."""

    def __init__(self, context: Context, decided: Callable[[Decide], None]) -> None:
        super().__init__()
        self._context, self._decided = context, decided
        self._row: ConflictRow | None = None
        self._buttons: list[Button] = []
        self._control: Any = None
        self._field: Field | None = None
        holder = PageColumn()
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, style.space(3), style.space(3))
        self._column.setSpacing(style.space(3))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def show_conflict(self, row: ConflictRow) -> None:
        """Show another conflict; the same one again changes nothing that is being typed."""
        if row == self._row:
            self.allow()
            return
        self._row, self._buttons, self._control, self._field = row, [], None, None
        _empty(self._column)
        may = may_decide(self._context.person.role, self._context.person.member_id, row.kind, row.workers)
        self._column.addLayout(self._head(row))
        self._column.addWidget(Banner("info", lambda: _why(row)))
        if not may:
            self._column.addWidget(Banner("warning", lambda: _who_may(row, self._context.person.member_id)))
        for number, value in enumerate(row.values):
            self._column.addWidget(self._value_card(row, value, number, may))
        if not any(value.shown for value in row.values):
            self._column.addWidget(self._shown_card(row, may))
        if may:
            self._add_other(row)
        self._column.addStretch(1)

    def allow(self) -> None:
        """Let a decision be made (again)."""
        for button in self._buttons:
            button.setEnabled(True)

    def _head(self, row: ConflictRow) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Heading(row.field_label, 2))
        words.addWidget(QuietText(" · ".join(part for part in (row.label, row.number or "") if part)))
        line = QHBoxLayout()
        line.setSpacing(style.space(3))
        line.addLayout(words, 1)
        if row.case_id:
            case_id = row.case_id
            go = QuietButton(lambda: tr("Open the case"), "arrow-right")
            go.setObjectName("conflict.case")
            go.clicked.connect(lambda: self._context.go("crisis.case", case_id=case_id))
            line.addWidget(go, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def _value_card(self, row: ConflictRow, value: ConflictValue, number: int, may: bool) -> Card:
        written = when.moment(value.written_at, self._context.zone)
        name = value.author or tr("Someone who is not on the staff list of this computer")
        card = self._card(row, _spoken(row, value.text), value.shown)
        foot = _foot(card, tr("{name}, {when}", name=name, when=written))
        if may:
            spoken = "" if _is_masked(row) else value.text
            button_name = "conflict.keep" if not number else f"conflict.keep.{number + 1}"
            self._offer(foot, lambda: tr("Keep this"), button_name, spoken, Keep(dot=value.dot))
        return card

    def _shown_card(self, row: ConflictRow, may: bool) -> Card:
        card = self._card(row, _spoken(row, row.shown_text), True)
        joined = len(row.values) > 1
        foot = _foot(card, tr("What screens show now, so that nothing is missing.") if joined else _unremoved())
        if may:
            spoken = "" if _is_masked(row) else row.shown_text
            self._offer(foot, lambda: tr("Keep it so"), "conflict.keep.shown", spoken, AS_SHOWN)
        return card

    def _card(self, row: ConflictRow, text: str, shown: bool) -> Card:
        card = Card()
        line = QHBoxLayout()
        line.setSpacing(style.space(3))
        cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        line.addWidget(self._masked(row, cut) if _is_masked(row) else _readable(cut), 1)
        if shown:
            line.addWidget(Badge(lambda: tr("Shows now"), "eye", "accent"), 0, Qt.AlignmentFlag.AlignTop)
        card.add_layout(line)
        return card

    def _masked(self, row: ConflictRow, text: str) -> MaskedText:
        return MaskedText(text, ask=lambda show: self._context.reveal(self, row.kind, row.record_id, row.field, show))

    def _offer(self, foot: QHBoxLayout, text: Wording, name: str, spoken: str, value: Any) -> None:
        button = SecondaryButton(text, "check")
        button.setObjectName(name)
        button.setAccessibleDescription(spoken[:200])
        button.clicked.connect(lambda: self._send(value))
        self._buttons.append(button)
        foot.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)

    def _add_other(self, row: ConflictRow) -> None:
        control = control_for(row)
        if control is None:
            return
        control.setObjectName("conflict.other")
        self._control = control
        self._field = Field(lambda: tr("Or something else"), control)
        decide = PrimaryButton(lambda: tr("Use this instead"), "check")
        decide.setObjectName("conflict.decide")
        decide.clicked.connect(self._on_other)
        self._buttons.append(decide)
        card = Card()
        card.add(self._field)
        line = QHBoxLayout()
        line.addWidget(decide)
        line.addStretch(1)
        card.add_layout(line)
        self._column.addWidget(card)

    def _on_other(self) -> None:
        if self._field is None:
            return
        value = value_of(self._control)
        valid = getattr(self._control, "is_valid", None)
        if value is None or (callable(valid) and not valid()):
            self._field.set_error(lambda: tr("Give the value that is right, or keep one of those above."))
            return
        self._field.set_error(None)
        self._send(value)

    def _send(self, value: Any) -> None:
        row = self._row
        if row is None:
            return
        for button in self._buttons:
            button.setEnabled(False)
        self._decided(Decide(kind=row.kind, record_id=row.record_id, field=row.field, value=value))


def _foot(card: Card, said: str) -> QHBoxLayout:
    """Who and when, with room for the button at the end."""
    foot = QHBoxLayout()
    foot.setSpacing(style.space(3))
    foot.addWidget(QuietText(said), 1)
    card.add_layout(foot)
    return foot


def _spoken(row: ConflictRow, text: str) -> str:
    """A value as people say it: a day in words."""
    if row.shape is not Shape.DAY:
        return text
    try:
        return when.day(date.fromisoformat(text))
    except ValueError:
        return text


def _is_masked(row: ConflictRow) -> bool:
    """Telephone numbers, addresses, code words and private notes are not read over a shoulder."""
    return row.private or row.field in _MASKED


def _readable(text: str) -> PlainLabel:
    label = PlainLabel(text, strong=True)
    label.set_selectable()
    return label


def _why(row: ConflictRow) -> str:
    if row.field == "removed_at":
        return tr("Someone removed this record while someone else was changing it. It stays until you decide.")
    if row.rule == "newest_keep_both":
        return tr("Either may be the one that matters. Until someone decides, screens show the newest.")
    if row.rule == "union":
        return tr("Until someone decides, screens show all of it together.")
    if row.protective:
        return tr("Until someone decides, screens show the answer that protects more.")
    return tr("Until someone decides, screens show the newest answer.")


def _who_may(row: ConflictRow, member_id: str) -> str:
    if member_id in (row.workers or ()):
        return tr("You work on this case: act as its worker to decide about this.")
    if row.workers is not None:
        return tr("Only the worker and the co-workers of this case decide about this. You can read it here.")
    return tr("The role that you are acting in does not decide about this.")


def _unremoved() -> str:
    return tr("The change that was made meanwhile is kept.")


def _empty(layout: Any) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            _empty(inner)

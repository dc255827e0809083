"""The documents checklist of section 11: the original, a copy, where it is kept, packed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.views import style
from app.views.common.buttons import SecondaryButton
from app.views.common.card import Card
from app.views.common.choices import TickBox
from app.views.common.text import LineEdit, PlainLabel, QuietText
from app.views.common.wording import Wording, say
from app.views.safety.desk import PlanDesk
from app.words import tr


class Checklist(Card):
    """Every line of the list, then lines of the client's own."""

    def __init__(self, desk: PlanDesk) -> None:
        super().__init__(
            lambda: tr("Documents checklist"), subtitle=lambda: tr("Tick what is at hand. Nothing has to be taken.")
        )
        self._desk = desk
        holder = QWidget()
        self._grid = QGridLayout(holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(style.space(4))
        self._grid.setVerticalSpacing(style.space(1))
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(4, 2)
        titles: tuple[Wording, ...] = ("", "", "", "", lambda: tr("Where it is kept"))
        for column, title in enumerate(titles):
            self._grid.addWidget(QuietText(title), 0, column)
        self._rows = 0
        self.add(holder)
        listed = {line.code for line in desk.document_lines}
        for line in desk.document_lines:
            self._add_line(line.code, _later(line.text))
        for code in [code for code in desk.state.documents if code not in listed]:
            self._add_line(code, code)
        if not desk.read_only:
            self._add_own()

    def _add_line(self, code: str, title: Wording) -> None:
        # A line that nobody touches is not begun: looking at the list changes nothing.
        line = self._desk.state.documents.get(code)
        self._rows += 1
        original, copy = TickBox(lambda: tr("Original")), TickBox(lambda: tr("Copy"))
        packed = TickBox(lambda: tr("Ready"))
        kept = LineEdit()
        original.set_value(line.has_original if line else False)
        copy.set_value(line.has_copy if line else False)
        packed.set_value(line.done if line else False)
        kept.set_value(line.where_kept if line else None)
        kept.setAccessibleName(tr("{title}, where it is kept", title=say(title)))
        self._grid.addWidget(PlainLabel(title), self._rows, 0, Qt.AlignmentFlag.AlignVCenter)
        controls: tuple[tuple[TickBox | LineEdit, str], ...] = (
            (original, "original"),
            (copy, "copy"),
            (packed, "ready"),
            (kept, "where"),
        )
        for column, (control, end) in enumerate(controls, start=1):
            control.setObjectName(f"plan.document.{code}.{end}")
            control.set_read_only(self._desk.read_only)
            control.setAccessibleDescription(say(title))
            self._grid.addWidget(control, self._rows, column, Qt.AlignmentFlag.AlignVCenter)

        def take() -> None:
            found = self._desk.document(code)
            found.has_original, found.has_copy = original.value(), copy.value()
            found.done, found.where_kept = packed.value(), kept.value()
            self._desk.touch()

        for box in (original, copy, packed):
            box.changed.connect(take)
        kept.changed.connect(take)

    def _add_own(self) -> None:
        own = LineEdit(lambda: tr("Something else to take"))
        own.setObjectName("plan.document.own")
        own.setAccessibleName(tr("Something else to take"))
        add = SecondaryButton(lambda: tr("Add to the list"), "plus")
        add.setObjectName("plan.document.add")

        def put() -> None:
            text = own.value()
            if text and text not in self._desk.state.documents:
                self._desk.document(text)
                self._add_line(text, text)
                own.set_value(None)
                self._desk.touch()

        add.clicked.connect(put)
        own.returnPressed.connect(put)
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        row.addWidget(own, 1)
        row.addWidget(add)
        holder = QVBoxLayout()
        holder.addLayout(row)
        self.add_layout(holder)


def _later(text: str) -> Wording:
    return lambda: tr(text)

"""Who is this person? What is seen at the left, who may be meant at the right, with the reasons."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.errors import RuleBroken
from app.models.rules.found import Sighting
from app.models.vocab import CardReason
from app.queries.found_person import FoundPerson, Gathering, find_person
from app.services.registry_cards import SearchByDescription, search_by_description
from app.views import style
from app.views.broadcast import Live
from app.views.common.buttons import PrimaryButton, QuietButton
from app.views.common.empty import EmptyState
from app.views.common.entries import degrees
from app.views.common.field import Field
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import LineEdit, QuietText
from app.views.map.contents import Spot
from app.views.map.place import PlaceDialog
from app.views.programme import Context
from app.views.registry.reason import ReasonPanel
from app.views.registry.reasons import ReasonsPanel, in_short
from app.views.registry.told import ToldForm
from app.words import tr, trn

_SURE = 0.08


class FoundPage(Page):
    """The form, the list, the reasons. The cards are in memory only while this page is shown."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Describe a found person"),
            lambda: tr(
                "Tell what you see and leave out what you do not know. A wrong detail excludes nobody; searches are"
                " recorded."
            ),
            scrolls=False,
        )
        self._context = context
        self._gathering: Gathering | None = None
        self._asked: Sighting | None = None
        self._rows: dict[str, FoundPerson] = {}
        self._told = ToldForm()
        self._told.entered.connect(self.search)
        self._told.map_wanted.connect(self._choose_on_map)
        self._occurrence = LineEdit()
        self._occurrence.setObjectName("registry.found.occurrence")
        self._occurrence.returnPressed.connect(self.search)
        self._search = PrimaryButton(lambda: tr("Search"), "search")
        self._search.setObjectName("registry.found.search")
        self._search.clicked.connect(self.search)
        self._start = EmptyState(
            "person",
            lambda: tr("Whom have you found?"),
            lambda: tr("Tell at least two things. Where the person was found helps most."),
        )
        self._reading = EmptyState("search", lambda: tr("Comparing …"), lambda: tr("The cards are being read."))
        self._note = QuietText("")
        self._table = self._make_table()
        self._reasons = ReasonsPanel()
        self._ask = ReasonPanel(context)
        self._ask.opened.connect(self._opened)
        self._ask.left.connect(self._back_to_list)
        self._stack = QStackedWidget()
        self._list = self._list_side()
        for part in (self._start, self._reading, self._list, self._ask):
            self._stack.addWidget(part)
        self._lay_out()
        QShortcut(QKeySequence("Ctrl+Return"), self, self.search)
        Live(self, context.broadcast, ("emergency_card",), self._forget)

    def open(self) -> None:
        """Begin anew: nothing of the last person is left standing."""
        self._told.clear()
        self._occurrence.set_value(None)
        self._rows = {}
        self._stack.setCurrentWidget(self._start)
        self._told.setFocus()

    def search(self) -> None:
        """Record that somebody searches, then compare."""
        told = self._told.sighting()
        if told is None or self._asked is not None:
            return
        try:
            told.require_enough()
        except RuleBroken as problem:
            self._told.complain(problem)
            return
        self._asked = told
        self._stack.setCurrentWidget(self._reading)
        command = SearchByDescription(told=told.told, occurrence_no=self._occurrence.value())
        self._context.tasks.write(self, search_by_description, command, lambda _done: self._compare(), self._failed)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to read the cards while the person types."""
        super().showEvent(event)
        self._gather()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go of the cards."""
        super().hideEvent(event)
        self._gathering = None

    # --- the cards in memory ------------------------------------------------------------------------------------------

    def _gather(self) -> None:
        if self._gathering is None:
            self._gathering = Gathering(self._today())
        gathering = self._gathering
        if gathering.complete:
            self._compare()
            return

        def done(_complete: bool) -> None:
            if gathering is self._gathering:
                self._gather()

        self._context.tasks.read(self, gathering.gather, done, self._failed)

    def _forget(self) -> None:
        """Cards changed: they are read anew."""
        self._gathering = None
        if self.isVisible():
            self._gather()

    def _compare(self) -> None:
        gathering, told = self._gathering, self._asked
        if (
            told is None
            or gathering is None
            or not gathering.complete
            or self._stack.currentWidget() is not self._reading
        ):
            return

        def question(session: Any) -> tuple[FoundPerson, ...]:
            return find_person(session, gathering.gallery, told, today=gathering.today)

        self._context.tasks.read(self, question, self._found, self._failed)

    def _found(self, rows: tuple[FoundPerson, ...]) -> None:
        self._asked = None
        self._rows = {row.card_id: row for row in rows}
        self._table.set_rows([_row(row) for row in rows])
        self._note.set_text(lambda: _summary(rows))
        self._stack.setCurrentWidget(self._list)
        if rows:
            self._table.view.selectRow(0)
            self._table.view.setFocus()

    def _failed(self, problem: Exception) -> None:
        self._asked = None
        self._stack.setCurrentWidget(self._start)
        if isinstance(problem, RuleBroken):
            self._told.complain(problem)
            return
        self._context.messages.failed(problem)

    def _today(self) -> date:
        return self._context.clock().astimezone(ZoneInfo(self._context.zone)).date()

    # --- from the list to the card ------------------------------------------------------------------------------------

    def _show_reasons(self, card_id: str) -> None:
        row = self._rows.get(card_id)
        if row is not None:
            self._reasons.show_reasons(row)

    def _ask_why(self, card_id: str) -> None:
        row = self._rows.get(card_id)
        if row is None:
            return
        self._ask.ask(row, CardReason.FOUND, self._occurrence.value())
        self._stack.setCurrentWidget(self._ask)
        self._ask.setFocus()

    def _back_to_list(self) -> None:
        self._stack.setCurrentWidget(self._list)
        self._table.view.setFocus()

    def _opened(self, view_id: str) -> None:
        self._context.go("registry.card", view_id=view_id)
        self._stack.setCurrentWidget(self._list)

    def _choose_on_map(self) -> None:
        typed = degrees(self._told.position_text())
        homes = self._gathering.gallery.middle() if self._gathering is not None else None
        dialog = PlaceDialog(
            self._context,
            self,
            self._told.set_position,
            at=Spot(*typed) if typed else None,
            around=Spot(*homes) if homes else None,
        )
        dialog.open()

    # --- the shape ----------------------------------------------------------------------------------------------------

    def _make_table(self) -> RowTable:
        table = RowTable(
            [
                Column(lambda: tr("Person"), 80),
                Column(lambda: tr("Age"), 110),
                Column(lambda: tr("Fit"), 110),
                Column(lambda: tr("What speaks for it")),
            ],
            name=lambda: tr("Who it may be"),
            empty=EmptyState(
                "search", lambda: tr("Nobody to compare with"), lambda: tr("There are no cards on this device.")
            ),
        )
        table.setObjectName("registry.found.results")
        table.selected.connect(self._show_reasons)
        table.opened.connect(self._ask_why)
        return table

    def _list_side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(3))
        column.addWidget(self._note)
        column.addWidget(self._table, 3)
        column.addWidget(self._reasons, 2)
        opened = PrimaryButton(lambda: tr("Open the card"), "unlock")
        opened.setObjectName("registry.found.open")
        opened.clicked.connect(lambda: self._ask_why(self._table.selected_id()))
        row = QHBoxLayout()
        row.addWidget(opened)
        row.addStretch(1)
        column.addLayout(row)
        return side

    def _lay_out(self) -> None:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._told)
        new = QuietButton(lambda: tr("Another person"), "undo")
        new.setObjectName("registry.found.new")
        new.clicked.connect(self.open)
        left = QVBoxLayout()
        left.setSpacing(style.space(3))
        left.addWidget(area, 1)
        left.addWidget(Field(lambda: tr("Occurrence number, when there is one"), self._occurrence))
        row = QHBoxLayout()
        row.addWidget(self._search)
        row.addWidget(new)
        row.addStretch(1)
        left.addLayout(row)
        sides = QHBoxLayout()
        sides.setSpacing(style.space(5))
        sides.addLayout(left, 5)
        sides.addWidget(self._stack, 6)
        self.body.addLayout(sides, 1)
        self.setFocusProxy(self._told)


def _summary(rows: tuple[FoundPerson, ...]) -> str:
    if not rows:
        return ""
    if rows[0].chance < _SURE:
        return tr("Nobody stands out. Tell more, or where the person was found; they may not be registered.")
    likely = sum(row.chance >= _SURE for row in rows)
    return trn("{count} person may be meant.", "{count} people may be meant.", likely)


def _row(row: FoundPerson) -> Row:
    sure = row.chance >= _SURE
    fit = Cell(
        tr(row.verdict), "success" if row.chance >= 0.5 else "info" if sure else "quiet", "check" if sure else ""
    )
    return Row(row.card_id, (Cell(row.initials, "strong"), row.age_band.label(), fit, in_short(row)))

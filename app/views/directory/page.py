"""The directory: find a service by need, kind, words, place and language; its card beside the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QWidget

from app.models.vocab import NeedDomain, PartnerKind, Role, label
from app.queries import directory
from app.queries.directory import ServiceFilter, ServiceRow
from app.queries.languages import NAMES
from app.services import directory as verbs
from app.views import style
from app.views.broadcast import Live
from app.views.common.beside import put_beside
from app.views.common.buttons import PrimaryButton, QuietButton
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.picker import ComboPicker
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import LineEdit, QuietText
from app.views.common.wording import Wording
from app.views.directory.card import ServiceCard
from app.views.directory.form import ServiceDialog
from app.views.messages import Tone
from app.views.programme import Context
from app.words import current, tr, trn

_KEEPERS = frozenset({Role.VSU, Role.VQC, Role.SUP})
"""Who adds to the directory and corrects it."""


@dataclass(frozen=True)
class _Found:
    count: int
    places: tuple[str, ...]
    asked: ServiceFilter


class DirectoryPage(Page):
    """Filters above, services at the left, the chosen one's card at the right."""

    WIDEST = 1400

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Directory"), lambda: tr("Who helps with what, where, and in which language."), scrolls=False
        )
        self._context = context
        self._asked = ServiceFilter()
        self._chosen = ""
        self._keeps = context.person.role in _KEEPERS
        self._filters()
        self._count = QuietText("")
        self.add(self._count)
        self._table = self._make_table()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row = QHBoxLayout()
        row.setSpacing(style.space(4))
        row.addWidget(self._table, 6)
        row.addWidget(self._area, 5)
        self.body.addLayout(row, 1)
        self._show_nothing_chosen()
        if self._keeps:
            add = PrimaryButton(lambda: tr("Add a service"), "plus")
            add.setObjectName("directory.add")
            add.clicked.connect(lambda: self._edit(None))
            self.add_action(add)
        QShortcut(QKeySequence.StandardKey.Find, self, self._search.setFocus)
        Live(self, context.broadcast, ("service", "organization"), self.refresh)
        self.refresh()

    @property
    def _today(self) -> date:
        return self._context.clock().astimezone(ZoneInfo(self._context.zone)).date()

    def refresh(self) -> None:
        """Ask again with the filters as they stand."""
        asked = self._asked = self._filter()

        def question(session: Any) -> _Found:
            return _Found(directory.service_count(session, asked), directory.municipalities(session), asked)

        self._context.tasks.read(self, question, self._counted)
        if self._chosen:
            self._open(self._chosen)

    def _filters(self) -> None:
        self._search = LineEdit(lambda: tr("Name or description"), icon_name="search")
        self._search.setObjectName("directory.search")
        self._need = ComboPicker([(one, one.label) for one in NeedDomain], lambda: tr("Any"))
        self._kind = ComboPicker([(one, one.label) for one in PartnerKind], lambda: tr("Any"))
        self._place = ComboPicker([], lambda: tr("Any"))
        self._language = ComboPicker([(code, _later(text)) for code, text in NAMES.items()], lambda: tr("Any"))
        named: list[tuple[QWidget, str, Wording]] = [
            (self._search, "search", lambda: tr("Words in the name or description")),
            (self._need, "need", lambda: tr("Need")),
            (self._kind, "kind", lambda: tr("Kind of service")),
            (self._place, "municipality", lambda: tr("Municipality")),
            (self._language, "language", lambda: tr("Language")),
        ]
        grid = QGridLayout()
        grid.setHorizontalSpacing(style.space(3))
        grid.setVerticalSpacing(style.space(1))
        for column, (control, name, words) in enumerate(named):
            control.setObjectName(f"directory.{name}")
            control.setAccessibleName(words() if callable(words) else words)
            grid.addWidget(QuietText(words if column else (lambda: tr("Find"))), 0, column)
            grid.addWidget(control, 1, column)
            grid.setColumnStretch(column, 4 if column == 0 else 3)
        clear = QuietButton(lambda: tr("Clear the filters"), "undo")
        clear.setObjectName("directory.clear")
        clear.clicked.connect(self._clear)
        grid.addWidget(clear, 1, len(named))
        self.add_layout(grid)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(200)
        self._pause.timeout.connect(self.refresh)
        self._search.changed.connect(self._pause.start)
        for picker in (self._need, self._kind, self._place, self._language):
            picker.changed.connect(self.refresh)

    def _filter(self) -> ServiceFilter:
        need, kind = self._need.value(), self._kind.value()
        place, language = self._place.value(), self._language.value()
        return ServiceFilter(
            text=self._search.value() or "",
            need=need if isinstance(need, NeedDomain) else None,
            kind=kind if isinstance(kind, PartnerKind) else None,
            municipality=str(place) if place else None,
            language=str(language) if language else None,
        )

    def _clear(self) -> None:
        self._search.set_value(None)
        for picker in (self._need, self._kind, self._place, self._language):
            picker.set_value(None)
        self.refresh()

    def _make_table(self) -> RowTable:
        table = RowTable(
            [
                Column(lambda: tr("Service")),
                Column(lambda: tr("Organization")),
                Column(lambda: tr("Checked"), 140),
            ],
            name=lambda: tr("Services"),
            empty=EmptyState("search", lambda: tr("No service fits"), self._nothing_fits),
        )
        table.setObjectName("directory.table")
        table.selected.connect(self._open)
        table.opened.connect(self._open)
        return table

    def _nothing_fits(self) -> str:
        if self._keeps:
            return tr("Take a filter away, or add the service that you know of.")
        return tr("Take a filter away, or try another word.")

    def _counted(self, found: _Found) -> None:
        if found.asked != self._asked:
            return
        self._place.set_options([(place, place) for place in found.places])
        count = found.count
        self._count.set_text(lambda: trn("{count} service", "{count} services", count))
        self._table.set_source_later(count, self._fetch)

    def _fetch(self, offset: int, limit: int) -> None:
        asked, language, day = self._asked, current().code, self._today

        def question(session: Any) -> tuple[ServiceRow, ...]:
            return directory.services(session, asked, language=language, today=day, limit=limit, offset=offset)

        def deliver(rows: tuple[ServiceRow, ...]) -> None:
            if asked == self._asked:
                self._table.deliver(offset, [_row(row) for row in rows])

        self._context.tasks.read(self, question, deliver)

    def _open(self, service_id: str) -> None:
        if not service_id:
            return
        self._chosen = service_id
        language, day = current().code, self._today
        self._context.tasks.read(
            self,
            lambda session: directory.service(session, service_id, language=language, today=day),
            self._show_card,
        )

    def _show_card(self, row: ServiceRow) -> None:
        if row.id != self._chosen:
            return
        card = ServiceCard(row, keeps=self._keeps)
        card.correct.connect(lambda: self._edit(row.id))
        card.verified.connect(lambda: self._verify(row.id))
        put_beside(self._area, card)

    def _show_nothing_chosen(self) -> None:
        put_beside(
            self._area,
            EmptyState(
                "people",
                lambda: tr("Choose a service"),
                lambda: tr("Its telephone numbers, hours, languages and how to apply are shown here."),
            ),
        )

    def _edit(self, service_id: str | None) -> None:
        ServiceDialog.ask_for(self._context, self, service_id, self._edited)

    def _edited(self, service_id: str) -> None:
        self._chosen = service_id
        self.refresh()

    def _verify(self, service_id: str) -> None:
        command = verbs.UpdateService(service_id=service_id, assured_date=self._today)
        self._context.tasks.write(
            self,
            verbs.update_service,
            command,
            lambda _none: self._context.messages.say(tr("Noted: checked today."), Tone.SUCCESS),
        )


def _row(row: ServiceRow) -> Row:
    checked = Cell(tr("Verify"), "warning", "warning") if row.stale else Cell(tr("Checked"), "quiet", "check")
    return Row(row.id, (Cell(row.name, "strong"), row.organization or label(row.kind), checked))


def _later(text: str) -> Wording:
    return lambda: tr(text)

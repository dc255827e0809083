"""The incident log: what happened, as the client tells it. Entries are added, never changed."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.queries import safety
from app.queries.safety import IncidentLogRow
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.common.facts import Facts
from app.views.common.text import PlainLabel
from app.views.safety.desk import PlanDesk
from app.views.safety.dialogs import LogEntryDialog
from app.words import tr

_PAGE = 20


class LogPane(QWidget):
    """Entries, the newest first, a page at a time."""

    def __init__(self, desk: PlanDesk, page: QWidget) -> None:
        super().__init__()
        # A dialog belongs to the page: the pane may be drawn anew while it is open.
        self._desk, self._page, self._shown = desk, page, _PAGE
        add = SecondaryButton(lambda: tr("Add an entry"), "plus")
        add.setObjectName("plan.log.add")
        add.clicked.connect(self._add)
        self._card = Card(
            lambda: tr("Incident log"),
            subtitle=lambda: tr("What happened, in the client's words, with what proves it. Entries stay as they are."),
        )
        self._card.add_action(add)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.space(3))
        self._column.addWidget(self._card)
        self._entries = QVBoxLayout()
        self._entries.setSpacing(style.space(3))
        self._column.addLayout(self._entries)
        self._column.addStretch(1)
        Live(self, desk.context.broadcast, ("incident_log_entry",), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        case_id, limit = self._desk.case_id, self._shown + 1
        self._desk.context.tasks.read(
            self, lambda session: safety.incident_log(session, case_id, limit=limit), self._show
        )

    def _show(self, rows: tuple[IncidentLogRow, ...]) -> None:
        while (item := self._entries.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row in rows[: self._shown]:
            self._entries.addWidget(self._entry(row))
        if not rows:
            self._entries.addWidget(
                EmptyState(
                    "note",
                    lambda: tr("Nothing in the log yet"),
                    lambda: tr("Add an entry when the client tells of something that happened, even a small thing."),
                )
            )
        if len(rows) > self._shown:
            more = QuietButton(lambda: tr("Show earlier entries"), "chevron-down")
            more.setObjectName("plan.log.more")
            more.clicked.connect(self._more)
            self._entries.addWidget(more)

    def _entry(self, row: IncidentLogRow) -> Card:
        zone = self._desk.context.zone
        card = Card(
            lambda: " · ".join(part for part in (when.moment(row.at, zone), row.place or "") if part),
            subtitle=lambda: tr("Written by {name}", name=row.author) if row.author else "",
        )
        card.add(PlainLabel(row.what_happened))
        card.add(
            Facts(
                [
                    (lambda: tr("Exact words"), row.exact_words or ""),
                    (lambda: tr("Technology, app or device used"), row.technology or ""),
                    (lambda: tr("Witnesses"), row.witnesses or ""),
                    (lambda: tr("Evidence kept"), row.evidence or ""),
                    (lambda: tr("Reported to"), row.reported_to or ""),
                    (lambda: tr("Officer and badge"), row.officer or ""),
                    (lambda: tr("Report number"), row.report_no or ""),
                    (lambda: tr("What it did to the client"), row.effect or ""),
                ]
            )
        )
        return card

    def _more(self) -> None:
        self._shown += _PAGE
        self.refresh()

    def _add(self) -> None:
        LogEntryDialog(self._desk, self._page).open()

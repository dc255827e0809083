"""Choosing a service of the directory: by need and language, with what one needs to know before referring."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.models.vocab import NeedDomain
from app.queries import directory
from app.queries.directory import ServiceFilter, ServiceRow
from app.views import style
from app.views.common.choices import TickBox
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit, QuietText
from app.views.crisis.asking import language_name
from app.views.crisis.desk import Desk
from app.words import current, tr

_AT_MOST = 60


class ServiceChoice(QWidget):
    """The id of a service. `row()` is the service with what is known of it."""

    changed = Signal()

    def __init__(self, desk: Desk, language: str | None) -> None:
        super().__init__()
        self._desk, self._language = desk, language
        self._need: NeedDomain | None = None
        self._wanted: str | None = None
        self._found: dict[str, ServiceRow] = {}
        self.search = LineEdit(lambda: tr("Find a service"), icon_name="search")
        self.search.setAccessibleName(tr("Find a service"))
        self.search.setObjectName("referral.search")
        self.picker = ComboPicker(placeholder=lambda: tr("Choose a service"))
        self.picker.setObjectName("referral.service")
        name = language_name(language)
        self.only_language = TickBox(lambda: tr("Only services that speak {language}", language=name))
        self.only_language.setVisible(bool(language) and language not in ("en",))
        self.about = QuietText("")
        self._lay_out()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(250)
        self._pause.timeout.connect(self._ask)
        self.search.changed.connect(lambda: self._pause.start())
        self.only_language.changed.connect(self._ask)
        self.picker.changed.connect(self._on_picked)
        self.setFocusProxy(self.picker)
        self._ask()

    def set_need(self, need: NeedDomain | None) -> None:
        """Offer services for a need."""
        self._need = need
        self._ask()

    def value(self) -> str | None:
        """The id of the service."""
        return self._wanted

    def set_value(self, value: str | None) -> None:
        """Choose a service, found or not yet."""
        self._wanted = value
        self._show()

    def row(self) -> ServiceRow | None:
        """The service that is chosen."""
        return self._found.get(self._wanted or "")

    def setAccessibleName(self, name: str) -> None:
        """Speak the label at the picker."""
        super().setAccessibleName(name)
        self.picker.setAccessibleName(name)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(style.space(3))
        row.addWidget(self.search, 1)
        row.addWidget(self.picker, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(2))
        column.addLayout(row)
        column.addWidget(self.only_language)
        column.addWidget(self.about)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def _ask(self) -> None:
        asked = ServiceFilter(
            text=self.search.value() or "",
            need=self._need,
            language=self._language if self.only_language.value() else None,
        )
        day, language, wanted = self._desk.today, current().code, self._wanted

        def question(session: Any) -> tuple[ServiceRow, ...]:
            rows = directory.services(session, asked, language=language, today=day, limit=_AT_MOST)
            if wanted and all(row.id != wanted for row in rows):
                rows = (directory.service(session, wanted, language=language, today=day), *rows)
            return rows

        self._desk.read(self, question, self._arrived)

    def _arrived(self, rows: tuple[ServiceRow, ...]) -> None:
        self._found = {row.id: row for row in rows}
        self.picker.set_options([(row.id, f"{row.name} · {row.organization}") for row in rows])
        self._show()

    def _on_picked(self) -> None:
        value = self.picker.value()
        self._wanted = str(value) if value else None
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self.picker.set_value(self._wanted)
        row = self.row()
        if row is None:
            count = len(self._found)
            self.about.set_text(lambda: tr("{count} services fit.", count=count))
            return
        phones = ", ".join(phone.number for phone in row.phones)
        spoken = ", ".join(language_name(code) for code in row.languages)
        parts = [phones, row.hours, spoken, row.eligibility, row.required_documents]
        self.about.set_text(" · ".join(part for part in parts if part))

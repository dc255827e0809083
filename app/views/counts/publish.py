"""The button with which a supervisor publishes the counts of this year for analysts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from app.models.rules.suppression import Counted
from app.models.vocab import Role
from app.services import published_counts
from app.views.common.buttons import PrimaryButton
from app.views.messages import Tone
from app.views.programme import Context
from app.words import tr

Tables = Callable[[Any, date, date], tuple[Counted, ...]]
"""Asks a session for the counts from a first to a last day."""


class PublishButton(PrimaryButton):
    """Counts the year so far and publishes it; only a supervisor sees it."""

    def __init__(self, context: Context, owner: QWidget, programme: str, tables: Tables) -> None:
        super().__init__(lambda: tr("Publish counts of this year"), "save")
        self._context, self._owner, self._programme, self._tables = context, owner, programme, tables
        self.setObjectName(f"{programme}.publish")
        self.setVisible(context.person.role is Role.SUP)
        self.clicked.connect(self._count)

    def _count(self) -> None:
        today = self._context.clock().astimezone(ZoneInfo(self._context.zone)).date()
        first, tables = date(today.year, 1, 1), self._tables
        self._context.tasks.read(
            self._owner, lambda session: tables(session, first, today), lambda found: self._publish(today.year, found)
        )

    def _publish(self, year: int, tables: tuple[Counted, ...]) -> None:
        command = published_counts.PublishCounts(programme=self._programme, year=year, tables=tables)
        self._context.tasks.write(self._owner, published_counts.publish_counts, command, self._published)

    def _published(self, _ids: Any) -> None:
        self._context.messages.say(tr("The counts are published, without small numbers."), Tone.SUCCESS)

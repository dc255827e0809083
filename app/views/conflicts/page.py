"""Fields in which two people wrote different things, and the decision between them."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from app.queries import conflicts
from app.queries.conflicts import ConflictRow
from app.services.conflicts import Decide, decide
from app.views import style
from app.views.broadcast import Live
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.conflicts.one import OneConflict
from app.views.messages import Tone
from app.views.programme import Context
from app.words import tr, trn

_MOST = 500


class ConflictsPage(Page):
    """The list at the left, the values of the chosen field at the right."""

    def __init__(self, context: Context) -> None:
        super().__init__(lambda: tr("To decide"), _subtitle, scrolls=False)
        self._context = context
        self._rows: dict[str, ConflictRow] = {}
        self.table = RowTable(
            [
                Column(lambda: tr("What")),
                Column(lambda: tr("Number"), 160),
            ],
            name=lambda: tr("Fields with different answers"),
        )
        self.table.setObjectName("conflict.table")
        self.table.selected.connect(self._choose)
        self.one = OneConflict(context, self._decide)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.space(4))
        row.addWidget(self.table, 2)
        row.addWidget(self.one, 3)
        self._stack = QStackedLayout()
        self.body.addLayout(self._stack, 1)
        self._stack.addWidget(both)
        self._stack.addWidget(
            EmptyState(
                "check-circle",
                lambda: tr("Nothing to decide"),
                lambda: tr(
                    "Nobody wrote different things. When two people do, both are kept here until someone decides."
                ),
            )
        )
        Live(self, context.broadcast, (), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        member = self._context.person.member_id

        def question(session: Any) -> tuple[ConflictRow, ...]:
            found = conflicts.conflicts(session, limit=_MOST)
            return tuple(row for row in found if not row.private or member in (row.workers or ()))

        self._context.tasks.read(self, question, self._show)

    def _show(self, rows: tuple[ConflictRow, ...]) -> None:
        chosen = self.table.selected_id()
        before = list(self._rows)
        self._rows = {_key(row): row for row in rows}
        self.table.set_rows([_listed(row) for row in rows])
        self._stack.setCurrentIndex(0 if rows else 1)
        count = len(rows)
        self.set_title(
            lambda: tr("Different answers"),
            (lambda: trn("{count} field waits for a decision.", "{count} fields wait for a decision.", count))
            if count
            else _subtitle,
        )
        if rows:
            keys = list(self._rows)
            place = keys.index(chosen) if chosen in keys else min(_place(before, chosen), len(keys) - 1)
            self.table.view.selectRow(place)
            self._choose(keys[place])

    def _choose(self, key: str) -> None:
        row = self._rows.get(key)
        if row is not None:
            self.one.show_conflict(row)

    def _decide(self, command: Decide) -> None:
        self._context.tasks.write(self, decide, command, lambda _: self._on_decided(), self._on_refused)

    def _on_decided(self) -> None:
        said = tr("Decided. What was not chosen stays in the history.")
        self._context.messages.say(said, Tone.SUCCESS)
        self.refresh()

    def _on_refused(self, problem: Exception) -> None:
        self.one.allow()
        self._context.messages.failed(problem)
        self.refresh()


def _subtitle() -> str:
    return tr("When two people write different things, both are kept until someone decides.")


def _key(row: ConflictRow) -> str:
    return f"{row.kind}/{row.record_id}/{row.field}"


def _place(keys: list[str], chosen: str) -> int:
    return keys.index(chosen) if chosen in keys else 0


def _listed(row: ConflictRow) -> Row:
    what = Cell(
        tr("{what}: {answer}", what=row.label, answer=row.field_label),
        "strong",
        "shield" if row.protective else "edit",
    )
    return Row(_key(row), (what, Cell(row.number or tr("Number pending"), "quiet")))

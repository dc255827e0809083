"""The versions of the plan: each stays as it was saved and can be read again."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.models.vocab import label
from app.queries.safety import PlanVersionRow
from app.views import style
from app.views.common import when
from app.views.common.badge import Badge
from app.views.common.buttons import SecondaryButton
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.common.text import PlainLabel, QuietText
from app.views.safety.desk import PlanDesk
from app.words import tr


class VersionsPane(QWidget):
    """The versions, the newest first; `opened` carries the id of the one to read."""

    opened = Signal(str)

    def __init__(self, desk: PlanDesk) -> None:
        super().__init__()
        self._desk = desk
        card = Card(
            lambda: tr("Versions"),
            subtitle=lambda: tr("A saved version never changes. The next one starts as its copy."),
        )
        for version in desk.versions:
            card.add(self._line(version))
        if not desk.versions:
            card.add(
                EmptyState(
                    "history",
                    lambda: tr("No version yet"),
                    lambda: tr("Save the plan when the client is content with it. Every version stays as it was."),
                )
            )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        column.addStretch(1)

    def _line(self, version: PlanVersionRow) -> QWidget:
        number = version.version
        head = QHBoxLayout()
        head.setSpacing(style.space(2))
        name = PlainLabel(lambda: tr("Version {number}", number=number), strong=True)
        name.setWordWrap(False)
        head.addWidget(name)
        if version.current:
            head.addWidget(Badge(lambda: tr("In force"), "check", "success"))
        if version.review_overdue:
            head.addWidget(Badge(lambda: tr("Review overdue"), "warning", "warning"))
        head.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        words.addWidget(QuietText(lambda: self._about(version)))
        read = SecondaryButton(lambda: tr("Read this version"), "eye")
        read.setObjectName(f"plan.version.{number}")
        read.setAccessibleDescription(tr("Version {number}", number=number))
        read.clicked.connect(lambda: self.opened.emit(version.id))
        read.setEnabled(version.readable)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, style.space(1), 0, style.space(1))
        row.setSpacing(style.space(4))
        row.addLayout(words, 1)
        row.addWidget(read, 0, Qt.AlignmentFlag.AlignVCenter)
        return line

    def _about(self, version: PlanVersionRow) -> str:
        review = tr("next review {day}", day=when.day(version.next_review)) if version.next_review else ""
        saved = when.moment(version.saved_at, self._desk.context.zone)
        copy = label(version.copy_choice) or tr("copy not asked about")
        return " · ".join(part for part in (saved, version.worker, copy, review) if part)

"""What happened, newest or oldest first, one entry below the other on a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.views import style
from app.views.common.badge import Badge, BadgeKind
from app.views.common.buttons import QuietButton
from app.views.common.icons import pixmap
from app.views.common.text import PlainLabel, QuietText
from app.views.common.wording import Wording
from app.words import tr, trn

_RAIL = 52
_DOT = 34


@dataclass(frozen=True)
class TimelineEntry:
    """One entry. `opens` is the id that `Timeline.opened` carries; empty when there is nothing to open.

    `action` is what its button says, "Open" by default.
    """

    when: Wording
    title: Wording
    text: Wording = ""
    icon: str = "note"
    badge: Wording = ""
    badge_kind: BadgeKind = "neutral"
    badge_icon: str = ""
    opens: str = ""
    action: Wording = ""


class Timeline(QWidget):
    """A vertical list of entries, the first `AT_ONCE` at once and the others on request."""

    AT_ONCE = 40
    opened = Signal(str)

    def __init__(self, entries: Sequence[TimelineEntry] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[TimelineEntry, ...] = ()
        self._shown = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._more = QuietButton(self._more_words, "chevron-down")
        self._more.clicked.connect(self._show_more)
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.set_entries(entries)

    def set_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Show other entries."""
        for line in self.findChildren(_Line):
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._entries, self._shown = tuple(entries), 0
        self._show_more()

    def _show_more(self) -> None:
        until = min(self._shown + self.AT_ONCE, len(self._entries))
        for place in range(self._shown, until):
            line = _Line(self._entries[place], last=place == len(self._entries) - 1)
            line.opened.connect(self.opened)
            self._column.insertWidget(place, line)
        self._shown = until
        self._more.retranslate()
        self._more.setVisible(self._shown < len(self._entries))

    def _more_words(self) -> str:
        left = len(self._entries) - self._shown
        return trn("Show {count} more", "Show {count} more", left)


class _Line(QWidget):
    opened = Signal(str)

    def __init__(self, entry: TimelineEntry, *, last: bool) -> None:
        super().__init__()
        self._entry, self._last = entry, last
        head = QHBoxLayout()
        head.setSpacing(style.space(2))
        title = PlainLabel(entry.title, strong=True)
        head.addWidget(title, 1)
        if entry.badge:
            head.addWidget(Badge(entry.badge, entry.badge_icon, entry.badge_kind), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(QuietText(entry.when))
        if entry.text:
            column.addSpacing(4)
            column.addWidget(PlainLabel(entry.text))
        row = QHBoxLayout(self)
        row.setContentsMargins(_RAIL, 6, 0, 4 if last else style.space(5))
        row.addLayout(column, 1)
        if entry.opens:
            self._add_opener(row, entry)

    def _add_opener(self, row: QHBoxLayout, entry: TimelineEntry) -> None:
        from_here = QuietButton(entry.action or (lambda: tr("Show")))
        from_here.clicked.connect(lambda: self.opened.emit(entry.opens))
        row.addWidget(from_here, 0, Qt.AlignmentFlag.AlignVCenter)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.width() - _DOT / 2 if self.isRightToLeft() else _DOT / 2
        if not self._last:
            painter.setPen(QPen(style.colour("border"), 2))
            painter.drawLine(QPointF(middle, _DOT), QPointF(middle, self.height()))
        painter.setPen(QPen(style.colour("border"), 1))
        painter.setBrush(style.colour("accent-soft"))
        painter.drawEllipse(QRectF(middle - _DOT / 2 + 1, 1, _DOT - 2, _DOT - 2))
        picture = pixmap(self._entry.icon, "accent", 18, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(middle - 9, _DOT / 2 - 9), picture)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.update()

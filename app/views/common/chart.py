"""Counts as bars, and the same counts as a table for who cannot see bars.

Drawn by ourselves: QtCharts is not under the LGPL (docs/decisions/0008-bars-of-our-own.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from app.views import style
from app.views.common.buttons import QuietButton
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import Heading
from app.views.common.wording import Wording, say
from app.words import tr

_GAP = 10
_THICK = 0.58
_WIDEST_LABEL = 0.45


@dataclass(frozen=True)
class Bar:
    """One bar: what is counted and how many."""

    label: Wording
    count: int


class _Bars(QWidget):
    """The bars themselves: the word at the left, the bar, the count at its end."""

    def __init__(self) -> None:
        super().__init__()
        self._bars: tuple[Bar, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_bars(self, bars: tuple[Bar, ...]) -> None:
        """Show other counts."""
        self._bars = bars
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw every bar as long as its share of the greatest."""
        if not self._bars:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words, counts = style.font("small"), style.font("small", QFont.Weight.DemiBold)
        names = [say(bar.label) for bar in self._bars]
        # A text is drawn a little wider than its letters are counted, hence the slack.
        widest = max(QFontMetrics(words).horizontalAdvance(name) for name in names) + _GAP
        label = min(widest, round(self.width() * _WIDEST_LABEL))
        room = QFontMetrics(counts).horizontalAdvance("0000") + _GAP
        longest = max(self.width() - label - 2 * _GAP - room, 20)
        most = max(bar.count for bar in self._bars) or 1
        high = self.height() / len(self._bars)
        for number, (bar, name) in enumerate(zip(self._bars, names, strict=True)):
            self._draw(
                painter,
                name,
                bar.count,
                QRectF(0, number * high, self.width(), high),
                label,
                longest * bar.count / most,
            )
        painter.setPen(QPen(style.colour("border"), 1))
        x = self._from_left(label + _GAP, 0)
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))

    def _draw(self, painter: QPainter, name: str, count: int, line: QRectF, label: int, length: float) -> None:
        words, counts = style.font("small"), style.font("small", QFont.Weight.DemiBold)
        shown = QFontMetrics(words).elidedText(name, Qt.TextElideMode.ElideRight, label)
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        other = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        if self.isRightToLeft():
            side, other = other, side
        painter.setPen(style.colour("text"))
        painter.setFont(words)
        painter.drawText(QRectF(self._from_left(0, label), line.y(), label, line.height()), int(side), shown)
        thick = line.height() * _THICK
        begin = label + _GAP + 1
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour("chart-1"))
        box = QRectF(self._from_left(begin, length), line.y() + (line.height() - thick) / 2, length, thick)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(style.colour("text"))
        painter.setFont(counts)
        end, room = begin + length + _GAP, 80.0
        painter.drawText(QRectF(self._from_left(end, room), line.y(), room, line.height()), int(other), str(count))

    def _from_left(self, begin: float, wide: float) -> float:
        """Where something begins that stands `begin` from the reading side."""
        return self.width() - begin - wide if self.isRightToLeft() else begin


class BarChart(QWidget):
    """Bars that lie, the longest words beside them readable. The button turns it into a table and back."""

    def __init__(self, title: Wording, what: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title_wording, self._what = title, what
        self._bars: tuple[Bar, ...] = ()
        self._view = _Bars()
        self._table = RowTable([Column(what), Column(lambda: tr("Count"), 120, numeric=True)], name=title)
        self._stack = QStackedLayout()
        self._toggle = QuietButton(self._toggle_words, "list")
        self._toggle.clicked.connect(self._on_toggle)
        head = QHBoxLayout()
        head.addWidget(Heading(title, 3), 1)
        head.addWidget(self._toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        # A stack shows its first widget at once: without a place in a window that would be a window of its own.
        column.addLayout(self._stack)
        self._stack.addWidget(self._view)
        self._stack.addWidget(self._table)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._draw()

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Show other counts."""
        self._bars = tuple(bars)
        self._draw()

    def shows_table(self) -> bool:
        """Whether the table is shown in place of the bars."""
        return self._stack.currentWidget() is self._table

    def description(self) -> str:
        """All of it in one sentence, for a screen reader."""
        counts = "; ".join(f"{say(bar.label)}: {bar.count}" for bar in self._bars)
        return counts or tr("Nothing to count yet.")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the looks."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.StyleChange) and hasattr(self, "_toggle"):
            self._draw()

    def _draw(self) -> None:
        self._view.set_bars(self._bars)
        self._view.setAccessibleName(say(self._title_wording))
        self._view.setAccessibleDescription(self.description())
        self._table.set_rows([Row(str(i), (say(b.label), Cell(str(b.count)))) for i, b in enumerate(self._bars)])
        self._toggle.retranslate()
        self.setFixedHeight(max(240, 110 + len(self._bars) * round(38 * max(1.0, style.text_scale()))))

    def _toggle_words(self) -> str:
        return tr("Show as bars") if self.shows_table() else tr("Show as a table")

    def _on_toggle(self) -> None:
        self._stack.setCurrentWidget(self._view if self.shows_table() else self._table)
        self._toggle.set_icon("supervisor" if self.shows_table() else "list")
        self._toggle.retranslate()

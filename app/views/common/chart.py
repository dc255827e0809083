"""Counts as bars, and the same counts as a table for who cannot see bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCharts import QBarCategoryAxis, QBarSet, QChart, QChartView, QHorizontalBarSeries, QValueAxis
from PySide6.QtCore import QEvent, QMargins, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from app.views import style
from app.views.common.buttons import QuietButton
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import Heading
from app.views.common.wording import Wording, say
from app.words import tr


@dataclass(frozen=True)
class Bar:
    """One bar: what is counted and how many."""

    label: Wording
    count: int


class _ChartView(QChartView):
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class BarChart(QWidget):
    """Bars that lie, the longest words beside them readable. The button turns it into a table and back."""

    def __init__(self, title: Wording, what: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title_wording, self._what = title, what
        self._bars: tuple[Bar, ...] = ()
        self._view = _ChartView()
        self._view.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._view.setFrameShape(_ChartView.Shape.NoFrame)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
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
        chart = self._chart()
        before = self._view.chart()
        self._view.setChart(chart)
        if before is not None:
            before.deleteLater()
        self._view.setBackgroundBrush(Qt.GlobalColor.transparent)
        self._view.setAccessibleName(say(self._title_wording))
        self._view.setAccessibleDescription(self.description())
        self._table.set_rows([Row(str(i), (say(b.label), Cell(str(b.count)))) for i, b in enumerate(self._bars)])
        self._toggle.retranslate()
        self.setFixedHeight(max(240, 110 + len(self._bars) * round(38 * max(1.0, style.text_scale()))))

    def _chart(self) -> QChart:
        chart = QChart()
        chart.setBackgroundBrush(QColor(Qt.GlobalColor.transparent))
        chart.setMargins(QMargins(0, 0, 8, 0))
        chart.legend().hide()
        if not self._bars:
            return chart
        bars = QBarSet(say(self._what))
        bars.append([float(bar.count) for bar in reversed(self._bars)])
        bars.setColor(style.colour("chart-1"))
        bars.setBorderColor(QColor(Qt.GlobalColor.transparent))
        bars.setLabelColor(style.colour("text"))
        bars.setLabelFont(style.font("small", style.font().Weight.DemiBold))
        series = QHorizontalBarSeries()
        series.append(bars)
        series.setBarWidth(0.62)
        series.setLabelsVisible(True)
        series.setLabelsPosition(series.LabelsPosition.LabelsOutsideEnd)
        chart.addSeries(series)
        self._add_axes(chart, series)
        return chart

    def _add_axes(self, chart: QChart, series: QHorizontalBarSeries) -> None:
        names = QBarCategoryAxis()
        names.append([say(bar.label) for bar in reversed(self._bars)])
        names.setLabelsFont(style.font("small"))
        names.setLabelsColor(style.colour("text"))
        names.setGridLineVisible(False)
        names.setLinePen(QPen(style.colour("border"), 1))
        counts = QValueAxis()
        counts.setRange(0, max(bar.count for bar in self._bars) * 1.15 or 1)
        counts.setLabelsVisible(False)
        counts.setLineVisible(False)
        counts.setGridLineVisible(False)
        chart.addAxis(names, Qt.AlignmentFlag.AlignLeft)
        chart.addAxis(counts, Qt.AlignmentFlag.AlignBottom)
        series.attachAxis(names)
        series.attachAxis(counts)

    def _toggle_words(self) -> str:
        return tr("Show as bars") if self.shows_table() else tr("Show as a table")

    def _on_toggle(self) -> None:
        self._stack.setCurrentWidget(self._view if self.shows_table() else self._table)
        self._toggle.set_icon("supervisor" if self.shows_table() else "list")
        self._toggle.retranslate()

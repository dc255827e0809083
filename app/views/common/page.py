"""The page: title, actions and a body that scrolls, in a column that never grows too wide to read."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.views import style
from app.views.common.text import Heading, QuietText
from app.views.common.wording import Wording, say


class PageColumn(QWidget):
    """The column in the middle of a page; nothing in it is wider than can be read."""


class Page(QFrame):
    """What every page is: `add` fills the body from above, `add_action` puts buttons beside the title.

    With `scrolls=False` the body has exactly the window's height, for a page that is one table.
    """

    WIDEST, WIDEST_TABLE = 1120, 1440

    def __init__(
        self, title: Wording = "", subtitle: Wording = "", parent: QWidget | None = None, *, scrolls: bool = True
    ) -> None:
        super().__init__(parent)
        self._title, self._subtitle = Heading(title, 1), QuietText(subtitle)
        self._head_row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(style.space(2))
        self.above = QVBoxLayout()
        self.above.setSpacing(style.space(3))
        self.body = QVBoxLayout()
        self.body.setSpacing(style.space(4))
        self._column = self._make_column(scrolls)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._in_the_middle(scrolls))
        self.set_title(title, subtitle)

    def set_title(self, title: Wording, subtitle: Wording = "") -> None:
        """Show another title."""
        self._title.set_text(title)
        self._subtitle.set_text(subtitle)
        self._subtitle.setVisible(bool(say(subtitle)))
        self.setAccessibleName(say(title))
        self._fit_head()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons go below the title where both do not fit side by side."""
        super().resizeEvent(event)
        self._fit_head()

    def _fit_head(self) -> None:
        words = (self._title.text(), *self._title.text().split())
        title, *single = (self._title.fontMetrics().horizontalAdvance(word) for word in words)
        room = min(self.width(), self._column.maximumWidth()) - 2 * style.space(6) - style.space(4)
        # A long title may take two lines before the buttons give way.
        buttons = self._actions.sizeHint().width()
        beside = not self._actions.count() or max(min(title, room // 3), *single, 0) + buttons <= room
        wanted = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._head_row.direction() != wanted:
            self._head_row.setDirection(wanted)
            edge = Qt.AlignmentFlag.AlignLeft
            self._head_row.setAlignment(self._actions, Qt.AlignmentFlag(0) if beside else edge)

    def add_action(self, button: QWidget) -> None:
        """Put a button beside the title; the primary one last."""
        self._actions.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Put a widget at the end of the body."""
        self.body.addWidget(widget, stretch)

    def add_layout(self, layout: QLayout) -> None:
        """Put a layout at the end of the body."""
        self.body.addLayout(layout)

    def add_above(self, widget: QWidget) -> None:
        """Put something that concerns the whole page (a banner) between title and body."""
        self.above.addWidget(widget)

    def show_widget(self, widget: QWidget) -> None:
        """Scroll until a widget of the body is seen."""
        area = self.findChild(QScrollArea)
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(widget, 0, style.space(5))

    def _make_column(self, scrolls: bool) -> PageColumn:
        column = PageColumn()
        column.setMaximumWidth(style.grown(self.WIDEST if scrolls else max(self.WIDEST, self.WIDEST_TABLE)))
        column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = self._head_row
        row.setSpacing(style.space(2))
        row.addWidget(self._title, 1)
        row.addLayout(self._actions)
        # The subtitle has the whole width: beside the buttons it would break into short lines.
        head = QVBoxLayout()
        head.setSpacing(0)
        head.addLayout(row)
        head.addWidget(self._subtitle)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(style.space(6), style.space(5), style.space(6), style.space(6))
        layout.setSpacing(style.space(4))
        layout.addLayout(head)
        layout.addLayout(self.above)
        layout.addLayout(self.body, 1)
        if scrolls:
            layout.addStretch(1)
        return column

    def _in_the_middle(self, scrolls: bool) -> QWidget:
        holder = PageColumn()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self._column, 1000)
        row.addStretch(1)
        if not scrolls:
            return holder
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder)
        return area

"""The card: the box in which a page shows one thing."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from app.views import style
from app.views.common.text import Heading, QuietText
from app.views.common.wording import Wording, say


class Card(QFrame):
    """A raised box with an optional title, quiet subtitle, actions beside the title, and a body."""

    def __init__(self, title: Wording = "", parent: QWidget | None = None, *, subtitle: Wording = "") -> None:
        super().__init__(parent)
        self._title = Heading(title, 3)
        self._subtitle = QuietText(subtitle)
        titles = QVBoxLayout()
        titles.setSpacing(2)
        titles.addWidget(self._title)
        titles.addWidget(self._subtitle)
        self._head = QWidget()
        self._actions = QHBoxLayout(self._head)
        self._actions.setContentsMargins(0, 0, 0, 0)
        self._actions.setSpacing(style.space(2))
        self._actions.addLayout(titles, 1)
        self.body = QVBoxLayout()
        self.body.setSpacing(style.space(3))
        whole = QVBoxLayout(self)
        edge = style.space(5)
        whole.setContentsMargins(edge, edge - 4, edge, edge - 2)
        whole.setSpacing(style.space(4))
        whole.addWidget(self._head)
        whole.addLayout(self.body)
        self.set_title(title, subtitle)

    def set_title(self, title: Wording, subtitle: Wording = "") -> None:
        """Show another title."""
        self._title.set_text(title)
        self._subtitle.set_text(subtitle)
        self._title.setVisible(bool(say(title)))
        self._subtitle.setVisible(bool(say(subtitle)))
        self._head.setVisible(bool(say(title) or say(subtitle)) or self._actions.count() > 1)
        if say(title):
            self.setAccessibleName(say(title))

    def add(self, widget: QWidget) -> None:
        """Put a widget at the end of the body."""
        self.body.addWidget(widget)

    def add_layout(self, layout: QLayout) -> None:
        """Put a layout at the end of the body."""
        self.body.addLayout(layout)

    def add_action(self, button: QWidget) -> None:
        """Put a button beside the title."""
        self._actions.addWidget(button)
        self._head.setVisible(True)

    def clear(self) -> None:
        """Take everything out of the body, what stands in layouts of its own included."""
        empty(self.body)


def empty(layout: QLayout) -> None:
    """Take everything out of a layout and of the layouts inside it."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            empty(inner)
            inner.deleteLater()

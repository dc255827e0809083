"""Small pieces from which the parts of a case are built."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.views import style
from app.views.common.badge import Badge
from app.views.common.buttons import Button, QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.flow import FlowLayout
from app.views.common.text import Heading, PlainLabel, QuietText
from app.views.common.wording import Wording, say

Fact = tuple[Wording, str]


def act(text: Wording, icon: str, name: str, todo: Callable[[], object], *, quiet: bool = False) -> Button:
    """A button that does one thing, with a stable name."""
    button: Button = QuietButton(text, icon) if quiet else SecondaryButton(text, icon)
    button.setObjectName(name)
    button.clicked.connect(lambda: todo())
    return button


def empty_layout(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            empty_layout(inner)


class StepRow(QFrame):
    """A box of its own for one question that is answered with one touch."""


class Wrap(QWidget):
    """Widgets side by side, going on in the next line where the room ends."""

    def __init__(self, widgets: Sequence[QWidget] = (), spacing: int = 8) -> None:
        super().__init__()
        self._flow = FlowLayout(self, spacing)
        # Minimum, not Fixed: a fixed height is the height of one line, and the second line would be cut off.
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        for widget in widgets:
            self._flow.addWidget(widget)

    def set_widgets(self, widgets: Sequence[QWidget]) -> None:
        """Show other widgets."""
        empty_layout(self._flow)
        for widget in widgets:
            self._flow.addWidget(widget)
        self.updateGeometry()


class Facts(QWidget):
    """Labels with their values, in `columns` columns; what is empty is left out."""

    def __init__(self, facts: Sequence[Fact], columns: int = 2) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(style.space(5))
        grid.setVerticalSpacing(style.space(3))
        shown = [(label, value) for label, value in facts if value]
        for number, (label, value) in enumerate(shown):
            cell = QVBoxLayout()
            cell.setSpacing(1)
            cell.addWidget(QuietText(label))
            cell.addWidget(PlainLabel(value))
            # A stretch and no alignment: an aligned cell is as high as its text on one line, and longer texts are cut.
            cell.addStretch(1)
            grid.addLayout(cell, number // columns, number % columns)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        self.setVisible(bool(shown))


class Line(QWidget):
    """One record in a card: a title with badges, quiet words below, and its buttons at the end."""

    def __init__(
        self,
        title: Wording,
        quiet: Wording = "",
        badges: Sequence[Badge] = (),
        actions: Sequence[QPushButton] = (),
        text: str = "",
    ) -> None:
        super().__init__()
        words = QVBoxLayout()
        words.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(style.space(2))
        label = PlainLabel(title, strong=True)
        head.addWidget(label, 1)
        for badge in badges:
            head.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
        words.addLayout(head)
        if say(quiet):
            words.addWidget(QuietText(quiet))
        if text:
            words.addWidget(PlainLabel(text))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, style.space(1), 0, style.space(1))
        row.setSpacing(style.space(3))
        row.addLayout(words, 1)
        for action in actions:
            row.addWidget(action, 0, Qt.AlignmentFlag.AlignTop)


class Ruled(QWidget):
    """Lines one below the other with a thin rule between them."""

    def __init__(self, lines: Sequence[QWidget]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(2))
        for number, line in enumerate(lines):
            if number:
                column.addWidget(Rule())
            column.addWidget(line)


class Rule(QWidget):
    """A thin line between two things."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


def titled(title: Wording, *widgets: QWidget) -> Card:
    """A card with a title and what it holds."""
    card = Card(title)
    for widget in widgets:
        card.add(widget)
    return card


def nothing_yet(sentence: Wording) -> QuietText:
    """What a card says while there is nothing in it."""
    return QuietText(sentence)


def small_heading(text: Wording) -> Heading:
    """A heading inside a card."""
    return Heading(text, 3)

"""The list at the left of the plan: about it, its sections with counts and ticks, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.views import style
from app.views.common.buttons import by_keyboard, draw_focus_ring
from app.views.common.icons import pixmap
from app.views.common.wording import Wording, say
from app.words import tr, trn

WIDTH = 292


@dataclass(frozen=True)
class Part:
    """One part of the plan: its key, what it is called, an icon, and whether a line is drawn above it."""

    key: str
    title: Wording
    icon: str = ""
    apart: bool = False


class PartButton(QAbstractButton):
    """One line of the list: the part's name, how much is in it, a tick when it is settled."""

    def __init__(self, part: Part, parent: QWidget) -> None:
        super().__init__(parent)
        self.part = part
        self._count = 0
        self._done = self._aside = self._attention = False
        self.setObjectName(f"plan.section.{part.key}")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.speak()

    def set_state(self, count: int, *, done: bool = False, aside: bool = False, attention: bool = False) -> None:
        """Show how much there is and how it stands."""
        self._count, self._done, self._aside, self._attention = count, done, aside, attention
        self.speak()

    def speak(self) -> None:
        """Say name and state in the language of this moment."""
        title = say(self.part.title)
        self.setText(title)
        said = [title]
        if self._count:
            said.append(trn("{count} item", "{count} items", self._count))
        if self._done:
            said.append(tr("done"))
        if self._aside:
            said.append(tr("set aside"))
        if self._attention:
            said.append(tr("something is missing"))
        self.setAccessibleName(", ".join(said))
        self.update()

    def sizeHint(self) -> QSize:
        """As high as a finger needs."""
        return QSize(WIDTH - style.space(4), style.height("touch"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring when the keyboard came here."""
        self.setProperty("ring", by_keyboard(event))
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, corner = self.isChecked(), style.radius("control")
        if chosen or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("accent-soft" if chosen else "surface-hover"))
            painter.drawRoundedRect(QRectF(self.rect()), corner, corner)
        mirrored, middle = self.isRightToLeft(), self.height() // 2
        name = "check-circle" if self._done else "warning" if self._attention else self.part.icon
        ink = "success" if self._done else "warning" if self._attention else "accent" if chosen else "text-quiet"
        at = self.width() - 30 if mirrored else 10
        if self._aside:
            name, ink = "eye-off", "text-disabled"
        if name:
            painter.drawPixmap(QPoint(at, middle - 10), pixmap(name, ink, 20, self.devicePixelRatioF()))
        else:
            self._paint_dot(painter, QRect(at, middle - 10, 20, 20), chosen)
        self._paint_words(painter, mirrored, chosen)
        if self.hasFocus() and self.property("ring"):
            draw_focus_ring(painter, QRectF(self.rect()), corner)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.speak()

    def _paint_dot(self, painter: QPainter, room: QRect, chosen: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour("accent" if chosen or self._count else "border-strong"))
        size = 8 if self._count else 6
        painter.drawEllipse(QRectF(0, 0, size, size).translated(room.center().x() - size / 2 + 0.5,
                                                                room.center().y() - size / 2 + 0.5))  # fmt: skip

    def _paint_words(self, painter: QPainter, mirrored: bool, chosen: bool) -> None:
        centre, leading = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignLeading
        left, right = 40, 44 if self._count else 10
        room = self.rect().adjusted(*((right, 0, -left, 0) if mirrored else (left, 0, -right, 0)))
        weight = style.font().Weight.DemiBold if chosen else style.font().Weight.Normal
        painter.setFont(style.font("body", weight))
        ink = "text-disabled" if self._aside else "accent" if chosen else "text"
        painter.setPen(style.colour(ink))
        if painter.fontMetrics().horizontalAdvance(self.text()) > room.width():
            # A long name goes on in a second, smaller line: cut off, some names of sections would say the same.
            painter.setFont(style.font("small", weight))
            painter.drawText(room, int(centre | leading) | int(Qt.TextFlag.TextWordWrap), self.text())
        else:
            painter.drawText(room, int(centre | leading), self.text())
        if self._count:
            painter.setFont(style.font("small", style.font().Weight.DemiBold))
            painter.setPen(style.colour("accent" if chosen else "text-quiet"))
            count = self.rect().adjusted(*((14, 0, 0, 0) if mirrored else (0, 0, -14, 0)))
            painter.drawText(count, int(centre | Qt.AlignmentFlag.AlignTrailing), str(self._count))


class PlanList(QWidget):
    """What the list's area scrolls."""


class PlanListArea(QScrollArea):
    """The list; `chosen` carries the key of the part that was touched."""

    chosen = Signal(str)

    def __init__(self, parts: Sequence[Part], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(style.grown(WIDTH))
        holder = PlanList()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, style.space(3), 0)
        column.setSpacing(2)
        self._buttons: dict[str, PartButton] = {}
        for part in parts:
            if part.apart:
                column.addSpacing(style.space(3))
            button = PartButton(part, holder)
            button.clicked.connect(lambda _checked=False, key=part.key: self.chosen.emit(key))
            button.installEventFilter(self)
            column.addWidget(button)
            self._buttons[part.key] = button
        column.addStretch(1)
        self.setWidget(holder)

    def button(self, key: str) -> PartButton:
        """The line of a part."""
        return self._buttons[key]

    def set_current(self, key: str) -> None:
        """Go to a part; says nothing."""
        self._buttons[key].setChecked(True)
        self.ensureWidgetVisible(self._buttons[key], 0, style.space(6))

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Go to the next part with the arrow keys."""
        if isinstance(watched, PartButton) and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {int(Qt.Key.Key_Down): 1, int(Qt.Key.Key_Up): -1}.get(int(event.key()))
            keys = list(self._buttons)
            if step is not None and 0 <= keys.index(watched.part.key) + step < len(keys):
                following = self._buttons[keys[keys.index(watched.part.key) + step]]
                following.setFocus(Qt.FocusReason.TabFocusReason)
                following.click()
                return True
        return False

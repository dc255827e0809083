"""Choosing by touching: one of a few, yes or no or not known, any number of a list.

What is chosen carries a tick as well as a colour. Tab comes to the group once; arrow keys move in it, Space chooses.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLayout,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.models.vocab import Tri
from app.views import style
from app.views.common.buttons import by_keyboard, draw_focus_ring
from app.views.common.flow import FlowLayout
from app.views.common.icons import pixmap
from app.views.common.wording import Wording, say

# What is stored when it is chosen, and what is written on it.
Option = tuple[Hashable, Wording]
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


def _option_size(button: QAbstractButton) -> QSize:
    """Room for the text with a tick always, so that choosing moves nothing."""
    return QSize(button.fontMetrics().horizontalAdvance(button.text()) + 56, style.height("touch"))


def _paint_option(button: QAbstractButton, corner: str) -> None:
    painter = QPainter(button)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    chosen, enabled = button.isChecked(), button.isEnabled()
    round_by = style.height("touch") / 2 if corner == "pill" else style.radius("control")
    fill = "accent-soft" if chosen else "surface-hover" if button.underMouse() and enabled else "surface-raised"
    edge = "border" if not enabled else "accent" if chosen else "border-strong"
    if button.property("invalid") and not chosen:
        edge = "danger"
    painter.setBrush(style.colour("surface-sunken" if not enabled and not chosen else fill))
    painter.setPen(QPen(style.colour(edge), 1.5 if chosen else 1.0))
    painter.drawRoundedRect(QRectF(button.rect()).adjusted(0.75, 0.75, -0.75, -0.75), round_by, round_by)
    ink = "text-disabled" if not enabled else "accent" if chosen else "text"
    _paint_words(painter, button, ink)
    if button.hasFocus() and button.property("ring"):
        draw_focus_ring(painter, QRectF(button.rect()), round_by)
    painter.end()


def _paint_words(painter: QPainter, button: QAbstractButton, ink: str) -> None:
    chosen, mirrored = button.isChecked(), button.isRightToLeft()
    text = button.rect().adjusted(12, 0, -12, 0)
    if chosen:
        x = button.width() - 32 if mirrored else 14
        mark = pixmap("check", ink, 18, button.devicePixelRatioF())
        painter.drawPixmap(QPoint(x, (button.height() - 18) // 2), mark)
        text = button.rect().adjusted(*((10, 0, -36, 0) if mirrored else (36, 0, -10, 0)))
    font = button.font()
    font.setWeight(font.Weight.DemiBold if chosen else font.Weight.Normal)
    painter.setFont(font)
    painter.setPen(style.colour(ink))
    wraps = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
    painter.drawText(text, wraps, button.text())


def _option_height(button: QAbstractButton, width: int) -> int:
    """How high an option is where its text has to wrap, with room for the tick beside it."""
    font = button.font()
    font.setWeight(font.Weight.DemiBold)
    room = QRect(0, 0, max(1, width - 46), 10_000)
    needed = QFontMetrics(font).boundingRect(room, int(Qt.TextFlag.TextWordWrap), button.text())
    return max(style.height("touch"), needed.height() + 20)


def wrapping_policy() -> QSizePolicy:
    """As wide as its text where there is room, else higher."""
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    return policy


class Segment(QRadioButton):
    """One of the buttons of a `SegmentedChoice`; a radio button to a screen reader."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(wrapping_policy())

    def heightForWidth(self, width: int) -> int:
        """Higher where the text needs a second line."""
        return _option_height(self, width)

    def sizeHint(self) -> QSize:
        """Room for the text and the tick, at least as high as a finger needs."""
        return _option_size(self).expandedTo(QSize(88, 0))

    def minimumSizeHint(self) -> QSize:
        """As wide as a finger at least."""
        return QSize(style.height("touch"), style.height("touch"))

    def hitButton(self, position: QPoint) -> bool:
        """All of it can be touched."""
        return self.rect().contains(position)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring when the keyboard came here."""
        self.setProperty("ring", by_keyboard(event))
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button with its tick and ring."""
        _paint_option(self, "control")


class Chip(QCheckBox):
    """One of the chips of a `ChipChoice`; a check box to a screen reader."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(wrapping_policy())

    def heightForWidth(self, width: int) -> int:
        """Higher where the text needs a second line."""
        return _option_height(self, width)

    def sizeHint(self) -> QSize:
        """Room for the text and the tick, at least as high as a finger needs."""
        return _option_size(self)

    def minimumSizeHint(self) -> QSize:
        """As wide as a finger at least."""
        return QSize(style.height("touch"), style.height("touch"))

    def hitButton(self, position: QPoint) -> bool:
        """All of it can be touched."""
        return self.rect().contains(position)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring when the keyboard came here."""
        self.setProperty("ring", by_keyboard(event))
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chip with its tick and ring."""
        _paint_option(self, "pill")


def _column(owner: QWidget) -> QLayout:
    found = QVBoxLayout(owner)
    found.setContentsMargins(0, 0, 0, 0)
    found.setSpacing(style.space(1))
    return found


class SegmentedChoice(QWidget):
    """One of a few, all in sight, side by side or (with `column`) below each other. Nothing is chosen at first; Delete
    takes a choice back when it is optional.
    """

    changed = Signal()

    def __init__(
        self,
        options: Sequence[Option],
        parent: QWidget | None = None,
        *,
        optional: bool = True,
        column: bool = False,
    ) -> None:
        super().__init__(parent)
        self._optional = optional
        self._options: list[Option] = []
        self._buttons: list[Segment] = []
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._flow: QLayout = _column(self) if column else FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_options(options)

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer other options; a choice that is still offered stays."""
        before = self.value()
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                self._group.removeButton(widget)  # type: ignore[arg-type]
                widget.hide()
                widget.deleteLater()
        self._options, self._buttons = list(options), []
        for _value, wording in self._options:
            button = Segment(self)
            button.setText(say(wording))
            button.setAccessibleName(say(wording))
            button.clicked.connect(self.changed)
            button.installEventFilter(self)
            self._group.addButton(button)
            self._flow.addWidget(button)
            self._buttons.append(button)
        if self._buttons:
            self.setFocusProxy(self._buttons[0])
        self.set_value(before)

    def value(self) -> Hashable | None:
        """What is chosen, or None."""
        for (value, _wording), button in zip(self._options, self._buttons, strict=True):
            if button.isChecked():
                return value
        return None

    def set_value(self, value: Hashable | None) -> None:
        """Choose; None or a value that is not offered chooses nothing."""
        self._group.setExclusive(False)
        for (offered, _wording), button in zip(self._options, self._buttons, strict=True):
            button.setChecked(value is not None and offered == value)
        self._group.setExclusive(True)
        checked = self._group.checkedButton()
        if checked is not None:
            self.setFocusProxy(checked)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        for button in self._buttons:
            button.setEnabled(not read_only)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Take a choice back with Delete, or by touching what is already chosen; choose with the arrows."""
        if isinstance(watched, Segment) and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                return self._take_back()
            if event.key() in _ARROWS:
                return self._step(watched, event.key())
        pressed = isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease
        if pressed and isinstance(watched, Segment) and watched.isChecked() and watched.isDown():
            watched.setDown(False)
            self._take_back()
            return True
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            for (_value, wording), button in zip(self._options, self._buttons, strict=True):
                button.setText(say(wording))
                button.setAccessibleName(say(wording))
                button.updateGeometry()

    def _take_back(self) -> bool:
        if self._optional and self.value() is not None:
            self.set_value(None)
            self.changed.emit()
        return True

    def _step(self, button: Segment, key: int) -> bool:
        forward = (Qt.Key.Key_Down, Qt.Key.Key_Left if self.isRightToLeft() else Qt.Key.Key_Right)
        step = 1 if key in forward else -1
        following = self._buttons[(self._buttons.index(button) + step) % len(self._buttons)]
        following.setFocus(Qt.FocusReason.TabFocusReason)
        following.click()
        return True


class TriChoice(SegmentedChoice):
    """Yes, no or not known. Not known is an answer of its own; no answer yet is None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__([(answer, answer.label) for answer in Tri], parent)


class ChipChoice(QWidget):
    """Any number of a list, as chips that wrap."""

    changed = Signal()

    def __init__(self, options: Sequence[Option], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options: list[Option] = []
        self._chips: list[Chip] = []
        self._flow = FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_options(options)

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer other options; choices that are still offered stay."""
        before = self.value()
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._options, self._chips = list(options), []
        for _value, wording in self._options:
            chip = Chip(self)
            chip.setText(say(wording))
            chip.setAccessibleName(say(wording))
            chip.clicked.connect(self.changed)
            chip.installEventFilter(self)
            self._flow.addWidget(chip)
            self._chips.append(chip)
        if self._chips:
            self.setFocusProxy(self._chips[0])
        self.set_value(before)

    def value(self) -> tuple[Hashable, ...]:
        """What is chosen, in the order in which it is offered."""
        pairs = zip(self._options, self._chips, strict=True)
        return tuple(value for (value, _wording), chip in pairs if chip.isChecked())

    def set_value(self, value: Sequence[Hashable] | None) -> None:
        """Choose exactly these."""
        chosen = set(value or ())
        for (offered, _wording), chip in zip(self._options, self._chips, strict=True):
            chip.setChecked(offered in chosen)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        for chip in self._chips:
            chip.setEnabled(not read_only)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Move between the chips with the arrow keys."""
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if not (isinstance(watched, Chip) and isinstance(event, QKeyEvent) and pressed and event.key() in _ARROWS):
            return False
        forward = (Qt.Key.Key_Down, Qt.Key.Key_Left if self.isRightToLeft() else Qt.Key.Key_Right)
        step = 1 if event.key() in forward else -1
        following = self._chips[(self._chips.index(watched) + step) % len(self._chips)]
        following.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            for (_value, wording), chip in zip(self._options, self._chips, strict=True):
                chip.setText(say(wording))
                chip.setAccessibleName(say(wording))
                chip.updateGeometry()


class TickBox(QWidget):
    """A single statement that is true or not, with a text that may wrap. Its value is a bool."""

    changed = Signal()

    def __init__(self, text: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tick = _Tick(text, self)
        self._tick.clicked.connect(self.changed)
        self.setFocusProxy(self._tick)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._tick)

    def value(self) -> bool:
        """Whether it is ticked."""
        return self._tick.isChecked()

    def set_value(self, value: bool | None) -> None:
        """Tick it or not."""
        self._tick.setChecked(bool(value))

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self._tick.setEnabled(not read_only)


class _Tick(QCheckBox):
    def __init__(self, text: Wording, parent: QWidget) -> None:
        super().__init__(parent)
        self._wording = text
        self.setText(say(text))
        self.setAccessibleName(say(text))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        flags = int(Qt.TextFlag.TextWordWrap)
        room = self.fontMetrics().boundingRect(0, 0, max(width - 40, 40), 10_000, flags, self.text())
        return max(style.height("touch"), room.height() + 2 * style.space(2))

    def sizeHint(self) -> QSize:
        width = min(self.fontMetrics().horizontalAdvance(self.text()) + 44, 560)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(160, self.sizeHint().width()), style.height("touch"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.setProperty("ring", by_keyboard(event))
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mirrored = self.isRightToLeft()
        left = self.width() - 26 if mirrored else 4
        box = QRectF(left + 0.75, (self.height() - 22) / 2 + 0.75, 20.5, 20.5)
        enabled, ticked = self.isEnabled(), self.isChecked()
        edge = "border" if not enabled else "accent" if ticked else "border-strong"
        painter.setPen(QPen(style.colour(edge), 1.5))
        painter.setBrush(style.colour("accent" if ticked and enabled else "surface-raised"))
        painter.drawRoundedRect(box, 5, 5)
        if ticked:
            ink = "accent-text" if enabled else "text-disabled"
            mark = pixmap("check", ink, 18, self.devicePixelRatioF())
            painter.drawPixmap(QPoint(left + 2, (self.height() - 18) // 2), mark)
        painter.setPen(style.colour("text" if enabled else "text-disabled"))
        text = self.rect().adjusted(*((0, 0, -38, 0) if mirrored else (38, 0, 0, 0)))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.drawText(text, int(flags) | int(Qt.TextFlag.TextWordWrap), self.text())
        if self.hasFocus() and self.property("ring"):
            draw_focus_ring(painter, box.adjusted(-4, -4, 4, 4), 8)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.setText(say(self._wording))
            self.setAccessibleName(say(self._wording))
            self.updateGeometry()

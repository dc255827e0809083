"""The parts of one record, side by side, wrapping where there is little room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QWidget

from app.views import style
from app.views.common.buttons import draw_focus_ring
from app.views.common.flow import FlowLayout
from app.views.common.wording import Wording, button_text, say
from app.words import tr


class Tab(QAbstractButton):
    """One tab: its name, and a mark when something in it wants attention."""

    def __init__(self, key: str, wording: Wording, parent: QWidget) -> None:
        super().__init__(parent)
        self.key, self.wording = key, wording
        self.attention = False
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.speak()

    def speak(self) -> None:
        """Say the name in the language of this moment."""
        text = say(self.wording)
        self.setText(button_text(text))
        self.setAccessibleName(tr("{title}, something is missing", title=text) if self.attention else text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the name in its heavier weight and for the mark."""
        metrics = self.fontMetrics()
        wide = round(metrics.horizontalAdvance(say(self.wording)) * 1.06) + (14 if self.attention else 0)
        return QSize(wide + 22, style.height("touch"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw name, underline and mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        if self.underMouse() and not chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("surface-hover"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0, 4, 0, -4), 8, 8)
        weight = style.font().Weight.DemiBold if chosen else style.font().Weight.Normal
        painter.setFont(style.font("body", weight))
        painter.setPen(style.colour("accent" if chosen else "text"))
        room = self.rect().adjusted(0, 0, -12 if self.attention else 0, 0)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), say(self.wording))
        if self.attention:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("warning"))
            painter.drawEllipse(QRectF(self.width() - 18, self.height() / 2 - 4, 8, 8))
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("accent"))
            painter.drawRoundedRect(QRectF(10, self.height() - 4, self.width() - 20, 3), 1.5, 1.5)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()), style.radius("control"))


class TabBar(QWidget):
    """Tabs of which one is chosen; `chosen` carries its key. Arrow keys go from one to the next."""

    chosen = Signal(str)

    def __init__(self, tabs: Sequence[tuple[str, Wording]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._flow = FlowLayout(self, spacing=2)
        self._tabs: dict[str, Tab] = {}
        for key, wording in tabs:
            tab = Tab(key, wording, self)
            tab.setObjectName(f"tab.{key}")
            tab.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            tab.installEventFilter(self)
            self._group.addButton(tab)
            self._flow.addWidget(tab)
            self._tabs[key] = tab
        # Minimum, not Fixed: a fixed height is the height of one line, and the second line would be cut off.
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def current(self) -> str:
        """The key of the chosen tab, or an empty text."""
        return next((key for key, tab in self._tabs.items() if tab.isChecked()), "")

    def set_current(self, key: str) -> None:
        """Choose a tab; says nothing."""
        if key in self._tabs:
            self._tabs[key].setChecked(True)
            self.setFocusProxy(self._tabs[key])

    def set_attention(self, keys: Sequence[str]) -> None:
        """Mark the tabs in which something is missing."""
        for key, tab in self._tabs.items():
            if tab.attention != (key in keys):
                tab.attention = key in keys
                tab.speak()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Go to the next tab with an arrow key."""
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if not (isinstance(watched, Tab) and isinstance(event, QKeyEvent) and pressed):
            return False
        back, forth = (Qt.Key.Key_Left, Qt.Key.Key_Right)
        if event.key() not in (back, forth):
            return False
        tabs = list(self._tabs.values())
        forward = (event.key() == forth) != self.isRightToLeft()
        following = tabs[(tabs.index(watched) + (1 if forward else -1)) % len(tabs)]
        following.setFocus(Qt.FocusReason.TabFocusReason)
        following.click()
        return True

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.StyleChange) and hasattr(self, "_tabs"):
            for tab in self._tabs.values():
                tab.speak()

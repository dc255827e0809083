"""The rail at the side of the window: where one can go."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.views import style
from app.views.common.buttons import by_keyboard, draw_focus_ring
from app.views.common.icons import pixmap
from app.views.common.text import QuietText
from app.views.common.wording import Wording, plain_tooltip, say
from app.words import tr, trn

WIDE, NARROW = 232, 76
_MORE = 72
"""What a long name may add to the width."""
_AROUND = 76
"""What stands beside a name besides its icon: the edges of button and rail, and the bar for scrolling."""
_TALL = 42
"""Lower than a row of a table: a supervisor's places fit on a small laptop, and a thumb still hits them."""


@dataclass(frozen=True)
class Place:
    """Where one can go: an id, a name and an icon. Places of one group stand together below its name."""

    id: str
    title: Wording
    icon: str
    group: Wording = ""


class _PlaceButton(QAbstractButton):
    def __init__(self, place: Place, parent: QWidget) -> None:
        super().__init__(parent)
        self.place = place
        self.narrow = False
        self.count = 0
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.speak()

    def speak(self) -> None:
        title = say(self.place.title)
        self.setText(title)
        waiting = trn("{title}, {count} waiting", "{title}, {count} waiting", self.count, title=title)
        self.setAccessibleName(waiting if self.count else title)
        self.setToolTip(plain_tooltip(title) if self.narrow else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(NARROW, style.height("row") + 12 if self.narrow else style.grown(_TALL))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.setProperty("ring", by_keyboard(event))
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0, 2, 0, -2)
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("accent-soft" if self.isChecked() else "surface-hover"))
            painter.drawRoundedRect(box, style.radius("control"), style.radius("control"))
        ink = "accent" if self.isChecked() else "text-quiet"
        side = style.grown(22)
        picture = pixmap(self.place.icon, ink, side, self.devicePixelRatioF())
        if self.narrow:
            self._paint_narrow(painter, picture, ink)
        else:
            self._paint_wide(painter, picture, ink)
        if self.hasFocus() and self.property("ring"):
            draw_focus_ring(painter, box, style.radius("control"))

    def _paint_narrow(self, painter: QPainter, picture: QPixmap, ink: str) -> None:
        side = style.grown(22)
        painter.drawPixmap((self.width() - side) // 2, 9, picture)
        painter.setPen(style.colour(ink))
        painter.setFont(style.font("caption", style.font().Weight.DemiBold if self.isChecked() else None))
        room = self.rect().adjusted(2, 12 + side, -2, -5)
        shown = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), shown)
        if self.count:
            self._paint_count(painter, QRectF(self.width() / 2 + 9, 3, 26, 18))

    def _paint_wide(self, painter: QPainter, picture: QPixmap, ink: str) -> None:
        mirrored, side = self.isRightToLeft(), style.grown(22)
        painter.drawPixmap(self.width() - 14 - side if mirrored else 14, (self.height() - side) // 2, picture)
        painter.setPen(style.colour("accent" if self.isChecked() else "text"))
        painter.setFont(style.font("body", style.font().Weight.DemiBold if self.isChecked() else None))
        edges = (44 if self.count else 8, 28 + side)
        left, right = edges if mirrored else edges[::-1]
        room = self.rect().adjusted(left, 0, -right, 0)
        shown = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading), shown)
        if self.count:
            x = 10.0 if mirrored else self.width() - 42.0
            self._paint_count(painter, QRectF(x, (self.height() - 22) / 2, 32, 22))

    def _paint_count(self, painter: QPainter, box: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour("accent"))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setPen(style.colour("accent-text"))
        painter.setFont(style.font("caption", style.font().Weight.Bold))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(self.count) if self.count < 100 else "99+")


class NavigationPlaces(QFrame):
    """What the rail scrolls."""


class NavigationRail(QFrame):
    """Places, one below the other; narrow (icons with small names) while the window is under `collapse_below` wide."""

    COLLAPSE_BELOW = 1000
    chosen = Signal(str)

    def __init__(self, places: list[Place], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: list[_PlaceButton] = []
        self._names: list[QuietText] = []
        self._narrow = False
        self.head = QVBoxLayout()
        self.foot = QVBoxLayout()
        places_in_it = NavigationPlaces()
        self._list = QVBoxLayout(places_in_it)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._list.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(places_in_it)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 16, 12, 12)
        column.setSpacing(style.space(3))
        column.addLayout(self.head)
        column.addWidget(self._area, 1)
        column.addLayout(self.foot)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.set_places(places)
        self._speak()

    def set_places(self, places: list[Place]) -> None:
        """Offer other places."""
        for shown in (*self._buttons, *self._names):
            self._list.removeWidget(shown)
            shown.hide()
            shown.deleteLater()
        self._buttons, self._names = [], []
        before: Wording = ""
        for place in places:
            if place.group and say(place.group) != say(before):
                self._put(self._name(place.group))
            before = place.group
            button = _PlaceButton(place, self)
            button.clicked.connect(lambda _checked=False, where=place.id: self.chosen.emit(where))
            self._buttons.append(button)
            self._put(button)
        self._fit()

    def set_current(self, place_id: str) -> None:
        """Mark the place where one is."""
        for button in self._buttons:
            if button.place.id == place_id:
                button.setChecked(True)
                self._area.ensureWidgetVisible(button, 0, 0)

    def button(self, place_id: str) -> QAbstractButton:
        """The button of a place that is offered."""
        return next(button for button in self._buttons if button.place.id == place_id)

    def current(self) -> str:
        """The id of the place where one is, or an empty text."""
        return next((button.place.id for button in self._buttons if button.isChecked()), "")

    def set_count(self, place_id: str, count: int) -> None:
        """How many things wait at a place."""
        for button in self._buttons:
            if button.place.id == place_id:
                button.count = count
                button.speak()

    def fit_to(self, window_width: int) -> None:
        """Be wide or narrow, as the window's width asks; the window calls this when it changes its size."""
        narrow = window_width < style.grown(self.COLLAPSE_BELOW)
        if narrow != self._narrow:
            self._narrow = narrow
            self._fit()

    def is_narrow(self) -> bool:
        """Whether only icons with small names are shown."""
        return self._narrow

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk through the places with the arrow keys."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        here = next((index for index, button in enumerate(self._buttons) if button.hasFocus()), None)
        if step is None or here is None:
            super().keyPressEvent(event)
            return
        there = self._buttons[(here + step) % len(self._buttons)]
        there.setFocus(Qt.FocusReason.TabFocusReason)
        self._area.ensureWidgetVisible(there, 0, 0)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._fit()
            self._speak()

    def _fit(self) -> None:
        column = self.layout()
        if column is not None:
            edge = 4 if self._narrow else 12
            column.setContentsMargins(edge, 16, edge, 12)
        for button in self._buttons:
            button.narrow = self._narrow
            button.speak()
        self.setFixedWidth(style.grown(NARROW) + 12 if self._narrow else self._wide())
        for name in self._names:
            name.setVisible(not self._narrow)

    def _wide(self) -> int:
        """As wide as the longest name needs, within limits: French names are longer than English ones."""
        metrics = QFontMetrics(style.font("body", style.font().Weight.DemiBold))
        longest = max((metrics.horizontalAdvance(button.text()) for button in self._buttons), default=0)
        return min(max(WIDE, longest + style.grown(22) + _AROUND), WIDE + _MORE)

    def _name(self, group: Wording) -> QuietText:
        name = QuietText(group)
        name.setContentsMargins(14, style.space(2), 8, 0)
        self._names.append(name)
        return name

    def _put(self, widget: QWidget) -> None:
        self._list.insertWidget(self._list.count() - 1, widget)

    def _speak(self) -> None:
        self.setAccessibleName(tr("Where to go"))

"""A whole number between two buttons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.views import style
from app.views.common.buttons import IconButton
from app.views.common.text import LineEdit, QuietText
from app.views.common.wording import Wording
from app.words import tr


class NumberField(QWidget):
    """A count or an amount from `least` to `most`, typed or stepped; None while it is empty."""

    changed = Signal()

    def __init__(
        self, least: int = 0, most: int = 999, unit: Wording = "", parent: QWidget | None = None, *, step: int = 1
    ) -> None:
        super().__init__(parent)
        self._least, self._most, self._step = least, most, step
        self._edit = LineEdit()
        self._edit.setValidator(QIntValidator(min(least, 0), most, self))
        self._edit.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._edit.setFixedWidth(max(72, 24 + 14 * len(str(most))))
        self._fewer = IconButton("minus", lambda: tr("One less"))
        self._more = IconButton("plus", lambda: tr("One more"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.space(1))
        for part in (self._fewer, self._edit, self._more, QuietText(unit)):
            row.addWidget(part)
        row.addStretch(1)
        self.setFocusProxy(self._edit)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._edit.installEventFilter(self)
        self._edit.changed.connect(self._on_typed)
        self._edit.editingFinished.connect(self._on_left)
        self._fewer.clicked.connect(lambda: self._go(-self._step))
        self._more.clicked.connect(lambda: self._go(self._step))

    def value(self) -> int | None:
        """The number, or None."""
        text = self._edit.text().strip()
        return int(text) if text and text != "-" else None

    def set_value(self, value: int | None) -> None:
        """Show a number."""
        self._edit.setText("" if value is None else str(value))
        self._limit()

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self._edit.setReadOnly(read_only)
        self._fewer.setVisible(not read_only)
        self._more.setVisible(not read_only)

    def setAccessibleName(self, name: str) -> None:
        """Speak the label at the line itself."""
        super().setAccessibleName(name)
        self._edit.setAccessibleName(name)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Step with the arrow keys."""
        if event.type() == QEvent.Type.KeyPress and watched is self._edit and not self._edit.isReadOnly():
            step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(event.key())  # type: ignore[attr-defined]
            if step is not None:
                self._go(step * self._step)
                return True
        return False

    def _go(self, step: int) -> None:
        now = self.value()
        first = max(self._least, 1) if step > 0 else self._least
        following = first if now is None else min(max(now + step, self._least), self._most)
        if following != now:
            self.set_value(following)
            self.changed.emit()

    def _on_typed(self) -> None:
        self._limit()
        self.changed.emit()

    def _on_left(self) -> None:
        now = self.value()
        if now is not None and not self._least <= now <= self._most:
            self.set_value(min(max(now, self._least), self._most))
            self.changed.emit()

    def _limit(self) -> None:
        now = self.value()
        self._fewer.setEnabled(now is not None and now > self._least)
        self._more.setEnabled(now is None or now < self._most)

"""A message that stays: what matters about the page as a whole."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.views import style
from app.views.common.kinds import ICONS, Kind, spoken
from app.views.common.picture import Picture
from app.views.common.text import PlainLabel
from app.views.common.wording import Wording, say


class Banner(QFrame):
    """A sentence with its icon in the colour of its kind, and one action at most."""

    def __init__(
        self, kind: Kind, text: Wording, action: QPushButton | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._picture = Picture(ICONS[kind], kind, 22)
        self._label = PlainLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(style.space(4), style.space(3), style.space(3), style.space(3))
        row.setSpacing(style.space(3))
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._label, 1)
        if action is not None:
            row.addWidget(action)
        self.set_message(kind, text)

    def set_message(self, kind: Kind, text: Wording) -> None:
        """Say another thing."""
        self._kind, self._wording = kind, text
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._picture.set_icon(ICONS[kind], kind)
        self._label.set_text(text)
        self._name()

    def text(self) -> str:
        """The sentence as shown."""
        return self._label.text()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._name()

    def _name(self) -> None:
        self.setAccessibleName(f"{spoken(self._kind)}: {say(self._wording)}")

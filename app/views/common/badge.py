"""A short state beside a thing: a word, an icon and a tint."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from app.views.common.picture import Picture
from app.views.common.text import PlainLabel
from app.views.common.wording import Wording

BadgeKind = Literal["neutral", "accent", "info", "success", "warning", "danger"]


class Badge(QFrame):
    """A pill with a word in it; the word says everything, tint and icon only repeat it."""

    def __init__(
        self, text: Wording, icon_name: str = "", kind: BadgeKind = "neutral", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._picture = Picture(icon_name, "text-quiet", 16)
        self._label = PlainLabel()
        self._label.setWordWrap(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 11, 4)
        row.setSpacing(5)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._label)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_badge(text, icon_name, kind)

    def set_badge(self, text: Wording, icon_name: str = "", kind: BadgeKind = "neutral") -> None:
        """Show another state."""
        self.setProperty("kind", kind)
        self._label.set_text(text)
        self._picture.set_icon(icon_name, "text-quiet" if kind == "neutral" else kind)
        self._picture.setVisible(bool(icon_name))
        for widget in (self, self._label):
            widget.style().unpolish(widget)
            widget.style().polish(widget)

    def text(self) -> str:
        """The word as shown."""
        return self._label.text()

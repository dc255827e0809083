"""The look of the entrance: one calm card in the middle, the name above it, language and light below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import QuietButton
from app.views.common.picture import Picture
from app.views.common.text import Heading, QuietText
from app.views.common.wording import Wording
from app.words import current, tr


class EntranceFrame(QWidget):
    """Holds one step of the entrance at a readable width."""

    def __init__(
        self, switch_language: Callable[[], None], switch_light: Callable[[], None], notice: Wording = ""
    ) -> None:
        super().__init__()
        self.notice = Banner("warning", notice)
        self.notice.setObjectName("entrance.notice")
        self.notice.setVisible(bool(notice))
        self._middle = QVBoxLayout()
        self._middle.setSpacing(style.space(4))
        column = QWidget()
        column.setMaximumWidth(style.grown(560))
        column.setLayout(self._middle)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(column, 1000)
        row.addStretch(1)
        body = QWidget()
        body.setObjectName("entrance")
        outer = QVBoxLayout(body)
        outer.setContentsMargins(style.space(5), style.space(5), style.space(5), style.space(4))
        outer.addLayout(self._brand())
        outer.addWidget(self.notice)
        outer.addStretch(2)
        outer.addLayout(row)
        outer.addStretch(3)
        outer.addLayout(self._foot(switch_language, switch_light))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self._step: QWidget | None = None

    def show_step(self, step: QWidget) -> None:
        """Put `step` in the middle instead of the one before."""
        if self._step is not None:
            self._middle.removeWidget(self._step)
            self._step.hide()
            self._step.deleteLater()
        self._step = step
        self._middle.addWidget(step)
        step.show()

    def _brand(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        row.addWidget(Picture("shield", "accent", 28))
        row.addWidget(Heading("Haven", 2))
        row.addStretch(1)
        return row

    def _foot(self, switch_language: Callable[[], None], switch_light: Callable[[], None]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(QuietText(lambda: tr("Everything you record stays encrypted on this computer.")), 1)
        language = QuietButton(lambda: "Français" if current().code == "en" else "English", "language")
        language.clicked.connect(switch_language)
        light = QuietButton(lambda: tr("Light or dark"), "moon")
        light.clicked.connect(switch_light)
        row.addWidget(language)
        row.addWidget(light)
        return row


def titled(title: Wording, lead: Wording) -> tuple[QWidget, QVBoxLayout]:
    """A step with its title and one sentence below; the rest goes into the layout."""
    step = QWidget()
    layout = QVBoxLayout(step)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(style.space(4))
    layout.addWidget(Heading(title, 1))
    if lead:
        layout.addWidget(QuietText(lead))
    layout.setAlignment(Qt.AlignmentFlag.AlignTop)
    return step, layout

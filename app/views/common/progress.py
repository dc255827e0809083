"""What a longer job is doing, how far it is, and the way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.views import style
from app.views.common.buttons import QuietButton
from app.views.common.text import PlainLabel
from app.views.common.wording import Wording
from app.words import tr


class JobBar(QWidget):
    """A sentence, a bar and a cancel button. `cancelled` speaks once; the job decides what that means."""

    cancelled = Signal()

    def __init__(self, sentence: Wording = "", parent: QWidget | None = None, *, can_cancel: bool = True) -> None:
        super().__init__(parent)
        self._sentence = PlainLabel(sentence)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._cancel = QuietButton(lambda: tr("Cancel"))
        self._cancel.setVisible(can_cancel)
        self._cancel.clicked.connect(self._on_cancel)
        texts = QVBoxLayout()
        texts.setSpacing(style.space(2))
        texts.addWidget(self._sentence)
        texts.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.space(4))
        row.addLayout(texts, 1)
        row.addWidget(self._cancel)
        self.show_progress(sentence, None)

    def show_progress(self, sentence: Wording, share: float | None) -> None:
        """Say what is being done and how far it is: `share` from 0 to 1, None when nobody can know."""
        self._sentence.set_text(sentence)
        if share is None:
            self._bar.setRange(0, 0)
        else:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(min(max(share, 0.0), 1.0) * 1000))
        self._bar.setAccessibleName(self._sentence.text())

    @property
    def is_stopping(self) -> bool:
        """Whether somebody wants the job to end."""
        return not self._cancel.isEnabled()

    def renew(self) -> None:
        """Another job begins, which can be stopped again."""
        self._cancel.setEnabled(True)

    def _on_cancel(self) -> None:
        self._cancel.setEnabled(False)
        self._sentence.set_text(lambda: tr("Stopping…"))
        self.cancelled.emit()

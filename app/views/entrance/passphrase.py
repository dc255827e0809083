"""Choosing a passphrase: typed twice, shown on request, or suggested."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.views import style
from app.views.common.buttons import IconButton, QuietButton
from app.views.common.field import Field
from app.views.common.text import LineEdit
from app.views.common.wording import Wording
from app.words import tr

_SHOWN_MS = 10_000


class SecretEdit(QWidget):
    """One hidden line with a button that shows it for ten seconds."""

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line = LineEdit()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.returnPressed.connect(self.entered)
        self._eye = IconButton("eye", lambda: tr("Show what I typed"))
        self._eye.clicked.connect(self._toggle)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.space(1))
        layout.addWidget(self.line, 1)
        layout.addWidget(self._eye)
        self.setFocusProxy(self.line)

    def value(self) -> str:
        """What was typed, exactly."""
        return self.line.text()

    def set_value(self, value: str) -> None:
        """Put text in, for a suggestion."""
        self.line.setText(value)

    def clear(self) -> None:
        """Forget what was typed."""
        self.line.clear()
        self._hide()

    def reveal(self) -> None:
        """Show the text for a while."""
        self.line.setEchoMode(QLineEdit.EchoMode.Normal)
        self._eye.set_icon("eye-off")
        self._timer.start(_SHOWN_MS)

    def setAccessibleName(self, name: str) -> None:
        """Named like its field for a screen reader."""
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)

    def _toggle(self) -> None:
        if self.line.echoMode() == QLineEdit.EchoMode.Password:
            self.reveal()
        else:
            self._hide()

    def _hide(self) -> None:
        self._timer.stop()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self._eye.set_icon("eye")


class PassphraseChoice(QWidget):
    """A new passphrase, twice. `problem` says what is wrong with it, empty when it may be used."""

    SHORTEST = 15

    def __init__(self, suggest: Callable[[], str], label: Wording = "") -> None:
        super().__init__()
        self._suggest = suggest
        self.first = SecretEdit()
        self.second = SecretEdit()
        self.first.line.setObjectName("passphrase.first")
        self.second.line.setObjectName("passphrase.second")
        self._first_field = Field(
            label or (lambda: tr("Passphrase")),
            self.first,
            hint=lambda: tr("At least 15 characters. Several words are easier to remember than odd signs."),
        )
        self._second_field = Field(lambda: tr("Passphrase again"), self.second)
        suggestion = QuietButton(lambda: tr("Suggest one"), "key")
        suggestion.clicked.connect(self._take_suggestion)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.space(3))
        layout.addWidget(self._first_field)
        layout.addWidget(self._second_field)
        row = QHBoxLayout()
        row.addWidget(suggestion)
        row.addStretch(1)
        layout.addLayout(row)

    def value(self) -> str:
        """The passphrase."""
        return self.first.value()

    def check(self) -> bool:
        """Whether it may be used; otherwise the field says why."""
        self._first_field.set_error(None)
        self._second_field.set_error(None)
        if len(self.first.value()) < self.SHORTEST:
            self._first_field.set_error(lambda: tr("Please use at least 15 characters."))
            return False
        if self.first.value() != self.second.value():
            self._second_field.set_error(lambda: tr("The two are not the same."))
            return False
        return True

    def show_problem(self, sentence: str) -> None:
        """What the vault says against it."""
        self._first_field.set_error(sentence)

    def _take_suggestion(self) -> None:
        found = self._suggest()
        for edit in (self.first, self.second):
            edit.set_value(found)
            edit.reveal()

"""What every section of the keys page is, and what every dialog of it does: one call to the keys, beside the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.errors import RuleBroken
from app.views import style
from app.views.common.card import Card
from app.views.common.dialog import Dialog
from app.views.common.key_desk import KeyDesk, KeysShown
from app.views.common.wording import Wording
from app.views.messages import Tone, sentence_of
from app.views.programme import Context


class KeysSection(Card):
    """One card of the page. `changed` asks the page to read the keys anew."""

    changed = Signal()

    def __init__(self, context: Context, keys: KeyDesk, title: Wording, subtitle: Wording = "") -> None:
        super().__init__(title, subtitle=subtitle)
        self.context, self.keys = context, keys

    def show_keys(self, found: KeysShown) -> None:
        """Show how the vault can be opened now."""
        raise NotImplementedError

    def row(self, *buttons: QWidget) -> None:
        """Buttons side by side at the end of the card."""
        line = QHBoxLayout()
        line.setSpacing(style.space(2))
        for button in buttons:
            line.addWidget(button)
        line.addStretch(1)
        self.add_layout(line)


class KeysDialog(Dialog):
    """A dialog whose button makes one call to the keys; what is refused is said where it was typed."""

    def __init__(self, section: KeysSection, title: Wording, accept: Wording, *, text: Wording = "") -> None:
        super().__init__(title, accept, section, text=text)
        self.section, self.context, self.keys = section, section.context, section.keys
        self.accept_button.setObjectName("keys.do")
        self.finished.connect(self.deleteLater)

    def ask(self) -> Callable[[], Any] | None:
        """The call to make, None when something is still missing (and said)."""
        raise NotImplementedError

    def refused(self, problem: RuleBroken) -> bool:
        """Say a refusal at its field; False when it has none here."""
        return False

    def done_with(self, answer: Any) -> None:
        """What follows; the dialog has closed."""

    def _on_accept(self) -> None:
        self.complain(None)
        call = self.ask()
        if call is None:
            return
        self.accept_button.setEnabled(False)
        self.context.tasks.job(self, call, self._done, self._failed)

    def _done(self, answer: Any) -> None:
        self.accept()
        self.done_with(answer)
        self.section.changed.emit()

    def _failed(self, problem: Exception) -> None:
        self.accept_button.setEnabled(True)
        if not (isinstance(problem, RuleBroken) and self.refused(problem)):
            self.complain(lambda: sentence_of(problem))
        self.fit()

    def say(self, sentence: str, tone: Tone = Tone.SUCCESS) -> None:
        """Tell what was done."""
        self.context.messages.say(sentence, tone)

"""The recovery key, shown once: written down or printed before the first real record, and proven by its last group."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import PrimaryButton
from app.views.common.card import Card
from app.views.common.field import Field
from app.views.common.text import Heading, LineEdit
from app.views.entrance.doors import Opened
from app.views.entrance.frame import titled
from app.words import tr


class RecoveryKeyStep(QWidget):
    """Shows the key and goes on once its last group was typed back."""

    def __init__(self, opened: Opened, go_on: Callable[[Opened], None]) -> None:
        super().__init__()
        self._opened, self._go_on = opened, go_on
        self.key_text = opened.recovery_key or ""
        step, layout = titled(
            lambda: tr("Your recovery key"),
            lambda: tr(
                "If the passphrase is forgotten, only this key opens the vault. Nobody can send it to you again."
            ),
        )
        card = Card()
        shown = Heading(self.key_text, 2)
        shown.set_selectable()
        shown.setAccessibleName(tr("Recovery key"))
        card.add(shown)
        layout.addWidget(card)
        layout.addWidget(
            Banner("warning", lambda: tr("Write it down now and put it in the safe, never with this computer."))
        )
        self.proof = LineEdit()
        self._field = Field(lambda: tr("Type the last group to show that you have it"), self.proof, required=True)
        self.primary = PrimaryButton(lambda: tr("I have written it down"))
        self.primary.setObjectName("recovery.done")
        self.proof.setObjectName("recovery.proof")
        shown.setObjectName("recovery.key")
        self.primary.clicked.connect(self._check)
        self.proof.returnPressed.connect(self._check)
        layout.addWidget(self._field)
        layout.addWidget(self.primary)
        layout.setSpacing(style.space(4))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(step)

    def _check(self) -> None:
        typed = (self.proof.value() or "").strip().upper()
        if typed != self.key_text.replace(" ", "-").rsplit("-", 1)[-1].upper():
            self._field.set_error(lambda: tr("That is not the last group. Please look again at what you wrote down."))
            return
        self._go_on(self._opened)

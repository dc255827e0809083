"""The keystore's half: copied files alone are worth nothing then, and so is the passphrase on another computer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.errors import RuleBroken
from app.views.common.buttons import SecondaryButton
from app.views.common.field import Field
from app.views.common.key_desk import KeyDesk, KeysShown
from app.views.common.text import PlainLabel, QuietText
from app.views.entrance.passphrase import SecretEdit
from app.views.keys.section import KeysDialog, KeysSection
from app.views.programme import Context
from app.words import tr


class KeystoreSection(KeysSection):
    """Half of the key in the keystore of this computer, or not."""

    def __init__(self, context: Context, keys: KeyDesk) -> None:
        super().__init__(
            context,
            keys,
            lambda: tr("Half of the key on this computer"),
            lambda: tr("Who copies the vault's files cannot even begin to guess the passphrase somewhere else."),
        )

    def show_keys(self, found: KeysShown) -> None:
        """See `KeysSection`."""
        self.clear()
        self.add(
            PlainLabel(
                (lambda: tr("On: this computer's keystore holds half of the key."))
                if found.bound
                else (lambda: tr("Off: the passphrase alone opens this vault."))
            )
        )
        turn = SecondaryButton((lambda: tr("Turn it off")) if found.bound else (lambda: tr("Turn it on")), "lock")
        turn.setObjectName("keys.keystore")
        turn.clicked.connect(lambda: KeystoreDialog(self, found.bound).open())
        if not found.bound and found.practised_at is None:
            turn.setEnabled(False)
            self.add(
                QuietText(
                    lambda: tr(
                        "Practise the recovery first. Keystores get lost with an account or a new system, and then "
                        "only the recovery key opens the vault."
                    )
                )
            )
        self.row(turn)


class KeystoreDialog(KeysDialog):
    """The passphrase, to turn the keystore's half on or off."""

    def __init__(self, section: KeysSection, bound: bool) -> None:
        super().__init__(
            section,
            lambda: tr("Half of the key on this computer"),
            (lambda: tr("Turn it off")) if bound else (lambda: tr("Turn it on")),
            text=(lambda: tr("The passphrase alone will open this vault again."))
            if bound
            else (
                lambda: tr(
                    "The passphrase will open this vault only on this computer and in this account. If the computer "
                    "breaks or the account is lost, you need the recovery key."
                )
            ),
        )
        self._bound = bound
        self.secret = SecretEdit()
        self.secret.line.setObjectName("keys.passphrase")
        self.secret.entered.connect(self._on_accept)
        self.field = Field(lambda: tr("Your passphrase"), self.secret, required=True)
        self.add(self.field)

    def ask(self) -> Callable[[], Any] | None:
        """See `KeysDialog`."""
        typed = self.secret.value()
        self.field.set_error(None if typed else lambda: tr("Please type your passphrase."))
        call = self.keys.unbind if self._bound else self.keys.bind
        return (lambda: call(typed)) if typed else None

    def refused(self, problem: RuleBroken) -> bool:
        """See `KeysDialog`."""
        if problem.field != "passphrase":
            return False
        self.secret.clear()
        self.field.set_error(lambda: problem.sentence)
        return True

    def done_with(self, answer: Any) -> None:
        """See `KeysDialog`."""
        self.say(tr("The passphrase alone opens this vault.") if self._bound else tr("It is on. Keep the sheets safe."))

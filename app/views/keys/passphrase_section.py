"""The passphrase: change it, and what a guess costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.errors import RuleBroken
from app.views.common.buttons import SecondaryButton
from app.views.common.field import Field
from app.views.common.key_desk import KeyDesk, KeysShown
from app.views.common.text import PlainLabel
from app.views.entrance.passphrase import PassphraseChoice, SecretEdit
from app.views.keys.section import KeysDialog, KeysSection
from app.views.programme import Context
from app.words import tr


class PassphraseSection(KeysSection):
    """What is typed every day."""

    def __init__(self, context: Context, keys: KeyDesk) -> None:
        super().__init__(context, keys, lambda: tr("Passphrase"))

    def show_keys(self, found: KeysShown) -> None:
        """See `KeysSection`."""
        self.clear()
        self.add(
            PlainLabel(
                lambda: tr(
                    "Each guess costs {memory} MiB of memory and {passes} passes of Argon2id. Haven makes it harder by "
                    "itself on a faster computer.",
                    memory=found.memory_mib,
                    passes=found.passes,
                )
            )
        )
        change = SecondaryButton(lambda: tr("Change the passphrase"), "edit")
        change.setObjectName("keys.change_passphrase")
        change.clicked.connect(lambda: ChangePassphraseDialog(self).open())
        self.row(change)


class ChangePassphraseDialog(KeysDialog):
    """The old one and the new one, twice."""

    def __init__(self, section: KeysSection) -> None:
        super().__init__(section, lambda: tr("Change the passphrase"), lambda: tr("Change it"))
        self.old = SecretEdit()
        self.old.line.setObjectName("keys.passphrase")
        self.old_field = Field(lambda: tr("Passphrase until now"), self.old, required=True)
        self.new = PassphraseChoice(self.keys.suggest_passphrase)
        self.add(self.old_field)
        self.add(self.new)

    def ask(self) -> Callable[[], Any] | None:
        """See `KeysDialog`."""
        old, new = self.old.value(), self.new.value()
        self.old_field.set_error(None if old else lambda: tr("Please type your passphrase."))
        good = self.new.check()
        return (lambda: self.keys.change_passphrase(old, new)) if old and good else None

    def refused(self, problem: RuleBroken) -> bool:
        """See `KeysDialog`."""
        if problem.field == "new_passphrase":
            self.new.show_problem(problem.sentence)
        elif problem.field == "passphrase":
            self.old_field.set_error(lambda: problem.sentence)
        return problem.field in ("new_passphrase", "passphrase")

    def done_with(self, answer: Any) -> None:
        """See `KeysDialog`."""
        self.say(tr("The new passphrase opens the vault from now on."))

"""Recovery: when it was last practised and used, practise now, print the sheets, make a new key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.errors import RuleBroken
from app.views.common import when
from app.views.common.banner import Banner
from app.views.common.buttons import PrimaryButton, SecondaryButton
from app.views.common.choices import SegmentedChoice, TickBox
from app.views.common.dialog import Dialog
from app.views.common.facts import Facts
from app.views.common.field import Field
from app.views.common.key_desk import KeyDesk, KeysShown
from app.views.common.recovery_entry import RecoveryEntry
from app.views.common.recovery_proof import RecoveryProof, show_sheets
from app.views.entrance.passphrase import SecretEdit
from app.views.keys.section import KeysDialog, KeysSection
from app.views.messages import Tone
from app.views.programme import Context
from app.words import current, tr


class RecoverySection(KeysSection):
    """What opens the vault when the passphrase is forgotten."""

    def __init__(self, context: Context, keys: KeyDesk) -> None:
        super().__init__(
            context,
            keys,
            lambda: tr("Recovery"),
            lambda: tr("If the passphrase is forgotten, only the recovery key or two of its sheets open this vault."),
        )

    def show_keys(self, found: KeysShown) -> None:
        """See `KeysSection`."""
        self.clear()
        if found.practised_at is None:
            self.add(
                Banner(
                    "warning",
                    lambda: tr("Recovery was never practised on this computer. It takes minutes and changes nothing."),
                )
            )
        self.add(
            Facts(
                [
                    (lambda: tr("Last practised"), lambda: self._practised(found)),
                    (lambda: tr("Last used to open"), lambda: self._day(found.recovered_at) or tr("Never")),
                    (lambda: tr("Name on the sheets"), found.vault_name),
                ],
                columns=3,
            )
        )
        practise = PrimaryButton(lambda: tr("Practise recovery now"), "check-circle")
        practise.setObjectName("keys.practise")
        practise.clicked.connect(lambda: PractiseDialog(self).open())
        sheets = SecondaryButton(lambda: tr("Print the sheets"), "print")
        sheets.setObjectName("keys.sheets")
        sheets.clicked.connect(lambda: SheetsDialog(self).open())
        fresh = SecondaryButton(lambda: tr("Make a new recovery key"), "key")
        fresh.setObjectName("keys.new_recovery")
        fresh.clicked.connect(lambda: ConfirmFirst(self).open())
        self.row(practise, sheets, fresh)

    def _practised(self, found: KeysShown) -> str:
        if found.practised_at is None:
            return tr("Never")
        day = self._day(found.practised_at)
        return (
            tr("{day}, with two sheets", day=day) if found.practised_with_sheets else tr("{day}, with the key", day=day)
        )

    def _day(self, at: Any) -> str:
        return "" if at is None else when.day(when.local_day(at, self.context.zone))


class _WithRecovery(KeysDialog):
    """A dialog in which a recovery is typed."""

    def __init__(self, section: KeysSection, title: Callable[[], str], accept: Callable[[], str], text: Any) -> None:
        super().__init__(section, title, accept, text=text)
        self.entry = RecoveryEntry()
        self.entry.way.changed.connect(self.fit)
        self.add(self.entry)

    def refused(self, problem: RuleBroken) -> bool:
        """See `KeysDialog`."""
        if problem.field == "recovery_key":
            self.entry.set_error(lambda: problem.sentence)
            return True
        return False


class PractiseDialog(_WithRecovery):
    """A drill: type what is in the safe and see that it opens."""

    def __init__(self, section: KeysSection) -> None:
        super().__init__(
            section,
            lambda: tr("Practise recovery"),
            lambda: tr("Try it"),
            lambda: tr("Fetch what is in the safe and type it here. Haven only proves that it opens; nothing changes."),
        )

    def ask(self) -> Callable[[], Any] | None:
        """See `KeysDialog`."""
        typed = self.entry.value()
        return (lambda: self.keys.practise(typed)) if self.entry.check() else None

    def done_with(self, answer: Any) -> None:
        """See `KeysDialog`."""
        self.say(tr("It opens. Put it back into the safe."))


class SheetsDialog(_WithRecovery):
    """The three sheets once more, from the key or from two of them: the vault itself does not hold the key."""

    def __init__(self, section: KeysSection) -> None:
        super().__init__(
            section,
            lambda: tr("Print the sheets"),
            lambda: tr("Show the sheets"),
            lambda: tr(
                "Haven does not keep the recovery key, so type it, or the words of two sheets. The new sheets make a "
                "set of their own: sheets of two sets do not go together."
            ),
        )
        self.language = SegmentedChoice([("en", "English"), ("fr", "Français")], optional=False)
        self.language.set_value(current().code)
        self.named = TickBox(lambda: tr("My name on the sheets"))
        self.add(Field(lambda: tr("Language of the page"), self.language))
        self.add(self.named)

    def ask(self) -> Callable[[], Any] | None:
        """See `KeysDialog`."""
        if not self.entry.check():
            return None
        typed, language = self.entry.value(), str(self.language.value())
        name = self.context.person.name if self.named.value() else ""
        return lambda: self.keys.sheets(typed, language, name)

    def done_with(self, answer: Any) -> None:
        """See `KeysDialog`."""
        show_sheets(self.section, answer, self.keys, self.context.tasks, self.context.messages)


class ConfirmFirst(KeysDialog):
    """The passphrase once more, before a new recovery key is made."""

    def __init__(self, section: KeysSection) -> None:
        super().__init__(
            section,
            lambda: tr("Make a new recovery key"),
            lambda: tr("Go on"),
            text=lambda: tr(
                "The recovery key and all sheets that there are stop working once you have confirmed the new one."
            ),
        )
        self.secret = SecretEdit()
        self.secret.line.setObjectName("keys.passphrase")
        self.secret.entered.connect(self._on_accept)
        self.field = Field(lambda: tr("Your passphrase"), self.secret, required=True)
        self.add(self.field)

    def ask(self) -> Callable[[], Any] | None:
        """See `KeysDialog`."""
        typed = self.secret.value()
        self.field.set_error(None if typed else lambda: tr("Please type your passphrase."))

        def confirmed() -> str:
            self.keys.confirm(typed)
            return self.keys.fresh_recovery()

        return confirmed if typed else None

    def refused(self, problem: RuleBroken) -> bool:
        """See `KeysDialog`."""
        self.secret.clear()
        self.field.set_error(lambda: problem.sentence)
        return True

    def done_with(self, answer: Any) -> None:
        """See `KeysDialog`."""
        NewRecoveryDialog(self.section, answer).open()


class NewRecoveryDialog(Dialog):
    """The new key: it counts once it was shown to be kept, and leaving before leaves the old one."""

    def __init__(self, section: KeysSection, text: str) -> None:
        super().__init__(lambda: tr("The new recovery key"), lambda: tr("I have it"), section, width=720)
        self.accept_button.setObjectName("recovery.done")
        self._section = section
        context = section.context
        self.proof = RecoveryProof(text, section.keys, context.tasks, context.messages)
        self.proof.kept.connect(self._kept)
        self.proof.refused.connect(lambda: self.accept_button.setEnabled(True))
        self.add(self.proof)
        self.finished.connect(self.deleteLater)

    def _on_accept(self) -> None:
        self.accept_button.setEnabled(False)
        self.proof.check()

    def _kept(self) -> None:
        self.accept()
        self._section.context.messages.say(
            tr("The new recovery key counts from now on. Destroy the old key and its sheets."), Tone.SUCCESS
        )
        self._section.changed.emit()

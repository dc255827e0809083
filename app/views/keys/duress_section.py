"""The second passphrase: what it does and what it does not do, setting, trying and removing it, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.errors import RuleBroken
from app.views.common.banner import Banner
from app.views.common.buttons import QuietButton, SecondaryButton
from app.views.common.field import Field
from app.views.common.key_desk import KeyDesk, KeysShown
from app.views.common.second_desk import Moved, SecondDesk
from app.views.common.text import PlainLabel, QuietText
from app.views.entrance.passphrase import PassphraseChoice, SecretEdit
from app.views.keys.section import KeysDialog, KeysSection
from app.views.messages import Tone
from app.views.programme import Context
from app.words import tr, trn


@dataclass(frozen=True)
class _Found:
    is_set: bool
    waiting: int


class DuressSection(KeysSection):
    """A passphrase to give when somebody forces you."""

    def __init__(self, context: Context, keys: KeyDesk, second: SecondDesk) -> None:
        super().__init__(
            context,
            keys,
            lambda: tr("A second passphrase for when you are forced"),
            lambda: tr("Give it instead of your own when somebody makes you open Haven."),
        )
        self.second = second

    def show_keys(self, found: KeysShown) -> None:
        """See `KeysSection`."""
        self.context.tasks.job(self, lambda: _Found(self.second.is_set(), self.second.waiting()), self._show)

    def _show(self, found: _Found) -> None:
        self.clear()
        self.add(
            PlainLabel(
                lambda: tr(
                    "It opens a reduced workspace that looks like Haven: initials and numbers, no addresses, no ways "
                    "to reach anybody, no plans, no notes. Your supervisors are told without a sign on the screen, as "
                    "soon as the server is reached. Nothing is ever destroyed."
                )
            )
        )
        self.add(
            QuietText(
                lambda: tr(
                    "It is weak: who knows Haven well may suspect it, and who copied this computer's files can see "
                    "that there is a second workspace. It hides the people you help, not that you use it."
                )
            )
        )
        if found.waiting:
            self._add_waiting(found.waiting)
        self._add_buttons(found.is_set)

    def _add_waiting(self, count: int) -> None:
        self.add(
            Banner(
                "warning",
                lambda: trn(
                    "{count} record was written in the reduced workspace. Taking it over makes it a record of this "
                    "vault; a change to an earlier record stays apart in any case.",
                    "{count} records were written in the reduced workspace. Taking them over makes them records of "
                    "this vault; changes to earlier records stay apart in any case.",
                    count,
                ),
            )
        )
        take = SecondaryButton(lambda: tr("Take over"), "check")
        take.setObjectName("keys.take_over")
        take.clicked.connect(lambda: self.context.tasks.job(self, self.second.take_over, self._taken_over))
        leave = QuietButton(lambda: tr("Leave apart"))
        leave.setObjectName("keys.leave_apart")
        leave.clicked.connect(lambda: self.context.tasks.job(self, self.second.leave, lambda _: self.changed.emit()))
        self.row(take, leave)

    def _taken_over(self, moved: Moved) -> None:
        said = trn("{count} new record was taken over.", "{count} new records were taken over.", moved.records)
        if moved.left:
            said = "{} {}".format(
                said,
                trn(
                    "A change to {count} earlier record stays apart.",
                    "Changes to {count} earlier records stay apart.",
                    moved.left,
                ),
            )
        self.context.messages.say(said, Tone.SUCCESS)
        self.changed.emit()

    def _add_buttons(self, is_set: bool) -> None:
        if not is_set:
            begin = SecondaryButton(lambda: tr("Set a second passphrase"), "key")
            begin.setObjectName("keys.duress.set")
            begin.clicked.connect(lambda: SetDialog(self).open())
            self.row(begin)
            return
        self.add(PlainLabel(lambda: tr("It is set.")))
        trying = SecondaryButton(lambda: tr("Try it"), "check")
        trying.setObjectName("keys.duress.try")
        trying.clicked.connect(lambda: TryDialog(self).open())
        other = SecondaryButton(lambda: tr("Set another one"), "edit")
        other.setObjectName("keys.duress.set")
        other.clicked.connect(lambda: SetDialog(self).open())
        gone = QuietButton(lambda: tr("Remove it"))
        gone.setObjectName("keys.duress.clear")
        gone.clicked.connect(lambda: ClearDialog(self).open())
        self.row(trying, other, gone)


class _SecondDialog(KeysDialog):
    """A dialog that begins with one's own passphrase."""

    def __init__(self, section: DuressSection, title: Any, accept: Any, *, text: Any) -> None:
        super().__init__(section, title, accept, text=text)
        self.second = section.second
        self.own = SecretEdit()
        self.own.line.setObjectName("keys.passphrase")
        self.own_field = Field(lambda: tr("Your passphrase"), self.own, required=True)
        self.add(self.own_field)

    def own_typed(self) -> str:
        """One's own passphrase; says so when it is missing."""
        typed = self.own.value()
        self.own_field.set_error(None if typed else lambda: tr("Please type your passphrase."))
        return typed

    def refused(self, problem: RuleBroken) -> bool:
        """See `KeysDialog`."""
        if problem.field != "passphrase":
            return False
        self.own.clear()
        self.own_field.set_error(lambda: problem.sentence)
        return True


class SetDialog(_SecondDialog):
    """One's own passphrase, then the second one, twice."""

    def __init__(self, section: DuressSection) -> None:
        super().__init__(
            section,
            lambda: tr("A second passphrase"),
            lambda: tr("Set it"),
            text=lambda: tr(
                "Choose words that you will remember under stress and that are nothing like your own passphrase. "
                "Making the workspace takes some seconds."
            ),
        )
        self.new = PassphraseChoice(self.keys.suggest_passphrase, lambda: tr("Second passphrase"))
        self.add(self.new)

    def ask(self) -> Callable[[], Any] | None:
        """See `KeysDialog`."""
        own, new = self.own_typed(), self.new.value()
        good = self.new.check()
        return (lambda: self.second.set_up(own, new)) if own and good else None

    def refused(self, problem: RuleBroken) -> bool:
        """See `KeysDialog`."""
        if problem.field == "duress":
            self.new.show_problem(problem.sentence)
            return True
        return super().refused(problem)

    def done_with(self, answer: Any) -> None:
        """See `KeysDialog`."""
        self.say(tr("The second passphrase is set. Try it once."))


class TryDialog(KeysDialog):
    """Whether one still remembers it, without anybody being told."""

    def __init__(self, section: DuressSection) -> None:
        super().__init__(
            section,
            lambda: tr("Try the second passphrase"),
            lambda: tr("Try it"),
            text=lambda: tr("Nobody is told of this try, and the workspace does not open."),
        )
        self.second = section.second
        self.typed = SecretEdit()
        self.typed.line.setObjectName("keys.second")
        self.field = Field(lambda: tr("Second passphrase"), self.typed, required=True)
        self.add(self.field)

    def ask(self) -> Callable[[], Any] | None:
        """See `KeysDialog`."""
        typed = self.typed.value()
        self.field.set_error(None if typed else lambda: tr("Please type your passphrase."))
        return (lambda: self.second.opens_workspace(typed)) if typed else None

    def done_with(self, answer: Any) -> None:
        """See `KeysDialog`."""
        if answer:
            self.say(tr("This is your second passphrase, and its workspace is ready."))
        else:
            self.say(tr("This is not your second passphrase."), Tone.WARNING)


class ClearDialog(_SecondDialog):
    """One's own passphrase, to have no second one any more."""

    def __init__(self, section: DuressSection) -> None:
        super().__init__(
            section,
            lambda: tr("Remove the second passphrase"),
            lambda: tr("Remove it"),
            text=lambda: tr(
                "From now on it is a wrong passphrase. What was written in the reduced workspace stays until you "
                "decide."
            ),
        )

    def ask(self) -> Callable[[], Any] | None:
        """See `KeysDialog`."""
        own = self.own_typed()
        return (lambda: self.second.clear(own)) if own else None

    def done_with(self, answer: Any) -> None:
        """See `KeysDialog`."""
        self.say(tr("There is no second passphrase any more."))

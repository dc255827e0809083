"""Unlocking: which vault, and its passphrase. Says how much waits to be sent, and nothing else about what is inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent

from app.errors import RecoveryPlan
from app.profile import VaultPlace
from app.views import style
from app.views.common.badge import Badge
from app.views.common.buttons import QuietButton, SecondaryButton
from app.views.common.choices import SegmentedChoice
from app.views.common.field import Field
from app.views.common.text import QuietText
from app.views.common.wording import Wording
from app.views.entrance.doors import Doors, Opened
from app.views.entrance.passphrase import SecretEdit
from app.views.entrance.step import Step
from app.views.tasks import Jobs
from app.words import tr, trn

FIND_PERSON = "registry.find"
"""The route of the registry's way to a person's emergency card."""


class UnlockStep(Step):
    """The passphrase of one of this computer's vaults."""

    def __init__(
        self,
        doors: Doors,
        jobs: Jobs,
        finished: Callable[[Opened], None],
        other_ways: Callable[[], None],
        forgotten: Callable[[VaultPlace], None],
        *,
        chosen: str | None,
        waiting: int | None,
        choose: bool = False,
        mend: Callable[[RecoveryPlan, Callable[[], Opened]], None] | None = None,
    ) -> None:
        super().__init__(
            jobs,
            finished,
            title=lambda: tr("Unlock"),
            lead="",
            action=lambda: tr("Unlock"),
            working=lambda: tr("Unlocking…"),
            back=None,
            mend=mend,
        )
        self._doors = doors
        self._places = doors.vaults()
        self._chosen, self._waiting = chosen, waiting
        self._service = QuietText("")
        self._service.setObjectName("unlock.service")
        self.form.addWidget(self._service)
        self._choice = SegmentedChoice(
            [(place.name, _name_of(place, index)) for index, place in enumerate(self._places)], optional=False
        )
        self._choice.setObjectName("unlock.vault")
        self._choice.set_value(self._first(chosen, choose))
        if len(self._places) > 1:
            self.form.addWidget(Field(lambda: tr("Which vault?"), self._choice))
        self.secret = SecretEdit()
        self.secret.line.setObjectName("unlock.secret")
        self.secret.entered.connect(self.submit)
        self._field = Field(lambda: tr("Passphrase"), self.secret)
        self.form.addWidget(self._field)
        self.form.setSpacing(style.space(3))
        self._waits = Badge(self._waiting_words, "sync-here", "info")
        self._waits.setObjectName("unlock.waiting")
        self.form.addWidget(self._waits)
        self._add_ways(other_ways, forgotten)
        self._choice.changed.connect(self._show_need)
        self._show_need()

    def submit(self) -> None:
        """Try the passphrase; the demonstration needs none."""
        self._open("")

    def find_person(self) -> None:
        """Unlock, and look for a person before anything else is built."""
        self._open(FIND_PERSON)

    def _open(self, first: str) -> None:
        place = self._place()
        if place is None:
            return
        if place.is_demonstration:
            self.work(lambda: replace(self._doors.demonstration(), first=first))
            return
        passphrase = self.secret.value()
        if not passphrase:
            self._field.set_error(lambda: tr("Please type your passphrase."))
            return
        self._field.set_error(None)
        self.work(
            lambda: replace(self._doors.unlock(place, passphrase), first=first),
            lambda: replace(self._doors.unlock(place, passphrase, bring_back=True), first=first),
        )

    def failed(self, problem: Exception) -> None:
        """Forget what was typed, say why, and put the cursor back."""
        self.secret.clear()
        super().failed(problem)
        self.finding.setEnabled(True)
        self.secret.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """The cursor stands in the passphrase at once; with nobody chosen, at the choice."""
        super().showEvent(event)
        (self._choice if self._place() is None else self.secret).setFocus()

    def work(self, opening: Callable[[], Opened], bring_back: Callable[[], Opened] | None = None) -> None:
        """Open in the background; neither way can be pressed twice."""
        self.finding.setEnabled(False)
        super().work(opening, bring_back)

    def _first(self, chosen: str | None, choose: bool) -> str | None:
        """Whose vault is offered: the one that was locked, or the only one there is. Else nobody is chosen."""
        names = [place.name for place in self._places]
        own = [place.name for place in self._places if not place.is_demonstration] or names
        if chosen in names:
            return chosen
        return own[0] if len(own) == 1 and not choose else None

    def _add_ways(self, other_ways: Callable[[], None], forgotten: Callable[[VaultPlace], None]) -> None:
        self.finding = SecondaryButton(lambda: tr("Unlock and find a person"), "search")
        self.finding.setObjectName("unlock.find")
        self.finding.clicked.connect(self.find_person)
        self.finding.setVisible(self._doors.finds_people())
        for keys in ("Alt+F", "Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._find_by_key)
        self._forgot = QuietButton(lambda: tr("Use the recovery key"))
        self._forgot.clicked.connect(lambda: self._with_place(forgotten))
        ways = QuietButton(lambda: tr("Other ways to begin"))
        ways.clicked.connect(other_ways)
        self.row.insertWidget(1, self.finding)
        self.row.addWidget(self._forgot)
        self.row.addWidget(ways)

    def _find_by_key(self) -> None:
        if self.finding.isVisible() and self.finding.isEnabled():
            self.find_person()

    def _with_place(self, act: Callable[[VaultPlace], None]) -> None:
        place = self._place()
        if place is not None:
            act(place)

    def _place(self) -> VaultPlace | None:
        return next((place for place in self._places if place.name == self._choice.value()), None)

    def _show_need(self, *_: object) -> None:
        place = self._place()
        self._field.setVisible(place is not None and not place.is_demonstration)
        self.primary.setEnabled(place is not None)
        self.finding.setEnabled(place is not None)
        self._forgot.setVisible(place is not None and not place.is_demonstration)
        service = place.service if place is not None else ""
        self._service.set_text(service)
        self._service.setVisible(bool(service))
        self._waits.setVisible(bool(self._waiting) and place is not None and place.name == self._chosen)
        if place is not None and self.isVisible() and not place.is_demonstration:
            self.secret.setFocus()

    def _waiting_words(self) -> str:
        return trn("{count} thing waits to be sent", "{count} things wait to be sent", self._waiting or 0)


def _name_of(place: VaultPlace, index: int) -> Wording:
    if place.is_demonstration:
        return lambda: tr("Demonstration")
    return place.label or (lambda: tr("Vault {number}", number=index + 1))

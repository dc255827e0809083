"""One answered form beside the list: where it stands, who answered it, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal, SignalInstance

from app.queries.forms import AnswerRow, title_in
from app.views.common import when
from app.views.common.badge import Badge
from app.views.common.banner import Banner
from app.views.common.buttons import Button, PrimaryButton, QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.facts import Facts
from app.views.common.flow import FlowLayout
from app.views.common.wording import Wording
from app.views.forms.answering import state_badge
from app.words import current, tr


class AnswerCard(Card):
    """Shows one answer; each signal is a button. `corrected`: a correction of it was begun already."""

    go_on = Signal()
    correct = Signal()
    print_it = Signal()
    put_away = Signal()
    restore = Signal()

    def __init__(self, row: AnswerRow, *, own: bool, corrected: bool, zone: str) -> None:
        super().__init__(lambda: title_in(row.titles, current().code))
        self.setObjectName("answers.card")
        badges = FlowLayout()
        badges.addWidget(state_badge(row))
        if row.corrects_id:
            badges.addWidget(Badge(lambda: tr("Correction")))
        self.add_layout(badges)
        if row.put_away_at is not None:
            self.add(Banner("info", lambda: tr("Put away: {reason}", reason=row.reason)))
        self._acts = FlowLayout()
        if row.put_away_at is not None:
            self._act(SecondaryButton(lambda: tr("Take it up again"), "undo"), "restore", self.restore)
        else:
            self._acts_of_kept(row, own=own, corrected=corrected)
        self.add_layout(self._acts)
        self.add(Facts(_facts(row, zone), columns=1))

    def _acts_of_kept(self, row: AnswerRow, *, own: bool, corrected: bool) -> None:
        if own and row.draft:
            self._act(PrimaryButton(lambda: tr("Go on"), "edit"), "go_on", self.go_on)
        elif own and not corrected:
            self._act(SecondaryButton(lambda: tr("Correct"), "edit"), "correct", self.correct)
        self._act(SecondaryButton(lambda: tr("Print"), "print"), "print", self.print_it)
        if own and row.draft:
            self._act(QuietButton(lambda: tr("Put it away…"), "cross"), "put_away", self.put_away)

    def _act(self, button: Button, name: str, signal: SignalInstance) -> None:
        button.setObjectName(f"answers.{name}")
        button.clicked.connect(signal)
        self._acts.addWidget(button)


def _facts(row: AnswerRow, zone: str) -> list[tuple[Wording, str]]:
    return [
        (lambda: tr("Begun"), when.moment(row.started_at, zone)),
        (lambda: tr("Finished"), when.moment(row.finished_at, zone)),
        (lambda: tr("Put away"), when.moment(row.put_away_at, zone)),
        (lambda: tr("By"), row.answered_by),
        (lambda: tr("Version"), row.version),
    ]

"""Closing a case: what still stands in the way, each with the way to it (domain.md 3.4, acceptance 3f)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import CloseReason
from app.queries.crisis.rows import BlockerRow
from app.services.crisis import CloseCase, close_case
from app.views.common.banner import Banner
from app.views.common.choices import SegmentedChoice
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.text import NoteEdit
from app.views.crisis.asking import options
from app.views.crisis.desk import Desk
from app.views.crisis.parts import Line, Ruled, act
from app.words import tr, trn

_PART_OF_KIND = {"task": "tasks", "rights_item": "rights", "referral": "referrals", "consent": "consents"}


class CloseCaseDialog(FormDialog):
    """The list of blockers, or the reason why the case is closed."""

    def __init__(self, desk: Desk, blockers: tuple[BlockerRow, ...]) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "close",
            lambda: tr("Close the case"),
            lambda: tr("Close the case"),
            subject=desk.case_id,
            said=lambda: tr("The case is closed."),
            width=680,
        )
        self._desk = desk
        if blockers:
            self._show_blockers(blockers)
        else:
            self._ask()

    def request(self) -> tuple[Verb, Any]:
        """Close."""
        return close_case, CloseCase(case_id=self._desk.case_id, **self.answers())

    def check(self) -> bool:
        """A reason is chosen."""
        if "reason" not in self.answers():
            return self.refuse("reason", lambda: tr("Choose why the case is closed."))
        return super().check()

    def _ask(self) -> None:
        self.ask("reason", lambda: tr("Why"), SegmentedChoice(options(CloseReason)), required=True, wide=True)
        self.ask("note", lambda: tr("Note"), NoteEdit(), wide=True)
        self.begin()

    def _show_blockers(self, blockers: tuple[BlockerRow, ...]) -> None:
        count = len(blockers)
        self.add(
            Banner(
                "warning",
                lambda: trn(
                    "One thing must be done before this case can be closed.",
                    "{count} things must be done before this case can be closed.",
                    count,
                ),
            )
        )
        self.add(Ruled([self._blocker(blocker) for blocker in blockers]))
        self.accept_button.setEnabled(False)
        self.accept_button.hide()

    def _blocker(self, blocker: BlockerRow) -> Line:
        part = _PART_OF_KIND.get(blocker.kind, "timeline")
        go = act(lambda: tr("Go there"), "arrow-right", f"close.go.{part}", lambda: self._go(part), quiet=True)
        return Line(blocker.sentence, actions=[go])

    def _go(self, part: str) -> None:
        self.reject()
        self._desk.asked.emit(part)

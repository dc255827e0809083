"""Step 6: how it goes on: follow-up, consent, and the next contact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.models.vocab import Cadence, ConsentForm, ConsentScope, TaskKind, Tri
from app.services.crisis import RecordConsent, SetFollowUp, record_consent, set_follow_up
from app.services.task_list import AddTask, add_task
from app.views.common.choices import SegmentedChoice
from app.views.common.dates import DateField
from app.views.common.text import LineEdit
from app.views.crisis.asking import options
from app.views.crisis.capture.state import Capture
from app.views.crisis.capture.step import CaptureStep, Verb
from app.words import tr

_SCOPES = (ConsentScope.SERVICE, ConsentScope.CONTACT, ConsentScope.SHARE_NAMED, ConsentScope.STATISTICS)
_SCOPE = "scope."


@dataclass(frozen=True, kw_only=True)
class SaveAfter:
    """What was agreed; each part is None when it did not change."""

    case_id: str
    cadence: Cadence | None = None
    consent: RecordConsent | None = None
    next_title: str | None = None
    next_due: date | None = None


def save_after(work: Any, command: SaveAfter) -> None:
    """Save what was agreed in one unit of work."""
    if command.consent is not None:
        record_consent(work, command.consent)
    if command.cadence is not None:
        set_follow_up(work, SetFollowUp(case_id=command.case_id, cadence=command.cadence))
    if command.next_title is not None:
        add_task(
            work,
            AddTask(
                title=command.next_title,
                case_id=command.case_id,
                kind=TaskKind.FOLLOW_UP,
                due_on=command.next_due,
                owner_id=work.actor.member_id,
            ),
        )


class AfterStep(CaptureStep):
    """Cadence, consent scope by scope, and the next contact."""

    def __init__(self, capture: Capture) -> None:
        super().__init__(capture, "after", lambda: tr("How does it go on?"))
        self.ask("cadence", lambda: tr("Follow-up"), SegmentedChoice(options(Cadence)), wide=True)
        self.part(lambda: tr("Consent, asked now"))
        for scope in _SCOPES:
            choice = SegmentedChoice([("yes", Tri.YES.label), ("no", Tri.NO.label)])
            self.ask(_SCOPE + scope, scope.label, choice)
        self.ask(
            "organizations",
            lambda: tr("Organizations that may be told"),
            LineEdit(),
            hint=lambda: tr("Separate them with commas"),
            wide=True,
            when=lambda: self.typed().get(_SCOPE + ConsentScope.SHARE_NAMED) == "yes",
        )
        self.ask("form", lambda: tr("How consent was given"), SegmentedChoice(options(ConsentForm)), wide=True)
        self.ask(
            "witness",
            lambda: tr("Witness"),
            LineEdit(),
            when=lambda: self.typed().get("form") == ConsentForm.VERBAL,
        )
        self.part(lambda: tr("Next contact"))
        self.ask("next_title", lambda: tr("What is next"), LineEdit(lambda: tr("Follow-up call")))
        self.ask("next_due", lambda: tr("By when"), DateField(clock=capture.context.clock))
        self.renew()

    def check(self) -> bool:
        """Sharing names its organizations."""
        typed = self.typed()
        if typed[_SCOPE + ConsentScope.SHARE_NAMED] == "yes" and not typed["organizations"]:
            return self.refuse("organizations", lambda: tr("Name the organizations that may be told."))
        return super().check()

    def request(self) -> tuple[Verb, Any] | None:
        """Save what changed."""
        changes, case_id, typed = self.changes(), self.capture.case_id, self.typed()
        if not changes or case_id is None:
            return None
        agreed = any(name.startswith(_SCOPE) or name in ("organizations", "form", "witness") for name in changes)
        cadence = changes.get("cadence")
        due = "next_due" in changes or "next_title" in changes
        command = SaveAfter(
            case_id=case_id,
            cadence=Cadence.of(str(cadence)) if cadence else None,
            consent=self._consent(case_id, typed) if agreed else None,
            next_title=(typed["next_title"] or tr("Follow-up call")) if due and typed["next_due"] else None,
            next_due=typed["next_due"],
        )
        return save_after, command

    def _consent(self, case_id: str, typed: dict[str, Any]) -> RecordConsent | None:
        stored = self.capture.stored
        client = stored.header.client if stored else None
        scopes = {scope: typed[_SCOPE + scope] == "yes" for scope in _SCOPES if typed[_SCOPE + scope]}
        if client is None or not scopes:
            return None
        names = (typed["organizations"] or "").split(",")
        form = typed["form"]
        return RecordConsent(
            case_id=case_id,
            person_id=client.id,
            answers=scopes,
            organizations=tuple(name.strip() for name in names if name.strip()),
            form=ConsentForm.of(str(form)) if form else None,
            witness=typed["witness"],
            language_used=client.languages[0].code if client.languages else None,
        )

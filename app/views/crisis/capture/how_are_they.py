"""Step 4: how the person is, what was given, and the protocol when there is concern about suicide."""

from __future__ import annotations

from typing import Any

from app.models.vocab import CrisisComponent, PresentingState, Tri
from app.services.crisis import RecordCrisisContact, record_crisis_contact
from app.views.common.banner import Banner
from app.views.common.choices import ChipChoice, TriChoice
from app.views.common.dates import InstantField
from app.views.common.text import NoteEdit
from app.views.crisis.asking import marked, options, zone_of
from app.views.crisis.capture.state import Capture
from app.views.crisis.capture.step import CaptureStep, Verb
from app.views.crisis.dialogs.crisis_contact import crisis_answers
from app.views.crisis.lists import MATERIALS, SUICIDE_STEPS
from app.words import current, tr


class HowAreTheyStep(CaptureStep):
    """Presenting state first; the protocol appears with a yes."""

    def __init__(self, capture: Capture) -> None:
        super().__init__(capture, "how", lambda: tr("How are they?"))
        context = capture.context
        self.ask("presenting", lambda: tr("How the person is"), ChipChoice(options(PresentingState)), wide=True)
        self.ask("suicide_concern", lambda: tr("Concern about suicide?"), TriChoice(), wide=True)
        self._protocol = Banner(
            "danger", lambda: tr("Stay with the person. Call 911 or a crisis line together, now. Tell the supervisor.")
        )
        self.body.addWidget(self._protocol)
        self.part()
        steps = ChipChoice(marked(SUICIDE_STEPS))
        self.ask("suicide_steps", lambda: tr("What was done"), steps, wide=True, when=self._concern)
        self.ask(
            "crisis_line_reached_at",
            lambda: tr("When 911 or a crisis line was reached"),
            InstantField(clock=context.clock, zone=zone_of(context)),
            wide=True,
            when=self._concern,
        )
        self.ask("components", lambda: tr("What was given"), ChipChoice(options(CrisisComponent)), wide=True)
        self.ask("materials", lambda: tr("Given to take along"), ChipChoice(marked(MATERIALS)), wide=True)
        self.ask("handed_over", lambda: tr("Things handed over"), NoteEdit(least_lines=2), wide=True)
        self.renew()

    def request(self) -> tuple[Verb, Any] | None:
        """Save what changed; the first time it is a new record."""
        changes, capture = self.changes(), self.capture
        if not changes or capture.case_id is None or not (self.is_answered() or capture.crisis_contact_id):
            return None
        answers = crisis_answers(changes, current().code)
        if capture.crisis_contact_id is None:
            answers["at"] = capture.context.clock()
        command = RecordCrisisContact(case_id=capture.case_id, crisis_contact_id=capture.crisis_contact_id, **answers)
        return record_crisis_contact, command

    def saved(self, result: Any) -> None:
        """Later changes go to the same record."""
        self.capture.crisis_contact_id = str(result)

    def renew(self) -> None:
        """The protocol appears with a yes."""
        super().renew()
        if hasattr(self, "_protocol"):
            self._protocol.setVisible(self._concern())

    def _concern(self) -> bool:
        return self.typed().get("suicide_concern") == Tri.YES

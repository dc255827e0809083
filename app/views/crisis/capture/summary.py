"""Step 7: what was taken down, and what is still missing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from app.models.vocab import NeedLevel, SafetyStatus
from app.views.common.banner import Banner
from app.views.common.card import Card
from app.views.common.text import PlainLabel, QuietText
from app.views.crisis.asking import day_words, moment_words
from app.views.crisis.capture.state import Capture, Stored
from app.views.crisis.capture.step import CaptureStep, Verb
from app.views.crisis.instructions import Instructions
from app.views.crisis.parts import Facts, act, empty_layout
from app.words import tr

_OPEN_ENDS = (SafetyStatus.UNABLE, SafetyStatus.REFUSED)


class SummaryStep(CaptureStep):
    """A quiet page to look over together; each gap leads back to its step."""

    def __init__(self, capture: Capture, go: Callable[[int], None]) -> None:
        super().__init__(
            capture,
            "summary",
            lambda: tr("Look it over"),
            lambda: tr("Everything is saved already. Nothing has to be complete."),
        )
        self._go = go
        self._facts, self._gaps = Card(lambda: tr("Taken down")), Card(lambda: tr("Still missing"))
        self.body.addWidget(self._facts)
        self.body.addWidget(self._gaps)

    def request(self) -> tuple[Verb, Any] | None:
        """Nothing is asked here."""
        return None

    def is_answered(self) -> bool:
        """It has no answers of its own."""
        return False

    def entered(self) -> None:
        """Show what is stored now."""
        stored = self.capture.stored
        empty_layout(self._facts.body)
        empty_layout(self._gaps.body)
        if stored is None:
            return
        self._show_facts(stored)
        gaps = self._missing(stored)
        if not gaps:
            self._gaps.add(QuietText(lambda: tr("Nothing. Well done.")))
        for number, (sentence, step) in enumerate(gaps):
            self._gaps.add(act(sentence, "", f"capture.gap.{number}", partial(self._go, step), quiet=True))

    def _show_facts(self, stored: Stored) -> None:
        header, context = stored.header, self.capture.context
        client = header.client
        done = [row for row in stored.safety if row.status is not None]
        urgent = [
            row for row in (stored.assessment.answers if stored.assessment else ()) if row.level is NeedLevel.URGENT
        ]
        incident = stored.incident
        due = stored.tasks[0] if stored.tasks else None
        when = (moment_words(context, due.due_at) or day_words(due.due_on)) if due else ""
        self._facts.add(
            Facts(
                [
                    (lambda: tr("Case"), header.number or tr("Number pending")),
                    (lambda: tr("Person"), client.display_name if client else ""),
                    (lambda: tr("Age group"), client.age_band.label() if client else ""),
                    (
                        lambda: tr("What happened"),
                        ", ".join(_label(one) for one in incident.offence_groups) if incident else "",
                    ),
                    (
                        lambda: tr("Safety steps answered"),
                        tr("{done} of {all}", done=len(done), all=len(stored.safety)),
                    ),
                    (lambda: tr("Urgent needs"), ", ".join(row.domain.label() for row in urgent)),
                    (lambda: tr("Next due"), " · ".join(part for part in (due.title, when) if part) if due else ""),
                ],
                2,
            )
        )
        open_ends = [row.step.label() for row in stored.safety if row.status in _OPEN_ENDS]
        if open_ends:
            names = ", ".join(open_ends)
            self._facts.add(Banner("warning", lambda: tr("Not settled: {steps}", steps=names)))
        if client is not None and client.contacts:
            self._facts.add(PlainLabel(lambda: tr("Before any contact"), strong=True))
            self._facts.add(Instructions(client.contacts[0].instructions, small=True))

    def _missing(self, stored: Stored) -> list[tuple[str, int]]:
        client, incident = stored.header.client, stored.incident
        answers = stored.assessment.answers if stored.assessment else ()
        checks = [
            (client is None or not client.contacts, tr("A safe way to reach the person"), 0),
            (client is None or not client.languages, tr("Preferred language"), 0),
            (client is None or client.dob is None, tr("Date of birth or age"), 0),
            (stored.header.role_in_event is None, tr("Role in the event"), 0),
            (incident is None or not incident.offence_groups, tr("What happened"), 1),
            (incident is None or incident.children_present_known is None, tr("Whether children were present"), 1),
            (any(row.status is None for row in stored.safety), tr("Some steps of immediate safety"), 2),
            (not self.capture.crisis_contact_id, tr("How the person is"), 3),
            (not any(row.level is not None for row in answers), tr("Needs"), 4),
            (not stored.consents, tr("Consent status"), 5),
        ]
        return [(sentence, step) for lacking, sentence, step in checks if lacking]


def _label(value: Any) -> str:
    label = getattr(value, "label", None)
    return label() if callable(label) else str(value)

"""What happened in a contact: the facts, and apart from them what the client said in private (domain.md 1.4.4, 2.5)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import Channel, Direction, Precision
from app.queries.crisis.rows import PersonRow
from app.queries.tasks import TaskRow
from app.services.crisis import RecordContact, record_contact
from app.views.common.banner import Banner
from app.views.common.choices import SegmentedChoice, TickBox
from app.views.common.dates import InstantField
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.moments import Moment
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit, NoteEdit
from app.views.crisis.asking import options, split_moment, zone_of
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.services_choice import ServicesChoice
from app.words import tr


class RecordContactDialog(FormDialog):
    """Facts first, the private note last and visibly apart."""

    def __init__(
        self,
        desk: Desk,
        people: tuple[PersonRow, ...],
        tasks: tuple[TaskRow, ...] = (),
        *,
        channel: Channel | None = None,
        safe_contact_id: str | None = None,
        override_reason: str | None = None,
        task_id: str | None = None,
    ) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "contact",
            lambda: tr("Record a contact"),
            lambda: tr("Save the contact"),
            subject=desk.case_id,
            said=lambda: tr("The contact is saved."),
            width=820,
        )
        self._desk, self._safe_contact_id, self._override = desk, safe_contact_id, override_reason
        self._ask_facts(people, tasks)
        self._ask_private()
        self._ask_next()
        client = desk.client
        self.begin(
            {
                "at": Moment(desk.context.clock().replace(second=0, microsecond=0), Precision.EXACT),
                "direction": Direction.OUT if channel else None,
                "channel": channel,
                "person_id": client.id if client else None,
                "done_task_id": task_id,
            }
        )

    def request(self) -> tuple[Verb, Any]:
        """Save the contact with what belongs to it."""
        answers = split_moment(self.answers(), "at", "precision")
        following = answers.pop("next_due_at", None)
        if isinstance(following, Moment) and following.when is not None:
            answers["next_due_at"] = following.when
            answers.setdefault("next_title", tr("Follow-up call"))
        if self._safe_contact_id:
            answers |= {"safe_contact_id": self._safe_contact_id, "safe_contact_checked": True}
        if self._override:
            answers["override_reason"] = self._override
        return record_contact, RecordContact(case_id=self._desk.case_id, **answers)

    def _ask_facts(self, people: tuple[PersonRow, ...], tasks: tuple[TaskRow, ...]) -> None:
        self.part()
        clock, zone = self.context.clock, zone_of(self.context)
        self.ask("at", lambda: tr("When"), InstantField(clock=clock, zone=zone), required=True, wide=True)
        self.ask("direction", lambda: tr("Which way"), SegmentedChoice(options(Direction)), required=True, wide=True)
        self.ask("channel", lambda: tr("How"), SegmentedChoice(options(Channel)), required=True, wide=True)
        with_whom = ComboPicker([(person.id, person.display_name) for person in people])
        self.ask("person_id", lambda: tr("With whom"), with_whom)
        self.ask("with_text", lambda: tr("Or with someone else"), LineEdit())
        self.ask("minutes", lambda: tr("How long"), NumberField(0, 999, lambda: tr("minutes"), step=5))
        self.ask(
            "done_task_id",
            lambda: tr("This finishes the task"),
            ComboPicker([(task.id, task.title) for task in tasks]),
            when=lambda: bool(tasks),
        )
        self.ask("services", lambda: tr("What was done"), ServicesChoice(), wide=True)
        self.add(
            Banner("info", lambda: tr("Facts may be disclosed to the Crown. What was said in private goes below."))
        )
        self.part(lambda: tr("Facts"))
        self.ask(
            "service_fact",
            lambda: tr("What was done, as a fact"),
            NoteEdit(lambda: tr("For example: explained the bail conditions, gave the court date")),
            wide=True,
        )
        self.ask(
            "listener_present",
            lambda: tr("Privacy"),
            TickBox(lambda: tr("Someone who should not hear was there")),
            wide=True,
        )

    def _ask_private(self) -> None:
        if not self._desk.may("support_note"):
            return
        self.part(lambda: tr("Support note, private"))
        self.ask(
            "support_note",
            lambda: tr("What the client told you in private"),
            NoteEdit(lambda: tr("Only the workers of this case can read this")),
            hint=lambda: tr("Kept under its own key, apart from the facts. Never in a report or a letter."),
            wide=True,
        )

    def _ask_next(self) -> None:
        self.part(lambda: tr("Next contact"))
        clock, zone = self.context.clock, zone_of(self.context)
        self.ask("next_title", lambda: tr("What is next"), LineEdit(lambda: tr("Follow-up call")))
        self.ask("next_due_at", lambda: tr("When is it due"), InstantField(clock=clock, zone=zone), wide=True)

"""What happened, and behind a press who is accused."""

from __future__ import annotations

from typing import Any

from app.models.vocab import label
from app.queries.crisis import file
from app.queries.crisis.rows import AccusedRow, IncidentRow
from app.services.crisis import PromptChildProtection, prompt_child_protection
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.common.text import QuietText
from app.views.crisis.asking import moment_words
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.accused import AccusedDialog
from app.views.crisis.dialogs.child_protection import ChildProtectionDialog
from app.views.crisis.dialogs.incident import IncidentDialog
from app.views.crisis.lists import CHARGES, CUSTODY, MOTIVES, REPORTED_TO, WEAPONS
from app.views.crisis.parts import Facts, Wrap, act
from app.views.crisis.sections.base import CaseSection
from app.words import tr


class IncidentSection(CaseSection):
    """The facts of the incident; the sealed panel; the duty to report."""

    KINDS = ("incident", "accused_panel")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._shown = False

    def question(self, session: Any) -> Any:
        """The newest incident, or False when there is none."""
        return file.incident(session, self.desk.case_id) or False

    def draw(self, answer: Any) -> None:
        """Two cards and the duty to report."""
        row: IncidentRow | None = answer or None
        self.body.addWidget(self._incident_card(row))
        header = self.desk.header
        if header is not None and header.private_readable:
            self.body.addWidget(self._accused_card(row.accused if row else None))
        if self.desk.may("child_protection_report"):
            self.body.addWidget(self._duty())

    def hideEvent(self, event: Any) -> None:
        """Never come back with the panel open."""
        super().hideEvent(event)
        self._shown = False

    def _incident_card(self, row: IncidentRow | None) -> Card:
        desk = self.desk
        card = Card(lambda: tr("What happened"))
        may = desk.may("incident") and not desk.is_closed
        words = (lambda: tr("Change")) if row else (lambda: tr("Record the incident"))
        edit = act(words, "edit", "incident.edit", lambda: desk.show(IncidentDialog(desk, row)))
        if row is None:
            card.add(
                EmptyState(
                    "document",
                    lambda: tr("No incident is recorded"),
                    lambda: tr("Record when, where and what, as far as it is known."),
                    edit if may else None,
                )
            )
            return card
        if may:
            card.add_action(edit)
        card.add(QuietText(lambda: tr("Hidden while someone may be listening.")) if desk.hides else self._facts(row))
        return card

    def _facts(self, row: IncidentRow) -> Facts:
        children = "" if row.children_present is None else str(row.children_present)
        return Facts(
            [
                (lambda: tr("Occurrence number"), row.occurrence_no or ""),
                (lambda: tr("When"), moment_words(self.desk.context, row.occurred_from, row.precision)),
                (lambda: tr("Where"), " · ".join(part for part in (row.location, row.municipality) if part)),
                (lambda: tr("Kind"), row.kind.label() if row.kind else ""),
                (lambda: tr("Offences"), ", ".join(label(one) for one in row.offence_groups)),
                (lambda: tr("The most serious"), row.most_serious.label() if row.most_serious else ""),
                (lambda: tr("Injuries"), row.injuries.label() if row.injuries else ""),
                (lambda: tr("Weapon"), _words(row.weapon, WEAPONS)),
                (lambda: tr("Motive"), _words(row.motives, MOTIVES)),
                (lambda: tr("Children present"), children or label(row.children_present_known)),
                (lambda: tr("Reported to"), _words(row.reported_to, REPORTED_TO)),
                (lambda: tr("Charges"), _words((row.charge_status or "",), CHARGES)),
                (lambda: tr("Custody"), _words((row.custody_status or "",), CUSTODY)),
            ],
            3,
        )

    def _accused_card(self, accused: AccusedRow | None) -> Card:
        desk = self.desk
        card = Card(lambda: tr("Who is accused"), subtitle=lambda: tr("Sealed: only the workers of this case read it"))
        words = (lambda: tr("Hide")) if self._shown else (lambda: tr("Show"))
        card.add_action(act(words, "eye-off" if self._shown else "eye", "incident.accused", self._toggle, quiet=True))
        if desk.may("accused_panel") and not desk.is_closed and self._shown:
            card.add_action(
                act(
                    lambda: tr("Change"),
                    "edit",
                    "incident.edit_accused",
                    lambda: desk.show(AccusedDialog(desk, accused)),
                    quiet=True,
                )
            )
        if not self._shown:
            return card
        if accused is None:
            card.add(QuietText(lambda: tr("Nothing is recorded yet.")))
            return card
        card.add(
            Facts(
                [
                    (lambda: tr("Name"), accused.name or ""),
                    (lambda: tr("Relation"), accused.relation or ""),
                    (lambda: tr("Where now"), accused.whereabouts.label() if accused.whereabouts else ""),
                    (lambda: tr("Description"), accused.description or ""),
                    (lambda: tr("Vehicle"), accused.vehicle or ""),
                    (lambda: tr("Note"), accused.note or ""),
                ],
                3,
            )
        )
        return card

    def _duty(self) -> Card:
        desk = self.desk
        card = Card(lambda: tr("Duty to report"))
        card.add(
            QuietText(
                lambda: tr(
                    "Reasonable grounds that a child needs protection? You must call the children’s aid society "
                    "yourself, at once. It needs no consent."
                )
            )
        )
        remind = PromptChildProtection(case_id=desk.case_id)
        card.add(
            Wrap(
                [
                    act(
                        lambda: tr("Record a report"),
                        "child",
                        "incident.report",
                        lambda: desk.show(ChildProtectionDialog(desk)),
                    ),
                    act(
                        lambda: tr("Remind me until it is done"),
                        "clock",
                        "incident.remind",
                        lambda: desk.write(self, prompt_child_protection, remind, self._reminded),
                        quiet=True,
                    ),
                ]
            )
        )
        return card

    def _reminded(self, _task: Any) -> None:
        self.desk.context.messages.say(tr("A task reminds you until the report is recorded."))

    def _toggle(self) -> None:
        self._shown = not self._shown
        self.redraw()


def _words(codes: tuple[str, ...], texts: dict[str, str]) -> str:
    return ", ".join(tr(texts[code]) if code in texts else code for code in codes if code)

"""What happened (domain.md 2.4)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import IncidentKind, Injury, OffenceGroup, Tri
from app.queries.crisis.rows import IncidentRow
from app.services.crisis import UpdateIncident, update_incident
from app.views.common.choices import ChipChoice, SegmentedChoice, TriChoice
from app.views.common.dates import InstantField
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit
from app.views.crisis.asking import marked, moment_of, options, split_moment, zone_of
from app.views.crisis.desk import Desk
from app.views.crisis.lists import CHARGES, CUSTODY, MOTIVES, REPORTED_TO, WEAPONS
from app.words import tr

_NAMES = (
    "occurrence_no", "location", "municipality", "kind", "offence_groups", "most_serious", "motives", "weapon",
    "children_present", "children_present_known", "injuries", "reported_to", "charge_status", "custody_status",
)  # fmt: skip


class IncidentDialog(FormDialog):
    """Facts only: when, where, which kind, and where the case stands with the police."""

    def __init__(self, desk: Desk, incident: IncidentRow | None) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "incident",
            lambda: tr("What happened"),
            lambda: tr("Save"),
            subject=incident.id if incident else desk.case_id,
            said=lambda: tr("The incident is saved."),
            width=860,
        )
        self._case_id, self._incident = desk.case_id, incident
        self._ask_event()
        self._ask_harm()
        self._ask_police()
        known: dict[str, Any] = {}
        if incident:
            known = {name: getattr(incident, name) for name in _NAMES}
            known["occurred_from"] = moment_of(incident.occurred_from, incident.precision)
        self.begin(known)

    def request(self) -> tuple[Verb, Any]:
        """Save the incident."""
        changes = split_moment(self.changes(), "occurred_from", "occurred_precision")
        if changes.get("children_present") is not None and "children_present_known" not in changes:
            changes["children_present_known"] = Tri.YES if changes["children_present"] else Tri.NO
        incident_id = self._incident.id if self._incident else None
        return update_incident, UpdateIncident(case_id=self._case_id, incident_id=incident_id, **changes)

    def _ask_event(self) -> None:
        self.part()
        when = InstantField(clock=self.context.clock, zone=zone_of(self.context))
        self.ask("kind", lambda: tr("Crime or tragic circumstance"), SegmentedChoice(options(IncidentKind)), wide=True)
        self.ask("occurred_from", lambda: tr("When it happened"), when, wide=True)
        self.ask("location", lambda: tr("Where"), LineEdit())
        self.ask("municipality", lambda: tr("Municipality"), LineEdit())
        self.ask(
            "offence_groups", lambda: tr("Offences and circumstances"), ChipChoice(options(OffenceGroup)), wide=True
        )
        self.ask("most_serious", lambda: tr("The most serious"), ComboPicker(options(OffenceGroup)))

    def _ask_harm(self) -> None:
        self.part(lambda: tr("Harm"))
        self.ask("injuries", lambda: tr("Injuries"), SegmentedChoice(options(Injury)), wide=True)
        self.ask("weapon", lambda: tr("Weapon"), ChipChoice(marked(WEAPONS)), wide=True)
        self.ask("motives", lambda: tr("Motive"), ChipChoice(marked(MOTIVES)), wide=True)
        self.ask("children_present_known", lambda: tr("Were children present?"), TriChoice())
        self.ask("children_present", lambda: tr("How many children"), NumberField(0, 30))

    def _ask_police(self) -> None:
        self.part(lambda: tr("Police and court"))
        self.ask("occurrence_no", lambda: tr("Occurrence number"), LineEdit())
        self.ask("charge_status", lambda: tr("Charges"), ComboPicker(marked(CHARGES)))
        self.ask("custody_status", lambda: tr("Custody"), SegmentedChoice(marked(CUSTODY)), wide=True)
        self.ask("reported_to", lambda: tr("Reported to"), ChipChoice(marked(REPORTED_TO)), wide=True)

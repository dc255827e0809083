"""Step 2: what happened, whether children saw it, and where the accused is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.models.vocab import AccusedWhereabouts, IncidentKind, Injury, OffenceGroup, Tri
from app.services.crisis import UpdateAccused, UpdateIncident, update_accused, update_incident
from app.views.common.banner import Banner
from app.views.common.choices import ChipChoice, SegmentedChoice, TriChoice
from app.views.common.dates import InstantField
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit
from app.views.crisis.asking import marked, moment_of, options, split_moment, zone_of
from app.views.crisis.capture.state import Capture
from app.views.crisis.capture.step import CaptureStep, Verb
from app.views.crisis.lists import WEAPONS
from app.words import tr

_NAMES = (
    "kind", "location", "occurrence_no", "offence_groups", "injuries", "weapon", "children_present_known",
    "children_present",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SaveIncident:
    """The incident, and where the accused is in the sealed panel."""

    case_id: str
    incident_id: str | None
    incident: dict[str, Any] = field(default_factory=dict)
    accused: dict[str, Any] = field(default_factory=dict)


def save_incident(work: Any, command: SaveIncident) -> None:
    """Save both in one unit of work."""
    if command.incident:
        update_incident(
            work, UpdateIncident(case_id=command.case_id, incident_id=command.incident_id, **command.incident)
        )
    if command.accused:
        update_accused(work, UpdateAccused(case_id=command.case_id, **command.accused))


class HappenedStep(CaptureStep):
    """Facts only, as far as they are known now."""

    def __init__(self, capture: Capture) -> None:
        super().__init__(
            capture, "happened", lambda: tr("What happened?"), lambda: tr("Facts, in a few touches. No guesses.")
        )
        context = capture.context
        when = InstantField(clock=context.clock, zone=zone_of(context))
        self.ask("kind", lambda: tr("Crime or tragic circumstance"), SegmentedChoice(options(IncidentKind)), wide=True)
        self.ask("offence_groups", lambda: tr("What was it?"), ChipChoice(options(OffenceGroup)), wide=True)
        self.ask("occurred_from", lambda: tr("When"), when, wide=True)
        self.ask("location", lambda: tr("Where"), LineEdit())
        self.ask("occurrence_no", lambda: tr("Occurrence number"), LineEdit())
        self.ask("injuries", lambda: tr("Injuries"), SegmentedChoice(options(Injury)), wide=True)
        self.ask("weapon", lambda: tr("Weapon"), ChipChoice(marked(WEAPONS)), wide=True)
        self.part(lambda: tr("Children and the accused"))
        self.ask("children_present_known", lambda: tr("Were children present?"), TriChoice())
        self.ask(
            "children_present",
            lambda: tr("How many children?"),
            NumberField(0, 30),
            when=lambda: self.typed()["children_present_known"] == Tri.YES,
        )
        self._duty = Banner(
            "warning",
            lambda: tr(
                "Children saw or heard it: think about the duty to report. Whoever has reasonable grounds calls the "
                "children’s aid society themself, at once."
            ),
        )
        self.body.addWidget(self._duty)
        self.part()
        where = SegmentedChoice(options(AccusedWhereabouts))
        self.ask("whereabouts", lambda: tr("Where is the accused now?"), where, wide=True)
        self.renew()

    def shown(self) -> dict[str, Any]:
        """What is stored of the incident."""
        stored = self.capture.stored
        row = stored.incident if stored else None
        if row is None:
            return {}
        values = {name: getattr(row, name) for name in _NAMES}
        values["occurred_from"] = moment_of(row.occurred_from, row.precision)
        return values | {"whereabouts": row.accused.whereabouts if row.accused else None}

    def request(self) -> tuple[Verb, Any] | None:
        """Save what changed."""
        changes = split_moment(self.changes(), "occurred_from", "occurred_precision")
        stored = self.capture.stored
        if not changes or self.capture.case_id is None:
            return None
        accused = {"whereabouts": changes.pop("whereabouts")} if "whereabouts" in changes else {}
        incident_id = stored.incident.id if stored and stored.incident else None
        command = SaveIncident(case_id=self.capture.case_id, incident_id=incident_id, incident=changes, accused=accused)
        return save_incident, command

    def renew(self) -> None:
        """Remind of the duty when children were there."""
        super().renew()
        if hasattr(self, "_duty"):
            self._duty.setVisible(self.typed()["children_present_known"] == Tri.YES)

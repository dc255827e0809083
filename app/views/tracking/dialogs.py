"""The forms of an application and of a device: applying, deciding, waiving, entering, setting aside, wiping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.models.vocab import (
    DeviceStatus,
    DeviceType,
    Priority,
    Relation,
    RiskJudged,
    TrackingCriterion,
    TrackingSource,
    TrackingStatus,
    Tri,
)
from app.queries.members import MemberRow
from app.queries.tracking import ApplicationEntry, DeviceRow
from app.services import tracking as verbs
from app.services import tracking_stock as stock
from app.views.common.choices import SegmentedChoice
from app.views.common.dates import DateField
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit, NoteEdit
from app.views.common.why_dialog import WhyDialog
from app.views.common.wording import Wording
from app.views.programme import Context
from app.views.tracking.inputs import Checklist, pairs, people
from app.words import tr

_COVERAGE = ("home", "work", "school")
_ASIDE = (DeviceStatus.REPAIR, DeviceStatus.LOST, DeviceStatus.RETIRED, DeviceStatus.WIPING)


class ApplicationDialog(FormDialog):
    """Begins an application (`entry` None) or changes one."""

    def __init__(
        self,
        context: Context,
        parent: QWidget,
        case_id: str,
        entry: ApplicationEntry | None,
        liaisons: Sequence[MemberRow],
    ) -> None:
        super().__init__(
            context,
            parent,
            "tracking.application",
            (lambda: tr("Apply for a personal alarm")) if entry is None else (lambda: tr("Change the application")),
            lambda: tr("Save"),
            subject=entry.id if entry else case_id,
            said=lambda: tr("The application is saved."),
            width=860,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._case_id, self._entry = case_id, entry
        self.ask("source", lambda: tr("Who asks for it"), ComboPicker(pairs(TrackingSource)))
        self.ask("referred_on", lambda: tr("Referred on"), DateField(clock=context.clock))
        self.ask("priority", lambda: tr("Priority"), SegmentedChoice(pairs(Priority)), wide=True)
        self.ask("reason", lambda: tr("Why an alarm is wanted"), NoteEdit(least_lines=2), wide=True)
        self.ask("relationship", lambda: tr("The accused is the client's"), ComboPicker(pairs(Relation)))
        self.ask("children", lambda: tr("Children in the household"), NumberField(0, 20))
        self.ask("risk", lambda: tr("Risk as judged"), SegmentedChoice(pairs(RiskJudged)), wide=True)
        self.ask("risk_results", lambda: tr("Results of risk tools"), NoteEdit(least_lines=2))
        self.ask("orders_note", lambda: tr("Orders that protect the client"), NoteEdit(least_lines=2))
        for place, label in zip(_COVERAGE, _coverage_labels(), strict=True):
            self.ask(f"coverage_{place}", label, SegmentedChoice(pairs(Tri)))
        self.ask("interim_plan", lambda: tr("What keeps the client safe meanwhile"), NoteEdit(least_lines=2), wide=True)
        self.part(lambda: tr("Conditions"))
        self.ask("eligibility", lambda: tr("Checklist"), Checklist(), wide=True)
        self.ask(
            "conflict_plan",
            lambda: tr("Plan when the accused could reach the device"),
            NoteEdit(least_lines=2),
            wide=True,
        )
        self.ask("liaison_id", lambda: tr("Partner violence liaison"), ComboPicker(people(liaisons)))
        self.begin(_shown(entry) if entry else {})

    def request(self) -> tuple[Verb, Any]:
        """Apply, or hand over what was changed."""
        if self._entry is None:
            return verbs.apply, verbs.Apply(case_id=self._case_id, **_stored(self.answers(), self.typed()))
        changed = _stored(self.changes(), self.typed())
        return verbs.update_application, verbs.UpdateApplication(application_id=self._entry.id, **changed)


def _coverage_labels() -> tuple[Wording, ...]:
    return (
        lambda: tr("Coverage at home?"),
        lambda: tr("Coverage at work?"),
        lambda: tr("Coverage at school?"),
    )


def _shown(entry: ApplicationEntry) -> dict[str, Any]:
    known = {one.value: one for one in Tri}
    coverage = entry.values.get("coverage") or {}
    return {**entry.values, **{f"coverage_{place}": known.get(str(coverage.get(place))) for place in _COVERAGE}}


def _stored(named: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in named.items() if not name.startswith("coverage_")}
    if any(name.startswith("coverage_") for name in named):
        answers = {place: typed[f"coverage_{place}"] for place in _COVERAGE}
        found["coverage"] = {place: str(answer) for place, answer in answers.items() if answer}
    return found


class DecideDialog(FormDialog):
    """A supervisor decides."""

    def __init__(self, context: Context, parent: QWidget, entry: ApplicationEntry) -> None:
        super().__init__(
            context,
            parent,
            "tracking.decide",
            lambda: tr("Decide about the application"),
            lambda: tr("Record the decision"),
            subject=entry.id,
            said=lambda: tr("The decision is recorded."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._id = entry.id
        choices = [(one, one.label) for one in TrackingStatus if one in verbs.DECISIONS]
        self.ask("decision", lambda: tr("Decision"), SegmentedChoice(choices), required=True, wide=True)
        declines = lambda: self.typed()["decision"] is TrackingStatus.DECLINED  # noqa: E731  (said twice)
        waits = lambda: self.typed()["decision"] is TrackingStatus.WAITLISTED  # noqa: E731
        self.ask("note", lambda: tr("Reason or note"), NoteEdit(least_lines=2), wide=True)
        self.ask(
            "alternative", lambda: tr("What is offered instead"), NoteEdit(least_lines=2), wide=True, when=declines
        )
        self.ask(
            "interim_plan",
            lambda: tr("What keeps the client safe meanwhile"),
            NoteEdit(least_lines=2),
            wide=True,
            when=waits,
        )
        self.begin({"interim_plan": entry.values.get("interim_plan")})

    def check(self) -> bool:
        """Something is decided."""
        if super().check() and self.typed()["decision"] is None:
            return self.refuse("decision", lambda: tr("Choose how you decide."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Decide."""
        typed = self.typed()
        command = verbs.DecideApplication(
            application_id=self._id,
            decision=TrackingStatus.of(str(typed["decision"])),
            note=typed["note"],
            alternative=typed["alternative"],
            interim_plan=typed["interim_plan"],
        )
        return verbs.decide_application, command


def waive(context: Context, parent: QWidget, application_id: str) -> WhyDialog:
    """The dialog with which a supervisor lets the cooperation with the justice process go."""
    return WhyDialog(
        context,
        parent,
        "tracking.waive",
        lambda: tr("Let this condition go"),
        lambda: tr("Record it"),
        verbs.waive_criterion,
        lambda reason: verbs.WaiveCriterion(
            application_id=application_id, criterion=TrackingCriterion.COOPERATES, reason=reason
        ),
        subject=application_id,
        text=lambda: tr("Cooperating with the justice process is the client's own decision. Say why it is not asked."),
    )


class DeviceDialog(FormDialog):
    """Enters a device (`row` None) or changes one. The label of a device carries its number and nothing else."""

    def __init__(self, context: Context, parent: QWidget, row: DeviceRow | None) -> None:
        super().__init__(
            context,
            parent,
            "tracking.device",
            (lambda: tr("New device")) if row is None else (lambda: tr("Change the device")),
            lambda: tr("Save"),
            subject=row.id if row else "",
            said=lambda: tr("The device is saved."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._row = row
        if row is None:
            hint = lambda: tr("Stands on its label. Never put a name on a device.")  # noqa: E731  (a wording)
            self.ask("asset_no", lambda: tr("Number of the device"), LineEdit(), required=True, hint=hint)
        self.ask("device_type", lambda: tr("Kind of device"), ComboPicker(pairs(DeviceType)))
        for name, label in (
            ("imei", lambda: tr("IMEI")),
            ("sim", lambda: tr("SIM")),
            ("phone", lambda: tr("Telephone number of the device")),
            ("vendor", lambda: tr("Vendor")),
            ("monitoring_id", lambda: tr("Number at the monitoring centre")),
            ("firmware", lambda: tr("Firmware")),
            ("battery_health", lambda: tr("Battery health")),
        ):
            self.ask(name, label, LineEdit())
        self.ask("last_charged_on", lambda: tr("Last charged on"), DateField(clock=context.clock))
        self.ask("purchased_on", lambda: tr("Bought on"), DateField(clock=context.clock))
        self.ask("purchase_cents", lambda: tr("Price in dollars"), NumberField(0, 5000))
        self.ask("monthly_cents", lambda: tr("Monthly cost in dollars"), NumberField(0, 500))
        self.ask("condition", lambda: tr("Condition"), LineEdit(), wide=True)
        self.begin(_in_dollars(row.values) if row else {})

    def check(self) -> bool:
        """A device has a number."""
        if super().check() and self._row is None and not self.typed()["asset_no"]:
            return self.refuse("asset_no", lambda: tr("Give the device its number."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Enter the device, or hand over what was changed."""
        if self._row is None:
            return stock.add_device, stock.AddDevice(**_in_cents(self.answers()))
        return stock.update_device, stock.UpdateDevice(device_id=self._row.id, **_in_cents(self.changes()))


_MONEY = ("purchase_cents", "monthly_cents")


def _in_dollars(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, **{name: values[name] // 100 for name in _MONEY if values.get(name) is not None}}


def _in_cents(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, **{name: values[name] * 100 for name in _MONEY if values.get(name) is not None}}


class AsideDialog(FormDialog):
    """A device that nobody has goes out of use, or waits to be wiped."""

    def __init__(self, context: Context, parent: QWidget, row: DeviceRow) -> None:
        super().__init__(
            context,
            parent,
            "tracking.aside",
            lambda: tr("Set the device aside"),
            lambda: tr("Record it"),
            subject=row.id,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._id = row.id
        choices = [(one, one.label) for one in _ASIDE if one is not row.status]
        self.ask("status", lambda: tr("Where it stands"), SegmentedChoice(choices), required=True, wide=True)
        self.ask("reason", lambda: tr("Why?"), NoteEdit(least_lines=2), required=True, wide=True)
        self.begin()

    def check(self) -> bool:
        """Where it stands has to be said."""
        if super().check() and self.typed()["status"] is None:
            return self.refuse("status", lambda: tr("Choose where the device stands."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Set it aside."""
        typed = self.typed()
        status = DeviceStatus.of(str(typed["status"]))
        return stock.set_aside, stock.SetAside(device_id=self._id, status=status, reason=typed["reason"] or "")


class WipeDialog(FormDialog):
    """The wipe of a device, which another member saw."""

    def __init__(self, context: Context, parent: QWidget, row: DeviceRow, members: Sequence[MemberRow]) -> None:
        super().__init__(
            context,
            parent,
            "tracking.wipe",
            lambda: tr("Record the wipe"),
            lambda: tr("It is wiped"),
            subject=row.id,
            text=lambda: tr("Set the device back as it left the factory, check that it is empty, then record it here."),
            said=lambda: tr("The device is in stock again."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._id = row.id
        witness = ComboPicker(people(members, context.person.member_id))
        self.ask("witness", lambda: tr("Who saw it"), witness, required=True, wide=True)
        self.begin()

    def request(self) -> tuple[Verb, Any]:
        """Record it; the service asks for the witness at the field."""
        return stock.wipe_device, stock.WipeDevice(device_id=self._id, witness=self.typed()["witness"])

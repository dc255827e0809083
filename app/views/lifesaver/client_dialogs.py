"""The dialogs of a client: inquiry, profile, screening, hand-over, care, fees, leaving."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from app.models.lifesaver_vocab import (
    BatteryStep,
    CaregiverDuty,
    CaregiverPosition,
    Criterion,
    DischargeReason,
    FeeKind,
    Hand,
    IssueEnd,
    Strap,
    SubsidyDecision,
    SuspendReason,
    VisitKind,
    VisitOutcome,
    WearSite,
)
from app.models.vocab import Role, Tri, Voicemail
from app.queries import lifesaver
from app.queries.lifesaver import ClientEntry, FeeRow, VisitRow
from app.services import lifesaver as verbs
from app.services import lifesaver_care as care
from app.services import lifesaver_kit as kit
from app.views.common.asked_picker import AskedPicker, Deliver
from app.views.common.choices import SegmentedChoice, TickBox, TriChoice
from app.views.common.dates import DateField, InstantField, TimeField
from app.views.common.entries import EntriesEdit, Part
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit, NoteEdit
from app.views.lifesaver.ask import Act, Ask, AskDialog, decimal, one_of, options, pick, some_of
from app.views.programme import Context
from app.words import tr

Done = Callable[[Any], None]
Choices = Sequence[tuple[Any, Any]]

_CAREGIVER = (
    Part("name", lambda: tr("Name")),
    Part("relation", lambda: tr("Who they are to the person")),
    Part("position", lambda: tr("Position in the plan"), listed=CaregiverPosition),
    Part("phone", lambda: tr("Telephone")),
    Part("other_phone", lambda: tr("Other telephone")),
    Part("safe_to_use", lambda: tr("Is it safe to call?"), listed=Tri),
    Part("voicemail", lambda: tr("Voicemail"), listed=Voicemail),
    Part("say_you_are", lambda: tr("Say you are")),
    Part("lives_with", lambda: tr("Lives with the person"), tick=True),
    Part("accepts_all", lambda: tr("Accepts every duty of the agreement"), tick=True),
)
_HAZARD = (
    Part("name", lambda: tr("What it is")),
    Part("position", lambda: tr("Position (latitude, longitude)"), position=True),
)
_ALL_DUTIES = [duty.value for duty in CaregiverDuty]


_PAGE = 20


def _person_of_the_registry(context: Context, parent: QWidget) -> AskedPicker:
    """Anybody of the registry who is not in the programme yet."""
    tasks = context.tasks

    def words(one: lifesaver.Person) -> str:
        return " · ".join(part for part in (one.name, one.number) if part)

    def ask(text: str, offset: int, deliver: Deliver) -> None:
        def answer(found: tuple[lifesaver.Person, ...]) -> None:
            deliver([(one.id, words(one)) for one in found[:_PAGE]], len(found) > _PAGE)

        tasks.read(picker, lambda session: lifesaver.people(session, text, limit=_PAGE + 1, offset=offset), answer)

    def name(value: Any, deliver: Callable[[str], None]) -> None:
        tasks.read(
            picker,
            lambda session: lifesaver.person(session, str(value)),
            lambda found: deliver(words(found) if found is not None else ""),
        )

    picker = AskedPicker(ask, name, lambda: tr("Name or number"), parent)
    return picker


def inquiry(context: Context, parent: QWidget, done: Done) -> AskDialog:
    """Somebody asks for a person of the registry."""
    asks = [
        Ask(
            "registration_id",
            lambda: tr("Person of the registry"),
            _person_of_the_registry(context, parent),
            required=True,
            wide=True,
        ),
        Ask("asked_by", lambda: tr("Who asks"), LineEdit(), wide=True),
    ]
    act = Act(
        "pls.inquiry",
        lambda: tr("New inquiry"),
        lambda: tr("Begin"),
        verbs.open_inquiry,
        lambda typed: verbs.OpenInquiry(**typed),
        text=lambda: tr("The person must be in the registry first: both share one profile."),
    )
    return AskDialog(context, parent, act, asks, None, done)


def profile(context: Context, parent: QWidget, entry: ClientEntry, done: Done) -> AskDialog:
    """What the enrolment visit records (domain.md 7.4, F-704)."""
    signed, written = DateField(clock=context.clock), DateField(clock=context.clock)
    asks = [
        Ask(
            "caregivers",
            lambda: tr("Caregivers, in the order of calling"),
            EntriesEdit("pls.profile.caregivers", _CAREGIVER, lambda: tr("Add a caregiver")),
            part=lambda: tr("Caregivers"),
            wide=True,
        ),
        Ask("agreement_on", lambda: tr("Agreement signed on"), signed),
        Ask("battery_days", lambda: tr("Days between batteries"), NumberField(1, 365)),
        Ask("wear_site", lambda: tr("Worn on"), pick(WearSite), part=lambda: tr("Transmitter")),
        Ask("dominant_hand", lambda: tr("Hand they use"), one_of(Hand)),
        Ask("strap", lambda: tr("Strap"), one_of(Strap)),
        Ask("skin_issues", lambda: tr("Skin"), LineEdit()),
        Ask("sensory_tolerance", lambda: tr("What they bear on the skin"), LineEdit()),
        Ask("preparation", lambda: tr("How to prepare them"), NoteEdit(), wide=True),
        Ask("diagnosis", lambda: tr("Diagnosis"), LineEdit(), part=lambda: tr("Physician")),
        Ask("physician", lambda: tr("Physician"), LineEdit()),
        Ask("letter_on", lambda: tr("Letter of"), written),
        Ask("letter_states_risk", lambda: tr("Letter"), TickBox(lambda: tr("It states a risk of wandering"))),
        Ask(
            "home_lat",
            lambda: tr("Latitude of the home"),
            LineEdit(),
            hint=lambda: tr("Degrees, such as 43.5123"),
            part=lambda: tr("Home"),
        ),
        Ask("home_lon", lambda: tr("Longitude of the home"), LineEdit(), hint=lambda: tr("Degrees, such as -79.8821")),
        Ask("exits", lambda: tr("Ways out"), LineEdit()),
        Ask("gates", lambda: tr("Gates"), LineEdit()),
        Ask("terrain", lambda: tr("Terrain"), LineEdit(), wide=True),
        Ask(
            "hazards",
            lambda: tr("Hazards near by"),
            EntriesEdit("pls.profile.hazards", _HAZARD, lambda: tr("Add a hazard"), lambda: tr("None known")),
            wide=True,
        ),
        Ask("wander_motive", lambda: tr("Why they leave"), LineEdit(), part=lambda: tr("Wandering")),
        Ask("wander_direction", lambda: tr("Usual direction"), LineEdit()),
        Ask("wander_speed", lambda: tr("Speed"), LineEdit()),
        Ask("hides", lambda: tr("Hides"), LineEdit()),
    ]
    act = Act(
        "pls.profile",
        lambda: tr("Profile"),
        lambda: tr("Save"),
        verbs.update_client,
        lambda typed: verbs.UpdateClient(client_id=entry.id, **_with_duties(typed)),
        subject=entry.id,
        changes_only=True,
    )
    return AskDialog(context, parent, act, asks, _with_ticks(entry.values), done)


def screening(context: Context, parent: QWidget, entry: ClientEntry, done: Done) -> AskDialog:
    """The criteria, answer by answer; a supervisor may decide otherwise, with a reason."""
    asks = [Ask(one.value, one.label, TriChoice()) for one in Criterion]
    asks.append(Ask("note", lambda: tr("Note"), NoteEdit(), wide=True))
    if context.person.role is Role.SUP:
        asks.append(Ask("override_reason", lambda: tr("Accept although, because"), LineEdit(), wide=True))

    def command(typed: dict[str, Any]) -> verbs.ScreenClient:
        answers = {one.value: str(typed[one.value]) for one in Criterion if typed[one.value] is not None}
        return verbs.ScreenClient(
            client_id=entry.id, answers=answers, note=typed["note"], override_reason=typed.get("override_reason")
        )

    act = Act(
        "pls.screening",
        lambda: tr("Eligibility"),
        lambda: tr("Save the answers"),
        verbs.screen_client,
        command,
        subject=entry.id,
        text=lambda: tr("Not known is never taken for yes. The published form is F-701."),
    )
    known = {name: _tri(value) for name, value in (entry.values["eligibility"] or {}).items()}
    return AskDialog(context, parent, act, asks, {**known, "note": entry.values["eligibility_note"]}, done)


def issue(context: Context, parent: QWidget, client_id: str, stock: Choices, done: Done) -> AskDialog:
    """Hand a transmitter over."""
    asks = [
        Ask("transmitter_id", lambda: tr("Transmitter"), ComboPicker(stock), required=True),
        Ask("accessories", lambda: tr("Given with it"), LineEdit()),
        Ask("condition", lambda: tr("Condition"), LineEdit()),
    ]
    act = Act(
        "pls.issue",
        lambda: tr("Hand over a transmitter"),
        lambda: tr("Hand it over"),
        kit.issue_transmitter,
        lambda typed: kit.IssueTransmitter(client_id=client_id, **typed),
        subject=client_id,
    )
    return AskDialog(context, parent, act, asks, None, done)


def end_issue(context: Context, parent: QWidget, issue_id: str, serial: str, done: Done) -> AskDialog:
    """How a hand-over ended."""
    asks = [
        Ask("end", lambda: tr("What became of it"), SegmentedChoice(options(IssueEnd)), required=True, wide=True),
        Ask("ended_on", lambda: tr("On"), DateField(clock=context.clock)),
        Ask("condition", lambda: tr("Condition"), LineEdit()),
        Ask(
            "battery_out",
            lambda: tr("Battery"),
            TickBox(lambda: tr("The battery is out: it cannot send any more")),
            when=lambda typed: typed["end"] == IssueEnd.RETURNED,
        ),
        Ask("note", lambda: tr("Note"), LineEdit(), wide=True),
    ]
    act = Act(
        "pls.end_issue",
        lambda: tr("Take transmitter {serial} back", serial=serial),
        lambda: tr("Record it"),
        kit.end_issue,
        lambda typed: kit.EndIssue(issue_id=issue_id, **typed),
        subject=issue_id,
    )
    return AskDialog(context, parent, act, asks, {"ended_on": context.clock().date()}, done)


def battery(context: Context, parent: QWidget, client_id: str, visit_id: str | None, done: Done) -> AskDialog:
    """A new battery (F-707)."""
    asks = [
        Ask("installed_on", lambda: tr("Put in on"), DateField(clock=context.clock), required=True),
        Ask("volts", lambda: tr("Voltage before, in volts"), LineEdit()),
        Ask("steps", lambda: tr("Done"), some_of(BatteryStep), wide=True),
        Ask("signal_test_m", lambda: tr("Signal tested at, in metres"), NumberField(0, 9999)),
        Ask("skin", lambda: tr("Skin"), LineEdit()),
        Ask("remarks", lambda: tr("Remarks"), LineEdit(), wide=True),
    ]

    def command(typed: dict[str, Any]) -> care.RecordBattery:
        volts = decimal(typed.pop("volts"))
        steps = tuple(str(step) for step in typed.pop("steps") or ())
        millivolts = None if volts is None else round(volts * 1000)
        return care.RecordBattery(client_id=client_id, visit_id=visit_id, voltage_mv=millivolts, steps=steps, **typed)

    act = Act(
        "pls.battery",
        lambda: tr("New battery"),
        lambda: tr("Record it"),
        care.record_battery,
        command,
        subject=visit_id or client_id,
        said=lambda: tr("Recorded. The next day follows from it."),
    )
    return AskDialog(context, parent, act, asks, {"installed_on": context.clock().date()}, done)


def test_day(context: Context, parent: QWidget, client_id: str, done: Done) -> AskDialog:
    """One line of the caregiver's sheet."""
    asks = [
        Ask("tested_on", lambda: tr("Day"), DateField(clock=context.clock), required=True),
        Ask("tested_at", lambda: tr("Time"), TimeField()),
        Ask("light_ok", lambda: tr("Tester light"), TickBox(lambda: tr("The light came on"))),
        Ask("present", lambda: tr("Transmitter"), TickBox(lambda: tr("It was worn"))),
        Ask("band_ok", lambda: tr("Band"), TickBox(lambda: tr("The band was whole"))),
        Ask("skin_ok", lambda: tr("Skin"), TickBox(lambda: tr("The skin was well"))),
        Ask("initials", lambda: tr("Initials"), LineEdit()),
        Ask("remarks", lambda: tr("Remarks"), LineEdit(), wide=True),
    ]
    act = Act(
        "pls.test",
        lambda: tr("Daily test"),
        lambda: tr("Record it"),
        care.record_tests,
        lambda typed: care.RecordTests(client_id=client_id, lines=(care.TestLine(**typed),)),
        subject=client_id,
    )
    ticked = dict.fromkeys(("light_ok", "present", "band_ok", "skin_ok"), True)
    return AskDialog(context, parent, act, asks, {"tested_on": context.clock().date(), **ticked}, done)


def plan_visit(context: Context, parent: QWidget, client_id: str, members: Choices, done: Done) -> AskDialog:
    """Send somebody to a client."""
    asks = [
        Ask("kind", lambda: tr("What for"), pick(VisitKind), required=True),
        Ask("planned_on", lambda: tr("Day"), DateField(clock=context.clock), required=True),
        Ask("planned_at", lambda: tr("Time"), TimeField()),
        Ask("first", lambda: tr("Who goes"), ComboPicker(members)),
        Ask("second", lambda: tr("Who goes along"), ComboPicker(members)),
    ]

    def command(typed: dict[str, Any]) -> care.PlanVisit:
        going = tuple(one for one in (typed.pop("first"), typed.pop("second")) if one)
        return care.PlanVisit(client_id=client_id, assigned=going, **typed)

    act = Act(
        "pls.visit",
        lambda: tr("Plan a visit"),
        lambda: tr("Plan it"),
        care.plan_visit,
        command,
        subject=client_id,
        text=lambda: tr("Who goes sees address, telephone and transmitter, and nothing of the diagnosis."),
    )
    values = {"kind": VisitKind.MAINTENANCE, "planned_on": context.clock().date()}
    return AskDialog(context, parent, act, asks, values, done)


def visit_done(context: Context, parent: QWidget, visit: VisitRow, done: Done) -> AskDialog:
    """How a visit went."""
    asks = [
        Ask("outcome", lambda: tr("How it went"), SegmentedChoice(options(VisitOutcome)), required=True, wide=True),
        Ask("arrived_at", lambda: tr("Arrived"), InstantField(clock=context.clock), wide=True),
        Ask("left_at", lambda: tr("Left the place"), InstantField(clock=context.clock), wide=True),
        Ask("next_on", lambda: tr("Next visit on"), DateField(clock=context.clock)),
        Ask("note", lambda: tr("Note"), NoteEdit(), wide=True),
    ]
    act = Act(
        "pls.visit_done",
        lambda: tr("How the visit went"),
        lambda: tr("Record it"),
        care.record_visit,
        lambda typed: care.RecordVisit(visit_id=visit.id, **typed),
        subject=visit.id,
    )
    return AskDialog(context, parent, act, asks, None, done)


def fee(context: Context, parent: QWidget, client_id: str, done: Done) -> AskDialog:
    """Ask for a fee."""
    asks = [
        Ask("kind", lambda: tr("What for"), pick(FeeKind), required=True),
        Ask("amount", lambda: tr("Amount in dollars"), LineEdit(), hint=lambda: tr("Empty: what the service set.")),
        Ask("due_on", lambda: tr("Due on"), DateField(clock=context.clock)),
        Ask("period_from", lambda: tr("For the time from"), DateField(clock=context.clock)),
        Ask("period_to", lambda: tr("Until"), DateField(clock=context.clock)),
    ]
    act = Act(
        "pls.fee",
        lambda: tr("Ask for a fee"),
        lambda: tr("Ask for it"),
        care.charge_fee,
        lambda typed: care.ChargeFee(client_id=client_id, amount_cents=cents(typed.pop("amount")), **typed),
        subject=client_id,
    )
    return AskDialog(context, parent, act, asks, {"kind": FeeKind.ANNUAL}, done)


def payment(context: Context, parent: QWidget, row: FeeRow, done: Done) -> AskDialog:
    """Money came in."""
    asks = [
        Ask("amount", lambda: tr("Amount in dollars"), LineEdit(), required=True),
        Ask("paid_on", lambda: tr("On"), DateField(clock=context.clock)),
    ]
    act = Act(
        "pls.pay",
        lambda: tr("Payment"),
        lambda: tr("Record it"),
        care.pay_fee,
        lambda typed: care.PayFee(fee_id=row.id, paid_cents=cents(typed["amount"]) or 0, paid_on=typed["paid_on"]),
        subject=row.id,
    )
    owed = f"{row.owed_cents // 100}.{row.owed_cents % 100:02d}"
    return AskDialog(context, parent, act, asks, {"amount": owed, "paid_on": context.clock().date()}, done)


def subsidy(context: Context, parent: QWidget, row: FeeRow, done: Done) -> AskDialog:
    """The registry asks for a subsidy, a supervisor decides."""
    decides = context.person.role is Role.SUP
    choices = (SubsidyDecision.GRANTED, SubsidyDecision.REFUSED) if decides else (SubsidyDecision.ASKED,)
    asks = [
        Ask(
            "decision",
            lambda: tr("Decision"),
            SegmentedChoice([(one, one.label) for one in choices], optional=False),
            required=True,
        ),
        Ask("amount", lambda: tr("Amount in dollars"), LineEdit()),
        Ask("proof", lambda: tr("Proof that was seen"), LineEdit()),
        Ask("reason", lambda: tr("Why?"), LineEdit(), wide=True),
    ]
    act = Act(
        "pls.subsidy",
        lambda: tr("Subsidy"),
        lambda: tr("Record it"),
        care.decide_subsidy,
        lambda typed: care.DecideSubsidy(fee_id=row.id, subsidy_cents=cents(typed.pop("amount")) or 0, **typed),
        subject=row.id,
    )
    return AskDialog(context, parent, act, asks, {"decision": choices[0]}, done)


def suspend(context: Context, parent: QWidget, client_id: str, done: Done) -> AskDialog:
    """The client does not wear it for a while."""
    asks = [
        Ask("why", lambda: tr("Why?"), one_of(SuspendReason), required=True, wide=True),
        Ask("note", lambda: tr("Note"), LineEdit(), wide=True),
    ]
    act = Act(
        "pls.suspend",
        lambda: tr("Suspend the client"),
        lambda: tr("Suspend"),
        verbs.suspend_client,
        lambda typed: verbs.SuspendClient(client_id=client_id, **typed),
        subject=client_id,
        text=lambda: tr("Daily tests rest. The transmitter stays issued and its frequency in use."),
    )
    return AskDialog(context, parent, act, asks, None, done)


def discharge(context: Context, parent: QWidget, client_id: str, done: Done) -> AskDialog:
    """The client leaves the programme."""
    asks = [
        Ask("why", lambda: tr("Why?"), pick(DischargeReason), required=True, wide=True),
        Ask("note", lambda: tr("Note"), LineEdit(), wide=True),
    ]
    act = Act(
        "pls.discharge",
        lambda: tr("Discharge the client"),
        lambda: tr("Discharge"),
        verbs.discharge_client,
        lambda typed: verbs.DischargeClient(client_id=client_id, **typed),
        subject=client_id,
        text=lambda: tr("Every transmitter has to be returned, lost or destroyed first. The search card goes at once."),
        danger=True,
    )
    return AskDialog(context, parent, act, asks, None, done)


def renew(context: Context, parent: QWidget, client_id: str, done: Done) -> AskDialog:
    """Agreement and profile were gone through again."""
    act = Act(
        "pls.renew",
        lambda: tr("Renew agreement and profile"),
        lambda: tr("Renew"),
        verbs.renew_agreement,
        lambda typed: verbs.RenewAgreement(client_id=client_id, **typed),
        subject=client_id,
    )
    asks = [Ask("signed_on", lambda: tr("Agreement signed on"), DateField(clock=context.clock), required=True)]
    return AskDialog(context, parent, act, asks, {"signed_on": context.clock().date()}, done)


def cents(text: str | None) -> int | None:
    """Dollars as people type them, in cents."""
    value = decimal((text or "").replace("$", ""))
    return None if value is None else round(value * 100)


def _tri(value: str) -> Tri | None:
    return next((one for one in Tri if one.value == value), None)


def _with_ticks(values: Mapping[str, Any]) -> dict[str, Any]:
    """The tick stands for the whole list of duties."""
    found = dict(values)
    found["caregivers"] = [
        {**one, "accepts_all": set(_ALL_DUTIES) <= set(one.get("duties") or ())} for one in values["caregivers"] or ()
    ]
    return found


def _with_duties(typed: dict[str, Any]) -> dict[str, Any]:
    if "caregivers" not in typed:
        return typed
    made = []
    for one in typed["caregivers"] or ():
        plain = {name: value for name, value in one.items() if name != "accepts_all"}
        made.append({**plain, "duties": _ALL_DUTIES if one.get("accepts_all") else plain.get("duties") or []})
    return {**typed, "caregivers": made}

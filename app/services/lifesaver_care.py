"""Looking after the clients of Project Lifesaver: visits, batteries, daily tests, fees (domain.md 7.4, 7.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.errors import NotAllowed, RuleBroken
from app.models.lifesaver import BatteryEvent, DailyTest, LifesaverClient, LifesaverFee, LifesaverVisit
from app.models.lifesaver_vocab import (
    CaregiverPosition,
    FeeKind,
    SubsidyDecision,
    VisitKind,
    VisitOutcome,
)
from app.models.registry import Registration
from app.models.rules import lifesaver as rules
from app.models.rules.deadlines import hours_after
from app.models.vocab import Role, ScopeKind, TaskKind, TaskStatus
from app.models.work import Work
from app.services import clocks, lifesaver_watch
from app.services.clocks import Clock
from app.services.lifesaver_cards import interval_of, keep_card, last_battery, tell_searchers, terms_of, worn_by
from app.services.permission import require_reason, require_role
from app.services.records import add, ensure, load
from app.words import mark

_REG = frozenset({Role.REG})
REFIT, FAILED_TEST = "refit", "pls_failed_test"
NOT_YOURS = mark("Only who is sent on this visit, or the registry, may change it.")


@dataclass(frozen=True, kw_only=True)
class PlanVisit:
    """Send somebody to a client on a day."""

    client_id: str
    kind: VisitKind = VisitKind.MAINTENANCE
    planned_on: date | None = None
    planned_at: str | None = None
    assigned: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RecordVisit:
    """How a visit went. `done_by`: the two who were there (domain.md 7.4)."""

    visit_id: str
    outcome: VisitOutcome
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    done_by: tuple[str, ...] = ()
    next_on: date | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class CancelVisit:
    """The visit does not take place."""

    visit_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RecordBattery:
    """A new battery was put in. A technician names the visit; the registry may name only the client."""

    client_id: str | None = None
    visit_id: str | None = None
    installed_on: date | None = None
    voltage_mv: int | None = None
    steps: tuple[str, ...] = ()
    signal_test_m: int | None = None
    skin: str | None = None
    remarks: str | None = None


@dataclass(frozen=True, kw_only=True)
class TestLine:
    """One line of the caregiver's sheet."""

    tested_on: date
    tested_at: str | None = None
    light_ok: bool = True
    present: bool = True
    band_ok: bool = True
    skin_ok: bool = True
    initials: str | None = None
    remarks: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecordTests:
    """Lines of the caregiver's sheet."""

    client_id: str
    lines: tuple[TestLine, ...]


@dataclass(frozen=True, kw_only=True)
class RecordRemoval:
    """The transmitter was taken off: it has to be put on again (domain.md 7.6.4)."""

    client_id: str
    removed_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChargeFee:
    """A fee is asked for; without an amount what the service set."""

    client_id: str
    kind: FeeKind = FeeKind.ANNUAL
    amount_cents: int | None = None
    due_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None


@dataclass(frozen=True, kw_only=True)
class DecideSubsidy:
    """A subsidy is asked for, granted or refused."""

    fee_id: str
    decision: SubsidyDecision
    subsidy_cents: int = 0
    proof: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class PayFee:
    """Money came in."""

    fee_id: str
    paid_cents: int
    paid_on: date | None = None


def plan_visit(work: Work, command: PlanVisit) -> str:
    """Plan a visit; who goes reads it by name, and it says nothing of why (domain.md F-713). Its id."""
    require_role(work, LifesaverVisit, _REG)
    client = load(work, LifesaverClient, command.client_id)
    if command.planned_on is not None and command.planned_on < work.today():
        raise RuleBroken(mark("This day has passed."), field="planned_on")
    visit_id = work.new_id()
    add(
        work,
        LifesaverVisit,
        work.open_scope(ScopeKind.LIFESAVER_VISIT, visit_id),
        id=visit_id,
        client_id=client.id,
        client_number=client.number,
        kind=command.kind,
        planned_on=command.planned_on or work.today(),
        planned_at=command.planned_at,
        assigned=list(command.assigned),
        **_where(work, client),
    )
    return visit_id


def record_visit(work: Work, command: RecordVisit) -> None:
    """Record how a visit went; a next one may be planned at once."""
    visit = _visit_to_write(work, command.visit_id)
    if command.arrived_at and command.left_at and command.left_at < command.arrived_at:
        raise RuleBroken(mark("They cannot leave before they arrive."), field="left_at")
    visit.arrived_at, visit.left_at = command.arrived_at or work.now(), command.left_at
    visit.outcome, visit.done_by = command.outcome, list(command.done_by) or [work.actor.member_id]
    visit.next_on, visit.note = command.next_on, command.note
    if command.outcome is VisitOutcome.DONE:
        for rule in (REFIT, FAILED_TEST, lifesaver_watch.TESTS_VISIT):
            clocks.stop(work, visit.client_id or "", rule, TaskStatus.DONE)


def cancel_visit(work: Work, command: CancelVisit) -> None:
    """Take a visit off the list."""
    visit = _visit_to_write(work, command.visit_id)
    visit.removed_at, visit.removed_reason = work.now(), require_reason(command.reason)


def record_battery(work: Work, command: RecordBattery) -> str:
    """Record a new battery: due, reminder and banner follow from its day (domain.md 7.6.1). Its id."""
    require_role(work, BatteryEvent)
    visit = _visit_to_write(work, command.visit_id) if command.visit_id else None
    client_id = visit.client_id if visit is not None else command.client_id
    if visit is None and work.actor.role is not Role.REG:
        raise NotAllowed(NOT_YOURS)
    installed = command.installed_on or work.today()
    if installed > work.today():
        raise RuleBroken(mark("This day lies in the future."), field="installed_on")
    client = work.session.get(LifesaverClient, client_id) if client_id else None
    if visit is None and client is None:
        raise RuleBroken(mark("Say whose battery it is."), field="client_id")
    made = add(
        work,
        BatteryEvent,
        visit.scope_id if visit is not None else _scope_of_care(work, client_id or ""),
        client_id=client_id,
        transmitter_id=visit.transmitter_id if visit is not None else _worn(work, client_id or ""),
        visit_id=command.visit_id,
        installed_on=installed,
        interval_days=interval_of(work, client) if client is not None else int(work.setting("pls.battery_days")),
        voltage_mv=command.voltage_mv,
        swapped_by=work.actor.member_id,
        steps=list(command.steps),
        signal_test_m=command.signal_test_m,
        skin=command.skin,
        remarks=command.remarks,
    )
    if client is not None and work.actor.role is Role.REG:
        keep_card(work, client)
        lifesaver_watch.keep_client_clocks(work, client)
    else:
        tell_searchers(work, made)
    return made.id


def record_tests(work: Work, command: RecordTests) -> None:
    """Enter lines of the caregiver's sheet; a line of a day that is there already is changed."""
    require_role(work, DailyTest)
    client = load(work, LifesaverClient, command.client_id)
    for line in command.lines:
        if line.tested_on > work.today():
            raise RuleBroken(mark("This day lies in the future."), field="tested_on")
        test_id = work.child_id(client.id, f"test {line.tested_on.isoformat()}")
        found = ensure(work, DailyTest, client.scope_id, test_id, client_id=client.id, tested_on=line.tested_on)
        found.tested_at, found.initials, found.remarks = line.tested_at, line.initials, line.remarks
        found.light_ok, found.present = line.light_ok, line.present
        found.band_ok, found.skin_ok = line.band_ok, line.skin_ok
        if not (line.light_ok and line.present):
            _ask_repair(work, client, line.tested_on)
    keep_card(work, client)
    lifesaver_watch.keep_client_clocks(work, client)


def _ask_repair(work: Work, client: LifesaverClient, day: date) -> None:
    """A test that failed is looked into at once: the transmitter may not be heard."""
    clock = Clock(
        subject_id=client.id,
        rule=FAILED_TEST,
        kind=TaskKind.DAILY_TESTS,
        title=mark("The transmitter of {number} failed its test: look at it"),
        values={"number": client.number or ""},
        part=day.isoformat(),
        due_on=day,
        owner_id=client.coordinator_id,
    )
    clocks.start(work, client.scope_id, clock)


def record_removal(work: Work, command: RecordRemoval) -> None:
    """Ask for a refit within `pls.refit_h` of the removal."""
    require_role(work, LifesaverClient, _REG)
    client = load(work, LifesaverClient, command.client_id)
    if client.status not in rules.WEARING:
        raise RuleBroken(rules.NOT_NOW, status=client.status.label() if client.status else "")
    clock = Clock(
        subject_id=client.id,
        rule=REFIT,
        kind=TaskKind.VISIT,
        title=mark("Put the transmitter of {number} on again"),
        values={"number": client.number or ""},
        due_at=hours_after(command.removed_at or work.now(), int(work.setting("pls.refit_h"))),
        owner_id=client.coordinator_id,
    )
    clocks.start(work, client.scope_id, clock)


def charge_fee(work: Work, command: ChargeFee) -> str:
    """Ask for a fee; its id."""
    require_role(work, LifesaverFee, _REG)
    client = load(work, LifesaverClient, command.client_id)
    amount = command.amount_cents if command.amount_cents is not None else _usual(work, command.kind)
    if amount is None or amount < 0:
        raise RuleBroken(mark("Enter the amount."), field="amount_cents")
    made = add(
        work,
        LifesaverFee,
        client.scope_id,
        client_id=client.id,
        kind=command.kind,
        amount_cents=amount,
        due_on=command.due_on or work.today(),
        period_from=command.period_from,
        period_to=command.period_to,
    )
    lifesaver_watch.keep_client_clocks(work, client)
    return made.id


def decide_subsidy(work: Work, command: DecideSubsidy) -> None:
    """A subsidy is asked for by the registry, and granted or refused by a supervisor."""
    asked = command.decision is SubsidyDecision.ASKED
    require_role(work, LifesaverFee, _REG if asked else frozenset({Role.SUP}))
    fee = load(work, LifesaverFee, command.fee_id)
    if command.decision is SubsidyDecision.GRANTED and not 0 < command.subsidy_cents <= (fee.amount_cents or 0):
        raise RuleBroken(mark("A subsidy is more than nothing and at most the fee."), field="subsidy_cents")
    fee.subsidy, fee.subsidy_reason = command.decision, command.reason
    if asked:
        fee.subsidy_proof = command.proof
        return
    fee.decided_by = work.actor.member_id
    fee.subsidy_cents = command.subsidy_cents if command.decision is SubsidyDecision.GRANTED else 0
    _settle(work, fee)


def pay_fee(work: Work, command: PayFee) -> None:
    """Record what came in."""
    require_role(work, LifesaverFee, _REG)
    fee = load(work, LifesaverFee, command.fee_id)
    if command.paid_cents <= 0:
        raise RuleBroken(mark("Enter the amount."), field="paid_cents")
    fee.paid_cents = (fee.paid_cents or 0) + command.paid_cents
    fee.paid_on = command.paid_on or work.today()
    _settle(work, fee)


def open_cents(fee: LifesaverFee) -> int:
    """What is still to be paid."""
    return max(0, (fee.amount_cents or 0) - (fee.subsidy_cents or 0) - (fee.paid_cents or 0))


def _settle(work: Work, fee: LifesaverFee) -> None:
    client = load(work, LifesaverClient, fee.client_id)
    lifesaver_watch.keep_client_clocks(work, client)


def _usual(work: Work, kind: FeeKind) -> int | None:
    keys = {FeeKind.TRANSMITTER: "pls.fee_transmitter_cents", FeeKind.ANNUAL: "pls.fee_annual_cents"}
    return int(work.setting(keys[kind])) if kind in keys else None


def _visit_to_write(work: Work, visit_id: str) -> LifesaverVisit:
    """The visit, for the registry or for who is sent (domain.md 20.1: assigned visits only)."""
    require_role(work, LifesaverVisit)
    visit = load(work, LifesaverVisit, visit_id)
    if work.actor.role is not Role.REG and work.actor.member_id not in (visit.assigned or ()):
        raise NotAllowed(NOT_YOURS)
    return visit


def _scope_of_care(work: Work, client_id: str) -> str:
    """A battery without a visit lies in a scope of visits all the same: its kind has the same readers everywhere."""
    return work.open_scope(ScopeKind.LIFESAVER_VISIT, client_id)


def _worn(work: Work, client_id: str) -> str | None:
    worn = worn_by(work, client_id)
    return worn[0].id if worn else None


def _where(work: Work, client: LifesaverClient) -> dict[str, Any]:
    """What a technician needs to get there: address, telephone with what to heed, the transmitter's serial."""
    person = work.session.get(Registration, client.registration_id) if client.registration_id else None
    home = next(iter((person.addresses if person is not None else None) or ()), {})
    carer = _first_caregiver(client.caregivers or ())
    worn = worn_by(work, client.id)
    battery = last_battery(work, client.id)
    due = None
    if battery is not None and battery.installed_on is not None:
        interval = battery.interval_days or interval_of(work, client)
        due = rules.battery_dates(battery.installed_on, interval, terms_of(work)).due_on
    safe = carer.get("safe_to_use") == "yes"
    return {
        "address": home.get("text"),
        "municipality": home.get("municipality"),
        "phone": carer.get("phone") if safe else None,
        "heed": carer.get("say_you_are"),
        "transmitter_id": worn[0].id if worn else None,
        "serial": ", ".join(one.serial or "" for one in worn) or None,
        "battery_due_on": due,
    }


def _first_caregiver(caregivers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    primary = [one for one in caregivers if one.get("position") == CaregiverPosition.PRIMARY.value]
    return (primary or list(caregivers) or [{}])[0]

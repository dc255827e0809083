"""The clients of Project Lifesaver as lists and pages show them: where they stand, their care, what is due (7.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.base import fields_of
from app.models.lifesaver import (
    BatteryEvent,
    DailyTest,
    EquipmentIssue,
    LifesaverClient,
    LifesaverFee,
    LifesaverVisit,
    Transmitter,
)
from app.models.lifesaver_vocab import (
    FeeKind,
    IssueEnd,
    LifesaverStatus,
    SubsidyDecision,
    TransmitterStatus,
    VisitKind,
    VisitOutcome,
)
from app.models.registry import Registration
from app.models.rules import lifesaver as rules
from app.models.vocab import AgeBand, Listed, RegistryStatus
from app.queries import members
from app.queries.masking import age_band, initials
from app.queries.search import matching_registrations, plain
from app.queries.settings import setting
from app.words import mark

GONE = mark("This client is not on this device.")


class ClientsView(Listed):
    """The parts of the list of clients."""

    WEARING = "wearing", mark("Enrolled and suspended")
    COMING = "coming", mark("Inquiries and waitlist")
    ENDED = "ended", mark("Discharged")
    ALL = "all", mark("All")


_PARTS: dict[ClientsView, frozenset[LifesaverStatus]] = {
    ClientsView.WEARING: rules.WEARING,
    ClientsView.COMING: rules.BEFORE | {LifesaverStatus.NOT_ELIGIBLE},
    ClientsView.ENDED: frozenset({LifesaverStatus.DISCHARGED}),
    ClientsView.ALL: frozenset(LifesaverStatus),
}


@dataclass(frozen=True, slots=True)
class BatteryRow:
    """The battery of a client today."""

    installed_on: date
    due_on: date
    remind_on: date
    supervisor_on: date
    is_due: bool
    is_red: bool
    may_be_silent: bool


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One client in the list."""

    id: str
    number: str
    initials: str
    age_band: AgeBand
    municipality: str
    status: LifesaverStatus | None
    serials: tuple[str, ...]
    battery: BatteryRow | None
    missed_tests: int


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One hand-over. `twice`: another one of the same transmitter has not ended either."""

    id: str
    transmitter_id: str
    serial: str
    issued_on: date | None
    end: IssueEnd | None
    ended_on: date | None
    twice: bool


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit. `who`: the names of those who are sent, or who were there."""

    id: str
    client_id: str
    client_number: str
    kind: VisitKind | None
    planned_on: date | None
    planned_at: str
    address: str
    municipality: str
    phone: str
    heed: str
    serial: str
    battery_due_on: date | None
    who: tuple[str, ...]
    outcome: VisitOutcome | None
    next_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class BatteryEventRow:
    """One battery that was put in."""

    id: str
    installed_on: date | None
    interval_days: int | None
    voltage_mv: int | None
    swapped_by: str
    steps: tuple[str, ...]
    signal_test_m: int | None
    skin: str
    remarks: str


@dataclass(frozen=True, slots=True)
class TestRow:
    """One day of the caregiver's sheet; `values` None for a day without a line."""

    day: date
    values: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One fee; `owed_cents` is what is still to be paid."""

    id: str
    kind: FeeKind | None
    amount_cents: int
    due_on: date | None
    subsidy: SubsidyDecision | None
    subsidy_cents: int
    paid_cents: int
    paid_on: date | None
    owed_cents: int


@dataclass(frozen=True, slots=True)
class ClientEntry:
    """One client as it is stored, by field name, with everything that belongs to it."""

    id: str
    values: Mapping[str, Any]
    person: Mapping[str, Any]
    name: str
    status: LifesaverStatus | None
    battery: BatteryRow | None
    missed_tests: int
    issues: tuple[IssueRow, ...]
    visits: tuple[VisitRow, ...]
    batteries: tuple[BatteryEventRow, ...]
    fees: tuple[FeeRow, ...]
    letter_is_old: bool
    warnings: tuple[str, ...]
    """Marked sentences: what must not be overlooked."""


@dataclass(frozen=True, slots=True)
class Person:
    """A registration that may become a client."""

    id: str
    number: str
    name: str


def clients(session: Session, view: ClientsView, text: str, *, today: date) -> tuple[ClientRow, ...]:
    """Clients of a part of the list whose number or name holds every word, those with the oldest battery first."""
    words = plain(text).split()
    asked = (
        select(LifesaverClient, Registration)
        .outerjoin(Registration, Registration.id == LifesaverClient.registration_id)
        .where(LifesaverClient.removed_at.is_(None), LifesaverClient.status.in_(list(_PARTS[view])))
    )
    care = _Care(session, today)
    rows = []
    for client, person in session.execute(asked):
        said = plain(" ".join(part for part in (client.number, *_names(person)) if part))
        if all(word in said for word in words):
            rows.append(_client_row(client, person, care, today))
    return tuple(sorted(rows, key=lambda row: (row.battery.due_on if row.battery else date.max, row.number, row.id)))


def client(session: Session, client_id: str, *, today: date) -> ClientEntry:
    """One client. Raises NotFound."""
    found = session.get(LifesaverClient, client_id)
    if found is None or found.removed_at is not None:
        raise NotFound(GONE)
    person = session.get(Registration, found.registration_id) if found.registration_id else None
    care = _Care(session, today, client_id)
    issues = _issues(session, client_id)
    old = rules.letter_is_old(found.letter_on, today, int(setting(session, "pls.letter_months", today)))
    battery, missed = care.battery(found), care.missed(found)
    return ClientEntry(
        id=found.id,
        values={name: getattr(found, name) for name in fields_of(LifesaverClient)},
        person={name: getattr(person, name) for name in fields_of(Registration)} if person is not None else {},
        name=name_of(person),
        status=found.status,
        battery=battery,
        missed_tests=missed,
        issues=issues,
        visits=visits(session, client_id=client_id),
        batteries=_batteries(session, client_id),
        fees=_fees(session, client_id),
        letter_is_old=old,
        warnings=_warnings(battery, missed, issues, old),
    )


def tests(session: Session, client_id: str, *, start: date, end: date) -> tuple[TestRow, ...]:
    """Every day from `start` to `end`, with its line of the sheet if there is one."""
    asked = select(DailyTest).where(
        DailyTest.client_id == client_id, DailyTest.removed_at.is_(None), DailyTest.tested_on.between(start, end)
    )
    lines = {one.tested_on: one for one in session.scalars(asked)}
    days = rules.missing_days((), start, end)
    names = fields_of(DailyTest)
    return tuple(
        TestRow(day, {name: getattr(lines[day], name) for name in names} if day in lines else None) for day in days
    )


_PERSON = (
    Registration.id,
    Registration.number,
    Registration.legal_first,
    Registration.preferred_name,
    Registration.legal_last,
)


def people(session: Session, text: str, *, limit: int = 20, offset: int = 0) -> tuple[Person, ...]:
    """A page of the registrations that a text is found in (all for none) and that are not in the programme."""
    taken = select(LifesaverClient.registration_id).where(
        LifesaverClient.registration_id == Registration.id,
        LifesaverClient.removed_at.is_(None),
        LifesaverClient.status != LifesaverStatus.DISCHARGED,
    )
    asked = select(*_PERSON).where(
        # Said so that the index of names, whose order is wanted, is not passed over for that of what stands.
        func.typeof(Registration.removed_at) == "null",
        Registration.status.not_in([RegistryStatus.WITHDRAWN, RegistryStatus.MOVED_OUT, RegistryStatus.DECEASED]),
        ~taken.exists(),
    )
    if plain(text):
        asked = asked.where(Registration.id.in_(matching_registrations(text)))
    in_order = asked.order_by(Registration.legal_last, Registration.legal_first, Registration.id)
    found = session.execute(in_order.limit(limit).offset(offset))
    return tuple(Person(row.id, row.number or "", _called(row)) for row in found)


def person(session: Session, registration_id: str) -> Person | None:
    """One registration as a chooser names it; None when it is not on this device."""
    row = session.execute(select(*_PERSON).where(Registration.id == registration_id)).one_or_none()
    return Person(row.id, row.number or "", _called(row)) if row is not None else None


def visits(
    session: Session, *, client_id: str | None = None, member_id: str | None = None, open_only: bool = False
) -> tuple[VisitRow, ...]:
    """Visits of a client, of who is sent, or all: those to come by day, then the others, the newest first."""
    asked = select(LifesaverVisit).where(LifesaverVisit.removed_at.is_(None))
    if client_id is not None:
        asked = asked.where(LifesaverVisit.client_id == client_id)
    if open_only:
        asked = asked.where(LifesaverVisit.outcome.is_(None))
    names = members.names(session)
    found = session.scalars(asked.order_by(LifesaverVisit.planned_on, LifesaverVisit.planned_at, LifesaverVisit.id))
    rows = [visit_row(one, names) for one in found if member_id is None or member_id in (one.assigned or ())]
    return (*(row for row in rows if row.outcome is None), *reversed([row for row in rows if row.outcome is not None]))


def visit_row(one: LifesaverVisit, names: Mapping[str, str]) -> VisitRow:
    """A visit with the names of those who go."""
    who = one.done_by or one.assigned or ()
    return VisitRow(
        id=one.id,
        client_id=one.client_id or "",
        client_number=one.client_number or "",
        kind=one.kind,
        planned_on=one.planned_on,
        planned_at=one.planned_at or "",
        address=one.address or "",
        municipality=one.municipality or "",
        phone=one.phone or "",
        heed=one.heed or "",
        serial=one.serial or "",
        battery_due_on=one.battery_due_on,
        who=tuple(names.get(member, "") for member in who),
        outcome=one.outcome,
        next_on=one.next_on,
        note=one.note or "",
    )


def due_batteries(session: Session, *, today: date) -> tuple[ClientRow, ...]:
    """Wearers whose battery is due or comes due within the reminder, the most urgent first (domain.md F-713)."""
    rows = clients(session, ClientsView.WEARING, "", today=today)
    return tuple(row for row in rows if row.battery is not None and today >= row.battery.remind_on)


def terms(session: Session, today: date) -> rules.BatteryTerms:
    """The days around a battery's due day, as the service set them."""
    return rules.BatteryTerms(
        warn=int(setting(session, "pls.battery_warn_days", today)),
        escalate=int(setting(session, "pls.battery_escalate_days", today)),
        silent=int(setting(session, "pls.no_signal_days", today)),
    )


def name_of(person: Registration | None) -> str:
    """The name that people use, with the last name."""
    return _called(person) if person is not None else ""


def _called(row: Any) -> str:
    return " ".join(part for part in (row.preferred_name or row.legal_first, row.legal_last) if part)


class _Care:
    """Batteries and tests of all clients (or of one), read once."""

    def __init__(self, session: Session, today: date, client_id: str | None = None) -> None:
        self._today, self._terms = today, terms(session, today)
        self._days = int(setting(session, "pls.battery_days", today))
        self._newest: dict[str, BatteryEvent] = {}
        batteries = select(BatteryEvent).where(
            BatteryEvent.removed_at.is_(None), BatteryEvent.installed_on.is_not(None)
        )
        tests_asked = select(DailyTest.client_id, DailyTest.tested_on).where(DailyTest.removed_at.is_(None))
        issues = select(EquipmentIssue.client_id, Transmitter.serial).join(
            Transmitter, Transmitter.id == EquipmentIssue.transmitter_id
        )
        issues = issues.where(EquipmentIssue.removed_at.is_(None), EquipmentIssue.end.is_(None))
        if client_id is not None:
            batteries = batteries.where(BatteryEvent.client_id == client_id)
            tests_asked = tests_asked.where(DailyTest.client_id == client_id)
        for one in session.scalars(batteries.order_by(BatteryEvent.installed_on, BatteryEvent.id)):
            self._newest[one.client_id or ""] = one
        self._tested: dict[str, set[date]] = defaultdict(set)
        for owner, day in session.execute(tests_asked):
            self._tested[owner or ""].add(day or date.min)
        self.serials: dict[str, list[str]] = defaultdict(list)
        for owner, serial in session.execute(issues.order_by(EquipmentIssue.issued_at)):
            self.serials[owner or ""].append(serial or "")

    def battery(self, found: LifesaverClient) -> BatteryRow | None:
        """The battery of a client."""
        newest = self._newest.get(found.id)
        if (
            newest is None
            or newest.installed_on is None
            or found.status not in rules.WEARING | {LifesaverStatus.ACCEPTED}
        ):
            return None
        interval = newest.interval_days or found.battery_days or self._days
        dates = rules.battery_dates(newest.installed_on, interval, self._terms)
        return BatteryRow(
            installed_on=newest.installed_on,
            due_on=dates.due_on,
            remind_on=dates.remind_on,
            supervisor_on=dates.supervisor_on,
            is_due=self._today >= dates.remind_on,
            is_red=dates.is_red(self._today),
            may_be_silent=dates.may_be_silent(self._today),
        )

    def missed(self, found: LifesaverClient) -> int:
        """Days in a row without a test; none while the client does not wear the transmitter."""
        if found.status is not LifesaverStatus.ENROLLED or found.enrolled_on is None:
            return 0
        return rules.missed_in_a_row(self._tested[found.id], found.enrolled_on, self._today)


def _client_row(found: LifesaverClient, person: Registration | None, care: _Care, today: date) -> ClientRow:
    home = next(iter((person.addresses if person is not None else None) or ()), {})
    return ClientRow(
        id=found.id,
        number=found.number or "",
        initials=initials(person.legal_first or person.preferred_name, person.legal_last) if person else "–",
        age_band=age_band(person.dob, person.dob_precision, today) if person else AgeBand.UNKNOWN,
        municipality=str(home.get("municipality") or ""),
        status=found.status,
        serials=tuple(care.serials[found.id]),
        battery=care.battery(found),
        missed_tests=care.missed(found),
    )


def _issues(session: Session, client_id: str) -> tuple[IssueRow, ...]:
    asked = select(EquipmentIssue).where(EquipmentIssue.removed_at.is_(None))
    every = session.scalars(asked.order_by(EquipmentIssue.issued_at, EquipmentIssue.id)).all()
    held: dict[str, int] = defaultdict(int)
    for one in every:
        held[one.transmitter_id or ""] += one.end is None
    serials = dict(session.execute(select(Transmitter.id, Transmitter.serial)).all())
    return tuple(
        IssueRow(
            id=one.id,
            transmitter_id=one.transmitter_id or "",
            serial=serials.get(one.transmitter_id or "") or "",
            issued_on=one.issued_at.date() if one.issued_at else None,
            end=one.end,
            ended_on=one.ended_on,
            twice=one.end is None and held[one.transmitter_id or ""] > 1,
        )
        for one in every
        if one.client_id == client_id
    )


def _batteries(session: Session, client_id: str) -> tuple[BatteryEventRow, ...]:
    names = members.names(session)
    asked = select(BatteryEvent).where(BatteryEvent.client_id == client_id, BatteryEvent.removed_at.is_(None))
    found = session.scalars(asked.order_by(BatteryEvent.installed_on.desc(), BatteryEvent.id.desc()))
    return tuple(
        BatteryEventRow(
            id=one.id,
            installed_on=one.installed_on,
            interval_days=one.interval_days,
            voltage_mv=one.voltage_mv,
            swapped_by=names.get(one.swapped_by or "", ""),
            steps=tuple(one.steps or ()),
            signal_test_m=one.signal_test_m,
            skin=one.skin or "",
            remarks=one.remarks or "",
        )
        for one in found
    )


def _fees(session: Session, client_id: str) -> tuple[FeeRow, ...]:
    asked = select(LifesaverFee).where(LifesaverFee.client_id == client_id, LifesaverFee.removed_at.is_(None))
    return tuple(fee_row(one) for one in session.scalars(asked.order_by(LifesaverFee.due_on, LifesaverFee.id)))


def fee_row(one: LifesaverFee) -> FeeRow:
    """A fee with what is still to be paid."""
    amount, subsidy, paid = one.amount_cents or 0, one.subsidy_cents or 0, one.paid_cents or 0
    return FeeRow(
        id=one.id,
        kind=one.kind,
        amount_cents=amount,
        due_on=one.due_on,
        subsidy=one.subsidy,
        subsidy_cents=subsidy,
        paid_cents=paid,
        paid_on=one.paid_on,
        owed_cents=max(0, amount - subsidy - paid),
    )


def _warnings(
    battery: BatteryRow | None, missed: int, issues: Sequence[IssueRow], letter_is_old: bool
) -> tuple[str, ...]:
    found = []
    if any(one.twice for one in issues):
        found.append(mark("Its transmitter was handed out twice. Find out who wears it, then end the other hand-over."))
    if battery is not None and battery.may_be_silent:
        found.append(rules.MAY_NOT_TRANSMIT)
    elif battery is not None and battery.is_red:
        found.append(mark("The battery is overdue."))
    if missed >= 2:
        found.append(mark("Daily tests are missing."))
    if letter_is_old:
        found.append(mark("The physician’s letter has to be looked at again."))
    return tuple(found)


def _names(person: Registration | None) -> tuple[str | None, ...]:
    if person is None:
        return ()
    return (person.number, person.legal_first, person.legal_middle, person.legal_last, person.preferred_name)


def stock(session: Session) -> Mapping[TransmitterStatus, int]:
    """How many transmitters lie in each status; one that somebody holds counts as issued."""
    held = set(
        session.scalars(
            select(EquipmentIssue.transmitter_id).where(
                EquipmentIssue.end.is_(None), EquipmentIssue.removed_at.is_(None)
            )
        )
    )
    counted: dict[TransmitterStatus, int] = dict.fromkeys(TransmitterStatus, 0)
    for one in session.scalars(select(Transmitter).where(Transmitter.removed_at.is_(None))):
        status = TransmitterStatus.ISSUED if one.id in held else one.status
        if isinstance(status, TransmitterStatus):
            counted[status] += 1
    return counted

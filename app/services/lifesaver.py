"""Project Lifesaver: what the registry does with a client, from the first question to the discharge (domain.md 7.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.errors import NotAllowed, RuleBroken
from app.locate import geodesy
from app.models.lifesaver import LifesaverClient
from app.models.lifesaver_vocab import (
    Criterion,
    DischargeReason,
    Hand,
    LifesaverStatus,
    Strap,
    SuspendReason,
    TransmitterStatus,
    WearSite,
)
from app.models.registry import Registration
from app.models.rules import lifesaver as rules
from app.models.rules import numbering
from app.models.rules.deadlines import months
from app.models.rules.lifesaver_defaults import REQUIRED
from app.models.vocab import AuditAction, Role, ScopeKind, TaskStatus
from app.models.work import Work
from app.models.work_items import Task
from app.services import clocks, lifesaver_watch
from app.services.answers import KEEP, Given, put
from app.services.lifesaver_cards import keep_card, last_battery, worn_by
from app.services.permission import SUPERVISOR, require_reason, require_role
from app.services.records import add, all_of, load
from app.words import mark

_REG = frozenset({Role.REG})
_OFFICE = frozenset({Role.REG, Role.SUP})


@dataclass(frozen=True, kw_only=True)
class ClientAnswers:
    """The fields of a client (`models.lifesaver`); lists are of plain values, an empty one says "none known"."""

    asked_by: Given[str] = KEEP
    diagnosis: Given[str] = KEEP
    physician: Given[str] = KEEP
    letter_on: Given[date] = KEEP
    letter_states_risk: Given[bool] = KEEP
    wear_site: Given[WearSite] = KEEP
    dominant_hand: Given[Hand] = KEEP
    strap: Given[Strap] = KEEP
    skin_issues: Given[str] = KEEP
    sensory_tolerance: Given[str] = KEEP
    preparation: Given[str] = KEEP
    home_lat: Given[str] = KEEP
    home_lon: Given[str] = KEEP
    exits: Given[str] = KEEP
    gates: Given[str] = KEEP
    terrain: Given[str] = KEEP
    hazards: Given[list[dict[str, Any]]] = KEEP
    wander_motive: Given[str] = KEEP
    wander_direction: Given[str] = KEEP
    wander_speed: Given[str] = KEEP
    hides: Given[str] = KEEP
    caregivers: Given[list[dict[str, Any]]] = KEEP
    battery_days: Given[int] = KEEP
    agreement_on: Given[date] = KEEP


@dataclass(frozen=True, kw_only=True)
class OpenInquiry(ClientAnswers):
    """Somebody asks about a transmitter for a person of the registry."""

    registration_id: str


@dataclass(frozen=True, kw_only=True)
class UpdateClient(ClientAnswers):
    """Change what is known of a client."""

    client_id: str


@dataclass(frozen=True, kw_only=True)
class ScreenClient:
    """The answers to the criteria. A supervisor may accept what the answers do not allow, with a reason."""

    client_id: str
    answers: dict[str, str]
    note: str | None = None
    override_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class EnrolClient:
    """Everything is there: the client wears the transmitter from today on."""

    client_id: str


@dataclass(frozen=True, kw_only=True)
class SuspendClient:
    """The client does not wear it for a while; the transmitter stays issued and keeps its frequency."""

    client_id: str
    why: SuspendReason
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class ResumeClient:
    """The client wears it again."""

    client_id: str


@dataclass(frozen=True, kw_only=True)
class DischargeClient:
    """The client leaves the programme; nothing may be out any more (domain.md 7h)."""

    client_id: str
    why: DischargeReason
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class RenewAgreement:
    """Agreement and profile were gone through again with the caregiver."""

    client_id: str
    signed_on: date | None = None


def open_inquiry(work: Work, command: OpenInquiry) -> str:
    """Begin with a client; the id. One registration has one client that is not discharged."""
    require_role(work, LifesaverClient, _REG)
    person = load(work, Registration, command.registration_id)
    others = all_of(work, LifesaverClient, LifesaverClient.registration_id == person.id)
    if any(one.status is not LifesaverStatus.DISCHARGED for one in others):
        raise RuleBroken(mark("This person is in the programme already."), field="registration_id")
    client_id = work.new_id()
    made = add(
        work,
        LifesaverClient,
        work.open_scope(ScopeKind.LIFESAVER, client_id),
        id=client_id,
        registration_id=person.id,
        number=work.next_number(numbering.LIFESAVER),
        status=LifesaverStatus.INQUIRY,
        coordinator_id=work.actor.member_id,
        asked_on=work.today(),
    )
    put(made, command)
    _measure(made)
    return client_id


def update_client(work: Work, command: UpdateClient) -> None:
    """Change a client; the search card and the clocks follow."""
    found = _load(work, command.client_id, _REG)
    if found.status is LifesaverStatus.DISCHARGED:
        raise _not_now(found)
    changed = put(found, command)
    _measure(found)
    if "battery_days" in changed:
        _move_battery(work, found)
    if "agreement_on" in changed and found.agreement_on is not None:
        found.renew_on = months(found.agreement_on, int(work.setting("pls.agreement_months")))
    keep_card(work, found)
    lifesaver_watch.keep_client_clocks(work, found)


def screen_client(work: Work, command: ScreenClient) -> LifesaverStatus:
    """What the answers come to: accepted, on the waitlist, still open, or not eligible (domain.md 7.3)."""
    found = _load(work, command.client_id, _OFFICE)
    if found.status not in rules.BEFORE | {LifesaverStatus.NOT_ELIGIBLE}:
        raise _not_now(found)
    if command.override_reason and work.actor.role is not Role.SUP:
        raise NotAllowed(SUPERVISOR)
    found.eligibility, found.eligibility_note = dict(command.answers), command.note
    found.screened_on = work.today()
    required = required_criteria(work)
    if command.override_reason:
        found.override_reason = require_reason(command.override_reason, "override_reason")
        work.audit(
            AuditAction.OVERRIDE, kind=LifesaverClient.__tablename__, record_id=found.id, reason=found.override_reason
        )
        found.status = _accepted(work)
    elif rules.not_met(found.eligibility, required):
        found.status = LifesaverStatus.NOT_ELIGIBLE
    elif rules.unanswered(found.eligibility, required):
        found.status = LifesaverStatus.SCREENING
    else:
        found.status = _accepted(work)
    return found.status


def enrol_client(work: Work, command: EnrolClient) -> None:
    """Begin, or refuse with the first thing that stands in the way."""
    found = _load(work, command.client_id, _REG)
    if found.status is not LifesaverStatus.ACCEPTED:
        raise _not_now(found)
    _check_ready(work, found)
    assert found.agreement_on is not None, "it was looked at"
    found.status, found.enrolled_on = LifesaverStatus.ENROLLED, work.today()
    found.renew_on = months(found.agreement_on, int(work.setting("pls.agreement_months")))
    keep_card(work, found)
    lifesaver_watch.keep_client_clocks(work, found)


def suspend_client(work: Work, command: SuspendClient) -> None:
    """Daily tests rest; battery and frequency do not."""
    found = _load(work, command.client_id, _REG)
    if found.status is not LifesaverStatus.ENROLLED:
        raise _not_now(found)
    found.status, found.suspended_on = LifesaverStatus.SUSPENDED, work.today()
    found.suspend_reason, found.status_reason = command.why, command.note
    keep_card(work, found)
    lifesaver_watch.keep_client_clocks(work, found)


def resume_client(work: Work, command: ResumeClient) -> None:
    """The client is back; tests count from today on."""
    found = _load(work, command.client_id, _REG)
    if found.status is not LifesaverStatus.SUSPENDED:
        raise _not_now(found)
    found.status, found.suspended_on = LifesaverStatus.ENROLLED, None
    found.suspend_reason, found.status_reason = None, None
    keep_card(work, found)
    lifesaver_watch.keep_client_clocks(work, found)


def discharge_client(work: Work, command: DischargeClient) -> None:
    """End it; refused while a transmitter is out (domain.md 7h)."""
    found = _load(work, command.client_id, _REG)
    if found.status is LifesaverStatus.DISCHARGED:
        raise _not_now(found)
    if worn_by(work, found.id):
        raise RuleBroken(rules.KIT_OUT)
    found.status, found.discharged_on = LifesaverStatus.DISCHARGED, work.today()
    found.discharge_reason, found.status_reason = command.why, command.note
    keep_card(work, found)
    for task in clocks.open_tasks(work, Task.scope_id == found.scope_id):
        clocks.finish(work, task, TaskStatus.CANCELLED, mark("The client left the programme."))


def renew_agreement(work: Work, command: RenewAgreement) -> None:
    """The next term begins with the day of signing (domain.md 7.6.8)."""
    found = _load(work, command.client_id, _REG)
    if found.status not in rules.WEARING:
        raise _not_now(found)
    found.agreement_on = command.signed_on or work.today()
    if found.agreement_on > work.today():
        raise RuleBroken(mark("This day lies in the future."), field="signed_on")
    found.renew_on = months(found.agreement_on, int(work.setting("pls.agreement_months")))
    lifesaver_watch.keep_client_clocks(work, found)


def required_criteria(work: Work) -> frozenset[str]:
    """The codes of the criteria that this service asks for."""
    return frozenset(one.value for one in Criterion if work.setting(f"pls.ask_{one.value}") == REQUIRED)


def _load(work: Work, client_id: str, roles: frozenset[Role]) -> LifesaverClient:
    require_role(work, LifesaverClient, roles)
    return load(work, LifesaverClient, client_id)


def _accepted(work: Work) -> LifesaverStatus:
    """Accepted when a transmitter is there, else the waitlist (domain.md 7.5)."""
    from_stock = lifesaver_watch.stock_count(work, TransmitterStatus.IN_STOCK)
    return LifesaverStatus.ACCEPTED if from_stock else LifesaverStatus.WAITLIST


def _check_ready(work: Work, found: LifesaverClient) -> None:
    refusal = rules.caregivers_refusal(found.caregivers, int(work.setting("pls.backup_caregivers")))
    if refusal is not None:
        sentence, values = refusal
        raise RuleBroken(sentence, field="caregivers", **values)
    if found.agreement_on is None:
        raise RuleBroken(rules.NO_AGREEMENT, field="agreement_on")
    if found.wear_site is None:
        raise RuleBroken(rules.NO_SITE, field="wear_site")
    if not found.home_lat or not found.home_lon:
        raise RuleBroken(rules.NO_HOME, field="home_lat")
    if not worn_by(work, found.id):
        raise RuleBroken(rules.NO_TRANSMITTER)
    if last_battery(work, found.id) is None:
        raise RuleBroken(rules.NO_BATTERY)


def _measure(found: LifesaverClient) -> None:
    """How far each hazard lies from home, where both positions are known (domain.md 7.4: hazards within 500 m)."""
    home = _position(found.home_lat, found.home_lon, "home_lat")
    if home is None or not found.hazards:
        return
    measured = []
    for hazard in found.hazards:
        place = _position(hazard.get("lat"), hazard.get("lon"), "hazards")
        metres = {"metres": round(geodesy.line(home, place).metres)} if place is not None else {}
        measured.append({**hazard, **metres})
    if measured != found.hazards:
        found.hazards = measured


def _position(lat: Any, lon: Any, field: str) -> geodesy.Place | None:
    if lat in (None, "") or lon in (None, ""):
        return None
    try:
        place = geodesy.Place(float(lat), float(lon))
    except ValueError:
        raise RuleBroken(mark("Write degrees with decimals, such as 43.5123."), field=field) from None
    if not (-90 <= place.lat <= 90 and -180 <= place.lon <= 180):
        raise RuleBroken(mark("Write degrees with decimals, such as 43.5123."), field=field)
    return place


def _move_battery(work: Work, found: LifesaverClient) -> None:
    """Another interval moves the present battery's dates, and the tasks with them (domain.md 7a)."""
    if found.battery_days is not None and not 1 <= found.battery_days <= 365:
        raise RuleBroken(mark("Enter a whole number from {least} to {most}."), field="battery_days", least=1, most=365)
    battery = last_battery(work, found.id)
    if battery is not None:
        battery.interval_days = found.battery_days or int(work.setting("pls.battery_days"))


def _not_now(found: LifesaverClient) -> RuleBroken:
    status = found.status.label() if isinstance(found.status, LifesaverStatus) else str(found.status or "")
    return RuleBroken(rules.NOT_NOW, status=status)

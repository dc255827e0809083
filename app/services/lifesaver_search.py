"""A search for a missing person: alerted, staged, searching, located, closed, debriefed (domain.md 7.4, 7.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.errors import NotAllowed, RuleBroken
from app.locate import geodesy
from app.locate.bearing import Bearing, Quality, Reference, Scale, Signal
from app.models.lifesaver import SearchOperator
from app.models.lifesaver_search import BearingLog, SearchActivation, SearchCard
from app.models.local.tables import Member
from app.models.rules import numbering
from app.models.rules import search as rules
from app.models.rules.deadlines import business_days
from app.models.search_vocab import (
    BearingNorth,
    BearingQuality,
    DebriefStep,
    FoundBy,
    FoundCondition,
    FoundPlace,
    Going,
    Light,
    Polarization,
    Precipitation,
    PulseHeard,
    SearchOutcome,
    SearchStatus,
    SearchStep,
    SignalScale,
    TransmitterFound,
)
from app.models.vocab import AuditAction, CardReason, Precision, Role, ScopeKind, TaskKind, TaskStatus, Tri
from app.models.work import Work
from app.services import clocks, search_notices
from app.services.answers import KEEP, Given, put
from app.services.clocks import Clock
from app.services.permission import SUPERVISOR, require_reason, require_role
from app.services.records import add, all_of, load
from app.services.registry_cards import tell_registry
from app.words import mark

DEBRIEF = "pls_debrief"


@dataclass(frozen=True, kw_only=True)
class SearchAnswers:
    """What the call-taker asks, in the order of the script (domain.md F-709)."""

    reported_by: Given[str] = KEEP
    caller_phone: Given[str] = KEEP
    occurrence_no: Given[str] = KEEP
    seen_at: Given[datetime] = KEEP
    seen_precision: Given[Precision] = KEEP
    seen_place: Given[str] = KEEP
    seen_lat: Given[str] = KEEP
    seen_lon: Given[str] = KEEP
    seen_by: Given[str] = KEEP
    seen_direction: Given[str] = KEEP
    searched: Given[list[str]] = KEEP
    wearing: Given[Tri] = KEEP
    last_test_ok: Given[Tri] = KEEP
    clothing: Given[str] = KEEP
    footwear: Given[str] = KEEP
    mood: Given[str] = KEEP
    trigger: Given[str] = KEEP
    going: Given[Going] = KEEP
    trackers: Given[str] = KEEP
    medication_due_at: Given[datetime] = KEEP
    alone: Given[Tri] = KEEP
    temperature_c: Given[int] = KEEP
    feels_like_c: Given[int] = KEEP
    water_c: Given[int] = KEEP
    precipitation: Given[Precipitation] = KEEP
    light: Given[Light] = KEEP
    commander_id: Given[str] = KEEP
    team: Given[list[dict[str, Any]]] = KEEP
    notified: Given[list[str]] = KEEP


@dataclass(frozen=True, kw_only=True)
class ActivateSearch(SearchAnswers):
    """The call came in. `card_id`: the search card of who is missing; `person` for somebody who is not enrolled."""

    card_id: str | None = None
    person: str | None = None
    drill: bool = False
    call_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class UpdateSearch(SearchAnswers):
    """More is known."""

    search_id: str


@dataclass(frozen=True, kw_only=True)
class NoteStep:
    """A moment of the search, now when not said; `clear` takes a moment back that was noted by mistake."""

    search_id: str
    step: SearchStep
    at: datetime | None = None
    clear: bool = False


@dataclass(frozen=True, kw_only=True)
class RaiseUrgency:
    """A supervisor sets the points higher than they come to."""

    search_id: str
    to: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class SuspendSearch:
    """The search rests, or goes on again."""

    search_id: str
    reason: str
    goes_on: bool = False


@dataclass(frozen=True, kw_only=True)
class LogBearing:
    """One attempt at a bearing. `bearing` in degrees 0 to 360, None when nothing was heard."""

    search_id: str
    operator_id: str
    lat: float
    lon: float
    bearing: float | None = None
    north: BearingNorth = BearingNorth.MAGNETIC
    quality: BearingQuality = BearingQuality.GOOD
    heard: PulseHeard = PulseHeard.YES
    signal: float | None = None
    scale: SignalScale = SignalScale.BARS
    attenuation_db: float | None = None
    taken_at: datetime | None = None
    receiver_id: str | None = None
    transmitter_id: str | None = None
    airborne: bool = False
    altitude_m: int | None = None
    polarization: Polarization | None = None
    note: str | None = None
    override_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class WithdrawBearing:
    """A row was a mistake: it stays in the log and counts no more."""

    bearing_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CloseSearch:
    """How it ended, and where and how the person was found."""

    search_id: str
    outcome: SearchOutcome
    found_where: str | None = None
    found_lat: float | None = None
    found_lon: float | None = None
    found_place: FoundPlace | None = None
    found_condition: FoundCondition | None = None
    transmitter_found: TransmitterFound | None = None
    found_by: FoundBy | None = None
    found_remarks: str | None = None


@dataclass(frozen=True, kw_only=True)
class DebriefSearch:
    """The search was gone through."""

    search_id: str
    steps: tuple[DebriefStep, ...] = ()
    lessons: str | None = None
    faults: str | None = None
    on: date | None = None


def activate_search(work: Work, command: ActivateSearch) -> str:
    """Begin a search; opening the card of who is missing is audited and told to the registry. The search's id."""
    require_role(work, SearchActivation)
    card = load(work, SearchCard, command.card_id) if command.card_id else None
    if card is None and not (command.person or "").strip():
        raise RuleBroken(mark("Say who is missing."), field="person")
    call_at = command.call_at or work.now()
    if call_at > work.now():
        raise RuleBroken(rules.FUTURE, field="call_at")
    search_id = work.new_id()
    made = add(work, SearchActivation, work.open_scope(ScopeKind.LIFESAVER_SEARCH, search_id), id=search_id)
    put(made, command)
    made.number, made.status, made.call_at = work.next_number(numbering.SEARCHES), SearchStatus.ALERTED, call_at
    if card is not None:
        made.client_id, made.person = card.client_id, _name(card)
    _check_seen(work, made)
    if card is not None:
        _card_opened(work, card, made)
    search_notices.tell(work, made)
    return search_id


def update_search(work: Work, command: UpdateSearch) -> None:
    """Write down what else is known."""
    found = _open_search(work, command.search_id)
    put(found, command)
    _check_seen(work, found)
    search_notices.tell(work, found)


def note_step(work: Work, command: NoteStep) -> None:
    """Note a moment; where the search stands follows from the steps that are noted."""
    found = _open_search(work, command.search_id, also=frozenset({SearchStatus.LOCATED}))
    at = None if command.clear else command.at or work.now()
    if at is not None and at > work.now():
        raise RuleBroken(rules.FUTURE, field=command.step.value)
    if at is not None and found.call_at is not None and at < found.call_at:
        raise RuleBroken(rules.BEFORE_CALL, field=command.step.value)
    setattr(found, command.step.value, at)
    found.status = _stands(found)


def raise_urgency(work: Work, command: RaiseUrgency) -> None:
    """Supervisors may raise, never lower (domain.md 7.4)."""
    found = _open_search(work, command.search_id)
    if work.actor.role is not Role.SUP:
        raise NotAllowed(SUPERVISOR)
    if not 1 <= command.to <= 99:
        raise RuleBroken(mark("Enter a whole number from {least} to {most}."), field="to", least=1, most=99)
    found.raised_to, found.raised_by = command.to, work.actor.member_id
    found.raised_reason = require_reason(command.reason)


def suspend_search(work: Work, command: SuspendSearch) -> None:
    """Let it rest, or go on with it; the reason is audited."""
    found = _open_search(work, command.search_id)
    reason = require_reason(command.reason)
    found.status = _stands(found) if command.goes_on else SearchStatus.SUSPENDED
    work.audit(AuditAction.REVIEW, kind=SearchActivation.__tablename__, record_id=found.id, reason=reason)


def log_bearing(work: Work, command: LogBearing) -> str:
    """Write a bearing down as it was taken; its id. Operators are certified, or a supervisor says why not (7.4)."""
    require_role(work, BearingLog)
    search = _open_search(work, command.search_id)
    override = _check_operator(work, command)
    taken = command.taken_at or work.now()
    if taken > work.now():
        raise RuleBroken(rules.FUTURE, field="taken_at")
    declination = float(work.setting("pls.declination_deg"))
    _check_bearing(command, declination)
    if command.heard is not PulseHeard.NO and search.first_signal_at is None:
        search.first_signal_at = taken
        search.status = _stands(search)
    made = add(
        work,
        BearingLog,
        search.scope_id,
        activation_id=search.id,
        taken_at=taken,
        operator_id=command.operator_id,
        override_by=work.actor.member_id if override else None,
        override_reason=override,
        receiver_id=command.receiver_id,
        transmitter_id=command.transmitter_id,
        lat=_text(command.lat),
        lon=_text(command.lon),
        airborne=command.airborne,
        altitude_m=command.altitude_m,
        polarization=command.polarization,
        bearing=_text(command.bearing),
        north=command.north,
        declination=_text(declination),
        signal=_text(command.signal),
        scale=command.scale if command.signal is not None else None,
        attenuation_db=_text(command.attenuation_db),
        heard=command.heard,
        quality=command.quality,
        note=command.note,
    )
    return made.id


def withdraw_bearing(work: Work, command: WithdrawBearing) -> str:
    """Take a row out of the calculation; both stay in the log."""
    require_role(work, BearingLog)
    found = load(work, BearingLog, command.bearing_id)
    search = _open_search(work, found.activation_id or "")
    if all_of(work, BearingLog, BearingLog.withdraws_id == found.id):
        raise RuleBroken(mark("This bearing was withdrawn already."))
    made = add(
        work,
        BearingLog,
        search.scope_id,
        activation_id=search.id,
        taken_at=work.now(),
        withdraws_id=found.id,
        note=require_reason(command.reason),
    )
    return made.id


def close_search(work: Work, command: CloseSearch) -> None:
    """Close it; the debrief becomes a task (domain.md 7.4, `pls.debrief_bd`)."""
    found = _open_search(work, command.search_id, also=frozenset({SearchStatus.LOCATED}))
    values = {name: getattr(command, name) for name, _ in rules.CLOSING}
    lacking = rules.lacking_at_close(values, command.outcome)
    if lacking:
        what = ", ".join(lacking)
        raise RuleBroken(rules.NO_FOUND, field=next(n for n, label in rules.CLOSING if label in lacking), what=what)
    for name in (*values, "found_where", "found_remarks"):
        setattr(found, name, getattr(command, name))
    found.found_lat, found.found_lon = _text(command.found_lat), _text(command.found_lon)
    found.found_m = _metres(found)
    found.outcome, found.status = command.outcome, SearchStatus.CLOSED
    found.closed_at, found.closed_by = work.now(), work.actor.member_id
    if command.outcome in rules.FOUND and found.located_at is None:
        found.located_at = work.now()
    found.stood_down_at = found.stood_down_at or work.now()
    search_notices.tell(work, found)
    clock = Clock(
        subject_id=found.id,
        rule=DEBRIEF,
        kind=TaskKind.DEBRIEF,
        title=mark("Debrief search {number}"),
        values={"number": found.number or ""},
        due_on=business_days(work.today(), int(work.setting("pls.debrief_bd"))),
        owner_id=found.commander_id or work.actor.member_id,
    )
    clocks.start(work, found.scope_id, clock)


def debrief_search(work: Work, command: DebriefSearch) -> None:
    """Record the debrief; once every step was gone through its task is done."""
    require_role(work, SearchActivation)
    found = load(work, SearchActivation, command.search_id)
    if found.status is not SearchStatus.CLOSED:
        raise RuleBroken(mark("Close the search first."))
    done = {*(found.debriefed or ()), *(step.value for step in command.steps)}
    found.debriefed = [step.value for step in DebriefStep if step.value in done]
    found.lessons, found.faults = command.lessons, command.faults
    if len(done) == len(DebriefStep):
        found.debriefed_on = command.on or work.today()
        clocks.stop(work, found.id, DEBRIEF, TaskStatus.DONE)


def _open_search(work: Work, search_id: str, also: frozenset[SearchStatus] = frozenset()) -> SearchActivation:
    require_role(work, SearchActivation)
    found = load(work, SearchActivation, search_id)
    if found.status not in rules.OPEN | {SearchStatus.LOCATED} | also:
        raise RuleBroken(rules.CLOSED)
    return found


def _stands(found: SearchActivation) -> SearchStatus:
    """The status that the noted steps come to."""
    status = SearchStatus.ALERTED
    for step, after in rules.AFTER.items():
        if getattr(found, step.value) is not None:
            status = after
    return status


def _check_seen(work: Work, found: SearchActivation) -> None:
    if found.seen_at is not None and found.seen_at > work.now():
        raise RuleBroken(rules.FUTURE, field="seen_at")
    if found.seen_at is not None and found.call_at is not None and found.seen_at > found.call_at:
        raise RuleBroken(mark("They were seen after the call: check both times."), field="seen_at")
    for name, limit in (("seen_lat", 90), ("seen_lon", 180)):
        text = getattr(found, name)
        if text and not _is_degrees(text, limit):
            raise RuleBroken(mark("Write degrees with decimals, such as 43.5123."), field=name)


def _is_degrees(text: str, limit: float) -> bool:
    try:
        return -limit <= float(text) <= limit
    except ValueError:
        return False


def _check_operator(work: Work, command: LogBearing) -> str | None:
    """The reason of a supervisor who logs for somebody without a certificate in force, None when there is one."""
    asked = (SearchOperator.member_id == command.operator_id, SearchOperator.expires_on.is_not(None))
    today = work.today()
    if any(one.expires_on is not None and today <= one.expires_on for one in all_of(work, SearchOperator, *asked)):
        return None
    if work.actor.role is not Role.SUP or not (command.override_reason or "").strip():
        member = work.session.get(Member, command.operator_id)
        name = member.name if member is not None else mark("This person")
        raise RuleBroken(rules.NOT_CERTIFIED, field="operator_id", name=name)
    reason = require_reason(command.override_reason, "override_reason")
    work.audit(AuditAction.OVERRIDE, kind=BearingLog.__tablename__, record_id=command.search_id, reason=reason)
    return reason


def _check_bearing(command: LogBearing, declination: float) -> None:
    """Refuse what `app.locate` could not compute with, at the field that is wrong."""
    if command.heard is not PulseHeard.NO and command.bearing is None:
        raise RuleBroken(mark("Enter the bearing, or say that nothing was heard."), field="bearing")
    signal = None
    if command.signal is not None:
        signal = Signal(command.signal, Scale(command.scale.value), command.attenuation_db or 0.0)
    Bearing(
        lat=command.lat,
        lon=command.lon,
        bearing_deg=command.bearing or 0.0,
        reference=Reference(command.north.value),
        declination_deg=declination,
        quality=Quality(command.quality.value),
        signal=signal,
    )


def _metres(found: SearchActivation) -> int | None:
    """From where the person was last seen to where they were found, on the ellipsoid (domain.md 7f)."""
    texts = (found.seen_lat, found.seen_lon, found.found_lat, found.found_lon)
    if not all(texts):
        return None
    lat, lon, found_lat, found_lon = (float(text or 0) for text in texts)
    return round(geodesy.line(geodesy.Place(lat, lon), geodesy.Place(found_lat, found_lon)).metres)


def _card_opened(work: Work, card: SearchCard, search: SearchActivation) -> None:
    """The card opens with the search: audited, and seen by the registry in its weekly list (domain.md 20.3)."""
    said = search.occurrence_no or search.number or search.id
    work.audit(AuditAction.VIEW, kind=SearchCard.__tablename__, record_id=card.id, reason=said)
    tell_registry(work, card.id, card.registration_id, CardReason.MISSING, search.number, search.occurrence_no)


def _name(card: SearchCard) -> str:
    return " ".join(part for part in (card.preferred_name or card.legal_first, card.legal_last) if part)


def _text(value: float | None) -> str | None:
    """A decimal number as text that reads back as the same number."""
    return None if value is None else repr(round(float(value), 7))

"""Searches: the list, one search with its clocks and urgency, its bearings and the position they come to (7.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound, RuleBroken
from app.locate import Bearing, Fix, Quality, Reference, Scale, Signal, locate
from app.models.base import fields_of
from app.models.lifesaver import Receiver, SearchOperator
from app.models.lifesaver_search import BearingLog, SearchActivation, SearchCard
from app.models.rules import lifesaver as lifesaver_rules
from app.models.rules import search as rules
from app.models.search_vocab import PulseHeard, SearchOutcome, SearchStatus
from app.models.vocab import AgeBand, DobPrecision, Tri
from app.queries import members
from app.queries.masking import age_band, initials
from app.queries.search import plain
from app.queries.search_cards import CardView, HandOverRow, card_of, hand_overs
from app.queries.settings import local_day, setting
from app.words import mark, tr

GONE = mark("This search is not on this device.")


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One search in the list."""

    id: str
    number: str
    who: str
    drill: bool
    status: SearchStatus | None
    call_at: datetime | None
    seen_at: datetime | None
    located_at: datetime | None
    outcome: SearchOutcome | None
    debriefed_on: date | None


@dataclass(frozen=True, slots=True)
class CardFound:
    """A search card as a list may show it before a search is open."""

    card_id: str
    number: str
    initials: str
    age_band: AgeBand
    municipality: str


@dataclass(frozen=True, slots=True)
class BearingRow:
    """One row of the log. `used`: it takes part; `residual_deg`, `why_not` as the calculation says."""

    id: str
    row: int
    taken_at: datetime | None
    operator: str
    override: str
    receiver: str
    lat: float | None
    lon: float | None
    bearing: float | None
    true_deg: float | None
    values: Mapping[str, Any]
    withdrawn: str
    used: bool
    residual_deg: float | None
    why_not: str


@dataclass(frozen=True, slots=True)
class SearchView:
    """One search as its room shows it."""

    id: str
    values: Mapping[str, Any]
    who: str
    status: SearchStatus | None
    commander: str
    card: CardView | None
    signal_may_fail: str
    """The sentence of the banner; empty when the signal should come."""
    urgency: rules.Urgency
    times: rules.Times
    bearings: tuple[BearingRow, ...]
    fix: Fix | None
    trend: str
    """How the signal changes from reading to reading: "rising", "falling" or empty."""
    hand_overs: tuple[HandOverRow, ...] = ()


def searches(session: Session, *, open_only: bool = False, limit: int = 200) -> tuple[SearchRow, ...]:
    """Searches, those that go on first, then the newest."""
    asked = select(SearchActivation).where(SearchActivation.removed_at.is_(None))
    if open_only:
        asked = asked.where(SearchActivation.status != SearchStatus.CLOSED)
    found = session.scalars(asked.order_by(SearchActivation.call_at.desc(), SearchActivation.id)).all()
    rows = sorted(found, key=lambda one: one.status is SearchStatus.CLOSED)
    return tuple(_row(one) for one in rows[:limit])


_LISTED = (
    SearchCard.id,
    SearchCard.number,
    SearchCard.legal_first,
    SearchCard.legal_last,
    SearchCard.preferred_name,
    SearchCard.born,
    SearchCard.municipality,
    SearchCard.address,
)


def cards(session: Session, text: str, *, today: date, limit: int = 20, offset: int = 0) -> tuple[CardFound, ...]:
    """A page of the search cards whose number, name, town or address holds every word; of all of them for no words."""
    words = plain(text).split()
    asked = select(*_LISTED).where(SearchCard.removed_at.is_(None)).order_by(SearchCard.legal_last, SearchCard.id)
    with session.execute(asked) as rows:
        fits = (row for row in rows if all(word in _said_of(row) for word in words))
        return tuple(_listed(row, today) for row in islice(fits, offset, offset + limit))


def card_found(session: Session, card_id: str, *, today: date) -> CardFound | None:
    """One search card as the list shows it; None when it is not on this device."""
    row = session.execute(select(*_LISTED).where(SearchCard.id == card_id)).one_or_none()
    return _listed(row, today) if row is not None else None


def _said_of(row: Any) -> str:
    parts = (row.number, row.legal_first, row.legal_last, row.preferred_name, row.municipality, row.address)
    return plain(" ".join(part for part in parts if part))


def _listed(row: Any, today: date) -> CardFound:
    return CardFound(
        card_id=row.id,
        number=row.number or "",
        initials=initials(row.legal_first or row.preferred_name, row.legal_last),
        age_band=age_band(row.born, DobPrecision.EXACT, today),
        municipality=row.municipality or "",
    )


def search(session: Session, search_id: str, *, now: datetime) -> SearchView:
    """One search. Raises NotFound."""
    found = session.get(SearchActivation, search_id)
    if found is None or found.removed_at is not None:
        raise NotFound(GONE)
    today = local_day(session, now)
    card = card_of(session, found.card_id, today)
    names = members.names(session)
    until = found.located_at or found.closed_at or now
    fails = _signal_may_fail(found, card)
    logged = _logged(session, found.id)
    fix, used = position(logged, now if found.status in rules.OPEN else found.located_at or found.closed_at)
    return SearchView(
        id=found.id,
        values={name: getattr(found, name) for name in fields_of(SearchActivation)},
        who=found.person or "",
        status=found.status,
        commander=names.get(found.commander_id or "", ""),
        card=card,
        signal_may_fail=fails,
        urgency=rules.urgency(_facts(found, card, until, bool(fails)), points(session, today), found.raised_to),
        times=rules.times(found.call_at, found.seen_at, found.on_scene_at, found.first_signal_at, found.located_at),
        bearings=_bearing_rows(session, logged, fix, used, names),
        fix=fix,
        trend=_trend(logged),
        hand_overs=hand_overs(session, found.id, names),
    )


def points(session: Session, today: date) -> rules.Points:
    """The points of urgency in force on a day."""
    return rules.Points(**{name: int(setting(session, key, today)) for name, key in rules.Points.keys().items()})


def operators(session: Session, today: date) -> tuple[tuple[str, str, bool], ...]:
    """(member, name, certified today) of everyone who may take a bearing: certified first, then who search."""
    names = members.names(session)
    held = session.scalars(select(SearchOperator).where(SearchOperator.removed_at.is_(None))).all()
    rows = [
        (one.member_id, names.get(one.member_id, ""), one.expires_on is not None and today <= one.expires_on)
        for one in held
        if one.member_id
    ]
    return tuple(sorted(rows, key=lambda row: (not row[2], row[1])))


def receivers(session: Session) -> tuple[tuple[str, str], ...]:
    """(id, what it is called) of every receiver in use."""
    asked = select(Receiver).where(Receiver.removed_at.is_(None), Receiver.retired_on.is_(None))
    return tuple((one.id, " ".join(part for part in (one.kit, one.serial) if part)) for one in session.scalars(asked))


def position(logged: Sequence[BearingLog], at: datetime | None) -> tuple[Fix | None, tuple[BearingLog, ...]]:
    """The position that the bearings come to, and the rows that were handed to the calculation, in that order."""
    gone = {one.withdraws_id for one in logged if one.withdraws_id}
    used: list[BearingLog] = []
    bearings: list[Bearing] = []
    for one in logged:
        made = None if one.id in gone or one.withdraws_id else as_bearing(one)
        if made is not None:
            used.append(one)
            bearings.append(made)
    return (locate(bearings, at=at) if bearings else None), tuple(used)


def as_bearing(one: BearingLog) -> Bearing | None:
    """A row as `app.locate` takes it; None for one without a bearing, or that cannot be read."""
    lat, lon, bearing = decimal(one.lat), decimal(one.lon), decimal(one.bearing)
    if lat is None or lon is None or bearing is None or one.heard is PulseHeard.NO:
        return None
    try:
        return Bearing(
            lat=lat,
            lon=lon,
            bearing_deg=bearing,
            reference=Reference(str(one.north or "true")),
            declination_deg=decimal(one.declination) or 0.0,
            quality=Quality(str(one.quality or "good")),
            signal=_signal(one),
            time=one.taken_at,
            airborne=bool(one.airborne),
        )
    except (RuleBroken, ValueError):
        return None


def decimal(text: str | None) -> float | None:
    """A decimal number from the text that keeps it."""
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _signal(one: BearingLog) -> Signal | None:
    value = decimal(one.signal)
    if value is None or one.scale is None:
        return None
    return Signal(value, Scale(str(one.scale)), decimal(one.attenuation_db) or 0.0)


def _row(one: SearchActivation) -> SearchRow:
    return SearchRow(
        id=one.id,
        number=one.number or "",
        who=initials_of(one.person),
        drill=bool(one.drill),
        status=one.status,
        call_at=one.call_at,
        seen_at=one.seen_at,
        located_at=one.located_at,
        outcome=one.outcome,
        debriefed_on=one.debriefed_on,
    )


def initials_of(person: str | None) -> str:
    """The initials of a name in one text."""
    first, _, last = (person or "").strip().rpartition(" ")
    return initials(first or last, last if first else None)


def _signal_may_fail(found: SearchActivation, card: CardView | None) -> str:
    """Why nothing may be heard, as a sentence (domain.md 7.4, 7.6.1)."""
    if card is None or not card.transmitters:
        return tr("No transmitter is known: nothing can be heard.")
    said = []
    if found.wearing is Tri.NO:
        said.append(tr("The transmitter was taken off."))
    elif found.wearing is not Tri.YES:
        said.append(tr("Nobody knows whether the transmitter is worn."))
    if card.may_be_silent:
        said.append(tr("The battery is {days} days old and may be flat.", days=card.battery_age_days))
    if found.last_test_ok is Tri.NO:
        said.append(tr("The last daily test failed."))
    if len(card.transmitters) > 1:
        said.append(tr("It is not settled which transmitter is worn: listen for each."))
    return " ".join([tr(lifesaver_rules.SIGNAL_MAY_FAIL), *said]) if said else ""


def _facts(found: SearchActivation, card: CardView | None, until: datetime, fails: bool) -> rules.Facts:
    values = card.values if card is not None else {}
    hazards = values.get("hazards")
    return rules.Facts(
        age=card.age if card is not None else None,
        seen_at=found.seen_at,
        now=until,
        feels_like_c=found.feels_like_c if found.feels_like_c is not None else found.temperature_c,
        precipitation=found.precipitation,
        light=found.light,
        hazards_m=None if hazards is None else tuple(int(one["metres"]) for one in hazards if one.get("metres")),
        health=values.get("health"),
        medication_due_at=found.medication_due_at,
        danger=values.get("danger"),
        alone=found.alone,
        signal_may_fail=fails,
    )


def _logged(session: Session, search_id: str) -> list[BearingLog]:
    asked = select(BearingLog).where(BearingLog.activation_id == search_id, BearingLog.removed_at.is_(None))
    return list(session.scalars(asked.order_by(BearingLog.taken_at, BearingLog.id)))


def _bearing_rows(
    session: Session, logged: Sequence[BearingLog], fix: Fix | None, used: Sequence[BearingLog], names: dict[str, str]
) -> tuple[BearingRow, ...]:
    kits = dict(receivers(session))
    withdrawn = {one.withdraws_id: one.note or "" for one in logged if one.withdraws_id}
    place = {one.id: number for number, one in enumerate(used)}
    residuals = {one.index: one for one in fix.residuals} if fix is not None else {}
    aside = {one.index: one.why.sentence for one in fix.set_aside} if fix is not None else {}
    rows: list[BearingRow] = []
    for one in logged:
        if one.withdraws_id:
            continue
        index = place.get(one.id)
        bearing = as_bearing(one)
        residual = residuals.get(index) if index is not None else None
        rows.append(
            BearingRow(
                id=one.id,
                row=len(rows) + 1,
                taken_at=one.taken_at,
                operator=names.get(one.operator_id or "", ""),
                override=one.override_reason or "",
                receiver=kits.get(one.receiver_id or "", ""),
                lat=decimal(one.lat),
                lon=decimal(one.lon),
                bearing=decimal(one.bearing),
                true_deg=bearing.true_deg if bearing is not None else None,
                values={name: getattr(one, name) for name in fields_of(BearingLog)},
                withdrawn=withdrawn.get(one.id, ""),
                used=residual.used if residual is not None else False,
                residual_deg=residual.residual_deg if residual is not None else None,
                why_not=aside.get(index, "") if index is not None else "",
            )
        )
    return tuple(rows)


def _trend(logged: Sequence[BearingLog]) -> str:
    """Whether the last two readings on one scale rise or fall (domain.md 7.4)."""
    read = [(one.scale, decimal(one.signal)) for one in logged if one.signal and not one.withdraws_id]
    if len(read) < 2 or read[-1][0] != read[-2][0]:
        return ""
    last, before = read[-1][1], read[-2][1]
    if last is None or before is None or last == before:
        return ""
    return "rising" if last > before else "falling"

"""A dispatch card that was opened with a reason, and alarms with their clocks (domain.md 8.4, F-804)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotAllowed, NotFound
from app.models.rules import tracking as rules
from app.models.rules.deadlines import local_day
from app.models.rules.tracking import AlarmTimes
from app.models.tracking import AlarmEvent, AlarmReview, DispatchCard, LocationTrack, TrackingView
from app.models.vocab import (
    AlarmOutcome,
    AlarmSource,
    DeviceType,
    OrderKind,
    Passphrase,
    Priority,
    Role,
    TrackingReason,
    label,
)
from app.queries import members
from app.queries.settings import setting
from app.words import mark

NOT_OPENED = mark("Give a reason first: this shows only what was opened with one.")
GONE = mark("This card is no longer shown: the device is back.")
_SHOWN_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class CardOrder:
    """An order that protects the client; whom it restrains does not stand here."""

    kind: str
    court: str
    file_no: str
    conditions: tuple[dict[str, Any], ...]
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class DispatchCardRow:
    """Everything that an opened card shows. Texts are people's own words; empty when not answered."""

    card_id: str
    loan_id: str
    number: str
    asset_no: str
    device_type: DeviceType | None
    device_phone: str
    monitoring_id: str
    name: str
    language: str
    description: str
    addresses: tuple[tuple[str, str], ...]
    orders: tuple[CardOrder, ...]
    accused_description: str
    accused_vehicle: str
    weapons: tuple[str, ...]
    children: int | None
    word_duress: str
    word_clear: str
    word_cancel: str
    hazards: str
    alert: tuple[dict[str, Any], ...]
    ends_on: date | None
    compromised: bool
    disputed: bool


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm with its clocks in seconds. `track_id`: where its locations are kept, empty when there are none."""

    id: str
    loan_id: str
    case_id: str
    asset_no: str
    source: AlarmSource | None
    raised_at: datetime | None
    received_at: datetime | None
    ack_at: datetime | None
    dispatched_at: datetime | None
    arrived_at: datetime | None
    cleared_at: datetime | None
    voice: str
    passphrase: Passphrase | None
    priority: Priority | None
    units: tuple[str, ...]
    occurrence_no: str
    outcome: AlarmOutcome | None
    note: str
    times: AlarmTimes
    track_id: str
    point_count: int
    review: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a device was at one moment: WGS-84 degrees, accuracy in metres."""

    lat: float
    lon: float
    at: datetime
    accuracy_m: float | None


@dataclass(frozen=True, slots=True)
class TrackRow:
    """One track without its points: how many there are, and from when to when."""

    id: str
    first_at: datetime | None
    last_at: datetime | None
    point_count: int
    destroyed: bool


@dataclass(frozen=True, slots=True)
class ViewRow:
    """That somebody opened a card or looked at locations, and why."""

    at: datetime | None
    who: str
    role: Role | None
    what: str
    why: TrackingReason | None
    reason: str
    occurrence_no: str


def card(session: Session, view_id: str, *, member_id: str, now: datetime) -> DispatchCardRow:
    """The card of a view that this member recorded within twelve hours. Raises NotAllowed or NotFound."""
    view = _own_view(session, view_id, member_id, now)
    return card_of(session, view.subject_id or "")


def card_of(session: Session, card_id: str) -> DispatchCardRow:
    """The card, for print, whose permission is asked apart."""
    found = session.get(DispatchCard, card_id)
    if found is None or found.removed_at is not None:
        raise NotFound(GONE)
    return DispatchCardRow(
        card_id=found.id,
        loan_id=found.loan_id or "",
        number=found.number or "",
        asset_no=found.asset_no or "",
        device_type=found.device_type,
        device_phone=found.device_phone or "",
        monitoring_id=found.monitoring_id or "",
        name=found.name or "",
        language=found.language or "",
        description=found.description or "",
        addresses=tuple((str(one.get("kind") or ""), str(one.get("text") or "")) for one in found.addresses or ()),
        orders=tuple(_order(one) for one in found.orders or ()),
        accused_description=found.accused_description or "",
        accused_vehicle=found.accused_vehicle or "",
        weapons=tuple(str(one) for one in found.weapons or ()),
        children=found.children,
        word_duress=found.word_duress or "",
        word_clear=found.word_clear or "",
        word_cancel=found.word_cancel or "",
        hazards=found.hazards or "",
        alert=tuple(found.alert or ()),
        ends_on=found.ends_on,
        compromised=bool(found.compromised),
        disputed=bool(found.flagged),
    )


def alarms(
    session: Session, *, loan_id: str | None = None, open_only: bool = False, limit: int = 50
) -> tuple[AlarmRow, ...]:
    """Alarms, the newest first; of one loan, or those that are not over."""
    asked = select(AlarmEvent).where(AlarmEvent.removed_at.is_(None))
    if loan_id is not None:
        asked = asked.where(AlarmEvent.loan_id == loan_id)
    if open_only:
        asked = asked.where(AlarmEvent.outcome.is_(None))
    found = session.scalars(asked.order_by(AlarmEvent.received_at.desc(), AlarmEvent.id.desc()).limit(limit))
    return tuple(_alarm(session, one) for one in found)


def alarm(session: Session, event_id: str) -> AlarmRow:
    """One alarm. Raises NotFound when this device does not hold it."""
    found = session.get(AlarmEvent, event_id)
    if found is None or found.removed_at is not None:
        raise NotFound(mark("This alarm is not on this device."))
    return _alarm(session, found)


def locations(session: Session, view_id: str, *, member_id: str, now: datetime) -> tuple[Position, ...]:
    """The points of a track that this member opened with a reason, the oldest first."""
    view = _own_view(session, view_id, member_id, now)
    track = session.get(LocationTrack, view.subject_id)
    if track is None or track.removed_at is not None:
        raise NotFound(mark("These locations are not on this device."))
    return tuple(
        Position(one["lat"], one["lon"], datetime.fromisoformat(one["at"]), one.get("accuracy_m"))
        for one in track.points or ()
    )


def client_tracks(session: Session, case_id: str) -> tuple[TrackRow, ...]:
    """The tracks that were kept in a case because the client asked, the newest first."""
    asked = select(LocationTrack).where(
        LocationTrack.case_id == case_id, LocationTrack.event_id.is_(None), LocationTrack.removed_at.is_(None)
    )
    found = session.scalars(asked.order_by(LocationTrack.received_at.desc(), LocationTrack.id))
    return tuple(
        TrackRow(one.id, one.first_at, one.last_at, one.point_count or 0, one.destroyed_at is not None) for one in found
    )


def past_their_time(session: Session, *, today: date, zone: str) -> int:
    """How many tracks still have their points although the time for which they are kept is over."""
    return sum(track.destroyed_at is None for track, _ in tracks_past(session, today=today, zone=zone))


def tracks_past(session: Session, *, today: date, zone: str) -> tuple[tuple[LocationTrack, date], ...]:
    """Every track whose time is over, with its last day: also where the points are destroyed and the key is not."""
    views = dict(
        session.execute(
            select(TrackingView.subject_id, func.max(TrackingView.viewed_at))
            .where(TrackingView.removed_at.is_(None))
            .group_by(TrackingView.subject_id)
        ).all()
    )
    tracks = session.scalars(select(LocationTrack).where(LocationTrack.removed_at.is_(None)).order_by(LocationTrack.id))
    kept = ((one, _keep_until(session, one, views.get(one.id), today, zone)) for one in tracks)
    return tuple((one, until) for one, until in kept if today > until)


def _keep_until(session: Session, track: LocationTrack, seen: datetime | None, today: date, zone: str) -> date:
    at = track.received_at or track.created_at
    received = local_day(at, zone) if at is not None else today
    keeping = rules.Keeping(
        days=int(setting(session, "mts.location_days", received)),
        viewed_days=int(setting(session, "mts.location_viewed_days", received)),
        event_years=int(setting(session, "mts.location_event_years", received)),
    )
    last = local_day(seen, zone) if seen is not None else None
    return rules.keep_until(received, last, of_alarm=track.event_id is not None, keeping=keeping)


def views(session: Session, *, now: datetime, days: int = 7, limit: int = 200) -> tuple[ViewRow, ...]:
    """Who opened cards or looked at locations in the last days, the newest first."""
    names = members.names(session)
    asked = (
        select(TrackingView)
        .where(TrackingView.viewed_at >= now - timedelta(days=days), TrackingView.removed_at.is_(None))
        .order_by(TrackingView.viewed_at.desc(), TrackingView.id)
        .limit(limit)
    )
    return tuple(
        ViewRow(
            at=one.viewed_at,
            who=names.get(one.viewer_id or "", ""),
            role=one.role,
            what=one.subject_kind or "",
            why=one.why,
            reason=one.reason or "",
            occurrence_no=one.occurrence_no or "",
        )
        for one in session.scalars(asked)
    )


def _own_view(session: Session, view_id: str, member_id: str, now: datetime) -> TrackingView:
    view = session.get(TrackingView, view_id)
    if view is None or view.viewer_id != member_id or view.viewed_at is None or view.viewed_at < now - _SHOWN_FOR:
        raise NotAllowed(NOT_OPENED)
    return view


def _order(one: dict[str, Any]) -> CardOrder:
    code = str(one.get("kind") or "")
    known = {kind.value: kind for kind in OrderKind}
    expires = one.get("expires_on")
    return CardOrder(
        kind=label(known.get(code, code)),
        court=str(one.get("court") or ""),
        file_no=str(one.get("file_no") or ""),
        conditions=tuple(one.get("conditions") or ()),
        expires_on=date.fromisoformat(expires) if isinstance(expires, str) else None,
    )


def _alarm(session: Session, found: AlarmEvent) -> AlarmRow:
    track = session.execute(
        select(LocationTrack.id, LocationTrack.point_count)
        .where(LocationTrack.event_id == found.id, LocationTrack.removed_at.is_(None))
        .limit(1)
    ).first()
    review = session.get(AlarmReview, found.id)
    said = ("arrests", "charges", "breach_ref", "injuries", "children", "note")
    return AlarmRow(
        id=found.id,
        loan_id=found.loan_id or "",
        case_id=found.case_id or "",
        asset_no=found.asset_no or "",
        source=found.source,
        raised_at=found.raised_at,
        received_at=found.received_at,
        ack_at=found.ack_at,
        dispatched_at=found.dispatched_at,
        arrived_at=found.arrived_at,
        cleared_at=found.cleared_at,
        voice=found.voice or "",
        passphrase=found.passphrase,
        priority=found.priority,
        units=tuple(found.units or ()),
        occurrence_no=found.occurrence_no or "",
        outcome=found.outcome,
        note=found.note or "",
        times=rules.alarm_times(found.received_at, found.ack_at, found.dispatched_at, found.arrived_at),
        track_id=track[0] if track else "",
        point_count=int(track[1] or 0) if track else 0,
        review={name: getattr(review, name) or "" for name in said} if review else None,
    )

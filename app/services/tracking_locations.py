"""Where a device was: kept for an alarm or because the client asked, looked at with a reason, destroyed in time.

Nothing else in Haven reads these points: no export, no print, no statistic (domain.md 8.6, 20.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.errors import NotAllowed, RuleBroken
from app.models.crisis import Case
from app.models.rules import tracking as rules
from app.models.rules.access import CASE_WORKERS
from app.models.rules.deadlines import calendar_days, local_day
from app.models.rules.tracking import Keeping
from app.models.tracking import AlarmEvent, LocationTrack, TrackingLoan, TrackingView
from app.models.vocab import AuditAction, Role, ScopeKind, TaskKind, TaskStatus, TrackingReason
from app.models.work import Work
from app.models.work_items import Task
from app.services import clocks
from app.services.clocks import Clock
from app.services.dispatch_cards import NO_REASON, record_view
from app.services.permission import ASSIGNED, ROLE, is_assigned, require_reason, require_role, require_supervisor
from app.services.records import all_of, ensure, load
from app.services.service_calendar import zone
from app.services.tracking_stock import stock_if_readable, witness
from app.words import mark

ONLY_FOR = mark("Locations are looked at only for an alarm, or because the client asked for it.")
DESTROY = "mts_destroy"
"""The rule of the task that asks supervisors to destroy positions."""
OVER = mark("This alarm is over: the case’s worker or a supervisor may still look at its locations.")


@dataclass(frozen=True, kw_only=True)
class KeepLocations:
    """Points of a device: for an alarm (`event_id`), or for a loan because the client asked.

    `points`: {lat, lon, at, accuracy_m} with WGS-84 degrees and an aware ISO moment.
    """

    points: tuple[Mapping[str, Any], ...]
    event_id: str | None = None
    loan_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ViewLocations:
    """Look at a track, and why."""

    track_id: str
    why: TrackingReason
    reason: str | None = None
    occurrence_no: str | None = None


@dataclass(frozen=True, kw_only=True)
class DestroyLocations:
    """Destroy the points of every track whose time is over, and why now; a second member approves."""

    reason: str
    second: str | None = None


def keep_locations(work: Work, command: KeepLocations) -> str:
    """Keep points in the protected scope of their track; the track's id."""
    require_role(work, LocationTrack, CASE_WORKERS | {Role.DSP})
    points = [_point(one) for one in command.points]
    if not points:
        raise RuleBroken(mark("There is no position here."), field="points")
    event = load(work, AlarmEvent, command.event_id) if command.event_id else None
    loan_id, case_id = _of(work, event, command.loan_id)
    anchor = work.child_id(event.id, "locations") if event else work.new_id()
    scope_id = work.open_scope(ScopeKind.TRACKING_LOCATION, anchor)
    track = ensure(
        work,
        LocationTrack,
        scope_id,
        work.child_id(scope_id, "track"),
        loan_id=loan_id,
        case_id=case_id,
        event_id=event.id if event else None,
        why=TrackingReason.ALARM if event else TrackingReason.CLIENT,
        received_at=work.now(),
    )
    if track.destroyed_at is not None:
        raise RuleBroken(mark("These locations are destroyed already."))
    _put(track, points)
    return track.id


def view_locations(work: Work, command: ViewLocations) -> str:
    """Record why a track is looked at; the id of that view, with which `queries.tracking_alarms.locations` shows it."""
    require_role(work, LocationTrack)
    track = load(work, LocationTrack, command.track_id)
    _check_viewer(work, track)
    words = (command.reason or "").strip() or None
    if command.why is TrackingReason.ALARM and track.event_id is None:
        raise RuleBroken(ONLY_FOR, field="why")
    if command.why not in (TrackingReason.ALARM, TrackingReason.CLIENT):
        raise RuleBroken(ONLY_FOR, field="why")
    if command.why is TrackingReason.CLIENT and words is None:
        raise RuleBroken(NO_REASON, field="reason")
    return record_view(work, track, command.why, words, command.occurrence_no).id


def destroy_locations(work: Work, command: DestroyLocations) -> int:
    """Empty every track whose time is over, with two people; how many. Counts and first and last moment stay."""
    require_supervisor(work, LocationTrack)
    reason = require_reason(command.reason)
    due = [track for track, until in _kept(work) if work.today() > until]
    if not due:
        return 0
    second = witness(work, command.second, "second")
    for track in due:
        track.points, track.destroyed_at, track.destroyed_by = None, work.now(), work.actor.member_id
        said = f"locations destroyed {second or ''}".strip()
        work.audit(AuditAction.EDIT, kind=LocationTrack.__tablename__, record_id=track.id, reason=f"{said}: {reason}")
    for task in clocks.open_tasks(work, Task.rule == DESTROY):
        clocks.finish(work, task, TaskStatus.DONE, reason)
    return len(due)


def ask_to_destroy(work: Work) -> None:
    """Keep the supervisors' task about tracks whose time is over: two people destroy them, never the clock alone."""
    scope_id = stock_if_readable(work)
    if work.actor.role is not Role.SUP or scope_id is None:
        return
    over = [until for _, until in _kept(work) if work.today() > until]
    if not over:
        clocks.stop(work, scope_id, DESTROY, TaskStatus.DONE)
        return
    clock = Clock(
        subject_id=scope_id,
        rule=DESTROY,
        kind=TaskKind.REVIEW,
        title=mark("Positions of alarm devices are past their time: destroy them together with a second person"),
        # From the records, so that looking again tomorrow does not move it.
        due_on=calendar_days(min(over), 1),
        owner_id=work.actor.member_id,
    )
    clocks.start(work, scope_id, clock)


def track_until(work: Work, track: LocationTrack) -> date:
    """The last day on which a track is kept, also where its points are destroyed and its key is not."""
    return _keep_until(work, track)


def _kept(work: Work) -> list[tuple[LocationTrack, date]]:
    """Every track that still has its points, with the last day on which it is kept."""
    return [(one, _keep_until(work, one)) for one in all_of(work, LocationTrack, LocationTrack.destroyed_at.is_(None))]


def _keep_until(work: Work, track: LocationTrack) -> date:
    local = zone(work)
    views = all_of(work, TrackingView, TrackingView.subject_id == track.id)
    seen = [local_day(view.viewed_at, local) for view in views if view.viewed_at is not None]
    received = local_day(track.received_at or track.created_at or work.now(), local)
    keeping = Keeping(
        days=int(work.setting("mts.location_days", received)),
        viewed_days=int(work.setting("mts.location_viewed_days", received)),
        event_years=int(work.setting("mts.location_event_years", received)),
    )
    last: date | None = max(seen, default=None)
    return rules.keep_until(received, last, of_alarm=track.event_id is not None, keeping=keeping)


def _of(work: Work, event: AlarmEvent | None, loan_id: str | None) -> tuple[str | None, str | None]:
    """Loan and case of a track. Without an alarm only the case's worker keeps one, because the client asked."""
    if event is not None:
        if work.actor.role in CASE_WORKERS:
            _require_assigned(work, event.case_id)
        return event.loan_id, event.case_id
    if work.actor.role not in CASE_WORKERS:
        raise NotAllowed(ROLE)
    loan = load(work, TrackingLoan, loan_id)
    _require_assigned(work, loan.case_id)
    return loan.id, loan.case_id


def _check_viewer(work: Work, track: LocationTrack) -> None:
    if work.actor.role is Role.DSP:
        event = load(work, AlarmEvent, track.event_id)
        if event.cleared_at is not None:
            raise NotAllowed(OVER)
    elif work.actor.role in CASE_WORKERS:
        _require_assigned(work, track.case_id)


def _require_assigned(work: Work, case_id: str | None) -> None:
    if not is_assigned(work, load(work, Case, case_id)):
        raise NotAllowed(ASSIGNED)


def _point(given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        lat, lon = float(given["lat"]), float(given["lon"])
        at = datetime.fromisoformat(str(given["at"]))
    except (KeyError, TypeError, ValueError) as problem:
        raise RuleBroken(mark("A position needs a latitude, a longitude and a time."), field="points") from problem
    if not (-90 <= lat <= 90 and -180 <= lon <= 180) or at.tzinfo is None:
        raise RuleBroken(mark("A position needs a latitude, a longitude and a time."), field="points")
    found: dict[str, Any] = {"lat": lat, "lon": lon, "at": at.isoformat(timespec="seconds")}
    if given.get("accuracy_m") is not None:
        found["accuracy_m"] = float(given["accuracy_m"])
    return found


def _put(track: LocationTrack, points: list[dict[str, Any]]) -> None:
    known = {(one["at"], one["lat"], one["lon"]): one for one in [*(track.points or ()), *points]}
    track.points = sorted(known.values(), key=lambda one: datetime.fromisoformat(one["at"]))
    track.point_count = len(track.points)
    track.first_at = datetime.fromisoformat(track.points[0]["at"])
    track.last_at = datetime.fromisoformat(track.points[-1]["at"])

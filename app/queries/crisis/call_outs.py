"""Service requests: which are open, which clocks run, whether responders may be sent (domain.md 3.3 to 3.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.crisis import CheckIn, Deployment, RequestPerson, Responder, ServiceRequest
from app.models.rules import ages, dispatch
from app.models.vocab import Ask, RequestStatus, ResponderStatus
from app.queries import members, outbox
from app.queries.completeness import missing_fields
from app.queries.crisis.rows import (
    CheckInRow,
    DeploymentRow,
    DispatchCheck,
    RequestDetail,
    RequestPersonRow,
    RequestRow,
    ResponderRow,
)
from app.queries.settings import local_day, setting
from app.words import mark, tr

OPEN_STATUSES = tuple(status for status in RequestStatus if status not in dispatch.ENDED)
"""A request in one of these still needs someone."""

_NO_MATTER = datetime.max.replace(tzinfo=UTC)
"""Rows carry the moment at which the clock ends; screens count down by themselves."""


def open_requests(session: Session, *, now: datetime, limit: int = 50, offset: int = 0) -> tuple[RequestRow, ...]:
    """Requests that still need someone, the newest first."""
    return request_list(session, open_only=True, limit=limit, offset=offset)


def request_list(
    session: Session, *, open_only: bool = True, limit: int = 50, offset: int = 0
) -> tuple[RequestRow, ...]:
    """Requests, the newest first; all of them, or those that still need someone."""
    asked = select(ServiceRequest).where(ServiceRequest.removed_at.is_(None))
    if open_only:
        asked = asked.where(ServiceRequest.status.in_(OPEN_STATUSES))
    asked = asked.order_by(ServiceRequest.requested_at.desc(), ServiceRequest.id.desc()).limit(limit).offset(offset)
    return _rows(session, session.scalars(asked).all())


def requests_of(session: Session, ids: Sequence[str]) -> tuple[RequestRow, ...]:
    """The requests with these ids, in no order."""
    return _rows(session, session.scalars(select(ServiceRequest).where(ServiceRequest.id.in_(ids))).all())


def request_detail(session: Session, request_id: str, *, now: datetime) -> RequestDetail:
    """One request with its people, responders, clocks and check-ins. Raises NotFound."""
    request = session.get(ServiceRequest, request_id)
    if request is None or request.removed_at is not None:
        raise NotFound(mark("This request is not on this computer."))
    row = _rows(session, [request])[0]
    names = members.names(session)
    persons = _persons(session, request_id)
    check_ins = _check_ins(session, request_id, names)
    return RequestDetail(
        row=row,
        requester_name=request.requester_name,
        requester_badge=request.requester_badge,
        meet_point=request.meet_point,
        parking=request.parking,
        hazards=request.hazards,
        animals=request.animals,
        incident_kind=request.incident_kind,
        consent_asked_by=request.consent_asked_by,
        death_notification=bool(request.death_notification),
        voicemail=request.voicemail,
        caller_id=request.caller_id,
        contact_phone=request.contact_phone,
        contact_safe=request.contact_safe,
        accused_whereabouts=request.accused_whereabouts,
        needs_interpreter=request.needs_interpreter,
        access_needs=tuple(request.access_needs or ()),
        asks=tuple(listed(Ask, code) for code in request.asks or ()),
        occurrence_no=request.occurrence_no,
        note=request.note,
        status_reason=request.status_reason,
        called_back_by=names.get(request.called_back_by or "", ""),
        scene_override_reason=request.scene_override_reason,
        responder_override_reason=request.responder_override_reason,
        created_by=names.get(request.created_by or "", ""),
        persons=persons,
        responders=_responders(session, request_id, names),
        deployment=_deployment(session, request, check_ins, now),
        check_ins=check_ins,
        missing=missing_fields(request, persons=persons),
        dispatch=_dispatch(session, request, row.responders_accepted, now),
    )


def listed(kind: type, code: str) -> object:
    """The member of a closed list for a stored code; a code from a newer version stays as it is."""
    try:
        return kind(code)
    except ValueError:
        return code


def _dispatch(session: Session, request: ServiceRequest, accepted: int, now: datetime) -> DispatchCheck:
    needed = int(setting(session, "vsu.responders_per_scene", local_day(session, request.requested_at or now)))
    refusals = dispatch.dispatch_refusals(
        request.scene_safe,
        request.scene_override_reason,
        accepted,
        needed,
        request.responder_override_reason,
    )
    return DispatchCheck(not refusals, tuple(tr(refusal.text, **refusal.values) for refusal in refusals))


def _rows(session: Session, requests: Sequence[ServiceRequest]) -> tuple[RequestRow, ...]:
    ids = [request.id for request in requests]
    persons = _count(session, RequestPerson, ids)
    accepted = Counter(
        session.scalars(
            select(Responder.request_id).where(
                Responder.request_id.in_(ids),
                Responder.status == ResponderStatus.ACCEPTED,
                Responder.removed_at.is_(None),
            )
        )
    )
    states = outbox.states(session, ids)
    minutes: dict[object, int] = {}
    rows = []
    for request in requests:
        day = local_day(session, request.requested_at) if request.requested_at else None
        if day is not None and day not in minutes:
            minutes[day] = int(setting(session, "vsu.requester_callback_min", day))
        clock = dispatch.call_back_clock(
            request.response_wanted, request.requested_at, request.called_back_at, _NO_MATTER, minutes.get(day, 0)
        )
        rows.append(_row(request, persons.get(request.id, 0), accepted[request.id], clock, states[request.id]))
    return tuple(rows)


def _row(
    request: ServiceRequest, persons: int, accepted: int, clock: dispatch.CallBackClock | None, state: outbox.SyncState
) -> RequestRow:
    return RequestRow(
        id=request.id,
        number=request.number,
        requested_at=request.requested_at,
        source=request.source,
        response_wanted=request.response_wanted,
        scene_safe=request.scene_safe,
        offence_group=request.offence_group,
        location=request.location,
        municipality=request.municipality,
        requester=request.requester_name,
        requester_phone=request.requester_phone,
        consent_to_contact=request.consent_to_contact,
        status=request.status,
        persons=persons,
        children_on_scene=request.children_on_scene,
        call_back_due=clock.due_at if clock else None,
        called_back_at=request.called_back_at,
        call_back_met=clock.met if clock else None,
        responders_accepted=accepted,
        case_id=request.case_id,
        sync=state,
        flagged=request.flagged,
    )


def _count(session: Session, record: type[RequestPerson], ids: list[str]) -> dict[str | None, int]:
    asked = (
        select(record.request_id, func.count())
        .where(record.request_id.in_(ids), record.removed_at.is_(None))
        .group_by(record.request_id)
    )
    return dict(session.execute(asked).all())


def _persons(session: Session, request_id: str) -> tuple[RequestPersonRow, ...]:
    asked = (
        select(RequestPerson)
        .where(RequestPerson.request_id == request_id, RequestPerson.removed_at.is_(None))
        .order_by(RequestPerson.position, RequestPerson.id)
    )
    return tuple(
        RequestPersonRow(
            id=person.id,
            position=person.position or place,
            name=person.name,
            label=person.label or tr("Person {number}", number=place),
            age=person.age,
            age_band=person.age_band
            or (None if person.age is None else ages.band(ages.AgeRange(person.age, person.age))),
            role=person.role,
            language=person.language,
            injury=person.injury,
            distress=person.distress,
        )
        for place, person in enumerate(session.scalars(asked), start=1)
    )


def _responders(session: Session, request_id: str, names: dict[str, str]) -> tuple[ResponderRow, ...]:
    asked = (
        select(Responder)
        .where(Responder.request_id == request_id, Responder.removed_at.is_(None))
        .order_by(Responder.called_at, Responder.id)
    )
    return tuple(
        ResponderRow(
            id=found.id,
            member_id=found.member_id,
            name=names.get(found.member_id or "", tr("Someone not on the staff list")),
            status=found.status,
            called_at=found.called_at,
            answered_at=found.answered_at,
            declined_reason=found.declined_reason,
        )
        for found in session.scalars(asked)
    )


def _check_ins(session: Session, request_id: str, names: dict[str, str]) -> tuple[CheckInRow, ...]:
    asked = (
        select(CheckIn)
        .where(CheckIn.request_id == request_id, CheckIn.removed_at.is_(None))
        .order_by(CheckIn.at, CheckIn.id)
    )
    return tuple(
        CheckInRow(found.id, found.at, names.get(found.by or "", ""), found.note) for found in session.scalars(asked)
    )


def _deployment(
    session: Session, request: ServiceRequest, check_ins: tuple[CheckInRow, ...], now: datetime
) -> DeploymentRow | None:
    asked = (
        select(Deployment)
        .where(Deployment.request_id == request.id, Deployment.removed_at.is_(None))
        .order_by(Deployment.id.desc())
        .limit(1)
    )
    found = session.scalars(asked).first()
    if found is None:
        return None
    due = None
    if found.on_scene_at is not None and found.clear_at is None:
        minutes = int(setting(session, "vsu.checkin_min", local_day(session, found.on_scene_at)))
        last = max([found.on_scene_at, *(check.at for check in check_ins if check.at)])
        due = dispatch.check_in_due(last, minutes)
    return DeploymentRow(
        id=found.id,
        dispatched_at=found.dispatched_at,
        en_route_at=found.en_route_at,
        on_scene_at=found.on_scene_at,
        clear_at=found.clear_at,
        transport=found.transport,
        kilometres=found.kilometres,
        out_of_pocket_cents=found.out_of_pocket_cents,
        debrief_needed=found.debrief_needed,
        debrief_done_on=found.debrief_done_on,
        next_check_in_due=due,
    )

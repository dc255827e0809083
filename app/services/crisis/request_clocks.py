"""The clocks of a service request: call back, respond, check in; and when it has ended."""

from __future__ import annotations

from datetime import date, datetime

from app.errors import RuleBroken
from app.models.crisis import ServiceRequest
from app.models.rules import dispatch as rules
from app.models.rules.deadlines import business_days, hours_after, minutes_after
from app.models.vocab import (
    RequestStatus,
    ResponseWanted,
    TaskKind,
    TaskStatus,
)
from app.models.work import Work
from app.models.work_items import Task
from app.services import clocks
from app.services.clocks import Clock
from app.services.service_calendar import day_of, holidays
from app.words import mark

CALL_BACK, RESPOND, CHECK_IN = "call_back", "respond", "check_in"


ENDED_REASON = mark("The request has ended")


def await_response(work: Work, request: ServiceRequest) -> None:
    """The clock of the response that is wanted; another wish takes the earlier clock back."""
    asked = request.requested_at or work.now()
    on_scene = request.response_wanted is ResponseWanted.ON_SCENE
    for rule, needed in ((CALL_BACK, on_scene), (RESPOND, not on_scene and request.response_wanted is not None)):
        if not needed:
            clocks.stop(work, request.id, rule, TaskStatus.CANCELLED, mark("Another response was asked for"))
    limit = int(work.setting("vsu.requester_callback_min"))
    if on_scene and request.called_back_at is None:
        due = minutes_after(asked, limit)
        start_clock(work, request, CALL_BACK, mark("Call the requester back"), due_at=due)
    elif request.response_wanted is ResponseWanted.PHONE_NOW:
        start_clock(work, request, RESPOND, mark("Respond by phone now"), due_at=minutes_after(asked, limit))
    elif request.response_wanted is ResponseWanted.WITHIN_24H:
        start_clock(work, request, RESPOND, mark("Call within 24 hours"), due_at=hours_after(asked, 24))
    elif request.response_wanted is ResponseWanted.NEXT_BUSINESS_DAY:
        due_on = business_days(day_of(work, asked), 1, holidays(work))
        start_clock(work, request, RESPOND, mark("Call on the next business day"), due_on=due_on)


def start_clock(
    work: Work,
    request: ServiceRequest,
    rule: str,
    title: str,
    due_at: datetime | None = None,
    due_on: date | None = None,
    kind: TaskKind = TaskKind.CALL_BACK,
) -> Task:
    """Start a clock of a request."""
    clock = Clock(
        subject_id=request.id,
        rule=rule,
        kind=kind,
        title=title,
        due_at=due_at,
        due_on=due_on,
        request_id=request.id,
    )
    return clocks.start(work, request.scope_id, clock)


def triage(request: ServiceRequest) -> None:
    """Someone has looked at the request: received becomes triaged."""
    if request.status is RequestStatus.RECEIVED:
        request.status = RequestStatus.TRIAGED


def still_open(request: ServiceRequest) -> None:
    """Raises RuleBroken when the request has ended."""
    if request.status in rules.ENDED:
        raise RuleBroken(rules.ALREADY_ENDED)

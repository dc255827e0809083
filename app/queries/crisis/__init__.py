"""Crisis intervention: what its screens ask, one question a function (the index stands in `app/queries`)."""

from app.queries.crisis.call_outs import open_requests, request_detail, request_list
from app.queries.crisis.file import (
    assistance,
    case_header,
    close_blockers,
    consents,
    immediate_safety,
    incident,
    orders,
    rights,
    tasks_of_case,
)
from app.queries.crisis.history import timeline, timeline_count
from app.queries.crisis.listing import case_count, case_list
from app.queries.crisis.needs import assessments, needs_start_and_now, plan_steps, referrals
from app.queries.crisis.people import case_people, safe_contact
from app.queries.crisis.rows import CaseFilter, CaseSort, Standing, TimelineKind

__all__ = [
    "CaseFilter",
    "CaseSort",
    "Standing",
    "TimelineKind",
    "assessments",
    "assistance",
    "case_count",
    "case_header",
    "case_list",
    "case_people",
    "close_blockers",
    "consents",
    "immediate_safety",
    "incident",
    "needs_start_and_now",
    "open_requests",
    "orders",
    "plan_steps",
    "referrals",
    "request_detail",
    "request_list",
    "rights",
    "safe_contact",
    "tasks_of_case",
    "timeline",
    "timeline_count",
]

"""What the steps of one capture share: whose case it is by now, and the ids of what was saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.queries.crisis import call_outs, file, needs
from app.queries.crisis.rows import (
    AssessmentRow,
    CaseHeader,
    ConsentRow,
    IncidentRow,
    RequestDetail,
    SafetyStepRow,
)
from app.queries.tasks import TaskRow
from app.views.crisis.asking import today
from app.views.programme import Context


@dataclass
class Capture:
    """One capture. `crisis_contact_id` is only known once this sitting has saved it."""

    context: Context
    case_id: str | None = None
    request_id: str | None = None
    stored: Stored | None = None
    crisis_contact_id: str | None = None
    request: RequestDetail | None = None
    suicide: bool = field(default=False)

    @property
    def draft_name(self) -> str:
        """The name of the draft: of the case once there is one."""
        return f"capture:{self.case_id or self.request_id or 'new'}"


@dataclass(frozen=True)
class Stored:
    """What the vault holds of the case."""

    header: CaseHeader
    incident: IncidentRow | None
    safety: tuple[SafetyStepRow, ...]
    assessment: AssessmentRow | None
    consents: tuple[ConsentRow, ...]
    tasks: tuple[TaskRow, ...]


def read_stored(session: Any, context: Context, case_id: str) -> Stored:
    """Everything that the steps show of a case."""
    day = today(context)
    assessed = needs.assessments(session, case_id)
    return Stored(
        header=file.case_header(session, case_id, now=context.clock()),
        incident=file.incident(session, case_id),
        safety=file.immediate_safety(session, case_id),
        assessment=next((row for row in assessed if row.completed_at is None), None),
        consents=file.consents(session, case_id, today=day),
        tasks=file.tasks_of_case(session, case_id, today=day),
    )


def read_request(session: Any, context: Context, request_id: str) -> RequestDetail:
    """The request from which the capture is prefilled."""
    return call_outs.request_detail(session, request_id, now=context.clock())

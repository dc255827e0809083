"""Who may do what: the role by the policy table, the case by assignment (domain.md 20.1, 20.2). Default deny."""

from __future__ import annotations

from collections.abc import Iterable

from app.errors import NotAllowed, RuleBroken
from app.models.base import Record
from app.models.crisis import Case, ServiceRequest
from app.models.rules.access import CASE_WORKERS, may_write
from app.models.vocab import Role, ScopeKind
from app.models.work import Work
from app.services.records import load
from app.words import mark

ROLE = mark("The role that you are acting in does not allow this.")
SUPERVISOR = mark("Only a supervisor may do this.")
ASSIGNED = mark("Only the worker and co-workers of this case may change it. Ask a supervisor to assign you.")
OWN_REQUEST = mark("You may change only the requests that you raised yourself.")
REASON = mark("Say why: the reason is recorded.")

COORDINATORS = frozenset({Role.VSU, Role.VQC, Role.SUP, Role.DSP})
"""Who coordinates the response to a request."""
UNIT = frozenset({Role.VSU, Role.VQC, Role.SUP})
ON_CASE = CASE_WORKERS | {Role.VOL}
"""Roles that may be assigned to a case by name."""


def require_role(work: Work, kind: type[Record], roles: Iterable[Role] | None = None) -> None:
    """The acting role may write `kind` (and is one of `roles`)."""
    role = work.actor.role
    if not may_write(role, kind.__tablename__) or (roles is not None and role not in set(roles)):
        raise NotAllowed(ROLE)


def require_supervisor(work: Work, kind: type[Record]) -> None:
    """The acting role is a supervisor, and supervisors may write `kind`."""
    if work.actor.role is not Role.SUP or not may_write(Role.SUP, kind.__tablename__):
        raise NotAllowed(SUPERVISOR)


def require_reason(reason: str | None, field: str = "reason") -> str:
    """A reason that says something."""
    if not (reason or "").strip():
        raise RuleBroken(REASON, field=field)
    return str(reason).strip()


def is_assigned(work: Work, case: Case) -> bool:
    """Whether the acting member is the worker or a co-worker of the case."""
    return work.actor.member_id in {case.assigned_to, *(case.co_workers or ())}


def case_to_write(work: Work, case_id: str | None, kind: type[Record]) -> Case:
    """The case, for its own workers to write records of `kind`."""
    require_role(work, kind, ON_CASE)
    case = load(work, Case, case_id)
    if not is_assigned(work, case):
        raise NotAllowed(ASSIGNED)
    return case


def case_to_supervise(work: Work, case_id: str | None, kind: type[Record]) -> Case:
    """The case, for a supervisor to write records of `kind`."""
    require_supervisor(work, kind)
    return load(work, Case, case_id)


def case_to_write_or_supervise(work: Work, case_id: str | None, kind: type[Record]) -> Case:
    """The case, for its own workers or a supervisor."""
    if work.actor.role is Role.SUP:
        return case_to_supervise(work, case_id, kind)
    return case_to_write(work, case_id, kind)


def request_to_write(
    work: Work, request_id: str, kind: type[Record], roles: Iterable[Role] | None = None
) -> ServiceRequest:
    """The request, for a role that may write `kind`; outside the unit only for who raised it."""
    require_role(work, kind, roles)
    return load(work, ServiceRequest, request_id)


def own_or_unit(work: Work, request: ServiceRequest) -> None:
    """The unit changes any request, everyone else only their own."""
    if work.actor.role not in UNIT and request.created_by not in (None, work.actor.member_id):
        raise NotAllowed(OWN_REQUEST)


def private_scope(work: Work, case_id: str) -> str:
    """The scope of what only the workers of a case may read."""
    return work.open_scope(ScopeKind.CASE_PRIVATE, case_id)

"""One case, part by part: its head, what happened, safety, consent, orders, rights, help given, what blocks closing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.base import Record
from app.models.crisis import (
    AccusedPanel,
    Case,
    ImmediateSafetyItem,
    Incident,
    LegalOrder,
    PracticalAssistance,
    Referral,
    RightsItem,
    ServiceRequest,
)
from app.models.people import Person
from app.models.rules import closing, plan
from app.models.rules import consent as consent_rule
from app.models.vocab import (
    ConsentScope,
    OffenceGroup,
    Right,
    SafetyStep,
    ScopeKind,
    TaskStatus,
)
from app.models.work_items import Consent, Task
from app.queries import conflicts, members, outbox
from app.queries.clients import display_name
from app.queries.completeness import missing_fields
from app.queries.crisis.call_outs import listed
from app.queries.crisis.listing import last_contacts, open_due
from app.queries.crisis.people import case_people
from app.queries.crisis.rows import (
    AccusedRow,
    AssistanceRow,
    BlockerRow,
    CaseHeader,
    ConsentRow,
    IncidentRow,
    OrderRow,
    RightRow,
    SafetyStepRow,
    Standing,
)
from app.queries.scopes import readable
from app.queries.settings import local_day, setting
from app.queries.tasks import TaskRow, due_order, task_rows, title
from app.words import mark, tr

NOT_HERE = mark("This case is not on this computer.")
_FIRST_CONTACT = frozenset(list(Right)[:5])
_SOON_DAYS = 30

R = TypeVar("R", bound=Record)


def live(session: Session, kind: type[R], case_id: str, *order: Any) -> Sequence[R]:
    """The records of a kind in a case that were not removed."""
    column = kind.__table__.c.case_id
    asked = select(kind).where(column == case_id, kind.removed_at.is_(None)).order_by(*(order or (kind.id,)))
    return session.scalars(asked).all()


def the_case(session: Session, case_id: str) -> Case:
    """The case. Raises NotFound."""
    found = session.get(Case, case_id)
    if found is None or found.removed_at is not None:
        raise NotFound(NOT_HERE)
    return found


def case_header(session: Session, case_id: str, *, now: datetime) -> CaseHeader:
    """The top of the case page. Raises NotFound."""
    case = the_case(session, case_id)
    today = local_day(session, now)
    names = members.names(session)
    client = next((person for person in case_people(session, case_id, now=now) if person.is_client), None)
    request = session.get(ServiceRequest, case.request_id) if case.request_id else None
    return CaseHeader(
        id=case.id,
        number=case.number,
        programme=case.programme,
        client=client,
        request_id=case.request_id,
        request_number=request.number if request else None,
        role_in_event=case.role_in_event,
        opened_on=case.opened_on,
        status=case.status,
        support_level=case.support_level,
        enhanced_since=case.enhanced_since,
        assigned_to=case.assigned_to,
        worker=names.get(case.assigned_to or "", ""),
        co_worker_ids=tuple(case.co_workers or ()),
        co_workers=tuple(names[member] for member in case.co_workers or () if member in names),
        priority=case.priority,
        high_risk=bool(case.high_risk),
        conflict_flag=bool(case.conflict_flag),
        listener_present=bool(case.listener_present),
        municipality=case.municipality,
        first_contact_at=case.first_contact_at,
        last_contact_at=last_contacts(session, [case_id]).get(case_id),
        review_state=case.review_state,
        closed_on=case.closed_on,
        close_reason=case.close_reason,
        close_note=case.close_note,
        reopened_on=case.reopened_on,
        linked_case_ids=tuple(case.linked_case_ids or ()),
        conflicts=conflicts.count(session, case_id=case_id),
        open_tasks=_open_tasks(session, case_id),
        overdue_tasks=open_due(session, [case_id], today)[1][case_id],
        missing=missing_fields(case),
        private_readable=readable(session, ScopeKind.CASE_PRIVATE, case_id),
        sync=outbox.states(session, [case.id])[case.id],
        flagged=case.flagged,
    )


def _open_tasks(session: Session, case_id: str) -> int:
    asked = select(func.count()).select_from(Task)
    return (
        session.scalar(asked.where(Task.case_id == case_id, Task.status == TaskStatus.OPEN, Task.removed_at.is_(None)))
        or 0
    )


def incident(session: Session, case_id: str) -> IncidentRow | None:
    """What happened: the newest incident of the case, with the sealed panel when this device holds it."""
    found = next(iter(live(session, Incident, case_id, Incident.id.desc())), None)
    if found is None:
        return None
    accused = next(iter(live(session, AccusedPanel, case_id, AccusedPanel.id.desc())), None)
    return IncidentRow(
        id=found.id,
        occurrence_no=found.occurrence_no,
        occurred_from=found.occurred_from,
        occurred_to=found.occurred_to,
        precision=found.occurred_precision,
        location=found.location,
        municipality=found.municipality,
        kind=found.kind,
        offence_groups=tuple(listed(OffenceGroup, code) for code in found.offence_groups or ()),
        most_serious=found.most_serious,
        motives=tuple(found.motives or ()),
        weapon=tuple(found.weapon or ()),
        children_present=found.children_present,
        children_present_known=found.children_present_known,
        injuries=found.injuries,
        reported_to=tuple(found.reported_to or ()),
        charge_status=found.charge_status,
        custody_status=found.custody_status,
        accused=_accused(accused) if accused else None,
        sync=outbox.states(session, [found.id])[found.id],
        flagged=found.flagged,
    )


def _accused(panel: AccusedPanel) -> AccusedRow:
    return AccusedRow(
        panel.id, panel.name, panel.description, panel.relation, panel.vehicle, panel.whereabouts, panel.note
    )


def immediate_safety(session: Session, case_id: str) -> tuple[SafetyStepRow, ...]:
    """Every step of immediate safety, in the order of the list; unanswered ones too."""
    items = {item.step: item for item in live(session, ImmediateSafetyItem, case_id)}
    states = outbox.states(session, (item.id for item in items.values()))
    names = members.names(session)
    rows = []
    for step in SafetyStep:
        item = items.get(step)
        rows.append(
            SafetyStepRow(
                step=step,
                id=item.id if item else None,
                status=item.status if item else None,
                note=item.note if item else None,
                answered_at=item.answered_at if item else None,
                author=names.get(item.created_by or "", "") if item else "",
                sync=states[item.id] if item else outbox.SyncState.COLLEAGUE,
                flagged=bool(item and item.flagged),
            )
        )
    return tuple(rows)


def consents(session: Session, case_id: str, *, today: date) -> tuple[ConsentRow, ...]:
    """The consents of a case, the newest first."""
    found = live(session, Consent, case_id, Consent.starts_on.desc(), Consent.id.desc())
    states = outbox.states(session, (consent.id for consent in found))
    people = {person.id: display_name(person) for person in live(session, Person, case_id)}
    return tuple(
        ConsentRow(
            id=consent.id,
            person_id=consent.person_id,
            person=people.get(consent.person_id or "", ""),
            given_by=consent.given_by_name or people.get(consent.given_by_id or "", ""),
            authority=consent.authority,
            answers=consent_answers(consent),
            organizations=tuple(consent.organizations or ()),
            form=consent.form,
            witness=consent.witness,
            language_used=consent.language_used,
            interpreter=consent.interpreter,
            notice_version=consent.notice_version,
            starts_on=consent.starts_on,
            expires_on=consent.expires_on,
            review_on=consent.review_on,
            withdrawn_on=consent.withdrawn_on,
            withdrawn_how=consent.withdrawn_how,
            guardian_exception=consent.guardian_exception,
            signatures=tuple(consent.signatures or ()),
            standing=consent_standing(consent, today),
            sync=states[consent.id],
            flagged=consent.flagged,
        )
        for consent in found
    )


def consent_answers(consent: Consent) -> dict[ConsentScope, bool]:
    """Which scopes were answered, and whether with yes. Only a plain "yes" is a yes."""
    answers = consent.answers or {}
    return {scope: answers[scope.value] == consent_rule.YES for scope in ConsentScope if scope.value in answers}


def consent_standing(consent: Consent, today: date) -> Standing:
    """Whether a consent holds on a day; the day of expiry still counts."""
    if consent.withdrawn_on is not None:
        return Standing.WITHDRAWN
    if consent.expires_on is not None and consent.expires_on < today:
        return Standing.EXPIRED
    if consent.starts_on is not None and consent.starts_on > today:
        return Standing.NOT_YET
    if consent.review_on is not None and consent.review_on <= today:
        return Standing.ENDING
    if consent.expires_on is not None and (consent.expires_on - today).days <= _SOON_DAYS:
        return Standing.ENDING
    return Standing.IN_FORCE


def orders(session: Session, case_id: str, *, today: date) -> tuple[OrderRow, ...]:
    """The court orders of a case: unknown end dates first, then the one that ends first."""
    found = live(session, LegalOrder, case_id, LegalOrder.expires_on.asc().nulls_first(), LegalOrder.id)
    states = outbox.states(session, (order.id for order in found))
    warn = [int(days) for days in setting(session, "order.warn_days", today)]
    return tuple(
        OrderRow(
            id=order.id,
            kind=order.kind,
            court=order.court,
            file_no=order.file_no,
            protected=order.protected,
            restrained=order.restrained,
            conditions=tuple(order.conditions or ()),
            starts_on=order.starts_on,
            expires_on=order.expires_on,
            days_left=(order.expires_on - today).days if order.expires_on else None,
            copy_on_file=bool(order.copy_on_file),
            verified_on=order.verified_on,
            status=order.status,
            standing=order_standing(order, today, warn),
            sync=states[order.id],
            flagged=order.flagged,
        )
        for order in found
    )


def order_standing(order: LegalOrder, today: date, warn_days: Sequence[int]) -> Standing:
    """Whether an order holds on a day; one without an end date must be confirmed."""
    warning = plan.order_warning(order.expires_on, today, warn_days)
    if warning is not None and warning.unknown_expiry:
        return Standing.CONFIRM
    if warning is not None and warning.days_left < 0:
        return Standing.EXPIRED
    if order.starts_on is not None and order.starts_on > today:
        return Standing.NOT_YET
    return Standing.IN_FORCE if warning is None else Standing.ENDING


def rights(session: Session, case_id: str) -> tuple[RightRow, ...]:
    """Every right of the checklist in its order; unanswered ones too."""
    items = {item.right: item for item in live(session, RightsItem, case_id)}
    states = outbox.states(session, (item.id for item in items.values()))
    names = members.names(session)
    rows = []
    for right in Right:
        item = items.get(right)
        rows.append(
            RightRow(
                right=right,
                id=item.id if item else None,
                at_first_contact=right in _FIRST_CONTACT,
                answer=item.answer if item else None,
                told_at=item.told_at if item else None,
                told_by=names.get(item.told_by or "", "") if item else "",
                language=item.language if item else None,
                method=item.method if item else None,
                sync=states[item.id] if item else outbox.SyncState.COLLEAGUE,
            )
        )
    return tuple(rows)


def assistance(session: Session, case_id: str) -> tuple[AssistanceRow, ...]:
    """Practical help given in a case, the newest first."""
    found = live(
        session, PracticalAssistance, case_id, PracticalAssistance.given_on.desc(), PracticalAssistance.id.desc()
    )
    states = outbox.states(session, (item.id for item in found))
    names = members.names(session)
    return tuple(
        AssistanceRow(
            id=item.id,
            given_on=item.given_on,
            kind=item.kind,
            description=item.description,
            quantity=item.quantity,
            cost_cents=item.cost_cents,
            stock_item=item.stock_item,
            voucher_no=item.voucher_no,
            approved_by=names.get(item.approved_by or "", ""),
            needs_approval=not item.approved_by and (item.cost_cents or 0) > _approval_limit(session, item),
            paid_from=item.paid_from,
            sync=states[item.id],
        )
        for item in found
    )


def _approval_limit(session: Session, item: PracticalAssistance) -> int:
    return int(setting(session, "vsu.assistance_approval_cents", item.given_on or date.max))


def tasks_of_case(session: Session, case_id: str, *, today: date, open_only: bool = True) -> tuple[TaskRow, ...]:
    """The tasks of a case, the most urgent first."""
    asked = select(Task).where(Task.case_id == case_id, Task.removed_at.is_(None)).order_by(*due_order())
    if open_only:
        asked = asked.where(Task.status.in_(closing.STILL_OPEN))
    return task_rows(session, session.scalars(asked).all(), today)


def close_blockers(session: Session, case_id: str, *, today: date) -> tuple[BlockerRow, ...]:
    """What stands in the way of closing, as the rule says; empty when nothing does."""
    tasks = [closing.OpenTask(task.id, task.kind, task.status, title(task)) for task in live(session, Task, case_id)]
    answers = {item.right: item.answer for item in live(session, RightsItem, case_id) if item.right is not None}
    referrals = [
        closing.ReferralState(referral.id, referral.status, referral.outcome_checked_on is not None)
        for referral in live(session, Referral, case_id)
    ]
    given = [
        consent_rule.Given(
            answers=consent.answers or {},
            starts_on=consent.starts_on,
            expires_on=consent.expires_on,
            withdrawn_on=consent.withdrawn_on,
            organizations=tuple(consent.organizations or ()),
            recorded_at=consent.created_at,
        )
        for consent in live(session, Consent, case_id)
    ]
    found = closing.blockers(tasks, answers, referrals, consent_rule.recorded_at_all(given, today))
    return tuple(
        BlockerRow(tr(blocker.text, **blocker.values), blocker.kind, blocker.record_id or None) for blocker in found
    )

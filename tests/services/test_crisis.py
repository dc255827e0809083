"""What people do on a case, beyond the acceptance examples: gates, clocks, locks, states."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from app.errors import NotAllowed, NotFound, RuleBroken
from app.models.agency import Setting
from app.models.base import kinds
from app.models.crisis import (
    Case,
    ContactAddendum,
    ContactLog,
    ImmediateSafetyItem,
    NeedsAssessment,
    PracticalAssistance,
    Referral,
    RequestPerson,
    ServiceRequest,
    SupportNote,
)
from app.models.local.tables import AuditEntry, Scope
from app.models.people import Person, SafeContact
from app.models.safety import SafetyPlan
from app.models.vocab import (
    Audience,
    AuditAction,
    Cadence,
    CaseStatus,
    Channel,
    ConsentToContact,
    Direction,
    NeedDomain,
    NeedLevel,
    PlanTrigger,
    ReferralStatus,
    RequestStatus,
    ResponseWanted,
    ReviewOutcome,
    Role,
    SafetyStatus,
    SafetyStep,
    SupportLevel,
    TaskKind,
    TaskStatus,
    Tri,
)
from app.models.work import Actor
from app.models.work_items import Task
from app.services import crisis, directory, people, printing, referrals, review, safety, task_list
from tests import factories
from tests.conftest import Office, TestClock


@pytest.fixture
def case_id(office: Office, worker: Actor) -> str:
    return office.do(worker, crisis.open_case, factories.case())


@pytest.fixture
def person_id(office: Office, case_id: str) -> str:
    return office.get(Case, case_id).person_id or ""


@pytest.fixture
def phone_id(office: Office, case_id: str) -> str:
    return office.found(SafeContact, SafeContact.case_id == case_id)[0].id


def tasks(office: Office, case_id: str, kind: TaskKind, status: TaskStatus = TaskStatus.OPEN) -> list[Task]:
    return office.found(Task, Task.case_id == case_id, Task.kind == kind, Task.status == status)


def dial(phone_id: str, **other: Any) -> crisis.BeginContact:
    return crisis.BeginContact(safe_contact_id=phone_id, channel=Channel.PHONE, **other)


# --- requests ---


def test_an_empty_request_is_kept(office: Office, officer: Actor) -> None:
    request_id = office.do(officer, crisis.raise_request, crisis.RaiseRequest())
    request = office.get(ServiceRequest, request_id)
    assert (request.number, request.status) == ("VSR-2026-000001", RequestStatus.RECEIVED)
    assert request.requested_at == datetime(2026, 1, 20, 15, 0, tzinfo=UTC)
    assert request.created_by == officer.member_id


def test_a_request_of_an_earlier_time_keeps_it(office: Office, officer: Actor) -> None:
    at = datetime(2026, 1, 20, 14, 50, tzinfo=UTC)
    request_id = office.do(officer, crisis.raise_request, factories.request(requested_at=at))
    [task] = office.found(Task, Task.request_id == request_id)
    assert task.due_at == datetime(2026, 1, 20, 15, 20, tzinfo=UTC)


def test_another_wish_takes_the_first_clock_back(office: Office, officer: Actor) -> None:
    request_id = office.do(officer, crisis.raise_request, factories.request())
    wish = crisis.UpdateRequest(request_id=request_id, response_wanted=ResponseWanted.NEXT_BUSINESS_DAY)
    office.do(officer, crisis.update_request, wish)
    found = {one.rule: one for one in office.found(Task, Task.request_id == request_id)}
    assert found["call_back"].status is TaskStatus.CANCELLED
    assert found["respond"].due_on == date(2026, 1, 21)
    assert office.get(ServiceRequest, request_id).location == "12 Invented Crescent"


def test_the_people_of_a_request_are_replaced(office: Office, officer: Actor) -> None:
    two = (crisis.PersonToSupport(name="Dana K."), crisis.PersonToSupport(label="Unknown female child 1"))
    request_id = office.do(officer, crisis.raise_request, factories.request(persons=two))
    office.do(officer, crisis.update_request, crisis.UpdateRequest(request_id=request_id, persons=two[1:]))
    left = office.found(RequestPerson, RequestPerson.removed_at.is_(None))
    assert [(one.name, one.label, one.position) for one in left] == [(None, "Unknown female child 1", 0)]


@pytest.mark.parametrize("consent", [None, ConsentToContact.REFUSED, ConsentToContact.NOT_ASKED])
def test_no_phone_response_without_consent(
    office: Office, officer: Actor, worker: Actor, consent: ConsentToContact | None
) -> None:
    request_id = office.do(officer, crisis.raise_request, factories.request(consent_to_contact=consent))
    with pytest.raises(RuleBroken) as refused:
        office.do(worker, crisis.respond_by_phone, crisis.RespondByPhone(request_id=request_id))
    assert refused.value.field == "consent_to_contact"


def test_a_number_that_may_not_be_safe_needs_a_reason_for_the_phone_response(
    office: Office, officer: Actor, worker: Actor
) -> None:
    request_id = office.do(officer, crisis.raise_request, factories.request(contact_safe=Tri.UNKNOWN))
    with pytest.raises(RuleBroken) as refused:
        office.do(worker, crisis.respond_by_phone, crisis.RespondByPhone(request_id=request_id))
    assert refused.value.field == "override_reason"
    again = crisis.RespondByPhone(request_id=request_id, override_reason="The officer says it is her own phone")
    shown = office.do(worker, crisis.respond_by_phone, again).instructions
    assert [one.text for one in shown][:2] == ["Do not leave a message", "Block caller ID"]
    assert office.found(AuditEntry, AuditEntry.action == AuditAction.OVERRIDE, AuditEntry.record_id == request_id)


def test_a_refused_request_opens_no_case(office: Office, officer: Actor, worker: Actor) -> None:
    command = factories.request(consent_to_contact=ConsentToContact.REFUSED)
    request_id = office.do(officer, crisis.raise_request, command)
    with pytest.raises(RuleBroken, match="keep only the request"):
        office.do(worker, crisis.open_case, crisis.OpenCase(request_id=request_id))


def test_the_response_runs_from_the_scene_to_follow_up(office: Office, clock: TestClock, worker: Actor) -> None:
    request_id = office.do(worker, crisis.raise_request, factories.request())
    office.do(worker, crisis.record_times, crisis.RecordTimes(request_id=request_id, on_scene_at=clock.at))
    assert office.get(ServiceRequest, request_id).status is RequestStatus.ATTENDED
    [check] = office.found(Task, Task.request_id == request_id, Task.kind == TaskKind.CHECK_IN)
    assert check.due_at == datetime(2026, 1, 20, 15, 30, tzinfo=UTC)
    clock.move(minutes=20)
    office.do(worker, crisis.check_in, crisis.CheckInNow(request_id=request_id, note="All well"))
    assert office.get(Task, check.id).due_at == datetime(2026, 1, 20, 15, 50, tzinfo=UTC)
    office.do(worker, crisis.record_times, crisis.RecordTimes(request_id=request_id, clear_at=clock.at))
    assert office.get(Task, check.id).status is TaskStatus.DONE
    office.do(worker, crisis.hand_to_follow_up, crisis.HandToFollowUp(request_id=request_id))
    assert office.get(ServiceRequest, request_id).status is RequestStatus.FOLLOW_UP
    with pytest.raises(RuleBroken, match="has ended"):
        office.do(worker, crisis.cancel_request, crisis.CancelRequest(request_id=request_id, reason="Late"))


# --- contacts ---


def test_an_unsafe_contact_needs_a_reason_which_is_audited(office: Office, worker: Actor, phone_id: str) -> None:
    change = people.UpdateSafeContact(safe_contact_id=phone_id, safe_to_use=Tri.UNKNOWN)
    office.do(worker, people.update_safe_contact, change)
    with pytest.raises(RuleBroken) as refused:
        office.do(worker, crisis.begin_contact, dial(phone_id))
    assert refused.value.field == "override_reason"
    office.do(worker, crisis.begin_contact, dial(phone_id, override_reason="Threat to life tonight"))
    [entry] = office.found(AuditEntry, AuditEntry.action == AuditAction.OVERRIDE)
    assert (entry.record_id, entry.reason) == (phone_id, "Threat to life tonight")


def test_without_consent_a_safe_number_still_needs_a_reason(office: Office, worker: Actor) -> None:
    case_id = office.do(worker, crisis.open_case, factories.case(consent_to_contact=None))
    [phone] = office.found(SafeContact, SafeContact.case_id == case_id)
    with pytest.raises(RuleBroken, match="No consent to be contacted"):
        office.do(worker, crisis.begin_contact, dial(phone.id))


def test_withdrawal_stops_use_and_tasks_at_once_but_not_safety_tasks(
    office: Office, worker: Actor, supervisor: Actor, case_id: str, person_id: str, phone_id: str
) -> None:
    consent_id = office.do(worker, crisis.record_consent, factories.consent(case_id, person_id))
    office.do(worker, crisis.add_order, factories.order(case_id, expires_on=date(2026, 1, 25)))
    office.do(worker, crisis.begin_contact, dial(phone_id))
    office.do(worker, crisis.withdraw_consent, crisis.WithdrawConsent(consent_id=consent_id, how="By phone"))
    assert not office.found(Task, Task.case_id == case_id, Task.status == TaskStatus.OPEN)
    [safety_task] = tasks(office, case_id, TaskKind.ORDER_EXPIRY, TaskStatus.ESCALATED)
    with pytest.raises(NotAllowed, match="waits for a supervisor"):
        office.do(worker, task_list.complete_task, task_list.CompleteTask(task_id=safety_task.id))
    office.do(supervisor, task_list.complete_task, task_list.CompleteTask(task_id=safety_task.id))
    with pytest.raises(RuleBroken, match="withdrew their consent"):
        office.do(worker, crisis.begin_contact, dial(phone_id))


def test_the_author_changes_a_contact_for_a_day_then_only_adds_to_it(
    office: Office, clock: TestClock, worker: Actor, case_id: str
) -> None:
    contact_id = office.do(worker, crisis.record_contact, factories.contact(case_id))
    clock.move(hours=23, minutes=59)
    office.do(worker, crisis.amend_contact, crisis.AmendContact(contact_id=contact_id, minutes=25))
    assert office.get(ContactLog, contact_id).minutes == 25
    clock.move(minutes=1)
    with pytest.raises(RuleBroken) as locked:
        office.do(worker, crisis.amend_contact, crisis.AmendContact(contact_id=contact_id, minutes=30))
    assert locked.value.field == "addendum"
    added = crisis.AmendContact(contact_id=contact_id, addendum="It was 30 minutes.")
    office.do(worker, crisis.amend_contact, added)
    assert office.get(ContactLog, contact_id).minutes == 25
    assert [one.text for one in office.found(ContactAddendum)] == ["It was 30 minutes."]


def test_a_colleague_cannot_change_a_contact(office: Office, worker: Actor, supervisor: Actor, case_id: str) -> None:
    colleague = office.member(Role.VSU, "C. Colleague")
    take = crisis.AssignCase(case_id=case_id, member_id=worker.member_id, co_workers=(colleague.member_id,))
    office.do(supervisor, crisis.assign_case, take)
    contact_id = office.do(worker, crisis.record_contact, factories.contact(case_id))
    with pytest.raises(RuleBroken, match="locked"):
        office.do(colleague, crisis.amend_contact, crisis.AmendContact(contact_id=contact_id, minutes=1))


def test_private_talk_stays_out_of_the_facts(
    office: Office, worker: Actor, volunteer: Actor, supervisor: Actor, case_id: str
) -> None:
    contact_id = office.do(worker, crisis.record_contact, factories.contact(case_id, support_note="She is afraid."))
    [note] = office.found(SupportNote, SupportNote.contact_id == contact_id)
    assert note.scope_id != office.get(Case, case_id).scope_id
    take = crisis.AssignCase(case_id=case_id, member_id=worker.member_id, co_workers=(volunteer.member_id,))
    office.do(supervisor, crisis.assign_case, take)
    office.do(volunteer, crisis.record_contact, factories.contact(case_id))
    with pytest.raises(NotAllowed):
        office.do(volunteer, crisis.record_contact, factories.contact(case_id, support_note="She is afraid."))


def test_the_first_contact_starts_the_clock_of_the_assessment(
    office: Office, clock: TestClock, worker: Actor, case_id: str
) -> None:
    assert [one.due_on for one in tasks(office, case_id, TaskKind.ASSESSMENT)] == [date(2026, 1, 27)]
    clock.move(days=3)
    missed = factories.contact(case_id, direction=Direction.ATTEMPTED)
    office.do(worker, crisis.record_contact, missed)
    assert [one.due_on for one in tasks(office, case_id, TaskKind.ASSESSMENT)] == [date(2026, 1, 27)]
    office.do(worker, crisis.record_contact, factories.contact(case_id))
    assert [one.due_on for one in tasks(office, case_id, TaskKind.ASSESSMENT)] == [date(2026, 1, 30)]


# --- needs, follow-up, review ---


def assess(office: Office, worker: Actor, case_id: str, *urgent: NeedDomain) -> str:
    assessment_id = office.do(worker, crisis.start_assessment, crisis.StartAssessment(case_id=case_id))
    for domain in urgent:
        answer = crisis.AnswerNeed(assessment_id=assessment_id, domain=domain, level=NeedLevel.URGENT)
        office.do(worker, crisis.answer_need, answer)
    office.do(worker, crisis.complete_assessment, crisis.CompleteAssessment(assessment_id=assessment_id))
    return assessment_id


def test_two_urgent_needs_lead_to_enhanced_support(office: Office, worker: Actor, case_id: str) -> None:
    started = office.do(worker, crisis.start_assessment, crisis.StartAssessment(case_id=case_id))
    assert office.get(Case, case_id).status is CaseStatus.ASSESSING
    assert office.get(NeedsAssessment, started).assessor_id == worker.member_id
    assessment_id = assess(office, worker, case_id, NeedDomain.MONEY, NeedDomain.HOUSING)
    case = office.get(Case, case_id)
    assert (case.status, case.support_level) == (CaseStatus.ACTIVE, SupportLevel.ENHANCED)
    assert case.enhanced_since == date(2026, 1, 20)
    assert office.get(NeedsAssessment, assessment_id).factors == ["two_urgent"]
    assert [one.due_on for one in tasks(office, case_id, TaskKind.ENHANCED_REVIEW)] == [date(2026, 2, 19)]


def test_the_first_assessment_is_repeated_after_thirty_days(office: Office, worker: Actor, case_id: str) -> None:
    assessment_id = assess(office, worker, case_id, NeedDomain.MONEY)
    assert office.get(Case, case_id).support_level is SupportLevel.STANDARD
    [again] = tasks(office, case_id, TaskKind.ASSESSMENT)
    assert again.due_on == date(2026, 2, 19)
    with pytest.raises(RuleBroken, match="finished"):
        answer = crisis.AnswerNeed(assessment_id=assessment_id, domain=NeedDomain.PETS)
        office.do(worker, crisis.answer_need, answer)
    assess(office, worker, case_id)
    assert tasks(office, case_id, TaskKind.ASSESSMENT) == []


def test_a_supervisor_overrides_the_screen_with_a_reason(
    office: Office, worker: Actor, supervisor: Actor, case_id: str
) -> None:
    assessment_id = assess(office, worker, case_id)
    command = crisis.OverrideScreen(assessment_id=assessment_id, level=SupportLevel.ENHANCED, reason="")
    with pytest.raises(RuleBroken):
        office.do(supervisor, crisis.override_screen, command)
    reasoned = crisis.OverrideScreen(assessment_id=assessment_id, level=SupportLevel.ENHANCED, reason="Isolated")
    office.do(supervisor, crisis.override_screen, reasoned)
    assert office.get(Case, case_id).support_level is SupportLevel.ENHANCED


def test_enhanced_follow_up_goes_on_when_the_last_call_is_done(office: Office, worker: Actor, case_id: str) -> None:
    change = crisis.SetFollowUp(case_id=case_id, cadence=Cadence.ENHANCED)
    office.do(worker, crisis.set_follow_up, change)
    planned = tasks(office, case_id, TaskKind.FOLLOW_UP)
    assert len(planned) == 5
    assert len(tasks(office, case_id, TaskKind.FOLLOW_UP, TaskStatus.CANCELLED)) == 3
    for task in planned:
        office.do(worker, task_list.complete_task, task_list.CompleteTask(task_id=task.id))
    [following] = tasks(office, case_id, TaskKind.FOLLOW_UP)
    assert following.due_on == date(2026, 3, 3)


def test_a_returned_case_makes_a_correction_and_waits_again(
    office: Office, worker: Actor, supervisor: Actor, case_id: str
) -> None:
    comments = (review.ReviewComment(section="needs", text="Ask about housing"),)
    command = review.ReviewCase(case_id=case_id, outcome=ReviewOutcome.RETURNED, comments=comments)
    review_id = office.do(supervisor, review.review_case, command)
    assert office.get(Case, case_id).review_state == "returned"
    [correction] = tasks(office, case_id, TaskKind.CORRECTION)
    assert correction.owner_id == worker.member_id
    office.do(worker, review.answer_review, review.AnswerReview(review_id=review_id, answer="Asked"))
    assert office.get(Case, case_id).review_state == "waiting"
    assert tasks(office, case_id, TaskKind.CORRECTION) == []


# --- money, referrals, plan, printing ---


def test_a_cost_above_the_limit_waits_for_approval(
    office: Office, worker: Actor, supervisor: Actor, case_id: str
) -> None:
    small = crisis.RecordAssistance(case_id=case_id, cost_cents=5000)
    office.do(worker, crisis.record_assistance, small)
    assert tasks(office, case_id, TaskKind.REVIEW) == []
    dear = office.do(worker, crisis.record_assistance, crisis.RecordAssistance(case_id=case_id, cost_cents=5001))
    assert len(tasks(office, case_id, TaskKind.REVIEW)) == 1
    office.do(supervisor, crisis.approve_assistance, crisis.ApproveAssistance(assistance_id=dear))
    assert office.get(PracticalAssistance, dear).approved_by == supervisor.member_id
    assert tasks(office, case_id, TaskKind.REVIEW) == []


@pytest.fixture
def service_id(office: Office, worker: Actor) -> str:
    organization_id = office.do(worker, directory.add_organization, factories.organization())
    command = directory.AddService(organization_id=organization_id, name="Emergency beds")
    return office.do(worker, directory.add_service, command)


def test_a_referral_is_sent_only_to_who_the_consent_names(
    office: Office, worker: Actor, case_id: str, person_id: str, service_id: str
) -> None:
    referral_id = office.do(worker, referrals.add_referral, factories.referral(case_id, service_id))
    send = referrals.SendReferral(referral_id=referral_id)
    letter = printing.AuthorisePrint(form_id="F-305", audience=Audience.PARTNER, record_id=referral_id)
    with pytest.raises(RuleBroken, match="has not agreed"):
        office.do(worker, referrals.send_referral, send)
    with pytest.raises(RuleBroken, match="has not agreed"):
        office.do(worker, printing.authorise_print, letter)
    elsewhere = factories.consent(case_id, person_id, organizations=("Another House",))
    office.do(worker, crisis.record_consent, elsewhere)
    with pytest.raises(RuleBroken, match="does not name"):
        office.do(worker, referrals.send_referral, send)
    office.do(worker, crisis.record_consent, factories.consent(case_id, person_id))
    office.do(worker, referrals.send_referral, send)
    office.do(worker, printing.authorise_print, letter)
    [check] = tasks(office, case_id, TaskKind.REFERRAL_CHECK)
    assert check.due_on == date(2026, 2, 3)
    outcome = referrals.RecordReferralOutcome(referral_id=referral_id, status=ReferralStatus.CONNECTED)
    office.do(worker, referrals.record_referral_outcome, outcome)
    assert office.get(Referral, referral_id).outcome_checked_on == date(2026, 1, 20)
    assert office.get(Task, check.id).status is TaskStatus.DONE


def test_a_self_referral_needs_no_consent(office: Office, worker: Actor, case_id: str, service_id: str) -> None:
    command = factories.referral(case_id, service_id, self_referral=True)
    referral_id = office.do(worker, referrals.add_referral, command)
    office.do(worker, referrals.send_referral, referrals.SendReferral(referral_id=referral_id))
    assert office.get(Referral, referral_id).status is ReferralStatus.SENT


def test_a_plan_version_stays_and_the_next_one_follows(office: Office, worker: Actor, case_id: str) -> None:
    first = office.do(worker, safety.save_plan, factories.plan(case_id))
    trigger = safety.RequestPlanReview(case_id=case_id, trigger=PlanTrigger.MOVE)
    task_id = office.do(worker, safety.request_plan_review, trigger)
    assert office.get(SafetyPlan, first).review_trigger == "move"
    second = office.do(worker, safety.save_plan, factories.plan(case_id))
    assert office.get(SafetyPlan, first).superseded_by == second
    assert office.get(SafetyPlan, second).version == 2
    assert office.get(Task, task_id).status is TaskStatus.DONE
    assert len(tasks(office, case_id, TaskKind.PLAN_REVIEW)) == 1


def test_printing_is_audited_with_its_audience(office: Office, worker: Actor, case_id: str) -> None:
    plan_id = office.do(worker, safety.save_plan, factories.plan(case_id))
    for export in (False, True):
        page = printing.AuthorisePrint(form_id="F-401", audience=Audience.CLIENT, record_id=plan_id, export=export)
        office.do(worker, printing.authorise_print, page)
    found = office.found(AuditEntry, AuditEntry.record_id == plan_id, AuditEntry.reason == "F-401 client")
    assert [one.action for one in found] == ["print", "export"]


def test_a_volunteer_prints_only_the_card_of_an_assigned_case(office: Office, volunteer: Actor, case_id: str) -> None:
    page = printing.AuthorisePrint(form_id="F-302", audience=Audience.CLIENT, record_id=case_id)
    with pytest.raises(NotAllowed):
        office.do(volunteer, printing.authorise_print, page)


# --- cases, tasks, settings ---


def test_a_closed_case_waits_for_review_and_can_be_reopened(
    office: Office, worker: Actor, case_id: str, person_id: str
) -> None:
    office.do(worker, crisis.record_consent, factories.consent(case_id, person_id))
    office.do(worker, crisis.answer_rights, factories.rights(case_id))
    office.do(worker, crisis.close_case, factories.closing(case_id))
    assert office.get(Case, case_id).review_state == "waiting"
    office.do(worker, crisis.reopen_case, crisis.ReopenCase(case_id=case_id, reason="New threat"))
    case = office.get(Case, case_id)
    assert (case.status, case.closed_on, case.reopened_on) == (CaseStatus.OPEN, None, date(2026, 1, 20))


def test_a_conflict_keeps_the_worker_of_the_linked_case_away(
    office: Office, worker: Actor, supervisor: Actor, case_id: str
) -> None:
    colleague = office.member(Role.VSU, "C. Colleague")
    other = office.do(colleague, crisis.open_case, factories.case())
    change = crisis.UpdateCase(case_id=case_id, conflict_flag=True, linked_case_ids=[other])
    office.do(worker, crisis.update_case, change)
    take = crisis.AssignCase(case_id=case_id, member_id=colleague.member_id)
    with pytest.raises(RuleBroken, match="unsafe to each other"):
        office.do(supervisor, crisis.assign_case, take)


def test_assigning_a_case_hands_its_open_tasks_over(
    office: Office, worker: Actor, supervisor: Actor, officer: Actor, case_id: str
) -> None:
    colleague = office.member(Role.VSU, "C. Colleague")
    take = crisis.AssignCase(case_id=case_id, member_id=colleague.member_id)
    office.do(supervisor, crisis.assign_case, take)
    assert {one.owner_id for one in office.found(Task, Task.case_id == case_id)} == {colleague.member_id}
    with pytest.raises(NotAllowed):
        office.do(worker, crisis.update_case, crisis.UpdateCase(case_id=case_id, high_risk=True))
    with pytest.raises(RuleBroken, match="no role that works on cases"):
        office.do(supervisor, crisis.assign_case, crisis.AssignCase(case_id=case_id, member_id=officer.member_id))
    with pytest.raises(NotFound):
        office.do(supervisor, crisis.assign_case, crisis.AssignCase(case_id=case_id, member_id="0" * 32))


def test_only_named_fields_change(office: Office, worker: Actor, case_id: str, person_id: str) -> None:
    office.do(worker, people.update_person, people.UpdatePerson(person_id=person_id, pronouns="she"))
    person = office.get(Person, person_id)
    assert (person.pronouns, person.preferred_name) == ("she", "Dana K.")
    office.do(worker, people.update_person, people.UpdatePerson(person_id=person_id, pronouns=None))
    assert office.get(Person, person_id).pronouns is None


def test_a_safety_step_is_one_record_however_often_it_is_answered(office: Office, worker: Actor, case_id: str) -> None:
    for status in (SafetyStatus.ARRANGED, SafetyStatus.DONE):
        answers = {SafetyStep.PREMISES: status, SafetyStep.PETS: SafetyStatus.NOT_NEEDED}
        office.do(worker, crisis.answer_safety_steps, crisis.AnswerSafetySteps(case_id=case_id, answers=answers))
    found = {one.step: one.status for one in office.found(ImmediateSafetyItem)}
    assert found == {SafetyStep.PREMISES: SafetyStatus.DONE, SafetyStep.PETS: SafetyStatus.NOT_NEEDED}


def test_a_task_is_cancelled_only_with_a_reason(office: Office, worker: Actor, case_id: str) -> None:
    [task] = tasks(office, case_id, TaskKind.ASSESSMENT)
    with pytest.raises(RuleBroken):
        office.do(worker, task_list.cancel_task, task_list.CancelTask(task_id=task.id, reason=" "))
    office.do(worker, task_list.hand_over_task, task_list.HandOverTask(task_id=task.id, to_text="The shelter"))
    assert office.get(Task, task.id).status is TaskStatus.HANDED_OVER
    with pytest.raises(RuleBroken, match="already closed"):
        office.do(worker, task_list.complete_task, task_list.CompleteTask(task_id=task.id))


def test_a_setting_gets_a_new_version_and_the_old_one_keeps_its_days(
    office: Office, clock: TestClock, supervisor: Actor, officer: Actor
) -> None:
    office.do(supervisor, directory.update_setting, directory.UpdateSetting(name="vsu.checkin_min", value=20))
    clock.move(days=2)
    office.do(supervisor, directory.update_setting, directory.UpdateSetting(name="vsu.checkin_min", value=15))
    found = {one.value: (one.effective_from, one.effective_to) for one in versions(office, "vsu.checkin_min")}
    assert found == {20: (date(2026, 1, 20), date(2026, 1, 21)), 15: (date(2026, 1, 22), None)}
    with pytest.raises(RuleBroken, match="no setting of this name"):
        office.do(supervisor, directory.update_setting, directory.UpdateSetting(name="vsu.nothing", value=1))


def test_the_services_own_holidays_count(office: Office, officer: Actor, supervisor: Actor) -> None:
    closed = directory.UpdateSetting(name="service.holidays.2026", value=["2026-01-21"])
    office.do(supervisor, directory.update_setting, closed)
    command = factories.request(response_wanted=ResponseWanted.NEXT_BUSINESS_DAY)
    request_id = office.do(officer, crisis.raise_request, command)
    [task] = office.found(Task, Task.request_id == request_id)
    assert task.due_on == date(2026, 1, 22)


def versions(office: Office, name: str) -> list[Setting]:
    return office.found(Setting, Setting.name == name)


def test_every_record_lies_in_a_scope_of_its_kind(
    office: Office, worker: Actor, supervisor: Actor, case_id: str, person_id: str
) -> None:
    """Tasks of a request are the exception: they lie with their request."""
    office.do(worker, crisis.raise_request, factories.request())
    office.do(worker, crisis.record_contact, factories.contact(case_id, support_note="x"))
    office.do(worker, crisis.update_accused, crisis.UpdateAccused(case_id=case_id, name="X"))
    office.do(worker, safety.save_plan, factories.plan(case_id))
    office.do(worker, safety.add_incident_log_entry, safety.AddIncidentLogEntry(case_id=case_id))
    office.do(worker, crisis.record_child_protection_report, crisis.RecordChildProtectionReport(case_id=case_id))
    with office.vault.read() as session:
        scope_kinds = {one.id: one.kind for one in session.scalars(select(Scope))}
        wrong = []
        for kind, table in kinds().items():
            for record in session.scalars(select(table)):
                expected = "request" if isinstance(record, Task) and record.request_id else str(table.scope_kind)
                if scope_kinds[record.scope_id] != expected:
                    wrong.append((kind, scope_kinds[record.scope_id]))
        counted = session.scalar(select(func.count()).select_from(SupportNote))
    assert wrong == []
    assert counted == 1


def test_agreeing_on_the_same_follow_up_again_changes_no_task(office: Office, worker: Actor) -> None:
    case_id = office.do(worker, crisis.open_case, factories.case())
    before = {task.id: (task.status, task.due_at, task.due_on) for task in office.found(Task, Task.case_id == case_id)}
    office.do(
        worker, crisis.set_follow_up, crisis.SetFollowUp(case_id=case_id, cadence=Cadence.STANDARD, note="By phone.")
    )
    after = {task.id: (task.status, task.due_at, task.due_on) for task in office.found(Task, Task.case_id == case_id)}
    assert after == before
    office.do(worker, crisis.set_follow_up, crisis.SetFollowUp(case_id=case_id, cadence=Cadence.ENHANCED))
    assert {task.id: task.status for task in office.found(Task, Task.case_id == case_id)} != {
        task_id: status for task_id, (status, _, _) in before.items()
    }

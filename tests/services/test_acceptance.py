"""The acceptance examples of crisis intervention and the safety plan (domain.md 3.8 and 4.6), through a real vault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.errors import NotAllowed, RuleBroken
from app.models.crisis import (
    Case,
    ChildProtectionReport,
    ContactLog,
    LegalOrder,
    Responder,
    ServiceRequest,
    SupportNote,
)
from app.models.local.tables import AuditEntry, NumberBlock
from app.models.people import SafeContact
from app.models.rules import access, numbering
from app.models.rules import dispatch as dispatch_rules
from app.models.rules.consent import ConsentState
from app.models.rules.plan import order_warning
from app.models.safety import SafetyPlan, SafetyPlanItem
from app.models.vocab import (
    Audience,
    AuditAction,
    Channel,
    CopyChoice,
    PlanSection,
    RequestStatus,
    Role,
    SceneSafe,
    ScopeKind,
    TaskKind,
    TaskStatus,
    Tri,
)
from app.models.work import Actor
from app.models.work_items import Consent, Task
from app.services import crisis, printing, safety, task_list
from app.services.crisis.cases import CaseNotClosable
from app.services.crisis.contacts import consent_to_contact
from app.vault import state
from app.vault.vault import Vault
from tests import factories
from tests.conftest import Office, TestClock


def case_with_person(office: Office, worker: Actor, command: crisis.OpenCase) -> tuple[str, str]:
    case_id = office.do(worker, crisis.open_case, command)
    person_id = office.get(Case, case_id).person_id
    assert person_id
    return case_id, person_id


def test_3a_the_call_back_clock_and_two_responders(
    office: Office, clock: TestClock, officer: Actor, worker: Actor, supervisor: Actor, volunteer: Actor
) -> None:
    clock.at = factories.SATURDAY_NIGHT
    request_id = office.do(officer, crisis.raise_request, factories.request())
    [task] = office.found(Task, Task.request_id == request_id)
    assert (task.kind, task.due_at) == (TaskKind.CALL_BACK, datetime(2026, 1, 18, 5, 10, tzinfo=UTC))

    clock.move(minutes=18)
    office.do(worker, crisis.call_back_requester, crisis.CallBackRequester(request_id=request_id))
    request = office.get(ServiceRequest, request_id)
    state_of_clock = dispatch_rules.call_back_clock(
        request.response_wanted, request.requested_at, request.called_back_at, clock.at, 30
    )
    assert state_of_clock is not None
    assert state_of_clock.met is True
    assert state_of_clock.minutes_left == 12
    assert office.get(Task, task.id).status is TaskStatus.DONE
    assert request.status is RequestStatus.TRIAGED

    office.do(worker, crisis.call_responder, crisis.CallResponder(request_id=request_id, member_id=volunteer.member_id))
    accept = crisis.AnswerCall(request_id=request_id, member_id=volunteer.member_id, accepted=True)
    office.do(volunteer, crisis.answer_call, accept)
    with pytest.raises(RuleBroken) as refused:
        office.do(worker, crisis.dispatch, crisis.Dispatch(request_id=request_id))
    assert refused.value.sentence.startswith("2 responders must accept before anyone is sent; 1 accepted.")

    second = crisis.CallResponder(request_id=request_id, member_id=worker.member_id)
    office.do(supervisor, crisis.call_responder, second)
    office.do(worker, crisis.answer_call, replace(accept, member_id=worker.member_id))
    office.do(supervisor, crisis.dispatch, crisis.Dispatch(request_id=request_id))
    assert office.get(ServiceRequest, request_id).status is RequestStatus.DISPATCHED
    assert len(office.found(Responder, Responder.request_id == request_id)) == 2


def test_3a_a_supervisor_may_send_one_responder_with_a_reason(
    office: Office, officer: Actor, worker: Actor, supervisor: Actor
) -> None:
    request_id = office.do(officer, crisis.raise_request, factories.request())
    office.do(
        worker,
        crisis.answer_call,
        crisis.AnswerCall(request_id=request_id, member_id=worker.member_id, accepted=True),
    )
    with pytest.raises(RuleBroken):
        office.do(supervisor, crisis.dispatch, crisis.Dispatch(request_id=request_id))
    override = crisis.OverrideResponders(request_id=request_id, reason="Storm, roads closed")
    with pytest.raises(NotAllowed):
        office.do(worker, crisis.override_responders, override)
    office.do(supervisor, crisis.override_responders, override)
    assert office.do(supervisor, crisis.dispatch, crisis.Dispatch(request_id=request_id))


def test_3b_police_are_leaving(office: Office, officer: Actor, worker: Actor, supervisor: Actor) -> None:
    command = factories.request(scene_safe=SceneSafe.POLICE_LEAVING)
    request_id = office.do(officer, crisis.raise_request, command)
    for member in (worker, supervisor):
        answer = crisis.AnswerCall(request_id=request_id, member_id=member.member_id, accepted=True)
        office.do(member, crisis.answer_call, answer)
    with pytest.raises(RuleBroken, match="Police are not staying"):
        office.do(worker, crisis.dispatch, crisis.Dispatch(request_id=request_id))

    by_phone = office.do(officer, crisis.raise_request, command)
    office.do(worker, crisis.respond_by_phone, crisis.RespondByPhone(request_id=by_phone))
    assert office.get(ServiceRequest, by_phone).status is RequestStatus.PHONE_RESPONSE

    with pytest.raises(RuleBroken) as no_reason:
        office.do(supervisor, crisis.override_scene, crisis.OverrideScene(request_id=request_id, reason="  "))
    assert no_reason.value.field == "reason"
    reason = "A second patrol arrives at 00:20"
    office.do(supervisor, crisis.override_scene, crisis.OverrideScene(request_id=request_id, reason=reason))
    assert office.do(worker, crisis.dispatch, crisis.Dispatch(request_id=request_id))
    [entry] = office.found(AuditEntry, AuditEntry.action == AuditAction.OVERRIDE, AuditEntry.record_id == request_id)
    assert (entry.member_id, entry.reason) == (supervisor.member_id, reason)


def test_3c_a_youth_whose_father_is_the_abuser(
    office: Office, clock: TestClock, worker: Actor, supervisor: Actor, volunteer: Actor
) -> None:
    command = factories.case(
        person=factories.youth(),
        others=(factories.person(preferred_name="Father of Robin"),),
        consent_to_contact=None,
    )
    case_id, robin = case_with_person(office, worker, command)
    assert not office.found(Task, Task.case_id == case_id, Task.kind == TaskKind.CHILD_PROTECTION)

    by_father = factories.consent(case_id, robin, given_by_name="Father of Robin", guardian_unsafe=Tri.YES)
    with pytest.raises(RuleBroken) as refused:
        office.do(worker, crisis.record_consent, by_father)
    assert refused.value.field == "guardian_exception"

    own = factories.consent(case_id, robin, guardian_unsafe=Tri.YES)
    consent_id = office.do(worker, crisis.record_consent, own)
    assert state_of_contact(office, worker, case_id, robin) is ConsentState.NEEDS_GUARDIAN
    [prompt] = office.found(Task, Task.case_id == case_id, Task.kind == TaskKind.CHILD_PROTECTION)
    assert (prompt.status, prompt.owner_id) == (TaskStatus.OPEN, worker.member_id)

    grant = crisis.GrantGuardianException(consent_id=consent_id, reason="The father is the suspect and lives there")
    with pytest.raises(NotAllowed):
        office.do(worker, crisis.grant_guardian_exception, grant)
    office.do(supervisor, crisis.grant_guardian_exception, grant)
    assert office.get(Consent, consent_id).exception_by == supervisor.member_id
    assert state_of_contact(office, worker, case_id, robin) is ConsentState.ACTIVE

    report = crisis.RecordChildProtectionReport(
        case_id=case_id,
        child="Robin",
        age=15,
        society="Example society",
        reported_at=datetime(2026, 1, 20, 19, 5, tzinfo=UTC),
        reference="7741",
    )
    report_id = office.do(worker, crisis.record_child_protection_report, report)
    assert office.get(Task, prompt.id).status is TaskStatus.DONE

    kept = office.get(ChildProtectionReport, report_id)
    assert kept.scope_id not in {office.get(Case, case_id).scope_id, office.get(Consent, consent_id).scope_id}
    readers = access.READING_GROUPS[ScopeKind.CHILD_PROTECTION]
    assert access.groups_of([Role.SUP]) & readers
    assert not access.groups_of([Role.VOL]) & readers
    with pytest.raises(NotAllowed):
        office.do(volunteer, crisis.record_child_protection_report, report)


def state_of_contact(office: Office, worker: Actor, case_id: str, person_id: str) -> ConsentState:
    with office.vault.write(worker) as work:
        case = work.session.get(Case, case_id)
        assert case is not None
        return consent_to_contact(work, case, person_id)


def test_3d_the_dial_dialog_and_the_refused_letter(office: Office, worker: Actor) -> None:
    command = factories.case(contacts=(factories.safe_phone(), factories.address()))
    case_id, _ = case_with_person(office, worker, command)
    contacts = {str(one.kind): one.id for one in office.found(SafeContact, SafeContact.case_id == case_id)}
    dial = crisis.BeginContact(safe_contact_id=contacts["phone"], channel=Channel.PHONE)
    decision = office.do(worker, crisis.begin_contact, dial)
    shown = [one.text.format(**one.values) for one in decision.instructions]
    assert shown == ["Do not leave a message", "Block caller ID", "Say you are Bayview Dental"]

    letter = crisis.BeginContact(
        safe_contact_id=contacts["address"], channel=Channel.MAIL, override_reason="It would be handy"
    )
    with pytest.raises(RuleBroken, match="Letters are not known to be safe"):
        office.do(worker, crisis.begin_contact, letter)
    page = printing.AuthorisePrint(
        form_id="F-307", audience=Audience.CLIENT, record_id=case_id, mail_to_id=contacts["address"]
    )
    with pytest.raises(RuleBroken, match="Letters are not known to be safe"):
        office.do(worker, printing.authorise_print, page)
    [entry] = office.found(AuditEntry, AuditEntry.action == AuditAction.CONTACT)
    assert entry.record_id == contacts["phone"]


def test_3e_a_night_without_a_network_on_two_devices(new_vault: Callable[[str], Vault], clock: TestClock) -> None:
    """Two enrolled devices with the blocks that the server gave them; neither meets it all night."""
    numbers: list[str | None] = []
    for name, first in (("laptop", 1), ("tablet", 51)):
        vault = new_vault(name)
        with vault.settling() as session:
            state.put(session, state.SERVER_ADDRESS, "https://server.example")
            for series in numbering.SERIES:
                block = NumberBlock(series=series, year=2026, first=first, last=first + 49, following=first)
                session.add(block)
        numbers += a_night(Office(vault, clock))
    assert len(numbers) == 8
    assert None not in numbers
    assert len(set(numbers)) == 8


def a_night(office: Office) -> list[str | None]:
    """Three requests, a case, twelve contacts with notes; the numbers that were given."""
    worker = office.member(Role.VSU, "W. Worker")
    requests = [office.do(worker, crisis.raise_request, factories.request()) for _ in range(3)]
    case_id = office.do(worker, crisis.open_case, factories.case(request_id=requests[0]))
    for nth in range(12):
        command = factories.contact(case_id, service_fact=f"Call {nth}", support_note=f"Said {nth}")
        office.do(worker, crisis.record_contact, command)
        office.clock.move(minutes=5)
    facts = {one.service_fact for one in office.found(ContactLog, ContactLog.case_id == case_id)}
    notes = {one.text for one in office.found(SupportNote, SupportNote.case_id == case_id)}
    assert facts == {f"Call {nth}" for nth in range(12)}
    assert notes == {f"Said {nth}" for nth in range(12)}
    return [office.get(ServiceRequest, one).number for one in requests] + [office.get(Case, case_id).number]


def test_3f_closing_is_blocked_while_an_expiry_task_is_open(office: Office, worker: Actor) -> None:
    case_id, person_id = case_with_person(office, worker, factories.case())
    office.do(worker, crisis.record_consent, factories.consent(case_id, person_id))
    office.do(worker, crisis.answer_rights, factories.rights(case_id))
    office.do(worker, crisis.add_order, factories.order(case_id, expires_on=date(2026, 1, 30)))
    with pytest.raises(CaseNotClosable) as refused:
        office.do(worker, crisis.close_case, factories.closing(case_id))
    titles = [one.values["task"] for one in refused.value.blockers]
    assert titles == ["An order ends in 30 days", "An order ends in 7 days"]
    assert "An order ends in 7 days" in refused.value.sentence
    assert office.get(Case, case_id).closed_on is None

    for blocker in refused.value.blockers:
        done = task_list.CancelTask(task_id=blocker.record_id, reason="The charge was withdrawn in court")
        office.do(worker, task_list.cancel_task, done)
    office.do(worker, crisis.close_case, factories.closing(case_id))
    assert office.get(Case, case_id).closed_on == date(2026, 1, 20)
    assert not office.found(Task, Task.case_id == case_id, Task.status == TaskStatus.OPEN)


def test_4a_no_copy_disables_print_and_export(office: Office, worker: Actor) -> None:
    case_id, _ = case_with_person(office, worker, factories.case())
    plan_id = office.do(worker, safety.save_plan, factories.plan(case_id, copy_choice=CopyChoice.NO_COPY))
    for form in ("F-401", "F-402", "F-403", "F-405"):
        audience = Audience.INTERNAL if form == "F-403" else Audience.CLIENT
        for export in (False, True):
            page = printing.AuthorisePrint(form_id=form, audience=audience, record_id=plan_id, export=export)
            with pytest.raises(RuleBroken, match="keep no copy"):
                office.do(worker, printing.authorise_print, page)
    plan = office.get(SafetyPlan, plan_id)
    assert (plan.version, plan.next_review) == (1, date(2026, 2, 19))
    assert not office.found(AuditEntry, AuditEntry.action.in_([AuditAction.PRINT, AuditAction.EXPORT]))
    [task] = office.found(Task, Task.case_id == case_id, Task.kind == TaskKind.PLAN_REVIEW)
    assert task.due_on == date(2026, 2, 19)


def test_4b_the_banner_and_the_tasks_before_an_order_ends(office: Office, clock: TestClock, worker: Actor) -> None:
    clock.at = datetime(2025, 4, 1, 15, 0, tzinfo=UTC)
    case_id, _ = case_with_person(office, worker, factories.case())
    order_id = office.do(worker, crisis.add_order, factories.order(case_id, expires_on=date(2025, 6, 30)))
    due = {one.due_on for one in office.found(Task, Task.subject_id == order_id)}
    assert due == {date(2025, 5, 1), date(2025, 5, 31), date(2025, 6, 23)}
    expires_on = office.get(LegalOrder, order_id).expires_on
    warn_days = (60, 30, 7)
    assert order_warning(expires_on, date(2025, 4, 30), warn_days) is None
    banner = order_warning(expires_on, date(2025, 5, 1), warn_days)
    assert banner is not None
    assert (banner.unknown_expiry, banner.days_left) == (False, 60)


def test_4b_an_unknown_expiry_is_flagged(office: Office, worker: Actor) -> None:
    case_id, _ = case_with_person(office, worker, factories.case())
    order_id = office.do(worker, crisis.add_order, factories.order(case_id, expires_on=None))
    [task] = office.found(Task, Task.subject_id == order_id)
    assert (task.title, task.due_on) == ("Confirm when the order ends", date(2026, 1, 20))
    office.do(worker, crisis.update_order, crisis.UpdateOrder(order_id=order_id, expires_on=date(2026, 12, 31)))
    assert office.get(Task, task.id).status is TaskStatus.CANCELLED
    assert len(office.found(Task, Task.subject_id == order_id, Task.status == TaskStatus.OPEN)) == 3


def test_4c_someone_else_listening_is_recorded_with_the_case(office: Office, worker: Actor) -> None:
    case_id, _ = case_with_person(office, worker, factories.case())
    office.do(worker, crisis.update_case, crisis.UpdateCase(case_id=case_id, listener_present=True))
    assert office.get(Case, case_id).listener_present is True


def test_4d_text_typed_in_english_stays_and_is_marked(office: Office, worker: Actor) -> None:
    case_id, _ = case_with_person(office, worker, factories.case())
    items = (
        safety.PlanItem(section=PlanSection.DURING, catalogue="during.exits", text="Back stairs"),
        safety.PlanItem(section=PlanSection.PEOPLE, text="Ma soeur", text_language="fr"),
        safety.PlanItem(section=PlanSection.PETS, catalogue="pets.care"),
    )
    plan_id = office.do(worker, safety.save_plan, factories.plan(case_id, language="fr", items=items))
    rows = office.found(SafetyPlanItem, SafetyPlanItem.plan_id == plan_id)
    kept = {one.text: one.text_language for one in rows}
    assert kept == {"Back stairs": "en", "Ma soeur": "fr", None: None}


def test_a_case_from_a_request_takes_what_the_request_knows(office: Office, officer: Actor, worker: Actor) -> None:
    request_id = office.do(officer, crisis.raise_request, factories.request())
    case_id, person_id = case_with_person(office, worker, crisis.OpenCase(request_id=request_id))
    [phone] = office.found(SafeContact, SafeContact.person_id == person_id)
    assert (phone.value, phone.safe_to_use, str(phone.voicemail)) == ("+15550123", Tri.YES, "none")
    assert office.get(ServiceRequest, request_id).case_id == case_id
    kinds = {str(one.kind) for one in office.found(Task, Task.case_id == case_id)}
    assert kinds == {"assessment", "follow_up", "child_protection"}  # two children, partner violence at home
    dial = crisis.BeginContact(safe_contact_id=phone.id, channel=Channel.PHONE)
    assert office.do(worker, crisis.begin_contact, dial).instructions

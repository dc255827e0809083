"""Every verb for every role: allowed where the policy table says so, refused everywhere else (domain.md 20.1)."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from app import services
from app.errors import NotAllowed, RuleBroken
from app.forms import stored
from app.models.agency import Organization, Service, Setting
from app.models.base import Record
from app.models.crisis import (
    AccusedPanel,
    Case,
    CheckIn,
    ChildProtectionReport,
    ContactLog,
    CrisisContact,
    Deployment,
    FollowUpPlan,
    ImmediateSafetyItem,
    Incident,
    LegalOrder,
    NeedAnswer,
    NeedsAssessment,
    PlanStep,
    PracticalAssistance,
    Referral,
    Responder,
    RightsItem,
    ServiceRequest,
    SupportNote,
)
from app.models.form_library import FormAnswer, FormStanding, FormVersion
from app.models.people import Person, Relationship, SafeContact
from app.models.published import PublishedTable
from app.models.registry import CardFollowUp, CardView, EmergencyCard, Registration, RegistryBatch, RegistryDispute
from app.models.retention import DestructionRun, LegalHold
from app.models.rules.access import CASE_WORKERS, REGISTRY_OFFICE, may_write
from app.models.rules.attachments import Kept, Sealed
from app.models.rules.printing import FORMS
from app.models.rules.registry_rows import RawRow
from app.models.rules.suppression import Counted
from app.models.safety import IncidentLogEntry, SafetyPlan
from app.models.tracking import (
    AlarmEvent,
    AlarmReview,
    DispatchCard,
    LocationTrack,
    TrackingApplication,
    TrackingCheck,
    TrackingDevice,
    TrackingLoan,
    TrackingReview,
    TrackingView,
)
from app.models.vocab import (
    AlarmOutcome,
    AlarmSource,
    AttachmentKind,
    Audience,
    Cadence,
    Capacity,
    CardReason,
    Channel,
    CheckKind,
    CheckResult,
    DeviceStatus,
    DisputeSide,
    FormAbout,
    LoanAdvice,
    LoanEnd,
    NeedDomain,
    PlanTrigger,
    ReferralStatus,
    RegistryAuthority,
    RegistryStatus,
    RetentionClass,
    ReviewOutcome,
    Right,
    RightAnswer,
    RiskJudged,
    Role,
    SafetyStatus,
    SafetyStep,
    SubmitterWay,
    SupportLevel,
    TrackingCriterion,
    TrackingReason,
    TrackingStatus,
)
from app.models.work import Actor
from app.models.work_items import CaseReview, Consent, Task
from app.services import (
    calendar_export,
    conflicts,
    crisis,
    directory,
    dispatch_cards,
    flags,
    forms,
    leaving,
    lifesaver_kit,
    lifesaver_watch,
    map_file,
    people,
    printing,
    published_counts,
    referrals,
    registry,
    registry_cards,
    registry_disputes,
    registry_import,
    registry_photos,
    registry_terms,
    retention,
    reveals,
    review,
    safety,
    setup,
    task_list,
    tracking,
    tracking_alarms,
    tracking_checks,
    tracking_counts,
    tracking_loans,
    tracking_locations,
    tracking_stock,
    tracking_watch,
)
from app.services.form_files import AnswerFile
from app.services.permission import COORDINATORS, ON_CASE
from tests import factories
from tests.conftest import Office
from tests.forms.published_forms import visit
from tests.services import lifesaver_policy

ALL = frozenset(Role)
TODAY = date(2026, 1, 20)
POINT = {"lat": 43.45, "lon": -79.7, "at": "2026-01-20T15:00:00+00:00"}
ON_CASE_OR_SUP = ON_CASE | {Role.SUP}
SUPERVISOR = frozenset({Role.SUP})
REGISTRY = frozenset({Role.REG})
Verb = Callable[..., Any]


@dataclass
class Ids:
    """What every verb is tried on: a case whose worker and co-workers are all the members that try."""

    of: dict[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> str:
        return self.of[name]


KEPT = Kept(AttachmentKind.PHOTO, Sealed("cd" * 32, ("ef" * 32,), 9), "image/jpeg")


@dataclass(frozen=True)
class Policy:
    """A verb: the kind that it writes, which roles of those that may write the kind it is for, and how it is asked."""

    kind: type[Record]
    among: frozenset[Role]
    command: Callable[[Ids], Any]


POLICY: dict[Verb, Policy] = {
    crisis.raise_request: Policy(ServiceRequest, ALL, lambda ids: factories.request()),
    crisis.update_request: Policy(
        ServiceRequest, ALL, lambda ids: crisis.UpdateRequest(request_id=ids.own_request, note="n")
    ),
    crisis.call_back_requester: Policy(
        ServiceRequest, COORDINATORS, lambda ids: crisis.CallBackRequester(request_id=ids.request)
    ),
    crisis.override_scene: Policy(
        ServiceRequest, SUPERVISOR, lambda ids: crisis.OverrideScene(request_id=ids.request, reason="r")
    ),
    crisis.override_responders: Policy(
        ServiceRequest, SUPERVISOR, lambda ids: crisis.OverrideResponders(request_id=ids.request, reason="r")
    ),
    crisis.call_responder: Policy(
        Responder, COORDINATORS, lambda ids: crisis.CallResponder(request_id=ids.request, member_id=ids.member)
    ),
    crisis.answer_call: Policy(
        Responder, ALL, lambda ids: crisis.AnswerCall(request_id=ids.request, member_id=ids.member, accepted=True)
    ),
    crisis.dispatch: Policy(Deployment, COORDINATORS, lambda ids: crisis.Dispatch(request_id=ids.request)),
    crisis.respond_by_phone: Policy(
        ServiceRequest, COORDINATORS, lambda ids: crisis.RespondByPhone(request_id=ids.request)
    ),
    crisis.record_times: Policy(Deployment, ALL, lambda ids: crisis.RecordTimes(request_id=ids.request)),
    crisis.check_in: Policy(CheckIn, ALL, lambda ids: crisis.CheckInNow(request_id=ids.request)),
    crisis.decline_request: Policy(
        ServiceRequest, COORDINATORS, lambda ids: crisis.DeclineRequest(request_id=ids.request, reason="r")
    ),
    crisis.cancel_request: Policy(
        ServiceRequest, ALL, lambda ids: crisis.CancelRequest(request_id=ids.own_request, reason="r")
    ),
    crisis.person_not_found: Policy(
        ServiceRequest, COORDINATORS, lambda ids: crisis.PersonNotFound(request_id=ids.request)
    ),
    crisis.hand_to_follow_up: Policy(
        ServiceRequest, COORDINATORS, lambda ids: crisis.HandToFollowUp(request_id=ids.request)
    ),
    crisis.end_request: Policy(ServiceRequest, COORDINATORS, lambda ids: crisis.EndRequest(request_id=ids.request)),
    crisis.open_case: Policy(Case, CASE_WORKERS, lambda ids: factories.case()),
    crisis.update_case: Policy(Case, ON_CASE, lambda ids: crisis.UpdateCase(case_id=ids.case, high_risk=True)),
    crisis.update_incident: Policy(Incident, ON_CASE, lambda ids: crisis.UpdateIncident(case_id=ids.case)),
    crisis.update_accused: Policy(AccusedPanel, ON_CASE, lambda ids: crisis.UpdateAccused(case_id=ids.case, name="X")),
    crisis.assign_case: Policy(
        Case, SUPERVISOR, lambda ids: crisis.AssignCase(case_id=ids.case, member_id=ids.other_worker)
    ),
    crisis.set_follow_up: Policy(
        FollowUpPlan, ON_CASE, lambda ids: crisis.SetFollowUp(case_id=ids.case, cadence=Cadence.ENHANCED)
    ),
    crisis.start_monitoring: Policy(Case, ON_CASE, lambda ids: crisis.StartMonitoring(case_id=ids.case)),
    crisis.close_case: Policy(Case, ON_CASE, lambda ids: factories.closing(ids.case)),
    crisis.reopen_case: Policy(Case, ON_CASE, lambda ids: crisis.ReopenCase(case_id=ids.case, reason="r")),
    crisis.begin_contact: Policy(
        ContactLog, ON_CASE, lambda ids: crisis.BeginContact(safe_contact_id=ids.contact_way, channel=Channel.PHONE)
    ),
    crisis.record_contact: Policy(ContactLog, ON_CASE, lambda ids: factories.contact(ids.case)),
    crisis.amend_contact: Policy(
        ContactLog, ON_CASE, lambda ids: crisis.AmendContact(contact_id=ids.contact, addendum="more")
    ),
    crisis.add_support_note: Policy(
        SupportNote, ON_CASE, lambda ids: crisis.AddSupportNote(case_id=ids.case, text="t")
    ),
    crisis.record_crisis_contact: Policy(
        CrisisContact, ON_CASE, lambda ids: crisis.RecordCrisisContact(case_id=ids.case)
    ),
    crisis.answer_safety_step: Policy(
        ImmediateSafetyItem,
        ON_CASE,
        lambda ids: crisis.AnswerSafetyStep(case_id=ids.case, step=SafetyStep.PHONE, status=SafetyStatus.DONE),
    ),
    crisis.answer_safety_steps: Policy(
        ImmediateSafetyItem,
        ON_CASE,
        lambda ids: crisis.AnswerSafetySteps(case_id=ids.case, answers={SafetyStep.PETS: SafetyStatus.DONE}),
    ),
    crisis.record_assistance: Policy(
        PracticalAssistance, ON_CASE, lambda ids: crisis.RecordAssistance(case_id=ids.case, cost_cents=900)
    ),
    crisis.approve_assistance: Policy(
        PracticalAssistance, SUPERVISOR, lambda ids: crisis.ApproveAssistance(assistance_id=ids.assistance)
    ),
    crisis.start_assessment: Policy(NeedsAssessment, ON_CASE, lambda ids: crisis.StartAssessment(case_id=ids.case)),
    crisis.update_assessment: Policy(
        NeedsAssessment, ON_CASE, lambda ids: crisis.UpdateAssessment(assessment_id=ids.assessment)
    ),
    crisis.answer_need: Policy(
        NeedAnswer, ON_CASE, lambda ids: crisis.AnswerNeed(assessment_id=ids.assessment, domain=NeedDomain.MONEY)
    ),
    crisis.complete_assessment: Policy(
        NeedsAssessment, ON_CASE, lambda ids: crisis.CompleteAssessment(assessment_id=ids.assessment)
    ),
    crisis.override_screen: Policy(
        NeedsAssessment,
        ON_CASE_OR_SUP,
        lambda ids: crisis.OverrideScreen(assessment_id=ids.assessment, level=SupportLevel.ENHANCED, reason="r"),
    ),
    crisis.add_plan_step: Policy(PlanStep, ON_CASE, lambda ids: crisis.AddPlanStep(case_id=ids.case)),
    crisis.update_plan_step: Policy(PlanStep, ON_CASE, lambda ids: crisis.UpdatePlanStep(step_id=ids.step, who="me")),
    crisis.record_consent: Policy(Consent, ON_CASE, lambda ids: factories.consent(ids.case, ids.person)),
    crisis.grant_guardian_exception: Policy(
        Consent, SUPERVISOR, lambda ids: crisis.GrantGuardianException(consent_id=ids.consent, reason="r")
    ),
    crisis.withdraw_consent: Policy(
        Consent, ON_CASE, lambda ids: crisis.WithdrawConsent(consent_id=ids.consent, how="by phone")
    ),
    crisis.add_order: Policy(LegalOrder, ON_CASE, lambda ids: factories.order(ids.case)),
    crisis.update_order: Policy(LegalOrder, ON_CASE, lambda ids: crisis.UpdateOrder(order_id=ids.order, court="c")),
    crisis.answer_right: Policy(
        RightsItem,
        ON_CASE,
        lambda ids: crisis.AnswerRight(case_id=ids.case, right=Right.MONEY, answer=RightAnswer.TOLD),
    ),
    crisis.answer_rights: Policy(RightsItem, ON_CASE, lambda ids: factories.rights(ids.case)),
    crisis.prompt_child_protection: Policy(Task, ON_CASE, lambda ids: crisis.PromptChildProtection(case_id=ids.case)),
    crisis.record_child_protection_report: Policy(
        ChildProtectionReport, ALL, lambda ids: crisis.RecordChildProtectionReport(child="c")
    ),
    people.add_person: Policy(Person, ON_CASE, lambda ids: people.AddPerson(case_id=ids.case)),
    people.update_person: Policy(Person, ON_CASE, lambda ids: people.UpdatePerson(person_id=ids.person)),
    people.add_relationship: Policy(
        Relationship, ON_CASE, lambda ids: people.AddRelationship(case_id=ids.case, person_id=ids.person)
    ),
    people.add_safe_contact: Policy(SafeContact, ON_CASE, lambda ids: people.AddSafeContact(person_id=ids.person)),
    people.update_safe_contact: Policy(
        SafeContact, ON_CASE, lambda ids: people.UpdateSafeContact(safe_contact_id=ids.contact_way)
    ),
    people.confirm_safe_contact: Policy(
        SafeContact, ON_CASE, lambda ids: people.ConfirmSafeContact(safe_contact_id=ids.contact_way)
    ),
    safety.save_plan: Policy(SafetyPlan, ON_CASE, lambda ids: factories.plan(ids.case)),
    safety.request_plan_review: Policy(
        SafetyPlan, ON_CASE, lambda ids: safety.RequestPlanReview(case_id=ids.case, trigger=PlanTrigger.MOVE)
    ),
    safety.add_incident_log_entry: Policy(
        IncidentLogEntry, ON_CASE, lambda ids: safety.AddIncidentLogEntry(case_id=ids.case)
    ),
    referrals.add_referral: Policy(Referral, ON_CASE, lambda ids: factories.referral(ids.case, ids.service)),
    referrals.update_referral: Policy(
        Referral, ON_CASE, lambda ids: referrals.UpdateReferral(referral_id=ids.referral, reason="r")
    ),
    referrals.send_referral: Policy(Referral, ON_CASE, lambda ids: referrals.SendReferral(referral_id=ids.referral)),
    referrals.record_referral_outcome: Policy(
        Referral,
        ON_CASE,
        lambda ids: referrals.RecordReferralOutcome(referral_id=ids.referral, status=ReferralStatus.CONNECTED),
    ),
    task_list.add_task: Policy(Task, ON_CASE_OR_SUP, lambda ids: task_list.AddTask(title="t", case_id=ids.case)),
    task_list.complete_task: Policy(Task, ON_CASE_OR_SUP, lambda ids: task_list.CompleteTask(task_id=ids.task)),
    task_list.cancel_task: Policy(Task, ON_CASE_OR_SUP, lambda ids: task_list.CancelTask(task_id=ids.task, reason="r")),
    task_list.hand_over_task: Policy(
        Task, ON_CASE_OR_SUP, lambda ids: task_list.HandOverTask(task_id=ids.task, member_id=ids.other_worker)
    ),
    review.ask_for_review: Policy(Case, ON_CASE, lambda ids: review.AskForReview(case_id=ids.case)),
    review.review_case: Policy(
        CaseReview, SUPERVISOR, lambda ids: review.ReviewCase(case_id=ids.case, outcome=ReviewOutcome.APPROVED)
    ),
    review.answer_review: Policy(
        CaseReview, ON_CASE, lambda ids: review.AnswerReview(review_id=ids.review, answer="Done")
    ),
    directory.add_organization: Policy(Organization, ALL, lambda ids: factories.organization()),
    directory.update_organization: Policy(
        Organization, ALL, lambda ids: directory.UpdateOrganization(organization_id=ids.organization)
    ),
    directory.add_service: Policy(
        Service, ALL, lambda ids: directory.AddService(organization_id=ids.organization, name="Beds")
    ),
    directory.add_service_of_new_organization: Policy(
        Service,
        ALL,
        lambda ids: directory.AddServiceOfNewOrganization(organization=factories.organization(), name="Beds"),
    ),
    directory.update_service: Policy(Service, ALL, lambda ids: directory.UpdateService(service_id=ids.service)),
    directory.update_setting: Policy(
        Setting, ALL, lambda ids: directory.UpdateSetting(name="vsu.checkin_min", value=20)
    ),
    registry.register: Policy(Registration, ALL, lambda ids: factories.registration()),
    registry.update_registration: Policy(
        Registration,
        REGISTRY_OFFICE,
        lambda ids: registry.UpdateRegistration(registration_id=ids.registration, hair="Grey"),
    ),
    registry.submit_registration: Policy(
        Registration, REGISTRY_OFFICE, lambda ids: registry.SubmitRegistration(registration_id=ids.registration)
    ),
    registry.verify_registration: Policy(
        Registration,
        REGISTRY,
        lambda ids: registry.VerifyRegistration(registration_id=ids.registration, authority=RegistryAuthority.PARENT),
    ),
    registry.activate_registration: Policy(
        Registration, REGISTRY, lambda ids: registry.ActivateRegistration(registration_id=ids.registration)
    ),
    registry.activate_provisionally: Policy(
        Registration,
        SUPERVISOR,
        lambda ids: registry.ActivateProvisionally(registration_id=ids.registration, reason="r"),
    ),
    registry.renew_registration: Policy(
        Registration, REGISTRY, lambda ids: registry.RenewRegistration(registration_id=ids.active)
    ),
    registry.suspend_registration: Policy(
        Registration,
        REGISTRY_OFFICE,
        lambda ids: registry.SuspendRegistration(registration_id=ids.active, reason="r"),
    ),
    registry.resume_registration: Policy(
        Registration, SUPERVISOR, lambda ids: registry.ResumeRegistration(registration_id=ids.active, reason="r")
    ),
    registry.end_registration: Policy(
        Registration,
        REGISTRY,
        lambda ids: registry.EndRegistration(registration_id=ids.active, status=RegistryStatus.WITHDRAWN, reason="r"),
    ),
    registry_cards.open_card: Policy(
        CardView, ALL, lambda ids: registry_cards.OpenCard(card_id=ids.card, why=CardReason.MISSING)
    ),
    registry_cards.follow_up_card: Policy(
        CardFollowUp, ALL, lambda ids: registry_cards.FollowUpCard(view_id=ids.view, occurrence_no="26-1")
    ),
    registry_terms.record_reminder: Policy(
        Registration,
        REGISTRY,
        lambda ids: registry_terms.RecordReminder(registration_id=ids.active, way=SubmitterWay.MAIL),
    ),
    registry_terms.record_own_consent: Policy(
        Registration, REGISTRY, lambda ids: registry_terms.RecordOwnConsent(registration_id=ids.active, agrees=True)
    ),
    registry_terms.review_capacity: Policy(
        Registration,
        REGISTRY,
        lambda ids: registry_terms.ReviewCapacity(registration_id=ids.active, capacity=Capacity.OWN, note="n"),
    ),
    registry_terms.archive_registration: Policy(
        Registration, REGISTRY, lambda ids: registry_terms.ArchiveRegistration(registration_id=ids.active, reason="r")
    ),
    registry_import.import_registrations: Policy(
        RegistryBatch,
        ALL,
        lambda ids: registry_import.ImportRegistrations(
            rows=(RawRow(1, {"legal_first": "Iris"}, {}),), file_name="list.csv"
        ),
    ),
    registry_disputes.open_dispute: Policy(
        RegistryDispute,
        ALL,
        lambda ids: registry_disputes.OpenDispute(
            registration_id=ids.active, field="triggers", value="Dogs", second_by="M. Rennick"
        ),
    ),
    registry_disputes.decide_dispute: Policy(
        RegistryDispute,
        SUPERVISOR,
        lambda ids: registry_disputes.DecideDispute(dispute_id=ids.dispute, side=DisputeSide.FIRST, reason="r"),
    ),
    registry_cards.search_by_description: Policy(
        CardView, ALL, lambda ids: registry_cards.SearchByDescription(told=("hair", "eyes"))
    ),
    forms.publish_form: Policy(
        FormVersion, ALL, lambda ids: forms.PublishForm(xml=visit("2"), about=FormAbout.SERVICE)
    ),
    tracking.apply: Policy(TrackingApplication, ON_CASE, lambda ids: factories.application(ids.case)),
    tracking.update_application: Policy(
        TrackingApplication, ON_CASE, lambda ids: tracking.UpdateApplication(application_id=ids.application, reason="r")
    ),
    tracking.assess_application: Policy(
        TrackingApplication, ON_CASE, lambda ids: tracking.AssessApplication(application_id=ids.application)
    ),
    tracking.waive_criterion: Policy(
        TrackingApplication,
        SUPERVISOR,
        lambda ids: tracking.WaiveCriterion(
            application_id=ids.application, criterion=TrackingCriterion.COOPERATES, reason="r"
        ),
    ),
    tracking.decide_application: Policy(
        TrackingApplication,
        SUPERVISOR,
        lambda ids: tracking.DecideApplication(application_id=ids.application, decision=TrackingStatus.APPROVED),
    ),
    tracking.close_application: Policy(
        TrackingApplication,
        ON_CASE_OR_SUP,
        lambda ids: tracking.CloseApplication(application_id=ids.application, reason="r"),
    ),
    tracking_stock.add_device: Policy(TrackingDevice, ALL, lambda ids: factories.device("MT-99")),
    tracking_stock.update_device: Policy(
        TrackingDevice, ALL, lambda ids: tracking_stock.UpdateDevice(device_id=ids.device, vendor="v")
    ),
    tracking_stock.reserve_device: Policy(
        TrackingDevice,
        CASE_WORKERS,
        lambda ids: tracking_stock.ReserveDevice(device_id=ids.spare, application_id=ids.application),
    ),
    tracking_stock.set_aside: Policy(
        TrackingDevice,
        ALL,
        lambda ids: tracking_stock.SetAside(device_id=ids.spare, status=DeviceStatus.REPAIR, reason="r"),
    ),
    tracking_stock.wipe_device: Policy(
        TrackingDevice, ALL, lambda ids: tracking_stock.WipeDevice(device_id=ids.device, witness=ids.other_worker)
    ),
    tracking_stock.confirm_disabled: Policy(
        TrackingDevice, ALL, lambda ids: tracking_stock.ConfirmDisabled(device_id=ids.device)
    ),
    tracking_loans.issue_loan: Policy(
        TrackingLoan, CASE_WORKERS, lambda ids: factories.loan(ids.application, ids.spare, ids.other_worker, TODAY)
    ),
    tracking_loans.update_loan: Policy(
        TrackingLoan, CASE_WORKERS, lambda ids: tracking_loans.UpdateLoan(loan_id=ids.loan, hazards="h")
    ),
    tracking_loans.review_loan: Policy(
        TrackingReview,
        ON_CASE,
        lambda ids: tracking_loans.ReviewLoan(loan_id=ids.loan, risk_now=RiskJudged.HIGH, advice=LoanAdvice.EXTEND),
    ),
    tracking_loans.extend_loan: Policy(
        TrackingLoan,
        SUPERVISOR,
        lambda ids: tracking_loans.ExtendLoan(loan_id=ids.loan, to=date(2026, 9, 1), reason="r"),
    ),
    tracking_loans.return_device: Policy(
        TrackingLoan,
        CASE_WORKERS,
        lambda ids: tracking_loans.ReturnDevice(loan_id=ids.loan, reason=LoanEnd.TERM, witness=ids.other_worker),
    ),
    tracking_loans.withdraw_loan: Policy(
        TrackingLoan,
        CASE_WORKERS | {Role.SUP},
        lambda ids: tracking_loans.WithdrawLoan(loan_id=ids.loan, note="n"),
    ),
    tracking_loans.device_compromised: Policy(
        TrackingLoan,
        CASE_WORKERS,
        lambda ids: tracking_loans.DeviceCompromised(loan_id=ids.loan, status=DeviceStatus.LOST),
    ),
    tracking_checks.record_check: Policy(
        TrackingCheck,
        ON_CASE,
        lambda ids: tracking_checks.RecordCheck(loan_id=ids.loan, kind=CheckKind.WEEKLY_TEST, result=CheckResult.OK),
    ),
    tracking_checks.note_missed_tests: Policy(TrackingCheck, ALL, lambda ids: tracking_checks.NoteMissedTests()),
    tracking_checks.contact_device: Policy(
        TrackingLoan, CASE_WORKERS, lambda ids: tracking_checks.ContactDevice(loan_id=ids.loan, channel=Channel.PHONE)
    ),
    dispatch_cards.open_dispatch_card: Policy(
        TrackingView,
        ALL,
        lambda ids: dispatch_cards.OpenDispatchCard(card_id=ids.dispatch_card, why=TrackingReason.ALARM),
    ),
    tracking_alarms.raise_alarm: Policy(
        AlarmEvent, ALL, lambda ids: tracking_alarms.RaiseAlarm(loan_id=ids.loan, source=AlarmSource.SOS)
    ),
    tracking_alarms.update_alarm: Policy(
        AlarmEvent, ALL, lambda ids: tracking_alarms.UpdateAlarm(event_id=ids.alarm, voice="v")
    ),
    tracking_alarms.close_alarm: Policy(
        AlarmEvent, ALL, lambda ids: tracking_alarms.CloseAlarm(event_id=ids.alarm, outcome=AlarmOutcome.MEDICAL)
    ),
    tracking_alarms.review_alarm: Policy(
        AlarmReview, CASE_WORKERS, lambda ids: tracking_alarms.ReviewAlarm(event_id=ids.alarm, note="n")
    ),
    tracking_locations.keep_locations: Policy(
        LocationTrack,
        CASE_WORKERS | {Role.DSP},
        lambda ids: tracking_locations.KeepLocations(points=(POINT,), event_id=ids.alarm),
    ),
    tracking_locations.view_locations: Policy(
        LocationTrack,
        ALL,
        lambda ids: tracking_locations.ViewLocations(track_id=ids.track, why=TrackingReason.ALARM),
    ),
    tracking_locations.destroy_locations: Policy(
        LocationTrack, SUPERVISOR, lambda ids: tracking_locations.DestroyLocations(reason="r")
    ),
    tracking_counts.publish_alarm_counts: Policy(
        PublishedTable, SUPERVISOR, lambda ids: tracking_counts.PublishAlarmCounts(year=2026)
    ),
    published_counts.publish_counts: Policy(
        PublishedTable,
        SUPERVISOR,
        lambda ids: published_counts.PublishCounts(programme="registry", year=2026, tables=(Counted("t", {"a": 9}),)),
    ),
    calendar_export.export_calendar: Policy(Task, ALL, lambda ids: calendar_export.ExportCalendar()),
    forms.retire_form: Policy(FormStanding, ALL, lambda ids: forms.RetireForm(form_id="visit", reason="r")),
    forms.reinstate_form: Policy(FormStanding, ALL, lambda ids: forms.ReinstateForm(form_id="visit")),
    forms.start_answer: Policy(FormAnswer, ALL, lambda ids: forms.StartAnswer(form_id="visit")),
    forms.save_answer: Policy(
        FormAnswer, ALL, lambda ids: forms.SaveAnswer(answer_id=ids.answer, state=stored.unpacked(ids.state))
    ),
    forms.finish_answer: Policy(
        FormAnswer, ALL, lambda ids: forms.FinishAnswer(answer_id=ids.answer, state=stored.unpacked(ids.state))
    ),
    forms.correct_answer: Policy(FormAnswer, ALL, lambda ids: forms.CorrectAnswer(answer_id=ids.answer)),
    forms.drop_answer: Policy(FormAnswer, ALL, lambda ids: forms.DropAnswer(answer_id=ids.answer, reason="r")),
    forms.restore_answer: Policy(FormAnswer, ALL, lambda ids: forms.RestoreAnswer(answer_id=ids.answer)),
    forms.attach_to_answer: Policy(
        FormAnswer,
        ALL,
        lambda ids: forms.AttachToAnswer(answer_id=ids.answer, file=AnswerFile(ref="ab" * 16 + ".jpg", kept=KEPT)),
    ),
    forms.export_file: Policy(
        FormAnswer, ALL, lambda ids: forms.ExportFile(answer_id=ids.answer, ref="ab" * 16 + ".jpg")
    ),
    registry_photos.add_photo: Policy(
        Registration,
        REGISTRY_OFFICE,
        lambda ids: registry_photos.AddPhoto(registration_id=ids.active, photo=KEPT, taken_on=date(2026, 1, 2)),
    ),
    registry_photos.remove_photo: Policy(
        Registration, REGISTRY_OFFICE, lambda ids: registry_photos.RemovePhoto(registration_id=ids.active, reason="r")
    ),
    retention.propose_destruction: Policy(
        DestructionRun,
        REGISTRY_OFFICE,
        lambda ids: retention.ProposeDestruction(chosen=((RetentionClass.REGISTRATION, ids.active),), reason="r"),
    ),
    retention.approve_destruction: Policy(
        DestructionRun, REGISTRY_OFFICE, lambda ids: retention.ApproveDestruction(run_id=ids.active)
    ),
    retention.decline_destruction: Policy(
        DestructionRun, REGISTRY_OFFICE, lambda ids: retention.DeclineDestruction(run_id=ids.active, reason="r")
    ),
    retention.place_hold: Policy(
        LegalHold, SUPERVISOR, lambda ids: retention.PlaceHold(subject_id=ids.active, reason="r")
    ),
    retention.lift_hold: Policy(LegalHold, SUPERVISOR, lambda ids: retention.LiftHold(hold_id=ids.active, reason="r")),
    **{verb: Policy(*row) for verb, row in lifesaver_policy.ROWS.items()},
}
NOT_BY_KIND = {
    printing.authorise_letters,
    printing.authorise_print,
    setup.found_agency_locally,
    conflicts.decide,
    flags.know_uses,
    flags.take_note,
    reveals.reveal_detail,
    retention.note_lost,
    leaving.let_leave,
    leaving.note_gone,
    lifesaver_kit.reveal_frequency,
    lifesaver_watch.watch,
    tracking_checks.look_after,
    tracking_watch.watch,
    map_file.choose_map_file,
}
"""Verbs whose permission is not that of writing a kind; they have tests of their own."""


def verbs() -> set[Verb]:
    """Every public function of the services that takes a unit of work and a command."""
    found: set[Verb] = set()
    for room in pkgutil.walk_packages(services.__path__, "app.services."):
        module = importlib.import_module(room.name)
        for name, verb in inspect.getmembers(module, inspect.isfunction):
            parameters = list(inspect.signature(verb).parameters)
            if verb.__module__ == room.name and not name.startswith("_") and parameters == ["work", "command"]:
                found.add(verb)
    return found


def test_every_verb_has_its_policy() -> None:
    assert verbs() == set(POLICY) | NOT_BY_KIND


def ids_for(office: Office, actor: Actor) -> Ids:
    """A request, a case with one of each record, all of them the actor's to work on."""
    worker = office.member(Role.VSU, "W. Worker")
    supervisor = office.member(Role.SUP, "S. Supervisor")
    ids = Ids({"member": actor.member_id, "other_worker": office.member(Role.VSU, "O. Other").member_id})
    of = ids.of
    raiser = actor if may_write(actor.role, "service_request") else worker
    of["own_request"] = office.do(raiser, crisis.raise_request, factories.request())
    of["request"] = office.do(worker, crisis.raise_request, factories.request())
    of["organization"] = office.do(worker, directory.add_organization, factories.organization())
    of["service"] = office.do(
        worker, directory.add_service, directory.AddService(organization_id=ids.organization, name="Beds")
    )
    of["case"] = office.do(worker, crisis.open_case, factories.case(co_workers=(actor.member_id,)))
    of["person"] = office.get(Case, ids.case).person_id or ""
    of["contact_way"] = office.found(SafeContact, SafeContact.case_id == ids.case)[0].id
    of["contact"] = office.do(worker, crisis.record_contact, factories.contact(ids.case))
    of["assistance"] = office.do(
        worker, crisis.record_assistance, crisis.RecordAssistance(case_id=ids.case, cost_cents=9000)
    )
    of["assessment"] = office.do(worker, crisis.start_assessment, crisis.StartAssessment(case_id=ids.case))
    of["step"] = office.do(worker, crisis.add_plan_step, crisis.AddPlanStep(case_id=ids.case))
    of["consent"] = office.do(worker, crisis.record_consent, factories.consent(ids.case, ids.person))
    of["order"] = office.do(worker, crisis.add_order, factories.order(ids.case))
    of["referral"] = office.do(worker, referrals.add_referral, factories.referral(ids.case, ids.service))
    of["task"] = office.do(worker, task_list.add_task, task_list.AddTask(title="t", case_id=ids.case))
    comment = (review.ReviewComment(section="needs", text="More"),)
    of["review"] = office.do(
        supervisor,
        review.review_case,
        review.ReviewCase(case_id=ids.case, outcome=ReviewOutcome.RETURNED, comments=comment),
    )
    registrar = office.member(Role.REG, "R. Registrar")
    of["registration"] = office.do(registrar, registry.register, factories.registration())
    of["active"] = office.do(registrar, registry.register, factories.registration())
    office.do(registrar, registry.activate_registration, registry.ActivateRegistration(registration_id=ids.active))
    of["card"] = office.found(EmergencyCard, EmergencyCard.registration_id == ids.active)[0].id
    opener = actor if may_write(actor.role, "card_view") else worker
    of["view"] = office.do(opener, registry_cards.open_card, registry_cards.OpenCard(card_id=ids.card, reason="r"))
    of["dispute"] = office.do(
        registrar,
        registry_disputes.open_dispute,
        registry_disputes.OpenDispute(registration_id=ids.active, field="calming", value="A ball", second_by="X"),
    )
    office.do(supervisor, forms.publish_form, forms.PublishForm(xml=visit(), about=FormAbout.ALONE))
    asks = actor if may_write(actor.role, "form_answer") else worker
    of["answer"] = office.do(asks, forms.start_answer, forms.StartAnswer(form_id="visit"))
    of["state"] = office.get(FormAnswer, ids.answer).state or ""
    lifesaver_policy.write_ids(office, actor, of)
    _lend_alarm(office, ids, worker, supervisor)
    return ids


def _lend_alarm(office: Office, ids: Ids, worker: Actor, supervisor: Actor) -> None:
    """A personal alarm on loan in the case, with an alarm that is going on and where the device was."""
    of, do = ids.of, office.do
    do(worker, safety.save_plan, factories.plan(ids.case))
    of["application"] = do(worker, tracking.apply, factories.application(ids.case))
    do(worker, tracking.assess_application, tracking.AssessApplication(application_id=ids.application))
    approval = tracking.DecideApplication(application_id=ids.application, decision=TrackingStatus.APPROVED)
    do(supervisor, tracking.decide_application, approval)
    of["device"] = do(worker, tracking_stock.add_device, factories.device())
    of["spare"] = do(worker, tracking_stock.add_device, factories.device("MT-08"))
    lent = factories.loan(ids.application, ids.device, ids.other_worker, TODAY)
    of["loan"] = do(worker, tracking_loans.issue_loan, lent)
    of["dispatch_card"] = office.found(DispatchCard)[0].id
    raised = tracking_alarms.RaiseAlarm(loan_id=ids.loan, source=AlarmSource.SOS)
    of["alarm"] = do(worker, tracking_alarms.raise_alarm, raised)
    kept = tracking_locations.KeepLocations(points=(POINT,), event_id=ids.alarm)
    of["track"] = do(worker, tracking_locations.keep_locations, kept)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_the_policy_names_and_nothing_else(office: Office, role: Role) -> None:
    actor = office.member(role, "T. Tester")
    ids = ids_for(office, actor)
    wrong = []
    for verb, policy in POLICY.items():
        allowed = role in policy.among and may_write(role, policy.kind.__tablename__)
        if refused(office, actor, verb, policy.command(ids)) is allowed:
            wrong.append((verb.__name__, "should be allowed" if allowed else "should be refused"))
    assert wrong == []


def refused(office: Office, actor: Actor, verb: Verb, command: Any) -> bool:
    """Whether the verb was refused for want of permission; nothing is saved, other rules may break."""
    try:
        with office.vault.write(actor) as work:
            verb(work, command)
    except NotAllowed:
        return True
    except RuleBroken:
        return False
    return False


def test_only_the_workers_of_a_case_write_it(office: Office, worker: Actor) -> None:
    stranger = office.member(Role.VSU, "N. Notassigned")
    actor = office.member(Role.VSU, "T. Tester")
    ids = ids_for(office, actor)
    on_cases = [(verb, policy) for verb, policy in POLICY.items() if policy.among in (ON_CASE, ON_CASE_OR_SUP)]
    assert len(on_cases) > 30
    wrong = [verb.__name__ for verb, policy in on_cases if not refused(office, stranger, verb, policy.command(ids))]
    assert wrong == []


def test_an_officer_changes_only_their_own_request(office: Office, officer: Actor, worker: Actor) -> None:
    request_id = office.do(worker, crisis.raise_request, factories.request())
    assert refused(office, officer, crisis.update_request, crisis.UpdateRequest(request_id=request_id, note="n"))
    assert refused(office, officer, crisis.cancel_request, crisis.CancelRequest(request_id=request_id, reason="r"))


@pytest.mark.parametrize("role", list(Role))
def test_who_may_print_what(office: Office, role: Role) -> None:
    actor = office.member(role, "T. Tester")
    for form_id, form in FORMS.items():
        for audience in Audience:
            command = printing.AuthorisePrint(form_id=form_id, audience=audience)
            allowed = role in form.roles and audience in form.audiences
            try:
                office.do(actor, printing.authorise_print, command)
            except RuleBroken:
                assert not allowed, (form_id, audience)
            else:
                assert allowed, (form_id, audience)

"""Text in every field that takes free text, through the real services, and every place where it is shown or printed."""

from __future__ import annotations

import os
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from PySide6.QtWidgets import QWidget

from app.models.base import kinds
from app.models.vocab import (
    AlarmOutcome,
    AlarmSource,
    Audience,
    CheckKind,
    CheckResult,
    LoanAdvice,
    NeedDomain,
    NeedLevel,
    PlanSection,
    ReviewOutcome,
    RiskJudged,
    Role,
    TrackingCriterion,
    TrackingStatus,
    Tri,
)
from app.queries.prints import PrintAsked, print_rows
from app.services import (
    crisis,
    directory,
    people,
    referrals,
    review,
    safety,
    tracking,
    tracking_alarms,
    tracking_checks,
    tracking_loans,
    tracking_stock,
)
from app.services.crisis import PersonToSupport
from app.views.crisis.case_page import CasePage
from app.views.crisis.sections import SECTIONS
from tests import factories
from tests.journeys.conftest import Visit

Typing = Callable[[], str]
"""Gives the text for the next field."""
Look = Callable[[QWidget, str], set[str]]
"""Looks at a window; its name is for the reader of a failure. Returns the texts that can be read in it."""

CODES = {"language", "text_language", "status", "catalogue", "item"}


def yesterday(here: Visit) -> date:
    """The last day that is past for the service too: a vault counts in UTC, which at night is a day ahead."""
    before: datetime = here.house.vault.now() - timedelta(days=1)
    return before.date()


def everywhere(command: Any, typed: Typing) -> Any:
    """The command with the text in each of its fields that hold free text."""
    kinds_of = typing.get_type_hints(type(command))
    free = [
        field.name
        for field in fields(command)
        if str in typing.get_args(kinds_of[field.name]) and not field.name.endswith("_id") and field.name not in CODES
    ]
    assert free, type(command).__name__
    return replace(command, **{name: typed() for name in free})


@dataclass(frozen=True)
class Records:
    """What was written, by id."""

    case: str
    person: str
    request: str
    consent: str
    assessment: str
    referral: str
    plan: str
    application: str
    loan: str
    alarm: str
    device: str


def write_everywhere(here: Visit, typed: Typing) -> Records:
    """The text in every text field, through the real services into real records."""
    do = here.do
    who = everywhere(PersonToSupport(), typed)
    request = do(crisis.raise_request, everywhere(factories.request(persons=(who,)), typed))
    command = factories.case(
        person=everywhere(factories.person(aliases=[typed()]), typed),
        contacts=(everywhere(factories.safe_phone(), typed),),
        incident=everywhere(factories.case().incident, typed),
    )
    case = do(crisis.open_case, replace(command, municipality=typed()))
    person = here.house.store.read(lambda session: session.get(kinds()["case_file"], case).person_id)
    do(
        people.add_safe_contact,
        people.AddSafeContact(person_id=person, **_fields(everywhere(factories.address(), typed))),
    )
    do(crisis.record_contact, everywhere(factories.contact(case), typed))
    consent = replace(factories.consent(case, person), organizations=(typed(),))
    consent_id = do(crisis.record_consent, consent)
    assessment = do(crisis.start_assessment, everywhere(crisis.StartAssessment(case_id=case), typed))
    for domain in (NeedDomain.SAFETY, NeedDomain.HOUSING):
        answer = crisis.AnswerNeed(assessment_id=assessment, domain=domain, level=NeedLevel.URGENT)
        do(crisis.answer_need, everywhere(answer, typed))
    do(crisis.complete_assessment, crisis.CompleteAssessment(assessment_id=assessment))
    do(crisis.add_plan_step, everywhere(crisis.AddPlanStep(case_id=case, domain=NeedDomain.HOUSING), typed))
    organization = do(directory.add_organization, everywhere(factories.organization(), typed))
    service = everywhere(
        directory.AddService(
            organization_id=organization, need_domains=["housing"], phones=[{"number": typed(), "description": typed()}]
        ),
        typed,
    )
    service_id = do(directory.add_service, service)
    referral = do(referrals.add_referral, everywhere(factories.referral(case, service_id), typed))
    items = tuple(
        everywhere(safety.PlanItem(section=section, applies=Tri.YES, text_language="en"), typed)
        for section in PlanSection
    )
    papers = (everywhere(safety.PlanDocument(item="passports"), typed), safety.PlanDocument(item=typed()))
    plan = replace(everywhere(factories.plan(case), typed), items=items, documents=papers)
    plan_id = do(safety.save_plan, plan)
    here.house.act_as(Role.SUP)
    comment = review.ReviewComment(section="needs", text=typed())
    command_ = review.ReviewCase(case_id=case, outcome=ReviewOutcome.RETURNED, summary=typed(), comments=(comment,))
    do(review.review_case, command_)
    here.house.act_as(Role.VSU)
    application, loan, alarm, device = alarm_everywhere(here, case, typed)
    here.settle()
    return Records(case, person, request, consent_id, assessment, referral, plan_id, application, loan, alarm, device)


def alarm_everywhere(here: Visit, case: str, typed: Typing) -> tuple[str, str, str, str]:
    """The text in every field of a personal alarm: application, loan, alarm, device."""
    do = here.do
    asked = everywhere(factories.application(case), typed)
    noted = {one.value: {"answer": "yes", "note": typed()} for one in TrackingCriterion}
    application = do(tracking.apply, replace(asked, eligibility=noted))
    do(tracking.assess_application, tracking.AssessApplication(application_id=application))
    device = do(tracking_stock.add_device, everywhere(factories.device(f"X-{os.urandom(3).hex()}"), typed))
    here.house.act_as(Role.SUP)
    do(directory.update_setting, directory.UpdateSetting(name="mts.people_at_handover", value=1))
    approved = tracking.DecideApplication(
        application_id=application, decision=TrackingStatus.APPROVED, note=typed(), interim_plan=typed()
    )
    do(tracking.decide_application, approved)
    here.house.act_as(Role.VSU)
    lent = everywhere(factories.loan(application, device, "", yesterday(here)), typed)
    lent = replace(
        lent,
        witness=None,
        places=[{"kind": "home", "text": typed()}],
        alert=[{"name": typed(), "relation": typed(), "phone": typed()}],
    )
    loan = do(tracking_loans.issue_loan, lent)
    check = tracking_checks.RecordCheck(loan_id=loan, kind=CheckKind.MONTHLY_REVIEW, result=CheckResult.OK)
    do(tracking_checks.record_check, everywhere(check, typed))
    looked = tracking_loans.ReviewLoan(loan_id=loan, risk_now=RiskJudged.HIGH, advice=LoanAdvice.GO_ON)
    do(tracking_loans.review_loan, everywhere(looked, typed))
    raised = everywhere(tracking_alarms.RaiseAlarm(loan_id=loan, source=AlarmSource.SOS), typed)
    alarm = do(tracking_alarms.raise_alarm, replace(raised, units=[typed()]))
    do(tracking_alarms.close_alarm, tracking_alarms.CloseAlarm(event_id=alarm, outcome=AlarmOutcome.UNKNOWN))
    do(tracking_alarms.review_alarm, everywhere(tracking_alarms.ReviewAlarm(event_id=alarm), typed))
    return application, loan, alarm, device


def _fields(command: Any) -> dict[str, Any]:
    return {field.name: getattr(command, field.name) for field in fields(command)}


def walk(here: Visit, records: Records, looked_at: Look) -> set[str]:
    """Open every page that shows the records; what can be read on them."""
    texts: set[str] = set()
    page = here.go("crisis.case", case_id=records.case)
    view = cast(CasePage, page).view()
    assert view is not None
    for tab in SECTIONS:
        view.tabs.chosen.emit(tab)
        here.settle()
        texts |= looked_at(here.house.window, f"case {tab}")
    for route, subject in (
        ("today", {}),
        ("requests.list", {}),
        ("requests.detail", {"request_id": records.request}),
        ("requests.new", {"request_id": records.request}),
        ("crisis.cases", {}),
        ("tasks", {}),
        ("directory", {}),
        ("safety.plan", {"case_id": records.case}),
        ("outbox", {}),
        ("tracking.list", {}),
        ("tracking.case", {"case_id": records.case}),
        ("tracking.alarm", {"event_id": records.alarm}),
    ):
        here.go(route, **subject)
        texts |= looked_at(here.house.window, route)
    here.house.window.role_asked.emit(Role.SUP)
    here.settle()
    here.go("supervision.review", case_id=records.case)
    texts |= looked_at(here.house.window, "review")
    here.go("supervision.caseload")
    texts |= looked_at(here.house.window, "caseload")
    here.house.window.role_asked.emit(Role.VSU)
    here.settle()
    assert here.warned == []
    return texts


FORMS = {
    "F-301": "request",
    "F-302": "case",
    "F-303": "consent",
    "F-304": "assessment",
    "F-305": "referral",
    "F-306": "referral",
    "F-401": "plan",
    "F-402": "plan",
    "F-403": "plan",
    "F-405": "plan",
    "F-801": "application",
    "F-802": "application",
    "F-803": "application",
    "F-805": "loan",
    "F-806": "loan",
    "F-807": "alarm",
    "F-808": "loan",
    "F-809": "device",
}


def printed(here: Visit, records: Records, language: str = "en") -> Iterator[tuple[str, bytes]]:
    """Each of the documents of the records, drawn by the real child."""
    house = here.house
    for form, name in FORMS.items():
        internal = form in ("F-301", "F-305", "F-403", "F-806", "F-807", "F-808", "F-809")
        asked = PrintAsked(
            form_id=form,
            audience=Audience.INTERNAL if internal else Audience.CLIENT,
            language=language,
            member_id=house.context.person.member_id,
            printed_by=house.context.person.name,
            record_id=getattr(records, name),
        )
        context, rows = house.store.read(lambda session, asked=asked: print_rows(session, asked, now=house.vault.now()))
        yield form, house.renderer.render(context, rows)

"""The acceptance examples of the Mobile Tracking System (domain.md 8.9) and its rules, through a real vault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.errors import NotAllowed, RuleBroken
from app.models.local.tables import AuditEntry
from app.models.rules.safe_contact import Verdict
from app.models.tracking import (
    AlarmEvent,
    DispatchCard,
    TrackingApplication,
    TrackingCheck,
    TrackingDevice,
    TrackingLoan,
    TrackingSafety,
)
from app.models.vocab import (
    AlarmOutcome,
    AlarmSource,
    Channel,
    CheckKind,
    CheckResult,
    DeviceStatus,
    LoanAdvice,
    LoanEnd,
    RiskJudged,
    Role,
    TaskKind,
    TaskStatus,
    TrackingCriterion,
    TrackingReason,
    TrackingStatus,
    Tri,
)
from app.models.work import Actor
from app.models.work_items import Task
from app.queries import dispatch_card
from app.queries import tracking as questions
from app.services import (
    crisis,
    dispatch_cards,
    safety,
    tracking,
    tracking_alarms,
    tracking_checks,
    tracking_loans,
    tracking_stock,
)
from tests import factories
from tests.conftest import Office


@contextmanager
def refused(words: str) -> Iterator[None]:
    """Within: a rule is broken, and the sentence that a person reads says so."""
    with pytest.raises(RuleBroken) as found:
        yield
    assert words in found.value.sentence


def moment(day: date, hour: int = 17) -> datetime:
    """Noon in Toronto, about."""
    return datetime(day.year, day.month, day.day, hour, 0, tzinfo=UTC)


@dataclass
class Story:
    """A case whose client asks for a personal alarm, and who works on it."""

    office: Office
    worker: Actor
    supervisor: Actor
    witness: Actor
    dispatcher: Actor
    case_id: str
    application_id: str
    device_id: str

    def plan(self) -> str:
        """A safety plan written today."""
        return self.office.do(self.worker, safety.save_plan, factories.plan(self.case_id))

    def approve(self) -> None:
        """Assessed and approved."""
        do = self.office.do
        do(self.worker, tracking.assess_application, tracking.AssessApplication(application_id=self.application_id))
        decided = tracking.DecideApplication(application_id=self.application_id, decision=TrackingStatus.APPROVED)
        do(self.supervisor, tracking.decide_application, decided)

    def issue(self, **other: object) -> str:
        """The device is handed over; the loan."""
        today = self.office.clock.at.date()
        command = factories.loan(self.application_id, self.device_id, self.witness.member_id, today)
        return self.office.do(self.worker, tracking_loans.issue_loan, replace(command, **other))  # type: ignore[arg-type]

    def lent(self) -> str:
        """Plan, approval, loan in one."""
        self.plan()
        self.approve()
        return self.issue()

    def tasks(self, *kinds: TaskKind) -> list[Task]:
        """The open tasks of the case of these kinds."""
        return self.office.found(
            Task, Task.case_id == self.case_id, Task.kind.in_(kinds), Task.status.in_([TaskStatus.OPEN, "escalated"])
        )

    def contacts(self) -> list[Task]:
        """The open contacts after alarms."""
        return [task for task in self.tasks(TaskKind.FOLLOW_UP) if task.rule == tracking_alarms.CONTACT]

    def check(self, result: CheckResult = CheckResult.OK, **other: object) -> str:
        """A weekly test."""
        (loan,) = self.office.found(TrackingLoan)
        command = tracking_checks.RecordCheck(loan_id=loan.id, kind=CheckKind.WEEKLY_TEST, result=result)
        return self.office.do(self.worker, tracking_checks.record_check, replace(command, **other))  # type: ignore[arg-type]


@pytest.fixture
def story(office: Office, worker: Actor, supervisor: Actor) -> Story:
    office.clock.at = moment(date(2025, 2, 3))
    case_id = office.do(worker, crisis.open_case, factories.case())
    application_id = office.do(worker, tracking.apply, factories.application(case_id))
    device_id = office.do(worker, tracking_stock.add_device, factories.device())
    witness, dispatcher = office.member(Role.VSU, "E. Eyewitness"), office.member(Role.DSP, "D. Dispatcher")
    return Story(office, worker, supervisor, witness, dispatcher, case_id, application_id, device_id)


def at(text: str) -> datetime:
    """A time of the evening of 24 February 2025 in Toronto."""
    return datetime.fromisoformat(f"2025-02-24T{text}-05:00")


# --- The examples ---


def test_acceptance_8a_the_dates_of_a_loan_and_a_plan_that_is_too_old(story: Story) -> None:
    office = story.office
    office.clock.at = moment(date(2024, 12, 20))
    story.plan()
    office.clock.at = moment(date(2025, 2, 3))
    story.approve()
    with refused("2024-12-20"):
        story.issue()
    assert office.found(TrackingLoan) == []
    story.plan()
    loan_id = story.issue()
    loan = office.get(TrackingLoan, loan_id)
    assert (loan.starts_on, loan.review_due, loan.planned_end) == (
        date(2025, 2, 3), date(2025, 3, 5), date(2025, 5, 4),
    )  # fmt: skip
    (review,) = story.tasks(TaskKind.DEVICE_REVIEW)
    (end,) = story.tasks(TaskKind.DEVICE_RETURN)
    (test,) = story.tasks(TaskKind.DEVICE_TEST)
    assert (review.due_on, end.due_on, test.due_on) == (date(2025, 3, 5), date(2025, 5, 4), date(2025, 2, 10))


def test_acceptance_8b_the_clocks_of_an_alarm_and_what_follows(story: Story) -> None:
    office, loan_id = story.office, story.lent()
    office.clock.at = at("21:14:40")
    raised = tracking_alarms.RaiseAlarm(loan_id=loan_id, source=AlarmSource.SOS, received_at=at("21:14:05"))
    event_id = office.do(story.dispatcher, tracking_alarms.raise_alarm, raised)
    office.clock.at = at("21:40:00")
    times = tracking_alarms.UpdateAlarm(
        event_id=event_id,
        ack_at=at("21:14:40"),
        dispatched_at=at("21:15:10"),
        arrived_at=at("21:22:30"),
        units=["Unit 14"],
    )
    office.do(story.dispatcher, tracking_alarms.update_alarm, times)
    ended = tracking_alarms.CloseAlarm(event_id=event_id, outcome=AlarmOutcome.PRESENT)
    office.do(story.dispatcher, tracking_alarms.close_alarm, ended)
    breach = tracking_alarms.ReviewAlarm(event_id=event_id, breach_ref="25-00311")
    office.do(story.worker, tracking_alarms.review_alarm, breach)
    with office.vault.read() as session:
        row = dispatch_card.alarm(session, event_id)
    assert (row.times.to_ack, row.times.to_dispatch, row.times.to_arrive) == (35, 65, 8 * 60 + 25)
    assert row.review is not None and row.review["breach_ref"] == "25-00311"
    (contact,) = story.contacts()
    assert contact.due_at == at("21:14:05") + timedelta(hours=24)
    assert [task.rule for task in story.tasks(TaskKind.PLAN_REVIEW) if task.rule == safety.TRIGGERED]
    (order,) = [task for task in story.tasks(TaskKind.ORDER_EXPIRY) if task.rule == tracking_alarms.ORDER]
    (device,) = story.tasks(TaskKind.DEVICE_CHECK)
    assert {contact.owner_id, order.owner_id, device.owner_id} == {story.worker.member_id}


def test_acceptance_8c_two_missed_tests_ask_for_a_welfare_call(story: Story) -> None:
    office, loan_id = story.office, story.lent()
    noted = tracking_checks.NoteMissedTests()
    office.clock.at = moment(date(2025, 2, 11))
    assert office.do(story.worker, tracking_checks.note_missed_tests, noted) == 1
    assert story.tasks(TaskKind.WELFARE_CALL) == []
    office.clock.at = moment(date(2025, 2, 18))
    assert office.do(story.worker, tracking_checks.note_missed_tests, noted) == 1
    assert office.do(story.worker, tracking_checks.note_missed_tests, noted) == 0
    (call,) = story.tasks(TaskKind.WELFARE_CALL)
    assert "safe contact" in (call.title or "")
    assert story.tasks(TaskKind.VISIT) == []
    text = tracking_checks.ContactDevice(loan_id=loan_id, channel=Channel.TEXT)
    with refused("Text messages are not known to be safe"):
        office.do(story.worker, tracking_checks.contact_device, text)
    with pytest.raises(RuleBroken):
        office.do(story.worker, tracking_checks.contact_device, replace(text, channel=Channel.PHONE))
    office.clock.at = moment(date(2025, 2, 25))
    office.do(story.worker, tracking_checks.note_missed_tests, noted)
    (visit,) = story.tasks(TaskKind.VISIT)
    (told,) = [task for task in story.tasks(TaskKind.REVIEW) if task.rule == tracking_checks.TELL]
    assert told.status is TaskStatus.ESCALATED and visit.due_on == date(2025, 2, 25)


def test_acceptance_8d_an_analyst_is_refused_the_map(story: Story) -> None:
    # The counts that the analyst gets instead: tests/services/test_tracking_counts.py.
    from app.services import tracking_locations

    office, loan_id = story.office, story.lent()
    event_id = office.do(
        story.dispatcher,
        tracking_alarms.raise_alarm,
        tracking_alarms.RaiseAlarm(loan_id=loan_id, source=AlarmSource.SOS),
    )
    point = {"lat": 43.45, "lon": -79.7, "at": office.clock.at.isoformat()}
    kept = tracking_locations.KeepLocations(points=(point,), event_id=event_id)
    track_id = office.do(story.dispatcher, tracking_locations.keep_locations, kept)
    analyst = office.member(Role.CSW, "C. Counter")
    asked = tracking_locations.ViewLocations(track_id=track_id, why=TrackingReason.ALARM)
    with pytest.raises(NotAllowed):
        office.do(analyst, tracking_locations.view_locations, asked)


def test_acceptance_8e_a_returned_device_is_wiped_with_a_witness_first(story: Story) -> None:
    office, loan_id = story.office, story.lent()
    back = tracking_loans.ReturnDevice(loan_id=loan_id, reason=LoanEnd.SAFER, witness=story.witness.member_id)
    office.do(story.worker, tracking_loans.return_device, back)
    assert office.get(TrackingDevice, story.device_id).status is DeviceStatus.WIPING
    assert office.get(TrackingApplication, story.application_id).status is TrackingStatus.RETURNED
    assert story.tasks(TaskKind.DEVICE_TEST, TaskKind.DEVICE_REVIEW, TaskKind.DEVICE_RETURN) == []
    closed = tracking.CloseApplication(application_id=story.application_id, reason="Over")
    office.do(story.worker, tracking.close_application, closed)
    story.application_id = office.do(story.worker, tracking.apply, factories.application(story.case_id))
    story.approve()
    with refused("not wiped"):
        story.issue()
    with refused("second person"):
        office.do(story.worker, tracking_stock.wipe_device, tracking_stock.WipeDevice(device_id=story.device_id))
    own = tracking_stock.WipeDevice(device_id=story.device_id, witness=story.worker.member_id)
    with refused("another person"):
        office.do(story.worker, tracking_stock.wipe_device, own)
    seen = tracking_stock.WipeDevice(device_id=story.device_id, witness=story.witness.member_id)
    office.do(story.worker, tracking_stock.wipe_device, seen)
    assert office.get(TrackingDevice, story.device_id).status is DeviceStatus.IN_STOCK
    story.issue()


# --- Application ---


def test_unknown_is_not_yes(story: Story) -> None:
    answers = {one.value: {"answer": "yes"} for one in TrackingCriterion}
    answers["coverage"] = {"answer": "unknown", "note": "Basement flat"}
    changed = tracking.UpdateApplication(application_id=story.application_id, eligibility=answers)
    story.office.do(story.worker, tracking.update_application, changed)
    with refused("Charging and coverage"):
        story.approve()


def test_a_checklist_with_a_gap_is_not_assessed(story: Story) -> None:
    changed = tracking.UpdateApplication(application_id=story.application_id, eligibility={})
    story.office.do(story.worker, tracking.update_application, changed)
    with refused("not answered yet"):
        story.approve()
    with refused("no condition"):
        changed = replace(changed, eligibility={"shoe_size": {"answer": "yes"}})
        story.office.do(story.worker, tracking.update_application, changed)


def test_cooperation_is_waived_and_a_conflict_planned_for(story: Story) -> None:
    office = story.office
    answers = {one.value: {"answer": "yes"} for one in TrackingCriterion}
    answers |= {"cooperates": {"answer": "no"}, "no_conflict": {"answer": "no"}}
    changed = tracking.UpdateApplication(application_id=story.application_id, eligibility=answers)
    office.do(story.worker, tracking.update_application, changed)
    with refused("could reach the device"):
        story.approve()
    planned = tracking.UpdateApplication(application_id=story.application_id, conflict_plan="Kept at work")
    office.do(story.worker, tracking.update_application, planned)
    decided = tracking.DecideApplication(application_id=story.application_id, decision=TrackingStatus.APPROVED)
    with refused("Cooperates"):
        office.do(story.supervisor, tracking.decide_application, decided)
    let_go = tracking.WaiveCriterion(
        application_id=story.application_id, criterion=TrackingCriterion.COOPERATES, reason="Her own decision"
    )
    with refused("cannot be waived"):
        resident = replace(let_go, criterion=TrackingCriterion.RESIDENT)
        office.do(story.supervisor, tracking.waive_criterion, resident)
    office.do(story.supervisor, tracking.waive_criterion, let_go)
    office.do(story.supervisor, tracking.decide_application, decided)
    found = office.get(TrackingApplication, story.application_id)
    assert found.status is TrackingStatus.APPROVED and found.waived_by == story.supervisor.member_id


def test_the_waiting_list_asks_for_an_interim_plan_and_declining_for_an_alternative(story: Story) -> None:
    office = story.office
    assessed = tracking.AssessApplication(application_id=story.application_id)
    office.do(story.worker, tracking.assess_application, assessed)
    asked = tracking.DecideApplication(application_id=story.application_id, decision=TrackingStatus.WAITLISTED)
    with refused("while waiting"):
        office.do(story.supervisor, tracking.decide_application, asked)
    office.do(story.supervisor, tracking.decide_application, replace(asked, interim_plan="Stays with her sister"))
    declined = replace(asked, decision=TrackingStatus.DECLINED, note="Lives together")
    with pytest.raises(RuleBroken):
        office.do(story.supervisor, tracking.decide_application, declined)
    office.do(story.supervisor, tracking.decide_application, replace(declined, alternative="Cell phone"))
    assert office.get(TrackingApplication, story.application_id).status is TrackingStatus.DECLINED
    office.do(story.worker, tracking.apply, factories.application(story.case_id))


def test_a_case_has_one_open_application(story: Story) -> None:
    with refused("already an open application"):
        story.office.do(story.worker, tracking.apply, factories.application(story.case_id))


# --- Loan ---


def test_handing_over_needs_a_witness_an_agreement_and_a_practice_alarm(story: Story) -> None:
    story.plan()
    story.approve()
    for other, words in (
        ({"witness": None}, "second person"),
        ({"witness": story.worker.member_id}, "another person"),
        ({"practice": None}, "press for help once"),
        ({"practice": CheckResult.NO_SIGNAL}, "did not work"),
        ({"agreement_on": None}, "signed first"),
    ):
        with refused(words):
            story.issue(**other)
    assert story.office.get(TrackingDevice, story.device_id).status is DeviceStatus.IN_STOCK
    story.issue()
    assert story.office.get(TrackingDevice, story.device_id).status is DeviceStatus.LOANED


def test_no_loan_without_a_plan(story: Story) -> None:
    story.approve()
    with refused("no safety plan yet"):
        story.issue()


def test_an_extension_needs_a_new_risk_review(story: Story) -> None:
    office, loan_id = story.office, story.lent()
    office.clock.at = moment(date(2025, 4, 20))
    longer = tracking_loans.ExtendLoan(loan_id=loan_id, to=date(2025, 8, 2), reason="Trial in July")
    with refused("reviewed anew"):
        office.do(story.supervisor, tracking_loans.extend_loan, longer)
    review = tracking_loans.ReviewLoan(loan_id=loan_id, risk_now=RiskJudged.HIGH, advice=LoanAdvice.EXTEND)
    with refused("judge the risk"):
        office.do(story.worker, tracking_loans.review_loan, replace(review, risk_now=RiskJudged.NOT_JUDGED))
    office.do(story.worker, tracking_loans.review_loan, review)
    assert office.get(TrackingApplication, story.application_id).status is TrackingStatus.IN_REVIEW
    assert office.get(TrackingLoan, loan_id).review_due == date(2025, 5, 20)
    with refused("after the present end"):
        office.do(story.supervisor, tracking_loans.extend_loan, replace(longer, to=date(2025, 5, 4)))
    office.do(story.supervisor, tracking_loans.extend_loan, longer)
    loan = office.get(TrackingLoan, loan_id)
    assert (loan.planned_end, loan.extended_to) == (date(2025, 5, 4), date(2025, 8, 2))
    (end,) = story.tasks(TaskKind.DEVICE_RETURN)
    assert end.due_on == date(2025, 8, 2)
    assert office.get(TrackingDevice, story.device_id).due_on == date(2025, 8, 2)
    (card,) = office.found(DispatchCard)
    assert card.ends_on == date(2025, 8, 2) and card.word_duress == "Is the parcel there"
    office.clock.at = moment(date(2025, 7, 30))
    again = replace(longer, to=date(2025, 10, 1))
    with refused("reviewed anew"):
        office.do(story.supervisor, tracking_loans.extend_loan, again)


def test_a_device_that_is_lost_is_switched_off_and_the_plan_reviewed(story: Story) -> None:
    office, loan_id = story.office, story.lent()
    lost = tracking_loans.DeviceCompromised(loan_id=loan_id, status=DeviceStatus.LOST, note="Left on a bus")
    office.do(story.worker, tracking_loans.device_compromised, lost)
    device = office.get(TrackingDevice, story.device_id)
    assert device.status is DeviceStatus.LOST and device.disable_asked_at is not None and device.disabled_at is None
    assert [task for task in story.tasks(TaskKind.PLAN_REVIEW) if task.rule == safety.TRIGGERED]
    assert [task.title for task in story.tasks(TaskKind.DEVICE_CHECK)] == ["Have the device switched off from afar"]
    (card,) = office.found(DispatchCard)
    assert card.compromised is True
    confirmed = tracking_stock.ConfirmDisabled(device_id=story.device_id)
    office.do(story.worker, tracking_stock.confirm_disabled, confirmed)
    assert office.get(TrackingDevice, story.device_id).disabled_at is not None
    wrong = replace(lost, status=DeviceStatus.REPAIR)
    with refused("lost or compromised"):
        office.do(story.worker, tracking_loans.device_compromised, wrong)


def test_the_card_goes_with_the_device(story: Story) -> None:
    office, loan_id = story.office, story.lent()
    with office.vault.read() as session:
        (row,) = questions.dispatch_list(session)
    assert row.initials == "N. A." or len(row.initials) <= 5
    asked = dispatch_cards.OpenDispatchCard(card_id=row.card_id, why=TrackingReason.ALARM)
    view_id = office.do(story.dispatcher, dispatch_cards.open_dispatch_card, asked)
    with office.vault.read() as session:
        card = dispatch_card.card(session, view_id, member_id=story.dispatcher.member_id, now=office.clock())
        with pytest.raises(NotAllowed):
            dispatch_card.card(session, view_id, member_id=story.supervisor.member_id, now=office.clock())
    assert card.description == "Green coat, grey hair, tall" and card.word_clear == "Sunny afternoon"
    assert card.addresses == (("home", "5 Invented Road"),)
    (audited,) = office.found(AuditEntry, AuditEntry.kind == "dispatch_card", AuditEntry.action == "view")
    assert audited.record_id == card.card_id and "alarm" in audited.reason
    for nothing in ({"why": None}, {"why": TrackingReason.OTHER}):
        with refused("Say why"):
            office.do(story.dispatcher, dispatch_cards.open_dispatch_card, replace(asked, **nothing))
    back = tracking_loans.ReturnDevice(loan_id=loan_id, reason=LoanEnd.RECONCILED, witness=story.witness.member_id)
    office.do(story.worker, tracking_loans.return_device, back)
    with office.vault.read() as session:
        assert questions.dispatch_list(session) == ()


def test_the_name_of_the_accused_stands_on_no_label_card_or_task(story: Story) -> None:
    office = story.office
    panel = crisis.UpdateAccused(case_id=story.case_id, name="Roland Umbrage", description="Tall", vehicle="Red van")
    office.do(story.worker, crisis.update_accused, panel)
    office.do(story.worker, crisis.add_order, factories.order(story.case_id, restrained="Roland Umbrage"))
    story.lent()
    told = [
        *office.found(DispatchCard), *office.found(TrackingDevice), *office.found(TrackingLoan),
        *office.found(TrackingSafety), *office.found(Task),
    ]  # fmt: skip
    for record in told:
        values = " ".join(str(getattr(record, column.name)) for column in type(record).__table__.columns)
        assert "Umbrage" not in values, type(record).__tablename__
    (card,) = office.found(DispatchCard)
    assert card.accused_description == "Tall" and card.accused_vehicle == "Red van"


# --- Tests ---


def test_a_test_that_is_done_moves_the_clock_and_ends_the_worry(story: Story) -> None:
    office, _ = story.office, story.lent()
    for day in (date(2025, 2, 11), date(2025, 2, 18)):
        office.clock.at = moment(day)
        office.do(story.worker, tracking_checks.note_missed_tests, tracking_checks.NoteMissedTests())
    assert len(story.tasks(TaskKind.WELFARE_CALL)) == 1
    office.clock.at = moment(date(2025, 2, 19))
    story.check(battery=80, firmware="2.1")
    assert story.tasks(TaskKind.WELFARE_CALL) == []
    (test,) = story.tasks(TaskKind.DEVICE_TEST)
    assert test.due_on == date(2025, 3, 3), "the test of the 24th is done early"
    assert office.get(TrackingDevice, story.device_id).firmware == "2.1"
    checks = office.found(TrackingCheck)
    assert sorted((one.due_on, one.result) for one in checks) == [
        (date(2025, 2, 10), CheckResult.MISSED),
        (date(2025, 2, 17), CheckResult.MISSED),
        (date(2025, 2, 24), CheckResult.OK),
    ]


def test_a_test_done_on_its_day_or_late_answers_that_day(story: Story) -> None:
    office, _ = story.office, story.lent()
    office.clock.at = moment(date(2025, 2, 12))
    story.check()
    (check,) = office.found(TrackingCheck)
    assert check.due_on == date(2025, 2, 10)
    assert office.do(story.worker, tracking_checks.note_missed_tests, tracking_checks.NoteMissedTests()) == 0
    with refused("No test is due"):
        story.check(due_on=date(2025, 2, 13))
    with refused("0 to 100"):
        story.check(battery=140)


def test_a_flat_battery_asks_for_a_look_at_the_device(story: Story) -> None:
    story.lent()
    story.check(CheckResult.LOW_BATTERY, battery=4)
    assert len(story.tasks(TaskKind.DEVICE_CHECK)) == 1
    story.check()
    assert story.tasks(TaskKind.DEVICE_CHECK) == []


def test_the_number_of_the_device_may_be_used_once_that_was_agreed(story: Story) -> None:
    office, loan_id = story.office, story.lent()
    agreed = tracking_loans.UpdateLoan(loan_id=loan_id, device_call_ok=Tri.YES, device_text_ok=Tri.UNKNOWN)
    office.do(story.worker, tracking_loans.update_loan, agreed)
    call = tracking_checks.ContactDevice(loan_id=loan_id, channel=Channel.PHONE)
    assert office.do(story.worker, tracking_checks.contact_device, call) == "+15550177"
    (entry,) = office.found(AuditEntry, AuditEntry.action == "contact")
    assert entry.record_id == loan_id
    with pytest.raises(RuleBroken):
        office.do(story.worker, tracking_checks.contact_device, replace(call, channel=Channel.TEXT))
    update = tracking_stock.UpdateDevice(device_id=story.device_id, phone=None)
    office.do(story.worker, tracking_stock.update_device, update)
    with refused("not entered"):
        office.do(story.worker, tracking_checks.contact_device, call)
    lost = tracking_loans.DeviceCompromised(loan_id=loan_id, status=DeviceStatus.COMPROMISED)
    office.do(story.worker, tracking_loans.device_compromised, lost)
    with refused("somebody else may answer"):
        office.do(story.worker, tracking_checks.contact_device, call)
    loan = office.get(TrackingLoan, loan_id)
    with office.vault.write(story.worker) as work:
        verdict = tracking_checks.device_decision(work, loan, Channel.TEXT).verdict
    assert verdict is Verdict.REFUSED


# --- Alarms ---


def raised(story: Story, **other: object) -> str:
    (loan,) = story.office.found(TrackingLoan)
    command = tracking_alarms.RaiseAlarm(loan_id=loan.id, source=AlarmSource.SOS)
    return story.office.do(story.dispatcher, tracking_alarms.raise_alarm, replace(command, **other))  # type: ignore[arg-type]


def ended(story: Story, event_id: str, outcome: AlarmOutcome) -> None:
    command = tracking_alarms.CloseAlarm(event_id=event_id, outcome=outcome)
    story.office.do(story.dispatcher, tracking_alarms.close_alarm, command)


def test_an_accident_asks_how_the_client_is_and_counts_against_nobody(story: Story) -> None:
    story.lent()
    ended(story, raised(story), AlarmOutcome.ACCIDENTAL)
    assert len(story.contacts()) == len(story.tasks(TaskKind.DEVICE_CHECK)) == 1
    assert [one for one in story.tasks(TaskKind.PLAN_REVIEW) if one.rule == safety.TRIGGERED] == []


def test_an_outcome_that_is_corrected_takes_back_and_gives_again(story: Story) -> None:
    story.lent()
    event_id = raised(story)
    ended(story, event_id, AlarmOutcome.TEST)
    assert story.contacts() + story.tasks(TaskKind.DEVICE_CHECK) == []
    ended(story, event_id, AlarmOutcome.UNKNOWN)
    assert len(story.contacts()) == len(story.tasks(TaskKind.DEVICE_CHECK)) == 1


def test_a_test_starts_no_clock(story: Story) -> None:
    story.lent()
    event_id = raised(story, source=AlarmSource.TEST)
    assert story.contacts() == []
    ended(story, event_id, AlarmOutcome.TEST)
    assert story.contacts() + story.tasks(TaskKind.DEVICE_CHECK) == []


def test_times_follow_each_other(story: Story) -> None:
    story.lent()
    event_id, now = raised(story), story.office.clock.at
    wrong = tracking_alarms.UpdateAlarm(event_id=event_id, ack_at=now - timedelta(seconds=5))
    with refused("follow each other"):
        story.office.do(story.dispatcher, tracking_alarms.update_alarm, wrong)
    later = tracking_alarms.UpdateAlarm(event_id=event_id, ack_at=now + timedelta(minutes=5))
    with refused("future"):
        story.office.do(story.dispatcher, tracking_alarms.update_alarm, later)


def test_only_the_named_liaison_reviews_an_alarm(story: Story) -> None:
    office, _ = story.office, story.lent()
    liaison, other = office.member(Role.IPV, "L. Liaison"), office.member(Role.IPV, "O. Other")
    named = tracking.UpdateApplication(application_id=story.application_id, liaison_id=liaison.member_id)
    office.do(story.worker, tracking.update_application, named)
    event_id = raised(story)
    ended(story, event_id, AlarmOutcome.HARASSMENT)
    review = tracking_alarms.ReviewAlarm(event_id=event_id, charges="Breach of undertaking", breach_ref="25-77")
    with pytest.raises(NotAllowed, match="liaison who is named"):
        office.do(other, tracking_alarms.review_alarm, review)
    office.do(liaison, tracking_alarms.review_alarm, review)
    assert [one for one in story.tasks(TaskKind.ORDER_EXPIRY) if one.rule == tracking_alarms.ORDER]


def test_an_alarm_needs_a_device_on_loan(story: Story) -> None:
    command = tracking_alarms.RaiseAlarm(loan_id="0" * 32, source=AlarmSource.SOS)
    with refused("no personal alarm on loan"):
        story.office.do(story.dispatcher, tracking_alarms.raise_alarm, command)
    assert story.office.found(AlarmEvent) == []

"""The acceptance examples of Project Lifesaver that are about clients and equipment (domain.md 7.9), and its rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.errors import NotAllowed
from app.models.lifesaver import EquipmentIssue, LifesaverFee, Transmitter
from app.models.lifesaver_search import SearchCard
from app.models.lifesaver_vocab import (
    Criterion,
    DischargeReason,
    FeeKind,
    IssueEnd,
    KitCondition,
    LifesaverStatus,
    SubsidyDecision,
    SuspendReason,
    TransmitterStatus,
    VisitKind,
    VisitOutcome,
)
from app.models.local.tables import AuditEntry, Scope, ScopeKey
from app.models.rules import access
from app.models.rules import lifesaver as rules
from app.models.vocab import AuditAction, Role, ScopeKind, TaskStatus
from app.models.work import Actor
from app.models.work_items import Task
from app.services import directory, inventory, lifesaver, lifesaver_care, lifesaver_kit, lifesaver_watch
from app.services.inventory import RULE as CLASH
from tests.conftest import Office
from tests.lifesaver import ANSWERS, Programme, day, lines, programme, refused


@pytest.fixture
def pls(office: Office) -> Programme:
    return programme(office)


def task(pls: Programme, subject: str, rule: str) -> Task:
    (found,) = pls.office.found(Task, Task.subject_id == subject, Task.rule == rule)
    return found


def open_rules(pls: Programme) -> set[str]:
    return {one.rule or "" for one in pls.office.found(Task, Task.status == TaskStatus.OPEN)}


def watch(pls: Programme) -> None:
    pls.office.do(pls.reg, lifesaver_watch.watch, lifesaver_watch.Watch())


def test_acceptance_7a_the_dates_of_a_battery(pls: Programme) -> None:
    pls.office.clock.at = day(2025, 5, 1)
    client = pls.enrolled()
    dates = rules.battery_dates(date(2025, 5, 1), 60, rules.BatteryTerms())
    assert (dates.due_on, dates.remind_on, dates.red_from, dates.supervisor_on) == (
        date(2025, 6, 30),
        date(2025, 6, 23),
        date(2025, 7, 1),
        date(2025, 7, 7),
    )
    assert not dates.may_be_silent(date(2025, 7, 6)) and dates.may_be_silent(date(2025, 7, 7))
    assert not dates.is_red(date(2025, 6, 30)) and dates.is_red(date(2025, 7, 1))
    first, late = task(pls, client, lifesaver_watch.BATTERY), task(pls, client, lifesaver_watch.BATTERY_LATE)
    assert (first.due_on, first.warn_from, late.due_on) == (date(2025, 6, 30), date(2025, 6, 23), date(2025, 7, 7))

    pls.office.do(pls.reg, lifesaver.update_client, lifesaver.UpdateClient(client_id=client, battery_days=45))
    first, late = task(pls, client, lifesaver_watch.BATTERY), task(pls, client, lifesaver_watch.BATTERY_LATE)
    assert (first.due_on, first.warn_from, late.due_on) == (date(2025, 6, 15), date(2025, 6, 8), date(2025, 6, 22))
    (card,) = pls.office.found(SearchCard)
    assert card.battery_due_on == date(2025, 6, 15)


def test_a_new_battery_moves_the_tasks_and_a_done_one_is_open_again(pls: Programme) -> None:
    pls.office.clock.at = day(2025, 5, 1)
    client = pls.enrolled()
    pls.office.clock.at = day(2025, 6, 28)
    pls.battery(client)
    first = task(pls, client, lifesaver_watch.BATTERY)
    assert (first.due_on, first.status) == (date(2025, 8, 27), TaskStatus.OPEN)


def test_acceptance_7b_a_frequency_in_use_is_refused_and_named_to_the_registry_only(pls: Programme) -> None:
    wearer = pls.enrolled("T-044", 216_150)
    pls.office.do(
        pls.reg, lifesaver.suspend_client, lifesaver.SuspendClient(client_id=wearer, why=SuspendReason.HOSPITAL)
    )
    other = pls.transmitter("T-118", 216_150)
    client = pls.accepted(legal_first="Ada")
    with refused("T-044"):
        pls.issue(other, client)
    assert pls.held(other) == []
    command = lifesaver_kit.IssueTransmitter(transmitter_id=other, client_id=client)
    for actor in (pls.sup, pls.ess, pls.dsp):
        with pytest.raises(NotAllowed) as problem:
            pls.office.do(actor, lifesaver_kit.issue_transmitter, command)
        assert "T-044" not in problem.value.sentence


@pytest.mark.parametrize(("khz", "allowed"), [(216_141, False), (216_140, True), (216_159, False), (216_160, True)])
def test_frequencies_keep_their_guard(pls: Programme, khz: int, allowed: bool) -> None:
    pls.enrolled("T-044", 216_150)
    other = pls.transmitter("T-118", khz)
    client = pls.accepted(legal_first="Ada")
    if allowed:
        pls.issue(other, client)
    else:
        with refused("T-044"):
            pls.issue(other, client)


def test_a_worn_transmitter_cannot_get_a_frequency_in_use(pls: Programme) -> None:
    pls.enrolled("T-044", 216_150)
    pls.enrolled("T-118", 216_200, legal_first="Ada")
    command = lifesaver_kit.UpdateTransmitter(transmitter_id=pls.serial("T-118").id, frequency_khz=216_145)
    with refused("T-044"):
        pls.office.do(pls.reg, lifesaver_kit.update_transmitter, command)


def test_a_lost_transmitter_keeps_its_frequency_until_its_battery_must_be_flat(pls: Programme) -> None:
    pls.office.clock.at = day(2025, 5, 1)
    pls.enrolled("T-044", 216_150)
    lost = pls.serial("T-044")
    (issue,) = pls.held(lost.id)
    pls.office.do(pls.reg, lifesaver_kit.end_issue, lifesaver_kit.EndIssue(issue_id=issue.id, end=IssueEnd.LOST))
    assert pls.serial("T-044").quarantine_until == date(2025, 7, 15), "60 days of battery and 15"
    other = pls.transmitter("T-118", 216_150)
    client = pls.accepted(legal_first="Ada")
    pls.office.clock.at = day(2025, 7, 15)
    with refused("T-044"):
        pls.issue(other, client)
    pls.office.clock.at = day(2025, 7, 16)
    pls.issue(other, client)


def test_a_returned_transmitter_rests_unless_its_battery_is_out(pls: Programme) -> None:
    pls.office.clock.at = day(2025, 5, 1)
    for serial, out, status in (("T-1", False, TransmitterStatus.QUARANTINE), ("T-2", True, TransmitterStatus.TEST)):
        pls.enrolled(serial, 216_100 if out else 216_200, legal_first=serial)
        (issue,) = pls.held(pls.serial(serial).id)
        command = lifesaver_kit.EndIssue(issue_id=issue.id, end=IssueEnd.RETURNED, battery_out=out)
        pls.office.do(pls.reg, lifesaver_kit.end_issue, command)
        assert pls.serial(serial).status is status
    back = lifesaver_kit.MoveTransmitter(transmitter_id=pls.serial("T-1").id, status=TransmitterStatus.IN_STOCK)
    with refused("2025-07-15"):
        pls.office.do(pls.reg, lifesaver_kit.move_transmitter, back)
    pls.office.clock.at = day(2025, 7, 16)
    pls.office.do(pls.reg, lifesaver_kit.move_transmitter, back)
    assert pls.serial("T-1").status is TransmitterStatus.IN_STOCK


@pytest.mark.parametrize("end", [IssueEnd.RETURNED, IssueEnd.LOST, IssueEnd.DESTROYED])
def test_acceptance_7h_a_discharge_waits_for_the_kit(pls: Programme, end: IssueEnd) -> None:
    client = pls.enrolled()
    command = lifesaver.DischargeClient(client_id=client, why=DischargeReason.MOVED)
    with refused("still out"):
        pls.office.do(pls.reg, lifesaver.discharge_client, command)
    assert pls.client(client).status is LifesaverStatus.ENROLLED
    (issue,) = pls.held(pls.serial("T-044").id)
    pls.office.do(pls.reg, lifesaver_kit.end_issue, lifesaver_kit.EndIssue(issue_id=issue.id, end=end))
    pls.office.do(pls.reg, lifesaver.discharge_client, command)
    assert pls.client(client).status is LifesaverStatus.DISCHARGED
    (card,) = pls.office.found(SearchCard)
    assert card.removed_at is not None, "nobody finds a client who left"
    assert pls.office.found(Task, Task.scope_id == pls.client(client).scope_id, Task.status == TaskStatus.OPEN) == []


def test_enrolment_asks_for_everything_in_turn(pls: Programme) -> None:
    transmitter = pls.transmitter("T-1")
    client = pls.accepted()
    enrol = lifesaver.EnrolClient(client_id=client)

    def change(**values: Any) -> None:
        pls.office.do(pls.reg, lifesaver.update_client, lifesaver.UpdateClient(client_id=client, **values))

    known = pls.client(client)
    steps: list[tuple[dict[str, Any], str]] = [
        ({"caregivers": []}, "primary caregiver"),
        ({"caregivers": (known.caregivers or [])[:1]}, "back-up"),
        ({"caregivers": [{"name": "N", "position": "primary", "duties": ["test"]}, {"position": "backup"}]}, "911"),
        ({"caregivers": known.caregivers, "agreement_on": None}, "agreement"),
        ({"agreement_on": date(2026, 1, 20), "wear_site": None}, "worn"),
        ({"wear_site": known.wear_site, "home_lat": None}, "position of the home"),
        ({"home_lat": "43.5"}, "Hand over a transmitter"),
    ]
    for values, refusal in steps:
        change(**values)
        with refused(refusal):
            pls.office.do(pls.reg, lifesaver.enrol_client, enrol)
    pls.issue(transmitter, client)
    with refused("first battery"):
        pls.office.do(pls.reg, lifesaver.enrol_client, enrol)
    pls.battery(client)
    pls.office.do(pls.reg, lifesaver.enrol_client, enrol)
    assert pls.client(client).renew_on == date(2027, 1, 20)


def test_screening_tells_no_from_not_known_and_waits_for_stock(pls: Programme) -> None:
    pls.transmitter("T-1")
    client = pls.accepted()

    def screen(actor: Actor = pls.reg, **other: Any) -> LifesaverStatus:
        return pls.office.do(actor, lifesaver.screen_client, lifesaver.ScreenClient(client_id=client, **other))

    assert screen(answers=ANSWERS | {"willing": "unknown"}) is LifesaverStatus.SCREENING
    assert screen(answers=ANSWERS | {"willing": "no"}) is LifesaverStatus.NOT_ELIGIBLE
    with pytest.raises(NotAllowed):
        screen(answers=ANSWERS | {"willing": "no"}, override_reason="Trial")
    assert screen(pls.sup, answers=ANSWERS | {"willing": "no"}, override_reason="Trial") is LifesaverStatus.ACCEPTED
    pls.office.do(pls.sup, directory.update_setting, directory.UpdateSetting(name="pls.ask_willing", value="not_asked"))
    assert screen(answers=ANSWERS | {"willing": "no"}) is LifesaverStatus.ACCEPTED, "the service does not ask it"
    move = lifesaver_kit.MoveTransmitter(
        transmitter_id=pls.serial("T-1").id, status=TransmitterStatus.REPAIR, reason="Silent"
    )
    pls.office.do(pls.reg, lifesaver_kit.move_transmitter, move)
    assert screen(answers=ANSWERS) is LifesaverStatus.WAITLIST
    assert set(ANSWERS) == {one.value for one in Criterion}


def test_a_person_is_in_the_programme_once(pls: Programme) -> None:
    client = pls.enrolled()
    again = lifesaver.OpenInquiry(registration_id=pls.client(client).registration_id or "")
    with refused("already"):
        pls.office.do(pls.reg, lifesaver.open_inquiry, again)


def test_missed_daily_tests_ask_for_a_call_then_a_visit(pls: Programme) -> None:
    pls.office.clock.at = day(2025, 5, 1)
    client = pls.enrolled()
    rule_call, rule_visit = lifesaver_watch.TESTS_CALL, lifesaver_watch.TESTS_VISIT

    def record(*days: date) -> None:
        command = lifesaver_care.RecordTests(client_id=client, lines=lines(*days))
        pls.office.do(pls.reg, lifesaver_care.record_tests, command)

    record(date(2025, 5, 1))
    seen = {}
    for offset in range(1, 8):
        pls.office.clock.at = day(2025, 5, 1) + timedelta(days=offset)
        watch(pls)
        seen[offset] = sorted({rule_call, rule_visit} & open_rules(pls))
    # The 2nd and 3rd are missed once the 4th has come; the fifth missed day is the 6th.
    call, both = [rule_call], [rule_call, rule_visit]
    assert seen == {1: [], 2: [], 3: call, 4: call, 5: call, 6: both, 7: both}
    assert task(pls, client, rule_call).due_on == date(2025, 5, 4)
    record(date(2025, 5, 7))
    assert not {rule_call, rule_visit} & open_rules(pls)


def test_a_failed_test_is_looked_into_at_once(pls: Programme) -> None:
    client = pls.enrolled()
    today = pls.office.clock().date()
    command = lifesaver_care.RecordTests(client_id=client, lines=lines(today, light_ok=False))
    pls.office.do(pls.reg, lifesaver_care.record_tests, command)
    assert task(pls, client, lifesaver_care.FAILED_TEST).due_on == today
    (card,) = pls.office.found(SearchCard)
    assert card.tested_on is None, "a test that failed is no test that went well"


def test_a_removal_asks_for_a_refit_within_a_day_and_the_visit_closes_it(pls: Programme) -> None:
    client = pls.enrolled()
    pls.office.do(pls.reg, lifesaver_care.record_removal, lifesaver_care.RecordRemoval(client_id=client))
    refit = task(pls, client, lifesaver_care.REFIT)
    assert refit.due_at == pls.office.clock() + timedelta(hours=24)
    visit = pls.office.do(
        pls.reg, lifesaver_care.plan_visit, lifesaver_care.PlanVisit(client_id=client, kind=VisitKind.REFIT)
    )
    pls.office.do(
        pls.reg, lifesaver_care.record_visit, lifesaver_care.RecordVisit(visit_id=visit, outcome=VisitOutcome.DONE)
    )
    assert task(pls, client, lifesaver_care.REFIT).status is TaskStatus.DONE


def test_a_technician_changes_only_the_visits_they_are_sent_on(pls: Programme) -> None:
    client = pls.enrolled()
    sent, other = pls.office.member(Role.VOL, "T. Technician"), pls.office.member(Role.VSU, "O. Other")
    plan = lifesaver_care.PlanVisit(client_id=client, assigned=(sent.member_id,))
    visit = pls.office.do(pls.reg, lifesaver_care.plan_visit, plan)
    battery = lifesaver_care.RecordBattery(visit_id=visit, steps=("band",))
    for command in (battery, lifesaver_care.RecordBattery(client_id=client)):
        with pytest.raises(NotAllowed):
            pls.office.do(other, lifesaver_care.record_battery, command)
    with pytest.raises(NotAllowed):
        pls.office.do(sent, lifesaver_care.record_battery, lifesaver_care.RecordBattery(client_id=client))
    pls.office.clock.move(days=3)
    pls.office.do(sent, lifesaver_care.record_battery, battery)
    watch(pls)
    due = pls.office.clock().date() + timedelta(days=60)
    assert task(pls, client, lifesaver_watch.BATTERY).due_on == due, "the registry's next look moves the clocks"
    assert pls.office.found(SearchCard)[0].battery_due_on == due


def test_fees_are_tasks_until_paid_or_subsidised(pls: Programme) -> None:
    client = pls.enrolled()
    fee = pls.office.do(
        pls.reg, lifesaver_care.charge_fee, lifesaver_care.ChargeFee(client_id=client, kind=FeeKind.TRANSMITTER)
    )
    assert pls.office.get(LifesaverFee, fee).amount_cents == 40_000
    asked = lifesaver_care.DecideSubsidy(fee_id=fee, decision=SubsidyDecision.ASKED, proof="Letter")
    granted = lifesaver_care.DecideSubsidy(fee_id=fee, decision=SubsidyDecision.GRANTED, subsidy_cents=30_000)
    pls.office.do(pls.reg, lifesaver_care.decide_subsidy, asked)
    with pytest.raises(NotAllowed):
        pls.office.do(pls.reg, lifesaver_care.decide_subsidy, granted)
    pls.office.do(pls.sup, lifesaver_care.decide_subsidy, granted)
    assert task(pls, fee, lifesaver_watch.FEE).status is TaskStatus.OPEN
    pls.office.do(pls.reg, lifesaver_care.pay_fee, lifesaver_care.PayFee(fee_id=fee, paid_cents=10_000))
    assert task(pls, fee, lifesaver_watch.FEE).status is TaskStatus.DONE


def test_certificates_kits_and_drills_are_tasks(pls: Programme) -> None:
    pls.office.clock.at = day(2025, 5, 1)
    pls.enrolled()
    receiver = pls.office.do(pls.reg, lifesaver_kit.add_receiver, lifesaver_kit.AddReceiver(serial="R-1"))
    check = lifesaver_kit.CheckKit(receiver_id=receiver, condition=KitCondition.GOOD)
    pls.office.do(pls.reg, lifesaver_kit.check_kit, check)
    certify = lifesaver_kit.CertifyOperator(member_id=pls.ess.member_id, certified_on=date(2024, 6, 1))
    operator = pls.office.do(pls.reg, lifesaver_kit.certify_operator, certify)
    watch(pls)
    assert task(pls, receiver, lifesaver_watch.KIT_CHECK).due_on == date(2025, 6, 1)
    assert task(pls, operator, lifesaver_watch.CERTIFICATE).due_on == date(2025, 6, 1)
    (drill,) = pls.office.found(Task, Task.rule == lifesaver_watch.DRILL)
    assert drill.due_on == date(2025, 8, 1)
    before = len(pls.office.found(Task))
    watch(pls)
    assert len(pls.office.found(Task)) == before


def test_looking_again_writes_nothing(pls: Programme) -> None:
    pls.enrolled()
    watch(pls)
    with pls.office.vault.write(pls.reg) as work:
        lifesaver_watch.watch(work, lifesaver_watch.Watch())
        assert work.commit().ids == frozenset()


def test_the_frequency_is_kept_apart_and_each_look_is_audited(pls: Programme) -> None:
    pls.enrolled("T-044", 216_150)
    transmitter = pls.serial("T-044")
    assert "frequency_khz" not in Transmitter.__table__.columns
    ask = lifesaver_kit.RevealFrequency(transmitter_id=transmitter.id)
    assert pls.office.do(pls.reg, lifesaver_kit.reveal_frequency, ask) == 216_150
    assert pls.office.do(pls.sup, lifesaver_kit.reveal_frequency, ask) == 216_150
    for actor in (pls.ess, pls.dsp, pls.office.member(Role.OFF, "O")):
        with pytest.raises(NotAllowed):
            pls.office.do(actor, lifesaver_kit.reveal_frequency, ask)
    seen = pls.office.found(AuditEntry, AuditEntry.action == AuditAction.REVEAL)
    assert [one.member_id for one in seen] == [pls.reg.member_id, pls.sup.member_id]
    assert {one.kind for one in seen} == {"transmitter_frequency"}
    kinds = {scope.kind for scope in pls.office.found(Scope)}
    assert {str(ScopeKind.LIFESAVER_FREQUENCY), str(ScopeKind.LIFESAVER_STORE)} <= kinds
    readers = access.READING_GROUPS[ScopeKind.LIFESAVER_FREQUENCY]
    assert {role for group in readers for role in access.GROUP_ROLES[group]} == {Role.REG, Role.SUP, Role.ESS}
    assert pls.office.found(ScopeKey), "each has a key of its own"


def test_a_band_of_the_service_bounds_frequencies(pls: Programme) -> None:
    with refused("216000"):
        pls.transmitter("T-1", 215_900)
    with refused("serial number already"):
        pls.transmitter("T-2")
        pls.transmitter("T-2", 217_000)


def test_a_clash_is_a_task_until_it_is_settled(pls: Programme) -> None:
    pls.enrolled("T-044", 216_150)
    found = pls.serial("T-044")
    pls.transmitter("T-9", 217_000)
    other = pls.accepted(legal_first="Ada")
    with pls.office.vault.write(pls.reg) as work:  # what a colleague's laptop wrote meanwhile
        twice = EquipmentIssue(
            id=work.new_id(), scope_id=found.scope_id, transmitter_id=found.id, client_id=other, issued_at=work.now()
        )
        work.session.add(twice)
        work.commit()
        twice_id = twice.id
    watch(pls)
    clash = task(pls, found.id, CLASH)
    assert clash.status is TaskStatus.OPEN and clash.title_values == {"item": "T-044"}
    third = pls.accepted(legal_first="Bea")
    with refused("Somebody holds"):
        pls.issue(found.id, third)
    settle = lifesaver_kit.EndIssue(issue_id=twice_id, end=IssueEnd.NEVER_HANDED)
    pls.office.do(pls.reg, lifesaver_kit.end_issue, settle)
    assert task(pls, found.id, CLASH).status is TaskStatus.DONE
    assert pls.serial("T-044").status is TransmitterStatus.ISSUED, "the other still wears it"
    with pls.office.vault.write(pls.reg) as work:
        assert inventory.raise_clashes(work) == ()

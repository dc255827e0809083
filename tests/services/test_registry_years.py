"""The registry over the years: handing in, reminders, renewals, coming of age, disputes, opened cards."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.errors import NotAllowed, RuleBroken
from app.models.registry import CardFollowUp, EmergencyCard, Registration, RegistryDispute, RegistryEvent
from app.models.rules import registry as rules
from app.models.rules import registry_disputes as dispute_rules
from app.models.vocab import (
    Capacity,
    CardOutcome,
    CardReason,
    DisputeSide,
    RegistryAct,
    RegistryStatus,
    Role,
    SubmitterWay,
    TaskStatus,
    Tri,
)
from app.models.work import Actor
from app.models.work_items import Task
from app.services import directory, registry, registry_disputes, registry_terms, task_list
from app.services.registry_cards import FollowUpCard, OpenCard, follow_up_card, open_card
from tests import factories
from tests.conftest import Office


@pytest.fixture
def coordinator(office: Office) -> Actor:
    return office.member(Role.REG, "R. Registrar")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 17, 0, tzinfo=UTC)


def activated(office: Office, coordinator: Actor, day: date | None = None, **other: Any) -> str:
    if day is not None:
        office.clock.at = noon(day)
    made = office.do(coordinator, registry.register, factories.registration(**other))
    office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    return made


def tasks(office: Office, subject_id: str, rule: str) -> list[Task]:
    found = office.found(Task, Task.subject_id == subject_id, Task.rule == rule, Task.removed_at.is_(None))
    return sorted(found, key=lambda task: task.due_on or date.max)


def acts(office: Office, made: str) -> set[RegistryAct | None]:
    return {event.act for event in office.found(RegistryEvent, RegistryEvent.registration_id == made)}


def card_of(office: Office, made: str) -> EmergencyCard:
    (card,) = office.found(EmergencyCard, EmergencyCard.registration_id == made, EmergencyCard.removed_at.is_(None))
    return card


# Handing in


def test_an_officer_hands_in_and_does_not_reopen(office: Office, coordinator: Actor, officer: Actor) -> None:
    other = office.member(Role.OFF, "Const. Other")
    made = office.do(officer, registry.register, factories.registration())
    change = registry.UpdateRegistration(registration_id=made, hair="Fair")
    office.do(officer, registry.update_registration, change)
    with pytest.raises(NotAllowed):
        office.do(other, registry.update_registration, change)
    office.do(officer, registry.submit_registration, registry.SubmitRegistration(registration_id=made))
    assert office.get(Registration, made).status is RegistryStatus.SUBMITTED
    with pytest.raises(NotAllowed, match="handed in"):
        office.do(officer, registry.update_registration, change)
    with pytest.raises(NotAllowed):
        office.do(officer, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    office.do(coordinator, registry.update_registration, change)
    office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    assert acts(office, made) == {RegistryAct.SUBMITTED, RegistryAct.ACTIVATED}


def test_victim_services_hand_in_too(office: Office, worker: Actor) -> None:
    made = office.do(worker, registry.register, factories.registration(submit=True))
    assert office.get(Registration, made).status is RegistryStatus.SUBMITTED


def test_one_business_day_from_handing_in(office: Office, coordinator: Actor, officer: Actor) -> None:
    office.clock.at = noon(date(2026, 4, 2))  # the Thursday before Good Friday
    made = office.do(officer, registry.register, factories.registration(submit=True))
    (task,) = tasks(office, made, rules.VERIFY)
    assert (task.due_on, task.status, task.owner_id) == (date(2026, 4, 7), TaskStatus.OPEN, None)
    with pytest.raises(RuleBroken, match="closes by itself"):
        office.do(coordinator, task_list.complete_task, task_list.CompleteTask(task_id=task.id))
    office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    assert tasks(office, made, rules.VERIFY)[0].status is TaskStatus.DONE


# Terms


def test_acceptance_6a_reminders_are_tasks(office: Office, coordinator: Actor) -> None:
    made = activated(office, coordinator, date(2025, 3, 10))
    assert [task.due_on for task in tasks(office, made, rules.REMIND)] == [
        date(2026, 1, 9),
        date(2026, 2, 8),
        date(2026, 3, 3),
    ]
    (decide,) = tasks(office, made, rules.DECIDE)
    assert (decide.due_on, decide.warn_from) == (date(2026, 4, 9), date(2026, 3, 10))


def test_a_renewal_moves_every_reminder(office: Office, coordinator: Actor) -> None:
    made = activated(office, coordinator, date(2025, 3, 10))
    office.clock.at = noon(date(2026, 1, 9))
    remind = registry_terms.RecordReminder(registration_id=made, way=SubmitterWay.MAIL)
    office.do(coordinator, registry_terms.record_reminder, remind)
    assert [task.status for task in tasks(office, made, rules.REMIND)] == [
        TaskStatus.DONE,
        TaskStatus.OPEN,
        TaskStatus.OPEN,
    ]
    office.do(
        coordinator,
        registry.renew_registration,
        registry.RenewRegistration(registration_id=made, attested_by="Nora, by telephone", contacts_checked=True),
    )
    again = tasks(office, made, rules.REMIND)
    assert [(task.due_on, task.status) for task in again] == [
        (date(2027, 1, 9), TaskStatus.OPEN),
        (date(2027, 2, 8), TaskStatus.OPEN),
        (date(2027, 3, 3), TaskStatus.OPEN),
    ]
    renewed = office.found(RegistryEvent, RegistryEvent.act == RegistryAct.RENEWED)
    assert [(event.before, event.after, event.checked) for event in renewed] == [
        (date(2026, 3, 10), date(2027, 3, 10), True)
    ]


def test_a_renewal_with_changes_is_one_act(office: Office, coordinator: Actor) -> None:
    made = activated(office, coordinator, date(2025, 3, 10))
    office.clock.at = noon(date(2026, 3, 20))
    command = registry.RenewRegistration(registration_id=made, triggers=None)
    with pytest.raises(RuleBroken, match="missing"):
        office.do(coordinator, registry.renew_registration, command)
    assert office.get(Registration, made).triggers == "Sirens and shouting."
    office.do(
        coordinator,
        registry.renew_registration,
        registry.RenewRegistration(registration_id=made, triggers="Fireworks."),
    )
    assert card_of(office, made).triggers == "Fireworks."
    assert acts(office, made) == {RegistryAct.ACTIVATED, RegistryAct.RENEWED_CHANGED}


def test_terms_by_age(office: Office, coordinator: Actor, supervisor: Actor) -> None:
    office.clock.at = noon(date(2025, 1, 2))
    for name, value in (("vpr.term_months_under16", 6), ("vpr.term_months_65", 24)):
        office.do(supervisor, directory.update_setting, directory.UpdateSetting(name=name, value=value))
    child = activated(office, coordinator, date(2025, 3, 10), dob=date(2014, 7, 4))
    adult = activated(office, coordinator, dob=date(1980, 7, 4))
    senior = activated(office, coordinator, dob=date(1960, 3, 10))
    ends = [office.get(Registration, made).expires_on for made in (child, adult, senior)]
    assert ends == [date(2025, 9, 10), date(2026, 3, 10), date(2027, 3, 10)]


def test_no_reminder_by_a_way_that_is_not_safe(office: Office, coordinator: Actor) -> None:
    made = activated(office, coordinator, submitter_safe=Tri.NO)
    remind = registry_terms.RecordReminder(registration_id=made, way=SubmitterWay.PHONE)
    with pytest.raises(RuleBroken, match="not safe"):
        office.do(coordinator, registry_terms.record_reminder, remind)


def test_sixteen_and_eighteen(office: Office, coordinator: Actor) -> None:
    made = activated(office, coordinator, date(2025, 3, 10), dob=date(2009, 5, 2))
    (own,) = tasks(office, made, rules.RECONSENT)
    assert own.due_on == date(2025, 5, 2)
    (capacity,) = tasks(office, made, rules.CAPACITY)
    assert capacity.due_on == date(2027, 5, 2)
    agree = registry_terms.RecordOwnConsent(registration_id=made, agrees=True, note="Asked at school")
    with pytest.raises(RuleBroken, match="The person is not"):
        office.do(coordinator, registry_terms.record_own_consent, agree)
    office.clock.at = noon(date(2025, 5, 2))
    office.do(coordinator, registry_terms.record_own_consent, agree)
    assert tasks(office, made, rules.RECONSENT)[0].status is TaskStatus.DONE
    office.do(
        coordinator,
        registry_terms.review_capacity,
        registry_terms.ReviewCapacity(registration_id=made, capacity=Capacity.SUBSTITUTE, note="Order seen"),
    )
    assert office.get(Registration, made).decision_capacity is Capacity.SUBSTITUTE
    assert tasks(office, made, rules.CAPACITY)[0].status is TaskStatus.DONE


def test_a_no_at_sixteen_ends_the_registration(office: Office, coordinator: Actor) -> None:
    made = activated(office, coordinator, date(2025, 6, 10), dob=date(2009, 5, 2))
    office.do(
        coordinator,
        registry_terms.record_own_consent,
        registry_terms.RecordOwnConsent(registration_id=made, agrees=False, note="Does not want it"),
    )
    assert office.get(Registration, made).status is RegistryStatus.WITHDRAWN
    assert office.found(EmergencyCard, EmergencyCard.removed_at.is_(None)) == []
    assert {task.status for task in tasks(office, made, rules.REMIND)} == {TaskStatus.CANCELLED}


def test_consent_taken_back_is_a_withdrawal(office: Office, coordinator: Actor) -> None:
    made = activated(office, coordinator)
    change = registry.UpdateRegistration(registration_id=made, consents={"registry": "no"})
    with pytest.raises(RuleBroken, match="withdrawn") as refused:
        office.do(coordinator, registry.update_registration, change)
    assert refused.value.field == "consents"


def test_archived_only_when_nobody_sees_the_card(office: Office, coordinator: Actor) -> None:
    made = activated(office, coordinator, date(2025, 3, 10))
    archive = registry_terms.ArchiveRegistration(registration_id=made, reason="Nobody renewed it")
    office.clock.at = noon(date(2026, 4, 9))
    with pytest.raises(RuleBroken, match="still see"):
        office.do(coordinator, registry_terms.archive_registration, archive)
    office.clock.at = noon(date(2026, 4, 10))
    office.do(coordinator, registry_terms.archive_registration, archive)
    found = office.get(Registration, made)
    assert (found.status, found.ended_on) == (RegistryStatus.ARCHIVED, date(2026, 3, 10))
    assert all(task.status is not TaskStatus.OPEN for task in office.found(Task, Task.subject_id == made))
    with pytest.raises(RuleBroken, match="does not fit"):
        office.do(coordinator, registry_terms.archive_registration, archive)


# Disputes


def disputed(office: Office, coordinator: Actor, made: str, field: str, value: Any) -> str:
    command = registry_disputes.OpenDispute(registration_id=made, field=field, value=value, second_by="Paul Rennick")
    return office.do(coordinator, registry_disputes.open_dispute, command)


def test_two_guardians_disagree_and_a_supervisor_decides(office: Office, coordinator: Actor, supervisor: Actor) -> None:
    made = activated(office, coordinator)
    contact = [{"name": "Paul Rennick", "relation": "Father", "phone": "+15555550177"}]
    dispute_id = disputed(office, coordinator, made, "contacts", contact)
    card = card_of(office, made)
    assert card.contacts is None and card.disputed == ["contacts"]
    assert office.get(Registration, made).contacts == factories.registration().contacts
    change = registry.UpdateRegistration(registration_id=made, contacts=contact)
    with pytest.raises(RuleBroken, match="decide about this first"):
        office.do(coordinator, registry.update_registration, change)
    with pytest.raises(RuleBroken, match="waits for a supervisor"):
        disputed(office, coordinator, made, "contacts", contact)
    decision = registry_disputes.DecideDispute(dispute_id=dispute_id, side=DisputeSide.SECOND, reason="Order seen")
    with pytest.raises(NotAllowed):
        office.do(coordinator, registry_disputes.decide_dispute, decision)
    office.do(supervisor, registry_disputes.decide_dispute, decision)
    card = card_of(office, made)
    assert (card.contacts, card.disputed) == (contact, None)
    kept = office.get(RegistryDispute, dispute_id)
    assert kept.first == {"value": factories.registration().contacts} and kept.second == {"value": contact}
    assert (kept.first_by, kept.second_by, kept.decided_by) == ("Nora Rennick", "Paul Rennick", supervisor.member_id)
    with pytest.raises(RuleBroken, match="decided already"):
        office.do(supervisor, registry_disputes.decide_dispute, decision)


def test_what_may_save_the_person_is_shown_in_both_versions(office: Office, coordinator: Actor) -> None:
    made = activated(office, coordinator)
    disputed(office, coordinator, made, "do_not", "Do not run after him.")
    disputed(office, coordinator, made, "risks", ["climbs", "bolts"])
    disputed(office, coordinator, made, "swims", "yes")
    card = card_of(office, made)
    assert card.do_not == "Do not touch him first. / Do not run after him."
    assert card.risks == ["bolts", "traffic", "climbs"]
    assert card.swims is Tri.NO
    assert card.disputed == ["do_not", "risks", "swims"]


def test_what_a_dispute_shows() -> None:
    assert dispute_rules.shown("legal_last", "Rennick", "Marsh") == "Rennick"
    assert dispute_rules.shown("calming", "A ball", "A song") is None
    assert dispute_rules.shown("swims", "yes", "unknown") == "unknown"
    nora, paul, ana = {"name": "Nora"}, {"name": "Paul"}, {"name": "Ana"}
    assert dispute_rules.shown("contacts", [nora, ana], [paul, ana]) == [ana]
    assert dispute_rules.shown("approach", None, "Slowly") == "Slowly"


def test_what_is_no_dispute(office: Office, coordinator: Actor) -> None:
    made = activated(office, coordinator)
    for field, value, by in (
        ("expires_on", "x", "P"),
        ("triggers", "Sirens and shouting.", "P"),
        ("triggers", "x", " "),
    ):
        command = registry_disputes.OpenDispute(registration_id=made, field=field, value=value, second_by=by)
        with pytest.raises(RuleBroken):
            office.do(coordinator, registry_disputes.open_dispute, command)
    assert office.found(RegistryDispute) == []


# What follows an opened card


def test_an_occurrence_number_follows_within_a_day(office: Office, coordinator: Actor, officer: Actor) -> None:
    made = activated(office, coordinator)
    card_id = card_of(office, made).id
    view_id = office.do(officer, open_card, OpenCard(card_id=card_id, why=CardReason.MISSING))
    (task,) = tasks(office, view_id, rules.OCCURRENCE)
    assert task.owner_id == officer.member_id and task.due_at is not None
    assert (task.due_at - office.clock()).total_seconds() == 24 * 3600
    with pytest.raises(RuleBroken, match="closes by itself"):
        office.do(officer, task_list.complete_task, task_list.CompleteTask(task_id=task.id))
    with pytest.raises(RuleBroken) as refused:
        office.do(officer, follow_up_card, FollowUpCard(view_id=view_id, outcome=CardOutcome.FOUND_WELL))
    assert refused.value.field == "occurrence_no"
    told = FollowUpCard(view_id=view_id, occurrence_no="26-0107", outcome=CardOutcome.FOUND_WELL, helped=Tri.YES)
    with pytest.raises(NotAllowed):
        office.do(coordinator, follow_up_card, told)
    office.do(officer, follow_up_card, told)
    assert tasks(office, view_id, rules.OCCURRENCE)[0].status is TaskStatus.DONE
    office.do(officer, follow_up_card, FollowUpCard(view_id=view_id, outcome=CardOutcome.SETTLED))
    told_of = {one.outcome for one in office.found(CardFollowUp, CardFollowUp.view_id == view_id)}
    assert told_of == {CardOutcome.FOUND_WELL, CardOutcome.SETTLED}


def test_no_clock_where_the_number_is_given_or_there_is_none(
    office: Office, coordinator: Actor, officer: Actor, supervisor: Actor
) -> None:
    made = activated(office, coordinator)
    card_id = card_of(office, made).id
    given = office.do(officer, open_card, OpenCard(card_id=card_id, why=CardReason.CALL, occurrence_no="26-9"))
    looked = office.do(supervisor, open_card, OpenCard(card_id=card_id, reason="Checking the card"))
    assert tasks(office, given, rules.OCCURRENCE) == [] and tasks(office, looked, rules.OCCURRENCE) == []

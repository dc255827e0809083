"""Deciding between values that were really merged side by side (safety.md 5.3, peers.md 4)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.errors import NotAllowed, RuleBroken
from app.models.crisis import Case, PlanStep
from app.models.local.tables import AuditEntry, LoggedChange, Sibling
from app.models.people import Person, SafeContact
from app.models.vocab import AuditAction, Role, Voicemail
from app.models.work import Actor
from app.queries import conflicts as questions
from app.queries.conflicts import Shape
from app.services import crisis, people
from app.services.conflicts import AS_SHOWN, Decide, Keep, decide
from app.vault.unit_of_work import unpacked
from tests import factories
from tests.colleague import Colleague
from tests.conftest import Office, TestClock


@pytest.fixture
def case_id(office: Office, worker: Actor) -> str:
    """A case of the worker."""
    return office.do(worker, crisis.open_case, factories.case())


@pytest.fixture
def colleague(office: Office) -> Colleague:
    """Someone who works on another laptop."""
    return Colleague(office.vault)


@pytest.fixture
def contact(office: Office, worker: Actor, colleague: Colleague, case_id: str, clock: TestClock) -> SafeContact:
    """A safe contact about whose voicemail two people wrote different things: here full, the colleague none."""
    found = office.found(SafeContact, SafeContact.case_id == case_id)[0]
    seen = colleague.seen(SafeContact, found.id, "voicemail")
    clock.move(minutes=1)
    office.do(
        worker,
        people.update_safe_contact,
        people.UpdateSafeContact(safe_contact_id=found.id, voicemail=Voicemail.FULL),
    )
    colleague.write(SafeContact, found.id, {"voicemail": "generic"}, seen)
    return found


def about(contact: SafeContact, value: Any, field: str = "voicemail") -> Decide:
    return Decide(kind="safe_contact", record_id=contact.id, field=field, value=value)


def listed(office: Office) -> tuple[questions.ConflictRow, ...]:
    with office.vault.read() as session:
        return questions.conflicts(session)


def test_both_values_are_listed_and_the_more_protective_shows(office: Office, contact: SafeContact) -> None:
    (row,) = listed(office)
    assert (row.kind, row.field, row.protective, row.shape) == ("safe_contact", "voicemail", True, Shape.CHOICE)
    assert {(value.author, value.shown) for value in row.values} == {("W. Worker", False), ("C. Colleague", True)}
    assert office.get(SafeContact, contact.id).voicemail is Voicemail.GENERIC
    assert office.get(SafeContact, contact.id).flagged


def test_keeping_the_value_that_does_not_show(office: Office, worker: Actor, contact: SafeContact) -> None:
    (row,) = listed(office)
    mine = next(value for value in row.values if not value.shown)
    office.do(worker, decide, about(contact, Keep(dot=mine.dot)))
    now = office.get(SafeContact, contact.id)
    assert (now.voicemail, now.flagged) == (Voicemail.FULL, False)
    assert listed(office) == () and office.found(Sibling) == []


def test_a_decision_for_what_shows_already_is_a_change_that_replaces_both(
    office: Office, worker: Actor, contact: SafeContact
) -> None:
    (row,) = listed(office)
    shown = next(value for value in row.values if value.shown)
    before = len(office.found(LoggedChange))
    office.do(worker, decide, about(contact, Keep(dot=shown.dot)))
    assert listed(office) == () and not office.get(SafeContact, contact.id).flagged
    logged = office.found(LoggedChange, LoggedChange.record_id == contact.id)[-1]
    assert len(office.found(LoggedChange)) == before + 1
    write = unpacked(logged.fields)["voicemail"]
    assert write.value == "generic" and set(write.seen) == {value.dot for value in row.values}
    reviewed = office.found(AuditEntry, AuditEntry.action == AuditAction.REVIEW)
    assert [entry.record_id for entry in reviewed] == [contact.id]


def test_another_value_than_both(office: Office, worker: Actor, contact: SafeContact) -> None:
    office.do(worker, decide, about(contact, "none"))
    assert office.get(SafeContact, contact.id).voicemail is Voicemail.NONE
    assert listed(office) == ()


@pytest.mark.parametrize("value", ["loud", 3, ["none"], date(2026, 1, 1)])
def test_a_value_that_the_field_cannot_hold_is_refused(
    office: Office, worker: Actor, contact: SafeContact, value: Any
) -> None:
    with pytest.raises(RuleBroken):
        office.do(worker, decide, about(contact, value))
    assert len(listed(office)) == 1


def test_only_who_works_on_the_case_decides(
    office: Office, officer: Actor, supervisor: Actor, volunteer: Actor, contact: SafeContact
) -> None:
    other = office.member(Role.VSU, "O. Other")
    for actor in (officer, supervisor, volunteer, other):
        with pytest.raises(NotAllowed):
            office.do(actor, decide, about(contact, AS_SHOWN))
    assert len(listed(office)) == 1


def test_a_supervisor_decides_about_the_case_itself(
    office: Office, supervisor: Actor, worker: Actor, colleague: Colleague, case_id: str
) -> None:
    office.do(worker, crisis.update_case, crisis.UpdateCase(case_id=case_id, municipality="Milton"))
    seen = colleague.seen(Case, case_id, "municipality")
    office.do(worker, crisis.update_case, crisis.UpdateCase(case_id=case_id, municipality="Northmere"))
    colleague.write(Case, case_id, {"municipality": "Southmere"}, seen)
    command = Decide(kind="case_file", record_id=case_id, field="municipality", value="Westmere")
    office.do(supervisor, decide, command)
    assert office.get(Case, case_id).municipality == "Westmere" and listed(office) == ()
    with pytest.raises(RuleBroken):
        office.do(supervisor, decide, command)


def test_lists_show_together_and_can_be_kept_so(
    office: Office, worker: Actor, colleague: Colleague, case_id: str
) -> None:
    person = office.found(Person, Person.case_id == case_id)[0]
    seen = colleague.seen(Person, person.id, "communication_needs")
    office.do(
        worker, people.update_person, people.UpdatePerson(person_id=person.id, communication_needs=["large print"])
    )
    colleague.write(Person, person.id, {"communication_needs": '["sign language"]'}, seen)
    (row,) = listed(office)
    assert row.shape is Shape.SEVERAL and not any(value.shown for value in row.values)
    command = Decide(kind="person", record_id=person.id, field="communication_needs", value=AS_SHOWN)
    office.do(worker, decide, command)
    assert sorted(office.get(Person, person.id).communication_needs or []) == ["large print", "sign language"]
    assert listed(office) == ()


def test_a_removal_against_a_change_waits_and_the_record_stays_until_decided(
    office: Office, worker: Actor, colleague: Colleague, case_id: str
) -> None:
    step = office.do(worker, crisis.add_plan_step, crisis.AddPlanStep(case_id=case_id, step="Ask about locks"))
    seen = colleague.seen(PlanStep, step, "removed_at")
    office.do(worker, crisis.update_plan_step, crisis.UpdatePlanStep(step_id=step, who="The locksmith"))
    colleague.write(PlanStep, step, {"removed_at": "2026-01-20T15:00:00.000Z"}, seen)
    (row,) = listed(office)
    assert row.field == "removed_at" and office.get(PlanStep, step).removed_at is None
    office.do(worker, decide, Decide(kind="plan_step", record_id=step, field="removed_at", value=AS_SHOWN))
    assert listed(office) == () and office.get(PlanStep, step).removed_at is None
    assert not office.get(PlanStep, step).flagged


def test_what_nobody_disputes_cannot_be_decided(office: Office, worker: Actor, contact: SafeContact) -> None:
    for field in ("caller_id", "created_by", "scope_id", "no_such_field"):
        with pytest.raises(RuleBroken):
            office.do(worker, decide, about(contact, AS_SHOWN, field))

"""What may be proposed for destruction, by whom it is approved, and what a hold keeps (domain.md 20.5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.errors import NotAllowed, RuleBroken
from app.models.registry import EmergencyCard, Registration
from app.models.retention import DestructionRun, LegalHold
from app.models.rules import retention as rules
from app.models.rules.registry import over_since
from app.models.vocab import RegistryStatus, RetentionClass, Role, ScopeKind
from app.models.work import Actor
from app.queries import retention as questions
from app.queries.retention import RunState
from app.services import registry, retention
from tests import factories
from tests.conftest import Office, TestClock

WHY = "The time to be kept is over."
ZONE = "America/Toronto"
OTHER_DEVICE = "ab" * 16


@pytest.fixture
def desk(office: Office) -> Actor:
    return office.member(Role.REG, "R. Registrar")


@pytest.fixture
def chief(office: Office) -> Actor:
    """A supervisor at another computer."""
    return elsewhere(office.member(Role.SUP, "S. Supervisor"))


def elsewhere(actor: Actor) -> Actor:
    return Actor(actor.member_id, actor.role, OTHER_DEVICE)


@pytest.fixture
def over(office: Office, desk: Actor, clock: TestClock) -> str:
    """A registration that was withdrawn more than a year ago, with a card of that year."""
    made: str = office.do(desk, registry.register, factories.registration())
    office.do(desk, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    command = registry.EndRegistration(registration_id=made, status=RegistryStatus.WITHDRAWN, reason="asked for it")
    office.do(desk, registry.end_registration, command)
    clock.move(days=3 * 366)
    return made


def propose(office: Office, actor: Actor, *chosen: tuple[RetentionClass, str]) -> str:
    run: str = office.do(actor, retention.propose_destruction, retention.ProposeDestruction(chosen=chosen, reason=WHY))
    return run


def approve(office: Office, actor: Actor, run: str) -> None:
    office.do(actor, retention.approve_destruction, retention.ApproveDestruction(run_id=run))


def due(office: Office, clock: TestClock) -> list[tuple[RetentionClass, str]]:
    with office.vault.read() as session:
        rows = questions.due(session, today=clock.at.date(), zone=ZONE)
    return [(row.kept_as, row.subject_id) for row in rows]


def states(office: Office, actor: Actor) -> list[tuple[RunState, bool]]:
    with office.vault.read() as session:
        return [(row.state, row.may_approve) for row in questions.runs(session, actor.member_id)]


def cards_scope(office: Office) -> str:
    return office.found(EmergencyCard)[0].scope_id


def test_a_registration_and_its_year_of_cards_become_due(office: Office, over: str, clock: TestClock) -> None:
    assert due(office, clock) == [
        (RetentionClass.REGISTRATION, over),
        (RetentionClass.CARDS, cards_scope(office)),
    ]
    clock.move(days=-3 * 366 + 360)
    assert due(office, clock) == []


def test_a_list_names_ids_and_days_and_no_person(office: Office, desk: Actor, over: str) -> None:
    run = propose(office, desk, (RetentionClass.REGISTRATION, over), (RetentionClass.CARDS, cards_scope(office)))
    kept = office.get(DestructionRun, run)
    scopes = {office.get(Registration, over).scope_id, cards_scope(office)}
    assert set(kept.scopes) == scopes
    words = repr(kept.items)
    registered = office.get(Registration, over)
    for name in (registered.legal_last, registered.legal_first, registered.number):
        assert name and name not in words
    assert kept.first_device == desk.device_id and len(kept.first_signature or "") == 128


def test_what_is_not_over_cannot_be_proposed(office: Office, desk: Actor, clock: TestClock) -> None:
    made: str = office.do(desk, registry.register, factories.registration())
    office.do(desk, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    with pytest.raises(RuleBroken) as problem:
        propose(office, desk, (RetentionClass.REGISTRATION, made))
    assert problem.value.text == retention.NOT_DUE
    with pytest.raises(RuleBroken) as problem:
        propose(office, desk, (RetentionClass.CARDS, cards_scope(office)))
    assert problem.value.text == retention.NOT_DUE
    command = registry.EndRegistration(registration_id=made, status=RegistryStatus.WITHDRAWN, reason="asked")
    office.do(desk, registry.end_registration, command)
    clock.move(days=365)
    with pytest.raises(RuleBroken):  # its last day: kept through it
        propose(office, desk, (RetentionClass.REGISTRATION, made))
    clock.move(days=1)
    assert propose(office, desk, (RetentionClass.REGISTRATION, made))


def test_nothing_and_what_is_not_here_are_refused(office: Office, desk: Actor, over: str) -> None:
    cases: list[tuple[tuple[tuple[RetentionClass, str], ...], str]] = [
        ((), retention.NOTHING),
        (((RetentionClass.REGISTRATION, "gone"),), retention.NOT_HERE),
        (((RetentionClass.CARDS, office.get(Registration, over).scope_id),), retention.NOT_HERE),
        (((RetentionClass.LOCATIONS, over),), retention.NOT_HERE),
    ]
    for chosen, text in cases:
        with pytest.raises(RuleBroken) as problem:
            propose(office, desk, *chosen)
        assert problem.value.text == text


def test_a_second_person_on_another_computer_approves(office: Office, desk: Actor, chief: Actor, over: str) -> None:
    run = propose(office, desk, (RetentionClass.REGISTRATION, over))
    refused: list[tuple[Actor, str, type[Exception]]] = [
        (elsewhere(desk), retention.SAME_PERSON, RuleBroken),
        (office.member(Role.SUP, "T. Other"), retention.SAME_COMPUTER, RuleBroken),
        (elsewhere(office.member(Role.REG, "Q. Other")), retention.WITHOUT_SUPERVISOR, NotAllowed),
    ]
    for actor, text, kind in refused:
        with pytest.raises(kind) as problem:
            approve(office, actor, run)
        assert getattr(problem.value, "text", "") == text
    assert (RunState.PROPOSED, False) in states(office, chief), "asked on the first computer"
    approve(office, chief, run)
    found = office.get(DestructionRun, run)
    assert found.second_device == OTHER_DEVICE and found.approved_by == chief.member_id
    assert states(office, chief) == [(RunState.APPROVED, False)]
    with pytest.raises(RuleBroken) as decided:
        approve(office, chief, run)
    assert decided.value.text == retention.DECIDED


def test_what_changed_since_it_was_proposed_is_not_approved(
    office: Office, desk: Actor, chief: Actor, over: str
) -> None:
    run = propose(office, desk, (RetentionClass.REGISTRATION, over))
    with office.vault.write(desk) as work:
        work.session.get_one(DestructionRun, run).items = [
            {"subject": over, "class": "registration", "until": "2027-01-20", "scopes": ["cd" * 16]}
        ]
        work.commit()
    with pytest.raises(RuleBroken) as problem:
        approve(office, chief, run)
    assert problem.value.text == retention.NOT_DUE


def test_a_declined_run_destroys_nothing(
    office: Office, desk: Actor, chief: Actor, over: str, clock: TestClock
) -> None:
    run = propose(office, desk, (RetentionClass.REGISTRATION, over))
    office.do(chief, retention.decline_destruction, retention.DeclineDestruction(run_id=run, reason="A request came."))
    assert states(office, chief) == [(RunState.DECLINED, False)]
    with pytest.raises(RuleBroken):
        approve(office, chief, run)
    assert (RetentionClass.REGISTRATION, over) in due(office, clock)


def test_a_hold_stops_the_list_and_the_approval_and_keeps_the_cards(
    office: Office, desk: Actor, chief: Actor, over: str, clock: TestClock
) -> None:
    run = propose(office, desk, (RetentionClass.REGISTRATION, over))
    place = retention.PlaceHold(subject_id=over, reason="Asked for by counsel")
    hold: str = office.do(chief, retention.place_hold, place)
    attempts: list[Callable[[], Any]] = [
        lambda: approve(office, chief, run),
        lambda: propose(office, desk, (RetentionClass.REGISTRATION, over)),
        lambda: propose(office, desk, (RetentionClass.CARDS, cards_scope(office))),
    ]
    for attempt in attempts:
        with pytest.raises(RuleBroken) as problem:
            attempt()
        assert problem.value.text == retention.ON_HOLD
    with pytest.raises(RuleBroken) as twice:
        office.do(chief, retention.place_hold, place)
    assert twice.value.text == retention.HELD_ALREADY
    with office.vault.read() as session:
        (row,) = questions.holds(session)
        on_list = questions.due(session, today=clock.at.date(), zone=ZONE)[0]
    assert (row.reason, on_list.hold, on_list.hold_id) == ("Asked for by counsel", "Asked for by counsel", hold)
    office.do(chief, retention.lift_hold, retention.LiftHold(hold_id=hold, reason="Answered"))
    assert office.get(LegalHold, hold).lifted_at is not None
    approve(office, chief, run)


def test_who_may_destroy_together() -> None:
    sup, reg, vsu = (Role.SUP,), (Role.REG,), (Role.VSU,)
    allowed = [(sup, reg), (reg, sup), (sup, sup)]
    refused = [(reg, reg), (sup, vsu), (vsu, sup), (sup, ()), ((), ())]
    assert all(rules.may_destroy(*pair) for pair in allowed)
    assert not any(rules.may_destroy(*pair) for pair in refused)


def test_the_agencys_own_scopes_are_not_destroyable() -> None:
    never = {
        ScopeKind.AGENCY,
        ScopeKind.COUNTS,
        ScopeKind.RETENTION,
        ScopeKind.REGISTRY_ACCESS,
        ScopeKind.TRACKING_STOCK,
    }
    assert not never & rules.DESTROYABLE
    assert rules.certificate_id("a") != rules.certificate_id("b") and len(rules.certificate_id("a")) == 32


def test_the_end_of_a_registration() -> None:
    today = date(2026, 3, 1)
    active = {"status": RegistryStatus.ACTIVE, "expires_on": date(2026, 1, 31)}
    assert over_since(active, today=today, grace_days=30) is None
    assert over_since(active, today=date(2026, 3, 3), grace_days=30) == date(2026, 1, 31)
    assert over_since({**active, "status": RegistryStatus.PROVISIONAL}, today=today, grace_days=30) == date(2026, 1, 31)
    assert over_since({**active, "ended_on": date(2026, 2, 1)}, today=today, grace_days=30) == date(2026, 2, 1)
    assert over_since({"status": RegistryStatus.DRAFT}, today=today, grace_days=30) is None

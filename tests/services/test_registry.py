"""The acceptance examples of the Vulnerable Person Registry (domain.md 6.8) and its rules, through a real vault."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from app.errors import NotAllowed, NotFound, RuleBroken
from app.models.local.tables import AuditEntry, Scope
from app.models.registry import CardView, EmergencyCard, Registration
from app.models.rules import registry as rules
from app.models.vocab import (
    AgeBand,
    Attraction,
    Audience,
    AuditAction,
    CardMatch,
    CardReason,
    RegistryAuthority,
    RegistryStage,
    RegistryStatus,
    Role,
    ScopeKind,
    SpeaksBy,
)
from app.models.work import Actor
from app.queries import conflicts as conflict_questions
from app.queries import prints
from app.queries import registry as questions
from app.queries import registry_card as cards
from app.queries.form_rows import EmergencyCardRows
from app.queries.registry_search import FoundCard, find_cards
from app.services import conflicts, directory, printing, registry
from app.services.registry_cards import OpenCard, open_card
from tests import factories
from tests.colleague import Colleague
from tests.conftest import Office, TestClock


@pytest.fixture
def coordinator(office: Office) -> Actor:
    return office.member(Role.REG, "R. Registrar")


def moment(day: date) -> datetime:
    """Noon in Toronto, about."""
    return datetime(day.year, day.month, day.day, 17, 0, tzinfo=UTC)


def activated(office: Office, coordinator: Actor, command: registry.Register, day: date | None = None) -> str:
    if day is not None:
        office.clock.at = moment(day)
    registration_id = office.do(coordinator, registry.register, command)
    office.do(
        coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=registration_id)
    )
    return registration_id


def found(office: Office, text: str) -> tuple[FoundCard, ...]:
    with office.vault.read() as session:
        return find_cards(session, text, today=office.clock.at.date())


def entry(office: Office, registration_id: str) -> questions.RegistrationEntry:
    with office.vault.read() as session:
        return questions.registration(session, registration_id, today=office.clock.at.date())


def the_card(office: Office, registration_id: str) -> EmergencyCard:
    (card,) = office.found(
        EmergencyCard, EmergencyCard.registration_id == registration_id, EmergencyCard.removed_at.is_(None)
    )
    return card


def test_acceptance_6a_the_dates_of_a_term(office: Office, coordinator: Actor, officer: Actor) -> None:
    made = activated(office, coordinator, factories.registration(), date(2025, 3, 10))
    row = entry(office, made)
    assert row.values["expires_on"] == date(2026, 3, 10)
    assert row.reminders == (date(2026, 1, 9), date(2026, 2, 8), date(2026, 3, 3))
    assert row.last_shown == date(2026, 4, 9)
    stages = {}
    for day in (date(2026, 1, 8), date(2026, 1, 9), date(2026, 3, 10), date(2026, 3, 11), date(2026, 4, 9)):
        office.clock.at = moment(day)
        stages[day.isoformat()] = entry(office, made).stage
        assert len(found(office, "theo")) == 1
    assert list(stages.values()) == [
        RegistryStage.CURRENT,
        RegistryStage.RENEWAL_DUE,
        RegistryStage.RENEWAL_DUE,
        RegistryStage.GRACE,
        RegistryStage.GRACE,
    ]
    assert found(office, "theo")[0].stage is RegistryStage.GRACE
    office.clock.at = moment(date(2026, 4, 10))
    assert entry(office, made).stage is RegistryStage.EXPIRED
    assert found(office, "theo") == ()
    asked = OpenCard(card_id=the_card(office, made).id, why=CardReason.MISSING)
    with pytest.raises(RuleBroken, match="expired"):
        office.do(officer, open_card, asked)


def test_acceptance_6b_a_leap_day(office: Office, coordinator: Actor) -> None:
    made = activated(office, coordinator, factories.registration(), date(2024, 2, 29))
    assert office.get(Registration, made).expires_on == date(2025, 2, 28)


def test_acceptance_6c_a_child_until_the_next_birthday(office: Office, coordinator: Actor, supervisor: Actor) -> None:
    office.clock.at = moment(date(2025, 1, 2))
    change = directory.UpdateSetting(name="vpr.under16_policy", value=rules.BIRTHDAY)
    office.do(supervisor, directory.update_setting, change)
    made = activated(office, coordinator, factories.registration(dob=date(2014, 7, 4)), date(2025, 3, 10))
    assert office.get(Registration, made).expires_on == date(2025, 7, 4)
    grown = activated(office, coordinator, factories.registration(dob=date(2009, 3, 10)))
    assert office.get(Registration, grown).expires_on == date(2026, 3, 10), "sixteen today"


def test_acceptance_6d_found_by_address_masked_and_opened(office: Office, coordinator: Actor) -> None:
    dispatcher = office.member(Role.DSP, "D. Dispatcher")
    made = activated(office, coordinator, factories.registration(), date(2026, 1, 20))
    (row,) = found(office, "maplewood 14")
    assert (row.initials, row.age_band.value, row.matched) == ("T. R.", "0-11", CardMatch.ADDRESS)
    assert {name for name in FoundCard.__slots__ if name not in ("card_id",)} == {
        "initials",
        "age_band",
        "matched",
        "stage",
        "provisional",
    }
    view_id = office.do(dispatcher, open_card, OpenCard(card_id=row.card_id, why=CardReason.MISSING))
    with office.vault.read() as session:
        card = cards.card(session, view_id, member_id=dispatcher.member_id, now=office.clock())
    assert card.answers_to == "Teddy" and card.name == "Theo Rennick"
    assert card.age is not None and card.age.oldest == 9
    assert card.age_band is AgeBand.B0_11
    assert SpeaksBy.NON_VERBAL in card.communication
    assert card.attractions == (Attraction.WATER,)
    near = [(place.name, place.metres) for place in card.places if place.near]
    assert [name for name, _ in near] == ["Heron Pond", "Mill Pond"] or [name for name, _ in near] == [
        "Mill Pond",
        "Heron Pond",
    ]
    assert all(metres is not None and 0 < metres <= 500 for _, metres in near)
    assert office.get(Registration, made).id == the_card(office, made).registration_id


def test_acceptance_6e_a_neighbour_stays_in_verification(office: Office, coordinator: Actor, supervisor: Actor) -> None:
    neighbour = factories.registration(authority=RegistryAuthority.NONE, authority_evidence=None, submit=True)
    made = office.do(coordinator, registry.register, neighbour)
    verify = registry.VerifyRegistration(registration_id=made, authority=RegistryAuthority.NONE)
    office.do(coordinator, registry.verify_registration, verify)
    assert office.get(Registration, made).status is RegistryStatus.VERIFYING
    activate = registry.ActivateRegistration(registration_id=made)
    with pytest.raises(RuleBroken, match="authority"):
        office.do(coordinator, registry.activate_registration, activate)
    assert office.get(Registration, made).status is RegistryStatus.VERIFYING
    assert office.found(EmergencyCard) == []
    provisional = registry.ActivateProvisionally(registration_id=made, reason="Wandered twice this week")
    with pytest.raises(NotAllowed):
        office.do(coordinator, registry.activate_provisionally, provisional)
    without = registry.ActivateProvisionally(registration_id=made, reason=" ")
    with pytest.raises(RuleBroken, match="Say why"):
        office.do(supervisor, registry.activate_provisionally, without)
    office.do(supervisor, registry.activate_provisionally, provisional)
    record = office.get(Registration, made)
    assert record.expires_on == office.clock.at.date() + timedelta(days=30)
    assert [row.provisional for row in found(office, "theo")] == [True]
    (audited,) = office.found(AuditEntry, AuditEntry.action == AuditAction.OVERRIDE)
    assert audited.reason == "Wandered twice this week" and audited.record_id == made
    office.clock.move(days=30)
    assert len(found(office, "theo")) == 1
    office.clock.move(days=1)
    assert found(office, "theo") == (), "a provisional card has no grace"


def test_acceptance_6f_no_card_without_a_reason(office: Office, coordinator: Actor, officer: Actor) -> None:
    made = activated(office, coordinator, factories.registration())
    card_id = the_card(office, made).id
    for silent in (OpenCard(card_id=card_id, reason="  "), OpenCard(card_id=card_id, why=CardReason.OTHER)):
        with pytest.raises(RuleBroken) as refused:
            office.do(officer, open_card, silent)
        assert refused.value.field == "reason"
    assert office.found(CardView) == []
    view_id = office.do(officer, open_card, OpenCard(card_id=card_id, reason="call 25-0311"))
    (audited,) = office.found(AuditEntry, AuditEntry.action == AuditAction.VIEW)
    assert (audited.kind, audited.record_id, audited.reason) == ("emergency_card", card_id, "call 25-0311")
    with office.vault.read() as session:
        (seen,) = questions.card_views(session, now=office.clock())
        assert (seen.who, seen.role, seen.reason, seen.initials) == (
            "Const. Marchetti",
            Role.OFF,
            "call 25-0311",
            "T. R.",
        )
        assert cards.card(session, view_id, member_id=officer.member_id, now=office.clock()).answers_to == "Teddy"
        with pytest.raises(NotFound):
            cards.card(session, view_id, member_id=coordinator.member_id, now=office.clock())
        with pytest.raises(NotFound):
            cards.card(session, card_id, member_id=officer.member_id, now=office.clock())
    office.clock.move(days=8)
    with office.vault.read() as session:
        assert questions.card_views(session, now=office.clock()) == ()
    kind = {scope.id: scope.kind for scope in office.found(Scope)}
    assert kind[office.found(CardView)[0].scope_id] == ScopeKind.REGISTRY_ACCESS


def test_a_card_is_printed_only_by_who_opened_it(office: Office, coordinator: Actor, officer: Actor) -> None:
    made = activated(office, coordinator, factories.registration())
    card_id = the_card(office, made).id
    asked = printing.AuthorisePrint(form_id="F-602", audience=Audience.INTERNAL, record_id=card_id)
    with pytest.raises(NotAllowed, match="Open the card"):
        office.do(officer, printing.authorise_print, asked)
    office.do(officer, open_card, OpenCard(card_id=card_id, why=CardReason.MISSING))
    office.do(officer, printing.authorise_print, asked)
    (audited,) = office.found(AuditEntry, AuditEntry.action == AuditAction.PRINT)
    assert (audited.kind, audited.record_id) == ("emergency_card", card_id)
    with office.vault.read() as session:
        wanted = prints.PrintAsked("F-602", Audience.INTERNAL, "fr", officer.member_id, "Const. Marchetti", card_id)
        context, rows = prints.print_rows(session, wanted, now=office.clock())
    assert context.record_no == "VPR-2026-000001"
    assert isinstance(rows, EmergencyCardRows) and rows.life_threatening == "Cannot swim and walks into water."
    assert rows.age == "9 ans" and rows.attractions == "Eau"
    office.clock.move(hours=25)
    with pytest.raises(NotAllowed):
        office.do(officer, printing.authorise_print, asked)


def test_acceptance_6g_sharing_is_withdrawn(office: Office, coordinator: Actor) -> None:
    made = activated(office, coordinator, factories.registration())
    card_id = the_card(office, made).id
    with office.vault.read() as session:
        assert cards.card_of(session, card_id, now=office.clock()).share_police
    kept = {"registry": "yes", "share_police": "no", "share_emergency": "yes"}
    office.do(
        coordinator,
        registry.update_registration,
        registry.UpdateRegistration(registration_id=made, consents=kept),
    )
    with office.vault.read() as session:
        assert not cards.card_of(session, card_id, now=office.clock()).share_police


def test_a_card_follows_its_registration(office: Office, coordinator: Actor) -> None:
    made = activated(office, coordinator, factories.registration())
    before = the_card(office, made)
    moved = [{"kind": "home", "text": "3 Élan Court", "municipality": "Milton"}]
    change = registry.UpdateRegistration(registration_id=made, addresses=moved)
    office.do(coordinator, registry.update_registration, change)
    after = the_card(office, made)
    assert after.id == before.id and after.addresses == moved
    assert found(office, "maplewood") == ()
    assert len(found(office, "elan")) == 1
    assert office.get(Registration, made).scope_id != after.scope_id


def test_the_keys_of_all_cards_are_a_few(office: Office, coordinator: Actor) -> None:
    for name in ("Ada", "Ben", "Cleo"):
        activated(office, coordinator, factories.registration(legal_first=name))
    assert len({card.scope_id for card in office.found(EmergencyCard)}) == 1
    assert len({one.scope_id for one in office.found(Registration)}) == 3


def test_renewing_early_loses_no_days_and_late_begins_today(office: Office, coordinator: Actor) -> None:
    early = activated(office, coordinator, factories.registration(), date(2025, 3, 10))
    late = activated(office, coordinator, factories.registration(legal_first="Ada"), date(2025, 3, 10))
    first = the_card(office, early)
    office.clock.at = moment(date(2026, 2, 1))
    office.do(coordinator, registry.renew_registration, registry.RenewRegistration(registration_id=early))
    assert office.get(Registration, early).expires_on == date(2027, 3, 10)
    renewed = the_card(office, early)
    assert renewed.id != first.id and office.get(EmergencyCard, first.id).removed_at is not None
    assert len(found(office, "theo")) == 1
    office.clock.at = moment(date(2026, 3, 20))
    office.do(coordinator, registry.renew_registration, registry.RenewRegistration(registration_id=late))
    assert office.get(Registration, late).expires_on == date(2027, 3, 20)


def test_a_dispute_hides_the_card_until_a_supervisor_decides(
    office: Office, coordinator: Actor, supervisor: Actor
) -> None:
    made = activated(office, coordinator, factories.registration())
    card_id = the_card(office, made).id
    suspend = registry.SuspendRegistration(registration_id=made, reason="Two guardians disagree")
    office.do(coordinator, registry.suspend_registration, suspend)
    assert found(office, "theo") == ()
    with pytest.raises(NotFound):
        office.do(coordinator, open_card, OpenCard(card_id=card_id, why=CardReason.CALL))
    resume = registry.ResumeRegistration(registration_id=made, reason="Court order seen")
    with pytest.raises(NotAllowed):
        office.do(coordinator, registry.resume_registration, resume)
    office.do(supervisor, registry.resume_registration, resume)
    assert [row.card_id for row in found(office, "theo")] == [card_id]


@pytest.mark.parametrize("status", [RegistryStatus.WITHDRAWN, RegistryStatus.MOVED_OUT, RegistryStatus.DECEASED])
def test_an_ended_registration_has_no_card(office: Office, coordinator: Actor, status: RegistryStatus) -> None:
    made = activated(office, coordinator, factories.registration())
    end = registry.EndRegistration(registration_id=made, status=status, reason="Asked by the mother")
    office.do(coordinator, registry.end_registration, end)
    assert found(office, "theo") == () and found(office, "0142") == ()
    assert office.get(Registration, made).ended_on == office.clock.at.date()
    with pytest.raises(RuleBroken, match="does not fit"):
        office.do(coordinator, registry.update_registration, registry.UpdateRegistration(registration_id=made))


def test_what_activation_asks_for(office: Office, coordinator: Actor) -> None:
    lacking = {
        "authority_evidence": factories.registration(authority_evidence=None),
        "consents": factories.registration(consents={"registry": "no"}),
        "contacts": factories.registration(contacts=[]),
    }
    for field, command in lacking.items():
        with pytest.raises(RuleBroken) as refused:
            activated(office, coordinator, command)
        assert refused.value.field == field
    with pytest.raises(RuleBroken) as refused:
        activated(office, coordinator, factories.registration(triggers=None, places=None))
    assert refused.value.sentence == "This is still missing: What makes it worse, Places the person goes to."
    activated(office, coordinator, factories.registration(places=[], routines=[], wander_history=[]))


def test_what_cannot_be_true(office: Office, coordinator: Actor) -> None:
    for field, command in {
        "legal_first": factories.registration(legal_first=None, legal_last=None, preferred_name=" "),
        "dob": factories.registration(dob=date(2031, 1, 1)),
        "officer_note": factories.registration(officer_note="x" * 281),
    }.items():
        with pytest.raises(RuleBroken) as refused:
            office.do(coordinator, registry.register, command)
        assert refused.value.field == field


def test_a_number_of_the_registry(office: Office, coordinator: Actor, clock: TestClock) -> None:
    made = office.do(coordinator, registry.register, factories.registration())
    assert office.get(Registration, made).number == "VPR-2026-000001"
    assert office.get(Registration, made).status is RegistryStatus.DRAFT


def test_two_coordinators_apart_and_one_decision(office: Office, coordinator: Actor, officer: Actor) -> None:
    made = activated(office, coordinator, factories.registration())
    card = the_card(office, made)
    colleague = Colleague(office.vault, role=Role.REG)
    seen = {kind: colleague.seen(kind, one, "do_not") for kind, one in ((Registration, made), (EmergencyCard, card.id))}
    change = registry.UpdateRegistration(registration_id=made, do_not="No dogs.")
    office.do(coordinator, registry.update_registration, change)
    colleague.write(Registration, made, {"do_not": "Do not run after him."}, seen[Registration])
    colleague.write(EmergencyCard, card.id, {"do_not": "Do not run after him."}, seen[EmergencyCard])
    with office.vault.read() as session:
        (row,) = conflict_questions.conflicts(session)
        assert (row.kind, row.field_label) == ("registration", "What not to do")
        assert cards.card_of(session, card.id, now=office.clock()).disputed
    decision = conflicts.Decide(kind="registration", record_id=made, field="do_not", value="No dogs, do not run.")
    with pytest.raises(NotAllowed):
        office.do(officer, conflicts.decide, decision)
    office.do(coordinator, conflicts.decide, decision)
    after = the_card(office, made)
    assert (after.do_not, after.flagged) == ("No dogs, do not run.", False)
    assert not office.get(Registration, made).flagged


def test_what_a_colleague_writes_is_found(office: Office, coordinator: Actor) -> None:
    made = activated(office, coordinator, factories.registration())
    card = the_card(office, made)
    colleague = Colleague(office.vault, role=Role.REG)
    colleague.write(
        EmergencyCard, card.id, {"preferred_name": "Zephyr"}, colleague.seen(EmergencyCard, card.id, "preferred_name")
    )
    assert [row.card_id for row in found(office, "zeph")] == [card.id]
    assert found(office, "teddy") == ()
    gone = {"removed_at": "2026-01-20T16:00:00.000Z", "removed_reason": "withdrawn"}
    colleague.write(EmergencyCard, card.id, gone, colleague.seen(EmergencyCard, card.id, "removed_at"))
    assert found(office, "zeph") == ()


ACTS: list[tuple[Callable[..., None], Callable[[str], object]]] = [
    (registry.activate_registration, lambda made: registry.ActivateRegistration(registration_id=made)),
    (registry.submit_registration, lambda made: registry.SubmitRegistration(registration_id=made)),
    (
        registry.verify_registration,
        lambda made: registry.VerifyRegistration(registration_id=made, authority=RegistryAuthority.PARENT),
    ),
]


@pytest.mark.parametrize(("verb", "command"), ACTS)
def test_an_active_registration_is_not_begun_again(
    office: Office, coordinator: Actor, verb: Callable[..., None], command: Callable[[str], object]
) -> None:
    made = activated(office, coordinator, factories.registration())
    with pytest.raises(RuleBroken, match="does not fit"):
        office.do(coordinator, verb, command(made))

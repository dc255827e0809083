"""What the registry prints: who may print it, for whom, from which rows (domain.md 6.6, 20.4)."""

from __future__ import annotations

from typing import Any

import pytest

from app.documents.forms import render
from app.errors import NotAllowed, RuleBroken
from app.models.lifesaver_search import SearchCard
from app.models.lifesaver_vocab import LifesaverStatus
from app.models.local.tables import AuditEntry
from app.models.registry import EmergencyCard, Registration
from app.models.search_vocab import SearchOutcome
from app.models.vocab import Audience, AuditAction, CardReason, Role, ScopeKind, SubmitterWay, Tri
from app.models.work import Actor
from app.queries import prints
from app.queries.form_rows import FacilityRows, HandOverRows, RegistrationRows
from app.services import lifesaver_search, printing, registry, registry_disputes
from app.services.records import GONE
from app.services.registry_cards import OpenCard, open_card
from app.services.registry_import import ImportRegistrations, import_registrations, read_file
from tests import factories
from tests.conftest import Office
from tests.documents.conftest import words_of


@pytest.fixture
def coordinator(office: Office) -> Actor:
    return office.member(Role.REG, "R. Registrar")


def activated(office: Office, coordinator: Actor, **other: Any) -> str:
    made = office.do(coordinator, registry.register, factories.registration(**other))
    office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    return made


def printed(
    office: Office, actor: Actor, form_id: str, record_id: str, audience: Audience, language: str = "en"
) -> Any:
    command = printing.AuthorisePrint(form_id=form_id, audience=audience, record_id=record_id)
    office.do(actor, printing.authorise_print, command)
    asked = prints.PrintAsked(form_id, audience, language, actor.member_id, "R. Registrar", record_id)
    with office.vault.read() as session:
        return prints.print_rows(session, asked, now=office.clock())


def test_a_renewal_notice_says_what_is_recorded(office: Office, coordinator: Actor) -> None:
    made = activated(
        office,
        coordinator,
        submitter_address="14 Maplewood Lane, Milton",
        submitter_way=SubmitterWay.MAIL,
        submitter_safe=Tri.YES,
        submitter_note="Never call at night",
        letter_language="fr",
    )
    context, rows = printed(office, coordinator, "F-604", made, Audience.CLIENT, "fr")
    assert context.record_no == office.get(Registration, made).number
    assert isinstance(rows, RegistrationRows) and rows.to == ["Nora Rennick", "14 Maplewood Lane", "Milton"]
    said = words_of(render(context, rows))
    for word in ("Il est temps de renouveler", "Sirens and shouting.", "Heron Pond", "Nora Rennick"):
        assert word in said
    assert "Never call at night" not in said


@pytest.mark.parametrize("other", [{"submitter_safe": Tri.NO}, {"submitter_way": SubmitterWay.PHONE}])
@pytest.mark.parametrize("form_id", ["F-603", "F-604", "F-605"])
def test_no_letter_where_letters_are_not_safe(
    office: Office, coordinator: Actor, form_id: str, other: dict[str, Any]
) -> None:
    made = activated(office, coordinator, **other)
    with pytest.raises(RuleBroken, match="not safe"):
        printed(office, coordinator, form_id, made, Audience.CLIENT)


def letters(form_id: str, *ids: str, **other: Any) -> printing.AuthoriseLetters:
    return printing.AuthoriseLetters(form_id=form_id, record_ids=ids, **other)


def printed_entries(office: Office) -> list[tuple[str, str, str]]:
    wanted = AuditEntry.action.in_([str(AuditAction.PRINT), str(AuditAction.EXPORT)])
    return [(one.action, one.record_id, one.reason) for one in office.found(AuditEntry, wanted)]


def test_letters_together_are_audited_each_and_leave_out_who_may_not_be_written_to(
    office: Office, coordinator: Actor
) -> None:
    first = activated(office, coordinator)
    unsafe = activated(office, coordinator, submitter_safe=Tri.NO)
    by_phone = activated(office, coordinator, submitter_way=SubmitterWay.PHONE)
    last = activated(office, coordinator)
    command = letters("F-604", first, unsafe, "gone", by_phone, last, first, skips=True)
    found = office.do(coordinator, printing.authorise_letters, command)
    assert found.allowed == (first, last)
    assert [(one, why.text.split(".")[0]) for one, why in found.refused] == [
        (unsafe, "Letters to the submitter are not safe"),
        ("gone", GONE.split(".")[0]),
        (by_phone, "Letters to the submitter are not safe"),
    ]
    together = printed_entries(office)
    assert together == [("print", first, "F-604 client"), ("print", last, "F-604 client")]
    for one in (first, last):
        single = printing.AuthorisePrint(form_id="F-604", audience=Audience.CLIENT, record_id=one)
        office.do(coordinator, printing.authorise_print, single)
    assert printed_entries(office)[2:] == together, "as each single letter is"


def test_letters_that_were_shown_leave_only_when_all_still_may(office: Office, coordinator: Actor) -> None:
    first = activated(office, coordinator)
    unsafe = activated(office, coordinator, submitter_safe=Tri.NO)
    with pytest.raises(RuleBroken, match="not safe"):
        office.do(coordinator, printing.authorise_letters, letters("F-605", first, unsafe, export=True))
    assert printed_entries(office) == [], "nothing left, and nothing is said to have"
    office.do(coordinator, printing.authorise_letters, letters("F-605", first, export=True))
    assert printed_entries(office) == [("export", first, "F-605 client")]


def test_letters_together_are_for_the_registry_and_bounded(office: Office, coordinator: Actor, officer: Actor) -> None:
    made = activated(office, coordinator)
    with pytest.raises(NotAllowed):
        office.do(officer, printing.authorise_letters, letters("F-604", made, skips=True))
    with pytest.raises(RuleBroken, match="no document with this number"):
        office.do(coordinator, printing.authorise_letters, letters("F-601", made, skips=True))
    many = [f"{made}{number}" for number in range(printing.MOST_LETTERS + 1)]
    with pytest.raises(RuleBroken, match="at most 100"):
        office.do(coordinator, printing.authorise_letters, letters("F-604", *many, skips=True))
    assert printed_entries(office) == []


def test_an_officer_prints_only_what_is_not_handed_in(office: Office, coordinator: Actor, officer: Actor) -> None:
    made = office.do(officer, registry.register, factories.registration())
    _context, rows = printed(office, officer, "F-601", made, Audience.CLIENT)
    assert isinstance(rows, RegistrationRows) and rows.chosen["authority"] == ["parent"]
    office.do(officer, registry.submit_registration, registry.SubmitRegistration(registration_id=made))
    with pytest.raises(NotAllowed, match="handed in"):
        printed(office, officer, "F-601", made, Audience.CLIENT)
    printed(office, coordinator, "F-601", made, Audience.INTERNAL)


def test_a_hand_over_sheet_needs_an_opened_card(office: Office, coordinator: Actor, officer: Actor) -> None:
    made = activated(office, coordinator)
    (card,) = office.found(EmergencyCard, EmergencyCard.registration_id == made)
    with pytest.raises(NotAllowed, match="Open the card"):
        printed(office, officer, "F-607", card.id, Audience.INTERNAL)
    office.do(officer, open_card, OpenCard(card_id=card.id, why=CardReason.MISSING, occurrence_no="26-0107"))
    context, rows = printed(office, officer, "F-607", card.id, Audience.INTERNAL)
    assert isinstance(rows, HandOverRows) and rows.occurrence_no == "26-0107"
    said = words_of(render(context, rows))
    for word in ("26-0107", "Cannot swim and walks into water.", "Last seen: place", "Heron Pond"):
        assert word in said


def test_a_hand_over_sheet_says_what_an_open_search_knows(office: Office, coordinator: Actor, officer: Actor) -> None:
    made = activated(office, coordinator)
    (card,) = office.found(EmergencyCard, EmergencyCard.registration_id == made)
    with office.vault.write(coordinator) as work:
        client_id, search_card = work.new_id(), work.new_id()
        scope = work.open_scope(ScopeKind.LIFESAVER_CARD, client_id)
        work.session.add(SearchCard(id=search_card, scope_id=scope, client_id=client_id, registration_id=made))
        work.commit()
    begin = lifesaver_search.ActivateSearch(
        card_id=search_card, occurrence_no="26-0155", seen_place="Behind the arena", clothing="Red cap",
        searched=["home", "building"], notified=["caregiver_home"], temperature_c=-4,
    )  # fmt: skip
    dispatcher = office.member(Role.DSP, "D. Dispatcher")
    search = office.do(dispatcher, lifesaver_search.activate_search, begin)
    office.do(officer, open_card, OpenCard(card_id=card.id, why=CardReason.MISSING))
    context, rows = printed(office, officer, "F-607", card.id, Audience.INTERNAL)
    assert isinstance(rows, HandOverRows) and rows.searched == ["home", "building"] and rows.occurrence_no == "26-0155"
    said = words_of(render(context, rows))
    for word in ("Behind the arena", "Red cap", "-4 °C", "A caregiver stays at home by the telephone"):
        assert word in said, word
    close = lifesaver_search.CloseSearch(search_id=search, outcome=SearchOutcome.FALSE)
    office.do(dispatcher, lifesaver_search.close_search, close)
    _, rows = printed(office, officer, "F-607", card.id, Audience.INTERNAL)
    assert isinstance(rows, HandOverRows) and not rows.seen and not rows.searched


def test_the_list_of_a_facility(office: Office, coordinator: Actor) -> None:
    rows = read_file("home.csv", b"legal_first,legal_last,contact_name,contact_phone\nIris,Kestrel,Ada,5555550148\n")
    command = ImportRegistrations(rows=rows, file_name="home.csv", facility="Alder House", phone="555-555-0190")
    batch_id = office.do(coordinator, import_registrations, command)
    activated(office, coordinator, facility="Alder House")
    _context, found = printed(office, coordinator, "F-608", batch_id, Audience.PARTNER)
    assert isinstance(found, FacilityRows)
    assert (found.facility, found.phone) == ("Alder House", "555-555-0190")
    assert [(one.name, one.status, one.contact) for one in found.residents] == [
        ("Kestrel, Iris", "Draft", "Ada · 555-555-0148"),
        ("Rennick, Theo", "In force", "Nora Rennick · 555-555-0142"),
    ]


def test_the_card_says_that_a_transmitter_is_worn(office: Office, coordinator: Actor, officer: Actor) -> None:
    made = activated(office, coordinator)
    (card,) = office.found(EmergencyCard, EmergencyCard.registration_id == made)
    said = {}
    for status in (LifesaverStatus.SUSPENDED, LifesaverStatus.ENROLLED):
        with office.vault.write(coordinator) as work:
            client_id = work.new_id()
            search = SearchCard(
                id=work.new_id(),
                scope_id=work.open_scope(ScopeKind.LIFESAVER_CARD, client_id),
                client_id=client_id,
                registration_id=made,
                status=status,
                transmitters=[{"id": "x", "serial": "T-1"}],
            )
            work.session.add(search)
            work.commit()
        office.do(officer, open_card, OpenCard(card_id=card.id, why=CardReason.MISSING))
        context, rows = printed(office, officer, "F-602", card.id, Audience.INTERNAL)
        said[status] = "Wears a transmitter" in words_of(render(context, rows))
    assert said == {LifesaverStatus.SUSPENDED: False, LifesaverStatus.ENROLLED: True}


def test_a_disputed_card_says_so_on_paper(office: Office, coordinator: Actor, officer: Actor) -> None:
    made = activated(office, coordinator)
    dispute = registry_disputes.OpenDispute(registration_id=made, field="calming", value="A song.", second_by="Paul")
    office.do(coordinator, registry_disputes.open_dispute, dispute)
    (card,) = office.found(EmergencyCard, EmergencyCard.registration_id == made)
    office.do(officer, open_card, OpenCard(card_id=card.id, why=CardReason.MISSING))
    context, rows = printed(office, officer, "F-602", card.id, Audience.INTERNAL)
    said = words_of(render(context, rows))
    assert "Guardians disagree about: What calms." in said
    assert "picture of his dog" not in said and "A song." not in said

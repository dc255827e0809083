"""The safety plan as screens read it, and the rows of the forms cut down to their reader (domain.md 4.6, 20.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.errors import NotFound, RuleBroken
from app.models.agency import Organization, Service
from app.models.crisis import (
    AccusedPanel,
    LegalOrder,
    NeedAnswer,
    NeedsAssessment,
    Referral,
    RequestPerson,
    ServiceRequest,
    SupportNote,
)
from app.models.people import Person, SafeContact
from app.models.safety import DocumentItem, SafetyPlan, SafetyPlanContent, SafetyPlanItem
from app.models.vocab import Audience, PlanSection
from app.models.work_items import Consent
from app.queries import documents, safety


def _plan(store: Any, case_id: str, **fields: Any) -> str:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    given = {"version": 1, "written_at": at, "saved_at": at, "copy_choice": "full", "person_id": store.client(case_id)}
    plan_id = store.add(SafetyPlan, case_id=case_id, **given | fields)
    store.add(SafetyPlanContent, id=plan_id, case_id=case_id, risk="high", hidden_sections="pets,device", language="en")
    return str(plan_id)


def _item(store: Any, plan_id: str, section: str, text: str, **fields: Any) -> None:
    given = {"position": 1, "applies": "yes", "text_language": "en"}
    store.add(SafetyPlanItem, plan_id=plan_id, section=section, text=text, **given | fields)


@pytest.mark.parametrize(
    ("day", "banner"),
    [
        (date(2025, 4, 30), None),
        (date(2025, 5, 1), "A court order ends in 60 days, on 30 Jun 2025."),
        (date(2025, 6, 29), "A court order ends in 1 day, on 30 Jun 2025."),
        (date(2025, 7, 1), "A court order ended on 30 Jun 2025."),
    ],
)
def test_an_order_shows_its_banner_sixty_days_before_it_ends(store: Any, day: date, banner: str | None) -> None:
    case_id = store.case()
    plan_id = _plan(store, case_id)
    store.add(LegalOrder, case_id=case_id, expires_on=date(2025, 6, 30))
    assert safety.plan_detail(store.session, plan_id, today=day).banner == banner


def test_an_order_without_an_end_asks_to_confirm(store: Any, today: date) -> None:
    case_id = store.case()
    plan_id = _plan(store, case_id)
    store.add(LegalOrder, case_id=case_id)
    assert safety.plan_detail(store.session, plan_id, today=today).banner == (
        "The end date of a court order is not known. Confirm it."
    )


def test_no_copy_disables_print_for_screen_and_form(store: Any, today: date) -> None:
    plan_id = _plan(store, store.case(), copy_choice="no_copy")
    detail = safety.plan_detail(store.session, plan_id, today=today)
    assert not detail.print_allowed
    assert detail.print_refusal is not None and "not safe" in detail.print_refusal
    for form in ("F-401", "F-403"):
        with pytest.raises(RuleBroken):
            documents.safety_plan(store.session, plan_id, form_id=form, today=today)
    with pytest.raises(RuleBroken):
        documents.wallet(store.session, plan_id, today=today)
    with pytest.raises(RuleBroken):
        documents.documents_checklist(store.session, plan_id, today=today)


def test_headings_only_while_somebody_listens_and_hidden_sections(store: Any, today: date) -> None:
    plan_id = _plan(store, store.case(listener_present=True))
    detail = safety.plan_detail(store.session, plan_id, today=today)
    assert detail.headings_only
    assert [row.section for row in detail.sections] == list(PlanSection)
    assert [row.section for row in detail.sections if row.hidden] == [PlanSection.PETS, PlanSection.DEVICE]


def test_versions_are_newest_first_and_only_the_newest_is_overdue(store: Any, today: date) -> None:
    case_id = store.case()
    for version in (1, 2):
        _plan(store, case_id, version=version, next_review=date(2026, 3, 9))
    rows = safety.plan_versions(store.session, case_id, today=today)
    assert [(row.version, row.current, row.review_overdue) for row in rows] == [(2, True, True), (1, False, False)]


def test_dates_without_content_cannot_be_printed(store: Any, today: date) -> None:
    plan_id = store.add(SafetyPlan, case_id=store.case(), version=1, copy_choice="full")
    assert not safety.plan_detail(store.session, plan_id, today=today).readable
    with pytest.raises(NotFound):
        documents.safety_plan(store.session, plan_id, today=today)


def test_accused_facts_and_the_judged_risk_stay_off_the_clients_copy(store: Any, today: date) -> None:
    plan_id = _plan(store, store.case())
    _item(store, plan_id, "accused", "grey pickup")
    _item(store, plan_id, "during", "the hall")
    mine = documents.safety_plan(store.session, plan_id, today=today)
    assert "grey pickup" not in repr(mine) and "the hall" in repr(mine) and mine.risk_level == ""
    asked = documents.safety_plan(store.session, plan_id, with_accused_facts=True, today=today)
    assert "grey pickup" in repr(asked)
    worker = documents.safety_plan(store.session, plan_id, form_id="F-403", today=today)
    assert "grey pickup" in repr(worker) and worker.risk_level == "High"


def test_the_wallet_knows_every_name_to_blank(store: Any, today: date) -> None:
    case_id = store.case()
    plan_id = _plan(store, case_id, copy_choice="wallet")
    _item(store, plan_id, "people", "My sister 555-0142")
    _item(store, plan_id, "people", "call somebody")
    _item(store, plan_id, "leaving", "not this", applies="no")
    store.add(AccusedPanel, case_id=case_id, name="Rook Thorne")
    store.add(SafeContact, case_id=case_id, kind="phone", who_else_answers="my roommate Juno")
    store.add(DocumentItem, plan_id=plan_id, item="passports")
    rows = documents.wallet(store.session, plan_id, today=today)
    assert [(number.label, number.phone) for number in rows.numbers] == [("My sister", "555-0142")]
    assert set(rows.names) == {"Dana", "Kestrel", "Rook Thorne", "Juno"}
    assert [(group.title, [item.text for item in group.items]) for group in rows.groups] == [("To pack", ["Passports"])]


def test_the_dispatch_sheet_names_nobody(store: Any, now: datetime) -> None:
    request_id = store.add(ServiceRequest, requested_at=now, response_wanted="on_scene")
    store.add(RequestPerson, request_id=request_id, name="Dana Kestrel", position=1)
    rows = documents.dispatch_sheet(store.session, request_id, now=now)
    assert [person.label for person in rows.persons] == ["Person 1"]
    assert "Kestrel" not in repr(rows)


def test_the_clients_needs_have_no_screening_and_no_private_note(store: Any, today: date) -> None:
    case_id = store.case()
    assessment = store.add(
        NeedsAssessment,
        case_id=case_id,
        listener_present="yes",
        factors=["high_risk_ipv"],
        screen_result="enhanced",
        assessed_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    store.add(NeedAnswer, case_id=case_id, assessment_id=assessment, domain="money", level="3", note="rent")
    store.add(SupportNote, case_id=case_id, text="SECRET")
    client = documents.needs_and_plan(store.session, assessment, audience=Audience.CLIENT, today=today)
    assert (client.listener_present, client.enhanced_support, client.enhanced_reasons) == (False, None, [])
    inside = documents.needs_and_plan(store.session, assessment, audience=Audience.INTERNAL, today=today)
    assert (inside.listener_present, inside.enhanced_support) == (True, True)
    assert inside.enhanced_reasons == ["Partner violence with high risk"]
    assert [(row.domain, row.level) for row in client.domains if row.level is not None] == [
        ("Money and basic needs", 3)
    ]
    assert "SECRET" not in repr(client) + repr(inside)


def _referral(store: Any, today: date, **consent: Any) -> tuple[str, str]:
    case_id = store.case()
    organization = store.add(Organization, name="Open Door Clinic", alternate_name="Clinique Porte ouverte")
    service = store.add(Service, organization_id=organization, name="Family law", phones=[{"number": "555-0133"}])
    given = {
        "person_id": store.client(case_id),
        "answers": {"share_named": "yes"},
        "organizations": ["open door clinic"],
        "starts_on": today,
        "expires_on": date(2027, 3, 10),
    }
    store.add(Consent, case_id=case_id, **given | consent)
    store.add(
        SafeContact,
        case_id=case_id,
        person_id=store.client(case_id),
        kind="phone",
        value="555-0142",
        safe_to_use="yes",
        say_you_are="Bayview Dental",
        code_word_ok="blue kettle",
    )
    referral = store.add(
        Referral, case_id=case_id, service_id=service, domain="justice", info_shared=["name", "contact"], reason="R"
    )
    return str(referral), str(case_id)


def test_the_letter_has_only_what_is_chosen_and_covered(store: Any, today: date) -> None:
    referral, _ = _referral(store, today)
    rows = documents.referral_letter(store.session, referral, member_id=None, today=today)
    assert [(fact.key, fact.value.text) for fact in rows.facts] == [
        ("name", "Dana Kestrel"),
        ("contact", "555-0142 · Do not leave a message · Block caller ID"),
    ]
    assert rows.consent_expires_on == date(2027, 3, 10)
    assert "blue kettle" not in repr(rows) and "Bayview" not in repr(rows)


@pytest.mark.parametrize(
    "consent",
    [
        {"answers": {"share_named": "no"}},
        {"organizations": ["Somebody else"]},
        {"expires_on": date(2026, 3, 9)},
        {"withdrawn_on": date(2026, 3, 9)},
        {"person_id": "f" * 32},
    ],
)
def test_without_a_consent_that_covers_it_the_letter_names_nobody(
    store: Any, today: date, consent: dict[str, Any]
) -> None:
    referral, _ = _referral(store, today, **consent)
    rows = documents.referral_letter(store.session, referral, member_id=None, today=today)
    assert (rows.facts, rows.info_shared, rows.consented, rows.consent_given_on) == ([], [], [], None)
    assert "Dana" not in repr(rows) and "555-0142" not in repr(rows)


def test_a_confidential_address_is_never_a_fact(store: Any, today: date) -> None:
    referral, case_id = _referral(store, today)
    store.session.get(Referral, referral).info_shared = ["address"]
    store.session.get(Person, store.client(case_id)).address_confidential = True
    store.add(
        SafeContact,
        case_id=case_id,
        person_id=store.client(case_id),
        kind="address",
        value="1 Lantern Lane",
        safe_to_use="yes",
    )
    rows = documents.referral_letter(store.session, referral, member_id=None, today=today)
    assert [fact.value.text for fact in rows.facts] == ["Address on file"]


def test_the_card_has_a_first_name_and_the_number_only_when_asked(store: Any, today: date) -> None:
    worker = store.member("Const. Alma Brightwater (demo)", "OFF")
    case_id = store.case(number="VSU-2026-000009")
    card = documents.contact_card(store.session, case_id, member_id=worker, today=today)
    assert (card.worker_first_name, card.file_no) == ("Alma", "")
    card = documents.contact_card(store.session, case_id, member_id=worker, today=today, with_file_no=True)
    assert card.file_no == "VSU-2026-000009"


def test_the_take_away_sheet_keeps_the_order_and_hides_confidential_addresses(store: Any, today: date) -> None:
    shelter = store.add(Service, name="Shelter", name_fr="Refuge", address="1 Lane", address_confidential=True)
    clinic = store.add(Service, name="Clinic", address="2 Lane", required_documents="Card\nPapers")
    rows = documents.take_away(
        store.session, service_ids=[clinic, shelter, "gone"], language="fr", today=today
    ).services
    assert [(row.name, row.address) for row in rows] == [("Clinic", "2 Lane"), ("Refuge", "")]
    assert [(part.text, part.language) for part in rows[0].bring] == [("Card", "en"), ("Papers", "en")]


def test_a_context_comes_from_the_settings(store: Any, now: datetime) -> None:
    context = documents.print_context(
        store.session, "F-303", audience=Audience.CLIENT, now=now, language="fr", record_no="VSU-2026-000001"
    )
    assert context.neutral_name == "Ligne d’appui communautaire"
    assert (context.notice.version, context.time_zone) == ("2026-1", "America/Toronto")

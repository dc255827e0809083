"""The forms that Haven ships: complete in both languages, and right by the acceptance examples of domain.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from app.forms.definition import FormDefinition
from app.forms.session import FormSession, Value
from tests.forms.driving import begin, definition_of

FORMS = Path(__file__).resolve().parents[2] / "resources" / "forms"
NAMES = tuple(sorted(path.stem for path in FORMS.glob("*.md")))
NOON = datetime.fromisoformat("2026-03-15T12:00:00.000-04:00")
EN, FR = "English (en)", "Français (fr)"


@cache
def definition(name: str) -> FormDefinition:
    attachments = {path.name: path.read_bytes() for path in FORMS.glob("*.csv")}
    return definition_of((FORMS / f"{name}.md").read_bytes(), attachments, f"{name}.md")


def filled(name: str, answers: Mapping[str, Value], *, now: datetime = NOON, language: str = EN) -> FormSession:
    """A session with answers in their order; a path that ends in `+` adds an instance of a repeat."""
    session = begin(definition(name), now=now, language=language)
    for path, value in answers.items():
        if path.endswith("+"):
            session.add(f"/data/{path[:-1]}")
        else:
            session.set(f"/data/{path}", value)
    return session


def value(session: FormSession, path: str) -> str:
    return session.node(f"/data/{path}").value


def test_eleven_forms_are_shipped() -> None:
    assert NAMES == (
        "award_nomination",
        "community_issue",
        "diversion_intake",
        "immediate_safety",
        "mts_eligibility",
        "needs_assessment",
        "pls_eligibility",
        "village_booking",
        "vpr_registration",
        "vqrp_screening",
        "vulnerability_screen",
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_form_says_everything_in_both_languages(name: str) -> None:
    form = definition(name)
    assert form.id == name
    assert form.languages == (EN, FR)
    assert form.default_language == EN
    assert re.fullmatch(r"20\d{8}", form.version)
    texts = _texts(name)
    assert texts[EN].keys() == texts[FR].keys()
    assert [key for key, text in texts[FR].items() if not text.strip()] == []
    places = {
        language: {key: sorted(re.findall("<>", text)) for key, text in found.items()}
        for language, found in texts.items()
    }
    assert places[EN] == places[FR]


@pytest.mark.parametrize("name", NAMES)
def test_a_form_has_a_title_in_both_languages(name: str) -> None:
    root = etree.fromstring(_xform(name))
    record = root.find(".//{*}instance/{*}data")
    assert record is not None
    assert definition(name).title
    assert record.get("{urn:haven:forms}title_fr")


@pytest.mark.parametrize("name", NAMES)
def test_a_form_begins_empty_and_without_a_crash(name: str) -> None:
    session = begin(definition(name), now=NOON)
    assert session.pages()
    assert session.questions()
    assert "NaN" not in session.instance_xml().decode("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_french_is_not_english_left_standing(name: str) -> None:
    """Short words are the same in both languages; a sentence never is."""
    texts = _texts(name)
    same = [text for key, text in texts[EN].items() if text == texts[FR][key] and len(text.split()) > 3]
    assert same == []


@pytest.mark.parametrize("name", NAMES)
def test_no_licensed_instrument_is_in_a_form(name: str) -> None:
    """domain.md 9: no item text, weights or norms of licensed instruments; not even their names."""
    written = (FORMS / f"{name}.md").read_text(encoding="utf-8")
    assert re.findall(r"ODARA|Danger Assessment|B-SAFER|SARA\b|LSI-", written) == []


def test_needs_assessment_two_urgent_needs_lead_to_enhanced_support() -> None:
    session = filled(
        "needs_assessment",
        {
            "head/method": "phone",
            "head/listener_present": "no",
            "needs/safety/level": "3",
            "needs/housing/level": "2",
            "needs/pets/level": "9",
        },
    )
    assert value(session, "screen/screen_result") == "standard"
    session.set("/data/needs/housing/level", "3")
    assert value(session, "screen/urgent_needs") == "2"
    assert value(session, "screen/screen_result") == "enhanced"
    assert session.node("/data/needs/housing/note").relevant
    assert not session.node("/data/needs/pets/note").relevant
    assert session.problems() == ()


def test_needs_assessment_what_the_record_shows_counts() -> None:
    session = filled(
        "needs_assessment", {"given_factors": "hate_crime", "head/method": "home", "head/listener_present": "no"}
    )
    assert value(session, "screen/screen_result") == "enhanced"
    session.set("/data/screen/screen_override", "enhanced")
    assert session.node("/data/screen/screen_override").valid is False
    session.set("/data/screen/screen_override", "standard")
    assert [problem.path for problem in session.problems()] == ["/data/screen/override_reason"]
    session.set("/data/screen/override_reason", "Family moved away and is safe.")
    assert session.problems() == ()


def test_needs_assessment_warns_of_a_listener_in_french() -> None:
    session = filled("needs_assessment", {"head/listener_present": "yes"}, language=FR)
    warning = session.node("/data/head/listener_warning")
    assert warning.relevant
    assert "ne devrait pas entendre est là" in warning.label


def test_needs_assessment_a_step_needs_its_parts() -> None:
    session = filled(
        "needs_assessment",
        {
            "head/method": "phone",
            "head/listener_present": "no",
            "plan/plan_now": "yes",
            "plan/step[1]/domain": "housing",
            "plan/step[1]/need": "Locks",
            "plan/step[1]/what": "Call a locksmith",
            "plan/step[1]/due_on": "2026-03-14",
        },
    )
    assert {problem.path for problem in session.problems()} == {"/data/plan/step[1]/who", "/data/plan/step[1]/due_on"}
    session.set("/data/plan/step[1]/who", "Worker")
    session.set("/data/plan/step[1]/due_on", "2026-03-15")
    assert session.problems() == ()
    session.set("/data/plan/plan_now", "no")
    assert b"locksmith" not in session.instance_xml()


def test_immediate_safety_counts_what_is_open_and_stuck() -> None:
    session = filled(
        "immediate_safety",
        {
            "now/danger_now": "unknown",
            "now/listener_present": "no",
            "now/children_present": 2,
            "steps/premises/status": "done",
            "steps/safe_place/status": "arranged",
            "steps/shelter_bed/status": "refused",
            "steps/pets/status": "not_needed",
            "steps/phone/status": "unable",
        },
    )
    assert value(session, "result/answered") == "5"
    assert value(session, "result/open") == "10"
    assert value(session, "result/arranged") == "2"
    assert value(session, "result/stuck") == "2"
    assert session.node("/data/now/danger_unknown").relevant
    assert not session.node("/data/now/danger_warning").relevant
    assert session.node("/data/now/children_warning").relevant
    assert not session.node("/data/steps/pets/note").relevant
    assert session.node("/data/result/stuck_note").label.startswith("2 steps were refused or not possible")


def test_vulnerability_screen_not_known_is_not_no() -> None:
    nothing = dict.fromkeys(
        ["homicide_family", "sexual_offence", "trafficking", "high_risk_ipv", "dependent", "hate_crime", "repeat"], "no"
    )
    session = filled("vulnerability_screen", {f"about/{code}": answer for code, answer in nothing.items()})
    for code in ("suicide", "no_address", "barrier"):
        session.set(f"/data/about/{code}", "no")
    session.set("/data/about/at_large", "unknown")
    assert value(session, "result/screen_result") == "standard"
    assert value(session, "result/open_questions") == "1"
    assert session.node("/data/result/open_note").relevant
    assert not session.node("/data/result/standard_note").relevant
    session.set("/data/about/at_large", "yes")
    assert value(session, "result/factors") == "at_large"
    assert value(session, "result/support") == "enhanced"


def test_vulnerability_screen_does_not_ask_what_the_record_shows() -> None:
    session = filled("vulnerability_screen", {"given_factors": "sexual_offence", "given_urgent_count": "2"})
    assert not session.node("/data/about/sexual_offence").relevant
    assert value(session, "result/factors") == "sexual_offence two_urgent"
    assert value(session, "result/support") == "enhanced"


def screening(crime: str, **more: Value) -> dict[str, Value]:
    """A screening that meets every rule, for a crime on a day."""
    return {
        "applicant/application_date": "2025-03-17",
        "applicant/victim_role": "direct",
        "applicant/applicant_dob": "1990-05-20",
        "applicant/lives_in_ontario": "yes",
        "crime/offence": "ipv",
        "crime/violent_in_ontario": "yes",
        "crime/crime_date": crime,
        "crime/reported_to": "police",
        "crime/charged": "no",
        **{f"means/{name}": "none" for name in ("insurance", "eap", "income_support", "wsib", "other_program")},
        "means/agreement_signed": "yes",
        "expenses/expense[1]/category": "SAF",
        "expenses/expense[1]/description": "Lock change",
        "expenses/expense[1]/amount": "640.00",
        "expenses/expense[1]/asked_on": "2025-03-17",
        **more,
    }


def test_vqrp_last_day_is_accepted_and_the_next_is_late() -> None:
    """domain.md 5.9, 5a."""
    session = filled("vqrp_screening", screening("2025-01-31"))
    assert value(session, "expenses/expense[1]/last_day") == "2025-03-17"
    assert value(session, "expenses/expense[1]/expense_result") == "ok"
    assert value(session, "result/outcome") == "proceed"
    assert session.problems() == ()
    session.set("/data/expenses/expense[1]/asked_on", "2025-03-18")
    assert value(session, "expenses/expense[1]/expense_result") == "late"
    assert value(session, "result/outcome") == "supervisor"
    assert session.node("/data/expenses/expense[1]/extension_reason").required
    for category, last in (("COU", "2025-07-31"), ("INJ", "2026-01-31")):
        session.set("/data/expenses/expense[1]/category", category)
        assert value(session, "expenses/expense[1]/last_day") == last


@pytest.mark.parametrize(
    ("crime", "last"), [("2024-08-31", "2025-02-28"), ("2023-08-31", "2024-02-29"), ("2024-12-15", "2025-06-15")]
)
def test_vqrp_months_are_clipped(crime: str, last: str) -> None:
    """domain.md 5.9, 5b, and a leap year and a turn of the year."""
    session = filled("vqrp_screening", screening(crime) | {"expenses/expense[1]/category": "COU"})
    assert value(session, "expenses/expense[1]/last_day") == last


def test_vqrp_names_the_exact_excess() -> None:
    """domain.md 5.9, 5c."""
    session = filled(
        "vqrp_screening",
        screening("2025-01-31")
        | {"expenses/expense[1]/amount": "412.45", "expenses/expense[1]/approved_before": "640.00"},
    )
    assert value(session, "expenses/expense[1]/over") == "52.45"
    assert value(session, "expenses/expense[1]/expense_result") == "over"
    session.set("/data/expenses/expense[1]/amount", "360.00")
    assert value(session, "expenses/expense[1]/over") == "0"


def test_vqrp_exceptions_for_those_who_are_charged() -> None:
    """domain.md 5.9, 5g and 5.2, E7."""
    session = filled(
        "vqrp_screening", screening("2025-01-31") | {"crime/offence": "trafficking", "crime/charged": "yes"}
    )
    assert value(session, "result/e7") == "exception"
    assert value(session, "result/outcome") == "exception"
    session.set("/data/crime/offence", "serious_assault")
    assert value(session, "result/outcome") == "supervisor"
    session.set("/data/given_mutual_exception", "no")
    assert value(session, "result/outcome") == "not_eligible"


@pytest.mark.parametrize(
    ("answers", "rule", "outcome", "of_all"),
    [
        ({"applicant/lives_in_ontario": "no"}, "e2", "not_met", "not_eligible"),
        ({"crime/violent_in_ontario": "unknown"}, "e1", "open", "open"),
        ({"applicant/victim_role": "other"}, "e3", "not_met", "not_eligible"),
        ({"crime/reported_to": "shelter"}, "e5", "met", "proceed"),
        ({"crime/reported_to": "child_protection"}, "e5", "not_met", "not_eligible"),
        ({"crime/reported_to": "not_reported"}, "e5", "not_met", "not_eligible"),
        ({"means/insurance": "has"}, "e6", "explain", "explain"),
        ({"means/wsib": "unknown"}, "e6", "open", "open"),
        ({"applicant/applicant_dob": "2009-03-18"}, "e4", "open", "open"),
        ({"applicant/applicant_dob": "2009-03-17"}, "e4", "met", "proceed"),
    ],
)
def test_vqrp_rules_one_by_one(answers: Mapping[str, Value], rule: str, outcome: str, of_all: str) -> None:
    session = filled("vqrp_screening", screening("2025-03-10") | dict(answers))
    assert value(session, f"result/{rule}") == outcome
    assert value(session, "result/outcome") == of_all


def test_vqrp_clock_of_a_minor_starts_at_eighteen_or_the_report() -> None:
    """domain.md 5.2, E8."""
    answers = screening("2022-05-01") | {
        "applicant/applicant_dob": "2006-10-30",
        "crime/report_date": "2025-02-20",
        "crime/offence": "child_abuse",
    }
    session = filled("vqrp_screening", answers)
    assert value(session, "clock/victim_is_minor") == "yes"
    assert value(session, "clock/adult_day") == "2024-10-30"
    assert value(session, "clock/starts_on") == "2025-02-20"
    session.set("/data/crime/report_date", "2023-01-10")
    assert value(session, "clock/starts_on") == "2024-10-30"
    assert value(session, "result/late_report") == "yes"


def test_vqrp_limits_are_those_in_force_on_the_day() -> None:
    """domain.md 0: a record is judged by the version in force on its governing date."""
    head, *rows = (FORMS / "vqrp_limits.csv").read_text(encoding="utf-8").splitlines()
    older = [row.replace(",2019-10-01,", ",2019-10-01,2025-12-31") for row in rows]
    newer = [row.replace(",2019-10-01,", ",2026-01-01,").replace("SAF,1000,45", "SAF,1200,60") for row in rows]
    limits = "\n".join([head, *older, *newer, ""]).encode("utf-8")
    form = definition_of((FORMS / "vqrp_screening.md").read_bytes(), {"vqrp_limits.csv": limits}, "vqrp_screening.md")
    session = begin(form, now=NOON)
    for path, answer in (screening("2025-01-31")).items():
        session.set(f"/data/{path}", answer)
    assert (value(session, "expenses/expense[1]/cap"), value(session, "expenses/expense[1]/apply_count")) == (
        "1000",
        "45",
    )
    session.set("/data/applicant/application_date", "2026-02-01")
    assert (value(session, "expenses/expense[1]/cap"), value(session, "expenses/expense[1]/apply_count")) == (
        "1200",
        "60",
    )


def registration(**more: Value) -> dict[str, Value]:
    """The smallest registration that is complete: what is not known is said so."""
    return {
        "about_you/source": "station",
        "about_you/submitter_name": "Mona R.",
        "about_you/submitter_phone": "555-010-0123",
        "about_you/authority": "parent",
        "about_you/authority_evidence": "birth_certificate",
        "about_you/id_checked": "yes",
        "about_you/residence_link": "lives",
        "consent/consent_registry": "yes",
        "consent/consent_police": "no",
        "consent/consent_emergency": "yes",
        "person/legal_first": "Theo",
        "person/dob": "2016-07-04",
        "person/gender": "man",
        "places/address[1]/street": "14 Maplewood",
        "places/address[1]/town": "Milton",
        "places/address[1]/postal": "L9T 0A1",
        "description/height_cm": 135,
        "description/hair": "Brown, short",
        "description/eyes": "Green",
        "movement/mobility": "runs bike",
        "movement/swims": "unknown",
        "health/conditions": "autism",
        "health/life_threatening": "no",
        "talk/communication": "non_verbal board",
        "talk/languages": "English",
        "talk/understands": "yes",
        "talk/answers_to_name": "unknown",
        "calming/triggers_known": "known",
        "calming/triggers": "Sirens",
        "calming/calming_ways_known": "known",
        "calming/calming_ways": "A song about trains",
        "calming/approach_known": "none_known",
        "dangers/risks": "bolts",
        "dangers/attractions": "water trains",
        "haunts/places_known": "none_known",
        "haunts/routines_known": "not_said",
        "history/wander_known": "none_known",
        "contacts/contact[1]/contact_name": "Mona R.",
        "contacts/contact[1]/contact_relation": "parent",
        "contacts/contact[1]/contact_phone": "555-010-0123",
        "contacts/contact[1]/contact_safe": "yes",
        "last/custody_conflict": "no",
        "last/declaration": "OK",
        **more,
    }


def test_vpr_none_known_is_an_answer() -> None:
    session = filled("vpr_registration", registration())
    assert session.problems() == ()
    assert value(session, "person/age") == "9"
    assert value(session, "last/next_status") == "active"
    assert session.node("/data/contacts/contacts_few").relevant
    assert session.node("/data/consent/consent_police_note").relevant


def test_vpr_a_neighbour_without_authority_stays_verifying() -> None:
    """domain.md 6.8, 6e."""
    session = filled("vpr_registration", registration() | {"about_you/authority": "other"})
    assert value(session, "last/next_status") == "verifying"
    assert {problem.path for problem in session.problems()} == {"/data/about_you/authority_other"}


def test_vpr_without_proof_it_is_provisional() -> None:
    """domain.md 6.3: identification and proof are required before activation, provisional until then."""
    assert (
        value(filled("vpr_registration", registration() | {"about_you/id_checked": "no"}), "last/next_status")
        == "provisional"
    )


def test_vpr_photo_of_a_child_is_old_after_six_months() -> None:
    """domain.md 6.3: warn when older than 12 months, 6 for a child."""
    photo: dict[str, Value] = {"picture/photo": "theo.jpg", "picture/photo_taken": "2025-09-15"}
    session = filled("vpr_registration", registration() | photo)
    assert value(session, "picture/photo_age_months") == "6"
    assert session.node("/data/picture/photo_old").relevant
    session.set("/data/person/dob", "1950-01-01")
    assert not session.node("/data/picture/photo_old").relevant
    session.set("/data/picture/photo_taken", "2025-03-15")
    assert session.node("/data/picture/photo_old").relevant


def test_vpr_refuses_what_contradicts_itself() -> None:
    session = filled(
        "vpr_registration",
        registration()
        | {
            "dangers/risks": "none_known bolts",
            "person/dob": "2026-03-16",
            "places/address[1]/postal": "12345",
            "last/officer_note": "x" * 281,
            "consent/consent_registry": "no",
        },
    )
    assert {problem.path for problem in session.problems()} == {
        "/data/consent/consent_registry",
        "/data/person/dob",
        "/data/places/address[1]/postal",
        "/data/dangers/risks",
        "/data/last/officer_note",
    }


def lifesaver(**more: Value) -> dict[str, Value]:
    """Someone who meets every criterion."""
    met = ("resident", "caregiver_always", "with_caregiver", "willing", "cognitive", "consent", "agrees")
    return {
        "about/person_name": "Alfred T.",
        "about/dob": "1944-02-11",
        "about/diagnosis": "Dementia",
        "about/lives_where": "home_with_caregiver",
        "about/caregiver_name": "Rosa T.",
        "about/requester": "spouse",
        "about/authority_dispute": "no",
        "risk/wanders": "yes",
        **{f"criteria/{code}": "yes" for code in met},
        "criteria/drives": "no",
        "criteria/unescorted": "no",
        **more,
    }


@pytest.mark.parametrize(
    ("answers", "outcome", "not_met"),
    [
        ({}, "eligible", ""),
        ({"given_transmitters": "0"}, "waitlist", ""),
        ({"criteria/drives": "yes"}, "not_eligible", "drives"),
        ({"criteria/willing": "no", "criteria/cognitive": "no"}, "not_eligible", "willing cognitive"),
        ({"criteria/consent": "unknown"}, "open", ""),
        ({"risk/wanders": "no", "risk/physician": "no"}, "not_eligible", "wander_risk"),
        ({"risk/wanders": "no", "risk/physician": "yes", "risk/letter_date": "2026-01-01"}, "eligible", ""),
        ({"risk/wanders": "unknown"}, "open", ""),
        ({"about/authority_dispute": "yes"}, "not_eligible", "authority"),
    ],
)
def test_pls_criteria(answers: Mapping[str, Value], outcome: str, not_met: str) -> None:
    """domain.md 7.3: wandering or a physician's word, and every other criterion."""
    session = filled("pls_eligibility", lifesaver() | dict(answers))
    assert value(session, "result/outcome") == outcome
    assert value(session, "result/not_met") == not_met


def test_pls_a_letter_of_two_years_is_old() -> None:
    """domain.md 7.6, 9."""
    session = filled(
        "pls_eligibility",
        lifesaver() | {"risk/wanders": "no", "risk/physician": "yes", "risk/letter_date": "2024-03-15"},
    )
    assert session.node("/data/risk/letter_old").relevant
    session.set("/data/risk/letter_date", "2024-03-16")
    assert not session.node("/data/risk/letter_old").relevant


def alarm(**more: Value) -> dict[str, Value]:
    """Someone who meets every criterion, with a plan reviewed two weeks ago."""
    met = ("resident", "complaint", "high_risk", "application", "assessment", "stays_in_contact", "cooperates")
    return {
        "given_plan_reviewed": "2026-03-01",
        "about/referral": "shelter",
        "about/reason": "Released on bail",
        "about/risk_basis": "tool",
        **{f"criteria/{code}": "yes" for code in (*met, "charging", "coverage", "understands")},
        "conflict/accused_access": "no",
        "conflict/lives_together": "no",
        **more,
    }


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({}, "eligible"),
        ({"given_devices": "0"}, "waitlist"),
        ({"given_plan_reviewed": "2026-02-13"}, "eligible"),
        ({"given_plan_reviewed": "2026-02-12"}, "review_plan"),
        ({"conflict/lives_together": "yes"}, "not_eligible"),
        ({"conflict/lives_together": "yes", "conflict/access_plan": "yes"}, "eligible"),
        ({"criteria/cooperates": "no"}, "not_eligible"),
        ({"given_may_waive": "yes", "criteria/cooperates": "no", "criteria/waived": "yes"}, "eligible"),
        ({"criteria/coverage": "unknown"}, "open"),
    ],
)
def test_mts_criteria(answers: Mapping[str, Value], outcome: str) -> None:
    """domain.md 8.3 and 8.9, 8a: no loan without a plan reviewed within 30 days."""
    assert value(filled("mts_eligibility", alarm() | dict(answers)), "result/outcome") == outcome


def diversion(born: str, offence: str, **more: Value) -> dict[str, Value]:
    """A young person who accepts and consents."""
    return {
        "referral/measure": "ejs",
        "referral/officer": "Const. Marchetti",
        "referral/received_on": "2025-06-10",
        "referral/evidence": "yes",
        "offences/offence[1]/offence_kind": "theft",
        "offences/offence[1]/offence_date": offence,
        "offences/offence[1]/procedure": "summary",
        "youth/youth_name": "J. P.",
        "youth/dob": born,
        "youth/language": "en",
        "youth/guardian_informed": "yes",
        "rights/rights_on": "2025-02-01",
        "rights/counsel": "offered_declined",
        "rights/accepts": "yes",
        "rights/consents": "yes",
        "rights/consent_on": "2025-02-03",
        **more,
    }


def test_diversion_counts_the_age_at_the_offence() -> None:
    """domain.md 14.8, 14a."""
    session = filled("diversion_intake", diversion("2007-03-01", "2025-02-28"))
    assert value(session, "youth/age_at_first") == "17"
    assert value(session, "result/outcome") == "eligible"
    session.set("/data/youth/dob", "2013-06-02")
    session.set("/data/offences/offence[1]/offence_date", "2025-06-01")
    assert value(session, "youth/age_at_first") == "11"
    assert value(session, "result/outcome") == "returned_age"
    assert session.node("/data/youth/too_young").relevant


def test_diversion_ends_after_three_months_and_is_sealed_after_two_years() -> None:
    """domain.md 14.8, 14b."""
    session = filled("diversion_intake", diversion("2009-01-15", "2024-12-20") | {"agreement/starts_on": "2025-02-03"})
    assert value(session, "agreement/ends_on") == "2025-05-03"
    assert value(session, "agreement/access_ends_on") == "2027-02-03"
    session.set("/data/agreement/length_months", "4")
    assert value(session, "agreement/ends_on") == "2025-06-03"
    session.set("/data/agreement/length_months", "7")
    assert session.node("/data/agreement/length_months").valid is False
    session.set("/data/agreement/length_months", "6")
    session.set("/data/offences/offence[1]/offence_date", "2024-07-01")
    assert value(session, "agreement/limitation_date") == "2025-07-01"
    assert value(session, "agreement/outlasts") == "yes"


def test_diversion_several_offences_count_by_the_first_and_the_last() -> None:
    answers = diversion("2007-03-01", "2025-02-28") | {
        "offences/offence+": None,
        "offences/offence[2]/offence_kind": "mischief",
        "offences/offence[2]/offence_date": "2025-03-02",
        "offences/offence[2]/procedure": "hybrid",
    }
    session = filled("diversion_intake", answers)
    assert (value(session, "offences/first_offence"), value(session, "offences/last_offence")) == (
        "2025-02-28",
        "2025-03-02",
    )
    assert value(session, "youth/age_at_last") == "18"
    assert value(session, "result/outcome") == "returned_age"


def test_diversion_no_measures_before_consent() -> None:
    """domain.md 14.5, 2."""
    session = filled("diversion_intake", diversion("2009-01-15", "2024-12-20") | {"rights/consents": "no"})
    assert not session.node("/data/picture/conditions").relevant
    assert value(session, "result/outcome") == "returned_consent"
    session.set("/data/rights/consents", "yes")
    session.set("/data/rights/counsel", "not_offered")
    assert value(session, "result/outcome") == "open"


def nomination(born: str, **more: Value) -> dict[str, Value]:
    """A nomination in the campaign of domain.md 13.1."""
    return {
        "given_campaign": "Award 2024",
        "given_deadline": "2024-04-25",
        "given_event": "2024-05-11",
        "given_received": "2024-04-20",
        "nominator/nominator_name": "Ines C.",
        "nominator/nominator_relation": "teacher",
        "nominee/nominee_name": "Sam L.",
        "nominee/age_known": "dob",
        "nominee/nominee_dob": born,
        "nominee/municipality": "oakville",
        "nominee/region_link": "studies",
        "nominee/nominee_aware": "no",
        "statement_group/statement": "Makes room for everyone.",
        "declarations/truthful": "OK",
        "declarations/nominator_consents": "OK",
        **more,
    }


@pytest.mark.parametrize(
    ("born", "answers", "outcome"),
    [
        ("2012-05-01", {}, "ineligible"),
        ("2012-05-01", {"given_measured_on": "event"}, "eligible"),
        ("2005-04-26", {}, "eligible"),
        ("2005-04-20", {}, "ineligible"),
        ("2008-01-01", {"given_received": "2024-04-26"}, "late"),
        ("2008-01-01", {"given_received": "2024-04-25"}, "eligible"),
        ("2008-01-01", {"nominee/region_link": "none"}, "ineligible"),
    ],
)
def test_award_age_and_deadline(born: str, answers: Mapping[str, Value], outcome: str) -> None:
    """domain.md 13.7, 13a to 13c."""
    session = filled("award_nomination", nomination(born) | dict(answers))
    assert value(session, "result/outcome") == outcome
    assert session.problems() == ()


def test_award_statement_has_at_most_500_words() -> None:
    session = filled(
        "award_nomination", nomination("2008-01-01") | {"statement_group/statement": " ".join(["word"] * 500)}
    )
    assert session.node("/data/statement_group/statement").valid
    session.set("/data/statement_group/statement", " ".join(["word"] * 501))
    assert session.node("/data/statement_group/statement").valid is False


def booking(program: str, grade: str, date: str, **more: Value) -> dict[str, Value]:
    """A class that wants to come."""
    return {
        "given_closed_days": "2026-04-03 2026-04-06",
        "school_group/school": "Riverbend PS",
        "school_group/board": "english_public",
        "school_group/municipality": "milton",
        "school_group/teacher": "A. Okafor",
        "school_group/teacher_phone": "555-010-0199",
        "school_group/teacher_email": "teacher@example.org",
        "school_group/visit_language": "en",
        "program_group/program": program,
        "classes/class[1]/grade": grade,
        "classes/class[1]/students": 24,
        "classes/class[1]/adults": 5,
        "dates/date1": date,
        "visit/transport": "bus",
        "visit/rules": "OK",
        **more,
    }


@pytest.mark.parametrize(
    ("program", "grade", "date", "problem", "problems"),
    [
        ("grade2_road", "g2", "2026-04-01", "weekday", "dates"),
        ("grade2_road", "g2", "2026-04-02", "none", ""),
        ("grade2_road", "g1", "2026-04-02", "none", "grade"),
        ("grade3_bicycle", "g3", "2026-07-06", "closed", "dates"),
        ("grade3_bicycle", "g3", "2026-04-03", "closed", "dates"),
        ("grade1_railway", "g1", "2026-04-07", "season", "dates"),
        ("grade3_bicycle", "g3", "2026-05-04", "none", ""),
    ],
)
def test_village_grades_seasons_and_days(program: str, grade: str, date: str, problem: str, problems: str) -> None:
    """domain.md 15.7, 15a, 15b and 15d. 2026-04-01 is a Wednesday; grade 2 comes on Tuesdays and Thursdays."""
    session = filled("village_booking", booking(program, grade, date))
    assert value(session, "dates/date1_problem") == problem
    assert value(session, "result/problems") == problems
    assert value(session, "result/outcome") == ("refused" if problems else "requested")


def test_village_one_session_holds_45() -> None:
    """domain.md 15.7, 15c."""
    answers = booking("grade3_bicycle", "g3", "2026-05-04") | {
        "classes/class[1]/students": 28,
        "classes/class[1]/adults": 6,
        "classes/class+": None,
        "classes/class[2]/grade": "g3",
        "classes/class[2]/students": 19,
        "classes/class[2]/adults": 4,
    }
    session = filled("village_booking", answers)
    assert value(session, "classes/all_students") == "47"
    assert value(session, "result/problems") == "capacity"
    session.set("/data/classes/class[2]/students", 17)
    assert value(session, "result/outcome") == "requested"
    assert value(session, "classes/adults_needed") == "9"
    session.set("/data/classes/class[2]/adults", 2)
    assert value(session, "result/problems") == "adults"


def issue(**more: Value) -> dict[str, Value]:
    """An issue that a resident brings forward."""
    return {
        "given_received": "2025-03-03",
        "proposer/proposer_kind": "person",
        "proposer/email": "resident@example.org",
        "issue/title": "Isolation of older adults",
        "issue/description": "Many live alone.",
        "issue/municipalities": "milton oakville",
        "issue/affected": "older",
        "issue/why_many": "Health, housing and transit are all part of it.",
        "issue/urgency": "months",
        "issue/ask": "A table that plans together.",
        "issue/quote": "no",
        **more,
    }


def test_community_issue_is_answered_within_thirty_days() -> None:
    """domain.md 25, 5: brought forward 2025-03-03, reply by 2025-04-02."""
    session = filled("community_issue", issue())
    assert value(session, "result/reply_due") == "2025-04-02"
    assert value(session, "result/outcome") == "proposed"
    assert not session.node("/data/triage/decision").relevant
    assert session.problems() == ()


def test_community_issue_triage_has_a_score_that_does_not_decide() -> None:
    scores = {"scope": 4, "severity": 3, "evidence_score": 2, "alignment": 5}
    answers = issue(given_triage="yes") | {f"triage/{code}": points for code, points in scores.items()}
    session = filled("community_issue", answers)
    assert value(session, "triage/score") == ""
    session.set("/data/triage/feasibility", 1)
    assert value(session, "triage/score") == "15"
    session.set("/data/triage/decision", "decline")
    assert value(session, "result/outcome") == "decline"
    assert [problem.path for problem in session.problems()] == ["/data/triage/decision_reason"]


def _xform(name: str) -> bytes:
    from app.forms.child import Request, answer
    from app.forms.limits import LIMITS

    return answer(Request((FORMS / f"{name}.md").read_bytes(), f"{name}.md", LIMITS)).xml


def _texts(name: str) -> dict[str, dict[str, str]]:
    """Every text of every language by its key; a place for an answer is written <>."""
    root = etree.fromstring(_xform(name))
    found: dict[str, dict[str, str]] = {}
    for translation in root.iterfind(".//{*}translation"):
        texts = found.setdefault(translation.get("lang") or "", {})
        for text in translation.iterfind("{*}text"):
            for part in text.iterfind("{*}value"):
                said = "".join([part.text or "", *(f"<>{output.tail or ''}" for output in part)])
                texts[f"{text.get('id')} {part.get('form') or ''}"] = said
    return found

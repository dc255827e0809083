"""F-701 to F-714 through a real vault: authorised, composed and drawn, in English and French (domain.md 7.7)."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest

from app.documents import forms
from app.errors import NotAllowed
from app.models.lifesaver import LifesaverFee, LifesaverVisit
from app.models.lifesaver_search import SearchActivation, SearchCard
from app.models.lifesaver_vocab import VisitOutcome
from app.models.local.tables import AuditEntry
from app.models.rules.lifesaver_printing import LIFESAVER_FORMS
from app.models.search_vocab import BearingNorth, SearchOutcome
from app.models.vocab import Audience, AuditAction, Role, Tri
from app.models.work import Actor
from app.queries.prints import PrintAsked, print_rows
from app.services import lifesaver, lifesaver_care, lifesaver_kit, lifesaver_search, printing
from tests.conftest import Office
from tests.lifesaver import Programme, day, programme


@pytest.fixture
def pls(office: Office) -> Programme:
    """A client with a visit, a fee, and a search with two bearings that is still open."""
    office.clock.at = day(2025, 5, 1)
    made = programme(office)
    client = made.enrolled("T-044", 216_150)
    change = lifesaver.UpdateClient(client_id=client, diagnosis="Canary condition", physician="Dr. Made-Up")
    office.do(made.reg, lifesaver.update_client, change)
    office.do(made.reg, lifesaver_care.plan_visit, lifesaver_care.PlanVisit(client_id=client))
    office.do(made.reg, lifesaver_care.charge_fee, lifesaver_care.ChargeFee(client_id=client))
    certify = lifesaver_kit.CertifyOperator(member_id=made.ess.member_id, certified_on=office.clock().date())
    office.do(made.reg, lifesaver_kit.certify_operator, certify)
    (card,) = office.found(SearchCard)
    begin = lifesaver_search.ActivateSearch(
        card_id=card.id, occurrence_no="25-0709", clothing="Red cap", wearing=Tri.YES
    )
    search = office.do(made.ess, lifesaver_search.activate_search, begin)
    for lon, degrees in ((-79.70, 45.0), (-79.69, 315.0)):
        office.clock.move(seconds=40)
        bearing = lifesaver_search.LogBearing(
            search_id=search,
            operator_id=made.ess.member_id,
            lat=43.45,
            lon=lon,
            bearing=degrees,
            north=BearingNorth.TRUE,
        )
        office.do(made.ess, lifesaver_search.log_bearing, bearing)
    return made


def record_of(pls: Programme, form_id: str) -> str:
    """The record that a form prints."""
    kind = LIFESAVER_FORMS[form_id][0]
    (search,) = pls.office.found(SearchActivation)
    client = search.client_id or ""
    found: dict[str, Any] = {
        "lifesaver_client": client,
        "lifesaver_visit": pls.office.found(LifesaverVisit)[0].id,
        "lifesaver_fee": pls.office.found(LifesaverFee)[0].id,
        "search_activation": search.id,
        "transmitter": pls.serial("T-044").id,
    }
    return str(found[kind])


def printed(pls: Programme, actor: Actor, form_id: str, language: str = "en") -> str:
    """The words of a form after it was authorised."""
    audience = sorted(LIFESAVER_FORMS[form_id][2])[0]
    record = record_of(pls, form_id)
    allow = printing.AuthorisePrint(form_id=form_id, audience=audience, record_id=record)
    pls.office.do(actor, printing.authorise_print, allow)
    asked = PrintAsked(form_id, audience, language, actor.member_id, "R. Registrar", record_id=record)
    with pls.office.vault.read() as session:
        context, rows = print_rows(session, asked, now=pls.office.clock())
    pdf = forms.render(context, rows)
    found = subprocess.run(["pdftotext", "-enc", "UTF-8", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(found.stdout.decode().split())


SAID = {
    "F-701": ("Teddy Rennick", "Lives in the region", "Enrolled"),
    "F-702": ("Call 911 at once", "Consent and release"),
    "F-703": ("Canary condition", "Basis of this opinion"),
    "F-704": ("Canary condition", "Under porches", "Nora Rennick", "T-044"),
    "F-705": ("enrolled in Project Lifesaver", "first five minutes"),
    "F-706": ("May 2025", "Thu 1 May", "Sat 31 May"),
    "F-707": ("Battery and care", "O-ring lubricated"),
    "F-708": ("T-044", "1 May 2025"),
    "F-709": ("25-0709", "Red cap", "The whole home"),
    "F-710": ("216.150 MHz", "T-044", "Nora Rennick", "Red cap"),
    "F-710A": ("216.150 MHz", "T-044"),
    "F-711": ("43.45364, -79.69500", "45.0°", "315.0°"),
    "F-712": ("What happened when", "43.45364, -79.69500", "Urgency"),
    "F-713": ("14 Maplewood Lane", "T-044"),
    "F-714": ("$60.00", "Request for a subsidy"),
}


def test_every_sheet_is_printed_with_what_it_is_for(pls: Programme) -> None:
    assert set(SAID) == set(LIFESAVER_FORMS)
    for form_id, wanted in SAID.items():
        words = printed(pls, pls.reg, form_id)
        assert all(text in words for text in wanted), (form_id, words)
        assert printed(pls, pls.reg, form_id, "fr") != words, form_id
    prints = pls.office.found(AuditEntry, AuditEntry.action == AuditAction.PRINT)
    assert len(prints) == 2 * len(SAID)


IN_FRENCH = {
    "F-706": ("mai 2025", "jeu. 1 mai", "sam. 31 mai"),
    "F-708": ("1 mai 2025",),
    "F-712": ("1 mai 2025, ",),
    "F-713": ("30 juin 2025",),
}


def test_days_are_written_as_the_language_of_the_sheet_writes_them(pls: Programme) -> None:
    iso = re.compile(r"\b20\d\d-\d\d-\d\d\b")
    for form_id in SAID:
        for language in ("en", "fr"):
            words = printed(pls, pls.reg, form_id, language)
            assert not iso.search(words), (form_id, language, iso.findall(words))
            if language == "fr":
                assert all(text in words for text in IN_FRENCH.get(form_id, ())), (form_id, words)


def test_the_route_sheet_carries_no_diagnosis_and_no_name(pls: Programme) -> None:
    words = printed(pls, pls.reg, "F-713")
    assert not any(text in words for text in ("Canary condition", "Rennick", "Teddy", "PLS-"))


def test_a_technician_prints_the_visits_they_are_sent_on(pls: Programme) -> None:
    technician = pls.office.member(Role.VOL, "T. Technician")
    with pytest.raises(NotAllowed):
        printed(pls, technician, "F-713")
    (visit,) = pls.office.found(LifesaverVisit)
    done = lifesaver_care.RecordVisit(visit_id=visit.id, outcome=VisitOutcome.DONE)
    pls.office.do(pls.reg, lifesaver_care.record_visit, done)
    plan = lifesaver_care.PlanVisit(client_id=visit.client_id or "", assigned=(technician.member_id,))
    sent = pls.office.do(pls.reg, lifesaver_care.plan_visit, plan)
    allow = printing.AuthorisePrint(form_id="F-707", audience=Audience.INTERNAL, record_id=sent)
    pls.office.do(technician, printing.authorise_print, allow)


def test_the_card_with_the_frequency_is_not_printed_after_its_search(pls: Programme) -> None:
    (search,) = pls.office.found(SearchActivation)
    close = lifesaver_search.CloseSearch(search_id=search.id, outcome=SearchOutcome.FALSE)
    pls.office.do(pls.ess, lifesaver_search.close_search, close)
    with pytest.raises(NotAllowed):
        printed(pls, pls.ess, "F-710")
    assert "25-0709" in printed(pls, pls.ess, "F-712")

"""The card of a search: its photograph and places, officers who open it, technicians' batteries, and hand-overs."""

from __future__ import annotations

import subprocess
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from app.documents import forms
from app.errors import NotAllowed, NotFound, RuleBroken
from app.form_pages import drawing
from app.models.attachments import Attachment
from app.models.lifesaver import LifesaverClient, LifesaverVisit
from app.models.lifesaver_search import BatteryNotice, SearchCard, SearchHandOver, SearchNotice
from app.models.lifesaver_vocab import DischargeReason, IssueEnd
from app.models.local.tables import AuditEntry, Scope
from app.models.registry import CardView
from app.models.rules.attachments import Kept
from app.models.search_vocab import HandOverAuthority, HandOverPart, HandOverWay, SearchOutcome
from app.models.vocab import AttachmentKind, Audience, AuditAction, CardReason, Role, ScopeKind
from app.models.work import Actor
from app.queries import lifesaver_search as questions
from app.queries import search_cards
from app.queries.prints import PrintAsked, print_rows
from app.services import lifesaver, lifesaver_care, lifesaver_kit, lifesaver_search, lifesaver_watch, search_notices
from app.services.registry_photos import AddPhoto, RemovePhoto, add_photo, remove_photo
from tests.conftest import Office
from tests.lifesaver import Programme, day, programme

SMALL = b"small face"


@pytest.fixture
def pls(office: Office) -> Programme:
    office.clock.at = day(2025, 5, 1)
    return programme(office)


@pytest.fixture
def officer(office: Office) -> Actor:
    return office.member(Role.OFF, "O. Officer")


def card_of(pls: Programme) -> SearchCard:
    (card,) = pls.office.found(SearchCard)
    return card


def started(pls: Programme, **values: Any) -> str:
    command = lifesaver_search.ActivateSearch(card_id=card_of(pls).id, occurrence_no="25-0709", **values)
    return pls.office.do(pls.dsp, lifesaver_search.activate_search, command)


def closed(pls: Programme, search_id: str) -> None:
    command = lifesaver_search.CloseSearch(search_id=search_id, outcome=SearchOutcome.FALSE)
    pls.office.do(pls.dsp, lifesaver_search.close_search, command)


def photographed(pls: Programme, client_id: str) -> str:
    registration_id = pls.client(client_id).registration_id or ""
    store = pls.office.vault.attachments
    photo = Kept(
        AttachmentKind.PHOTO, store.keep_bytes(b"whole", 100), "image/jpeg", preview=store.keep_bytes(SMALL, 100)
    )
    command = AddPhoto(registration_id=registration_id, photo=photo, taken_on=date(2025, 4, 1))
    pls.office.do(pls.reg, add_photo, command)
    return registration_id


def shown(pls: Programme, search_id: str) -> search_cards.CardView:
    with pls.office.vault.read() as session:
        card = questions.search(session, search_id, now=pls.office.clock()).card
    assert card is not None
    return card


def photos(pls: Programme) -> list[bytes]:
    found = pls.office.found(Attachment, Attachment.owner_id == card_of(pls).id, Attachment.removed_at.is_(None))
    card_id = card_of(pls).id
    with pls.office.vault.read() as session:
        rows = search_cards.card_of(session, card_id, pls.office.clock().date())
    assert rows is not None and (rows.photo is not None) == bool(found)
    scopes = {pls.office.get(Scope, one.scope_id).kind for one in found}
    assert scopes <= {ScopeKind.LIFESAVER_CARD}, "who searches holds its key, and not the registration's"
    return [pls.office.vault.attachments.read_whole(rows.photo.sealed, 100)] if rows.photo is not None else []


def test_the_search_card_has_the_small_photograph_of_the_registration(pls: Programme) -> None:
    client = pls.enrolled()
    assert photos(pls) == []
    registration = photographed(pls, client)
    assert photos(pls) == [SMALL]
    pls.office.do(pls.reg, remove_photo, RemovePhoto(registration_id=registration, reason="asked for"))
    assert photos(pls) == []


def test_who_is_enrolled_later_has_the_photograph_and_who_leaves_takes_it_along(pls: Programme) -> None:
    transmitter, client = pls.transmitter("T-044"), pls.accepted()
    photographed(pls, client)
    issue = pls.issue(transmitter, client)
    pls.battery(client)
    pls.office.do(pls.reg, lifesaver.enrol_client, lifesaver.EnrolClient(client_id=client))
    assert photos(pls) == [SMALL]
    ended = lifesaver_kit.EndIssue(issue_id=issue, end=IssueEnd.RETURNED)
    pls.office.do(pls.reg, lifesaver_kit.end_issue, ended)
    leave = lifesaver.DischargeClient(client_id=client, why=DischargeReason.MOVED)
    pls.office.do(pls.reg, lifesaver.discharge_client, leave)
    assert not pls.office.found(Attachment, Attachment.owner_id == card_of(pls).id, Attachment.removed_at.is_(None))


def test_the_places_of_the_registration_are_on_the_search_card(pls: Programme) -> None:
    pls.enrolled()
    names = [one["name"] for one in card_of(pls).places or ()]
    assert names and shown(pls, started(pls)).values["places"] == card_of(pls).places


def opened(pls: Programme, officer: Actor, reason: str | None = "Patrol 4 searches the park") -> str:
    (notice,) = pls.office.found(SearchNotice)
    command = search_notices.OpenSearchCard(notice_id=notice.id, reason=reason)
    return pls.office.do(officer, search_notices.open_search_card, command)


def test_an_officer_opens_the_card_of_an_open_search_and_no_other(pls: Programme, officer: Actor) -> None:
    pls.enrolled()
    day_of = pls.office.clock().date()
    with pls.office.vault.read() as session:
        assert search_cards.going_on(session, today=day_of) == ()
    search_id = started(pls, clothing="Red cap")
    with pls.office.vault.read() as session:
        (row,) = search_cards.going_on(session, today=day_of)
    assert (row.initials, row.municipality) == ("T. R.", card_of(pls).municipality)
    for reason in (None, "  "):
        with pytest.raises(RuleBroken):
            opened(pls, officer, reason)
    view_id = opened(pls, officer)
    with pls.office.vault.read() as session:
        card = search_cards.opened_card(session, view_id, today=day_of)
    assert card.name == "Teddy Rennick" and [one.serial for one in card.transmitters] == ["T-044"]
    view = pls.office.get(CardView, view_id)
    assert (view.why, view.occurrence_no, view.viewer_id) == (CardReason.MISSING, "25-0709", officer.member_id)
    audited = pls.office.found(AuditEntry, AuditEntry.kind == "search_card", AuditEntry.member_id == officer.member_id)
    assert [one.action for one in audited] == [AuditAction.VIEW] and "Patrol 4" in str(audited[0].reason)

    closed(pls, search_id)
    with pls.office.vault.read() as session:
        assert search_cards.going_on(session, today=day_of) == ()
        with pytest.raises(NotFound):
            search_cards.opened_card(session, view_id, today=day_of)
    with pytest.raises(RuleBroken):
        opened(pls, officer)


def test_only_officers_open_it_that_way(pls: Programme, office: Office) -> None:
    pls.enrolled()
    started(pls)
    for other in (office.member(Role.VSU, "V. Worker"), office.member(Role.CSW, "C. Analyst")):
        with pytest.raises(NotAllowed):
            opened(pls, other)


def test_a_search_for_somebody_without_a_card_is_told_to_no_officer(pls: Programme) -> None:
    command = lifesaver_search.ActivateSearch(person="Somebody", occurrence_no="25-0710")
    pls.office.do(pls.dsp, lifesaver_search.activate_search, command)
    assert pls.office.found(SearchNotice) == []


def test_a_technicians_battery_reaches_the_card_before_a_coordinator_looks(pls: Programme, office: Office) -> None:
    client = pls.enrolled()
    technician = office.member(Role.VOL, "T. Technician")
    plan = lifesaver_care.PlanVisit(client_id=client, assigned=(technician.member_id,))
    visit = pls.office.do(pls.reg, lifesaver_care.plan_visit, plan)
    pls.office.clock.at = day(2025, 6, 30)
    search_id = started(pls)
    assert shown(pls, search_id).battery_on == date(2025, 5, 1)
    record = lifesaver_care.RecordBattery(visit_id=visit, steps=("band",))
    pls.office.do(technician, lifesaver_care.record_battery, record)
    (notice,) = pls.office.found(BatteryNotice)
    assert (notice.client_id, notice.installed_on) == (client, date(2025, 6, 30))
    assert notice.scope_id not in {pls.office.get(LifesaverVisit, visit).scope_id, card_of(pls).scope_id}
    card = shown(pls, search_id)
    assert (card.battery_on, card.battery_due_on, card.battery_age_days) == (date(2025, 6, 30), date(2025, 8, 29), 0)
    assert card_of(pls).battery_on == date(2025, 5, 1), "the card itself is the coordinator's to change"
    pls.office.do(pls.reg, lifesaver_watch.watch, lifesaver_watch.Watch())
    assert card_of(pls).battery_on == date(2025, 6, 30)
    pls.office.clock.at = day(2025, 7, 2)
    pls.battery(client)
    assert shown(pls, search_id).battery_on == date(2025, 7, 2), "an older notice is not shown"


def given(pls: Programme, search_id: str, **values: Any) -> str:
    values = {
        "given_to": "Example County Police",
        "receiver": "Sgt. Example 12",
        "parts": (HandOverPart.CARD, HandOverPart.FREQUENCY),
        "authority": HandOverAuthority.SAFETY,
        "way": HandOverWay.PAPER,
        **values,
    }
    command = search_notices.HandOverSearch(search_id=search_id, **values)
    return pls.office.do(pls.ess, search_notices.hand_over_search, command)


def test_a_hand_over_to_another_service_is_a_disclosure_of_its_own(pls: Programme) -> None:
    client = pls.enrolled()
    search_id = started(pls)
    made = pls.office.get(SearchHandOver, given(pls, search_id))
    assert made.parts == ["frequency", "card"] and made.authority is HandOverAuthority.SAFETY
    assert (made.given_by, made.approved_by) == (pls.ess.member_id, pls.ess.member_id)
    assert made.registration_id == pls.office.get(LifesaverClient, client).registration_id
    with pls.office.vault.read() as session:
        (row,) = questions.search(session, search_id, now=pls.office.clock()).hand_overs
    assert (row.given_to, row.receiver, row.given_by) == ("Example County Police", "Sgt. Example 12", "E. Specialist")
    audited = pls.office.found(AuditEntry, AuditEntry.record_id == search_id, AuditEntry.action == AuditAction.EXPORT)
    assert [one.reason for one in audited] == ["safety: frequency, card"]


@pytest.mark.parametrize(("field", "value"), [("given_to", " "), ("parts", ()), ("authority", None)])
def test_a_hand_over_says_to_whom_what_and_by_what_right(pls: Programme, field: str, value: Any) -> None:
    pls.enrolled()
    search_id = started(pls)
    with pytest.raises(RuleBroken) as problem:
        given(pls, search_id, **{field: value})
    assert problem.value.field == field


def test_nothing_is_handed_over_once_the_search_is_closed(pls: Programme) -> None:
    pls.enrolled()
    search_id = started(pls)
    closed(pls, search_id)
    with pytest.raises(RuleBroken):
        given(pls, search_id)


def test_the_photograph_is_printed_on_f_710(pls: Programme) -> None:
    client = pls.enrolled()
    photographed(pls, client)
    search_id = started(pls)
    picture = BytesIO()
    Image.new("RGB", (30, 40), (200, 120, 90)).save(picture, "JPEG")
    asked = PrintAsked("F-710", Audience.INTERNAL, "en", pls.dsp.member_id, "D. Dispatcher", record_id=search_id)
    with pls.office.vault.read() as session:
        context, rows = print_rows(session, asked, now=pls.office.clock())
    images = {}
    for name, data in (("with", picture.getvalue()), ("without", b"")):
        store = {"bytes": data}
        pdf = drawing(forms.render, lambda _: store["bytes"])(context, rows)  # noqa: B023  # called within the round
        images[name] = pdf.count(b"/Subtype /Image")
        said = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
        assert ("Taken on 1 Apr 2025" in said) == (name == "with")
        assert ("could not be printed" in said) == (name == "without")
    assert images["with"] == images["without"] + 1

"""Absurd and hostile text in every field: stored as typed, shown literally, printed without effect (safety.md, G30)."""

from __future__ import annotations

import re
import socket
import subprocess
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

import pikepdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTextBrowser, QTextEdit, QWidget

from app.models.base import kinds
from app.models.vocab import Audience, NeedDomain, NeedLevel, PlanSection, ReviewOutcome, Role, Tri
from app.queries.prints import PrintAsked, print_rows
from app.services import crisis, directory, people, referrals, review, safety
from app.services.crisis import PersonToSupport
from app.vault import drafts
from app.views.crisis.case_page import CasePage
from app.views.crisis.sections import SECTIONS
from tests import factories
from tests.journeys.conftest import Visit

PINK = QColor(255, 0, 204)
MARK = "Quill7"
"""Stands in every text, so that it is found where the rest cannot be compared letter by letter."""

CORPUS = {
    "markup": MARK
    + ' <img src="{picture}"><b>bold</b> <a href="http://127.0.0.1:{port}/a">x</a> &amp; <br/>&lt;'
    + ' <img src="http://127.0.0.1:{port}/b.png"/><link href="file:///etc/passwd"><para>&#60;</font>'
    + " {0} {boom} {count} %s %(x)d %n {{}} $x \\1 {"
    + "'); DROP TABLE case_file; -- \" ; PRAGMA key",
    "openers": "=1+1 " + MARK + "\n+cmd|' /C calc'!A0\n@SUM(1+1)*\n\t=HYPERLINK(1)\n-2+3",
    "scripts": MARK
    + " שלום \u202eevitcefed\u202c مرحبا \u2067x\u2069 \u200f"
    + " 🙂👩‍👩‍👧‍👦🏳️‍🌈 🇨🇦"
    + " Z"
    + "\u0301\u0327\u0336\u0489" * 60,
    "control": MARK + " a\x00b\x01\x07\x08\x0b\x0c\x1b[31m\x7f\u2028\u2029\ufeff\ufffe",
}
BLANKS = " \u00a0\t  "
LONG = MARK + " " + "long words and <b>more</b> " * 3700


@dataclass
class Trap:
    """What a hostile text names: a picture of one colour on this disk, and an address at which somebody listens."""

    picture: Path
    listener: socket.socket

    def aimed(self, text: str) -> str:
        """The text with the trap's own path and port in it."""
        return text.replace("{picture}", str(self.picture)).replace("{port}", str(self.listener.getsockname()[1]))

    def untouched(self) -> bool:
        """Whether nobody asked at the address."""
        try:
            self.listener.accept()[0].close()
        except BlockingIOError:
            return True
        return False


@pytest.fixture
def trap(tmp_path: Path, qapp: QApplication) -> Iterator[Trap]:
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    picture.fill(PINK)
    assert picture.save(str(tmp_path / "bait.png"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        yield Trap(tmp_path / "bait.png", listener)


CODES = {"language", "text_language", "status", "catalogue", "item"}


def everywhere(command: Any, typed: str) -> Any:
    """The command with the text in each of its fields that hold free text."""
    kinds_of = typing.get_type_hints(type(command))
    free = [
        field.name
        for field in fields(command)
        if str in typing.get_args(kinds_of[field.name]) and not field.name.endswith("_id") and field.name not in CODES
    ]
    assert free, type(command).__name__
    return replace(command, **dict.fromkeys(free, typed))


@dataclass(frozen=True)
class Records:
    """What was written, by id."""

    case: str
    person: str
    request: str
    consent: str
    assessment: str
    referral: str
    plan: str


def write_everywhere(here: Visit, typed: str) -> Records:
    """The text in every text field, through the real services into real records."""
    do = here.do
    who = everywhere(PersonToSupport(), typed)
    request = do(crisis.raise_request, everywhere(factories.request(persons=(who,)), typed))
    command = factories.case(
        person=everywhere(factories.person(aliases=[typed]), typed),
        contacts=(everywhere(factories.safe_phone(), typed),),
        incident=everywhere(factories.case().incident, typed),
    )
    case = do(crisis.open_case, replace(command, municipality=typed))
    person = here.house.store.read(lambda session: session.get(kinds()["case_file"], case).person_id)
    do(
        people.add_safe_contact,
        people.AddSafeContact(person_id=person, **_fields(everywhere(factories.address(), typed))),
    )
    do(crisis.record_contact, everywhere(factories.contact(case), typed))
    consent = replace(factories.consent(case, person), organizations=(typed,))
    consent_id = do(crisis.record_consent, consent)
    assessment = do(crisis.start_assessment, everywhere(crisis.StartAssessment(case_id=case), typed))
    for domain in (NeedDomain.SAFETY, NeedDomain.HOUSING):
        answer = crisis.AnswerNeed(assessment_id=assessment, domain=domain, level=NeedLevel.URGENT)
        do(crisis.answer_need, everywhere(answer, typed))
    do(crisis.complete_assessment, crisis.CompleteAssessment(assessment_id=assessment))
    do(crisis.add_plan_step, everywhere(crisis.AddPlanStep(case_id=case, domain=NeedDomain.HOUSING), typed))
    organization = do(directory.add_organization, everywhere(factories.organization(), typed))
    service = everywhere(
        directory.AddService(
            organization_id=organization, need_domains=["housing"], phones=[{"number": typed, "description": typed}]
        ),
        typed,
    )
    service_id = do(directory.add_service, service)
    referral = do(referrals.add_referral, everywhere(factories.referral(case, service_id), typed))
    items = tuple(
        everywhere(safety.PlanItem(section=section, applies=Tri.YES, text_language="en"), typed)
        for section in PlanSection
    )
    papers = (everywhere(safety.PlanDocument(item="passports"), typed), safety.PlanDocument(item=typed))
    plan = replace(everywhere(factories.plan(case), typed), items=items, documents=papers)
    plan_id = do(safety.save_plan, plan)
    here.house.act_as(Role.SUP)
    comment = review.ReviewComment(section="needs", text=typed)
    command_ = review.ReviewCase(case_id=case, outcome=ReviewOutcome.RETURNED, summary=typed, comments=(comment,))
    do(review.review_case, command_)
    here.house.act_as(Role.VSU)
    here.settle()
    return Records(case, person, request, consent_id, assessment, referral, plan_id)


def _fields(command: Any) -> dict[str, Any]:
    return {field.name: getattr(command, field.name) for field in fields(command)}


def stored(here: Visit, typed: str) -> dict[str, set[str]]:
    """By kind, the fields in which exactly this text is stored."""

    def question(session: Any) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name, kind in kinds().items():
            for record in session.query(kind).all():
                for column in kind.__table__.columns:
                    value = getattr(record, column.name)
                    if value == typed or (isinstance(value, list | dict) and typed in _leaves(value)):
                        found.setdefault(name, set()).add(column.name)
        return found

    return cast(dict[str, set[str]], here.house.store.read(question))


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for entry in value.values() for leaf in _leaves(entry)]
    if isinstance(value, list):
        return [leaf for entry in value for leaf in _leaves(entry)]
    return [value]


WHERE = {
    "service_request": {"requester_name", "location", "hazards", "note", "contact_phone", "occurrence_no"},
    "request_person": {"name", "label"},
    "person": {"preferred_name", "legal_first", "aliases", "medical_alerts", "pronouns"},
    "safe_contact": {"value", "say_you_are", "code_word_danger", "who_else_answers", "description"},
    "contact_log": {"service_fact"},
    "support_note": {"text"},
    "needs_assessment": {"client_goal", "strengths", "participants"},
    "need_answer": {"note", "goal"},
    "plan_step": {"need", "goal", "step", "who"},
    "safety_plan_item": {"text", "who_helps"},
    "document_item": {"item", "where_kept"},
    "referral": {"reason"},
    "organization": {"name", "description", "website"},
    "service": {"name", "name_fr", "hours", "phones", "fees", "address", "email"},
    "case_review": {"summary", "comments"},
    "incident": {"location", "occurrence_no"},
}


def walk(here: Visit, records: Records) -> set[str]:
    """Open every page that shows the records; the texts of all labels. Each label is plain and none shows the bait."""
    texts: set[str] = set()
    page = here.go("crisis.case", case_id=records.case)
    view = cast(CasePage, page).view()
    assert view is not None
    for tab in SECTIONS:
        view.tabs.chosen.emit(tab)
        here.settle()
        texts |= looked_at(here.house.window, f"case {tab}")
    for route, subject in (
        ("today", {}),
        ("requests.list", {}),
        ("requests.detail", {"request_id": records.request}),
        ("requests.new", {"request_id": records.request}),
        ("crisis.cases", {}),
        ("tasks", {}),
        ("directory", {}),
        ("safety.plan", {"case_id": records.case}),
        ("outbox", {}),
    ):
        here.go(route, **subject)
        texts |= looked_at(here.house.window, route)
    here.house.window.role_asked.emit(Role.SUP)
    here.settle()
    here.go("supervision.review", case_id=records.case)
    texts |= looked_at(here.house.window, "review")
    here.go("supervision.caseload")
    texts |= looked_at(here.house.window, "caseload")
    here.house.window.role_asked.emit(Role.VSU)
    here.settle()
    assert here.warned == []
    return texts


def looked_at(window: QWidget, place: str) -> set[str]:
    """The texts of the labels of a window, after it was drawn."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pink = PINK.rgb().to_bytes(4, "little") * 8
    assert pink not in bytes(image.constBits()), f"{place} shows the picture that a text names"
    assert window.findChildren(QTextEdit) == [] and window.findChildren(QTextBrowser) == []
    texts = set()
    for label in window.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText or not label.text(), f"{place}: a label that guesses"
        texts.add(label.text())
    for widget in window.findChildren(QWidget):
        tip = widget.toolTip()
        if MARK in tip and "<" in tip:
            assert tip.startswith("<qt>") and tip.count("<") == 2, f"{place}: a tooltip that is read as markup"
    return texts


FORMS = {
    "F-301": "request",
    "F-302": "case",
    "F-303": "consent",
    "F-304": "assessment",
    "F-305": "referral",
    "F-306": "referral",
    "F-401": "plan",
    "F-402": "plan",
    "F-403": "plan",
    "F-405": "plan",
}


def printed(here: Visit, records: Records, language: str = "en") -> Iterator[tuple[str, bytes]]:
    """Each of the ten documents of the records, drawn by the real child."""
    house = here.house
    for form, name in FORMS.items():
        internal = form in ("F-301", "F-305", "F-403")
        asked = PrintAsked(
            form_id=form,
            audience=Audience.INTERNAL if internal else Audience.CLIENT,
            language=language,
            member_id=house.context.person.member_id,
            printed_by=house.context.person.name,
            record_id=getattr(records, name),
        )
        context, rows = house.store.read(lambda session, asked=asked: print_rows(session, asked, now=house.vault.now()))
        yield form, house.renderer.render(context, rows)


def words_of(pdf: bytes) -> str:
    """What a reader of the PDF reads, without any white space."""
    read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s+", "", read.stdout.decode("utf-8", "replace"))


def no_effect(pdf: bytes, folder: Path) -> None:
    """No picture of a file, no link, no script in the page."""
    target = folder / "page.pdf"
    target.write_bytes(pdf)
    with pikepdf.open(target) as opened:
        for page in opened.pages:
            assert not page.get_images(), "a picture got onto the page"
            assert "/Annots" not in page, "a link got onto the page"
        assert "/OpenAction" not in opened.Root and "/AA" not in opened.Root


@pytest.mark.parametrize("name", CORPUS)
def test_hostile_text_everywhere(visit: Callable[[], Visit], trap: Trap, tmp_path: Path, name: str) -> None:
    here = visit()
    here.enter_new_vault()
    typed = trap.aimed(CORPUS[name])
    records = write_everywhere(here, typed)
    found = stored(here, typed)
    for kind, names in WHERE.items():
        assert names <= found.get(kind, set()), f"{kind} is not stored as typed: {names - found.get(kind, set())}"
    texts = walk(here, records)
    assert any(typed in text for text in texts), "shown literally"
    on_paper = set()
    for form, pdf in printed(here, records):
        no_effect(pdf, tmp_path)
        read = words_of(pdf)
        if MARK in read:
            on_paper.add(form)
        if name not in ("scripts", "control") and MARK in read:
            assert re.sub(r"\s+", "", typed) in read, f"{form} prints something else"
    assert on_paper >= {"F-301", "F-304", "F-305", "F-306", "F-401", "F-403", "F-405"}
    assert trap.untouched()


@pytest.mark.parametrize("typed", [BLANKS, LONG], ids=["blanks", "hundred-thousand"])
def test_nothing_and_very_much(visit: Callable[[], Visit], tmp_path: Path, typed: str) -> None:
    here = visit()
    here.enter_new_vault()
    request = here.do(crisis.raise_request, everywhere(factories.request(), typed))
    case = here.do(crisis.open_case, factories.case())
    here.do(crisis.record_contact, everywhere(factories.contact(case), typed))
    found = stored(here, typed)
    assert {"location", "note"} <= found["service_request"] and "service_fact" in found["contact_log"]
    for route, subject in (("requests.detail", {"request_id": request}), ("crisis.case", {"case_id": case})):
        here.go(route, **subject)
        looked_at(here.house.window, route)
    assert here.warned == []


def test_typed_by_keys_a_draft_without_what_is_required_then_the_record(visit: Callable[[], Visit], trap: Trap) -> None:
    typed = trap.aimed(CORPUS["markup"])
    here = visit()
    here.enter_new_vault()
    here.go("requests.new")
    QTest.keyClicks(here.find(QWidget, "request.location"), typed)
    here.house.window.keep_typing()
    here.settle()
    kept = here.house.store.read(lambda session: drafts.load(session, "request:new"))
    assert kept.values["location"] == typed, "nothing else is filled in, and it is kept all the same"
    here.go("today")
    page: Any = here.go("requests.new")
    assert page.form.controls["location"].value() == typed
    page.send.click()
    here.settle()
    assert here.house.window.route == "requests.detail", "what is missing can follow"
    assert "location" in stored(here, typed)["service_request"]
    assert any(typed in text for text in looked_at(here.house.window, "detail"))
    assert trap.untouched()

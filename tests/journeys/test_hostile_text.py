"""Absurd and hostile text in every field: stored as typed, shown literally, printed without effect (safety.md, G30)."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pikepdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTextBrowser, QTextEdit, QWidget

from app.models.base import kinds
from app.services import crisis
from app.vault import drafts
from tests import factories
from tests.journeys.conftest import Visit
from tests.journeys.everywhere import everywhere, printed, walk, write_everywhere

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
    "tracking_application": {"reason", "interim_plan", "eligibility", "decision_note"},
    "tracking_device": {"vendor", "condition"},
    "tracking_safety": {"description", "word_duress", "places", "alert"},
    "tracking_check": {"note"},
    "alarm_event": {"voice", "units"},
    "alarm_review": {"breach_ref", "note"},
    "dispatch_card": {"description", "word_duress"},
}


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
    records = write_everywhere(here, lambda: typed)
    found = stored(here, typed)
    for kind, names in WHERE.items():
        assert names <= found.get(kind, set()), f"{kind} is not stored as typed: {names - found.get(kind, set())}"
    texts = walk(here, records, looked_at)
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
    request = here.do(crisis.raise_request, everywhere(factories.request(), lambda: typed))
    case = here.do(crisis.open_case, factories.case())
    here.do(crisis.record_contact, everywhere(factories.contact(case), lambda: typed))
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

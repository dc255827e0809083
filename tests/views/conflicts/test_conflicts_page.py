"""The page on which people decide between different answers, pressed for real on a real vault."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.models.people import SafeContact
from app.models.vocab import Voicemail
from app.models.work import Actor
from app.services import crisis, people
from app.views.conflicts.page import ConflictsPage
from tests import factories
from tests.colleague import Colleague
from tests.conftest import Office, TestClock

HOSTILE = "<img src=x onerror=1><b>bold</b> =1+1 \u202eright to left 😀"


def texts(page: QWidget) -> str:
    """All that a person reads on the page."""
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def buttons(page: QWidget, name: str) -> list[QPushButton]:
    return [button for button in page.findChildren(QPushButton, name) if button.isVisible()]


@pytest.fixture
def contact(office: Office, worker: Actor, clock: TestClock) -> SafeContact:
    """A safe contact about which two people wrote different things in two fields."""
    case_id = office.do(worker, crisis.open_case, factories.case())
    colleague = Colleague(office.vault)
    found = office.found(SafeContact, SafeContact.case_id == case_id)[0]
    seen = colleague.seen(SafeContact, found.id, "voicemail", "who_else_answers")
    clock.move(minutes=1)
    mine = people.UpdateSafeContact(safe_contact_id=found.id, voicemail=Voicemail.FULL, who_else_answers="Her sister")
    office.do(worker, people.update_safe_contact, mine)
    clock.move(minutes=1)
    colleague.write(SafeContact, found.id, {"voicemail": "generic", "who_else_answers": HOSTILE}, seen)
    return found


def select(stage: Any, page: ConflictsPage, field: str) -> None:
    key = next(key for key in page._rows if key.endswith(f"/{field}"))
    page.table.view.selectRow(list(page._rows).index(key))
    stage.settle()


def test_nothing_to_decide(stage: Any, worker: Actor) -> None:
    page = ConflictsPage(stage.context(worker))
    stage.show(page)
    assert "Nobody wrote different things. When two people do, both are kept here until someone decides." in texts(page)


def test_both_values_stand_there_with_who_and_when_and_one_is_kept(
    stage: Any, office: Office, worker: Actor, contact: SafeContact
) -> None:
    page = ConflictsPage(stage.context(worker))
    stage.show(page)
    assert page.table.model.rowCount() == 2
    select(stage, page, "voicemail")
    said = texts(page)
    assert "W. Worker, 20 Jan 2026, 10:01" in said and "C. Colleague, 20 Jan 2026, 10:02" in said
    assert Voicemail.FULL.label() in said and Voicemail.GENERIC.label() in said
    assert "screens show the answer that protects more" in said and "Shows now" in said
    (mine,) = buttons(page, "conflict.keep.2")
    assert mine.accessibleDescription() == Voicemail.FULL.label()
    stage.click(mine)
    assert office.get(SafeContact, contact.id).voicemail is Voicemail.FULL
    assert page.table.model.rowCount() == 1
    assert stage.messages.last[0] == "Decided. What was not chosen stays in the history."


def test_something_else_is_typed(stage: Any, office: Office, worker: Actor, contact: SafeContact) -> None:
    page = ConflictsPage(stage.context(worker))
    stage.show(page)
    select(stage, page, "who_else_answers")
    assert HOSTILE in texts(page) and "Her sister" in texts(page)
    stage.click(stage.find(page, "conflict.decide"))
    assert "Give the value that is right" in texts(page)
    stage.qtbot.keyClicks(stage.find(page, "conflict.other"), "Her sister, or <b>nobody</b>")
    stage.click(stage.find(page, "conflict.decide"))
    assert office.get(SafeContact, contact.id).who_else_answers == "Her sister, or <b>nobody</b>"
    assert office.get(SafeContact, contact.id).flagged


def test_typing_survives_when_something_else_changes(
    stage: Any, office: Office, worker: Actor, contact: SafeContact
) -> None:
    page = ConflictsPage(stage.context(worker))
    stage.show(page)
    select(stage, page, "who_else_answers")
    stage.qtbot.keyClicks(stage.find(page, "conflict.other"), "half a sen")
    page.refresh()
    stage.settle()
    assert stage.find(page, "conflict.other").value() == "half a sen"


def test_who_may_not_decide_reads_why_and_has_no_button(stage: Any, supervisor: Actor, contact: SafeContact) -> None:
    page = ConflictsPage(stage.context(supervisor))
    stage.show(page)
    select(stage, page, "voicemail")
    assert "Only the worker and the co-workers of this case decide about this." in texts(page)
    assert buttons(page, "conflict.keep") == [] and buttons(page, "conflict.decide") == []
    stage.click(stage.find(page, "conflict.case"))
    assert stage.went == [("crisis.case", {"case_id": contact.case_id})]


def test_the_keyboard_goes_through_the_list(stage: Any, worker: Actor, contact: SafeContact) -> None:
    page = ConflictsPage(stage.context(worker))
    stage.show(page)
    page.table.view.selectRow(0)
    first = texts(page)
    stage.qtbot.keyClick(page.table.view, Qt.Key.Key_Down)
    stage.settle()
    assert texts(page) != first

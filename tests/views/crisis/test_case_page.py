"""The page of a case, pressed and typed in: what a person reads, and what is stored afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget

from app.models.crisis import Case, ChildProtectionReport, ContactLog, ImmediateSafetyItem, SupportNote
from app.models.vocab import (
    CaseStatus,
    Channel,
    ChildGrounds,
    Direction,
    DobPrecision,
    OrderKind,
    Role,
    SafetyStatus,
    SafetyStep,
    TaskKind,
    TaskStatus,
    Tri,
)
from app.models.work import Actor
from app.models.work_items import Consent, Task
from app.services import crisis
from app.services.crisis import AddOrder, add_order
from app.services.people import UpdatePerson, update_person
from app.views.common.masked import MaskedText
from app.views.crisis.case_page import CasePage
from tests.views.crisis.conftest import Opened, open_command
from tests.views.crisis.conftest import readable as words_of

HOSTILE = "<img src=/etc/passwd><b>=1+1</b> \u05e9\u05dc\u05d5\u05dd \U0001f642"


def test_the_head_says_who_and_how_to_reach_them(opened: Any) -> None:
    texts = opened.texts()
    assert "Dana K." in texts
    assert "Do not leave a message" in texts and "Block caller ID" in texts
    assert "555-0142" not in texts, "the number is masked until the instructions were read"


def test_3d_the_gate_shows_the_instructions_before_the_number(opened: Any, office: Any) -> None:
    opened.press("case.contact_now")
    dialog = opened.dialog()
    shown = dialog.instructions.texts()
    assert shown[:3] == ("Do not leave a message", "Block caller ID", "Say you are Bayview Dental")
    assert not dialog.number.isVisible()
    opened.press("contact_now.show")
    assert dialog.number.isVisible()
    assert opened.stage.find(dialog, "contact_now.value").text() == "555-0142"


def test_3d_a_letter_is_refused_while_nobody_asked(opened: Any, address: str) -> None:
    opened.view.refresh()
    opened.stage.settle()
    opened.press("case.contact_now")
    dialog = opened.dialog()
    letter = next(button for button in dialog.channel.findChildren(QWidget) if _says(button, "Letter"))
    opened.stage.click(letter)
    assert "Letters are not known to be safe here" in dialog.refusal.text()
    assert not dialog.accept_button.isEnabled()


def test_the_gate_leads_to_the_record_and_the_note_stays_apart(opened: Any, office: Any) -> None:
    opened.press("case.contact_now")
    opened.press("contact_now.show")
    opened.press("contact_now.show")
    form = opened.dialog()
    form.fill({"service_fact": "Explained the bail conditions.", "support_note": HOSTILE})
    opened.press("contact.save")
    (contact,) = office.found(ContactLog)
    (note,) = office.found(SupportNote)
    assert (contact.channel, contact.direction, contact.safe_contact_checked) == (Channel.PHONE, Direction.OUT, True)
    assert contact.service_fact == "Explained the bail conditions."
    assert note.text == HOSTILE
    assert "Explained the bail conditions." in opened.texts()
    assert HOSTILE not in opened.texts(), "a private note is only a heading"
    show = next(button for button in opened.view.section("timeline").findChildren(QWidget) if _says(button, "Show"))
    opened.stage.click(show)
    assert HOSTILE in opened.texts(), "shown literally once it is asked for"


def test_what_was_typed_is_there_when_the_form_is_opened_again(opened: Any) -> None:
    opened.press("case.record_contact")
    form = opened.dialog()
    fact = form._fields["service_fact"].control
    fact.setFocus()
    opened.stage.qtbot.keyClicks(fact, "Half a sentence")
    opened.press("contact.cancel")
    assert opened.no_dialog()
    opened.press("case.record_contact")
    assert opened.dialog()._fields["service_fact"].control.value() == "Half a sentence"


def test_3c_an_unsafe_guardian_is_refused_and_the_duty_to_report_comes_up(
    opened: Any, office: Any, worker: Actor, case_id: str
) -> None:
    client = office.get(Case, case_id).person_id
    born = UpdatePerson(person_id=client, dob=date(2010, 11, 1), dob_precision=DobPrecision.EXACT)
    office.do(worker, update_person, born)
    opened.part("consents")
    opened.press("consents.add")
    form = opened.dialog()
    form.fill({"scope.service": "yes", "given_by_name": "P. Father", "guardian_unsafe": Tri.YES})
    opened.press("consent.save")
    assert "guardian who may be unsafe" in words_of(form)
    assert form.typed()["given_by_name"] == "P. Father", "a refusal takes nothing that was typed"
    assert not [one for one in office.found(Consent) if one.given_by_name]
    assert [task for task in office.found(Task) if task.kind is TaskKind.CHILD_PROTECTION]
    opened.press("consent.report")
    report = opened.dialog()
    report.fill({"child": "D. K.", "age": 15, "grounds": ChildGrounds.PHYSICAL, "society": "Example Society"})
    report.fill({"reference": "7741"})
    opened.press("child_protection.save")
    (stored,) = office.found(ChildProtectionReport)
    assert (stored.society, stored.reference) == ("Example Society", "7741")
    assert not [
        task for task in office.found(Task) if task.kind is TaskKind.CHILD_PROTECTION and task.status is TaskStatus.OPEN
    ]


def test_without_consent_the_gate_asks_for_a_reason_and_keeps_it(stage: Any, office: Any, worker: Actor) -> None:
    command = replace(open_command("Noor Example"), consent_to_contact=None)
    page = CasePage(stage.context(worker, "W. Worker"))
    page.open(case_id=office.do(worker, crisis.open_case, command))
    stage.show(page, 1134, 900)
    opened = Opened(stage, page, page.desk.case_id if page.desk else "")
    opened.press("case.contact_now")
    opened.press("contact_now.show")
    dialog = opened.dialog()
    assert not dialog.number.isVisible()
    assert dialog.reason.isVisible()
    dialog.reason.set_value("The officer asks us to call tonight")
    opened.press("contact_now.show")
    assert dialog.number.isVisible()


def test_4c_while_someone_listens_only_headings_are_shown(opened: Any, office: Any, case_id: str) -> None:
    opened.part("incident")
    assert "12 Example Street" in opened.texts()
    opened.press("case.listening")
    assert office.get(Case, case_id).listener_present
    texts = opened.texts()
    assert "Dana K." not in texts and "12 Example Street" not in texts
    assert "Only headings are shown" in texts
    opened.press("banner.reveal")
    assert "12 Example Street" in opened.texts()


def test_a_touch_answers_a_step_of_immediate_safety(opened: Any, office: Any) -> None:
    section = opened.part("safety")
    row = next(line for line in section._lines if line.step is SafetyStep.SHELTER_BED)
    opened.stage.click(next(button for button in row.status.findChildren(QWidget) if _says(button, "Arranged")))
    (item,) = office.found(ImmediateSafetyItem)
    assert (item.step, item.status) == (SafetyStep.SHELTER_BED, SafetyStatus.ARRANGED)


def test_3f_closing_says_what_stands_in_the_way_and_leads_there(
    opened: Any, office: Any, worker: Actor, case_id: str
) -> None:
    command = AddOrder(
        case_id=case_id, kind=OrderKind.NO_CONTACT, starts_on=date(2026, 1, 1), expires_on=date(2026, 2, 1)
    )
    office.do(worker, add_order, command)
    opened.view.menu.close_case()
    opened.stage.settle()
    dialog = opened.dialog()
    assert not dialog.accept_button.isVisible()
    assert "safety task" in words_of(dialog)
    opened.press("close.go.tasks")
    assert opened.view.tabs.current() == "tasks"
    assert office.get(Case, case_id).status is not CaseStatus.CLOSED


def test_a_hundred_thousand_letters_are_shown_and_kept(opened: Any, office: Any) -> None:
    long = "a" * 100_000
    opened.press("case.record_contact")
    opened.dialog().fill({"service_fact": long, "direction": Direction.IN, "channel": Channel.PHONE})
    opened.press("contact.save")
    assert office.found(ContactLog)[0].service_fact == long


def test_the_number_stays_masked_until_pressed(opened: Any) -> None:
    opened.part("people")
    value = opened.stage.find(opened.page, "people.value")
    assert isinstance(value, MaskedText) and not value.is_shown()
    assert "555-0142" not in opened.texts()
    opened.stage.click(value.focusProxy())
    assert "555-0142" in opened.texts()


def test_a_supervisor_sees_the_case_but_not_its_private_side(
    stage: Any, supervisor: Actor, case_id: str, office: Any
) -> None:
    page = CasePage(stage.context(supervisor, "S. Supervisor"))
    page.open(case_id=case_id)
    stage.show(page, 1134, 900)
    view = page.view()
    assert view is not None
    assert supervisor.role is Role.SUP and not view.record.isVisible()
    assert "Dana K." in words_of(page)


def _says(widget: object, words: str) -> bool:
    text = getattr(widget, "text", None)
    shown = getattr(widget, "isVisible", None)
    return callable(text) and callable(shown) and bool(shown()) and text() == words

"""The plan's editor on a real vault, driven by clicks and keys: what is read on the screen, what is stored."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from sqlalchemy import select

from app.models.crisis import Case
from app.models.local.tables import Draft
from app.models.safety import (
    DocumentItem,
    IncidentLogEntry,
    SafetyPlan,
    SafetyPlanContent,
    SafetyPlanItem,
)
from app.models.vocab import CopyChoice, PlanSection, PlanSituation, Role, TaskKind, Tri
from app.models.work import Actor
from app.models.work_items import Task
from app.services import crisis, safety
from app.views.common.banner import Banner
from app.views.common.choices import Segment
from app.views.common.text import PlainLabel
from app.views.safety.dialogs import LogEntryDialog, PrintDialog
from app.views.safety.page import PlanPage
from tests import factories
from tests.conftest import Office

HOSTILE = [
    '<img src="/etc/passwd"><b>bold</b>',
    "=1+1",
    "\u202eright to left \u05d0\u05d1\u05d2 \U0001f9ff",
    "a" * 100_000,
]


@pytest.fixture
def case_id(office: Office, worker: Actor) -> str:
    """A case of the worker's own."""
    return office.do(worker, crisis.open_case, factories.case())


def opened(stage: Any, worker: Actor, case_id: str, **subject: Any) -> PlanPage:
    page = PlanPage(stage.context(worker, "W. Worker"))
    page.open(case_id=case_id, **subject)
    stage.show(page)
    return page


def choose(stage: Any, page: QWidget, name: str, words: str) -> None:
    """Touch the segment with these words."""
    segments = stage.find(page, name).findChildren(Segment)
    found = [segment for segment in segments if segment.text() == words]
    assert found, f"{name} does not offer {words}"
    stage.click(found[0])


def type_day(stage: Any, page: QWidget, name: str, words: str) -> Any:
    """Type into the line of a day and stay in it."""
    field = stage.find(page, name)
    line = field.focusProxy()
    stage.click(line)
    stage.qtbot.keyClicks(line, words)
    return field


def texts(page: QWidget) -> str:
    """Everything that can be read now."""
    return "\n".join(label.text() for label in page.findChildren(PlainLabel) if label.isVisible())


def saved(office: Office) -> SafetyPlan:
    return max(office.found(SafetyPlan), key=lambda plan: plan.version or 0)


def test_a_first_plan_is_written_with_touches_and_saved_with_ctrl_s(
    stage: Any, office: Office, worker: Actor, case_id: str
) -> None:
    page = opened(stage, worker, case_id)
    choose(stage, page, "plan.copy_choice", "Full copy")
    choose(stage, page, "plan.situation", "Planning to leave")
    stage.click(stage.find(page, "plan.section.during"))
    stage.click(stage.find(page, "plan.suggest.during.exits"))
    stage.qtbot.keyClicks(stage.find(page, "plan.item.during.0.text"), "The window in the laundry room")
    choose(stage, page, "plan.item.during.0.applies", "Yes")
    stage.click(stage.find(page, "plan.add.during"))
    stage.qtbot.keyClicks(stage.find(page, "plan.item.during.1.text"), "My own idea")
    stage.qtbot.keyClicks(stage.find(page, "plan.item.during.1.who"), "Neighbour")
    type_day(stage, page, "plan.item.during.1.date", "2026-02-01")
    stage.qtbot.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    stage.settle()

    plan = saved(office)
    assert (plan.version, plan.copy_choice, plan.next_review) == (1, CopyChoice.FULL, date(2026, 2, 19))
    assert office.get(SafetyPlanContent, plan.id).situation is PlanSituation.PLANNING
    first, own = sorted(office.found(SafetyPlanItem), key=lambda item: item.position or 0)
    assert (first.catalogue, first.text, first.applies) == (
        "during.exits",
        "The window in the laundry room",
        Tri.YES,
    )
    assert (own.catalogue, own.text, own.who_helps, own.on_date) == (
        None,
        "My own idea",
        "Neighbour",
        date(2026, 2, 1),
    )
    assert stage.messages.last[0] == "Version 1 of the plan is saved."
    assert stage.find(page, "plan.save").text() == "Save as version 2"
    assert not office.found(Draft)


def test_4a_no_copy_disables_print_and_export_and_says_why(
    stage: Any, office: Office, worker: Actor, case_id: str
) -> None:
    office.do(worker, safety.save_plan, factories.plan(case_id, copy_choice=CopyChoice.FULL))
    page = opened(stage, worker, case_id)
    assert stage.find(page, "plan.print").isEnabled()

    choose(stage, page, "plan.copy_choice", "No copy, unsafe")
    assert not stage.find(page, "plan.print").isEnabled()
    assert "nothing of this plan is printed or exported" in stage.find(page, "plan.banner.no_copy").text()
    stage.click(stage.find(page, "plan.save"))
    plan = saved(office)
    assert (plan.version, plan.copy_choice) == (2, CopyChoice.NO_COPY)
    assert plan.next_review is not None
    assert not stage.find(page, "plan.print").isEnabled()


def test_print_offers_each_page_or_says_why_not(stage: Any, office: Office, worker: Actor, case_id: str) -> None:
    plan_id = office.do(worker, safety.save_plan, factories.plan(case_id, copy_choice=CopyChoice.WALLET, language="fr"))
    page = opened(stage, worker, case_id)
    stage.click(stage.find(page, "plan.print"))
    dialog = page.findChild(PrintDialog)
    assert isinstance(dialog, PrintDialog)
    assert not stage.find(dialog, "plan.print.F-401").isEnabled()
    assert "only the wallet list is printed" in texts(dialog)
    stage.click(stage.find(dialog, "plan.print.F-402"))
    assert stage.previews == [("F-402", {"record_id": plan_id, "language": "fr"})]


def test_4b_an_order_that_ends_is_said_above_the_plan(stage: Any, office: Office, worker: Actor, case_id: str) -> None:
    ends = office.vault.now().date().replace(month=2, day=10)
    office.do(worker, crisis.add_order, factories.order(case_id, expires_on=ends))
    page = opened(stage, worker, case_id)
    assert "A court order ends in 21 days" in stage.find(page, "plan.banner.order").text()


def test_4c_someone_listening_leaves_headings_only_until_revealed(
    stage: Any, office: Office, worker: Actor, case_id: str
) -> None:
    secret = "The key is under the blue pot"
    item = safety.PlanItem(section=PlanSection.DURING, text=secret)
    office.do(worker, safety.save_plan, factories.plan(case_id, items=(item,)))
    office.do(worker, crisis.update_case, crisis.UpdateCase(case_id=case_id, listener_present=True))
    page = opened(stage, worker, case_id)
    stage.click(stage.find(page, "plan.section.during"))
    assert not page.findChildren(QWidget, "plan.item.during.0.text")
    assert not stage.find(page, "plan.print").isEnabled()
    assert "During an incident" in texts(page)

    stage.click(stage.find(page, "plan.reveal"))
    assert stage.find(page, "plan.item.during.0.text").toPlainText() == secret
    stage.click(stage.find(page, "plan.hide_again"))
    assert not [one for one in page.findChildren(QWidget, "plan.item.during.0.text") if one.isVisible()]


def test_the_texts_go_at_once_when_someone_begins_to_listen(
    stage: Any, office: Office, worker: Actor, case_id: str
) -> None:
    page = opened(stage, worker, case_id)
    stage.click(stage.find(page, "plan.section.during"))
    stage.click(stage.find(page, "plan.suggest.during.exits"))
    stage.qtbot.keyClicks(stage.find(page, "plan.item.during.0.text"), "Back door")
    command = crisis.UpdateCase(case_id=case_id, listener_present=True)
    page._context.tasks.write(page, crisis.update_case, command)
    stage.settle()
    assert "Only headings are shown" in texts(page)
    stage.click(stage.find(page, "plan.reveal"))
    assert stage.find(page, "plan.item.during.0.text").toPlainText() == "Back door", "what was typed is still there"


def test_typing_is_a_draft_and_comes_back(stage: Any, office: Office, worker: Actor, case_id: str) -> None:
    page = opened(stage, worker, case_id)
    choose(stage, page, "plan.copy_choice", "Short wallet copy")
    stage.click(stage.find(page, "plan.section.people"))
    stage.click(stage.find(page, "plan.add.people"))
    stage.qtbot.keyClicks(stage.find(page, "plan.item.people.0.text"), "555-0100 my aunt")
    choose(stage, page, "plan.item.people.0.applies", "Yes")
    page.keep_typing()
    stage.settle()
    assert not office.found(SafetyPlan)

    again = opened(stage, worker, case_id)
    assert stage.find(again, "plan.copy_choice").value() is CopyChoice.WALLET
    stage.click(stage.find(again, "plan.section.people"))
    assert stage.find(again, "plan.item.people.0.text").toPlainText() == "555-0100 my aunt"
    stage.click(stage.find(again, "plan.save"))
    (item,) = office.found(SafetyPlanItem)
    assert (item.text, item.applies) == ("555-0100 my aunt", Tri.YES)


def test_what_is_typed_stays_when_a_colleagues_work_arrives(
    stage: Any, office: Office, worker: Actor, case_id: str
) -> None:
    page = opened(stage, worker, case_id)
    stage.click(stage.find(page, "plan.section.pets"))
    stage.click(stage.find(page, "plan.suggest.pets.care"))
    box = stage.find(page, "plan.item.pets.0.text")
    stage.qtbot.keyClicks(box, "My brother")
    office.do(worker, safety.save_plan, factories.plan(case_id))
    page.refresh()
    stage.settle()
    assert stage.find(page, "plan.item.pets.0.text") is box
    assert box.toPlainText() == "My brother"
    assert "newer version" in "".join(one.text() for one in page.findChildren(Banner) if one.isVisible())


def test_versions_stay_as_they_were_and_can_be_read(stage: Any, office: Office, worker: Actor, case_id: str) -> None:
    old = safety.PlanItem(section=PlanSection.HEALTH, text="Old words")
    first = office.do(worker, safety.save_plan, factories.plan(case_id, items=(old,)))
    page = opened(stage, worker, case_id)
    stage.click(stage.find(page, "plan.section.health"))
    box = stage.find(page, "plan.item.health.0.text")
    assert box.toPlainText() == "Old words", "the next version starts as a copy"
    box.selectAll()
    stage.qtbot.keyClicks(box, "New words")
    stage.click(stage.find(page, "plan.save"))
    stage.click(stage.find(page, "plan.section.versions"))
    stage.click(stage.find(page, "plan.version.1"))
    stage.click(stage.find(page, "plan.section.health"))
    assert stage.find(page, "plan.item.health.0.text").toPlainText() == "Old words"
    assert stage.find(page, "plan.item.health.0.text").isReadOnly()
    assert all(button.isHidden() for button in page.findChildren(QWidget, "plan.save"))
    stage.click(stage.find(page, "plan.back_to_writing"))
    stage.click(stage.find(page, "plan.section.health"))
    assert stage.find(page, "plan.item.health.0.text").toPlainText() == "New words"
    kept = [item.text for item in office.found(SafetyPlanItem) if item.plan_id == first]
    assert kept == ["Old words"]


def test_items_move_come_out_and_sections_are_set_aside(
    stage: Any, office: Office, worker: Actor, case_id: str
) -> None:
    page = opened(stage, worker, case_id)
    stage.click(stage.find(page, "plan.section.leaving"))
    for code in ("money", "bag", "keys"):
        stage.click(stage.find(page, f"plan.suggest.leaving.{code}"))
    stage.click(stage.find(page, "plan.item.leaving.2.up"))
    stage.click(stage.find(page, "plan.item.leaving.0.remove"))
    assert stage.find(page, "plan.suggest.leaving.money"), "what was taken out is offered again"
    stage.click(stage.find(page, "plan.section.device"))
    stage.click(stage.find(page, "plan.hide.device"))
    stage.click(stage.find(page, "plan.save"))
    items = sorted(office.found(SafetyPlanItem), key=lambda item: item.position or 0)
    assert [item.catalogue for item in items] == ["leaving.keys", "leaving.bag"]
    assert office.get(SafetyPlanContent, saved(office).id).hidden_sections == "device"


def test_what_is_taken_out_can_be_put_back(stage: Any, worker: Actor, case_id: str) -> None:
    page = opened(stage, worker, case_id)
    stage.click(stage.find(page, "plan.section.emotional"))
    stage.click(stage.find(page, "plan.suggest.emotional.call"))
    stage.qtbot.keyClicks(stage.find(page, "plan.item.emotional.0.text"), "Ana")
    stage.click(stage.find(page, "plan.item.emotional.0.remove"))
    stage.click(stage.find(page, "plan.put_back"))
    assert stage.find(page, "plan.item.emotional.0.text").toPlainText() == "Ana"


def test_the_checklist_keeps_what_was_touched_and_ones_own_lines(
    stage: Any, office: Office, worker: Actor, case_id: str
) -> None:
    page = opened(stage, worker, case_id)
    stage.click(stage.find(page, "plan.section.documents"))
    stage.click(stage.find(page, "plan.document.passports.copy").focusProxy())
    stage.qtbot.keyClicks(stage.find(page, "plan.document.passports.where"), "At work")
    stage.qtbot.keyClicks(stage.find(page, "plan.document.own"), "The green folder")
    stage.click(stage.find(page, "plan.document.add"))
    stage.click(stage.find(page, "plan.save"))
    lines = {line.item: line for line in office.found(DocumentItem)}
    assert set(lines) == {"passports", "The green folder"}
    assert (lines["passports"].has_copy, lines["passports"].where_kept) == (True, "At work")
    assert not lines["The green folder"].has_original


def test_an_entry_of_the_log_is_added(stage: Any, office: Office, worker: Actor, case_id: str) -> None:
    page = opened(stage, worker, case_id)
    stage.click(stage.find(page, "plan.section.log"))
    stage.click(stage.find(page, "plan.log.add"))
    dialog = page.findChild(LogEntryDialog)
    assert isinstance(dialog, LogEntryDialog)
    stage.click(stage.find(dialog, "plan.log.save"))
    assert "Write what happened" in texts(dialog)
    stage.qtbot.keyClicks(stage.find(dialog, "plan.log.what_happened"), "Twelve calls in an hour")
    stage.qtbot.keyClicks(stage.find(dialog, "plan.log.evidence"), "Screenshot")
    stage.click(stage.find(dialog, "plan.log.save"))
    (entry,) = office.found(IncidentLogEntry)
    assert (entry.what_happened, entry.evidence, entry.at) == (
        "Twelve calls in an hour",
        "Screenshot",
        office.vault.now(),
    )
    assert "Twelve calls in an hour" in texts(page)


def test_something_happened_asks_for_a_review_today(stage: Any, office: Office, worker: Actor, case_id: str) -> None:
    office.do(worker, safety.save_plan, factories.plan(case_id))
    page = opened(stage, worker, case_id)
    stage.click(stage.find(page, "plan.trigger"))
    dialog = stage.find(page, "plan.trigger_dialog")
    choose(stage, dialog, "plan.trigger_dialog.trigger", "Breach of an order")
    stage.click(stage.find(dialog, "plan.trigger_dialog.save"))
    titles = [task.title for task in office.found(Task, Task.kind == TaskKind.PLAN_REVIEW)]
    assert "Review the safety plan now" in titles
    assert "Breach of an order" in stage.find(page, "plan.banner.review").text()


@pytest.mark.parametrize("typed", HOSTILE, ids=["markup", "formula", "direction", "long"])
def test_whatever_is_typed_is_shown_and_stored_as_typed(
    stage: Any, office: Office, worker: Actor, case_id: str, typed: str
) -> None:
    item = safety.PlanItem(section=PlanSection.TECHNOLOGY, text=typed, who_helps=typed[:200])
    office.do(worker, safety.save_plan, factories.plan(case_id, items=(item,), worker_advice=typed))
    page = opened(stage, worker, case_id)
    stage.click(stage.find(page, "plan.section.technology"))
    assert stage.find(page, "plan.item.technology.0.text").toPlainText() == typed
    stage.click(stage.find(page, "plan.section.advice"))
    assert stage.find(page, "plan.worker_advice").toPlainText() == typed
    stage.click(stage.find(page, "plan.save"))
    assert office.get(SafetyPlanContent, saved(office).id).worker_advice == typed
    assert {one.text for one in office.found(SafetyPlanItem)} == {typed}


def test_a_day_that_cannot_be_read_is_not_passed_over(stage: Any, office: Office, worker: Actor, case_id: str) -> None:
    page = opened(stage, worker, case_id)
    stage.click(stage.find(page, "plan.section.orders"))
    stage.click(stage.find(page, "plan.suggest.orders.expiry"))
    day = type_day(stage, page, "plan.item.orders.0.date", "soonish")
    stage.click(stage.find(page, "plan.save"))
    assert not office.found(SafetyPlan)
    assert not day.is_valid()


def test_a_worker_who_is_not_assigned_reads_nothing_to_change(
    stage: Any, office: Office, worker: Actor, case_id: str
) -> None:
    colleague = office.member(Role.VSU, "C. Colleague")
    office.do(worker, safety.save_plan, factories.plan(case_id))
    page = opened(stage, colleague, case_id)
    assert not [one for one in page.findChildren(QWidget, "plan.save") if one.isVisible()]
    with office.vault.read() as session:
        assert session.scalar(select(Case.assigned_to).where(Case.id == case_id)) == worker.member_id


def test_4d_text_keeps_the_language_that_it_was_typed_in(
    stage: Any, office: Office, worker: Actor, case_id: str
) -> None:
    items = tuple(
        safety.PlanItem(section=PlanSection.CHILDREN, text=words, text_language="fr")
        for words in ("Chez ma soeur", "Le mot secret")
    )
    office.do(worker, safety.save_plan, factories.plan(case_id, items=items))
    page = opened(stage, worker, case_id)
    stage.click(stage.find(page, "plan.section.children"))
    assert texts(page).count("Typed in French") == 2
    box = stage.find(page, "plan.item.children.1.text")
    box.selectAll()
    stage.qtbot.keyClicks(box, "The secret word")
    stage.click(stage.find(page, "plan.save"))
    plan_id = saved(office).id
    languages = {item.text: item.text_language for item in office.found(SafetyPlanItem) if item.plan_id == plan_id}
    assert languages == {"Chez ma soeur": "fr", "The secret word": "en"}

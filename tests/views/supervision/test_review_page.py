"""Reviewing a case, pressed for real on a real vault."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.models.crisis import Case
from app.models.vocab import Channel, ReviewOutcome, Role, TaskKind
from app.models.work import Actor
from app.models.work_items import CaseReview, Task
from app.services import crisis, safety
from app.services.crisis import AddSupportNote
from app.services.review import AnswerReview, AskForReview, answer_review, ask_for_review
from app.views.common.draft_keeper import DraftKeeper
from app.views.supervision.assign import AssignDialog
from app.views.supervision.review_page import ReviewPage
from tests import factories
from tests.conftest import Office

HOSTILE = "<img src=x><b>bold</b> =1+1 \u202eright to left 😀 " + "x" * 5000
SECRET = "What only the worker may read"


def texts(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


@pytest.fixture
def case_id(office: Office, worker: Actor) -> str:
    """A case that waits for review, with a contact, a private note and a plan."""
    made = office.do(worker, crisis.open_case, factories.case())
    office.do(worker, crisis.record_contact, factories.contact(made))
    office.do(worker, crisis.add_support_note, AddSupportNote(case_id=made, text=SECRET))
    office.do(worker, safety.save_plan, factories.plan(made))
    office.do(worker, ask_for_review, AskForReview(case_id=made))
    return made


def opened(stage: Any, supervisor: Actor, case_id: str) -> ReviewPage:
    page = ReviewPage(stage.context(supervisor))
    stage.show(page, 1142, 652)
    page.open(case_id=case_id)
    stage.settle()
    return page


def test_facts_by_section_and_never_notes_or_the_content_of_a_plan(
    stage: Any, office: Office, supervisor: Actor, case_id: str
) -> None:
    page = opened(stage, supervisor, case_id)
    said = texts(page)
    assert f"Review of {office.get(Case, case_id).number}" in said
    for expected in ("Dana K.", "1 safe way to make contact", "1 contact recorded", Channel.PHONE.label(), "Version 1"):
        assert expected in said
    assert "Full copy" in said and "Waiting for review" in said
    assert SECRET not in said and "Back stairs" not in said


def test_a_return_needs_words(stage: Any, office: Office, supervisor: Actor, case_id: str) -> None:
    page = opened(stage, supervisor, case_id)
    stage.click(stage.find(page, "review.return"))
    assert "Say what should be corrected." in texts(page)
    assert office.found(CaseReview) == [] and page.give_back.isEnabled()


def test_a_case_goes_back_with_comments_by_section(
    stage: Any, office: Office, supervisor: Actor, worker: Actor, case_id: str
) -> None:
    page = opened(stage, supervisor, case_id)
    stage.qtbot.keyClicks(stage.find(page, "review.comment.needs"), "Please assess housing.")
    stage.find(page, "review.comment.consent").set_value(HOSTILE)
    stage.qtbot.keyClicks(stage.find(page, "review.summary"), "Nearly there.")
    stage.click(stage.find(page, "review.return"))
    (review,) = office.found(CaseReview)
    assert (review.outcome, review.summary) == (ReviewOutcome.RETURNED, "Nearly there.")
    assert review.comments == [
        {"section": "needs", "text": "Please assess housing."},
        {"section": "consent", "text": HOSTILE},
    ]
    assert office.get(Case, case_id).review_state == "returned"
    (task,) = office.found(Task, Task.kind == TaskKind.CORRECTION)
    assert task.owner_id == worker.member_id
    assert stage.went == [("back", {})]

    office.do(worker, answer_review, AnswerReview(review_id=review.id, answer="Housing is assessed now."))
    page.open(case_id=case_id)
    stage.settle()
    said = texts(page)
    assert "Needs and service plan: Please assess housing." in said and HOSTILE in said
    assert "W. Worker answered" in said and "Housing is assessed now." in said
    assert stage.find(page, "review.comment.needs").value() is None


def test_a_case_is_approved(stage: Any, office: Office, supervisor: Actor, case_id: str) -> None:
    page = opened(stage, supervisor, case_id)
    stage.click(stage.find(page, "review.approve"))
    (review,) = office.found(CaseReview)
    assert review.outcome is ReviewOutcome.APPROVED and review.reviewer_id == supervisor.member_id
    assert office.get(Case, case_id).review_state == "approved"
    assert stage.messages.last[0] == "The case is approved."


def test_comments_are_kept_until_they_are_sent(
    stage: Any, office: Office, supervisor: Actor, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DraftKeeper, "EVERY_MS", 1)
    page = opened(stage, supervisor, case_id)
    stage.qtbot.keyClicks(stage.find(page, "review.comment.tasks"), "Who calls?")
    stage.qtbot.keyClick(page, Qt.Key.Key_Escape)
    stage.settle()
    again = opened(stage, supervisor, case_id)
    assert stage.find(again, "review.comment.tasks").value() == "Who calls?"
    stage.click(stage.find(again, "review.return"))
    third = opened(stage, supervisor, case_id)
    assert stage.find(third, "review.comment.tasks").value() is None


def test_typing_stays_when_the_case_changes_meanwhile(
    stage: Any, office: Office, supervisor: Actor, worker: Actor, case_id: str
) -> None:
    page = opened(stage, supervisor, case_id)
    stage.qtbot.keyClicks(stage.find(page, "review.comment.contacts"), "Good call")
    with office.vault.write(worker) as work:
        crisis.record_contact(work, factories.contact(case_id))
        changes = work.commit()
    stage.broadcast.announce(changes)
    stage.settle()
    assert "2 contacts recorded" in texts(page)
    assert stage.find(page, "review.comment.contacts").value() == "Good call"


def test_the_case_is_given_to_another_worker(
    stage: Any, office: Office, supervisor: Actor, worker: Actor, case_id: str
) -> None:
    other = office.member(Role.VSU, "O. Other")
    page = opened(stage, supervisor, case_id)
    stage.click(stage.find(page, "review.assign"))
    (dialog,) = page.findChildren(AssignDialog)
    dialog.worker._choose(dialog.worker.findText("O. Other"))
    stage.click(stage.find(dialog, "review.assign.save"))
    assert office.get(Case, case_id).assigned_to == other.member_id
    assert "O. Other" in texts(page)

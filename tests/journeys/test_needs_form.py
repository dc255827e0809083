"""The needs assessment from the case to the records, with a lock in the middle of a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPlainTextEdit, QWidget
from sqlalchemy import select

from app.models.crisis import Case, NeedAnswer, NeedsAssessment
from app.models.local.tables import Draft
from app.models.vocab import NeedDomain, NeedLevel, SupportLevel
from app.services import crisis
from app.views.crisis.dialogs.assessment import AssessmentDialog
from app.views.entrance.unlock import UnlockStep
from app.views.place import open_dialogs
from tests import factories
from tests.journeys.conftest import PHRASE, Visit

Begin = Callable[[], Visit]


def _shown(name: str) -> QWidget:
    found = [one for one in QApplication.allWidgets() if one.objectName() == name and one.isVisible()]
    assert found, f"there is no visible {name}"
    return found[0]


def _dialog(here: Visit) -> AssessmentDialog:
    def there() -> bool:
        found = open_dialogs()
        return bool(found) and isinstance(found[-1], AssessmentDialog) and found[-1].page is not None

    here.until(there, "the form is there")
    here.settle()
    return cast(AssessmentDialog, open_dialogs()[-1])


def _choose(here: Visit, dialog: AssessmentDialog, path: str, name: str, words: str) -> None:
    assert dialog.page is not None and dialog.page.go_to(path)
    QApplication.processEvents()
    next(one for one in _shown(name).findChildren(QAbstractButton) if one.text() == words).click()
    here.settle()


@pytest.fixture
def at_work(visit: Begin) -> Visit:
    """Inside a vault, in the needs of its only case."""
    here = visit()
    here.enter_new_vault()
    here.do(crisis.open_case, factories.case())
    case_id = here.house.store.read(lambda session: session.scalars(select(Case.id)).first())
    here.go("crisis.case", case_id=case_id, tab="needs")
    here.settle()
    return here


def test_needs_are_assessed_across_a_lock(visit: Begin, at_work: Visit) -> None:
    cast(QAbstractButton, _shown("needs.begin")).click()
    dialog = _dialog(at_work)
    _choose(at_work, dialog, "/data/needs/safety/level", "need.safety", "Urgent")
    assert dialog.page is not None and dialog.page.go_to("/data/needs/safety/note")
    QApplication.processEvents()
    note = cast(QPlainTextEdit, _shown("need.safety.note.1"))
    note.setFocus()
    QTest.keyClicks(note, "He waits at the sch")
    at_work.desktop.lock()

    (command,) = at_work.replaced
    assert command[1] == "--vault"
    there = visit()
    step = cast(UnlockStep, there.find(UnlockStep))
    step.secret.set_value(PHRASE)
    step.submit()
    there.settle()
    there.until(lambda: not there.house.sitting.places.waits, "back where one was")
    dialog = _dialog(there)
    note = cast(QPlainTextEdit, _shown("need.safety.note.1"))
    assert note.toPlainText() == "He waits at the sch"
    QTest.keyClicks(note, "ool")

    _choose(there, dialog, "/data/needs/housing/level", "need.housing", "Urgent")
    dialog.session.set("/data/head/method", "on_scene")
    _choose(there, dialog, "/data/head/listener_present", "assessment.listener_present", "No")
    dialog.accept_button.click()
    there.settle()

    (assessment,) = there.house.store.read(lambda session: session.scalars(select(NeedsAssessment)).all())
    answers = there.house.store.read(lambda session: session.scalars(select(NeedAnswer)).all())
    assert assessment.completed_at is not None and assessment.form_id == "needs_assessment"
    assert assessment.screen_result is SupportLevel.ENHANCED
    assert {(one.domain, one.level, one.note) for one in answers} == {
        (NeedDomain.SAFETY, NeedLevel.URGENT, "He waits at the school"),
        (NeedDomain.HOUSING, NeedLevel.URGENT, None),
    }
    kept = there.house.store.read(lambda session: session.scalars(select(Draft.form)).all())
    assert not [form for form in kept if form.startswith("assessment")]

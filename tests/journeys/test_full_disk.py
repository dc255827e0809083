"""At work while the computer's disk is full: read, print, type, lock and come back; and save once there is room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from sqlalchemy import select

from app.models.local.tables import AuditEntry
from app.models.people import SafeContact
from app.models.vocab import AuditAction
from app.services import crisis
from app.views.common.text import PlainLabel
from app.views.entrance.unlock import UnlockStep
from app.views.place import open_dialogs
from tests import factories
from tests.journeys.conftest import PHRASE, Visit
from tests.vault.test_full_disk import full_disk

Begin = Callable[[], Visit]


@pytest.fixture
def case_id(visit: Begin) -> str:
    """A vault with a case, closed again."""
    here = visit()
    here.enter_new_vault()
    made = here.do(crisis.open_case, factories.case())
    here.desktop.close()
    return str(made)


def shown(name: str) -> Any:
    found = [one for one in QApplication.allWidgets() if one.objectName() == name and one.isVisible()]
    assert found, f"{name} is not shown"
    return found[-1]


def unlocked(visit: Begin) -> Visit:
    here = visit()
    step = cast(UnlockStep, here.find(UnlockStep))
    step.secret.set_value(PHRASE)
    step.submit()
    here.settle()
    here.until(lambda: not here.house.sitting.places.waits, "where one was")
    here.settle()
    return here


def saved(here: Visit) -> list[str | None]:
    found: list[str | None] = here.house.store.read(lambda session: list(session.scalars(select(SafeContact.value))))
    return found


def test_one_reads_prints_types_locks_and_comes_back(visit: Begin, case_id: str) -> None:
    with full_disk():
        here = unlocked(visit)
        assert "disk is full" in here.house.window.standing and here.warned == []
        page = here.go("crisis.case", case_id=case_id, tab="people")
        here.house.context.preview(page, "F-302", record_id=case_id)
        open_dialogs()[-1].accept_button.click()
        desk = here.house.context.preview.__self__
        here.until(lambda: desk.shown is not None, "the page to be printed")
        assert here.warned == [] and desk.shown.pdf.startswith(b"%PDF")
        desk.shown.accept()
        here.settle()
        shown("people.add_contact").click()
        here.settle()
        dialog: Any = open_dialogs()[-1]
        QTest.keyClicks(shown("safe_contact.value"), "555-0199")
        dialog.fill({"safe_to_use": "yes"})
        dialog.accept_button.click()
        here.settle()
        said = [label.text() for label in dialog.findChildren(PlainLabel) if label.isVisible()]
        assert [sentence for sentence in said if "disk is full" in sentence]
        assert dialog.isVisible() and "555-0199" not in saved(here)
        here.desktop.lock()
        there = unlocked(visit)
        assert cast(QLineEdit, shown("safe_contact.value")).text() == "555-0199"
    there.house._room.look()
    there.until(lambda: there.house.window.standing == "", "room again")
    open_dialogs()[-1].accept_button.click()
    there.settle()
    assert "555-0199" in saved(there)
    actions = there.house.store.read(lambda session: list(session.scalars(select(AuditEntry.action))))
    assert actions.count(AuditAction.PRINT) == 1 and actions.count(AuditAction.LOGIN) == 3

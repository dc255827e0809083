"""What is said of cases that were given to others, and what a press does."""

from __future__ import annotations

from typing import Any

import pytest

from app import words
from app.models.local.tables import AuditEntry, LeavingCase, PartedScope
from app.models.vocab import AuditAction, Role, Waits
from app.models.work import Actor
from app.services import crisis
from app.views.crisis.case_list import CasesPage
from app.views.leaving import LetLeaveDialog
from app.views.outbox.page import OutboxPage
from app.views.today.page import TodayPage
from tests import factories
from tests.conftest import Office


def parted(office: Office, case_id: str, kind: str = "case") -> PartedScope:
    return PartedScope(
        scope_id=f"{kind[-2:]}{case_id}"[:32], case_id=case_id, kind=kind, epoch=1, parted_at=office.clock(), told=False
    )


@pytest.mark.parametrize(("page", "name"), [(TodayPage, "today"), (OutboxPage, "outbox"), (CasesPage, "cases")])
def test_what_left_is_said_until_it_was_read(stage: Any, office: Office, page: Any, name: str) -> None:
    shown = page(stage.context(Role.VSU))
    stage.show(shown)
    assert not shown.leaving.isVisible()
    with office.vault.settling() as session:
        session.add_all([parted(office, "ab" * 16), parted(office, "cd" * 16), parted(office, "cd" * 16, "private")])
    shown.refresh()
    stage.settle()
    (said,) = shown.leaving.texts()
    assert said.startswith("2 cases that were given to others were taken off this computer.")
    stage.click(stage.find(shown, f"{name}.left_read"))
    assert shown.leaving.texts() == () and not shown.leaving.isVisible()
    assert all(one.told for one in office.found(PartedScope))


def test_many_at_once_are_looked_at_by_number_before_they_go(stage: Any, office: Office, worker: Actor) -> None:
    cases = [office.do(worker, crisis.open_case, factories.case()) for _ in range(2)]
    with office.vault.settling() as session:
        for case_id in cases:
            session.add(LeavingCase(case_id=case_id, noticed_at=office.clock(), held=True, waits_for=""))
    page = TodayPage(stage.context(worker))
    stage.show(page)
    assert page.leaving.texts()[0].startswith("2 cases were given to others, more than usual at once.")
    stage.click(stage.find(page, "today.let_leave"))
    (dialog,) = page.findChildren(LetLeaveDialog)
    assert dialog.numbers.text().count("VSU-") == 2
    stage.click(stage.find(dialog, "let_leave.cancel"))
    assert all(one.approved_by is None for one in office.found(LeavingCase))
    stage.click(stage.find(page, "today.let_leave"))
    dialog = page.findChildren(LetLeaveDialog)[-1]
    stage.click(stage.find(dialog, "let_leave.accept"))
    assert {one.approved_by for one in office.found(LeavingCase)} == {worker.member_id}
    entered = [one for one in office.found(AuditEntry) if one.action == AuditAction.REVIEW]
    assert {one.record_id for one in entered} == set(cases)
    assert page.leaving.texts() == ()


@pytest.mark.parametrize(
    ("reason", "words_of_it"),
    [
        (Waits.WORK, "Your own work goes to the server first."),
        (Waits.REFUSED, "The server refused some of your work"),
        (Waits.FILES, "The content of your files"),
        (Waits.NEWS, "is not settled yet"),
        (Waits.OTHERS, "has to take over first"),
    ],
)
def test_the_outbox_says_what_a_case_waits_for(stage: Any, office: Office, reason: Waits, words_of_it: str) -> None:
    with office.vault.settling() as session:
        session.add(LeavingCase(case_id="ab" * 16, noticed_at=office.clock(), held=False, waits_for=str(reason)))
    page = OutboxPage(stage.context(Role.VSU))
    stage.show(page)
    (said,) = page.leaving.texts()
    assert said.startswith("1 case that was given to others is still on this computer.") and words_of_it in said


def test_it_speaks_french(stage: Any, office: Office) -> None:
    words.use("fr")
    with office.vault.settling() as session:
        session.add(parted(office, "ab" * 16))
    page = TodayPage(stage.context(Role.VSU))
    stage.show(page)
    assert "a été retiré de cet ordinateur" in page.leaving.texts()[0]

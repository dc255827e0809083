"""Locking from anywhere, coming back, asking again, and several people on one computer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit, QWidget
from sqlalchemy import select

from app import bootstrap
from app.models.crisis import Case
from app.models.local.tables import AuditEntry, Draft
from app.models.vocab import AuditAction, Role
from app.services import crisis
from app.views.common.dialog import ConfirmDialog
from app.views.common.text import PlainLabel
from app.views.confirm import Confirmation, ConfirmPassphrase
from app.views.entrance.unlock import UnlockStep
from app.views.label_dialog import LabelDialog
from app.views.place import open_dialogs
from tests import factories
from tests.journeys.conftest import PHRASE, Visit

Begin = Callable[[], Visit]


@pytest.fixture
def at_work(visit: Begin) -> Iterator[Visit]:
    """Inside a vault with one case, which is open."""
    here = visit()
    here.enter_new_vault()
    here.do(crisis.open_case, factories.case())
    _open_case(here)
    yield here


def _open_case(here: Visit, tab: str = "people") -> QWidget:
    case_id = here.house.store.read(lambda session: session.scalars(select(Case.id)).first())
    return here.go("crisis.case", case_id=case_id, tab=tab)


def _shown(name: str) -> Any:
    found = [one for one in QApplication.allWidgets() if one.objectName() == name and one.isVisible()]
    assert found, f"there is no visible {name}"
    return found[0]


def _visible() -> list[Any]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return [window for window in app.topLevelWindows() if window.isVisible()]


def _again(visit: Begin, here: Visit) -> Visit:
    """The successor of a locked application: unlock, and be led back."""
    (command,) = here.replaced
    there = visit()
    step = cast(UnlockStep, there.find(UnlockStep))
    assert command[1] == "--vault"
    step.secret.set_value(PHRASE)
    step.submit()
    there.settle()
    there.until(lambda: not there.house.sitting.places.waits, "back where one was")
    there.settle()
    return there


def test_the_key_hides_a_dialog_a_menu_and_the_window_at_once(at_work: Visit) -> None:
    _shown("people.add_contact").click()
    at_work.settle()
    dialog = open_dialogs()[-1]
    QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_F12)
    assert _visible() == []
    assert len(at_work.replaced) == 1


def test_the_key_works_from_an_open_menu(at_work: Visit) -> None:
    _shown("case.more").click()
    at_work.settle()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    at_work.until(lambda: menu.windowHandle() is not None, "the menu")
    at_work.house.sitting._idle._look()
    QTest.keyClick(menu.windowHandle(), Qt.Key.Key_F12)
    assert _visible() == []
    assert len(at_work.replaced) == 1


def test_an_answer_that_comes_after_the_key_shows_no_dialog(at_work: Visit) -> None:
    _open_case(at_work, "timeline")
    _shown("case.record_contact").click()  # its form opens only when the people of the case are read
    at_work.desktop.lock()
    QApplication.processEvents()
    assert _visible() == []


def test_what_is_saved_while_locking_is_saved_once_and_not_a_draft(visit: Begin, at_work: Visit) -> None:
    _shown("people.add_contact").click()
    at_work.settle()
    dialog: Any = open_dialogs()[-1]
    line = _shown("safe_contact.value")
    QTest.keyClicks(line, "555-0199")
    dialog.fill({"safe_to_use": "yes"})
    dialog.accept_button.click()
    at_work.desktop.lock()
    there = _again(visit, at_work)
    values = there.house.store.read(
        lambda session: [row.form for row in session.scalars(select(Draft)) if row.form.startswith("safe_contact")]
    )
    assert values == []
    assert open_dialogs() == []


def test_a_form_comes_back_with_its_text_and_cursor(visit: Begin, at_work: Visit) -> None:
    _shown("people.add_contact").click()
    at_work.settle()
    line = cast(QLineEdit, _shown("safe_contact.value"))
    line.setFocus()
    QTest.keyClicks(line, "ask for Dana ")
    line.setSelection(4, 3)
    at_work.desktop.lock()
    there = _again(visit, at_work)
    assert there.said[-1] == "Back where you were."
    line = cast(QLineEdit, _shown("safe_contact.value"))
    assert line.text() == "ask for Dana "
    assert line.selectedText() == "for"
    assert there.house.window.focusWidget() is not None
    assert open_dialogs()[-1].focusWidget() is line


def test_what_was_copied_is_gone_when_the_screen_locks(at_work: Visit, qapp: QApplication) -> None:
    qapp.clipboard().setText("555-0123")
    at_work.desktop.lock()
    assert at_work.replaced, "the process would be replaced now"
    assert qapp.clipboard().text() == ""


def test_a_dialog_without_a_draft_of_its_own_comes_back_too(visit: Begin, at_work: Visit) -> None:
    page = at_work.go("tasks")
    table: Any = page.findChild(QWidget, "tasks.table") or cast(Any, page).table
    table.view.selectRow(0)
    at_work.settle()
    _shown("tasks.done").click()
    at_work.settle()
    note = open_dialogs()[-1].findChildren(QPlainTextEdit)[0]
    note.setFocus()
    QTest.keyClicks(note, "she called back herself")
    at_work.desktop.lock()
    there = _again(visit, at_work)
    assert there.house.window.route == "tasks"
    note = open_dialogs()[-1].findChildren(QPlainTextEdit)[0]
    assert note.toPlainText() == "she called back herself"


def test_an_unfinished_form_waits_on_today_and_is_gone_on_with_or_thrown_away(visit: Begin, at_work: Visit) -> None:
    _shown("people.add_contact").click()
    at_work.settle()
    QTest.keyClicks(_shown("safe_contact.value"), "555")
    open_dialogs()[-1].reject()
    at_work.settle()
    page = at_work.go("today")
    card = page.findChild(QWidget, "today.unfinished")
    assert card is not None and card.isVisible()
    said = " ".join(label.text() for label in card.findChildren(PlainLabel))
    assert "Unfinished: 1" in said and "VSU-" in said and "Dana" not in said
    line: Any = page.findChild(QWidget, "today.draft")
    line._opened()
    at_work.settle()
    at_work.until(open_dialogs, "the form")
    at_work.until(lambda: not at_work.house.sitting.places.waits, "the way back")
    at_work.settle()
    assert _shown("safe_contact.value").text() == "555"
    open_dialogs()[-1].reject()
    at_work.until(lambda: not open_dialogs(), "the form is gone")
    at_work.go("today")
    _shown("today.draft.drop").click()
    asked: list[ConfirmDialog] = []

    def question() -> bool:
        asked[:] = [one for one in open_dialogs() if isinstance(one, ConfirmDialog)]
        return bool(asked)

    at_work.until(question, "the question")
    asked[-1].accept()
    at_work.settle()
    assert not card.isVisible()


def test_an_orderly_end_begins_at_the_first_page(visit: Begin, at_work: Visit) -> None:
    at_work.desktop.close()
    there = visit()
    step = cast(UnlockStep, there.find(UnlockStep))
    step.secret.set_value(PHRASE)
    step.submit()
    there.settle()
    assert there.house.window.route == "today"


def test_nothing_is_written_while_the_windows_are_put_back(visit: Begin, at_work: Visit) -> None:
    _shown("case.listening").click()
    at_work.settle()
    at_work.house.sitting.places.keep_now()
    at_work.settle()
    place = at_work.house.window.place()
    place["dialogs"] = [{"name": "gone:1", "opened_by": {"spot": ["case.listening", 0], "entry": ""}}]
    before = at_work.house.store.read(lambda session: session.scalars(select(Case.listener_present)).one())
    at_work.house.sitting.come_back(place)
    at_work.until(lambda: not at_work.house.sitting.places.waits, "the way back")
    at_work.settle()
    after = at_work.house.store.read(lambda session: session.scalars(select(Case.listener_present)).one())
    assert before is after is True


def test_the_way_back_ends_when_the_windows_are_furnished_anew(at_work: Visit) -> None:
    at_work.house.sitting.come_back(at_work.house.window.place())
    at_work.house.window.language_asked.emit()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # the pages of before
    at_work.until(lambda: not at_work.house.sitting.places.waits, "the way back")
    at_work.settle()
    assert at_work.warned == []
    at_work.house.window.language_asked.emit()
    at_work.settle()


def test_showing_a_hidden_detail_asks_again_after_two_minutes_and_audits(
    at_work: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden: Any = _shown("people.value")
    hidden.reveal()
    at_work.settle()
    assert hidden.is_shown(), "unlocking was just now"
    hidden.conceal()
    now = [10_000.0]
    monkeypatch.setattr(at_work.house.sitting._confirmation, "_clock", lambda: now[0] + 1e9)
    hidden.reveal()
    at_work.settle()
    asked = cast(ConfirmPassphrase, _shown("confirm"))
    assert not hidden.is_shown()
    asked.secret.set_value("not the right words at all")
    asked.accept_button.click()
    at_work.settle()
    assert asked.isVisible() and not hidden.is_shown() and asked.secret.value() == ""
    asked.secret.set_value(PHRASE)
    asked.accept_button.click()
    at_work.settle()
    assert hidden.is_shown()
    found = at_work.house.store.read(
        lambda session: session.scalars(select(AuditEntry).where(AuditEntry.action == AuditAction.REVEAL)).all()
    )
    assert [entry.fields for entry in found] == [["value"], ["value"]]


def _role(here: Visit) -> Role:
    return Role.of(here.house.context.person.role.value)


def test_another_role_asks_again(at_work: Visit) -> None:
    confirmation: Confirmation = at_work.house.sitting._confirmation
    confirmation._confirmed = -1e9
    at_work.house.act_as(Role.SUP)
    assert _role(at_work) is Role.VSU
    asked = cast(ConfirmPassphrase, _shown("confirm"))
    asked.secret.set_value(PHRASE)
    asked.accept_button.click()
    at_work.settle()
    assert _role(at_work) is Role.SUP


def test_a_vault_is_called_as_its_owner_says_and_the_entrance_names_the_service(visit: Begin, at_work: Visit) -> None:
    assert at_work.profile.vaults()[0].label == "Vault 1"
    at_work.house.window.label_asked.emit()
    dialog = cast(LabelDialog, _shown("label"))
    dialog.line.set_value("Night‮ shift " + "x" * 40)
    dialog.accept_button.click()
    (place,) = at_work.profile.vaults()
    assert place.label.startswith("Night shift x") and len(place.label) <= 24
    assert place.service == "Example Service"
    file = place.folder / "label.json"
    assert file.stat().st_mode & 0o077 == 0 and set(json.loads(file.read_text())) == {"label", "service"}
    at_work.desktop.lock()
    there = visit()
    assert _shown("unlock.service").text() == "Example Service"
    assert there.desktop.entrance is not None


def test_switching_people_lands_on_the_list_with_nobody_chosen(visit: Begin, at_work: Visit) -> None:
    at_work.house.window.switch_asked.emit()
    assert at_work.replaced == [["haven", "--choose"]]
    bootstrap.RealDoors(at_work.profile).create("Sam Other-Example", "Example Service", PHRASE).vault.close()
    there = visit()
    step = cast(UnlockStep, there.find(UnlockStep))
    assert step._choice.value() is None
    assert not step.primary.isEnabled()
    own = [place.name for place in there.profile.vaults()]
    QTest.mouseClick(step._choice._buttons[1], Qt.MouseButton.LeftButton)
    assert step._choice.value() == own[1] and step.primary.isEnabled()


def _spoken(window: QWidget) -> list[str]:
    """Everything that a screen reader can be told about a window."""
    said: list[str] = []

    def walk(node: QAccessibleInterface | None, deep: int = 0) -> None:
        if node is None or not node.isValid() or deep > 60:
            return
        said.extend(
            node.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value)
        )
        for number in range(node.childCount()):
            walk(node.child(number), deep + 1)

    walk(QAccessible.queryAccessibleInterface(window))
    return [text for text in said if text]


def test_the_locked_window_tells_a_screen_reader_nothing_of_anyone(visit: Begin, at_work: Visit) -> None:
    inside = " ".join(_spoken(at_work.house.window))
    assert "Dana" in inside, "the walk finds what an open window says"
    at_work.desktop.lock()
    there = visit()
    assert there.desktop.entrance is not None
    said = _spoken(there.desktop.entrance)
    assert "Unlock" in said and "Example Service" in said
    assert not any(name in " ".join(said) for name in ("Dana", "Robin", "VSU-", "5550123"))
    assert {window.title() for window in _visible()} == {"Haven"}


def test_folders_are_closed_to_others(at_work: Visit, tmp_path: Path) -> None:
    home = at_work.profile.home
    for folder in (home, home / "vaults", at_work.house.place.folder):
        assert folder.stat().st_mode & 0o077 == 0, folder


def test_what_never_ends_does_not_keep_keys_in_memory(at_work: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while the process is replaced all the same, and the child that draws is gone."""
    house = at_work.house
    house.renderer.warm()
    replaced = threading.Event()

    def replace(command: list[str]) -> None:
        at_work.replaced.append(command)
        replaced.set()

    monkeypatch.setattr(bootstrap, "replace_process", replace)
    monkeypatch.setattr(at_work.desktop, "LONGEST_LEAVING", 0.05)
    hangs = house.lock
    monkeypatch.setattr(house, "lock", lambda: (replaced.wait(20), hangs())[1])
    at_work.desktop.lock()
    assert len(at_work.replaced) == 2, "by the clock first; in a real process nothing comes after it"
    assert house.renderer.pid is None
    assert _visible() == []


def test_the_demonstration_never_asks_for_a_passphrase_that_nobody_has(visit: Begin, region: Path) -> None:
    here = visit()
    here.desktop.entrance.findChild(UnlockStep).submit()  # type: ignore[union-attr]
    here.settle()
    here.house.sitting._confirmation._confirmed = -1e9
    here.house.act_as(Role.SUP)
    here.settle()
    assert _role(here) is Role.SUP

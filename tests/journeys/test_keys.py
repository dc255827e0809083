"""Keys and recovery through the windows: the proof before anything else, two sheets at the entrance, and the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from PySide6.QtCore import QObject
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QWidget

from app.bootstrap import RealDoors
from app.models.local.tables import AuditEntry
from app.vault import keystore, shares, slots
from app.vault.vault import open_vault
from app.views.common.banner import Banner
from app.views.common.field import Field
from app.views.common.recovery_entry import RecoveryEntry
from app.views.common.recovery_proof import RecoveryProof
from app.views.entrance.recover import RecoverStep
from app.views.entrance.recovery_key import RecoveryKeyStep
from app.views.entrance.unlock import UnlockStep
from app.views.keys.passphrase_section import ChangePassphraseDialog
from app.views.keys.recovery_section import NewRecoveryDialog, PractiseDialog, SheetsDialog
from app.views.preview.window import PreviewWindow
from tests.journeys.conftest import PHRASE, Visit

OTHER = "another seven herons over a lake"
Kind = TypeVar("Kind", bound=QObject)


def made(visit: Callable[[], Visit]) -> tuple[Visit, str]:
    """A person with a vault whose recovery key they kept, inside; and that key."""
    here = visit()
    opened = RealDoors(here.profile).create("Robin Example", "Example Service", PHRASE)
    opened.keys.keep_recovery(opened.recovery_key)
    here.desktop.enter(opened)
    here.settle()
    assert opened.recovery_key is not None
    return here, opened.recovery_key


def two_sheets(key: str) -> tuple[str, str]:
    first, _, third = shares.split(shares.recovery_key(key))
    return third, first


def shown(kind: type[Kind]) -> Kind:
    """The one visible widget of a kind, in whatever window."""
    found = [one for top in QApplication.topLevelWidgets() for one in (*top.findChildren(kind), top)]
    seen = [one for one in found if isinstance(one, kind) and isinstance(one, QWidget) and one.isVisible()]
    assert seen, f"no {kind.__name__} is shown"
    return cast(Kind, seen[0])


def press(page: QWidget, name: str) -> None:
    button = cast(QAbstractButton, page.findChild(QAbstractButton, name))
    assert button.isEnabled() and button.isVisible(), name
    button.click()
    QApplication.processEvents()


def type_recovery(entry: RecoveryEntry, value: str | tuple[str, str]) -> None:
    """As a person does: choose what they have, then type."""
    buttons = entry.way.findChildren(QAbstractButton)
    buttons[0 if isinstance(value, str) else 1].click()
    if isinstance(value, str):
        entry.key.set_value(value)
        return
    entry.sheets.first.set_value(value[0])
    entry.sheets.second.set_value(value[1])


def errors(widget: QWidget) -> str:
    return " ".join(field.error() for field in widget.findChildren(Field))


def audited(here: Visit) -> list[tuple[str, str]]:
    """Actions and reasons of the audit trail."""
    with here.house.vault.read() as session:
        return [(entry.action, entry.reason) for entry in session.query(AuditEntry).order_by(AuditEntry.seq)]


# --- the entrance ---


def test_a_window_closed_before_the_proof_leads_to_a_new_key(visit: Callable[[], Visit]) -> None:
    here = visit()
    opened = RealDoors(here.profile).create("Robin Example", "Example Service", PHRASE)
    opened.vault.close()
    step = cast(UnlockStep, visit().find(UnlockStep))
    again = visit()
    step = cast(UnlockStep, again.find(UnlockStep))
    step.secret.set_value(PHRASE)
    step.submit()
    again.settle()
    proving = cast(RecoveryKeyStep, again.find(RecoveryKeyStep))
    assert any("here is a new one" in banner.text() for banner in proving.findChildren(Banner) if banner.isVisible())
    assert proving.key_text != opened.recovery_key
    for place, edit in zip(proving.proof.asked, proving.proof.proofs, strict=True):
        edit.set_value(proving.proof.groups[place])
    proving.primary.click()
    again.settle()
    assert again.desktop.house is not None
    again.house.vault.drill(proving.key_text)
    file = slots.read(opened.place.folder)
    assert slots.open_with_recovery(file, shares.recovery_key(opened.recovery_key or "")) is None


def test_the_proof_may_be_two_printed_sheets(visit: Callable[[], Visit]) -> None:
    here = visit()
    opened = RealDoors(here.profile).create("Robin Example", "Example Service", PHRASE)
    assert here.desktop.entrance is not None
    here.desktop.entrance._finish(opened)
    step = cast(RecoveryKeyStep, here.find(RecoveryKeyStep))
    press(step, "recovery.sheets")
    here.settle()
    window = shown(PreviewWindow)
    text = words_of(window.pdf)
    assert window.document.pageCount() == 3 and "Sheet" in text
    window.accept()
    step.proof._way.findChildren(QAbstractButton)[1].click()
    first, second = two_sheets(step.key_text)
    step.proof.sheets.first.set_value(first)
    step.proof.sheets.second.set_value(first)
    step.primary.click()
    here.settle()
    assert here.desktop.house is None
    assert any("same sheet twice" in banner.text() for banner in step.findChildren(Banner) if banner.isVisible())
    step.proof.sheets.second.set_value(second)
    step.primary.click()
    here.settle()
    assert here.house.vault.recovery_proven


def words_of(pdf: bytes) -> str:
    """The text of every page."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice

    document, buffer = QPdfDocument(), QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document.load(buffer)
    text = " ".join(document.getAllText(page).text() for page in range(document.pageCount()))
    document.close()
    return text


def test_two_sheets_open_with_a_new_passphrase_and_the_owner_is_told_at_the_next_unlock(
    visit: Callable[[], Visit],
) -> None:
    first, key = made(visit)
    first.desktop.close()
    here = visit()
    assert here.desktop.entrance is not None
    here.desktop.entrance.show_recover(here.profile.vaults()[0])
    step = cast(RecoverStep, here.find(RecoverStep))
    type_recovery(step.entry, (two_sheets(key)[0], "abcd efgh"))
    for edit in (step.passphrase.first, step.passphrase.second):
        edit.set_value(OTHER)
    step.submit()
    here.settle()
    assert "is not one of the words" in errors(step) and here.desktop.house is None
    type_recovery(step.entry, two_sheets(key))
    step.submit()
    here.settle()
    assert ("keys", "opened with the recovery key") in audited(here)
    assert not any("with the recovery key on" in said for said in here.said)
    here.desktop.close()
    owner = visit()
    unlock = cast(UnlockStep, owner.find(UnlockStep))
    unlock.secret.set_value(OTHER)
    unlock.submit()
    owner.settle()
    assert any("with the recovery key on" in said for said in owner.said)
    owner.desktop.close()
    later = visit()
    unlock = cast(UnlockStep, later.find(UnlockStep))
    unlock.secret.set_value(OTHER)
    unlock.submit()
    later.settle()
    assert not any("with the recovery key on" in said for said in later.said), "once is enough"


def test_a_weak_new_passphrase_is_said_before_the_vault_is_opened(visit: Callable[[], Visit]) -> None:
    first, key = made(visit)
    folder = first.house.place.folder
    first.desktop.close()
    here = visit()
    assert here.desktop.entrance is not None
    here.desktop.entrance.show_recover(here.profile.vaults()[0])
    step = cast(RecoverStep, here.find(RecoverStep))
    type_recovery(step.entry, key)
    for edit in (step.passphrase.first, step.passphrase.second):
        edit.set_value("to be or not to be")
    step.submit()
    here.settle()
    assert "Many people use" in errors(step)
    with open_vault(folder, PHRASE) as vault:
        assert vault.recovery_to_tell() is None


# --- the page ---


def test_practising_is_noted_and_its_failure_said_at_the_field(visit: Callable[[], Visit]) -> None:
    here, key = made(visit)
    page = here.go("keys")
    assert any("never practised" in banner.text() for banner in page.findChildren(Banner) if banner.isVisible())
    press(page, "keys.practise")
    dialog = shown(PractiseDialog)
    dialog.accept_button.click()
    assert "Please type the recovery key" in errors(dialog)
    type_recovery(dialog.entry, here.house.vault.fresh_recovery())
    dialog.accept_button.click()
    here.settle()
    assert "another vault" in errors(dialog) and dialog.isVisible()
    type_recovery(dialog.entry, two_sheets(key))
    dialog.accept_button.click()
    here.settle()
    assert "It opens." in here.said[-1]
    assert not any("never practised" in banner.text() for banner in page.findChildren(Banner) if banner.isVisible())
    assert here.house.vault.keys_state().drill[1] == "shares"


def test_the_passphrase_is_changed_and_what_is_wrong_is_said_where_it_was_typed(visit: Callable[[], Visit]) -> None:
    here, _ = made(visit)
    page = here.go("keys")
    press(page, "keys.change_passphrase")
    dialog = shown(ChangePassphraseDialog)
    dialog.old.set_value("not the right words at all")
    for edit in (dialog.new.first, dialog.new.second):
        edit.set_value(OTHER)
    dialog.accept_button.click()
    here.settle()
    assert "does not open" in dialog.old_field.error()
    dialog.old.set_value(PHRASE)
    for edit in (dialog.new.first, dialog.new.second):
        edit.set_value("to be or not to be")
    dialog.accept_button.click()
    here.settle()
    assert "Many people use" in errors(dialog.new)
    for edit in (dialog.new.first, dialog.new.second):
        edit.set_value(OTHER)
    dialog.accept_button.click()
    here.settle()
    assert ("keys", "passphrase changed") in audited(here)
    folder = here.house.place.folder
    here.desktop.close()
    open_vault(folder, OTHER).close()


def test_a_new_recovery_key_counts_once_it_was_proven(visit: Callable[[], Visit]) -> None:
    here, key = made(visit)
    vault = here.house.vault
    page = here.go("keys")

    def confirmed() -> NewRecoveryDialog:
        press(page, "keys.new_recovery")
        asking = next(one for one in page.findChildren(QDialog) if one.isVisible())
        asking.secret.set_value(PHRASE)  # type: ignore[attr-defined]
        asking.accept_button.click()  # type: ignore[attr-defined]
        here.settle()
        return shown(NewRecoveryDialog)

    confirmed().reject()
    here.settle()
    vault.drill(key)
    dialog = confirmed()
    proof: RecoveryProof = dialog.proof
    fresh = "-".join(proof.groups)
    dialog.accept_button.click()
    here.settle()
    assert "not this group" in errors(proof)
    for place, edit in zip(proof.asked, proof.proofs, strict=True):
        edit.set_value(proof.groups[place])
    dialog.accept_button.click()
    here.settle()
    vault.drill(fresh)
    file = slots.read(here.house.place.folder)
    assert slots.open_with_recovery(file, shares.recovery_key(key)) is None
    assert ("keys", "recovery key kept") in audited(here)


@pytest.mark.parametrize("named", [False, True])
def test_the_sheets_are_printed_from_the_key_and_noted_when_they_leave(
    visit: Callable[[], Visit], named: bool, tmp_path: Path
) -> None:
    here, key = made(visit)
    page = here.go("keys")
    press(page, "keys.sheets")
    dialog = shown(SheetsDialog)
    type_recovery(dialog.entry, key)
    dialog.named.set_value(named)
    dialog.accept_button.click()
    here.settle()
    window = shown(PreviewWindow)
    text = words_of(window.pdf)
    assert ("Robin Example" in text) is named
    assert key.split("-")[0] not in text
    vault_id = here.house.vault.vault_id.upper()
    assert f"{vault_id[:4]}-{vault_id[4:8]}" in text
    window._leaving(True, lambda: window.write_to(tmp_path / "page.pdf"))
    here.settle()
    assert (tmp_path / "page.pdf").read_bytes() == window.pdf
    assert ("export", "recovery sheets") in audited(here)
    window.accept()


def test_without_a_keystore_the_half_says_so_and_changes_nothing(
    visit: Callable[[], Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keystore, "_backend", lambda: None)
    here, key = made(visit)
    page = here.go("keys")
    button = cast(Any, page.findChild(QAbstractButton, "keys.keystore"))
    assert not button.isEnabled(), "practise first"
    here.house.context.keys.practise(key)
    cast(Any, page).refresh()
    here.settle()
    press(page, "keys.keystore")
    dialog = cast(Any, next(one for one in page.findChildren(QDialog) if one.isVisible()))
    dialog.secret.set_value(PHRASE)
    dialog.accept_button.click()
    here.settle()
    assert any("no keystore" in banner.text() for banner in dialog.findChildren(Banner) if banner.isVisible())
    assert not here.house.vault.keys_state().bound
    dialog.reject()

"""From the first start to an open window, and back to a locked one."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from shiboken6 import isValid

from app.vault import backup
from app.views.common.field import Field
from app.views.entrance.create import CreateStep
from app.views.entrance.enrol import EnrolStep
from app.views.entrance.recover import RecoverStep
from app.views.entrance.recovery_key import RecoveryKeyStep
from app.views.entrance.unlock import UnlockStep
from app.views.entrance.welcome import WelcomeStep
from tests.journeys.conftest import Visit

PHRASE = "seven quiet herons above the pond"


def _is_inside(visit: Visit) -> bool:
    return visit.desktop.house is not None


def _make_vault(visit: Visit) -> str:
    """Through the windows: welcome, create, recovery key. Returns the recovery key."""
    welcome = cast(WelcomeStep, visit.find(WelcomeStep))
    welcome.start_here.click()
    create = cast(CreateStep, visit.find(CreateStep))
    create.name.set_value("Robin Example")
    create.service.set_value("Example Service")
    create.passphrase.first.set_value(PHRASE)
    create.passphrase.second.set_value(PHRASE)
    create.primary.click()
    visit.settle()
    shown = cast(RecoveryKeyStep, visit.find(RecoveryKeyStep))
    proof = shown.proof
    for edit in proof.proofs:
        edit.set_value("wrong")
    shown.primary.click()
    visit.settle()
    assert not _is_inside(visit), "the key must be proven before the window opens"
    for place, edit in zip(proof.asked, proof.proofs, strict=True):
        edit.set_value(proof.groups[place].lower())
    shown.primary.click()
    visit.settle()
    assert _is_inside(visit)
    return shown.key_text


def test_a_first_start_leads_to_an_open_window(visit: Callable[[], Visit]) -> None:
    here = visit()
    _make_vault(here)
    assert here.desktop.house is not None
    assert here.desktop.house.window.route == "today"
    assert here.desktop.house.window.isVisible()


def test_the_entrance_is_taken_apart_by_qt_when_one_is_inside(visit: Callable[[], Visit]) -> None:
    here = visit()
    entrance = here.desktop.entrance
    _make_vault(here)
    here.until(lambda: not isValid(entrance), "the entrance is deleted, though somebody still names it")


def test_locking_hides_closes_and_replaces_the_process(visit: Callable[[], Visit]) -> None:
    here = visit()
    _make_vault(here)
    house = here.desktop.house
    assert house is not None
    house.window.lock_asked.emit()
    assert not house.window.isVisible()
    assert here.desktop.house is None
    assert here.replaced == [["haven", "--vault", house.place.name, "--waiting", "0"]]


def test_a_wrong_passphrase_is_said_and_the_right_one_opens(visit: Callable[[], Visit]) -> None:
    first = visit()
    _make_vault(first)
    first.desktop.close()
    here = visit()
    step = cast(UnlockStep, here.find(UnlockStep))
    step.secret.set_value("not the right words at all")
    step.submit()
    here.settle()
    assert step.problem.isVisible()
    assert "passphrase" in step.problem.text().lower()
    assert step.secret.value() == "", "what was typed is forgotten"
    assert here.desktop.house is None
    step.secret.set_value(PHRASE)
    step.submit()
    here.settle()
    assert here.desktop.house is not None


def test_the_recovery_key_opens_with_a_new_passphrase(visit: Callable[[], Visit]) -> None:
    first = visit()
    key = _make_vault(first)
    first.desktop.close()
    here = visit()
    assert here.desktop.entrance is not None
    here.desktop.entrance.show_recover(here.profile.vaults()[0])
    step = cast(RecoverStep, here.find(RecoverStep))
    step.entry.key.set_value(key)
    step.passphrase.first.set_value("another seven herons over a lake")
    step.passphrase.second.set_value("another seven herons over a lake")
    step.submit()
    here.settle()
    assert here.desktop.house is not None


def test_weak_and_unlike_passphrases_are_refused_at_their_field(visit: Callable[[], Visit]) -> None:
    here = visit()
    cast(WelcomeStep, here.find(WelcomeStep)).start_here.click()
    step = cast(CreateStep, here.find(CreateStep))
    step.submit()
    errors = [field.error() for field in step.findChildren(Field) if field.error()]
    assert any("15 characters" in error for error in errors)
    assert any("your name" in error for error in errors)
    step.name.set_value("Robin Example")
    step.service.set_value("Example Service")
    step.passphrase.first.set_value(PHRASE)
    step.passphrase.second.set_value(PHRASE + "s")
    step.submit()
    assert any("not the same" in field.error() for field in step.findChildren(Field))
    assert here.profile.vaults() == ()


def test_enrolling_without_a_server_says_so_and_leaves_nothing(visit: Callable[[], Visit]) -> None:
    here = visit()
    cast(WelcomeStep, here.find(WelcomeStep)).join.click()
    step = cast(EnrolStep, here.find(EnrolStep))
    step.address.set_value("http://127.0.0.1:9")
    step.code.set_value("ABCD-EFGH")
    step.passphrase.first.set_value(PHRASE)
    step.passphrase.second.set_value(PHRASE)
    step.submit()
    here.settle()
    assert step.problem.isVisible()
    assert step.problem.text().endswith(".")
    assert step.code.value() == "ABCD-EFGH", "nothing typed is lost"
    assert here.profile.vaults() == ()


def test_a_backup_is_made_once_a_day(visit: Callable[[], Visit]) -> None:
    here = visit()
    _make_vault(here)
    house = here.desktop.house
    assert house is not None
    assert backup.listed(house.vault.folder) == []
    for _ in range(2):
        house.back_up_daily()
        here.settle()
    assert len(backup.listed(house.vault.folder)) == 1

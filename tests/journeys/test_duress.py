"""Being forced: the second passphrase through the windows, what the screen shows then, and what one reads later."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit
from sqlalchemy import select

from app.models.crisis import Case, ServiceRequest
from app.models.people import Person
from app.queries import clients, flags
from app.services import crisis
from app.vault import pace, reducing, state
from app.views.common.dialog import Dialog
from app.views.common.nav import NavigationRail
from app.views.entrance.unlock import UnlockStep
from app.views.keys.duress_section import ClearDialog, DuressSection, SetDialog, TryDialog
from app.views.keys.page import KeysPage
from app.views.today.page import TodayPage
from tests import factories
from tests.journeys.conftest import PHRASE, Visit

SECOND = "another row of tall sunflowers"
TELLING = ("duress", "forced", "reduced", "second passphrase")


def _unlock(visit: Callable[[], Visit], phrase: str) -> Visit:
    here = visit()
    step = cast(UnlockStep, here.find(UnlockStep))
    step.secret.set_value(phrase)
    step.submit()
    here.settle()
    assert here.desktop.house is not None, step.problem.text()
    return here


def _press(here: Visit, name: str) -> None:
    cast(QAbstractButton, here.find(QAbstractButton, name)).click()
    here.settle()


def _leave(here: Visit) -> None:
    here.desktop.close()


def _dialog(kind: type[Dialog]) -> Any:
    found = [one for one in QApplication.allWidgets() if isinstance(one, kind) and one.isVisible()]
    assert found, f"no {kind.__name__} is open"
    return found[0]


def _set(here: Visit, own: str = PHRASE, second: str = SECOND) -> SetDialog:
    here.go("keys")
    _press(here, "keys.duress.set")
    dialog: SetDialog = _dialog(SetDialog)
    dialog.own.set_value(own)
    dialog.new.first.set_value(second)
    dialog.new.second.set_value(second)
    dialog.accept_button.click()
    here.settle()
    return dialog


@pytest.fixture
def forced(visit: Callable[[], Visit]) -> Callable[[str], Visit]:
    """A vault with a case and a second passphrase; called with a passphrase, it opens what that opens."""
    here = visit()
    here.enter_new_vault()
    here.do(crisis.open_case, factories.case())
    _set(here)
    _leave(here)
    return lambda phrase: _unlock(visit, phrase)


def _shown(here: Visit) -> list[str]:
    window = here.house.window
    widgets = [*window.findChildren(QLabel), *window.findChildren(QAbstractButton), *window.findChildren(QLineEdit)]
    return [widget.text() for widget in widgets if widget.isVisible()]


_NAMES = (Person.legal_first, Person.legal_last, Person.preferred_name)


def _everybody(session: Any) -> dict[str, clients.Who]:
    return clients.who(session, session.scalars(select(Person.id)).all(), date(2026, 11, 26))


def _rail(here: Visit) -> list[str]:
    return [button.text() for button in here.find(NavigationRail).findChildren(QAbstractButton) if button.isVisible()]


def test_the_same_places_and_nothing_that_tells(forced: Callable[[str], Visit]) -> None:
    real = forced(PHRASE)
    places = _rail(real)
    (known,) = real.house.store.read(lambda session: session.execute(select(*_NAMES)).all())
    names = [name for name in known if name]
    who = real.house.store.read(_everybody)
    real.go("crisis.case", case_id=real.house.store.read(lambda session: session.scalars(select(Case.id)).one()))
    assert all(any(name in text for text in _shown(real)) for name in names), "the vault itself shows them"
    _leave(real)
    here = forced(SECOND)
    assert here.house.vault.is_reduced
    assert _rail(here) == places and here.house.window.route == "today"
    case_id = here.house.store.read(lambda session: session.scalars(select(Case.id)).one())
    for page in here.house.window.offered():
        here.go(page.route)
        if page.route != "keys":
            assert not [text for text in _shown(here) if any(word in text.lower() for word in TELLING)]
    here.go("crisis.case", case_id=case_id)
    assert here.house.store.read(_everybody) == who and len(who) == 1
    assert not [text for text in _shown(here) if any(name in text for name in names)]
    assert here.warned == []
    _leave(here)


def test_work_goes_on_and_comes_back(forced: Callable[[str], Visit]) -> None:
    here = forced(SECOND)
    here.do(crisis.raise_request, factories.request())
    here.house.back_up_daily()
    here.settle()
    assert here.warned == []
    _leave(here)
    again = forced(SECOND)
    assert len(again.house.store.read(lambda session: session.scalars(select(ServiceRequest)).all())) == 1
    _leave(again)
    real = forced(PHRASE)
    assert real.house.store.read(lambda session: session.scalars(select(ServiceRequest)).all()) == []
    page = cast(TodayPage, real.go("today"))
    said = " ".join(page.alerts.texts())
    assert "used 2 times on this computer" in said and "nobody else was told" in said
    assert "written in the reduced workspace" in said
    _press(real, "today.own_use")
    assert "used 2 times" not in " ".join(page.alerts.texts())
    _press(real, "today.aside")
    assert real.house.window.route == "keys"
    _press(real, "keys.take_over")
    assert any("taken over" in sentence for sentence in real.said)
    assert len(real.house.store.read(lambda session: session.scalars(select(ServiceRequest)).all())) == 1
    _leave(real)


def test_setting_it_needs_ones_own_passphrase_and_another_one(visit: Callable[[], Visit]) -> None:
    here = visit()
    here.enter_new_vault()
    dialog = _set(here, own="not the right words at all")
    assert "does not open" in dialog.own_field.error() and dialog.isVisible()
    dialog.own.set_value(PHRASE)
    dialog.new.first.set_value(PHRASE)
    dialog.new.second.set_value(PHRASE)
    dialog.accept_button.click()
    here.settle()
    assert dialog.isVisible() and not here.house.vault.duress_set
    dialog.cancel_button.click()
    here.settle()
    _leave(here)


def test_trying_and_removing_it(forced: Callable[[str], Visit]) -> None:
    here = forced(PHRASE)
    here.go("keys")
    for typed, said in ((PHRASE, "This is not your second"), (SECOND, "This is your second")):
        _press(here, "keys.duress.try")
        dialog = _dialog(TryDialog)
        dialog.typed.set_value(typed)
        dialog.accept_button.click()
        here.settle()
        assert said in here.said[-1]
    _press(here, "keys.duress.clear")
    gone = _dialog(ClearDialog)
    gone.own.set_value(PHRASE)
    gone.accept_button.click()
    here.settle()
    assert not here.house.vault.duress_set
    assert here.house.store.read(flags.own_uses) == flags.OwnUses()
    _leave(here)


def test_from_the_workspace_nothing_can_be_set(forced: Callable[[str], Visit]) -> None:
    here = forced(SECOND)
    dialog = _set(here, own=SECOND, second="a grey barn beside the river")
    assert dialog.isVisible(), "it is refused as a full disk would be"
    dialog.cancel_button.click()
    here.settle()
    assert isinstance(here.house.window.page("keys"), KeysPage)
    assert here.house.window.page("keys").findChildren(DuressSection)
    _leave(here)
    _leave(forced(PHRASE))


def test_the_workspace_takes_as_long_to_come_up_as_the_vault(
    forced: Callable[[str], Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = forced(PHRASE)
    with here.house.vault.read() as session:
        (measured,) = pace.parsed(state.get(session, state.PACE))
    assert measured.unlock_ms > 0 and measured.window_ms > 0
    with here.house.vault.settling() as session:
        state.put(session, state.PACE, None)
    pace.note(here.house.vault, pace.Opening(15_000, 4_000))
    reducing.look(here.house.vault)
    _leave(here)
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    there = forced(SECOND)
    assert there.house.vault.is_reduced
    assert 10 < max(waited) < 19, "the rest of what the vault would take"
    with there.house.vault.read() as session:
        assert len(pace.parsed(state.get(session, state.OWN_PACE))) == 1
    _leave(there)

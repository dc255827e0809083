"""Enrolling at an agency that asks for its own account: through the window, with a real server and a real provider."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from app import bootstrap
from app.sync.server import members
from app.sync.server.provider import ProviderSettings
from app.vault import identity
from app.views.entrance.enrol import EnrolStep
from app.views.entrance.recovery_key import RecoveryKeyStep
from app.views.entrance.welcome import WelcomeStep
from tests.journeys.conftest import Visit
from tests.sync.provider import CLIENT, Provider, browser, running
from tests.sync.server.harness import Server, new_server

PHRASE = "seven quiet herons above the pond"


class Place:
    """An agency with a server, a provider, and one code."""

    def __init__(self, server: Server, provider: Provider, *, asks: bool) -> None:
        self.server, self.provider = server, provider
        agency = server.add_agency(recovery=identity.new_kem(os.urandom).public)
        person = server.add_person(agency, "Wanda Worker", ("VSU",), ("staff",))
        self.code = server.code(agency, person, 600)
        if asks:
            with server.parts.store.writing() as connection:
                members.set_provider(connection, agency, ProviderSettings(provider.issuer, CLIENT))
                members.set_account(connection, agency, person, "wanda@example.org")

    def fill(self, visit: Visit) -> EnrolStep:
        """Everything typed in the window."""
        cast(WelcomeStep, visit.find(WelcomeStep)).join.click()
        step = cast(EnrolStep, visit.find(EnrolStep))
        step.address.set_value(f"http://127.0.0.1:{self.server.port}")
        step.code.set_value(self.code)
        step.passphrase.first.set_value(PHRASE)
        step.passphrase.second.set_value(PHRASE)
        return step


Make = Callable[..., Place]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Make]:
    """Makes the agency."""
    with running() as provider:
        server = new_server(tmp_path / "server")
        yield lambda asks=True: Place(server, provider, asks=asks)
        server.stop()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses at which the browser was opened; somebody is signed in there already."""
    seen: list[str] = []

    def open_it(address: str) -> bool:
        seen.append(address)
        return browser(address)

    monkeypatch.setattr(bootstrap.RealDoors.__init__, "__defaults__", (open_it,))
    return seen


def test_the_window_says_what_the_agency_asks_and_signs_in(
    visit: Callable[[], Visit], place: Make, opened: list[str]
) -> None:
    here, made = visit(), place()
    step = made.fill(here)
    assert step.primary.text() == "Enrol" and not step.notice.isVisible()
    step.primary.click()
    here.settle()
    assert step.notice.isVisible() and "sign in with your agency's account" in step.notice.text()
    assert step.primary.text() == "Sign in with your agency's account" and step.primary.isEnabled()
    assert opened == [] and here.profile.vaults() == (), "nothing happens before the person says so"
    step.primary.click()
    here.settle()
    assert len(opened) == 1 and opened[0].startswith(f"{made.provider.issuer}/auth?")
    cast(RecoveryKeyStep, here.find(RecoveryKeyStep))
    assert len(here.profile.vaults()) == 1


def test_another_person_is_told_so_and_may_try_again(
    visit: Callable[[], Visit], place: Make, opened: list[str]
) -> None:
    here, made = visit(), place()
    made.provider.claims["email"] = "somebody@example.org"
    step = made.fill(here)
    for _ in range(2):
        step.primary.click()
        here.settle()
    assert "somebody else than the person whose code this is" in step.problem.text()
    assert here.profile.vaults() == () and step.primary.text() == "Sign in with your agency's account"
    made.provider.claims["email"] = "wanda@example.org"
    step.primary.click()
    here.settle()
    cast(RecoveryKeyStep, here.find(RecoveryKeyStep))
    assert len(opened) == 2


def test_going_back_waits_for_no_browser(
    visit: Callable[[], Visit], place: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[str] = []

    def never_comes_back(address: str) -> bool:
        waiting.append(address)
        return True

    monkeypatch.setattr(bootstrap.RealDoors.__init__, "__defaults__", (never_comes_back,))
    here, made = visit(), place()
    step = made.fill(here)
    step.primary.click()
    here.settle()
    step.primary.click()
    here.until(lambda: bool(waiting), "the browser")
    assert step.primary.text() == "Waiting for your browser…" and not step.primary.isEnabled()
    step._leave()
    here.settle()
    assert here.profile.vaults() == ()
    assert cast(WelcomeStep, here.find(WelcomeStep)).join.isVisible()


def test_an_agency_that_asks_for_nothing_enrols_at_once(
    visit: Callable[[], Visit], place: Make, opened: list[str]
) -> None:
    here, made = visit(), place(asks=False)
    step = made.fill(here)
    step.primary.click()
    here.settle()
    cast(RecoveryKeyStep, here.find(RecoveryKeyStep))
    assert opened == []

"""A laptop that had no contact for too long: what its owner reads, what stays, and how it opens again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from app import bootstrap
from app.errors import EnvironmentProblem
from app.sync.server.serving import Listening
from app.vault import identity, lease
from app.vault.vault import Vault, open_vault
from app.views.entrance.unlock import UnlockStep
from tests.journeys.conftest import PHRASE, Visit
from tests.sync.server import harness
from tests.sync.server.harness import Server, new_server

Start = Callable[[], Visit]


def is_inside(here: Visit) -> bool:
    """Whether a vault is open."""
    return here.desktop.house is not None


class Away:
    """An officer's laptop, its server, and how long they have not heard of each other."""

    def __init__(self, visit: Start, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        self.visit, self.server = visit, server
        agency = server.add_agency(recovery=identity.new_kem(os.urandom).public)
        code = server.code(agency, server.add_person(agency, "Robin Example", ("VSU",), ("unit", "staff")))
        here = visit()
        opened = bootstrap.RealDoors(here.profile).enrol(f"http://127.0.0.1:{server.port}", code, PHRASE)
        self.recovery_key = str(opened.recovery_key)
        opened.keys.keep_recovery(opened.recovery_key)
        opened.vault.close()
        (self.place,) = here.profile.vaults()
        port = server.port
        monkeypatch.setattr(harness, "Listening", lambda host, _port: Listening(host, port))
        server.stop()

    def stay_away(self, vault: Vault, **by: float) -> None:
        """As if the last contact had been so long ago."""
        then = lease.in_ms(vault.now() - timedelta(**by))
        with vault.settling() as session:
            lease.keep(session, lease.began(then, then))

    def unlock(self) -> tuple[Visit, UnlockStep]:
        """Start Haven and type the passphrase."""
        here = self.visit()
        step = cast(UnlockStep, here.find(UnlockStep))
        step.secret.set_value(PHRASE)
        step.submit()
        here.settle()
        return here, step


@pytest.fixture
def away(visit: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Away]:
    server = new_server(tmp_path / "server")
    try:
        yield Away(visit, server, monkeypatch)
    finally:
        server.stop()


def test_it_stays_locked_without_the_server_and_opens_with_it(away: Away) -> None:
    with open_vault(away.place.folder, PHRASE) as vault:
        away.stay_away(vault, days=8)
    here, step = away.unlock()
    assert not is_inside(here)
    assert step.problem.isVisible() and "stays locked" in step.problem.text()
    assert "server could not be reached" in step.problem.text()
    assert step.primary.isEnabled() and step.secret.value() == ""
    away.server.start()
    step.secret.set_value(PHRASE)
    step.submit()
    here.settle()
    assert is_inside(here) and here.house.window.isVisible()
    here.desktop.close()


def test_the_recovery_key_is_no_way_around_it(away: Away) -> None:
    with open_vault(away.place.folder, PHRASE) as vault:
        away.stay_away(vault, days=8)
    doors = bootstrap.RealDoors(away.visit().profile)
    with pytest.raises(EnvironmentProblem) as locked:
        doors.recover(away.place, away.recovery_key, "another seven herons over a lake")
    assert "stays locked" in locked.value.sentence
    open_vault(away.place.folder, PHRASE).close()  # the passphrase was not changed either


def test_it_is_said_in_good_time_and_locks_when_it_is_over(away: Away) -> None:
    here, _ = away.unlock()
    watch = here.house._lease
    assert not any("locks until" in sentence for sentence in here.said), "not while there is time"
    for hours, times in ((6 * 24, 1), (6 * 24, 1), (6 * 24 + 12, 1), (6 * 24 + 23.5, 2)):
        away.stay_away(here.house.vault, hours=hours)
        watch.look()
        here.settle()
        assert sum("locks until" in sentence for sentence in here.said) == times, hours
    away.stay_away(here.house.vault, days=7, seconds=1)
    place = here.house.place
    watch.look()
    here.until(lambda: not is_inside(here), "a locked vault")
    assert here.replaced[-1][:3] == ["haven", "--vault", place.name]
    here, step = away.unlock()
    assert not is_inside(here) and "stays locked" in step.problem.text()


def test_what_has_passed_is_written_down_when_it_is_closed(away: Away) -> None:
    here, _ = away.unlock()
    away.stay_away(here.house.vault, days=2)
    here.desktop.close()
    with open_vault(away.place.folder, PHRASE) as vault, vault.read() as session:
        held = lease.held(session, vault.now())
    assert held is not None and held.spent >= 2 * 24 * 3600 * 1000


def test_a_vault_without_a_server_is_not_watched(visit: Start) -> None:
    here = visit()
    here.enter_new_vault()
    assert here.house._lease is None

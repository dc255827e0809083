"""Contact renews the offline lease; a vault whose lease is over stays locked until then, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.errors import EnvironmentProblem, HavenError, RuleBroken
from app.lease_watch import let_in
from app.models.agency import Setting
from app.models.vocab import Role
from app.sync.client.engine import SyncEngine
from app.sync.client.problems import REVOKED, UNREACHABLE, Offline
from app.sync.client.silent import SilentEngine
from app.sync.client.transport import Call, Reply, Transport
from app.sync.server.settings import Settings
from app.sync.server.store import EmbeddedStore
from app.sync.server.tables import agencies
from app.vault import lease, reducing, slots
from app.vault.lease import Count, Lease
from app.vault.vault import Vault, open_vault
from tests.sync.conftest import PASSPHRASE, Agency, Clock, Recruit, Station, Switched

SECOND = "another row of tall sunflowers"
WEEK = timedelta(days=7)


def no_network(_real: Transport, _call: Call) -> Reply:
    """Nothing answers."""
    raise Offline(UNREACHABLE)


class Door:
    """Lets in as the unlock window does, over a network that the test switches."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.made: list[Switched] = []
        self.offline = False

    def engine(self, vault: Vault) -> SyncEngine:
        """What asks the server."""
        transport = Switched()
        transport.fault = no_network if self.offline else None
        self.made.append(transport)
        kind = SilentEngine if vault.is_reduced else SyncEngine
        return kind(vault, transport, self.clock)

    def let_in(self, vault: Vault) -> None:
        """Raises what the window would say."""
        let_in(vault, self.engine)

    @property
    def asked(self) -> set[str]:
        """What the server was asked, by path."""
        return {call.rsplit("/v1/")[1] for transport in self.made for call in transport.calls}


@pytest.fixture
def door(sync_clock: Clock) -> Door:
    return Door(sync_clock)


@pytest.fixture
def officer(agency: Agency, recruit: Recruit) -> Station:
    """An officer's computer that has synchronised, with a supervisor's who gives out keys."""
    chief, made = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Olive Officer", Role.VSU)
    for station in (chief, made, chief, made):
        station.sync()
    return made


def held(vault: Vault) -> Lease:
    """The lease as it is written down."""
    with vault.read() as session:
        found = lease.held(session, vault.now())
    assert found is not None
    return found


def is_over(vault: Vault) -> bool:
    """Whether the vault would stay locked."""
    found = Count(vault).look()
    assert found is not None
    return found.is_over


def test_it_begins_when_one_enrols(agency: Agency, recruit: Recruit, sync_clock: Clock, door: Door) -> None:
    station = recruit(agency, "Olive Officer", Role.VSU)
    assert held(station.vault).spent == 0
    door.let_in(station.vault)
    sync_clock.ahead += WEEK
    door.offline = True
    with pytest.raises(EnvironmentProblem):
        door.let_in(station.vault)


def test_a_round_renews_it_and_a_round_without_answer_does_not(officer: Station, sync_clock: Clock) -> None:
    first = held(officer.vault)
    sync_clock.ahead += timedelta(days=6)
    officer.sync()
    renewed = held(officer.vault)
    assert renewed.own_at - first.own_at >= 6 * 24 * 3600 * 1000 - 1000
    assert renewed.server_at > first.server_at, "by the server's own clock, which nobody moved"
    sync_clock.ahead += WEEK
    officer.transport.fault = no_network
    assert officer.engine.run_once().offline
    assert is_over(officer.vault)


def test_signing_in_is_contact_enough_when_the_rest_of_the_round_fails(officer: Station, sync_clock: Clock) -> None:
    sync_clock.ahead += timedelta(days=6)

    def only_sign_in(real: Transport, call: Call) -> Reply:
        return real.exchange(call) if call.url.endswith(("challenge", "session")) else no_network(real, call)

    officer.transport.fault = only_sign_in
    assert officer.engine.run_once().offline
    renewed = held(officer.vault)
    assert abs(renewed.own_at - lease.in_ms(sync_clock())) < 60_000
    officer.engine.run_once()
    assert held(officer.vault) == renewed, "and is not written at every round"


def test_a_computer_that_is_turned_away_in_the_middle_of_a_round_is_not_renewed(
    officer: Station, agency: Agency, sync_clock: Clock
) -> None:
    sync_clock.ahead += timedelta(days=6)
    before = held(officer.vault)

    def turn_away(real: Transport, call: Call) -> Reply:
        if not call.url.endswith(("challenge", "session")):
            agency.revoke(officer.vault.device_id)
        return real.exchange(call)

    officer.transport.fault = turn_away
    assert officer.engine.run_once().hopeless
    assert held(officer.vault) == before


def test_the_agency_says_how_many_days(officer: Station, agency: Agency, sync_clock: Clock) -> None:
    with closing(EmbeddedStore(Settings(data=agency.server.folder))) as store, store.writing() as connection:
        connection.execute(update(agencies).where(agencies.c.agency_id == agency.agency_id).values(lease_days=2))
    sync_clock.ahead += timedelta(minutes=30)
    officer.sync()
    sync_clock.ahead += timedelta(days=2, seconds=-60)
    assert not is_over(officer.vault)
    sync_clock.ahead += timedelta(seconds=61)
    assert is_over(officer.vault)


def test_an_expired_lease_only_locks_and_contact_opens_again(officer: Station, door: Door, sync_clock: Clock) -> None:
    officer.write(Setting(name="vsu.callback_min", value=7))
    unsent = officer.only_here()
    assert unsent
    sync_clock.ahead += WEEK
    door.offline = True
    with pytest.raises(EnvironmentProblem) as locked:
        door.let_in(officer.vault)
    assert "stays locked" in locked.value.sentence and "Nothing in it is lost" in locked.value.sentence
    assert locked.value.sentence.endswith(UNREACHABLE), "and it says what stands in the way"
    assert officer.only_here() == unsent
    door.offline = False
    door.let_in(officer.vault)
    assert door.asked == {"challenge", "session"}, "one waits for a signature, not for a whole round"
    officer.sync()
    assert officer.engine.state().counts.only_here == 0, "and the work goes out"


def test_while_it_lasts_nobody_waits_for_the_network(officer: Station, door: Door, sync_clock: Clock) -> None:
    sync_clock.ahead += WEEK - timedelta(minutes=5)
    door.let_in(officer.vault)
    assert door.made == []


def test_a_clock_set_back_ten_years_does_not_open_what_was_over(
    officer: Station, door: Door, sync_clock: Clock
) -> None:
    sync_clock.ahead += WEEK
    door.offline = True
    with pytest.raises(EnvironmentProblem):
        door.let_in(officer.vault)
    folder = officer.vault.folder
    officer.vault.close()
    sync_clock.ahead -= timedelta(days=3650)
    with open_vault(folder, PASSPHRASE, clock=sync_clock) as vault, pytest.raises(EnvironmentProblem):
        door.let_in(vault)


def test_a_clock_that_is_years_ahead_opens_as_long_as_there_is_contact(
    officer: Station, door: Door, sync_clock: Clock
) -> None:
    sync_clock.ahead += timedelta(days=3650)
    door.let_in(officer.vault)
    assert door.asked == {"challenge", "session"}
    assert not is_over(officer.vault)
    sync_clock.ahead += timedelta(hours=23)
    assert not is_over(officer.vault)
    sync_clock.ahead += timedelta(hours=2)
    assert is_over(officer.vault), "it is trusted for a day"


def test_a_computer_that_was_taken_out_stays_locked(
    officer: Station, agency: Agency, door: Door, sync_clock: Clock
) -> None:
    agency.revoke(officer.vault.device_id)
    sync_clock.ahead += WEEK
    with pytest.raises(EnvironmentProblem) as locked:
        door.let_in(officer.vault)
    assert locked.value.sentence.endswith(REVOKED)
    assert slots.exists(officer.vault.folder), "revoked alone erases nothing"


def test_an_order_to_erase_is_obeyed_before_anything_is_shown(
    officer: Station, agency: Agency, door: Door, sync_clock: Clock
) -> None:
    folder = officer.vault.folder
    agency.wipe(officer.vault.device_id)
    sync_clock.ahead += WEEK
    with pytest.raises(RuleBroken) as erased:
        door.let_in(officer.vault)
    assert "was erased" in erased.value.sentence
    with pytest.raises(HavenError):
        open_vault(folder, PASSPHRASE)


@pytest.fixture
def reduced(officer: Station, sync_clock: Clock) -> Iterator[Vault]:
    """The workspace of the second passphrase."""
    officer.vault.replace_recovery(officer.vault.fresh_recovery())
    reducing.set_up(officer.vault, SECOND)
    officer.engine.close()
    officer.vault.close()
    with open_vault(officer.vault.folder, SECOND, clock=sync_clock) as vault:
        yield vault


def test_the_workspace_of_the_second_passphrase_has_the_same_lease(
    reduced: Vault, door: Door, sync_clock: Clock
) -> None:
    door.let_in(reduced)
    sync_clock.ahead += WEEK
    door.offline = True
    with pytest.raises(EnvironmentProblem) as locked:
        door.let_in(reduced)
    assert "stays locked" in locked.value.sentence
    door.offline = False
    door.let_in(reduced)
    assert "flag" in door.asked, "and the server hears that somebody is forced"


def test_the_vault_tells_its_workspace_of_its_contacts(officer: Station, sync_clock: Clock, door: Door) -> None:
    officer.vault.replace_recovery(officer.vault.fresh_recovery())
    reducing.set_up(officer.vault, SECOND)
    sync_clock.ahead += timedelta(days=6)
    officer.sync()
    reducing.look(officer.vault)
    renewed = held(officer.vault)
    officer.engine.close()
    officer.vault.close()
    with open_vault(officer.vault.folder, SECOND, clock=sync_clock) as vault:
        assert held(vault) == renewed

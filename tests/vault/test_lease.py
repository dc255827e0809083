"""The offline lease ends on its day whatever the clock of the computer is set to (safety.md T7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import EnvironmentProblem
from app.vault import lease, state
from app.vault.lease import NOTE_MS, Count, Lease, began, passed
from app.vault.problems import DISK_FULL
from app.vault.vault import Vault
from tests.vault.conftest import SetClock

HOUR = 60 * 60 * 1000
DAY = 24 * HOUR
NOW = 1_772_636_400_000
YEARS = 3650 * DAY
SERVER = "https://haven.invalid"


class Uptime:
    """How long the computer has been running, as the test says."""

    def __init__(self) -> None:
        self.ms = 5 * HOUR

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def uptime() -> Uptime:
    return Uptime()


@pytest.fixture
def enrolled(vault: Vault, clock: SetClock) -> Vault:
    """A vault that has just been in contact with its server."""
    with vault.settling() as session:
        state.put(session, state.SERVER_ADDRESS, SERVER)
        lease.renew(session, lease.in_ms(clock()), clock())
    return vault


def kept(vault: Vault) -> Lease:
    """What is written down."""
    with vault.read() as session:
        found = lease.held(session, vault.now())
    assert found is not None
    return found


def played(held: Lease, *moves: tuple[int, int]) -> float:
    """Days that count after the clock showed these instants, the computer running that long before each."""
    for now, ran in moves:
        held = passed(held, now, ran)
    return held.spent / DAY


# --- adding up ---


def test_a_right_clock_counts_what_has_passed() -> None:
    assert played(began(NOW, NOW), (NOW + DAY, HOUR), (NOW + 3 * DAY, HOUR), (NOW + 7 * DAY, 0)) == 7


@pytest.mark.parametrize("wrong", [-YEARS, -DAY, -HOUR, HOUR])
def test_a_clock_that_is_always_wrong_by_the_same_counts_alike(wrong: int) -> None:
    own = NOW + wrong
    assert played(began(NOW, own), (own + DAY, 0), (own + 3 * DAY, 0)) == 3


@pytest.mark.parametrize(("ahead", "left"), [(HOUR + 1, 7 - 1 / 24), (2 * DAY, 5), (6 * DAY, 1), (YEARS, 1)])
def test_what_a_clock_is_ahead_counts_as_spent_but_for_one_day(ahead: int, left: float) -> None:
    held = began(NOW, NOW + ahead)
    assert 7 - held.spent / DAY == pytest.approx(left)
    assert passed(held, held.own_at + DAY, 0).spent == held.spent + DAY, "and it goes on from there"


def test_a_clock_that_was_ahead_and_is_put_right_unseen_hides_nothing() -> None:
    assert played(began(NOW, NOW + 6 * DAY), (NOW + 7 * DAY, 0)) == 7
    assert played(began(NOW, NOW + YEARS), (NOW + 7 * DAY, 0)) >= 7
    assert played(began(NOW, NOW + 40 * DAY), (NOW + 41 * DAY, 0)) == 7, "a day at most, after any time"


def test_a_longer_lease_has_a_day_left_too() -> None:
    assert began(NOW, NOW + YEARS, 30).spent == 29 * DAY
    assert began(NOW, NOW + YEARS, 1).spent == 0


def test_one_that_was_behind_at_the_contact_gains_nothing_by_it() -> None:
    behind = NOW - 6 * DAY
    assert played(began(NOW, behind), (behind + 6 * DAY, 0)) == 6
    assert played(began(NOW, behind), (NOW + DAY, 0)) == 7, "put right, it counts what it was behind"


def test_a_battery_that_ran_empty_costs_a_day_and_no_years() -> None:
    days = played(began(NOW, NOW), (NOW + DAY, 0), (NOW - YEARS, 0), (NOW + 2 * DAY, HOUR))
    assert 2 <= days <= 4


def test_ten_years_ahead_before_the_contact_gains_nothing_after_it() -> None:
    ahead = NOW + YEARS
    assert played(began(NOW, ahead), *((NOW + day * DAY, 0) for day in range(1, 8))) >= 7


def test_a_clock_that_stands_ten_years_back_counts_on_from_there() -> None:
    back = NOW - YEARS
    assert played(began(NOW, NOW), *((back + day * DAY, 0) for day in range(7))) == 7


def test_setting_it_back_before_each_unlocking_costs_a_day_each_time() -> None:
    moves = [(NOW + (2 - visit % 2) * HOUR, 0) for visit in range(14)]
    assert played(began(NOW, NOW), *moves) >= 7


def test_a_clock_that_is_held_still_does_not_stop_what_runs() -> None:
    assert played(began(NOW, NOW), *((NOW, 8 * HOUR) for _ in range(21))) == 7


def test_what_was_seen_is_not_unseen() -> None:
    ahead = passed(began(NOW, NOW), NOW + YEARS, 0)
    assert ahead.spent == YEARS
    assert passed(ahead, NOW + HOUR, 0).spent >= YEARS
    assert began(NOW + HOUR, NOW + HOUR).spent == 0, "but a contact begins anew"


def test_a_clock_that_is_slewed_back_a_little_costs_nothing() -> None:
    assert played(began(NOW, NOW), (NOW + HOUR, HOUR), (NOW + HOUR - 60_000, 0)) * DAY == HOUR


# --- in a vault ---


def test_a_vault_without_a_server_has_no_lease(vault: Vault, uptime: Uptime, clock: SetClock) -> None:
    clock.move(days=4000)
    assert Count(vault, uptime).opening() is None
    with vault.read() as session:
        assert state.get(session, state.LEASE) is None


def test_it_ends_after_seven_days_when_the_server_said_nothing(
    enrolled: Vault, uptime: Uptime, clock: SetClock
) -> None:
    clock.move(days=6, hours=23)
    found = Count(enrolled, uptime).opening()
    assert found is not None and not found.is_over and found.left == timedelta(hours=1)
    clock.move(hours=1)
    found = Count(enrolled, uptime).opening()
    assert found is not None and found.is_over and found.spent == timedelta(days=7)


@pytest.mark.parametrize(("told", "days"), [("1", 1), ("14", 14), ("30", 30), ("400", 30)])
def test_the_server_says_how_long_and_never_more_than_thirty_days(
    enrolled: Vault, uptime: Uptime, clock: SetClock, told: str, days: int
) -> None:
    with enrolled.settling() as session:
        state.put(session, lease.DAYS, told)
    clock.move(days=days, seconds=-1)
    count = Count(enrolled, uptime)
    before = count.look()
    clock.move(seconds=1)
    after = count.look()
    assert before is not None and after is not None
    assert (before.is_over, after.is_over) == (False, True)


def test_a_clock_set_back_ten_years_still_expires(enrolled: Vault, uptime: Uptime, clock: SetClock) -> None:
    clock.move(days=3)
    count = Count(enrolled, uptime)
    count.opening()
    clock.move(days=-3650)
    found = count.look()
    assert found is not None and found.spent == timedelta(days=4), "a day, because it was set back"
    for _ in range(3 * 24):
        assert found is not None and not found.is_over
        uptime.ms += HOUR
        found = count.look()
    assert found is not None and found.is_over, "what runs counts on, with the clock standing still"


def test_what_runs_is_written_down_and_survives_a_crash(
    enrolled: Vault, again: Callable[..., Vault], uptime: Uptime
) -> None:
    count = Count(enrolled, uptime)
    uptime.ms += NOTE_MS - 1
    count.look()
    assert kept(enrolled).spent == 0, "not at every look: each is a save"
    uptime.ms += 1
    count.look()
    assert kept(enrolled).spent == NOTE_MS
    uptime.ms += 5
    count.look(always=True)
    assert kept(again()).spent == NOTE_MS + 5


def test_ending_the_program_again_and_again_gains_nothing(enrolled: Vault, uptime: Uptime) -> None:
    with enrolled.settling() as session:
        state.put(session, lease.DAYS, "1")
    for _ in range(24 * 6):
        found = Count(enrolled, uptime).opening()
    assert found is not None and found.is_over, "the clock stands still, no opening lasts, and yet it ends"


def test_a_contact_renews_it_also_beside_the_count(enrolled: Vault, uptime: Uptime, clock: SetClock) -> None:
    count = Count(enrolled, uptime)
    clock.move(days=9)
    uptime.ms += 9 * DAY
    over = count.look()
    assert over is not None and over.is_over
    with enrolled.settling() as session:
        lease.renew(session, lease.in_ms(clock()), clock())
    fresh = count.look()
    assert fresh is not None and fresh.spent == timedelta()
    uptime.ms += HOUR
    later = count.look()
    assert later is not None and later.spent == timedelta(hours=1)


def test_a_vault_from_before_leases_counts_from_its_last_contact(vault: Vault, uptime: Uptime, clock: SetClock) -> None:
    with vault.settling() as session:
        state.put(session, state.SERVER_ADDRESS, SERVER)
        state.put(session, lease.LAST_CONTACT, clock().isoformat())
        state.put(session, lease.SERVER_TIME, str(lease.in_ms(clock())))
    clock.move(days=8)
    found = Count(vault, uptime).opening()
    assert found is not None and found.is_over
    assert kept(vault).own_at == lease.in_ms(clock()) - 8 * DAY


def test_one_that_never_had_contact_begins_now(vault: Vault, uptime: Uptime, clock: SetClock) -> None:
    with vault.settling() as session:
        state.put(session, state.SERVER_ADDRESS, SERVER)
    found = Count(vault, uptime).opening()
    assert found is not None and not found.is_over
    clock.move(days=7)
    found = Count(vault, uptime).opening()
    assert found is not None and found.is_over


@pytest.mark.parametrize("text", [DISK_FULL, "something else is wrong"])
def test_a_disk_without_room_neither_opens_nor_hides_it(
    enrolled: Vault, uptime: Uptime, clock: SetClock, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    def no_room(*_: object) -> None:
        raise EnvironmentProblem(text)

    clock.move(days=8)
    monkeypatch.setattr(lease, "keep", no_room)
    if text != DISK_FULL:
        with pytest.raises(EnvironmentProblem):
            Count(enrolled, uptime).opening()
        return
    found = Count(enrolled, uptime).opening()
    assert found is not None and found.is_over


def test_time_is_counted_in_milliseconds() -> None:
    assert lease.in_ms(datetime(2026, 3, 4, 15, 0, tzinfo=UTC)) == NOW

"""The demonstration shows Project Lifesaver alive: wearers, batteries, an inventory, three searches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from app import demo
from app.locate import Status
from app.models.lifesaver_vocab import TransmitterStatus
from app.models.vocab import Role
from app.queries import lifesaver, lifesaver_kit, lifesaver_search, lifesaver_stats
from app.services import lifesaver_watch
from app.vault import keys
from app.vault.vault import Vault, create_vault

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """A demonstration of its own: the last test acts in it."""
    folder = tmp_path_factory.mktemp("lifesaver") / "vault"
    vault, recovery = create_vault(
        folder, "everything in here is made up", "demonstration", owner=demo.OWNER, agency_id="a" * 32,
        device_id="0190000000007000800000000000d302", setting=keys.FLOOR, clock=lambda: NOW,
    )  # fmt: skip
    vault.prove_recovery(recovery)
    demo.load(vault, lambda: NOW)
    yield vault
    vault.close()


def test_the_programme_is_alive(shown: Vault) -> None:
    today = NOW.date()
    with shown.read() as session:
        rows = lifesaver.clients(session, lifesaver.ClientsView.WEARING, "", today=today)
        assert len(rows) == 7 and rows[0].battery is not None and rows[0].battery.may_be_silent
        assert len(lifesaver.clients(session, lifesaver.ClientsView.COMING, "", today=today)) == 2
        assert lifesaver.stock(session)[TransmitterStatus.IN_STOCK] == 5
        assert len(lifesaver_kit.receivers(session, today=today)) == 3
        assert lifesaver.visits(session, open_only=True)
        figures = lifesaver_stats.figures(session, start=date(2026, 1, 1), end=today, today=today)
        assert (figures.searches.count, figures.drills, figures.searches.found_by_signal) == (2, 1, 1)
        searches = lifesaver_search.searches(session)
        fixes = [lifesaver_search.search(session, one.id, now=NOW).fix for one in searches]
        assert [one.status for one in fixes if one is not None] == [Status.FIX, Status.FIX]


def test_the_coordinators_clocks_start_from_it(shown: Vault) -> None:
    with shown.write(shown.actor(Role.REG)) as work:
        lifesaver_watch.watch(work, lifesaver_watch.Watch())
        changed = work.commit()
    assert "task" in changed.kinds

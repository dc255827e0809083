"""From a colleague's saved work to this device's merged copy: the server's poke against asking once a minute.

Two vaults and the server in a process of its own. `poke.round` runs from the beginning of the sender's round, `poke`
from the moment at which the sender holds the receipt; both until the other device has merged and announced the record.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from pathlib import Path

from app.background_sync import BackgroundSync, SyncNews
from app.models.agency import Organization
from app.models.vocab import Role, ScopeKind
from app.sync.client.engine import SyncEngine, connect
from app.sync.client.transport import HttpTransport
from app.vault.vault import Vault
from bench.figures import figure
from bench.syncing.members import member, one_round
from tests.sync.conftest import ServerProcess

_ROUNDS = 30


def main() -> int:
    """Send, and wait until it is there."""
    with tempfile.TemporaryDirectory() as folder:
        server = ServerProcess(Path(folder) / "server")
        try:
            times = _measured(server, Path(folder))
        finally:
            server.stop()
    whole, after = ([pair[at] for pair in times] for at in (0, 1))
    figure("poke.round_p50_ms", statistics.median(whole), "ms", of_ratio=False)
    figure("poke.round_max_ms", max(whole), "ms", of_ratio=False)
    figure("poke.p50_ms", statistics.median(after), "ms", of_ratio=False)
    ok = figure("poke.max_ms", max(after), "ms", goal=1000, of_ratio=False)
    return 0 if ok else 1


def _measured(server: ServerProcess, folder: Path) -> list[tuple[float, float]]:
    agency = server.agency()
    sender, reader = (member(agency, folder / name, name) for name in ("Sender Example", "Reader Example"))
    received: list[float] = []

    def note(step: str) -> None:
        if step == "push saving":
            received.append(time.perf_counter())

    from_engine, to_engine = SyncEngine(sender, HttpTransport(), step=note), connect(reader)
    for engine in (from_engine, to_engine, from_engine, to_engine):
        one_round(engine)
    arrived = threading.Event()
    seen: list[float] = []

    def told(news: SyncNews) -> None:
        if "organization" in news.changes.kinds:
            seen[:] = [time.perf_counter()]
            arrived.set()

    background = BackgroundSync(to_engine, told, str, to_engine.listener)
    background.start()
    times = []
    try:
        for number in range(_ROUNDS + 1):
            _save(sender, f"Organization {number}")
            arrived.clear()
            began = time.perf_counter() * 1000
            one_round(from_engine)
            if not arrived.wait(90):
                raise SystemExit("nothing arrived")
            now = seen[0] * 1000
            if number:  # the first waits for the stream to be opened
                times.append((now - began, now - received[-1] * 1000))
    finally:
        background.stop()
        from_engine.close()
        sender.close()
        reader.close()
    return times


def _save(vault: Vault, name: str) -> None:
    actor, agency = vault.actor(Role.SUP), vault.agency_id
    with vault.write(actor) as work:
        scope = work.open_scope(ScopeKind.AGENCY, agency)
        work.session.add(Organization(id=work.new_id(), scope_id=scope, name=name))
        work.commit()


if __name__ == "__main__":
    raise SystemExit(main())

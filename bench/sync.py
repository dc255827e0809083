"""Synchronisation end to end: real vaults, the real engine, a real server process, HTTP over loopback.

    python -m bench.sync [--store embedded|postgres] [--rounds N] [--peers yes|no]
                         [--devices N] [--every SECONDS] [--minutes M]

In one run with it, in turn: a bare limit on the same kind of store (`syncing/bare.py`) and the peers that install
(`peer_sync/peer.py`). 10,000 new records of about a kilobyte, twelve fields each, lie in 100 cases. A push is the whole
round of the device that wrote; a first pull is the whole first round of a device that knew nothing, until everything is
merged with its indexes and quick find. With `--minutes 30` the simulated devices run for half an hour and the server's
memory is looked at; a short run is made otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.models.people import Person
from bench.figures import figure, seconds
from bench.peer_sync import peer
from bench.syncing import devices, made
from bench.syncing.bare import BareServer, bare_inserts
from bench.syncing.counter import Counter
from bench.syncing.garbage import collected_as_on_a_desktop
from bench.syncing.server import Server
from bench.syncing.station import Station
from bench.syncing.stores import Missing, Postgres, postgres

RECORDS = 10_000
CHANGED = 100
_SMALL_ROUNDS = 9
Times = dict[str, list[float]]
NewDatabase = Callable[[], str | None]


def main(arguments: Sequence[str]) -> int:
    """Measure everything; 1 when a goal was missed."""
    asked = _asked(arguments)
    with tempfile.TemporaryDirectory(prefix="haven-") as name, ExitStack() as stack:
        folder = Path(name)
        try:
            new_database = _databases(stack, asked.store, folder)
        except Missing as missing:
            sys.stdout.write(json.dumps({"name": "sync", "ok": False, "missing": str(missing)}) + "\n")
            return 1
        with collected_as_on_a_desktop():
            met = _whole(folder, new_database, asked)
        met &= _many(folder, new_database, asked)
    return 0 if met else 1


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.sync")
    parser.add_argument("--store", choices=("embedded", "postgres"), default="embedded")
    parser.add_argument("--rounds", type=int, default=3, help="of 10,000 records; the median counts")
    parser.add_argument("--peers", choices=("yes", "no"), default="yes")
    parser.add_argument("--devices", type=int, default=500)
    parser.add_argument("--every", type=float, default=60, help="seconds between two pushes of a device")
    parser.add_argument("--minutes", type=float, default=0.5, help="for which the devices push")
    return parser.parse_args(arguments)


def _databases(stack: ExitStack, store: str, folder: Path) -> NewDatabase:
    if store == "embedded":
        return lambda: None
    running: Postgres = stack.enter_context(postgres(folder / "postgres"))
    names = iter(range(1000))
    return lambda: running.new_database(f"haven_{next(names)}")


# --- 10,000 records, 100 changes, nothing to do -------------------------------------------------------------------


def _whole(folder: Path, new_database: NewDatabase, asked: argparse.Namespace) -> bool:
    times: Times = defaultdict(list)
    names: dict[str, str] = {}
    rows = made.plain(RECORDS)
    records = folder / "records.json"
    records.write_text(json.dumps(rows), encoding="utf-8")
    with ExitStack() as stack:
        peers = _peers(stack, names) if asked.peers == "yes" else {}
        for place in range(asked.rounds):
            _bare(folder / f"bare-{place}", new_database(), rows, times)
            with _pair(folder / f"haven-{place}", new_database()) as (server, first, second):
                ids = _ten_thousand(first, second, times)
                _small(first, second, ids, times)
                times["memory"].append(server.memory()[1])
            for name, one in peers.items():
                _peer(one, name, str(records), times, first=place == 0)
    wire = _wire(folder / "wire", new_database())
    return _told(times, names, wire, statistics.fmean(map(made.size_of, rows)))


@contextmanager
def _pair(folder: Path, database: str | None, *, counted: bool = False) -> Iterator[tuple[Server, Station, Station]]:
    """A server, a device whose cases the server knows, and one that has not asked for anything yet."""
    folder.mkdir()
    server = Server(folder / "server", database)
    with ExitStack() as stack:
        stack.callback(server.stop)
        first = Station(folder / "first", server, "Ann Example")
        stack.callback(first.close)
        second = Station(folder / "second", server, "Ben Example")
        stack.callback(second.close)
        made.open_cases(first.vault)
        first.sync()
        yield server, first, second


def _ten_thousand(first: Station, second: Station, times: Times) -> list[str]:
    ids = made.write_people(first.vault, RECORDS)
    times["push_10k"].append(seconds(first.sync))
    times["pull_10k"].append(seconds(second.sync))
    _same(first, second)
    return ids


def _small(first: Station, second: Station, ids: Sequence[str], times: Times) -> None:
    first.sync(), second.sync()  # what came may have made keys to hand on
    for place in range(_SMALL_ROUNDS):
        made.change_people(first.vault, ids[:CHANGED], f"Name {place}")
        times["push_100"].append(seconds(first.sync) * 1000)
        times["pull_100"].append(seconds(second.sync) * 1000)
        times["changes_100"].append(times["push_100"][-1] + times["pull_100"][-1])
    _same(first, second)
    for _ in range(_SMALL_ROUNDS):
        times["idle"].append(seconds(first.sync) * 1000)


def _same(first: Station, second: Station) -> None:
    """What was measured has really arrived."""
    mine, theirs = first.all_of(Person), second.all_of(Person)
    if len(mine) != RECORDS or mine != theirs or second.found("ba") == 0:
        raise RuntimeError("the two devices do not hold the same")


def _bare(folder: Path, database: str | None, rows: Sequence[tuple[str, ...]], times: Times) -> None:
    server = BareServer(folder, database)
    try:
        times["bare push_10k"].append(seconds(lambda: server.push(rows)))
        times["bare pull_10k"].append(seconds(lambda: server.pull(folder / "pulled.db")))
        few = rows[:CHANGED]
        times["bare changes_100"].append(1000 * seconds(lambda: server.push([(f"+{one[0]}", *one[1:]) for one in few])))
    finally:
        server.stop()


def _wire(folder: Path, database: str | None) -> dict[str, float]:
    """Bytes that cross the wire for one record, everything counted; by way of a door that counts, so not timed."""
    with _pair(folder, database) as (server, first, second):
        doors = [Counter(server.port) for _ in range(2)]
        try:
            for station, door in zip((first, second), doors, strict=True):
                station.go_through(door.address)
            made.write_people(first.vault, RECORDS)
            first.sync()
            sent, got_back = doors[0].taken()
            second.sync()
            _, received = doors[1].taken()
            first.sync()
            doors[0].taken()
            first.sync()
            idle = sum(doors[0].taken())
        finally:
            for door in doors:
                door.close()
    found = {"push_sent": sent, "push_received": got_back, "pull_received": received}
    return {name: count / RECORDS for name, count in found.items()} | {"idle": idle}


# --- peers --------------------------------------------------------------------------------------------------------


def _peers(stack: ExitStack, names: dict[str, str]) -> dict[str, peer.Peer]:
    found: dict[str, peer.Peer] = {}
    for name, begin in (("pouch", peer.pouch), ("anki", peer.anki)):
        try:
            found[name] = stack.enter_context(begin())
            names[name] = found[name].name
        except peer.Missing as missing:
            names[name] = str(missing)
    return found


def _peer(one: peer.Peer, name: str, records: str, times: Times, *, first: bool) -> None:
    """The same work on the same records; a peer's first push counts, as ours does, so it pushes only once."""
    if first:
        one.tell("write", records=records)
        times[f"{name} push_10k"].append(one.tell("push") / 1000)
    times[f"{name} pull_10k"].append(one.tell("pull") / 1000)
    for step in ("push_changes", "pull_changes"):
        one.tell(step)
    for place in range(_SMALL_ROUNDS):
        one.tell("change", count=CHANGED, text=f"Name {place}")
        times[f"{name} changes_100"].append(one.tell("push_changes") + one.tell("pull_changes"))
    one.tell("idle")
    for _ in range(_SMALL_ROUNDS):
        times[f"{name} idle"].append(one.tell("idle"))


# --- many devices -------------------------------------------------------------------------------------------------


def _many(folder: Path, new_database: NewDatabase, asked: argparse.Namespace) -> bool:
    if not asked.devices:
        return True
    server = Server(folder / "many", new_database())
    try:
        steady, fast = asyncio.run(_load(server, asked))
    finally:
        server.stop()
    bare = bare_inserts(folder / "inserts", new_database(), devices.contents())
    name, aim = f"sync.devices_{asked.devices}", f"{asked.store}, each once in {asked.every:g} s"
    met = figure(f"{name}_p95_ms", steady.percentile(0.95), "ms", reference=aim, goal=250)
    figure(f"{name}_p50_ms", steady.percentile(0.5), "ms", reference=aim)
    figure(f"{name}_pushes", len(steady.pushes), "pushes", reference=f"{asked.minutes:g} min; late: {steady.late}")
    inserts = "bare inserts of the same rows, one a transaction"
    figure("sync.segments_per_second", fast.per_second, "1/s", reference=inserts, reference_value=bare)
    begin, end = steady.memory[len(steady.memory) // 5][1], steady.memory[-1][1]
    met &= figure("sync.server_memory_growth", end, "MB", reference="after a fifth", reference_value=begin, goal=1.05)
    return met


async def _load(server: Server, asked: argparse.Namespace) -> tuple[devices.Load, devices.Load]:
    joined = await devices.joined(server, asked.devices)
    steady = await devices.steadily(server, joined, asked.every, asked.minutes * 60)
    fast = await devices.as_fast_as_possible(joined[:32], 10)
    for device in joined:
        await device.close()
    return steady, fast


# --- what is told -------------------------------------------------------------------------------------------------


def _told(times: Times, names: dict[str, str], wire: dict[str, float], size: float) -> bool:
    median = {name: statistics.median(found) for name, found in times.items()}
    met = True

    def told(name: str, other: str, unit: str, goal: float | None) -> None:
        nonlocal met
        met &= figure(
            f"sync.{name}_vs_{other}",
            median[name],
            unit,
            reference={"bare": "the bare limit"}.get(other, names.get(other, "not asked for")),
            reference_value=median.get(f"{other} {name}"),
            goal=goal if f"{other} {name}" in median else None,
        )

    told("push_10k", "bare", "s", 2)
    told("push_10k", "pouch", "s", 0.25)
    told("push_10k", "anki", "s", None)
    told("pull_10k", "bare", "s", 3)
    told("pull_10k", "pouch", "s", 0.25)
    told("pull_10k", "anki", "s", None)
    for name in ("changes_100", "idle"):
        told(name, "anki", "ms", 1)
        told(name, "pouch", "ms", None)
    for name in ("push_100", "pull_100"):
        figure(f"sync.{name}", median[name], "ms")
    for name in ("push_sent", "push_received", "pull_received"):
        reference = "the record as JSON"
        figure(f"sync.wire_{name}", wire[name], "bytes a record", reference=reference, reference_value=size)
    figure("sync.wire_idle", wire["idle"], "bytes a round")
    figure("sync.server_memory", max(times["memory"]), "MB at most")
    return met


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""A server that lies, against a real device: nothing forged is accepted, nothing of its own is lost (G27).

The device speaks to a true server by way of one that changes answers (`mutations.py`), round after round, while it and
a colleague go on working. After each round: what stands in its log is what colleagues really wrote, all that it wrote
is still there, every receipt that it believes was signed by the server for exactly that segment, and no file was made
anywhere else. Now and then the lying stops, and both must come to the same content. `HAVEN_LIES` answers are changed
(100,000 at release size); the seed is printed, `HAVEN_SEED` plays it again.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path

from sqlalchemy import select

from app.models.agency import Organization
from app.models.local.tables import LoggedChange, OutSegment
from app.models.vocab import Role
from app.sync import protocol as p
from app.sync.client import keys
from app.sync.server.signing import Identity, read_key_file
from app.sync.server.store import IDENTITY_FILE
from tests.sync.conftest import Agency, Recruit, Station
from tests.sync.hostile.mutations import HostileServer

LIES = int(os.environ.get("HAVEN_LIES", "80"))
SEED = int(os.environ.get("HAVEN_SEED", random.SystemRandom().randrange(2**32)))
_HONEST_EVERY = 12
_MOST_CALLS = 400
"""Of one round: more would mean that it is led on without end."""

Log = dict[tuple[str, str, int], tuple[str, str, str, bytes]]


def told(figures: dict[str, object]) -> None:
    """One line of JSON."""
    sys.stdout.write(json.dumps({"faults": "hostile server", **figures}) + "\n")


def log_of(station: Station) -> Log:
    """Every change by its name."""
    columns = (LoggedChange.scope_id, LoggedChange.device_id, LoggedChange.device_seq)
    told = (LoggedChange.dot, LoggedChange.kind, LoggedChange.record_id, LoggedChange.fields)
    rows = station.ask(lambda session: session.execute(select(*columns, *told)).all())
    return {(row[0], row[1], row[2]): (row[3], row[4], row[5], row[6]) for row in rows}


def own(log: Log, station: Station) -> dict[str, tuple[str, str, str, bytes]]:
    """What this device wrote, by its dot: a place may move when a lie made the device read its own work anew."""
    return {change[0]: change for name, change in log.items() if name[1] == station.vault.device_id}


def refuse_false_receipts(station: Station, server_public: bytes) -> None:
    for row in station.ask(lambda session: session.scalars(select(OutSegment)).all()):
        if row.receipt is not None:
            receipt = p.decode(p.Receipt, row.receipt)
            assert receipt.hash == row.hash
            assert keys.is_signed_by(server_public, receipt.signature, p.canonical(receipt))


def files_beside(folder: Path, stations: tuple[Station, ...]) -> set[Path]:
    """Every file that is not in a vault's folder or the server's."""
    inside = [station.vault.folder for station in stations]
    return {file for file in folder.rglob("*") if not any(file.is_relative_to(one) for one in inside)}


def test_a_hostile_server_gains_nothing(agency: Agency, recruit: Recruit, tmp_path: Path) -> None:
    told({"seed": SEED, "lies": LIES})
    chance = random.Random(SEED)
    author, victim = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Sue Supervisor", Role.SUP)
    for station in (author, victim, author, victim):
        station.sync()
    key = Identity(read_key_file(agency.server.folder / IDENTITY_FILE))
    hostile = HostileServer(victim.transport.real, chance, key.sign)
    files, kept = files_beside(tmp_path, (author, victim)), own(log_of(victim), victim)
    names = {file.name for file in victim.vault.folder.iterdir()}
    rounds = troubles = 0
    while hostile.lies < LIES:
        rounds += 1
        if chance.random() < 0.4:
            author.write(Organization(id=chance.randbytes(16).hex(), name=f"House {rounds}"))
            author.sync()
        if chance.random() < 0.4:
            victim.write(Organization(id=chance.randbytes(16).hex(), name=f"Home {rounds}"))
            kept = own(log_of(victim), victim)
        victim.transport.fault = hostile.exchange
        hostile.calls = hostile.led_on = 0
        troubles += bool(victim.engine.run_once().trouble)
        victim.transport.fault = None
        assert hostile.calls < _MOST_CALLS

        seen, true = log_of(victim), log_of(author)
        foreign = {name: change for name, change in seen.items() if name[1] != victim.vault.device_id}
        assert foreign.items() <= true.items(), "a change that its author never wrote"
        assert own(seen, victim) == kept, "work of this device was lost or changed"
        refuse_false_receipts(victim, key.public)
        if rounds % _HONEST_EVERY == 0 or hostile.lies >= LIES:
            heal(author, victim)
            kept = own(log_of(victim), victim)
    assert files_beside(tmp_path, (author, victim)) == files
    assert {file.name for file in victim.vault.folder.iterdir()} <= names | {"backups", "attachments"}
    assert not Path("/tmp/haven-was-here").exists()
    figures = {"rounds": rounds, "lies": hostile.lies, "by_kind": dict(hostile.told), "troubles_told": troubles}
    told({**figures, "crashes": 0, "forgeries_accepted": 0, "files_outside": 0, "lost": 0})


def heal(author: Station, victim: Station) -> None:
    """Once the server is honest, everybody comes to the same.

    It signed for things that it did not keep, which only the next change after them tells: it refuses that for the gap.
    """
    victim.write(Organization(name="Whatever comes next"))
    for _ in range(4):
        victim.engine.run_once()
        author.engine.run_once()
    victim.sync(), author.sync()
    assert victim.contents() == author.contents()
    assert own(log_of(victim), victim).keys() <= {change[0] for change in log_of(author).values()}

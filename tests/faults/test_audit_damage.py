"""Whatever is edited, removed, swapped or cut off in an audit chain is named to the row (safety.md, G31).

The entries of a real vault are damaged one at a time, in the chain on the device and in what travelled. What is named
has to be the first row that was touched. `HAVEN_AUDIT_DAMAGES` sets how many damages are tried (of those that
travelled a tenth), `HAVEN_SEED` plays a run again; each test prints a JSON line.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.audit import AuditBatch
from app.models.vocab import AuditAction, Role
from app.vault import audit, capture, keys, state, trail
from app.vault.driver import driver
from app.vault.keys import KdfSetting
from app.vault.vault import Owner, Vault, create_vault

ROUNDS = int(os.environ.get("HAVEN_AUDIT_DAMAGES", "2000"))
SEED = int(os.environ.get("HAVEN_SEED", random.SystemRandom().randrange(2**32)))
CHEAP = KdfSetting(memory_kib=64, passes=1, lanes=1)
ROWS = 230
TOLD = [name for name in audit.COLUMNS if name != "seq"]


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    """A member's vault with a long trail, all of it under checkpoints."""
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    owner = Owner("A. Example", (Role.VSU,))
    made, key = create_vault(tmp_path / "vault", "five unrelated garden words", "laptop", owner=owner, setting=CHEAP)
    made.prove_recovery(key)
    with made.settling() as session:
        state.put(session, state.SERVER_ADDRESS, "https://server.example")
    with made.write(made.actor(Role.VSU)) as work:
        for number in range(ROWS):
            work.audit(AuditAction.VIEW, kind="case_file", record_id=f"{number:032x}", reason=f"look {number}")
        work.commit()
    trail.close(made)
    yield made
    made.close()


def say(capsys: pytest.CaptureFixture[str], name: str, tried: Counter[str], wrong: int) -> None:
    """The figures as a line."""
    with capsys.disabled():
        line = {"name": name, "rounds": sum(tried.values()), "wrongly_named": wrong, "seed": SEED, **tried}
        print(json.dumps(line))


# --- on the device ----------------------------------------------------------------------------------------------------


@pytest.fixture
def chain(vault: Vault) -> Iterator[driver.Connection]:
    """The vault's chain in memory, as it lies in the file."""
    with vault.read() as session:
        raw = session.connection()
        rows = raw.exec_driver_sql("SELECT * FROM audit_entry ORDER BY seq").all()
        tables = raw.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name IN ('audit_entry', 'device_state')"
        ).scalars()
        statements = list(tables)
        kept = state.get(session, state.AUDIT_HEAD)
    with closing(driver.connect(":memory:", isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO audit_entry VALUES ({places})", [tuple(row) for row in rows])
        connection.execute("INSERT INTO device_state (name, value) VALUES (?, ?)", (state.AUDIT_HEAD, kept))
        yield connection


def edited(chance: random.Random, connection: driver.Connection) -> int:
    """One column of one entry says something else, or its hash does."""
    row, column = chance.randint(1, ROWS), chance.choice([*TOLD, "hash"])
    value: object = chance.randbytes(32) if column in ("previous", "hash") else f"other {chance.random()}"
    connection.execute(f"UPDATE audit_entry SET {column} = ? WHERE seq = ?", (value, row))
    return row


def removed(chance: random.Random, connection: driver.Connection) -> int:
    """A few entries in a row are gone, from anywhere."""
    row = chance.randint(1, ROWS)
    connection.execute("DELETE FROM audit_entry WHERE seq BETWEEN ? AND ?", (row, row + chance.randint(0, 3)))
    return row


def closed_up(chance: random.Random, connection: driver.Connection) -> int:
    """An entry is gone, and those after it have moved up."""
    row = chance.randint(1, ROWS)
    connection.execute("DELETE FROM audit_entry WHERE seq = ?", (row,))
    connection.execute("UPDATE audit_entry SET seq = -seq WHERE seq > ?", (row,))
    connection.execute("UPDATE audit_entry SET seq = -seq - 1 WHERE seq < 0")
    return row


def swapped(chance: random.Random, connection: driver.Connection) -> int:
    """Two entries stand in each other's place."""
    one, other = sorted(chance.sample(range(1, ROWS + 1), 2))
    for old, new in ((one, -1), (other, one), (-1, other)):
        connection.execute("UPDATE audit_entry SET seq = ? WHERE seq = ?", (new, old))
    return one


def cut_off(chance: random.Random, connection: driver.Connection) -> int:
    """The end is gone."""
    row = chance.randint(1, ROWS)
    connection.execute("DELETE FROM audit_entry WHERE seq >= ?", (row,))
    return row


def put_in(chance: random.Random, connection: driver.Connection) -> int:
    """One more entry than there were, rightly chained to the last."""
    *row, last = connection.execute(
        f"SELECT {', '.join(audit.COLUMNS)}, hash FROM audit_entry WHERE seq = ?", (ROWS,)
    ).fetchone()
    row[0], row[-1] = ROWS + 1, last
    places = ", ".join("?" * (len(row) + 1))
    said = f"INSERT INTO audit_entry ({', '.join(audit.COLUMNS)}, hash) VALUES ({places})"
    connection.execute(said, (*row, audit.entry_hash(row)))
    return ROWS + 1


OnDevice = Callable[[random.Random, driver.Connection], int]
ON_DEVICE: tuple[OnDevice, ...] = (edited, removed, closed_up, swapped, cut_off, put_in)


def test_every_damage_to_the_devices_chain_is_named(
    chain: driver.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, tried, wrong = random.Random(SEED), Counter[str](), []
    assert audit.verify_raw(chain) == audit.AuditCheck(ROWS)
    for number in range(ROUNDS):
        damage = ON_DEVICE[number % len(ON_DEVICE)]
        chain.execute("BEGIN")
        row = damage(chance, chain)
        found = audit.verify_raw(chain).damaged
        chain.execute("ROLLBACK")
        tried[damage.__name__] += 1
        if found != row:
            wrong.append((damage.__name__, row, found))
    assert audit.verify_raw(chain).whole
    say(capsys, "audit_damages_on_the_device", tried, len(wrong))
    assert wrong == []


# --- what travelled ---------------------------------------------------------------------------------------------------


def _some_run(chance: random.Random, session: Session) -> tuple[AuditBatch, list[Any], int]:
    """A run, its entries, and the place of one of them."""
    batch = chance.choice(session.scalars(select(AuditBatch).order_by(AuditBatch.first_seq)).all())
    rows = trail.unpacked(batch.entries or "")
    return batch, rows, chance.randrange(len(rows))


def _put_back(batch: AuditBatch, rows: list[Any]) -> None:
    batch.entries = trail.packed([(*row[:-1], b"", bytes.fromhex(row[-1])) for row in rows])


def edited_on_the_way(chance: random.Random, session: Session) -> int:
    """One field of one entry says something else, or its hash does."""
    batch, rows, place = _some_run(chance, session)
    field = chance.randrange(1, len(rows[place]))
    rows[place][field] = chance.randbytes(32).hex()
    _put_back(batch, rows)
    return (batch.first_seq or 0) + place


def removed_on_the_way(chance: random.Random, session: Session) -> int:
    """An entry of a run is gone."""
    batch, rows, place = _some_run(chance, session)
    del rows[place]
    _put_back(batch, rows)
    return (batch.first_seq or 0) + place


def swapped_on_the_way(chance: random.Random, session: Session) -> int:
    """Two entries of a run have changed places."""
    batch, rows, _ = _some_run(chance, session)
    one, other = sorted(chance.sample(range(len(rows)), 2))
    rows[one], rows[other] = rows[other], rows[one]
    _put_back(batch, rows)
    return (batch.first_seq or 0) + one


def cut_on_the_way(chance: random.Random, session: Session) -> int:
    """The end of a run is gone."""
    batch, rows, place = _some_run(chance, session)
    _put_back(batch, rows[:place])
    return (batch.first_seq or 0) + place


def lost_on_the_way(chance: random.Random, session: Session) -> int:
    """A run has not come, and a later one has."""
    batches = session.scalars(select(AuditBatch).order_by(AuditBatch.first_seq)).all()
    batch = chance.choice(batches[:-1])
    first = batch.first_seq or 0
    with capture.switched_off(session):
        session.delete(batch)
        session.flush()
    return first


Travelled = Callable[[random.Random, Session], int]
TRAVELLED: tuple[Travelled, ...] = (
    edited_on_the_way,
    removed_on_the_way,
    swapped_on_the_way,
    cut_on_the_way,
    lost_on_the_way,
)


def test_every_damage_to_what_travelled_is_named(vault: Vault, capsys: pytest.CaptureFixture[str]) -> None:
    chance, tried, wrong = random.Random(SEED), Counter[str](), []
    with vault.settling() as session:
        for number in range(max(ROUNDS // 10, len(TRAVELLED))):
            damage = TRAVELLED[number % len(TRAVELLED)]
            point = session.begin_nested()
            row = damage(chance, session)
            session.flush()
            (found,) = trail.trails(session)
            point.rollback()
            session.expire_all()
            tried[damage.__name__] += 1
            if found.row != row:
                wrong.append((damage.__name__, row, found))
        (found,) = trail.trails(session)
    say(capsys, "audit_damages_on_the_way", tried, len(wrong))
    assert found.standing is trail.Standing.WHOLE and found.entries == ROWS
    assert wrong == []

"""Whatever is changed, removed, exchanged or cut off in the server's store, `verify` names the segment (G31).

`HAVEN_AUDIT_DAMAGES` sets how many damages are tried (a tenth of them here), `HAVEN_SEED` plays a run again; a JSON
line is printed.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from app.sync import protocol
from app.sync.server import verifying
from app.sync.server.tables import scopes, segments
from tests.sync.server.harness import Server

ROUNDS = max(int(os.environ.get("HAVEN_AUDIT_DAMAGES", "2000")) // 10, 6)
SEED = int(os.environ.get("HAVEN_SEED", random.SystemRandom().randrange(2**32)))
SENT = 12


class _Undo(Exception):
    """Ends a damage: nothing of it is kept."""


def changed(chance: random.Random, connection: sa.Connection) -> int:
    """One byte of a segment's body."""
    number = chance.randint(1, SENT)
    body = bytearray(connection.scalar(sa.select(segments.c.body).where(segments.c.number == number)) or b"")
    body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    connection.execute(sa.update(segments).where(segments.c.number == number).values(body=bytes(body)))
    return number


def beside(chance: random.Random, connection: sa.Connection) -> int:
    """What stands beside the body."""
    number = chance.randint(1, SENT)
    made_up: dict[str, object] = {"hash": chance.randbytes(32), "last": 99, "device_id": "cd" * 16, "epoch": 7}
    name = chance.choice(sorted(made_up))
    connection.execute(sa.update(segments).where(segments.c.number == number).values({name: made_up[name]}))
    return number


def removed(chance: random.Random, connection: sa.Connection) -> int:
    """One segment is gone."""
    number = chance.randint(1, SENT)
    connection.execute(sa.delete(segments).where(segments.c.number == number))
    return number


def cut_off(chance: random.Random, connection: sa.Connection) -> int:
    """The end is gone, and the scope's own end was made to fit."""
    number = chance.randint(1, SENT)
    connection.execute(sa.delete(segments).where(segments.c.number >= number))
    head = protocol.NO_HASH
    for kept in connection.scalars(sa.select(segments.c.hash).order_by(segments.c.number)):
        head = protocol.scope_head(head, kept)
    connection.execute(sa.update(scopes).values(last_number=number - 1, head=head))
    return number


def exchanged(chance: random.Random, connection: sa.Connection) -> int:
    """Two segments have each other's number."""
    one, other = sorted(chance.sample(range(1, SENT + 1), 2))
    for old, new in ((one, 1000), (other, one), (1000, other)):
        connection.execute(sa.update(segments).where(segments.c.number == old).values(number=new))
    return one


Damage = Callable[[random.Random, sa.Connection], int]
DAMAGES: tuple[Damage, ...] = (changed, beside, removed, cut_off, exchanged)


def test_every_damage_is_named_by_its_segment(server: Server, agency: str, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = server.enrolled(agency), server.enrolled(agency)
    scope = first.new_scope(second.device_id)
    for number in range(SENT):
        author = (first, second)[number % 2]
        author.send(author.segment(scope))
    chance, tried, wrong = random.Random(SEED), Counter[str](), []
    for turn in range(ROUNDS):
        damage = DAMAGES[turn % len(DAMAGES)]
        with pytest.raises(_Undo), server.parts.store.writing() as connection:
            number = damage(chance, connection)
            named = [line for line in verifying.find_faults(connection) if line.startswith(f"scope {scope} number ")]
            raise _Undo
        tried[damage.__name__] += 1
        numbers = {int(line.split(" number ")[1].split(":")[0]) for line in named}
        if min(numbers, default=0) != number:
            wrong.append((damage.__name__, number, named))
    with server.parts.store.reading() as connection:
        assert verifying.find_faults(connection) == []
    with capsys.disabled():
        line = {"name": "store_damages", "rounds": ROUNDS, "wrongly_named": len(wrong), "seed": SEED, **tried}
        sys.stdout.write(json.dumps(line) + "\n")
    assert wrong == []

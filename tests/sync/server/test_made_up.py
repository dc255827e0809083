"""Requests that are nearly right, by the thousand: the server never fails, and tells nothing to a stranger (G28).

Each begins as what a device would ask now and is made wrong somewhere (`made_up/`), so that most reach past the first
check. Whatever comes back follows the description, is no failure of the server, and holds nothing of another agency,
whose rows are the same afterwards; the store is sound, and a server that starts on it answers every true request. They
are put to the application itself, without a port. `HAVEN_REQUESTS` requests (1,000,000 at release size); the seed is
printed, `HAVEN_SEED` plays them again.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from collections import Counter
from dataclasses import replace

import msgspec
import pytest
import zstandard

from app.sync import protocol as p
from app.sync.server import verifying
from app.sync.server.settings import Settings
from app.sync.server.store import create_store
from tests.simulator.world import quick_folder
from tests.sync.server.made_up.asking import Asking, Draft, Tree
from tests.sync.server.made_up.description import Description, Operation
from tests.sync.server.made_up.harm import Harm
from tests.sync.server.made_up.house import House, Request, ServerTime, settled
from tests.sync.server.made_up.judge import Judge

REQUESTS = int(os.environ.get("HAVEN_REQUESTS", "20000"))
SEED = int(os.environ.get("HAVEN_SEED", random.SystemRandom().randrange(2**32)))
ON_POSTGRES = max(REQUESTS // 20, 100)
_EACH_HOUSE = 2000
"""Requests until everything begins anew: what was fuzzed before does not make the store ever larger."""
_KINDS_OF_PUSHES = 12
"""So many are made that each kind is most likely among them."""
_SECONDS_BETWEEN = 3


def told(figures: dict[str, object]) -> None:
    """One line of JSON."""
    sys.stdout.write(json.dumps({"faults": "requests that are nearly right", **figures}) + "\n")


class Round:
    """Requests to one house."""

    def __init__(self, house: House, description: Description, time: ServerTime, chance: random.Random) -> None:
        self.house, self.time, self.chance = house, time, chance
        self.description = description
        self.asking, self.harm = Asking(house, chance), Harm(house, description, chance)
        self.judge = Judge(house.hidden, description)
        self._shares = [_share(operation) for operation in description.operations]
        self.statuses: Counter[int] = Counter()
        self.taken: Counter[str] = Counter()
        """By operation: how many answers of 200 there were to something that was made wrong."""

    def ask_truly(self, operation: Operation) -> int:
        """A true request; the status."""
        draft = self.asking.true(operation)
        return self._put(operation, draft, self.harm.request(draft, harmed=False))

    def ask_across(self, operation: Operation) -> None:
        """True requests in which one id is the stranger's: each id of each message."""
        for _ in range(_KINDS_OF_PUSHES if operation.path == "/v1/push" else 1):
            for draft in self.harm.crossed(operation, self.asking.true(operation)):
                self._put(operation, draft, self.harm.request(draft, harmed=False))

    def ask_wrongly(self) -> None:
        """A request that may be wrong in any way."""
        (operation,) = self.chance.choices(self.description.operations, self._shares)
        draft = self.harm.spoiled(operation, self.asking.true(operation))
        status = self._put(operation, draft, self.harm.request(draft))
        self.taken[operation.name] += status == 200

    def _put(self, operation: Operation, draft: Draft, request: Request) -> int:
        self.time.ms += _SECONDS_BETWEEN * 1000
        answer = self.house.server.put(request)
        body = self.judge.plain(answer)
        fault = self.judge.fault(operation, request, answer, body)
        asked = (
            f"{request.method} {request.path[:100]}?{request.query[:100]} {request.headers} {request.body[:2000].hex()}"
        )
        assert fault is None, f"{fault}\n{asked}\n{answer.headers} {body[:2000]!r}"
        self.statuses[answer.status] += 1
        if request.method == operation.method:
            # What was heard: bytes may have been changed after the message was made.
            heard = draft if answer.status != 200 else replace(draft, message=_heard(request))
            self.asking.learn(heard, answer, body)
        return answer.status


def _heard(request: Request) -> Tree | None:
    """The message in a request that was taken; None for one without, or with what nobody needs and deep inside."""
    body = request.body
    if dict(request.headers).get(b"content-encoding", b"").strip().lower() == p.COMPRESSION.encode():
        body = zstandard.ZstdDecompressor().decompressobj().decompress(body)
    try:
        found = msgspec.msgpack.decode(body) if body else None
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _share(operation: Operation) -> int:
    """How often an endpoint is asked: the more there is to say to it, the more there is to say wrongly."""
    if operation.path == "/v1/push":
        return 40
    return 10 if operation.asked is not None else 8 if operation.query else 1


def _play(settings: Settings, count: int, chance: random.Random, description: Description, crossed: bool) -> Round:
    time = ServerTime()
    with settled(settings, chance, time) as house:
        before = house.rows_of_the_stranger()
        played = Round(house, description, time, chance)
        for operation in description.operations:
            assert played.ask_truly(operation) == 200, operation.name
        for operation in description.operations if crossed else ():
            played.ask_across(operation)
        while played.statuses.total() < count:
            played.ask_wrongly()
        assert house.rows_of_the_stranger() == before
        with house.server.parts.store.reading() as connection:
            assert verifying.find_faults(connection) == []
    return played


def test_requests_that_are_nearly_right_neither_break_the_server_nor_reach_a_stranger() -> None:
    told({"seed": SEED, "requests": REQUESTS})
    chance, description = random.Random(SEED), Description()
    statuses: Counter[int] = Counter()
    taken: Counter[str] = Counter()
    folder = quick_folder()
    try:
        for number, begin in enumerate(range(0, REQUESTS, _EACH_HOUSE)):
            settings = Settings(data=folder / str(number))
            create_store(settings)
            played = _play(settings, min(_EACH_HOUSE, REQUESTS - begin), chance, description, crossed=begin == 0)
            statuses += played.statuses
            taken += played.taken
            shutil.rmtree(folder / str(number))
    finally:
        shutil.rmtree(folder)
    figures = {"requests": statuses.total(), "by_status": dict(sorted(statuses.items())), "taken": dict(taken)}
    told({**figures, "unhandled": 0, "stack_traces": 0, "rows_of_strangers": 0})


@pytest.mark.parametrize("kind_of_store", ["postgres"])
def test_neither_do_they_with_the_other_store(settings: Settings) -> None:
    told({"seed": SEED, "requests": ON_POSTGRES})
    played = _play(settings, ON_POSTGRES, random.Random(SEED), Description(), crossed=False)
    told({"requests": played.statuses.total(), "by_status": dict(sorted(played.statuses.items()))})

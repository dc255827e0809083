"""A server that lies, against a real device: nothing forged is accepted, nothing of its own is lost (G27).

The device speaks to a true server by way of one that changes answers (`mutations.py`), round after round, while it and
a colleague go on working. After each round: what stands in its log is what colleagues really wrote, all that it wrote
is still there, every receipt that it believes was signed by the server for exactly that segment, and no file was made
anywhere else. Now and then the lying stops, and both must come to the same content. Then they begin anew with a copy of
the agency as it was, so that what is compared stays small. Server and vaults are the real ones, called without a port.
`HAVEN_LIES` answers are changed (100,000 at release size), and a hundred times as many are only read, which every
answer goes through. The seed is printed, `HAVEN_SEED` plays it again.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

import pytest
from sqlalchemy import select

from app.errors import EnvironmentProblem
from app.models.agency import Organization
from app.models.local.tables import LoggedChange, OutSegment
from app.models.vocab import Role
from app.sync import protocol as p
from app.sync.client import keys
from app.sync.client.session import read_reply
from app.sync.client.transport import Call, Reply, Transport
from app.sync.server.signing import Identity, read_key_file
from app.sync.server.store import IDENTITY_FILE
from tests.simulator.chance import Chance, Time
from tests.simulator.world import (
    UNIT,
    Person,
    Template,
    build_template,
    quick_folder,
)
from tests.sync import without_port
from tests.sync.conftest import Station
from tests.sync.hostile.mutations import LIES as LIES_BY_NAME
from tests.sync.hostile.mutations import SWALLOW, HostileServer, path_of

LIES = int(os.environ.get("HAVEN_LIES", "400"))
SEED = int(os.environ.get("HAVEN_SEED", SystemRandom().randrange(2**32)))
_HONEST_EVERY = 40
_EACH_AGENCY = 250
"""Lies until everything begins anew."""
_READ_FOR_EACH = 100
"""Changed answers that are only read, for each that is put into a round."""
_SECONDS_BETWEEN = 20
_UNTIL_A_CHECKPOINT = 600
_UNTIL_EVERYTHING_IS_ASKED = 2 * 3600
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
    device_id = station.vault.device_id
    return {change[0]: change for name, change in log.items() if name[1] == device_id}


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


PEOPLE = tuple(Person(name, Role.SUP, (*UNIT, "supervisors")) for name in ("Sam", "Sue"))


@dataclass
class Played:
    """An agency of two people, and a server between which and one of them somebody lies."""

    folder: Path
    author: Station
    victim: Station
    hostile: HostileServer
    server_public: bytes
    time: Time


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    """The agency as each run begins with it."""
    folder = quick_folder()
    yield build_template(folder, PEOPLE)
    shutil.rmtree(folder)


@contextmanager
def playing(template: Template, folder: Path, chance: Chance) -> Iterator[Played]:
    """A copy of the agency, in which both go on working."""
    time = Time()
    with without_port.playing(template, folder, PEOPLE, time, chance) as (_, _, (author, victim)):
        key = Identity(read_key_file(folder / "server" / IDENTITY_FILE))
        hostile = HostileServer(victim.transport.real, chance, key.sign)
        yield Played(folder, author, victim, hostile, key.public, time)


def test_a_hostile_server_gains_nothing(template: Template) -> None:
    told({"seed": SEED, "lies": LIES})
    chance, by_kind, figures = Chance(SEED), Counter[str](), Counter[str]()
    folder = quick_folder()
    try:
        while by_kind.total() < LIES:
            with playing(template, folder / "agency", chance) as played:
                figures += lie(played, chance, min(_EACH_AGENCY, LIES - by_kind.total()))
                by_kind += played.hostile.told
            shutil.rmtree(folder / "agency")
    finally:
        shutil.rmtree(folder)
    assert not Path("/tmp/haven-was-here").exists()
    counted = {**figures, "lies": by_kind.total(), "by_kind": dict(by_kind)}
    told({**counted, "crashes": 0, "forgeries_accepted": 0, "files_outside": 0, "lost": 0})


def test_no_changed_answer_is_misread(template: Template) -> None:
    chance, folder = Chance(SEED), quick_folder()
    told({"seed": SEED, "read": LIES * _READ_FOR_EACH})
    outcomes: Counter[str] = Counter()
    try:
        with playing(template, folder / "agency", chance) as played:
            heard = listen(played)
            for _ in range(LIES * _READ_FOR_EACH):
                call, reply = chance.choice(heard)
                name = chance.choice((*LIES_BY_NAME, SWALLOW) if path_of(call) == "/v1/push" else tuple(LIES_BY_NAME))
                answer = played.hostile.changed(name, call, reply)
                outcomes[read(answer, _ANSWERS[path_of(call)])] += 1
    finally:
        shutil.rmtree(folder)
    assert {"taken", "BadAnswer", "ServerProblem"} <= outcomes.keys()
    told({"read": outcomes.total(), "outcomes": dict(outcomes), "crashes": 0})


_ANSWERS: dict[str, type[p.Wire]] = {
    "/v1/challenge": p.Challenge,
    "/v1/session": p.Session,
    "/v1/feed": p.FeedPage,
    "/v1/heads": p.Heads,
    "/v1/tree": p.TreeGrown,
    "/v1/numbers": p.NumberBlock,
    "/v1/push": p.PushResult,
}


def listen(played: Played) -> list[tuple[Call, Reply]]:
    """Everything that a round or two bring up, asked and answered."""
    heard: list[tuple[Call, Reply]] = []

    def note(real: Transport, call: Call) -> Reply:
        reply = real.exchange(call)
        heard.append((call, played.hostile.remember(call, reply)))
        return reply

    played.victim.transport.fault = note
    for one in (played.author, played.victim, played.victim):
        one.write(Organization(name="House"))
        played.time.passes(_UNTIL_EVERYTHING_IS_ASKED)
        one.sync()
    heard = [(call, reply) for call, reply in heard if path_of(call) in _ANSWERS]
    assert {path_of(call) for call, _ in heard} >= _ANSWERS.keys() - {"/v1/numbers", "/v1/heads"}
    return heard


def read(reply: Reply, kind: type[p.Wire]) -> str:
    """What becomes of a reply: what stands in the way, or that it is taken, and then follows the contract."""
    try:
        message = read_reply(reply, kind)
    except EnvironmentProblem as problem:
        assert str(problem)
        return type(problem).__name__
    assert type(message) is kind
    p.encode(message)  # raises where a limit was not kept
    for item in message.items if isinstance(message, p.FeedPage) else ():
        with suppress(p.Malformed):
            body = p.feed_body(item)
            assert body is None or type(body) is p.FEED_BODIES[item.kind]
    return "taken"


def lie(played: Played, chance: Chance, lies: int) -> Counter[str]:
    """Round after round until so many answers were changed; how many rounds it took, and how many told of trouble."""
    author, victim, hostile = played.author, played.victim, played.hostile
    files, kept = files_beside(played.folder, (author, victim)), own(log_of(victim), victim)
    names = {file.name for file in victim.vault.folder.iterdir()}
    rounds = troubles = 0
    device_id = victim.vault.device_id
    while hostile.lies < lies:
        rounds += 1
        played.time.passes(_SECONDS_BETWEEN)
        if chance.often(0.2):
            author.write(Organization(id=chance.randbytes(16).hex(), name=f"House {rounds}"))
            author.sync()
        if chance.often(0.4):
            victim.write(Organization(id=chance.randbytes(16).hex(), name=f"Home {rounds}"))
            kept = own(log_of(victim), victim)
        victim.transport.fault = hostile.exchange
        hostile.calls = hostile.led_on = 0
        troubles += bool(victim.engine.run_once().trouble)
        victim.transport.fault = None
        assert hostile.calls < _MOST_CALLS

        seen, true = log_of(victim), log_of(author)
        foreign = {name: change for name, change in seen.items() if name[1] != device_id}
        assert foreign.items() <= true.items(), "a change that its author never wrote"
        mine = own(seen, victim)
        assert kept.items() <= mine.items(), "work of this device was lost or changed"
        assert {mine[dot][1] for dot in mine.keys() - kept.keys()} <= {"audit_batch"}, "work that it never did"
        kept = mine
        refuse_false_receipts(victim, played.server_public)
        if rounds % _HONEST_EVERY == 0 or hostile.lies >= lies:
            heal(played)
            kept = own(log_of(victim), victim)
    assert files_beside(played.folder, (author, victim)) == files
    assert {file.name for file in victim.vault.folder.iterdir()} <= names | {"backups", "attachments"}
    return Counter(rounds=rounds, troubles_told=troubles)


def heal(played: Played) -> None:
    """Once the server is honest, everybody comes to the same.

    It signed for things that it did not keep, which only the next change after them in the same scope tells: it refuses
    that for the gap. So there is a next record, and the time for the next run of the audit trail comes.
    """
    author, victim = played.author, played.victim
    victim.write(Organization(name="Whatever comes next"))
    played.time.passes(_UNTIL_A_CHECKPOINT)
    for _ in range(4):
        victim.engine.run_once()
        author.engine.run_once()
    victim.sync(), author.sync()
    assert victim.contents() == author.contents()
    lost = own(log_of(victim), victim).keys() - {change[0] for change in log_of(author).values()}
    assert not lost, [own(log_of(victim), victim)[dot][1] for dot in lost]

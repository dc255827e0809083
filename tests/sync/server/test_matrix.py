"""Who may do what at the server, cell by cell against the running server (safety.md, G25).

Every role x everything that can tie a person to a scope x every state of the scope x every act on it; then every
endpoint x every standing in which a request can be. What is allowed is said here once more, from PROTOCOL.md and apart
from the server's code: a relation opens or it does not, and no role opens a scope.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import pytest
from sqlalchemy import update

from app.models.vocab import Role
from app.sync import protocol as p
from app.sync.server import description, members
from app.sync.server.clock import new_id
from app.sync.server.tables import sessions
from tests.sync.server.harness import Device, Refused, Server, close_connections, new_server

GROUP = "unit"


class Tie(StrEnum):
    """What ties the caller to the scope."""

    MADE = "made it, and holds its key"
    MADE_ELSEWHERE = "another device of the person made it"
    DEVICE = "its key was sealed to the device"
    SIBLING = "its key was sealed to another device of the person"
    GROUP = "its key was sealed to a group of the person"
    OLDER = "only the first epoch's key was sealed to the device"
    HELD = "an envelope is held back"
    LEFT = "the person has left the group that reads it"
    NONE = "nothing"


class State(StrEnum):
    """Where the scope stands."""

    FIRST = "first epoch"
    FOLLOWED = "second epoch"
    PURGED = "destroyed by two people"
    UNKNOWN = "never heard of"


NEWEST = frozenset({Tie.MADE, Tie.MADE_ELSEWHERE, Tie.DEVICE, Tie.SIBLING, Tie.GROUP})
"""Whose person has the newest key, or made the scope."""
ON_DEVICE = frozenset({Tie.MADE, Tie.DEVICE, Tie.GROUP})
"""Who has it on this very device."""
OF_BEFORE = frozenset({Tie.OLDER})


@dataclass
class Cell:
    """A caller before a scope."""

    caller: Device
    tie: Tie
    state: State
    scope: str
    founder: Device
    bystander: Device
    chunks: dict[int, bytes] = field(default_factory=dict)
    """A chunk that was given in each epoch."""
    after: int = 0
    """The place of the feed before the scope was made."""

    @property
    def epoch(self) -> int:
        """The scope's newest."""
        return 2 if self.state is State.FOLLOWED else 1

    @property
    def lives(self) -> bool:
        """Whether the server has it."""
        return self.state in (State.FIRST, State.FOLLOWED)

    def is_read(self, epoch: int) -> bool:
        """Whether this device may have what was sealed in an epoch."""
        first = self.tie in ON_DEVICE or self.tie in OF_BEFORE
        return self.lives and epoch <= self.epoch and (first if epoch == 1 else self.tie in ON_DEVICE)

    def holds_newest(self) -> bool:
        """Whether the person may write with the newest key."""
        older_is_newest = self.state is State.FIRST and self.tie in OF_BEFORE
        return self.lives and (self.tie in NEWEST or older_is_newest)


Does = Callable[[Cell], bool]
"""Tries an act; whether the server let it be done. Any refusal counts as no; what was answered must be just that."""
ACTS: dict[str, tuple[Does, Does]] = {}
"""By name: the act, and whether it is allowed. Acts that change the scope come last."""


def act(allowed: Does) -> Callable[[Does], Does]:
    def named(does: Does) -> Does:
        ACTS[does.__name__] = does, allowed
        return does

    return named


def _refused_as(problem: Refused, *codes: str) -> bool:
    assert problem.code in codes, (problem.code, codes)
    return False


def _taken(result: p.PushResult, *codes: str) -> bool:
    for refusal in result.refusals:
        assert refusal.code in codes, (refusal.code, codes)
    return not result.refusals


def _epochs(bodies: list[p.FeedBody | None], scope: str) -> set[int]:
    return {body.epoch for body in bodies if isinstance(body, p.Segment) and body.scope_id == scope}


@act(lambda cell: cell.is_read(1) or cell.is_read(2))
def read_the_scope(cell: Cell) -> bool:
    try:
        page = cell.caller.ask(p.FeedPage, "GET", f"/v1/scopes/{cell.scope}/segments?after=0")
    except Refused as problem:
        return _refused_as(problem, "not_found")
    epochs = _epochs([p.feed_body(item) for item in page.items], cell.scope)
    assert epochs == {epoch for epoch in (1, 2) if cell.is_read(epoch)}, epochs
    return True


@act(lambda cell: cell.is_read(1) or cell.is_read(2))
def read_it_in_the_feed(cell: Cell) -> bool:
    epochs = _epochs([p.feed_body(item) for item in cell.caller.feed(cell.after).items], cell.scope)
    assert epochs in (set(), {epoch for epoch in (1, 2) if cell.is_read(epoch)}), epochs
    return bool(epochs)


@act(lambda cell: all(cell.is_read(epoch) for epoch in range(1, cell.epoch + 1)))
def hear_its_head(cell: Cell) -> bool:
    told = cell.caller.ask(p.Heads, "GET", "/v1/heads?after=")
    return cell.scope in {head.scope_id for head in told.heads}


@act(lambda cell: cell.is_read(1) or cell.is_read(2))
def fetch_its_envelopes(cell: Cell) -> bool:
    page = cell.caller.ask(p.FeedPage, "GET", f"/v1/envelopes?after={cell.after}&limit={p.MAX_PAGE}")
    bodies = [p.feed_body(item) for item in page.items]
    found = [body for body in bodies if isinstance(body, p.Envelope) and body.subject_id == cell.scope]
    mine = {cell.caller.device_id, GROUP}
    assert all(not body.held and body.recipient_id in mine for body in found)
    return bool(found)


@act(lambda cell: cell.is_read(1))
def fetch_a_file_of_the_first_epoch(cell: Cell) -> bool:
    return _fetch(cell, 1)


@act(lambda cell: cell.is_read(2))
def fetch_a_file_of_the_second_epoch(cell: Cell) -> bool:
    return _fetch(cell, 2)


def _fetch(cell: Cell, epoch: int) -> bool:
    name = cell.chunks.get(epoch, hashlib.sha256(f"{cell.scope} {epoch}".encode()).digest())
    handed = cell.caller.ask(p.ChunksHanded, "POST", "/v1/chunks/fetch", p.ChunksAsked([name]))
    assert (handed.absent == [name]) != (len(handed.chunks) == 1)
    return bool(handed.chunks)


@act(lambda cell: cell.is_read(1))
def learn_that_a_file_is_there(cell: Cell) -> bool:
    name = cell.chunks.get(1, bytes(32))
    asked = p.ChunksNamed([p.ChunkName(name, cell.scope)])
    return not cell.caller.ask(p.ChunksMissing, "POST", "/v1/chunks/missing", asked).missing


@act(lambda cell: cell.lives and (cell.tie in ON_DEVICE | OF_BEFORE or cell.tie is Tie.MADE_ELSEWHERE))
def give_a_file(cell: Cell) -> bool:
    sealed = secrets.token_bytes(40)
    given = p.ChunksGiven([p.Chunk(hashlib.sha256(sealed).digest(), [cell.scope], sealed)])
    taken = cell.caller.ask(p.ChunksTaken, "POST", "/v1/chunks", given)
    assert all(one.code in ("not_a_member", "unknown_scope") for one in taken.refused)
    return bool(taken.taken)


@act(Cell.holds_newest)
def write_with_the_newest_key(cell: Cell) -> bool:
    result = cell.caller.send(cell.caller.segment(cell.scope, epoch=cell.epoch))
    if result.refusals:
        cell.caller.chains.pop(cell.scope)
    return _taken(result, "not_a_member", "unknown_scope", "purged")


@act(lambda cell: cell.lives and ((cell.state is State.FIRST and cell.holds_newest()) or cell.tie in OF_BEFORE))
def write_with_the_first_key(cell: Cell) -> bool:
    result = cell.caller.send(cell.caller.segment(cell.scope, epoch=1))
    return _taken(result, "not_a_member", "unknown_scope", "purged", "stale_epoch")


@act(Cell.holds_newest)
def hand_the_newest_key_on(cell: Cell) -> bool:
    envelope = cell.caller.envelope(cell.scope, cell.bystander.device_id, epoch=cell.epoch)
    return _taken(cell.caller.push(p.Push(envelopes=[envelope])), "not_a_member", "unknown_scope", "purged")


@act(lambda cell: (cell.tie is Tie.MADE and cell.lives) or cell.state is State.UNKNOWN)
def say_that_it_is_ones_own(cell: Cell) -> bool:
    scope = cell.scope if cell.state is not State.UNKNOWN else new_id()
    return _taken(cell.caller.push(p.Push(scopes=[cell.caller.offer(scope)])), "exists", "purged")


@act(Cell.holds_newest)
def begin_the_next_epoch(cell: Cell) -> bool:
    return _taken(
        cell.caller.push(p.Push(epochs=[_epoch(cell.caller, cell.scope, cell.epoch + 1)])),
        *("not_a_member", "unknown_scope", "purged"),
    )


# --- the world ---------------------------------------------------------------------------------------------------


def _epoch(device: Device, scope: str, epoch: int) -> p.ScopeEpoch:
    name = p.name_of_key(scope, epoch, secrets.token_bytes(32))
    begun = p.ScopeEpoch(scope, epoch, name, device.device_id, p.UNSIGNED)
    return p.signed(begun, device.key.sign)


class World:
    """An agency with somebody of every role tied to scopes in every way."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.agency = server.add_agency()
        self.founder = server.enrolled(self.agency, "Flo Founder", ("SUP",), (GROUP,))
        self.clerk = server.enrolled(self.agency, "Cy Clerk", ("REG",))
        self.bystander = server.enrolled(self.agency, "Bo Bystander")
        assert not self.founder.push(p.Push(groups=[self.founder.group(GROUP)])).refusals

    def cells(self, role: Role) -> Iterator[Cell]:
        """Each tie in each state."""
        for tie in Tie:
            caller, other = self._caller(role, tie)
            for state in (State.FIRST, State.FOLLOWED, State.PURGED):
                yield self._cell(caller, other, tie, state)
        yield Cell(caller, Tie.NONE, State.UNKNOWN, new_id(), self.founder, self.bystander)

    def _caller(self, role: Role, tie: Tie) -> tuple[Device, Device]:
        """The caller, and another device of the same person."""
        groups = (GROUP,) if tie in (Tie.GROUP, Tie.LEFT) else ()
        person = self.server.add_person(self.agency, f"{role} {tie.name}", (str(role),), groups)
        devices = []
        for _ in range(2 if tie in (Tie.SIBLING, Tie.MADE_ELSEWHERE) else 1):
            device = Device(self.server.port)
            device.enrol(self.server.code(self.agency, person))
            device.sign_in()
            devices.append(device)
        if tie is Tie.LEFT:
            with self.server.parts.store.writing(self.agency) as connection:
                members.change_person(connection, self.agency, person, (str(role),), ())
        return devices[0], devices[-1]

    def _cell(self, caller: Device, other: Device, tie: Tie, state: State) -> Cell:
        founder = {Tie.MADE: caller, Tie.MADE_ELSEWHERE: other}.get(tie, self.founder)
        scope, after = new_id(), self.bystander.feed(2**40).next
        keys = [founder.envelope(scope, founder.device_id), *self._keys(founder, scope, caller, other, tie, 1)]
        first = p.Push(scopes=[founder.offer(scope)], envelopes=keys, segments=[founder.segment(scope, b"first")])
        assert founder.push(first).refusals == []
        cell = Cell(caller, tie, state, scope, founder, self.bystander, after=after)
        cell.chunks[1] = self._give(founder, scope)
        if state is State.FOLLOWED:
            keys = [founder.envelope(scope, founder.device_id, epoch=2)]
            keys += self._keys(founder, scope, caller, other, tie, 2)
            begun = p.Push(epochs=[_epoch(founder, scope, 2)], envelopes=keys)
            assert founder.push(begun).refusals == []
            assert founder.send(founder.segment(scope, b"second", epoch=2)).refusals == []
            cell.chunks[2] = self._give(founder, scope)
        if state is State.PURGED:
            self._purge(scope)
            caller.chains.pop(scope, None)
        return cell

    def _keys(
        self, founder: Device, scope: str, caller: Device, other: Device, tie: Tie, epoch: int
    ) -> list[p.Envelope]:
        if tie in (Tie.GROUP, Tie.LEFT):
            return [founder.envelope(scope, GROUP, epoch=epoch, recipient="group")]
        if tie is Tie.SIBLING:
            return [founder.envelope(scope, other.device_id, epoch=epoch)]
        if tie in (Tie.DEVICE, Tie.HELD) or (tie is Tie.OLDER and epoch == 1):
            return [founder.envelope(scope, caller.device_id, epoch=epoch, held=tie is Tie.HELD)]
        return []

    def _give(self, founder: Device, scope: str) -> bytes:
        sealed = secrets.token_bytes(40)
        name = hashlib.sha256(sealed).digest()
        taken = founder.ask(p.ChunksTaken, "POST", "/v1/chunks", p.ChunksGiven([p.Chunk(name, [scope], sealed)]))
        assert taken.taken
        return name

    def _purge(self, scope: str) -> None:
        order_id = new_id()
        content = p.purge_bytes(self.agency, order_id, [scope], 1)
        approvals = [p.Approval(one.device_id, one.key.sign(content)) for one in (self.founder, self.clerk)]
        order = p.PurgeOrder(order_id, self.agency, [scope], 1, approvals)
        assert self.clerk.ask(p.OrderTaken, "POST", "/v1/order", order).order_id == order_id


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Made once; every cell has a scope of its own."""
    folder: Path = tmp_path_factory.mktemp("matrix") / "server"
    running = new_server(folder, flags_per_minute=100_000)
    yield World(running)
    close_connections()
    running.stop()


@pytest.fixture(autouse=True)
def tidy(world: World) -> None:
    """Connections live as long as the world; the server closes those that nobody used for a while."""
    for device in (world.founder, world.clerk, world.bystander):
        device.connection.close()


# --- the cells ----------------------------------------------------------------------------------------------------


def test_no_role_opens_a_scope_and_every_tie_opens_just_what_it_may(world: World) -> None:
    tried = allowed = 0
    for role in Role:
        for cell in world.cells(role):
            for name, (does, may) in ACTS.items():
                wanted, done = may(cell), does(cell)
                assert done == wanted, f"{role}, {cell.tie.value}, {cell.state.value}: {name} {done=} {wanted=}"
                tried, allowed = tried + 1, allowed + done
    sys.stdout.write(json.dumps({"name": "sync.matrix", "cells": tried, "allowed": allowed}) + "\n")
    assert tried >= 5000


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_decides(world: World, role: Role) -> None:
    device = world.server.enrolled(world.agency, f"Role {role}", (str(role),))
    raised = p.FlagRaised(new_id(), world.bystander.device_id, p.DURESS, 1, p.UNSIGNED)
    flag = p.signed(raised, world.bystander.key.sign)
    world.bystander.ask(p.FlagTaken, "POST", "/v1/flag", flag)
    told = [p.feed_body(item) for item in device.all_items() if item.kind == "flag"]
    assert any(isinstance(one, p.Flag) and one.raised.flag_id == flag.flag_id for one in told) == (role is Role.SUP)
    group = device.group(f"new-{role.lower()}")
    founded = not device.push(p.Push(groups=[group])).refusals
    assert founded == (role in (Role.SUP, Role.ADM)), "others found groups that they are in"
    try:
        device.ask(p.FlagTaken, "POST", "/v1/flag/seen", p.FlagSeen(flag.flag_id))
        noted = True
    except Refused as problem:
        noted = _refused_as(problem, "not_allowed")
    assert noted == (role is Role.SUP)


STANDINGS = {"no token": 401, "a wrong token": 401, "an expired token": 401, "a revoked device": 403}


@pytest.mark.parametrize("standing", STANDINGS)
def test_every_endpoint_asks_who_it_is_first(world: World, standing: str) -> None:
    device = world.server.enrolled(world.agency, "Eve Example", ("SUP", "ADM"), (GROUP,))
    if standing == "no token":
        device.token = ""
    elif standing == "a wrong token":
        device.token = secrets.token_urlsafe(32)
    elif standing == "an expired token":
        with world.server.parts.store.writing(world.agency) as connection:
            mine = sessions.c.device_id == device.device_id
            connection.execute(update(sessions).where(mine).values(expires_at=1))
    else:
        world.server.revoke(world.agency, device.device_id)
    seen = 0
    for path, methods in description.describe()["paths"].items():
        for method, told in methods.items():
            if not told["security"]:
                continue
            body = b"\x80" if method == "post" else None
            status, headers, answer = device.raw(method.upper(), path.replace("{scope_id}", new_id()), body)
            problem = p.decode_problem(answer)
            wanted = "revoked" if standing == "a revoked device" else "not_signed_in"
            assert (status, problem.code) == (STANDINGS[standing], wanted), path
            assert headers["content-type"] == p.PROBLEM_TYPE
            seen += 1
    assert seen >= 13


def test_another_agency_is_a_stranger_whatever_it_is_told(world: World) -> None:
    elsewhere = world.server.add_agency("Elsewhere Police Service")
    for role in Role:
        stranger = world.server.enrolled(elsewhere, f"Stranger {role}", (str(role),), (GROUP,))
        cell = world._cell(world.bystander, world.bystander, Tie.DEVICE, State.FIRST)
        theirs = Cell(stranger, Tie.NONE, State.UNKNOWN, cell.scope, world.founder, world.bystander, cell.chunks)
        for name, (does, _) in ACTS.items():
            if name != say_that_it_is_ones_own.__name__:
                assert not does(theirs), (role, name)

"""A server that is asked without a port, an agency whose devices ask, and a stranger of whom nobody may learn."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from app.sync import protocol as p
from app.sync.server import clock, members, orders, routes
from app.sync.server.app import build_app
from app.sync.server.clock import new_id
from app.sync.server.parts import Parts
from app.sync.server.settings import Settings
from app.sync.server.tables import challenges, metadata
from tests.simulator.network import asked
from tests.simulator.quick import shared_statements
from tests.sync.server.harness import CANARY, Device

_WIDE = 10**9
_BEGIN_MS = 1_772_636_400_000


@dataclass(frozen=True)
class Answer:
    """What came back; `status` 0 when the server said nothing to somebody who had gone."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Request:
    """What is put to the application. `gone_after`: the body breaks off after so many bytes and nobody is there."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    gone_after: int | None = None


class DirectServer:
    """The real application on its store, called in this thread."""

    def __init__(self, settings: Settings) -> None:
        wide = Settings(
            data=settings.data,
            store=settings.store,
            enrol_per_minute=_WIDE,
            sign_in_per_minute=_WIDE,
            flags_per_minute=_WIDE,
        )
        self._runner = asyncio.Runner()
        self._app = build_app(wide)
        self.parts: Parts = self._app.state.parts

    def put(self, request: Request) -> Answer:
        """The server's answer."""
        return self._runner.run(self._put(request))

    async def _put(self, request: Request) -> Answer:
        query = request.query.encode("latin-1", "replace")
        scope: Any = asked(request.method, request.path, query, list(request.headers))
        body = request.body if request.gone_after is None else request.body[: request.gone_after]
        pieces = [body[:1000], body[1000:]]
        status, headers, answered = 0, dict[str, str](), bytearray()

        async def receive() -> Any:
            if not pieces:
                return {"type": "http.disconnect"}
            more = len(pieces) > 1 or request.gone_after is not None
            return {"type": "http.request", "body": pieces.pop(0), "more_body": more}

        async def send(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers.update({name.decode().lower(): value.decode() for name, value in message["headers"]})
            else:
                answered.extend(message.get("body", b""))

        await self._app(scope, receive, send)
        return Answer(status, headers, bytes(answered))

    def close(self) -> None:
        """Let go of store and loop."""
        self.parts.store.close()
        self._runner.close()


@dataclass(eq=False)
class DirectDevice(Device):
    """A device of the harness that asks without a port."""

    server: DirectServer | None = None
    """Whom it asks."""
    signed_in_ms: int = 0
    """When it got its token, by the server's time."""

    def __post_init__(self) -> None:
        """It holds no connection."""

    def sign_in(self) -> p.Session:
        """Get a token."""
        self.signed_in_ms = clock.now_ms()
        return super().sign_in()

    def raw(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one request."""
        assert self.server is not None
        sent = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            sent["content-type"] = p.MEDIA_TYPE
        sent |= headers or {}
        where, _, query = path.partition("?")
        told = tuple((name.encode(), value.encode()) for name, value in sent.items())
        answer = self.server.put(Request(method, where, query, told, body or b""))
        return answer.status, answer.headers, answer.body


@dataclass
class House:
    """Everybody there is on the server."""

    server: DirectServer
    chance: random.Random
    agency: str = ""
    devices: dict[str, DirectDevice] = field(default_factory=dict)
    """By name: `sam` and `sue` supervise, `will` works, `olive` is in no group, `gone` was revoked."""
    scopes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    wipe: p.WipeOrder | None = None
    """For `gone`."""
    stranger: str = ""
    named: tuple[str, ...] = ()
    """Ids of the stranger's that requests name."""
    named_chunk: bytes = b""
    hidden: tuple[bytes, ...] = ()
    """What is the stranger's and no request names: no answer may hold it."""

    def person(self, agency: str, name: str, role: str, groups: tuple[str, ...]) -> DirectDevice:
        """A new person's device, enrolled and signed in."""
        device = self.unenrolled()
        device.enrol(self.code(agency, name, role, groups))
        device.sign_in()
        return device

    def unenrolled(self) -> DirectDevice:
        """A device with keys that follow from the seed."""
        key = Ed25519PrivateKey.from_private_bytes(self.chance.randbytes(32))
        return DirectDevice(0, new_id(), key, self.chance.randbytes(1216), server=self.server)

    def code(self, agency: str, name: str, role: str, groups: tuple[str, ...]) -> str:
        """A one-time code for a new person."""
        with self.server.parts.store.writing() as connection:
            person = members.add_person(connection, agency, name, [role], groups)
            return members.issue_code(connection, agency, person, 3600)

    def rows_of_the_stranger(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that the store holds of it, but for nonces: anybody may ask for one as any device."""
        with self.server.parts.store.reading() as connection:
            return {
                table.name: sorted(
                    tuple(row) for row in connection.execute(select(table).where(table.c.agency_id == self.stranger))
                )
                for table in metadata.sorted_tables
                if table is not challenges
            }


@dataclass
class ServerTime:
    """The server's time: it passes with each request, so that tokens and nonces run out."""

    ms: int = _BEGIN_MS

    def __call__(self) -> int:
        return self.ms


class _Here:
    """Work for which the server has threads is done at once: one request is asked at a time, and changing threads costs
    as much as all the rest of it.
    """

    @staticmethod
    async def run_sync(work: Callable[[], Any]) -> Any:
        """What `to_thread.run_sync` does."""
        return work()


@contextmanager
def in_this_thread() -> Iterator[None]:
    """Within: this process's servers do all their work in the thread that asks."""
    before = getattr(routes, "to_thread")  # noqa: B009
    setattr(routes, "to_thread", _Here)  # noqa: B010
    try:
        yield
    finally:
        setattr(routes, "to_thread", before)  # noqa: B010


@contextmanager
def settled(settings: Settings, chance: random.Random, time: ServerTime) -> Iterator[House]:
    """The house on a new store, with something of everything in it. Time and chance are the test's."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), cache_logger_on_first_use=False)
    try:
        with clock.played(time, chance.randbytes), shared_statements(), in_this_thread():
            server = DirectServer(settings)
            try:
                house = House(server, chance)
                _move_in(house)
                _move_in_beside(house)
                yield house
            finally:
                server.close()
    finally:
        structlog.reset_defaults()


def _agency(house: House, name: str, order: Ed25519PrivateKey) -> str:
    with house.server.parts.store.writing() as connection:
        public = order.public_key().public_bytes_raw()
        return members.add_agency(connection, name, recovery_public=bytes(1216), order_public=public)


def _move_in(house: House) -> None:
    order = Ed25519PrivateKey.from_private_bytes(house.chance.randbytes(32))
    house.agency = _agency(house, "Lakeshore Police Service", order)
    staff = ("staff", "unit")
    for name, role, groups in (
        ("sam", "SUP", (*staff, "supervisors")),
        ("sue", "SUP", (*staff, "supervisors")),
        ("will", "VSU", staff),
        ("olive", "OFF", ()),
        ("gone", "VSU", staff),
    ):
        house.devices[name] = house.person(house.agency, name.title(), role, groups)
    _fill(house, house.devices["sam"], house.devices["will"])
    gone = house.devices["gone"].device_id
    wipe = p.WipeOrder(house.agency, gone, house.chance.randbytes(32), clock.now_ms(), False, p.UNSIGNED)
    house.wipe = p.signed(wipe, order.sign)
    with house.server.parts.store.writing() as connection:
        members.revoke(connection, house.agency, gone)
        orders.keep_wipe(connection, house.wipe)


def _fill(house: House, device: DirectDevice, *readers: DirectDevice, sealed: bytes = b"sealed") -> None:
    """Something in each table."""
    device.push(p.Push(groups=[device.group(name) for name in ("staff", "supervisors")]))
    for _ in range(3):
        scope = device.new_scope(*(one.device_id for one in readers))
        to_staff = device.envelope(scope, "staff", recipient="group")
        device.push(p.Push(envelopes=[to_staff], segments=[device.segment(scope, sealed), device.segment(scope)]))
        house.scopes.append(scope)
        chunk = sealed + house.chance.randbytes(100)
        name = hashlib.sha256(chunk).digest()
        given = p.ChunksGiven([p.Chunk(name, [scope], chunk)])
        device.ask(p.ChunksTaken, "POST", "/v1/chunks", given)
        house.chunks.append(name)
    flag = p.signed(p.FlagRaised(new_id(), device.device_id, p.DURESS, clock.now_ms(), p.UNSIGNED), device.key.sign)
    device.ask(p.FlagTaken, "POST", "/v1/flag", flag)
    house.flags.append(flag.flag_id)
    asked = p.NumbersAsked(series="ab" * 8, year=2026, size=10)
    device.ask(p.NumberBlock, "POST", "/v1/numbers", asked)


def _move_in_beside(house: House) -> None:
    """The stranger: the same things, of which one of each kind is named in requests and the others never."""
    beside = House(house.server, house.chance)
    order = Ed25519PrivateKey.from_private_bytes(house.chance.randbytes(32))
    beside.agency = _agency(beside, "Canary Police Service", order)
    first = beside.person(beside.agency, CANARY.decode(), "SUP", ("staff", "supervisors"))
    second = beside.person(beside.agency, "Canary Second", "VSU", ("staff",))
    _fill(beside, first, second, sealed=CANARY)
    scope = second.new_scope()
    second.send(second.segment(scope, CANARY))
    assert first.enrolled is not None and second.enrolled is not None
    house.stranger = beside.agency
    house.named = (beside.agency, beside.scopes[0], first.device_id, beside.flags[0])
    house.named_chunk = beside.chunks[0]
    ids = (*beside.scopes[1:], scope, second.device_id, first.enrolled.person_id, first.enrolled.server_epoch)
    house.hidden = (CANARY, b"Canary", *beside.chunks[1:], *(one.encode() for one in ids))

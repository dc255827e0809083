"""What is done to a true request: fields left out, exchanged, out of bounds, or said before; bytes cut."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import zstandard

from app.sync import protocol as p
from app.sync.server.clock import new_id
from tests.sync.server.harness import SIGNED_IN_PUSHES
from tests.sync.server.made_up.asking import Draft, Tree
from tests.sync.server.made_up.description import Description, Operation
from tests.sync.server.made_up.house import DirectDevice, House, Request

_SIGNED_WHOLE: dict[str, type[Any]] = {"/v1/enrol": p.Enrol, "/v1/flag": p.FlagRaised, "/v1/wiped": p.Wiped}
_NUMBERS = (0, 1, -1, 2, 2**31, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1, 1.5, float("inf"), float("nan"))
_WORDS = ("", "\0", "x\0y", "x" * 5000, "'; DROP TABLE feed; --", "%s%n", "\u202e", "\uffff", "é" * 32, "0" * 31 + "\n")
_KINDS: tuple[Any, ...] = (None, True, [], {}, 7, "word", b"bytes", [[[[1]]]], {"": {"": {}}})
_SIZES = (0, 1, 31, 33, 63, 65, 4097, 16_385)
_QUERIES = (
    "",
    "-1",
    "1.5",
    "x",
    "9" * 15,
    "9" * 400,
    str(2**53),
    str(2**53 + 1),
    "\u0663",
    "+1",
    "yes",
    "\0",
    "1&after=2",
)
_SEGMENTS_OF_PATHS = ("%00", "..", "%2e%2e%2f", "é", "x" * 3000, "0" * 31, " ", "a/b", "\0")
_TYPES = ("", "application/json", "application/msgpack; charset=x", "text/html", "application/msgpack\t", "x" * 500)
_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")
_BOMB = zstandard.ZstdCompressor(level=3).compress(bytes(2 * p.MAX_BODY))
_DEEP = (
    b"\x91" * 5000,
    b"\x81\xa1a" * 5000,
    b"\x81\xa8segments\x91" * 500,
    b"\xdd\xff\xff\xff\xff",
    b"\xc1",
    b"\xc6\xff\xff\xff\xff",
)
_KIND = (b"content-type", p.MEDIA_TYPE.encode())
_MOST_KEPT = 200
_ID = re.compile("[0-9a-f]{32}")


@dataclass
class Harm:
    """Makes requests of one house more or less wrong."""

    house: House
    description: Description
    chance: random.Random
    _said: list[Any] = field(default_factory=list)
    """Parts of messages that were asked before: they come again in others, signatures and all."""

    def spoiled(self, operation: Operation, draft: Draft) -> Draft:
        """The draft with its message, query, path or author changed, or none of them."""
        draft = replace(draft, message=copy.deepcopy(draft.message), query=dict(draft.query))
        if self.chance.random() < 0.2:
            draft.by = self.chance.choice(list(self.house.devices.values()))
        if draft.message is not None:
            self._spoil(operation, draft)
        while self.chance.random() < (0.3 if operation.query else 0.02):
            draft.query[self.chance.choice((*operation.query, "limit", "more"))] = self._query()
        if "{scope_id}" in operation.path and self.chance.random() < 0.5:
            word = self.chance.choice((self._id(), self._id(), self._id(), self.chance.choice(_SEGMENTS_OF_PATHS)))
            draft.path = operation.path.replace("{scope_id}", word)
        return draft

    def crossed(self, operation: Operation, draft: Draft) -> Iterator[Draft]:
        """A true request again and again, each time with one id in it replaced by one of the stranger's."""
        for place, (of, at) in enumerate(list(_ids(draft.message))):
            for foreign in self.house.named if isinstance(of[at], str) else (self.house.named_chunk,):
                changed = replace(draft, message=copy.deepcopy(draft.message))
                holder, key = list(_ids(changed.message))[place]
                holder[key] = foreign
                self._sign_again(operation, changed)
                yield changed
        for foreign in self.house.named:
            if "{scope_id}" in operation.path:
                yield replace(draft, path=operation.path.replace("{scope_id}", foreign))
            if operation.path == "/v1/heads":
                yield replace(draft, query={"after": foreign})

    def request(self, draft: Draft, harmed: bool = True) -> Request:
        """As it goes over the wire. Bytes and headers are changed in some, if `harmed`."""
        headers = {b"authorization": f"Bearer {draft.by.token}".encode()}
        body = b""
        if draft.message is not None:
            headers[_KIND[0]] = _KIND[1]
            try:
                body = msgspec.msgpack.encode(draft.message)
            except (OverflowError, ValueError):
                body = repr(draft.message).encode()
        method, gone = draft.method, None
        if harmed and self.chance.random() < 0.15:
            body = self._bytes(body, headers)
        if harmed and self.chance.random() < 0.1:
            method, gone = self._envelope(method, headers, len(body))
        if self.chance.random() < 0.2:
            headers[b"accept-encoding"] = b"gzip, zstd"
        return Request(method, draft.path, draft.query_string, tuple(headers.items()), body, gone)

    # --- messages ---

    def _spoil(self, operation: Operation, draft: Draft) -> None:
        assert operation.asked is not None and draft.message is not None
        if self.chance.random() < 0.2:
            draft.message = self.description.make(operation.asked, self.chance)
            assert draft.message is not None
        for _ in range(self.chance.choice((0, 1, 1, 1, 1, 2, 2, 3, 6))):
            places = list(_places(draft.message))
            if places:
                holder, key = self.chance.choice(places)
                self.chance.choice(_HARMS)(self, holder, key)
        if self.chance.random() < 0.7:
            self._sign_again(operation, draft)
        kept = [holder[key] for holder, key in _places(draft.message)]
        self._said = [*self._said, *copy.deepcopy(self.chance.sample(kept, min(len(kept), 5)))][-_MOST_KEPT:]

    def _drop(self, holder: Any, key: Any) -> None:
        holder.pop(key)

    def _number(self, holder: Any, key: Any) -> None:
        was = holder[key]
        near = was + self.chance.choice((-1, 1)) if isinstance(was, int) else 0
        holder[key] = self.chance.choice((*_NUMBERS, near, near, near))

    def _word(self, holder: Any, key: Any) -> None:
        holder[key] = self.chance.choice(_WORDS)

    def _kind(self, holder: Any, key: Any) -> None:
        holder[key] = copy.deepcopy(self.chance.choice(_KINDS))

    def _name(self, holder: Any, key: Any) -> None:
        holder[key] = self._id()

    def _raw(self, holder: Any, key: Any) -> None:
        was = holder[key]
        if not isinstance(was, bytes) or self.chance.random() < 0.3:
            holder[key] = self.chance.randbytes(self.chance.choice(_SIZES))
        elif was and self.chance.random() < 0.5:
            at = self.chance.randrange(len(was))
            holder[key] = was[:at] + bytes([was[at] ^ 1 << self.chance.randrange(8)]) + was[at + 1 :]
        else:
            holder[key] = self.chance.choice((was[:-1], was + b"\0", was[: len(was) // 2], bytes(len(was))))

    def _swap(self, holder: Any, key: Any) -> None:
        other = self.chance.choice(list(holder)) if isinstance(holder, dict) else self.chance.randrange(len(holder))
        holder[key], holder[other] = holder[other], holder[key]

    def _replay(self, holder: Any, key: Any) -> None:
        alike = [one for one in self._said if type(one) is type(holder[key])]
        holder[key] = copy.deepcopy(self.chance.choice(alike or self._said or [0]))

    def _double(self, holder: Any, key: Any) -> None:
        was = holder[key]
        if isinstance(was, list) and was:
            holder[key] = copy.deepcopy(was * self.chance.choice((2, 2, 3, 60)))
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(was))

    def _add(self, holder: Any, _: Any) -> None:
        if isinstance(holder, dict):
            holder[self.chance.choice(("more", "", "x" * 300, "signature", "agency_id"))] = self._id()

    def _id(self) -> str:
        """Of this agency, of the stranger's, or of nobody."""
        if self.chance.random() < 0.3:
            return self.chance.choice(self.house.named)
        own = (*self.house.scopes, *(one.device_id for one in self.house.devices.values()), *self.house.flags)
        others = (self.house.agency, new_id(), "staff", "supervisors", p.RECOVERY)
        return self.chance.choice((self.chance.choice(own), self.chance.choice(others)))

    # --- signatures ---

    def _sign_again(self, operation: Operation, draft: Draft) -> None:
        message = draft.message
        assert message is not None
        for name, kind in SIGNED_IN_PUSHES.items():
            things = message.get(name)
            for thing in things if isinstance(things, list) else ():
                if isinstance(thing, dict):
                    self._sign(draft.by, thing, kind)
        if operation.path in _SIGNED_WHOLE:
            self._sign(draft.by, message, _SIGNED_WHOLE[operation.path])
        if operation.path == "/v1/order":
            self._approve(message)

    def _sign(self, by: DirectDevice, thing: Tree, kind: type[Any]) -> None:
        for name in ("by_device", "device_id"):
            if name in thing and self.chance.random() < 0.7:
                thing[name] = by.device_id
        with suppress(msgspec.ValidationError, ValueError):
            thing["signature"] = p.signed(msgspec.convert(thing, kind), by.key.sign).signature

    def _approve(self, message: Tree) -> None:
        with suppress(msgspec.ValidationError, ValueError):
            order = msgspec.convert(message, p.PurgeOrder)
            content = p.purge_bytes(order.agency_id, order.order_id, order.scopes, order.proposed_at)
            devices = list(self.house.devices.values())
            approvers = self.chance.choice((devices[:2], [devices[0]] * 2, self.chance.sample(devices, 2)))
            message["approvals"] = [
                {"device_id": one.device_id, "signature": one.key.sign(content)} for one in approvers
            ]

    # --- bytes and headers ---

    def _bytes(self, body: bytes, headers: dict[bytes, bytes]) -> bytes:
        match self.chance.randrange(7):
            case 0:
                return body[: self.chance.randrange(len(body) + 1)]
            case 1 if body:
                changed = bytearray(body)
                for _ in range(self.chance.randint(1, 4)):
                    changed[self.chance.randrange(len(body))] ^= 1 << self.chance.randrange(8)
                return bytes(changed)
            case 2:
                return body + self.chance.randbytes(3)
            case 3:
                return self.chance.choice(_DEEP)
            case 4:
                headers[b"content-encoding"] = b"zstd"
                return zstandard.ZstdCompressor().compress(body)
            case 5:
                headers[b"content-encoding"] = self.chance.choice((b"zstd", b"gzip", b"ZSTD", b"zstd, zstd"))
                packed = zstandard.ZstdCompressor().compress(body)
                return self.chance.choice((body, packed[:-1], packed * 2, _BOMB, b""))
            case _:
                return self.chance.randbytes(self.chance.choice((0, 1, 100, p.MAX_SMALL_BODY + 1)))

    def _envelope(self, method: str, headers: dict[bytes, bytes], length: int) -> tuple[str, int | None]:
        match self.chance.randrange(5):
            case 0:
                bad = (
                    b"",
                    b"Bearer",
                    b"Bearer " + b"x" * 43,
                    b"Basic eDp4",
                    b"Bearer \xff\xfe" + b"y" * 30,
                    b"x" * 9000,
                )
                headers[b"authorization"] = self.chance.choice(bad)
            case 1:
                del headers[b"authorization"]
            case 2:
                headers[_KIND[0]] = self.chance.choice(_TYPES).encode()
            case 3:
                said = (
                    b"0",
                    b"-1",
                    b"9" * 30,
                    str(length + 1).encode(),
                    str(p.MAX_BODY + 1).encode(),
                    "\u0663".encode(),
                )
                headers[b"content-length"] = self.chance.choice(said)
            case _:
                if self.chance.random() < 0.5:
                    return method, self.chance.randrange(length + 1)
                return self.chance.choice(_METHODS), None
        return method, None

    def _query(self) -> str:
        return self.chance.choice((*_QUERIES, self._id(), "no", "0", "3"))


_HARMS: tuple[Callable[[Harm, Any, Any], None], ...] = (
    Harm._drop,
    Harm._number,
    Harm._word,
    Harm._kind,
    Harm._name,
    Harm._name,
    Harm._raw,
    Harm._raw,
    Harm._swap,
    Harm._replay,
    Harm._replay,
    Harm._double,
    Harm._add,
)


def _ids(told: Any) -> Iterator[tuple[Any, Any]]:
    """The places of ids and of names of chunks."""
    for holder, key in _places(told):
        value = holder[key]
        if (isinstance(value, str) and _ID.fullmatch(value)) or (isinstance(value, bytes) and len(value) == 32):
            yield holder, key


def _places(told: Any) -> Iterator[tuple[Any, Any]]:
    """Every place where a value could be replaced."""
    inside = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in list(inside):
        yield told, key
        yield from _places(value)

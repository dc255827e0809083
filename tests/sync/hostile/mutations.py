"""What a hostile server makes of an answer: every kind of lie that can be told in a reply.

It holds the server's own signing key, so it may sign what it likes as the server; it holds no device's key. What is
said about members is left as it is: this version trusts the server for the list of members (PROTOCOL.md, What is
signed).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.sync import protocol as p
from app.sync.client.transport import Call, Reply, Transport

_LARGEST = 4096
_STRINGS = (
    "",
    "\0",
    "../../../../tmp/haven-was-here",
    "..\\..\\haven-was-here",
    "/tmp/haven-was-here",
    "file:///tmp/haven-was-here",
    "CON",
    "a" * 300,
    "'; DROP TABLE change; --",
    "%s%s%n",
    "{0.__class__}",
    "<img src='file:///tmp/x'>",
    "\u202egnp.exe",
    "\ud7ff\uffff",
    "0" * 32,
    "f" * 32,
)
_NUMBERS = (0, 1, -1, 2**31, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1, 1.5, float("inf"), float("nan"))
_CODES = (*(str(code) for code in p.ProblemCode), "", "x" * 500, "no_such_code")
_PORTAL = b"<html><head><meta http-equiv=refresh content='0;url=http://192.0.2.1/'></head></html>"
_LISTS = ("items", "heads", "receipts", "refusals")
SWALLOW = "swallow"
_ABOUT_PUSHES = (SWALLOW, "forge", "forge", "replay", "order", "value", "problem", "cut")
_SHARE_OF_PUSHES = 0.7
"""Pushes are few, and what is said about them decides whether work counts as received."""
_END = p.MAX_MILLISECONDS
_MOST_PAGES = 40
"""How long one round is led on by pages that never end."""

Lie = Callable[["HostileServer", Call, Reply], Reply]


@dataclass
class HostileServer:
    """Stands between an engine and the true server, and lies in a share of its answers."""

    real: Transport
    chance: random.Random
    sign: Callable[[bytes], bytes]
    """With the server's own key."""
    share: float = 0.5
    told: Counter[str] = field(default_factory=Counter)
    led_on: int = 0
    calls: int = 0
    _before: dict[str, list[Reply]] = field(default_factory=dict)
    _intruder: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def lies(self) -> int:
        """How many answers were not the true ones."""
        return self.told.total()

    def exchange(self, _: Transport, call: Call) -> Reply:
        """The reply, true or not."""
        self.calls += 1
        pushes = path_of(call) == "/v1/push"
        if self.chance.random() >= (_SHARE_OF_PUSHES if pushes else self.share):
            return self.remember(call, self.real.exchange(call))
        name = self.chance.choice(_ABOUT_PUSHES if pushes else tuple(LIES))
        if name == SWALLOW:
            self.told[name] += 1
            return self._swallowed(call)
        true = self.remember(call, self.real.exchange(call))
        lie = self.changed(name, call, true)
        self.told[name] += lie != true
        return lie

    def changed(self, name: str, call: Call, reply: Reply) -> Reply:
        """What a lie of that name makes of a true reply."""
        return self._swallowed(call) if name == SWALLOW else LIES[name](self, call, reply)

    def remember(self, call: Call, reply: Reply) -> Reply:
        """The reply, which may be told again later."""
        kept = self._before.setdefault(path_of(call), [])
        kept.append(reply)
        del kept[:-8]
        return reply

    def _swallowed(self, call: Call) -> Reply:
        """Nothing is stored, and everything is receipted as if it were."""
        push = p.decode(p.Push, call.body or b"")
        epoch, number = self.chance.randbytes(16).hex(), self.chance.choice((1, 2, 7, 2**40))
        at = self.chance.choice((0, 1_800_000_000_000, _END))
        receipts = [
            p.signed(
                p.Receipt(
                    one.scope_id,
                    one.device_id,
                    one.first,
                    one.last,
                    p.segment_hash(one),
                    number,
                    epoch,
                    at,
                    p.UNSIGNED,
                ),
                self.sign,
            )
            for one in push.segments
        ]
        known = self._before.get("/v1/session", [])
        told = p.decode(p.Session, known[-1].body) if known and known[-1].status == 200 else None
        here = told.server_epoch if told is not None else epoch
        result = p.PushResult(receipts, [], here, self.chance.choice((0, 1_800_000_000_000, _END)))
        return Reply(200, p.MEDIA_TYPE, p.encode(result))

    # --- bytes ---

    def flip(self, _: Call, reply: Reply) -> Reply:
        """Single bits."""
        body = bytearray(reply.body)
        for _flip in range(self.chance.randint(1, 4)):
            if body:
                body[self.chance.randrange(len(body))] ^= 1 << self.chance.randrange(8)
        return reply if _names_a_member(reply) else replace(reply, body=bytes(body))

    def cut(self, _: Call, reply: Reply) -> Reply:
        """A part of it."""
        return replace(reply, body=reply.body[: self.chance.randrange(len(reply.body) + 1)])

    def junk(self, _: Call, reply: Reply) -> Reply:
        """Something else altogether: a portal, random bytes, nothing, bodies nested without end."""
        deep = self.chance.choice((b"\x91", b"\x81\xa1a", b"\x81\xa5items\x91")) * self.chance.choice((100, 20_000))
        body = self.chance.choice((_PORTAL, b"", self.chance.randbytes(200), deep, b"\xdd\xff\xff\xff\xff", b"\xc1"))
        kind = self.chance.choice((p.MEDIA_TYPE, p.PROBLEM_TYPE, "text/html", ""))
        return Reply(self.chance.choice((200, 204, 302, reply.status)), kind, body)

    def problem(self, _: Call, reply: Reply) -> Reply:
        """A refusal that is not true, at any status."""
        status = self.chance.choice((301, 400, 401, 403, 404, 409, 413, 418, 429, 500, 502, 503, 507))
        said = {"type": "about:blank", "title": self.chance.choice(_STRINGS), "status": status}
        body = msgspec.json.encode({**said, "code": self.chance.choice(_CODES)})
        return Reply(status, p.PROBLEM_TYPE, body, self.chance.choice((0, 1, 86_400)))

    # --- values ---

    def value(self, _: Call, reply: Reply) -> Reply:
        """One value of it replaced by one that means harm."""
        return self._changed(reply, self._put)

    def drop(self, _: Call, reply: Reply) -> Reply:
        """One field or one thing left out."""
        return self._changed(reply, lambda holder, key: holder.pop(key))

    def order(self, _: Call, reply: Reply) -> Reply:
        """Things doubled, turned round, in any order."""

        def mixed(told: dict[str, Any]) -> None:
            for name in _LISTS:
                if isinstance(told.get(name), list) and told[name]:
                    found = told[name] * self.chance.choice((1, 2))
                    self.chance.shuffle(found)
                    told[name] = found

        return _retold(reply, mixed)

    def _put(self, holder: Any, key: Any) -> None:
        options: list[Any] = [None, True, [], {}, self.chance.randbytes(32), b"\0" * _LARGEST, [[[[1]]]] * 3]
        options += [self.chance.choice(_STRINGS), self.chance.choice(_NUMBERS)]
        holder[key] = self.chance.choice(options)

    def _changed(self, reply: Reply, change: Callable[[Any, Any], object]) -> Reply:
        def somewhere(told: dict[str, Any]) -> None:
            places = list(_places(told))
            if places:
                change(*self.chance.choice(places))

        return _retold(reply, somewhere)

    # --- history ---

    def replay(self, call: Call, _: Reply) -> Reply:
        """What was said before to the same question."""
        return self.chance.choice(self._before[path_of(call)])

    def swap(self, _: Call, __: Reply) -> Reply:
        """What was said to another question."""
        return self.chance.choice(self.chance.choice(list(self._before.values())))

    def roll_back(self, _: Call, reply: Reply) -> Reply:
        """As a server that was put back, or another one, would say it."""

        def older(told: dict[str, Any]) -> None:
            if "next" in told:
                told["next"] = self.chance.choice((0, 1, max(told["next"] - 1, 0), told["next"] + 1, 2**53))
            if self.chance.random() < 0.3:
                told["server_epoch"] = self.chance.randbytes(16).hex()
            if "server_time" in told:
                told["server_time"] = self.chance.choice((0, told["server_time"], _END))
            for head in told.get("heads") or () if isinstance(told.get("heads"), list) else ():
                head["number"] = max(head["number"] + self.chance.choice((-1, 0, 1)), 0)

        return _retold(reply, older)

    def lead_on(self, _: Call, reply: Reply) -> Reply:
        """Pages that never end."""

        def endless(told: dict[str, Any]) -> None:
            if "more" in told and self.led_on < _MOST_PAGES:
                self.led_on += 1
                told["more"] = True
                if "next" in told:
                    told["next"] += self.chance.choice((0, 1))

        return _retold(reply, endless)

    # --- forgeries ---

    def forge(self, _: Call, reply: Reply) -> Reply:
        """Segments and envelopes with other content, other names or another signature; receipts for something else."""

        def forged(told: dict[str, Any]) -> None:
            for item in told.get("items", ()):
                if item.get("kind") in ("segment", "envelope", "group") and isinstance(item.get("body"), dict):
                    self._forge(item["body"])
            for receipt in told.get("receipts", ()):
                name, size = self.chance.choice((("hash", 32), ("signature", 64)))
                receipt[name] = self.chance.randbytes(size)

        return _retold(reply, forged)

    def _forge(self, body: dict[str, Any]) -> None:
        for name, value in list(body.items()):
            if self.chance.random() < 0.3 and name != "signature":
                if isinstance(value, bytes):
                    body[name] = self.chance.randbytes(len(value))
                elif isinstance(value, int) and not isinstance(value, bool):
                    body[name] = max(value + self.chance.choice((-1, 1, 2)), 1)
        body["signature"] = self._intruder.sign(msgspec.msgpack.encode(body))
        kind: Any = p.Segment if "first" in body else p.Group if "public" in body else p.Envelope
        with suppress(msgspec.ValidationError, ValueError):
            body["signature"] = p.signed(msgspec.convert(body, kind), self._intruder.sign).signature


LIES: dict[str, Lie] = {
    name: getattr(HostileServer, name)
    for name in (
        "flip",
        "cut",
        "junk",
        "problem",
        "value",
        "drop",
        "order",
        "replay",
        "swap",
        "roll_back",
        "lead_on",
        "forge",
    )
}


def path_of(call: Call) -> str:
    """Of the endpoint."""
    return urlsplit(call.url).path


def _retold(reply: Reply, change: Callable[[dict[str, Any]], None]) -> Reply:
    """The reply with its content changed; what cannot be read or written stays as it is."""
    try:
        told = msgspec.msgpack.decode(reply.body)
    except msgspec.DecodeError:
        return reply
    if not isinstance(told, dict):
        return reply
    change(told)
    try:
        return replace(reply, body=msgspec.msgpack.encode(told))
    except (ValueError, OverflowError, TypeError, UnicodeEncodeError):
        return reply


def _places(told: Any, of_member: bool = False) -> Iterator[tuple[Any, Any]]:
    """Every place where a value could be replaced, but not within what is said about a member."""
    inside = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in inside:
        if not of_member:
            yield told, key
        if isinstance(value, dict | list):
            is_member = isinstance(told, dict) and told.get("kind") == "member"
            yield from _places(value, of_member or is_member)


def _names_a_member(reply: Reply) -> bool:
    return b"signing_public" in reply.body

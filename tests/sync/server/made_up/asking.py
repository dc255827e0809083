"""What a device would ask now: a true message for each endpoint, and what is learned from its answer."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import msgspec

from app.sync import protocol as p
from app.sync.server import members
from app.sync.server.clock import new_id, now_ms
from tests.sync.server.made_up.description import Operation
from tests.sync.server.made_up.house import Answer, DirectDevice, House

Tree = dict[str, Any]
_MOST_DEVICES = 10
_MOST_SCOPES = 12
_TOKEN_MS = 14 * 60 * 1000
_PLACES = ("after", "first")


@dataclass
class Draft:
    """A request before it is put on the wire."""

    by: DirectDevice
    method: str
    path: str
    query: dict[str, str]
    message: Tree | None

    @property
    def query_string(self) -> str:
        """As it stands behind the question mark."""
        return urlencode(self.query)


@dataclass
class Asking:
    """Knows what of the house's agency is where, so that what it makes is right."""

    house: House
    chance: random.Random
    _epochs: dict[str, int] = field(default_factory=dict)
    """Of scopes that have a newer one than the first, and of groups."""
    _newcomers: dict[str, DirectDevice] = field(default_factory=dict)
    _left_code: str = ""
    _left_nonces: dict[str, p.Challenge] = field(default_factory=dict)
    """Of devices whose last sign-in that was made wrong was not the one to use its nonce up."""

    def true(self, operation: Operation) -> Draft:
        """What somebody would ask now."""
        for name in ("sam", "sue"):  # the others find out that their tokens have run out
            if now_ms() - self.house.devices[name].signed_in_ms > _TOKEN_MS:
                self.house.devices[name].sign_in()
        by = self.house.devices[self.chance.choice(("sam", "sue"))]
        message: Tree | None = None
        if operation.asked is not None:
            by, told = _MESSAGES[operation.path](self, by)
            message = msgspec.msgpack.decode(msgspec.msgpack.encode(told))
        path = operation.path.replace("{scope_id}", self.chance.choice(self.house.scopes))
        query = {
            one: str(self.chance.choice((0, 1, self.chance.randrange(100))))
            for one in operation.query
            if one in _PLACES
        }
        if operation.path == "/v1/heads":
            query = {"after": self.chance.choice(self.house.scopes)}
        if "heads" in operation.query:
            query |= {"heads": self.chance.choice(("yes", "no")), "own": self.chance.choice(("yes", "no"))}
        return Draft(by, operation.method, path, query, message)

    def learn(self, draft: Draft, answer: Answer, body: bytes) -> None:
        """What is true from now on."""
        is_old = now_ms() - draft.by.signed_in_ms > _TOKEN_MS
        if answer.status == 401 and is_old and self._is_in_service(draft.by):
            draft.by.sign_in()
        if answer.status == 200 and draft.path.startswith("/v1/enrol"):
            self._left_code = ""
        if answer.status in (200, 401) and draft.path in ("/v1/session", "/v1/wipe"):
            self._left_nonces.clear()
        if answer.status != 200 or draft.message is None:
            return
        if draft.path == "/v1/push":
            self._learn_pushed(draft.message, msgspec.msgpack.decode(body, type=p.PushResult))
        elif draft.path == "/v1/enrol":
            self._learn_enrolled(draft.message, msgspec.msgpack.decode(body, type=p.Enrolled))
        elif draft.path == "/v1/order":
            gone = set(draft.message["scopes"])
            self.house.scopes = [one for one in self.house.scopes if one not in gone] or [self._scope()]

    def _is_in_service(self, device: DirectDevice) -> bool:
        return device in [one for name, one in self.house.devices.items() if name != "gone"]

    def _learn_pushed(self, message: Tree, result: p.PushResult) -> None:
        by_id = {device.device_id: device for device in self.house.devices.values()}
        for receipt in result.receipts:
            if receipt.device_id in by_id:
                chains = by_id[receipt.device_id].chains
                chains[receipt.scope_id] = max(chains.get(receipt.scope_id, (0, b"")), (receipt.last, receipt.hash))
        refused = {(one.about, one.scope_id) for one in result.refusals}
        for name, about, key in (("epochs", "epoch", "scope_id"), ("groups", "group", "name")):
            for one in message.get(name, ()):
                if (about, one[key]) not in refused:
                    self._epochs[one[key]] = max(self._epochs.get(one[key], 1), one["epoch"])
        if not refused:
            made = [one["scope_id"] for one in message.get("scopes", ()) if one["scope_id"] not in self.house.scopes]
            self.house.scopes = [*self.house.scopes, *made][-_MOST_SCOPES:]

    def _learn_enrolled(self, message: Tree, enrolled: p.Enrolled) -> None:
        device = self._newcomers.pop(message["device_id"], None)
        if device is not None and len(self.house.devices) < _MOST_DEVICES:
            device.enrolled = enrolled
            device.sign_in()
            self.house.devices[device.device_id] = device

    # --- messages ---

    def _code(self) -> str:
        """One that was not used up, if there is one."""
        if self._left_code:
            return self._left_code
        with self.house.server.parts.store.writing() as connection:
            person = members.add_person(connection, self.house.agency, "New Example", ["VSU"], ("staff",))
            self._left_code = members.issue_code(connection, self.house.agency, person, 7 * 24 * 3600)
        return self._left_code

    def _enrol(self, _: DirectDevice) -> tuple[DirectDevice, p.Enrol]:
        device = self.house.unenrolled()
        self._newcomers = {device.device_id: device}
        return device, device.enrolment(self._code())

    def _enrol_terms(self, by: DirectDevice) -> tuple[DirectDevice, p.Wire]:
        return by, p.EnrolTermsAsked(self._code())

    def _enrol_account(self, by: DirectDevice) -> tuple[DirectDevice, p.Wire]:
        device, enrol = self._enrol(by)
        return device, p.EnrolSignedIn(enrol, "code", "K" * 43, 50_000)

    def _challenge(self, by: DirectDevice) -> tuple[DirectDevice, p.Wire]:
        return by, p.ChallengeAsked(by.device_id)

    def _sign_in(self, by: DirectDevice) -> tuple[DirectDevice, p.Wire]:
        if by.device_id not in self._left_nonces:
            self._left_nonces[by.device_id] = by.challenge()
        return by, by.answered(self._left_nonces[by.device_id])

    def _wipe(self, _: DirectDevice) -> tuple[DirectDevice, p.Wire]:
        return self._sign_in(self.house.devices["gone"])

    def _wiped(self, _: DirectDevice) -> tuple[DirectDevice, p.Wire]:
        gone, order = self.house.devices["gone"], self.house.wipe
        assert order is not None
        return gone, p.signed(p.Wiped(gone.device_id, order.nonce, now_ms(), p.UNSIGNED), gone.key.sign)

    def _push(self, by: DirectDevice) -> tuple[DirectDevice, p.Wire]:
        return by, self.chance.choice((_new_scope, _next_segments, _next_epoch, _next_group))(self, by)

    def _numbers(self, by: DirectDevice) -> tuple[DirectDevice, p.Wire]:
        return by, p.NumbersAsked("ab" * 8, 2026, self.chance.randint(1, p.MAX_NUMBERS), self.chance.randint(0, 100))

    def _flag(self, by: DirectDevice) -> tuple[DirectDevice, p.Wire]:
        flag = p.FlagRaised(new_id(), by.device_id, p.DURESS, now_ms(), p.UNSIGNED)
        return by, p.signed(flag, by.key.sign)

    def _flag_seen(self, by: DirectDevice) -> tuple[DirectDevice, p.Wire]:
        return by, p.FlagSeen(self.house.flags[0])

    def _scope(self) -> str:
        return self.house.devices["sam"].new_scope()

    def _order(self, by: DirectDevice) -> tuple[DirectDevice, p.Wire]:
        scopes = [self.chance.choice((self._scope, new_id, new_id, new_id))()]
        order_id, agency = new_id(), self.house.agency
        content, both = p.purge_bytes(agency, order_id, scopes, 1), ("sam", "sue")
        approvers = [self.house.devices[name] for name in both]
        approvals = [p.Approval(one.device_id, one.key.sign(content)) for one in approvers]
        return by, p.PurgeOrder(order_id, agency, scopes, 1, approvals)

    def _give_chunks(self, by: DirectDevice) -> tuple[DirectDevice, p.Wire]:
        sealed = self.chance.randbytes(self.chance.choice((1, 50, 3000)))
        return by, p.ChunksGiven([p.Chunk(hashlib.sha256(sealed).digest(), [self._known_scope()], sealed)])

    def _missing(self, by: DirectDevice) -> tuple[DirectDevice, p.Wire]:
        return by, p.ChunksNamed([p.ChunkName(name, self._known_scope()) for name in self.house.chunks])

    def _fetch(self, by: DirectDevice) -> tuple[DirectDevice, p.Wire]:
        return by, p.ChunksAsked(self.house.chunks)

    def _known_scope(self) -> str:
        return self.chance.choice(self.house.scopes)

    def epoch(self, name: str) -> int:
        """The newest of a scope or group."""
        return self._epochs.get(name, 1)


def _new_scope(asking: Asking, by: DirectDevice) -> p.Push:
    scope = new_id()
    to = by.envelope(scope, by.device_id), by.envelope(scope, "staff", recipient="group")
    made = p.Push(scopes=[by.offer(scope)], envelopes=list(to), segments=[by.segment(scope)])
    del by.chains[scope]  # it moves on with the receipt
    return made


def _next_segments(asking: Asking, by: DirectDevice) -> p.Push:
    scope = asking._known_scope()
    before = by.chains.get(scope)
    count = asking.chance.randint(1, 3)
    made = [by.segment(scope, b"sealed", epoch=asking.epoch(scope)) for _ in range(count)]
    by.chains.pop(scope) if before is None else by.chains.__setitem__(scope, before)
    return p.Push(segments=made)


def _next_epoch(asking: Asking, by: DirectDevice) -> p.Push:
    scope = asking._known_scope()
    epoch = asking.epoch(scope) + 1
    begun = p.signed(p.ScopeEpoch(scope, epoch, asking.chance.randbytes(32), by.device_id, p.UNSIGNED), by.key.sign)
    to = [by.envelope(scope, "staff", recipient="group", epoch=epoch), by.envelope(scope, by.device_id, epoch=epoch)]
    return p.Push(epochs=[begun], envelopes=to)


def _next_group(asking: Asking, by: DirectDevice) -> p.Push:
    name = asking.chance.choice(("staff", "supervisors"))
    return p.Push(groups=[by.group(name, asking.epoch(name) + 1)])


_MESSAGES: dict[str, Callable[[Asking, DirectDevice], tuple[DirectDevice, p.Wire]]] = {
    "/v1/enrol": Asking._enrol,
    "/v1/enrol/terms": Asking._enrol_terms,
    "/v1/enrol/account": Asking._enrol_account,
    "/v1/challenge": Asking._challenge,
    "/v1/session": Asking._sign_in,
    "/v1/push": Asking._push,
    "/v1/numbers": Asking._numbers,
    "/v1/flag": Asking._flag,
    "/v1/flag/seen": Asking._flag_seen,
    "/v1/order": Asking._order,
    "/v1/wipe": Asking._wipe,
    "/v1/wiped": Asking._wiped,
    "/v1/chunks": Asking._give_chunks,
    "/v1/chunks/missing": Asking._missing,
    "/v1/chunks/fetch": Asking._fetch,
}
"""Each endpoint that takes a message; a new one that is missing here fails the test."""

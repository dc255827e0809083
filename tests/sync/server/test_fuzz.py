"""Requests made up from the server's own description: it never fails, and tells nothing to a stranger (G28).

The description (`describe`) makes right and wrong messages alike. So that they reach further than the first check, many
are put into words that fit: signed by the device that asks, about scopes, groups and devices that there are, of its own
agency and of a stranger's. Whatever comes back follows the description, is no failure of the server, and holds nothing
of the other agency, whose store is the same afterwards. `HAVEN_DESCRIBED` requests over a port: making one takes a
hundred times as long as answering it, so the many are made in `test_made_up.py`. The seed is printed, `HAVEN_SEED`
plays it again.
"""

from __future__ import annotations

import base64
import json
import os
import random
import sys
from collections import Counter
from contextlib import suppress
from typing import Any

import hypothesis
import msgspec
import pytest
import schemathesis
import zstandard
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from sqlalchemy import select

from app.sync import protocol as p
from app.sync.server import verifying
from app.sync.server.clock import new_id
from app.sync.server.description import describe
from app.sync.server.tables import metadata
from tests.sync.server.harness import CANARY, SIGNED_IN_PUSHES, Device, Server

REQUESTS = int(os.environ.get("HAVEN_DESCRIBED", "100"))
SEED = int(os.environ.get("HAVEN_SEED", random.SystemRandom().randrange(2**32)))
_MARK = "~bytes~"
_CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")


class Speaker:
    """Puts made-up messages into words that fit, as often as chance says."""

    def __init__(self, device: Device, own: list[str], foreign: list[str], chance: random.Random) -> None:
        self.device, self.own, self.foreign, self.chance = device, own, foreign, chance
        self.named: set[str] = set()
        """The ids that were asked about so far: a refusal may name what it refuses."""

    def bytes_of(self, value: Any) -> bytes:
        """The message as it travels."""
        told = self._bytes(value)
        if isinstance(told, dict):
            self._fit(told)
        try:
            body = msgspec.msgpack.encode(told)
        except (ValueError, OverflowError, TypeError):
            body = repr(told).encode()
        return body if self.chance.random() > 0.02 else body[: len(body) // 2]

    def id(self) -> str:
        """A scope or device: most often of this agency, sometimes of the other, sometimes of none."""
        chosen = self.chance.choice((*self.own, *self.own, *self.foreign, new_id()))
        self.named.add(chosen)
        return chosen

    def _bytes(self, value: Any) -> Any:
        """What stands as base64 in the description is bytes on the wire."""
        if isinstance(value, dict):
            return {name: self._bytes(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._bytes(inner) for inner in value]
        return base64.b64decode(value[len(_MARK) :]) if isinstance(value, str) and value.startswith(_MARK) else value

    def _fit(self, told: dict[str, Any]) -> None:
        for name, kind in SIGNED_IN_PUSHES.items():
            things = told.get(name)
            for thing in things if isinstance(things, list) else ():
                if isinstance(thing, dict) and self.chance.random() < 0.8:
                    self._sign(thing, kind)
        if "flag_id" in told and "kind" in told and self.chance.random() < 0.8:
            self._sign(told, p.FlagRaised)

    def _sign(self, thing: dict[str, Any], kind: type[Any]) -> None:
        for name in ("by_device", "device_id"):
            if name in thing:
                thing[name] = self.device.device_id
        for name in ("scope_id", "subject_id", "recipient_id"):
            if name in thing and self.chance.random() < 0.8:
                thing[name] = self.chance.choice((self.id(), "staff", "recovery"))
        if kind is p.Segment and self.chance.random() < 0.7:
            last, previous = self.device.chains.get(str(thing.get("scope_id")), (0, p.NO_HASH))
            thing |= {"first": last + 1, "last": last + 1, "epoch": 1, "previous": previous}
        try:
            whole = msgspec.convert(thing, kind)
        except (msgspec.ValidationError, ValueError):
            return
        thing["signature"] = p.signed(whole, self.device.key.sign).signature


def _register(document: dict[str, Any]) -> None:
    """Bytes of every length that the description names, marked so that they are told apart from other text."""
    for told in json.dumps(document).split('"format": "')[1:]:
        name = told.partition('"')[0]
        _, low, high = name.split("-")
        short = min(int(high), max(int(low), 64))
        strategy = st.binary(min_size=int(low), max_size=short).map(lambda raw: _MARK + base64.b64encode(raw).decode())
        schemathesis.openapi.format(name, strategy)


def _plain(reply: Any) -> bytes:
    content = bytes(reply.content)
    if reply.headers.get("content-encoding") == ["zstd"]:
        return zstandard.ZstdDecompressor().decompress(content, max_output_size=p.MAX_BODY)
    return content


def _answer(_: Any, reply: Any) -> Any:
    """For the comparison with the description: bytes as base64."""
    return json.loads(msgspec.json.encode(msgspec.msgpack.decode(_plain(reply))))


def _rows(server: Server, agency: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the store holds of an agency."""
    with server.parts.store.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).where(table.c.agency_id == agency))]
            for table in metadata.sorted_tables
        }


def _stranger(server: Server) -> tuple[str, list[str]]:
    """Another agency on the same server, with something in each table; its id, and ids to try."""
    agency = server.add_agency("Canary Police Service")
    device = server.enrolled(agency, CANARY.decode(), groups=("staff",))
    scope = device.new_scope()
    device.send(device.segment(scope, sealed=CANARY))
    device.push(p.Push(groups=[device.group("staff")], envelopes=[device.envelope(scope, "staff", recipient="group")]))
    return agency, [scope, device.device_id]


@pytest.mark.filterwarnings("ignore")
def test_made_up_requests_neither_break_the_server_nor_reach_a_stranger(server: Server) -> None:
    sys.stdout.write(json.dumps({"faults": "made-up requests", "seed": SEED, "requests": REQUESTS}) + "\n")
    stranger, foreign = _stranger(server)
    before = _rows(server, stranger)
    agency = server.add_agency()
    device = server.enrolled(agency, roles=("SUP",), groups=("staff", "supervisors"))
    own = [device.new_scope(), device.device_id]
    speaker = Speaker(device, own, foreign, random.Random(SEED))
    document = describe()
    _register(document)
    schemathesis.serializer(p.MEDIA_TYPE)(lambda _, value: speaker.bytes_of(value))
    schemathesis.deserializer(p.MEDIA_TYPE)(_answer)
    schema = schemathesis.openapi.from_dict(document)
    operations = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    operations = [one for one in operations if one.path != "/v1/pokes"]  # a stream that does not end
    statuses: Counter[int] = Counter()
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _ask_many(operation, mode, max(REQUESTS // (2 * len(operations)), 2), speaker, statuses)
    assert _rows(server, stranger) == before
    with server.parts.store.reading() as connection:
        assert verifying.find_faults(connection) == []
    figures = {"requests": statuses.total(), "by_status": dict(sorted(statuses.items()))}
    told = {"unhandled": 0, "stack_traces": 0, "rows_of_strangers": 0}
    sys.stdout.write(json.dumps({"faults": "made-up requests", **figures, **told}) + "\n")


def _ask_many(operation: Any, mode: GenerationMode, count: int, speaker: Speaker, statuses: Counter[int]) -> None:
    load_all_checks()
    checks: list[Any] = [CHECKS.get_one(name) for name in _CHECKS]
    device, address = speaker.device, f"http://127.0.0.1:{speaker.device.port}"

    @hypothesis.seed(SEED)
    @hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        if "scope_id" in (case.path_parameters or {}) and speaker.chance.random() < 0.8:
            case.path_parameters["scope_id"] = speaker.id()
        reply = case.call(base_url=address, headers={"authorization": f"Bearer {device.token}"})
        if reply.status_code == 401:
            device.sign_in()
        statuses[reply.status_code] += 1
        content = _plain(reply)
        assert reply.status_code < 500, content
        assert b"Traceback" not in content and b'File "' not in content
        assert CANARY not in content
        assert not [one for one in speaker.foreign if one.encode() in content and one not in speaker.named]
        case.validate_response(reply, checks=checks)

    with suppress(Unsatisfiable):  # where nothing is asked, nothing can be asked wrongly
        ask()

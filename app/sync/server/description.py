"""The interface as an OpenAPI 3.1 document, made from the wire's own types: for tools that test and for those who ask.

PROTOCOL.md rules; this says the same to a machine. Bodies travel as MessagePack (`application/msgpack`). JSON Schema
knows no bytes, so a field of bytes stands here as base64 with `contentEncoding`, and its length in bytes in
`x-min-bytes` and `x-max-bytes`; on the wire it is a MessagePack `bin` of just these bytes.

To add an endpoint: a line in `_OPERATIONS`; tests/sync/server/test_description.py compares them with the handlers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from app.sync import protocol as p

_SCHEMAS = "#/components/schemas/"
_COUNTER = {"type": "integer", "minimum": 0, "maximum": p.MAX_PLACE}
_CHOICE = {"type": "string", "enum": ["yes", "no"]}
_ID = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_PAGE = {"after": _COUNTER, "limit": _COUNTER}
_EVENTS = "text/event-stream"
_REFUSED = ("400", "401", "403", "404", "408", "409", "413", "415", "429", "503", "507")


@dataclass(frozen=True)
class _Operation:
    """One endpoint. `asked`: the message that it takes; `query`: what may stand behind the question mark."""

    method: str
    path: str
    tells: str
    answer: type[p.Wire] | None = None
    asked: type[p.Wire] | None = None
    query: dict[str, dict[str, Any]] | None = None
    kind: str = "text/plain"
    """Of an answer that is no message."""
    open: bool = False
    """Asked without a token."""


_OPERATIONS = (
    _Operation("post", "/v1/enrol", "Become a member with a one-time code.", p.Enrolled, p.Enrol, open=True),
    _Operation(
        "post", "/v1/enrol/terms", "Where to sign in before enrolling.", p.EnrolTerms, p.EnrolTermsAsked, open=True
    ),
    _Operation(
        "post", "/v1/enrol/account", "Become a member after that sign-in.", p.Enrolled, p.EnrolSignedIn, open=True
    ),
    _Operation("post", "/v1/challenge", "A nonce to sign.", p.Challenge, p.ChallengeAsked, open=True),
    _Operation("post", "/v1/session", "A signed nonce for a token.", p.Session, p.SignIn, open=True),
    _Operation(
        "post", "/v1/push", "Segments, scopes, epochs, envelopes and groups.", p.PushResult, p.Push, {"after": _COUNTER}
    ),
    _Operation("post", "/v1/numbers", "A block of record numbers.", p.NumberBlock, p.NumbersAsked),
    _Operation("post", "/v1/flag", "What supervisors must know about this device.", p.FlagTaken, p.FlagRaised),
    _Operation("post", "/v1/flag/seen", "A supervisor took note of a flag.", p.FlagTaken, p.FlagSeen),
    _Operation("post", "/v1/order", "Two people destroy scopes.", p.OrderTaken, p.PurgeOrder),
    _Operation(
        "post", "/v1/wipe", "A revoked device asks for its order to erase itself.", p.WipeOrder, p.SignIn, open=True
    ),
    _Operation("post", "/v1/wiped", "A device says that it has erased itself.", p.WipedTaken, p.Wiped, open=True),
    _Operation("post", "/v1/chunks", "Sealed chunks of files to keep.", p.ChunksTaken, p.ChunksGiven),
    _Operation("post", "/v1/chunks/missing", "Which chunks are still to be given.", p.ChunksMissing, p.ChunksNamed),
    _Operation("post", "/v1/chunks/fetch", "Sealed chunks by name.", p.ChunksHanded, p.ChunksAsked),
    _Operation(
        "get",
        "/v1/feed",
        "What lies after a place and is for this device.",
        p.FeedPage,
        query={**_PAGE, "own": _CHOICE, "heads": _CHOICE},
    ),
    _Operation("get", "/v1/envelopes", "All envelopes for this device from a place on.", p.FeedPage, query=_PAGE),
    _Operation("get", "/v1/scopes/{scope_id}/segments", "One scope's segments.", p.FeedPage, query=_PAGE),
    _Operation("get", "/v1/heads", "The heads of what this device reads.", p.Heads, query={"after": _ID}),
    _Operation("get", "/v1/tree", "The signed head of the agency's log.", p.TreeGrown, query={"first": _COUNTER}),
    _Operation("get", "/v1/pokes", "A stream that says when to look.", query={"after": _COUNTER}, kind=_EVENTS),
    _Operation("get", "/healthz", "Whether the process lives.", open=True),
    _Operation("get", "/readyz", "Whether the store answers.", open=True),
    _Operation("get", "/metrics", "Counters for Prometheus.", open=True),
)


def describe() -> dict[str, Any]:
    """The whole document."""
    messages = {one for operation in _OPERATIONS for one in (operation.asked, operation.answer) if one is not None}
    bodies = {*p.FEED_BODIES.values(), p.Problem}
    named = sorted(messages | bodies, key=lambda kind: kind.__name__)
    _, schemas = msgspec.json.schema_components(named, ref_template=_SCHEMAS + "{name}")
    for kind in p.Wire.__subclasses__():
        if kind.__name__ in schemas:
            _say_bytes(kind, schemas[kind.__name__]["properties"])
    paths: dict[str, Any] = {}
    for operation in _OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _told(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Haven's blind server",
            "version": str(p.PROTOCOL_VERSION),
            "description": "Bodies are MessagePack. Bytes stand here as base64 and travel as MessagePack bin.",
        },
        "paths": paths,
        "components": {
            "schemas": {name: _plain(schema) for name, schema in schemas.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _told(operation: _Operation) -> dict[str, Any]:
    told: dict[str, Any] = {"summary": operation.tells, "security": [] if operation.open else [{"token": []}]}
    parameters = [_parameter(name, "query", schema) for name, schema in (operation.query or {}).items()]
    if "{scope_id}" in operation.path:
        parameters.append(_parameter("scope_id", "path", _ID))
    if parameters:
        told["parameters"] = parameters
    if operation.asked is not None:
        told["requestBody"] = {"required": True, "content": _content(p.MEDIA_TYPE, operation.asked)}
    right = _content(p.MEDIA_TYPE, operation.answer) if operation.answer is not None else {operation.kind: {}}
    told["responses"] = {"200": {"description": "Done.", "content": right}}
    for status in _REFUSED:
        told["responses"][status] = {"description": "Refused.", "content": _content(p.PROBLEM_TYPE, p.Problem)}
    return told


def _parameter(name: str, place: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _content(media_type: str, kind: type[Any]) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": _SCHEMAS + kind.__name__}}}


def _plain(schema: Any) -> Any:
    """As other tools read it: their own end-of-text sign in patterns, the length of bytes in bytes."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _plain(value) for name, value in schema.items()}
    if isinstance(found.get("pattern"), str):
        found["pattern"] = found["pattern"].replace("\\Z", "$")
    return found


def _say_bytes(kind: type[p.Wire], properties: dict[str, Any]) -> None:
    """How many bytes each field of bytes has, or each in a list of them: base64 letters would say it only roughly."""
    told = msgspec.inspect.type_info(kind)
    assert isinstance(told, msgspec.inspect.StructType)
    for field in told.fields:
        if isinstance(field.type, msgspec.inspect.ListType):
            said = _bytes_told(field.type.item_type)
            if said is not None:
                properties[field.name]["items"] = said
            continue
        parts = field.type.types if isinstance(field.type, msgspec.inspect.UnionType) else (field.type,)
        for alone in filter(None, map(_bytes_told, parts)):
            properties[field.name] = alone if len(parts) == 1 else {"anyOf": [alone, {"type": "null"}]}


def _bytes_told(part: msgspec.inspect.Type) -> dict[str, Any] | None:
    if not isinstance(part, msgspec.inspect.BytesType):
        return None
    said = {"type": "string", "contentEncoding": "base64"}
    bounds = {"x-min-bytes": part.min_length, "x-max-bytes": part.max_length}
    return {**said, **bounds, "format": f"bytes-{part.min_length}-{part.max_length}"}

"""The interface as an OpenAPI document: every endpoint that there is, every field with its bounds."""

from __future__ import annotations

import json

import pytest

from app.sync import protocol as p
from app.sync.server.admin import main
from app.sync.server.description import describe
from app.sync.server.routes import HANDLERS


def test_every_endpoint_is_described_and_no_other() -> None:
    served = {
        (method.lower(), path.replace(":str}", "}"))
        for handler in HANDLERS
        for path in handler.paths
        for method in handler.http_methods
        if method in ("GET", "POST")
    }
    described = {(method, path) for path, methods in describe()["paths"].items() for method in methods}
    assert described == served


def test_bytes_are_said_with_their_length_and_patterns_as_others_read_them() -> None:
    document = describe()
    segment = document["components"]["schemas"]["Segment"]["properties"]
    assert (segment["sealed"]["x-min-bytes"], segment["sealed"]["x-max-bytes"]) == (1, p.MAX_SEGMENT)
    assert segment["previous"]["format"] == "bytes-32-32"
    assert segment["scope_id"]["pattern"] == "^[0-9a-f]{32}$"
    assert "\\\\Z" not in json.dumps(document)


def test_bytes_in_lists_are_said_with_their_length_too() -> None:
    schemas = describe()["components"]["schemas"]
    assert schemas["ChunksAsked"]["properties"]["names"]["items"]["format"] == "bytes-32-32"
    assert schemas["TreeGrown"]["properties"]["proof"]["items"]["x-max-bytes"] == 32
    unsaid = [
        f"{kind}.{name}"
        for kind, schema in schemas.items()
        for name, field in schema["properties"].items()
        for one in (field, field.get("items", {}), *field.get("anyOf", ()))
        if one.get("contentEncoding") == "base64" and "x-max-bytes" not in one
    ]
    assert unsaid == []


def test_only_what_comes_before_a_token_is_open() -> None:
    operations = [one for methods in describe()["paths"].values() for one in methods.values()]
    open_ones = [one["summary"] for one in operations if not one["security"]]
    assert len(open_ones) == 10 and all(one["security"] in ([], [{"token": []}]) for one in operations)


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe"]) == 0
    assert json.loads(capsys.readouterr().out) == describe()

"""The judge of made-up requests lets nothing pass that it is there for."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest

from app.sync import protocol as p
from tests.sync.server.made_up.description import Description
from tests.sync.server.made_up.house import Answer, Request
from tests.sync.server.made_up.judge import Judge

DESCRIPTION = Description()
HEADS = next(one for one in DESCRIPTION.operations if one.path == "/v1/heads")
FEED = next(one for one in DESCRIPTION.operations if one.path == "/v1/feed")
SEGMENT = p.Segment("a" * 32, "b" * 32, 1, 1, 1, p.NO_HASH, b"sealed", p.UNSIGNED)
PAGE = p.FeedPage([p.FeedItem(1, "segment", msgspec.Raw(p.encode(SEGMENT)))], 1, False, "c" * 32, 1)
HEADS_TOLD = p.Heads([p.ScopeHead("a" * 32, 1, bytes(32))], False, "c" * 32, 1)


def fault_of(message: Any, status: int = 200, kind: str = p.MEDIA_TYPE, operation: Any = HEADS) -> str | None:
    """What the judge says of an answer."""
    body = message if isinstance(message, bytes) else msgspec.msgpack.encode(message)
    answer = Answer(status, {"content-type": kind}, body)
    judge = Judge((b"hidden-word",), DESCRIPTION)
    return judge.fault(operation, Request("GET", operation.path), answer, body)


def problem(status: int, title: str = "Sign in again.") -> bytes:
    """The body of a failure."""
    return p.encode_problem(p.Problem("urn:haven:problem:x", title, status, "x"))


def test_what_is_right_passes() -> None:
    assert fault_of(HEADS_TOLD) is None
    assert fault_of(PAGE, operation=FEED) is None
    assert fault_of(problem(401), 401, p.PROBLEM_TYPE) is None


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"more": None}, "answer.more"),
        ({"server_epoch": "C" * 32}, "answer.server_epoch"),
        ({"server_time": -1}, "answer.server_time"),
        ({"server_time": True}, "answer.server_time"),
        ({"heads": {}}, "answer.heads"),
        ({"heads": [{"scope_id": "a" * 32, "number": 1, "head": bytes(31)}]}, "answer.heads[0].head"),
        ({"heads": [{"scope_id": "a" * 32, "number": 1, "head": "0" * 32}]}, "answer.heads[0].head"),
        ({"heads": [{"scope_id": "a" * 32, "number": 1}]}, "answer.heads[0]"),
        ({"never_described": 1}, "at answer"),
    ],
)
def test_what_does_not_follow_the_description_is_named(changed: dict[str, Any], at: str) -> None:
    told = msgspec.msgpack.decode(msgspec.msgpack.encode(HEADS_TOLD)) | changed
    assert str(fault_of(told)).endswith(at)


def test_so_is_what_is_inside_an_item() -> None:
    wrong = msgspec.structs.replace(SEGMENT, previous=bytes(31))
    page = msgspec.structs.replace(PAGE, items=[p.FeedItem(1, "segment", msgspec.Raw(msgspec.msgpack.encode(wrong)))])
    assert str(fault_of(page, operation=FEED)).endswith("answer.items[0].body.previous")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((problem(500), 500, p.PROBLEM_TYPE), "failed with 500"),
        ((problem(418), 418, p.PROBLEM_TYPE), "status 418 is not described"),
        ((problem(404), 401, p.PROBLEM_TYPE), "does not follow the description at answer.status"),
        ((problem(401, "Traceback (most recent call last)"), 401, p.PROBLEM_TYPE), "a stack trace"),
        ((problem(401, "hidden-word"), 401, p.PROBLEM_TYPE), "told of a stranger: b'hidden-word'"),
        ((problem(401), 401, p.MEDIA_TYPE), "is application/msgpack"),
        ((b"\xc1", 200, p.MEDIA_TYPE), "cannot be decoded"),
        ((b"", 0, ""), "no answer"),
    ],
)
def test_what_no_answer_may_be_is_named(answer: tuple[bytes, int, str], said: str) -> None:
    assert fault_of(*answer) == said


def test_what_is_made_from_the_description_follows_it() -> None:
    chance = random.Random(1)
    for operation in DESCRIPTION.operations:
        if operation.asked is not None:
            for _ in range(20):
                assert DESCRIPTION.fault(operation.asked, DESCRIPTION.make(operation.asked, chance)) is None

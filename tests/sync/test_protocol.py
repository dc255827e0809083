"""The wire contract: what is checked, what is signed, what is tolerated."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sync import protocol as p

ID = "0" * 31
SEGMENT = p.Segment(
    scope_id=ID + "1",
    device_id=ID + "2",
    first=1,
    last=3,
    epoch=1,
    previous=p.NO_HASH,
    sealed=b"sealed",
    signature=p.UNSIGNED,
)
ENVELOPE = p.Envelope(
    subject="scope",
    subject_id=ID + "1",
    epoch=1,
    recipient="group",
    recipient_id="supervisors",
    method="aes",
    sealed=b"key",
    held=False,
    by_device=ID + "2",
    signature=p.UNSIGNED,
)
GROUP = p.Group(name="supervisors", epoch=1, public=bytes(1216), by_device=ID + "2", signature=p.UNSIGNED)
OFFER = p.ScopeOffer(scope_id=ID + "1", by_device=ID + "2", signature=p.UNSIGNED)
ENROL = p.Enrol(
    code="ABCD-EFGH",
    device_id=ID + "2",
    device_name="Laptop 4",
    signing_public=bytes(32),
    kem_public=bytes(1216),
    signature=p.UNSIGNED,
)
RECEIPT = p.Receipt(
    scope_id=ID + "1",
    device_id=ID + "2",
    first=1,
    last=3,
    hash=bytes(32),
    number=1,
    server_epoch=ID + "3",
    received_at=5,
    signature=p.UNSIGNED,
)
FLAG = p.FlagRaised(flag_id=ID + "4", device_id=ID + "2", kind=p.DURESS, at=7, signature=p.UNSIGNED)
EPOCH = p.ScopeEpoch(scope_id=ID + "1", epoch=2, key_name=bytes(32), by_device=ID + "2", signature=p.UNSIGNED)
BUNDLE = p.BundleHead(
    agency_id=ID + "5",
    by_device=ID + "2",
    made_at=7,
    group="staff",
    sealed_key=b"key",
    content=bytes(32),
    signature=p.UNSIGNED,
)
SIGNED: list[Any] = [SEGMENT, ENVELOPE, GROUP, OFFER, EPOCH, ENROL, RECEIPT, FLAG, BUNDLE]


def raw_map(value: p.Wire) -> dict[str, Any]:
    """`value` as the plain map that travels."""
    found: dict[str, Any] = msgspec.msgpack.decode(p.encode(value))
    return found


@pytest.mark.parametrize("value", SIGNED, ids=lambda value: type(value).__name__)
def test_each_message_travels_unchanged(value: p.Wire) -> None:
    assert p.decode(type(value), p.encode(value)) == value


@pytest.mark.parametrize("value", SIGNED, ids=lambda value: type(value).__name__)
def test_a_newer_peer_may_say_more(value: p.Wire) -> None:
    body = msgspec.msgpack.encode(raw_map(value) | {"from_the_future": [1, 2]})
    assert p.decode(type(value), body) == value


@pytest.mark.parametrize("value", SIGNED, ids=lambda value: type(value).__name__)
def test_every_field_but_the_signature_is_signed(value: Any) -> None:
    """Changing any one field changes the signed bytes; changing the signature does not."""
    other: dict[type, Any] = {
        str: lambda text: ("group" if text == "scope" else "b" + text[1:]) if text != "aes" else "hpke",
        int: lambda number: number + 1,
        bytes: lambda content: bytes([content[0] ^ 1]) + content[1:],
        bool: lambda flag: not flag,
    }
    before = p.canonical(value)
    for name in value.__struct_fields__:
        content = getattr(value, name)
        changed = msgspec.structs.replace(value, **{name: other[type(content)](content)})
        assert (p.canonical(changed) == before) is (name == "signature"), name


def test_no_two_kinds_share_their_signed_bytes() -> None:
    assert len({p.canonical(value) for value in SIGNED}) == len(SIGNED)


def test_signing_fills_only_the_signature() -> None:
    done = p.signed(SEGMENT, lambda content: hashlib.sha512(content).digest())
    assert done.signature != p.UNSIGNED
    assert msgspec.structs.replace(done, signature=p.UNSIGNED) == SEGMENT


@pytest.mark.parametrize(
    ("field", "content"),
    [
        ("scope_id", "0" * 31),
        ("scope_id", "0" * 32 + "\n"),
        ("scope_id", "G" * 32),
        ("first", 0),
        ("first", -1),
        ("last", 2**64 - 1),
        ("epoch", 0),
        ("previous", bytes(31)),
        ("previous", "0" * 32),
        ("sealed", b""),
        ("sealed", bytes(p.MAX_SEGMENT + 1)),
        ("signature", bytes(63)),
        ("last", None),
    ],
)
def test_what_is_out_of_bounds_is_refused_at_both_ends(field: str, content: Any) -> None:
    body = msgspec.msgpack.encode(raw_map(SEGMENT) | {field: content})
    with pytest.raises(p.Malformed):
        p.decode(p.Segment, body)
    with pytest.raises(p.Malformed):
        p.encode(msgspec.structs.replace(SEGMENT, **{field: content}) if field != "last" else bad_last(content))


def bad_last(content: Any) -> p.Wire:
    """A push whose segment has an impossible end, made without asking the constructor's opinion."""
    return p.Push(segments=[msgspec.structs.replace(SEGMENT, first=content or "x", last=content or "x")])


def test_a_run_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="last before first"):
        msgspec.structs.replace(SEGMENT, first=4)
    with pytest.raises(p.Malformed):
        p.decode(p.Segment, msgspec.msgpack.encode(raw_map(SEGMENT) | {"first": 4}))


def test_too_many_segments_in_one_push_are_refused() -> None:
    assert p.encode(p.Push(segments=[SEGMENT] * p.MAX_BATCH))
    with pytest.raises(p.Malformed):
        p.encode(p.Push(segments=[SEGMENT] * (p.MAX_BATCH + 1)))


def test_a_body_over_the_limit_is_refused() -> None:
    big = msgspec.structs.replace(SEGMENT, sealed=bytes(p.MAX_SEGMENT))
    with pytest.raises(p.Malformed, match="too large"):
        p.encode(p.Push(segments=[big] * 9))


def test_a_malformed_body_never_shows_its_content() -> None:
    with pytest.raises(p.Malformed) as caught:
        p.decode(p.Enrol, msgspec.msgpack.encode(raw_map(ENROL) | {"device_name": "", "code": "Marguerite"}))
    assert "Marguerite" not in str(caught.value)
    assert caught.value.__cause__ is None


@given(st.binary(max_size=300))
def test_random_bytes_are_malformed_or_valid_never_a_crash(body: bytes) -> None:
    for kind in (p.Push, p.Enrol, p.FeedPage, p.Segment):
        try:
            p.decode(kind, body)
        except p.Malformed:
            continue


def test_deep_nesting_is_malformed() -> None:
    with pytest.raises(p.Malformed):
        p.decode(p.Push, b"\x81\xa6future" + b"\x91" * 200_000 + b"\x00")


def test_a_feed_keeps_what_it_does_not_know() -> None:
    known = p.FeedItem(place=1, kind="segment", body=msgspec.Raw(p.encode(SEGMENT)), number=1, received_at=9)
    unknown = p.FeedItem(place=2, kind="poem", body=msgspec.Raw(msgspec.msgpack.encode({"line": 1})))
    broken = p.FeedItem(place=3, kind="segment", body=msgspec.Raw(msgspec.msgpack.encode({"line": 1})))
    page = p.FeedPage(items=[known, unknown, broken], next=3, more=False, server_epoch=ID + "3", server_time=1)
    read = p.decode(p.FeedPage, p.encode(page))
    assert p.feed_body(read.items[0]) == SEGMENT
    assert p.feed_body(read.items[1]) is None
    with pytest.raises(p.Malformed):
        p.feed_body(read.items[2])


def test_the_hash_names_the_content_and_not_the_signature() -> None:
    again = msgspec.structs.replace(SEGMENT, signature=bytes([1]) * 64)
    other = msgspec.structs.replace(SEGMENT, sealed=b"other")
    assert p.segment_hash(SEGMENT) == p.segment_hash(again) != p.segment_hash(other)


def test_a_head_depends_on_the_order() -> None:
    one, two = bytes([1]) * 32, bytes([2]) * 32
    forwards = p.scope_head(p.scope_head(p.NO_HASH, one), two)
    assert forwards != p.scope_head(p.scope_head(p.NO_HASH, two), one)


def test_an_enrolment_code_reads_as_it_was_printed() -> None:
    assert p.enrolment_code("  o1lI-abcd ") == "0111ABCD"
    typed = msgspec.structs.replace(ENROL, code="abcdefgh")
    assert p.canonical(typed) == p.canonical(ENROL)


def test_signing_in_names_the_server() -> None:
    one = p.sign_in_bytes(ID + "2", bytes(32), bytes(32))
    assert one != p.sign_in_bytes(ID + "2", bytes(32), bytes([1]) * 32)


def test_a_problem_travels() -> None:
    problem = p.Problem(type="about:blank", title="Gone", status=404, code="not_found")
    assert p.decode_problem(p.encode_problem(problem)) == problem
    for nonsense in (b"", b"<html>", b"[]", b'{"status": "x"}'):
        with pytest.raises(p.Malformed):
            p.decode_problem(nonsense)


def test_the_signed_bytes_of_a_segment_never_change() -> None:
    """A golden value: devices in the field verify what older versions signed."""
    assert p.segment_hash(SEGMENT).hex() == "ad9af5e7711138ec19c5c1fa67b800116db84a9f4f3b61f67a5529edef2d0c1b"

"""Later epochs of a scope: who may begin one, who wins, and who may have and bring what afterwards."""

from __future__ import annotations

import secrets
from typing import Any

from app.sync import protocol as p
from app.sync.server import clock
from tests.sync.server.harness import Device, Server


def begun(device: Device, scope: str, epoch: int, key: bytes = b"", **changed: Any) -> p.ScopeEpoch:
    """A signed beginning of an epoch."""
    name = p.name_of_key(scope, epoch, key or secrets.token_bytes(32))
    fields: dict[str, Any] = {"scope_id": scope, "epoch": epoch, "key_name": name, "by_device": device.device_id}
    return p.signed(p.ScopeEpoch(**(fields | changed), signature=p.UNSIGNED), device.key.sign)


def codes(result: p.PushResult) -> list[str]:
    """What was refused."""
    return [refusal.code for refusal in result.refusals]


def follow(device: Device, scope: str, epoch: int, *readers: Device) -> p.PushResult:
    """Begin an epoch and hand its key to the readers."""
    keys = [device.envelope(scope, reader.device_id, epoch=epoch) for reader in readers]
    return device.push(p.Push(epochs=[begun(device, scope, epoch)], envelopes=keys))


def test_the_first_to_begin_an_epoch_wins_and_the_other_hands_nothing_out(server: Server, agency: str) -> None:
    one, two = server.enrolled(agency), server.enrolled(agency)
    scope = one.new_scope(two.device_id)
    assert codes(follow(one, scope, 2, one, two)) == []
    lost = follow(two, scope, 2, one, two)
    assert codes(lost) == ["exists", "exists", "exists"]
    assert [refusal.about for refusal in lost.refusals] == ["epoch", "envelope", "envelope"]


def test_any_reader_may_begin_an_epoch_not_only_who_made_the_scope(server: Server, agency: str) -> None:
    one, two = server.enrolled(agency), server.enrolled(agency)
    scope = one.new_scope(two.device_id)
    assert codes(follow(two, scope, 2, one, two)) == []
    assert codes(one.send(one.segment(scope, epoch=2))) == []


def test_the_same_beginning_again_is_fine_from_whoever_holds_the_key(server: Server, agency: str) -> None:
    one, two = server.enrolled(agency), server.enrolled(agency)
    scope, key = one.new_scope(two.device_id), secrets.token_bytes(32)
    keys = [one.envelope(scope, to.device_id, epoch=2) for to in (one, two)]
    assert codes(one.push(p.Push(epochs=[begun(one, scope, 2, key)], envelopes=keys))) == []
    assert codes(two.push(p.Push(epochs=[begun(two, scope, 2, key)]))) == []


def test_only_a_reader_begins_an_epoch_and_only_the_next_one(server: Server, agency: str) -> None:
    one, stranger = server.enrolled(agency), server.enrolled(agency)
    scope = one.new_scope()
    assert codes(follow(stranger, scope, 2, stranger)) == ["not_a_member", "exists"]
    assert codes(follow(one, scope, 3, one)) == ["unknown_epoch", "exists"]
    forged = begun(one, scope, 2, by_device=stranger.device_id)
    assert codes(one.push(p.Push(epochs=[forged]))) == ["bad_signature"]
    assert codes(one.push(p.Push(epochs=[begun(one, clock.new_id(), 2)]))) == ["unknown_scope"]


def test_who_was_taken_out_gets_nothing_new_and_may_bring_what_was_written_before(server: Server, agency: str) -> None:
    one, two = server.enrolled(agency), server.enrolled(agency)
    scope = one.new_scope(two.device_id)
    one.send(one.segment(scope, b"before"))
    follow(one, scope, 2, one)
    one.send(one.segment(scope, b"after", epoch=2))
    assert [segment.sealed for segment in two.segments()] == [b"before"]
    assert two.ask(p.Heads, "GET", "/v1/heads?after=").heads == []
    backfill = two.ask(p.FeedPage, "GET", f"/v1/scopes/{scope}/segments?after=0&limit=100000")
    assert len(backfill.items) == 1

    assert codes(two.send(two.segment(scope, b"written before"))) == []
    assert codes(two.send(two.segment(scope, b"with a key of now", epoch=2))) == ["not_a_member"]
    assert [segment.sealed for segment in one.segments()] == [b"before", b"after", b"written before"]


def test_work_with_an_older_key_is_not_taken_for_ever(server: Server, agency: str) -> None:
    one, two = server.enrolled(agency), server.enrolled(agency)
    scope = one.new_scope(two.device_id)
    follow(one, scope, 2, one)
    real = clock.now_ms()
    later = real + (p.LATE_DAYS + 1) * 24 * 3600 * 1000
    with clock.played(lambda: later, secrets.token_bytes):
        two.sign_in()
        assert codes(two.send(two.segment(scope, b"too late"))) == ["not_a_member"]


def test_who_reads_on_seals_with_the_newest_key(server: Server, agency: str) -> None:
    one, two = server.enrolled(agency), server.enrolled(agency)
    scope = one.new_scope(two.device_id)
    follow(one, scope, 2, one, two)
    stale = two.segment(scope, b"older key")
    assert codes(two.send(stale)) == ["stale_epoch"]
    two.chains.clear()
    assert codes(two.send(two.segment(scope, b"newest key", epoch=2))) == []
    head = two.ask(p.Heads, "GET", "/v1/heads?after=").heads
    assert [(one.scope_id, one.number) for one in head] == [(scope, 1)]


def test_heads_are_told_only_to_who_has_every_key(server: Server, agency: str) -> None:
    one, late = server.enrolled(agency), server.enrolled(agency)
    scope = one.new_scope()
    follow(one, scope, 2, one)
    one.push(p.Push(envelopes=[one.envelope(scope, late.device_id, epoch=2)]))
    assert late.ask(p.Heads, "GET", "/v1/heads?after=").heads == []
    one.push(p.Push(envelopes=[one.envelope(scope, late.device_id, epoch=1)]))
    assert [head.scope_id for head in late.ask(p.Heads, "GET", "/v1/heads?after=").heads] == [scope]

"""What the server takes, what it refuses, and what it says about each."""

from __future__ import annotations

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.sync import protocol as p
from app.sync.server.clock import new_id
from tests.sync.server.harness import Device, Server


def codes(result: p.PushResult) -> list[str]:
    """Why things were refused."""
    return [refusal.code for refusal in result.refusals]


@pytest.fixture
def device(server: Server, agency: str) -> Device:
    """An enrolled device, signed in."""
    return server.enrolled(agency)


def test_a_receipt_is_signed_and_numbers_have_no_gaps(device: Device) -> None:
    scope = device.new_scope()
    segments = [device.segment(scope, count=count) for count in (1, 3, 2)]
    result = device.send(*segments)
    assert result.refusals == []
    assert [(receipt.number, receipt.first, receipt.last) for receipt in result.receipts] == [
        (1, 1, 1),
        (2, 2, 4),
        (3, 5, 6),
    ]
    assert device.enrolled is not None
    for receipt, segment in zip(result.receipts, segments, strict=True):
        assert receipt.hash == p.segment_hash(segment)
        key = Ed25519PublicKey.from_public_bytes(device.enrolled.server_public)
        key.verify(receipt.signature, p.canonical(receipt))


def test_pushing_again_returns_the_same_receipts_and_stores_nothing(server: Server, device: Device) -> None:
    scope = device.new_scope()
    segments = [device.segment(scope), device.segment(scope)]
    first = device.send(*segments)
    assert device.send(*segments).receipts == first.receipts
    assert device.send(segments[0], segments[0]).receipts == [first.receipts[0]] * 2
    server.restart()
    device.move_to(server.port)
    assert device.send(*segments).receipts == first.receipts
    assert len(device.segments()) == 2


def test_the_same_segment_twice_in_one_push_is_stored_once(device: Device) -> None:
    scope = device.new_scope()
    segment = device.segment(scope)
    result = device.send(segment, segment)
    assert result.receipts[0] == result.receipts[1]
    assert len(device.segments()) == 1


def test_something_different_under_the_same_name_is_a_fork_and_an_alarm(server: Server, device: Device) -> None:
    scope = device.new_scope()
    kept = device.segment(scope, b"one")
    device.send(kept)
    device.chains.clear()
    assert codes(device.send(device.segment(scope, b"two"))) == ["fork"]
    device.chains[scope] = (1, bytes(32))
    assert codes(device.send(device.segment(scope, b"three"))) == ["fork"]
    device.chains[scope] = (1, p.segment_hash(kept))
    overlapping = device.segment(scope, b"four", count=2)
    assert codes(device.send(overlapping)) == []
    device.chains[scope] = (2, p.segment_hash(kept))
    assert codes(device.send(device.segment(scope, b"five"))) == ["fork"]
    assert [segment.sealed for segment in device.segments()] == [b"one", b"four"]
    assert 'haven_alarms_total{kind="fork"} 3' in server.parts.metrics.text()


def test_a_gap_is_refused_and_can_be_filled(device: Device) -> None:
    scope = device.new_scope()
    one, two, three = (device.segment(scope) for _ in range(3))
    assert codes(device.send(three, two)) == ["gap", "gap"]
    assert codes(device.send(one, three)) == ["gap"]
    result = device.send(two, three)
    assert [receipt.number for receipt in result.receipts] == [2, 3]


def test_who_cannot_read_the_scope_cannot_write_it(server: Server, agency: str, device: Device) -> None:
    other = server.enrolled(agency)
    scope = device.new_scope()
    theirs = other.segment(scope)
    assert codes(other.send(theirs)) == ["not_a_member"]
    self_given = other.envelope(scope, other.device_id)
    assert codes(other.push(p.Push(envelopes=[self_given], segments=[theirs]))) == ["not_a_member"] * 2
    held = device.envelope(scope, other.device_id, held=True)
    assert codes(device.push(p.Push(envelopes=[held]))) == []
    assert codes(other.send(theirs)) == ["not_a_member"]
    assert codes(device.push(p.Push(envelopes=[device.envelope(scope, other.device_id)]))) == []
    assert codes(other.send(theirs)) == []


def test_a_refusal_never_stands_in_another_scopes_way(device: Device) -> None:
    good, bad = device.new_scope(), device.new_scope()
    device.chains[bad] = (7, bytes(32))
    nowhere = new_id()
    result = device.send(device.segment(bad), device.segment(good), device.segment(nowhere))
    assert [receipt.scope_id for receipt in result.receipts] == [good]
    assert [(refusal.scope_id, refusal.code) for refusal in result.refusals] == [
        (bad, "gap"),
        (nowhere, "unknown_scope"),
    ]


def test_what_others_signed_is_refused(server: Server, agency: str, device: Device) -> None:
    other = server.enrolled(agency)
    scope = device.new_scope(other.device_id)
    forged = p.signed(device.segment(scope), other.key.sign)
    changed = msgspec.structs.replace(device.segment(new_id(), b"x"), scope_id=scope)
    stranger = Device(server.port)
    assert codes(other.send(forged, changed, stranger.segment(scope))) == [
        "bad_signature",
        "bad_signature",
        "unknown_device",
    ]
    offer = msgspec.structs.replace(device.offer(new_id()), scope_id=new_id())
    envelope = msgspec.structs.replace(device.envelope(scope, other.device_id), sealed=b"other key")
    group = msgspec.structs.replace(device.group("supervisors"), public=bytes([1]) * 1216)
    result = device.push(p.Push(scopes=[offer], envelopes=[envelope], groups=[group]))
    assert codes(result) == ["bad_signature"] * 3
    assert [refusal.about for refusal in result.refusals] == ["group", "scope", "envelope"]


def test_one_member_may_carry_what_another_signed(server: Server, agency: str, device: Device) -> None:
    other = server.enrolled(agency)
    scope = device.new_scope()
    segment = device.segment(scope)
    assert [receipt.device_id for receipt in other.send(segment).receipts] == [device.device_id]
    carried = device.segment(scope)
    server.revoke(agency, device.device_id)
    assert codes(other.send(carried)) == ["revoked"]
    assert other.send(segment).receipts[0].number == 1  # what was received stays received


def test_epochs_go_forward(device: Device) -> None:
    scope = device.new_scope()
    device.send(device.segment(scope))
    ahead = device.segment(scope, epoch=2)
    assert codes(device.send(ahead)) == ["unknown_epoch"]
    assert codes(device.push(p.Push(envelopes=[device.envelope(scope, device.device_id, epoch=3)]))) == [
        "unknown_epoch"
    ]
    begun = p.ScopeEpoch(scope_id=scope, epoch=2, key_name=bytes(32), by_device=device.device_id, signature=p.UNSIGNED)
    key = device.envelope(scope, device.device_id, epoch=2)
    again = device.push(p.Push(epochs=[p.signed(begun, device.key.sign)], envelopes=[key], segments=[ahead]))
    assert codes(again) == []
    assert codes(device.send(device.segment(scope, epoch=1))) == ["stale_epoch"]


def test_a_scope_without_a_key_takes_nothing(device: Device) -> None:
    scope = new_id()
    assert codes(device.push(p.Push(scopes=[device.offer(scope)], segments=[device.segment(scope)]))) == [
        "unknown_epoch"
    ]


def test_a_scope_belongs_to_who_made_it_first(server: Server, agency: str, device: Device) -> None:
    other = server.enrolled(agency)
    scope = device.new_scope()
    assert codes(device.push(p.Push(scopes=[device.offer(scope)]))) == []
    assert codes(other.push(p.Push(scopes=[other.offer(scope)]))) == ["exists"]


def test_groups_are_founded_once_by_those_who_may(server: Server, agency: str, device: Device) -> None:
    supervisor = server.enrolled(agency, "Sam Madeup", ("SUP",))
    member = server.enrolled(agency, "Mo Madeup", ("VSU",), ("crisis",))
    assert codes(device.push(p.Push(groups=[device.group("crisis")]))) == ["not_a_member"]
    group = member.group("crisis")
    key = member.envelope("crisis", member.device_id, subject="group")
    assert codes(member.push(p.Push(groups=[group], envelopes=[key]))) == []
    assert codes(member.push(p.Push(groups=[group], envelopes=[key]))) == []
    assert codes(supervisor.push(p.Push(groups=[supervisor.group("crisis")]))) == ["exists"]
    assert codes(supervisor.push(p.Push(groups=[supervisor.group("crisis", 3)]))) == ["unknown_epoch"]
    assert codes(supervisor.push(p.Push(groups=[supervisor.group("crisis", 2)]))) == []


def test_only_a_holder_hands_a_groups_key_on(server: Server, agency: str, device: Device) -> None:
    founder, second, third, fourth = (server.enrolled(agency, "Mo Madeup", ("VSU",), ("crisis",)) for _ in range(4))

    def hand(by: Device, to: Device, name: str = "crisis", epoch: int = 1) -> list[str]:
        key = by.envelope(name, to.device_id, subject="group", epoch=epoch)
        return codes(by.push(p.Push(envelopes=[key])))

    assert hand(founder, second) == ["unknown_group"]
    founder.push(p.Push(groups=[founder.group("crisis")]))
    assert hand(second, third) == ["not_a_member"]
    assert hand(founder, second, epoch=2) == ["unknown_epoch"]
    assert hand(founder, second) == []
    assert hand(fourth, fourth) == ["not_a_member"]
    assert hand(second, third) == []
    assert hand(device, device) == ["not_a_member"]


def test_keys_go_only_to_recipients_that_exist(server: Server, agency: str, device: Device) -> None:
    scope = device.new_scope()
    gone = server.enrolled(agency)
    server.revoke(agency, gone.device_id)
    refused = [
        device.envelope(scope, new_id()),
        device.envelope(scope, gone.device_id),
        device.envelope(scope, "nobody", recipient="group", method="aes"),
        device.envelope(scope, "elsewhere", recipient="recovery"),
    ]
    recovery = device.envelope(scope, p.RECOVERY, recipient="recovery")
    result = device.push(p.Push(envelopes=[*refused, recovery]))
    assert codes(result) == ["unknown_recipient"] * 4
    assert [refusal.recipient_id for refusal in result.refusals] == [envelope.recipient_id for envelope in refused]

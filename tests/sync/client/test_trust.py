"""What a device does not believe: forged segments, writers without the right, values that are none, a lying server."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from app.models.agency import Organization, Service
from app.models.changes import Change, FieldValue, FieldWrite
from app.models.crisis import Case
from app.models.local.tables import LoggedChange, OutSegment, PeerDevice, Scope, WaitingItem
from app.models.people import SafeContact
from app.models.vocab import Role, ScopeKind
from app.sync import protocol
from app.sync.client.merge import Incoming, judge_again, merge
from app.sync.client.transport import Call, Reply, Transport
from app.sync.server.signing import Identity, read_key_file
from app.sync.server.store import IDENTITY_FILE
from tests.sync.conftest import Agency, Recruit, Station

_EMPTY_PUSH = protocol.encode(protocol.Push())


@pytest.fixture
def pair(agency: Agency, recruit: Recruit) -> tuple[Station, Station]:
    """Two supervisors with one organization in common."""
    one, two = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Sue Supervisor", Role.SUP)
    one.write(Organization(id="0" * 31 + "1", name="Harbour House"))
    for station in (one, two, one, two):
        station.sync()
    assert two.get(Organization, "0" * 31 + "1") is not None
    return one, two


def forging(change: Callable[[protocol.Segment], protocol.Segment]) -> Callable[[Transport, Call], Reply]:
    """A server that hands out other segments than it was given."""

    def exchange(real: Transport, call: Call) -> Reply:
        reply = real.exchange(call)
        if "/v1/feed" not in call.url and "/segments" not in call.url:
            return reply
        page = protocol.decode(protocol.FeedPage, reply.body)
        items = []
        for item in page.items:
            body = protocol.feed_body(item)
            if isinstance(body, protocol.Segment):
                item = msgspec.structs.replace(item, body=msgspec.Raw(protocol.encode(change(body))))
            items.append(item)
        forged = protocol.encode(msgspec.structs.replace(page, items=items))
        return Reply(reply.status, reply.content_type, forged)

    return exchange


def test_a_forged_segment_is_set_aside_and_the_true_one_still_arrives(pair: tuple[Station, Station]) -> None:
    one, two = pair
    forger = Ed25519PrivateKey.generate()
    one.set(Organization, "0" * 31 + "1", name="Harbour House (new)")
    one.sync()
    two.transport.fault = forging(lambda segment: protocol.signed(segment, forger.sign))
    report = two.engine.run_once()
    assert "differs" in report.trouble
    found = two.get(Organization, "0" * 31 + "1")
    assert found is not None and found.name == "Harbour House"
    reasons = two.ask(lambda session: session.scalars(select(WaitingItem.reason)).all())
    assert set(reasons) == {"signature"} and report.counts.quarantined == len(reasons)

    two.transport.fault = None
    two.sync()
    assert two.contents() == one.contents()
    assert two.engine.state().counts.quarantined == len(reasons), "what was set aside is still there to be shown"


def test_a_changed_segment_is_never_applied(pair: tuple[Station, Station]) -> None:
    one, two = pair
    changed: list[dict[str, object]] = [{"sealed": os.urandom(80)}, {"previous": os.urandom(32)}, {"epoch": 2}]
    name = "Harbour House"
    for number, change in enumerate(changed):
        one.set(Organization, "0" * 31 + "1", name=f"Harbour House {number}")
        one.sync()
        two.transport.fault = forging(lambda segment, change=change: msgspec.structs.replace(segment, **change))  # type: ignore[misc]
        assert two.engine.run_once().trouble
        found = two.get(Organization, "0" * 31 + "1")
        assert found is not None and found.name == name
        two.transport.fault = None
        two.sync()
        assert two.contents() == one.contents()
        name = f"Harbour House {number}"


def test_a_role_that_may_not_write_is_quarantined_until_it_may(agency: Agency, recruit: Recruit) -> None:
    person = agency.person("Sam Supervisor", (Role.SUP,), ("staff", "unit", "supervisors"))
    supervisor, worker = recruit(agency, "Sam", Role.SUP, person=person), recruit(agency, "Wanda Worker")
    case_id, contact_id = os.urandom(16).hex(), os.urandom(16).hex()
    supervisor.sync()
    scope = worker.scope(ScopeKind.CASE, case_id)
    worker.write(
        Case(id=case_id, scope_id=scope, assigned_to=worker.member_id),
        SafeContact(id=contact_id, scope_id=scope, value="555-0100"),
    )
    for station in (worker, supervisor, worker, supervisor):
        station.sync()
    supervisor.set(SafeContact, contact_id, value="555-0199")
    for station in (supervisor, worker):
        station.sync()
    found = worker.get(SafeContact, contact_id)
    assert found is not None and found.value == "555-0100"
    states = worker.ask(lambda session: session.scalars(select(LoggedChange.state)).all())
    assert states.count("quarantined") == 1 and worker.engine.state().counts.quarantined == 1

    agency.change_person(person, (Role.SUP, Role.VSU), ("staff", "unit", "supervisors"))
    worker.sync()
    found = worker.get(SafeContact, contact_id)
    assert found is not None and found.value == "555-0199"
    assert worker.engine.state().counts.quarantined == 0


def test_a_server_cannot_put_its_own_key_in_a_colleagues_place(pair: tuple[Station, Station]) -> None:
    one, two = pair
    intruder = Ed25519PrivateKey.generate()

    def exchange(real: Transport, call: Call) -> Reply:
        reply = real.exchange(call)
        if "/v1/feed" not in call.url:
            return reply
        page = protocol.decode(protocol.FeedPage, reply.body)
        with two.vault.read() as session:
            known = session.get_one(PeerDevice, one.vault.device_id)
        told = protocol.Member(
            person_id=known.member_id,
            name="Sam Supervisor",
            roles=["SUP"],
            device_id=known.device_id,
            signing_public=intruder.public_key().public_bytes_raw(),
            kem_public=known.kem_public,
            groups=list(known.groups),
            status="active",
        )
        item = protocol.FeedItem(page.next + 1, "member", msgspec.Raw(protocol.encode(told)))
        body = protocol.encode(msgspec.structs.replace(page, items=[*page.items, item], next=page.next + 1, more=False))
        return Reply(reply.status, reply.content_type, body)

    two.transport.fault = exchange
    two.engine.run_once()
    with two.vault.read() as session:
        assert session.get_one(PeerDevice, one.vault.device_id).signing_public != (
            intruder.public_key().public_bytes_raw()
        )
        assert "contradiction" in session.scalars(select(WaitingItem.reason)).all()


def test_a_receipt_that_the_server_did_not_sign_counts_for_nothing(pair: tuple[Station, Station]) -> None:
    one, _ = pair
    one.write(Service(name="Helpline"))

    def exchange(real: Transport, call: Call) -> Reply:
        reply = real.exchange(call)
        if "/v1/push" not in call.url:
            return reply
        result = protocol.decode(protocol.PushResult, reply.body)
        fake = [msgspec.structs.replace(receipt, signature=os.urandom(64)) for receipt in result.receipts]
        return Reply(reply.status, reply.content_type, protocol.encode(msgspec.structs.replace(result, receipts=fake)))

    one.transport.fault = exchange
    assert one.engine.run_once().counts.only_here == 1
    assert None in one.ask(lambda session: session.scalars(select(OutSegment.receipt)).all())
    one.transport.fault = None
    assert one.sync().counts.only_here == 0


def test_what_a_server_gave_a_receipt_for_and_does_not_have_is_sent_again(
    agency: Agency, pair: tuple[Station, Station]
) -> None:
    one, two = pair
    key = Identity(read_key_file(agency.server.folder / IDENTITY_FILE))

    def forgetful(real: Transport, call: Call) -> Reply:
        """Signs for everything, at numbers that tell nobody's head, and keeps nothing."""
        if "/v1/push" not in call.url:
            return real.exchange(call)
        push = protocol.decode(protocol.Push, call.body or b"")
        answer = protocol.decode(protocol.PushResult, real.exchange(replace(call, body=_EMPTY_PUSH)).body)
        receipts = [
            protocol.signed(
                protocol.Receipt(
                    scope_id=segment.scope_id,
                    device_id=segment.device_id,
                    first=segment.first,
                    last=segment.last,
                    hash=protocol.segment_hash(segment),
                    number=10**6,
                    server_epoch=answer.server_epoch,
                    received_at=answer.server_time,
                    signature=protocol.UNSIGNED,
                ),
                key.sign,
            )
            for segment in push.segments
        ]
        told = msgspec.structs.replace(answer, receipts=receipts)
        return Reply(200, protocol.MEDIA_TYPE, protocol.encode(told))

    one.write(Service(name="Helpline"))
    one.transport.fault = forgetful
    assert one.engine.run_once().counts.only_here == 0
    one.transport.fault = None
    one.write(Service(name="Night line"))
    for station in (one, one, two):
        station.sync()
    assert one.sync().counts == two.sync().counts
    assert {row[0] for row in two.ask(lambda session: session.execute(select(Service.name)).all())} == {
        "Helpline",
        "Night line",
    }


# --- single changes -----------------------------------------------------------------------------------------------


class Writer:
    """A colleague's device whose changes a test makes by hand."""

    def __init__(self, station: Station, colleague: Station) -> None:
        self.station = station
        self.device_id, self.member_id = colleague.vault.device_id, colleague.member_id
        self.scope_id: str = station.ask(lambda session: session.scalar(select(Scope.id)))
        self.place = 1000

    def change(self, kind: str, record_id: str, fields: dict[str, FieldValue], **other: str) -> Incoming:
        """A change that is well-formed unless `other` says otherwise."""
        self.place += 1
        dot = other.get("dot", f"{self.place:012x}.0000.{self.device_id}")
        writes = {name: FieldWrite(value, ()) for name, value in fields.items()}
        change = Change(dot, other.get("author", self.member_id), kind, record_id, writes)
        return Incoming(other.get("scope_id", self.scope_id), self.device_id, self.place, change)

    def merge(self, *incoming: Incoming) -> list[str]:
        """Let them arrive; the states that the log gives them."""
        vault = self.station.vault
        with vault.write(vault.actor(Role.SUP)) as work:
            with work.merging():
                merge(work, incoming)
            work.commit()
        places = [one.place for one in incoming]
        asked = select(LoggedChange.state).where(LoggedChange.device_seq.in_(places)).order_by(LoggedChange.device_seq)
        states: list[str] = self.station.ask(lambda session: session.scalars(asked).all())
        return states


@pytest.fixture
def writer(pair: tuple[Station, Station]) -> Writer:
    """The second supervisor, as the first one's device meets them."""
    return Writer(pair[0], pair[1])


RECORD = "1" * 32


UNSOUND: list[tuple[str, dict[str, FieldValue], dict[str, str]]] = [
    ("organization", {"name": "X"}, {"author": "f" * 32}),
    ("organization", {"name": "X"}, {"dot": f"{5:012x}.0000.{'e' * 32}"}),
    ("organization", {"clock": "{}"}, {}),
    ("organization", {"scope_id": "f" * 32}, {}),
    ("organization", {"name": 7}, {}),
    ("service", {"assured_date": "not a day"}, {}),
    ("service", {"languages": "[not json"}, {}),
    ("service", {"address_confidential": "yes"}, {}),
    ("service", {"address_confidential": 2}, {}),
    ("support_note", {"text": "X"}, {}),
]


def test_what_cannot_be_right_is_quarantined(writer: Writer) -> None:
    before = writer.station.contents()
    for kind, fields, other in UNSOUND:
        assert writer.merge(writer.change(kind, RECORD, fields, **other)) == ["quarantined"], (kind, fields)
        assert writer.station.contents() == before


def test_a_record_cannot_be_reached_from_another_scope(writer: Writer) -> None:
    stolen = writer.change("organization", "0" * 31 + "1", {"name": "Mine now"}, scope_id="d" * 32)
    assert writer.merge(stolen) == ["quarantined"]
    # Nor within one page, where the record is only just made.
    here = writer.change("organization", RECORD, {"name": "New"})
    there = writer.change("organization", RECORD, {"name": "Mine now"}, scope_id="d" * 32)
    assert writer.merge(here, there) == ["applied", "quarantined"]


def test_a_kind_of_a_newer_version_waits_and_a_field_is_kept(writer: Writer) -> None:
    newer = writer.change("drone_flight", RECORD, {"altitude": 40})
    assert writer.merge(newer) == ["waiting"]
    field = writer.change("organization", "2" * 32, {"name": "A", "logo_colour": "teal"})
    assert writer.merge(field) == ["applied"]
    found = writer.station.get(Organization, "2" * 32)
    assert found is not None and found.unknown == '{"logo_colour": "teal"}'
    # An edit of the newer colleague replaces it, and one that did not see it stands beside it.
    change = Change(
        f"{2000:012x}.0000.{writer.device_id}",
        writer.member_id,
        "organization",
        "2" * 32,
        {"logo_colour": FieldWrite("amber", (field.change.dot,))},
    )
    assert writer.merge(Incoming(writer.scope_id, writer.device_id, 2000, change)) == ["applied"]
    found = writer.station.get(Organization, "2" * 32)
    assert found is not None and found.unknown == '{"logo_colour": "amber"}' and not found.flagged
    with writer.station.vault.write(writer.station.vault.actor(Role.SUP)) as work:
        with work.merging():
            assert not judge_again(work)
        work.commit()


def test_the_same_changes_in_any_order_and_in_any_portions_give_the_same(
    pair: tuple[Station, Station], writer: Writer
) -> None:
    first, second = pair
    incoming: list[Incoming] = []
    dots: list[str] = []
    chance = random.Random(7)
    for number in range(40):
        seen = tuple(chance.sample(dots, min(len(dots), chance.randrange(3))))
        dot = f"{3000 + number:012x}.0000.{writer.device_id}"
        fields = {"name": FieldWrite(f"v{chance.randrange(4)}", seen)}
        if number == 0:
            fields["created_at"] = FieldWrite("2026-01-01T00:00:00.000Z")
        change = Change(dot, writer.member_id, "organization", RECORD, fields)
        incoming.append(Incoming(writer.scope_id, writer.device_id, 3000 + number, change))
        dots.append(dot)
    writer.merge(*incoming)
    shuffled = incoming * 2  # each comes twice
    chance.shuffle(shuffled)
    other = Writer(second, first)
    for start in range(0, len(shuffled), 7):
        other.merge(*shuffled[start : start + 7])
    assert first.contents() == second.contents()

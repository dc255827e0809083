"""Who is handed what, and that nothing is ever skipped."""

from __future__ import annotations

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.sync import protocol as p
from app.sync.server import members
from app.sync.server.clock import new_id
from tests.sync.server.harness import Device, Refused, Server


def test_without_an_envelope_no_segment(server: Server, agency: str) -> None:
    writer, reader, other = (server.enrolled(agency) for _ in range(3))
    scope, secret = writer.new_scope(reader.device_id), writer.new_scope()
    writer.send(writer.segment(scope, b"shared"), writer.segment(secret, b"secret"))
    assert [segment.sealed for segment in writer.segments()] == [b"shared", b"secret"]
    assert [segment.sealed for segment in reader.segments()] == [b"shared"]
    assert {item.kind for item in other.all_items()} == {"member"}
    assert other.feed().next == writer.feed().next
    for device, seen in ((writer, {scope, secret}), (reader, {scope}), (other, set())):
        assert {head.scope_id for head in device.ask(p.Heads, "GET", "/v1/heads").heads} == seen
    with pytest.raises(Refused) as refused:
        reader.ask(p.FeedPage, "GET", f"/v1/scopes/{secret}/segments")
    assert refused.value.status == 404


def test_a_held_key_opens_nothing_and_is_not_handed_out(server: Server, agency: str) -> None:
    writer, reader = server.enrolled(agency), server.enrolled(agency)
    scope = writer.new_scope()
    writer.push(
        p.Push(envelopes=[writer.envelope(scope, reader.device_id, held=True)], segments=[writer.segment(scope)])
    )
    assert {item.kind for item in reader.all_items()} == {"member"}


def test_a_group_reads_what_is_sealed_to_it(server: Server, agency: str) -> None:
    writer = server.enrolled(agency, "Ann Example", ("SUP",))
    scope = writer.new_scope()
    to_group = writer.envelope(scope, "crisis", recipient="group", method="aes")
    writer.push(p.Push(groups=[writer.group("crisis")], envelopes=[to_group], segments=[writer.segment(scope)]))
    member = server.enrolled(agency, "Mo Madeup", ("VSU",), ("crisis",))
    outsider = server.enrolled(agency)
    assert [item.kind for item in member.all_items()].count("segment") == 1
    assert outsider.segments() == []
    # Whoever is put into a group later asks for its envelopes from the beginning, then for each scope.
    at = outsider.feed().next
    assert outsider.enrolled is not None
    with server.parts.store.writing() as connection:
        members.change_person(connection, agency, outsider.enrolled.person_id, ["VSU"], ["crisis"])
    told = outsider.feed(at)
    assert p.decode(p.Member, told.items[0].body).groups == ["crisis"]
    page = outsider.ask(p.FeedPage, "GET", "/v1/envelopes?after=0")
    assert [p.decode(p.Envelope, item.body) for item in page.items] == [to_group]
    assert len(outsider.ask(p.FeedPage, "GET", f"/v1/scopes/{scope}/segments").items) == 1
    with server.parts.store.writing() as connection:
        members.change_person(connection, agency, outsider.enrolled.person_id, ["VSU"], [])
    assert outsider.segments() == []


def test_a_scope_just_given_is_filled_in_page_by_page(server: Server, agency: str) -> None:
    writer, reader = server.enrolled(agency), server.enrolled(agency)
    scope = writer.new_scope()
    sent = [writer.segment(scope, secrets.token_bytes(400)) for _ in range(10)]
    writer.send(*sent)
    writer.push(p.Push(envelopes=[writer.envelope(scope, reader.device_id)]))
    read: list[p.FeedItem] = []
    after, more = 0, True
    while more:
        page = reader.ask(p.FeedPage, "GET", f"/v1/scopes/{scope}/segments?after={after}&limit=1500")
        assert 0 < len(page.items) < 10
        read, after, more = read + page.items, page.next, page.more
    assert [p.feed_body(item) for item in read] == sent
    assert [item.number for item in read] == list(range(1, 11))


def test_heads_are_the_chain_over_the_segments(server: Server, agency: str) -> None:
    one, two = server.enrolled(agency), server.enrolled(agency)
    scope = one.new_scope(two.device_id)
    one.send(one.segment(scope))
    two.send(two.segment(scope), two.segment(scope))
    expected = p.NO_HASH
    for segment in one.segments():
        expected = p.scope_head(expected, p.segment_hash(segment))
    heads = two.ask(p.Heads, "GET", "/v1/heads").heads
    assert heads == [p.ScopeHead(scope, 3, expected)]
    assert two.ask(p.Heads, "GET", f"/v1/heads?after={scope}").heads == []


def test_pages_are_bounded_and_resume_anywhere(server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    scope = device.new_scope()
    device.send(*[device.segment(scope, secrets.token_bytes(300_000)) for _ in range(8)])
    whole = device.all_items()
    assert device.all_items(limit=1) == whole == device.all_items(limit=700_000)
    assert len(device.feed(limit=1).items) == 1
    assert device.feed(whole[4].place).items == whole[5:]
    assert device.feed(10**9).next == whole[-1].place  # a cursor of a server that was restored comes back lower


def test_a_large_answer_is_compressed_when_asked_for(server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    scope = device.new_scope()
    device.send(device.segment(scope, bytes(50_000)))
    plain = device.raw("GET", "/v1/feed")[2]
    _, headers, packed = device.raw("GET", "/v1/feed", headers={"accept-encoding": "zstd"})
    assert headers["content-encoding"] == "zstd"
    assert len(packed) < len(plain) / 5


def test_the_feed_never_skips_under_eight_pushers(server: Server, agency: str) -> None:
    """A reader that keeps up while eight devices push at once sees every segment, in order, once."""
    pushers = [server.enrolled(agency) for _ in range(8)]
    reader = server.enrolled(agency)
    shared = pushers[0].new_scope(reader.device_id, *(device.device_id for device in pushers[1:]))
    done = threading.Event()

    def work(device: Device) -> int:
        own = device.new_scope(reader.device_id)
        for _ in range(12):
            result = device.send(device.segment(own), device.segment(shared), device.segment(own))
            assert len(result.receipts) == 3
        return 36

    def read() -> list[p.FeedItem]:
        seen: list[p.FeedItem] = []
        after, last_round = 0, False
        while True:
            page = reader.feed(after, limit=20_000)
            assert [item.place for item in page.items if not after < item.place <= page.next] == []
            seen, after = seen + page.items, page.next
            if last_round and not page.more:
                return seen
            last_round = done.is_set()

    with ThreadPoolExecutor(9) as threads:
        reading = threads.submit(read)
        sent = sum(threads.map(work, pushers))
        done.set()
        seen = reading.result(30)
    places = [item.place for item in seen]
    assert places == sorted(set(places))
    found = [item for item in seen if item.kind == "segment"]
    assert len(found) == sent == 288
    numbers = [item.number for item in found if p.decode(p.Segment, item.body).scope_id == shared]
    assert numbers == list(range(1, 97))
    assert [item.place for item in reader.all_items()] == places


@pytest.mark.parametrize("kind_of_store", ["embedded"])
def test_the_server_is_blind(server: Server, agency: str) -> None:
    """Canaries in the clear inside a segment's sealed part are in none of the raw files, nor is anything else."""
    device = server.enrolled(agency, "Canary-Person-Name")
    canaries = [f"canary-{secrets.token_hex(12)}".encode() for _ in range(100)]
    scope = device.new_scope()
    result = device.send(*[device.segment(scope, canary * 3) for canary in canaries])
    assert len(result.receipts) == 100
    folder = server.settings.data

    def found() -> list[bytes]:
        raw = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
        assert len(raw) > 100_000
        return [canary for canary in [*canaries, b"Canary-Person-Name", scope.encode()] if canary in raw]

    assert found() == []
    server.stop()
    assert found() == []
    (folder / "leak").write_bytes(canaries[3])  # the search itself can find
    assert found() == [canaries[3]]
    assert new_id() != scope

"""Chunks of attachments at the server: kept once, whole, handed only to who may read their scope."""

from __future__ import annotations

import hashlib
import secrets

import pytest
from sqlalchemy import select, update

from app.sync import protocol as p
from app.sync.server import chunks as server_chunks
from app.sync.server import verifying
from app.sync.server.clock import new_id
from app.sync.server.tables import chunk_scopes, chunks
from tests.sync.server.harness import Device, Refused, Server, new_server


def name_of(sealed: bytes) -> bytes:
    return hashlib.sha256(sealed).digest()


def chunk(*scopes: str, sealed: bytes = b"", name: bytes = b"") -> p.Chunk:
    sealed = sealed or secrets.token_bytes(2000)
    return p.Chunk(name or name_of(sealed), list(scopes), sealed)


def give(device: Device, *given: p.Chunk) -> p.ChunksTaken:
    return device.ask(p.ChunksTaken, "POST", "/v1/chunks", p.ChunksGiven(list(given)))


def missing(device: Device, *named: tuple[bytes, str]) -> list[tuple[bytes, str]]:
    asked = p.ChunksNamed([p.ChunkName(*one) for one in named])
    answer = device.ask(p.ChunksMissing, "POST", "/v1/chunks/missing", asked)
    return [(one.name, one.scope_id) for one in answer.missing]


def fetch(device: Device, *names: bytes) -> p.ChunksHanded:
    return device.ask(p.ChunksHanded, "POST", "/v1/chunks/fetch", p.ChunksAsked(list(names)))


def test_what_was_given_is_fetched_by_a_reader_and_by_nobody_else(server: Server, agency: str) -> None:
    ann, ben, cleo = (server.enrolled(agency, name) for name in ("Ann", "Ben", "Cleo"))
    scope = ann.new_scope(ben.device_id)
    one = chunk(scope)
    assert missing(ann, (one.name, scope)) == [(one.name, scope)]
    assert give(ann, one).taken == [p.ChunkName(one.name, scope)]
    assert missing(ann, (one.name, scope)) == [] == missing(ben, (one.name, scope))
    assert [held.sealed for held in fetch(ben, one.name).chunks] == [one.sealed]
    assert fetch(cleo, one.name).absent == [one.name] and not fetch(cleo, one.name).chunks
    assert missing(cleo, (one.name, scope)) == [(one.name, scope)]


def test_another_agency_never_meets_it(server: Server, agency: str) -> None:
    ann, stranger = server.enrolled(agency), server.enrolled(server.add_agency("Elsewhere"))
    scope = ann.new_scope()
    one = chunk(scope)
    give(ann, one)
    assert fetch(stranger, one.name).absent == [one.name]
    assert give(stranger, one).refused == [p.ChunkRefused(one.name, scope, "unknown_scope")]


def test_a_name_alone_gives_nothing(server: Server, agency: str) -> None:
    ann, thief = server.enrolled(agency), server.enrolled(agency, "Thea")
    scope, own = ann.new_scope(), thief.new_scope()
    one = chunk(scope)
    give(ann, one)
    assert missing(thief, (one.name, own)) == [(one.name, own)]
    taken = give(thief, chunk(own, sealed=b"something else", name=one.name))
    assert taken.refused == [p.ChunkRefused(one.name, own, "malformed")] and not taken.taken
    assert give(thief, one).refused == [p.ChunkRefused(one.name, scope, "not_a_member")]
    assert fetch(thief, one.name).absent == [one.name]


def test_the_same_bytes_are_kept_once_for_two_scopes(server: Server, agency: str) -> None:
    ann, ben = server.enrolled(agency), server.enrolled(agency, "Ben")
    card, record = ann.new_scope(ben.device_id), ann.new_scope()
    one = chunk(card, record)
    for _ in range(2):
        taken = give(ann, one)
        assert {name.scope_id for name in taken.taken} == {card, record} and not taken.refused
    with server.parts.store.reading() as connection:
        assert len(connection.execute(select(chunks.c.name)).all()) == 1
        assert len(connection.execute(select(chunk_scopes)).all()) == 2
    assert len(fetch(ben, one.name).chunks) == 1


def test_one_wrong_chunk_stands_in_no_others_way(server: Server, agency: str) -> None:
    ann = server.enrolled(agency)
    scope, nowhere = ann.new_scope(), new_id()
    good, wrong, lost = chunk(scope), chunk(scope, name=bytes(32)), chunk(nowhere)
    answer = give(ann, wrong, lost, good)
    assert answer.taken == [p.ChunkName(good.name, scope)]
    assert {one.code for one in answer.refused} == {"malformed", "unknown_scope"}


def test_who_was_taken_out_brings_what_was_before_and_fetches_nothing_since(server: Server, agency: str) -> None:
    ann, ben = server.enrolled(agency), server.enrolled(agency, "Ben")
    scope = ann.new_scope(ben.device_id)
    before = chunk(scope)
    give(ann, before)
    begun = p.ScopeEpoch(scope, 2, secrets.token_bytes(32), ann.device_id, p.UNSIGNED)
    ann.push(p.Push(epochs=[p.signed(begun, ann.key.sign)], envelopes=[ann.envelope(scope, ann.device_id, epoch=2)]))
    late, since = chunk(scope), chunk(scope)
    assert give(ben, late).taken and give(ann, since).taken
    handed = fetch(ben, before.name, late.name, since.name)
    assert {one.name for one in handed.chunks} == {before.name, late.name} and handed.absent == [since.name]
    assert {one.name for one in fetch(ann, late.name, since.name).chunks} == {late.name, since.name}


def test_more_than_a_page_comes_in_pieces(server: Server, agency: str) -> None:
    ann = server.enrolled(agency)
    scope = ann.new_scope()
    given = [chunk(scope, sealed=secrets.token_bytes(p.MAX_CHUNK)) for _ in range(5)]
    for one in given:
        assert give(ann, one).taken
    wanted = {one.name for one in given}
    first = fetch(ann, *wanted)
    assert 1 <= len(first.chunks) < 5 and not first.absent
    wanted -= {one.name for one in first.chunks}
    assert {one.name for one in fetch(ann, *wanted).chunks} == wanted


def test_a_device_that_gives_too_much_in_a_day_is_asked_to_wait(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = new_server(tmp_path_factory.mktemp("few") / "data", chunk_bytes_per_day=5000)
    try:
        agency = server.add_agency()
        ann, ben = server.enrolled(agency), server.enrolled(agency, "Ben")
        scope = ann.new_scope(ben.device_id)
        assert give(ann, chunk(scope), chunk(scope)).taken
        with pytest.raises(Refused) as refused:
            give(ann, chunk(scope))
        assert refused.value.code == p.ProblemCode.TOO_MANY and int(refused.value.headers["retry-after"]) > 0
        assert give(ben, chunk(scope)).taken
    finally:
        server.stop()


def test_larger_than_a_chunk_is_refused(server: Server, agency: str) -> None:
    ann = server.enrolled(agency)
    scope = ann.new_scope()
    body = p.encode(p.ChunksGiven([chunk(scope, sealed=bytes(p.MAX_CHUNK))]))
    assert ann.raw("POST", "/v1/chunks", body)[0] == 200
    with pytest.raises(p.Malformed):
        p.encode(p.ChunksGiven([chunk(scope, sealed=bytes(p.MAX_CHUNK + 1))]))
    longer = body.replace(bytes(p.MAX_CHUNK), bytes(p.MAX_CHUNK + 1))
    assert ann.raw("POST", "/v1/chunks", longer)[0] == 400


def test_a_revoked_device_and_a_stranger_are_refused(server: Server, agency: str) -> None:
    ann = server.enrolled(agency)
    scope = ann.new_scope()
    server.revoke(agency, ann.device_id)
    for token, code in ((ann.token, p.ProblemCode.REVOKED), ("", p.ProblemCode.NOT_SIGNED_IN)):
        ann.token = token
        for ask in (lambda: give(ann, chunk(scope)), lambda: missing(ann), lambda: fetch(ann, bytes(32))):
            with pytest.raises(Refused) as refused:
                ask()
            assert refused.value.code == code


def test_a_damaged_chunk_is_handed_to_nobody_and_found_by_verify(server: Server, agency: str) -> None:
    ann = server.enrolled(agency)
    scope = ann.new_scope()
    one, other = chunk(scope), chunk(scope)
    give(ann, one, other)
    with server.parts.store.writing() as connection:
        connection.execute(update(chunks).where(chunks.c.name == one.name).values(body=b"flipped"))
    handed = fetch(ann, one.name, other.name)
    assert [held.name for held in handed.chunks] == [other.name] and handed.absent == [one.name]
    with server.parts.store.reading() as connection:
        assert verifying.find_faults(connection) == [f"agency {agency}: chunk {one.name.hex()} is damaged"]


def test_a_purged_scope_takes_its_own_chunks_and_no_others(server: Server, agency: str) -> None:
    ann = server.enrolled(agency)
    going, staying = ann.new_scope(), ann.new_scope()
    only, shared = chunk(going), chunk(going, staying)
    give(ann, only, shared)
    with server.parts.store.writing() as connection:
        assert server_chunks.drop_scope(connection, agency, going) == 1
    handed = fetch(ann, only.name, shared.name)
    assert [held.name for held in handed.chunks] == [shared.name] and handed.absent == [only.name]


def test_what_was_answered_is_there_after_a_restart(server: Server, agency: str) -> None:
    ann = server.enrolled(agency)
    scope = ann.new_scope()
    one = chunk(scope)
    give(ann, one)
    server.restart()
    ann.move_to(server.port)
    assert [held.sealed for held in fetch(ann, one.name).chunks] == [one.sealed]

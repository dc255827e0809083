"""Work in a file: between two laptops without any network, handed on to the server, refused whole unless whole."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.errors import RuleBroken
from app.models.agency import Organization
from app.models.crisis import Case, SupportNote
from app.models.local.tables import Carried, OutSegment
from app.models.vocab import Role, ScopeKind
from app.sync.client import bundle
from app.sync.client.problems import UNREACHABLE, Offline
from app.sync.client.transport import Call, Reply, Transport
from app.sync.protocol import BUNDLE_MAGIC
from tests.sync.conftest import Agency, Recruit, Station

NAME = "0" * 31 + "1"


def without_network(_real: Transport, _call: Call) -> Reply:
    """Nothing answers."""
    raise Offline(UNREACHABLE)


@pytest.fixture
def pair(agency: Agency, recruit: Recruit) -> tuple[Station, Station]:
    """Two workers on a scene who know each other and have no network now."""
    supervisor = recruit(agency, "Sam Supervisor", Role.SUP)
    one, two = recruit(agency, "Wanda Worker"), recruit(agency, "Will Worker")
    for station in (supervisor, one, two, supervisor, one, two):
        station.sync()
    for station in (one, two):
        station.transport.fault = without_network
    return one, two


def a_case_for_both(one: Station, two: Station) -> tuple[str, str]:
    """A new case with a private note, made without network."""
    case_id, note_id = os.urandom(16).hex(), os.urandom(16).hex()
    facts, private = one.scope(ScopeKind.CASE, case_id), one.scope(ScopeKind.CASE_PRIVATE, case_id)
    one.write(
        Organization(id=NAME, name="Harbour House"),
        Case(id=case_id, scope_id=facts, assigned_to=one.member_id, co_workers=[two.member_id], municipality="Milton"),
        SupportNote(id=note_id, scope_id=private, case_id=case_id, text="What was said"),
    )
    return case_id, note_id


def test_two_laptops_exchange_work_by_file_and_the_second_hands_it_on(pair: tuple[Station, Station]) -> None:
    one, two = pair
    case_id, note_id = a_case_for_both(one, two)
    written = one.engine.write_bundle()
    whole, parts = written.whole, written.segments
    assert parts == 3 and b"Milton" not in whole and b"Harbour" not in whole
    taken, changes = two.engine.read_bundle(whole)
    assert taken == bundle.Taken(3, 0) and {"case_file", "support_note"} <= changes.kinds
    assert two.contents() == one.contents()

    two.set(Case, case_id, municipality="Oakville")
    one.engine.read_bundle(two.engine.write_bundle().whole)
    assert one.contents() == two.contents()
    assert one.ask(lambda session: session.scalars(select(OutSegment.receipt)).all()).count(None) >= 3

    # The second finds a network first: the first one's work is received although it never had any.
    two.transport.fault = None
    two.sync()
    one.transport.fault = None
    report = one.sync()
    assert report.counts.only_here == 0 and report.counts.refused == 0
    two.sync()
    assert one.contents() == two.contents() and two.get(SupportNote, note_id) is not None
    assert two.ask(lambda session: session.scalar(select(func.count()).select_from(Carried))) == 0


def test_the_same_file_again_changes_nothing(pair: tuple[Station, Station]) -> None:
    one, two = pair
    a_case_for_both(one, two)
    whole = one.engine.write_bundle().whole
    two.engine.read_bundle(whole)
    before = two.contents()
    taken, changes = two.engine.read_bundle(whole)
    assert taken == bundle.Taken(0, 0) and not changes and two.contents() == before
    own, changes = one.engine.read_bundle(whole)
    assert own == bundle.Taken(0, 0) and not changes


def cut(whole: bytes, chance: random.Random) -> bytes:
    """Only the beginning of it."""
    return whole[: chance.randrange(len(whole))]


def flipped(whole: bytes, chance: random.Random) -> bytes:
    """One bit is another."""
    at = chance.randrange(len(whole))
    return whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :]


def longer(whole: bytes, chance: random.Random) -> bytes:
    """Something stands behind it."""
    return whole + chance.randbytes(1 + chance.randrange(64))


@pytest.mark.parametrize("spoil", [cut, flipped, longer], ids=lambda spoil: str(spoil.__name__))
def test_what_is_not_whole_and_unchanged_is_refused_with_nothing_half_done(
    pair: tuple[Station, Station], spoil: Callable[[bytes, random.Random], bytes]
) -> None:
    one, two = pair
    a_case_for_both(one, two)
    whole = one.engine.write_bundle().whole
    before, chance = two.contents(), random.Random(11)
    for _ in range(40):
        with pytest.raises(RuleBroken, match="Nothing was taken in"):
            two.engine.read_bundle(spoil(whole, chance))
    assert two.contents() == before
    assert two.ask(lambda session: session.scalar(select(func.count()).select_from(Carried))) == 0


def test_what_is_not_for_us_is_refused(agency: Agency, recruit: Recruit, pair: tuple[Station, Station]) -> None:
    one, two = pair
    whole = one.engine.write_bundle().whole
    for nonsense in (b"", b"PK\x03\x04", BUNDLE_MAGIC, BUNDLE_MAGIC + b"\x00\x00\x00\x05hello"):
        with pytest.raises(RuleBroken, match="not a file with work"):
            two.engine.read_bundle(nonsense)
    stranger = recruit(agency.server.agency("Elsewhere Police Service"), "Ed Else")
    with pytest.raises(RuleBroken, match="another service"):
        stranger.engine.read_bundle(whole)
    agency.revoke(one.vault.device_id)
    two.transport.fault = None
    two.sync()
    with pytest.raises(RuleBroken, match="no longer in service"):
        two.engine.read_bundle(whole)


def test_a_computer_that_never_reached_the_server_writes_no_file(agency: Agency, recruit: Recruit) -> None:
    lonely = recruit(agency, "Nina New")
    with pytest.raises(RuleBroken, match="reach the server once"):
        lonely.engine.write_bundle()

"""The log of an agency grows with its feed and proves that it only grows; verify names the place that was touched."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from alembic import command

from app.sync import kept_head, tree
from app.sync import protocol as p
from app.sync.server import agency_log, verifying
from app.sync.server.settings import Settings
from app.sync.server.signing import is_signed_by
from app.sync.server.store import open_store
from app.sync.server.tables import agencies, feed, segments, tree_nodes
from tests.sync.server.harness import Device, Refused, Server
from tests.sync.server.test_orders import order_of
from tests.sync.server.test_stores import scripts

SENT = 9


def asked(device: Device, first: int = 0) -> p.TreeGrown:
    return device.ask(p.TreeGrown, "GET", f"/v1/tree?first={first}")


def continues(known: p.TreeHead, grown: p.TreeGrown) -> bool:
    return tree.begins_with(known.size, known.root, grown.head.size, grown.head.root, grown.proof)


def faults(server: Server) -> list[str]:
    with server.parts.store.reading() as connection:
        return verifying.find_faults(connection)


@pytest.fixture
def filled(server: Server, agency: str) -> tuple[Device, str]:
    """A device and a scope of which the server has some segments."""
    device = server.enrolled(agency)
    scope = device.new_scope()
    for _ in range(SENT):
        device.send(device.segment(scope))
    return device, scope


def test_every_place_is_in_it_and_it_only_grows(server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    scope = device.new_scope()
    heads = [asked(device).head]
    for count in (1, 2, 5, 1):
        device.send(*(device.segment(scope) for _ in range(count)))
        heads.append(asked(device).head)
    assert [head.size - heads[0].size for head in heads] == [0, 1, 3, 8, 9]
    assert heads[-1].size == device.feed().end
    assert device.enrolled is not None
    for head in heads:
        assert is_signed_by(device.enrolled.server_public, head.signature, p.canonical(head))
        assert (head.agency_id, head.server_epoch) == (agency, device.feed().server_epoch)
        assert continues(head, asked(device, head.size))
        assert head == heads[-1] or not continues(head, asked(device, head.size - 1))
    assert asked(device, 10_000).proof == []
    assert faults(server) == []


def test_who_is_nobody_learns_nothing(server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    assert device.raw("GET", "/v1/tree?first=many")[0] == 400
    device.token = ""
    with pytest.raises(Refused, match="not_signed_in"):
        asked(device)


def test_what_is_destroyed_keeps_its_leaf(server: Server, agency: str) -> None:
    chief, desk = server.enrolled(agency, "Sam Example", ("SUP",)), server.enrolled(agency, "Lee Example", ("REG",))
    gone = chief.new_scope(desk.device_id)
    chief.send(chief.segment(gone), chief.segment(gone))
    before = asked(chief).head
    chief.ask(p.OrderTaken, "POST", "/v1/order", order_of(agency, [gone], chief, desk))
    assert continues(before, asked(chief, before.size))
    assert faults(server) == []


def edited(connection: sa.Connection, place: int) -> int:
    connection.execute(sa.update(feed).where(feed.c.place == place).values(subject_id="ab" * 16))
    return place


def called_destroyed(connection: sa.Connection, place: int) -> int:
    connection.execute(sa.update(feed).where(feed.c.place == place).values(kind="purged", body=None, number=0))
    return place


def written_anew(connection: sa.Connection, place: int) -> int:
    """A segment with another body, its hash made to fit: nothing but its signature and the log know it."""
    connection.execute(sa.update(segments).where(segments.c.place == place).values(hash=bytes(32)))
    return place


def removed(connection: sa.Connection, place: int) -> int:
    connection.execute(sa.delete(feed).where(feed.c.place == place))
    return place


def exchanged(connection: sa.Connection, place: int) -> int:
    for old, new in ((place, 1000), (place + 1, place), (1000, place + 1)):
        connection.execute(sa.update(feed).where(feed.c.place == old).values(place=new))
    return place


def cut_off(connection: sa.Connection, place: int) -> int:
    """The end is gone, and the feed's own end was made to fit."""
    connection.execute(sa.delete(feed).where(feed.c.place >= place))
    connection.execute(sa.update(agencies).values(last_place=place - 1))
    return place


def leaf_edited(connection: sa.Connection, place: int) -> int:
    mine = tree_nodes.c.level == 0, tree_nodes.c.position == place - 1
    connection.execute(sa.update(tree_nodes).where(*mine).values(hash=bytes(32)))
    return place


def leaf_removed(connection: sa.Connection, place: int) -> int:
    connection.execute(sa.delete(tree_nodes).where(tree_nodes.c.level == 0, tree_nodes.c.position == place - 1))
    return place


@pytest.mark.parametrize(
    "damage",
    [edited, called_destroyed, written_anew, removed, exchanged, cut_off, leaf_edited, leaf_removed],
)
def test_every_damage_is_named_by_its_place(
    server: Server, agency: str, filled: tuple[Device, str], damage: Callable[[sa.Connection, int], int]
) -> None:
    end = filled[0].feed().end
    place = random.Random(damage.__name__).randint(end - SENT + 1, end - 1)
    with server.parts.store.writing() as connection:
        damage(connection, place)
    named = [line for line in faults(server) if line.startswith(f"agency {agency}: place ")]
    assert named and named[0].startswith(f"agency {agency}: place {place} "), named


def test_a_damaged_node_is_named_by_its_places_and_stops_no_work(server: Server, filled: tuple[Device, str]) -> None:
    device, scope = filled
    known = asked(device).head
    upper = tree_nodes.c.level == 1, tree_nodes.c.position == 1
    with server.parts.store.writing() as connection:
        connection.execute(sa.update(tree_nodes).where(*upper).values(hash=bytes(32)))
    named = [line for line in faults(server) if " node " in line]
    assert "places 3 to 4:" in named[0] and len(named) <= 2
    with server.parts.store.writing() as connection:
        connection.execute(sa.delete(tree_nodes).where(tree_nodes.c.level > 1))
    for _ in range(2):
        assert device.send(device.segment(scope)).refusals == []
    with pytest.raises(Refused, match="unavailable"):
        asked(device, known.size)


def test_a_log_that_was_made_anew_does_not_fit_a_head_that_was_kept(server: Server, filled: tuple[Device, str]) -> None:
    device, _ = filled
    kept = kept_head.read(kept_head.as_text(asked(device).head))
    with server.parts.store.reading() as connection:
        assert list(agency_log.against(connection, kept)) == []
    with server.parts.store.writing() as connection:
        leaf = tree_nodes.c.level == 0, tree_nodes.c.position == 2
        connection.execute(sa.update(tree_nodes).where(*leaf).values(hash=tree.leaf(b"forged")))
        make_anew(connection, kept.agency_id)
        (line,) = agency_log.against(connection, kept)
        assert "are not those of the head" in line
        connection.execute(sa.update(agencies).values(last_place=3, server_epoch="ab" * 16))
        (line,) = agency_log.against(connection, kept)
        assert "the log has 3 places" in line and "put back since" in line
        other = p.TreeHead("ab" * 16, *[getattr(kept, name) for name in kept.__struct_fields__[1:]])
        assert "no such agency" in next(agency_log.against(connection, other))
    assert not continues(kept, asked(device, kept.size))


def make_anew(connection: sa.Connection, agency: str) -> None:
    """All nodes over the leaves that are there, as whoever owns the machine can make them."""
    of_leaves = sa.select(tree_nodes.c.hash).where(tree_nodes.c.level == 0).order_by(tree_nodes.c.position)
    leaves = connection.scalars(of_leaves).all()
    connection.execute(sa.delete(tree_nodes))
    agency_log.extend(connection, agency, 0, leaves)


def test_feeds_of_before_get_their_log(server: Server, agency: str, filled: tuple[Device, str]) -> None:
    """Also such as have had something destroyed, and such as lack a place."""
    device, _ = filled
    before = asked(device).head
    server.stop()
    store = open_store(server.settings)
    with store.writing() as connection:
        command.downgrade(scripts(connection), "0007")
        command.upgrade(scripts(connection), "head")
        nodes = connection.execute(sa.select(sa.func.count()).select_from(tree_nodes)).scalar_one()
        again = agency_log.head(connection, agency, server.parts.identity.sign)
        assert (again.size, again.root, nodes) == (before.size, before.root, 2 * before.size - before.size.bit_count())
        command.downgrade(scripts(connection), "0007")
        connection.execute(sa.delete(feed).where(feed.c.place == 4))
        command.upgrade(scripts(connection), "head")
        assert any("place 4 has no leaf" in line for line in agency_log.faults(connection, agency))
    store.close()


def test_places_that_an_older_process_wrote_are_added_by_the_next(
    server: Server, filled: tuple[Device, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    device, scope = filled
    known = asked(device).head
    with monkeypatch.context() as older:
        older.setattr(agency_log, "extend", lambda *_: None)
        device.send(device.segment(scope), device.segment(scope))
    with pytest.raises(Refused, match="unavailable"):
        asked(device, known.size)
    device.send(device.segment(scope))
    assert asked(device).head.size == known.size + 3
    assert continues(known, asked(device, known.size)) and faults(server) == []


def test_a_push_costs_two_statements_more(settings: Settings, server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    scope = device.new_scope()
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        device.send(*(device.segment(scope) for _ in range(40)))
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert sum("tree_nodes" in statement for statement in seen) == 2

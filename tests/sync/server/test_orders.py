"""Orders on either store: what two people destroy is gone from every table, and nobody waits for its places."""

from __future__ import annotations

import secrets

import pytest
import sqlalchemy as sa

from app.sync import protocol as p
from app.sync.server import members, orders, verifying
from app.sync.server.clock import new_id
from app.sync.server.tables import envelopes, segments
from tests.sync.server.harness import Device, Refused, Server


def order_of(agency: str, scopes: list[str], *approvers: Device) -> p.PurgeOrder:
    """An order that both signed."""
    order_id = new_id()
    content = p.purge_bytes(agency, order_id, scopes, 1)
    approvals = [p.Approval(one.device_id, one.key.sign(content)) for one in approvers]
    return p.PurgeOrder(order_id, agency, scopes, 1, approvals)


def test_what_two_people_destroy_is_gone_and_the_feed_goes_on(server: Server, agency: str) -> None:
    chief, desk = server.enrolled(agency, "Sam Example", ("SUP",)), server.enrolled(agency, "Lee Example", ("REG",))
    gone, kept = chief.new_scope(desk.device_id), chief.new_scope(desk.device_id)
    chief.send(chief.segment(gone, b"one"), chief.segment(kept, b"two"), chief.segment(gone, b"three"))
    order = order_of(agency, [gone], chief, desk)
    first = chief.ask(p.OrderTaken, "POST", "/v1/order", order)
    assert desk.ask(p.OrderTaken, "POST", "/v1/order", order).order_id == first.order_id
    assert [segment.sealed for segment in desk.segments()] == [b"two"]
    assert [item.kind for item in desk.all_items()].count("order") == 1
    assert desk.feed().next == chief.feed().next
    store = server.parts.store
    with store.reading() as connection:
        of_scope = sa.select(sa.func.count()).where(segments.c.scope_id == gone)
        keys = sa.select(sa.func.count()).where(envelopes.c.subject_id == gone)
        assert (connection.scalar(of_scope), connection.scalar(keys)) == (0, 0)
        listed = {row["scope_id"]: row for row in orders.list_scopes(connection, agency)}
        assert listed[gone]["purged_at"] and not listed[kept]["purged_at"]
        (carried,) = orders.list_orders(connection, agency)
        assert (carried["order_id"], carried["scopes"]) == (order.order_id, 1)
        assert carried["approved_by"] == [chief.device_id, desk.device_id]
        assert verifying.find_faults(connection) == []
    chief.chains.clear()
    refused = chief.push(p.Push(scopes=[chief.offer(gone)], segments=[chief.segment(gone)])).refusals
    assert len(refused) == 2


def test_a_revoked_device_gets_its_order_and_says_when_it_is_done(server: Server) -> None:
    key = Device(server.port).key  # stands for the order key that an administrator keeps offline
    with server.parts.store.writing() as connection:
        public = key.public_key().public_bytes_raw()
        agency = members.add_agency(connection, "Lakeshore Police Service", order_public=public)
    device = server.enrolled(agency)
    unsigned = p.WipeOrder(agency, device.device_id, secrets.token_bytes(32), 1, False, p.UNSIGNED)
    order = p.signed(unsigned, key.sign)
    with server.parts.store.writing(agency) as connection:
        orders.keep_wipe(connection, order)
        members.revoke(connection, agency, device.device_id)
    with pytest.raises(Refused, match="revoked"):
        device.sign_in()
    answered = device.answered(device.challenge())
    assert device.ask(p.WipeOrder, "POST", "/v1/wipe", answered) == order
    with pytest.raises(Refused, match="sign_in_failed"):
        device.ask(p.WipeOrder, "POST", "/v1/wipe", answered)  # the nonce is used up
    done = p.signed(p.Wiped(device.device_id, order.nonce, 2, p.UNSIGNED), device.key.sign)
    assert device.ask(p.WipedTaken, "POST", "/v1/wiped", done).device_id == device.device_id
    with server.parts.store.reading() as connection:
        assert orders.wipe_states(connection, agency) == {device.device_id: "erased"}

"""A primary that dies under load loses nothing that a device has a receipt for (safety.md, G9).

The deployment of installer/server runs with all its parts, and devices push through its proxy while

* every process of the primary database is killed;
* the same with its Patroni, as when a machine loses its power: the other one has to wait until it may lead;
* the standby falls behind, the commits that wait for it are cut short (they stay on the primary alone: patroni#1414),
  and then the primary is killed with them.

`HAVEN_FAILOVERS` sets how often, in turn; the run prints one JSON line. Skipped where the packages are missing.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from functools import partial

import pytest

from app.sync import protocol as p
from app.sync.server import members, verifying
from app.sync.server.store import open_store
from tests.faults import pair as deployment
from tests.faults.pair import Node, Pair, eventually
from tests.sync.server.harness import Device, Refused, close_connections

pytestmark = pytest.mark.skipif(not deployment.is_installed(), reason=deployment.MISSING)

FAILOVERS = int(os.environ.get("HAVEN_FAILOVERS", "2"))
DEVICES = 4
LOAD = 40
"""Receipts between two failovers, at least."""


@dataclass
class Load:
    """What the devices and the reader have seen so far."""

    receipts: dict[tuple[str, int], p.Receipt] = field(default_factory=dict)
    read: dict[int, bytes] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    failures: int = 0


def patiently(device: Device, ask: Callable[[], p.Wire], load: Load) -> p.Wire | None:
    """The answer, or None when it has to be asked again."""
    try:
        return ask()
    except Refused as refused:
        assert refused.status in (401, 502, 503, 504), (refused.status, refused.code)
        if refused.code == "not_signed_in":
            with suppress(Refused, OSError, http.client.HTTPException):
                device.sign_in()
    except (OSError, http.client.HTTPException):
        device.connection.close()
    load.failures += 1
    time.sleep(0.05)
    return None


def push(device: Device, scopes: list[str], load: Load) -> int:
    """Push until told to stop, each thing again until it has a receipt; how many were pushed."""
    count = 0
    while not load.stop.is_set():
        segments = [device.segment(scope, secrets.token_bytes(300)) for scope in scopes]
        result = None
        while result is None:
            result = patiently(device, partial(device.send, *segments), load)
        assert isinstance(result, p.PushResult) and result.refusals == []
        load.receipts |= {(receipt.scope_id, receipt.number): receipt for receipt in result.receipts}
        count += len(result.receipts)
    return count


def read(device: Device, load: Load) -> None:
    """Follow the feed, and note what lay at each place."""
    after = 0
    while not load.stop.is_set():
        page = patiently(device, partial(device.feed, after), load)
        if isinstance(page, p.FeedPage):
            load.read |= {item.place: bytes(item.body) for item in page.items}
            after = page.next
        time.sleep(0.01)


def kill_database(_: Pair, leader: Node) -> int:
    """The database alone; its Patroni gives the lead away."""
    leader.kill_database()
    return 0


def kill_machine(_: Pair, leader: Node) -> int:
    """Everything of the node."""
    leader.kill_machine()
    return 0


def cut_short(pair: Pair, leader: Node) -> int:
    """Nothing reaches the standby any more, who waits for it is cancelled, and then the primary dies."""
    os.kill(leader.process_named("walsender"), signal.SIGSTOP)
    cancelled = 0
    waiting = "pg_stat_activity WHERE usename = 'haven' AND wait_event = 'SyncRep'"
    for _ in range(3):
        eventually("somebody waits", lambda: leader.sql(f"SELECT count(*) FROM {waiting}") != "0")
        cancelled += leader.sql(f"SELECT pg_cancel_backend(pid) FROM {waiting}").count("t")
    leader.kill_database()
    return cancelled


FAULTS = (kill_database, cut_short, kill_machine)


def fail_over(pair: Pair, number: int, load: Load) -> tuple[float, int]:
    """One failover under load; the seconds until devices got receipts again, and the commits that were cut short."""
    reached = len(load.receipts) + LOAD
    eventually("load", lambda: len(load.receipts) >= reached)
    leader = pair.leader()
    cancelled = FAULTS[number % len(FAULTS)](pair, leader)
    before, began = len(load.receipts), time.monotonic()
    eventually("another leader", pair.other(leader).is_leader)
    leader.come_back()
    eventually("receipts again", lambda: len(load.receipts) > before + DEVICES)
    seconds = time.monotonic() - began
    pair.wait_until_both()
    return seconds, cancelled


def test_no_receipt_is_broken_by_a_failover() -> None:
    with deployment.running() as pair, ExitStack() as closed_at_last:
        store = closed_at_last.enter_context(closing(open_store(pair.settings)))
        with store.writing() as connection:
            agency = members.add_agency(connection, "Lakeshore Police Service")
            person = members.add_person(connection, agency, "Ann Example", ["VSU"], [])
        devices = [Device(pair.port) for _ in range(DEVICES + 1)]
        for device in devices:
            with store.writing() as connection:
                code = members.issue_code(connection, agency, person, 600)
            device.enrol(code)
            device.sign_in()
        *pushers, reader = devices
        ids = [device.device_id for device in devices]
        shared = reader.new_scope(*ids)
        load, outages, cancelled = Load(), [], 0
        with ThreadPoolExecutor(DEVICES + 1) as threads:
            pushing = [threads.submit(push, one, [one.new_scope(reader.device_id), shared], load) for one in pushers]
            reading = threads.submit(read, reader, load)
            try:
                for number in range(FAILOVERS):
                    seconds, cut = fail_over(pair, number, load)
                    outages.append(round(seconds, 1))
                    cancelled += cut
            finally:
                load.stop.set()
            sent = sum(one.result(deployment._SECONDS) for one in pushing)
            reading.result(deployment._SECONDS)
        reader.sign_in()
        items = reader.all_items()
        kept = {
            (p.decode(p.Segment, item.body).scope_id, item.number): item for item in items if item.kind == "segment"
        }
        missing = [
            name
            for name, receipt in load.receipts.items()
            if name not in kept or p.segment_hash(p.decode(p.Segment, kept[name].body)) != receipt.hash
        ]
        final = {item.place: bytes(item.body) for item in items}
        changed = sum(final.get(place) != body for place, body in load.read.items())
        with closing(open_store(pair.settings)) as fresh, fresh.reading() as connection:
            faults = verifying.find_faults(connection)
        figures = {
            "failovers": FAILOVERS,
            "receipts": len(load.receipts),
            "missing": len(missing),
            "faults": len(faults),
        }
        more = {"cut_short": cancelled, "read_and_lost": changed, "failed_requests": load.failures, "seconds": outages}
        print(json.dumps({"name": "sync.failover", **figures, **more}))
        close_connections()
        assert missing == [] and faults == []
        assert len(load.receipts) == sent
        assert cancelled or FAILOVERS < 2
        assert changed == 0 or cancelled  # only what was cut short can have been read and be gone

"""What one segment costs the central server on PostgreSQL, for the arithmetic of docs/scale.md.

    python -m bench.server_store [--pushes N]

Pushes of one, ten and a hundred segments of about a kilobyte are taken as the server takes them, without HTTP, by one
process on a database of its own: seconds by the wall and of its processor, and what the tables and the log of the
database grew by. Then a device that knows nothing reads everything.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from app.sync import protocol as p
from app.sync.server import members, reading
from app.sync.server.clock import new_id
from app.sync.server.members import Caller
from app.sync.server.settings import Settings
from app.sync.server.store import Store, create_store, open_store
from bench.figures import figure
from tests.faults.feeding_child import enrol, push
from tests.sync.server.cluster import Cluster, folder_of_user, programs
from tests.sync.server.harness import Device, close_connections

SIZES = (1, 10, 100)
SEALED = 800
"""Bytes of the sealed part: with names, hash and signature a body of about a kilobyte."""


def main(arguments: Sequence[str]) -> int:
    """Measure; 1 when there is no PostgreSQL here."""
    parser = argparse.ArgumentParser(prog="python -m bench.server_store")
    parser.add_argument("--pushes", type=int, default=200, help="of each size")
    asked = parser.parse_args(arguments)
    found = programs()
    if found is None:
        return 1
    with folder_of_user("haven-bench-") as folder, tempfile.TemporaryDirectory() as data:
        cluster = Cluster(folder, found)
        try:
            settings = Settings(data=Path(data) / "server", store=cluster.address(cluster.new_database()))
            create_store(settings)
            with closing(open_store(settings)) as store:
                _measure(store, cluster, asked.pushes)
                _over_http(settings, store, cluster, asked.pushes)
        finally:
            cluster.end()
    close_connections()
    return 0


def _measure(store: Store, cluster: Cluster, pushes: int) -> None:
    with store.writing() as connection:
        agency = members.add_agency(connection, "Lakeshore Police Service")
        person = members.add_person(connection, agency, "Ann Example", ["VSU"], [])
    device = Device(0)
    with store.writing() as connection:
        code = members.issue_code(connection, agency, person, 600)
    enrol(store, device, code)
    scopes = [new_id() for _ in range(20)]
    for scope in scopes:
        key = device.envelope(scope, device.device_id)
        push(store, agency, p.Push(scopes=[device.offer(scope)], envelopes=[key]))
    for size in SIZES:
        _pushes(store, cluster, agency, device, scopes, size, max(pushes // size, 20))
    caller = Caller(agency, device.device_id, person, ("VSU",), ())
    _read(store, caller)
    _look(store, cluster, caller, pushes)


def _pushes(
    store: Store, cluster: Cluster, agency: str, device: Device, scopes: list[str], size: int, pushes: int
) -> None:
    offered = [
        p.Push(segments=[device.segment(scopes[number % 20], secrets.token_bytes(SEALED)) for _ in range(size)])
        for number in range(pushes)
    ]
    database = "haven_1"
    tables = (
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname ~ '^(segments|feed)_'"
    )
    log = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
    before, logged = int(cluster.sql(tables, database)), int(cluster.sql(log, database))
    wall, processor = time.perf_counter(), time.process_time()
    for one in offered:
        push(store, agency, one)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    count = size * pushes
    figure(f"server_store.push_{size}_ms", wall / pushes * 1000, "ms a push")
    figure(f"server_store.push_{size}_processor_ms", processor / count * 1000, "ms of the server's processor a segment")
    figure(f"server_store.push_{size}_log_bytes", (int(cluster.sql(log, database)) - logged) / count, "bytes a segment")
    if size == SIZES[-1]:
        grown = (int(cluster.sql(tables, database)) - before) / count
        figure("server_store.table_bytes", grown, "bytes a segment, indexes included")


def _read(store: Store, caller: Caller) -> None:
    after, more, count = 0, True, 0
    wall, processor = time.perf_counter(), time.process_time()
    while more:
        with store.reading() as connection:
            page = reading.read_feed(connection, caller, after, p.MAX_PAGE)
        p.encode(page)
        after, more, count = page.next, page.more, count + len(page.items)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    figure("server_store.read_ms", wall / count * 1000, "ms an item")
    figure("server_store.read_processor_ms", processor / count * 1000, "ms of the server's processor an item")


def _look(store: Store, cluster: Cluster, caller: Caller, times: int) -> None:
    """What one look of a waiting stream costs that finds nothing for its device."""
    with store.reading() as connection:
        last, _ = reading.look(connection, caller, 0)
    processor, database = time.process_time(), _of_database(cluster)
    for _ in range(times):
        with store.reading() as connection:
            reading.look(connection, caller, last - 5)
    processor, database = time.process_time() - processor, _of_database(cluster) - database
    figure("server_store.look_processor_ms", processor / times * 1000, "ms of the server's processor")
    figure("server_store.look_database_ms", database / times * 1000, "ms of the database's processor")


def _over_http(settings: Settings, store: Store, cluster: Cluster, times: int) -> None:
    """What whole requests cost a server process: one that pushes a segment, and one that finds nothing to do."""
    with store.reading() as connection:
        agency = members.only_agency(connection, None)
    with store.writing() as connection:
        person = members.add_person(connection, agency, "Bo Example", ["VSU"], [])
        code = members.issue_code(connection, agency, person, 600)
    command = [sys.executable, "-m", "app.sync.server", "--data", str(settings.data), "serve", "--port", "0"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert running.stdout is not None
        device = Device(json.loads(running.stdout.readline())["port"])
        device.enrol(code)
        device.sign_in()
        scope = device.new_scope()
        end = device.feed(10**9).next
        for name, ask in (
            ("push", lambda: device.send(device.segment(scope, secrets.token_bytes(SEALED)))),
            ("nothing_new", lambda: device.feed(end + times + 1)),
        ):
            ask()
            began, processor, database = time.perf_counter(), _processor_seconds(running.pid), _of_database(cluster)
            for _ in range(times):
                ask()
            wall, processor = time.perf_counter() - began, _processor_seconds(running.pid) - processor
            database = _of_database(cluster) - database
            figure(f"server_store.http_{name}_ms", wall / times * 1000, "ms a request")
            figure(f"server_store.http_{name}_processor_ms", processor / times * 1000, "ms of the server's processor")
            figure(f"server_store.http_{name}_database_ms", database / times * 1000, "ms of the database's processor")
    finally:
        running.terminate()
        running.communicate()


def _of_database(cluster: Cluster) -> float:
    """What all processes of the database have used so far."""
    main = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    return sum(_processor_seconds(int(process)) for process in (main, *children))


def _processor_seconds(process: int) -> float:
    """What a process has used of a processor so far."""
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

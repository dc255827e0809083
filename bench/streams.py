"""What a busy agency costs a server that holds many streams of pokes open, and when the readers hear.

A real server process, devices that listen, and a group of ten of them that reads what is pushed, four times a second.
`streams.N.core_ms` is what the server process computes in a second beside the pushes themselves (what the same pushes
cost without any stream is taken away), `streams.N.each_ms` its share for one stream, and `streams.N.heard_max_ms` the
longest from the beginning of a push until a reader's poke. `python -m bench.streams [--store postgres] [N ...]`
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import insert

from app.sync import protocol as p
from app.sync.server import members
from app.sync.server.store import open_store
from app.sync.server.tables import envelopes
from bench.figures import figure
from bench.syncing import devices, stores
from bench.syncing.server import Server

_READERS = 10
_PUSHES = 60
_EVERY = 0.25


class Stream:
    """One open stream and the moments of its pokes."""

    def __init__(self) -> None:
        self.heard: list[float] = []

    async def listen(self, port: int, token: str, after: int) -> None:
        """Until cancelled."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"GET /v1/pokes?after={after} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n".encode()
        )
        try:
            while line := await reader.readline():
                if line.startswith(b"event: poke"):
                    self.heard.append(time.perf_counter())
        finally:
            writer.close()


def main() -> int:
    """Measure each number of streams."""
    parser = argparse.ArgumentParser()
    parser.add_argument("streams", nargs="*", type=int, default=[200, 1000])
    parser.add_argument("--store", choices=["embedded", "postgres"], default="embedded")
    asked = parser.parse_args()
    ok = True
    for count in asked.streams:
        with tempfile.TemporaryDirectory() as folder, _server(Path(folder), asked.store) as server:
            ok = asyncio.run(_measure(server, count)) and ok
    return 0 if ok else 1


@contextmanager
def _server(folder: Path, store: str) -> Iterator[Server]:
    if store == "embedded":
        yield from _running(Server(folder / "server"))
        return
    with stores.postgres(folder / "postgres") as database:
        yield from _running(Server(folder / "server", database.new_database("haven")))


def _running(server: Server) -> Iterator[Server]:
    try:
        yield server
    finally:
        server.stop()


async def _measure(server: Server, count: int) -> bool:
    crowd = await devices.joined(server, count + 1)
    writer, listeners = crowd[0], crowd[1:]
    _let_read(server, writer, listeners[:_READERS])
    place = _end(server)
    alone, _ = await _busy(server, writer)
    streams = [Stream() for _ in listeners]
    tasks = [
        asyncio.create_task(stream.listen(server.port, device.token, place))
        for stream, device in zip(streams, listeners, strict=True)
    ]
    await asyncio.sleep(5 + count / 100)
    for stream in streams:
        stream.heard.clear()
    spent, begun = await _busy(server, writer)
    await asyncio.sleep(2)
    waits = [
        min((moment - start for moment in stream.heard if moment > start), default=float("inf"))
        for stream in streams[:_READERS]
        for start in begun
    ]
    strangers = sum(len(stream.heard) for stream in streams[_READERS:])
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for device in crowd:
        await device.close()
    beside = (spent - alone) * 1000
    figure(f"streams.{count}.alone_ms", alone * 1000, "ms of a core a second", of_ratio=False)
    figure(f"streams.{count}.core_ms", beside, "ms of a core a second", of_ratio=False)
    figure(f"streams.{count}.each_ms", beside / count, "ms of a core a second", of_ratio=False)
    quick = figure(f"streams.{count}.heard_max_ms", max(waits) * 1000, "ms", goal=1000, of_ratio=False)
    return figure(f"streams.{count}.woken_in_vain", strangers, "pokes", goal=0, of_ratio=False) and quick


async def _busy(server: Server, writer: devices.Device) -> tuple[float, list[float]]:
    """The share of a core that the server used during all pushes, and when each push began."""
    contents = devices.contents(20)
    before, begun = server.computed(), []
    began = time.perf_counter()
    for number in range(_PUSHES):
        await asyncio.sleep(max(0.0, began + number * _EVERY - time.perf_counter()))
        begun.append(time.perf_counter())
        await writer.push(contents[number % len(contents)])
    await asyncio.sleep(_EVERY)
    return (server.computed() - before) / (time.perf_counter() - begun[0]), begun


def _let_read(server: Server, writer: devices.Device, readers: list[devices.Device]) -> None:
    """Give these devices an envelope of the writer's scope, as a push would have."""
    rows = []
    for reader in readers:
        envelope = p.Envelope(
            "scope", writer.scope_id, 1, "device", reader.device_id, "hpke", os.urandom(1168), False, writer.device_id,
            p.UNSIGNED,
        )  # fmt: skip
        row = {"agency_id": server.agency_id, "received_at": 0, "body": p.encode(envelope)}
        names = ("subject", "subject_id", "epoch", "recipient", "recipient_id", "method", "held", "by_device")
        rows.append(row | {name: getattr(envelope, name) for name in names})
    with closing(open_store(server.settings)) as store, store.writing() as connection:
        connection.execute(insert(envelopes), rows)


def _end(server: Server) -> int:
    with closing(open_store(server.settings)) as store, store.reading() as connection:
        return members.counts(connection, server.agency_id)["places"]


if __name__ == "__main__":
    raise SystemExit(main())

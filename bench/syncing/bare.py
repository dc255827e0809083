"""The bare limit: the same records compressed, posted once and stored in one transaction; fetched and stored likewise.

No change, no chain, no signature, no index but the key, no second journal: what the work itself costs on this machine.
The server half is a process of its own on the same kind of store (`python -m bench.syncing.bare FOLDER [DATABASE]`).
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

import msgspec
import psycopg
import zstandard

from app.vault import engine

_LEVEL = 3
_DONE = b"\xc3"
_CONNECTIONS = 8


class Rows(Protocol):
    """What the bare server keeps its rows in."""

    def put(self, rows: Sequence[tuple[str, bytes]]) -> None:
        """Store all of them in one durable transaction."""

    def get(self) -> list[tuple[str, bytes]]:
        """All of them."""


class SealedRows:
    """A SQLCipher file, set as Haven sets its own."""

    def __init__(self, path: Path, columns: str = "body BLOB") -> None:
        self._connection = engine.open_keyed(path, os.urandom(32))
        engine.configure(self._connection)
        self._connection.execute(f"CREATE TABLE bare (id TEXT PRIMARY KEY, {columns}) WITHOUT ROWID")

    def put(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Store all of them in one durable transaction."""
        places = ", ".join("?" * len(rows[0]))
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(f"INSERT INTO bare VALUES ({places})", rows)
        self._connection.commit()

    def get(self) -> list[tuple[str, bytes]]:
        """All of them."""
        return list(self._connection.execute("SELECT id, body FROM bare"))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class PostgresRows:
    """A table of a PostgreSQL database."""

    def __init__(self, database: str) -> None:
        self._connection = psycopg.connect(database)
        self._connection.execute("CREATE TABLE IF NOT EXISTS bare (id TEXT PRIMARY KEY, body BYTEA NOT NULL)")
        self._connection.commit()

    def put(self, rows: Sequence[tuple[str, bytes]]) -> None:
        """Store all of them in one durable transaction."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            if len(rows) == 1:
                cursor.execute("INSERT INTO bare VALUES (%s, %s)", rows[0])
            else:
                self._copy(cursor, rows)

    def _copy(self, cursor: psycopg.Cursor[Any], rows: Sequence[tuple[str, bytes]]) -> None:
        with cursor.copy("COPY bare (id, body) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["text", "bytea"])
            for row in rows:
                copy.write_row(row)

    def get(self) -> list[tuple[str, bytes]]:
        """All of them."""
        with self._connection.transaction():
            return self._connection.execute("SELECT id, body FROM bare", binary=True).fetchall()

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


class BareServer:
    """The server half in a process of its own."""

    def __init__(self, folder: Path, database: str | None = None) -> None:
        folder.mkdir(parents=True)
        command = [sys.executable, "-m", "bench.syncing.bare", str(folder), *([database] if database else [])]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self._connection = http.client.HTTPConnection("127.0.0.1", int(self._process.stdout.readline()))
        self._connection.connect()

    def push(self, rows: Sequence[tuple[str, ...]]) -> int:
        """Everything in one request, until it is durable there; the bytes on the wire."""
        packed = [(row[0], msgspec.msgpack.encode(row[1:])) for row in rows]
        body = zstandard.ZstdCompressor(level=_LEVEL).compress(msgspec.msgpack.encode(packed))
        self._connection.request("POST", "/", body)
        reply = self._connection.getresponse()
        if reply.status != 200 or reply.read() != _DONE:
            raise RuntimeError("the bare server failed")
        return len(body)

    def pull(self, into: Path) -> int:
        """Everything in one answer, until it is durable in a fresh encrypted file; the bytes on the wire."""
        self._connection.request("GET", "/")
        body = self._connection.getresponse().read()
        packed = msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(body), type=list[tuple[str, bytes]])
        rows = [(name, *msgspec.msgpack.decode(content)) for name, content in packed]
        store = SealedRows(into, ", ".join(f"field_{place} TEXT" for place in range(len(rows[0]) - 1)))
        store.put(rows)
        store.close()
        return len(body)

    def stop(self) -> None:
        """End it."""
        self._connection.close()
        self._process.terminate()
        self._process.communicate(timeout=20)


def bare_inserts(folder: Path, database: str | None, contents: Sequence[bytes], seconds: float = 5.0) -> float:
    """Rows a second that the store takes, a durable transaction each: by 8 connections, or by SQLite's one writer."""
    folder.mkdir()
    ended = time.perf_counter() + seconds
    if database is None:
        sealed = SealedRows(folder / "rows.db")
        counts = [_inserted(sealed, contents, ended)]
        sealed.close()
    else:
        stores = [PostgresRows(database) for _ in range(_CONNECTIONS)]
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            counts = list(pool.map(lambda store: _inserted(store, contents, ended), stores))
        for store in stores:
            store.close()
    return sum(counts) / seconds


def _inserted(store: Rows, contents: Sequence[bytes], ended: float) -> int:
    count = 0
    while time.perf_counter() < ended:
        store.put([(os.urandom(16).hex(), contents[count % len(contents)])])
        count += 1
    return count


def main(arguments: Sequence[str]) -> int:
    """Serve one store until ended."""
    folder, database = Path(arguments[0]), arguments[1] if len(arguments) > 1 else None
    rows: Rows = PostgresRows(database) if database else SealedRows(folder / "bare.db")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(rows))
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        server.serve_forever()
    return 0


def _handler(rows: Rows) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            plain = zstandard.ZstdDecompressor().decompress(body)
            rows.put(msgspec.msgpack.decode(plain, type=list[tuple[str, bytes]]))
            self._answer(_DONE)

        def do_GET(self) -> None:
            body = zstandard.ZstdCompressor(level=_LEVEL).compress(msgspec.msgpack.encode(rows.get()))
            self._answer(body)

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""`serve --workers N`: real processes behind one port, replaced when they die, stopped together."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.sync.server import members
from app.sync.server.admin import main
from app.sync.server.pokes import HERE, POKE
from app.sync.server.settings import Settings
from app.sync.server.store import create_store, open_store
from tests.sync.server.harness import Device
from tests.sync.server.test_pokes import Stream

WORKERS = 3
_SERVE = [sys.executable, "-m", "app.sync.server", "--data"]
Start = Callable[..., "Command"]


class Command:
    """`serve` as an administrator starts it."""

    def __init__(self, folder: Path, *more: str) -> None:
        with (folder / "log").open("ab") as log:
            command = [*_SERVE, str(folder), "serve", "--port", "0", *more]
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        assert self.process.stdout is not None
        self.told: dict[str, Any] = json.loads(self.process.stdout.readline())
        self.port = int(self.told["port"])

    def workers(self) -> set[int]:
        """The processes that serve, by their ids."""
        return {child for child in _children(self.process.pid) if b"spawn_main" in _command_line(child)}

    def end(self) -> None:
        """Whatever happens, leave nothing behind."""
        left = self.workers()
        self.process.kill()
        self.process.communicate(timeout=30)
        for worker in left:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)


def _children(process: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _command_line(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def eventually(holds: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def answers(port: int, path: str = "/readyz") -> int:
    """The status of one request on a connection of its own; 0 when nothing answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def is_replaced(running: Command, victim: int) -> bool:
    """Whether another worker has taken a dead one's place."""
    workers = running.workers()
    return victim not in workers and len(workers) == WORKERS


@pytest.fixture
def start(settings: Settings) -> Iterator[Start]:
    """Starts the command with several workers on a PostgreSQL store; everything ends with the test."""
    started: list[Command] = []

    def begin(*more: str) -> Command:
        started.append(Command(settings.data, "--workers", str(WORKERS), *more))
        return started[-1]

    yield begin
    for one in started:
        one.end()


def device(settings: Settings, port: int, agency: str | None = None) -> tuple[str, Device]:
    """A new person's device, signed in through that port; its agency is made when none is named."""
    with closing(open_store(settings)) as store, store.writing() as connection:
        agency = agency or members.add_agency(connection, "Lakeshore Police Service", recovery_public=bytes(1216))
        code = members.issue_code(connection, agency, members.add_person(connection, agency, "Ann", ["VSU"], []), 60)
    made = Device(port)
    made.enrol(code)
    made.sign_in()
    return agency, made


on_postgres = pytest.mark.parametrize("kind_of_store", ["postgres"])


@on_postgres
def test_every_worker_answers_behind_the_one_port_and_pokes_go_between_them(
    start: Start, settings: Settings, kind_of_store: str
) -> None:
    running = start()
    assert running.told["workers"] == WORKERS == len(running.workers())
    agency, ann = device(settings, running.port)
    readers = [device(settings, running.port, agency)[1] for _ in range(8)]
    scope = ann.new_scope(*(one.device_id for one in readers))
    streams = [Stream(one) for one in readers]
    assert {stream.event() for stream in streams} == {HERE}
    serving = {worker for worker in running.workers() if _sockets(worker)}
    assert len(serving) > 1, "nine connections that stay open, and one process has them all"
    ann.send(ann.segment(scope))
    for stream in streams:
        while (event := stream.event()) == HERE:
            pass
        assert event == POKE
        stream.close()


def _sockets(process: int) -> int:
    """How many TCP connections a process holds with its clients, beside the socket that it listens on."""
    links = (str(link.readlink()) for link in Path(f"/proc/{process}/fd").iterdir() if link.is_symlink())
    mine = {link.partition("[")[2].rstrip("]") for link in links if link.startswith("socket:")}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[3] == "01" and row[9] in mine for row in rows)


@on_postgres
def test_a_worker_that_dies_is_replaced_and_nothing_receipted_is_lost(
    start: Start, settings: Settings, kind_of_store: str
) -> None:
    running = start()
    _, ann = device(settings, running.port)
    scope = ann.new_scope()
    before = running.workers()
    receipted = 0
    for victim in sorted(before):
        os.kill(victim, signal.SIGKILL)
        segment = ann.segment(scope)
        while True:  # as a device does it: the connection may have been the victim's
            try:
                receipted += len(ann.send(segment).receipts)
                break
            except (OSError, http.client.HTTPException):
                ann.move_to(running.port)
        eventually(partial(is_replaced, running, victim))
    assert not before & running.workers() and running.process.poll() is None
    eventually(lambda: answers(running.port) == 200)
    ann.move_to(running.port)
    assert receipted == len(before) == len(ann.segments())


@on_postgres
def test_told_to_stop_they_drain_together_and_leave_nothing_behind(
    start: Start, settings: Settings, kind_of_store: str
) -> None:
    running = start("--drain", "3")
    _, ann = device(settings, running.port)
    scope = ann.new_scope()
    workers = running.workers()
    running.process.send_signal(signal.SIGTERM)
    eventually(lambda: ann.raw("GET", "/readyz")[0] == 503)
    assert len(ann.send(ann.segment(scope)).receipts) == 1
    assert running.process.wait(30) == 0
    assert [worker for worker in workers if _command_line(worker)] == [] and answers(running.port) == 0


@on_postgres
def test_without_their_parent_they_end_by_themselves(start: Start, kind_of_store: str) -> None:
    running = start()
    workers = running.workers()
    running.process.kill()
    running.process.wait(10)
    eventually(lambda: not any(map(_command_line, workers)))
    assert answers(running.port) == 0


@on_postgres
def test_each_worker_answers_for_itself_where_it_is_told_to(start: Start, kind_of_store: str) -> None:
    first = _free_run(WORKERS)
    running = start("--own-ports", str(first))
    for _ in range(5):
        assert answers(running.port, "/healthz") == 200
    own = [first + number for number in range(WORKERS)]
    assert [answers(port, "/metrics") for port in own] == [200] * WORKERS
    assert answers(own[-1] + 1, "/metrics") == 0


def _free_run(count: int) -> int:
    """The first of `count` ports in a row that nobody uses."""
    for first in range(20_000 + os.getpid() % 10_000, 60_000, count):
        if not any(answers(first + number, "/") for number in range(count + 1)):
            return first
    raise AssertionError("no free ports")


@on_postgres
@pytest.mark.parametrize("number", ["0", "-1", "65"])
def test_a_number_that_makes_no_sense_is_refused(
    settings: Settings, number: str, capsys: pytest.CaptureFixture[str], kind_of_store: str
) -> None:
    assert main(["--data", str(settings.data), "serve", "--port", "0", "--workers", number]) == 1
    assert capsys.readouterr().err == "There can be 1 to 64 workers.\n"


@on_postgres
def test_a_certificate_that_cannot_be_used_is_said_before_anything_starts(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind_of_store: str
) -> None:
    (tmp_path / "bad.pem").write_text("no certificate")
    tls = ["--certificate", str(tmp_path / "bad.pem"), "--key", str(tmp_path / "bad.pem")]
    assert main(["--data", str(settings.data), "serve", "--port", "0", "--workers", "2", *tls]) == 1
    assert capsys.readouterr().err == "The certificate or its key cannot be used.\n"


def test_a_store_in_a_folder_is_for_one_process(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    create_store(Settings(data=tmp_path / "server"))
    assert main(["--data", str(tmp_path / "server"), "serve", "--port", "0", "--workers", "2"]) == 1
    said = "Several workers need a PostgreSQL database. The store in a folder is for one process.\n"
    assert capsys.readouterr().err == said

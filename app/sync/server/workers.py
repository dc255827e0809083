"""Several processes of the server behind one port, by one command: `serve --workers N`.

The parent binds the port, opens no store and answers nothing; the workers share its socket, and the system deals new
connections out among them. A worker that ends unasked is replaced. What holds for processes that were started one by
one holds here too: none of them has anything that another would miss.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import FrameType

import structlog

from app.errors import EnvironmentProblem, HavenError, RuleBroken
from app.sync.server.app import build_app
from app.sync.server.serving import GRACE_SECONDS, Listening, announce, check_certificate, listen, log_to, make_server
from app.sync.server.settings import Settings
from app.sync.server.store import is_in_database, open_store
from app.words import mark

MOST_WORKERS = 64
_LOOK_SECONDS = 0.2
_PAUSE_SECONDS = 1.0
"""Before a worker that ended is replaced: a database that is away would make them come and go without end."""
_START_SECONDS = 60.0
_SPARE_SECONDS = 5.0
_log = structlog.get_logger("haven.server")
_spawning = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Crew:
    """How many workers, how long each says that it is going, and from which port on each answers for itself."""

    count: int
    drain_seconds: int = 0
    own_ports: int | None = None


@dataclass
class _Worker:
    """One process and the line on which it says that it is ready. The line's end tells it that the parent is gone."""

    process: BaseProcess
    line: Connection
    is_ready: bool = False


def serve_by_many(settings: Settings, at: Listening, crew: Crew) -> None:
    """Serve until SIGTERM or SIGINT, then let every worker finish its open requests.

    Raises RuleBroken for a number that makes no sense or a store that is for one process, EnvironmentProblem when a
    port, the certificate or the store cannot be used.
    """
    if not 1 <= crew.count <= MOST_WORKERS:
        raise RuleBroken(mark("There can be 1 to {most} workers."), field="workers", most=MOST_WORKERS)
    if not is_in_database(settings):
        raise RuleBroken(
            mark("Several workers need a PostgreSQL database. The store in a folder is for one process."),
            field="workers",
        )
    check_certificate(at)
    open_store(settings).close()
    with ExitStack() as sockets:
        shared = sockets.enter_context(listen(at))
        own = [
            sockets.enter_context(listen(Listening("127.0.0.1", crew.own_ports + number)))
            for number in range(crew.count)
            if crew.own_ports is not None
        ]
        _Parent(settings, at, crew, shared, own).run()


class _Parent:
    """Starts, replaces and stops the workers."""

    def __init__(
        self, settings: Settings, at: Listening, crew: Crew, shared: socket.socket, own: list[socket.socket]
    ) -> None:
        self._settings, self._at, self._crew = settings, at, crew
        self._shared, self._own = shared, own
        self._workers: dict[int, _Worker] = {}
        self._due: dict[int, float] = {}
        self._stopping = False

    def run(self) -> None:
        """Until told to stop."""
        before = {sig: signal.signal(sig, self._on_signal) for sig in (signal.SIGTERM, signal.SIGINT)}
        try:
            for number in range(self._crew.count):
                self._start(number)
            self._wait_until_ready()
            if not self._stopping:
                announce(self._shared, is_tls=self._at.certificate is not None, workers=self._crew.count)
            while not self._stopping:
                self._look_after()
        finally:
            self._stop()
            for sig, handler in before.items():
                signal.signal(sig, handler)

    def _on_signal(self, sig: int, _: FrameType | None) -> None:
        self._stopping = True
        for worker in self._workers.values():
            _send(worker, sig)

    def _start(self, number: int) -> None:
        ours, theirs = _spawning.Pipe()
        sockets = [self._shared, *self._own[number : number + 1]]
        given = (self._settings, self._at, self._crew.drain_seconds, sockets, theirs)
        process = _spawning.Process(target=_work, args=given, name=f"haven-worker-{number}")
        process.start()
        theirs.close()
        self._workers[number] = _Worker(process, ours)
        if self._stopping:  # the signal came while it was being started
            _send(self._workers[number], signal.SIGTERM)

    def _wait_until_ready(self) -> None:
        """Raises EnvironmentProblem when one of them cannot start."""
        deadline = time.monotonic() + _START_SECONDS
        while not self._stopping and not all(worker.is_ready for worker in self._workers.values()):
            self._hear()
            if any(not worker.process.is_alive() for worker in self._workers.values()) or time.monotonic() > deadline:
                raise EnvironmentProblem(mark("A process of the server did not start. Its log says why."))

    def _hear(self) -> None:
        """Wait a moment for workers to become ready or to end."""
        lines = {worker.line: worker for worker in self._workers.values() if not worker.is_ready}
        ends = [worker.process.sentinel for worker in self._workers.values()]
        for found in wait([*lines, *ends], _LOOK_SECONDS):
            if isinstance(found, Connection):
                with suppress(EOFError, OSError):
                    found.recv()
                    lines[found].is_ready = True

    def _look_after(self) -> None:
        """Replace whoever ended."""
        self._hear()
        now = time.monotonic()
        for number, worker in list(self._workers.items()):
            if not worker.process.is_alive():
                _log.error("worker_ended", worker=number, code=worker.process.exitcode)
                _close(worker)
                del self._workers[number]
                self._due[number] = now + _PAUSE_SECONDS
        for number, due in list(self._due.items()):
            if now >= due and not self._stopping:
                del self._due[number]
                self._start(number)
        if not self._workers:
            time.sleep(_LOOK_SECONDS)

    def _stop(self) -> None:
        """Let them finish; whoever takes much longer than it may is killed."""
        if not self._stopping:
            self._on_signal(signal.SIGTERM, None)
        self._shared.close()
        deadline = time.monotonic() + self._crew.drain_seconds + GRACE_SECONDS + _SPARE_SECONDS
        for number, worker in self._workers.items():
            worker.process.join(max(deadline - time.monotonic(), 0))
            if worker.process.is_alive():
                _log.error("worker_killed", worker=number)
                worker.process.kill()
                worker.process.join()
            _close(worker)


def _send(worker: _Worker, sig: int) -> None:
    with suppress(ProcessLookupError):
        if worker.process.pid is not None and worker.process.is_alive():
            os.kill(worker.process.pid, sig)


def _close(worker: _Worker) -> None:
    worker.line.close()
    worker.process.close()


# --- in the worker ------------------------------------------------------------------------------------------------


def _work(
    settings: Settings, at: Listening, drain_seconds: int, sockets: list[socket.socket], line: Connection
) -> None:
    """Serve, in a process of its own."""
    os.setpgid(0, 0)  # a Ctrl-C in the terminal is for the parent, which says it to everybody once
    log_to(sys.stderr)
    threading.Thread(target=_end_with_parent, args=(line,), daemon=True, name="haven-parent").start()
    with closing(line):
        try:
            server = make_server(build_app(settings), at, lambda _: line.send(True), drain_seconds)
        except HavenError as error:
            _log.error("worker_not_started", kind=type(error).__name__)
            sys.exit(1)
        server.run(sockets=sockets)


def _end_with_parent(line: Connection) -> None:
    """A parent that was killed sends no signal; its end of the line closes."""
    with suppress(EOFError, OSError):
        line.recv()
    signal.raise_signal(signal.SIGTERM)

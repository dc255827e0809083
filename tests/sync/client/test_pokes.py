"""Listening for pokes: a colleague's work comes at once, a lying server gets little, and stopping is quick."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.background_sync import BackgroundSync, SyncNews
from app.models.agency import Organization
from app.models.changes import Changes
from app.models.vocab import Role
from app.sync.client import pokes
from app.sync.client.cutting import Cut
from app.sync.client.pokes import PokeListener
from app.sync.client.problems import BadAnswer, Offline
from app.sync.client.reports import Standing, SyncReport
from app.sync.client.transport import Call, HttpTransport, NoStream
from tests.sync.conftest import Agency, Recruit, ServerProcess, Station
from tests.sync.test_two_vaults import all_sync


class Ear:
    """What a listener calls; each call can be waited for."""

    def __init__(self) -> None:
        self._heard = threading.Semaphore(0)

    def __call__(self) -> None:
        self._heard.release()

    def hears(self, seconds: float = 10.0) -> bool:
        return self._heard.acquire(timeout=seconds)


@contextmanager
def listening(station: Station, told: Ear) -> Iterator[PokeListener]:
    listener = station.engine.listener(told)
    thread = threading.Thread(target=listener.run)
    thread.start()
    try:
        yield listener
    finally:
        listener.stop()
        thread.join(20)
        assert not thread.is_alive()


def test_a_colleagues_save_is_heard_and_pulled(agency: Agency, recruit: Recruit) -> None:
    supervisor, worker = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    all_sync(supervisor, worker)
    arrived = threading.Event()

    def told(news: SyncNews) -> None:
        if "organization" in news.changes.kinds:
            arrived.set()

    background = BackgroundSync(supervisor.engine, told, str, supervisor.engine.listener)
    background.start()
    try:
        worker.write(Organization(name="Shelter"))
        worker.sync()
        assert arrived.wait(10)
    finally:
        background.stop()


def test_what_came_is_shown_before_the_round_ends_and_once(agency: Agency, recruit: Recruit) -> None:
    supervisor, worker = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    all_sync(supervisor, worker)
    shown: list[Changes] = []

    def arrived(changes: Changes) -> None:
        assert supervisor.engine.state().standing is Standing.WORKING
        shown.append(changes)

    supervisor.engine.watch(lambda progress: None, arrived)
    worker.write(Organization(name="Shelter"))
    worker.sync()
    report = supervisor.sync()
    assert [one.kinds for one in shown] == [frozenset({"organization"})] and not report.changes
    supervisor.sync()
    assert len(shown) == 1


def test_it_comes_back_when_the_server_does_and_says_so(own_server: ServerProcess, recruit: Recruit) -> None:
    station = recruit(own_server.agency(), "Sam Supervisor", Role.SUP)
    station.sync()
    told = Ear()
    own_server.stop()
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr(pokes, "_LONGEST_RETRY_SECONDS", 0.2)
        with listening(station, told) as listener:
            while not listener._failures:
                assert not told.hears(0.01)
            own_server.start()
            assert told.hears()


def test_stopping_ends_a_silent_stream_at_once(agency: Agency, recruit: Recruit) -> None:
    station = recruit(agency, "Sam Supervisor", Role.SUP)
    station.sync()
    opened = threading.Event()
    real = HttpTransport.stream

    def stream(self: HttpTransport, call: Call, cut: Cut, silence: float) -> Iterator[bytes]:
        for line in real(self, call, cut, silence):
            opened.set()
            yield line

    with pytest.MonkeyPatch.context() as watched:
        watched.setattr(HttpTransport, "stream", stream)
        with listening(station, Ear()):
            assert opened.wait(10)


class Teller:
    """A server that answers every connection with the bytes that it was given, then keeps still."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._held: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            connection.recv(65536)
            connection.sendall(self._answer)
            self._held.append(connection)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        for one in self._held:
            one.close()


def streamed(answer: bytes, silence: float = 0.2) -> list[bytes]:
    teller = Teller(answer)
    transport = HttpTransport()
    try:
        return list(transport.stream(Call("GET", f"http://127.0.0.1:{teller.port}/v1/pokes"), Cut(), silence))
    finally:
        transport.close()
        teller.close()


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"


def test_a_line_without_end_is_not_collected() -> None:
    with pytest.raises(BadAnswer):
        streamed(HEAD + b"x" * 5000)


def test_a_stream_that_falls_silent_is_given_up() -> None:
    with pytest.raises(Offline):
        streamed(HEAD + b": here\n\n")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 5\r\n\r\nhello",
        b"HTTP/1.1 302 Found\r\nlocation: http://portal.example/\r\ncontent-length: 0\r\n\r\n",
    ],
)
def test_what_is_no_stream_is_not_read_as_one(answer: bytes) -> None:
    with pytest.raises(NoStream):
        streamed(answer)


class LyingEngine:
    """Rounds that bring nothing, counted."""

    def __init__(self, enough: int) -> None:
        self.rounds = 0
        self._enough = enough
        self.done = threading.Event()

    def run_once(self) -> SyncReport:
        self.rounds += 1
        if self.rounds == self._enough:
            self.done.set()
        return SyncReport(changes=Changes())

    def next_delay(self, report: SyncReport) -> float:
        return 60.0

    def watch(self, told: object, arrived: object = None) -> None:
        """Rounds without steps."""

    def cancel(self) -> None:
        """Nothing is under way."""

    def obey(self) -> bool:
        """Nobody gave an order."""
        return False

    def close(self) -> None:
        """Nothing is open."""


def test_pokes_that_bring_nothing_are_believed_less_and_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.background_sync.POKE_GAP", 0.01)
    engine = LyingEngine(enough=4)
    background = BackgroundSync(engine, lambda news: None, str)
    background.start()
    try:
        while not engine.done.is_set():
            background.poked()
        assert background._poke_gap >= 0.01 * 2**3
    finally:
        background.stop()


def test_a_person_who_asks_is_not_kept_waiting_by_pokes() -> None:
    engine = LyingEngine(enough=1)
    background = BackgroundSync(engine, lambda news: None, str)
    background._poke_gap = 3600
    background.start()
    try:
        background.poked()
        background.ask()
        assert engine.done.wait(10)
    finally:
        background.stop()

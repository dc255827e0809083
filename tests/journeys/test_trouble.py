"""What goes wrong around Haven: a clear sentence in the window, and nothing lost (safety.md, G11, G12, G21, G22)."""

from __future__ import annotations

import hashlib
import http.server
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app import bootstrap
from app.models.crisis import ServiceRequest
from app.queries import outbox
from app.services import crisis
from app.sync.server.serving import Listening
from app.vault import identity, slots
from app.views.common.text import PlainLabel
from app.views.entrance.mend import MendStep
from app.views.entrance.unlock import UnlockStep
from tests import factories
from tests.journeys.conftest import PHRASE, Visit
from tests.sync.server import harness
from tests.sync.server.harness import new_server

Start = Callable[[], Visit]


def folder_of(here: Visit) -> Path:
    """The folder of the one vault."""
    (place,) = here.profile.vaults()
    return place.folder


def made(visit: Start, *, backup: bool = False) -> Path:
    """A vault with a record in it, closed; its folder."""
    here = visit()
    here.enter_new_vault()
    for _ in range(3):
        here.do(crisis.raise_request, factories.request())
    if backup:
        here.house.vault.back_up()
    here.desktop.close()
    return folder_of(here)


def contents(folder: Path) -> dict[str, str]:
    """What lies in the folder, but for the count of wrong tries, which a try may change."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("tries.")
    }


def unlock(visit: Start, phrase: str = PHRASE) -> tuple[Visit, str]:
    """Try to unlock; the sentence that the window shows, empty when it opened."""
    here = visit()
    step = cast(UnlockStep, here.find(UnlockStep))
    step.secret.set_value(phrase)
    step.submit()
    here.settle()
    return here, "" if here.desktop.house is not None else step.problem.text()


def said(visit: Start) -> tuple[Visit, str]:
    """Try to unlock; everything that the window then says about the vault."""
    here = visit()
    step = cast(UnlockStep, here.find(UnlockStep))
    step.secret.set_value(PHRASE)
    step.submit()
    here.settle()
    assert here.desktop.entrance is not None
    mending = [one for one in here.desktop.entrance.findChildren(MendStep) if one.isVisible()]
    if not mending:
        return here, step.problem.text()
    labels = (label.text() for label in mending[0].findChildren(PlainLabel) if label.isVisible())
    return here, " ".join(labels)


def test_five_wrong_passphrases_bring_a_wait_that_a_restart_does_not_end(visit: Start) -> None:
    made(visit)
    here = visit()
    step = cast(UnlockStep, here.find(UnlockStep))
    said = []
    for _ in range(5):
        step.secret.set_value("not the right words at all")
        step.submit()
        here.settle()
        said.append(step.problem.text())
        assert step.problem.isVisible() and step.primary.isEnabled()
    assert [any(digit in sentence for digit in "4321") for sentence in said[:4]] == [True] * 4
    assert "minute" in said[4] or "second" in said[4], said[4]
    step.secret.set_value(PHRASE)
    step.submit()
    here.settle()
    assert here.desktop.house is None, "even the right one waits now"
    _, again = unlock(visit)
    assert "minute" in again or "second" in again


def _flip(folder: Path) -> None:
    with (folder / "vault.db").open("r+b") as file:
        size = (folder / "vault.db").stat().st_size
        for place in range(0, size, 2048):
            file.seek(place)
            old = file.read(1)[0]
            file.seek(place)
            file.write(bytes([old ^ 0x10]))


def _truncate(folder: Path) -> None:
    with (folder / "vault.db").open("r+b") as file:
        file.truncate(5000)


def _empty(folder: Path) -> None:
    (folder / "vault.db").write_bytes(b"")


def _missing(folder: Path) -> None:
    (folder / "vault.db").unlink()


def _plain(folder: Path) -> None:
    (folder / "vault.db").unlink()
    with sqlite3.connect(folder / "vault.db") as plain:
        plain.execute("CREATE TABLE case_file (id TEXT)")
    plain.close()


def _slots_damaged(folder: Path) -> None:
    for name in slots.COPIES:
        (folder / name).write_bytes(b"HAVENSLOTS\x00\x01" + b"x" * 80)


def _one_slot_missing(folder: Path) -> None:
    (folder / "slots.b").unlink()


def _slots_missing(folder: Path) -> None:
    for name in slots.COPIES:
        (folder / name).unlink()


def _newer(folder: Path) -> None:
    file = slots.read(folder)
    newer = bytearray(slots.encoded(file))
    newer[newer.index(b"\x00") + 1] = slots.FORMAT + 1
    for name in slots.COPIES:
        (folder / name).write_bytes(newer)


@pytest.mark.parametrize("backup", [False, True], ids=["no-backup", "backup"])
@pytest.mark.parametrize("harm", [_flip, _truncate, _empty, _missing, _plain, _slots_damaged, _slots_missing, _newer])
def test_a_damaged_vault_is_said_and_left_as_it_is(visit: Start, harm: Callable[[Path], None], backup: bool) -> None:
    folder = made(visit, backup=backup)
    harm(folder)
    before = contents(folder)
    here, sentence = said(visit)
    assert here.desktop.house is None
    assert sentence.endswith(".") and len(sentence) > 30, sentence
    assert "Something went wrong" not in sentence
    if harm is _newer:
        assert "newer version of Haven" in sentence
    elif harm in (_slots_damaged, _slots_missing):
        assert "Restore" in sentence or "restore" in sentence, sentence
    else:
        assert "Nothing that was saved will be missing." in sentence
    assert contents(folder) == before, "nothing was changed on the disk"


def test_one_lost_copy_of_the_key_file_is_mended(visit: Start) -> None:
    folder = made(visit)
    _one_slot_missing(folder)
    here, sentence = unlock(visit)
    assert sentence == "" and here.desktop.house is not None
    assert (folder / "slots.b").read_bytes() == (folder / "slots.a").read_bytes()


def test_the_first_copy_of_the_key_file_may_be_the_lost_one(visit: Start) -> None:
    folder = made(visit)
    (folder / "slots.a").unlink()
    here, sentence = unlock(visit)
    assert sentence == "" and here.desktop.house is not None


def test_a_full_disk_while_saving_says_so_and_the_same_press_saves_later(visit: Start) -> None:
    here = visit()
    here.enter_new_vault()
    page: Any = here.go("requests.new")
    QTest.keyClicks(here.find(QWidget, "request.location"), "12 Invented Crescent")
    page.form.controls["note"].setPlainText("what was said " * 4000)
    raw = here.house.vault._connection
    raw.execute(f"PRAGMA max_page_count = {raw.execute('PRAGMA page_count').fetchone()[0]}")
    page.send.click()
    here.settle()
    assert page._problem.isVisible() and "disk is full" in page._problem.text()
    assert here.house.window.route == "requests.new"
    assert page.form.controls["location"].value() == "12 Invented Crescent"
    assert page.form.controls["note"].value() == "what was said " * 4000
    assert here.house.store.read(lambda session: session.query(ServiceRequest).count()) == 0
    raw.execute("PRAGMA max_page_count = 1000000")
    page.send.click()
    here.settle()
    assert here.house.window.route == "requests.detail"
    assert here.house.store.read(lambda session: session.query(ServiceRequest).one().location) == "12 Invented Crescent"


class Nonsense(http.server.BaseHTTPRequestHandler):
    """Answers whatever a test says, whatever is asked."""

    kind = "text/html"
    body = b""
    seconds = 0.0

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        time.sleep(type(self).seconds)
        self.send_response(200)
        self.send_header("content-type", type(self).kind)
        self.send_header("content-length", str(len(type(self).body)))
        self.end_headers()
        self.wfile.write(type(self).body)

    do_GET = do_POST = do_PUT = _answer

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def nonsense() -> Callable[..., Callable[[], None]]:
    """Serves nonsense on a port that one may name; returns how to stop it."""

    def serve(port: int, kind: str, body: bytes, seconds: float = 0.0) -> Callable[[], None]:
        handler = type("Answering", (Nonsense,), {"kind": kind, "body": body, "seconds": seconds})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()

        def stop() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return stop

    return serve


def a_round(here: Visit) -> Any:
    """Ask for sync as a person does, and wait until the head shows what came of it."""
    news: list[Any] = []
    here.house._relay.arrived.connect(news.append)
    here.house._sync_now()
    here.until(lambda: any(not one.working for one in news), "a round of sync")
    here.settle()
    return here.house.window.sync_button


def test_a_server_that_is_down_slow_or_talks_nonsense(
    visit: Start, tmp_path: Path, nonsense: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = new_server(tmp_path / "server")
    agency = server.add_agency(recovery=identity.new_kem(os.urandom).public)
    code = server.code(agency, server.add_person(agency, "Robin Example", ("VSU",), ("unit", "staff")))
    here = visit()
    try:
        doors = bootstrap.RealDoors(here.profile)
        opened = doors.enrol(f"http://127.0.0.1:{server.port}", code, PHRASE)
        opened.keys.keep_recovery(opened.recovery_key)
        here.desktop.enter(opened)
        a_round(here)
        port = server.port
        server.stop()
        here.do(crisis.raise_request, factories.request())
        button = a_round(here)
        assert button.sign.offline and button.text().startswith("Offline")
        waiting = here.house.store.read(outbox.counts)
        assert waiting.unsent > 0
        for kind, body, seconds in (
            ("text/html", b"<html><b>Welcome to our network</b></html>", 0.0),
            ("application/msgpack", b"\xc1garbage" * 50, 0.0),
            ("application/vnd.haven+msgpack", b"", 0.4),
        ):
            stop = nonsense(port, kind, body, seconds)
            button = a_round(here)
            assert button.sign.trouble.endswith("."), "a sentence says what is wrong"
            assert "wait" in button.text() and "sent" in button.text()
            assert here.house.store.read(outbox.counts) == waiting, "nothing is taken for received"
            stop()
        monkeypatch.setattr(harness, "Listening", lambda host, _port: Listening(host, port))
        server.start()
        button = a_round(here)
        assert here.house.store.read(outbox.counts).unsent == 0
        assert button.text() == "Everything is sent"
        assert here.warned == []
    finally:
        here.desktop.close()
        server.stop()

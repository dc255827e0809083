"""A server that is put back to an older copy says so to everybody, loses no number, and is never half put back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.sync import protocol as p
from app.sync.server.high_water import MARK_FILE
from app.sync.server.settings import Settings
from app.sync.server.store import STORE_FILE, create_store
from tests.sync.server.harness import WIDE, Device, Server
from tests.sync.server.test_admin import Capture, Command


@pytest.fixture
def here(tmp_path: Path, capsys: Capture) -> tuple[Settings, Command]:
    """A new server that is not started, and the command on it."""
    settings = Settings(data=tmp_path / "server", **WIDE)
    create_store(settings)
    return settings, Command(settings.data, capsys)


def begun(settings: Settings) -> tuple[Server, Device, str]:
    """The server with a device that has sent one segment."""
    server = Server(settings)
    agency = server.add_agency()
    device = server.enrolled(agency)
    scope = device.new_scope()
    assert device.send(device.segment(scope, b"before")).refusals == []
    return server, device, scope


def test_what_the_copy_lacks_is_sent_again(here: tuple[Settings, Command], tmp_path: Path) -> None:
    settings, run = here
    server, device, scope = begun(settings)
    epoch = device.feed().server_epoch
    run("backup", str(tmp_path / "copy"))
    later = device.segment(scope, b"after")
    assert device.send(later).refusals == []
    known = device.ask(
        p.NumberBlock, "POST", "/v1/numbers", p.NumbersAsked(series="ab" * 8, year=2026, size=10, known=0)
    )
    server.stop()

    aside = Path(run("restore", str(tmp_path / "copy"))["store_of_before"])
    assert (aside / STORE_FILE).exists(), "kept, to be taken back by hand"
    server = Server(settings)
    try:
        device.move_to(server.port)
        device.sign_in()
        assert device.feed().server_epoch != epoch, "a device sees that the server went back"
        assert [one.sealed for one in device.segments()] == [b"before"]
        assert device.send(later).refusals == []
        assert [one.sealed for one in device.segments()] == [b"before", b"after"]
        again = device.ask(
            p.NumberBlock, "POST", "/v1/numbers", p.NumbersAsked(series="ab" * 8, year=2026, size=10, known=0)
        )
        assert again.first > known.last, "a number is never given twice"
        assert run("verify") == {"sound": True, "faults": []}
    finally:
        server.stop()


def test_a_store_that_was_put_back_without_a_word_is_noticed_each_time(
    here: tuple[Settings, Command], tmp_path: Path
) -> None:
    settings, _ = here
    server, device, scope = begun(settings)
    first = device.feed().server_epoch
    server.stop()
    shutil.copy(settings.data / STORE_FILE, tmp_path / STORE_FILE)
    epochs = [epoch_after_a_start(settings, device, scope)]
    for _ in range(2):
        for file in settings.data.glob(f"{STORE_FILE}*"):
            file.unlink()
        shutil.copy(tmp_path / STORE_FILE, settings.data / STORE_FILE)
        epochs.append(epoch_after_a_start(settings, device))
    assert epochs[0] == first, "a start alone is no reason to send everything again"
    assert len(set(epochs)) == 3


def epoch_after_a_start(settings: Settings, device: Device, scope: str | None = None) -> str:
    """What a device sees of a server that starts, is sent something to a scope, and ends."""
    server = Server(settings)
    try:
        device.move_to(server.port)
        device.sign_in()
        if scope is not None:
            assert device.send(device.segment(scope, b"after")).refusals == []
        return device.feed().server_epoch
    finally:
        server.stop()


def test_a_mark_that_cannot_be_read_accuses_nobody(here: tuple[Settings, Command]) -> None:
    settings, _ = here
    server, device, _ = begun(settings)
    epoch = device.feed().server_epoch
    server.stop()
    (settings.data / MARK_FILE).write_bytes(b"\xff torn")
    assert epoch_after_a_start(settings, device) == epoch


def test_a_running_server_is_left_alone(here: tuple[Settings, Command], tmp_path: Path) -> None:
    settings, run = here
    server, device, _ = begun(settings)
    try:
        run("backup", str(tmp_path / "copy"))
        assert run.refused("restore", str(tmp_path / "copy")) == "The server is running. Stop it first."
        assert [one.sealed for one in device.segments()] == [b"before"]
    finally:
        server.stop()


def test_a_damaged_copy_changes_nothing(here: tuple[Settings, Command], tmp_path: Path) -> None:
    settings, run = here
    server, _, _ = begun(settings)
    run("backup", str(tmp_path / "copy"))
    server.stop()
    copy = tmp_path / "copy" / STORE_FILE
    spoiled = bytearray(copy.read_bytes())
    spoiled[len(spoiled) // 2] ^= 1
    copy.write_bytes(bytes(spoiled))
    assert "damaged" in run.refused("restore", str(tmp_path / "copy"))
    assert sorted(one.name for one in settings.data.iterdir() if one.is_dir()) == []
    assert run("stats")["agencies"][0]["segments"] == 1


def test_a_lost_or_destroyed_store_comes_back(here: tuple[Settings, Command], tmp_path: Path) -> None:
    settings, run = here
    server, _, _ = begun(settings)
    run("backup", str(tmp_path / "copy"))
    server.stop()
    store = settings.data / STORE_FILE
    store.write_bytes(b"\x07" * 8192)
    assert "store_of_before" in run("restore", str(tmp_path / "copy"))
    store.unlink()
    assert "store_of_before" not in run("restore", str(tmp_path / "copy"))
    assert run("stats")["agencies"][0]["segments"] == 1


def test_what_is_asked_wrongly_is_said(here: tuple[Settings, Command], tmp_path: Path) -> None:
    _, run = here
    assert "Which backup" in run.refused("restore")
    assert run.refused("restore", str(tmp_path)) == "There is no backup in this folder."


def test_purge_lists_nothing_before_anything_was_destroyed(here: tuple[Settings, Command]) -> None:
    _, run = here
    run("agency", "add", "Lakeshore Police Service")
    assert run("purge") == {"orders": []}

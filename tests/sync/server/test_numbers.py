"""Record number blocks: never the same number twice."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.sync import protocol as p
from app.sync.server.number_floor import NumberFloor
from app.sync.server.store import STORE_FILE
from tests.sync.server.harness import Device, Refused, Server

SERIES = "5e" * 16


def ask(device: Device, size: int = 10, year: int = 2026, series: str = SERIES, known: int = 0) -> p.NumberBlock:
    """Reserve a block."""
    asked = p.NumbersAsked(series=series, year=year, size=size, known=known)
    return device.ask(p.NumberBlock, "POST", "/v1/numbers", asked)


def test_series_and_years_count_apart(server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    assert [(block.first, block.last) for block in (ask(device), ask(device, 5), ask(device))] == [
        (1, 10),
        (11, 15),
        (16, 25),
    ]
    assert ask(device, year=2027).first == ask(device, series="ab" * 8).first == 1


def test_blocks_never_overlap_under_concurrency(server: Server, agency: str) -> None:
    devices = [server.enrolled(agency) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        blocks = list(threads.map(lambda device: [ask(device, 7) for _ in range(10)], devices))
    numbers = [number for mine in blocks for block in mine for number in range(block.first, block.last + 1)]
    assert sorted(numbers) == list(range(1, 561))


@pytest.mark.parametrize("kind_of_store", ["embedded"])
def test_a_restored_database_does_not_hand_numbers_out_again(server: Server, agency: str, tmp_path: Path) -> None:
    device = server.enrolled(agency)
    assert ask(device).last == 10
    server.parts.store.back_up(tmp_path / "backup")
    assert ask(device).last == 20
    server.stop()
    for leftover in server.settings.data.glob(f"{STORE_FILE}-*"):
        leftover.unlink()
    shutil.copy(tmp_path / "backup" / STORE_FILE, server.settings.data / STORE_FILE)
    server.start()
    device.move_to(server.port)
    device.sign_in()
    assert ask(device).first == 21


def test_what_a_device_knows_is_never_handed_out(server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    assert ask(device, known=500).first == 501
    assert ask(device, known=3).first == 511
    with pytest.raises(Refused) as refused:
        ask(device, known=10**9)
    assert refused.value.status == 400
    assert ask(device).first == 521


def test_a_torn_line_loses_only_itself(tmp_path: Path) -> None:
    floor = NumberFloor(tmp_path / "numbers.log")
    floor.note("a", "s", 2026, 10)
    floor.note("a", "s", 2026, 20)
    content = (tmp_path / "numbers.log").read_bytes()
    (tmp_path / "numbers.log").write_bytes(content[:-4])
    torn = NumberFloor(tmp_path / "numbers.log")
    assert torn.highest("a", "s", 2026) == 10
    torn.note("a", "s", 2026, 30)
    assert NumberFloor(tmp_path / "numbers.log").highest("a", "s", 2026) == 30

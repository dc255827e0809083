"""Garbage is collected on the windows' thread, whoever makes it."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from app.views.collecting import Collector, collect_what_is_due


class Knot:
    """Something that only a collection takes away."""

    def __init__(self, where: list[int]) -> None:
        self.own = self
        weakref.finalize(self, lambda: where.append(threading.get_ident()))


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[Collector]:
    """At work from here to the end of the test."""
    gc.collect()
    made = Collector()
    yield made
    made.stop()
    assert gc.isenabled()


def test_what_a_worker_leaves_is_taken_away_on_the_thread_of_the_windows(collector: Collector) -> None:
    where: list[int] = []

    def work() -> None:
        for _ in range(50):
            Knot(where)
        kept = [[number] for number in range(20_000)]  # more than enough for Python to begin one by itself
        assert len(kept) == 20_000

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    assert where == [], "nothing was collected on the worker"
    end = time.monotonic() + 20
    while len(where) < 50 and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)
    assert where == [threading.get_ident()] * 50


@pytest.mark.usefixtures("collector")
def test_old_garbage_goes_too() -> None:
    where: list[int] = []
    old = Knot(where)
    gc.collect(1)  # it lives, and is not young any more
    del old
    end = time.monotonic() + 30
    keep: list[list[int]] = []
    while not where and time.monotonic() < end:
        keep += [[number] for number in range(1000)]
        collect_what_is_due()
    assert where == [threading.get_ident()]

"""Collects Python's garbage as the desktop does (`app/views/collecting.py`): now and then, not wherever it comes up."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.views.collecting import LOOK_MS, collect_what_is_due, keep_what_is_imported


@contextmanager
def collected_as_on_a_desktop() -> Iterator[None]:
    """Within: a thread stands for the windows' thread, which there does nothing else at the time."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(LOOK_MS / 1000):
            collect_what_is_due()

    thread = threading.Thread(target=look, daemon=True)
    keep_what_is_imported()
    gc.disable()
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        gc.enable()

"""Python's garbage is collected on the windows' thread alone, while it waits for nothing.

A collection that Python begins by itself runs on whichever thread happens to allocate: on the vault's worker or on the
thread of sync it would take windows apart there, which Qt does not survive. And a full one looks at everything that was
ever imported, for which all threads stand still (178 ms, measured): what is imported once and kept is set apart.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 250


def keep_what_is_imported() -> None:
    """Set everything that lives now apart from collections. Takes no time and destroys nothing, on any thread."""
    gc.freeze()


def collect_what_is_due() -> None:
    """Collect the young, and with them what is older once that is due by Python's own thresholds.

    The young always: their count goes up and down between two looks, and what it had reached is not known.
    """
    _, middle, old = (count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True))
    gc.collect(2 if middle and old else 1 if middle else 0)


class Collector(QObject):
    """Collects in place of Python itself from when it is made until `stop`. To be made on the windows' thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(collect_what_is_due)
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()

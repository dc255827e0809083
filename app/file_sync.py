"""Work in files, as the windows may use it: the engine's bundles, and what they changed told to every page."""

from __future__ import annotations

from collections.abc import Callable

from app.models.changes import Changes
from app.sync.client.engine import SyncEngine


class EngineFiles:
    """The real `views.programme.FileSync`. `told` hears of changes, on whatever thread the file was read on."""

    def __init__(self, engine: SyncEngine, told: Callable[[Changes], None]) -> None:
        self._engine = engine
        self._told = told

    def write(self) -> tuple[bytes, int]:
        """The file with all own work, and how many parts it has."""
        return self._engine.write_bundle()

    def read(self, whole: bytes) -> tuple[int, int]:
        """Take a file in: how many parts were new, and how many were set aside because they cannot be right."""
        taken, changes = self._engine.read_bundle(whole)
        self._told(changes)
        return taken.segments, taken.set_aside

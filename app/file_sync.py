"""Work in files, as the windows may use it: the engine's bundles, and what they changed told to every page."""

from __future__ import annotations

from collections.abc import Callable

from app.models.changes import Changes
from app.sync.client.engine import SyncEngine
from app.views.programme import WorkTaken, WorkWritten
from app.words import tr


class EngineFiles:
    """The real `views.programme.FileSync`. `told` hears of changes, on whatever thread the file was read on."""

    def __init__(self, engine: SyncEngine, told: Callable[[Changes], None]) -> None:
        self._engine = engine
        self._told = told

    def write(self) -> WorkWritten:
        """The file with all own work."""
        written = self._engine.write_bundle()
        return WorkWritten(written.whole, written.files, written.no_room, written.damaged)

    def read(self, whole: bytes) -> WorkTaken:
        """Take a file in."""
        taken, changes = self._engine.read_bundle(whole)
        self._told(changes)
        trouble = tr(taken.trouble) if taken.trouble else ""
        return WorkTaken(taken.segments, taken.set_aside, taken.files, taken.absent, trouble)

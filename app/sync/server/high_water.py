"""How far the feeds have ever been, in a file of its own: a store that was put back without a word is noticed.

Whoever restores with `restore` says so, and a new epoch begins. A disk image, a copied file or a snapshot of a machine
says nothing, and once the feed has grown past where it was, no device could tell: what came between would be lost to
everybody who had believed its receipt. So the store is compared with this file whenever it is opened.

Written after each commit and not synced: a mark that lags behind after a power failure accuses nobody.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, select, update

from app.sync.server import members
from app.sync.server.clock import new_id
from app.sync.server.tables import agencies

MARK_FILE = "feed.mark"
Reached = dict[str, tuple[str, int]]
"""Of each agency the epoch and the last place of its feed."""


_REACHED = select(agencies.c.agency_id, agencies.c.server_epoch, agencies.c.last_place)


def reached(connection: Connection) -> Reached:
    """How far a store is."""
    return {agency_id: (epoch, last) for agency_id, epoch, last in connection.execute(_REACHED)}


def begin_epochs(connection: Connection) -> None:
    """From now on every agency's server counts as one that was put back."""
    for agency_id in members.list_agencies(connection):
        mine = agencies.c.agency_id == agency_id
        connection.execute(update(agencies).where(mine).values(server_epoch=new_id()))


class HighWater:
    """The mark beside one store."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def look(self, connection: Connection) -> bool:
        """Begin new epochs, within the caller's transaction, when the store was put back; whether it was."""
        known, here = self._read(), reached(connection)
        if not any(agency_id in here and _is_older(here[agency_id], mark) for agency_id, mark in known.items()):
            return False
        begin_epochs(connection)
        return True

    def note(self, reached: Reached) -> None:
        """Remember how far the store is. Where that cannot be written, the mark stays where it was."""
        if not reached:
            return
        lines = [f"{agency_id} {epoch} {place:020}\n" for agency_id, (epoch, place) in sorted(reached.items())]
        with suppress(OSError):
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "wb") as file:  # not emptied first: a crash leaves the old lines or the new
                file.write("".join(lines).encode("ascii"))

    def _read(self) -> Reached:
        try:
            lines = self._path.read_text(encoding="ascii", errors="replace").splitlines()
        except OSError:
            return {}
        parts = [line.split() for line in lines]
        return {part[0]: (part[1], int(part[2])) for part in parts if len(part) == 3 and part[2].isdigit()}


def _is_older(here: tuple[str, int], mark: tuple[str, int]) -> bool:
    """Put back twice to the same copy, it has as many places as the mark and not its epoch."""
    return here[0] != mark[0] or here[1] < mark[1]

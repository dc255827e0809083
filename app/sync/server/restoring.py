"""Puts a server back to an older copy so that nothing is lost: a new epoch begins, and devices send the rest again.

A copy knows nothing of what came after it. Each agency therefore gets a new epoch: devices see it with their next
request and send everything of the last 35 days again (PROTOCOL.md, The feed), orders to destroy included.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from app.errors import RuleBroken
from app.sync.server.high_water import begin_epochs
from app.sync.server.settings import Settings
from app.sync.server.store import EmbeddedStore, is_in_database, open_store
from app.sync.server.stores import embedded
from app.words import mark


def restore(settings: Settings, folder: Path | None) -> Path | None:
    """Put the copy in `folder` in the place of the store, and begin a new epoch; where the store of before lies now.

    Of PostgreSQL nothing is put back here, its own tools have done that: only the new epoch begins. Raises RuleBroken
    for a missing or unneeded folder, EnvironmentProblem while a server runs, or for a copy that is not sound: then
    everything is as it was.
    """
    if is_in_database(settings):
        if folder is not None:
            raise RuleBroken(
                mark("Put the database back with PostgreSQL's own tools, then run restore without a folder.")
            )
        with closing(open_store(settings)) as store, store.writing() as connection:
            begin_epochs(connection)
        return None
    if folder is None:
        raise RuleBroken(mark("Which backup? Name the folder that `backup` made."), field="folder")
    return embedded.put_back(settings, folder, _ready)


def _ready(store: EmbeddedStore) -> None:
    with store.writing() as connection:
        begin_epochs(connection)

"""Brings a vault's tables to this version: all steps in one transaction, after a verified backup.

A vault that a newer version has opened is refused before anything is touched.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine, inspect, text

from app.errors import EnvironmentProblem
from app.models.migrations import HEAD, REVISIONS
from app.vault import capture, find_index
from app.words import mark

NEWER = mark("This vault was opened by a newer version of Haven. Update Haven on this computer, then open it again.")
FAILED = mark("The vault could not be brought to this version. It is as it was before; nothing was lost.")


def version_of(connection: Connection) -> str | None:
    """The revision of the vault's tables; None for an empty file."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def bring_up(engine: Engine, before: Callable[[], None]) -> None:
    """Upgrade if there is something to upgrade; `before` makes the backup of a vault that holds something."""
    with engine.begin() as connection:
        version = version_of(connection)
    if version is not None and version not in REVISIONS:
        raise EnvironmentProblem(NEWER)
    if version != HEAD:
        if version is not None:
            before()
        try:
            with engine.begin() as connection:
                move(connection, HEAD)
        except Exception as error:
            raise EnvironmentProblem(FAILED) from error
    with engine.begin() as connection:
        capture.install(connection)
        find_index.install(connection)


def move(connection: Connection, target: str) -> None:
    """Run the revisions from where the tables stand to `target`, up or down, in the connection's transaction."""
    # Imported here: alembic costs more than the rest of unlocking, and is needed once a version.
    from app.vault.migrate import run

    if inspect(connection).has_table("capture_switch"):
        capture.remove(connection)
    find_index.remove(connection)
    run(connection, target)

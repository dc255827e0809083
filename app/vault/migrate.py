"""Runs alembic without its ini file and command line, on a connection that is open and in a transaction."""

from __future__ import annotations

from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.models.migrations import FOLDER


def scripts() -> ScriptDirectory:
    """The revisions."""
    return ScriptDirectory(str(FOLDER))


def run(connection: Connection, target: str) -> None:
    """Move the tables to revision `target` (or `base`)."""
    directory = scripts()
    going_down = target == "base"
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and not going_down:
        newer = {revision.revision for revision in directory.iterate_revisions(current, "base")}
        going_down = target in newer and target != current

    def steps(revision: Any, _context: Any) -> Any:
        if going_down:
            return directory._downgrade_revs(target, revision)
        return directory._upgrade_revs(target, revision)

    context = MigrationContext.configure(connection, opts={"fn": steps, "transactional_ddl": True})
    with Operations.context(context):
        context.run_migrations()

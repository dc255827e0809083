"""Brings a store's tables to this version of the server, whichever database they are in."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from app.errors import EnvironmentProblem
from app.words import mark

_MIGRATIONS = Path(__file__).parent.with_name("migrations")


def upgrade(connection: Connection) -> None:
    """Run what is missing inside the open transaction. Raises EnvironmentProblem for a store of a newer version."""
    config = _config()
    _refuse_newer(connection, ScriptDirectory.from_config(config))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def is_made(connection: Connection) -> bool:
    """Whether there are tables of ours already, of any version."""
    return sa.inspect(connection).has_table("alembic_version")


def is_newest(connection: Connection) -> bool:
    """Whether the tables are those of this version, so that nothing has to be locked to find out."""
    return is_made(connection) and _revisions(connection) == set(ScriptDirectory.from_config(_config()).get_heads())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def _revisions(connection: Connection) -> set[str]:
    return set(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all())


def _refuse_newer(connection: Connection, scripts: ScriptDirectory) -> None:
    if not is_made(connection):
        return
    for revision in _revisions(connection):
        try:
            scripts.get_revision(revision)
        except CommandError:
            raise EnvironmentProblem(mark("The store was made by a newer version of the server.")) from None

"""Small questions, put to the driver within the transaction of a session: of SQLAlchemy each takes five times as long.

Only for reading: what is written goes the usual way, where a full disk is known for what it is.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session


def rows(session: Session, statement: str, values: tuple[object, ...] = ()) -> list[Any]:
    """All that the store has, as it holds it."""
    held: Any = session.connection().connection.driver_connection
    found: list[Any] = held.execute(statement, values).fetchall()
    return found


def row(session: Session, statement: str, values: tuple[object, ...] = ()) -> Any:
    """The first of it; None when there is nothing."""
    held: Any = session.connection().connection.driver_connection
    return held.execute(statement, values).fetchone()

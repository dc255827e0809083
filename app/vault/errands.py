"""Which chunks of attachments have still to be sent or fetched: noted with the save that names them.

A row goes when the chunk is here and the server is known to have it for that scope (`sync/client/chunks.py`), or when
no record names it any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy.orm import Session

from app.models.rules.attachments import OFFERED
from app.vault import asking, state

_COLUMNS = ("preview_chunks", "chunks")
"""In the order in which their chunks travel."""
# A colleague's record may hold anything: what is no list of names is passed over and holds nothing up.
_NAMED = (
    " FROM attachment AS a, json_each(CASE WHEN json_valid(a.{column}) THEN a.{column} ELSE '[]' END) AS one"
    " WHERE a.removed_at IS NULL AND length(one.value) = 64 AND one.value NOT GLOB '*[^0-9a-f]*'"
)
_NOTE = (
    "INSERT INTO chunk_errand (name, scope_id, ours, turn) SELECT one.value, a.scope_id, {ours}, {turn}"
    + _NAMED
    + "{which} ON CONFLICT (name, scope_id) DO NOTHING"
)
_OURS = (
    "EXISTS (SELECT 1 FROM change WHERE change.record_id = a.id AND change.kind = 'attachment'"
    " AND change.device_id = ?)"
)
_STALE = "DELETE FROM chunk_errand WHERE name NOT IN ({named})"
_SOME = 500


def note(session: Session, attachment_ids: Iterable[str], *, ours: bool) -> None:
    """The chunks of these attachments, as they now stand, have to be carried."""
    ids = list(attachment_ids)
    for at in range(0, len(ids), _SOME):
        some = tuple(ids[at : at + _SOME])
        which = f" AND a.id IN ({','.join('?' * len(some))})"
        for turn, column in enumerate(_COLUMNS):
            statement = _NOTE.format(ours=int(ours), turn=turn, column=column, which=which)
            session.connection().exec_driver_sql(statement, some)


def note_all(session: Session) -> None:
    """Nothing is known of what the server has: everything that a record names has to be carried."""
    device_id = state.get(session, state.DEVICE_ID)
    for turn, column in enumerate(_COLUMNS):
        statement = _NOTE.format(ours=_OURS, turn=turn, column=column, which="")
        session.connection().exec_driver_sql(statement, (device_id,))


def named(session: Session, names: Collection[str]) -> set[str]:
    """Which of these chunks the records here call for."""
    asked = " UNION ".join(("SELECT one.value" + _NAMED).format(column=column) for column in _COLUMNS)
    return {row[0] for row in asking.rows(session, asked)}.intersection(names)


def awaited(session: Session, names: Collection[str]) -> list[str]:
    """Which of these chunks, of colleagues' files, are still held to be on their way here."""
    asked = "SELECT DISTINCT name FROM chunk_errand WHERE NOT ours AND turn < ?"
    return sorted({row[0] for row in asking.rows(session, asked, (OFFERED,))}.intersection(names))


def only_offer(session: Session, names: Collection[str]) -> None:
    """These chunks came by another way than from the server: they are here, and it has still to be offered them."""
    wanted = list(names)
    for at in range(0, len(wanted), _SOME):
        some = wanted[at : at + _SOME]
        places = ",".join("?" * len(some))
        statement = f"UPDATE chunk_errand SET turn = ? WHERE NOT ours AND name IN ({places})"
        session.connection().exec_driver_sql(statement, (OFFERED, *some))


def forget(session: Session, names: Collection[str]) -> None:
    """These chunks are destroyed, or are known to be wherever they have to be."""
    wanted = list(names)
    for at in range(0, len(wanted), _SOME):
        some = tuple(wanted[at : at + _SOME])
        places = ",".join("?" * len(some))
        session.connection().exec_driver_sql(f"DELETE FROM chunk_errand WHERE name IN ({places})", some)


def forget_unnamed(session: Session) -> None:
    """What no record names any more is carried nowhere."""
    named = " UNION ALL ".join(("SELECT one.value" + _NAMED).format(column=column) for column in _COLUMNS)
    session.connection().exec_driver_sql(_STALE.format(named=named))

"""The index of quick find: kept by triggers beside the records, so that whatever writes a record keeps it right.

`found` holds the words of each findable record (`models/findable.py`) and what they lead to. Over it lie two indexes:
`found_words` with trigrams, because people remember the middle of a name and the end of a number, and `found_starts`
for the first two letters that are typed, which are the beginnings of words. Nothing here cannot be made anew: a version
that looks elsewhere, or an index that is not there, is filled from the records at unlock.

FTS5 writes what it has gathered to its tables at each statement that a trigger runs in, which for a page of colleagues'
changes costs more than all the rest of writing them. While capture is off the triggers therefore only note which
records are due (`found_due`), and `catch_up` indexes them all at once, in the same transaction.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from app.models.findable import COLUMNS, FINDABLE, Findable

_PREFIX = "found_"
_PLACES = ", ".join(COLUMNS)
_FOUND = (
    f"CREATE TABLE found (seq INTEGER PRIMARY KEY, record_id TEXT NOT NULL UNIQUE, leads_to TEXT NOT NULL,"
    f" owner_id TEXT NOT NULL, {', '.join(f'{place} TEXT' for place in COLUMNS)})"
)
_INDEXES = {
    "found_words": "tokenize='trigram remove_diacritics 1', detail='full'",
    "found_starts": "tokenize='unicode61 remove_diacritics 2', prefix='1 2', detail='column'",
}
_INTO = f"INSERT INTO found (record_id, leads_to, owner_id, {_PLACES})"
_DUE = "CREATE TABLE found_due (record_id TEXT PRIMARY KEY, kind TEXT NOT NULL) WITHOUT ROWID"
_ARE_DUE = "record_id IN (SELECT record_id FROM found_due)"
_AT_ONCE = "coalesce((SELECT is_on FROM capture_switch WHERE id = 1), 1)"
_OWNERS = "CREATE INDEX ix_found_owner ON found (leads_to, owner_id)"


def install(connection: Connection) -> bool:
    """Make the index as it should be; True when it had to be made anew."""
    wanted = _wanted()
    if _present(connection) == wanted:
        return False
    remove(connection)
    there = set(inspect(connection).get_table_names())
    fill = [_fill(each) for each in FINDABLE if each.kind in there]
    index = [f"INSERT INTO {name} ({name}) VALUES ('rebuild')" for name in _INDEXES]
    for statement in (_FOUND, _DUE, *fill, _OWNERS, *_tables(), *index, *wanted.values()):
        connection.exec_driver_sql(statement)
    return True


def catch_up(session: Session) -> None:
    """Index what was written while capture was off."""
    run = session.connection().exec_driver_sql
    due = set(run("SELECT DISTINCT kind FROM found_due").scalars())
    if not due:
        return
    for name in _INDEXES:
        old = f"SELECT 'delete', seq, {_PLACES} FROM found WHERE {_ARE_DUE}"
        run(f"INSERT INTO {name} ({name}, rowid, {_PLACES}) {old}")
    run(f"DELETE FROM found WHERE {_ARE_DUE}")
    for each in FINDABLE:
        if each.kind in due:
            run(_fill(each, f"id IN (SELECT record_id FROM found_due WHERE kind = '{each.kind}')"))
    for name in _INDEXES:
        run(f"INSERT INTO {name} (rowid, {_PLACES}) SELECT seq, {_PLACES} FROM found WHERE {_ARE_DUE} ORDER BY seq")
    run("DELETE FROM found_due")


def squeeze(session: Session) -> None:
    """Write every full-text index anew, the cards' too: words that were taken out stay in its pages until then."""
    connection = session.connection()
    virtual = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
    for name in connection.exec_driver_sql(virtual).scalars().all():
        connection.exec_driver_sql(f"INSERT INTO {name} ({name}) VALUES ('optimize')")


def remove(connection: Connection) -> None:
    """Take the index away: an upgrade changes tables, and it is filled from the records again."""
    for name in _present(connection):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    for name in (*_INDEXES, "found", "found_due"):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")


def _tables() -> list[str]:
    common = f"{_PLACES}, content='found', content_rowid='seq', columnsize=0"
    return [f"CREATE VIRTUAL TABLE {name} USING fts5({common}, {how})" for name, how in _INDEXES.items()]


def _wanted() -> dict[str, str]:
    """The triggers by name."""
    now = "WHEN NOT EXISTS (SELECT 1 FROM found_due WHERE record_id = {0}.record_id)"
    made = {
        "found_put": f"AFTER INSERT ON found {now.format('NEW')} BEGIN " + _to_words("NEW") + " END",
        "found_taken": f"AFTER DELETE ON found {now.format('OLD')} BEGIN " + _out_of_words("OLD") + " END",
    }
    for each in FINDABLE:
        watched = ", ".join(f'"{column}"' for column in each.read())
        taken = f"DELETE FROM found WHERE {_AT_ONCE} AND record_id = NEW.id;"
        put, late = _put(each), _put_off(each)
        made[f"{_PREFIX}{each.kind}_insert"] = f'AFTER INSERT ON "{each.kind}" BEGIN {late} {put} END'
        made[f"{_PREFIX}{each.kind}_update"] = (
            f'AFTER UPDATE OF {watched} ON "{each.kind}" BEGIN {late} {taken} {put} END'
        )
    return {name: f"CREATE TRIGGER {name} {body}" for name, body in made.items()}


def _put(each: Findable) -> str:
    return f"{_INTO} SELECT {_row(each, 'NEW.')} WHERE {_AT_ONCE} AND {_there(each, 'NEW.')};"


def _put_off(each: Findable) -> str:
    """Notes that a record is due. Not by OR IGNORE: the outer statement's way with conflicts would count instead."""
    known = "SELECT 1 FROM found_due WHERE record_id = NEW.id"
    return (
        f"INSERT INTO found_due (record_id, kind) SELECT NEW.id, '{each.kind}'"
        f" WHERE NOT {_AT_ONCE} AND NOT EXISTS ({known});"
    )


def _fill(each: Findable, which: str = "1") -> str:
    return f'{_INTO} SELECT {_row(each, "")} FROM "{each.kind}" WHERE {which} AND {_there(each, "")} ORDER BY id'


def _row(each: Findable, row: str) -> str:
    """The values of one line of `found`, from the columns of a row (`NEW.` within a trigger)."""
    places = []
    for place in COLUMNS:
        columns = [f"coalesce({_words_of(each, row, column)}, '')" for column in each.columns.get(place, ())]
        places.append(f"nullif(trim({' || char(10) || '.join(columns)}, char(10)), '')" if columns else "NULL")
    return f'{row}"id", \'{each.leads_to}\', {row}"{each.owner}", {", ".join(places)}'


def _words_of(each: Findable, row: str, column: str) -> str:
    """A column as it is indexed; damaged JSON has no words, so that no colleague's change can stop a merge."""
    kept = f'{row}"{column}"'
    if column not in each.lists:
        return kept
    members = f"json_each(CASE WHEN json_valid({kept}) THEN {kept} END)"
    return f"(SELECT group_concat(json_extract(value, '$.text'), char(10)) FROM {members} WHERE type = 'object')"


def _there(each: Findable, row: str) -> str:
    """Whether a record is to be found: not removed, belonging to something, with words in it."""
    words = [f"{row}\"{column}\" > ''" for columns in each.columns.values() for column in columns]
    return f'{row}removed_at IS NULL AND {row}"{each.owner}" IS NOT NULL AND ({" OR ".join(words)})'


def _to_words(row: str) -> str:
    values = ", ".join(f"{row}.{place}" for place in COLUMNS)
    return " ".join(f"INSERT INTO {name} (rowid, {_PLACES}) VALUES ({row}.seq, {values});" for name in _INDEXES)


def _out_of_words(row: str) -> str:
    values = ", ".join(f"{row}.{place}" for place in COLUMNS)
    put = "INSERT INTO {0} ({0}, rowid, {1}) VALUES ('delete', {2}.seq, {3});"
    return " ".join(put.format(name, _PLACES, row, values) for name in _INDEXES)


def _present(connection: Connection) -> dict[str, str]:
    found = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'found\\_%' ESCAPE '\\'")
    )
    return {row.name: row.sql for row in found}

"""The index of quick find: kept by triggers beside the records, so that whatever writes a record keeps it right.

`found` holds the words of each findable record (`models/findable.py`) and what they lead to. Over it lie two indexes:
`found_words` with trigrams, because people remember the middle of a name and the end of a number, and `found_starts`
for the first two letters that are typed, which are the beginnings of words. Nothing here cannot be made anew: a version
that looks elsewhere, or an index that is not there, is filled from the records at unlock.
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
_OWNERS = "CREATE INDEX ix_found_owner ON found (leads_to, owner_id)"


def install(connection: Connection) -> bool:
    """Make the index as it should be; True when it had to be made anew."""
    wanted = _wanted()
    if _present(connection) == wanted:
        return False
    remove(connection)
    for statement in (_FOUND, _OWNERS, *_tables(), *wanted.values()):
        connection.exec_driver_sql(statement)
    there = set(inspect(connection).get_table_names())
    for each in FINDABLE:
        if each.kind in there:
            connection.exec_driver_sql(_fill(each))
    return True


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
    for name in (*_INDEXES, "found"):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")


def _tables() -> list[str]:
    common = f"{_PLACES}, content='found', content_rowid='seq', columnsize=0"
    return [f"CREATE VIRTUAL TABLE {name} USING fts5({common}, {how})" for name, how in _INDEXES.items()]


def _wanted() -> dict[str, str]:
    """The triggers by name."""
    made = {
        "found_put": "AFTER INSERT ON found BEGIN " + _to_words("NEW") + " END",
        "found_taken": "AFTER DELETE ON found BEGIN " + _out_of_words("OLD") + " END",
    }
    for each in FINDABLE:
        watched = ", ".join(f'"{column}"' for column in each.read())
        anew = f"DELETE FROM found WHERE record_id = NEW.id; {_put(each)}"
        made[f"{_PREFIX}{each.kind}_insert"] = f'AFTER INSERT ON "{each.kind}" BEGIN {_put(each)} END'
        made[f"{_PREFIX}{each.kind}_update"] = f'AFTER UPDATE OF {watched} ON "{each.kind}" BEGIN {anew} END'
    return {name: f"CREATE TRIGGER {name} {body}" for name, body in made.items()}


def _put(each: Findable) -> str:
    return f"{_INTO} SELECT {_row(each, 'NEW.')} WHERE {_there(each, 'NEW.')};"


def _fill(each: Findable) -> str:
    return f'{_INTO} SELECT {_row(each, "")} FROM "{each.kind}" WHERE {_there(each, "")} ORDER BY id'


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

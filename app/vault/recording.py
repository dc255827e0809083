"""The vault's own connection: it remembers what a transaction writes, and commits only through a keeper.

Everything that reaches the database passes here, by SQLAlchemy or straight to the driver, so nothing can be saved that
the second journal does not hold. What was read, and what changed nothing, is not remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Protocol

from app.errors import Defect
from app.vault.driver import driver
from app.vault.journal import Statement
from app.words import mark

_AS_THEY_ARE = frozenset({str, int, float, bytes, bool, type(None)})
"""Exactly these types: a value of a type that is derived from one of them is turned into it first."""
_READING = frozenset({"SELECT", "VALUES", "EXPLAIN", "PRAGMA"})
_CHANGING_ROWS = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"})


class Keeper(Protocol):
    """Who is asked around a commit."""

    def before_commit(self, connection: RecordingConnection, statements: list[Statement]) -> None:
        """Write down what is about to be committed. What it raises ends the transaction."""

    def not_committed(self) -> None:
        """The commit failed after all."""

    def after_commit(self) -> None:
        """It is committed. Must not fail: it is saved."""


class RecordingCursor(driver.Cursor):  # type: ignore[misc]
    """Tells its connection what ran."""

    connection: RecordingConnection

    def execute(self, statement: str, values: Any = ()) -> RecordingCursor:
        """Run a statement; it is remembered if it changed something."""
        word = _first_word(statement)
        before = self.connection.starting(word)
        super().execute(statement, values)
        if word not in _READING:
            # A statement that returns rows has not counted its changes before the last of them was fetched.
            self.connection.ran(None if self.description else before, word, statement, values, many=False)
        return self

    def executemany(self, statement: str, values: Iterable[Any]) -> RecordingCursor:
        """Run a statement for each of several values."""
        held = list(values)
        word = _first_word(statement)
        before = self.connection.starting(word)
        super().executemany(statement, held)
        self.connection.ran(before, word, statement, held, many=True)
        return self

    def executescript(self, script: str) -> RecordingCursor:
        """Never: a script commits on its own."""
        raise Defect(mark("A script of statements cannot be recorded."))


class RecordingConnection(driver.Connection):  # type: ignore[misc]
    """A connection whose commits a keeper knows of. Without a keeper it is an ordinary one."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._keeper: Keeper | None = None
        self._statements: list[Statement] = []
        self._points: list[tuple[str, int]] = []

    @property
    def has_changes(self) -> bool:
        """Whether the transaction has changed anything so far, as far as a keeper has to know."""
        return bool(self._statements)

    def keep_with(self, keeper: Keeper | None) -> None:
        """From here on `keeper` is asked around each commit."""
        self._keeper = keeper

    def cursor(self, factory: Any = RecordingCursor) -> Any:
        """A cursor that records."""
        return super().cursor(factory)

    def plain_cursor(self) -> Any:
        """A cursor that does not record, for what the keeper itself writes."""
        return super().cursor(driver.Cursor)

    def commit(self) -> None:
        """Commit, with the keeper before and after. Raises what the keeper raises, with everything undone."""
        keeper, statements = self._keeper, self._statements
        if keeper is None or not statements:
            super().commit()
            self._forget()
            return
        try:
            keeper.before_commit(self, statements)
        except BaseException:
            self.rollback()
            raise
        try:
            super().commit()
        except BaseException:
            keeper.not_committed()
            raise
        self._forget()
        keeper.after_commit()

    def rollback(self) -> None:
        """Undo, and forget what was remembered."""
        super().rollback()
        self._forget()

    def starting(self, word: str) -> int:
        """Before a statement with this first word: how many rows were changed so far.

        Refuses what would bypass the keeper.
        """
        if self._keeper is not None and self._bypasses(word):
            raise Defect(mark("The vault is written to in a transaction that is recorded."))
        return int(self.total_changes)

    def ran(self, changes_before: int | None, word: str, statement: str, values: Any, *, many: bool) -> None:
        """After a statement that succeeded; `changes_before` is None when it cannot be told yet if it changed any."""
        if self._keeper is None or word in _READING:
            return
        if word in ("SAVEPOINT", "RELEASE", "ROLLBACK"):
            self._point(word, statement)
        elif word == "BEGIN":
            self._forget()
        elif word not in _CHANGING_ROWS or self.total_changes != changes_before:
            self._statements.append(Statement(statement, _plain(values, many), many))

    def _bypasses(self, word: str) -> bool:
        if word in ("COMMIT", "END"):
            return True
        return not self.in_transaction and word not in _READING and word not in ("BEGIN", "ROLLBACK")

    def _point(self, word: str, statement: str) -> None:
        """A savepoint was set, released or gone back to: keep only what still stands."""
        words = statement.replace(";", " ").split()
        name = words[-1].strip('"').casefold()
        if word == "SAVEPOINT":
            self._points.append((name, len(self._statements)))
        elif word == "ROLLBACK" and len(words) < 3:
            self._forget()
        else:
            while self._points and self._points[-1][0] != name:
                self._points.pop()
            if not self._points:
                raise Defect(mark("There is no savepoint of this name."))
            if word == "ROLLBACK":
                del self._statements[self._points[-1][1] :]
            else:
                self._points.pop()

    def _forget(self) -> None:
        self._statements = []
        self._points = []


@lru_cache(maxsize=512)
def _first_word(statement: str) -> str:
    found = statement.lstrip()[:16].split(None, 1)
    return found[0].rstrip(";").upper() if found else ""


def _plain(values: Any, many: bool) -> Any:
    """The values as they can be written down and come back the same; anything else would not be what was saved."""
    if many:
        return [_plain(each, False) for each in values]
    if type(values) is tuple and _AS_THEY_ARE.issuperset(map(type, values)):
        return values
    if isinstance(values, dict):
        return {name: _kept(value) for name, value in values.items()}
    return [_kept(value) for value in values]


def _kept(value: Any) -> Any:
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, int | float | bytes):
        return value
    raise Defect(mark("A value of this type cannot be recorded."))

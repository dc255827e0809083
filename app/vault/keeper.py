"""What stands around each commit: the second journal before it, the page seal and the anchor after it.

The order of a save: the transaction carries the next commit counter and the journal's new head; the journal's record
reaches the disk; the database commits; the anchor follows. "Saved" means that journal and database both have it. A
crash after the journal leaves it one record ahead, which is replayed at the next opening.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.errors import EnvironmentProblem
from app.vault import keys, state
from app.vault.anchor import NAME as ANCHOR
from app.vault.anchor import Anchor, AnchorFile
from app.vault.driver import driver
from app.vault.journal import NAME as JOURNAL
from app.vault.journal import START, Content, Journal, Statement
from app.vault.pages import LostTrack, PageSeal
from app.vault.problems import explain
from app.vault.recording import RecordingConnection
from app.words import mark

UNSURE = mark(
    "The disk no longer works as it should. What was saved before is safe;"
    " close Haven, check the disk and open it again."
)
UNFINISHED = mark(
    "The disk was too full to finish the last save when the vault was opened. You can read and print everything;"
    " to save, free some space, then lock Haven and unlock it again."
)
_PUT = "INSERT INTO device_state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_HAS_STATE = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'device_state'"


@dataclass(frozen=True)
class Commit:
    """A state of the vault: how many commits it has seen, and the journal's head after the last."""

    counter: int = 0
    head: bytes = START

    def text(self) -> str:
        """As it stands in the vault."""
        return f"{self.counter}:{self.head.hex()}"


@dataclass(frozen=True)
class Keys:
    """What journal, anchor and seal are protected with; all follow from the data key."""

    journal: bytes
    anchor: bytes
    pages: bytes

    @classmethod
    def of(cls, data_key: bytes, vault_id: str) -> Keys:
        """Derive them."""
        salt = vault_id.encode()
        return cls(*(keys.expand(data_key, salt, purpose) for purpose in (b"journal", b"anchor", b"pages")))


@dataclass(frozen=True)
class Places:
    """The files of one vault's folder."""

    folder: Path

    @property
    def database(self) -> Path:
        """The encrypted database."""
        return self.folder / "vault.db"

    @property
    def journal(self) -> Path:
        """The second journal."""
        return self.folder / JOURNAL

    @property
    def anchor(self) -> Path:
        """The commit anchor."""
        return self.folder / ANCHOR


class VaultKeeper:
    """The keeper of an open vault (`recording.Keeper`)."""

    def __init__(self, journal: Journal, anchor: AnchorFile, seal: PageSeal, commit: Commit) -> None:
        self.journal, self.commit = journal, commit
        self._anchor, self._seal = anchor, seal
        self._sealed = True
        self._next: Commit | None = None
        self._anchored = commit.counter
        self._refusal: str | None = None

    @property
    def anchored(self) -> Anchor:
        """What the anchor is to say now."""
        seal = self._seal.value if self._sealed else None
        return Anchor(self.commit.counter, self.commit.head, self._seal.pages, seal)

    def before_commit(self, connection: RecordingConnection, statements: list[Statement]) -> None:
        """Put the record on the disk. Raises EnvironmentProblem when there is no room for it."""
        if self._refusal is not None:
            raise EnvironmentProblem(self._refusal)
        counter = self.commit.counter + 1
        seal = self._seal.value if self._sealed else b""
        try:
            head = self.journal.append(counter, Content(int(time.time() * 1000), seal, statements))
        except OSError as error:
            raise (explain(error) or error) from None
        self._next = Commit(counter, head)
        try:
            put(connection, self._next)
        except BaseException:
            self.not_committed()
            raise

    def not_committed(self) -> None:
        """Take the record back; when even that fails, nothing more is saved until the vault is opened anew."""
        self._next = None
        try:
            self.journal.take_back()
        except OSError:
            self._refusal = UNSURE

    def refuse(self, sentence: str) -> None:
        """Let nothing be saved until the vault is opened anew; the sentence says why."""
        self._refusal = sentence

    def after_commit(self) -> None:
        """Follow the pages, and let the anchor say what is saved now."""
        if self._next is not None:
            self.commit, self._next = self._next, None
        # Until the pages of this commit are followed there is no seal, whatever interrupts us here.
        sealed, self._sealed = self._sealed, False
        if sealed:
            with suppress(LostTrack, OSError):
                self._seal.follow()
                self._sealed = True
        self.write_anchor()

    def lose_track(self) -> None:
        """The pages cannot be followed until the next opening: the anchor says so instead of a seal."""
        self._sealed = False

    def write_anchor(self) -> None:
        """A failure is no loss of what is saved: the anchor is behind then, and the next save tries again."""
        with suppress(OSError):
            self._anchor.write(self.anchored)
            self._anchored = self.commit.counter

    def close(self) -> None:
        """Let go of the files; an anchor that is behind gets a last chance."""
        if self._anchored != self.commit.counter:
            self.write_anchor()
        self.journal.close()
        self._anchor.close()


def read_commit(connection: driver.Connection) -> Commit | None:
    """The state that a database is in; None for one that was never counted."""
    cursor = connection.cursor(driver.Cursor)
    if not cursor.execute(_HAS_STATE).fetchone()[0]:
        return None
    found = cursor.execute("SELECT value FROM device_state WHERE name = ?", (state.COMMIT,)).fetchone()
    if found is None or not found[0]:
        return None
    counter, _, head = found[0].partition(":")
    return Commit(int(counter), bytes.fromhex(head))


def put(connection: driver.Connection, commit: Commit) -> None:
    """Write the state into the transaction that leads to it."""
    cursor = connection.cursor(driver.Cursor)
    cursor.execute(_PUT, (state.COMMIT, commit.text()))


def replay(connection: RecordingConnection, content: Content, commit: Commit) -> None:
    """Do again what one record holds, in one transaction."""
    cursor = connection.plain_cursor()
    cursor.execute("BEGIN IMMEDIATE")
    try:
        for statement in content.statements:
            run_again(cursor, statement)
        put(connection, commit)
        cursor.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            cursor.execute("ROLLBACK")
        raise


def run_again(cursor: driver.Cursor, statement: Statement) -> None:
    """One statement with the values that it had."""
    rows: Iterable[object] = statement.values if statement.many else [statement.values]
    for values in rows:
        cursor.execute(statement.sql, values)
        if cursor.description is not None:
            cursor.fetchall()

"""Opening: is what lies in the folder what this device last saved?

Four witnesses are compared: the database's own commit counter, the second journal, the anchor with its seal over all
pages, and, where there is one, a witness outside the folder. What is found has one of a few names (`Trouble`). An
interrupted save and lost helpers are mended at once; anything by which a saved thing might be missing or false is
explained first and mended when the owner says so (`recovery.py`).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from app.errors import EnvironmentProblem
from app.vault import engine
from app.vault.anchor import Anchor, AnchorFile, Witness
from app.vault.driver import driver
from app.vault.journal import Journal, Unreadable
from app.vault.keeper import Commit, Keys, Places, read_commit
from app.vault.keys import Randomness
from app.vault.pages import PageFile, PageSeal
from app.vault.problems import DAMAGED, explained
from app.vault.recording import RecordingConnection

SUSPECT = "vault.suspect"
"""Made when the running vault met a damaged page: the next opening reads every page first."""


class Trouble(Enum):
    """What is found at an opening."""

    NONE = "none"
    INTERRUPTED = "interrupted"
    """A save was cut off between journal and database; nobody was told that it is saved."""
    UNCOUNTED = "uncounted"
    """A vault from before there was a counter."""
    HELPERS = "helpers"
    """The database is sound, but journal or anchor is missing, damaged or behind."""
    BEHIND = "behind"
    """The database is older than what was last saved."""
    CHANGED = "changed"
    """Pages, or the whole file, are not those that were last saved."""
    READABLE = "readable"
    """A file that is not encrypted lies in its place."""
    DAMAGED = "damaged"
    MISSING = "missing"


@dataclass
class Found:
    """Everything in a vault's folder, opened. `close` lets go of it again."""

    places: Places
    keys: Keys
    vault_id: str
    data_key: bytes
    random: Randomness
    pages: PageFile | None = None
    connection: RecordingConnection | None = None
    commit: Commit | None = None
    anchor_file: AnchorFile = field(init=False)
    anchor: Anchor | None = None
    journal: Journal | None = None
    witness: tuple[int, bytes] | None = None
    seal: PageSeal | None = None
    seals: list[bytes] = field(default_factory=list)
    """The seal of the main file alone, then after each commit in the log."""
    sealed: bool = True
    unclean: bool = False
    trouble: Trouble = Trouble.NONE

    def __post_init__(self) -> None:
        self.anchor_file = AnchorFile(self.places.anchor, self.keys.anchor, self.vault_id)

    @property
    def newest(self) -> int:
        """The highest commit that anything here knows of."""
        known = [self.commit.counter if self.commit else 0, self.witnessed]
        known += [self.anchor.counter] if self.anchor else []
        known += [self.journal.last] if self.journal else []
        return max(known)

    @property
    def witnessed(self) -> int:
        """The commit that the witness outside remembers; one more than ours when it remembers another one."""
        if self.witness is None:
            return 0
        counter, head = self.witness
        forked = self.commit is not None and counter == self.commit.counter and head != self.commit.head
        return counter + forked

    def refuse_plain(self) -> None:
        """Refuse the file if its first bytes are readable, through the descriptor that stays open."""
        if self.pages is not None:
            engine.refuse_plain_header(self.pages.head(len(engine.PLAIN_HEADER)))

    def close_connection(self) -> None:
        """Close the database alone."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def close(self) -> None:
        """Close everything; the engine before the file that was read beside it."""
        self.close_connection()
        if self.pages is not None:
            self.pages.close()
            self.pages = None
        if self.journal is not None:
            self.journal.close()
        self.anchor_file.close()


def examine(
    folder: Path,
    vault_id: str,
    data_key: bytes,
    random: Randomness,
    *,
    pages: PageFile | None = None,
    witness: Witness | None = None,
) -> Found:
    """Open what is there and name what is wrong with it. Raises EnvironmentProblem when the folder cannot be used."""
    found = Found(Places(folder), Keys.of(data_key, vault_id), vault_id, data_key, random)
    try:
        _open_database(found, pages)
        # Only after the database: holding its lock says that no other process writes these.
        found.anchor = found.anchor_file.read()
        with suppress(Unreadable):
            found.journal = Journal(found.places.journal, found.keys.journal, vault_id, random)
        found.witness = witness.read() if witness is not None else None
        found.trouble = found.trouble if found.connection is None else _judged(found)
        if found.trouble in (Trouble.NONE, Trouble.INTERRUPTED, Trouble.HELPERS) and _needs_full_look(found):
            found.trouble = found.trouble if _pages_sound(found) else Trouble.DAMAGED
    except BaseException:
        found.close()
        raise
    return found


def _open_database(found: Found, pages: PageFile | None) -> None:
    path = found.places.database
    found.pages = pages
    if not path.exists():
        found.trouble = Trouble.MISSING
        return
    if path.stat().st_size == 0:
        # The engine would take an emptied file for a new database and fill it with empty tables.
        found.trouble = Trouble.DAMAGED
        return
    if found.pages is None:
        found.pages = PageFile(path)
        found.pages.read()
    try:
        with explained():
            engine.refuse_plain_header(found.pages.head(len(engine.PLAIN_HEADER)))
            found.connection = connect(path, found.data_key)
            found.pages.refresh()
            found.commit = read_commit(found.connection)
            _seal(found)
    except EnvironmentProblem as problem:
        if problem.text not in (DAMAGED, engine.PLAIN):
            raise
        found.trouble = Trouble.DAMAGED if problem.text == DAMAGED else Trouble.READABLE
        found.close_connection()
    except ValueError:
        found.trouble = Trouble.DAMAGED


def connect(path: Path, data_key: bytes) -> RecordingConnection:
    """The vault's own connection to its file."""
    connection = engine.open_keyed(path, data_key, look=False, alone=True)
    try:
        engine.configure(connection)
        path.chmod(0o600)
    except BaseException:
        connection.close()
        raise
    return connection


def _seal(found: Found) -> None:
    """Compute the seal that the file had, through the commits of its log, to the one that it has now."""
    pages = found.pages
    assert pages is not None and found.connection is not None
    found.seal = PageSeal(found.keys.pages, found.places.database, pages.tails)
    found.seals = [found.seal.value, *found.seal.take(pages.frames)]
    found.unclean = bool(pages.frames)
    if not found.unclean:
        return
    busy = 1
    with suppress(driver.Error):
        busy = found.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        found.sealed = False  # no room for the log's pages in the main file: followed again after the next opening
        return
    pages.read()
    found.seal = PageSeal(found.keys.pages, found.places.database, pages.tails)


def _judged(found: Found) -> Trouble:
    commit, anchor = found.commit, found.anchor
    if commit is None:
        known = anchor is not None or found.journal is not None or found.witness is not None
        return Trouble.BEHIND if known else Trouble.UNCOUNTED
    if found.witnessed > commit.counter:
        return Trouble.BEHIND
    if anchor is None or (anchor.counter == commit.counter and found.anchor_file.torn()):
        judged = _against_journal(found, commit)
        return Trouble.HELPERS if judged in (Trouble.NONE, Trouble.INTERRUPTED) else judged
    if commit.counter < anchor.counter:
        return Trouble.BEHIND
    if not _proven(found, commit, anchor):
        return Trouble.HELPERS if _only_anchor_behind(found, commit, anchor) else Trouble.CHANGED
    return _against_journal(found, commit)


def _only_anchor_behind(found: Found, commit: Commit, anchor: Anchor) -> bool:
    """Whether database and journal agree, and the anchor is an earlier one of theirs: a disk that fails may refuse it.

    Who puts an old anchor back gets no more than who takes it away: a full check, a fresh backup, and it is said.
    """
    journal, judged = found.journal, _against_journal(found, commit)
    if journal is None or anchor.counter >= commit.counter or judged not in (Trouble.NONE, Trouble.INTERRUPTED):
        return False
    return journal.connects(anchor.counter, anchor.head)


def _against_journal(found: Found, commit: Commit) -> Trouble:
    journal = found.journal
    if journal is None or not journal.connects(commit.counter, commit.head):
        return Trouble.HELPERS
    if journal.last > commit.counter + 1:
        return Trouble.BEHIND
    return Trouble.INTERRUPTED if journal.last > commit.counter else Trouble.NONE


def _proven(found: Found, commit: Commit, anchor: Anchor) -> bool:
    """Whether every page is the one that the anchor remembers, or follows from it by commits that are in the log."""
    if commit.counter == anchor.counter and commit.head != anchor.head:
        return False
    if anchor.seal is None:
        return True
    if found.seal is None or not found.sealed:
        return anchor.seal in found.seals
    now, since = found.seal.value, commit.counter - anchor.counter
    if since == 0:
        return now == anchor.seal
    places = [place for place, seal in enumerate(found.seals) if seal == now]
    return bool(places) and places[-1] >= since and found.seals[places[-1] - since] == anchor.seal


def _needs_full_look(found: Found) -> bool:
    return found.unclean or found.trouble is Trouble.HELPERS or (found.places.folder / SUSPECT).exists()


def _pages_sound(found: Found) -> bool:
    """Whether every page proves unchanged. The damaged one may be any: an error is an answer here."""
    assert found.connection is not None
    try:
        if found.connection.execute("PRAGMA cipher_integrity_check").fetchall():
            return False
    except driver.Error:
        return False
    with suppress(OSError):
        (found.places.folder / SUSPECT).unlink(missing_ok=True)
    return True

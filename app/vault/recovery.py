"""Bringing a vault back: from the present file, or a verified backup, or nothing, and the second journal after it.

Every way ends in a file of its own, `vault.db.rebuilt`, that is read from end to end before it takes the vault's
place; the file that was there is kept beside it. A crash at any moment leaves the old file or the new one, and the
next opening finds the same trouble again or none.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path

from app.errors import EnvironmentProblem, HavenError, NeedsRecovery, RecoveryPlan, RuleBroken, Said
from app.vault import backup
from app.vault.anchor import Anchor, Witness
from app.vault.driver import driver
from app.vault.files import private_folder, sync_folder
from app.vault.journal import NAME as JOURNAL
from app.vault.journal import START, Journal, Unreadable
from app.vault.keeper import UNFINISHED, Commit, VaultKeeper, put, replay
from app.vault.keys import Randomness
from app.vault.opening import SUSPECT, Found, Trouble, connect, examine
from app.vault.pages import PageFile, PageSeal
from app.vault.problems import DAMAGED, explained, is_full
from app.vault.recording import RecordingConnection
from app.words import mark

REBUILT = "vault.db.rebuilt"
ASIDE = "vault.db.replaced-"
_KEPT_ASIDE = 3

NO_VAULT_FILE = mark("The vault's file is missing. An administrator can restore the newest backup.")
TOO_OLD = mark(
    "What was saved since this backup cannot be added to it. Choose a newer backup, or restore this one as it was then."
)
_FOUND = {
    Trouble.BEHIND: mark("The vault's file holds older data than this computer last saved."),
    Trouble.CHANGED: mark("The vault's file, or a part of it, is not the one that was last saved: it was replaced."),
    Trouble.DAMAGED: mark("The vault's file is damaged."),
    Trouble.READABLE: mark("The vault's file is not encrypted: it was replaced."),
    Trouble.MISSING: mark("The vault's file is missing."),
    Trouble.HELPERS: mark(
        "The journal that guards the newest saves was missing or damaged. The vault itself is sound."
    ),
}
_FROM_HERE = mark("Haven brings the missing saves back from its second journal.")
_FROM_BACKUP = mark(
    "Haven puts the backup of {day}, {time} (UTC) in its place and then brings back what was saved since"
    " from its second journal."
)
_FROM_NOTHING = mark("Haven builds the vault anew from its second journal.")
_AS_IT_IS = mark("Haven goes on with the file that is there: there is no newer one.")
_COMPLETE = mark("Nothing that was saved will be missing.")
_INCOMPLETE = mark(
    "Saves that cannot be brought back: {missing}. The newest one that comes back is number {reached} of {total}."
)
_DONE = mark("Your vault is whole again: everything that was saved is here. The file that was replaced is kept.")
_DONE_PARTLY = mark(
    "Your vault is open again. Saves that could not be brought back: {missing}."
    " The file that was replaced is kept: tell your administrator."
)
_DONE_AS_THEN = mark(
    "Your vault is as it was in the backup of {day}, {time} (UTC). The file that was replaced is kept."
)
_HELPERS_MADE = mark(
    "The journal that guards your newest saves was missing or damaged. It was made anew after a full check and a fresh"
    " backup. If you did not expect this, tell your administrator."
)


class Base(Enum):
    """What a way begins with."""

    PRESENT = "present"
    BACKUP = "backup"
    NOTHING = "nothing"
    AS_IT_IS = "as_it_is"


@dataclass(frozen=True)
class Way:
    """One way to bring the vault back: from where, which state that holds, and up to which commit it leads."""

    base: Base
    commit: Commit
    reaches: int
    backup: Path | None = None


@dataclass(frozen=True)
class Recovery:
    """What was found and done at an opening, for the person and the audit trail."""

    found: str
    base: str
    said: Said
    replayed: int = 0
    missing: int = 0
    aside: str | None = None

    @property
    def sentence(self) -> str:
        """What the person reads."""
        return self.said.sentence

    def text(self) -> str:
        """As it is kept in the vault until it was told."""
        values = {name: str(value) if name == "day" else value for name, value in self.said.values.items()}
        return json.dumps([self.found, self.base, self.said.text, values, self.replayed, self.missing, self.aside])

    @classmethod
    def parsed(cls, text: str) -> Recovery:
        """What `text` made."""
        found, base, said, values, replayed, missing, aside = json.loads(text)
        if "day" in values:
            values["day"] = date.fromisoformat(values["day"])
        return cls(found, base, Said(said, values), replayed, missing, aside)


@dataclass(frozen=True)
class Store:
    """An open, proven database with its keeper."""

    found: Found
    connection: RecordingConnection
    keeper: VaultKeeper
    recovery: Recovery | None = None

    def close(self) -> None:
        """Close everything, in the order that keeps the engine's locks to its end."""
        self.keeper.close()
        self.found.close()


def new_store(folder: Path, vault_id: str, data_key: bytes, random: Randomness) -> Store:
    """The empty database of a vault that is being made."""
    with explained():
        private_folder(folder)
        found = _examined_new(folder, vault_id, data_key, random)
        assert found.connection is not None
        found.journal = Journal.make(found.places.journal, found.keys.journal, vault_id, 0, START, random)
        return _kept(found, Commit(), None)


def _examined_new(folder: Path, vault_id: str, data_key: bytes, random: Randomness) -> Found:
    """Make the empty file and open it."""
    connection = connect(folder / "vault.db", data_key)
    connection.close()
    found = examine(folder, vault_id, data_key, random)
    if found.connection is None:
        raise EnvironmentProblem(DAMAGED)
    return found


def open_store(
    folder: Path,
    vault_id: str,
    data_key: bytes,
    random: Randomness,
    *,
    at: datetime,
    recover: bool = False,
    pages: PageFile | None = None,
    witness: Witness | None = None,
) -> Store:
    """Open a vault's database, proven to be what was last saved.

    Raises NeedsRecovery when it is not and `recover` is False; EnvironmentProblem when nothing can bring it back.
    """
    with explained():
        found = examine(folder, vault_id, data_key, random, pages=pages, witness=witness)
        try:
            if found.trouble is Trouble.HELPERS and _backups_know_more(found):
                found.trouble = Trouble.BEHIND
            if found.trouble in _MENDED_AT_ONCE:
                return _mended(found, at)
            way = best_way(found)
            if not recover:
                raise NeedsRecovery(plan(found, way))
            recovery = perform(found, way, at)
        except BaseException:
            found.close()
            raise
        again = examine(folder, vault_id, data_key, random, witness=None)
        if again.trouble not in _MENDED_AT_ONCE:
            again.close()
            raise EnvironmentProblem(DAMAGED)
        return replace(_mended(again, at), recovery=recovery)


_MENDED_AT_ONCE = (Trouble.NONE, Trouble.INTERRUPTED, Trouble.UNCOUNTED, Trouble.HELPERS)


def restore(
    folder: Path,
    vault_id: str,
    data_key: bytes,
    random: Randomness,
    chosen: Path,
    *,
    at: datetime,
    as_it_was: bool = False,
) -> Recovery:
    """Put a backup in the place of the closed vault's file and bring back what was saved since.

    With `as_it_was` nothing is brought back: the vault is as it was then. Raises EnvironmentProblem for a damaged
    backup, RuleBroken for one that the journal does not reach back to.
    """
    with explained():
        found = examine(folder, vault_id, data_key, random)
        try:
            held = backup.verify(chosen, data_key)
            reaches = 0 if held is None else held.counter if as_it_was else _reach(found, held)
            if reaches < found.newest and not as_it_was:
                raise RuleBroken(TOO_OLD)
            way = Way(Base.BACKUP, held or Commit(), reaches, chosen)
            return perform(found, way, at, as_it_was=as_it_was)
        finally:
            found.close()


# --- which way ---


def best_way(found: Found) -> Way:
    """The way that brings back most; of equals the shortest. Raises EnvironmentProblem when there is none."""
    ways: list[Way] = []
    for candidate in _candidates(found):
        way = candidate()
        if way is None:
            continue
        ways.append(way)
        if way.reaches >= found.newest:
            break
    if not ways:
        raise EnvironmentProblem(NO_VAULT_FILE if found.trouble is Trouble.MISSING else DAMAGED)
    return max(ways, key=lambda way: way.reaches)


def plan(found: Found, way: Way) -> RecoveryPlan:
    """What the person is told before anything is done."""
    total = found.newest
    missing = max(total - way.reaches, 0)
    if way.base is Base.BACKUP and way.backup is not None:
        remedy = Said(_FROM_BACKUP, _moment(way.backup))
    else:
        remedy = Said({Base.PRESENT: _FROM_HERE, Base.NOTHING: _FROM_NOTHING}.get(way.base, _AS_IT_IS))
    outcome = Said(_COMPLETE)
    if missing:
        outcome = Said(_INCOMPLETE, {"missing": missing, "reached": way.reaches, "total": total})
    return RecoveryPlan(Said(_FOUND[found.trouble]), remedy, outcome, missing == 0)


def _candidates(found: Found) -> list[Callable[[], Way | None]]:
    backups = [lambda path=path: _from_backup(found, path) for path in backup.listed(found.places.folder)]
    return [lambda: _from_present(found), *backups, lambda: _from_nothing(found), lambda: _as_it_is(found)]


def _from_present(found: Found) -> Way | None:
    """The present file, when its pages are proven to be those of its commit, and brought forward."""
    commit = found.commit
    if found.trouble is not Trouble.BEHIND or commit is None or found.connection is None or found.journal is None:
        return None
    if not found.journal.connects(commit.counter, commit.head) or not _proven_by_journal(found, commit):
        return None
    return Way(Base.PRESENT, commit, found.journal.last)


def _proven_by_journal(found: Found, commit: Commit) -> bool:
    """Whether the journal's next record, made on top of this state, remembers the same seal."""
    assert found.journal is not None and found.seal is not None
    try:
        following = next(iter(found.journal.after(commit.counter)), None)
    except Unreadable:
        return False
    return following is not None and following[1].seal_before in (found.seal.value, *found.seals[-1:])


def _from_backup(found: Found, path: Path) -> Way | None:
    try:
        commit = backup.verify(path, found.data_key)
    except HavenError:
        return None
    held = commit or Commit()
    return Way(Base.BACKUP, held, _reach(found, held) if commit else 0, path)


def _from_nothing(found: Found) -> Way | None:
    """A journal that was never shortened holds everything since the vault was made."""
    journal = found.journal
    if journal is None or not journal.connects(0, START) or not journal.records:
        return None
    return Way(Base.NOTHING, Commit(), journal.last)


def _as_it_is(found: Found) -> Way | None:
    """The present file, when it is at least sound: the last resort."""
    if found.connection is None or found.trouble is Trouble.DAMAGED or found.commit is None:
        return None
    try:
        sound = backup.check(found.connection)
    except driver.Error:
        sound = False
    return Way(Base.AS_IT_IS, found.commit, found.commit.counter) if sound else None


def _reach(found: Found, held: Commit) -> int:
    journal = found.journal
    if journal is not None and journal.connects(held.counter, held.head):
        return journal.last
    return held.counter


def _backups_know_more(found: Found) -> bool:
    """Without journal and anchor, only a backup can tell that the file is older than it should be."""
    for path in backup.listed(found.places.folder)[:1]:
        with suppress(HavenError):
            held = backup.state_of(path, found.data_key)
            return held is not None and found.commit is not None and held.counter > found.commit.counter
    return False


# --- doing it ---


def perform(found: Found, way: Way, at: datetime, *, as_it_was: bool = False) -> Recovery:
    """Bring the vault back in one way. Leaves `found` closed. Raises EnvironmentProblem, with nothing replaced."""
    folder, total = found.places.folder, found.newest
    fresh = folder / REBUILT
    _remove(fresh)
    found.close_connection()
    try:
        source = way.backup if way.base is Base.BACKUP else found.places.database
        if way.base is not Base.NOTHING and source is not None:
            _copy(source, fresh)
        reached, final = _rebuilt(found, fresh, way, total, as_it_was=as_it_was)
        seal = _seal_of(found, fresh)
        aside = _swap(folder, fresh, at)
    except BaseException:
        _remove(fresh)
        raise
    if final.counter != reached:
        _new_line(found, final, at)
    found.anchor_file.make(Anchor(final.counter, final.head, seal.pages, seal.value))
    with suppress(OSError):
        (folder / SUSPECT).unlink(missing_ok=True)
    found.close()
    missing = 0 if as_it_was else max(total - reached, 0)
    said = Said(_DONE_AS_THEN, _moment(way.backup)) if as_it_was and way.backup else Said(_DONE)
    if missing:
        said = Said(_DONE_PARTLY, {"missing": missing})
    replayed = max(reached - way.commit.counter, 0)
    return Recovery(found.trouble.value, way.base.value, said, replayed, missing, aside)


def _copy(source: Path, fresh: Path) -> None:
    """The file, and what its log still holds because the disk had no room for it."""
    shutil.copyfile(source, fresh)
    log = source.with_name(source.name + "-wal")
    if log.exists():
        shutil.copyfile(log, fresh.with_name(fresh.name + "-wal"))


def _rebuilt(found: Found, fresh: Path, way: Way, total: int, *, as_it_was: bool) -> tuple[int, Commit]:
    """Bring the fresh file forward and check it; the commit it reached, and the state that it is in now."""
    connection = connect(fresh, found.data_key)
    try:
        # Synced once at its end: until it takes the vault's place nothing depends on it.
        connection.execute("PRAGMA synchronous = OFF")
        commit = way.commit
        if found.journal is not None and way.reaches > commit.counter:
            commit = _brought_forward(connection, found.journal, way)
        reached = commit.counter
        if reached < total or as_it_was:
            commit = _leap(connection, total, found.random)
        if not backup.check(connection):
            raise EnvironmentProblem(DAMAGED)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
    descriptor = os.open(fresh, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return reached, commit


def _brought_forward(connection: RecordingConnection, journal: Journal, way: Way) -> Commit:
    commit = way.commit
    with suppress(Unreadable, driver.Error):
        # A record that cannot be done again ends it there: what is missing then is said.
        for record, content in journal.after(commit.counter):
            replay(connection, content, Commit(record.counter, record.head))
            commit = Commit(record.counter, record.head)
    return commit


def _leap(connection: RecordingConnection, total: int, random: Randomness) -> Commit:
    """A state after everything that was ever counted: what is here now is another line than what was lost."""
    commit = Commit(total + 1, hashlib.sha256(b"haven:leap" + random(32)).digest())
    cursor = connection.plain_cursor()
    cursor.execute("BEGIN IMMEDIATE")
    put(connection, commit)
    cursor.execute("COMMIT")
    return commit


def _seal_of(found: Found, path: Path) -> PageSeal:
    pages = PageFile(path)
    try:
        pages.read()
        return PageSeal(found.keys.pages, path, pages.tails)
    finally:
        pages.close()


def _swap(folder: Path, fresh: Path, at: datetime) -> str | None:
    """Put the fresh file in the vault's place; the name under which the other one is kept."""
    current, kept = folder / "vault.db", None
    name = f"{ASIDE}{at.astimezone(UTC):%Y%m%dT%H%M%S%f}"
    for ending in ("-wal", "-shm", ""):
        # The log of the file that is set aside belongs to it, never to the new one.
        beside = folder / (current.name + ending)
        if beside.exists():
            beside.replace(folder / (name + ending))
            kept = name
    fresh.replace(current)
    sync_folder(folder)
    olds = sorted(path for path in folder.glob(ASIDE + "*") if not path.name.endswith(("-wal", "-shm")))
    for old in olds[:-_KEPT_ASIDE]:
        _remove(old)
    return kept


def drop_aside_before(folder: Path, at: datetime) -> None:
    """Forget the files that were replaced before a moment. Raises OSError."""
    moment = f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}"
    for start in (ASIDE, JOURNAL + ".replaced-"):
        for old in folder.glob(start + "*"):
            if old.name[len(start) :][: len(moment)] < moment:
                old.unlink(missing_ok=True)


def _new_line(found: Found, final: Commit, at: datetime) -> None:
    """A journal of its own for a vault that went on from an older state; the old one is kept beside it."""
    path = found.places.journal
    if found.journal is not None:
        found.journal.close()
    if path.exists():
        path.replace(path.with_name(f"{JOURNAL}.replaced-{at.astimezone(UTC):%Y%m%dT%H%M%S%f}"))
        for old in sorted(path.parent.glob(JOURNAL + ".replaced-*"))[:-_KEPT_ASIDE]:
            old.unlink(missing_ok=True)
    made = Journal.make(path, found.keys.journal, found.vault_id, final.counter, final.head, found.random)
    made.close()


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _moment(path: Path) -> dict[str, object]:
    made = backup.made_at(path)
    return {"day": made.date(), "time": f"{made:%H:%M}"}


# --- mending at once ---


def _mended(found: Found, at: datetime) -> Store:
    """Open what is sound, and make whole what guards it."""
    connection, commit, recovery, unfinished = found.connection, found.commit, None, False
    assert connection is not None
    if found.trouble is Trouble.UNCOUNTED:
        commit = _leap(connection, 0, found.random)
        _follow(found)
        _new_journal(found, commit, at)
    elif found.trouble is Trouble.INTERRUPTED:
        assert commit is not None
        try:
            commit = _replay_last(found, commit)
        except driver.Error as error:
            if not is_full(error):
                raise
            unfinished = True
    elif found.trouble is Trouble.HELPERS:
        assert commit is not None
        if not backup.check(connection):
            raise EnvironmentProblem(DAMAGED)
        if found.journal is not None and found.journal.connects(commit.counter, commit.head):
            commit = _replay_last(found, commit)
            backup.make(connection, found.data_key, found.places.folder, at)
        else:
            _new_journal(found, commit, at)
        recovery = Recovery(found.trouble.value, Base.PRESENT.value, Said(_HELPERS_MADE))
    assert commit is not None and found.journal is not None
    found.journal.clear_leftover()
    store = _kept(found, commit, recovery)
    if unfinished:
        store.keeper.refuse(UNFINISHED)
    return store


def _replay_last(found: Found, commit: Commit) -> Commit:
    """The one record of a save that was cut off between journal and database."""
    assert found.connection is not None and found.journal is not None
    for record, content in found.journal.after(commit.counter):
        commit = Commit(record.counter, record.head)
        replay(found.connection, content, commit)
        _follow(found)
    return commit


def _follow(found: Found) -> None:
    """Keep the seal current after a commit that no keeper saw."""
    assert found.seal is not None
    if found.sealed:
        found.seal.follow()


def _new_journal(found: Found, commit: Commit, at: datetime) -> None:
    """A journal from here on, after a verified backup of what is here."""
    assert found.connection is not None
    backup.make(found.connection, found.data_key, found.places.folder, at)
    if found.journal is not None:
        found.journal.close()
    found.journal = Journal.make(
        found.places.journal, found.keys.journal, found.vault_id, commit.counter, commit.head, found.random
    )


def _kept(found: Found, commit: Commit, recovery: Recovery | None) -> Store:
    """The keeper that goes on from here."""
    assert found.connection is not None and found.journal is not None and found.seal is not None
    keeper = VaultKeeper(found.journal, found.anchor_file, found.seal, commit)
    if not found.sealed:
        keeper.lose_track()
    if found.anchor != keeper.anchored or found.anchor_file.torn():
        try:
            found.anchor_file.make(keeper.anchored)
        except OSError:
            keeper.write_anchor()  # in place, for which a full disk has room
    found.connection.keep_with(keeper)
    return Store(found, found.connection, keeper, recovery)

"""The vault: the door to everything a person keeps on this device.

    vault.db                 the encrypted database (with vault.db-wal while it is open)
    journal.haven            every save once more, in a file of its own (`journal.py`)
    anchor.haven             what was saved last (`anchor.py`)
    reserve.haven            room for what must not be lost on a full disk (`reserve.py`)
    slots.a, slots.b         the data key, wrapped for each way to open it (`slots.py`)
    tries.a, tries.b         wrong passphrases (`throttle.py`; a witness of them lies outside)
    backups/                 seven rotating backups (`backup.py`)
    attachments/             pictures, sound and files, sealed in chunks (`attachments.py`)

One connection per process, one unit of work or read at a time: `write` and `read` wait for each other.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock, RLock

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.errors import Defect, EnvironmentProblem, HavenError, RuleBroken, Said
from app.models import everything
from app.models.changes import Changes, HybridClock
from app.models.local import flags
from app.models.local.flags import Use
from app.models.local.tables import Member, PeerDevice
from app.models.vocab import AuditAction, Role
from app.models.work import Actor
from app.vault import (
    backup,
    destroying,
    engine,
    erasing,
    full_look,
    identity,
    ids,
    keys,
    noticing,
    passphrase,
    reduced,
    shares,
    slots,
    state,
    throttle,
    upgrade,
)
from app.vault import recovery as recoveries
from app.vault.anchor import NAME as ANCHOR
from app.vault.anchor import Witness
from app.vault.attachments import Attachments, named_in
from app.vault.driver import driver
from app.vault.files import private_folder, private_umask
from app.vault.full_disk import FullDisk
from app.vault.full_look import Look, PageProof
from app.vault.journal import NAME as JOURNAL
from app.vault.key_changes import KeyChanges
from app.vault.keys import KdfSetting, Randomness
from app.vault.opening import SUSPECT, Found
from app.vault.pages import EarlyReading
from app.vault.problems import DAMAGED, explained, is_full, statements_explained
from app.vault.recovery import ASIDE, Recovery, Store
from app.vault.reserve import Reserve
from app.vault.throttle import Throttle
from app.vault.trying import Door
from app.vault.trying import uptime_ms as uptime_ms
from app.vault.unit_of_work import UnitOfWork
from app.vault.witness import KeystoreWitness, Silent
from app.words import mark

TABLES = everything.Base.metadata
"""Named here so that capture and the store know every table."""

DATABASE = "vault.db"
_LONGEST_WAY = 0.05
_FEW = 8
"""Parts of colleagues' work after which the engine's log is moved into the main file; our own is moved each time."""
_BRIEFLY = 0.001
"""Seconds for which long work lets others at the vault, and sleeps meanwhile."""
JOURNAL_LIMIT = 16 * 1024 * 1024
"""Bytes of the second journal after which a backup should shorten it: reading it is part of every unlocking."""
_MAKING = "vault.making"

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Owner:
    """Whose vault it is. Without `member_id` (from a server) the person gets one here."""

    name: str
    roles: tuple[Role, ...]
    badge: str | None = None
    member_id: str | None = None


@dataclass(frozen=True)
class Backup:
    """One backup of a vault: its file, when it was made (UTC), and its size in bytes.

    `brings_all`: whether what was saved since can be brought back after it; None when it cannot be opened.
    """

    path: Path
    made_at: datetime
    size: int
    brings_all: bool | None


class Vault(KeyChanges, FullDisk):
    """An open vault. Made by `create_vault`, `open_vault` and `open_with_recovery`; `close` when done."""

    def __init__(
        self,
        folder: Path,
        file: slots.SlotFile,
        data_key: bytes,
        clock: Clock,
        randomness: Randomness,
        *,
        store: Store,
        witness: Witness | None = None,
        lent_by: Path | None = None,
    ) -> None:
        """`lent_by`: for a reduced workspace, the folder of the vault whose key file opens it.

        `forced` is then this use of it, also where the disk was too full to write it down.
        """
        self.forced: Use | None = None
        self.folder = folder
        self.home = lent_by or folder
        self._file = file
        self._data_key = data_key
        self._clock = clock
        self._random = randomness
        self._lock = RLock()
        self._queue = Lock()
        self._wanted = 0
        self._unmoved = 0
        self._backing_up = Lock()
        self._busy = False
        self._closed = False
        self._store, self._witness = store, witness
        self.attachments = Attachments(folder)
        """The bytes of pictures, sound and files; safe to use beside the vault's own work."""
        self._connection = store.connection
        self._engine: Engine = engine.engine_for(self._connection)
        self._reading = self._engine.execution_options(**{engine.READ_ONLY: True})
        self.recovered: Recovery | None = None
        """What was brought back when this vault, or the one before it, was opened, until `recovery_told`."""
        try:
            with explained():
                upgrade.bring_up(self._engine, before=self._back_up_first)
                store.found.refuse_plain()
        except BaseException:
            self._disconnect()
            raise
        self._hybrid: HybridClock | None = None
        key = keys.expand(data_key, self.vault_id.encode(), b"reserve")
        self._reserve = Reserve(folder, key, self.vault_id, randomness)

    # --- who ---

    @property
    def vault_id(self) -> str:
        """The id that the key slots are bound to."""
        return self._file.vault_id

    @property
    def device_id(self) -> str:
        """This device's id."""
        return self._fact(state.DEVICE_ID)

    @property
    def owner_id(self) -> str:
        """The member whose vault this is."""
        return self._fact(state.OWNER)

    @property
    def agency_id(self) -> str:
        """The agency of the owner; also what anchors the agency's scope."""
        return self._fact(state.AGENCY)

    def owner(self) -> Owner:
        """The owner, with the roles that this vault knows of."""
        with self.read() as session:
            member = session.get(Member, state.get(session, state.OWNER))
            if member is None:
                raise Defect(mark("The vault does not know its owner."))
            roles = tuple(role for role in Role if role in member.roles)
            return Owner(member.name, roles, member.badge, member.id)

    def actor(self, role: Role) -> Actor:
        """The owner, acting in one role on this device."""
        return Actor(self.owner_id, role, self.device_id)

    def some_actor(self) -> Actor:
        """The owner, in the first of their roles: for what the vault enters itself."""
        return self.actor(next(iter(self.owner().roles), Role.OFF))

    def now(self) -> datetime:
        """This moment by the vault's clock."""
        return self._clock().astimezone(UTC)

    # --- work ---

    @contextmanager
    def write(self, actor: Actor) -> Iterator[UnitOfWork]:
        """A unit of work; nothing is saved unless its `commit` is reached.

        Raises EnvironmentProblem when the disk is full or the file damaged, Defect inside another unit of work.
        """
        with self._alone(), statements_explained(), Session(self._engine, expire_on_commit=False) as session:
            session.connection()
            parts = (self._clock, self._random, self._clock_of(session))
            yield UnitOfWork(session, actor, *parts, self._saved, self.attachments, self._owe)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that cannot write."""
        with self._alone(), statements_explained():
            self._connection.execute("PRAGMA query_only = ON")
            try:
                with Session(self._reading, expire_on_commit=False) as session:
                    yield session
            finally:
                self._connection.execute("PRAGMA query_only = OFF")

    @contextmanager
    def settling(self) -> Iterator[Session]:
        """A session for the device's own facts (never records), saved when it is left without an error."""
        with self._alone(), statements_explained(), Session(self._engine) as session, session.begin():
            yield session

    def drain(self, actor: Actor) -> Changes:
        """Make changes of what was written outside any unit of work (raw SQL)."""
        with self.write(actor) as work:
            return work.commit()

    # --- durability ---

    def back_up(self) -> Path:
        """Make a verified backup; returns its file. The journal keeps what the last two do not both hold."""
        with self._backing_up, explained():
            # Only the copy holds up who saves: reading it again takes ten times as long, and needs this vault no more.
            with self._alone():
                fresh = backup.copied(self._connection, self._data_key, self.folder, self.now())
            named = backup.attachments_of(fresh, self._data_key)
            self.attachments.back_up(named)
            made = backup.verified(fresh, self._data_key, self.home)
            self._age_out()
            self._drop_spares()
            with self._lock:
                if not self._closed:
                    self._shorten_journal()
                    self._tell_witness()
            return made

    def forget_destroyed(self) -> None:
        """After a destruction: empty the engine's log, and let journal and newest backups begin after it."""
        with self.read() as session:
            due = state.get(session, state.FORGET_DUE)
        if due is None:
            return
        with self._alone(), explained():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        made = {self.back_up(), self.back_up()}
        # Said outright: with a clock that was set back these two would not count as the newest.
        held = [backup.state_of(path, self._data_key) for path in made if path.exists()]
        with self._alone(), explained():
            self._store.keeper.journal.drop_before(min((one.counter for one in held if one is not None), default=0))
        with self.settling() as session:
            state.forget(session, state.FORGET_DUE)

    def backup_due(self) -> bool:
        """Whether the second journal has grown so long that a backup should shorten it."""
        return self._store.keeper.journal.size > JOURNAL_LIMIT

    def backups(self) -> tuple[Backup, ...]:
        """The backups of this vault, the newest first."""
        found: list[Backup] = []
        for path in backup.listed(self.folder):
            brings_all: bool | None
            try:
                brings_all = self.brings_all(path)
            except EnvironmentProblem:
                brings_all = None
            found.append(Backup(path, backup.made_at(path), path.stat().st_size, brings_all))
        return tuple(found)

    def check_backup(self, chosen: Path) -> bool:
        """Whether every page, row and audit entry of a backup is sound (reads all of it)."""
        try:
            backup.verify(chosen, self._data_key)
        except EnvironmentProblem:
            return False
        return True

    def restore(self, chosen: Path, *, as_it_was: bool = False) -> Recovery:
        """Close the vault and put a backup in its place, with everything that was saved since.

        `as_it_was`: without that. The file that was there is kept. When it cannot be done, nothing is replaced, and
        the person reads why at the next opening.
        """
        self.close()
        parts = (self.folder, self._file, self._data_key, self._clock, self._random)
        lent_by = self.home if self.is_reduced else None
        try:
            return _restored(*parts, chosen, as_it_was, self._witness, lent_by)
        except HavenError as problem:
            refused = Recovery("refused", "backup", Said(problem.text, problem.values))
            with _opened(*parts, witness=self._witness, lent_by=lent_by) as vault:
                vault._brought_back(refused)
            return refused

    def brings_all(self, chosen: Path) -> bool:
        """Whether everything saved since a backup can be brought back after it."""
        held = backup.state_of(chosen, self._data_key)
        return held is not None and self._store.keeper.journal.connects(held.counter, held.head)

    def recovery_told(self) -> None:
        """The person has read what was brought back."""
        if self.recovered is not None:
            with self.settling() as session:
                state.forget(session, state.BROUGHT_BACK)
            self.recovered = None

    def notice(self, name: str, watched: Mapping[str, tuple[str, ...]], facts: tuple[str, ...] = ()) -> None:
        """Let `noticing.count` tell, until the vault is closed, whether these tables and facts were written to."""
        with self._alone(), explained():
            noticing.begin(self._connection.plain_cursor(), name, watched, facts)

    @property
    def commits(self) -> int:
        """The commit counter: how many saves this vault has seen."""
        return self._store.keeper.commit.counter

    def sound(self) -> bool:
        """Whether every page proves unchanged and the database is consistent (reads all of it)."""
        with self._alone(), explained():
            return backup.check(self._connection)

    @contextmanager
    def still(self) -> Iterator[Found]:
        """Within: nothing is saved and nothing moved; for a short look at the vault's own files."""
        with self._alone(), explained():
            yield self._store.found

    def page_proof(self) -> PageProof:
        """Proves pages of the open file, beside whatever the engine does."""
        pages = self._store.found.pages
        if pages is None:
            raise Defect(mark("The vault is closed."))
        return PageProof(pages, self._data_key)

    def last_look(self) -> Look | None:
        """The newest look at everything that came to its end."""
        with self.read() as session:
            return full_look.last_look(session)

    def close(self) -> None:
        """Write everything into the main file and let go of it."""
        with self._lock:
            if self._closed:
                return
            # What does not fit into the main file now stays in the log and is found there at the next open.
            with suppress(driver.Error):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._tell_witness()
            self._disconnect()

    def erase(self, tombstone: bytes) -> None:
        """Let go of every file and erase the vault from this computer, what wraps its key first (`erasing.py`).

        Raises EnvironmentProblem; what is left then goes at the next start.
        """
        with self._lock, explained():
            if not self._closed:
                self._disconnect()
            erasing.erase(self.home, tombstone)
            throttle.forget(self.home, self.vault_id)
        self.forget_keystore_half()

    def __enter__(self) -> Vault:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def tidy_attachments(self) -> int:
        """Take away sealed chunks that a crash left without a record; how many there were.

        Not while a file that was replaced is kept: what it names may still be wanted.
        """
        if any(self.folder.glob(ASIDE + "*")):
            return 0
        with self._alone():
            return self.attachments.tidy(named_in(self._connection))

    def mend_attachments(self) -> int:
        """Bring back from the backups' copies what is missing or damaged; how many chunks that were (reads all)."""
        with self._alone():
            named = named_in(self._connection)
        return self.attachments.bring_back(named, prove=True)

    # --- inside ---

    def _back_up_first(self) -> None:
        self.back_up()

    def _disconnect(self) -> None:
        self._engine.dispose()
        self._store.close()
        self._closed = True

    def _age_out(self) -> None:
        """Take away what was kept before a destruction, once it has stood for the days that were said."""
        with self.read() as session:
            instants = [
                datetime.fromisoformat(one) for one in json.loads(state.get(session, state.DESTROYED_AT) or "[]")
            ]
        aged = [at for at in instants if at + timedelta(days=destroying.KEPT_DAYS) <= self.now()]
        if not aged:
            return
        backup.drop_before(self.folder, max(aged))
        recoveries.drop_aside_before(self.folder, max(aged))
        with self.settling() as session:
            state.put(session, state.DESTROYED_AT, json.dumps([at.isoformat() for at in instants if at not in aged]))

    def _drop_spares(self) -> None:
        """An unreadable backup may still be wanted whole: nothing is dropped while there is one."""
        with suppress(EnvironmentProblem):
            held = [backup.attachments_of(path, self._data_key) for path in backup.listed(self.folder)]
            self.attachments.drop_spares({name for names in held for name in names})

    def _bring_attachments_back(self) -> None:
        """After the database was brought back: what it names again comes from the backups' copies, or goes there."""
        with self._alone():
            named = named_in(self._connection)
        # A full disk is no reason not to open: what is missing is then taken from there when it is read.
        with suppress(EnvironmentProblem):
            self.attachments.bring_back(named)
            self.attachments.back_up(named)

    def _shorten_journal(self) -> None:
        kept_from = backup.kept_back_to(self.folder, self._data_key)
        if kept_from is not None:
            self._store.keeper.journal.drop_before(kept_from)

    def _tell_witness(self) -> None:
        witness = self._witness or _witness_of(self._file)
        if witness is not None:
            commit = self._store.keeper.commit
            witness.write(commit.counter, commit.head)

    def _brought_back(self, recovery: Recovery) -> None:
        """Enter what was brought back, and keep it for the person to read."""
        with self.write(self.some_actor()) as work:
            work.audit(AuditAction.RESTORE, reason=f"{recovery.found}:{recovery.base}:{recovery.missing}")
            state.put(work.session, state.BROUGHT_BACK, recovery.text())
            work.commit()

    def _read_note(self) -> None:
        with self.read() as session:
            kept = state.get(session, state.BROUGHT_BACK)
        self.recovered = Recovery.parsed(kept) if kept else None

    def give_way(self) -> None:
        """Let those who wait for the vault have it, between two long pieces of work. Not inside a unit of work.

        A lock goes to whoever asks at the right moment: without this, one who works on and on keeps it from all others.
        """
        until = time.monotonic() + _LONGEST_WAY
        while self._wanted and time.monotonic() < until:
            time.sleep(_BRIEFLY)

    def _wait_turn(self) -> None:
        """Take the lock, seen to be waiting meanwhile (`give_way`)."""
        with self._queue:
            self._wanted += 1
        try:
            self._lock.acquire()
        finally:
            with self._queue:
                self._wanted -= 1

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._wait_turn()
        try:
            if self._closed:
                raise Defect(mark("The vault is closed."))
            if self._busy:
                raise Defect(mark("A unit of work was begun inside another one."))
            self._busy = True
            try:
                yield
            except EnvironmentProblem as problem:
                if is_full(problem):
                    self._set_full(True)
                if problem.text == DAMAGED:
                    with suppress(OSError):
                        (self.folder / SUSPECT).touch(mode=0o600)
                raise
            finally:
                self._busy = False
        finally:
            self._lock.release()

    def _clock_of(self, session: Session) -> HybridClock:
        if self._hybrid is None:
            device = state.get(session, state.DEVICE_ID)
            if device is None:
                raise Defect(mark("The vault does not know its device."))
            self._hybrid = HybridClock(device, state.get(session, state.CLOCK))
        return self._hybrid

    def _saved(self, ours: bool) -> None:
        """Ours was saved, or a part of what colleagues wrote: of these there are many, one after another."""
        self._set_full(False)
        self._unmoved = 0 if ours else self._unmoved + 1
        if ours or self._unmoved % _FEW == 0:
            self._checkpoint()

    def _checkpoint(self) -> None:
        """Move what was saved from the log into the main file, as far as nothing stands in the way.

        It is saved already: a disk too full for the main file to grow is the next save's problem, not this one's.
        """
        with suppress(driver.Error):
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def _fact(self, name: str) -> str:
        with self.read() as session:
            value = state.get(session, name)
        if value is None:
            raise Defect(mark("The vault lacks one of its own facts."))
        return value


def create_vault(
    folder: Path,
    passphrase_text: str,
    device_name: str,
    *,
    owner: Owner,
    agency_id: str | None = None,
    device_id: str | None = None,
    clock: Clock = utc_now,
    randomness: Randomness = os.urandom,
    setting: KdfSetting | None = None,
    witness: Witness | None = None,
) -> tuple[Vault, str]:
    """Make a vault in `folder`. Returns it open, and the recovery key as text, to be shown once.

    `agency_id` and `device_id` come from a server at enrolment and are made here without one. The key slots are
    written last: a vault that was not made to its end is begun anew.
    """
    passphrase.check(passphrase_text)
    with explained():
        private_umask()
        private_folder(folder)
        _refuse_existing(folder)
        (folder / _MAKING).touch(mode=0o600)
    data_key, recovery = randomness(keys.KEY_BYTES), randomness(keys.KEY_BYTES)
    vault_id = randomness(16).hex()
    file = slots.made(vault_id, data_key, passphrase_text, recovery, setting or keys.calibrated(), randomness)
    store = recoveries.new_store(folder, vault_id, data_key, randomness)
    vault = Vault(folder, file, data_key, clock, randomness, store=store, witness=witness)
    try:
        _settle(vault, device_name, owner, agency_id, device_id, randomness)
        with explained():
            Throttle(folder, vault_id).start()
            slots.write(folder, file)
            (folder / _MAKING).unlink()
        vault.make_up()
    except BaseException:
        vault.close()
        raise
    return vault, keys.recovery_text(recovery)


def open_vault(
    folder: Path,
    passphrase_text: str,
    *,
    clock: Clock = utc_now,
    randomness: Randomness = os.urandom,
    counted: bool = True,
    recover: bool = False,
    witness: Witness | None = None,
) -> Vault:
    """Open the vault in `folder`. Raises RuleBroken for a wrong passphrase, EnvironmentProblem for damage.

    Raises NeedsRecovery when the vault is not what was last saved and can be brought back: `recover` does that.
    `counted` False: tries are not counted, for the demonstration, whose passphrase anybody may read.
    """
    private_umask()
    early = EarlyReading(folder / DATABASE)
    try:
        file = slots.read(folder)
        door = Door(folder, file, clock)
        with explained():
            found = door.tried(passphrase_text, counted=counted)
    except BaseException:
        early.forget()
        raise
    if not found.is_data_key:
        early.forget()
        return _opened_reduced(folder, file, found.key, clock, randomness, recover=recover)
    vault = _opened(folder, file, found.key, clock, randomness, recover=recover, witness=witness, early=early)
    vault.opened_quickly(passphrase_text, door.seconds)
    return vault


def open_with_recovery(
    folder: Path,
    recovery_text: str,
    *,
    clock: Clock = utc_now,
    randomness: Randomness = os.urandom,
    recover: bool = False,
    witness: Witness | None = None,
) -> Vault:
    """Open the vault with its recovery key, or with two shares of it one after the other.

    A new passphrase is to be set then (`Vault.set_passphrase`). The audit trail has it, and the owner is told at the
    next unlock.
    """
    private_umask()
    file = slots.read(folder)
    data_key = slots.open_with_recovery(file, shares.recovery_key(recovery_text))
    if data_key is None:
        raise RuleBroken(slots.OTHER_RECOVERY, field="recovery_key")
    vault = _opened(folder, file, data_key, clock, randomness, recover=recover, witness=witness)
    try:
        vault.note_recovery()
        with vault.write(vault.actor(vault.owner().roles[0])) as work:
            work.audit(AuditAction.KEYS, reason="opened with the recovery key")
            work.commit()
    except BaseException:
        vault.close()
        raise
    return vault


def drill(folder: Path, recovery_text: str, *, clock: Clock = utc_now) -> str:
    """Practise a recovery from outside: open the closed vault, read its own fact, note it, close. Returns with what.

    Raises RuleBroken for a mistyped or another key, EnvironmentProblem for damage.
    """
    private_umask()
    file = slots.read(folder)
    data_key = slots.open_with_recovery(file, shares.recovery_key(recovery_text))
    if data_key is None:
        raise RuleBroken(slots.OTHER_RECOVERY, field="recovery_key")
    with _opened(folder, file, data_key, clock, os.urandom) as vault:
        return vault.drill(recovery_text)


def vault_exists(folder: Path) -> bool:
    """Whether `folder` holds a vault."""
    return slots.exists(folder)


def restore_backup(
    folder: Path,
    chosen: Path,
    passphrase_text: str,
    *,
    clock: Clock = utc_now,
    randomness: Randomness = os.urandom,
    as_it_was: bool = False,
) -> Recovery:
    """Put a backup in the place of the closed vault's file, with everything that was saved since (`Vault.restore`)."""
    if not chosen.exists():
        raise RuleBroken(mark("There is no such backup."))
    file, data_key = unlocked(folder, passphrase_text, clock)
    return _restored(folder, file, data_key, clock, randomness, chosen, as_it_was, None)


def unlocked(folder: Path, passphrase_text: str, clock: Clock = utc_now) -> tuple[slots.SlotFile, bytes]:
    """The key file and the data key of a closed vault, for commands that look at its files."""
    file = slots.read(folder)
    with explained():
        return file, Door(folder, file, clock).tried(passphrase_text, only_vault=True).key


def _opened(
    folder: Path,
    file: slots.SlotFile,
    data_key: bytes,
    clock: Clock,
    randomness: Randomness,
    *,
    recover: bool = False,
    witness: Witness | None = None,
    early: EarlyReading | None = None,
    lent_by: Path | None = None,
) -> Vault:
    witness = witness or _witness_of(file)
    with explained():
        pages = early.result() if early is not None else None
    store = recoveries.open_store(
        folder, file.vault_id, data_key, randomness, at=clock(), recover=recover, pages=pages, witness=witness
    )
    vault = Vault(folder, file, data_key, clock, randomness, store=store, witness=witness, lent_by=lent_by)
    try:
        if store.recovery is not None:
            vault._brought_back(store.recovery)
            vault._bring_attachments_back()
            if store.recovery.missing:
                vault.back_up()
        vault.make_up()
        vault._read_note()
    except BaseException:
        vault.close()
        raise
    # Which copy is the older one is known now; a disk too full to mend it is no reason not to open.
    with suppress(OSError):
        slots.heal(lent_by or folder, file)
    return vault


def _witness_of(file: slots.SlotFile) -> Witness | None:
    """The keystore, where it holds half of the key anyway."""
    return KeystoreWitness(file.vault_id) if file.bound_id is not None else None


def _restored(
    folder: Path,
    file: slots.SlotFile,
    data_key: bytes,
    clock: Clock,
    randomness: Randomness,
    chosen: Path,
    as_it_was: bool,
    witness: Witness | None,
    lent_by: Path | None = None,
) -> Recovery:
    done = recoveries.restore(folder, file.vault_id, data_key, randomness, chosen, at=clock(), as_it_was=as_it_was)
    # What a witness remembers is newer than a vault as it was: it is told anew, not asked.
    with _opened(folder, file, data_key, clock, randomness, witness=Silent(), lent_by=lent_by) as vault:
        vault._witness = witness
        vault._brought_back(done)
        vault._bring_attachments_back()
        if done.missing or as_it_was:
            vault.back_up()
    return done


def _opened_reduced(
    folder: Path, file: slots.SlotFile, key: bytes, clock: Clock, randomness: Randomness, *, recover: bool
) -> Vault:
    """The workspace of a second passphrase, in which it is written down at once that it was opened."""
    copy = reduced.place_of(folder, key)
    vault = _opened(copy, file, key, clock, randomness, recover=recover, lent_by=folder)
    vault.forced = reduced.use_now(vault.now(), randomness)
    # Whoever was forced has to get in, even when the disk is full.
    with suppress(EnvironmentProblem), vault.settling() as session:
        flags.keep_use(session, vault.forced)
    return vault


def made_copy(folder: Path, beside: Path, key: bytes, clock: Clock, randomness: Randomness = os.urandom) -> Vault:
    """An empty reduced workspace in `folder`, opened by the key file of the vault in `beside`."""
    file = slots.read(beside)
    store = recoveries.new_store(folder, file.vault_id, key, randomness)
    return Vault(folder, file, key, clock, randomness, store=store, lent_by=beside)


def opened_copy(folder: Path, beside: Path, key: bytes, clock: Clock, randomness: Randomness = os.urandom) -> Vault:
    """A reduced workspace as the vault in `beside` looks into it; this is no use of it."""
    return _opened(folder, slots.read(beside), key, clock, randomness, recover=True, lent_by=beside)


def _refuse_existing(folder: Path) -> None:
    if slots.exists(folder):
        raise RuleBroken(mark("There is already a vault in this folder."))
    leftovers = [folder / (DATABASE + ending) for ending in ("", "-wal", "-shm")]
    leftovers += [folder / JOURNAL, folder / ANCHOR]
    if not any(path.exists() for path in leftovers):
        return
    if not (folder / _MAKING).exists():
        raise RuleBroken(
            mark("This folder holds a vault without its key file. Restore the key file, or choose another.")
        )
    for path in leftovers:
        path.unlink(missing_ok=True)


def _settle(
    vault: Vault, device_name: str, owner: Owner, agency_id: str | None, device_id: str | None, randomness: Randomness
) -> None:
    """Write down whose vault this is and give the device its keys."""
    now = vault.now()
    member_id = owner.member_id or ids.new_id(now, randomness)
    device = device_id or ids.new_id(now, randomness)
    signing, kem = identity.new_signing(randomness), identity.new_kem(randomness)
    facts = {
        state.VAULT_ID: vault.vault_id,
        state.DEVICE_ID: device,
        state.DEVICE_NAME: device_name,
        state.OWNER: member_id,
        state.AGENCY: agency_id or ids.new_id(now, randomness),
    }
    with vault.settling() as session:
        for name, value in facts.items():
            state.put(session, name, value)
        session.add_all([signing, kem])
        session.add(Member(id=member_id, name=owner.name, roles=list(owner.roles), badge=owner.badge, active=True))
        session.add(
            PeerDevice(
                device_id=device,
                member_id=member_id,
                signing_public=signing.public,
                kem_public=kem.public,
                groups=[],
                status="active",
            )
        )

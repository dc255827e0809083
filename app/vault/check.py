"""A full check of a vault's folder that changes nothing in it and shows no content.

It works on a copy of the encrypted files: opening a database that keeps a log writes to it. The copy is as encrypted
as the vault, and is removed again.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.errors import EnvironmentProblem, HavenError
from app.vault import attachments, audit, backup, engine, slots
from app.vault.chunks import ChunkFolder
from app.vault.driver import driver
from app.vault.keeper import Places
from app.vault.opening import Found, Trouble, examine
from app.vault.problems import BUSY, explained
from app.vault.slots import COPIES

try:
    import fcntl
except ImportError:  # Windows refuses to read a locked file by itself
    fcntl = None  # type: ignore[assignment]

_SHARED_FIRST, _SHARED_BYTES = 0x40000002, 510
"""The bytes of a database file on which its engine holds its lock."""
_COPIED = ("vault.db", "vault.db-wal", "journal.haven", "anchor.haven", "vault.suspect")
_QUIET = (Trouble.NONE, Trouble.INTERRUPTED)


@dataclass(frozen=True)
class Finding:
    """One check: its name for programs, whether it is sound, and what was found: a code or a number, never content."""

    name: str
    ok: bool
    details: str


def checked(folder: Path, vault_id: str, data_key: bytes) -> dict[str, Any]:
    """Check a closed vault. Raises EnvironmentProblem when it is open elsewhere or cannot be read."""
    _refuse_open(folder / "vault.db")
    with explained(), tempfile.TemporaryDirectory(prefix="haven-check-") as place:
        copy = Path(place)
        for name in _COPIED:
            if (folder / name).exists():
                shutil.copyfile(folder / name, copy / name)
        findings = [_header(copy), *_slots(folder), *_opened(copy, folder, vault_id, data_key)]
        counters = {finding.name: int(finding.details) for finding in findings if finding.name.startswith("counter.")}
        findings = [finding for finding in findings if not finding.name.startswith("counter.")]
        spares = _Spares(folder)
        findings += [_backup(path, copy, data_key, spares) for path in backup.listed(folder)]
    return {
        "ok": all(finding.ok for finding in findings),
        "checks": [asdict(finding) for finding in findings],
        "counters": {name.removeprefix("counter."): value for name, value in counters.items()},
    }


def _refuse_open(path: Path) -> None:
    """Refuse a vault that another process has open: what is copied from it would not fit together."""
    if fcntl is None or not path.exists():
        return
    with path.open("rb") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, _SHARED_BYTES, _SHARED_FIRST)
        except OSError:
            raise EnvironmentProblem(BUSY) from None


def _header(copy: Path) -> Finding:
    path = Places(copy).database
    if not path.exists():
        return Finding("header", False, "missing")
    with path.open("rb") as file:
        readable = file.read(len(engine.PLAIN_HEADER)) == engine.PLAIN_HEADER
    return Finding("header", not readable, "readable" if readable else "encrypted")


def _slots(folder: Path) -> list[Finding]:
    sound = [name for name in COPIES if slots.copy_is_sound(folder / name)]
    return [Finding("slots", len(sound) == len(COPIES), f"{len(sound)}/{len(COPIES)}")]


def _opened(copy: Path, folder: Path, vault_id: str, data_key: bytes) -> list[Finding]:
    found = examine(copy, vault_id, data_key, os.urandom)
    try:
        return [*_witnesses(found), *_contents(found), *_attachments(found, folder)]
    finally:
        found.close()


def _witnesses(found: Found) -> list[Finding]:
    journal, anchor, commit = found.journal, found.anchor, found.commit
    findings = [
        Finding("anchor", anchor is not None and not found.anchor_file.torn(), _present(anchor is not None)),
        Finding("journal", journal is not None and not journal.leftover, _present(journal is not None)),
        Finding("together", found.trouble in _QUIET, found.trouble.value),
    ]
    if commit is not None and anchor is not None and found.seal is not None:
        same = found.trouble is not Trouble.CHANGED
        findings.append(Finding("pages", same, str(found.seal.pages)))
    counted = {
        "database": commit.counter if commit else None,
        "anchor": anchor.counter if anchor else None,
        "journal": journal.last if journal else None,
        "journal_from": journal.base if journal else None,
    }
    findings += [Finding(f"counter.{name}", True, str(value)) for name, value in counted.items() if value is not None]
    return findings


def _contents(found: Found) -> list[Finding]:
    connection = found.connection
    if connection is None:
        return [Finding("cipher", False, "not opened")]
    try:
        pages = connection.execute("PRAGMA cipher_integrity_check").fetchall()
        rows = connection.execute("PRAGMA integrity_check").fetchall()
        chain = audit.verify_raw(connection)
    except driver.Error:
        return [Finding("cipher", False, "damaged")]
    return [
        Finding("cipher", pages == [], str(len(pages))),
        Finding("integrity", rows == [("ok",)], str(len(rows) if rows != [("ok",)] else 0)),
        Finding("audit", chain.whole, str(chain.entries if chain.whole else chain.damaged)),
    ]


def _attachments(found: Found, folder: Path) -> list[Finding]:
    """Every chunk that a record names is read. What is left over, or has not arrived, is counted and no damage."""
    if found.connection is None:
        return []
    try:
        state = attachments.looked_over(found.connection, ChunkFolder(folder / attachments.FOLDER))
    except driver.Error:
        return [Finding("attachments", False, "not read")]
    wrong = [f"{count} {name}" for name, count in (("missing", state.missing), ("damaged", state.damaged)) if count]
    return [
        Finding("attachments", not wrong, ", ".join(wrong) or f"{state.sound} sound"),
        Finding("counter.attachments_left_over", True, str(state.stray)),
        Finding("counter.attachments_awaited", True, str(state.awaited)),
    ]


class _Spares:
    """The copies of chunks that backups share; each is read once."""

    def __init__(self, folder: Path) -> None:
        self._here = ChunkFolder(folder / attachments.FOLDER)
        self._folder = ChunkFolder(folder / backup.FOLDER / attachments.FOLDER)
        self._sound = {name for name in self._folder.names() if self._folder.is_sound(name)}

    def lack(self, names: Iterable[str]) -> bool:
        """Whether something is missing or damaged among the copies; what never came to this device has none."""
        return any(name not in self._sound and (self._folder.has(name) or self._here.has(name)) for name in names)


def _backup(path: Path, place: Path, data_key: bytes, spares: _Spares) -> Finding:
    copy = place / path.name
    try:
        shutil.copyfile(path, copy)
        held = backup.verify(copy, data_key)
        if spares.lack(backup.attachments_of(copy, data_key)):
            return Finding(f"backup {path.name}", False, "attachments")
    except HavenError as problem:
        return Finding(f"backup {path.name}", False, problem.text)
    finally:
        copy.unlink(missing_ok=True)
    return Finding(f"backup {path.name}", True, "-" if held is None else str(held.counter))


def _present(there: bool) -> str:
    return "present" if there else "missing or damaged"

"""The reduced workspace: another encrypted database, beside the vault, that a second passphrase opens (safety.md T8).

    reduced/00000007/vault.db     the copy that is opened; made whole as `00000008.new`, then renamed
    reduced/00000006/             an older copy in which something was written, kept until the owner decides

Each copy has a data key of its own. The key stands in the duress slot of the key file (`slots.py`) and, for the vault
itself, among its own keys. Opening a copy writes down at once that it was opened, and when: that is the flag.
What goes into a copy is decided by `models/rules/reduced.py`, and put there by `reducing.py`.
"""

from __future__ import annotations

import hmac
import re
import shutil
from datetime import datetime
from pathlib import Path

from app.errors import EnvironmentProblem
from app.models.local.flags import Use
from app.vault import ids, keys
from app.vault.files import private_folder, sync_folder, write_whole
from app.vault.keys import Randomness
from app.vault.problems import DAMAGED, explained

FOLDER = "reduced"
DATABASE = "vault.db"
_COPY = re.compile(r"\d{8}")
_FRESH = ".new"
_TAG = "tag"

# --- the copies ---


def copies(folder: Path) -> list[Path]:
    """The copies beside the vault of `folder`, the newest first."""
    place = folder / FOLDER
    found = place.iterdir() if place.exists() else iter(())
    return sorted((path for path in found if _COPY.fullmatch(path.name)), reverse=True)


def place_of(folder: Path, key: bytes) -> Path:
    """The newest copy whose key is `key`. Raises EnvironmentProblem when there is none: it was removed or damaged."""
    with explained():
        found = next((path for path in copies(folder) if is_of(path, key)), None)
    if found is None or not (found / DATABASE).exists():
        raise EnvironmentProblem(DAMAGED)
    return found


def is_of(copy: Path, key: bytes) -> bool:
    """Whether `key` is the key of a copy. A tag beside the database says so, which tells nothing to anybody else."""
    try:
        return hmac.compare_digest((copy / _TAG).read_bytes(), _tag(key))
    except FileNotFoundError:
        return False


def fresh_place(folder: Path, key: bytes) -> Path:
    """A folder to make the next copy in, under its key; what a power cut left half made is thrown away."""
    place = folder / FOLDER
    private_folder(place)
    for leftover in place.glob(f"*{_FRESH}"):
        shutil.rmtree(leftover)
    newest = next(iter(copies(folder)), None)
    fresh = place / f"{int(newest.name) + 1 if newest is not None else 1:08d}{_FRESH}"
    private_folder(fresh)
    write_whole(fresh / _TAG, _tag(key))
    return fresh


def keep(fresh: Path) -> Path:
    """Let a closed, finished copy be one: with one rename, so that it is there whole or not at all."""
    sync_folder(fresh)
    copy = fresh.with_name(fresh.name.removesuffix(_FRESH))
    fresh.rename(copy)
    sync_folder(copy.parent)
    return copy


def remove(copy: Path) -> None:
    """Take a copy away, by a name first that nobody opens."""
    gone = copy.with_name(copy.name + _FRESH)
    copy.rename(gone)
    shutil.rmtree(gone)


def _tag(key: bytes) -> bytes:
    return keys.expand(key, b"", b"reduced-copy")


def use_now(at: datetime, randomness: Randomness) -> Use:
    """This opening of a copy, to be written down in it."""
    return Use(ids.new_id(at, randomness), at)

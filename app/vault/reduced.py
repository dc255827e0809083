"""The reduced workspace that a second passphrase opens instead of the vault."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from app.errors import RuleBroken
from app.words import mark

if TYPE_CHECKING:
    from app.vault.keys import Randomness


def open_reduced(folder: Path, key: bytes, clock: Any, randomness: Randomness) -> NoReturn:
    """Open the workspace of `folder` with its key. There is none yet."""
    raise RuleBroken(mark("This passphrase does not open the vault."), field="passphrase")

"""Writes a file that the person asked for, so that it is whole or not there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from app.errors import EnvironmentProblem
from app.words import mark

NOT_WRITTEN = mark(
    "The file could not be saved there. Is the disk full or write-protected? Please choose another place."
)


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` for its owner alone. Raises EnvironmentProblem, and then nothing is left."""
    write_pieces(path, (data,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Write piece by piece what is too large to hold whole. What the pieces raise leaves nothing behind either."""
    fresh = path.with_name(f"{path.name}.part")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as problem:
        fresh.unlink(missing_ok=True)
        raise EnvironmentProblem(NOT_WRITTEN) from problem
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise

"""Writes a file that the person asked for, so that it is whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

from app.errors import EnvironmentProblem
from app.words import mark

NOT_WRITTEN = mark("The file could not be written there. Choose another place, or make room on the disk.")


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` for its owner alone. Raises EnvironmentProblem, and then nothing is left."""
    fresh = path.with_name(f"{path.name}.part")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as problem:
        fresh.unlink(missing_ok=True)
        raise EnvironmentProblem(NOT_WRITTEN) from problem

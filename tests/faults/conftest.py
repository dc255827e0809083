"""What must survive is tried on a disk, also where the other tests have their vaults in memory (`tests/run.sh`)."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder of one test, in the system's place for temporary files."""
    folder = Path(tempfile.mkdtemp(prefix="haven-")).resolve()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)

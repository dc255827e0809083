"""A process that has imported the libraries, and not one module of ours: each planted test begins in a copy of it.

Importing them takes longer than most of the tests that notice a defect. A copy (`fork`) has everything a new process
would have, gets its environment before it runs anything of ours, plants its defect, and only then starts pytest.
Processes that the test itself starts are new ones, and plant the defect at their start (`site/sitecustomize.py`).

    python -m tests.planted.ready         a line of JSON in: what is asked; two lines out: its process, its exit code
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SITE = Path(__file__).parent / "site"

_LIBRARIES = (
    "pytest", "sqlalchemy.orm", "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql", "alembic.op",
    "alembic.runtime.migration", "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.hazmat.primitives.ciphers.aead", "cryptography.x509", "msgspec", "structlog", "litestar", "urllib3",
    "zstandard", "asyncio", "uvicorn", "PySide6.QtWidgets", "PySide6.QtSvg", "PySide6.QtNetwork", "PySide6.QtDBus",
    "lxml.etree", "pyxform", "openpyxl", "reportlab.platypus", "pikepdf",
)  # fmt: skip
"""What the tests of the table import; a library that is not here is imported by the test itself."""


@dataclass(frozen=True)
class Ended:
    """How a planted test ended, and what it said."""

    code: int
    said: str


class Ready:
    """The process that waits. `close` when done."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.planted.ready"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(self, arguments: list[str], environment: dict[str, str], out: Path, longest: float) -> Ended:
        """Run pytest with a defect planted (`HAVEN_PLANT`). Raises TimeoutError after `longest` seconds."""
        assert self._process.stdin is not None
        asked = {"arguments": arguments, "environment": environment, "out": str(out)}
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        child = self._number(longest)
        try:
            code = self._number(longest)
        except TimeoutError:
            os.killpg(child, signal.SIGKILL)
            self._number(longest)
            raise
        return Ended(code, out.read_text(errors="replace"))

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=60)

    def _number(self, longest: float) -> int:
        assert self._process.stdout is not None
        readable, _, _ = select.select([self._process.stdout], [], [], longest)
        if not readable:
            raise TimeoutError
        said = self._process.stdout.readline()
        assert said, "the process that waits is gone"
        return int(said)


def _serve() -> int:
    """Start what is asked for, until nothing more is. In a copy: the exit code of pytest."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    assert not any(name == "app" or name.startswith("app.") for name in sys.modules), "ours comes after the defect"
    gc.freeze()
    while asked := sys.stdin.buffer.readline():
        child = os.fork()
        if child == 0:
            return _planted(**json.loads(asked))
        _say(child)
        _say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    return 0


def _say(number: int) -> None:
    os.write(1, f"{number}\n".encode())


def _planted(arguments: list[str], environment: dict[str, str], out: str) -> int:
    """In a copy: become what a new process with this environment would be, plant the defect, run pytest."""
    os.setsid()
    nothing, said = os.open(os.devnull, os.O_RDONLY), os.open(out, os.O_WRONLY | os.O_CREAT, 0o600)
    for place, descriptor in ((0, nothing), (1, said), (2, said)):
        os.dup2(descriptor, place)
    os.environ.clear()
    os.environ.update(environment)
    from tests.planted import defects

    defects.plant(environment["HAVEN_PLANT"])
    import pytest

    return pytest.main(arguments)


if __name__ == "__main__":
    sys.exit(_serve())

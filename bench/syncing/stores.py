"""Where the measured server keeps what it takes: the embedded store in a folder, or a PostgreSQL of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PLACES = (Path("/usr/lib/postgresql"), Path("/usr/local/pgsql"))


class Missing(RuntimeError):
    """A tool that the measurement needs is not on this computer."""


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL that listens on a socket in its own folder only."""

    socket: Path
    programs: Path
    user: str = "postgres"

    def url(self, database: str) -> str:
        """The address of a database, as libpq and SQLAlchemy take it; there is no password."""
        return f"postgresql://{self.user}@/{database}?host={self.socket}"

    def new_database(self, name: str) -> str:
        """An empty database; its address."""
        ask = ["-h", str(self.socket), "-U", self.user]
        subprocess.run([self.programs / "createdb", *ask, name], check=True, stdout=subprocess.DEVNULL)
        return self.url(name)


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A fresh PostgreSQL in `folder`, durable as installed (fsync on), stopped and forgotten at the end."""
    programs = _programs()
    folder.mkdir(parents=True)
    data, socket = folder / "data", folder / "socket"
    socket.mkdir()
    prefix = _as_nobody(folder, socket)
    made = [*prefix, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    settings = {"listen_addresses": "", "unix_socket_directories": str(socket), "shared_buffers": "256MB"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        command = [*prefix, programs / "postgres", "-D", data, *options]
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        _wait(process, [programs / "pg_isready", "-h", socket, "-U", "postgres", "-q"], folder / "log")
        yield Postgres(socket, programs)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _programs() -> Path:
    found = sorted(place for root in _PLACES for place in root.glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise Missing("There is no PostgreSQL here: install Debian's package postgresql.")
    return Path(on_path).parent


def _as_nobody(folder: Path, socket: Path) -> list[str]:
    """PostgreSQL does not run as root: then it runs as Debian's own user for it."""
    if os.geteuid() != 0:
        return []
    # mkdtemp's folders are closed to others, and the server must reach its own.
    for above in (folder, *folder.parents):
        if above.is_relative_to("/tmp") and above != Path("/tmp"):
            above.chmod(above.stat().st_mode | 0o011)
    for own in (folder, socket):
        shutil.chown(own, "postgres", "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


def _wait(process: subprocess.Popen[bytes], ask: list[str | Path], log: Path) -> None:
    deadline = time.monotonic() + 30
    while subprocess.run(ask).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            raise Missing(f"PostgreSQL does not start: {log.read_text(errors='replace')[-400:]}")
        time.sleep(0.05)

"""A real PostgreSQL of our own for tests: made in a temporary folder, on a socket in it, by a user who is not root."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
_ROOM = 3 * 1024**3
MISSING = "PostgreSQL is not installed here: apt-get install postgresql"


def programs() -> Path | None:
    """The folder of the newest installed PostgreSQL's programs; None when there is none."""
    return next((folder for folder in FOLDERS if (folder / "initdb").exists()), None)


def as_user() -> list[str]:
    """What to put before a command so that it does not run as root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={_user().pw_uid}", f"--regid={_user().pw_gid}", "--clear-groups"]


def _user() -> pwd.struct_passwd:
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


@contextmanager
def folder_of_user(prefix: str, within: Path | None = None) -> Iterator[Path]:
    """A short temporary folder that the unprivileged user owns; removed in the end."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=within))
    try:
        if os.geteuid() == 0:
            os.chown(folder, _user().pw_uid, _user().pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Cluster:
    """One running database server. Its figures are small; what makes a commit durable is as it comes."""

    def __init__(self, folder: Path, found: Path) -> None:
        self.folder = folder
        self._found = found
        self._made = 0
        data = folder / "data"
        self._run(
            "initdb", "--no-sync", "--encoding=UTF8", "--locale=C", "--auth=trust", "-U", "haven", "-D", str(data)
        )
        settings = {"listen_addresses": "", "unix_socket_directories": str(folder), "shared_buffers": "32MB"}
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{said}'\n" for name, said in (settings | {"max_connections": "200"}).items())
        self._run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "start")

    def _run(self, program: str, *arguments: str) -> str:
        command = [*as_user(), str(self._found / program), *arguments]
        ran = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as the superuser; returns its plain output."""
        return self._run("psql", "-h", str(self.folder), "-U", "haven", "-d", database, "-qAtc", statement).strip()

    def address(self, database: str) -> str:
        """The address of a database, as `--store` takes it."""
        return f"postgresql:///{database}?host={self.folder}&user=haven"

    def new_database(self, template: str = "template0") -> str:
        """A database of its own; returns its name."""
        self._made += 1
        name = f"haven_{self._made}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected."""
        self.sql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def sessions(self, database: str) -> list[dict[str, object]]:
        """Who is connected to a database."""
        rows = self.sql(f"SELECT row_to_json(s) FROM pg_stat_activity s WHERE datname = '{database}'")
        return [json.loads(line) for line in rows.splitlines()]

    def stop(self, mode: str = "immediate") -> None:
        """Stop it."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", mode, "stop")

    def end(self) -> None:
        """Whatever state it is in, it is gone afterwards."""
        with suppress(OSError, ValueError):
            os.kill(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        with suppress(AssertionError):
            self.stop()

    def start(self) -> None:
        """Start it again."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "start")


def _memory() -> Path | None:
    """A disk in memory with room for a database for each test, if there is one: nothing here outlives a power cut."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM else None


@contextmanager
def running() -> Iterator[Cluster]:
    """A cluster that is gone afterwards."""
    found = programs()
    assert found is not None, MISSING
    with folder_of_user("haven-pg-", _memory()) as folder:
        cluster = Cluster(folder, found)
        try:
            yield cluster
        finally:
            cluster.end()

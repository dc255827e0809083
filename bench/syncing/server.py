"""The real server in a process of its own, on either store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from app.sync.server import members
from app.sync.server.settings import Settings
from app.sync.server.store import create_store, open_store
from app.vault import identity

# As `python -m app.sync.server serve` does it; one computer plays many, so the limits of one address are lifted.
_SERVE = """
import sys
from pathlib import Path
from app.sync.server.app import build_app
from app.sync.server.serving import Listening, log_to, serve
from app.sync.server.settings import Settings
log_to(sys.stderr)
settings = Settings(data=Path(sys.argv[1]), enrol_per_minute=60000, sign_in_per_minute=60000)
serve(build_app(settings), Listening("127.0.0.1", 0))
"""


class Server:
    """A server on a folder, with one agency. `database`: a PostgreSQL database; without, the embedded store."""

    def __init__(self, folder: Path, database: str | None = None) -> None:
        self.settings = Settings(data=folder, store=database)
        create_store(self.settings)
        with closing(open_store(self.settings)) as store, store.writing() as connection:
            public = identity.new_kem(os.urandom).public
            self.agency_id = members.add_agency(connection, "Lakeshore Police Service", recovery_public=public)
        with (folder / "log").open("wb") as log:
            command = [sys.executable, "-c", _SERVE, str(folder)]
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        assert self._process.stdout is not None
        self.port: int = json.loads(self._process.stdout.readline())["port"]

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def code(self, name: str, roles: tuple[str, ...], groups: tuple[str, ...]) -> str:
        """A one-time code for a new person."""
        with closing(open_store(self.settings)) as store, store.writing() as connection:
            person = members.add_person(connection, self.agency_id, name, roles, groups)
            return members.issue_code(connection, self.agency_id, person, 3600)

    def codes(self, count: int) -> list[str]:
        """A one-time code each for `count` new officers."""
        with closing(open_store(self.settings)) as store, store.writing() as connection:
            names = [f"Officer {number}" for number in range(count)]
            people = [members.add_person(connection, self.agency_id, name, ("OFF",), ()) for name in names]
            return [members.issue_code(connection, self.agency_id, person, 3600) for person in people]

    def memory(self) -> tuple[float, float]:
        """Megabytes that the process holds now, and the most that it ever held."""
        return memory_of(self._process.pid)

    def computed(self) -> float:
        """Seconds of a core that the process has used, in total."""
        said = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """Stop it, as the system would."""
        self._process.terminate()
        self._process.communicate(timeout=30)


def memory_of(process: int) -> tuple[float, float]:
    """Megabytes resident now, and the most that ever were."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    said = {name: value for name, _, value in (line.partition(":") for line in lines)}
    return int(said["VmRSS"].split()[0]) / 1024, int(said["VmHWM"].split()[0]) / 1024

"""The central server of the tour: a real process on this computer, its people and their one-time codes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any


class TourServer:
    """Made once; may be stopped and started again, as when a cable is pulled."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._process: subprocess.Popen[str] | None = None
        self.port = 0
        self.admin("init")
        self.admin("agency", "add", "Example Region Victim Services")

    def admin(self, *arguments: str) -> dict[str, Any]:
        """Run the server's own command; its JSON answer."""
        done = subprocess.run([*self._command(), "--json", *arguments], capture_output=True, text=True, check=True)
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer

    def person(self, name: str, roles: list[str], groups: list[str]) -> str:
        """Add a person; a one-time code for their first device."""
        options = [part for role in roles for part in ("--role", role)]
        options += [part for group in groups for part in ("--group", group)]
        person_id = str(self.admin("person", "add", name, *options)["person_id"])
        return str(self.admin("enrol", person_id)["code"])

    @property
    def address(self) -> str:
        """What is typed as the server's address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve, on the same port as before."""
        command = [*self._command(), "--json", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        self.port = int(json.loads(self._process.stdout.readline())["port"])

    def stop(self) -> None:
        """Pull the cable."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=20)
            self._process = None

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "app.sync.server", "--data", str(self._data)]

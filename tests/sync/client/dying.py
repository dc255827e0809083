"""A client in a process of its own that is killed at its nth message. Run by `test_kill.py`, never imported.

Reads orders from standard input, one a line: `N before` or `N after` kills before or after the Nth message of a
round, `0 never` lets a round go through. Before each round a record is written. One process forks for each order, so
that the libraries are loaded once.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from app.models.agency import Organization
from app.models.crisis import Case
from app.models.vocab import Role, ScopeKind
from app.sync.client.engine import SyncEngine
from app.sync.client.transport import Call, HttpTransport, Reply, Transport
from app.vault import keys
from app.vault.keys import KdfSetting
from app.vault.vault import open_vault


class Dying(Transport):
    """Kills this process at a message."""

    def __init__(self, at: int, after: bool) -> None:
        self._real = HttpTransport()
        self._left = at
        self._after = after

    def exchange(self, call: Call) -> Reply:
        """The reply, if this process lives to see it."""
        self._left -= 1
        if self._left == 0 and not self._after:
            os.kill(os.getpid(), signal.SIGKILL)
        reply = self._real.exchange(call)
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return reply

    def close(self) -> None:
        """Let go of the network."""
        self._real.close()


def live(folder: Path, passphrase: str, at: int, after: bool, name: str) -> None:
    """Write, then synchronise."""
    with open_vault(folder, passphrase) as vault:
        agency_id, member_id = vault.agency_id, vault.owner_id
        with vault.write(vault.actor(Role.VSU)) as work:
            scope_id = work.open_scope(ScopeKind.AGENCY, agency_id)
            work.session.add(Organization(id=work.new_id(), scope_id=scope_id, name=name))
            case_id = work.new_id()
            case_scope = work.open_scope(ScopeKind.CASE, case_id)
            work.session.add(Case(id=case_id, scope_id=case_scope, assigned_to=member_id, number=name))
            work.commit()
        report = SyncEngine(vault, Dying(at, after)).run_once()
        assert not report.trouble, report.trouble


def main() -> None:
    """Obey the orders."""
    keys.FLOOR = KdfSetting(memory_kib=64, passes=1, lanes=1)
    folder, passphrase = Path(sys.argv[1]), sys.argv[2]
    for number, line in enumerate(sys.stdin, start=1):
        at, when = line.split()
        child = os.fork()
        if child == 0:
            try:
                live(folder, passphrase, int(at), when == "after", f"Number {number}")
            except BaseException as error:
                print(type(error).__name__, error, file=sys.stderr, flush=True)  # noqa: T201
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()

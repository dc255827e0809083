"""The engine of the reduced workspace: it tells the server that it was opened, and does nothing else.

To whoever looks on it behaves like the usual engine: the same server, the same rhythm, the same words when there is no
network. Nothing is fetched, because no key is here that would open it, and nothing that was written here is sent.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from app.models.local import flags
from app.sync.client.engine import SyncEngine, connect
from app.sync.client.flags import raise_flags
from app.sync.client.problems import ServerProblem, ServerWentBack
from app.sync.client.rounds import Round, Tally
from app.sync.client.transport import HttpTransport
from app.sync.protocol import ProblemCode
from app.vault.vault import Vault


class SilentEngine(SyncEngine):
    """Signs in and raises the flags of this workspace, at each round again: repeating is free, and looks like work."""

    def _round(self, tally: Tally) -> None:
        round_ = self._begin(tally)
        with suppress(ServerWentBack):  # nothing here leans on where the server stands
            self._sign_in(round_)
        try:
            raise_flags(round_, self._uses(round_))
        except ServerProblem as problem:
            if problem.code != ProblemCode.TOO_MANY:  # pokes let rounds follow each other faster than flags may
                raise

    def _contact(self, tally: Tally) -> None:
        self._round(tally)

    def _uses(self, round_: Round) -> list[flags.Use]:
        """What was not acknowledged, and always the newest."""
        with round_.vault.read() as session:
            known = flags.uses(session)
        written = {use.flag_id for use in known}
        now = [use for use in (self._vault.forced,) if use is not None and use.flag_id not in written]
        return [*(use for use in known if use.told is None or use is known[-1]), *now]


def fitting(vault: Vault, ca_file: Path | None = None) -> SyncEngine:
    """The engine of whatever was opened, over the real network."""
    if not vault.is_reduced:
        return connect(vault, ca_file)
    return SilentEngine(vault, HttpTransport(ca_file), listening=lambda: HttpTransport(ca_file))

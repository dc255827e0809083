"""A person's vault on one device, enrolled with a server, and its real engine over the real network."""

from __future__ import annotations

from pathlib import Path

from app.models.vocab import Role
from app.sync.client.engine import SyncEngine, SyncReport
from app.sync.client.transport import HttpTransport
from app.vault import keys
from app.vault.vault import Owner, create_vault
from bench.syncing.server import Server

_GROUPS = ("staff", "unit", "supervisors")
_ROLES = (Role.VSU, Role.SUP)


class Station:
    """The device of somebody who works cases and supervises. `address`: by way of something else than the server's own port."""

    def __init__(self, folder: Path, server: Server, name: str, address: str | None = None) -> None:
        owner = Owner(name, _ROLES)
        passphrase = "seven quiet herons above the pond"
        self.vault, recovery = create_vault(folder, passphrase, name, owner=owner, setting=keys.FLOOR)
        self.vault.prove_recovery(recovery)
        self.engine = SyncEngine(self.vault, HttpTransport())
        self.engine.enrol(address or server.address, server.code(name, tuple(map(str, _ROLES)), _GROUPS))

    def sync(self) -> SyncReport:
        """One round, which must go well."""
        report = self.engine.run_once()
        if report.trouble:
            raise RuntimeError(report.trouble)
        return report

    def close(self) -> None:
        """Let go of the network and of the vault."""
        self.engine.close()
        self.vault.close()

"""A person's vault on one device, enrolled with a server, and its real engine over the real network."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.models.base import Record
from app.models.vocab import Role
from app.queries import search
from app.sync.client.engine import SyncEngine
from app.sync.client.reports import SyncReport
from app.sync.client.transport import HttpTransport
from app.vault import keys, state
from app.vault.vault import Owner, create_vault
from bench.syncing.server import Server

_GROUPS = ("staff", "unit", "supervisors")
_ROLES = (Role.VSU, Role.SUP)


class Station:
    """The device of somebody who works cases and supervises."""

    def __init__(self, folder: Path, server: Server, name: str) -> None:
        owner = Owner(name, _ROLES)
        passphrase = "seven quiet herons above the pond"
        self.vault, recovery = create_vault(folder, passphrase, name, owner=owner, setting=keys.FLOOR)
        self.vault.prove_recovery(recovery)
        self.engine = SyncEngine(self.vault, HttpTransport())
        self.engine.enrol(server.address, server.code(name, tuple(map(str, _ROLES)), _GROUPS))

    def sync(self) -> SyncReport:
        """One round, which must go well."""
        report = self.engine.run_once()
        if report.trouble:
            raise RuntimeError(report.trouble)
        return report

    def go_through(self, address: str) -> None:
        """From the next round on reach the server by way of another address."""
        with self.vault.settling() as session:
            state.put(session, state.SERVER_ADDRESS, address)

    def all_of(self, kind: type[Record]) -> list[tuple[Any, ...]]:
        """Every column of every record of a kind."""
        with self.vault.read() as session:
            return [tuple(row) for row in session.execute(select(kind.__table__).order_by(kind.id))]

    def found(self, text: str) -> int:
        """How many hits quick find has."""
        with self.vault.read() as session:
            return len(search.find(session, text, today=date(2026, 11, 26)))

    def close(self) -> None:
        """Let go of the network and of the vault."""
        self.engine.close()
        self.vault.close()

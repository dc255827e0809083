"""Members for measurements of two devices: enrolled vaults with the lightest key derivation allowed, and rounds."""

from __future__ import annotations

from pathlib import Path

from app.models.vocab import Role
from app.sync.client.engine import SyncEngine, enrol
from app.vault import keys
from app.vault.vault import Owner, Vault, create_vault
from tests.sync.conftest import Agency

_GROUPS = ("staff", "unit", "supervisors")


def member(agency: Agency, folder: Path, name: str) -> Vault:
    """A supervisor's vault in `folder`, a member of the agency."""
    vault, recovery = create_vault(
        folder, "seven quiet herons above the pond", "bench", owner=Owner(name, (Role.SUP,)), setting=keys.FLOOR
    )
    vault.prove_recovery(recovery)
    enrol(vault, agency.server.address, agency.code(agency.person(name, (Role.SUP,), _GROUPS)))
    return vault


def one_round(engine: SyncEngine) -> None:
    """One round that has to go well."""
    report = engine.run_once()
    if report.trouble:
        raise SystemExit(report.trouble)

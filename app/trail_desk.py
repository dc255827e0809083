"""The audit trails of the agency's computers as the windows see them (`views/trail/`)."""

from __future__ import annotations

from app.models.local.tables import PeerDevice
from app.queries import members
from app.vault import trail
from app.vault.trail import Standing, Trail
from app.vault.vault import Vault
from app.views.programme import TrailRow

_QUIET = (Standing.WHOLE, Standing.NONE)


def read_trails(vault: Vault) -> tuple[TrailRow, ...]:
    """Prove each; the vault is free for others while one is proved. What is broken comes first, then by name."""
    with vault.read() as session:
        devices = trail.devices(session)
        names = members.names(session)
        known = {device_id: session.get(PeerDevice, device_id) for device_id, _ in devices}
        people = {device_id: names.get(device.member_id, "") for device_id, device in known.items() if device}
    found = []
    for device_id, public in devices:
        with vault.read() as session:
            batches = trail.batches_of(session, device_id)
        found.append(_row(trail.prove(device_id, public, batches), people.get(device_id, "")))
    return tuple(sorted(found, key=lambda row: (row.standing in _QUIET, row.person, row.device_id)))


def _row(found: Trail, person: str) -> TrailRow:
    return TrailRow(found.device_id, person, str(found.standing), found.entries, found.row, found.sealed, found.until)

"""The audit trails of the agency's computers and the server's log, as the windows see them (`views/trail/`)."""

from __future__ import annotations

from datetime import UTC, datetime

from app.models.local.tables import PeerDevice
from app.queries import members
from app.sync import kept_head
from app.sync.client.agency_log import known_log
from app.sync.protocol import TreeHead
from app.vault import trail
from app.vault.trail import Standing, Trail
from app.vault.vault import Vault
from app.views.programme import LogRow, TrailRow

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


def read_log(vault: Vault) -> LogRow | None:
    """What is known of the server's log. None on a computer that does not watch it, or has heard nothing of it."""
    with vault.read() as session:
        known = known_log(session)
    if not known.heads:
        return None
    *before, newest = known.heads
    broken = known.broken[-1] if known.broken else None
    kept = [newest, *([] if broken is None else [broken.known, broken.told])]
    return LogRow(
        newest.size,
        newest.root.hex(),
        _moment(newest),
        "\n".join(map(kept_head.as_text, kept)),
        put_back=_moment(before[-1]) if before else None,
        broken=_moment(broken.known) if broken else None,
        is_over=broken is not None and broken.known.server_epoch != newest.server_epoch,
    )


def _moment(head: TreeHead) -> datetime:
    return datetime.fromtimestamp(head.server_time / 1000, UTC)

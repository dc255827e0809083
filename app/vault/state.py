"""Small facts of this vault by name (`DeviceState`): the names, and how to read and set them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.vault import asking

VAULT_ID = "vault_id"
DEVICE_ID = "device_id"
DEVICE_NAME = "device_name"
OWNER = "owner"
AGENCY = "agency"
SERVER_ADDRESS = "server_address"
SERVER_EPOCH = "server_epoch"
FEED_PLACE = "feed_place"
CLOCK = "clock"
AUDIT_HEAD = "audit_head"
TRAIL = "trail"
"""The last audit entry under a checkpoint that was handed on, as `seq:hash` (`trail.py`)."""
DURESS = "duress"
RECOVERY_PROVEN = "recovery_proven"
RECOVERED = "recovered"
RECOVERED_TOLD = "recovered_told"
DRILL = "drill"
COMMIT = "commit"
"""The commit counter and the head of the second journal's chain after it, as `counter:head`."""
PACE, OWN_PACE = "pace", "own_pace"
"""How long the newest openings took (`pace.py`): the vault's, and in a reduced copy also its own."""
FULL_LOOK, LOOKING = "full_look", "looking"
"""The end of the newest look at everything, and how far one has come that was broken off (`full_look.py`)."""
OWED_UNTIL = "owed_until"
"""Up to which number the reserve's content was entered (`full_disk.py`)."""
DESTROYED_AT = "destroyed_at"
"""When scopes were destroyed of which older backups may still hold something: instants, JSON (`destroying.py`)."""
FORGET_DUE = "forget_due"
"""Set while log and journal may still hold something that was destroyed."""
LEASE = "lease"
"""When the server last renewed the lease and what has passed since (`lease.py`)."""
BROUGHT_BACK = "brought_back"
"""What was brought back at an opening and not yet told to the person."""


def get(session: Session, name: str) -> str | None:
    """The fact of this name, None when it was never set."""
    found = asking.row(session, "SELECT value FROM device_state WHERE name = ?", (name,))
    return None if found is None else found[0]


def several(session: Session, names: Iterable[str]) -> dict[str, str | None]:
    """The facts of these names, read at once; None for each that was never set."""
    found: dict[str, str | None] = dict.fromkeys(names)
    asked = f"SELECT name, value FROM device_state WHERE name IN ({', '.join('?' * len(found))})"
    found.update(asking.rows(session, asked, tuple(found)))
    return found


def put(session: Session, name: str, value: str | None) -> None:
    """Set a fact."""
    session.connection().exec_driver_sql(
        "INSERT INTO device_state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def forget(session: Session, name: str) -> None:
    """Take a fact away."""
    session.connection().exec_driver_sql("DELETE FROM device_state WHERE name = ?", (name,))

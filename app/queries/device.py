"""Facts about this device that queries need."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.local.tables import DeviceState

DEMONSTRATION = "demonstration"
"""The name in `device_state` under which a vault says that everything in it is made up ("1")."""


def state(session: Session, name: str) -> str | None:
    """One small fact of this vault, or None."""
    return session.scalar(select(DeviceState.value).where(DeviceState.name == name))


def own_device_id(session: Session) -> str | None:
    """This device's id."""
    return state(session, "device_id")


def is_still_fetching(session: Session) -> bool:
    """Whether this device belongs to a service and has not yet got everything that its owner may read.

    Until its first synchronisation has come to its end, what is not here may well exist.
    """
    return bool(state(session, "server_address")) and state(session, "first_sync") != "done"


def is_demonstration(session: Session) -> bool:
    """Whether everything in this vault is made up: windows then show a banner."""
    return state(session, DEMONSTRATION) == "1"

"""What this device remembers of its membership: names of facts (`vault/state.py`) beside those of the vault."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.models.vocab import Role
from app.vault import lease, state

AGENCY_NAME = "agency_name"
SERVER_PUBLIC = "server_public"
"""The server's signing key, hexadecimal, pinned at enrolment."""
RECOVERY_PUBLIC = "recovery_public"
"""The agency's recovery key, hexadecimal, pinned at enrolment."""
ORDER_PUBLIC = "order_public"
"""Who may order this device to erase itself, hexadecimal, pinned at enrolment; nothing where there is no such key."""
RETIRING = "retiring"
"""The order to send everything and then to erase this device, hexadecimal."""
OWN_GROUPS = "own_groups"
"""The groups of the owner as the server last said, JSON."""
FIRST_SYNC = "first_sync"
"""Set once everything that the owner may read has come: the feed to the end that the server named, every head the same,
every key here."""
LEASE_DAYS = lease.DAYS
LAST_CONTACT = lease.LAST_CONTACT
"""When a round last ended well, ISO 8601 by this computer's clock."""
SERVER_TIME = lease.SERVER_TIME
"""Milliseconds since 1970 by the server's clock at the last contact."""
ENVELOPES_DUE = "envelopes_due"
"""Set when the owner was put into a group: its older envelopes are still to be fetched."""
KEYS_ANEW = "keys_anew"
"""Set after the server went back to an older copy: every key that this device handed out is offered again."""
KEYS_MISSING = "keys_missing"
"""Names the scopes that the server would hand out and whose keys are not here, as of the last look."""
MEMBERS_TO = "members_to"
"""The newest place of the feed at which a member was told of."""
GROUP_NEEDS = "group_needs:"
_ROLES_HELD = "roles_held:"
GROUP_MADE = "group_made:"
_MEMBERSHIP = (
    state.SERVER_ADDRESS,
    SERVER_PUBLIC,
    RECOVERY_PUBLIC,
    state.DEVICE_ID,
    state.OWNER,
    state.AGENCY,
)
OF_A_ROUND = (
    state.FEED_PLACE,
    state.FORGET_DUE,
    state.SERVER_EPOCH,
    ENVELOPES_DUE,
    FIRST_SYNC,
    KEYS_MISSING,
    LEASE_DAYS,
    RETIRING,
)
"""What the stages of a round ask for one by one, and a round reads together (`rounds.py`)."""


@dataclass(frozen=True)
class Membership:
    """Who this device is for the server, and which server that is."""

    device_id: str
    member_id: str
    agency_id: str
    address: str
    server_public: bytes
    recovery_public: bytes | None


def membership(session: Session) -> Membership | None:
    """The membership, None for a vault that was never enrolled."""
    known = state.several(session, _MEMBERSHIP)
    address, pinned, recovery = (known[name] for name in (state.SERVER_ADDRESS, SERVER_PUBLIC, RECOVERY_PUBLIC))
    if not address or not pinned:
        return None
    return Membership(
        device_id=known[state.DEVICE_ID] or "",
        member_id=known[state.OWNER] or "",
        agency_id=known[state.AGENCY] or "",
        address=address,
        server_public=bytes.fromhex(pinned),
        recovery_public=bytes.fromhex(recovery) if recovery else None,
    )


def own_groups(session: Session) -> frozenset[str]:
    """The groups of the owner."""
    return frozenset(json.loads(state.get(session, OWN_GROUPS) or "[]"))


def note_own_groups(session: Session, groups: Iterable[str]) -> None:
    """Remember the groups of the owner; when there are more than before, their older envelopes are to be fetched."""
    now = frozenset(groups)
    if now - own_groups(session):
        state.put(session, ENVELOPES_DUE, "1")
    state.put(session, OWN_GROUPS, json.dumps(sorted(now)))


def roles_held(session: Session, member_id: str) -> frozenset[Role]:
    """Every role that a member has held as far as this device knows.

    Judging by all of them, not by today's, lets a change be judged the same whenever it arrives. Writing after a role
    was taken away is stopped at the server, which refuses the device.
    """
    known = json.loads(state.get(session, _ROLES_HELD + member_id) or "[]")
    return frozenset(role for role in Role if role in known)


def note_roles(session: Session, member_id: str, roles: Iterable[str]) -> bool:
    """Add to the roles that a member has held; True when there is a new one."""
    before = frozenset(json.loads(state.get(session, _ROLES_HELD + member_id) or "[]"))
    after = before | frozenset(roles)
    if after == before:
        return False
    state.put(session, _ROLES_HELD + member_id, json.dumps(sorted(after)))
    return True


def note_group_needs(session: Session, name: str, epoch: int) -> None:
    """Somebody who knows the group's key has left it: from this epoch on it has another one."""
    state.put(session, GROUP_NEEDS + name, str(max(epoch, group_needs(session, name))))


def group_needs(session: Session, name: str) -> int:
    """The lowest epoch of a group's key that nobody knows who has left it."""
    return int(state.get(session, GROUP_NEEDS + name) or "1")


def group_made(name: str, epoch: int) -> str:
    """The fact that this device made an epoch of a group: `new`, then `offered` once the server has it."""
    return f"{GROUP_MADE}{name}:{epoch}"

"""What supervisors must know about a colleague's computer, and owners about their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.models.local import flags
from app.queries import members
from app.queries.device import state

DURESS = "duress"


@dataclass(frozen=True, slots=True)
class FlagRow:
    """A flag of which nobody has taken note. `name`: whose computer it is about."""

    flag_id: str
    is_duress: bool
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnUse:
    """The second passphrase was used on this computer, and the owner has not said that they know."""

    flag_id: str
    at: datetime
    told: bool


@dataclass(frozen=True, slots=True)
class OwnUses:
    """Uses that the owner does not know of; `aside`: records written then that wait for a decision."""

    uses: tuple[OwnUse, ...] = ()
    aside: int = 0


def open_flags(session: Session) -> tuple[FlagRow, ...]:
    """Flags that nobody has taken note of, the newest first. Only supervisors' devices are given any."""
    names = members.names(session)
    rows = [
        FlagRow(flag.flag_id, flag.kind == DURESS, names.get(flag.member_id, ""), flag.at)
        for flag in flags.flags(session)
        if flag.is_open
    ]
    return tuple(sorted(rows, key=lambda row: (row.at, row.flag_id), reverse=True))


def own_uses(session: Session) -> OwnUses:
    """What the owner is to be told; in a reduced workspace nothing, whatever is written down there."""
    if state(session, flags.REDUCED) is not None:
        return OwnUses()
    found = [OwnUse(use.flag_id, use.at, use.told is not None) for use in flags.uses(session) if use.noted is None]
    return OwnUses(tuple(reversed(found)), int(state(session, flags.ASIDE) or 0))

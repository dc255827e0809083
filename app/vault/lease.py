"""The offline lease: how long a vault opens without contact with its server (safety.md 5.1.8, T7, decision 35).

The clock of a computer may be wrong, and whoever keeps a laptop may set it. So time is not read but added up
(`Lease.spent`), from what the clock moved on and from what the computer was running, and never goes down again before
the next contact. All instants are milliseconds since 1970. A vault without a server has no lease.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy.orm import Session

from app.errors import EnvironmentProblem
from app.vault import state
from app.vault.problems import is_full
from app.vault.trying import uptime_ms

if TYPE_CHECKING:
    from app.vault.vault import Vault

DAYS = "lease_days"
"""The fact that says how many days the server gave at the last sign-in."""
SERVER_TIME = "server_time"
LAST_CONTACT = "last_contact"
USUAL_DAYS = 7
MOST_DAYS = 30
NOTE_MS = 10 * 60 * 1000
"""How much time may pass in an open vault before it is written down."""
_WORN_MS = 60 * 60 * 1000
_BACK_MS = 10 * 60 * 1000
"""A clock that is further back than this was set, and does not only run a little slow."""
_AHEAD_MS = 60 * 60 * 1000
_DAY_MS = 24 * 60 * 60 * 1000


class Lease(msgspec.Struct, frozen=True, array_like=True):
    """When the server last renewed it, by the server's clock and by this computer's, and what has passed since.

    `seen` is what this computer's clock showed when it was last looked at.
    """

    server_at: int
    own_at: int
    seen: int
    spent: int


@dataclass(frozen=True)
class Standing:
    """How a lease stands: what has passed since the last contact, and what is left (zero when it is over)."""

    spent: timedelta
    left: timedelta

    @property
    def is_over(self) -> bool:
        """Whether the vault stays locked until the next contact."""
        return self.left <= timedelta()


def began(server_at: int, own_at: int, days: int = USUAL_DAYS) -> Lease:
    """A lease of so many days that was renewed just now.

    What this computer's clock is ahead counts as spent: put right later, it would hide as much. A day is left in any
    case, so that a wrong clock keeps nobody outside who has contact.
    """
    ahead = own_at - server_at
    spent = min(ahead, (days - 1) * _DAY_MS) if ahead > _AHEAD_MS else 0
    return Lease(server_at, own_at, own_at, spent)


def passed(lease: Lease, now: int, ran: int) -> Lease:
    """The lease a while later: the clock shows `now`, and the computer ran for `ran` milliseconds meanwhile.

    A clock that is wrong counts rightly as long as it stays wrong by the same; where it stands before the contact, it
    is compared with the server's time. Put back behind what it was seen to show, it costs a day each time: for how long
    the computer was off is not known then.
    """
    since = _since_contact(lease, now)
    moved = max(0, now - lease.seen)
    went = max(ran, moved if since is None else min(moved, since))
    if lease.seen - now > _BACK_MS:
        went += _DAY_MS
    return msgspec.structs.replace(lease, seen=now, spent=max(lease.spent + went, since or 0))


def _since_contact(lease: Lease, now: int) -> int | None:
    """What the clock says of the time since the contact; None when it stands before it."""
    return next((since for since in (now - lease.own_at, now - lease.server_at) if since >= 0), None)


def held(session: Session, now: datetime) -> Lease | None:
    """The lease of this vault, None where there is no server. Where none was kept yet, it began at the last contact."""
    if not state.get(session, state.SERVER_ADDRESS):
        return None
    kept = state.get(session, state.LEASE)
    if kept is not None:
        return msgspec.json.decode(kept, type=Lease)
    contact = state.get(session, LAST_CONTACT)
    own_at = in_ms(datetime.fromisoformat(contact)) if contact else in_ms(now)
    return began(int(state.get(session, SERVER_TIME) or own_at), own_at, _days(session))


def keep(session: Session, lease: Lease) -> None:
    """Write a lease down."""
    state.put(session, state.LEASE, msgspec.json.encode(lease).decode())


def renew(session: Session, server_at: int, now: datetime) -> None:
    """There was contact: `server_at` by the server's clock, `now` by this computer's."""
    keep(session, began(server_at, in_ms(now), _days(session)))


def is_worn(lease: Lease, now: datetime) -> bool:
    """Whether renewing it is worth a save."""
    return abs(in_ms(now) - lease.own_at) >= _WORN_MS


def in_ms(at: datetime) -> int:
    """Milliseconds since 1970."""
    return int(at.timestamp() * 1000)


class Count:
    """Adds up what passes while a vault is open; may be asked on any thread.

    An opening counts as long as may pass unwritten: whoever ends the program again and again gains nothing.
    """

    def __init__(self, vault: Vault, uptime: Callable[[], int] = uptime_ms) -> None:
        self._vault, self._uptime = vault, uptime
        self._since = uptime()
        self._known: Lease | None = None
        self._one = Lock()

    def opening(self) -> Standing | None:
        """How the lease stands as the vault is opened, written down. None: there is none.

        Raises EnvironmentProblem when the vault cannot be read; a disk without room is no reason not to know.
        """
        with self._one:
            return self._look(at_least=NOTE_MS, always=True)

    def look(self, *, always: bool = False) -> Standing | None:
        """How it stands now. `always`: written down whatever passed, because the vault is about to be closed."""
        with self._one:
            return self._look(at_least=0, always=always)

    def _look(self, *, at_least: int, always: bool) -> Standing | None:
        vault, up = self._vault, self._uptime()
        now = vault.now()
        with vault.read() as session:
            lease = held(session, now)
            days = _days(session)
        if lease is None:
            return None
        if lease != self._known and self._known is not None:  # renewed meanwhile, by a round of sync
            self._since = up
        later = passed(lease, in_ms(now), max(at_least, up - self._since))
        self._known = lease
        if always or later.spent - lease.spent >= NOTE_MS or later.seen < lease.seen:
            self._write(lease, later, up)
        return _standing(later, days)

    def _write(self, before: Lease, later: Lease, up: int) -> None:
        """Unless it was renewed since it was read."""
        try:
            with self._vault.settling() as session:
                kept = state.get(session, state.LEASE)
                if kept is None or msgspec.json.decode(kept, type=Lease) == before:
                    keep(session, later)
                    self._known, self._since = later, up
        except EnvironmentProblem as problem:
            if not is_full(problem):
                raise


def _days(session: Session) -> int:
    return min(int(state.get(session, DAYS) or USUAL_DAYS), MOST_DAYS)


def _standing(lease: Lease, days: int) -> Standing:
    left = max(0, days * _DAY_MS - lease.spent)
    return Standing(timedelta(milliseconds=lease.spent), timedelta(milliseconds=left))

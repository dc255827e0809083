"""Uses of a second passphrase, and the flags of colleagues, as facts of this device (`device_state`).

Two lists that never mix: `Use` is about this computer and stays with its owner; `KnownFlag` is what the server handed
to a supervisor. Each is one fact, so that neither needs a table of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from sqlalchemy.orm import Session

USE, FLAG = "used:", "flag:"
REDUCED = "reduced"
"""The fact that says, in a reduced workspace only, that it is one: no window of it may show its uses."""
ASIDE = "reduced_aside"
"""How many records were written in reduced workspaces and wait for the owner's decision."""
KIND = "flag"
"""What is announced when one of them changes: no record, but a screen may show it."""


class Use(msgspec.Struct, frozen=True):
    """One time that the second passphrase was used on this computer.

    `told`: when the server acknowledged it; `noted`: when the owner read it.
    """

    flag_id: str
    at: datetime
    told: datetime | None = None
    noted: datetime | None = None


class KnownFlag(msgspec.Struct, frozen=True):
    """A flag that a colleague's computer raised. `kind` is the protocol's word, such as `duress`.

    `seen_at` and `seen_by` say who took note first, as the server knows it; `noted_at` that it was done here, and
    `noted_told` that the server heard of that.
    """

    flag_id: str
    kind: str
    device_id: str
    member_id: str
    at: datetime
    received_at: datetime
    seen_at: datetime | None = None
    seen_by: str = ""
    noted_at: datetime | None = None
    noted_told: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nobody has taken note of it."""
        return self.seen_at is None and self.noted_at is None


T = TypeVar("T", Use, KnownFlag)


def uses(session: Session) -> tuple[Use, ...]:
    """Every use that is written down here, the oldest first."""
    return _found(session, USE, Use)


def flags(session: Session) -> tuple[KnownFlag, ...]:
    """Every flag that came here, the oldest first."""
    return _found(session, FLAG, KnownFlag)


def keep_use(session: Session, use: Use) -> None:
    """Write a use down, in the place of what was known of it."""
    _keep(session, USE + use.flag_id, use)


def keep_flag(session: Session, flag: KnownFlag) -> None:
    """Write a flag down, in the place of what was known of it."""
    _keep(session, FLAG + flag.flag_id, flag)


def note_told(session: Session, flag_ids: Iterable[str], at: datetime) -> None:
    """The server has acknowledged these uses."""
    wanted = set(flag_ids)
    for use in uses(session):
        if use.flag_id in wanted and use.told is None:
            keep_use(session, msgspec.structs.replace(use, told=at))


def tell_again(session: Session, since: datetime) -> None:
    """The server went back to an older copy, and may not know any more what it was told since a moment."""
    for use in uses(session):
        if use.at >= since:
            keep_use(session, msgspec.structs.replace(use, told=None))
    for flag in flags(session):
        keep_flag(session, msgspec.structs.replace(flag, noted_told=False))


def moment(milliseconds: int) -> datetime:
    """A moment of the wire."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _found(session: Session, prefix: str, kind: type[T]) -> tuple[T, ...]:
    # Straight to the driver: it is asked for while a vault opens, before the first mapped class is needed.
    asked = "SELECT value FROM device_state WHERE name GLOB ? AND value IS NOT NULL ORDER BY name"
    found = session.connection().exec_driver_sql(asked, (prefix + "*",)).scalars()
    return tuple(msgspec.json.decode(value, type=kind) for value in found)


def _keep(session: Session, name: str, fact: Use | KnownFlag) -> None:
    session.connection().exec_driver_sql(
        "INSERT INTO device_state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, msgspec.json.encode(fact).decode()),
    )

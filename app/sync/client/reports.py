"""What a round did and how sync stands, as windows are told; and what is counted for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.changes import Changes
from app.models.local.tables import WaitingItem
from app.sync.client import facts, keys, parted
from app.sync.client.judging import Verdict
from app.sync.client.open import WAITING, Reason
from app.sync.client.progress import Progress
from app.sync.client.rounds import Tally
from app.vault import asking, state

_WAITS = ", ".join(repr(str(reason)) for reason in sorted(WAITING))
_COUNTS = f"""SELECT
    (SELECT count(*) FROM unsealed_change),
    (SELECT coalesce(sum(last - first + 1), 0) FROM out_segment WHERE receipt IS NULL),
    (SELECT count(*) FROM kept_sealed WHERE owed AND kind = '{parted.SEGMENT}'),
    (SELECT count(*) FROM out_segment WHERE refusal IS NOT NULL),
    (SELECT count(*) FROM waiting_item WHERE reason IN ({_WAITS})),
    (SELECT count(*) FROM waiting_item WHERE reason NOT IN ({_WAITS})),
    (SELECT count(*) FROM change WHERE state <> 'applied' AND state = '{Verdict.WAITING}'),
    (SELECT count(*) FROM change WHERE state <> 'applied' AND state = '{Verdict.QUARANTINED}')"""
"""Each through an index of what waits: the log grows for years. The numbers are those of `SyncCounts` in its order."""


class Standing(StrEnum):
    """How sync stands."""

    ALONE = "alone"
    """This vault belongs to no service."""
    IDLE = "idle"
    WORKING = "working"
    OFFLINE = "offline"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class SyncCounts:
    """What is not where it should be: own changes, own segments, and what came from others."""

    only_here: int = 0
    """Own changes that the server has not acknowledged."""
    refused: int = 0
    """Own segments that the server refused."""
    waiting: int = 0
    """Things that came and wait for a key, an author or a newer version."""
    quarantined: int = 0
    """Things that came and were set aside: wrong signature, wrong role, not readable."""


@dataclass(frozen=True)
class SyncReport:
    """What one round did. `trouble` is a sentence for people, empty when all went well."""

    changes: Changes = field(default_factory=Changes)
    offline: bool = False
    trouble: str = ""
    sent: int = 0
    received: int = 0
    repaired: int = 0
    counts: SyncCounts = field(default_factory=SyncCounts)
    retry_after: int = 0
    hopeless: bool = False
    """Trying soon again is of no use: the computer was taken out of the service."""
    erase: bool = False
    """The agency's order key told this computer to erase itself, and it may: `SyncEngine.obey` does it."""
    cancelled: bool = False
    """Somebody stopped it; what it did so far is saved."""
    awaited: int = 0
    """Chunks of colleagues' files that the server did not have yet: they mostly follow their records within seconds."""
    more: bool = False
    """Files are left to be carried: the next round goes on with them."""


@dataclass(frozen=True)
class SyncState:
    """How sync stands now, for the window's head. `sentence` says what is wrong, empty when nothing is."""

    standing: Standing
    sentence: str = ""
    last_success: datetime | None = None
    counts: SyncCounts = field(default_factory=SyncCounts)
    progress: Progress | None = None
    """How far the round under way is, where it may take long."""


def report_of(tally: Tally, counts: SyncCounts) -> SyncReport:
    """What a round did, from what it counted."""
    return SyncReport(
        changes=tally.changes,
        sent=tally.sent,
        received=tally.received,
        repaired=tally.repaired,
        counts=counts,
        awaited=tally.absent,
        more=tally.more,
    )


def has_all(session: Session) -> bool:
    """After the feed was followed to its end: whether no key is missing for anything that the owner may read."""
    held = keys.group_keys(session)
    has_groups = all(name in held and held[name][1].private is not None for name in facts.own_groups(session))
    for_keys = select(func.count()).where(WaitingItem.reason == str(Reason.KEY))
    return has_groups and not session.scalar(for_keys) and not state.get(session, facts.KEYS_MISSING)


def counts_of(session: Session) -> SyncCounts:
    """What is not where it should be now."""
    unsealed, unreceived, forgotten, refused, waiting, aside, unjudged, refuted = asking.row(session, _COUNTS)
    return SyncCounts(unsealed + unreceived + forgotten, refused, waiting + unjudged, aside + refuted)

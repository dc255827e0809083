"""Who holds a thing that exists once: transmitters, alarm devices, whatever is handed out and comes back.

Every hand-over is a record of its own, so two laptops that hand out the same thing while apart keep both records at
the merge; nothing is overwritten. That the thing is now held twice is a `Clash`. It follows from the records alone, so
every device sees it, and until a person settles it the safe default holds: the thing counts as handed out to everyone
who may have it, nobody is told that theirs is not the one, and it cannot be handed out again (issue "Inventory truth
offline").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Holding:
    """One hand-over: of which thing, to whom, since when; `ended` when it came back or was written off."""

    id: str
    item_id: str
    holder_id: str
    since: datetime
    ended: bool = False


@dataclass(frozen=True)
class Clash:
    """A thing that several hand-overs say is out. `holdings`: those that have not ended, the earliest first."""

    item_id: str
    holdings: tuple[Holding, ...]

    @property
    def same_holder(self) -> bool:
        """One hand-over that two people wrote down: nobody lacks the thing."""
        return len({one.holder_id for one in self.holdings}) == 1


def open_holdings(holdings: Iterable[Holding], item_id: str | None = None) -> tuple[Holding, ...]:
    """The hand-overs that have not ended, of one thing when it is given, the earliest first; equal times by id."""
    found = (one for one in holdings if not one.ended and item_id in (None, one.item_id))
    return tuple(sorted(found, key=lambda one: (one.since, one.id)))


def clashes(holdings: Iterable[Holding]) -> tuple[Clash, ...]:
    """Every thing that is held more than once, in the order of its first hand-over."""
    by_item: dict[str, list[Holding]] = defaultdict(list)
    for one in open_holdings(holdings):
        by_item[one.item_id].append(one)
    return tuple(Clash(item, tuple(found)) for item, found in by_item.items() if len(found) > 1)


def may_hand_out(item_id: str, holdings: Iterable[Holding]) -> bool:
    """Whether nobody holds the thing. While it is in a clash somebody does."""
    return not open_holdings(holdings, item_id)

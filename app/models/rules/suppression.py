"""Small cells: a count so low that it could point to somebody is not shown (domain.md 20.2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")


def suppressed(cells: Mapping[K, int], least: int, *, total_shown: bool = True) -> dict[K, int | None]:
    """The cells with None for what is hidden: counts from 1 to `least` - 1, and another that would give them away.

    Zero stays zero. With the total shown beside them, one hidden cell could be worked out from the others: then the
    smallest of these is hidden as well (complementary suppression).
    """
    hidden = {name for name, count in cells.items() if 0 < count < least}
    others = sorted((count, str(name), name) for name, count in cells.items() if name not in hidden and count)
    if total_shown and len(hidden) == 1 and others:
        hidden.add(others[0][2])
    return {name: None if name in hidden else count for name, count in cells.items()}

"""Counts that may leave: cells that are too small are hidden, none can be worked out from totals (domain.md 20.2).

A cell of 1 to `smallest` - 1 is hidden. When a row or a column has exactly one hidden cell beside a total, the next
smallest cell of it is hidden too, until nothing can be calculated back. Zero is shown: it says nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

K = TypeVar("K")
Table = list[list[int | None]]


def suppressed(rows: Sequence[Sequence[int]], smallest: int) -> Table:
    """The table with what is too small taken out, complementary cells too. All rows have the same length."""
    shown: Table = [[None if 0 < value < smallest else value for value in row] for row in rows]
    changed = True
    while changed:
        changed = any([*(_hide_one_more(rows, shown, cells) for cells in _lines(rows))])
    return shown


def total(values: Sequence[int], smallest: int) -> int | None:
    """The sum of a line, hidden when it is itself too small."""
    found = sum(values)
    return None if 0 < found < smallest else found


def suppressed_cells(cells: Mapping[K, int], smallest: int, *, total_shown: bool = True) -> dict[K, int | None]:
    """One line of named cells: without its total beside it, nothing can be worked out of what is hidden alone."""
    counts = list(cells.values())
    if total_shown:
        (shown,) = suppressed([counts], smallest)
    else:
        shown = [None if 0 < count < smallest else count for count in counts]
    return dict(zip(cells, shown, strict=True))


def _lines(rows: Sequence[Sequence[int]]) -> list[list[tuple[int, int]]]:
    width = len(rows[0]) if rows else 0
    across = [[(row, column) for column in range(width)] for row in range(len(rows))]
    down = [[(row, column) for row in range(len(rows))] for column in range(width)]
    return [*across, *down]


def _hide_one_more(rows: Sequence[Sequence[int]], shown: Table, cells: Sequence[tuple[int, int]]) -> bool:
    """Hide the smallest visible cell of a line in which exactly one is hidden; whether there was one."""
    hidden = [cell for cell in cells if shown[cell[0]][cell[1]] is None]
    visible = [cell for cell in cells if shown[cell[0]][cell[1]]]
    if len(hidden) != 1 or not visible:
        return False
    row, column = min(visible, key=lambda cell: (rows[cell[0]][cell[1]], cell))
    shown[row][column] = None
    return True

"""Counts that may leave: cells that are too small are hidden, none can be worked out from totals (domain.md 20.2).

A cell of 1 to `smallest` - 1 is hidden. When a row or a column has exactly one hidden cell beside a total, the next
smallest cell of it is hidden too, until nothing can be calculated back. Zero is shown: it says nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Counted:
    """One table of a programme: a marked name, and how many under each marked label.

    `parts`: the cells add up to their total, which is shown beside them; otherwise each is a number of its own.
    `of`: of how many records a figure that is no count (minutes, metres) was made: hidden where these are too few.
    """

    name: str
    cells: Mapping[str, int]
    parts: bool = False
    of: Mapping[str, int] | None = None


def publishable(table: Counted, smallest: int, total_label: str) -> list[tuple[str, int | None]]:
    """The lines of a table as they may leave, the total last where the cells add up to it."""
    if table.of is not None:
        few = {label for label, count in table.of.items() if count < smallest}
        return [(label, None if label in few else value) for label, value in table.cells.items()]
    lines = list(suppressed_cells(table.cells, smallest, total_shown=table.parts).items())
    return [*lines, (total_label, total(list(table.cells.values()), smallest))] if table.parts else lines


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

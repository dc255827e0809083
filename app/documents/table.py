"""Tables: heads that come again on every page, cells that wrap, rows that may be longer than a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from app.documents.blocks import Tick, Value, draw_tick, height_of, side_by_side, value_strips
from app.documents.flow import Head, Strip, space
from app.documents.page import Element, Sheet
from app.documents.theme import INK, LINE, TINT, Style, Theme

_KEPT_WHOLE = 170.0
"""A table up to this height is not split."""

Cell = Value | Tick | str


@dataclass(frozen=True)
class Column:
    """A column: its title, its share of the width, and where its text stands."""

    title: str
    share: float = 1
    align: str = "left"


@dataclass(frozen=True)
class Table:
    """Rows under titles. `empty` is said when there are no rows; `blank_rows` are empty rows to write in.

    `roomy` makes every row high enough for handwriting, `tight` lets the days of a month fit on one page.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]] = ()
    empty: str = ""
    blank_rows: int = 0
    first_strong: bool = False
    roomy: bool = False
    tight: bool = False

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        parent = Element("Table")
        pad = theme.unit * (0.5 if self.tight else 0.85)
        shares = sum(column.share for column in self.columns)
        widths = [width * column.share / shares for column in self.columns]
        head = Head((self._head(theme, widths, pad, parent),))
        out: list[Strip] = [Strip(s.height, s.draw, glued=True) for s in head.strips]
        for row in self._filled_rows():
            out += self._row(row, theme, widths, pad, head, parent)
        if len(out) == 1:
            out += self._row([self.empty], theme, [width], pad, head, parent)
        if sum(strip.height for strip in out) < _KEPT_WHOLE:
            out = [*(replace(strip, glued=True) for strip in out[:-1]), out[-1]]
        return [*out, space(theme.unit * 2)]

    def _filled_rows(self) -> list[Sequence[Cell]]:
        return [*self.rows, *([""] * len(self.columns) for _ in range(self.blank_rows))]

    def _head(self, theme: Theme, widths: Sequence[float], pad: float, parent: Element) -> Strip:
        style = Style(theme.label.face, theme.label.size, theme.label.leading, INK)
        row = Element("TR", parent)
        cells = [
            value_strips(
                Value(column.title),
                theme,
                wide - 2 * pad,
                element=Element("TH", row),
                style=style,
                align=column.align,
            )
            for column, wide in zip(self.columns, widths, strict=True)
        ]
        lines = side_by_side(cells, _offsets(widths, pad), close_together=True)
        height = sum(line.height for line in lines) + pad * 1.2
        return Strip(height, partial(_draw_head, lines=lines, width=sum(widths), height=height, pad=pad))

    def _row(
        self, row: Sequence[Cell], theme: Theme, widths: Sequence[float], pad: float, head: Head, parent: Element
    ) -> list[Strip]:
        element = Element("TR", parent)
        blank = self.roomy or (self.blank_rows > 0 and not any(_has_text(cell) for cell in row))
        cells = [
            self._cell(cell, number, theme, widths[number] - 2 * pad, Element("TD", element))
            for number, cell in enumerate(row)
        ]
        short = height_of(cells) < 220
        lines = side_by_side(cells, _offsets(widths, pad), close_together=short)
        high = pad + (theme.body.leading * 0.5 if blank else 0)
        out = [Strip(pad * 0.7, None, glued=True, head=head)]
        out += [
            Strip(line.height, line.draw, glued=True if n == 0 else line.glued, head=head)
            for n, line in enumerate(lines)
        ]
        out[-1] = replace(out[-1], glued=True)
        out.append(Strip(high * 0.7, partial(_draw_foot, width=sum(widths), height=high * 0.7), head=head))
        return out

    def _cell(self, cell: Cell, number: int, theme: Theme, width: float, element: Element) -> list[Strip]:
        align = self.columns[number].align
        if isinstance(cell, Tick):
            size = theme.body.size * 1.05
            offset = (width - size) / 2 if align == "centre" else 0.0
            draw = partial(_draw_tick_cell, size=size, offset=offset, leading=theme.body.leading, ticked=cell.ticked)
            return [Strip(theme.body.leading, draw)]
        value = Value(cell) if isinstance(cell, str) else cell
        if number == 0 and self.first_strong:
            value = Value(value.text, value.remark, strong=True)
        return value_strips(value, theme, width, element=element, align=align)


def _has_text(cell: Cell) -> bool:
    return bool(cell) if isinstance(cell, str) else isinstance(cell, Tick) or bool(cell.text)


def _offsets(widths: Sequence[float], pad: float) -> list[float]:
    return [sum(widths[:number]) + pad for number in range(len(widths))]


def _draw_head(
    sheet: Sheet, x: float, y: float, *, lines: Sequence[Strip], width: float, height: float, pad: float
) -> None:
    with sheet.artifact():
        sheet.box(x, y, width, height, fill=TINT)
        sheet.rule(x, y + height, width, colour=INK, thickness=0.9)
    at = y + pad * 0.6
    for line in lines:
        if line.draw is not None:
            line.draw(sheet, x, at)
        at += line.height


def _draw_foot(sheet: Sheet, x: float, y: float, *, width: float, height: float) -> None:
    with sheet.artifact():
        sheet.rule(x, y + height, width, colour=LINE)


def _draw_tick_cell(
    sheet: Sheet, x: float, y: float, *, size: float, offset: float, leading: float, ticked: bool
) -> None:
    draw_tick(sheet, x + offset, y + (leading - size) / 2, size, ticked=ticked)

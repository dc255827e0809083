"""The building blocks of every document. Each turns itself into strips for a width; none draws past `Sheet`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from app.documents import fonts
from app.documents.flow import Line, Strip, broken, space
from app.documents.page import Element, Sheet, finite, picture_size
from app.documents.theme import ACCENT, CAUTION, CAUTION_TINT, INK, LINE, QUIET, TINT, Colour, Style, Theme


class Block(Protocol):
    """Something that can be laid out."""

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """The block's slices for a frame of that width."""
        ...


def draw_line(
    sheet: Sheet, x: float, y: float, *, line: Line, style: Style, width: float, element: Element, align: str = "left"
) -> None:
    """Draw one line of text whose slice begins at `y`; right-to-left text stands at the right."""
    if not line.text.strip():
        return
    long = fonts.face(style.face).width(line.text, style.size)
    if align == "right" or (line.right_to_left and align == "left"):
        x += max(0.0, width - long)
    elif align == "centre":
        x += max(0.0, (width - long) / 2)
    with sheet.marked(element):
        sheet.line_of_text(x, y + baseline(style), line.text, style, right_to_left=line.right_to_left)


def baseline(style: Style) -> float:
    """How far below the top of its slice a line stands."""
    return style.leading * 0.5 + style.size * 0.36


def text_strips(
    value: str,
    style: Style,
    width: float,
    *,
    element: Element,
    indent: float = 0,
    align: str = "left",
    glued: bool = False,
) -> list[Strip]:
    """A text as strips, a line each; never one line alone at the foot or the top of a page."""
    lines = broken(value, style, width - indent)
    last = len(lines) - 1
    out: list[Strip] = []
    for number, line in enumerate(lines):
        draw = partial(_draw_indented, indent=indent, line=line, style=style, width=width - indent, element=element)
        keep = glued if number == last else number in {0, last - 1}
        out.append(Strip(style.leading, partial(draw, align=align), glued=keep))
    return out


def _draw_indented(
    sheet: Sheet,
    x: float,
    y: float,
    *,
    indent: float,
    line: Line,
    style: Style,
    width: float,
    element: Element,
    align: str,
) -> None:
    draw_line(sheet, x + indent, y, line=line, style=style, width=width, element=element, align=align)


@dataclass(frozen=True)
class Heading:
    """A heading; stays with what follows it. Level 1 begins a section, 2 a part of one."""

    text: str
    level: int = 1

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        style = theme.heading if self.level == 1 else theme.subheading
        above = theme.unit * (2.8 if self.level == 1 else 1.8)
        element = Element(f"H{self.level + 1}")
        below = [space(theme.unit * (0.9 if self.level == 1 else 0.4), glued=True)]
        return [space(above), *text_strips(self.text, style, width, element=element, glued=True), *below]


@dataclass(frozen=True)
class Paragraph:
    """Running text. `kind` names a style of the theme; `remark` follows in the small italic of our own remarks."""

    text: str
    kind: str = "body"
    remark: str = ""
    align: str = "left"

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        style: Style = getattr(theme, self.kind)
        element = Element("P")
        out = text_strips(self.text, style, width, element=element, align=self.align, glued=bool(self.remark))
        if self.remark:
            out += text_strips(self.remark, theme.mark, width, element=element)
        return [*out, space(theme.unit)]


@dataclass(frozen=True)
class Gap:
    """Empty space of so many of the theme's units; `new_page` begins a page instead."""

    units: float = 1
    new_page: bool = False

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        return [Strip(0, gap=False, new_frame=True, glued=True)] if self.new_page else [space(theme.unit * self.units)]


@dataclass(frozen=True)
class WriteLines:
    """Empty lines for writing by hand."""

    count: int

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        height = max(22.0, theme.body.leading * 1.5)
        return [*(Strip(height, partial(_draw_write_line, width=width, height=height)) for _ in range(self.count))]


def _draw_write_line(sheet: Sheet, x: float, y: float, *, width: float, height: float) -> None:
    with sheet.artifact():
        sheet.rule(x, y + height - 3, width, colour=QUIET, thickness=0.5)


@dataclass(frozen=True)
class Value:
    """What stands in a field or a cell: the text, and our own remark on it (such as "[as written in English]")."""

    text: str = ""
    remark: str = ""
    strong: bool = False
    large: bool = False


@dataclass(frozen=True)
class Field:
    """A label and its value. `wide` takes the whole width."""

    label: str
    value: Value
    wide: bool = False


@dataclass(frozen=True)
class Fields:
    """Fields side by side, `columns` of them; on a blank form each has a line to write on."""

    fields: Sequence[Field]
    columns: int = 2
    blank: bool = False

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        columns = 1 if theme.body.size >= 18 else self.columns
        gutter = theme.unit * 4
        narrow = (width - gutter * (columns - 1)) / columns
        out: list[Strip] = []
        for row in _rows_of(self.fields, columns):
            each = width if len(row) == 1 and row[0].wide else narrow
            cells = [_field_lines(item, theme, each, blank=self.blank) for item in row]
            offsets = [number * (narrow + gutter) for number in range(len(row))]
            out += side_by_side(cells, offsets, close_together=height_of(cells) < 200)
            out.append(space(theme.unit * (1.4 if not self.blank else 1.0)))
        return out


def _rows_of(fields: Sequence[Field], columns: int) -> list[list[Field]]:
    rows: list[list[Field]] = []
    for item in fields:
        full = not rows or len(rows[-1]) == columns or rows[-1][0].wide
        if item.wide or full:
            rows.append([item])
        else:
            rows[-1].append(item)
    return rows


def _field_lines(item: Field, theme: Theme, width: float, *, blank: bool) -> list[Strip]:
    element = Element("P")
    out = text_strips(item.label, theme.label, width, element=element)
    if blank and not item.value.text:
        return [*out, *WriteLines(3 if item.wide else 1).strips(theme, width)]
    return out + value_strips(item.value, theme, width, element=element)


def value_strips(
    value: Value, theme: Theme, width: float, *, element: Element, style: Style | None = None, align: str = "left"
) -> list[Strip]:
    """A value with its remark, in strips."""
    large = Style(theme.heading.face, theme.heading.size, theme.heading.leading, INK)
    chosen = style or (large if value.large else theme.strong if value.strong else theme.body)
    if value.remark and not value.text.strip():
        return text_strips(value.remark, theme.mark, width, element=element, align=align)
    out = text_strips(value.text, chosen, width, element=element, align=align)
    if value.remark:
        out += text_strips(value.remark, theme.mark, width, element=element, align=align)
    return out


def height_of(cells: Sequence[Sequence[Strip]]) -> float:
    """The height of the highest of several cells."""
    return max((sum(strip.height for strip in cell) for cell in cells), default=0.0)


def side_by_side(cells: Sequence[list[Strip]], offsets: Sequence[float], *, close_together: bool) -> list[Strip]:
    """Cells beside each other as common strips: slice n holds the nth line of each cell.

    The slices of a short row stay together; a long one may break between any two lines.
    """
    out: list[Strip] = []
    count = max((len(cell) for cell in cells), default=0)
    for number in range(count):
        parts = [(offset, cell[number]) for cell, offset in zip(cells, offsets, strict=True) if number < len(cell)]
        height = max(strip.height for _, strip in parts)
        out.append(Strip(height, partial(_draw_parts, parts=parts), glued=close_together and number < count - 1))
    return out


def _draw_parts(sheet: Sheet, x: float, y: float, *, parts: list[tuple[float, Strip]]) -> None:
    for offset, strip in parts:
        if strip.draw is not None:
            strip.draw(sheet, x + offset, y)


@dataclass(frozen=True)
class Tick:
    """A box in a list: ticked, not ticked; `remark` is what is said of it."""

    text: str
    ticked: bool = False
    remark: str = ""
    strong: bool = False


@dataclass(frozen=True)
class TickList:
    """Boxes with their texts, in columns read downward."""

    items: Sequence[Tick]
    columns: int = 1

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        columns = 1 if theme.body.size >= 18 else self.columns
        gutter = theme.unit * 4
        narrow = (width - gutter * (columns - 1)) / columns
        deep = -(-len(self.items) // columns)
        parent = Element("L")
        out: list[Strip] = []
        for row in range(deep):
            chosen = self.items[row :: deep or 1]
            cells = [_tick_strips(item, theme, narrow, parent) for item in chosen]
            offsets = [number * (narrow + gutter) for number in range(len(chosen))]
            out += side_by_side(cells, offsets, close_together=height_of(cells) < 200)
            out.append(space(theme.unit * 0.6))
        return out


def _tick_strips(item: Tick, theme: Theme, width: float, parent: Element) -> list[Strip]:
    style = theme.strong if item.strong else theme.body
    indent = style.size * 1.75
    element = Element("LI", parent)
    lines = text_strips(item.text, style, width, element=element, indent=indent)
    if item.remark:
        lines += text_strips(item.remark, theme.mark, width, element=element, indent=indent)
    first = lines[0]
    draw = partial(_draw_ticked_line, ticked=item.ticked, style=style, line=first)
    return [Strip(first.height, draw, glued=first.glued), *lines[1:]]


def _draw_ticked_line(sheet: Sheet, x: float, y: float, *, ticked: bool, style: Style, line: Strip) -> None:
    draw_tick(sheet, x, y + (style.leading - style.size) / 2, style.size, ticked=ticked)
    if line.draw is not None:
        line.draw(sheet, x, y)


def draw_tick(sheet: Sheet, x: float, y: float, size: float, *, ticked: bool) -> None:
    """A box of `size`, ticked or not. A screen reader hears it through its alternative text."""
    element = Element("Figure", alternative="ticked" if ticked else "not ticked")
    with sheet.marked(element):
        sheet.box(x, y, size, size, line=INK, thickness=max(0.7, size * 0.08), radius=size * 0.12)
        if ticked:
            points = [(0.2, 0.54), (0.42, 0.78), (0.82, 0.2)]
            sheet.stroke([(x + size * a, y + size * b) for a, b in points], thickness=size * 0.16)


@dataclass(frozen=True)
class Bullets:
    """A list with small marks."""

    items: Sequence[Value]

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        parent = Element("L")
        out: list[Strip] = []
        for item in self.items:
            element = Element("LI", parent)
            indent = theme.body.size * 1.2
            lines = text_strips(item.text, theme.body, width, element=element, indent=indent)
            if item.remark:
                lines += text_strips(item.remark, theme.mark, width, element=element, indent=indent)
            first = lines[0]
            draw = partial(_draw_bullet_line, style=theme.body, line=first)
            out += [Strip(first.height, draw, glued=first.glued), *lines[1:], space(theme.unit * 0.5)]
        return out


def _draw_bullet_line(sheet: Sheet, x: float, y: float, *, style: Style, line: Strip) -> None:
    dot = style.size * 0.26
    with sheet.artifact():
        sheet.box(x + dot, y + (style.leading - dot) / 2, dot, dot, fill=ACCENT, radius=dot / 2)
    if line.draw is not None:
        line.draw(sheet, x, y)


@dataclass(frozen=True)
class Notice:
    """A box that must be seen: a caution (with a heavier bar) or a quiet notice."""

    text: str
    title: str = ""
    caution: bool = False
    kind: str = "body"

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        pad = theme.unit * 2
        style: Style = getattr(theme, self.kind)
        bar, tint = (CAUTION, CAUTION_TINT) if self.caution else (ACCENT, TINT)
        title_style = Style(theme.strong.face, theme.strong.size, theme.strong.leading, bar)
        element = Element("Note")
        inner = width - 2 * pad
        lines: list[Strip] = [Strip(pad * 0.7, None, glued=True)]
        if self.title:
            lines += text_strips(self.title, title_style, inner, element=element, glued=True)
        lines += text_strips(self.text, style, inner, element=element, glued=True)
        lines.append(Strip(pad * 0.7, None))
        together = sum(line.height for line in lines) < 260
        boxed = [_boxed(line, width, pad, bar, tint, together=together and line is not lines[-1]) for line in lines]
        return [space(theme.unit), *boxed, space(theme.unit * 2)]


def _boxed(line: Strip, width: float, pad: float, bar: Colour, tint: Colour, *, together: bool) -> Strip:
    draw = partial(_draw_boxed, line=line, width=width, pad=pad, bar=bar, tint=tint)
    return Strip(line.height, draw, glued=together)


def _draw_boxed(
    sheet: Sheet, x: float, y: float, *, line: Strip, width: float, pad: float, bar: Colour, tint: Colour
) -> None:
    with sheet.artifact():
        sheet.box(x, y - 0.3, width, line.height + 0.6, fill=tint)
        sheet.box(x, y - 0.3, 3.5, line.height + 0.6, fill=bar)
    if line.draw is not None:
        line.draw(sheet, x + pad, y)


@dataclass(frozen=True)
class Signature:
    """A place to sign: the drawn strokes (0 to 1) or the picture of them where they were signed, or an empty line."""

    role: str
    name_label: str
    name: str
    date_label: str
    date: str
    remark: str = ""
    strokes: Sequence[Sequence[tuple[float, float]]] = field(default_factory=tuple)
    aspect: float = 3.0
    picture: bytes = b""
    close: bool = False
    """Less room around it, for a page of many signatures."""

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        if theme.body.size >= 18:
            return self._below_each_other(theme, width)
        signing, rest = width * 0.44, width * 0.25
        offsets = [0.0, signing + width * 0.03, signing + rest + width * 0.06]
        widths = [signing, rest, rest]
        written = [
            [],
            text_strips(self.name, theme.body, rest, element=Element("P")) if self.name else [],
            text_strips(self.date, theme.body, rest, element=Element("P")) if self.date else [],
        ]
        under = [
            text_strips(self.role, theme.label, signing, element=Element("P")),
            text_strips(self.name_label, theme.label, rest, element=Element("P")),
            text_strips(self.date_label, theme.label, rest, element=Element("P")),
        ]
        if self.remark:
            under[0] += text_strips(self.remark, theme.mark, signing, element=Element("P"))
        height = max(_CLOSE_HEIGHT if self.close else _SIGNING_HEIGHT, height_of(written) + 4)
        draw = partial(self._draw, height=height, offsets=offsets, widths=widths, written=written)
        lines = side_by_side(under, offsets, close_together=True)
        after = theme.unit if self.close else theme.unit * 2
        return [space(theme.unit), Strip(height, draw, glued=True), *lines, space(after)]

    def _below_each_other(self, theme: Theme, width: float) -> list[Strip]:
        """For large print: the line to sign on over the whole width, name and date under it."""
        draw = partial(self._draw, height=_SIGNING_HEIGHT, offsets=[0.0], widths=[width], written=[[]])
        role = text_strips(self.role, theme.label, width, element=Element("P"), glued=True)
        remark = text_strips(self.remark, theme.mark, width, element=Element("P"), glued=True) if self.remark else []
        fields = (Field(self.name_label, Value(self.name)), Field(self.date_label, Value(self.date)))
        rest = Fields(fields, columns=1, blank=True).strips(theme, width)
        return [space(theme.unit), Strip(_SIGNING_HEIGHT, draw, glued=True), *role, *remark, space(theme.unit), *rest]

    def _draw(
        self,
        sheet: Sheet,
        x: float,
        y: float,
        *,
        height: float,
        offsets: Sequence[float],
        widths: Sequence[float],
        written: Sequence[Sequence[Strip]],
    ) -> None:
        foot = y + height - 3
        with sheet.artifact():
            for offset, wide in zip(offsets, widths, strict=True):
                sheet.rule(x + offset, foot, wide, colour=QUIET)
        if any(self.strokes):
            with sheet.marked(Element("Figure", alternative=self.role)):
                _draw_strokes(sheet, self, x + 4, foot - _SIGNING_HEIGHT + 4, widths[0] - 8, _SIGNING_HEIGHT - 4)
        elif self.picture:
            with sheet.marked(Element("Figure", alternative=self.role)):
                _draw_signature(sheet, self.picture, x + 4, foot, widths[0] - 8, _SIGNING_HEIGHT - 4)
        for offset, lines in zip(offsets, written, strict=True):
            at = foot - 1 - sum(line.height for line in lines)
            for line in lines:
                if line.draw is not None:
                    line.draw(sheet, x + offset, at)
                at += line.height


_SIGNING_HEIGHT = 40.0
_CLOSE_HEIGHT = 30.0


def _draw_signature(sheet: Sheet, data: bytes, x: float, foot: float, width: float, height: float) -> None:
    """A signature that is kept as a picture, standing on the line."""
    size = picture_size(data)
    if size is None:
        return
    scale = min(width / size[0], height / size[1])
    with suppress(OSError):
        sheet.picture(data, x, foot - size[1] * scale, size[0] * scale, size[1] * scale)


def _draw_strokes(sheet: Sheet, block: Signature, x: float, y: float, width: float, height: float) -> None:
    aspect = block.aspect if 0.2 < block.aspect < 20 else 3.0
    wide = min(width, height * aspect)
    high = wide / aspect
    for stroke in block.strokes:
        points = [(x + finite(a) * wide, y + (height - high) + finite(b) * high) for a, b in stroke]
        sheet.stroke(points, thickness=1.2)


@dataclass(frozen=True)
class Picture:
    """An image from bytes, `width` points wide; what cannot be read as an image is said in words."""

    data: bytes
    alternative: str
    width: float
    height: float

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        scale = min(1.0, width / self.width)
        element = Element("Figure", alternative=self.alternative)
        draw = partial(self._draw, wide=self.width * scale, high=self.height * scale, element=element)
        return [Strip(self.height * scale, draw), space(theme.unit)]

    def _draw(self, sheet: Sheet, x: float, y: float, *, wide: float, high: float, element: Element) -> None:
        with sheet.marked(element):
            try:
                sheet.picture(self.data, x, y, wide, high)
            except OSError:
                sheet.box(x, y, wide, high, line=LINE)

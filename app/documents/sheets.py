"""Sheets that are a list of parts: questions, ticks, tables, sentences, signatures, a plot of bearings.

A form is a tuple of parts; `sheet(parts)` makes its drawing. The blank is the same parts without answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from app.documents import blocks
from app.documents.blocks import Block, Fields, Heading, Notice, Paragraph, Tick, TickList, Value
from app.documents.flow import Strip, space
from app.documents.page import Element, Sheet, picture_size
from app.documents.printing import Printing
from app.documents.signing import signatures
from app.documents.table import Column, Table
from app.documents.theme import ACCENT, CAUTION, INK, LINE, QUIET, Theme
from app.queries.sheet_rows import Plot, SheetRows

Choices = tuple[tuple[str, str], ...]
"""Codes with their marked texts."""


@dataclass(frozen=True)
class Ask:
    """A question: its key in the rows and its marked label."""

    key: str
    label: str
    wide: bool = False
    strong: bool = False


@dataclass(frozen=True)
class Asks:
    """Questions under a title."""

    title: str
    fields: tuple[Ask, ...]
    columns: int = 2


@dataclass(frozen=True)
class Ticks:
    """A list to tick."""

    title: str
    key: str
    choices: Choices
    columns: int = 2


@dataclass(frozen=True)
class Grid:
    """A table; `blank` lines on the blank. `fixed`: marked texts of its first column, one a line, on the blank."""

    title: str
    key: str
    columns: tuple[tuple[str, float], ...]
    blank: int = 6
    fixed: tuple[str, ...] = ()
    roomy: bool = True
    tight: bool = False
    large: bool = False
    """Set to be read at arm's length."""


@dataclass(frozen=True)
class Say:
    """Sentences; `caution` puts them into a box that must be seen. On the page in either case."""

    title: str
    texts: tuple[str, ...]
    caution: bool = False


@dataclass(frozen=True)
class Warn:
    """A box that is there only when the rows say something under its key."""

    key: str
    title: str = ""


@dataclass(frozen=True)
class Signs:
    """Who signs, as marked texts."""

    roles: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """The plot of bearings; an empty square on the blank."""

    title: str


@dataclass(frozen=True)
class Face:
    """The photograph with the day on which it was taken; nothing when there is none."""


Part = Asks | Ticks | Grid | Say | Warn | Signs | Picture | Face
Build = Callable[[SheetRows, Printing], list[Block]]


def sheet(*parts: Part) -> Build:
    """The drawing of a form."""

    def build(rows: SheetRows, p: Printing) -> list[Block]:
        answers = _Answers(rows)
        return [block for part in parts for block in _blocks(part, answers, p)]

    return build


class _Answers:
    """The rows by key."""

    def __init__(self, rows: SheetRows) -> None:
        self.texts = {one.key: one.text for one in rows.fields}
        self.ticks = {one.key: frozenset(one.items) for one in rows.ticks}
        self.tables = {one.key: one.rows for one in rows.tables}
        self.plot = rows.plot
        self.rows = rows


def _face(rows: SheetRows, p: Printing) -> list[Block]:
    size = picture_size(rows.picture) if rows.picture else None
    if size is None:
        said = p.tr("There is a photograph, and it could not be printed.")
        return [Paragraph(said, "mark")] if rows.photo_said else []
    scale = _FACE / max(size)
    shown = blocks.Picture(rows.picture, p.tr("Photograph"), size[0] * scale, size[1] * scale)
    return [shown, Paragraph(rows.photo_said, "small")]


_FACE = 118.0
"""Points of the longer edge of the photograph: a face at arm's length."""


def _blocks(part: Part, answers: _Answers, p: Printing) -> list[Block]:
    match part:
        case Asks():
            fields = tuple(
                p.field(p.tr(ask.label), answers.texts.get(ask.key, ""), wide=ask.wide, strong=ask.strong)
                for ask in part.fields
            )
            return [*_title(part.title, p), Fields(fields, columns=part.columns, blank=p.blank)]
        case Ticks():
            ticked = answers.ticks.get(part.key, frozenset())
            items = tuple(Tick(p.tr(text), code in ticked) for code, text in part.choices)
            return [*_title(part.title, p), TickList(items, columns=part.columns)]
        case Grid():
            return [*_title(part.title, p), _table(part, answers, p)]
        case Say(caution=True):
            return [Notice("\n".join(p.tr(text) for text in part.texts), p.tr(part.title), caution=True)]
        case Say():
            return [*_title(part.title, p), *(Paragraph(p.tr(text)) for text in part.texts)]
        case Warn():
            text = answers.texts.get(part.key, "")
            return [Notice(text, p.tr(part.title) if part.title else "", caution=True)] if text.strip() else []
        case Signs():
            return list(signatures(p, [], part.roles))
        case Face():
            return _face(answers.rows, p)
        case Picture():
            return [*_title(part.title, p), PlotBlock(answers.plot)]


def _title(title: str, p: Printing) -> list[Block]:
    return [Heading(p.tr(title))] if title else []


def _table(part: Grid, answers: _Answers, p: Printing) -> Table:
    columns = [Column(p.tr(title), share) for title, share in part.columns]
    given = answers.tables.get(part.key, [])
    lines = [[Value(cell, large=part.large) for cell in _fitted(row, len(columns))] for row in given]
    if p.blank and part.fixed:
        lines = [[Value(p.tr(text)), *(Value("") for _ in columns[1:])] for text in part.fixed]
    blank = part.blank if p.blank and not part.fixed else 0
    roomy = part.roomy and p.blank
    return Table(
        columns,
        lines,
        empty=p.tr("Nothing recorded."),
        blank_rows=blank,
        first_strong=True,
        roomy=roomy,
        tight=part.tight,
    )


def _fitted(row: Sequence[str], count: int) -> list[str]:
    """A line with exactly as many cells as there are columns."""
    return [*row[:count], *([""] * (count - len(row)))]


_SIDE = 300.0
"""Points of the square that a plot is drawn in."""


@dataclass(frozen=True)
class PlotBlock:
    """Bearings from where they were taken, the ellipse where they meet, a scale and north."""

    plot: Plot | None

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        side = min(_SIDE, width)
        return [Strip(side, partial(self._draw, side=side, theme=theme)), space(theme.unit * 2)]

    def _draw(self, sheet: Sheet, x: float, y: float, *, side: float, theme: Theme) -> None:
        with sheet.marked(Element("Figure", alternative="bearings")):
            sheet.box(x, y, side, side, line=LINE)
        if self.plot is None or not self.plot.lines:
            return
        reach = _reach(self.plot)
        scale = side / 2 / reach

        def at(east: float, north: float) -> tuple[float, float]:
            return x + side / 2 + east * scale, y + side / 2 - north * scale

        with sheet.artifact():
            for line in self.plot.lines:
                self._draw_line(sheet, line.east, line.north, line.bearing, reach, at, used=line.used)
            if self.plot.found:
                points = _ellipse(self.plot)
                sheet.stroke([at(*_inside(point, reach)) for point in points], colour=CAUTION, thickness=1.4)
            _draw_scale(sheet, x, y, side, scale, theme)

    @staticmethod
    def _draw_line(
        sheet: Sheet,
        east: float,
        north: float,
        bearing: float,
        reach: float,
        at: Callable[[float, float], tuple[float, float]],
        *,
        used: bool,
    ) -> None:
        start = _inside((east, north), reach)
        turn = math.radians(bearing)
        end = _cut(start, (math.sin(turn), math.cos(turn)), reach)
        sheet.stroke([at(*start), at(*end)], colour=ACCENT if used else QUIET, dashed=not used)
        px, py = at(*start)
        sheet.box(px - 2.5, py - 2.5, 5, 5, fill=INK, radius=2.5)


def _finite(value: float) -> float:
    return value if math.isfinite(value) and abs(value) < 1e7 else 0.0


def _reach(plot: Plot) -> float:
    """Half the side of the square in metres: every observer and the ellipse are inside, with room around."""
    far = [abs(_finite(value)) for line in plot.lines for value in (line.east, line.north)]
    if plot.found:
        far += [abs(_finite(plot.east)) + _finite(plot.major), abs(_finite(plot.north)) + _finite(plot.major)]
    return max(100.0, 1.25 * max(far, default=0.0))


def _inside(point: tuple[float, float], reach: float) -> tuple[float, float]:
    east, north = (max(-reach, min(reach, _finite(value))) for value in point)
    return east, north


def _cut(start: tuple[float, float], way: tuple[float, float], reach: float) -> tuple[float, float]:
    """Where a ray from `start` leaves the square."""
    steps = [
        ((reach if part > 0 else -reach) - place) / part
        for place, part in zip(start, way, strict=True)
        if abs(_finite(part)) > 1e-9
    ]
    step = min(steps, default=0.0)
    return _inside((start[0] + way[0] * step, start[1] + way[1] * step), reach)


def _ellipse(plot: Plot) -> list[tuple[float, float]]:
    turn = math.radians(_finite(plot.azimuth))
    major, minor = _finite(plot.major), _finite(plot.minor)
    points = []
    for step in range(49):
        angle = 2 * math.pi * step / 48
        along, across = major * math.cos(angle), minor * math.sin(angle)
        points.append(
            (
                _finite(plot.east) + along * math.sin(turn) + across * math.cos(turn),
                _finite(plot.north) + along * math.cos(turn) - across * math.sin(turn),
            )
        )
    return points


def _draw_scale(sheet: Sheet, x: float, y: float, side: float, scale: float, theme: Theme) -> None:
    """A scale bar of a round length, and an arrow to the north."""
    wanted = side / 4 / scale
    power = 10.0 ** math.floor(math.log10(wanted))
    metres = next(step * power for step in (5, 2, 1) if step * power <= wanted)
    left, foot = x + 10, y + side - 12
    sheet.stroke([(left, foot), (left + metres * scale, foot)], thickness=2)
    sheet.line_of_text(left, foot - 5, f"{metres:g} m", theme.running)
    right = x + side - 16
    sheet.stroke([(right, y + 36), (right, y + 12), (right - 4, y + 19)], thickness=1.2)
    sheet.stroke([(right, y + 12), (right + 4, y + 19)], thickness=1.2)
    sheet.line_of_text(right - 3, y + 48, "N", theme.running)

"""From blocks to pages: text is broken into lines, blocks into strips, and strips are placed into frames.

A strip is a horizontal slice that is never split. A block hands out its strips; what must stay together is glued;
a table's head comes again on each page that the table continues on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.documents import fonts, text
from app.documents.page import Sheet
from app.documents.theme import Style

_PIECES = re.compile(r" +|[^ ]+")


@dataclass(frozen=True)
class Line:
    """One line of a text as broken to a width: logical order, and the direction of its paragraph."""

    text: str
    right_to_left: bool = False


def broken(value: str, style: Style, width: float) -> list[Line]:
    """`value` as the lines that fit `width`; a word that is wider than the line is cut."""
    lines: list[Line] = []
    for paragraph in text.plain(value).split("\n"):
        backward = text.has_right_to_left(paragraph) and text.runs_right_to_left(paragraph)
        lines.extend(Line(found, backward) for found in _fill(paragraph, style, width))
    return lines


def _fill(paragraph: str, style: Style, width: float) -> Iterator[str]:
    measure = fonts.face(style.face).width
    current: list[str] = []
    used = 0.0
    for piece in _PIECES.findall(paragraph):
        wide = measure(piece, style.size)
        if used + wide <= width or (piece[0] == " " and current):
            current.append(piece)
            used += wide
            continue
        if current and "".join(current).strip():
            yield "".join(current).strip(" ")
        current, used = [], 0.0
        if piece[0] == " ":
            continue
        *full, piece = _cut(piece, style, width) if wide > width else [piece]
        yield from full
        current, used = [piece], measure(piece, style.size)
    yield "".join(current).rstrip(" ")


def _cut(word: str, style: Style, width: float) -> list[str]:
    """A word too wide for a line, in pieces: after a hyphen, slash or @ when there is one near, else anywhere."""
    measure = fonts.face(style.face).width
    pieces: list[str] = []
    start, used = 0, 0.0
    for position, character in enumerate(word):
        wide = measure(character, style.size)
        if used + wide > width and position > start:
            good = max(word.rfind(sign, start + 1, position) for sign in "-/@._") + 1
            end = good if good > start + (position - start) // 2 else position
            pieces.append(word[start:end])
            start, used = end, measure(word[end:position], style.size)
        used += wide
    pieces.append(word[start:])
    return pieces


Draw = Callable[[Sheet, float, float], None]
"""Draws at (x, y) of the strip's top left corner."""


@dataclass(frozen=True, eq=False)
class Head:
    """Strips that come again at the top of each frame that their group continues in."""

    strips: tuple[Strip, ...]


@dataclass(frozen=True, eq=False)
class Strip:
    """A slice of the page: its height, how to draw it, and how it breaks.

    `glued` keeps it with the next strip; `gap` is dropped at the top of a frame; `new_frame` begins a frame.
    """

    height: float
    draw: Draw | None = None
    glued: bool = False
    gap: bool = False
    new_frame: bool = False
    head: Head | None = None


@dataclass(frozen=True)
class Frame:
    """A place on a page that strips are put into."""

    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Placed:
    """A strip and where it went."""

    page: int
    x: float
    y: float
    draw: Draw


def space(height: float, *, glued: bool = False) -> Strip:
    """An empty strip between blocks."""
    return Strip(height, gap=True, glued=glued)


def place(strips: Sequence[Strip], frames: Iterator[Frame]) -> list[Placed]:
    """Each strip's place. Strips that are glued go together unless they are higher than a whole frame."""
    return _Placing(frames).run(strips)


def _continues(strips: Sequence[Strip], start: int, end: int) -> bool:
    """Whether the strip at `end` must stay with the one before; a gap hands on the glue of what stands above it."""
    if end >= len(strips):
        return False
    before = strips[end - 1]
    return before.glued or (before.gap and end - 1 > start)


class _Placing:
    """The state of one run of `place`."""

    def __init__(self, frames: Iterator[Frame]) -> None:
        self._frames = frames
        self._frame = next(frames)
        self._used = 0.0
        self._out: list[Placed] = []

    def run(self, strips: Sequence[Strip]) -> list[Placed]:
        position = 0
        while position < len(strips):
            end = position + 1
            height = strips[position].height
            while _continues(strips, position, end) and height <= self._frame.height:
                height += strips[end].height
                end += 1
            self._put_together(strips[position:end], height)
            position = end
        return self._out

    def _put_together(self, chain: Sequence[Strip], height: float) -> None:
        if chain[0].new_frame and self._used > 0:
            self._next_frame(chain[0])
        head = chain[0].head
        whole = height + (sum(strip.height for strip in head.strips) if head else 0)
        if self._used > 0 and self._used + height > self._frame.height and whole <= self._frame.height:
            self._next_frame(chain[0])
        for strip in chain:
            if self._used > 0 and self._used + strip.height > self._frame.height:
                self._next_frame(strip)
            self._put(strip)

    def _next_frame(self, strip: Strip) -> None:
        self._frame = next(self._frames)
        self._used = 0.0
        if strip.head is not None:
            for repeated in strip.head.strips:
                self._put(repeated)

    def _put(self, strip: Strip) -> None:
        if strip.gap and self._used == 0:
            return
        if strip.draw is not None:
            self._out.append(Placed(self._frame.page, self._frame.x, self._frame.y + self._used, strip.draw))
        self._used += strip.height

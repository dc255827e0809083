"""The look of every document: type sizes, colours, distances. Sizes in points; colours as (red, green, blue) 0-1.

Everything stays readable on a black-and-white printer: tints are light, and nothing is said by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.documents import fonts

Colour = tuple[float, float, float]

INK: Colour = (0.10, 0.11, 0.13)
QUIET: Colour = (0.33, 0.36, 0.40)
ACCENT: Colour = (0.06, 0.28, 0.36)
LINE: Colour = (0.72, 0.75, 0.78)
TINT: Colour = (0.945, 0.96, 0.965)
CAUTION: Colour = (0.62, 0.25, 0.05)
CAUTION_TINT: Colour = (0.995, 0.955, 0.92)
WHITE: Colour = (1, 1, 1)


@dataclass(frozen=True)
class Style:
    """One way of setting text."""

    face: str
    size: float
    leading: float
    colour: Colour = INK


def _style(face: str, size: float, colour: Colour = INK, spacing: float = 1.38) -> Style:
    return Style(face, size, round(size * spacing, 2), colour)


@dataclass(frozen=True)
class Theme:
    """The styles of one document. `unit` is the distance that all gaps are multiples of."""

    title: Style
    heading: Style
    subheading: Style
    body: Style
    strong: Style
    label: Style
    small: Style
    mark: Style
    running: Style
    unit: float


def theme(size: float) -> Theme:
    """The theme whose body text is `size` points."""
    small = size if size >= LARGE_PRINT else size - 1.5
    return Theme(
        title=_style(fonts.BOLD, round(size * 1.75 if size < LARGE_PRINT else 27, 1), ACCENT, 1.22),
        heading=_style(fonts.BOLD, round(size * 1.28 if size < LARGE_PRINT else 22, 1), ACCENT, 1.3),
        subheading=_style(fonts.SEMIBOLD, size + 0.5 if size < LARGE_PRINT else 19, INK, 1.3),
        body=_style(fonts.REGULAR, size),
        strong=_style(fonts.SEMIBOLD, size),
        label=_style(fonts.SEMIBOLD, small, QUIET),
        small=_style(fonts.REGULAR, small),
        mark=_style(fonts.ITALIC, small, QUIET),
        running=_style(fonts.REGULAR, 7.5 if size < LARGE_PRINT else LARGE_PRINT, QUIET),
        unit=round(size * 0.4, 2),
    )


LARGE_PRINT = 18.0
CLIENT = 10.5
INTERNAL = 9.5
WALLET = 9.5

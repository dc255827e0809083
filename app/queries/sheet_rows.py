"""Rows of the sheets whose questions stand in `app/documents`: answers by key, ready to be set on the page."""

from __future__ import annotations

from msgspec import field

from app.queries.form_rows import Row, SealedRow


class SheetField(Row, frozen=True, kw_only=True):
    """The answer to one question, in words of the page's language or as a person typed it."""

    key: str = ""
    text: str = ""


class SheetList(Row, frozen=True, kw_only=True):
    """The codes that are ticked in a list."""

    key: str = ""
    items: list[str] = field(default_factory=list)


class SheetTable(Row, frozen=True, kw_only=True):
    """The lines of a table."""

    key: str = ""
    rows: list[list[str]] = field(default_factory=list)


class PlotLine(Row, frozen=True, kw_only=True):
    """One bearing: metres east and north of the picture's middle, degrees true. `used`: it takes part."""

    east: float = 0.0
    north: float = 0.0
    bearing: float = 0.0
    used: bool = True
    label: str = ""


class Plot(Row, frozen=True, kw_only=True):
    """Bearings and where they meet, on a flat sheet: metres around its middle, north up.

    `major`, `minor`: half axes of the ellipse, `azimuth`: degrees true of the long one; `found` without a place.
    """

    lines: list[PlotLine] = field(default_factory=list)
    found: bool = False
    east: float = 0.0
    north: float = 0.0
    major: float = 0.0
    minor: float = 0.0
    azimuth: float = 0.0


class SheetRows(Row, frozen=True, kw_only=True):
    """Everything that one sheet says."""

    fields: list[SheetField] = field(default_factory=list)
    ticks: list[SheetList] = field(default_factory=list)
    tables: list[SheetTable] = field(default_factory=list)
    plot: Plot | None = None
    photo: SealedRow | None = None
    """Names the photograph until `picture` has its bytes; `photo_said` says when it was taken."""
    picture: bytes = b""
    photo_said: str = ""

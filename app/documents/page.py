"""The one place that draws. Nothing in this room touches reportlab's canvas but `Sheet`.

Every piece of content is drawn between `begin` and `end` (use `with sheet.marked(element)`), running heads and lines
included (`with sheet.artifact()`). `Sheet` writes the marked-content operators with their numbers and keeps the list
`marks` of (page, number, element): a structure tree can be built from it without touching a form.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from app.documents import fonts, text
from app.documents.theme import INK, LINE, Colour, Style
from app.errors import Defect
from app.words import mark

# No text of ours is ever an address; nothing may be fetched or opened by name while drawing.
rl_config.trustedSchemes = []
rl_config.trustedHosts = []
rl_config.canvas_basefontname = fonts.REGULAR

LETTER = (612.0, 792.0)
_ARTIFACT = "Artifact"


@dataclass(frozen=True, eq=False)
class Element:
    """A node of the document's structure by its PDF tag ("H1", "P", "Table", "TR", "TH", "TD", "L", "LI", "Figure").

    Pieces of one element on several lines or pages share the one object.
    """

    tag: str
    parent: Element | None = None
    alternative: str = ""


@dataclass(frozen=True)
class Mark:
    """One piece of marked content: its page (from 0), its number on the page, its element.

    `actual` is its text in reading order where the glyphs stand in another (right-to-left scripts).
    """

    page: int
    number: int
    element: Element
    actual: str = ""


class Sheet:
    """A PDF in memory, drawn page by page. Coordinates in points from the top left corner, y downward."""

    def __init__(self, *, title: str, language: str, size: tuple[float, float] = LETTER) -> None:
        fonts.load()
        self._bytes = io.BytesIO()
        self._canvas = Canvas(
            self._bytes,
            pagesize=size,
            invariant=1,
            pageCompression=1,
            initialFontName=fonts.REGULAR,
            lang="fr-CA" if language == "fr" else "en-CA",
        )
        self._canvas.setTitle(title)
        self._canvas.setAuthor("")
        self._canvas.setSubject("")
        self._canvas.setCreator("Haven")
        self._canvas.setProducer("Haven")
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self.width, self.height = size
        self.marks: list[Mark] = []
        self._page = 0
        self._number = 0
        self._open = ""

    @property
    def page(self) -> int:
        """The page that is drawn on, from 0."""
        return self._page

    # The brackets around everything that is drawn.

    def begin(self, tag: str, element: Element | None = None) -> None:
        """Open a piece of marked content; `element` is None for an artifact (what a screen reader leaves out)."""
        if self._open:
            raise Defect(mark("Marked content was opened twice."))
        self._open = tag
        if element is None:
            self._write(f"/{tag} BMC")
            return
        self._write(f"/{tag} <</MCID {self._number}>> BDC")
        self.marks.append(Mark(self._page, self._number, element))
        self._number += 1

    def end(self) -> None:
        """Close the open piece of marked content."""
        if not self._open:
            raise Defect(mark("Marked content was closed twice."))
        self._open = ""
        self._write("EMC")

    @contextmanager
    def marked(self, element: Element) -> Iterator[None]:
        """Draw a piece of `element`."""
        self.begin(element.tag, element)
        try:
            yield
        finally:
            self.end()

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """Draw decoration or a running head."""
        self.begin(_ARTIFACT)
        try:
            yield
        finally:
            self.end()

    def _write(self, operator: str) -> None:
        self._canvas._code.append(operator)

    def _drawing(self) -> Canvas:
        if not self._open:
            raise Defect(mark("Something was drawn outside of marked content."))
        return self._canvas

    # What can be drawn.

    def line_of_text(self, x: float, baseline: float, line: str, style: Style, *, right_to_left: bool = False) -> None:
        """One line of plain `line` (logical order) with its left end at `x`."""
        canvas = self._drawing()
        turned = text.has_right_to_left(line)
        shown = text.visual(line, right_to_left=right_to_left) if turned else line
        if turned and self._open != _ARTIFACT:
            # The glyphs stand in visual order; a structure tree will want the words in the order of reading.
            self.marks[-1] = replace(self.marks[-1], actual=self.marks[-1].actual + line)
        written = canvas.beginText(x, self.height - baseline)
        written.setFillColorRGB(*style.colour)
        for font, characters in fonts.face(style.face).runs(shown):
            written.setFont(font, style.size, style.leading)
            written.textOut(characters)
        canvas.drawText(written)

    def rule(
        self, x: float, y: float, width: float, *, colour: Colour = LINE, thickness: float = 0.6, dashed: bool = False
    ) -> None:
        """A horizontal line."""
        self.stroke([(x, y), (x + width, y)], colour=colour, thickness=thickness, dashed=dashed)

    def stroke(
        self,
        points: list[tuple[float, float]],
        *,
        colour: Colour = INK,
        thickness: float = 1.0,
        dashed: bool = False,
    ) -> None:
        """A line through `points`."""
        canvas = self._drawing()
        if not points:
            return
        canvas.setStrokeColorRGB(*colour)
        canvas.setLineWidth(thickness)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        canvas.setDash([3, 3] if dashed else [])
        path = canvas.beginPath()
        path.moveTo(points[0][0], self.height - points[0][1])
        for x, y in points[1:] or points:
            path.lineTo(x, self.height - y)
        canvas.drawPath(path, stroke=1, fill=0)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: Colour | None = None,
        line: Colour | None = None,
        thickness: float = 0.8,
        radius: float = 0,
    ) -> None:
        """A rectangle with its top left corner at (`x`, `y`)."""
        canvas = self._drawing()
        canvas.setDash([])
        if fill is not None:
            canvas.setFillColorRGB(*fill)
        if line is not None:
            canvas.setStrokeColorRGB(*line)
            canvas.setLineWidth(thickness)
        bottom = self.height - y - height
        how = {"stroke": int(line is not None), "fill": int(fill is not None)}
        if radius:
            canvas.roundRect(x, bottom, width, height, radius, **how)
        else:
            canvas.rect(x, bottom, width, height, **how)

    def picture(self, data: bytes, x: float, y: float, width: float, height: float) -> None:
        """An image (PNG or JPEG bytes) scaled to the given size. Raises OSError when it cannot be read."""
        canvas = self._drawing()
        canvas.drawImage(ImageReader(io.BytesIO(data)), x, self.height - y - height, width, height, mask="auto")

    def next_page(self) -> None:
        """Close this page and begin another."""
        if self._open:
            raise Defect(mark("A page ended inside marked content."))
        self._canvas.showPage()
        self._page += 1
        self._number = 0

    def finish(self) -> bytes:
        """Close the last page; the PDF."""
        self.next_page()
        self._canvas.save()
        return self._bytes.getvalue()


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in dots of an image (PNG or JPEG bytes); None for anything that cannot be read as one."""
    try:
        wide, high = ImageReader(io.BytesIO(data)).getSize()
    except Exception:  # its readers raise whatever they meet in a damaged file
        return None
    return (wide, high) if wide > 0 and high > 0 else None


def finite(number: float) -> float:
    """`number` held between 0 and 1; what is no number is 0."""
    return min(1.0, max(0.0, number)) if math.isfinite(number) else 0.0

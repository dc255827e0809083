"""The embedded fonts, and which of them draws which character.

Open Sans draws what it can; DejaVu Sans draws the scripts and symbols that Open Sans lacks; what neither has is drawn
as an empty box, so that the reader sees that something stood there.
"""

from __future__ import annotations

from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from app import resources
from app.documents import text as texts

BOX = "\u25a1"

REGULAR = "OpenSans-Regular"
SEMIBOLD = "OpenSans-SemiBold"
BOLD = "OpenSans-Bold"
ITALIC = "OpenSans-Italic"
_FALLBACK = {REGULAR: "DejaVuSans", ITALIC: "DejaVuSans", SEMIBOLD: "DejaVuSans-Bold", BOLD: "DejaVuSans-Bold"}

Run = tuple[str, str]
"""A font's name and the characters that it draws."""


@cache
def _font(name: str) -> TTFont:
    font = TTFont(name, str(resources.path("fonts", f"{name}.ttf")))
    pdfmetrics.registerFont(font)
    return font


def load() -> None:
    """Read every font now, so that the first document does not wait for it."""
    for name, fallback in _FALLBACK.items():
        _font(name)
        _font(fallback)


class Face:
    """One weight of the house's type: measures and splits text, character by character."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._fonts = (_font(name), _font(_FALLBACK[name]))
        self._seen: dict[str, tuple[str, str, float]] = {}

    def _glyph(self, character: str) -> tuple[str, str, float]:
        """The font, the character to draw, and its width for a size of 1."""
        code = ord(character)
        for font in self._fonts:
            if code in font.face.charToGlyph:
                return font.fontName, character, font.face.getCharWidth(code) / 1000
        return self._glyph(BOX)

    def _look_up(self, character: str) -> tuple[str, str, float]:
        found = self._seen.get(character)
        if found is None:
            found = self._seen[character] = self._glyph(character)
        return found

    def width(self, text: str, size: float) -> float:
        """The width of `text` (one line, logical order) in points."""
        if texts.has_right_to_left(text):
            text = texts.joined(text)
        look_up, seen = self._look_up, self._seen
        return size * sum((seen.get(character) or look_up(character))[2] for character in text)

    def runs(self, text: str) -> list[Run]:
        """`text` (already in visual order) cut where the font changes."""
        out: list[Run] = []
        current = ""
        characters: list[str] = []
        for character in text:
            font, drawn, _ = self._look_up(character)
            if font != current and characters:
                out.append((current, "".join(characters)))
                characters = []
            current = font
            characters.append(drawn)
        if characters:
            out.append((current, "".join(characters)))
        return out


@cache
def face(name: str) -> Face:
    """The face of that name (`REGULAR`, `SEMIBOLD`, `BOLD`, `ITALIC`)."""
    return Face(name)

"""People's text made printable: cleaned, shaped, put in visual order.

Nothing here or anywhere in this room parses markup: a `<` is a `<`. What a person typed can look odd on the page,
but it cannot change the page, name a file, or stop the drawing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from bidi import get_display  # type: ignore[import-untyped]

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ARABIC = re.compile("[\u0620-\u06ff]")
_STRONG = re.compile("[A-Za-z\u00aa-\u02af\u0370-\u058f\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
# Controls of direction, joining and variation: they have no shape of their own, and an override among them can make
# a page read differently from what was typed.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u00ad\U000e0000-\U000e01ef]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufff9-\ufffb\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|\r|\u2028|\u2029|\x0b|\x0c|\x85")
# Page after page of empty lines helps nobody: on paper two in a row are enough.
_MANY_EMPTY_LINES = re.compile("\n{4,}")
# Spaces that the body font lacks, and hyphens that look like the plain one.
_ALIKE = str.maketrans({"\u202f": "\u00a0", "\u2007": "\u00a0", "\t": " ", "\u2010": "-", "\u2011": "-"})


def plain(text: str) -> str:
    """`text` with one kind of line end, no control characters, and composed letters. Applied to every printed text."""
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", text)
    text = _CONTROL.sub("\ufffd", _MANY_EMPTY_LINES.sub("\n\n\n", text))
    text = _INVISIBLE.sub("", text.translate(_ALIKE))
    return unicodedata.normalize("NFC", text)


def runs_right_to_left(text: str) -> bool:
    """Whether the first letter of `text` belongs to a script written from right to left."""
    found = _STRONG.search(text)
    return found is not None and _RIGHT_TO_LEFT.match(found.group()) is not None


def has_right_to_left(text: str) -> bool:
    """Whether any of `text` is written from right to left."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def visual(text: str, *, right_to_left: bool) -> str:
    """One line of `text` in the order in which its glyphs stand on the page, Arabic letters joined."""
    return mirrored(str(get_display(joined(text), base_dir="R" if right_to_left else "L")))


_PAIRS = {")": "(", "]": "[", "}": "{", "»": "«", "›": "‹", ">": "<"}
_OPENING = {opening: closing for closing, opening in _PAIRS.items()}


def mirrored(shown: str) -> str:
    """`shown` (in visual order) with the brackets of right-to-left parts turned round.

    The reordering puts brackets in their places but leaves their shape. On the page a pair always opens on the left,
    so a closing bracket with its partner on its right stands in a right-to-left part, and both are turned.
    """
    if not any(sign in shown for sign in _PAIRS):
        return shown
    signs = list(shown)
    opened: list[int] = []
    closed: list[int] = []
    for position, sign in enumerate(signs):
        if sign in _PAIRS:
            if opened and signs[opened[-1]] == _PAIRS[sign]:
                opened.pop()
            else:
                closed.append(position)
        elif sign in _OPENING:
            if closed and signs[closed[-1]] == _OPENING[sign]:
                first = closed.pop()
                signs[first], signs[position] = sign, _OPENING[sign]
            else:
                opened.append(position)
    return "".join(signs)


@cache
def _forms() -> dict[str, tuple[str, str, str, str]]:
    """Each Arabic letter's presentation forms: alone, at the end, at the start, in the middle ("" = none)."""
    places = {"<isolated>": 0, "<final>": 1, "<initial>": 2, "<medial>": 3}
    found: dict[str, list[str]] = {}
    for code in (*range(0xFB50, 0xFBFF), *range(0xFE80, 0xFEF5)):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and parts[0] in places:
            found.setdefault(chr(int(parts[1], 16)), ["", "", "", ""])[places[parts[0]]] = chr(code)
    return {letter: (forms[0], forms[1], forms[2], forms[3]) for letter, forms in found.items()}


_LAM = "\u0644"
_LAM_ALEF = {"\u0622": "\ufef5", "\u0623": "\ufef7", "\u0625": "\ufef9", "\u0627": "\ufefb"}


def joined(text: str) -> str:
    """Arabic letters replaced by the forms they take beside their neighbours; other text as it is."""
    if _ARABIC.search(text) is None:
        return text
    forms = _forms()
    out: list[str] = []
    joins_back = False
    position = 0
    while position < len(text):
        letter = text[position]
        following = _next_letter(text, position + 1)
        if letter == _LAM and position + 1 < len(text) and text[position + 1] in _LAM_ALEF:
            out.append(chr(ord(_LAM_ALEF[text[position + 1]]) + (1 if joins_back else 0)))
            joins_back = False
            position += 2
            continue
        if letter not in forms:
            out.append(letter)
            joins_back = joins_back and unicodedata.combining(letter) != 0
            position += 1
            continue
        alone, end, start, middle = forms[letter]
        joins_on = bool(start) and following in forms and bool(forms[following][1])
        form = (middle if joins_on else end) if joins_back and end else (start if joins_on else alone)
        out.append(form or letter)
        joins_back = joins_on
        position += 1
    return "".join(out)


def _next_letter(text: str, position: int) -> str:
    while position < len(text) and unicodedata.combining(text[position]):
        position += 1
    return text[position] if position < len(text) else ""

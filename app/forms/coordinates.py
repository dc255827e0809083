"""Places as people write and copy them: decimal degrees, or degrees, minutes and seconds, with letters or without."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from app.errors import RuleBroken
from app.words import mark

UNREADABLE = mark("This cannot be read as a place. Write it as 43.5234, -79.8711 or 43°31'24\"N 79°52'16\"W.")
ONLY_ONE = mark("Only one coordinate stands here. A place needs its latitude and its longitude.")
LATITUDE = mark("A latitude lies between -90 and 90 degrees. Were latitude and longitude exchanged?")
LONGITUDE = mark("A longitude lies between -180 and 180 degrees.")
SIXTY = mark("The minutes and seconds of a coordinate are less than 60.")
DIRECTIONS = mark("A latitude is north or south (N, S), a longitude east or west (E, W).")

_MARKS = str.maketrans(dict.fromkeys("º˚", "°") | dict.fromkeys("′’‘`´", "'") | dict.fromkeys("″”“", '"') | {"−": "-"})
_NAMED = ((r"NORTH|NORD", "N"), (r"SOUTH|SUD", "S"), (r"EAST|EST", "E"), (r"WEST|OUEST", "W"), (r"O", "W"))
"""Directions as English and French write them, and the letter that stands for each."""
_AXIS = {"N": "latitude", "S": "latitude", "E": "longitude", "W": "longitude"}
_MOST = {"latitude": 90, "longitude": 180}
_TOO_FAR = {"latitude": LATITUDE, "longitude": LONGITUDE}
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|\S")
_PLACES = Decimal("0.0000001")
"""What is kept of a degree: about a centimetre."""
_LONGEST = 200


class _Angle(NamedTuple):
    degrees: Decimal
    axis: str
    """What its letter says that it is; empty without a letter."""


def read_place(text: str) -> tuple[str, str]:
    """Latitude and longitude in decimal degrees, as a form stores them. Raises RuleBroken saying what is wrong."""
    plain = _plain(text)
    if not re.search(r"\d\.\d", plain) and len(_COMMA.findall(plain)) > 1:
        plain = _COMMA.sub(".", plain)
    angles = [_angle(part) for part in _parts(plain)]
    if len(angles) == 1:
        raise RuleBroken(ONLY_ONE)
    if len(angles) != 2 or bool(angles[0].axis) != bool(angles[1].axis):
        raise RuleBroken(UNREADABLE)
    one, two = angles
    if one.axis and one.axis == two.axis:
        raise RuleBroken(DIRECTIONS)
    if one.axis == "longitude" or two.axis == "latitude":
        one, two = two, one
    return _within(one, "latitude"), _within(two, "longitude")


def read_coordinate(text: str, axis: str) -> str:
    """One coordinate in decimal degrees; `axis` is latitude or longitude. Raises RuleBroken saying what is wrong."""
    angle = _angle(_COMMA.sub(".", _plain(text)))
    if angle.axis not in ("", axis):
        raise RuleBroken(DIRECTIONS)
    return _within(angle, axis)


def _plain(text: str) -> str:
    if len(text) > _LONGEST:
        raise RuleBroken(UNREADABLE)
    plain = text.translate(_MARKS).replace("''", '"').upper().strip()
    if plain.startswith("GEO:"):
        plain = re.split(r"[;?]", plain[4:])[0]
    for words, letter in _NAMED:
        plain = re.sub(rf"(?<![A-Z])(?:{words})(?![A-Z])", letter, plain)
    return plain.strip("()[] ")


def _parts(plain: str) -> list[str]:
    """The text of each coordinate."""
    letters = [found.start() for found in re.finditer(r"[NSEW]", plain)]
    if letters:
        before = letters[0] == 0
        cuts = letters if before else [at + 1 for at in letters]
        edges = [*cuts, len(plain)] if before else [0, *cuts]
        found = [plain[start:end] for start, end in pairwise(edges)]
        rest = "" if before else plain[edges[-1] :]
        return [part.strip(" ,;") for part in (*found, rest) if part.strip(" ,;")]
    if re.search(r"[,;]", plain):
        return [part.strip() for part in re.split(r"[,;]", plain) if part.strip()]
    if "°" in plain:
        return [found.strip() for found in re.findall(r"[+-]?\s*\d[\d.]*\s*°[^°+-]*?(?=[+-]?\s*\d[\d.]*\s*°|$)", plain)]
    numbers = plain.split()
    each = {2: 1, 4: 2, 6: 3}.get(len(numbers), len(numbers))
    return [" ".join(numbers[at : at + each]) for at in range(0, len(numbers), each or 1)]


def _angle(part: str) -> _Angle:
    found = re.fullmatch(r"([NSEW])?\s*([+-])?\s*(\d.*?)\s*([NSEW])?", part)
    if found is None or (found[1] and found[4]):
        raise RuleBroken(UNREADABLE)
    letter, sign = found[1] or found[4] or "", found[2] or ""
    if sign == "-" and letter in ("N", "E"):
        raise RuleBroken(DIRECTIONS)
    numbers = _numbers(found[3])
    if any(number >= 60 for number in numbers[1:]):
        raise RuleBroken(SIXTY)
    size = sum((number / 60**at for at, number in enumerate(numbers)), Decimal(0))
    return _Angle(-size if sign == "-" or letter in ("S", "W") else size, _AXIS.get(letter, ""))


def _numbers(text: str) -> list[Decimal]:
    """Degrees, minutes and seconds, each with its mark or without; only the last may have decimals."""
    numbers: list[Decimal] = []
    expected = ""
    for token in _TOKEN.findall(text):
        if token[0].isdecimal() and token.isascii() and len(numbers) < 3 and len(token) <= 20:
            numbers.append(Decimal(token))
            expected = "°'\""[len(numbers) - 1]
        elif token == expected:
            expected = ""
        else:
            raise RuleBroken(UNREADABLE)
    if any(number % 1 for number in numbers[:-1]):
        raise RuleBroken(UNREADABLE)
    return numbers


def _within(angle: _Angle, axis: str) -> str:
    if abs(angle.degrees) > _MOST[axis]:
        raise RuleBroken(_TOO_FAR[axis])
    rounded = angle.degrees.quantize(_PLACES)
    return f"{rounded:f}".rstrip("0").rstrip(".") if rounded else "0"

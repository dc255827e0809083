"""Patterns of `regex()` that come to an end: those that could try for hours are refused before they run.

A pattern is matched by trying (Python's `re`). Trying explodes where a repeated group holds a repetition whose
characters may also begin and end the group, as in `(a+)+`; and it grows with each repetition in a row. So the first is
refused, and the more repetitions, the shorter the text that is matched. `( [a-z]+)*` is fine: only a space begins the
group.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import NamedTuple

_LONGEST_FOR = (10_000, 10_000, 1_000, 300, 150, 80)
_LONGEST_ELSE = 60
_MOST_REPEATED = 12
_MOST_TIMES = 1_000
_LONGEST_PATTERN = 2_000
_ALL = frozenset(range(129))  # ASCII, and 128 for every other character
_CLASSES = {
    "d": frozenset(range(48, 58)),
    "w": frozenset([*range(48, 58), *range(65, 91), 95, *range(97, 123)]),
    "s": frozenset([9, 10, 11, 12, 13, 32]),
}
_TIMES = re.compile(r"\{(\d*)(,?)(\d*)\}")


class Pattern(NamedTuple):
    """A compiled pattern, and the longest text that it is tried on."""

    compiled: re.Pattern[str]
    longest: int


class Refused(ValueError):
    """The pattern cannot be read, or could try for hours."""


@lru_cache(maxsize=512)
def pattern(source: str) -> Pattern | None:
    """The pattern; None when it is none or could try for hours."""
    if len(source) > _LONGEST_PATTERN:
        return None
    try:
        repeated = _Scan(source).whole()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # "[[" is a bracket here, whatever it may mean one day
            # The classes are those of the other engines: \d, \w and \s mean ASCII.
            compiled = re.compile(source, re.ASCII)
    except (re.error, OverflowError, RecursionError, Refused):
        return None
    return Pattern(compiled, _LONGEST_FOR[repeated] if repeated < len(_LONGEST_FOR) else _LONGEST_ELSE)


class _Part(NamedTuple):
    """What a piece of a pattern may begin and end with, what its repetitions may hold, whether it may be empty."""

    first: frozenset[int]
    last: frozenset[int]
    looping: frozenset[int]
    empty: bool


_NOTHING = _Part(frozenset(), frozenset(), frozenset(), True)


class _Scan:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._repeated = 0
        self._depth = 0

    def whole(self) -> int:
        """How many repetitions without end it has. Raises Refused."""
        self._choice()
        if self._at < len(self._source):
            raise Refused
        if self._repeated > _MOST_REPEATED:
            raise Refused
        return self._repeated

    def _choice(self) -> _Part:
        self._depth += 1
        if self._depth > 20:
            raise Refused
        found = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            found.append(self._sequence())
        self._depth -= 1
        overlapping: frozenset[int] = frozenset()
        seen: frozenset[int] = frozenset()
        for part in found if len(found) > 1 else ():
            overlapping |= seen & part.first
            seen |= part.first
        # Two ways to begin are two ways to try: under a repetition they are as bad as a repetition within.
        looping = overlapping.union(*(part.looping for part in found))
        return _Part(
            frozenset().union(*(part.first for part in found)),
            frozenset().union(*(part.last for part in found)),
            _ALL if overlapping else looping,
            any(part.empty for part in found),
        )

    def _sequence(self) -> _Part:
        whole = _NOTHING
        while self._peek() not in ("", "|", ")"):
            part = self._repetition(self._atom())
            whole = _Part(
                whole.first | part.first if whole.empty else whole.first,
                part.last | whole.last if part.empty else part.last,
                whole.looping | part.looping,
                whole.empty and part.empty,
            )
        return whole

    def _repetition(self, part: _Part) -> _Part:
        least, most = self._times()
        if most == 1:
            return part if least else part._replace(empty=True)
        endless = most is None or most > 8
        if endless:
            inside = part.looping
            if inside and (part.empty or (inside & part.first and inside & part.last)):
                raise Refused
            if part.empty:
                raise Refused
            self._repeated += 1
            part = part._replace(looping=inside | part.first | part.last)
        return part._replace(empty=part.empty or least == 0)

    def _times(self) -> tuple[int, int | None]:
        sign = self._peek()
        if sign and sign in "*+?":
            self._at += 1
            found: tuple[int, int | None] = {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        elif sign == "{" and (hit := _TIMES.match(self._source, self._at)):
            self._at = hit.end()
            least, comma, most = hit.groups()
            upper = int(most or least or 0) if most or not comma else None
            if max(int(least or 0), upper or 0) > _MOST_TIMES:
                raise Refused
            found = int(least or 0), upper
        else:
            return 1, 1
        if self._peek() in ("?", "+"):
            self._at += 1
        return found

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _take(self) -> str:
        if self._at >= len(self._source):
            raise Refused
        self._at += 1
        return self._source[self._at - 1]

    def _atom(self) -> _Part:
        sign = self._take()
        if sign == "(":
            return self._group()
        if sign == "[":
            return _one(self._set())
        if sign == ".":
            return _one(_ALL)
        if sign in "^$":
            return _NOTHING
        if sign == "\\":
            return self._escaped()
        if sign in "*+?)":
            raise Refused
        return _one(_code(sign))

    def _group(self) -> _Part:
        looks = False
        if self._peek() == "?":
            self._at += 1
            kind = self._take()
            if kind in "=!":
                looks = True
            elif kind != ":":
                raise Refused
        inner = self._choice()
        if self._take() != ")":
            raise Refused
        return _NOTHING._replace(looping=inner.looping) if looks else inner

    def _escaped(self) -> _Part:
        letter = self._take()
        if letter.isdigit() or letter in "AZ":
            raise Refused  # what stands again as it stood before can be tried in many ways
        if letter in "bB":
            return _NOTHING
        return _one(_escape(letter))

    def _set(self) -> frozenset[int]:
        start = self._at
        inverted = self._peek() == "^"
        self._at += inverted
        found: frozenset[int] = frozenset()
        while self._peek() != "]" or self._at == start + inverted:
            sign = self._take()
            low = _escape(self._take()) if sign == "\\" else _code(sign)
            if self._peek() == "-" and self._source[self._at + 1 : self._at + 2] not in ("]", ""):
                self._at += 1
                sign = self._take()
                high = _escape(self._take()) if sign == "\\" else _code(sign)
                low = frozenset(range(min(low | high), max(low | high) + 1))
            found |= low
        self._at += 1
        return _ALL - (found - {128}) if inverted else found


def _one(characters: frozenset[int]) -> _Part:
    return _Part(characters, characters, frozenset(), False)


def _code(character: str) -> frozenset[int]:
    return frozenset([min(ord(character), 128)])


def _escape(letter: str) -> frozenset[int]:
    if letter.lower() in _CLASSES:
        found = _CLASSES[letter.lower()]
        return _ALL - found if letter.isupper() else found
    named = {"n": 10, "t": 9, "r": 13, "f": 12, "v": 11}
    return frozenset([named[letter]]) if letter in named else _code(letter)

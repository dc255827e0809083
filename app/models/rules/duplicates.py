"""Whether two registrations may be of one person: names that sound alike, birth date, address (domain.md 6.5.12).

The sound of a name is a short code of our own after the idea of Soundex (Russell, 1918): letters that English and
French speakers confuse share a class, vowels count only where a name begins, what is silent in one of the two languages
is left out. It only ever leads to a question that a person answers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

_GROUPS = (
    ("eault", "o"), ("ault", "o"), ("bvr", "br"), ("eaux", "o"), ("eau", "o"), ("aux", "o"), ("au", "o"),
    ("sch", "s"), ("tch", "s"), ("ch", "s"), ("sh", "s"),
    ("ph", "f"), ("gh", "g"), ("ck", "k"), ("qu", "k"), ("th", "t"), ("wr", "r"), ("kn", "n"), ("gn", "n"), ("x", "ks"),
)  # fmt: skip
_CLASSES = {
    **dict.fromkeys("bp", "1"),
    **dict.fromkeys("fvw", "2"),
    **dict.fromkeys("cgjkqsxz", "3"),
    **dict.fromkeys("dt", "4"),
    **dict.fromkeys("l", "5"),
    **dict.fromkeys("mn", "6"),
    **dict.fromkeys("r", "7"),
}
_VOWELS = frozenset("aeiouyh")
_SILENT_END = re.compile(r"(?<=..)(?:e|es|s|t|d)$")
_WORDS = re.compile(r"[a-z]+")
_STREET = {
    "avenue": "av", "ave": "av", "boulevard": "bd", "blvd": "bd", "boul": "bd", "chemin": "ch", "circle": "cir",
    "court": "crt", "ct": "crt", "crescent": "cres", "drive": "dr", "highway": "hwy", "lane": "ln", "place": "pl",
    "road": "rd", "route": "rte", "rue": "", "street": "st", "saint": "st", "sainte": "st", "ste": "st", "way": "wy",
    "apartment": "", "apt": "", "app": "", "unit": "", "suite": "", "bureau": "",
    "north": "n", "nord": "n", "south": "s", "sud": "s", "east": "e", "est": "e", "west": "w", "ouest": "w",
}  # fmt: skip


def folded(text: str) -> str:
    """Small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """The code of how one word of a name sounds; empty without letters."""
    letters = "".join(_WORDS.findall(folded(word)))
    if not letters:
        return ""
    for group, says in _GROUPS:
        letters = letters.replace(group, says)
    letters = _SILENT_END.sub("", letters)
    coded = ["0" if letters[0] in _VOWELS else _CLASSES[letters[0]]]
    last = coded[0]
    for letter in letters[1:]:
        code = _CLASSES.get(letter, "")
        if code and code != last:
            coded.append(code)
        last = code or ("" if letter in _VOWELS and letter != "h" else last)
    return "".join(coded)


@dataclass(frozen=True)
class Traits:
    """By what a registration is recognised. `firsts` and `lasts` are codes of sound; `homes` are folded addresses."""

    firsts: frozenset[str]
    lasts: frozenset[str]
    born: date | None
    homes: frozenset[str]


@dataclass(frozen=True)
class Likeness:
    """What is alike between two registrations."""

    name: bool
    born: bool
    address: bool

    @property
    def suspicious(self) -> bool:
        """Two of the three, or all of them."""
        return self.name + self.born + self.address >= 2


def traits(values: Mapping[str, Any]) -> Traits:
    """The traits of a registration by its fields."""
    firsts = {values.get("legal_first"), values.get("preferred_name"), *(values.get("aliases") or ())}
    lasts = re.split(r"[\s-]+", str(values.get("legal_last") or ""))
    return Traits(
        _said(sound(str(name).split()[0]) for name in firsts if str(name or "").strip()),
        _said(map(sound, lasts)),
        values.get("dob"),
        _said(address(entry) for entry in values.get("addresses") or () if isinstance(entry, Mapping)),
    )


def _said(codes: Iterable[str]) -> frozenset[str]:
    return frozenset(code for code in codes if code)


def address(entry: Mapping[str, Any]) -> str:
    """An address as it is compared: number and street, without flats, points of the compass spelt alike."""
    words = re.findall(r"[a-z]+|[0-9]+", folded(str(entry.get("text") or "")))
    kept = [_STREET.get(word, word) for word in words]
    numbers = [word for word in kept if word.isdigit()]
    return " ".join(word for word in (*numbers[:1], *(word for word in kept if word and not word.isdigit())) if word)


def likeness(one: Traits, other: Traits) -> Likeness:
    """What is alike. A birth date with day and month swapped, or one figure of them off, counts as alike."""
    names = bool(one.firsts & other.firsts) and bool(one.lasts & other.lasts or not (one.lasts and other.lasts))
    swapped = bool(one.firsts & other.lasts) and bool(one.lasts & other.firsts)
    return Likeness(names or swapped, _born_alike(one.born, other.born), bool(one.homes & other.homes))


@dataclass
class Register:
    """Everybody who is known, to be compared with somebody new: only who shares a name or an address is looked at.

    Two of the three (name, birth date, address) are never met without one of these two.
    """

    known: dict[str, Traits] = field(default_factory=dict)
    _by_word: dict[str, set[str]] = field(default_factory=dict)

    def add(self, record_id: str, traits_of: Traits) -> None:
        """One more."""
        self.known[record_id] = traits_of
        for word in (*traits_of.firsts, *traits_of.lasts, *traits_of.homes):
            self._by_word.setdefault(word, set()).add(record_id)

    def alike(self, wanted: Traits) -> dict[str, Likeness]:
        """Who may be the same person, and what is alike."""
        near = {one for word in (*wanted.firsts, *wanted.homes) for one in self._by_word.get(word, ())}
        found = {one: likeness(wanted, self.known[one]) for one in sorted(near)}
        return {one: alike for one, alike in found.items() if alike.suspicious}


def who_is_known(
    asked: Iterable[Traits], known: Iterable[tuple[str, Mapping[str, Any]]]
) -> tuple[dict[str, Likeness], ...]:
    """Who of the `known` (id, fields) may be one of the `asked`: read once, nothing is held but who is alike."""
    wanted = Register()
    for number, each in enumerate(asked):
        wanted.add(str(number), each)
    found: tuple[dict[str, Likeness], ...] = tuple({} for _ in wanted.known)
    for record_id, values in known:
        for place, alike in wanted.alike(traits(values)).items():
            found[int(place)][record_id] = alike
    return found


def dates_alike(born: date | None) -> tuple[date, ...]:
    """Every birth date that counts as alike, the date itself first."""
    if born is None:
        return ()
    written = born.strftime("%m%d")
    digits = [written[:at] + digit + written[at + 1 :] for at in range(4) for digit in "0123456789"]
    found = [_day(born.year, text) for text in (written, written[2:] + written[:2], *digits)]
    return tuple(dict.fromkeys(day for day in found if day is not None))


def _day(year: int, text: str) -> date | None:
    try:
        return date(year, int(text[:2]), int(text[2:]))
    except ValueError:
        return None


def street_words(home: str) -> tuple[str, ...]:
    """What stands in an address, however it was written, for the folded one of `Traits.homes`: beginnings of words.

    The kinds of street are written in many ways, and so are ligatures; a letter may stand after the number or apart. Of
    "B5" only who wrote "B 5" or "5" is not found by the address.
    """
    words = home.split()
    begun = [re.split("oe|ae|ss", word)[0] for word in words if word not in _SHORT_STREET]
    number = [word for word in words if word.isdigit()][:1]
    return (*number, *(word for word in begun if len(word) >= _TELLING and not word.isdigit()))


_TELLING = 3
_SHORT_STREET = frozenset(_STREET) | frozenset(_STREET.values())


def _born_alike(one: date | None, other: date | None) -> bool:
    if one is None or other is None:
        return False
    if one == other or (one.year == other.year and (one.month, one.day) == (other.day, other.month)):
        return True
    figures = zip(one.isoformat(), other.isoformat(), strict=True)
    return one.year == other.year and sum(a != b for a, b in figures) == 1

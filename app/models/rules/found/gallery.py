"""What the search holds in memory of each card while someone searches: looks and places, never a name.

Columns instead of objects: a fact is then compared with 20,000 cards by one look-up each. Words, names of places and
positions are kept as far as they are compared; names, contacts, health texts and notes are not here at all.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median
from typing import Any

from app.models.rules.found import looks, words
from app.models.rules.found.looks import ASPECTS, Aspect
from app.models.vocab import Gender

WORD_FIELDS = ("clothing", "carried", "marks", "place")
CODE_FIELDS = ("worn_aids", "mobility", "communication", "conditions", "attractions")


class PointKind(StrEnum):
    """What a place of a card is."""

    HOME = "home"
    OTHER_ADDRESS = "other_address"
    PLACE = "place"
    FOUND_BEFORE = "found_before"


@dataclass(frozen=True, slots=True)
class Point:
    """A place of a card, WGS-84 degrees."""

    kind: PointKind
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What one card tells. `age`: youngest and oldest in years today. `codes`: in the order of
    `CODE_FIELDS`, an empty set where the card says that there are none, None where it says nothing."""

    card_id: str
    gender: Gender | None = None
    age: tuple[int, int] | None = None
    height_cm: int | None = None
    build: str = ""
    hair: str = ""
    eyes: str = ""
    clothing: str = ""
    carried: str = ""
    marks: str = ""
    place: str = ""
    codes: tuple[frozenset[str] | None, ...] = (None,) * len(CODE_FIELDS)
    points: tuple[Point, ...] = ()


@dataclass
class WordIndex:
    """Which cards have a word in a field."""

    cards: dict[str, list[int]] = field(default_factory=dict)
    filled: list[bool] = field(default_factory=list)
    """Whether the card says anything in this field."""

    @property
    def size(self) -> int:
        """How many cards say anything."""
        return sum(self.filled)


@dataclass
class Points:
    """All places of one kind of all cards, as columns; in the order of their latitude once they are asked for."""

    owner: list[int] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    _sorted: int = 0

    def add(self, owner: int, lat: float, lon: float) -> None:
        """One more place of a card."""
        self.owner.append(owner)
        self.lat.append(lat)
        self.lon.append(lon)

    def between(self, south: float, north: float) -> Iterator[tuple[int, float, float]]:
        """The places between two latitudes: owner, latitude, longitude."""
        if self._sorted != len(self.lat):
            order = sorted(range(len(self.lat)), key=self.lat.__getitem__)
            self.owner, self.lat, self.lon = (
                [self.owner[one] for one in order],
                [self.lat[one] for one in order],
                [self.lon[one] for one in order],
            )
            self._sorted = len(order)
        low, high = bisect_left(self.lat, south), bisect_right(self.lat, north)
        return zip(self.owner[low:high], self.lat[low:high], self.lon[low:high], strict=True)


class Gallery:
    """Every card that may be shown, ready to be compared. Made empty, then filled with `add`."""

    def __init__(self, cards: Sequence[Looks] = ()) -> None:
        self.ids: list[str] = []
        self.gender: list[Gender | None] = []
        self.age: list[tuple[int, int] | None] = []
        self.height: list[int | None] = []
        self.aspects: dict[str, list[str | None]] = {aspect.name: [] for aspect in ASPECTS}
        self.codes: dict[str, list[frozenset[str] | None]] = {name: [] for name in CODE_FIELDS}
        self.texts: dict[str, WordIndex] = {name: WordIndex() for name in WORD_FIELDS}
        self.points: dict[PointKind, Points] = {kind: Points() for kind in PointKind}
        self._counts: dict[str, tuple[int, Counter[Any]]] = {}
        self._vocabulary = words.Dictionary({})
        for card in cards:
            self.add(card)

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, card: Looks) -> None:
        """Put one more card in."""
        place = len(self.ids)
        self.ids.append(card.card_id)
        self.gender.append(card.gender)
        self.age.append(card.age)
        self.height.append(card.height_cm)
        for aspect in ASPECTS:
            self.aspects[aspect.name].append(class_told(aspect, card))
        for name, codes in zip(CODE_FIELDS, card.codes, strict=True):
            self.codes[name].append(codes)
        for name in WORD_FIELDS:
            self._add_words(self.texts[name], place, getattr(card, name))
        for point in card.points:
            self.points[point.kind].add(place, point.lat, point.lon)

    def middle(self) -> tuple[float, float] | None:
        """Where the homes are, one with another: where a map is opened when nothing better is known."""
        homes = self.points[PointKind.HOME]
        if not homes.lat:
            return None
        return median(homes.lat), median(homes.lon)

    def counted(self, name: str, column: Sequence[Any]) -> Counter[Any]:
        """How often each value stands in a column of this gallery; counted once."""
        known, counts = self._counts.get(name, (-1, Counter()))
        if known != len(column):
            counts = Counter(column)
            self._counts[name] = len(column), counts
        return counts

    def meant(self, term: str, index: WordIndex) -> str:
        """The word of the cards that a told word is, spelling forgiven; the word itself when no card has it."""
        if term in index.cards or words.PAIR in term:
            return term
        return self._vocabulary.find(term) or term

    def _add_words(self, index: WordIndex, place: int, text: str) -> None:
        found = words.terms(text) if text else ()
        index.filled.append(bool(found))
        for term in found:
            cards = index.cards.setdefault(term, [])
            cards.append(place)
            if len(cards) == 1 and words.PAIR not in term:
                self._vocabulary.add(term)


def class_told(aspect: Aspect, said: object) -> str | None:
    """The class that a card or a sighting tells of an aspect."""
    text = getattr(said, looks.field_of(aspect))
    return looks.class_of(aspect, text) if text else None

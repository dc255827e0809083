"""Hair, eyes and build out of free words: classes, and which of them people take for one another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from app.models.rules.found import word_list
from app.models.rules.found.words import Dictionary, one_for_all, split


@dataclass(frozen=True)
class Aspect:
    """One thing that can be said of someone's looks: its words, and the pairs of classes that look alike."""

    name: str
    words: str
    alike: frozenset[frozenset[str]]

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, in the order of the list."""
        return tuple(one_for_all(line)[_first(line)] for line in self.words.splitlines())

    def are_alike(self, one: str, other: str) -> bool:
        """Whether one is easily taken for the other."""
        return frozenset((one, other)) in self.alike


def _first(line: str) -> str:
    return next(iter(one_for_all(line)))


def _pairs(*pairs: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair.split()) for pair in pairs)


HAIR_COLOUR = Aspect(
    "hair_colour",
    word_list.HAIR_COLOURS,
    _pairs("black brown", "brown blond", "brown red", "blond red", "grey white", "brown grey", "blond grey",
           "blond white", "black grey", "white bald", "grey bald"),
)  # fmt: skip
HAIR_LENGTH = Aspect("hair_length", word_list.HAIR_LENGTHS, _pairs("short medium", "medium long", "short bald"))
HAIR_FORM = Aspect("hair_form", word_list.HAIR_FORMS, _pairs("straight wavy", "wavy curly"))
EYE_COLOUR = Aspect(
    "eye_colour", word_list.EYE_COLOURS, _pairs("brown hazel", "hazel green", "green grey", "blue grey", "green blue")
)
BUILD = Aspect(
    "build", word_list.BUILDS,
    _pairs("thin medium", "medium athletic", "medium stocky", "athletic stocky", "stocky heavy", "medium heavy",
           "thin athletic"),
)  # fmt: skip

ASPECTS = (HAIR_COLOUR, HAIR_LENGTH, HAIR_FORM, EYE_COLOUR, BUILD)
_FIELD = {"hair_colour": "hair", "hair_length": "hair", "hair_form": "hair", "eye_colour": "eyes", "build": "build"}


def field_of(aspect: Aspect) -> str:
    """The field of a card, and of a sighting, that tells this aspect."""
    return _FIELD[aspect.name]


@cache
def _dictionary(aspect: Aspect) -> Dictionary:
    return Dictionary(one_for_all(aspect.words))


@cache
def class_of(aspect: Aspect, text: str) -> str | None:
    """The class that a text tells; the first of several. None when it tells none."""
    for word in split(text):
        found = _dictionary(aspect).find(word)
        if found is not None:
            return found
    return None

"""What spoke for and against one card, in words that an officer can check at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.models.rules.found import words
from app.models.rules.found.gallery import WORD_FIELDS, Looks, class_told
from app.models.rules.found.looks import ASPECTS
from app.models.rules.found.ranking import Match, Part
from app.models.rules.found.sighting import Sighting
from app.models.vocab import Attraction, Condition, Listed, Mobility, SpeaksBy, WornAid
from app.words import mark

_LISTS: dict[str, type[Listed]] = {
    "worn_aids": WornAid,
    "mobility": Mobility,
    "communication": SpeaksBy,
    "conditions": Condition,
    "attractions": Attraction,
}
_ASPECT_WORDS = {
    "hair_colour": (mark("Hair colour fits"), mark("Hair colour is close"), mark("Hair colour differs")),
    "hair_length": (mark("Hair length fits"), mark("Hair length is close"), mark("Hair length differs")),
    "hair_form": (mark("Curls or straightness of the hair fit"), mark("Curls of the hair are close"),
                  mark("Curls or straightness of the hair differ")),
    "eye_colour": (mark("Eyes fit"), mark("Eyes are close"), mark("Eyes differ")),
    "build": (mark("Build fits"), mark("Build is close"), mark("Build differs")),
}  # fmt: skip
_SHARED = {
    "clothing": mark("Clothing fits: {words}"),
    "carried": mark("Carries what fits: {words}"),
    "marks": mark("Marks fit: {words}"),
    "place": mark("Place fits: {words}"),
}
_NOT_SHARED = {
    "clothing": mark("Other clothing is usual"),
    "carried": mark("Usually carries other things"),
    "marks": mark("These marks are not on the card"),
    "place": mark("The place is not on the card"),
}
GENDER_FITS, GENDER_DIFFERS = mark("Gender fits"), mark("Gender differs")
AGE_FITS, AGE_TO_A_YEAR = mark("Age fits"), mark("Age fits to a year")
AGE_NEAR, AGE_DIFFERS = mark("Age within {years} years"), mark("Age differs by {years} years")
HEIGHT_FITS, HEIGHT_NEAR = mark("Height fits"), mark("Height within {cm} cm")
HEIGHT_DIFFERS = mark("Height differs by {cm} cm")
CODE_FITS, CODE_CLOSE, CODE_MISSING = (
    mark("Fits: {what}"),
    mark("Close: {what}"),
    mark("Not on the card: {what}"),
)
_SAYS_LITTLE = 0.05
"""Under this a fact neither speaks for nor against anybody."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason: a marked sentence with its values, and how much it speaks for the card (negative: against).

    A value that is a member of a list is said by its label.
    """

    sentence: str
    score: float
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def speaks_for(self) -> bool:
        """Whether it speaks for the card."""
        return self.score > 0


def explain(match: Match, card: Looks, sighting: Sighting) -> tuple[Evidence, ...]:
    """The reasons but for the position, the strongest first; a fact that the card does not tell is no reason."""
    found = [said for part in match.parts if (said := _of(part, card, sighting)) is not None]
    return tuple(sorted(found, key=lambda one: -abs(one.score)))


def _of(part: Part, card: Looks, sighting: Sighting) -> Evidence | None:
    if part.fact == "position":
        return None
    if part.fact in WORD_FIELDS:
        return _words(part, card, sighting)
    if part.fact in _LISTS:
        return _code(part, card)
    if abs(part.score) < _SAYS_LITTLE and part.fact not in ("age", "height_cm"):
        return None
    if part.fact == "gender":
        return Evidence(GENDER_FITS if card.gender is sighting.gender else GENDER_DIFFERS, part.score)
    if part.fact == "age":
        return _age(part, card, sighting)
    if part.fact == "height_cm":
        return _height(part, card, sighting)
    return _aspect(part, card, sighting)


def _age(part: Part, card: Looks, sighting: Sighting) -> Evidence | None:
    if card.age is None or sighting.age is None:
        return None
    apart = max(card.age[0] - sighting.age[1], sighting.age[0] - card.age[1], 0)
    if apart <= 1:
        return Evidence(AGE_TO_A_YEAR if apart else AGE_FITS, part.score)
    return Evidence(AGE_NEAR if part.score > 0 else AGE_DIFFERS, part.score, {"years": apart})


def _height(part: Part, card: Looks, sighting: Sighting) -> Evidence | None:
    if card.height_cm is None or sighting.height_cm is None:
        return None
    apart = abs(card.height_cm - sighting.height_cm)
    if apart == 0:
        return Evidence(HEIGHT_FITS, part.score)
    return Evidence(HEIGHT_NEAR if part.score > 0 else HEIGHT_DIFFERS, part.score, {"cm": apart})


def _aspect(part: Part, card: Looks, sighting: Sighting) -> Evidence | None:
    aspect = next(one for one in ASPECTS if one.name == part.fact)
    known, told = class_told(aspect, card), class_told(aspect, sighting)
    if known is None or told is None:
        return None
    fits, close, differs = _ASPECT_WORDS[aspect.name]
    return Evidence(fits if known == told else close if aspect.are_alike(known, told) else differs, part.score)


def _code(part: Part, card: Looks) -> Evidence | None:
    has = dict(zip(_LISTS, card.codes, strict=True))[part.fact]
    if has is None:
        return None
    what = _LISTS[part.fact].of(part.code)
    if part.code in has:
        return Evidence(CODE_FITS, part.score, {"what": what})
    return Evidence(CODE_CLOSE if part.score > 0 else CODE_MISSING, part.score, {"what": what})


def _words(part: Part, card: Looks, sighting: Sighting) -> Evidence | None:
    text = getattr(card, part.fact)
    if not text.strip():
        return None
    has = words.Dictionary({term: term for term in words.terms(text)})
    shared = {
        meant: written
        for term, written in words.told(getattr(sighting, part.fact)).items()
        if (meant := has.find(term)) is not None
    }
    if part.score <= 0 or not shared:
        return Evidence(_NOT_SHARED[part.fact], part.score) if part.score < -_SAYS_LITTLE else None
    inside = {one for pair in shared if words.PAIR in pair for one in pair.split(words.PAIR)}
    said = [written for term, written in shared.items() if term not in inside]
    return Evidence(_SHARED[part.fact], part.score, {"words": ", ".join(said)})

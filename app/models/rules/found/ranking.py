"""All facts of a sighting added up for every card: who fits best, and how far one can rely on it."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass

from app.models.rules.found import models, nearness
from app.models.rules.found.gallery import CODE_FIELDS, WORD_FIELDS, Gallery, class_told
from app.models.rules.found.looks import ASPECTS
from app.models.rules.found.sighting import Sighting
from app.models.rules.found.weights import Weights
from app.words import mark

_REGISTERED = 0.5
"""How likely the found person is registered at all, before anything is told of them."""
WELL, FAIRLY = 0.5, 0.08
FITS_WELL = mark("Fits well")
FITS = mark("May fit")
FITS_LITTLE = mark("Fits little")


@dataclass(frozen=True, slots=True)
class Part:
    """How much one told fact speaks for a card. `code` is the ticked one where the fact is a list of codes."""

    fact: str
    code: str
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """One card, how well the sighting fits it (log-likelihood ratio), and the chance that it is this person."""

    card_id: str
    score: float
    chance: float
    parts: tuple[Part, ...]

    @property
    def verdict(self) -> str:
        """How well it fits, in marked words."""
        return FITS_WELL if self.chance >= WELL else FITS if self.chance >= FAIRLY else FITS_LITTLE


Column = tuple[str, str, list[float]]


def rank(gallery: Gallery, sighting: Sighting, weights: Weights, most: int = 20) -> tuple[Match, ...]:
    """The `most` cards that fit best, the best first. Raises RuleBroken when too little is told."""
    sighting.require_enough()
    columns = list(_columns(gallery, sighting, weights))
    if not len(gallery) or not columns:
        return ()
    totals = [sum(row) for row in zip(*(column for _, _, column in columns), strict=True)]
    highest = max(totals)
    whole = math.fsum(math.exp(total - highest) for total in totals)
    stranger = (1 - _REGISTERED) / _REGISTERED * len(totals) * math.exp(-max(highest, -500.0))
    best = heapq.nlargest(most, range(len(totals)), key=totals.__getitem__)
    return tuple(
        Match(
            gallery.ids[place],
            totals[place],
            math.exp(totals[place] - highest) / (whole + stranger),
            tuple(Part(fact, code, column[place]) for fact, code, column in columns),
        )
        for place in best
    )


def _columns(gallery: Gallery, sighting: Sighting, weights: Weights) -> Iterator[Column]:
    """For each told fact: what it speaks for each card, in the order of the gallery."""
    if sighting.gender is not None:
        genders = models.spread(gallery.counted("gender", gallery.gender), models.gender(sighting.gender, weights))
        yield "gender", "", models.looked_up(gallery.gender, genders)
    if sighting.age is not None:
        ages = models.spread(gallery.counted("age", gallery.age), models.age(sighting.age, weights))
        yield "age", "", models.looked_up(gallery.age, ages)
    if sighting.height_cm is not None:
        heights = models.spread(gallery.counted("height", gallery.height), models.height(sighting.height_cm, weights))
        yield "height_cm", "", models.looked_up(gallery.height, heights)
    for aspect in ASPECTS:
        told = class_told(aspect, sighting)
        if told is not None:
            column = gallery.aspects[aspect.name]
            table = models.spread(gallery.counted(aspect.name, column), models.aspect(told, aspect, weights))
            yield aspect.name, "", models.looked_up(column, table)
    for name in CODE_FIELDS:
        for code in models.told_codes(name, sighting):
            ticked = models.code_table(gallery.counted(name, gallery.codes[name]), code, weights)
            yield name, code, models.looked_up(gallery.codes[name], ticked)
    for name in WORD_FIELDS:
        if getattr(sighting, name).strip():
            yield name, "", models.WordScore(gallery, name, getattr(sighting, name), weights).all(len(gallery))
    if sighting.position is not None:
        yield "position", "", nearness.scores(gallery, sighting.position, weights)

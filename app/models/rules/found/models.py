"""How much each told fact speaks for each card: log-likelihood ratios, natural logarithm.

For every fact: how likely is it that this is told when the found person is this registrant, against how likely it is
told of any registrant. The second is counted in the gallery itself, so a rare thing that fits speaks louder than a
common one. Nothing excludes anybody: each fact may be wrong (`Weights.wrong`) and then is anything. Where a card does
not tell, it gains and loses nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from app.models.rules.found import words
from app.models.rules.found.gallery import CODE_FIELDS, Gallery, WordIndex
from app.models.rules.found.looks import Aspect
from app.models.rules.found.weights import Weights
from app.models.vocab import Attraction, Condition, Gender, Mobility, SpeaksBy, WornAid

K = TypeVar("K", bound=Hashable)
_AGES, _HEIGHTS = 100.0, 120.0
"""How many different ages and heights (cm) a wrong answer may be."""
_GUESSED_CARDS = 25
"""How many cards the first guess at the frequency of a word counts for."""
_SAID = frozenset({Gender.WOMAN, Gender.MAN})

_ALIKE: tuple[frozenset[str], ...] = tuple(
    frozenset(pair)
    for pair in (
        (Condition.DEMENTIA, Condition.BRAIN_INJURY),
        (Condition.DEMENTIA, Condition.MENTAL_HEALTH),
        (Condition.AUTISM, Condition.INTELLECTUAL),
        (Condition.AUTISM, Condition.SPEECH),
        (Condition.INTELLECTUAL, Condition.DOWN),
        (Condition.INTELLECTUAL, Condition.FASD),
        (Condition.HEARING, Condition.SPEECH),
        (Condition.MENTAL_HEALTH, Condition.BRAIN_INJURY),
        (Condition.CEREBRAL_PALSY, Condition.BRAIN_INJURY),
        (SpeaksBy.NON_VERBAL, SpeaksBy.FEW_WORDS),
        (SpeaksBy.NON_VERBAL, SpeaksBy.PICTURES),
        (SpeaksBy.NON_VERBAL, SpeaksBy.SIGN),
        (SpeaksBy.FEW_WORDS, SpeaksBy.ECHOES),
        (SpeaksBy.FEW_WORDS, SpeaksBy.SIMPLE),
        (Mobility.SLOW, Mobility.AID),
        (Mobility.AID, Mobility.WHEELCHAIR),
        (Mobility.RUNS, Mobility.WALKS_WELL),
        (Attraction.ROADS, Attraction.VEHICLES),
        (Attraction.HEIGHTS, Attraction.CONSTRUCTION),
        (WornAid.GLASSES, WornAid.HEARING_AID),
    )
)
"""What is easily taken for one another by someone who meets the person for the first time."""


def spread(counted: Mapping[K, int], likely: Callable[[Any], float]) -> dict[K, float]:
    """For each value that cards have: the log of how likely the told fact is with it, against all cards together.

    None says nothing: it speaks neither for nor against.
    """
    known = {value: likely(value) for value in counted if value is not None}
    total = sum(counted[value] for value in known)
    average = sum(counted[value] * chance for value, chance in known.items()) / total if total else 1.0
    return {
        value: math.log(max(known[value], 1e-12) / max(average, 1e-12)) if value in known else 0.0 for value in counted
    }


def gender(told: Gender, weights: Weights) -> Callable[[Gender], float]:
    """How likely a gender is told, by what is registered; one that cannot be seen may look like either."""

    def likely(registered: Gender) -> float:
        if told not in _SAID or registered not in _SAID:
            return 0.5
        return 1 - weights.gender_wrong if registered is told else weights.gender_wrong

    return likely


def age(told: tuple[int, int], weights: Weights) -> Callable[[tuple[int, int]], float]:
    """How likely an age is told, by the youngest and oldest that the registrant can be."""

    def likely(known: tuple[int, int]) -> float:
        apart = max(known[0] - told[1], told[0] - known[1], 0)
        error = weights.age_error((known[0] + known[1]) / 2)
        return _mixed(apart, error, weights.wrong, _AGES, width=told[1] - told[0])

    return likely


def height(told: int, weights: Weights) -> Callable[[int], float]:
    """How likely a height is told, by the registered one, both in centimetres."""

    def likely(registered: int) -> float:
        return _mixed(abs(registered - told), weights.height_cm, weights.wrong, _HEIGHTS)

    return likely


def _mixed(apart: float, error: float, wrong: float, among: float, width: float = 0.0) -> float:
    """A normal error, or with the chance `wrong` anything `among` so many; a wide answer is less of a hit."""
    inside = math.exp(-0.5 * (apart / error) ** 2) / (error * math.sqrt(2 * math.pi) + width)
    return (1 - wrong) * inside + wrong / among


def aspect(told: str, of: Aspect, weights: Weights) -> Callable[[str], float]:
    """How likely a class of hair, eyes or build is told, by the registered class."""
    alike = [other for other in of.classes if of.are_alike(told, other)]
    rest = max(len(of.classes) - 1 - len(alike), 1)

    def likely(registered: str) -> float:
        if registered == told:
            return weights.looks_right
        left = 1 - weights.looks_right
        if of.are_alike(registered, told):
            return left * weights.alike / max(len(alike), 1)
        return left * (1 - weights.alike) / rest

    return likely


def code(told: str, weights: Weights, common: float) -> Callable[[frozenset[str]], float]:
    """How likely a code is ticked, by the codes of a card; `common`: how many cards of all have it."""
    by_mistake = 0.5 * weights.wrong + 0.3 * common
    alike = frozenset(other for pair in _ALIKE if told in pair for other in pair if other != told)

    def likely(has: frozenset[str]) -> float:
        if told in has:
            return weights.code_told
        if alike & has:
            return (weights.code_told + 2 * by_mistake) / 3
        return by_mistake

    return likely


Codes = frozenset[str] | None


def code_table(counted: Mapping[Codes, int], told: str, weights: Weights) -> dict[Codes, float]:
    """For each set of codes that cards have in a field: how much a ticked code speaks for it."""
    answered = sum(count for codes, count in counted.items() if codes is not None)
    common = sum(count for codes, count in counted.items() if codes and told in codes) / max(answered, 1)
    return spread(counted, code(told, weights, common))


def told_codes(name: str, sighting: object) -> tuple[str, ...]:
    """The codes that a sighting ticks in a field of `CODE_FIELDS`."""
    assert name in CODE_FIELDS
    return tuple(getattr(sighting, name))


class WordScore:
    """What the told words of one field speak for each card that has some of them, and against the others."""

    def __init__(self, gallery: Gallery, name: str, text: str, weights: Weights) -> None:
        self.index: WordIndex = gallery.texts[name]
        self.most = weights.words_most
        told_rate = getattr(weights, f"{name}_told")
        self.gain: dict[str, float] = {}
        self.loss = 0.0
        for term in words.terms(text):
            meant = gallery.meant(term, self.index)
            rate = self._rate(meant, weights)
            if meant in self.gain or rate >= told_rate:
                continue
            self.gain[meant] = math.log(told_rate / rate)
            if words.PAIR not in meant and meant in self.index.cards:
                self.loss += math.log((1 - told_rate) / (1 - rate))
        self.loss = max(self.loss, -1.5)

    def _rate(self, term: str, weights: Weights) -> float:
        """How often the word is said of anybody: what the cards show, held back by a guess while they are few."""
        counted = len(self.index.cards.get(term, ())) + _GUESSED_CARDS * weights.word_guess
        return max(counted / (self.index.size + _GUESSED_CARDS), weights.word_floor)

    def of_terms(self, shared: Iterable[str]) -> float:
        """What a card gains that shares these words; a colour with its garment counts once, not thrice."""
        shared = set(shared)
        gained = 0.0
        for term in shared:
            inside = [pair for pair in shared if words.PAIR in pair and term in pair.split(words.PAIR)]
            if not inside:
                gained += self.gain[term]
        return min(gained, self.most)

    def all(self, cards: int) -> list[float]:
        """For each card."""
        if not self.gain:
            return [0.0] * cards
        totals = [self.loss if filled else 0.0 for filled in self.index.filled]
        terms = list(self.gain)
        shared: dict[int, int] = {}
        for bit, term in enumerate(terms):
            for place in self.index.cards.get(term, ()):
                shared[place] = shared.get(place, 0) | 1 << bit
        score = {
            bits: self.of_terms(term for bit, term in enumerate(terms) if bits >> bit & 1)
            for bits in set(shared.values())
        }
        for place, bits in shared.items():
            totals[place] = score[bits]
        return totals


def looked_up(column: Sequence[K], table: Mapping[K, float]) -> list[float]:
    """What a fact speaks for each card."""
    return [table[value] for value in column]

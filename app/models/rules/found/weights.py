"""What is believed about how well people tell what they see, each with where it comes from.

The three in `Weights` that differ most between services are settings of the agency (`vpr.found_*`). The others are
judgements that stand here, in one place; the ranking is tried with noise of other sizes and forms in
`bench/found_person.py`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The noise of a sighting. Lengths in centimetres and metres, ages in years, the rest as shares of 1."""

    wrong: float = 0.10
    """How often a told fact is simply wrong (setting, in percent). Estimates of this differ; a tenth keeps any single
    fact from deciding."""
    height_cm: float = 7.0
    """The usual error of an estimated height (setting): witnesses err by several centimetres, towards the average."""
    age_years: float = 7.0
    """The usual error of an adult's estimated age (setting); a child's is smaller (`age_error`)."""
    near_m: float = 800.0
    """Half of those who wander are found within this distance (setting). 0.8 km is the median of 87 searches for people
    with dementia (R. J. Koester, Wandering Characteristics, dbS Productions)."""
    at_place_m: float = 250.0
    """Half of those who went to a place they know are found within this distance of the point kept for it: a pond or a
    mall is larger than its point."""
    far: float = 0.12
    """How often a person is found far from everything the card names: on a bus, or in a car."""
    far_area_m2: float = 3.0e8
    """How large the region is in which they are then; a municipality and its neighbours."""
    gender_wrong: float = 0.04
    """How often a gender is judged otherwise than registered, by clothes or hair."""
    alike: float = 0.6
    """Of the answers that are not right, how many are of a class that looks alike."""
    looks_right: float = 0.62
    """How often the class of hair, eyes or build is told as it is registered: light, dye, a new cut, other words."""
    clothing_told: float = 0.35
    """How often a word of the usual clothing comes up again in what is seen; clothes change."""
    carried_told: float = 0.35
    """The same of what is usually carried."""
    marks_told: float = 0.55
    """The same of scars and tattoos, which stay but may be covered."""
    place_told: float = 0.5
    """How often a word of the address or of a place comes up where the person was found there."""
    code_told: float = 0.6
    """How often what is ticked (communication, conditions, attractions, aids, getting about) is ticked rightly."""
    words_most: float = 7.0
    """The most that the words of one field may count for: several words about one coat are not several witnesses."""
    word_guess: float = 0.02
    """How often a word is said of anybody, before any card is looked at."""
    word_floor: float = 0.002
    """A word is never rarer than this: a word that one card has may still be said of anybody."""

    def age_error(self, years: float) -> float:
        """The usual error at an age: a year at birth, growing to that of adults."""
        return min(self.age_years, 1.0 + 0.2 * years)


def from_settings(wrong_percent: int, height_cm: int, age_years: int, near_m: int) -> Weights:
    """The weights with the agency's own settings."""
    return Weights(
        wrong=wrong_percent / 100, height_cm=float(height_cm), age_years=float(age_years), near_m=float(near_m)
    )

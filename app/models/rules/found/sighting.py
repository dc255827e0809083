"""What an officer tells about an unknown person: nothing has to be told, and anything may be wrong."""

from __future__ import annotations

from dataclasses import dataclass, fields

from app.errors import RuleBroken
from app.models.vocab import Attraction, Condition, Gender, Mobility, SpeaksBy, WornAid
from app.words import mark

OLDEST, SHORTEST_CM, TALLEST_CM = 120, 40, 250
LEAST_FACTS = 2
TOO_LITTLE = mark("Tell at least two things about the person.")
NO_AGE = mark("An age is a number of years from 0 to 120, the lower one first.")
NO_HEIGHT = mark("A height is a number of centimetres from 40 to 250.")
NO_PLACE = mark("A place is a latitude from -90 to 90 and a longitude from -180 to 180.")


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One unknown person. Words are free, in English or French; positions are WGS-84 degrees.

    `age`: the youngest and the oldest they may be, in years. `place`: where they were found, in words. An empty or
    missing fact says nothing: it is never taken for "no".
    """

    gender: Gender | None = None
    age: tuple[int, int] | None = None
    height_cm: int | None = None
    build: str = ""
    hair: str = ""
    eyes: str = ""
    clothing: str = ""
    carried: str = ""
    marks: str = ""
    worn_aids: tuple[WornAid, ...] = ()
    mobility: tuple[Mobility, ...] = ()
    communication: tuple[SpeaksBy, ...] = ()
    conditions: tuple[Condition, ...] = ()
    attractions: tuple[Attraction, ...] = ()
    place: str = ""
    position: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be, naming the field."""
        if self.age is not None and not 0 <= self.age[0] <= self.age[1] <= OLDEST:
            raise RuleBroken(NO_AGE, field="age")
        if self.height_cm is not None and not SHORTEST_CM <= self.height_cm <= TALLEST_CM:
            raise RuleBroken(NO_HEIGHT, field="height_cm")
        if self.position is not None and not (abs(self.position[0]) <= 90 and abs(self.position[1]) <= 180):
            raise RuleBroken(NO_PLACE, field="position")

    @property
    def facts(self) -> int:
        """How many things are told."""
        single = (self.gender, self.age, self.height_cm, self.position)
        texts = (self.build, self.hair, self.eyes, self.clothing, self.carried, self.marks, self.place)
        lists = (self.worn_aids, self.mobility, self.communication, self.conditions, self.attractions)
        return (
            sum(one is not None for one in single)
            + sum(bool(text.strip()) for text in texts)
            + sum(len(codes) for codes in lists)
        )

    @property
    def told(self) -> tuple[str, ...]:
        """The names of the facts that are told."""
        return tuple(one.name for one in fields(self) if getattr(self, one.name) not in (None, "", ()))

    def require_enough(self) -> None:
        """Raises RuleBroken when so little is told that the list would be everybody."""
        if self.facts < LEAST_FACTS:
            raise RuleBroken(TOO_LITTLE, field="gender")

"""`locate`: from bearings to a fix, stage by stage.

1. What was marked as reflected or blocked, or is too old, is set aside (`worth`).
2. Bearings from fewer than two places are too few.
3. Rays that meet only behind an observer, or not at all, diverge; tested before any angle (domain.md 7.4).
4. The place that explains the bearings best is searched on a flat map (`search`), then settled on the ellipsoid.
5. Bearings that this place makes improbable are set aside as reflected; what is left must cross at 20 degrees or more.
6. Ellipse, alternatives, notes and the next bearing's place are added.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.errors import Defect, RuleBroken
from app.locate import ellipse, geodesy, plane, search, suggestion, worth
from app.locate.assumptions import Assumptions
from app.locate.bearing import Bearing
from app.locate.ellipse import Spread
from app.locate.evidence import NEAREST_M, Judged, Look, Reading, judge
from app.locate.fix import Alternative, Ellipse, Fix, Residual, Said, SetAside, Status, Suggestion
from app.locate.geodesy import Place
from app.locate.plane import Plane, Sight
from app.locate.search import BELIEVED, Summit
from app.words import mark

_ELSEWHERE = 0.05  # a place that holds less of the probability is not worth a mention
_AMBIGUOUS = 0.2
_NARROW_DEG = 30.0
_DEFAULTS = Assumptions()


def locate(bearings: Sequence[Bearing], *, at: datetime | None = None, assumptions: Assumptions = _DEFAULTS) -> Fix:
    """Where the transmitter is, with its uncertainty, or why there is no fix.

    `at` is the moment that the bearings' ages are counted to; without it, the newest bearing's time. The order of the
    bearings does not matter, except that the last one counts as the newest for the suggestion when none has a time.
    Raises RuleBroken when some times have a zone and some have none.
    """
    return _Search(tuple(bearings), _moment(bearings, at), assumptions).run()


def _moment(bearings: Sequence[Bearing], at: datetime | None) -> datetime | None:
    times = [bearing.time for bearing in bearings if bearing.time is not None]
    if len({time.tzinfo is None for time in [*times, *([at] if at else [])]}) > 1:
        raise RuleBroken(mark("Some times have a time zone and some have none."), field="time")
    return at if at is not None else max(times, default=None)


@dataclass(frozen=True)
class _Candidate:
    """A bearing that takes part: its index as given, and what is known of it ready for calculation."""

    index: int
    bearing: Bearing
    reading: Reading
    sight: Sight


class _Search:
    """One calculation; holds what its stages share."""

    def __init__(self, bearings: tuple[Bearing, ...], at: datetime | None, given: Assumptions) -> None:
        self._bearings, self._at, self._given = bearings, at, given
        self._aside: dict[int, Said] = {}
        self._notes: list[Said] = []

    def run(self) -> Fix:
        """The stages in their order."""
        chosen = self._sorted_out()
        if not chosen:
            return self._without(Status.TOO_FEW)
        self._map = Plane(geodesy.middle([self._bearings[index].place for index in chosen]))
        self._taking_part = self._prepared(chosen)
        sights = [one.sight for one in self._taking_part]
        if plane.crossing_angle_deg(sights, self._given.same_place_m) is None:
            return self._without(Status.TOO_FEW, suggestion=self._after_one_place())
        met = plane.crossings(sights, self._given.same_place_m, self._given.horizon_m)
        summits = search.summits([one.reading for one in self._taking_part], sights, met, self._given)
        if not summits:
            self._notes.append(Said(mark("Take them again: one may have been read off the back of the antenna.")))
            return self._without(Status.DIVERGE, crossing=self._crossing_angle(sights))
        return self._from_summits(summits)

    def _sorted_out(self) -> list[int]:
        """The indexes of the bearings that take part."""
        chosen = []
        for index, bearing in enumerate(self._bearings):
            why = worth.unusable(bearing, self._at, self._given)
            if why is None:
                chosen.append(index)
            else:
                self._aside[index] = why
        return self._near_each_other(chosen)

    def _near_each_other(self, chosen: Sequence[int]) -> list[int]:
        """Without those whose place cannot be right, because it lies beyond the horizon of most others."""
        places = [self._bearings[index].place for index in chosen]
        apart = geodesy.strangers(places, self._given.horizon_m)
        for number, kilometres in apart.items():
            self._aside[chosen[number]] = Said(
                mark("taken {kilometres} km from the others: check the position"), {"kilometres": kilometres}
            )
        return [index for number, index in enumerate(chosen) if number not in apart]

    def _prepared(self, chosen: Sequence[int]) -> list[_Candidate]:
        """In an order of their own, so that the order in which bearings were given cannot show in the last digit."""
        share = self._given.reflected_share if len(chosen) > 2 else 0.0  # of two nobody knows which one is wrong
        found = [
            _Candidate(
                index,
                bearing := self._bearings[index],
                worth.reading(bearing, self._at, share, self._given),
                self._map.sight(bearing.place, bearing.true_deg),
            )
            for index in chosen
        ]
        return sorted(
            found, key=lambda one: (-one.reading.weight, one.sight.east, one.sight.north, one.sight.direction)
        )

    def _from_summits(self, summits: Sequence[Summit]) -> Fix:
        best = summits[0]
        place, judged, looks = self._settled(best)
        used = [probability >= BELIEVED for probability in judged.good]
        self._set_aside_reflected(looks, used)
        angle = self._crossing_angle([one.sight for one, use in zip(self._taking_part, used, strict=True) if use])
        if angle is None or not self._wide(angle, self._given.least_angle_deg):
            self._notes.append(Said(mark("Take one more bearing from the side.")))
            return self._without(
                Status.ANGLE_TOO_SMALL,
                crossing=angle,
                suggestion=self._suggested((best.east, best.north), self._normal(best), None),
            )
        return self._fixed(summits, place, judged, looks, angle)

    def _settled(self, summit: Summit) -> tuple[Place, Judged, list[Look]]:
        """The summit taken to the ellipsoid: Gauss-Newton on the residuals of geodesics, down to a millimetre."""
        readings = [one.reading for one in self._taking_part]
        place, last = self._map.place(summit.east, summit.north), math.inf
        while True:
            looks = self._looks(place)
            judged = judge(readings, looks, self._given)
            step = search.newton(judged)
            if not 1e-3 <= math.hypot(*step) < last:
                return place, judged, looks
            place, last = geodesy.moved(place, *step), math.hypot(*step) / 2

    def _looks(self, place: Place) -> list[Look]:
        return [_look(one.bearing, place) for one in self._taking_part]

    def _set_aside_reflected(self, looks: Sequence[Look], used: Sequence[bool]) -> None:
        for one, look, use in zip(self._taking_part, looks, used, strict=True):
            if not use:
                degrees = round(abs(math.degrees(look.residual)))
                self._aside[one.index] = Said(
                    mark("points {degrees} degrees away from where the others meet: probably a reflection"),
                    {"degrees": degrees},
                )

    def _crossing_angle(self, sights: Sequence[Sight]) -> float | None:
        return plane.crossing_angle_deg(sights, self._given.same_place_m)

    @staticmethod
    def _wide(angle: float, least: float) -> bool:
        # A hair of tolerance: 20 degrees typed as 45 and 25 is 20 degrees.
        return least - 1e-3 <= angle <= 180 - least + 1e-3

    def _fixed(
        self, summits: Sequence[Summit], place: Place, judged: Judged, looks: Sequence[Look], angle: float
    ) -> Fix:
        spread, factor = self._around(summits[0])
        alternatives = tuple(
            Alternative(self._map.place(summit.east, summit.north), summit.share)
            for summit in summits[1:]
            if summit.share >= _ELSEWHERE
        )
        near_parallel = not self._wide(angle, _NARROW_DEG)
        if _ambiguous(alternatives):
            self._notes.append(Said(mark("Two places fit these bearings: one more bearing tells them apart.")))
        if near_parallel:
            self._note_narrow(angle)
        self._note_far(looks, judged)
        return self._result(
            Status.FIX,
            place=place,
            area=self._ellipse(spread, factor, place),
            crossing_angle_deg=angle,
            residuals=self._residuals(place, judged, looks),
            alternatives=alternatives,
            near_parallel=near_parallel,
            suggestion=self._suggested((summits[0].east, summits[0].north), spread, factor),
        )

    def _around(self, summit: Summit) -> tuple[Spread, float]:
        readings = [one.reading for one in self._taking_part]
        found = ellipse.around(summit, readings, [one.sight for one in self._taking_part], self._given)
        if found is None:
            raise Defect(mark("Bearings that cross have no uncertainty; this is a mistake in Haven."))
        return found

    def _note_narrow(self, angle: float) -> None:
        degrees = round(min(angle, 180 - angle))
        text = mark("The lines cross at {degrees} degrees only: the place is uncertain along them.")
        self._notes.append(Said(text, {"degrees": degrees}))

    def _note_far(self, looks: Sequence[Look], judged: Judged) -> None:
        if all(
            look.metres > one.reading.range_m
            for one, look, probability in zip(self._taking_part, looks, judged.good, strict=True)
            if probability >= BELIEVED
        ):
            self._notes.append(Said(mark("The place is farther from every observer than the signal usually carries.")))

    def _ellipse(self, spread: Spread, factor: float, place: Place) -> Ellipse:
        """The spread on the map as an ellipse at the place: its direction turned to true north there."""
        major, minor, azimuth = spread.axes()
        found = geodesy.line(self._map.middle, place)
        turn = found.arriving_deg - found.leaving_deg if found.metres > NEAREST_M else 0.0
        return Ellipse(major * factor, minor * factor, (azimuth + turn) % 180.0)

    def _residuals(self, place: Place, judged: Judged, looks: Sequence[Look]) -> tuple[Residual, ...]:
        found = {
            one.index: Residual(
                one.index, math.degrees(look.residual), one.reading.weight * probability, probability >= BELIEVED
            )
            for one, look, probability in zip(self._taking_part, looks, judged.good, strict=True)
        }
        for index, bearing in enumerate(self._bearings):
            if index not in found:
                found[index] = Residual(index, math.degrees(_look(bearing, place).residual), 0.0, False)
        return tuple(found[index] for index in sorted(found))

    def _normal(self, summit: Summit) -> Spread:
        """The spread that the information at a summit gives, or the whole hearing range when it gives none."""
        wide = self._given.range_m**2
        return ellipse.from_information(summit.judged.information) or Spread(wide, 0.0, wide)

    def _after_one_place(self) -> Suggestion | None:
        """The next place after bearings that were all taken from one."""
        one = self._taking_part[0]
        target, spread = suggestion.first_guess(
            (one.sight.east, one.sight.north), one.sight.direction, one.reading.range_m, one.reading.sigma
        )
        return self._suggested(target, spread, None)

    def _suggested(self, target: tuple[float, float], spread: Spread, factor: float | None) -> Suggestion | None:
        last = self._last()
        at = self._map.sight(last, 0.0)
        choice = suggestion.choose((at.east, at.north), target, spread, self._given)
        if choice is None:
            return None
        place = self._map.place(choice.east, choice.north)
        there = geodesy.line(last, place)
        looking = geodesy.line(place, self._map.place(*target)).leaving_deg
        return Suggestion(
            place,
            there.metres,
            geodesy.whole_turn(there.leaving_deg),
            geodesy.whole_turn(looking),
            None if factor is None else choice.left_m * factor,
        )

    def _last(self) -> Place:
        """Where the team was last: the place of the newest bearing, of the last one given when times are equal."""
        ages = [bearing.age_s(self._at) for bearing in self._bearings]
        newest = min(ages)
        return [bearing.place for bearing, age in zip(self._bearings, ages, strict=True) if age == newest][-1]

    def _without(self, status: Status, *, crossing: float | None = None, suggestion: Suggestion | None = None) -> Fix:
        residuals = tuple(Residual(index, None, 0.0, False) for index in range(len(self._bearings)))
        return self._result(status, crossing_angle_deg=crossing, residuals=residuals, suggestion=suggestion)

    def _result(
        self,
        status: Status,
        *,
        residuals: tuple[Residual, ...],
        place: Place | None = None,
        area: Ellipse | None = None,
        crossing_angle_deg: float | None = None,
        alternatives: tuple[Alternative, ...] = (),
        near_parallel: bool = False,
        suggestion: Suggestion | None = None,
    ) -> Fix:
        return Fix(
            status,
            self._bearings,
            self._at,
            self._given,
            place=place,
            ellipse=area,
            crossing_angle_deg=crossing_angle_deg,
            residuals=residuals,
            set_aside=tuple(SetAside(index, self._aside[index]) for index in sorted(self._aside)),
            alternatives=alternatives,
            ambiguous=_ambiguous(alternatives),
            near_parallel=near_parallel,
            notes=tuple(self._notes),
            suggestion=suggestion,
        )


def _ambiguous(alternatives: Sequence[Alternative]) -> bool:
    return any(alternative.share >= _AMBIGUOUS for alternative in alternatives)


def _look(bearing: Bearing, place: Place) -> Look:
    """How a place looks from where a bearing was taken, along the geodesic."""
    found = geodesy.line(bearing.place, place)
    arriving = math.radians(found.arriving_deg)
    east, north = math.sin(arriving), math.cos(arriving)
    reduced = max(found.reduced_m, NEAREST_M)
    off = math.radians(geodesy.difference(bearing.true_deg, found.leaving_deg))
    return Look(off, north / reduced, -east / reduced, east, north, max(found.metres, NEAREST_M))

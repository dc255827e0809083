"""The uncertainty of a place: the ellipse that holds 95 of 100.

The information matrix alone gives an ellipse that is too short where lines cross at small angles (the probability has a
long tail away from the observers) and where a bearing may or may not be a reflection. So the probability around the
summit is added up at a few dozen points, dealt out as a sunflower deals its seeds, the outer ones farther apart
(importance sampling from a bivariate Student distribution with the shape that the information gives). Its second
moments give the ellipse's shape, and its size is where 95% lie inside; a little more when other places hold some of the
probability, though never so much that it would reach over to them: they are shown by themselves.

How far bearings scatter is known beforehand (5 degrees) and seen a little in the residuals: the two are joined as a
scaled inverse chi-square prior and its update, which is what `_scale` does; the size is then the one of a Student
instead of a normal distribution.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.locate import plane
from app.locate.assumptions import Assumptions
from app.locate.evidence import Judged, Reading, judge
from app.locate.plane import Sight
from app.locate.search import Summit

_LEVEL = 0.95
_MOST = 0.97
_SEEDS = 40  # pairs
_HEAVY = 4.0  # degrees of freedom of the distribution that the seeds are dealt from
_PRIOR_BEARINGS = 1.0  # what is believed beforehand about reflections counts like so many bearings
_Point = tuple[float, float, float]
_GOLDEN = math.pi * (3 - math.sqrt(5))


@dataclass(frozen=True)
class Spread:
    """A symmetric matrix of squared metres: variance east, covariance, variance north."""

    ee: float
    en: float
    nn: float

    def axes(self) -> tuple[float, float, float]:
        """Standard deviations along the long and the short axis, and the long one's direction in degrees, [0, 180)."""
        mean, half = (self.ee + self.nn) / 2, (self.nn - self.ee) / 2
        swing = math.hypot(half, self.en)
        azimuth = math.degrees(math.atan2(self.en, half)) / 2 % 180.0
        return math.sqrt(mean + swing), math.sqrt(max(mean - swing, 0.0)), azimuth

    def times(self, factor: float) -> Spread:
        """The same shape, its variances `factor` times as large."""
        return Spread(self.ee * factor, self.en * factor, self.nn * factor)


def from_information(information: tuple[float, float, float]) -> Spread | None:
    """The spread that a normal distribution with this information has; None when it has none."""
    ee, en, nn = information
    determinant = ee * nn - en * en
    return Spread(nn / determinant, -en / determinant, ee / determinant) if determinant > 0 else None


def around(
    summit: Summit, readings: Sequence[Reading], sights: Sequence[Sight], given: Assumptions
) -> tuple[Spread, float] | None:
    """The spread around a summit, and by what its axes are to be multiplied to hold 95 of 100."""
    believed = _believed(readings, summit.judged.good)

    def at(east: float, north: float) -> Judged:
        return judge(believed, [plane.look(s, summit.east + east, summit.north + north) for s in sights], given)

    centre = at(0.0, 0.0)
    normal = from_information(centre.information)
    if normal is None:
        return None
    away = (
        math.fsum(summit.east - sight.east for sight in sights),
        math.fsum(summit.north - sight.north for sight in sights),
    )
    points = _dealt(normal, away, at, centre.log)
    spread = _moments(points)
    inside = _holding(points, spread, min(_LEVEL / summit.share, _MOST))
    return spread, math.sqrt(inside * _scale(readings, sights, summit, given))


def _believed(readings: Sequence[Reading], good: Sequence[float]) -> list[Reading]:
    """The readings with the probability of a reflection as these bearings themselves make it look."""
    doubtful = math.fsum(1 - probability for probability in good)
    count = len(readings)
    return [
        replace(reading, share=(_PRIOR_BEARINGS * reading.share + doubtful) / (_PRIOR_BEARINGS + count))
        if reading.share
        else reading
        for reading in readings
    ]


def _dealt(normal: Spread, away: tuple[float, float], at: Callable[[float, float], Judged], log: float) -> list[_Point]:
    """The seeds: metres east, metres north, and how much of the probability each stands for.

    `away` is the direction away from the observers.
    """
    long, short, azimuth = normal.axes()
    along_e, along_n = math.sin(math.radians(azimuth)), math.cos(math.radians(azimuth))
    if along_e * away[0] + along_n * away[1] < 0:  # the same seeds, whichever way the whole search is turned
        along_e, along_n = -along_e, -along_n
    found = []
    for seed in range(_SEEDS):
        outside = 1 - (seed + 0.5) / _SEEDS
        square = _HEAVY * (math.pow(outside, -2 / _HEAVY) - 1)
        along = long * math.sqrt(square) * math.cos(_GOLDEN * seed)
        aside = short * math.sqrt(square) * math.sin(_GOLDEN * seed)
        dealt = (1 + square / _HEAVY) ** (-(_HEAVY + 2) / 2)
        for across in (aside, -aside):  # in mirrored pairs, so that the seeds' own slant cannot show
            east, north = along_e * along + along_n * across, along_n * along - along_e * across
            found.append((east, north, math.exp(at(east, north).log - log) / dealt))
    return found


def _moments(points: Sequence[_Point]) -> Spread:
    whole = math.fsum(weight for _, _, weight in points)
    return Spread(
        math.fsum(weight * east * east for east, _, weight in points) / whole,
        math.fsum(weight * east * north for east, north, weight in points) / whole,
        math.fsum(weight * north * north for _, north, weight in points) / whole,
    )


def _holding(points: Sequence[_Point], spread: Spread, level: float) -> float:
    """The squared size, in units of `spread`, inside which `level` of the probability lies."""
    determinant = spread.ee * spread.nn - spread.en * spread.en
    sizes = sorted(
        ((spread.nn * e * e - 2 * spread.en * e * n + spread.ee * n * n) / determinant, weight)
        for e, n, weight in points
    )
    wanted = level * math.fsum(weight for _, weight in sizes)
    before, size_before, passed = 0.0, 0.0, 0.0
    for size, weight in sizes:
        so_far = passed + weight / 2
        if so_far >= wanted:
            return size_before + (size - size_before) * (wanted - before) / (so_far - before)
        before, size_before, passed = so_far, size, passed + weight
    return sizes[-1][0]


def _scale(readings: Sequence[Reading], sights: Sequence[Sight], summit: Summit, given: Assumptions) -> float:
    """By what the squared size grows: with what the residuals say of the scatter, and with how little they can say."""
    good = summit.judged.good
    squares = math.fsum(
        probability * (plane.look(sight, summit.east, summit.north).residual / reading.sigma) ** 2
        for reading, sight, probability in zip(readings, sights, good, strict=True)
    )
    freedom = given.prior_readings + max(math.fsum(good) - 2, 0.0)
    variance = (given.prior_readings + squares) / freedom
    outside = 1 - _LEVEL
    student = freedom * (math.pow(outside, -2 / freedom) - 1)
    return variance * student / (-2 * math.log(outside))

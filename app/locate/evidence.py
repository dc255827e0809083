"""How well a place explains what was observed: the likelihood of bearings, hearing range and signal strength.

**Bearings.** A bearing is good (normal around the true direction, standard deviation `sigma`) or, with a small
probability, reflected (any direction at all). The likelihood of this mixture is an M-estimator whose weights fall back
to nothing for a bearing far off: a wall's echo has no pull. R. V. Lenth, "On finding the source of a signal",
Technometrics 23 (1981), showed both the plain maximum likelihood for bearings and the gain from such weights. The
weight is the probability that the bearing is a good one, given the place. With two bearings nothing can tell which is
wrong, so both are taken as good.

**Distance.** A close bearing weighs more by itself: the same five degrees are 20 m at 200 m and 200 m at 2 km. Weak
pieces of evidence are added. That it was heard at all makes places beyond the hearing range less likely. That a bearing
was taken makes places within sight of the observer unlikely; without that, every observer would stand on a spot that
explains his own bearing for nothing. And among readings of one receiver a stronger signal was nearer: the level falls
by `10 * exponent` decibels for ten times the distance, from an unknown level at one metre that all readings share and
that is fitted away, with a scatter so wide (10 dB) that one reading tells a distance to a factor of two at best. So
signals decide between places that bearings leave open and move a good crossing by little. A signal never changes how
exact its bearing is thought to be: bars are not calibrated, and a strong signal next to a wall is a strong echo.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.locate.assumptions import Assumptions

NEAREST_M = 1.0  # no look is taken from nearer than this
_SIGHT_EDGE = 3.0  # standard deviations from the edge of sight to the observer


@dataclass(frozen=True)
class Reading:
    """What one observer contributes, ready for calculation.

    `sigma` in radians, fading included; `share` is the probability that such a bearing is reflected; `range_m` how far
    this observer hears; `level_db` the signal, comparable within `scale`; `weight` of the signal, from its age.
    """

    sigma: float
    share: float
    range_m: float
    level_db: float | None = None
    scale: str = ""
    weight: float = 1.0


class Look(NamedTuple):
    """A place as one observer sees it.

    `residual` in radians, measured less predicted; `turn_east`, `turn_north` in radians a metre: how the predicted
    direction turns when the place moves; `away_east`, `away_north` the unit vector from the observer; `metres` to it.
    """

    residual: float
    turn_east: float
    turn_north: float
    away_east: float
    away_north: float
    metres: float


@dataclass(frozen=True)
class Judged:
    """A place judged: the logarithm of its likelihood, the slope, the information, each bearing's probability of being
    good. Slope and information are in metres east and north; `information` is (ee, en, nn)."""

    log: float
    slope: tuple[float, float]
    information: tuple[float, float, float]
    good: tuple[float, ...]


class _Sum:
    """Adds up slope and information."""

    def __init__(self) -> None:
        self.log = self.e = self.n = self.ee = self.en = self.nn = 0.0

    def add(self, east: float, north: float, pull: float, weight: float) -> None:
        """One direction (east, north) with its pull and its information."""
        self.e += pull * east
        self.n += pull * north
        self.ee += weight * east * east
        self.en += weight * east * north
        self.nn += weight * north * north


def judge(readings: Sequence[Reading], looks: Sequence[Look], given: Assumptions) -> Judged:
    """How well the place that `looks` look at explains `readings`, and which way it would be explained better."""
    total = _Sum()
    good = tuple(_bearing(reading, look, total) for reading, look in zip(readings, looks, strict=True))
    _distances(readings, looks, given, total)
    return Judged(total.log, (total.e, total.n), (total.ee, total.en, total.nn), good)


def _distances(readings: Sequence[Reading], looks: Sequence[Look], given: Assumptions, total: _Sum) -> None:
    for reading, look in zip(readings, looks, strict=True):
        _hearing(reading, look, given, total)
    for scale in {reading.scale for reading in readings if reading.level_db is not None}:
        _signals(
            [(r, look) for r, look in zip(readings, looks, strict=True) if r.level_db is not None and r.scale == scale],
            given,
            total,
        )


def _bearing(reading: Reading, look: Look, total: _Sum) -> float:
    sigma = reading.sigma
    off = look.residual / sigma
    density = (1 - reading.share) * math.exp(-0.5 * off * off) / (sigma * math.sqrt(math.tau))
    anywhere = reading.share / math.tau
    if density + anywhere <= 0.0:  # only when no reflection is thought of: far out in the normal's tail
        good, total.log = 1.0, total.log - 0.5 * off * off
    else:
        good = density / (density + anywhere)
        total.log += math.log(density + anywhere)
    weight = good / (sigma * sigma)
    total.add(look.turn_east, look.turn_north, weight * look.residual, weight)
    return good


def _hearing(reading: Reading, look: Look, given: Assumptions, total: _Sum) -> None:
    if look.metres > reading.range_m:
        beyond = math.log(look.metres / reading.range_m)
        weight = 1 / (given.range_spread * given.range_spread * look.metres * look.metres)
        total.log -= 0.5 * (beyond / given.range_spread) ** 2
        total.add(look.away_east, look.away_north, -weight * beyond * look.metres, weight)
    elif look.metres < given.sight_m:
        within, weight = given.sight_m - look.metres, (_SIGHT_EDGE / given.sight_m) ** 2
        total.log -= 0.5 * weight * within * within
        total.add(look.away_east, look.away_north, weight * within, weight)


def _signals(heard: Sequence[tuple[Reading, Look]], given: Assumptions, total: _Sum) -> None:
    fall = 10 * given.path_exponent / math.log(10)
    weights = [reading.weight / given.shadow_db**2 for reading, _ in heard]
    whole = math.fsum(weights)
    at_one_metre, east, north = [], [], []
    for reading, look in heard:
        metres = max(look.metres, NEAREST_M)
        at_one_metre.append((reading.level_db or 0.0) + fall * math.log(metres))
        east.append(fall * look.away_east / metres)
        north.append(fall * look.away_north / metres)
    level = math.fsum(w * u for w, u in zip(weights, at_one_metre, strict=True)) / whole
    mean_e = math.fsum(w * e for w, e in zip(weights, east, strict=True)) / whole
    mean_n = math.fsum(w * n for w, n in zip(weights, north, strict=True)) / whole
    for weight, u, e, n in zip(weights, at_one_metre, east, north, strict=True):
        total.log -= 0.5 * weight * (u - level) ** 2
        total.add(e - mean_e, n - mean_n, -weight * (u - level), weight)

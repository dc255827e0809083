"""Direction finding over 10,000 simulated searches: how near, how honest, how fast; plain averaging beside it.

    .venv/bin/python -m bench.locate [SEARCHES]

**A search.** One transmitter, one team or two, 3 to 8 bearings taken in turn. A team begins 200 to 2,500 m away in any
direction; for each further bearing it walks 200 to 900 m, 20 to 100 degrees to the left or right of where the
transmitter is, and never nearer than 200 m or farther than 2,500 m. A bearing is off by a normal error of 5 degrees. In
the reflected series each bearing is, with 15%, any direction at all instead; nothing marks it. No signal strengths and
no times unless said.

**The bound.** At the true place the information of all bearings (1/sigma^2 times the squared turn of each direction,
summed) has as its inverse the smallest covariance that an unbiased estimate can have: the Cramer-Rao bound. The median
error of an estimate that reaches it, over all searches, is the median length of a normal vector with each search's own
bound as covariance; it is found from 20 draws a search. That is about a quarter smaller, so harder to meet, than the
median of the root of the bound's trace. In the reflected series the same bound is used, all bearings counted as if they
were good; beside it stands the bound of who is told which ones are reflected.

A search that ends without a fix counts as an infinite error in every median. Coverage is of the fixes. Plain averaging
is the mean of all crossings of two bearings ahead of both observers. Signals are judged on the same searches with and
without them. A call's time is the processor's, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.locate import Bearing, Fix, Place, Scale, Signal, Status, geodesy, locate
from app.locate.plane import Plane, crossings
from bench.figures import figure

_TRUTH = Place(43.45, -79.70)
_SIGMA_DEG = 5.0
_NEAR, _FAR = 200.0, 2500.0
_DRAWS = 20
_SEED = 20260501

_Point = tuple[float, float]


@dataclass(frozen=True)
class Search:
    """The bearings of one search, and which of them are good."""

    bearings: list[Bearing]
    good: list[bool]


@dataclass
class Series:
    """What was measured over many searches; errors in metres, infinite without a fix."""

    errors: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    bound: list[float] = field(default_factory=list)
    bound_told: list[float] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    ambiguous: int = 0
    ms: list[float] = field(default_factory=list)


def simulate(chance: random.Random, reflected: float, *, signals: bool = False) -> Search:
    """One search (see the module)."""
    teams = [_start(chance) for _ in range(chance.choice((1, 2, 2)))]
    exponent = chance.uniform(2.5, 4.5)
    bearings, good = [], []
    for number in range(chance.randint(3, 8)):
        team = number % len(teams)
        if number >= len(teams):
            teams[team] = _walk(chance, teams[team])
        straight = chance.random() >= reflected
        place = geodesy.moved(_TRUTH, *teams[team])
        true = geodesy.line(place, _TRUTH).leaving_deg
        read = true + chance.gauss(0, _SIGMA_DEG) if straight else chance.uniform(0, 360)
        signal = _bars(chance, math.hypot(*teams[team]), exponent, straight) if signals else None
        bearings.append(Bearing(place.lat, place.lon, geodesy.whole_turn(read), signal=signal))
        good.append(straight)
    return Search(bearings, good)


def _start(chance: random.Random) -> _Point:
    metres, direction = chance.uniform(_NEAR, _FAR), chance.uniform(0, math.tau)
    return metres * math.sin(direction), metres * math.cos(direction)


def _walk(chance: random.Random, at: _Point) -> _Point:
    while True:
        direction = math.atan2(-at[0], -at[1]) + chance.choice((-1, 1)) * math.radians(chance.uniform(20, 100))
        metres = chance.uniform(200, 900)
        there = at[0] + metres * math.sin(direction), at[1] + metres * math.cos(direction)
        if _NEAR <= math.hypot(*there) <= _FAR:
            return there


def _bars(chance: random.Random, metres: float, exponent: float, straight: bool) -> Signal:
    """Bars of 6 dB, one at 2.5 km; 8 dB of scatter, an echo 6 dB weaker, the fall with distance not the assumed one."""
    level = 10 * exponent * math.log10(_FAR / metres) + chance.gauss(0, 8) - (0 if straight else 6)
    return Signal(float(min(9, max(0, round(1 + level / 6)))), Scale.BARS)


def measure(count: int, reflected: float, *, signals: bool = False, deaf: bool = False) -> Series:
    """Simulate `count` searches and locate each; `deaf` drops the signals that were simulated."""
    chance, dice, series = random.Random(_SEED), random.Random(_SEED + 1), Series()
    for _ in range(count):
        search = simulate(chance, reflected, signals=signals)
        bearings = [replace(bearing, signal=None) for bearing in search.bearings] if deaf else search.bearings
        start = time.process_time()
        fix = locate(bearings)
        series.ms.append((time.process_time() - start) * 1000)
        series.plain.append(_averaged(search.bearings))
        series.bound += _draws(dice, search.bearings)
        told = [bearing for bearing, good in zip(search.bearings, search.good, strict=True) if good]
        series.bound_told += _draws(dice, told)
        _judge(fix, series)
    return series


def _judge(fix: Fix, series: Series) -> None:
    if fix.status is not Status.FIX or fix.place is None or fix.ellipse is None:
        series.errors.append(math.inf)
        return
    off = geodesy.line(fix.place, _TRUTH)
    series.errors.append(off.metres)
    aside = math.radians(off.leaving_deg - fix.ellipse.azimuth_deg)
    along = off.metres * math.cos(aside) / fix.ellipse.semi_major_m
    across = off.metres * math.sin(aside) / fix.ellipse.semi_minor_m
    series.covered.append(along * along + across * across <= 1)
    series.ambiguous += fix.ambiguous


def _draws(dice: random.Random, bearings: Sequence[Bearing]) -> list[float]:
    """Lengths of normal vectors with the bound as covariance; infinite when the bearings leave a direction open."""
    ee = en = nn = 0.0
    for bearing in bearings:
        seen = geodesy.line(bearing.place, _TRUTH)
        turn = 1 / (math.radians(_SIGMA_DEG) * seen.reduced_m)
        east, north = (
            turn * math.cos(math.radians(seen.arriving_deg)),
            -turn * math.sin(math.radians(seen.arriving_deg)),
        )
        ee, en, nn = ee + east * east, en + east * north, nn + north * north
    determinant = ee * nn - en * en
    if determinant <= 1e-18:
        return [math.inf] * _DRAWS
    root = math.sqrt(nn / determinant)
    slant = -en / determinant / root
    rest = math.sqrt(max(ee / determinant - slant * slant, 0.0))
    found = []
    for _ in range(_DRAWS):
        one, other = dice.gauss(0, 1), dice.gauss(0, 1)
        found.append(math.hypot(root * one, slant * one + rest * other))
    return found


def _averaged(bearings: Sequence[Bearing]) -> float:
    """The error of the mean of all crossings."""
    middle = Plane(geodesy.middle([bearing.place for bearing in bearings]))
    met = crossings([middle.sight(bearing.place, bearing.true_deg) for bearing in bearings], 5.0, 100_000.0)
    if not met:
        return math.inf
    east = math.fsum(point[0] for point in met) / len(met)
    north = math.fsum(point[1] for point in met) / len(met)
    return geodesy.line(middle.place(east, north), _TRUTH).metres


def _report(series: Series, name: str, goal: float) -> bool:
    error, median = statistics.median(series.errors), statistics.median
    met = figure(
        f"locate.median_over_crb{name}",
        error,
        "m",
        reference="the Cramer-Rao bound, all bearings good",
        reference_value=median(series.bound),
        goal=goal,
    )
    figure(
        f"locate.median_over_averaging{name}",
        error,
        "m",
        reference="plain averaging of pairwise crossings",
        reference_value=median(series.plain),
    )
    figure(f"locate.without_fix{name}", 100 * series.errors.count(math.inf) / len(series.errors), "%", of_ratio=False)
    figure(f"locate.ambiguous{name}", 100 * series.ambiguous / len(series.covered), "%", of_ratio=False)
    return met


def _coverage(series: Series, name: str) -> float:
    covered = 100 * sum(series.covered) / len(series.covered)
    figure(f"locate.coverage{name}", covered, "%", of_ratio=False)
    return covered


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.locate")
    parser.add_argument("searches", type=int, nargs="?", default=10_000)
    count = parser.parse_args().searches
    clear, echoes = measure(count, 0.0), measure(count, 0.15)
    met = [_report(clear, "", 1.15), _report(echoes, "_reflected", 1.5)]
    figure(
        "locate.median_over_crb_reflected_told",
        statistics.median(echoes.errors),
        "m",
        reference="the Cramer-Rao bound of who is told which bearings are reflected",
        reference_value=statistics.median(echoes.bound_told),
    )
    met.append(figure("locate.coverage_off", abs(_coverage(clear, "") - 95), "points from 95%", goal=2, of_ratio=False))
    _coverage(echoes, "_reflected")
    some = max(count // 5, 1)
    heard, deaf = measure(some, 0.15, signals=True), measure(some, 0.15, signals=True, deaf=True)
    figure(
        "locate.median_with_signals_reflected",
        statistics.median(heard.errors),
        "m",
        reference="the same searches without their signals",
        reference_value=statistics.median(deaf.errors),
    )
    _coverage(heard, "_reflected_with_signals")
    times = sorted(clear.ms + echoes.ms + heard.ms)
    figure("locate.ms_median", statistics.median(times), "ms", of_ratio=False)
    met.append(figure("locate.ms_each", times[int(len(times) * 0.95)], "ms, of 95 in 100", goal=20, of_ratio=False))
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())

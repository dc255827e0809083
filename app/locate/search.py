"""The search for the place that explains the bearings best: several starts, damped Newton steps, summits weighed.

Bearings far from each other's lines make several places plausible. So the search begins at every crossing of two
bearings ahead of both observers, follows the best of them uphill (Levenberg-Marquardt on the re-weighted normal
equations of `evidence`), and weighs the summits it reaches by the whole probability under each (Laplace), height and
width together: a narrow summit can be high by luck.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.locate import plane
from app.locate.assumptions import Assumptions
from app.locate.evidence import Judged, Reading, judge
from app.locate.plane import Sight

BELIEVED = 0.5  # a bearing more probably reflected than good is not believed
_STARTS = 6
_PAIRS_OF = 30  # crossings are taken of the first so many bearings; all are used to judge them
_STEPS = 40


@dataclass(frozen=True)
class Summit:
    """A place that explains the bearings better than any near it, on the map; `share` of the probability it holds."""

    east: float
    north: float
    judged: Judged
    share: float = 1.0


Step = tuple[float, float]


def summits(
    readings: Sequence[Reading], sights: Sequence[Sight], met: Sequence[Step], given: Assumptions
) -> list[Summit]:
    """The plausible places, the likeliest first. `met` are the crossings to begin at; without one there is none."""

    def at(east: float, north: float) -> Judged:
        return judge(readings, [plane.look(sight, east, north) for sight in sights], given)

    found: list[Summit] = []
    for start in _starts(met, at):
        east, north, judged = climb(start, at)
        # Where fewer than two bearings are believed, the likelihood is a plain without an end, not a summit.
        if sum(good >= BELIEVED for good in judged.good) >= 2 and not any(_same(one, east, north) for one in found):
            found.append(Summit(east, north, judged))
    return _weighed(found)


def climb(start: Step, at: Callable[[float, float], Judged], steps: int = _STEPS) -> tuple[float, float, Judged]:
    """Uphill from `start` until a step is under a millimetre."""
    (east, north), damping = start, 1e-3
    here = at(east, north)
    for _ in range(steps):
        step = newton(here, damping)
        if math.hypot(*step) < 1e-3:
            break
        there = at(east + step[0], north + step[1])
        if there.log >= here.log:
            east, north, here, damping = east + step[0], north + step[1], there, max(damping / 10, 1e-9)
        else:
            damping *= 10
    return east, north, here


def newton(judged: Judged, damping: float = 0.0) -> Step:
    """The step that the slope and the information ask for, held back by `damping`."""
    ee, en, nn = judged.information
    ee, nn = ee * (1 + damping), nn * (1 + damping)
    determinant = ee * nn - en * en
    if determinant <= 0:
        return 0.0, 0.0
    e, n = judged.slope
    return (nn * e - en * n) / determinant, (ee * n - en * e) / determinant


def _starts(met: Sequence[Step], at: Callable[[float, float], Judged]) -> list[Step]:
    """The best crossings to begin at, best first; the order of the bearings does not show."""
    scored = sorted(((-at(*point).log, point) for point in met), key=lambda entry: entry)
    return [point for _, point in scored[:_STARTS]]


def _same(summit: Summit, east: float, north: float) -> bool:
    """Whether a point lies within half a standard deviation of a summit, or within a metre."""
    de, dn = east - summit.east, north - summit.north
    ee, en, nn = summit.judged.information
    return math.hypot(de, dn) < 1 or ee * de * de + 2 * en * de * dn + nn * dn * dn < 0.25


def _weighed(found: Sequence[Summit]) -> list[Summit]:
    if not found:
        return []
    logs = [summit.judged.log - 0.5 * math.log(max(_determinant(summit.judged), 1e-30)) for summit in found]
    highest = max(logs)
    masses = [math.exp(log - highest) for log in logs]
    whole = math.fsum(masses)
    shared = [
        Summit(summit.east, summit.north, summit.judged, mass / whole)
        for summit, mass in zip(found, masses, strict=True)
    ]
    return sorted(shared, key=lambda summit: -summit.share)


def _determinant(judged: Judged) -> float:
    ee, en, nn = judged.information
    return ee * nn - en * en

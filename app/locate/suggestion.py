"""Where to take the next bearing: the place in reach from which one more shortens the ellipse's long axis most.

That is an E-optimal choice: the criterion is the largest variance that is left, because the long axis is what a team
has to walk. A place next to the estimate would always win on paper, so the distance counts as if the estimate were off
by its own uncertainty. Among places that do nearly as well the nearest is taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from app.locate.assumptions import Assumptions
from app.locate.ellipse import Spread

_WINDS = 8
_DISTANCES = 6
_AS_GOOD = 0.9  # of the best shortening: nearer places that reach it are preferred
_LEAST_GAIN = 1.0  # metres; less is no reason to go anywhere
_FIRST_LOOK = 0.3  # of the hearing range: how far away a transmitter heard once is thought to be


@dataclass(frozen=True)
class Choice:
    """A place on the map for the next bearing: how to get there from the last one, where to look, what is left.

    `left_m` is the standard deviation along the long axis that is to be expected afterwards.
    """

    east: float
    north: float
    metres: float
    direction_deg: float
    looking_deg: float
    left_m: float


def choose(last: tuple[float, float], target: tuple[float, float], spread: Spread, given: Assumptions) -> Choice | None:
    """The best place within reach of `last`, when the transmitter is near `target`; None when none helps."""
    now = spread.axes()[0]
    choices = list(_choices(last, target, spread, given))
    best = now - min(choice.left_m for choice in choices)
    if best < _LEAST_GAIN:
        return None
    enough = [choice for choice in choices if now - choice.left_m >= _AS_GOOD * best]
    return min(enough, key=lambda choice: (choice.metres, choice.left_m))


def first_guess(
    last: tuple[float, float], direction: float, range_m: float, sigma: float
) -> tuple[tuple[float, float], Spread]:
    """Where a transmitter may be that was heard in one direction only: somewhere along it, most likely not far."""
    far = _FIRST_LOOK * range_m
    east, north = math.sin(direction), math.cos(direction)
    along, across = far * far, (far * sigma) ** 2
    spread = Spread(
        along * east * east + across * north * north,
        (along - across) * east * north,
        along * north * north + across * east * east,
    )
    return (last[0] + far * east, last[1] + far * north), spread


def _choices(
    last: tuple[float, float], target: tuple[float, float], spread: Spread, given: Assumptions
) -> Iterator[Choice]:
    sigma = math.radians(given.sigma_deg)
    widest = spread.axes()[0] ** 2
    for step in range(1, _DISTANCES + 1):
        metres = given.reach_m * step / _DISTANCES
        for wind in range(_WINDS):
            direction = math.tau * wind / _WINDS
            east, north = last[0] + metres * math.sin(direction), last[1] + metres * math.cos(direction)
            de, dn = target[0] - east, target[1] - north
            looking = math.atan2(de, dn)
            variance = sigma * sigma * (de * de + dn * dn + widest)
            left = _seen(spread, math.cos(looking), -math.sin(looking), variance).axes()[0]
            yield Choice(east, north, metres, math.degrees(direction) % 360, math.degrees(looking) % 360, left)


def _seen(spread: Spread, east: float, north: float, variance: float) -> Spread:
    """The spread after a measurement along the unit vector (east, north) with `variance` (Kalman's update)."""
    gain_e = spread.ee * east + spread.en * north
    gain_n = spread.en * east + spread.nn * north
    whole = gain_e * east + gain_n * north + variance
    return Spread(
        spread.ee - gain_e * gain_e / whole, spread.en - gain_e * gain_n / whole, spread.nn - gain_n * gain_n / whole
    )

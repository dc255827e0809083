"""What a bearing is worth: whether it is used at all, how it fades, its signal in decibels."""

from __future__ import annotations

import math
from datetime import datetime

from app.locate.assumptions import Assumptions
from app.locate.bearing import Bearing, Quality, Scale
from app.locate.evidence import Reading
from app.locate.fix import Said
from app.words import mark


def unusable(bearing: Bearing, at: datetime | None, given: Assumptions) -> Said | None:
    """Why a bearing takes no part; None when it does. Only good ones make a fix (domain.md 7.4)."""
    if bearing.quality is Quality.REFLECTED:
        return Said(mark("marked as reflected when it was taken"))
    if bearing.quality is Quality.BLOCKED:
        return Said(mark("marked as blocked when it was taken"))
    if freshness(bearing, at, given) < given.least_weight:
        minutes = round(bearing.age_s(at) / 60)
        return Said(mark("taken {minutes} minutes before, too old to use"), {"minutes": minutes})
    return None


def freshness(bearing: Bearing, at: datetime | None, given: Assumptions) -> float:
    """The weight that its age leaves: 1 up to five minutes, then halving (domain.md 7.4)."""
    over = max(0.0, bearing.age_s(at) - given.fade_after_s)
    return math.pow(0.5, over / given.fade_half_s)


def reading(bearing: Bearing, at: datetime | None, share: float, given: Assumptions) -> Reading:
    """The bearing ready for calculation; `share` is how probably such a one is reflected."""
    weight, signal = freshness(bearing, at, given), bearing.signal
    level = None
    if signal is not None:
        step = given.bar_db if signal.scale is Scale.BARS else 1.0
        level = signal.value * step + signal.attenuation_db
    return Reading(
        sigma=math.radians(given.sigma_deg) / math.sqrt(weight),
        share=share,
        range_m=given.air_range_m if bearing.airborne else given.range_m,
        level_db=level,
        scale=signal.scale.value if signal else "",
        weight=weight,
    )

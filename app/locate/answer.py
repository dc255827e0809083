"""A fix as JSON: what `python -m app.locate` prints.

    status                 fix, diverge, angle_too_small or too_few; `message` says it in words
    lat, lon               degrees, WGS-84; null without a fix, as is `ellipse`
    ellipse                semi_major_m, semi_minor_m, azimuth_deg (degrees true of the long axis), holds 95 of 100
    crossing_angle_deg     of the two bearings used that cross nearest to a right angle; null when there are no two
    residuals              row, residual_deg (measured less expected), weight, used
    set_aside              row, reason
    alternatives           lat, lon, share of the probability; `ambiguous` when one is nearly as likely
    near_parallel          the lines cross at less than 30 degrees
    notes                  sentences
    suggestion             lat, lon, distance_m, direction_deg (from the last bearing's place), looking_deg,
                           semi_major_m (to be expected), sentence; null when no place in reach helps

Rows count the bearings from 1, as they were given.
"""

from __future__ import annotations

from app.locate.fix import Alternative, Ellipse, Fix, Residual, Suggestion

_PLACES = 7  # decimals of a degree: a centimetre


def as_json(fix: Fix) -> dict[str, object]:
    """The answer as plain values, ready for `json.dumps`."""
    return {
        "status": fix.status.value,
        "message": fix.status.sentence,
        "lat": None if fix.place is None else round(fix.place.lat, _PLACES),
        "lon": None if fix.place is None else round(fix.place.lon, _PLACES),
        "ellipse": None if fix.ellipse is None else _ellipse(fix.ellipse),
        "crossing_angle_deg": None if fix.crossing_angle_deg is None else round(fix.crossing_angle_deg, 2),
        "residuals": [_residual(residual) for residual in fix.residuals],
        "set_aside": [{"row": aside.index + 1, "reason": aside.why.sentence} for aside in fix.set_aside],
        "ambiguous": fix.ambiguous,
        "alternatives": [_alternative(alternative) for alternative in fix.alternatives],
        "near_parallel": fix.near_parallel,
        "notes": [note.sentence for note in fix.notes],
        "suggestion": None if fix.suggestion is None else _suggestion(fix.suggestion),
    }


def _ellipse(ellipse: Ellipse) -> dict[str, object]:
    return {
        "semi_major_m": round(ellipse.semi_major_m, 1),
        "semi_minor_m": round(ellipse.semi_minor_m, 1),
        "azimuth_deg": round(ellipse.azimuth_deg, 1) % 180.0,
    }


def _residual(residual: Residual) -> dict[str, object]:
    return {
        "row": residual.index + 1,
        "residual_deg": None if residual.residual_deg is None else round(residual.residual_deg, 2) + 0.0,
        "weight": round(residual.weight, 3),
        "used": residual.used,
    }


def _alternative(alternative: Alternative) -> dict[str, object]:
    return {
        "lat": round(alternative.place.lat, _PLACES),
        "lon": round(alternative.place.lon, _PLACES),
        "share": round(alternative.share, 2),
    }


def _suggestion(suggestion: Suggestion) -> dict[str, object]:
    return {
        "lat": round(suggestion.place.lat, _PLACES),
        "lon": round(suggestion.place.lon, _PLACES),
        "distance_m": round(suggestion.metres),
        "direction_deg": round(suggestion.direction_deg) % 360,
        "looking_deg": round(suggestion.looking_deg) % 360,
        "semi_major_m": None if suggestion.semi_major_m is None else round(suggestion.semi_major_m, 1),
        "sentence": suggestion.sentence,
    }

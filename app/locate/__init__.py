"""Radio direction finding for Project Lifesaver: from bearings to a position with its uncertainty (domain.md 7.4).

Pure calculation: no windows, no records, no clock, no files but the one that the command reads. It may import
`app.errors` and `app.words`; `geodesy` is the one door to the geodesics library.

    bearing       a bearing as it was taken            evidence     how well a place explains the bearings
    assumptions   what is believed about radio         search       the place that explains them best
    worth         what is used, and how it fades       ellipse      its uncertainty
    geodesy       the ellipsoid                        suggestion   where to take the next bearing
    plane         a flat map for the search            calculate    `locate`, stage by stage
    fix           the result                           table        bearings from a file; answer: the result as JSON

`docs/decisions/0016-how-a-position-is-computed.md` says why, with the figures of `bench/locate.py`.
"""

from __future__ import annotations

from app.locate.assumptions import Assumptions
from app.locate.bearing import DECLINATION_DEG, Bearing, Quality, Reference, Scale, Signal
from app.locate.calculate import locate
from app.locate.fix import Alternative, Ellipse, Fix, Residual, Said, SetAside, Status, Suggestion
from app.locate.geodesy import Place

__all__ = [
    "DECLINATION_DEG",
    "Alternative",
    "Assumptions",
    "Bearing",
    "Ellipse",
    "Fix",
    "Place",
    "Quality",
    "Reference",
    "Residual",
    "Said",
    "Scale",
    "SetAside",
    "Signal",
    "Status",
    "Suggestion",
    "locate",
]

"""Who may a found person be: what is seen of them against every registrant's card (domain.md 6.1, 6.5.5).

Pure calculation on plain values: no table, no clock, no window.

    sighting    what an officer tells about the person in front of them
    words       English and French words for looks and clothes, brought to one; small mistakes of spelling forgiven
    looks       hair, eyes and build out of free words, as classes that can be confused with one another
    weights     what is believed about how well people tell; a service's own settings come in here
    gallery     what the search holds in memory of each card
    models      how much each told fact speaks for each card
    ranking     all of it added up; `evidence` says of one card what spoke for and against it

`docs/decisions/0020-found-person-ranking.md` says why, with the figures of `bench/found_person.py`.
"""

from __future__ import annotations

from app.models.rules.found.evidence import Evidence, explain
from app.models.rules.found.gallery import Gallery, Looks, Point, PointKind
from app.models.rules.found.ranking import Match, rank
from app.models.rules.found.sighting import Sighting
from app.models.rules.found.weights import Weights

__all__ = ["Evidence", "Gallery", "Looks", "Match", "Point", "PointKind", "Sighting", "Weights", "explain", "rank"]

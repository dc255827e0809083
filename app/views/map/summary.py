"""The map in words: for who cannot see it, and for who is told over the radio."""

from __future__ import annotations

from datetime import datetime

from app.views.map.contents import BearingState, PlaceKind, SearchMap, Spot, direction_deg, metres_between
from app.views.map.ground import length, spot_words
from app.views.map.marks import arrow_words
from app.words import tr, trn

_PLACES = 6


def sentences(contents: SearchMap, now: datetime) -> tuple[str, ...]:
    """What is on the map, the most important first; none when it is empty."""
    said: list[str] = [*contents.warnings]
    anchor = contents.anchor()
    if contents.fix is not None:
        said.append(
            tr(
                "Fix at {position}; 95 of 100 times within {long} by {short}.",
                position=spot_words(contents.fix.at),
                long=length(contents.fix.semi_major_m),
                short=length(contents.fix.semi_minor_m),
            )
        )
        if contents.fix.warning:
            said.append(contents.fix.warning)
    for other in contents.others:
        said.append(
            tr(
                "It may also be at {position} ({share} %).",
                position=spot_words(other.at),
                share=round(100 * other.share),
            )
        )
    if contents.next_position is not None:
        suggestion = contents.next_position
        said.append(
            suggestion.sentence
            or tr(
                "Take the next bearing at {position}, looking {wind}.",
                position=spot_words(suggestion.at),
                wind=arrow_words(suggestion.looking_deg),
            )
        )
    said += _bearings(contents)
    if contents.last_seen is not None:
        said.append(
            tr(
                "Last seen at {position}; may be {length} away by now.",
                position=spot_words(contents.last_seen.at),
                length=length(contents.last_seen.ring_m(now)),
            )
        )
    said += _places(contents, anchor)
    return tuple(said)


def _bearings(contents: SearchMap) -> list[str]:
    used = sum(one.state is BearingState.USED for one in contents.bearings)
    aside = len(contents.bearings) - used
    said = []
    if contents.bearings:
        said.append(trn("{count} bearing is used.", "{count} bearings are used.", used))
    if aside:
        said.append(trn("{count} is reflected or set aside.", "{count} are reflected or set aside.", aside))
    return said


def _places(contents: SearchMap, anchor: Spot | None) -> list[str]:
    if anchor is None:
        return []
    home = contents.last_seen is None and any(place.kind is PlaceKind.HOME for place in contents.places)
    said = []
    near = sorted(contents.places, key=lambda place: metres_between(anchor, place.at))
    for place in near[:_PLACES]:
        away = metres_between(anchor, place.at)
        if away < 1:
            continue
        values = {"name": place.name, "length": length(round(away, -1) if away >= 10 else away),
                  "wind": arrow_words(direction_deg(anchor, place.at))}  # fmt: skip
        if home:
            said.append(tr("{name}: {length} {wind} of home.", **values))
        elif contents.last_seen is not None:
            said.append(tr("{name}: {length} {wind} of where last seen.", **values))
        else:
            said.append(tr("{name}: {length} {wind}.", **values))
    return said

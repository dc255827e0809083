"""A search for someone who wears a transmitter: the card that opens on it, the search itself, its bearings.

All of it is read by those who search (dispatchers, search specialists, supervisors) and by the registry; a search card
also by officers, when a search is open (domain.md 20.1).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Code, Json, Record, safety
from app.models.lifesaver_vocab import LifesaverStatus, Strap, WearSite
from app.models.search_vocab import (
    BearingNorth,
    BearingQuality,
    FoundBy,
    FoundCondition,
    FoundPlace,
    Going,
    HandOverAuthority,
    HandOverWay,
    Light,
    Polarization,
    Precipitation,
    PulseHeard,
    SearchOutcome,
    SearchStatus,
    SignalScale,
    TransmitterFound,
)
from app.models.vocab import Precision, ScopeKind, Tri

_BOTH = safety("newest_keep_both")
_UNION = safety("union")


class SearchCard(Record):
    """What a search needs of a client beside the emergency card: one a client, kept by the registry's services.

    `transmitters`: {id, serial, pulse_ms}; more than one while a hand-over is in question, and all are listened for.
    `hazards` and `caregivers` as in `LifesaverClient`, `places` as in `CardFields`. `born`
    only says how old; the emergency card says the rest.
    """

    __tablename__ = "search_card"
    scope_kind = ScopeKind.LIFESAVER_CARD

    client_id: Mapped[str | None] = mapped_column(index=True)
    registration_id: Mapped[str | None] = mapped_column(index=True)
    number: Mapped[str | None]
    status: Mapped[LifesaverStatus | None] = mapped_column(Code(LifesaverStatus))
    legal_first: Mapped[str | None]
    legal_last: Mapped[str | None]
    preferred_name: Mapped[str | None]
    born: Mapped[date | None]
    municipality: Mapped[str | None]
    address: Mapped[str | None] = mapped_column(info=_BOTH)
    transmitters: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    wear_site: Mapped[WearSite | None] = mapped_column(Code(WearSite))
    strap: Mapped[Strap | None] = mapped_column(Code(Strap))
    battery_on: Mapped[date | None] = mapped_column(info=safety("earliest_day"))
    battery_due_on: Mapped[date | None] = mapped_column(info=safety("earliest_day"))
    tested_on: Mapped[date | None]
    home_lat: Mapped[str | None]
    home_lon: Mapped[str | None]
    exits: Mapped[str | None]
    gates: Mapped[str | None]
    terrain: Mapped[str | None]
    hazards: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    places: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    wander_motive: Mapped[str | None]
    wander_direction: Mapped[str | None]
    wander_speed: Mapped[str | None]
    hides: Mapped[str | None]
    caregivers: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    danger: Mapped[bool | None] = mapped_column(info=safety("true_over_false"))
    health: Mapped[bool | None] = mapped_column(info=safety("true_over_false"))


class SearchActivation(Record):
    """One search (domain.md 7.4); each in a scope of its own.

    `client_id` is None for somebody who is not enrolled. `searched` and `notified` list the codes that were done;
    `team`: {part, name, kit}. Coordinates are WGS-84 degrees as decimal text, temperatures degrees Celsius.
    `raised_to`: the urgency to which a supervisor raised it. A drill counts in no statistics.
    """

    __tablename__ = "search_activation"
    scope_kind = ScopeKind.LIFESAVER_SEARCH

    number: Mapped[str | None]
    client_id: Mapped[str | None] = mapped_column(index=True)
    card_id: Mapped[str | None]
    person: Mapped[str | None]
    drill: Mapped[bool | None]
    status: Mapped[SearchStatus | None] = mapped_column(Code(SearchStatus), index=True)
    call_at: Mapped[datetime | None] = mapped_column(index=True)
    reported_by: Mapped[str | None]
    caller_phone: Mapped[str | None]
    occurrence_no: Mapped[str | None]
    seen_at: Mapped[datetime | None]
    seen_precision: Mapped[Precision | None] = mapped_column(Code(Precision))
    seen_place: Mapped[str | None] = mapped_column(info=_BOTH)
    seen_lat: Mapped[str | None] = mapped_column(info=_BOTH)
    seen_lon: Mapped[str | None] = mapped_column(info=_BOTH)
    seen_by: Mapped[str | None]
    seen_direction: Mapped[str | None]
    searched: Mapped[list[str] | None] = mapped_column(Json)
    wearing: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("no_over_yes"))
    last_test_ok: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("no_over_yes"))
    clothing: Mapped[str | None] = mapped_column(info=_BOTH)
    footwear: Mapped[str | None]
    mood: Mapped[str | None]
    trigger: Mapped[str | None]
    going: Mapped[Going | None] = mapped_column(Code(Going))
    trackers: Mapped[str | None]
    medication_due_at: Mapped[datetime | None]
    alone: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("yes_over_no"))
    temperature_c: Mapped[int | None] = mapped_column(Integer)
    feels_like_c: Mapped[int | None] = mapped_column(Integer)
    water_c: Mapped[int | None] = mapped_column(Integer)
    precipitation: Mapped[Precipitation | None] = mapped_column(Code(Precipitation))
    light: Mapped[Light | None] = mapped_column(Code(Light))
    raised_to: Mapped[int | None] = mapped_column(Integer)
    raised_by: Mapped[str | None]
    raised_reason: Mapped[str | None]
    commander_id: Mapped[str | None]
    team: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    notified: Mapped[list[str] | None] = mapped_column(Json)
    en_route_at: Mapped[datetime | None]
    on_scene_at: Mapped[datetime | None]
    first_signal_at: Mapped[datetime | None]
    located_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    stood_down_at: Mapped[datetime | None]
    found_lat: Mapped[str | None]
    found_lon: Mapped[str | None]
    found_where: Mapped[str | None]
    found_place: Mapped[FoundPlace | None] = mapped_column(Code(FoundPlace))
    found_m: Mapped[int | None] = mapped_column(Integer)
    found_condition: Mapped[FoundCondition | None] = mapped_column(Code(FoundCondition))
    transmitter_found: Mapped[TransmitterFound | None] = mapped_column(Code(TransmitterFound))
    found_by: Mapped[FoundBy | None] = mapped_column(Code(FoundBy))
    found_remarks: Mapped[str | None]
    outcome: Mapped[SearchOutcome | None] = mapped_column(Code(SearchOutcome))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    debriefed: Mapped[list[str] | None] = mapped_column(Json)
    debriefed_on: Mapped[date | None]
    lessons: Mapped[str | None]
    faults: Mapped[str | None]


class SearchNotice(Record):
    """That a search goes on for somebody who has a search card: all that an officer's laptop hears of it.

    Officers may open the card while it is not closed (domain.md 7, 20.1), and read nothing else of the search.
    """

    __tablename__ = "search_notice"
    scope_kind = ScopeKind.LIFESAVER_NOTICE

    card_id: Mapped[str | None] = mapped_column(index=True)
    number: Mapped[str | None]
    occurrence_no: Mapped[str | None]
    drill: Mapped[bool | None]
    call_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class BatteryNotice(Record):
    """That a technician put a new battery in: for the search card, which technicians neither read nor write.

    The scope is opened by who made the visit and sealed to those who search, so no coordinator has to pass it on.
    """

    __tablename__ = "battery_notice"
    scope_kind = ScopeKind.LIFESAVER_NOTICE
    append_only = True

    client_id: Mapped[str | None] = mapped_column(index=True)
    installed_on: Mapped[date | None]
    due_on: Mapped[date | None]


class SearchHandOver(Record):
    """A disclosure: what another service's team was given of a search, by what right (domain.md 2.12, 7.6.10).

    `parts` lists codes of `HandOverPart`.
    """

    __tablename__ = "search_hand_over"
    scope_kind = ScopeKind.LIFESAVER_SEARCH
    append_only = True

    activation_id: Mapped[str | None] = mapped_column(index=True)
    registration_id: Mapped[str | None] = mapped_column(index=True)
    given_to: Mapped[str | None]
    receiver: Mapped[str | None]
    parts: Mapped[list[str] | None] = mapped_column(Json)
    authority: Mapped[HandOverAuthority | None] = mapped_column(Code(HandOverAuthority))
    way: Mapped[HandOverWay | None] = mapped_column(Code(HandOverWay))
    approved_by: Mapped[str | None]
    given_at: Mapped[datetime | None]
    given_by: Mapped[str | None]
    note: Mapped[str | None]


class BearingLog(Record):
    """One attempt at a fix, as it was taken: never changed, only withdrawn by a later row that names it.

    Degrees 0 to 360 counted from `north`; `declination` in degrees, west negative, as used then. Coordinates and
    decimals are kept as decimal text, so that what was typed is what is computed with.
    """

    __tablename__ = "bearing_log"
    scope_kind = ScopeKind.LIFESAVER_SEARCH
    append_only = True

    activation_id: Mapped[str | None] = mapped_column(index=True)
    taken_at: Mapped[datetime | None]
    operator_id: Mapped[str | None]
    override_by: Mapped[str | None]
    override_reason: Mapped[str | None]
    receiver_id: Mapped[str | None]
    transmitter_id: Mapped[str | None]
    lat: Mapped[str | None]
    lon: Mapped[str | None]
    airborne: Mapped[bool | None]
    altitude_m: Mapped[int | None] = mapped_column(Integer)
    polarization: Mapped[Polarization | None] = mapped_column(Code(Polarization))
    bearing: Mapped[str | None]
    north: Mapped[BearingNorth | None] = mapped_column(Code(BearingNorth))
    declination: Mapped[str | None]
    signal: Mapped[str | None]
    scale: Mapped[SignalScale | None] = mapped_column(Code(SignalScale))
    attenuation_db: Mapped[str | None]
    heard: Mapped[PulseHeard | None] = mapped_column(Code(PulseHeard))
    quality: Mapped[BearingQuality | None] = mapped_column(Code(BearingQuality))
    note: Mapped[str | None]
    withdraws_id: Mapped[str | None] = mapped_column(index=True)

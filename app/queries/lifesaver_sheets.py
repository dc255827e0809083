"""What stands on the sheets of Project Lifesaver (F-701 to F-714): rows for `app/documents/lifesaver.py`.

A frequency is read only for the sheets that are about it, from the one record that holds it; a device that may not
read it has no such record, and the cell stays empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.locate import Fix
from app.locate.geodesy import Place, line
from app.models.lifesaver import (
    BatteryEvent,
    DailyTest,
    EquipmentIssue,
    LifesaverClient,
    LifesaverFee,
    LifesaverVisit,
    Transmitter,
    TransmitterFrequency,
)
from app.models.lifesaver_vocab import CaregiverPosition, Criterion, IssueEnd
from app.models.registry import Registration
from app.models.search_vocab import SearchStep, TeamPart
from app.models.vocab import Listed, Tri
from app.queries import lifesaver, lifesaver_search, members
from app.queries.card_words import photo_said, sealed_photo, spoken
from app.queries.lifesaver_search import SearchView
from app.queries.search_cards import HandOverRow
from app.queries.settings import setting, zone
from app.queries.sheet_rows import Plot, PlotLine, SheetField, SheetList, SheetRows, SheetTable
from app.words import Words

Answers = Mapping[str, str]
Compose = Callable[[Session, str, Words, date, datetime], SheetRows]


def _rows(
    fields: Mapping[str, Any],
    ticks: Mapping[str, Sequence[str]] | None = None,
    tables: Mapping[str, Sequence[Sequence[str]]] | None = None,
    plot: Plot | None = None,
) -> SheetRows:
    return SheetRows(
        fields=[SheetField(key=key, text=str(value)) for key, value in fields.items() if value not in (None, "")],
        ticks=[SheetList(key=key, items=list(items)) for key, items in (ticks or {}).items()],
        tables=[SheetTable(key=key, rows=[list(row) for row in rows]) for key, rows in (tables or {}).items()],
        plot=plot,
    )


# --- A client ------------------------------------------------------------------------------------------------------


def _client(session: Session, client_id: str) -> tuple[LifesaverClient, Registration | None]:
    client = session.get_one(LifesaverClient, client_id)
    person = session.get(Registration, client.registration_id) if client.registration_id else None
    return client, person


def _person(client: LifesaverClient, person: Registration | None, words: Words) -> dict[str, Any]:
    home = _home(person)
    return {
        "name": lifesaver.name_of(person),
        "number": client.number,
        "born": _day(person.dob if person is not None else None, words),
        "municipality": home.get("municipality"),
    }


def _home(person: Registration | None) -> Mapping[str, Any]:
    return next(iter((person.addresses if person is not None else None) or ()), {})


def _worn(session: Session, client_id: str) -> list[Transmitter]:
    asked = (
        select(Transmitter)
        .join(EquipmentIssue, EquipmentIssue.transmitter_id == Transmitter.id)
        .where(EquipmentIssue.client_id == client_id, EquipmentIssue.end.is_(None), EquipmentIssue.removed_at.is_(None))
    )
    return list(session.scalars(asked.order_by(EquipmentIssue.issued_at)))


def _serials(session: Session, client_id: str) -> str:
    return ", ".join(one.serial or "" for one in _worn(session, client_id))


def _wandered(person: Registration | None, words: Words) -> str:
    return "; ".join(
        " ".join(
            _typed_day(str(one[name]), words) if name == "on" else str(one[name])
            for name in ("on", "from", "found")
            if one.get(name)
        )
        for one in (person.wander_history if person is not None else None) or ()
    )


def _typed_day(text: str, words: Words) -> str:
    """A day in words; what is less than a day, such as a year, stays as it was typed."""
    try:
        return words.day(date.fromisoformat(text))
    except ValueError:
        return text


def _caregivers(caregivers: Sequence[Mapping[str, Any]] | None, words: Words) -> list[list[str]]:
    rows = []
    for one in caregivers or ():
        heed = "" if one.get("safe_to_use") == "yes" else words.tr("Not known to be safe to call")
        phones = " / ".join(spoken(str(one[name])) for name in ("phone", "other_phone") if one.get(name))
        said = " · ".join(part for part in (phones, heed, str(one.get("say_you_are") or "")) if part)
        position = _word(CaregiverPosition, one.get("position"), words)
        rows.append([str(one.get("name") or ""), str(one.get("relation") or ""), said, position])
    return rows


def screen(session: Session, client_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """F-701: the inquiry and the answers to the criteria."""
    client, person = _client(session, client_id)
    answers = client.eligibility or {}
    lines = [[words.tr(one.text), _word(Tri, answers.get(one.value), words)] for one in Criterion]
    fields = _person(client, person, words) | {
        "asked_by": client.asked_by,
        "asked_on": _day(client.asked_on, words),
        "diagnosis": client.diagnosis,
        "letter_on": _day(client.letter_on, words),
        "wandered": _wandered(person, words),
        "result": client.status.label(words) if client.status else "",
        "note": client.override_reason or client.eligibility_note,
    }
    return _rows(fields, tables={"criteria": lines})


def agreement(session: Session, client_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """F-702: the agreement with the duties that the primary caregiver takes on."""
    client, person = _client(session, client_id)
    duties = {duty for one in client.caregivers or () for duty in one.get("duties") or ()}
    fees = {
        "fee_transmitter": _dollars(int(setting(session, "pls.fee_transmitter_cents", today)), words),
        "fee_annual": _dollars(int(setting(session, "pls.fee_annual_cents", today)), words),
    }
    return _rows(_person(client, person, words) | fees, {"duties": sorted(duties)})


def physician(session: Session, client_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """F-703: for the physician to fill in; what is known of an earlier letter stands there."""
    client, person = _client(session, client_id)
    risk = "" if client.letter_states_risk is None else words.tr("Yes") if client.letter_states_risk else words.tr("No")
    known = {"diagnosis": client.diagnosis, "risk": risk, "letter_on": _day(client.letter_on, words)}
    return _rows(_person(client, person, words) | known | {"physician": client.physician})


def profile(session: Session, client_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """F-704: everything the enrolment recorded."""
    client, person = _client(session, client_id)
    looks = ("height_cm", "build", "hair", "eyes", "clothing")
    said = ", ".join(str(getattr(person, name)) for name in looks if getattr(person, name, None))
    fields = _person(client, person, words) | {
        "status": client.status.label(words) if client.status else "",
        "looks": said,
        "diagnosis": client.diagnosis,
        "physician": client.physician,
        "letter_on": _day(client.letter_on, words),
        "alerts": ", ".join((person.medical_alerts if person is not None else None) or ()),
        "serial": _serials(session, client_id),
        "wear_site": _listed(client.wear_site, words),
        "hand": _listed(client.dominant_hand, words),
        "strap": _listed(client.strap, words),
        "skin": client.skin_issues,
        "sensory": client.sensory_tolerance,
        "preparation": client.preparation,
        "address": _home(person).get("text"),
        "position": ", ".join(part for part in (client.home_lat, client.home_lon) if part),
        "exits": client.exits,
        "gates": client.gates,
        "terrain": client.terrain,
        "hazards": _hazards(client.hazards),
        "motive": client.wander_motive,
        "direction": client.wander_direction,
        "speed": client.wander_speed,
        "hides": client.hides,
        "wandered": _wandered(person, words),
    }
    return _rows(fields, tables={"caregivers": _caregivers(client.caregivers, words)})


def instructions(session: Session, client_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """F-705: what the caregiver keeps by the telephone."""
    client, person = _client(session, client_id)
    worn = {"serial": _serials(session, client_id), "wear_site": _listed(client.wear_site, words)}
    return _rows(_person(client, person, words) | worn)


def test_sheet(session: Session, client_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """F-706: the month's grid, with the lines that were entered already."""
    client, _ = _client(session, client_id)
    start = today.replace(day=1)
    asked = select(DailyTest).where(
        DailyTest.client_id == client_id, DailyTest.removed_at.is_(None), DailyTest.tested_on >= start
    )
    lines = {one.tested_on: one for one in session.scalars(asked)}
    rows = [_test_line(start.replace(day=day), lines, words) for day in range(1, _days_of(start) + 1)]
    fields = {"number": client.number, "serial": _serials(session, client_id), "month": words.month(start)}
    return _rows(fields, tables={"tests": rows})


def _days_of(start: date) -> int:
    following = date(start.year + start.month // 12, start.month % 12 + 1, 1)
    return (following - start).days


def _test_line(day: date, lines: Mapping[date | None, DailyTest], words: Words) -> list[str]:
    one = lines.get(day)
    if one is None:
        return [words.weekday(day), *([""] * 7)]
    ticks = [
        words.tr("Yes") if good else words.tr("No") for good in (one.light_ok, one.present, one.band_ok, one.skin_ok)
    ]
    return [words.weekday(day), one.tested_at or "", *ticks, one.initials or "", one.remarks or ""]


def receipt(session: Session, client_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """F-708: what was handed over and what came back."""
    client, person = _client(session, client_id)
    serials = dict(session.execute(select(Transmitter.id, Transmitter.serial)).all())
    asked = select(EquipmentIssue).where(EquipmentIssue.client_id == client_id, EquipmentIssue.removed_at.is_(None))
    lines, ends = [], set()
    for one in session.scalars(asked.order_by(EquipmentIssue.issued_at, EquipmentIssue.id)):
        given = one.issued_at.astimezone(zone(session)).date() if one.issued_at else None
        what = _listed(one.end, words)
        serial = serials.get(one.transmitter_id or "") or ""
        lines.append(
            [
                serial,
                _day(given, words),
                one.condition_out or "",
                one.accessories or "",
                _day(one.ended_on, words),
                what,
            ]
        )
        if isinstance(one.end, IssueEnd):
            ends.add(one.end.value)
    return _rows(_person(client, person, words), {"ends": sorted(ends)}, {"issues": lines})


def fee_notice(session: Session, fee_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """F-714: a fee, and the request for a subsidy."""
    fee = session.get_one(LifesaverFee, fee_id)
    client, person = _client(session, fee.client_id or "")
    row = lifesaver.fee_row(fee)
    fields = _person(client, person, words) | {
        "kind": _listed(fee.kind, words),
        "period": " – ".join(part for part in (_day(fee.period_from, words), _day(fee.period_to, words)) if part),
        "amount": _dollars(row.amount_cents, words),
        "due": _day(fee.due_on, words),
        "paid": _dollars(row.paid_cents, words) if row.paid_cents else "",
        "owed": _dollars(row.owed_cents, words),
        "asked": _dollars(row.subsidy_cents, words) if row.subsidy_cents else "",
        "proof": fee.subsidy_proof,
        "decision": _listed(fee.subsidy, words),
        "reason": fee.subsidy_reason,
    }
    return _rows(fields)


# --- Visits --------------------------------------------------------------------------------------------------------


def visit(session: Session, visit_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """F-707: a visit and the battery that was put in."""
    found = session.get_one(LifesaverVisit, visit_id)
    names = members.names(session)
    asked = select(BatteryEvent).where(BatteryEvent.visit_id == visit_id, BatteryEvent.removed_at.is_(None))
    battery = session.scalars(asked.order_by(BatteryEvent.id.desc())).first()
    local = zone(session)
    due = found.battery_due_on
    fields = {
        "client": found.client_number,
        "kind": _listed(found.kind, words),
        "planned": " ".join(part for part in (_day(found.planned_on, words), found.planned_at or "") if part),
        "serial": found.serial,
        "arrived": _time(found.arrived_at, local),
        "left": _time(found.left_at, local),
        "who": ", ".join(names.get(one, "") for one in found.done_by or found.assigned or ()),
        "next": _day(found.next_on, words),
        "due": _day(due, words),
        "remarks": found.note,
    }
    if battery is not None:
        volts = f"{battery.voltage_mv / 1000:.2f}" if battery.voltage_mv is not None else ""
        fields |= {"installed": _day(battery.installed_on, words), "volts": volts, "skin": battery.skin}
        fields |= {"tested_m": str(battery.signal_test_m) if battery.signal_test_m is not None else ""}
    steps = (battery.steps or ()) if battery is not None else ()
    outcome = [str(found.outcome)] if found.outcome else []
    return _rows(fields, {"steps": list(steps), "outcome": outcome})


def route(session: Session, visit_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """F-713: every visit of a day that this device may read, without a name and without a diagnosis."""
    found = session.get_one(LifesaverVisit, visit_id)
    names = members.names(session)
    asked = select(LifesaverVisit).where(
        LifesaverVisit.removed_at.is_(None),
        LifesaverVisit.outcome.is_(None),
        LifesaverVisit.planned_on == found.planned_on,
    )
    stops = session.scalars(
        asked.order_by(LifesaverVisit.municipality, LifesaverVisit.planned_at, LifesaverVisit.address)
    ).all()
    rows = [
        [
            str(number),
            stop.address or "",
            stop.municipality or "",
            spoken(stop.phone or ""),
            stop.heed or "",
            stop.serial or "",
            _day(stop.battery_due_on, words),
            "",
        ]
        for number, stop in enumerate(stops, start=1)
    ]
    who = {names.get(member, "") for stop in stops for member in stop.assigned or ()}
    fields = {"day": _day(found.planned_on, words), "who": ", ".join(sorted(name for name in who if name))}
    return _rows(fields, tables={"route": rows})


# --- Searches ------------------------------------------------------------------------------------------------------


def script(session: Session, search_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """F-709: the call-taker's script with the answers."""
    view = lifesaver_search.search(session, search_id, now=now)
    values, local = view.values, zone(session)
    fields = seen_words(view, words, local) | {
        "person": view.who,
        "enrolled": words.tr("Yes") if view.card is not None else words.tr("No"),
        "call": _moment(values["call_at"], words, local),
        "occurrence": values["occurrence_no"],
        "caller": values["reported_by"],
        "phone": spoken(values["caller_phone"] or ""),
        "wearing": _listed(values["wearing"], words),
        "tested": _day(view.card.tested_on, words) if view.card is not None else "",
        "units": _team(values["team"], words),
    }
    return _rows(fields, {"searched": values["searched"] or [], "notified": values["notified"] or []})


def search_card(session: Session, search_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """F-710: the card that a search opened, with the frequency where this device may read it."""
    view = lifesaver_search.search(session, search_id, now=now)
    fields = seen_words(view, words, zone(session)) | {
        "person": view.who,
        "occurrence": view.values["occurrence_no"],
        "banner": view.signal_may_fail,
    }
    if view.card is None:
        return _rows(fields)
    card, values = view.card, view.card.values
    fields |= {
        "age": str(card.age) if card.age is not None else "",
        "number": values["number"],
        "wear_site": _listed(values["wear_site"], words),
        "strap": _listed(values["strap"], words),
        "battery": _day(card.battery_on, words),
        "battery_due": _day(card.battery_due_on, words),
        "tested": _day(card.tested_on, words),
        "address": ", ".join(part for part in (values["address"], values["municipality"]) if part),
        "position": ", ".join(part for part in (values["home_lat"], values["home_lon"]) if part),
        "exits": values["exits"],
        "hazards": _hazards(values["hazards"]),
        "places": "; ".join(str(one["name"]) for one in values["places"] or () if one.get("name")),
        "motive": values["wander_motive"],
        "direction": values["wander_direction"],
        "speed": values["wander_speed"],
        "hides": values["hides"],
    }
    worn = [[one.serial, _frequency(session, one.id), _pulse(one.pulse_ms)] for one in card.transmitters]
    rows = _rows(fields, tables={"transmitters": worn, "caregivers": _caregivers(values["caregivers"], words)})
    if card.photo is None:
        return rows
    said = photo_said(card.photo, words)
    return msgspec.structs.replace(rows, photo=sealed_photo(card.photo), photo_said=said)


def frequencies(session: Session, transmitter_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """The frequency sheet for vehicles and aircraft: every transmitter that may be sending (domain.md 7.6.11)."""
    held = set(
        session.scalars(
            select(EquipmentIssue.transmitter_id).where(
                EquipmentIssue.end.is_(None), EquipmentIssue.removed_at.is_(None)
            )
        )
    )
    asked = select(Transmitter).where(Transmitter.removed_at.is_(None)).order_by(Transmitter.serial)
    rows = []
    for one in session.scalars(asked):
        quarantined = one.quarantine_until is not None and one.quarantine_until >= today
        if one.id in held or quarantined:
            status = words.tr("Issued") if one.id in held else _listed(one.status, words)
            rows.append([one.serial or "", _frequency(session, one.id), _pulse(one.pulse_ms), status])
    return _rows({}, tables={"transmitters": rows})


def bearing_log(session: Session, search_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """F-711: the log, the position that it comes to, and a plot."""
    view = lifesaver_search.search(session, search_id, now=now)
    return _rows(
        _head(view) | _fix(view.fix), tables={"bearings": _bearings(view, words, zone(session))}, plot=_plot(view)
    )


def report(session: Session, search_id: str, words: Words, today: date, now: datetime) -> SheetRows:
    """F-712: the search from the call to the debrief."""
    view = lifesaver_search.search(session, search_id, now=now)
    values, local = view.values, zone(session)
    parts = "; ".join(
        f"{one.part.label(words)}: {one.points if one.points is not None else words.tr('not known')}"
        for one in view.urgency.parts
    )
    fields = _head(view) | _fix(view.fix) | seen_words(view, words, local)
    fields |= {
        "drill": words.tr("This is a drill: it counts in no statistics") if values["drill"] else "",
        "urgency": words.tr("{band}: {points} points", band=view.urgency.band.label(words), points=view.urgency.total),
        "parts": parts,
        "terrain": view.card.values["terrain"] if view.card is not None else "",
        "team": _team(values["team"], words),
        "found_where": values["found_where"],
        "found_m": f"{values['found_m']} m" if values["found_m"] is not None else "",
        "found_place": _listed(values["found_place"], words),
        "lessons": values["lessons"],
        "faults": values["faults"],
        "remarks": values["found_remarks"],
    }
    ticks = {
        "outcome": [str(values["outcome"])] if values["outcome"] else [],
        "found_by": [str(values["found_by"])] if values["found_by"] else [],
        "condition": [str(values["found_condition"])] if values["found_condition"] else [],
        "transmitter": [str(values["transmitter_found"])] if values["transmitter_found"] else [],
        "debrief": values["debriefed"] or [],
    }
    tables = {
        "times": _times(view, words, local),
        "bearings": _bearings(view, words, local),
        "hand_overs": [_given(one, words, local) for one in view.hand_overs],
    }
    return _rows(fields, ticks, tables)


def _given(one: HandOverRow, words: Words, local: ZoneInfo) -> list[str]:
    whom = " · ".join(part for part in (one.given_to, one.receiver) if part)
    what = ", ".join(part.label(words) for part in one.parts)
    return [_moment(one.given_at, words, local), whom, what, _listed(one.authority, words)]


def _head(view: SearchView) -> dict[str, Any]:
    names = {"number": view.values["number"], "occurrence": view.values["occurrence_no"]}
    return names | {"person": view.who, "commander": view.commander}


def seen_words(view: SearchView, words: Words, local: ZoneInfo) -> dict[str, Any]:
    """What a search knows of how somebody left, by key."""
    values = view.values
    precision = _listed(values["seen_precision"], words)
    return {
        "seen": " · ".join(part for part in (_moment(values["seen_at"], words, local), precision) if part),
        "place": values["seen_place"],
        "seen_by": values["seen_by"],
        "way": values["seen_direction"],
        "going": _listed(values["going"], words),
        "clothing": values["clothing"],
        "shoes": values["footwear"],
        "mood": values["mood"],
        "trigger": values["trigger"],
        "trackers": values["trackers"],
        "medication": _moment(values["medication_due_at"], words, local),
        "weather": _weather(values, words),
    }


def _weather(values: Mapping[str, Any], words: Words) -> str:
    degrees = f"{values['temperature_c']} °C" if values["temperature_c"] is not None else ""
    said = (degrees, _listed(values["precipitation"], words), _listed(values["light"], words))
    return ", ".join(part for part in said if part)


def _times(view: SearchView, words: Words, local: ZoneInfo) -> list[list[str]]:
    values = view.values
    moments = [
        (words.tr("Last seen"), values["seen_at"]),
        (words.tr("The call"), values["call_at"]),
        *((step.label(words), values[step.value]) for step in SearchStep),
    ]
    rows = []
    for title, at in moments:
        if at is None:
            continue
        since = round((at - values["call_at"]).total_seconds() / 60) if values["call_at"] else None
        rows.append(
            [title, _moment(at, words, local), words.tr("{minutes} min", minutes=since) if since is not None else ""]
        )
    return rows


def _bearings(view: SearchView, words: Words, local: ZoneInfo) -> list[list[str]]:
    rows = []
    for one in view.bearings:
        values = one.values
        north = _listed(values["north"], words)
        read = f"{one.bearing:g}° {north}" if one.bearing is not None else ""
        true = f"{one.true_deg:.1f}°" if one.true_deg is not None else ""
        signal = " ".join(str(part) for part in (values["signal"], _listed(values["scale"], words)) if part)
        said = one.withdrawn or one.why_not or values["note"] or ""
        place = f"{one.lat:.5f}, {one.lon:.5f}" if one.lat is not None and one.lon is not None else ""
        heard = _listed(values["heard"], words)
        rows.append([_time(one.taken_at, local), place, read, true, signal, heard, one.operator, said])
    return rows


def _fix(fix: Fix | None) -> dict[str, Any]:
    if fix is None:
        return {}
    note = " ".join(note.sentence for note in fix.notes)
    if fix.place is None or fix.ellipse is None:
        return {"position": fix.status.sentence, "fix_note": note}
    major, minor = round(fix.ellipse.semi_major_m), round(fix.ellipse.semi_minor_m)
    azimuth = round(fix.ellipse.azimuth_deg) % 180
    return {
        "position": f"{fix.place.lat:.5f}, {fix.place.lon:.5f}",
        "ellipse": f"{major} m × {minor} m, {azimuth}°",
        "fix_note": note,
    }


def _plot(view: SearchView) -> Plot | None:
    """The bearings on a flat sheet around their middle; on these distances the earth is flat to the eye."""
    placed = [
        (one, one.lat, one.lon, one.true_deg)
        for one in view.bearings
        if one.lat is not None and one.lon is not None and one.true_deg is not None and not one.withdrawn
    ]
    if not placed:
        return None
    middle = Place(sum(lat for _, lat, _, _ in placed) / len(placed), sum(lon for _, _, lon, _ in placed) / len(placed))
    lines = []
    for one, lat, lon, true in placed:
        east, north = _offset(middle, Place(lat, lon))
        lines.append(PlotLine(east=east, north=north, bearing=true, used=one.used, label=str(one.row)))
    fix = view.fix
    if fix is None or fix.place is None or fix.ellipse is None:
        return Plot(lines=lines)
    east, north = _offset(middle, fix.place)
    ellipse = fix.ellipse
    return Plot(
        lines=lines,
        found=True,
        east=east,
        north=north,
        major=ellipse.semi_major_m,
        minor=ellipse.semi_minor_m,
        azimuth=ellipse.azimuth_deg,
    )


def _offset(middle: Place, place: Place) -> tuple[float, float]:
    north = line(middle, Place(place.lat, middle.lon)).metres * (1 if place.lat >= middle.lat else -1)
    east = line(middle, Place(middle.lat, place.lon)).metres * (1 if place.lon >= middle.lon else -1)
    return east, north


# --- Words ---------------------------------------------------------------------------------------------------------


def _frequency(session: Session, transmitter_id: str) -> str:
    asked = select(TransmitterFrequency.frequency_khz).where(
        TransmitterFrequency.transmitter_id == transmitter_id, TransmitterFrequency.removed_at.is_(None)
    )
    khz = session.scalars(asked).first()
    return f"{khz / 1000:.3f} MHz" if khz is not None else ""


def _pulse(pulse_ms: int | None) -> str:
    return f"{pulse_ms / 1000:g} s" if pulse_ms else ""


def _hazards(hazards: Sequence[Mapping[str, Any]] | None) -> str:
    return "; ".join(
        " ".join(part for part in (str(one.get("name") or ""), f"{one['metres']} m" if "metres" in one else "") if part)
        for one in hazards or ()
    )


def _team(team: Sequence[Mapping[str, Any]] | None, words: Words) -> str:
    return "; ".join(
        " ".join(part for part in (_word(TeamPart, one.get("part"), words), str(one.get("name") or "")) if part)
        for one in team or ()
    )


def _word(listed: type[Listed], code: object, words: Words) -> str:
    return next((one.label(words) for one in listed if one.value == code), str(code or ""))


def _listed(value: Any, words: Words) -> str:
    return value.label(words) if isinstance(value, Listed) else str(value or "")


def _day(day: date | None, words: Words) -> str:
    return words.day(day) if day is not None else ""


def _moment(at: datetime | None, words: Words, local: ZoneInfo) -> str:
    """A day in the page's language with a time of 24 hours, as a log of a search has it."""
    return f"{words.day(at.astimezone(local).date())}, {at.astimezone(local):%H:%M}" if at is not None else ""


def _time(at: datetime | None, local: ZoneInfo) -> str:
    return f"{at.astimezone(local):%H:%M}" if at is not None else ""


def _dollars(cents: int, words: Words) -> str:
    amount = f"{cents / 100:,.2f}"
    return f"{amount.replace(',', ' ').replace('.', ',')} $" if words.code == "fr" else f"${amount}"


SHEETS: dict[str, Compose] = {
    "F-701": screen,
    "F-702": agreement,
    "F-703": physician,
    "F-704": profile,
    "F-705": instructions,
    "F-706": test_sheet,
    "F-707": visit,
    "F-708": receipt,
    "F-709": script,
    "F-710": search_card,
    "F-710A": frequencies,
    "F-711": bearing_log,
    "F-712": report,
    "F-713": route,
    "F-714": fee_notice,
}
"""Every sheet by its form id."""

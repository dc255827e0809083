"""The made-up Project Lifesaver: who wears a transmitter, batteries that come due, kits, operators, three searches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.demo.book import Book, Entry
from app.demo.staff import Person
from app.models.lifesaver_vocab import (
    BatteryStep,
    CaregiverDuty,
    CaregiverPosition,
    Criterion,
    FeeKind,
    Hand,
    KitCondition,
    LifesaverStatus,
    OperatorLevel,
    ReceiverKind,
    Strap,
    SuspendReason,
    TransmitterStatus,
    VisitKind,
    VisitOutcome,
    WearSite,
)
from app.models.rules import lifesaver as rules
from app.models.rules.deadlines import months
from app.models.search_vocab import (
    BearingNorth,
    BearingQuality,
    DebriefStep,
    FoundBy,
    FoundCondition,
    FoundPlace,
    Going,
    Light,
    NotifyStep,
    Precipitation,
    PulseHeard,
    SearchedPlace,
    SearchOutcome,
    SearchStatus,
    SignalScale,
    TransmitterFound,
)
from app.models.vocab import Precision, RegistryStatus, Role, ScopeKind, Tri
from app.vault import ids

_WEARERS, _STOCK = 7, 5
_BATTERY_AGE = (69, 57, 54, 40, 31, 20, 12)
"""Days since the battery of each wearer was put in: one may be flat, two come due."""
_INTERVAL = 60


def fill(book: Book, agency_id: str) -> None:
    """Write the programme for people of the made-up registry."""
    people = [
        one for one in book.entries if one.kind == "registration" and one.fields["status"] is RegistryStatus.ACTIVE
    ]
    store = book.scope(ScopeKind.LIFESAVER_STORE, ids.child_id(agency_id, "lifesaver store"))
    secret = book.scope(ScopeKind.LIFESAVER_FREQUENCY, ids.child_id(agency_id, "lifesaver frequencies"))
    fleet = book.scope(ScopeKind.LIFESAVER_FLEET, ids.child_id(agency_id, "lifesaver fleet"))
    transmitters = [_transmitter(book, store, secret, place) for place in range(_WEARERS + _STOCK)]
    _equipment(book, fleet)
    cards = []
    for place, person in enumerate(people[:_WEARERS]):
        cards.append(_wearer(book, store, place, person, transmitters[place]))
    _waiting(book, people[_WEARERS], LifesaverStatus.WAITLIST)
    _waiting(book, people[_WEARERS + 1], LifesaverStatus.SCREENING)
    _searches(book, cards, transmitters)


def _transmitter(book: Book, store: str, secret: str, place: int) -> str:
    author, at = book.people["robin"], book.moment(book.today - timedelta(days=500))
    worn = place < _WEARERS
    made = book.add(
        "transmitter",
        store,
        at,
        author,
        serial=f"T-{101 + place}",
        model="Wrist transmitter",
        pulse_ms=1000,
        battery_type="3 V lithium",
        purchased_on=book.today - timedelta(days=500),
        status=TransmitterStatus.ISSUED if worn else TransmitterStatus.IN_STOCK,
        location="" if worn else "Cabinet 2",
    )
    frequency_id = ids.child_id(made, "frequency")
    khz = 216_020 + 40 * place
    book.add(
        "transmitter_frequency", secret, at, author, record_id=frequency_id, transmitter_id=made, frequency_khz=khz
    )
    return made


def _equipment(book: Book, fleet: str) -> None:
    author = book.people["robin"]
    kits = (
        (ReceiverKind.HANDHELD, "Kit 1", 12),
        (ReceiverKind.HANDHELD, "Kit 2", 38),
        (ReceiverKind.VEHICLE, "Car", 5),
    )
    for place, (kind, kit, days) in enumerate(kits):
        checked = book.today - timedelta(days=days)
        book.add(
            "lifesaver_receiver",
            fleet,
            book.moment(checked),
            author,
            serial=f"R-{11 + place}",
            model="Receiver with antenna",
            kind=kind,
            kit=kit,
            location="Station",
            checked_on=checked,
            checked_by=author.member_id,
            condition=KitCondition.GOOD,
        )
    for person, days in zip(_searchers(book), (80, 340, 400), strict=False):
        certified = book.today - timedelta(days=days)
        book.add(
            "search_operator",
            fleet,
            book.moment(certified),
            author,
            record_id=ids.child_id(person.member_id, "search operator"),
            member_id=person.member_id,
            level=OperatorLevel.OPERATOR,
            certified_on=certified,
            expires_on=months(certified, 12),
        )


def _searchers(book: Book) -> list[Person]:
    """The search specialists first, then who else may be certified."""
    order = (Role.ESS, Role.DSP, Role.SUP)
    found: dict[str, Person] = {}
    for role in order:
        found.update({one.member_id: one for one in book.people.values() if role in one.roles})
    return list(found.values())


def _client(book: Book, person: Entry, status: LifesaverStatus, asked: date, **more: Any) -> tuple[str, str, str]:
    """A client; its id, scope and number."""
    at, author = book.moment(asked), book.people["robin"]
    client_id = book.new_id(at)
    scope = book.scope(ScopeKind.LIFESAVER, client_id, at)
    number = book.number("PLS", asked)
    book.add(
        "lifesaver_client",
        scope,
        at,
        author,
        record_id=client_id,
        registration_id=person.record_id,
        number=number,
        status=status,
        coordinator_id=author.member_id,
        asked_on=asked,
        asked_by=person.fields["contacts"][0]["name"],
        **more,
    )
    return client_id, scope, number


def _waiting(book: Book, person: Entry, status: LifesaverStatus) -> None:
    asked = book.today - timedelta(days=9)
    answers = {one.value: "yes" for one in Criterion}
    if status is LifesaverStatus.SCREENING:
        answers |= {Criterion.WILLING.value: "unknown"}
    _client(book, person, status, asked, eligibility=answers, screened_on=asked)


def _profile(person: Entry, place: int, enrolled: date) -> dict[str, Any]:
    home = person.fields["addresses"][0]
    carers = [_caregiver(one, number) for number, one in enumerate(person.fields["contacts"])]
    if len(carers) == 1:
        carers.append({**carers[0], "name": f"{carers[0]['name']} (2)", "position": CaregiverPosition.BACKUP.value})
    lat, lon = home["lat"], home["lon"]
    return {
        "eligibility": {one.value: "yes" for one in Criterion},
        "screened_on": enrolled - timedelta(days=8),
        "diagnosis": "As the registration says",
        "physician": "Dr. Invented",
        "letter_on": enrolled - timedelta(days=20),
        "letter_states_risk": True,
        "wear_site": WearSite.DOMINANT_WRIST if place % 3 else WearSite.LEFT_ANKLE,
        "dominant_hand": Hand.RIGHT,
        "strap": Strap.NYLON if place % 2 else Strap.PLASTIC,
        "home_lat": f"{lat:.5f}",
        "home_lon": f"{lon:.5f}",
        "exits": "Front door, side door",
        "gates": "Garden gate, latched",
        "terrain": "Flat, a creek behind the houses",
        "hazards": [
            {"name": "Creek", "lat": round(lat + 0.002, 5), "lon": lon, "metres": 222},
            {"name": "Main road", "lat": lat, "lon": round(lon + 0.006, 5), "metres": 485},
        ],
        "wander_motive": ("Looks for a former home", "Follows the water", "Wants to go to work")[place % 3],
        "wander_direction": ("North along the creek", "Towards the station", "Downhill")[place % 3],
        "wander_speed": "Walks steadily",
        "hides": "Under porches" if place == 0 else "",
        "caregivers": carers,
        "agreement_on": enrolled - timedelta(days=2),
        "renew_on": months(enrolled - timedelta(days=2), 12),
        "enrolled_on": enrolled,
    }


def _caregiver(contact: Mapping[str, Any], number: int) -> dict[str, Any]:
    position = CaregiverPosition.BACKUP if number else CaregiverPosition.PRIMARY
    return {
        **{name: contact[name] for name in ("name", "relation", "phone", "safe_to_use") if name in contact},
        "position": position.value,
        "duties": [] if number else [duty.value for duty in CaregiverDuty],
    }


def _wearer(book: Book, store: str, place: int, person: Entry, transmitter_id: str) -> str:
    """A client with a transmitter, its care and its search card; the card's id."""
    author = book.people["robin"]
    enrolled = book.today - timedelta(days=240 - 25 * place)
    suspended = place == 5
    status = LifesaverStatus.SUSPENDED if suspended else LifesaverStatus.ENROLLED
    known = _profile(person, place, enrolled)
    since = book.today - timedelta(days=3)
    rest = {"suspended_on": since, "suspend_reason": SuspendReason.HOSPITAL} if suspended else {}
    client_id, scope, number = _client(book, person, status, enrolled - timedelta(days=15), **known, **rest)
    book.add(
        "equipment_issue",
        store,
        book.moment(enrolled),
        author,
        transmitter_id=transmitter_id,
        client_id=client_id,
        issued_at=book.moment(enrolled),
        issued_by=author.member_id,
        accessories="Tester",
    )
    installed = book.today - timedelta(days=_BATTERY_AGE[place])
    _batteries(book, client_id, transmitter_id, enrolled, installed)
    tested = _tests(book, client_id, scope, place, enrolled)
    _visit(book, client_id, number, person, place, transmitter_id)
    due = book.today + timedelta(days=30 * (place % 4) - 10)
    paid: dict[str, Any] = {"paid_cents": 6000, "paid_on": due - timedelta(days=40)} if place % 2 else {}
    book.add(
        "lifesaver_fee",
        scope,
        book.moment(enrolled),
        author,
        client_id=client_id,
        kind=FeeKind.ANNUAL,
        amount_cents=6000,
        due_on=due,
        **paid,
    )
    return _card(book, client_id, number, status, person, known, transmitter_id, place, installed, tested)


def _batteries(book: Book, client_id: str, transmitter_id: str, enrolled: date, installed: date) -> None:
    author = book.people["robin"]
    scope = book.scope(ScopeKind.LIFESAVER_VISIT, client_id)
    days = [enrolled] if enrolled < installed - timedelta(days=30) else []
    for day in (*days, installed):
        book.add(
            "battery_event",
            scope,
            book.moment(day),
            author,
            client_id=client_id,
            transmitter_id=transmitter_id,
            installed_on=day,
            interval_days=_INTERVAL,
            voltage_mv=2950,
            swapped_by=author.member_id,
            steps=[BatteryStep.BAND.value, BatteryStep.O_RING.value, BatteryStep.SKIN.value],
            signal_test_m=400,
        )


def _tests(book: Book, client_id: str, scope: str, place: int, enrolled: date) -> date:
    """The caregiver's sheet of the last two weeks; one family has forgotten the last three days."""
    last = book.today - timedelta(days=4 if place == 2 else 1)
    for back in range(14):
        day = last - timedelta(days=back)
        if day <= enrolled or (place == 3 and back % 6 == 4):
            continue
        book.add(
            "daily_test",
            scope,
            book.moment(day),
            book.people["robin"],
            record_id=ids.child_id(client_id, f"test {day.isoformat()}"),
            client_id=client_id,
            tested_on=day,
            tested_at="08:00",
            light_ok=True,
            present=True,
            band_ok=True,
            skin_ok=True,
            initials="C.",
        )
    return last


def _visit(book: Book, client_id: str, number: str, person: Entry, place: int, transmitter_id: str) -> None:
    author = book.people["robin"]
    home, contact = person.fields["addresses"][0], person.fields["contacts"][0]
    planned = book.today + timedelta(days=1 if place < 4 else -20)
    at = book.moment(book.today - timedelta(days=25))
    visit_id = book.new_id(at)
    scope = book.scope(ScopeKind.LIFESAVER_VISIT, visit_id, at)
    over = planned < book.today
    done: dict[str, Any] = {"outcome": VisitOutcome.DONE, "done_by": [author.member_id]} if over else {}
    book.add(
        "lifesaver_visit",
        scope,
        at,
        author,
        record_id=visit_id,
        client_id=client_id,
        client_number=number,
        kind=VisitKind.MAINTENANCE,
        planned_on=planned,
        planned_at=f"{9 + place}:30",
        assigned=[author.member_id],
        address=home["text"],
        municipality=home["municipality"],
        phone=contact["phone"],
        transmitter_id=transmitter_id,
        serial=f"T-{101 + place}",
        battery_due_on=book.today + timedelta(days=_INTERVAL - _BATTERY_AGE[place]),
        **done,
    )


def _card(
    book: Book,
    client_id: str,
    number: str,
    status: LifesaverStatus,
    person: Entry,
    known: Mapping[str, Any],
    transmitter_id: str,
    place: int,
    installed: date,
    tested: date,
) -> str:
    fields, home = person.fields, person.fields["addresses"][0]
    names = ("wear_site", "strap", "home_lat", "home_lon", "exits", "gates", "terrain", "hazards", "wander_motive")
    more = ("wander_direction", "wander_speed", "hides", "caregivers")
    scope, card_id = book.scope(ScopeKind.LIFESAVER_CARD, client_id), ids.child_id(client_id, "search card")
    _photographed(book, scope, card_id, person)
    return book.add(
        "search_card",
        scope,
        book.moment(installed),
        book.people["robin"],
        record_id=card_id,
        client_id=client_id,
        registration_id=person.record_id,
        number=number,
        status=status,
        places=fields.get("places"),
        legal_first=fields["legal_first"],
        legal_last=fields["legal_last"],
        preferred_name=fields.get("preferred_name"),
        born=fields["dob"],
        municipality=home["municipality"],
        address=home["text"],
        transmitters=[{"id": transmitter_id, "serial": f"T-{101 + place}", "pulse_ms": 1000}],
        battery_on=installed,
        battery_due_on=rules.battery_dates(installed, _INTERVAL, rules.BatteryTerms()).due_on,
        tested_on=tested,
        danger=bool(fields.get("attractions")),
        health=bool(fields.get("life_threatening")),
        **{name: known[name] for name in (*names, *more)},
    )


def _photographed(book: Book, scope: str, card_id: str, person: Entry) -> None:
    """The small photograph of the registration, where it has one."""
    whole = next((e for e in book.entries if e.kind == "attachment" and e.fields["owner_id"] == person.record_id), None)
    if whole is None:
        return
    kept = {name: whole.fields[f"preview_{name}"] for name in ("size", "chunks", "key")}
    same = {name: whole.fields[name] for name in ("kind", "media_type", "taken_on")}
    owner = {"owner_kind": "search_card", "owner_id": card_id}
    record_id = ids.child_id(card_id, whole.record_id)
    book.add("attachment", scope, whole.at, book.people["robin"], record_id=record_id, **kept, **same, **owner)


def _searches(book: Book, cards: list[str], transmitters: list[str]) -> None:
    """A drill, a search that ended well, and one that was a false alarm."""
    _search(book, cards[1], transmitters[1], 75, drill=True)
    _search(book, cards[0], transmitters[0], 33)
    _search(book, cards[3], transmitters[3], 12, found=False)


def _search(
    book: Book, card_id: str, transmitter_id: str, days: int, *, drill: bool = False, found: bool = True
) -> None:
    card = next(one for one in book.entries if one.record_id == card_id).fields
    searcher = _searchers(book)[0]
    day = book.today - timedelta(days=days)
    call = book.moment(day, 13, 15)

    def after(minutes: int) -> datetime:
        return call + timedelta(minutes=minutes)

    search_id = book.new_id(call)
    scope = book.scope(ScopeKind.LIFESAVER_SEARCH, search_id, call)
    lat, lon = float(card["home_lat"]), float(card["home_lon"])
    ended: dict[str, Any] = {"outcome": SearchOutcome.FALSE}
    if found:
        ended = {
            "outcome": SearchOutcome.SAFE,
            "first_signal_at": after(24),
            "located_at": after(36),
            "returned_at": after(58),
            "found_place": FoundPlace.WATER,
            "found_where": "Bank of the creek",
            "found_lat": f"{lat + 0.0045:.5f}",
            "found_lon": f"{lon + 0.0062:.5f}",
            "found_m": 708,
            "found_condition": FoundCondition.WELL,
            "transmitter_found": TransmitterFound.WORKING,
            "found_by": FoundBy.SIGNAL,
            "debriefed": [step.value for step in DebriefStep],
            "debriefed_on": day + timedelta(days=3),
            "lessons": "The second bearing should come from farther aside.",
        }
    book.add(
        "search_activation",
        scope,
        call,
        searcher,
        record_id=search_id,
        number=book.number("PLX", day),
        client_id=card["client_id"],
        card_id=card_id,
        person=" ".join(str(card[name]) for name in ("legal_first", "legal_last") if card.get(name)),
        drill=drill,
        status=SearchStatus.CLOSED,
        call_at=call,
        reported_by="Caregiver",
        occurrence_no=f"26-{4000 + days}",
        seen_at=after(-45),
        seen_precision=Precision.ABOUT,
        seen_place="At home",
        seen_lat=card["home_lat"],
        seen_lon=card["home_lon"],
        searched=[SearchedPlace.HOME.value, SearchedPlace.YARD.value],
        wearing=Tri.YES,
        clothing="Blue rain coat",
        going=Going.FOOT,
        alone=Tri.YES,
        feels_like_c=6,
        precipitation=Precipitation.RAIN,
        light=Light.DAY,
        commander_id=searcher.member_id,
        notified=[NotifyStep.CAREGIVER_HOME.value, NotifyStep.SUPERVISOR.value],
        en_route_at=after(5),
        on_scene_at=after(16),
        stood_down_at=after(70),
        closed_at=after(75),
        closed_by=searcher.member_id,
        **ended,
    )
    if found:
        _bearings(book, search_id, scope, searcher, transmitter_id, lat, lon, call)


def _bearings(
    book: Book,
    search_id: str,
    scope: str,
    searcher: Person,
    transmitter_id: str,
    lat: float,
    lon: float,
    call: datetime,
) -> None:
    """Three bearings that cross near the creek, the last one thrown back by a wall."""
    taken = ((0.0, 0.0, 45.0, 24, 3), (0.0, 0.0124, 315.0, 29, 6), (0.009, 0.004, 250.0, 33, 4))
    for place, (north, east, true, minutes, bars) in enumerate(taken):
        at = call + timedelta(minutes=minutes)
        book.add(
            "bearing_log",
            scope,
            at,
            searcher,
            activation_id=search_id,
            taken_at=at,
            operator_id=searcher.member_id,
            transmitter_id=transmitter_id,
            lat=f"{lat + north:.5f}",
            lon=f"{lon + east:.5f}",
            bearing=f"{true}",
            north=BearingNorth.TRUE,
            declination="-10.5",
            signal=f"{bars}",
            scale=SignalScale.BARS,
            heard=PulseHeard.YES,
            quality=BearingQuality.REFLECTED if place == 2 else BearingQuality.GOOD,
        )

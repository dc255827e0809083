"""Search cards: kept beside their client by everything that changes it, opened in a search (domain.md 7.6.6)."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.models.lifesaver import BatteryEvent, DailyTest, EquipmentIssue, LifesaverClient, Transmitter
from app.models.lifesaver_search import BatteryNotice, SearchCard
from app.models.registry import Registration
from app.models.rules import lifesaver as rules
from app.models.vocab import Attraction, ScopeKind, Tri
from app.models.work import Work
from app.services.records import add, all_of, ensure
from app.services.registry_photos import keep_card_photo

_COPIED = (
    "wear_site", "strap", "home_lat", "home_lon", "exits", "gates", "terrain", "hazards", "wander_motive",
    "wander_direction", "wander_speed", "hides", "caregivers",
)  # fmt: skip
_DANGERS = frozenset(
    {Attraction.WATER.value, Attraction.TRAINS.value, Attraction.ROADS.value, Attraction.HEIGHTS.value}
)


def keep_card(work: Work, client: LifesaverClient) -> None:
    """Make the card say what the client's records say now, or take it away when nobody may open it."""
    scope_id = work.open_scope(ScopeKind.LIFESAVER_CARD, client.id)
    card_id = work.child_id(client.id, "search card")
    if client.status not in rules.WEARING:
        card = work.session.get(SearchCard, card_id)
        if card is not None and card.removed_at is None:
            card.removed_at, card.removed_reason = work.now(), str(client.status)
            keep_card_photo(work, client.registration_id, None, [card])
        return
    card = ensure(work, SearchCard, scope_id, card_id, client_id=client.id, registration_id=client.registration_id)
    for name, value in _values(work, client).items():
        if getattr(card, name) != value:
            setattr(card, name, value)
    keep_card_photo(work, client.registration_id, card, [])


def keep_cards_of(work: Work, transmitter_id: str) -> None:
    """Bring the cards of everyone up to date who may wear a transmitter."""
    for issue in all_of(work, EquipmentIssue, EquipmentIssue.transmitter_id == transmitter_id):
        client = work.session.get(LifesaverClient, issue.client_id)
        if client is not None and client.status in rules.WEARING:
            keep_card(work, client)


def tell_searchers(work: Work, battery: BatteryEvent) -> None:
    """Pass a technician's battery on to those who search: who made the visit does not hold the card's key.

    The notice lies in a scope of its own that is sealed to them; the coordinator's next look brings the card itself up
    to date.
    """
    if battery.installed_on is None or battery.interval_days is None:
        return
    add(
        work,
        BatteryNotice,
        work.open_scope(ScopeKind.LIFESAVER_NOTICE, work.child_id(battery.id, "battery notice")),
        client_id=battery.client_id,
        installed_on=battery.installed_on,
        due_on=rules.battery_dates(battery.installed_on, battery.interval_days, terms_of(work)).due_on,
    )


def last_battery(work: Work, client_id: str) -> BatteryEvent | None:
    """The newest battery of a client."""
    found = all_of(work, BatteryEvent, BatteryEvent.client_id == client_id, BatteryEvent.installed_on.is_not(None))
    return max(found, key=lambda one: (one.installed_on or date.min, one.id), default=None)


def terms_of(work: Work) -> rules.BatteryTerms:
    """The days around a battery's due day, as the service set them."""
    return rules.BatteryTerms(
        warn=int(work.setting("pls.battery_warn_days")),
        escalate=int(work.setting("pls.battery_escalate_days")),
        silent=int(work.setting("pls.no_signal_days")),
    )


def interval_of(work: Work, client: LifesaverClient) -> int:
    """The days after which a battery of this client is due."""
    return client.battery_days or int(work.setting("pls.battery_days"))


def worn_by(work: Work, client_id: str) -> list[Transmitter]:
    """The transmitters that a client may wear, the one handed over first at the top."""
    issues = all_of(work, EquipmentIssue, EquipmentIssue.client_id == client_id, EquipmentIssue.end.is_(None))
    found = [work.session.get(Transmitter, issue.transmitter_id) for issue in issues]
    return [one for one in found if one is not None]


def _values(work: Work, client: LifesaverClient) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(client, name) for name in _COPIED}
    found |= {"number": client.number, "status": client.status}
    found["transmitters"] = [
        {"id": one.id, "serial": one.serial or "", "pulse_ms": one.pulse_ms} for one in worn_by(work, client.id)
    ]
    return found | _person(work, client) | _care(work, client)


def _person(work: Work, client: LifesaverClient) -> dict[str, Any]:
    person = work.session.get(Registration, client.registration_id) if client.registration_id else None
    if person is None:
        return {}
    home = next(iter(person.addresses or ()), {})
    drawn = _DANGERS & set(person.attractions or ())
    return {
        "legal_first": person.legal_first,
        "legal_last": person.legal_last,
        "preferred_name": person.preferred_name,
        "born": person.dob,
        "municipality": home.get("municipality"),
        "address": home.get("text"),
        "places": person.places,
        "danger": bool(drawn) or person.swims is Tri.NO,
        "health": bool(person.life_threatening) or bool(person.medical_alerts),
    }


def _care(work: Work, client: LifesaverClient) -> dict[str, Any]:
    battery = last_battery(work, client.id)
    tests = all_of(work, DailyTest, DailyTest.client_id == client.id, DailyTest.light_ok.is_(True))
    dates = None
    if battery is not None and battery.installed_on is not None:
        interval = battery.interval_days or interval_of(work, client)
        dates = rules.battery_dates(battery.installed_on, interval, terms_of(work))
    return {
        "battery_on": battery.installed_on if battery is not None else None,
        "battery_due_on": dates.due_on if dates is not None else None,
        "tested_on": max((one.tested_on for one in tests if one.tested_on is not None), default=None),
    }

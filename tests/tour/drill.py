"""The missing-person drill: from the locked screen to the emergency card, the search, bearings, located, debriefed."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.models.lifesaver_search import SearchActivation
from app.models.lifesaver_vocab import CaregiverDuty, Criterion, WearSite
from app.models.local.tables import Member
from app.models.search_vocab import SearchStatus
from app.models.vocab import Role, ScopeKind
from app.services import lifesaver, lifesaver_care, lifesaver_kit, registry
from tests import factories
from tests.tour.hand import TourFailed
from tests.tour.session import Sitting


def wearer(sitting: Sitting, _given: dict[str, Any]) -> None:
    """The registry's coordinator has a person of the registry wear a transmitter; then everybody hears of it."""
    sitting.start()
    sitting.unlock()
    sitting.send()
    agency_id = sitting.house.vault.agency_id
    sitting.house.store.write(lambda work: _enrol(work, agency_id))
    sitting.go_to("lifesaver.clients")
    sitting.hand.picture("lifesaver-clients")
    sitting.go_to("lifesaver.rounds")
    sitting.hand.picture("lifesaver-rounds")
    sitting.go_to("lifesaver.kit")
    sitting.hand.picture("lifesaver-equipment")
    sitting.send()


def missing_person(sitting: Sitting, _given: dict[str, Any]) -> dict[str, Any]:
    """With the cable pulled: unlock, the card, the search with two bearings, located, closed, debriefed."""
    sitting.start()
    sitting.unlock()
    _open_card(sitting)
    _start_search(sitting)
    _note(sitting, "en_route_at")
    _note(sitting, "on_scene_at")
    for lon, degrees in (("-79.7000", "45"), ("-79.6900", "315")):
        _bearing(sitting, lon, degrees)
    _look_around(sitting)
    _note(sitting, "located_at")
    _end(sitting)
    (search,) = sitting.house.store.read(lambda session: list(session.scalars(select(SearchActivation))))
    if search.status is not SearchStatus.CLOSED or search.debriefed_on is None or not search.drill:
        raise TourFailed("the drill is not located, closed and debriefed")
    return {"first_signal": search.first_signal_at is not None}


def _enrol(work: Any, agency_id: str) -> None:
    """What the registry has done during the last days, through its own services."""
    work.open_scope(ScopeKind.AGENCY, agency_id)
    person = registry.register(work, factories.registration())
    registry.activate_registration(work, registry.ActivateRegistration(registration_id=person))
    serial = lifesaver_kit.AddTransmitter(serial="T-044", pulse_ms=1000, frequency_khz=216_150)
    transmitter = lifesaver_kit.add_transmitter(work, serial)
    caregiver = {"relation": "Mother", "phone": "+15555550142", "safe_to_use": "yes"}
    duties = [one.value for one in CaregiverDuty]
    inquiry = lifesaver.OpenInquiry(
        registration_id=person,
        caregivers=[
            {
                **caregiver,
                "name": "Nora Rennick",
                "position": "primary",
                "duties": duties,
            },
            {**caregiver, "name": "Sol Rennick", "position": "backup"},
        ],
        wear_site=WearSite.DOMINANT_WRIST,
        agreement_on=work.today(),
        home_lat="43.4520",
        home_lon="-79.6960",
        hides="Under porches",
        hazards=[{"name": "Heron Pond", "lat": 43.4540, "lon": -79.6950}],
    )
    client = lifesaver.open_inquiry(work, inquiry)
    answers = {one.value: "yes" for one in Criterion}
    lifesaver.screen_client(work, lifesaver.ScreenClient(client_id=client, answers=answers))
    lifesaver_kit.issue_transmitter(work, lifesaver_kit.IssueTransmitter(transmitter_id=transmitter, client_id=client))
    lifesaver_care.record_battery(work, lifesaver_care.RecordBattery(client_id=client))
    lifesaver.enrol_client(work, lifesaver.EnrolClient(client_id=client))
    plan = lifesaver_care.PlanVisit(client_id=client)
    lifesaver_care.plan_visit(work, plan)
    for member in work.session.scalars(select(Member)):
        if Role.ESS.value in member.roles:
            _certify(work, member.id, work.today())


def _certify(work: Any, member_id: str, day: date) -> None:
    lifesaver_kit.certify_operator(work, lifesaver_kit.CertifyOperator(member_id=member_id, certified_on=day))


def _open_card(sitting: Sitting) -> None:
    hand = sitting.hand
    hand.key("F3")
    hand.wait(lambda: sitting.house.window.route == "registry.find", "the finder")
    hand.write("maplewood 14")
    sitting.quiet()
    hand.picture("drill-found")
    hand.key("Return")
    sitting.quiet()
    hand.key("1", "Return")
    hand.wait(lambda: sitting.house.window.route == "registry.card", "the emergency card")
    sitting.quiet()
    hand.picture("drill-emergency-card")


def _start_search(sitting: Sitting) -> None:
    hand = sitting.hand
    hand.key("F4")
    hand.wait(lambda: sitting.house.window.route == "lifesaver.searches", "the list of searches")
    sitting.quiet()
    hand.picture("drill-searches")
    hand.click("searches.start")
    sitting.quiet()
    hand.pick("search.start.card_id", "T. R.")
    hand.type("search.start.occurrence_no", "26-0001")
    hand.type("search.start.reported_by", "Nora Rennick")
    hand.click("search.start.drill")
    hand.type("search.start.seen_place", "The back yard")
    hand.choose("search.start.searched", "Yard, shed and pool")
    hand.choose("search.start.wearing", "Yes")
    hand.picture("drill-script")
    hand.click("search.start.save")
    hand.wait(lambda: sitting.house.window.route == "lifesaver.search", "the room of the search")
    sitting.quiet()
    hand.picture("drill-room")


def _note(sitting: Sitting, step: str) -> None:
    sitting.hand.click(f"search.step.{step}")
    sitting.quiet()


def _bearing(sitting: Sitting, lon: str, degrees: str) -> None:
    hand = sitting.hand
    hand.key("ctrl+b")
    sitting.quiet()
    hand.type("search.bearing.bearing", degrees)
    hand.choose("search.bearing.north", "Map")
    for name, text in (("lat", "43.4500"), ("lon", lon)):
        hand.click(f"search.bearing.{name}")
        hand.key("ctrl+a")
        hand.write(text)
    hand.pick("search.bearing.operator_id", "Erin")
    hand.picture("drill-bearing")
    hand.click("search.bearing.save")
    sitting.quiet()


def _look_around(sitting: Sitting) -> None:
    hand = sitting.hand
    hand.wait(lambda: hand.find("search.position").isVisible(), "the position")
    hand.picture("drill-position")
    for tab in ("map", "person", "facts"):
        hand.click(f"tab.{tab}")
        sitting.quiet()
        if tab == "person":
            hand.click("search.frequency.T-044")
            sitting.quiet()
        hand.picture(f"drill-{tab}")


def _end(sitting: Sitting) -> None:
    hand = sitting.hand
    hand.click("search.close_button")
    sitting.quiet()
    hand.pick("search.close.outcome", "Found safe")
    for name, text in (
        ("found_place", "By or in water"),
        ("found_by", "The signal"),
        ("found_condition", "Well"),
        ("transmitter_found", "Worn and sending"),
    ):
        hand.pick(f"search.close.{name}", text)
    hand.picture("drill-close")
    hand.click("search.close.save")
    sitting.quiet()
    hand.click("search.debrief_button")
    sitting.quiet()
    for step in (
        "The team talked it through",
        "The caregiver was shown again what to do",
        "The profile was brought up to date",
        "Faults of the equipment were reported",
    ):
        hand.choose("search.debrief.steps", step)
    hand.picture("drill-debrief")
    hand.click("search.debrief.save")
    sitting.quiet()
    hand.picture("drill-over")

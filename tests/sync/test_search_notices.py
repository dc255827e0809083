"""What of a search reaches whom: officers hear that it goes on, searchers of a new battery (domain.md 7, 20.1)."""

from __future__ import annotations

from sqlalchemy import select

from app.models.lifesaver import LifesaverClient, Transmitter
from app.models.lifesaver_search import BatteryNotice, SearchCard, SearchNotice
from app.models.lifesaver_vocab import LifesaverStatus
from app.models.vocab import Role, ScopeKind
from app.queries import search_cards
from app.services import lifesaver_care, lifesaver_kit, lifesaver_search, lifesaver_watch, search_notices
from tests.sync.conftest import Agency, Recruit
from tests.sync.test_inventory_truth import accepted, all_sync, do, issue


def test_a_technicians_battery_and_an_open_search_reach_who_may_know(agency: Agency, recruit: Recruit) -> None:
    registrar = recruit(agency, "Rae Registrar", Role.REG, groups=("staff", "registry", "searchers", "on_scene"))
    technician = recruit(agency, "Tom Technician", Role.VOL)
    dispatcher = recruit(agency, "Dee Dispatcher", Role.DSP, groups=("staff", "searchers", "on_scene"))
    officer = recruit(agency, "Oda Officer", Role.OFF, groups=("staff", "officers", "on_scene"))
    everyone = (registrar, technician, dispatcher, officer)
    registrar.scope(ScopeKind.AGENCY, agency.agency_id)
    all_sync(*everyone)
    do(registrar, lifesaver_kit.add_transmitter, lifesaver_kit.AddTransmitter(serial="T-044", frequency_khz=216_150))
    client = accepted(registrar, "Ada")
    (transmitter,) = registrar.ask(lambda session: list(session.scalars(select(Transmitter.id))))
    issue(registrar, transmitter, client)
    registrar.set(LifesaverClient, client, status=LifesaverStatus.ENROLLED, diagnosis="canary-dx")
    plan = lifesaver_care.PlanVisit(client_id=client, assigned=(technician.member_id,))
    visit = do(registrar, lifesaver_care.plan_visit, plan)
    do(registrar, lifesaver_watch.watch, lifesaver_watch.Watch())
    all_sync(*everyone)

    # The registrar is away from here on.
    do(technician, lifesaver_care.record_battery, lifesaver_care.RecordBattery(visit_id=visit, steps=("band",)))
    all_sync(technician, dispatcher)
    (notice,) = dispatcher.ask(lambda session: list(session.scalars(select(BatteryNotice))))
    (card,) = dispatcher.ask(lambda session: list(session.scalars(select(SearchCard))))
    assert notice.client_id == client and card.battery_on is None
    begin = lifesaver_search.ActivateSearch(card_id=card.id, occurrence_no="26-0001")
    do(dispatcher, lifesaver_search.activate_search, begin)
    all_sync(dispatcher, officer)
    assert not {"search_activation", "battery_event", "lifesaver_client", "registration"} & officer.contents().keys()
    (going,) = officer.ask(lambda session: list(session.scalars(select(SearchNotice))))
    opening = search_notices.OpenSearchCard(notice_id=going.id, reason="On patrol near by")
    view = do(officer, search_notices.open_search_card, opening)
    today = notice.installed_on
    assert today is not None
    shown = officer.ask(lambda session: search_cards.opened_card(session, view, today=today))
    assert [one.serial for one in shown.transmitters] == ["T-044"] and shown.battery_on == today

    all_sync(officer, registrar)
    views = registrar.contents()["card_view"]
    assert "On patrol near by" in repr(views), "the registry sees who opened the card"

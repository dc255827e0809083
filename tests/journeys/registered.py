"""Text in every free field of the registry and of Project Lifesaver, and every page and paper that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from app.bootstrap import VaultStore
from app.documents.catalogue import find
from app.models.base import kinds
from app.models.lifesaver_vocab import KitCondition, SubsidyDecision, VisitOutcome, WearSite
from app.models.search_vocab import HandOverAuthority, HandOverPart, SearchOutcome, TeamPart
from app.models.vocab import (
    Audience,
    Capacity,
    CardReason,
    RegistryAuthority,
    Role,
    SubmitterWay,
)
from app.queries.prints import PrintAsked, print_rows
from app.services import (
    lifesaver,
    lifesaver_care,
    lifesaver_kit,
    lifesaver_search,
    registry,
    registry_disputes,
    registry_terms,
    search_notices,
)
from app.services.answers import KEEP
from app.services.registry_cards import OpenCard, open_card
from app.views.lifesaver.search_room import SearchRoom
from tests import factories
from tests.journeys.conftest import Visit
from tests.journeys.everywhere import Look, Typing, everywhere, yesterday
from tests.lifesaver import ANSWERS, CAREGIVERS


@dataclass(frozen=True)
class Registered:
    """What was written, by id. `view` is the opened emergency card."""

    registration: str
    emergency_card: str
    view: str
    client: str
    visit: str
    fee: str
    search: str
    transmitter: str


Do = Callable[[Role, Callable[[Any, Any], Any], Any], Any]


def _doing(here: Visit) -> Do:
    """Acts in any role: a vault without a server has one person, who is given only the roles of victim services."""

    def do(role: Role, verb: Callable[[Any, Any], Any], command: Any) -> Any:
        return VaultStore(here.house.vault, role).write(lambda work: verb(work, command))[0]

    return do


def _one(here: Visit, kind: str, **wanted: Any) -> str:
    def question(session: Any) -> str:
        return str(session.query(kinds()[kind]).filter_by(removed_at=None, **wanted).one().id)

    return cast(str, here.house.store.read(question))


def register_everywhere(here: Visit, typed: Typing) -> Registered:
    """The text in every text field of a registration, of a client with a transmitter, and of a search for them."""
    do = _doing(here)
    registration = _registration(do, typed)
    card = _one(here, "emergency_card", registration_id=registration)
    opened = OpenCard(card_id=card, why=CardReason.MISSING, reason=typed(), occurrence_no=typed())
    view = do(Role.SUP, open_card, opened)
    client, transmitter = _client(here, do, registration, typed)
    visit, fee = _care(here, do, client, typed)
    search = _search(here, do, client, typed)
    dispute = registry_disputes.OpenDispute(registration_id=registration, field="calming", value=typed(), second_by="")
    do(Role.REG, registry_disputes.open_dispute, replace(dispute, second_by=typed(), first_by=typed()))
    here.settle()
    return Registered(registration, card, view, client, visit, fee, search, transmitter)


def _registration(do: Do, typed: Typing) -> str:
    asked = replace(
        everywhere(factories.registration(), typed),
        letter_language="fr",
        aliases=[typed()],
        addresses=[{"kind": "home", "lat": 43.512, "lon": -79.882}
                   | {name: typed() for name in ("text", "municipality", "access", "others")}],
        devices=[{"kind": "phone", "number": typed(), "about": typed()}],
        marks=[typed()],
        vehicles=[typed()],
        medical_alerts=[typed()],
        helpers=[typed()],
        places=[{"lat": 43.5148, "lon": -79.8815} | {name: typed() for name in ("name", "why", "last")}],
        wander_history=[{"on": "2025-07-03"} | {name: typed() for name in ("from", "found", "how", "injuries")}],
        contacts=[
            {"safe_to_use": "yes"}
            | {name: typed() for name in ("name", "relation", "phone", "other_phone", "say_you_are", "note")}
        ],
    )  # fmt: skip
    made: str = do(Role.REG, registry.register, asked)
    seen = registry.VerifyRegistration(registration_id=made, authority=RegistryAuthority.PARENT, id_checked=True)
    do(Role.REG, registry.verify_registration, replace(seen, evidence=typed()))
    do(Role.REG, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    told = registry_terms.RecordReminder(registration_id=made, way=SubmitterWay.MAIL, note=typed())
    do(Role.REG, registry_terms.record_reminder, told)
    capacity = registry_terms.ReviewCapacity(registration_id=made, capacity=Capacity.PARENT, note=typed())
    do(Role.REG, registry_terms.review_capacity, capacity)
    return made


def _client(here: Visit, do: Do, registration: str, typed: Typing) -> tuple[str, str]:
    worn = here.house.store.read(lambda session: session.query(kinds()["transmitter"]).count())
    added = everywhere(lifesaver_kit.AddTransmitter(pulse_ms=1000, frequency_khz=216_010 + 10 * worn), typed)
    transmitter = do(Role.REG, lifesaver_kit.add_transmitter, added)
    inquiry = replace(
        everywhere(lifesaver.OpenInquiry(registration_id=registration), typed),
        caregivers=[
            {**one, **{name: typed() for name in ("name", "relation", "phone", "say_you_are")}} for one in CAREGIVERS
        ],
        wear_site=WearSite.DOMINANT_WRIST,
        agreement_on=yesterday(here),
        home_lat="43.5120",
        home_lon="-79.8820",
        hazards=[{"name": typed(), "lat": "43.5148", "lon": "-79.8815"}],
    )
    client = do(Role.REG, lifesaver.open_inquiry, inquiry)
    screened = lifesaver.ScreenClient(client_id=client, answers=ANSWERS, note=typed())
    do(Role.REG, lifesaver.screen_client, screened)
    issue = lifesaver_kit.IssueTransmitter(transmitter_id=transmitter, client_id=client)
    do(Role.REG, lifesaver_kit.issue_transmitter, everywhere(issue, typed))
    battery = lifesaver_care.RecordBattery(client_id=client, steps=("band", "skin"))
    do(Role.REG, lifesaver_care.record_battery, everywhere(battery, typed))
    do(Role.REG, lifesaver.enrol_client, lifesaver.EnrolClient(client_id=client))
    receiver = replace(everywhere(lifesaver_kit.AddReceiver(), typed), assigned_to=KEEP)
    checked = lifesaver_kit.CheckKit(
        receiver_id=do(Role.REG, lifesaver_kit.add_receiver, receiver), condition=KitCondition.GOOD, note=typed()
    )
    do(Role.REG, lifesaver_kit.check_kit, checked)
    return client, transmitter


def _care(here: Visit, do: Do, client: str, typed: Typing) -> tuple[str, str]:
    line = lifesaver_care.TestLine(tested_on=yesterday(here), initials=typed(), remarks=typed())
    do(Role.REG, lifesaver_care.record_tests, lifesaver_care.RecordTests(client_id=client, lines=(line,)))
    visit = do(Role.REG, lifesaver_care.plan_visit, lifesaver_care.PlanVisit(client_id=client))
    went = lifesaver_care.RecordVisit(visit_id=visit, outcome=VisitOutcome.DONE, note=typed())
    do(Role.REG, lifesaver_care.record_visit, went)
    fee = do(Role.REG, lifesaver_care.charge_fee, lifesaver_care.ChargeFee(client_id=client))
    subsidy = lifesaver_care.DecideSubsidy(fee_id=fee, decision=SubsidyDecision.ASKED)
    do(Role.REG, lifesaver_care.decide_subsidy, everywhere(subsidy, typed))
    return visit, fee


def _search(here: Visit, do: Do, client: str, typed: Typing) -> str:
    member = here.house.context.person.member_id
    certified = lifesaver_kit.CertifyOperator(member_id=member, certified_on=yesterday(here), note=typed())
    do(Role.REG, lifesaver_kit.certify_operator, certified)
    begun = lifesaver_search.ActivateSearch(card_id=_one(here, "search_card", client_id=client))
    team = [{"part": TeamPart.K9.value, "name": typed(), "kit": typed()}]
    begun = replace(everywhere(begun, typed), seen_lat=KEEP, seen_lon=KEEP, team=team)
    search: str = do(Role.ESS, lifesaver_search.activate_search, begun)
    for lon, bearing in ((-79.70, 45.0), (-79.69, 315.0)):
        heard = lifesaver_search.LogBearing(
            search_id=search, operator_id=member, lat=43.45, lon=lon, bearing=bearing, note=typed()
        )
        logged = do(Role.ESS, lifesaver_search.log_bearing, heard)
    withdrawn = lifesaver_search.WithdrawBearing(bearing_id=logged, reason=typed())
    do(Role.ESS, lifesaver_search.withdraw_bearing, withdrawn)
    higher = lifesaver_search.RaiseUrgency(search_id=search, to=99, reason=typed())
    do(Role.SUP, lifesaver_search.raise_urgency, higher)
    for goes_on in (False, True):
        rests = lifesaver_search.SuspendSearch(search_id=search, reason=typed(), goes_on=goes_on)
        do(Role.ESS, lifesaver_search.suspend_search, rests)
    given = search_notices.HandOverSearch(
        search_id=search,
        given_to=typed(),
        parts=(HandOverPart.CARD,),
        authority=HandOverAuthority.SAFETY,
        receiver=typed(),
        note=typed(),
    )
    do(Role.ESS, search_notices.hand_over_search, given)
    closed = lifesaver_search.CloseSearch(search_id=search, outcome=SearchOutcome.FALSE)
    do(Role.ESS, lifesaver_search.close_search, everywhere(closed, typed))
    do(Role.ESS, lifesaver_search.debrief_search, everywhere(lifesaver_search.DebriefSearch(search_id=search), typed))
    return search


def walk_registered(here: Visit, records: Registered, looked_at: Look) -> set[str]:
    """Open every page of a supervisor that shows the records; what can be read on them."""
    texts: set[str] = set()
    here.house.window.role_asked.emit(Role.SUP)
    here.settle()
    for route, subject in (
        ("registry.list", {"registration_id": records.registration}),
        ("registry.views", {}),
        ("registry.lists", {}),
        ("registry.card", {"view_id": records.view}),
        ("lifesaver.clients", {"client_id": records.client}),
        ("lifesaver.rounds", {}),
        ("lifesaver.kit", {}),
        ("lifesaver.searches", {}),
        ("lifesaver.search", {"search_id": records.search}),
    ):
        page = here.go(route, **subject)
        texts |= looked_at(here.house.window, route)
        if isinstance(page, SearchRoom):
            for tab in page._panes:
                page.show_tab(tab)
                here.settle()
                texts |= looked_at(here.house.window, f"{route} {tab}")
    here.house.window.role_asked.emit(Role.VSU)
    here.settle()
    assert here.warned == []
    return texts


FORMS = {
    **dict.fromkeys(("F-601", "F-603", "F-604", "F-605", "F-606"), "registration"),
    **dict.fromkeys(("F-602", "F-602P", "F-607"), "emergency_card"),
    **dict.fromkeys(("F-701", "F-702", "F-703", "F-704", "F-705", "F-706", "F-708"), "client"),
    **dict.fromkeys(("F-707", "F-713"), "visit"),
    **dict.fromkeys(("F-709", "F-710", "F-711", "F-712"), "search"),
    "F-710A": "transmitter",
    "F-714": "fee",
}


def printed_registered(here: Visit, records: Registered, language: str = "en") -> Iterator[tuple[str, bytes]]:
    """Each of their documents, drawn by the real child."""
    house = here.house
    for form_id, name in FORMS.items():
        form = find(form_id)
        assert form is not None, form_id
        asked = PrintAsked(
            form_id=form_id,
            audience=Audience.CLIENT if Audience.CLIENT in form.audiences else Audience.INTERNAL,
            language=language,
            member_id=house.context.person.member_id,
            printed_by=house.context.person.name,
            record_id=getattr(records, name),
        )
        context, rows = house.store.read(lambda session, asked=asked: print_rows(session, asked, now=house.vault.now()))
        yield form_id, house.context.draw(context, rows)

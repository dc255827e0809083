"""Who may do what in Project Lifesaver, verb by verb: part of the table of `test_default_deny` (domain.md 20.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.models.base import Record
from app.models.lifesaver import (
    BatteryEvent,
    DailyTest,
    EquipmentIssue,
    LifesaverClient,
    LifesaverFee,
    LifesaverVisit,
    Receiver,
    SearchOperator,
    Transmitter,
)
from app.models.lifesaver_search import BearingLog, SearchActivation, SearchCard, SearchHandOver, SearchNotice
from app.models.lifesaver_vocab import (
    DischargeReason,
    IssueEnd,
    KitCondition,
    SubsidyDecision,
    SuspendReason,
    TransmitterStatus,
    VisitOutcome,
)
from app.models.registry import CardView
from app.models.rules.access import TECHNICIANS
from app.models.search_vocab import HandOverAuthority, HandOverPart, SearchOutcome, SearchStep
from app.models.vocab import Role
from app.models.work import Actor
from app.services import lifesaver, lifesaver_care, lifesaver_kit, lifesaver_search, search_notices
from tests.conftest import Office
from tests.lifesaver import ANSWERS, lines, programme

Rows = dict[Callable[..., Any], tuple[type[Record], frozenset[Role], Callable[[Any], Any]]]

_ALL, _REG, _SUP = frozenset(Role), frozenset({Role.REG}), frozenset({Role.SUP})
_SENT = TECHNICIANS | _REG

ROWS: Rows = {
    lifesaver.open_inquiry: (
        LifesaverClient, _REG, lambda ids: lifesaver.OpenInquiry(registration_id=ids.registration)
    ),
    lifesaver.update_client: (
        LifesaverClient, _REG, lambda ids: lifesaver.UpdateClient(client_id=ids.pls_client, hides="Sheds")
    ),
    lifesaver.screen_client: (
        LifesaverClient, _ALL, lambda ids: lifesaver.ScreenClient(client_id=ids.pls_new, answers=ANSWERS)
    ),
    lifesaver.enrol_client: (LifesaverClient, _REG, lambda ids: lifesaver.EnrolClient(client_id=ids.pls_ready)),
    lifesaver.suspend_client: (
        LifesaverClient, _REG, lambda ids: lifesaver.SuspendClient(client_id=ids.pls_client, why=SuspendReason.TRAVEL)
    ),
    lifesaver.resume_client: (LifesaverClient, _REG, lambda ids: lifesaver.ResumeClient(client_id=ids.pls_resting)),
    lifesaver.discharge_client: (
        LifesaverClient, _REG, lambda ids: lifesaver.DischargeClient(client_id=ids.pls_new, why=DischargeReason.MOVED)
    ),
    lifesaver.renew_agreement: (LifesaverClient, _REG, lambda ids: lifesaver.RenewAgreement(client_id=ids.pls_client)),
    lifesaver_kit.add_transmitter: (Transmitter, _REG, lambda ids: lifesaver_kit.AddTransmitter(serial="T-900")),
    lifesaver_kit.update_transmitter: (
        Transmitter, _REG, lambda ids: lifesaver_kit.UpdateTransmitter(transmitter_id=ids.pls_stock, model="M")
    ),
    lifesaver_kit.move_transmitter: (
        Transmitter,
        _REG,
        lambda ids: lifesaver_kit.MoveTransmitter(
            transmitter_id=ids.pls_stock, status=TransmitterStatus.TEST, reason="r"
        ),
    ),
    lifesaver_kit.issue_transmitter: (
        EquipmentIssue,
        _REG,
        lambda ids: lifesaver_kit.IssueTransmitter(transmitter_id=ids.pls_stock, client_id=ids.pls_ready),
    ),
    lifesaver_kit.end_issue: (
        EquipmentIssue, _REG, lambda ids: lifesaver_kit.EndIssue(issue_id=ids.pls_issue, end=IssueEnd.RETURNED)
    ),
    lifesaver_kit.add_receiver: (Receiver, _ALL, lambda ids: lifesaver_kit.AddReceiver(serial="R-9")),
    lifesaver_kit.update_receiver: (
        Receiver, _ALL, lambda ids: lifesaver_kit.UpdateReceiver(receiver_id=ids.pls_receiver, location="L")
    ),
    lifesaver_kit.check_kit: (
        Receiver,
        _ALL,
        lambda ids: lifesaver_kit.CheckKit(receiver_id=ids.pls_receiver, condition=KitCondition.GOOD),
    ),
    lifesaver_kit.certify_operator: (
        SearchOperator,
        _ALL,
        lambda ids: lifesaver_kit.CertifyOperator(member_id=ids.member, certified_on=ids.pls_day),
    ),
    lifesaver_care.plan_visit: (
        LifesaverVisit, _REG, lambda ids: lifesaver_care.PlanVisit(client_id=ids.pls_client)
    ),
    lifesaver_care.record_visit: (
        LifesaverVisit,
        _SENT,
        lambda ids: lifesaver_care.RecordVisit(visit_id=ids.pls_visit, outcome=VisitOutcome.DONE),
    ),
    lifesaver_care.cancel_visit: (
        LifesaverVisit, _SENT, lambda ids: lifesaver_care.CancelVisit(visit_id=ids.pls_visit, reason="r")
    ),
    lifesaver_care.record_battery: (
        BatteryEvent, _SENT, lambda ids: lifesaver_care.RecordBattery(visit_id=ids.pls_visit)
    ),
    lifesaver_care.record_tests: (
        DailyTest, _ALL, lambda ids: lifesaver_care.RecordTests(client_id=ids.pls_client, lines=lines(ids.pls_day))
    ),
    lifesaver_care.record_removal: (
        LifesaverClient, _REG, lambda ids: lifesaver_care.RecordRemoval(client_id=ids.pls_client)
    ),
    lifesaver_care.charge_fee: (LifesaverFee, _REG, lambda ids: lifesaver_care.ChargeFee(client_id=ids.pls_client)),
    lifesaver_care.decide_subsidy: (
        LifesaverFee,
        _SUP,
        lambda ids: lifesaver_care.DecideSubsidy(fee_id=ids.pls_fee, decision=SubsidyDecision.REFUSED),
    ),
    lifesaver_care.pay_fee: (
        LifesaverFee, _REG, lambda ids: lifesaver_care.PayFee(fee_id=ids.pls_fee, paid_cents=100)
    ),
    lifesaver_search.activate_search: (
        SearchActivation, _ALL, lambda ids: lifesaver_search.ActivateSearch(person="N. N.")
    ),
    lifesaver_search.update_search: (
        SearchActivation, _ALL, lambda ids: lifesaver_search.UpdateSearch(search_id=ids.pls_search, mood="Calm")
    ),
    lifesaver_search.note_step: (
        SearchActivation,
        _ALL,
        lambda ids: lifesaver_search.NoteStep(search_id=ids.pls_search, step=SearchStep.EN_ROUTE),
    ),
    lifesaver_search.raise_urgency: (
        SearchActivation,
        _SUP,
        lambda ids: lifesaver_search.RaiseUrgency(search_id=ids.pls_search, to=9, reason="r"),
    ),
    lifesaver_search.suspend_search: (
        SearchActivation, _ALL, lambda ids: lifesaver_search.SuspendSearch(search_id=ids.pls_search, reason="r")
    ),
    search_notices.open_search_card: (
        CardView, frozenset({Role.OFF}), lambda ids: search_notices.OpenSearchCard(notice_id=ids.pls_notice, reason="q")
    ),
    search_notices.hand_over_search: (
        SearchHandOver, _ALL, lambda ids: search_notices.HandOverSearch(
            search_id=ids.pls_search, given_to="Example County", parts=(HandOverPart.CARD,),
            authority=HandOverAuthority.SAFETY,
        )
    ),
    lifesaver_search.log_bearing: (
        BearingLog,
        _ALL,
        lambda ids: lifesaver_search.LogBearing(
            search_id=ids.pls_search, operator_id=ids.pls_operator, lat=43.5, lon=-79.9, bearing=45.0
        ),
    ),
    lifesaver_search.withdraw_bearing: (
        BearingLog, _ALL, lambda ids: lifesaver_search.WithdrawBearing(bearing_id=ids.pls_bearing, reason="r")
    ),
    lifesaver_search.close_search: (
        SearchActivation,
        _ALL,
        lambda ids: lifesaver_search.CloseSearch(search_id=ids.pls_search, outcome=SearchOutcome.FALSE),
    ),
    lifesaver_search.debrief_search: (
        SearchActivation, _ALL, lambda ids: lifesaver_search.DebriefSearch(search_id=ids.pls_closed)
    ),
}  # fmt: skip
"""Verb: the kind it writes, the roles among those that may write it, how it is asked."""


def write_ids(office: Office, actor: Actor, of: dict[str, Any]) -> None:
    """One of each record, with the actor sent on the visit."""
    pls = programme(office)
    of["pls_day"] = office.clock().date()
    of["pls_client"] = pls.enrolled("T-1", 216_100, legal_first="Ada")
    of["pls_issue"] = pls.held(pls.serial("T-1").id)[0].id
    of["pls_resting"] = pls.enrolled("T-2", 216_200, legal_first="Bea")
    rest = lifesaver.SuspendClient(client_id=of["pls_resting"], why=SuspendReason.TRAVEL)
    office.do(pls.reg, lifesaver.suspend_client, rest)
    of["pls_stock"] = pls.transmitter("T-3", 216_300)
    of["pls_new"] = pls.accepted(legal_first="Cleo")
    of["pls_ready"] = pls.accepted(legal_first="Dora")
    pls.issue(pls.transmitter("T-4", 216_400), of["pls_ready"])
    pls.battery(of["pls_ready"])
    plan = lifesaver_care.PlanVisit(client_id=of["pls_client"], assigned=(actor.member_id,))
    of["pls_visit"] = office.do(pls.reg, lifesaver_care.plan_visit, plan)
    of["pls_fee"] = office.do(pls.reg, lifesaver_care.charge_fee, lifesaver_care.ChargeFee(client_id=of["pls_client"]))
    of["pls_receiver"] = office.do(pls.reg, lifesaver_kit.add_receiver, lifesaver_kit.AddReceiver(serial="R-1"))
    of["pls_operator"] = pls.ess.member_id
    certify = lifesaver_kit.CertifyOperator(member_id=pls.ess.member_id, certified_on=of["pls_day"])
    office.do(pls.reg, lifesaver_kit.certify_operator, certify)
    begin = lifesaver_search.ActivateSearch(person="N. N.", occurrence_no="26-1")
    of["pls_search"] = office.do(pls.ess, lifesaver_search.activate_search, begin)
    card = office.found(SearchCard, SearchCard.client_id == of["pls_client"])[0]
    office.do(pls.ess, lifesaver_search.activate_search, replace(begin, card_id=card.id))
    of["pls_notice"] = office.found(SearchNotice)[0].id
    of["pls_closed"] = office.do(pls.ess, lifesaver_search.activate_search, begin)
    close = lifesaver_search.CloseSearch(search_id=of["pls_closed"], outcome=SearchOutcome.FALSE)
    office.do(pls.ess, lifesaver_search.close_search, close)
    log = lifesaver_search.LogBearing(
        search_id=of["pls_search"], operator_id=pls.ess.member_id, lat=43.5, lon=-79.9, bearing=45.0
    )
    of["pls_bearing"] = office.do(pls.ess, lifesaver_search.log_bearing, log)

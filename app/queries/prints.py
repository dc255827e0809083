"""One print, from what was asked to the rows and the context that the page is drawn from.

To add a form: its drawing in `app/documents`, its permission in `models/rules/printing.py`, a line in `_ROWS` here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.crisis import Case, NeedsAssessment, Referral, ServiceRequest
from app.models.form_library import FormAnswer
from app.models.lifesaver import LifesaverClient, LifesaverFee, LifesaverVisit, Transmitter
from app.models.lifesaver_search import SearchActivation
from app.models.registry import EmergencyCard, Registration, RegistryBatch
from app.models.retention import DestructionRun
from app.models.rules import printing as rules
from app.models.safety import SafetyPlan
from app.models.tracking import AlarmEvent, DispatchCard, TrackingApplication, TrackingDevice, TrackingLoan
from app.models.vocab import Audience
from app.models.work_items import Consent
from app.queries import documents, forms, lifesaver_sheets, registry_words, retention, tracking_prints
from app.queries.card_words import composed
from app.queries.form_rows import PrintContext, Row
from app.queries.registry_card import card_of
from app.queries.settings import local_day
from app.words import in_language


@dataclass(frozen=True)
class PrintAsked:
    """What the person chose. `record_id`: see `services.printing.AuthorisePrint`; None draws the blank form."""

    form_id: str
    audience: Audience
    language: str
    member_id: str
    printed_by: str
    record_id: str | None = None
    large_print: bool = False
    discreet: bool = False
    with_accused_facts: bool = False


Build = Callable[[Session, PrintAsked, str, date, datetime], Row]

_ROWS: dict[str, Build] = {
    "F-301": lambda s, a, i, day, now: documents.dispatch_sheet(s, i, now=now),
    "F-302": lambda s, a, i, day, now: documents.contact_card(
        s, i or None, member_id=a.member_id, language=a.language, today=day
    ),
    "F-303": lambda s, a, i, day, now: documents.consent_form(s, i),
    "F-304": lambda s, a, i, day, now: documents.needs_and_plan(s, i, audience=a.audience, today=day),
    "F-305": lambda s, a, i, day, now: documents.referral_letter(s, i, member_id=a.member_id, today=day),
    "F-306": lambda s, a, i, day, now: documents.take_away(
        s, service_ids=_service_of(s, i), member_id=a.member_id, language=a.language, today=day
    ),
    "F-401": lambda s, a, i, day, now: documents.safety_plan(
        s, i, form_id="F-401", language=a.language, with_accused_facts=a.with_accused_facts, today=day
    ),
    "F-402": lambda s, a, i, day, now: documents.wallet(s, i, language=a.language, today=day),
    "F-403": lambda s, a, i, day, now: documents.safety_plan(s, i, form_id="F-403", language=a.language, today=day),
    "F-405": lambda s, a, i, day, now: documents.documents_checklist(s, i, today=day),
    "F-602": lambda s, a, i, day, now: composed(card_of(s, i, now=now), in_language(a.language)),
    "F-602P": lambda s, a, i, day, now: composed(card_of(s, i, now=now), in_language(a.language)),
    "F-607": lambda s, a, i, day, now: registry_words.hand_over(
        s, i, language=a.language, member_id=a.member_id, now=now
    ),
    "F-608": lambda s, a, i, day, now: registry_words.facility_rows(s, i, today=day),
    **{
        form_id: lambda s, a, i, day, now: registry_words.registration_rows(s, i, language=a.language, today=day)
        for form_id in ("F-601", "F-603", "F-604", "F-605", "F-606")
    },
    "F-801": lambda s, a, i, day, now: tracking_prints.application(s, i),
    "F-802": lambda s, a, i, day, now: tracking_prints.application(s, i),
    "F-803": lambda s, a, i, day, now: tracking_prints.application(s, i),
    "F-804": lambda s, a, i, day, now: tracking_prints.card(s, i, in_language(a.language)),
    "F-805": lambda s, a, i, day, now: tracking_prints.loan(s, i, today=day),
    "F-806": lambda s, a, i, day, now: tracking_prints.loan(s, i, today=day),
    "F-807": lambda s, a, i, day, now: tracking_prints.alarm(s, i),
    "F-808": lambda s, a, i, day, now: tracking_prints.loan(s, i, today=day),
    "F-809": lambda s, a, i, day, now: tracking_prints.inventory(s, today=day),
    "F-2003": lambda s, a, i, day, now: retention.certificate(s, i),
}


def _sheet(compose: lifesaver_sheets.Compose) -> Build:
    return lambda s, a, i, day, now: compose(s, i, in_language(a.language), day, now)


_ROWS |= {form_id: _sheet(compose) for form_id, compose in lifesaver_sheets.SHEETS.items()}
_DATA_FORM = f"{rules.DATA_FORM}:"
_KINDS: dict[str, Any] = {
    "service_request": ServiceRequest,
    "case_file": Case,
    "consent": Consent,
    "needs_assessment": NeedsAssessment,
    "referral": Referral,
    "safety_plan": SafetyPlan,
    "emergency_card": EmergencyCard,
    "registration": Registration,
    "registry_batch": RegistryBatch,
    "form_answer": FormAnswer,
    "lifesaver_client": LifesaverClient,
    "lifesaver_fee": LifesaverFee,
    "lifesaver_visit": LifesaverVisit,
    "search_activation": SearchActivation,
    "transmitter": Transmitter,
    "tracking_application": TrackingApplication,
    "tracking_loan": TrackingLoan,
    "dispatch_card": DispatchCard,
    "alarm_event": AlarmEvent,
    "tracking_device": TrackingDevice,
    "destruction_run": DestructionRun,
}


def print_rows(session: Session, asked: PrintAsked, *, now: datetime) -> tuple[PrintContext, Row]:
    """The context and the rows of a print. Raises NotFound or RuleBroken with a sentence."""
    day = local_day(session, now)
    context = documents.print_context(
        session,
        asked.form_id,
        audience=asked.audience,
        now=now,
        language=asked.language,
        printed_by=asked.printed_by,
        record_no=_number(session, asked),
        large_print=asked.large_print,
        discreet=asked.discreet,
        blank=asked.record_id is None,
    )
    if asked.form_id.startswith(_DATA_FORM):
        return context, _data_form(session, asked)
    return context, _ROWS[asked.form_id](session, asked, asked.record_id or "", day, now) if asked.record_id else Row()


def _data_form(session: Session, asked: PrintAsked) -> Row:
    """The stored version and answers; `app/form_pages.py` lists the items of the page from them."""
    if asked.record_id is None:
        return forms.blank_to_print(session, asked.form_id.removeprefix(_DATA_FORM))
    return forms.answer_to_print(session, asked.record_id)


def _number(session: Session, asked: PrintAsked) -> str:
    rule = rules.rule_of(asked.form_id)
    record = session.get(_KINDS[rule.kind], asked.record_id) if asked.record_id and rule is not None else None
    if record is None:
        return ""
    if isinstance(
        record, ServiceRequest | Case | EmergencyCard | Registration | LifesaverClient | SearchActivation | DispatchCard
    ):
        return record.number or ""
    if isinstance(record, LifesaverVisit):
        return "" if asked.form_id == "F-713" else record.client_number or ""
    if isinstance(record, LifesaverFee):
        client = session.get(LifesaverClient, record.client_id)
        return (client.number or "") if client is not None else ""
    if isinstance(record, Transmitter | RegistryBatch | DestructionRun):
        return ""
    of_alarm = tracking_prints.number(session, record)
    if of_alarm is not None:
        return of_alarm
    return session.scalar(select(Case.number).where(Case.id == record.case_id)) or ""


def _service_of(session: Session, referral_id: str) -> list[str]:
    """The service of the referral, with the other services that this case was referred to."""
    referral = session.get(Referral, referral_id)
    if referral is None:
        return []
    asked = select(Referral.service_id).where(
        Referral.case_id == referral.case_id, Referral.removed_at.is_(None), Referral.id != referral.id
    )
    others = [found for found in session.scalars(asked.order_by(Referral.id)) if found]
    return list(dict.fromkeys([*([referral.service_id] if referral.service_id else []), *others]))

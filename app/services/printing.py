"""The permission to print or save a document, with its entry in the audit trail (domain.md 1.4.13, 20.4)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.errors import NotAllowed, RuleBroken, Said
from app.models.base import Record, kinds
from app.models.crisis import Case, Referral, ServiceRequest
from app.models.form_library import FormAnswer
from app.models.lifesaver import LifesaverVisit
from app.models.lifesaver_search import SearchActivation
from app.models.local.tables import PurgedScope
from app.models.people import SafeContact
from app.models.registry import EmergencyCard, Registration, RegistryBatch
from app.models.retention import DestructionRun
from app.models.rules import plan as plan_rules
from app.models.rules import printing as rules
from app.models.rules.access import REGISTRY_OFFICE
from app.models.rules.lifesaver_printing import LIFESAVER_FORMS
from app.models.rules.safe_contact import Verdict
from app.models.safety import SafetyPlan
from app.models.search_vocab import SearchStatus
from app.models.tracking import AlarmEvent, DispatchCard, TrackingDevice
from app.models.vocab import Audience, AuditAction, Channel, FormAbout, RegistryStatus, Role, SubmitterWay, Tri
from app.models.work import Work
from app.services.crisis.contacts import decide_contact
from app.services.dispatch_cards import require_card_opened
from app.services.permission import ASSIGNED, is_assigned, own_or_unit
from app.services.records import load
from app.services.referrals import sharing_refusal
from app.services.registry_cards import require_opened
from app.services.tracking_alarms import require_liaison
from app.words import mark


@dataclass(frozen=True, kw_only=True)
class AuthorisePrint:
    """About to print or save form `form_id` of a record for an audience.

    `record_id`: the request (F-301), the case (F-302, F-307), the consent (F-303), the assessment (F-304), the referral
    (F-305, F-306), the plan version (F-401, F-402, F-403, F-405), the emergency card (F-602, F-607), the registration
    (F-601, F-603 to F-606), the list of a facility (F-608), the application for an alarm (F-801 to F-803), the dispatch
    card (F-804), the loan (F-805, F-806, F-808), the alarm (F-807), any alarm device (F-809), the destruction (F-2003)
    or the answered form (`FORM:` and the form's id); None prints the blank.
    `mail_to_id` names the address (a safe contact) when the page goes into an envelope.
    """

    form_id: str
    audience: Audience
    record_id: str | None = None
    export: bool = False
    mail_to_id: str | None = None


BLANK = "blank"
MOST_LETTERS = 100
"""How many letters one file holds."""


def authorise_print(work: Work, command: AuthorisePrint) -> None:
    """Allow and audit, or refuse with RuleBroken or NotAllowed. Commit before the page leaves."""
    form, refusal = rules.rule_of(command.form_id), rules.refusal(command.form_id, work.actor.role, command.audience)
    if refusal or form is None:
        raise (NotAllowed if refusal == rules.ROLE else RuleBroken)(refusal or rules.UNKNOWN_FORM)
    if command.record_id is not None:
        _check_record(work, command, form, command.record_id)
    work.audit(
        AuditAction.EXPORT if command.export else AuditAction.PRINT,
        kind=form.kind,
        record_id=command.record_id or "",
        reason=f"{command.form_id} {command.audience}" + ("" if command.record_id else f" {BLANK}"),
    )


@dataclass(frozen=True, kw_only=True)
class AuthoriseLetters:
    """About to print or save one letter about each of several registrations, in one file.

    `skips`: whoever may not be written to is left out, with the reason; otherwise one refusal refuses them all.
    """

    form_id: str
    record_ids: tuple[str, ...]
    export: bool = False
    skips: bool = False


@dataclass(frozen=True)
class Letters:
    """Who may be written to, and who not: the record's id with what says why."""

    allowed: tuple[str, ...]
    refused: tuple[tuple[str, Said], ...] = ()


def authorise_letters(work: Work, command: AuthoriseLetters) -> Letters:
    """Allow and audit each letter as `authorise_print` does for one. Raises NotAllowed or RuleBroken."""
    role = rules.refusal(command.form_id, work.actor.role, Audience.CLIENT)
    if role or command.form_id not in _LETTERS:
        raise (NotAllowed if role == rules.ROLE else RuleBroken)(role or rules.UNKNOWN_FORM)
    if len(command.record_ids) > MOST_LETTERS:
        raise RuleBroken(rules.TOO_MANY_LETTERS)
    allowed: list[str] = []
    refused: list[tuple[str, Said]] = []
    for record_id in dict.fromkeys(command.record_ids):
        one = AuthorisePrint(
            form_id=command.form_id, audience=Audience.CLIENT, record_id=record_id, export=command.export
        )
        try:
            authorise_print(work, one)
        except RuleBroken as problem:
            if not command.skips:
                raise
            refused.append((record_id, Said(problem.text, problem.values)))
        else:
            allowed.append(record_id)
    return Letters(tuple(allowed), tuple(refused))


def _check_record(work: Work, command: AuthorisePrint, form: rules.FormRule, record_id: str) -> None:
    record = load(work, kinds()[form.kind], record_id)
    if isinstance(record, ServiceRequest):
        own_or_unit(work, record)
        return
    if isinstance(record, EmergencyCard):
        require_opened(work, record)
        return
    if command.form_id in LIFESAVER_FORMS:
        _check_lifesaver(work, command, record)
        return
    if isinstance(record, Registration):
        _check_registration(work, command, record)
        return
    if isinstance(record, RegistryBatch):
        return
    if isinstance(record, DestructionRun):
        _check_destroyed(work, record)
        return
    if isinstance(record, DispatchCard):
        require_card_opened(work, record)
        return
    if isinstance(record, TrackingDevice):
        return
    if isinstance(record, AlarmEvent) and work.actor.role is Role.IPV:
        require_liaison(work, record)
        return
    if isinstance(record, FormAnswer) and command.form_id != f"{rules.DATA_FORM}:{record.form_id}":
        raise RuleBroken(rules.UNKNOWN_FORM)
    if isinstance(record, FormAnswer) and record.case_id is None:
        _check_answer(work, record)
        return
    case = record if isinstance(record, Case) else load(work, Case, getattr(record, "case_id", None))
    if work.actor.role is not Role.SUP and not is_assigned(work, case):
        raise NotAllowed(ASSIGNED)
    _check_content(work, command, record)
    if form.letter and command.mail_to_id is None:
        raise RuleBroken(rules.NEEDS_ADDRESS, field="mail_to_id")
    if command.mail_to_id is not None:
        _check_mail(work, case, command.mail_to_id)


def _check_destroyed(work: Work, record: DestructionRun) -> None:
    """A certificate says what was done, not what was decided."""
    done = select(PurgedScope.scope_id).where(PurgedScope.order_id == record.id).limit(1)
    if work.session.scalar(done) is None:
        raise RuleBroken(rules.NOT_DESTROYED)


def _check_lifesaver(work: Work, command: AuthorisePrint, record: Record) -> None:
    """A technician prints their own visits; the card with the frequency only while its search goes on (7.6.7)."""
    sent = isinstance(record, LifesaverVisit) and work.actor.member_id in (record.assigned or ())
    if isinstance(record, LifesaverVisit) and work.actor.role is not Role.REG and not sent:
        raise NotAllowed(rules.NOT_SENT)
    closed = isinstance(record, SearchActivation) and record.status is SearchStatus.CLOSED
    if closed and command.form_id == "F-710":
        raise NotAllowed(rules.SEARCH_OVER)


def _check_registration(work: Work, command: AuthorisePrint, record: Registration) -> None:
    """Officers print what they have not handed in yet; a letter leaves only where letters are safe."""
    own_draft = record.created_by == work.actor.member_id and record.status is RegistryStatus.DRAFT
    if work.actor.role not in REGISTRY_OFFICE and not own_draft:
        raise NotAllowed(rules.HANDED_IN)
    if command.form_id in _LETTERS and (
        record.submitter_safe is Tri.NO or record.submitter_way not in (None, SubmitterWay.MAIL, SubmitterWay.IN_PERSON)
    ):
        raise RuleBroken(rules.NOT_SAFE)


_LETTERS = frozenset({"F-603", "F-604", "F-605"})


def _check_answer(work: Work, answer: FormAnswer) -> None:
    """Outside a case: all staff print what is about the service, else its author and supervisors."""
    own = answer.about is FormAbout.SERVICE or answer.answered_by == work.actor.member_id
    if not own and work.actor.role is not Role.SUP:
        raise NotAllowed(rules.NOT_YOURS)


def _check_content(work: Work, command: AuthorisePrint, record: Record) -> None:
    if isinstance(record, SafetyPlan):
        refusal = plan_rules.copy_refusal(command.form_id, record.copy_choice, command.export)
        if refusal:
            raise RuleBroken(refusal)
    if isinstance(record, Referral) and command.audience is Audience.PARTNER and sharing_refusal(work, record):
        raise RuleBroken(rules.NO_PARTNER_CONSENT)


def _check_mail(work: Work, case: Case, contact_id: str) -> None:
    contact = load(work, SafeContact, contact_id)
    if contact.case_id != case.id:
        raise RuleBroken(mark("This address belongs to another case."), field="mail_to_id")
    decision = decide_contact(work, case, contact, Channel.MAIL)
    if decision.verdict is not Verdict.ALLOWED:
        raise RuleBroken(decision.text, field="mail_to_id")

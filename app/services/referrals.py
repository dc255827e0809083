"""Referrals to services of the directory: with consent, with a named list of what is shared (domain.md 2.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.errors import RuleBroken
from app.models.agency import Organization, Service
from app.models.crisis import Case, Referral
from app.models.rules import consent as rules
from app.models.rules.consent import ConsentState
from app.models.rules.deadlines import calendar_days
from app.models.vocab import (
    REFERRAL_OUTCOMES,
    ConsentScope,
    NeedDomain,
    ReferralMethod,
    ReferralStatus,
    TaskKind,
    TaskStatus,
)
from app.models.work import Work
from app.services import clocks
from app.services.answers import KEEP, Given, put
from app.services.clocks import Clock
from app.services.crisis.known_consents import consents_of
from app.services.permission import case_to_write
from app.services.records import add, load
from app.words import mark


@dataclass(frozen=True, kw_only=True)
class ReferralAnswers:
    """A referral. `info_shared` names the fields that may be shared; nothing else is."""

    person_id: Given[str] = KEEP
    service_id: Given[str] = KEEP
    domain: Given[NeedDomain] = KEEP
    consent_id: Given[str] = KEEP
    self_referral: Given[bool] = KEEP
    method: Given[ReferralMethod] = KEEP
    info_shared: Given[list[str]] = KEEP
    reason: Given[str] = KEEP


@dataclass(frozen=True, kw_only=True)
class AddReferral(ReferralAnswers):
    """Draft a referral."""

    case_id: str


@dataclass(frozen=True, kw_only=True)
class UpdateReferral(ReferralAnswers):
    """Change a draft."""

    referral_id: str


@dataclass(frozen=True, kw_only=True)
class SendReferral:
    """Send a referral (today unless `on` is given)."""

    referral_id: str
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class RecordReferralOutcome:
    """What became of a referral. `barriers` are `Barrier` codes."""

    referral_id: str
    status: ReferralStatus
    note: str | None = None
    barriers: tuple[str, ...] = ()
    on: date | None = None


OUTCOME = "referral_outcome"
NO_CONSENT = mark(
    "The client has not agreed to share with this organization. Record their consent, or let them refer themself."
)
NOT_NAMED = mark("The consent does not name this organization. Ask the client, and record a consent that names it.")
SETTLED = REFERRAL_OUTCOMES | {ReferralStatus.CLOSED}


def add_referral(work: Work, command: AddReferral) -> str:
    """Draft a referral; its id."""
    case = case_to_write(work, command.case_id, Referral)
    referral = add(work, Referral, case.scope_id, person_id=case.person_id, status=ReferralStatus.DRAFT)
    put(referral, command)
    return referral.id


def update_referral(work: Work, command: UpdateReferral) -> None:
    """Change a draft."""
    referral = load(work, Referral, command.referral_id)
    case_to_write(work, referral.case_id, Referral)
    if referral.status is not ReferralStatus.DRAFT:
        raise RuleBroken(mark("This referral was sent. Make a new one instead."))
    put(referral, command)


def send_referral(work: Work, command: SendReferral) -> None:
    """Send it. Refused without active consent to share, unless the client refers themself."""
    referral = load(work, Referral, command.referral_id)
    case = case_to_write(work, referral.case_id, Referral)
    if referral.status is not ReferralStatus.DRAFT:
        raise RuleBroken(mark("This referral was sent already."))
    refusal = sharing_refusal(work, referral)
    if refusal:
        raise RuleBroken(refusal, field="consent_id")
    referral.sent_on, referral.status = command.on or work.today(), ReferralStatus.SENT
    _await_outcome(work, case, referral)


def sharing_refusal(work: Work, referral: Referral) -> str | None:
    """Why nothing about the client may be shared with the referral's organization, or None."""
    if referral.self_referral:
        return None
    known = consents_of(work, str(referral.case_id), referral.person_id)
    today = work.today()
    if rules.state(known, ConsentScope.SHARE_NAMED, today) is not ConsentState.ACTIVE:
        return NO_CONSENT
    named = {
        name.strip().casefold()
        for consent in known
        if rules.state_of(consent, ConsentScope.SHARE_NAMED, today) is ConsentState.ACTIVE
        for name in consent.organizations
    }
    return None if named & _names(work, referral) else NOT_NAMED


def record_referral_outcome(work: Work, command: RecordReferralOutcome) -> None:
    """Record the outcome and close its task."""
    referral = load(work, Referral, command.referral_id)
    case_to_write(work, referral.case_id, Referral)
    if command.status in (ReferralStatus.DRAFT, ReferralStatus.SENT):
        raise RuleBroken(mark("This is no outcome of a referral."), field="status")
    referral.status, referral.outcome_note = command.status, command.note
    referral.barriers = list(command.barriers)
    if command.status in SETTLED:
        referral.outcome_checked_on = command.on or work.today()
        clocks.stop(work, referral.id, OUTCOME, TaskStatus.DONE)


def _names(work: Work, referral: Referral) -> set[str]:
    """Every name by which a consent may have named the organization: its id, its names, the service's name."""
    service = work.session.get(Service, referral.service_id) if referral.service_id else None
    if service is None:
        return set()
    organization = work.session.get(Organization, service.organization_id) if service.organization_id else None
    names = [service.id, service.name, service.name_fr]
    if organization is not None:
        names += [organization.id, organization.name, organization.alternate_name]
    return {name.strip().casefold() for name in names if name}


def _await_outcome(work: Work, case: Case, referral: Referral) -> None:
    days = int(work.setting("referral.outcome_check_days"))
    clock = Clock(
        subject_id=referral.id,
        rule=OUTCOME,
        kind=TaskKind.REFERRAL_CHECK,
        title=mark("Check what became of a referral"),
        due_on=calendar_days(referral.sent_on or work.today(), days),
        owner_id=case.assigned_to,
        case_id=case.id,
    )
    clocks.start(work, case.scope_id, clock)

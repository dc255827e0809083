"""The Vulnerable Person Registry: what the registry does with a registration (domain.md 6.4, 6.5).

Every act on a registration that is shown also writes its emergency card and its history, in the same transaction.
Officers and victim services hand registrations in and do not reopen them (6.2). Reminders, own consent and the end of
the files are in `registry_terms`, disputes in `registry_disputes`; opening a card is `registry_cards.open_card`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.errors import NotAllowed, RuleBroken
from app.models.base import fields_of
from app.models.registry import Registration
from app.models.rules import numbering
from app.models.rules import registry as rules
from app.models.rules.access import REGISTRY_OFFICE
from app.models.rules.deadlines import calendar_days
from app.models.vocab import (
    AuditAction,
    Capacity,
    ConsentForm,
    DobPrecision,
    Gender,
    RegistryAct,
    RegistryAuthority,
    RegistryConsent,
    RegistrySource,
    RegistryStatus,
    Relation,
    ResidenceLink,
    Role,
    ScopeKind,
    SubmitterWay,
    Tri,
)
from app.models.work import Work
from app.services.answers import KEEP, Given, put
from app.services.permission import require_reason, require_role, require_supervisor
from app.services.records import add, load
from app.services.registry_cards import keep_card, open_disputes
from app.services.registry_events import ENDS, begin_term, begin_verification, coming_of_age, end_clocks, happened
from app.words import mark, tr

_REGISTRY = frozenset({Role.REG})
_OFFICE = REGISTRY_OFFICE
NOT_REOPENED = mark("This registration was handed in. Tell the registry what has to change.")
IN_DISPUTE = mark("A supervisor has to decide about this first: guardians gave different answers.")
NOT_NOW = mark("This does not fit where the registration stands: {status}.")


@dataclass(frozen=True, kw_only=True)
class RegistrationAnswers:
    """The fields of a registration (`models.registry`); lists are of plain values, an empty one says "none known"."""

    source: Given[RegistrySource] = KEEP
    submitter_name: Given[str] = KEEP
    submitter_phone: Given[str] = KEEP
    submitter_email: Given[str] = KEEP
    submitter_address: Given[str] = KEEP
    submitter_way: Given[SubmitterWay] = KEEP
    submitter_safe: Given[Tri] = KEEP
    submitter_note: Given[str] = KEEP
    letter_language: Given[str] = KEEP
    relation: Given[Relation] = KEEP
    authority: Given[RegistryAuthority] = KEEP
    authority_evidence: Given[str] = KEEP
    id_checked: Given[bool] = KEEP
    residence_link: Given[ResidenceLink] = KEEP
    consents: Given[dict[str, str]] = KEEP
    consented_on: Given[date] = KEEP
    consent_form: Given[ConsentForm] = KEEP
    decision_capacity: Given[Capacity] = KEEP
    declared_true: Given[bool] = KEEP
    legal_first: Given[str] = KEEP
    legal_middle: Given[str] = KEEP
    legal_last: Given[str] = KEEP
    preferred_name: Given[str] = KEEP
    aliases: Given[list[str]] = KEEP
    dob: Given[date] = KEEP
    dob_precision: Given[DobPrecision] = KEEP
    gender: Given[Gender] = KEEP
    gender_text: Given[str] = KEEP
    languages: Given[list[str]] = KEEP
    addresses: Given[list[dict[str, Any]]] = KEEP
    devices: Given[list[dict[str, Any]]] = KEEP
    height_cm: Given[int] = KEEP
    weight_kg: Given[int] = KEEP
    build: Given[str] = KEEP
    hair: Given[str] = KEEP
    facial_hair: Given[str] = KEEP
    eyes: Given[str] = KEEP
    complexion: Given[str] = KEEP
    worn_aids: Given[list[str]] = KEEP
    marks: Given[list[str]] = KEEP
    clothing: Given[str] = KEEP
    carried: Given[str] = KEEP
    medical_id: Given[str] = KEEP
    mobility: Given[list[str]] = KEEP
    swims: Given[Tri] = KEEP
    vehicles: Given[list[str]] = KEEP
    conditions: Given[list[str]] = KEEP
    conditions_text: Given[str] = KEEP
    medical_alerts: Given[list[str]] = KEEP
    life_threatening: Given[bool] = KEEP
    life_threatening_text: Given[str] = KEEP
    communication: Given[list[str]] = KEEP
    communication_text: Given[str] = KEEP
    sensory: Given[list[str]] = KEEP
    sensory_text: Given[str] = KEEP
    triggers: Given[str] = KEEP
    distress_signs: Given[str] = KEEP
    calming: Given[str] = KEEP
    approach: Given[str] = KEEP
    do_not: Given[str] = KEEP
    risks: Given[list[str]] = KEEP
    risks_text: Given[str] = KEEP
    attractions: Given[list[str]] = KEEP
    attractions_text: Given[str] = KEEP
    fears: Given[str] = KEEP
    places: Given[list[dict[str, Any]]] = KEEP
    routines: Given[list[dict[str, Any]]] = KEEP
    past_places: Given[str] = KEEP
    important_dates: Given[str] = KEEP
    wander_history: Given[list[dict[str, Any]]] = KEEP
    hiding_habits: Given[str] = KEEP
    responds_to_searchers: Given[Tri] = KEEP
    home_hazards: Given[str] = KEEP
    contacts: Given[list[dict[str, Any]]] = KEEP
    helpers: Given[list[str]] = KEEP
    facility: Given[str] = KEEP
    custody_warning: Given[str] = KEEP
    officer_note: Given[str] = KEEP


@dataclass(frozen=True, kw_only=True)
class Register(RegistrationAnswers):
    """Enter a registration: as a draft, or at once as submitted."""

    submit: bool = False


@dataclass(frozen=True, kw_only=True)
class UpdateRegistration(RegistrationAnswers):
    """Change a registration: only the fields named here change. Its card follows."""

    registration_id: str


@dataclass(frozen=True, kw_only=True)
class SubmitRegistration:
    """The draft is complete as the submitter gave it; the clock of `vpr.activation_bd` starts."""

    registration_id: str


@dataclass(frozen=True, kw_only=True)
class VerifyRegistration:
    """What was seen of the submitter's authority and identity."""

    registration_id: str
    authority: RegistryAuthority
    evidence: str | None = None
    id_checked: bool = False


@dataclass(frozen=True, kw_only=True)
class ActivateRegistration:
    """Authority and content are checked: officers may find the person from today on."""

    registration_id: str


@dataclass(frozen=True, kw_only=True)
class ActivateProvisionally:
    """A supervisor shows the card before authority is proven, for `vpr.provisional_days`, with a reason."""

    registration_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RenewRegistration(RegistrationAnswers):
    """The submitter attests again: without answers "no change", else with the changes named here (domain.md 6.4).

    `attested_by`: who said so, and how. `contacts_checked`: the emergency contacts were gone through (F-605).
    """

    registration_id: str
    attested_by: str | None = None
    contacts_checked: bool = False


@dataclass(frozen=True, kw_only=True)
class SuspendRegistration:
    """Hide the card while authority or safety is in dispute."""

    registration_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ResumeRegistration:
    """A supervisor decided the dispute: the card is shown again for the rest of its term."""

    registration_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class EndRegistration:
    """The registration ends: withdrawn, moved out or deceased. The card goes at once."""

    registration_id: str
    status: RegistryStatus
    reason: str


def register(work: Work, command: Register) -> str:
    """Enter a registration; its id. Drafts may lack anything but a name."""
    require_role(work, Registration)
    made = new_registration(work, command)
    if command.submit:
        _submit(work, made)
    return made.id


def new_registration(work: Work, answers: RegistrationAnswers) -> Registration:
    """A draft in a scope of its own; the caller has checked who may."""
    registration_id = work.new_id()
    made = add(
        work,
        Registration,
        work.open_scope(ScopeKind.REGISTRATION, registration_id),
        id=registration_id,
        number=work.next_number(numbering.REGISTRATIONS),
        status=RegistryStatus.DRAFT,
        notice_version=work.setting("notice.version"),
    )
    _write(work, made, answers)
    return made


def hand_in(work: Work, found: Registration) -> None:
    """A draft of the registry's own waits for verification from today on."""
    _submit(work, found)


def update_registration(work: Work, command: UpdateRegistration) -> None:
    """Change a registration and, when it is shown, its card."""
    found = _load_own(work, command.registration_id)
    if found.status in rules.ENDED:
        raise _not_now(found)
    changed = _write(work, found, command)
    _after_change(work, found, changed)
    if changed and found.status in rules.SHOWN:
        happened(work, found, RegistryAct.CHANGED)


def submit_registration(work: Work, command: SubmitRegistration) -> None:
    """Hand a draft in. Whoever does not work in the registry cannot reopen it afterwards."""
    found = _load_own(work, command.registration_id)
    if found.status is not RegistryStatus.DRAFT:
        raise _not_now(found)
    _submit(work, found)


def verify_registration(work: Work, command: VerifyRegistration) -> None:
    """Record the check of authority. Without authority the registration stays in verification (domain.md 6e)."""
    found = _load(work, command.registration_id, _REGISTRY)
    if found.status not in rules.WAITING | {RegistryStatus.PROVISIONAL}:
        raise _not_now(found)
    found.authority, found.authority_evidence = command.authority, (command.evidence or "").strip() or None
    found.id_checked = command.id_checked
    if command.authority is not RegistryAuthority.NONE and found.authority_evidence and command.id_checked:
        found.verified_on, found.verified_by = work.today(), work.actor.member_id
        happened(work, found, RegistryAct.VERIFIED)
    if found.status is not RegistryStatus.PROVISIONAL:
        found.submitted_on = found.submitted_on or work.today()
        found.status = RegistryStatus.VERIFYING


def activate_registration(work: Work, command: ActivateRegistration) -> None:
    """Begin the first term today, or refuse with the first thing that stands in the way."""
    found = _load(work, command.registration_id, _REGISTRY)
    if found.status not in rules.WAITING | {RegistryStatus.PROVISIONAL}:
        raise _not_now(found)
    _check_complete(found)
    today = work.today()
    found.verified_on, found.verified_by = found.verified_on or today, found.verified_by or work.actor.member_id
    found.submitted_on = found.submitted_on or today
    found.status, found.status_reason, found.activated_on = RegistryStatus.ACTIVE, None, today
    _begin_term(work, found, today)
    happened(work, found, RegistryAct.ACTIVATED)


def activate_provisionally(work: Work, command: ActivateProvisionally) -> None:
    """Show the card for a few weeks before authority is proven (domain.md 6e)."""
    require_supervisor(work, Registration)
    found = load(work, Registration, command.registration_id)
    if found.status not in rules.WAITING:
        raise _not_now(found)
    reason = require_reason(command.reason)
    if not rules.has_name(_values(found)):
        raise RuleBroken(rules.NO_NAME, field="legal_first")
    today = work.today()
    found.status, found.effective_on = RegistryStatus.PROVISIONAL, today
    found.expires_on = calendar_days(today, int(work.setting("vpr.provisional_days")))
    found.provisional_reason, found.provisional_by = reason, work.actor.member_id
    work.audit(AuditAction.OVERRIDE, kind=Registration.__tablename__, record_id=found.id, reason=reason)
    keep_card(work, found)
    happened(work, found, RegistryAct.PROVISIONAL, reason)


def renew_registration(work: Work, command: RenewRegistration) -> None:
    """Begin the next term: from the old last day when it has not passed, else from today (domain.md 6.5.1)."""
    found = _load(work, command.registration_id, _REGISTRY)
    if found.status is not RegistryStatus.ACTIVE or found.expires_on is None:
        raise _not_now(found)
    changed = _write(work, found, command)
    _check_complete(found)
    before, found.renewed_on = found.expires_on, work.today()
    _begin_term(work, found, rules.renewal_start(before, work.today()))
    act = RegistryAct.RENEWED_CHANGED if changed else RegistryAct.RENEWED
    happened(work, found, act, command.attested_by, before=before, checked=command.contacts_checked)


def suspend_registration(work: Work, command: SuspendRegistration) -> None:
    """Hide the card until a supervisor decides."""
    found = _load(work, command.registration_id, _OFFICE)
    if found.status not in rules.SHOWN:
        raise _not_now(found)
    found.status, found.status_reason = RegistryStatus.SUSPENDED, require_reason(command.reason)
    keep_card(work, found)
    happened(work, found, RegistryAct.SUSPENDED, command.reason)


def resume_registration(work: Work, command: ResumeRegistration) -> None:
    """Show the card again: a registration that was never activated goes back to verification."""
    require_supervisor(work, Registration)
    found = load(work, Registration, command.registration_id)
    if found.status is not RegistryStatus.SUSPENDED:
        raise _not_now(found)
    found.status_reason = require_reason(command.reason)
    found.status = RegistryStatus.ACTIVE if found.activated_on else RegistryStatus.VERIFYING
    keep_card(work, found)
    happened(work, found, RegistryAct.RESUMED, command.reason)


def end_registration(work: Work, command: EndRegistration) -> None:
    """Withdrawal, moving out or death: the card leaves officers' sight, the record stays (domain.md 20.5)."""
    found = _load(work, command.registration_id, _REGISTRY)
    if command.status not in rules.ENDED - {RegistryStatus.ARCHIVED}:
        raise RuleBroken(mark("Choose how the registration ends."), field="status")
    if found.status in rules.ENDED:
        raise _not_now(found)
    found.status, found.status_reason = command.status, require_reason(command.reason)
    found.ended_on = work.today()
    keep_card(work, found)
    end_clocks(work, found)
    happened(work, found, ENDS[command.status], command.reason)


def _load_own(work: Work, registration_id: str) -> Registration:
    """For the registry any registration; for whoever hands them in only the drafts that they began."""
    require_role(work, Registration)
    found = load(work, Registration, registration_id)
    if work.actor.role in _OFFICE:
        return found
    if found.created_by != work.actor.member_id or found.status is not RegistryStatus.DRAFT:
        raise NotAllowed(NOT_REOPENED)
    return found


def _load(work: Work, registration_id: str, roles: frozenset[Role]) -> Registration:
    require_role(work, Registration, roles)
    return load(work, Registration, registration_id)


def _write(work: Work, found: Registration, answers: RegistrationAnswers) -> frozenset[str]:
    """Write the answers; the names of the fields that changed."""
    disputed = open_disputes(work, found.id) if found.status is not RegistryStatus.DRAFT else ()
    changed = put(found, answers)
    for dispute in disputed:
        if dispute.field in changed:
            raise RuleBroken(IN_DISPUTE, field=dispute.field)
    if not rules.has_name(_values(found)):
        raise RuleBroken(rules.NO_NAME, field="legal_first")
    if found.dob is not None and found.dob > work.today():
        raise RuleBroken(mark("The date of birth lies in the future."), field="dob")
    if len(found.officer_note or "") > _NOTE_LENGTH:
        raise RuleBroken(mark("Keep the note to officers within 280 characters."), field="officer_note")
    if "consents" in changed and found.consented_on is None:
        found.consented_on = work.today()
    agreed = (found.consents or {}).get(RegistryConsent.REGISTRY.value)
    if "consents" in changed and agreed != "yes" and found.status in rules.SHOWN:
        raise RuleBroken(rules.CONSENT_ENDS, field="consents")
    return changed


def _after_change(work: Work, found: Registration, changed: frozenset[str]) -> None:
    keep_card(work, found)
    if "dob" in changed:
        coming_of_age(work, found)


def _submit(work: Work, found: Registration) -> None:
    found.status, found.submitted_on = RegistryStatus.SUBMITTED, work.today()
    begin_verification(work, found)
    happened(work, found, RegistryAct.SUBMITTED)


def _begin_term(work: Work, found: Registration, start: date) -> None:
    """The policy of the day on which the term begins decides how long it lasts."""
    terms = rules.Terms(
        int(work.setting("vpr.term_months", start)),
        str(work.setting("vpr.under16_policy", start)),
        int(work.setting("vpr.term_months_under16", start)),
        int(work.setting("vpr.term_months_65", start)),
    )
    found.effective_on, found.expires_on = start, rules.term_end(start, found.dob, terms)
    keep_card(work, found)
    begin_term(work, found)


def _check_complete(found: Registration) -> None:
    values = _values(found)
    refusal = rules.activation_refusal(values)
    if refusal is not None:
        field, sentence = refusal
        raise RuleBroken(sentence, field=field)
    lacking = rules.missing(values)
    if lacking:
        raise RuleBroken(rules.INCOMPLETE, fields=", ".join(tr(label) for label in lacking))


def _values(found: Registration) -> dict[str, Any]:
    return {name: getattr(found, name) for name in fields_of(Registration)}


def _not_now(found: Registration) -> RuleBroken:
    status = found.status.label() if isinstance(found.status, RegistryStatus) else str(found.status or "")
    return RuleBroken(NOT_NOW, status=status)


_NOTE_LENGTH = 280

"""Consent: given, with a supervisor's exception, withdrawn (domain.md 2.6, 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.errors import RuleBroken
from app.models.crisis import Case
from app.models.people import Person
from app.models.rules import consent as rules
from app.models.vocab import SAFETY_TASKS, AuditAction, ConsentForm, ConsentScope, TaskKind, TaskStatus, Tri
from app.models.work import Work
from app.models.work_items import Consent, Task
from app.services import clocks
from app.services.clocks import Clock
from app.services.crisis import child_protection
from app.services.crisis.known_consents import as_given, needs_guardian
from app.services.permission import case_to_supervise, case_to_write, require_reason
from app.services.records import add, load
from app.words import mark


@dataclass(frozen=True, kw_only=True)
class RecordConsent:
    """What a person agreed to. `answers` says True or False for each scope that was asked about.

    `given_by_id` or `given_by_name` with `authority` when a guardian or substitute agreed. `guardian_unsafe` = YES: the
    guardian is a suspect or unsafe; then their permission is refused and a supervisor may make an exception.
    """

    case_id: str
    person_id: str
    answers: Mapping[ConsentScope, bool]
    given_by_id: str | None = None
    given_by_name: str | None = None
    authority: str | None = None
    guardian_unsafe: Tri | None = None
    organizations: tuple[str, ...] = ()
    form: ConsentForm | None = None
    witness: str | None = None
    language_used: str | None = None
    interpreter: str | None = None
    starts_on: date | None = None
    expires_on: date | None = None
    signatures: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class GrantGuardianException:
    """A supervisor lets a young person be served without a guardian's permission, and why."""

    consent_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class WithdrawConsent:
    """The person takes the consent back, and how they said so."""

    consent_id: str
    how: str
    on: date | None = None


EXPIRY, EXCEPTION = "consent_expiry", "guardian_exception"
WITHDRAWN = mark("The person withdrew their consent")


def record_consent(work: Work, command: RecordConsent) -> str:
    """Record a consent; its id."""
    case = case_to_write(work, command.case_id, Consent)
    person = load(work, Person, command.person_id)
    young = needs_guardian(work, person.id)
    _refuse_unsafe_guardian(work, command, young)
    consent = add(work, Consent, case.scope_id, **_values(work, command))
    if young and command.guardian_unsafe is Tri.YES:
        child_protection.open_prompt(work, case, person.id)
    if as_given(work, consent).needs_guardian:
        _ask_exception(work, case, consent)
    _await_expiry(work, case, consent)
    return consent.id


def grant_guardian_exception(work: Work, command: GrantGuardianException) -> None:
    """Supervisor only; audited."""
    consent = load(work, Consent, command.consent_id)
    case_to_supervise(work, consent.case_id, Consent)
    consent.guardian_exception = require_reason(command.reason)
    consent.exception_by = work.actor.member_id
    work.audit(
        AuditAction.OVERRIDE,
        kind="consent",
        record_id=consent.id,
        reason=consent.guardian_exception,
        fields=("guardian_exception",),
    )
    clocks.stop(work, consent.id, EXCEPTION, TaskStatus.DONE)


def withdraw_consent(work: Work, command: WithdrawConsent) -> None:
    """Withdraw: stops use and tasks at once; safety tasks wait for a supervisor's review."""
    consent = load(work, Consent, command.consent_id)
    case = case_to_write(work, consent.case_id, Consent)
    if consent.withdrawn_on is not None:
        raise RuleBroken(mark("This consent was withdrawn already."))
    consent.withdrawn_on, consent.withdrawn_how = command.on or work.today(), command.how
    clocks.stop(work, consent.id, EXPIRY, TaskStatus.CANCELLED, WITHDRAWN)
    answers = consent.answers or {}
    for_service = rules.YES in (answers.get(ConsentScope.SERVICE), answers.get(ConsentScope.CONTACT))
    if for_service and consent.person_id == case.person_id:
        _stop_tasks(work, case)


def _refuse_unsafe_guardian(work: Work, command: RecordConsent, young: bool) -> None:
    by_another = rules.guardian_permits(command.person_id, command.given_by_id, command.given_by_name, None)
    if young and by_another and command.guardian_unsafe is Tri.YES:
        raise RuleBroken(rules.UNSAFE_GUARDIAN, field="guardian_exception")


def _values(work: Work, command: RecordConsent) -> dict[str, Any]:
    starts_on = command.starts_on or work.today()
    expires_on = command.expires_on or rules.default_expiry(starts_on, int(work.setting("consent.default_months")))
    answers = {scope.value: rules.YES if agreed else rules.NO for scope, agreed in command.answers.items()}
    return {
        "case_id": command.case_id,
        "person_id": command.person_id,
        "given_by_id": command.given_by_id or (None if command.given_by_name else command.person_id),
        "given_by_name": command.given_by_name,
        "authority": command.authority,
        "answers": answers,
        "organizations": list(command.organizations),
        "form": command.form,
        "witness": command.witness,
        "language_used": command.language_used,
        "interpreter": command.interpreter,
        "notice_version": str(work.setting("notice.version")),
        "starts_on": starts_on,
        "expires_on": expires_on,
        "review_on": expires_on,
        "signatures": [dict(signature) for signature in command.signatures],
    }


def _ask_exception(work: Work, case: Case, consent: Consent) -> None:
    clock = Clock(
        subject_id=consent.id,
        rule=EXCEPTION,
        kind=TaskKind.REVIEW,
        title=mark("Decide on service without a guardian's permission"),
        due_on=work.today(),
        case_id=case.id,
    )
    clocks.start(work, case.scope_id, clock)


def _await_expiry(work: Work, case: Case, consent: Consent) -> None:
    if consent.expires_on is None:
        return
    clock = Clock(
        subject_id=consent.id,
        rule=EXPIRY,
        kind=TaskKind.CONSENT_REVIEW,
        title=mark("Consent ends: ask again"),
        due_on=consent.expires_on,
        warn_from=consent.expires_on - timedelta(days=WARN_DAYS),
        owner_id=case.assigned_to,
        case_id=case.id,
    )
    clocks.start(work, case.scope_id, clock)


def _stop_tasks(work: Work, case: Case) -> None:
    for task in clocks.open_tasks(work, Task.case_id == case.id):
        if task.kind in SAFETY_TASKS:
            task.status = TaskStatus.ESCALATED
        else:
            clocks.finish(work, task, TaskStatus.CANCELLED, WITHDRAWN)


WARN_DAYS = 30

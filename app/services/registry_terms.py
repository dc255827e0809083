"""What the registry does over the years: reminders, own consent, who decides, archiving (domain.md 6.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.errors import RuleBroken
from app.models.registry import Registration
from app.models.rules import registry as rules
from app.models.rules.ages import age_on
from app.models.vocab import (
    AuditAction,
    Capacity,
    RegistryAct,
    RegistryConsent,
    RegistryStatus,
    Role,
    SubmitterWay,
    TaskStatus,
    Tri,
)
from app.models.work import Work
from app.models.work_items import Task
from app.services import clocks
from app.services.permission import require_reason, require_role
from app.services.records import load
from app.services.registry import NOT_NOW
from app.services.registry_cards import keep_card
from app.services.registry_events import end_clocks, happened
from app.words import mark

_REGISTRY = frozenset({Role.REG})
STILL_SHOWN = mark("Officers still see this card. End the registration, or wait until the grace period is over.")
ASKED_TOO_EARLY = mark("The person is not {age} yet.")


@dataclass(frozen=True, kw_only=True)
class RecordReminder:
    """The submitter was reminded, by a way that is safe. The reminder that was due is done."""

    registration_id: str
    way: SubmitterWay
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecordOwnConsent:
    """The person, now old enough, was asked for their own consent. A no ends the registration."""

    registration_id: str
    agrees: bool
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReviewCapacity:
    """At eighteen: who decides for the person, and what was seen."""

    registration_id: str
    capacity: Capacity
    note: str


@dataclass(frozen=True, kw_only=True)
class ArchiveRegistration:
    """Put a registration away that expired or ended."""

    registration_id: str
    reason: str


def record_reminder(work: Work, command: RecordReminder) -> None:
    """Note a reminder; it answers every one whose day has come, else the next. Refused where reaching is not safe."""
    found = _load(work, command.registration_id)
    if found.status is not RegistryStatus.ACTIVE or found.expires_on is None:
        raise _not_now(found)
    if found.submitter_safe is Tri.NO:
        raise RuleBroken(rules.NOT_SAFE, field="way")
    work.audit(AuditAction.CONTACT, kind=Registration.__tablename__, record_id=found.id, reason=str(command.way))
    due = clocks.open_tasks(work, Task.subject_id == found.id, Task.rule == rules.REMIND)
    due.sort(key=lambda task: task.due_on or date.max)
    for task in [task for task in due if (task.due_on or date.max) <= work.today()] or due[:1]:
        clocks.finish(work, task, TaskStatus.DONE, str(command.way))
    happened(work, found, RegistryAct.REMINDED, " · ".join(p for p in (str(command.way), command.note or "") if p))


def record_own_consent(work: Work, command: RecordOwnConsent) -> None:
    """Record the answer; with a no the registration is withdrawn at once (domain.md 6.5.9, 2.6)."""
    found = _load(work, command.registration_id)
    if found.status in rules.ENDED:
        raise _not_now(found)
    age = int(work.setting("vpr.reconsent_age"))
    if found.dob is None or age_on(found.dob, work.today()) < age:
        raise RuleBroken(ASKED_TOO_EARLY, age=age)
    found.consents = {**(found.consents or {}), RegistryConsent.REGISTRY.value: "yes" if command.agrees else "no"}
    found.consented_on = work.today()
    clocks.stop(work, found.id, rules.RECONSENT, TaskStatus.DONE)
    happened(work, found, RegistryAct.CONSENT_RENEWED, command.note)
    if not command.agrees:
        found.status, found.ended_on = RegistryStatus.WITHDRAWN, work.today()
        found.status_reason = (command.note or "").strip() or None
        end_clocks(work, found)
        happened(work, found, RegistryAct.WITHDRAWN, command.note)
    keep_card(work, found)


def review_capacity(work: Work, command: ReviewCapacity) -> None:
    """Record who decides for the person from now on."""
    found = _load(work, command.registration_id)
    if found.status in rules.ENDED:
        raise _not_now(found)
    note = require_reason(command.note, "note")
    found.decision_capacity = command.capacity
    clocks.stop(work, found.id, rules.CAPACITY, TaskStatus.DONE)
    happened(work, found, RegistryAct.CAPACITY_REVIEWED, note)


def archive_registration(work: Work, command: ArchiveRegistration) -> None:
    """Archive what officers no longer see: an expired registration, or one that ended."""
    found = _load(work, command.registration_id)
    if found.status is RegistryStatus.ARCHIVED or found.status in rules.WAITING:
        raise _not_now(found)
    if found.status in rules.SHOWN and not _is_over(work, found):
        raise RuleBroken(STILL_SHOWN)
    if found.status is RegistryStatus.SUSPENDED:
        raise _not_now(found)
    if found.status in rules.SHOWN and found.expires_on is not None:
        found.ended_on = found.expires_on
    found.status, found.status_reason = RegistryStatus.ARCHIVED, require_reason(command.reason)
    keep_card(work, found)
    end_clocks(work, found)
    happened(work, found, RegistryAct.ARCHIVED, command.reason)


def _is_over(work: Work, found: Registration) -> bool:
    if found.expires_on is None:
        return False
    provisional = found.status is RegistryStatus.PROVISIONAL
    grace = int(work.setting("vpr.grace_days"))
    return work.today() > rules.last_shown(found.expires_on, grace, provisional=provisional)


def _load(work: Work, registration_id: str) -> Registration:
    require_role(work, Registration, _REGISTRY)
    return load(work, Registration, registration_id)


def _not_now(found: Registration) -> RuleBroken:
    status = found.status.label() if isinstance(found.status, RegistryStatus) else str(found.status or "")
    return RuleBroken(NOT_NOW, status=status)

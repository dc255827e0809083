"""The registry's own lists: registrations, where they stand, and who opened which card (domain.md 6.4, 6f)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.base import fields_of
from app.models.registry import CardFollowUp, CardView, Registration, RegistryDispute
from app.models.rules import deadlines
from app.models.rules import registry as rules
from app.models.rules.ages import age_on
from app.models.rules.closing import STILL_OPEN
from app.models.vocab import (
    AgeBand,
    CardOutcome,
    CardReason,
    Listed,
    RegistryStage,
    RegistryStatus,
    Role,
    Tri,
)
from app.models.work_items import Task
from app.queries import members
from app.queries.attachments import PhotoRow, photo_of
from app.queries.masking import age_band, initials
from app.queries.search import matching_registrations, plain
from app.queries.settings import setting
from app.words import mark


class RegistryView(Listed):
    """The parts of the registry's list."""

    WAITING = "waiting", mark("To check and activate")
    CURRENT = "current", mark("In force")
    RENEWAL = "renewal", mark("Renewal due or in grace")
    DISPUTED = "disputed", mark("On hold")
    ENDED = "ended", mark("Expired or ended")
    ALL = "all", mark("All")


@dataclass(frozen=True, slots=True)
class RegistryFilter:
    """Which registrations are asked for."""

    view: RegistryView = RegistryView.ALL
    text: str = ""


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """One registration in the registry's list. `activate_by`: the day by which it should be active.

    `remind_on`: the day of the earliest reminder that was not sent; `disputed`: guardians disagree.
    """

    id: str
    number: str
    initials: str
    age_band: AgeBand
    status: RegistryStatus | None
    stage: RegistryStage | None
    expires_on: date | None
    submitted_on: date | None
    activate_by: date | None
    late: bool
    remind_on: date | None
    disputed: bool


@dataclass(frozen=True, slots=True)
class LetterTo:
    """How a submitter is written to. `language` is empty where none was chosen; `note` is to be heeded."""

    language: str
    safe: Tri | None
    note: str


@dataclass(frozen=True, slots=True)
class RegistrationEntry:
    """One registration as it is stored, by field name, and what its dates make of it."""

    id: str
    values: Mapping[str, Any]
    status: RegistryStatus | None
    stage: RegistryStage | None
    name: str
    verified_by: str
    reminders: tuple[date, ...]
    last_shown: date | None
    missing: tuple[str, ...]
    """Marked labels of what activation still asks for."""
    photo: PhotoRow | None = None
    advice: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    """Marked sentences with their values: what would make this registration better."""
    kept_until: date | None = None
    """The last day on which an ended or expired registration is kept."""
    due: frozenset[str] = frozenset()
    """The clocks (`rules.registry`) that already warn or have run out."""


@dataclass(frozen=True, slots=True)
class CardViewRow:
    """That somebody opened a card."""

    at: datetime
    who: str
    role: Role | None
    why: CardReason | None
    reason: str
    occurrence_no: str
    registration_id: str
    number: str
    initials: str
    view_id: str = ""
    without: str = ""
    due_at: datetime | None = None
    """By when the occurrence number has to follow; None when it need not or is there."""
    late: bool = False
    outcome: CardOutcome | None = None
    helped: Tri | None = None


def registrations(
    session: Session, asked: RegistryFilter, *, today: date, limit: int = 50, offset: int = 0
) -> tuple[RegistrationRow, ...]:
    """Registrations that fit, those that end first at the top; what waits for activation the oldest first."""
    columns = (
        Registration.id,
        Registration.number,
        Registration.legal_first,
        Registration.preferred_name,
        Registration.legal_last,
        Registration.dob,
        Registration.dob_precision,
        Registration.status,
        Registration.expires_on,
        Registration.submitted_on,
    )
    statement = (
        select(*columns)
        .where(*_conditions(session, asked, today))
        .order_by(Registration.expires_on.asc().nulls_first(), Registration.submitted_on, Registration.id)
        .limit(limit)
        .offset(offset)
    )
    limits = _Limits.of(session, today)
    found = session.execute(statement).all()
    ids = [row.id for row in found]
    known = _Known(_reminders(session, ids), frozenset(_disputed(session, ids)))
    return tuple(_registration_row(row, today, limits, known) for row in found)


def registration_count(session: Session, asked: RegistryFilter, *, today: date) -> int:
    """How many registrations fit."""
    statement = select(func.count()).select_from(Registration).where(*_conditions(session, asked, today))
    return session.scalar(statement) or 0


def letters_to(session: Session, ids: Sequence[str]) -> dict[str, LetterTo]:
    """How whoever registered is written to, by registration."""
    columns = (Registration.id, Registration.letter_language, Registration.submitter_safe, Registration.submitter_note)
    asked = select(*columns).where(Registration.id.in_(list(ids)))
    return {
        row.id: LetterTo(
            language=row.letter_language if row.letter_language in ("en", "fr") else "",
            safe=row.submitter_safe,
            note=(row.submitter_note or "").strip(),
        )
        for row in session.execute(asked)
    }


def registration(session: Session, registration_id: str, *, today: date) -> RegistrationEntry:
    """One registration. Raises NotFound."""
    found = session.get(Registration, registration_id)
    if found is None or found.removed_at is not None:
        raise NotFound(mark("This registration is not on this device."))
    values = {name: getattr(found, name) for name in fields_of(Registration)}
    limits = _Limits.of(session, today)
    days = limits.reminder_days
    provisional = found.status is RegistryStatus.PROVISIONAL
    ends = found.expires_on
    return RegistrationEntry(
        id=found.id,
        values=values,
        status=found.status,
        stage=limits.stage(found.status, ends, today),
        name=" ".join(part for part in (found.preferred_name or found.legal_first, found.legal_last) if part),
        verified_by=members.names(session).get(found.verified_by or "", ""),
        reminders=rules.reminders(ends, days) if ends and not provisional else (),
        last_shown=rules.last_shown(ends, limits.grace_days, provisional=provisional) if ends else None,
        missing=rules.missing(values),
        photo=photo_of(session, found.id, born=found.dob, precision=found.dob_precision, today=today),
        advice=_advice(session, values, today),
        kept_until=_kept_until(session, found, limits, today),
        due=_due(session, found.id, today),
    )


def _due(session: Session, registration_id: str, today: date) -> frozenset[str]:
    asked = select(Task.rule).where(
        Task.subject_id == registration_id,
        Task.status.in_(STILL_OPEN),
        Task.removed_at.is_(None),
        func.coalesce(Task.warn_from, Task.due_on) <= today,
    )
    return frozenset(rule for rule in session.scalars(asked) if rule)


def _advice(session: Session, values: Mapping[str, Any], today: date) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    wanted = int(setting(session, "vpr.contacts_wanted", today))
    contacts = values.get("contacts") or []
    said: list[tuple[str, Mapping[str, Any]]] = []
    if len(contacts) < wanted:
        said.append((rules.ONE_CONTACT, {"count": len(contacts), "wanted": wanted}))
    if not (values.get("calming") or "").strip():
        said.append((rules.NO_CALMING, {}))
    if values.get("submitter_safe") in (None, Tri.UNKNOWN):
        said.append((rules.SAFETY_UNKNOWN, {}))
    born, consented = values.get("dob"), values.get("consented_on")
    age = int(setting(session, "vpr.reconsent_age", today))
    if born is not None and age_on(born, today) >= age and consented is not None and age_on(born, consented) < age:
        said.append((rules.NO_OWN_CONSENT, {}))
    return tuple(said)


def _kept_until(session: Session, found: Registration, limits: _Limits, today: date) -> date | None:
    ended = found.ended_on
    if found.status in rules.SHOWN and limits.stage(found.status, found.expires_on, today) is RegistryStage.EXPIRED:
        ended = found.expires_on
    return rules.kept_until(ended, int(setting(session, "vpr.keep_years", today))) if ended is not None else None


def card_views(
    session: Session, *, now: datetime, days: int = 7, registration_id: str | None = None, limit: int = 200
) -> tuple[CardViewRow, ...]:
    """Who opened which card in the last days, the newest first (domain.md 6f)."""
    asked = (
        select(CardView, Registration)
        .outerjoin(Registration, Registration.id == CardView.registration_id)
        .where(CardView.removed_at.is_(None), CardView.viewed_at >= now - timedelta(days=days))
        .order_by(CardView.viewed_at.desc(), CardView.id.desc())
        .limit(limit)
    )
    if registration_id is not None:
        asked = asked.where(CardView.registration_id == registration_id)
    found = session.execute(asked).all()
    names = members.names(session)
    after = follow_ups(session, [view.id for view, _ in found])
    hours = int(setting(session, "vpr.occurrence_h", now.date()))
    rows = []
    for view, about in found:
        if view.viewed_at is None:
            continue
        told = after.get(view.id, Followed())
        due = None
        if view.role in OFFICERS and not (view.occurrence_no or told.occurrence_no or told.without):
            due = view.viewed_at + timedelta(hours=hours)
        rows.append(
            CardViewRow(
                at=view.viewed_at,
                who=names.get(view.viewer_id or "", ""),
                role=view.role,
                why=view.why,
                reason=view.reason or "",
                occurrence_no=view.occurrence_no or told.occurrence_no,
                registration_id=view.registration_id or "",
                number=(about.number or "") if about is not None else "",
                initials=initials(about.legal_first or about.preferred_name, about.legal_last) if about else "–",
                view_id=view.id,
                without=told.without,
                due_at=due,
                late=due is not None and due < now,
                outcome=told.outcome,
                helped=told.helped,
            )
        )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Followed:
    """What is known of how an opened card was used: the newest answer to each question."""

    occurrence_no: str = ""
    without: str = ""
    outcome: CardOutcome | None = None
    helped: Tri | None = None


def follow_ups(session: Session, view_ids: Sequence[str]) -> dict[str, Followed]:
    """What followed the opening of cards, by the id of the view."""
    asked = (
        select(CardFollowUp)
        .where(CardFollowUp.view_id.in_(list(view_ids)), CardFollowUp.removed_at.is_(None))
        .order_by(CardFollowUp.told_at, CardFollowUp.id)
    )
    found: dict[str, Followed] = {}
    for one in session.scalars(asked):
        before = found.get(one.view_id or "", Followed())
        found[one.view_id or ""] = Followed(
            one.occurrence_no or before.occurrence_no,
            one.without or before.without,
            one.outcome or before.outcome,
            one.helped or before.helped,
        )
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What other records say of the registrations of one page."""

    reminders: Mapping[str, date]
    disputed: frozenset[str]


def _reminders(session: Session, ids: Sequence[str]) -> dict[str, date]:
    asked = (
        select(Task.subject_id, func.min(Task.due_on))
        .where(
            Task.subject_id.in_(list(ids)),
            Task.rule == rules.REMIND,
            Task.status.in_(STILL_OPEN),
            Task.removed_at.is_(None),
        )
        .group_by(Task.subject_id)
    )
    return {subject: due for subject, due in session.execute(asked) if subject and due}


def _disputed(session: Session, ids: Sequence[str] | None = None) -> list[str]:
    asked = select(RegistryDispute.registration_id).where(
        RegistryDispute.decided_on.is_(None), RegistryDispute.removed_at.is_(None)
    )
    if ids is not None:
        asked = asked.where(RegistryDispute.registration_id.in_(list(ids)))
    return [found for found in session.scalars(asked) if found]


@dataclass(frozen=True, slots=True)
class _Limits:
    """The registry's limits in force today."""

    grace_days: int
    reminder_days: tuple[int, ...]
    activation_bd: int

    @classmethod
    def of(cls, session: Session, today: date) -> _Limits:
        return cls(
            int(setting(session, "vpr.grace_days", today)),
            tuple(setting(session, "vpr.reminder_days", today)),
            int(setting(session, "vpr.activation_bd", today)),
        )

    def stage(self, status: RegistryStatus | None, expires_on: date | None, today: date) -> RegistryStage | None:
        if status not in rules.SHOWN or expires_on is None:
            return None
        provisional = status is RegistryStatus.PROVISIONAL
        return rules.stage(
            expires_on, today, grace_days=self.grace_days, reminder_days=self.reminder_days, provisional=provisional
        )


def _conditions(session: Session, asked: RegistryFilter, today: date) -> list[ColumnElement[bool]]:
    limits = _Limits.of(session, today)
    grace_end = today - timedelta(days=limits.grace_days)
    renewal = today + timedelta(days=max(limits.reminder_days, default=0))
    active = Registration.status.in_(list(rules.SHOWN))
    found: list[ColumnElement[bool]] = [Registration.removed_at.is_(None)]
    match asked.view:
        case RegistryView.WAITING:
            found.append(Registration.status.in_([*rules.WAITING, RegistryStatus.PROVISIONAL]))
        case RegistryView.CURRENT:
            found.append(and_(active, Registration.expires_on >= today))
        case RegistryView.RENEWAL:
            found.append(Registration.status == RegistryStatus.ACTIVE)
            found.append(Registration.expires_on.between(grace_end, renewal))
        case RegistryView.DISPUTED:
            disputed = Registration.id.in_(_disputed(session))
            found.append(disputed | (Registration.status == RegistryStatus.SUSPENDED))
        case RegistryView.ENDED:
            over = and_(active, Registration.expires_on < grace_end)
            found.append(over | Registration.status.in_(list(rules.ENDED)))
        case _:
            pass
    if plain(asked.text):
        found.append(Registration.id.in_(matching_registrations(asked.text)))
    return found


def _registration_row(row: Any, today: date, limits: _Limits, known: _Known) -> RegistrationRow:
    waits = row.status in rules.WAITING and row.submitted_on is not None
    by = deadlines.business_days(row.submitted_on, limits.activation_bd) if waits else None
    return RegistrationRow(
        id=row.id,
        number=row.number or "",
        initials=initials(row.legal_first or row.preferred_name, row.legal_last),
        age_band=age_band(row.dob, row.dob_precision, today),
        status=row.status,
        stage=limits.stage(row.status, row.expires_on, today),
        expires_on=row.expires_on,
        submitted_on=row.submitted_on,
        activate_by=by,
        late=by is not None and by < today,
        remind_on=known.reminders.get(row.id),
        disputed=row.id in known.disputed,
    )


OFFICERS = frozenset({Role.OFF, Role.DSP, Role.ESS, Role.IPV})
"""Roles whose opening of a card an occurrence number follows (domain.md 6.5.7)."""

"""The registry's own lists: registrations, where they stand, and who opened which card (domain.md 6.4, 6f)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.base import fields_of
from app.models.registry import CardView, Registration
from app.models.rules import deadlines
from app.models.rules import registry as rules
from app.models.vocab import (
    AgeBand,
    CardReason,
    Listed,
    RegistryStage,
    RegistryStatus,
    Role,
)
from app.queries import members
from app.queries.attachments import PhotoRow, photo_of
from app.queries.masking import age_band, initials
from app.queries.search import plain
from app.queries.settings import setting
from app.words import mark


class RegistryView(Listed):
    """The parts of the registry's list."""

    WAITING = "waiting", mark("To check and activate")
    CURRENT = "current", mark("In force")
    RENEWAL = "renewal", mark("Renewal due or in grace")
    ENDED = "ended", mark("Expired or ended")
    ALL = "all", mark("All")


@dataclass(frozen=True, slots=True)
class RegistryFilter:
    """Which registrations are asked for."""

    view: RegistryView = RegistryView.ALL
    text: str = ""


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """One registration in the registry's list. `activate_by`: the day by which it should be active."""

    id: str
    number: str
    initials: str
    age_band: AgeBand
    status: RegistryStatus | None
    stage: RegistryStage | None
    expires_on: date | None
    submitted_on: date | None
    activate_by: date | None


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
    return tuple(_registration_row(session, row, today, limits) for row in session.execute(statement))


def registration_count(session: Session, asked: RegistryFilter, *, today: date) -> int:
    """How many registrations fit."""
    statement = select(func.count()).select_from(Registration).where(*_conditions(session, asked, today))
    return session.scalar(statement) or 0


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
    )


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
    names = members.names(session)
    rows = []
    for view, about in session.execute(asked):
        if view.viewed_at is None:
            continue
        rows.append(
            CardViewRow(
                at=view.viewed_at,
                who=names.get(view.viewer_id or "", ""),
                role=view.role,
                why=view.why,
                reason=view.reason or "",
                occurrence_no=view.occurrence_no or "",
                registration_id=view.registration_id or "",
                number=(about.number or "") if about is not None else "",
                initials=initials(about.legal_first or about.preferred_name, about.legal_last) if about else "–",
            )
        )
    return tuple(rows)


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
        case RegistryView.ENDED:
            over = and_(active, Registration.expires_on < grace_end)
            found.append(over | Registration.status.in_([*rules.ENDED, RegistryStatus.SUSPENDED]))
        case _:
            pass
    words = plain(asked.text).split()
    if words:
        found.append(Registration.id.in_(_named(session, words)))
    return found


def _named(session: Session, words: Iterable[str]) -> list[str]:
    """Registrations whose number or names hold every word, accents and case aside: a narrow scan in Python."""
    wanted = list(words)
    columns = (
        Registration.number,
        Registration.legal_first,
        Registration.legal_middle,
        Registration.legal_last,
        Registration.preferred_name,
    )
    found = []
    for registration_id, *parts in session.execute(select(Registration.id, *columns)):
        text = plain(" ".join(part for part in parts if part))
        if all(word in text for word in wanted):
            found.append(registration_id)
    return found


def _registration_row(session: Session, row: Any, today: date, limits: _Limits) -> RegistrationRow:
    waits = row.status in rules.WAITING and row.submitted_on is not None
    return RegistrationRow(
        id=row.id,
        number=row.number or "",
        initials=initials(row.legal_first or row.preferred_name, row.legal_last),
        age_band=age_band(row.dob, row.dob_precision, today),
        status=row.status,
        stage=limits.stage(row.status, row.expires_on, today),
        expires_on=row.expires_on,
        submitted_on=row.submitted_on,
        activate_by=deadlines.business_days(row.submitted_on, limits.activation_bd) if waits else None,
    )

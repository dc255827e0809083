"""Beside the registry's lists: what a member handed in and opened, history, disputes, what is kept until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models.registry import CardView, EmergencyCard, Registration, RegistryBatch, RegistryDispute, RegistryEvent
from app.models.rules import duplicates
from app.models.rules import registry as rules
from app.models.rules.duplicates import Likeness
from app.models.vocab import AgeBand, CardOutcome, CardReason, RegistryAct, RegistryStatus, Role
from app.queries import members
from app.queries.masking import age_band, initials
from app.queries.registry import OFFICERS, Followed, follow_ups
from app.queries.search import living_at
from app.queries.settings import setting


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A registration that a member entered. `may_change`: it is still a draft."""

    id: str
    number: str
    initials: str
    age_band: AgeBand
    status: RegistryStatus | None
    submitted_on: date | None
    may_change: bool


@dataclass(frozen=True, slots=True)
class OpenedCard:
    """A card that a member opened. `due_at`: by when its occurrence number has to follow; None: it need not."""

    view_id: str
    at: datetime
    initials: str
    why: CardReason | None
    reason: str
    occurrence_no: str
    without: str
    due_at: datetime | None
    late: bool
    outcome: CardOutcome | None


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One thing that happened to a registration."""

    on: date | None
    act: RegistryAct | None
    who: str
    note: str
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """Two versions of one field. Values are as the registration keeps them."""

    id: str
    field: str
    first: Any
    first_by: str
    second: Any
    second_by: str
    opened_on: date | None
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class DuplicateRow:
    """A registration that may be of the same person, and what is alike."""

    id: str
    number: str
    initials: str
    age_band: AgeBand
    status: RegistryStatus | None
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A list that came in."""

    id: str
    facility: str
    file_name: str
    received_on: date | None
    taken: int
    refused: int


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A registration that is over, and the last day on which it is kept (domain.md 20.5)."""

    id: str
    number: str
    initials: str
    status: RegistryStatus | None
    ended_on: date
    kept_until: date
    due: bool


def handed_in(session: Session, member_id: str, *, today: date, limit: int = 50) -> tuple[HandedIn, ...]:
    """What a member entered, drafts first, then the newest."""
    asked = (
        select(Registration)
        .where(Registration.created_by == member_id, Registration.removed_at.is_(None))
        .order_by(Registration.submitted_on.desc().nulls_first(), Registration.id.desc())
        .limit(limit)
    )
    return tuple(
        HandedIn(
            id=one.id,
            number=one.number or "",
            initials=initials(one.legal_first or one.preferred_name, one.legal_last),
            age_band=age_band(one.dob, one.dob_precision, today),
            status=one.status,
            submitted_on=one.submitted_on,
            may_change=one.status is RegistryStatus.DRAFT,
        )
        for one in session.scalars(asked)
    )


def opened_cards(session: Session, member_id: str, *, now: datetime, days: int = 30) -> tuple[OpenedCard, ...]:
    """The cards that a member opened lately, those that wait for an occurrence number first."""
    asked = (
        select(CardView, EmergencyCard)
        .outerjoin(EmergencyCard, EmergencyCard.id == CardView.card_id)
        .where(
            CardView.viewer_id == member_id,
            CardView.viewed_at >= now - timedelta(days=days),
            CardView.removed_at.is_(None),
        )
        .order_by(CardView.viewed_at.desc())
    )
    found = session.execute(asked).all()
    told = follow_ups(session, [view.id for view, _ in found])
    hours = int(setting(session, "vpr.occurrence_h", now.date()))
    rows = [_opened(view, card, told.get(view.id, Followed()), now, hours) for view, card in found]
    return tuple(sorted(rows, key=lambda row: row.due_at is None))


def _opened(view: CardView, card: EmergencyCard | None, told: Followed, now: datetime, hours: int) -> OpenedCard:
    at = view.viewed_at or now
    number = view.occurrence_no or told.occurrence_no
    due = at + timedelta(hours=hours) if view.role in OFFICERS and not (number or told.without) else None
    return OpenedCard(
        view_id=view.id,
        at=at,
        initials=initials(card.legal_first or card.preferred_name, card.legal_last) if card is not None else "–",
        why=view.why,
        reason=view.reason or "",
        occurrence_no=number,
        without=told.without,
        due_at=due,
        late=due is not None and due < now,
        outcome=told.outcome,
    )


def numbers_wanted(session: Session, member_id: str, role: Role, *, now: datetime) -> int:
    """How many opened cards still wait for this member's occurrence number."""
    if role not in OFFICERS:
        return 0
    return sum(row.due_at is not None for row in opened_cards(session, member_id, now=now))


def history(session: Session, registration_id: str) -> tuple[HistoryRow, ...]:
    """What happened to a registration, the newest first."""
    asked = (
        select(RegistryEvent)
        .where(RegistryEvent.registration_id == registration_id, RegistryEvent.removed_at.is_(None))
        .order_by(RegistryEvent.on_day.desc(), RegistryEvent.id.desc())
    )
    names = members.names(session)
    return tuple(
        HistoryRow(one.on_day, one.act, names.get(one.created_by or "", ""), one.note or "", one.before, one.after)
        for one in session.scalars(asked)
    )


def disputes(session: Session, registration_id: str) -> tuple[DisputeRow, ...]:
    """What guardians disagree about, undecided first."""
    asked = (
        select(RegistryDispute)
        .where(RegistryDispute.registration_id == registration_id, RegistryDispute.removed_at.is_(None))
        .order_by(RegistryDispute.decided_on.asc().nulls_first(), RegistryDispute.id)
    )
    return tuple(
        DisputeRow(
            id=one.id,
            field=one.field or "",
            first=(one.first or {}).get("value"),
            first_by=one.first_by or "",
            second=(one.second or {}).get("value"),
            second_by=one.second_by or "",
            opened_on=one.opened_on,
            decided_on=one.decided_on,
        )
        for one in session.scalars(asked)
    )


_ALIKE = (
    Registration.id,
    Registration.number,
    Registration.legal_first,
    Registration.legal_last,
    Registration.preferred_name,
    Registration.aliases,
    Registration.dob,
    Registration.dob_precision,
    Registration.addresses,
    Registration.status,
)


def possible_duplicates(
    session: Session, values: Any, *, today: date, without: Sequence[str] = ()
) -> tuple[DuplicateRow, ...]:
    """Registrations that may be of the same person: by sound of the name, birth date, address (domain.md 6.5.12)."""
    wanted = duplicates.traits(values)
    # Two of the three are alike: the birth date is, or else the name and the address both are.
    near = or_(
        Registration.dob.in_(duplicates.dates_alike(wanted.born)),
        Registration.id.in_(living_at(duplicates.street_words(home) for home in wanted.homes)),
    )
    asked = select(*_ALIKE).where(near, Registration.removed_at.is_(None), Registration.id.not_in(list(without)))
    found = ((row, duplicates.likeness(wanted, duplicates.traits(row._asdict()))) for row in session.execute(asked))
    return tuple(sorted((_duplicate(row, alike, today) for row, alike in found if alike.suspicious), key=_by_id))


def duplicates_of_each(session: Session, asked: Sequence[Any], *, today: date) -> tuple[tuple[DuplicateRow, ...], ...]:
    """The same for many at once: the registrations are read one time, a block after the other."""
    known = session.execute(select(*_ALIKE).where(Registration.removed_at.is_(None)).execution_options(yield_per=500))
    found = duplicates.who_is_known(map(duplicates.traits, asked), ((row.id, row._asdict()) for row in known))
    ids = {one for alike in found for one in alike}
    rows = {row.id: row for row in session.execute(select(*_ALIKE).where(Registration.id.in_(ids)))}
    return tuple(
        tuple(sorted((_duplicate(rows[one], likeness, today) for one, likeness in alike.items()), key=_by_id))
        for alike in found
    )


def _by_id(row: DuplicateRow) -> str:
    return row.id


def _duplicate(row: Any, likeness: Likeness, today: date) -> DuplicateRow:
    return DuplicateRow(
        id=row.id,
        number=row.number or "",
        initials=initials(row.legal_first or row.preferred_name, row.legal_last),
        age_band=age_band(row.dob, row.dob_precision, today),
        status=row.status,
        likeness=likeness,
    )


def batches(session: Session) -> tuple[BatchRow, ...]:
    """The lists that came in, the newest first."""
    asked = select(RegistryBatch).where(RegistryBatch.removed_at.is_(None)).order_by(RegistryBatch.id.desc())
    return tuple(
        BatchRow(
            one.id,
            one.facility or "",
            one.file_name or "",
            one.received_on,
            len(one.taken or ()),
            len(one.refused or ()),
        )
        for one in session.scalars(asked)
    )


def kept(session: Session, *, today: date, ahead_days: int = 60) -> tuple[KeptRow, ...]:
    """Registrations that are over, those whose time has come or comes within `ahead_days`, the earliest first."""
    grace = int(setting(session, "vpr.grace_days", today))
    keep = int(setting(session, "vpr.keep_years", today))
    last_expiry = today - timedelta(days=grace)
    over = or_(
        Registration.ended_on.is_not(None),
        (Registration.status == RegistryStatus.ACTIVE) & (Registration.expires_on < last_expiry),
        (Registration.status == RegistryStatus.PROVISIONAL) & (Registration.expires_on < today),
    )
    rows = []
    columns = (
        Registration.id,
        Registration.number,
        Registration.legal_first,
        Registration.preferred_name,
        Registration.legal_last,
        Registration.status,
        Registration.ended_on,
        Registration.expires_on,
    )
    for one in session.execute(select(*columns).where(over, Registration.removed_at.is_(None))):
        ended = one.ended_on or one.expires_on
        if ended is None:
            continue
        until = rules.kept_until(ended, keep)
        if until <= today + timedelta(days=ahead_days):
            name = initials(one.legal_first or one.preferred_name, one.legal_last)
            rows.append(KeptRow(one.id, one.number or "", name, one.status, ended, until, until < today))
    return tuple(sorted(rows, key=lambda row: (row.kept_until, row.id)))

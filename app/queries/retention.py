"""What is past its time, what is on hold, and which destructions were proposed, approved and done (domain.md 20.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.local.tables import PurgedScope, Scope
from app.models.registry import EmergencyCard, Registration
from app.models.retention import DestructionRun, LegalHold
from app.models.rules import printing as printing_rules
from app.models.rules import registry as registry_rules
from app.models.rules import retention as rules
from app.models.tracking import LocationTrack
from app.models.vocab import Listed, RetentionClass, ScopeKind
from app.queries import dispatch_card, members, registry_office
from app.queries.device import own_device_id
from app.queries.form_rows import Typed
from app.queries.masking import initials
from app.queries.retention_rows import CertificateRows, DestroyedLine
from app.queries.settings import setting
from app.words import mark


class RunState(Listed):
    """How far a destruction is."""

    PROPOSED = "proposed", mark("Waits for a second person")
    APPROVED = "approved", mark("Approved, is carried out with the next contact")
    DESTROYED = "destroyed", mark("Destroyed")
    DECLINED = "declined", mark("Declined")


@dataclass(frozen=True, slots=True)
class DueRow:
    """A record past its time. `number`, `who`: what it is known by; `hold`: why it must stay, empty when it need not.

    `run_id`: the undecided run that it is in.
    """

    kept_as: RetentionClass
    subject_id: str
    number: str
    who: str
    until: date
    hold: str = ""
    hold_id: str = ""
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One record of a run. `number` and `who` are empty once it is destroyed; `certificate` stays."""

    kept_as: RetentionClass
    subject_id: str
    number: str
    who: str
    until: date
    certificate: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """One destruction. `may_approve`: this member is a second person, on another computer than the first."""

    id: str
    state: RunState
    reason: str
    proposed_at: datetime | None
    proposed_by: str
    approved_at: datetime | None
    approved_by: str
    destroyed_at: datetime | None
    declined_reason: str
    may_approve: bool
    items: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A record that must stay, and why."""

    id: str
    subject_id: str
    number: str
    who: str
    reason: str
    placed_at: datetime | None
    placed_by: str


def due(session: Session, *, today: date, zone: str) -> tuple[DueRow, ...]:
    """Everything on this device whose time is over, the longest overdue first."""
    held = {hold.subject_id: hold for hold in _open_holds(session)}
    running = {
        item["subject"]: run.id
        for run in _runs(session)
        if _state(session, run)[0] in _OPEN
        for item in run.items or ()
    }
    rows = [*_registrations(session, today), *_cards(session, today), *_tracks(session, today, zone)]
    found = []
    for kept_as, subject, number, who, until in rows:
        hold = held.get(subject)
        why, hold_id = ((hold.reason or ""), hold.id) if hold is not None else ("", "")
        found.append(DueRow(kept_as, subject, number, who, until, why, hold_id, running.get(subject, "")))
    return tuple(sorted(found, key=lambda row: (row.until, row.kept_as, row.subject_id)))


def runs(session: Session, member_id: str, limit: int = 50) -> tuple[RunRow, ...]:
    """The destructions, undecided first, then the newest."""
    names, device = members.names(session), own_device_id(session)
    found = []
    for run in _runs(session)[:limit]:
        state, destroyed_at = _state(session, run)
        second = member_id != run.proposed_by and device != run.first_device
        found.append(
            RunRow(
                id=run.id,
                state=state,
                reason=run.reason or "",
                proposed_at=run.proposed_at,
                proposed_by=names.get(run.proposed_by or "", ""),
                approved_at=run.approved_at,
                approved_by=names.get(run.approved_by or "", ""),
                destroyed_at=destroyed_at,
                declined_reason=run.declined_reason or "",
                may_approve=second and state is RunState.PROPOSED,
                items=tuple(_items(session, run)),
            )
        )
    return tuple(sorted(found, key=lambda row: row.state is not RunState.PROPOSED))


def holds(session: Session) -> tuple[HoldRow, ...]:
    """The records on hold, the newest first."""
    names = members.names(session)
    found = []
    for hold in _open_holds(session):
        number, who = _known_by(session, hold.subject_id or "")
        placed = hold.placed_at, names.get(hold.placed_by or "", "")
        found.append(HoldRow(hold.id, hold.subject_id or "", number, who, hold.reason or "", *placed))
    return tuple(reversed(found))


def to_approve(session: Session, member_id: str) -> int:
    """How many runs wait for this member as the second person."""
    return sum(row.may_approve for row in runs(session, member_id))


def lost_changes(session: Session) -> int:
    """Own changes that no server had and that went with what was destroyed, until the owner has read it."""
    return session.scalar(select(func.sum(PurgedScope.unsent)).where(PurgedScope.told.is_(False))) or 0


def certificate(session: Session, run_id: str) -> CertificateRows:
    """The rows of a destruction that was carried out here. Raises NotFound for any other."""
    run = next((one for one in runs(session, "", limit=_EVERY_RUN) if one.id == run_id), None)
    if run is None or run.state is not RunState.DESTROYED:
        raise NotFound(printing_rules.NOT_DESTROYED)
    return CertificateRows(
        reason=Typed(run.reason),
        proposed_by=run.proposed_by,
        proposed_on=run.proposed_at.date() if run.proposed_at else None,
        approved_by=run.approved_by,
        approved_on=run.approved_at.date() if run.approved_at else None,
        destroyed_on=run.destroyed_at.date() if run.destroyed_at else None,
        lines=[
            DestroyedLine(certificate=item.certificate, kept_as=item.kept_as.text, kept_until=item.until)
            for item in run.items
        ],
    )


_EVERY_RUN = 10_000
_OPEN = (RunState.PROPOSED, RunState.APPROVED)
_Known = tuple[RetentionClass, str, str, str, date]


def _runs(session: Session) -> list[DestructionRun]:
    asked = select(DestructionRun).where(DestructionRun.removed_at.is_(None))
    return list(session.scalars(asked.order_by(DestructionRun.proposed_at.desc(), DestructionRun.id)))


def _open_holds(session: Session) -> list[LegalHold]:
    asked = select(LegalHold).where(LegalHold.lifted_at.is_(None), LegalHold.removed_at.is_(None))
    return list(session.scalars(asked.order_by(LegalHold.placed_at, LegalHold.id)))


def _state(session: Session, run: DestructionRun) -> tuple[RunState, datetime | None]:
    done = session.scalar(select(func.min(PurgedScope.purged_at)).where(PurgedScope.order_id == run.id))
    if done is not None:
        return RunState.DESTROYED, done
    if run.declined_at is not None:
        return RunState.DECLINED, None
    return (RunState.APPROVED if run.approved_at is not None else RunState.PROPOSED), None


def _registrations(session: Session, today: date) -> Iterator[_Known]:
    for row in registry_office.kept(session, today=today, ahead_days=0):
        if row.due:
            yield RetentionClass.REGISTRATION, row.id, row.number, row.initials, row.kept_until


def _cards(session: Session, today: date) -> Iterator[_Known]:
    """Scopes of cards: each holds those whose term ends in one year."""
    keep = int(setting(session, "vpr.keep_years", today))
    of_cards = select(Scope.id).where(Scope.kind == str(ScopeKind.REGISTRY_CARD)).order_by(Scope.id)
    for scope_id in session.scalars(of_cards).all():
        ends = _ends(session, scope_id)
        known = [end for end in ends if end is not None]
        if not known or len(known) != len(ends):
            continue
        year = max(known).year
        until = registry_rules.kept_until(date(year, 12, 31), keep)
        if until < today:
            yield RetentionClass.CARDS, scope_id, str(year), str(len(ends)), until


def _tracks(session: Session, today: date, zone: str) -> Iterator[_Known]:
    for track, until in dispatch_card.tracks_past(session, today=today, zone=zone):
        yield RetentionClass.LOCATIONS, track.id, "", str(track.point_count or 0), until


def _items(session: Session, run: DestructionRun) -> Iterator[ItemRow]:
    for item in run.items or ():
        subject = item["subject"]
        kept_as = RetentionClass.of(item["class"])
        number, who = _known_by(session, subject, kept_as)
        until, certificate = date.fromisoformat(item["until"]), rules.certificate_id(subject)
        yield ItemRow(kept_as, subject, number, who, until, certificate)


def _known_by(
    session: Session, subject_id: str, kept_as: RetentionClass = RetentionClass.REGISTRATION
) -> tuple[str, str]:
    """Number and initials of a record that is still here; of cards the year and how many, of a track its points."""
    if kept_as is RetentionClass.CARDS:
        ends = [end for end in _ends(session, subject_id) if end is not None]
        return (str(max(ends).year), str(len(ends))) if ends else ("", "")
    if kept_as is RetentionClass.LOCATIONS:
        track = session.get(LocationTrack, subject_id)
        return ("", str(track.point_count or 0)) if track is not None else ("", "")
    one = session.get(Registration, subject_id)
    if one is None:
        return "", ""
    return one.number or "", initials(one.legal_first or one.preferred_name, one.legal_last)


def _ends(session: Session, scope_id: str) -> list[date | None]:
    """The last day of each card in a scope."""
    return list(session.scalars(select(EmergencyCard.expires_on).where(EmergencyCard.scope_id == scope_id)))

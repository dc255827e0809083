"""The timeline of a case: one narrow union finds the page, each kind then gives its own words.

What has a moment is placed by it; what has only a day is placed at noon UTC of that day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session

from app import words
from app.models.base import Record
from app.models.crisis import (
    ContactAddendum,
    ContactLog,
    CrisisContact,
    LegalOrder,
    NeedsAssessment,
    PracticalAssistance,
    Referral,
    SupportNote,
)
from app.models.local.tables import AuditEntry
from app.models.safety import SafetyPlan
from app.models.vocab import (
    AuditAction,
    ConsentScope,
    CrisisComponent,
    Listed,
    Precision,
    ReviewOutcome,
    TaskStatus,
    label,
)
from app.models.work_items import CaseReview, Consent, Task
from app.queries import members, outbox
from app.queries.crisis.call_outs import listed
from app.queries.crisis.rows import AddendumRow, TimelineKind, TimelineRow
from app.queries.settings import setting
from app.queries.tasks import title as task_title
from app.words import tr

_KINDS = {kind.value: kind for kind in TimelineKind}
_NOON = "T12:00:00.000Z"
_OVER = (TaskStatus.DONE, TaskStatus.CANCELLED, TaskStatus.HANDED_OVER)


def timeline(
    session: Session,
    case_id: str,
    *,
    now: datetime,
    kinds: Collection[TimelineKind] | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[TimelineRow, ...]:
    """One page of the timeline, the newest first; `kinds` narrows it."""
    places = _places(case_id, kinds)
    if places is None:
        return ()
    listing = places.subquery()
    page = session.execute(
        select(listing).order_by(listing.c.moment.desc(), listing.c.id.desc()).limit(limit).offset(offset)
    ).all()
    written = _Writer(session, now).rows([(_KINDS[row.kind], row.id) for row in page])
    return tuple(written[row.kind, row.id] for row in page if (row.kind, row.id) in written)


def timeline_count(session: Session, case_id: str, *, kinds: Collection[TimelineKind] | None = None) -> int:
    """How many entries the timeline has."""
    places = _places(case_id, kinds)
    return 0 if places is None else session.scalar(select(func.count()).select_from(places.subquery())) or 0


def _text(column: Any) -> ColumnElement[Any]:
    return type_coerce(column, Text)


def _day(column: Any) -> ColumnElement[Any]:
    return _text(column) + _NOON


@dataclass(frozen=True)
class _Source:
    """Where entries of one kind come from: table, the moment that places them, what else must hold."""

    record: type[Record]
    moment: ColumnElement[Any]
    only: tuple[ColumnElement[bool], ...] = ()


_SOURCES: dict[TimelineKind, _Source] = {
    TimelineKind.CONTACT: _Source(ContactLog, func.coalesce(_text(ContactLog.at), _text(ContactLog.created_at), "")),
    TimelineKind.NOTE: _Source(SupportNote, func.coalesce(_text(SupportNote.at), _text(SupportNote.created_at), "")),
    TimelineKind.CRISIS: _Source(
        CrisisContact, func.coalesce(_text(CrisisContact.at), _text(CrisisContact.created_at), "")
    ),
    TimelineKind.ASSESSMENT: _Source(
        NeedsAssessment,
        func.coalesce(
            _text(NeedsAssessment.completed_at),
            _text(NeedsAssessment.assessed_at),
            _text(NeedsAssessment.created_at),
            "",
        ),
    ),
    TimelineKind.PLAN: _Source(
        SafetyPlan, func.coalesce(_text(SafetyPlan.saved_at), ""), (SafetyPlan.saved_at.is_not(None),)
    ),
    TimelineKind.REFERRAL: _Source(Referral, func.coalesce(_day(Referral.sent_on), _text(Referral.created_at), "")),
    TimelineKind.CONSENT: _Source(Consent, func.coalesce(_text(Consent.created_at), _day(Consent.starts_on), "")),
    TimelineKind.ORDER: _Source(
        LegalOrder, func.coalesce(_text(LegalOrder.created_at), _day(LegalOrder.starts_on), "")
    ),
    TimelineKind.TASK: _Source(Task, func.coalesce(_text(Task.closed_at), ""), (Task.status.in_(_OVER),)),
    TimelineKind.REVIEW: _Source(
        CaseReview, func.coalesce(_text(CaseReview.reviewed_at), _text(CaseReview.created_at), "")
    ),
    TimelineKind.ASSISTANCE: _Source(
        PracticalAssistance,
        func.coalesce(_day(PracticalAssistance.given_on), _text(PracticalAssistance.created_at), ""),
    ),
}


def _places(case_id: str, kinds: Collection[TimelineKind] | None) -> Any:
    wanted = [kind for kind in TimelineKind if kinds is None or kind in kinds]
    parts: list[Select[Any]] = []
    for kind in wanted:
        source = _SOURCES.get(kind)
        if source is None:
            parts.append(_prints(case_id))
            continue
        table = source.record.__table__
        parts.append(
            select(
                literal(kind.value).label("kind"),
                type_coerce(table.c.id, Text).label("id"),
                source.moment.label("moment"),
            ).where(table.c.case_id == case_id, table.c.removed_at.is_(None), *source.only)
        )
    return union_all(*parts) if parts else None


def _prints(case_id: str) -> Select[Any]:
    """Prints of the case and of what belongs to it, from this device's audit trail."""
    own = [
        select(record.__table__.c.id).where(record.__table__.c.case_id == case_id)
        for record in (Consent, NeedsAssessment, Referral, SafetyPlan)
    ]
    about = union_all(select(literal(case_id).label("id")), *own)
    return select(
        literal(TimelineKind.PRINT.value).label("kind"),
        cast(AuditEntry.seq, Text).label("id"),
        _text(AuditEntry.at).label("moment"),
    ).where(AuditEntry.action == AuditAction.PRINT.value, AuditEntry.record_id.in_(about))


@dataclass(frozen=True)
class _Words:
    """What one entry says."""

    icon: str
    title: str
    text: str
    author_id: str | None
    at: datetime | None = None
    on: date | None = None
    precision: Precision | None = None
    protected: bool = False


class _Writer:
    """Fetches the records of one page, a kind at a time, and writes their entries."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._names = members.names(session)

    def rows(self, page: Iterable[tuple[TimelineKind, str]]) -> dict[tuple[str, str], TimelineRow]:
        """The entries of a page by kind and id."""
        by_kind: dict[TimelineKind, list[str]] = {}
        for kind, record_id in page:
            by_kind.setdefault(kind, []).append(record_id)
        written: dict[tuple[str, str], TimelineRow] = {}
        for kind, ids in by_kind.items():
            rows = self._printed(ids) if kind is TimelineKind.PRINT else self._recorded(kind, ids)
            written.update(((kind.value, row.record_id), row) for row in rows)
        return written

    def _recorded(self, kind: TimelineKind, ids: list[str]) -> list[TimelineRow]:
        record = _SOURCES[kind].record
        found = self._session.scalars(select(record).where(record.id.in_(ids))).all()
        states = outbox.states(self._session, ids)
        addenda = self._addenda(ids) if kind is TimelineKind.CONTACT else {}
        rows = []
        for each in found:
            words = _WORDS[kind](each)
            rows.append(
                TimelineRow(
                    kind=kind,
                    record_id=each.id,
                    icon=words.icon,
                    at=words.at,
                    on=words.on,
                    precision=words.precision,
                    title=words.title,
                    text=words.text,
                    protected=words.protected,
                    author=self._names.get(words.author_id or "", ""),
                    author_id=words.author_id,
                    locked=self._locked(kind, each),
                    addenda=addenda.get(each.id, ()),
                    sync=states[each.id],
                    flagged=each.flagged,
                )
            )
        return rows

    def _locked(self, kind: TimelineKind, record: Record) -> bool:
        if kind is not TimelineKind.CONTACT:
            return True
        if record.created_at is None:
            return False
        hours = int(setting(self._session, "vsu.contact_lock_h", record.created_at.date()))
        return self._now >= record.created_at + timedelta(hours=hours)

    def _addenda(self, contact_ids: list[str]) -> dict[str, tuple[AddendumRow, ...]]:
        asked = (
            select(ContactAddendum)
            .where(ContactAddendum.contact_id.in_(contact_ids), ContactAddendum.removed_at.is_(None))
            .order_by(ContactAddendum.at, ContactAddendum.id)
        )
        found: dict[str, tuple[AddendumRow, ...]] = {}
        for added in self._session.scalars(asked):
            row = AddendumRow(added.id, added.at, self._names.get(added.created_by or "", ""), added.text or "")
            found[added.contact_id or ""] = (*found.get(added.contact_id or "", ()), row)
        return found

    def _printed(self, ids: list[str]) -> list[TimelineRow]:
        asked = select(AuditEntry).where(AuditEntry.seq.in_([int(each) for each in ids]))
        return [
            TimelineRow(
                kind=TimelineKind.PRINT,
                record_id=str(entry.seq),
                icon="print",
                at=entry.at,
                on=None,
                precision=Precision.EXACT,
                title=label(TimelineKind.PRINT),
                text=entry.reason,
                protected=False,
                author=self._names.get(entry.member_id, ""),
                author_id=entry.member_id,
                locked=True,
                addenda=(),
                sync=outbox.SyncState.HERE,
                flagged=False,
            )
            for entry in self._session.scalars(asked)
        ]


def _joined(*parts: object) -> str:
    return " · ".join(text for text in (label(part) for part in parts) if text)


_CHANNEL_ICONS = {
    "phone": "call",
    "text": "mail",
    "email": "mail",
    "mail": "mail",
    "on_scene": "pin",
    "office": "person",
    "home": "house",
    "video": "call",
}


def _contact(found: ContactLog) -> _Words:
    icon = "phone-off" if found.direction == "attempted" else _CHANNEL_ICONS.get(str(found.channel), "note")
    return _Words(
        icon,
        _joined(found.channel, found.direction, found.with_text) or label(TimelineKind.CONTACT),
        found.service_fact or "",
        found.created_by,
        at=found.at,
        precision=found.precision,
    )


def _note(found: SupportNote) -> _Words:
    return _Words(
        "lock",
        label(TimelineKind.NOTE),
        found.text or "",
        found.created_by,
        at=found.at or found.created_at,
        protected=True,
    )


def _crisis(found: CrisisContact) -> _Words:
    done = _joined(*(listed(CrisisComponent, code) for code in found.components or ()))
    return _Words("shield", label(TimelineKind.CRISIS), done, found.created_by, at=found.at)


def _assessment(found: NeedsAssessment) -> _Words:
    return _Words(
        "list",
        _joined(TimelineKind.ASSESSMENT, found.kind),
        found.client_goal or "",
        found.assessor_id or found.created_by,
        at=found.completed_at or found.assessed_at,
    )


def _plan(found: SafetyPlan) -> _Words:
    text = _joined(found.copy_choice)
    if found.next_review is not None:
        text = _joined(text or None, tr("Next review {day}", day=words.day(found.next_review)))
    return _Words(
        "plan",
        tr("Safety plan, version {version}", version=found.version or 1),
        text,
        found.worker_id or found.created_by,
        at=found.saved_at,
    )


def _referral(found: Referral) -> _Words:
    return _Words(
        "referral",
        _joined(TimelineKind.REFERRAL, found.domain, found.status),
        found.outcome_note or found.reason or "",
        found.created_by,
        at=None if found.sent_on else found.created_at,
        on=found.sent_on,
    )


def _consent(found: Consent) -> _Words:
    given = [listed(ConsentScope, code) for code, answer in (found.answers or {}).items() if answer == "yes"]
    title = tr("Consent withdrawn") if found.withdrawn_on else label(TimelineKind.CONSENT)
    return _Words(
        "signature",
        _joined(title, found.form),
        _joined(*given),
        found.created_by,
        at=found.created_at,
        on=None if found.created_at else found.starts_on,
    )


def _order(found: LegalOrder) -> _Words:
    return _Words(
        "shield-check",
        _joined(TimelineKind.ORDER, found.kind),
        tr("Ends on {day}", day=words.day(found.expires_on)) if found.expires_on else tr("End date to confirm"),
        found.created_by,
        at=found.created_at,
        on=None if found.created_at else found.starts_on,
    )


def _task(found: Task) -> _Words:
    return _Words(
        "check-circle",
        _joined(found.status, task_title(found)),
        found.close_reason or "",
        found.closed_by,
        at=found.closed_at,
    )


def _review(found: CaseReview) -> _Words:
    icon = "return" if found.outcome is ReviewOutcome.RETURNED else "supervisor"
    return _Words(
        icon,
        _joined(TimelineKind.REVIEW, found.outcome),
        found.summary or "",
        found.reviewer_id or found.created_by,
        at=found.reviewed_at,
    )


def _help(found: PracticalAssistance) -> _Words:
    return _Words(
        "handshake",
        _joined(TimelineKind.ASSISTANCE, found.kind),
        found.description or "",
        found.created_by,
        at=None if found.given_on else found.created_at,
        on=found.given_on,
    )


_WORDS: Mapping[Listed, Callable[[Any], _Words]] = {
    TimelineKind.CONTACT: _contact,
    TimelineKind.NOTE: _note,
    TimelineKind.CRISIS: _crisis,
    TimelineKind.ASSESSMENT: _assessment,
    TimelineKind.PLAN: _plan,
    TimelineKind.REFERRAL: _referral,
    TimelineKind.CONSENT: _consent,
    TimelineKind.ORDER: _order,
    TimelineKind.TASK: _task,
    TimelineKind.REVIEW: _review,
    TimelineKind.ASSISTANCE: _help,
}

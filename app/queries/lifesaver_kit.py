"""Project Lifesaver's equipment as lists show it: transmitters and who holds them, receivers, operators (7.4).

No frequency is in any row: it is shown by `services.lifesaver_kit.reveal_frequency`, which audits it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.base import fields_of
from app.models.lifesaver import EquipmentIssue, LifesaverClient, Receiver, SearchOperator, Transmitter
from app.models.lifesaver_vocab import KitCondition, OperatorLevel, ReceiverKind, TransmitterStatus
from app.models.rules.deadlines import months
from app.models.vocab import Role
from app.queries import members
from app.queries.settings import setting


@dataclass(frozen=True, slots=True)
class Holder:
    """Who may have a transmitter."""

    issue_id: str
    client_id: str
    client_number: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class TransmitterRow:
    """One transmitter; more than one holder: it was handed out twice and somebody has to find out."""

    id: str
    serial: str
    model: str
    status: TransmitterStatus | None
    holders: tuple[Holder, ...]
    quarantine_until: date | None
    condition: str
    location: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReceiverRow:
    """One receiver. `due_on`: the day of its next check."""

    id: str
    serial: str
    model: str
    kind: ReceiverKind | None
    kit: str
    location: str
    assigned_to: str
    condition: KitCondition | None
    checked_on: date | None
    due_on: date | None
    late: bool
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """Somebody who takes bearings, or could."""

    member_id: str
    name: str
    level: OperatorLevel | None
    certified_on: date | None
    expires_on: date | None
    last_drill_on: date | None
    valid: bool
    soon: bool


def transmitters(session: Session) -> tuple[TransmitterRow, ...]:
    """The inventory by serial; what is in question first."""
    numbers = dict(session.execute(select(LifesaverClient.id, LifesaverClient.number)).all())
    holders: dict[str, list[Holder]] = defaultdict(list)
    issues = select(EquipmentIssue).where(EquipmentIssue.removed_at.is_(None), EquipmentIssue.end.is_(None))
    for issue in session.scalars(issues.order_by(EquipmentIssue.issued_at, EquipmentIssue.id)):
        number = numbers.get(issue.client_id or "") or ""
        holders[issue.transmitter_id or ""].append(Holder(issue.id, issue.client_id or "", number, issue.issued_at))
    names = fields_of(Transmitter)
    asked = select(Transmitter).where(Transmitter.removed_at.is_(None)).order_by(Transmitter.serial, Transmitter.id)
    rows = [
        TransmitterRow(
            id=one.id,
            serial=one.serial or "",
            model=one.model or "",
            status=TransmitterStatus.ISSUED if holders[one.id] else one.status,
            holders=tuple(holders[one.id]),
            quarantine_until=one.quarantine_until,
            condition=one.condition or "",
            location=one.location or "",
            values={name: getattr(one, name) for name in names},
        )
        for one in session.scalars(asked)
    ]
    return tuple(sorted(rows, key=lambda row: len(row.holders) < 2))


def receivers(session: Session, *, today: date) -> tuple[ReceiverRow, ...]:
    """Receivers in use, those to be checked first."""
    every = int(setting(session, "pls.kit_check_months", today))
    who = members.names(session)
    names = fields_of(Receiver)
    rows = []
    for one in session.scalars(select(Receiver).where(Receiver.removed_at.is_(None), Receiver.retired_on.is_(None))):
        due = months(one.checked_on, every) if one.checked_on is not None else None
        rows.append(
            ReceiverRow(
                id=one.id,
                serial=one.serial or "",
                model=one.model or "",
                kind=one.kind,
                kit=one.kit or "",
                location=one.location or "",
                assigned_to=who.get(one.assigned_to or "", ""),
                condition=one.condition,
                checked_on=one.checked_on,
                due_on=due,
                late=due is None or due < today,
                values={name: getattr(one, name) for name in names},
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.due_on or date.min, row.serial)))


def operators(session: Session, *, today: date) -> tuple[OperatorRow, ...]:
    """Everyone with a certificate and every search specialist without one; what ends first at the top."""
    warn = int(setting(session, "pls.cert_warn_days", today))
    names = members.names(session)
    held = {
        one.member_id: one
        for one in session.scalars(select(SearchOperator).where(SearchOperator.removed_at.is_(None)))
        if one.member_id
    }
    specialists = {one.id for one in members.members(session, role=Role.ESS)}
    rows = []
    for member_id in {*held, *specialists}:
        one = held.get(member_id)
        expires = one.expires_on if one is not None else None
        rows.append(
            OperatorRow(
                member_id=member_id,
                name=names.get(member_id, ""),
                level=one.level if one is not None else None,
                certified_on=one.certified_on if one is not None else None,
                expires_on=expires,
                last_drill_on=one.last_drill_on if one is not None else None,
                valid=expires is not None and today <= expires,
                soon=expires is not None and (expires - today).days <= warn,
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.expires_on or date.min, row.name)))

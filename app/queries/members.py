"""The people of the service."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.local.tables import Member
from app.models.vocab import Role


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member: who they are and what they may act as."""

    id: str
    name: str
    roles: tuple[Role, ...]
    badge: str | None
    active: bool


def members(session: Session, *, role: Role | None = None, active_only: bool = True) -> tuple[MemberRow, ...]:
    """Members by name; those who may act in `role` when it is given."""
    asked = select(Member).order_by(Member.name, Member.id)
    if active_only:
        asked = asked.where(Member.active)
    rows = (_row(member) for member in session.scalars(asked))
    return tuple(row for row in rows if role is None or role in row.roles)


def member(session: Session, member_id: str) -> MemberRow | None:
    """One member, or None when this device does not know them."""
    found = session.get(Member, member_id)
    return None if found is None else _row(found)


def names(session: Session) -> dict[str, str]:
    """The name of every member by id."""
    return dict(session.execute(select(Member.id, Member.name)).all())


def _row(found: Member) -> MemberRow:
    return MemberRow(found.id, found.name, known_roles(found.roles), found.badge, found.active)


def known_roles(codes: list[str] | None) -> tuple[Role, ...]:
    """The roles among `codes` that this version knows."""
    known = {role.value: role for role in Role}
    return tuple(known[code] for code in codes or () if code in known)

"""Starting on this computer without a server: the agency's own scope and its first member."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.errors import RuleBroken
from app.models.local.tables import Member
from app.models.vocab import Role, ScopeKind
from app.models.work import Work
from app.services.directory import UpdateSetting, new_setting
from app.words import mark


@dataclass(frozen=True, kw_only=True)
class FoundAgency:
    """The name of the service and the first member, who may act in every role in `roles`."""

    agency_id: str
    service_name: str
    member_name: str
    roles: tuple[Role, ...]
    badge: str | None = None


def found_agency_locally(work: Work, command: FoundAgency) -> None:
    """Make the agency scope, the first member and the service's name. Refused where the service exists already."""
    if work.scope_of(ScopeKind.AGENCY, command.agency_id) is not None:
        raise RuleBroken(mark("The service is already set up on this computer."))
    if not command.service_name.strip() or not command.member_name.strip():
        raise RuleBroken(mark("Give the name of the service and your own name."))
    scope_id = work.open_scope(ScopeKind.AGENCY, command.agency_id)
    _first_member(work, command)
    new_setting(work, scope_id, UpdateSetting(name="service.name", value=command.service_name.strip()))


def _first_member(work: Work, command: FoundAgency) -> None:
    known = work.session.scalar(select(Member).where(Member.id == work.actor.member_id))
    member = known or Member(id=work.actor.member_id, name="", roles=[], active=True)
    member.name, member.roles, member.badge = (
        command.member_name.strip(),
        [str(r) for r in command.roles],
        command.badge,
    )
    if known is None:
        work.session.add(member)

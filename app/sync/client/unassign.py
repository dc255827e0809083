"""Takes cases off this device that were given to others (safety.md 5.3.8, docs/decisions/0036).

A case leaves only because a signed change that was judged here took its owner off it: its own record says so. Neither
the server's list of people nor anything that is missing is a reason, and nothing leaves before the feed was read to its
end. What the server says only makes it wait: own work is received first, and others begin the next key of each scope,
which shows that they have it and lets this device tell later whether it is given back.

Facts go last: while anything else of the case is still read here, they say who its readers are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models.changes import Changes
from app.models.crisis import Case
from app.models.local.tables import (
    Carried,
    ChunkErrand,
    Granted,
    LeavingCase,
    LoggedChange,
    OutSegment,
    PartedScope,
    PeerDevice,
    Scope,
    Sibling,
    WaitingItem,
)
from app.models.rules import access, leaving
from app.models.vocab import AuditAction, Role, ScopeKind, Waits
from app.sync.client import facts, parted
from app.sync.client.compare import ask_after, told_heads
from app.sync.client.facts import Membership
from app.sync.client.judging import Verdict
from app.sync.client.open import WAITING
from app.sync.client.readers import Readers, cases_of_loans
from app.sync.client.rounds import Round, finds
from app.vault import state
from app.vault.destroying import unsent
from app.vault.unit_of_work import unpacked

REASON = "given to others: taken off this computer"
_AT_ONCE = 20
"""Cases that one transaction takes off: windows wait for the vault meanwhile."""
_SOME = 400
_CASE = Case.__tablename__


@dataclass(frozen=True)
class Leaving:
    """A case that was given to others, and those of its scopes that nobody reads here any more."""

    case_id: str
    scope_ids: tuple[str, ...]


def is_due(session: Session, round_: Round) -> bool:
    """Whether there is any case here that its people read by name, so that it could leave, or that is to leave."""
    kinds = _by_name(session, round_.member)
    named = f"SELECT 1 FROM scope WHERE kind IN ({', '.join('?' * len(kinds))})"
    return finds(session, named, *kinds) or finds(session, "SELECT 1 FROM leaving_case")


def unassign(round_: Round) -> bool:
    """Take off what may leave now. True while there is, or may be, something to look at again."""
    if not round_.tally.ended:
        return True
    with round_.vault.read() as session:
        if state.get(session, facts.FIRST_SYNC) is None:  # nothing is cleaned away before all of it has come
            return True
        found = {one.case_id: one for one in to_leave(session, round_.member)}
        known = set(session.scalars(select(LeavingCase.case_id)))
    if known != found.keys():
        with round_.settling() as session:
            _notice(session, round_, found.keys())
        _announce(round_)
    if not found:
        return False
    ready = _ready(round_, found)
    for at in range(0, len(ready), _AT_ONCE):
        _part(round_, ready[at : at + _AT_ONCE])
        round_.vault.give_way()
    return len(ready) < len(found)


# --- which cases --------------------------------------------------------------------------------------------------


def to_leave(session: Session, member: Membership) -> list[Leaving]:
    """Every case here that a judged change has given to others, with what of it nobody reads here any more."""
    by_case = _held_by_name(session, member)
    given = _given_to_others(session, member.member_id, sorted(by_case))
    if not given:
        return []
    readers, own = Readers(session, member), session.get_one(PeerDevice, member.device_id)
    found = []
    for case_id in given:
        left = [scope for scope in by_case[case_id] if not readers.reads(scope, own)]
        if len(left) < len(by_case[case_id]):
            left = [scope for scope in left if scope.kind != ScopeKind.CASE]
        if left:
            found.append(Leaving(case_id, tuple(sorted(scope.id for scope in left))))
    return found


def _held_by_name(session: Session, member: Membership) -> dict[str, list[Scope]]:
    """The scopes here, by case, that are read by who is on the case, and by no group of a role that was ever held.

    Of every role ever held, not of today's: that somebody left a group is the server's word, and no reason to take
    anything away.
    """
    scopes = session.scalars(select(Scope).where(Scope.kind.in_(_by_name(session, member))).order_by(Scope.id)).all()
    case_of = cases_of_loans(session) if scopes else {}
    found: dict[str, list[Scope]] = defaultdict(list)
    for scope in scopes:
        found[case_of.get(scope.id) or case_of.get(scope.anchor_id, scope.anchor_id)].append(scope)
    return found


def _by_name(session: Session, member: Membership) -> list[str]:
    """The kinds of scope that this member reads only as somebody who works on the case."""
    groups = facts.own_groups(session) | access.groups_of(facts.roles_held(session, member.member_id))
    return sorted(str(kind) for kind in access.READ_BY_ASSIGNMENT if not access.READING_GROUPS[kind] & groups)


def _given_to_others(session: Session, member_id: str, case_ids: Sequence[str]) -> list[str]:
    """Those of the cases that name somebody, no longer this member, and did so once."""
    found = []
    for at in range(0, len(case_ids), _SOME):
        some = case_ids[at : at + _SOME]
        asked = select(Case.id, Case.assigned_to, Case.co_workers).where(Case.id.in_(some))
        for case_id, assigned_to, co_workers in session.execute(asked):
            shown = [assigned_to, json.dumps(co_workers or [])]
            others = access.people_reading(ScopeKind.CASE, assigned_to, co_workers or ())
            if others and not leaving.is_named(member_id, [*shown, *_beside(session, case_id)]):
                found.append(case_id)
    return [case_id for case_id in found if _was_named(session, member_id, case_id)]


def _beside(session: Session, case_id: str) -> Iterable[str | None]:
    """What lives beside what is shown of who works on a case: while people disagree, nobody is off it."""
    return session.scalars(
        select(Sibling.value).where(Sibling.record_id == case_id, Sibling.field.in_(leaving.NAMING))
    ).all()


def _was_named(session: Session, member_id: str, case_id: str) -> bool:
    """Whether a change that was applied here once put this member on the case: it is here because of that."""
    named = LoggedChange.record_id == case_id, LoggedChange.kind == _CASE, LoggedChange.state == str(Verdict.APPLIED)
    asked = select(LoggedChange.fields).where(*named, func.instr(LoggedChange.fields, member_id.encode()) > 0)
    for packed in session.scalars(asked):
        written = unpacked(packed)
        if leaving.is_named(member_id, (written[name].value for name in leaving.NAMING if name in written)):
            return True
    return False


# --- many at once -------------------------------------------------------------------------------------------------


def _notice(session: Session, round_: Round, case_ids: Iterable[str]) -> None:
    """Write down what is to leave. Many that come together wait for the owner (safety.md, G35)."""
    wanted = set(case_ids)
    for row in session.scalars(select(LeavingCase)).all():
        if row.case_id not in wanted:  # given back meanwhile
            session.delete(row)
    session.flush()
    known = set(session.scalars(select(LeavingCase.case_id)))
    held = LeavingCase.held.is_(True), LeavingCase.approved_by.is_(None)
    held_already = session.scalar(select(func.count()).select_from(LeavingCase).where(*held)) or 0
    cases_here = session.scalar(select(func.count()).select_from(Case)) or 0
    fresh = sorted(wanted - known)
    many = bool(fresh) and leaving.needs_approval(len(fresh) + held_already, cases_here)
    for case_id in fresh:
        session.add(LeavingCase(case_id=case_id, noticed_at=round_.vault.now(), held=many, waits_for=""))
    session.flush()


def _announce(round_: Round) -> None:
    """Let screens that list cases say what has changed about them."""
    round_.tally.touch(Changes(frozenset({_CASE})))


# --- which of them now --------------------------------------------------------------------------------------------


def _ready(round_: Round, found: Mapping[str, Leaving]) -> list[Leaving]:
    """Those that nothing holds back; for the others it is written down what does."""
    with round_.vault.read() as session:
        may = or_(LeavingCase.held.is_(False), LeavingCase.approved_by.is_not(None))
        looked_at = sorted(session.scalars(select(LeavingCase.case_id).where(may)))
        waits = {case_id: waits_for(session, found[case_id], round_.member) for case_id in looked_at}
        said = dict(session.execute(select(LeavingCase.case_id, LeavingCase.waits_for)).all())
    if any(reason is None for reason in waits.values()):
        told = {head.scope_id for head in told_heads(round_)}
        for case_id in looked_at:
            if waits[case_id] is None and not told.isdisjoint(found[case_id].scope_ids):
                waits[case_id] = Waits.OTHERS
        ask_after(round_, [one for case_id in looked_at if waits[case_id] is None for one in found[case_id].scope_ids])
    changed = {case_id: str(reason) for case_id, reason in waits.items() if reason and said[case_id] != reason}
    if changed:
        with round_.settling() as session:
            for case_id, reason in changed.items():
                session.get_one(LeavingCase, case_id).waits_for = reason
        _announce(round_)
    return [found[case_id] for case_id in looked_at if waits[case_id] is None]


def waits_for(session: Session, one: Leaving, member: Membership) -> Waits | None:
    """What on this device still holds a case back."""
    in_scopes = OutSegment.scope_id.in_(one.scope_ids), OutSegment.receipt.is_(None)
    if session.scalar(select(OutSegment.first).where(*in_scopes, OutSegment.refusal.is_not(None)).limit(1)) is not None:
        return Waits.REFUSED
    if any(unsent(session, scope_id) or _is_carried(session, scope_id) for scope_id in one.scope_ids):
        return Waits.WORK
    files = ChunkErrand.scope_id.in_(one.scope_ids), ChunkErrand.ours.is_(True)
    if session.scalar(select(ChunkErrand.name).where(*files).limit(1)) is not None:
        return Waits.FILES
    unsettled = WaitingItem.scope_id.in_(one.scope_ids), WaitingItem.reason.in_([str(reason) for reason in WAITING])
    if session.scalar(select(WaitingItem.place).where(*unsettled).limit(1)) is not None:
        return Waits.NEWS
    if not all(_was_given_newest(session, scope_id, member) for scope_id in one.scope_ids):
        return Waits.OTHERS
    return None


def _is_carried(session: Session, scope_id: str) -> bool:
    """Whether a colleague's work in the scope came in a file and was not handed on to the server yet."""
    return session.scalar(select(Carried.name).where(func.instr(Carried.name, scope_id) > 0).limit(1)) is not None


def _was_given_newest(session: Session, scope_id: str, member: Membership) -> bool:
    """Whether the server holds the newest key for this device: only then it is told from the heads that it is past."""
    scope = session.get_one(Scope, scope_id)
    given = session.get(Granted, ("scope", scope_id, scope.epoch, "device", member.device_id))
    return scope.offered and given is not None


# --- off they go --------------------------------------------------------------------------------------------------


def _part(round_: Round, some: Sequence[Leaving]) -> None:
    """Take some cases off in one transaction, which looks at each of them once more: people go on working."""
    copies = parted.sealed_copies(round_, [scope_id for one in some for scope_id in one.scope_ids])
    with round_.vault.read() as session:
        role = _own_role(session, round_.member.member_id)
    with round_.merging(role) as work:
        still = {one.case_id: one for one in to_leave(work.session, round_.member)}
        gone: list[PartedScope] = []
        for one in some:
            row = work.session.get(LeavingCase, one.case_id)
            if row is None or still.get(one.case_id) != one or waits_for(work.session, one, round_.member):
                continue
            gone += [_parted(work.session, one.case_id, scope_id, work.now()) for scope_id in one.scope_ids]
            work.session.delete(row)
            work.audit(AuditAction.SYNC, kind=_CASE, record_id=one.case_id, reason=REASON)
        if gone:
            scope_ids = {scope.scope_id for scope in gone}
            parted.keep(work.session, scope_ids, copies, round_)
            work.part_with(gone)


def _parted(session: Session, case_id: str, scope_id: str, at: datetime) -> PartedScope:
    scope = session.get_one(Scope, scope_id)
    told = scope.kind != ScopeKind.CASE  # people count cases, by their facts
    return PartedScope(scope_id=scope_id, case_id=case_id, kind=scope.kind, epoch=scope.epoch, parted_at=at, told=told)


def _own_role(session: Session, member_id: str) -> Role:
    held = facts.roles_held(session, member_id)
    return next((role for role in Role if role in held), Role.OFF)

"""Destroying what is past its time: one person proposes a list, another one approves it on their own computer.

What both signed goes to the server as an order and from there to every device (PROTOCOL.md, *Orders*); nothing is
destroyed here. A run names random ids and days, no person (domain.md 20.5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.errors import NotAllowed, RuleBroken
from app.models.local.tables import Member, PurgedScope, Scope
from app.models.registry import EmergencyCard, Registration
from app.models.retention import DestructionRun, LegalHold
from app.models.rules import registry as registry_rules
from app.models.rules import retention as rules
from app.models.rules.retention import Due
from app.models.tracking import LocationTrack
from app.models.vocab import AuditAction, RetentionClass, Role, ScopeKind
from app.models.work import Work
from app.services.directory import agency_scope
from app.services.permission import require_reason, require_role, require_supervisor
from app.services.records import add, all_of, load
from app.services.tracking_locations import track_until
from app.words import mark

NOT_DUE = mark("The time to be kept of one of these records is not over. Look at the list again.")
ON_HOLD = mark("One of these records is on hold and must not be destroyed.")
NOT_HERE = mark("One of these records is not on this computer. Connect to the server, then look at the list again.")
NOTHING = mark("Choose at least one record.")
TOO_MANY = mark("These are too many for one run: choose fewer than {limit}.")
SAME_PERSON = mark("A second person has to approve: not the one who proposed it.")
SAME_COMPUTER = mark("The second person has to approve on their own computer.")
WITHOUT_SUPERVISOR = mark("One of the two has to be a supervisor.")
DECIDED = mark("This run was decided already.")
HELD_ALREADY = mark("This record is on hold already.")


@dataclass(frozen=True, kw_only=True)
class ProposeDestruction:
    """Propose to destroy these records, and why now. `chosen`: class and id (of cards: the id of their scope)."""

    chosen: tuple[tuple[RetentionClass, str], ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class ApproveDestruction:
    """Approve a run that another person proposed."""

    run_id: str


@dataclass(frozen=True, kw_only=True)
class DeclineDestruction:
    """Do not destroy what was proposed, and why; who proposed it may take it back the same way."""

    run_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PlaceHold:
    """Keep a record although its time may be over, and why."""

    subject_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LiftHold:
    """The reason for a hold is gone."""

    hold_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class NoteLost:
    """The owner of this computer has read that unsent work went with what was destroyed."""


def propose_destruction(work: Work, command: ProposeDestruction) -> str:
    """Write the list down, signed by this computer; the run's id. Raises RuleBroken for what is not due or on hold."""
    require_role(work, DestructionRun, rules.APPROVERS)
    reason = require_reason(command.reason)
    if not command.chosen:
        raise RuleBroken(NOTHING)
    due = [_due(work, kept_as, subject) for kept_as, subject in dict.fromkeys(command.chosen)]
    _refuse_held(work, due)
    run_id, at = work.new_id(), work.now().replace(microsecond=0)
    run = add(work, DestructionRun, run_scope(work), id=run_id, reason=reason, items=[one.plain() for one in due])
    if len(run.scopes) > rules.MOST_AT_ONCE:
        raise RuleBroken(TOO_MANY, limit=rules.MOST_AT_ONCE)
    run.proposed_at, run.proposed_by, run.first_device = at, work.actor.member_id, work.actor.device_id
    run.first_signature = work.sign_destruction(run_id, run.scopes, at)
    work.audit(AuditAction.DESTROY, kind=DestructionRun.__tablename__, record_id=run_id, reason=f"proposed: {reason}")
    return run_id


def approve_destruction(work: Work, command: ApproveDestruction) -> None:
    """Sign the same list as the second person. Raises RuleBroken for what is not due any more or on hold."""
    require_role(work, DestructionRun, rules.APPROVERS)
    run = _open_run(work, command.run_id)
    if work.actor.member_id == run.proposed_by:
        raise RuleBroken(SAME_PERSON)
    if work.actor.device_id == run.first_device:
        raise RuleBroken(SAME_COMPUTER)
    if not rules.may_destroy(_roles(work, run.proposed_by), (work.actor.role,)):
        raise NotAllowed(WITHOUT_SUPERVISOR)
    items = run.items or []
    due = [_due(work, RetentionClass.of(item["class"]), item["subject"]) for item in items]
    if sorted({scope for one in due for scope in one.scopes}) != run.scopes:
        raise RuleBroken(NOT_DUE)
    _refuse_held(work, due)
    assert run.proposed_at is not None
    run.approved_at, run.approved_by, run.second_device = work.now(), work.actor.member_id, work.actor.device_id
    run.second_signature = work.sign_destruction(run.id, run.scopes, run.proposed_at)
    work.audit(AuditAction.DESTROY, kind=DestructionRun.__tablename__, record_id=run.id, reason="approved")


def decline_destruction(work: Work, command: DeclineDestruction) -> None:
    """Nothing of the run is destroyed."""
    require_role(work, DestructionRun, rules.APPROVERS)
    run, reason = _open_run(work, command.run_id), require_reason(command.reason)
    run.declined_at, run.declined_by, run.declined_reason = work.now(), work.actor.member_id, reason


def place_hold(work: Work, command: PlaceHold) -> str:
    """From now on no run takes this record (domain.md 20.5: a legal hold stops any run); the hold's id."""
    require_supervisor(work, LegalHold)
    reason = require_reason(command.reason)
    if command.subject_id in _held(work):
        raise RuleBroken(HELD_ALREADY)
    hold = add(work, LegalHold, run_scope(work), subject_id=command.subject_id, reason=reason)
    hold.placed_at, hold.placed_by = work.now(), work.actor.member_id
    return hold.id


def lift_hold(work: Work, command: LiftHold) -> None:
    """The record goes by its time again."""
    require_supervisor(work, LegalHold)
    hold, reason = load(work, LegalHold, command.hold_id), require_reason(command.reason)
    hold.lifted_at, hold.lifted_by = work.now(), work.actor.member_id
    work.audit(AuditAction.DESTROY, kind=LegalHold.__tablename__, record_id=hold.id, reason=f"lifted: {reason}")


def note_lost(work: Work, command: NoteLost) -> None:
    """Say no more of it."""
    lost = work.session.scalars(select(PurgedScope).where(PurgedScope.told.is_(False))).all()
    for scope in lost:
        scope.told = True
        work.audit(AuditAction.REVIEW, record_id=scope.order_id, reason="unsent work went with a destruction")


def run_scope(work: Work) -> str:
    """Where runs and holds are kept: one scope of the agency, read by supervisors and the registry."""
    agency_id = work.session.get_one(Scope, agency_scope(work)).anchor_id
    return work.open_scope(ScopeKind.RETENTION, agency_id)


def _open_run(work: Work, run_id: str) -> DestructionRun:
    run = load(work, DestructionRun, run_id)
    if run.approved_at is not None or run.declined_at is not None:
        raise RuleBroken(DECIDED)
    return run


def _roles(work: Work, member_id: str | None) -> list[Role]:
    member = work.session.get(Member, member_id) if member_id else None
    return [role for role in Role if member is not None and role in member.roles]


def _held(work: Work) -> set[str]:
    return {hold.subject_id for hold in all_of(work, LegalHold, LegalHold.lifted_at.is_(None)) if hold.subject_id}


def _refuse_held(work: Work, due: Iterable[Due]) -> None:
    """A hold on a registration also keeps the cards of every year in which it has one."""
    held = _held(work)
    if not held:
        return
    for one in due:
        inside = {one.subject_id}
        if one.kept_as is RetentionClass.CARDS:
            cards = select(EmergencyCard.registration_id).where(EmergencyCard.scope_id == one.subject_id)
            inside |= {registration_id for registration_id in work.session.scalars(cards) if registration_id}
        if held & inside:
            raise RuleBroken(ON_HOLD)


# --- what is due, class by class ------------------------------------------------------------------------------------


def _due(work: Work, kept_as: RetentionClass, subject_id: str) -> Due:
    """A record whose time is over. Raises RuleBroken for one whose time is not, or that is not here."""
    match kept_as:
        case RetentionClass.REGISTRATION:
            found = _registration(work, subject_id)
        case RetentionClass.CARDS:
            found = _cards(work, subject_id)
        case RetentionClass.LOCATIONS:
            found = _locations(work, subject_id)
    if found.until >= work.today():
        raise RuleBroken(NOT_DUE)
    return found


def _registration(work: Work, subject_id: str) -> Due:
    one = work.session.get(Registration, subject_id)
    if one is None:
        raise RuleBroken(NOT_HERE)
    values = {"ended_on": one.ended_on, "expires_on": one.expires_on, "status": one.status}
    since = registry_rules.over_since(values, today=work.today(), grace_days=int(work.setting("vpr.grace_days")))
    if since is None:
        raise RuleBroken(NOT_DUE)
    return Due(one.id, RetentionClass.REGISTRATION, _kept(work, since), (one.scope_id,))


def _cards(work: Work, scope_id: str) -> Due:
    """The scope of the cards whose term ends in one year: over when that year's last day is."""
    scope = work.session.get(Scope, scope_id)
    if scope is None or scope.kind != str(ScopeKind.REGISTRY_CARD):
        raise RuleBroken(NOT_HERE)
    ends = work.session.scalars(select(EmergencyCard.expires_on).where(EmergencyCard.scope_id == scope_id)).all()
    known = [end for end in ends if end is not None]
    if not known or len(known) != len(ends):
        raise RuleBroken(NOT_DUE)
    return Due(scope_id, RetentionClass.CARDS, _kept(work, date(max(known).year, 12, 31)), (scope_id,))


def _kept(work: Work, since: date) -> date:
    return registry_rules.kept_until(since, int(work.setting("vpr.keep_years")))


def _locations(work: Work, subject_id: str) -> Due:
    track = work.session.get(LocationTrack, subject_id)
    if track is None:
        raise RuleBroken(NOT_HERE)
    return Due(track.id, RetentionClass.LOCATIONS, track_until(work, track), (track.scope_id,))

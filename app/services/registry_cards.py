"""Emergency cards: kept beside their registration, opened on scene with a reason (domain.md 6.5.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.errors import NotAllowed, RuleBroken
from app.models.base import fields_of
from app.models.local.tables import Scope
from app.models.registry import CardFields, CardFollowUp, CardView, EmergencyCard, Registration, RegistryDispute
from app.models.rules import registry as rules
from app.models.rules import registry_disputes
from app.models.vocab import (
    AuditAction,
    CardOutcome,
    CardReason,
    RegistryConsent,
    RegistryStatus,
    ScopeKind,
    TaskStatus,
    Tri,
)
from app.models.work import Work
from app.services import clocks
from app.services.directory import agency_scope
from app.services.permission import require_role
from app.services.records import add, all_of, ensure, load
from app.services.registry_events import ask_occurrence
from app.services.registry_photos import keep_card_photo
from app.words import mark

CARD_FIELDS = tuple(name for name in fields_of(EmergencyCard) if name in CardFields.__annotations__)
"""What a card copies from its registration."""

NO_REASON = mark("Say why you open this card: the reason is recorded and the registry sees it.")
NOTHING_TOLD = mark("Tell at least two things about the person.")
NOT_SHOWN = mark("This registration has expired. The card is no longer shown; ask the registry.")


@dataclass(frozen=True, kw_only=True)
class OpenCard:
    """Open an emergency card. `why` or `reason` must say something; another reason than those listed needs words."""

    card_id: str
    why: CardReason | None = None
    reason: str | None = None
    occurrence_no: str | None = None


@dataclass(frozen=True, kw_only=True)
class FollowUpCard:
    """What followed the opening of a card: the occurrence number (or why there is none), and how it ended."""

    view_id: str
    occurrence_no: str | None = None
    without: str | None = None
    outcome: CardOutcome | None = None
    helped: Tri | None = None


NOT_YOURS = mark("Only who opened the card can say what followed.")
NUMBER_OR_WHY = mark("Give the occurrence number, or say why there is none.")


def open_card(work: Work, command: OpenCard) -> str:
    """Record why the card is opened; the id of that view, with which `queries.registry_card.card` shows the card."""
    require_role(work, CardView)
    words = (command.reason or "").strip()
    if not words and command.why in (None, CardReason.OTHER):
        raise RuleBroken(NO_REASON, field="reason")
    card = load(work, EmergencyCard, command.card_id)
    if not is_shown(work, card):
        raise RuleBroken(NOT_SHOWN)
    occurrence = (command.occurrence_no or "").strip() or None
    said = " · ".join(part for part in (str(command.why or ""), words, occurrence) if part)
    work.audit(AuditAction.VIEW, kind=EmergencyCard.__tablename__, record_id=card.id, reason=said)
    view = tell_registry(work, card.id, card.registration_id, command.why, words or None, occurrence)
    ask_occurrence(work, view)
    return view.id


def tell_registry(
    work: Work,
    card_id: str,
    registration_id: str | None,
    why: CardReason | None,
    reason: str | None,
    occurrence_no: str | None,
) -> CardView:
    """Enter in the registry's access list that the acting person sees something of a registrant (domain.md 20.3)."""
    return add(
        work,
        CardView,
        work.open_scope(ScopeKind.REGISTRY_ACCESS, work.child_id(work.actor.member_id, f"card views {_year(work)}")),
        card_id=card_id,
        registration_id=registration_id,
        viewed_at=work.now(),
        viewer_id=work.actor.member_id,
        role=work.actor.role,
        why=why,
        reason=reason,
        occurrence_no=occurrence_no,
    )


def follow_up_card(work: Work, command: FollowUpCard) -> None:
    """Add what followed; a later one is added beside the earlier, nothing is overwritten (domain.md 6.5.7, 6.7)."""
    require_role(work, CardFollowUp)
    view = load(work, CardView, command.view_id)
    if view.viewer_id != work.actor.member_id:
        raise NotAllowed(NOT_YOURS)
    number, without = (command.occurrence_no or "").strip() or None, (command.without or "").strip() or None
    known = view.occurrence_no or any(
        one.occurrence_no or one.without for one in all_of(work, CardFollowUp, CardFollowUp.view_id == view.id)
    )
    if not (number or without or known):
        raise RuleBroken(NUMBER_OR_WHY, field="occurrence_no")
    add(
        work,
        CardFollowUp,
        view.scope_id,
        view_id=view.id,
        occurrence_no=number,
        without=without,
        outcome=command.outcome,
        helped=command.helped,
        told_at=work.now(),
    )
    clocks.stop(work, view.id, rules.OCCURRENCE, TaskStatus.DONE)


def open_disputes(work: Work, registration_id: str) -> list[RegistryDispute]:
    """What two guardians disagree about and nobody has decided."""
    mine = (RegistryDispute.registration_id == registration_id, RegistryDispute.decided_on.is_(None))
    return all_of(work, RegistryDispute, *mine)


@dataclass(frozen=True, kw_only=True)
class SearchByDescription:
    """About to compare a found person with every card. `told` are the names of the facts, never what they say."""

    told: tuple[str, ...]
    reason: str | None = None
    occurrence_no: str | None = None


def search_by_description(work: Work, command: SearchByDescription) -> None:
    """Allow and audit the search, or refuse: its list says why each card fits, so it is a look at cards (6.5.7).

    What was seen is nowhere kept (domain.md 20.2.12).
    """
    require_role(work, CardView)
    if not command.told:
        raise RuleBroken(NOTHING_TOLD, field="gender")
    words, occurrence = (command.reason or "").strip(), (command.occurrence_no or "").strip()
    said = " · ".join(part for part in (str(CardReason.FOUND), words, occurrence) if part)
    work.audit(AuditAction.VIEW, kind=EmergencyCard.__tablename__, reason=said, fields=command.told)


def require_opened(work: Work, card: EmergencyCard) -> None:
    """The acting member opened this card today, with a reason: only then may it be printed."""
    since = work.now() - timedelta(hours=_PRINT_WITHIN_H)
    mine = (CardView.card_id == card.id, CardView.viewer_id == work.actor.member_id, CardView.viewed_at >= since)
    if not all_of(work, CardView, *mine):
        raise NotAllowed(mark("Open the card with a reason first, then print it."))
    if not is_shown(work, card):
        raise RuleBroken(NOT_SHOWN)


def is_shown(work: Work, card: EmergencyCard) -> bool:
    """Whether officers may see the card today."""
    if card.expires_on is None:
        return False
    grace = int(work.setting("vpr.grace_days"))
    return work.today() <= rules.last_shown(card.expires_on, grace, provisional=bool(card.provisional))


def keep_card(work: Work, registration: Registration) -> None:
    """Make the card say what the registration says now, or take it away when it may not be shown.

    The card of a term lies in the scope of the year in which the term ends; the one before goes. Its id follows from
    the scope, so that two computers write one card, and two when they made a scope each: the next act leaves one.
    """
    before = all_of(work, EmergencyCard, EmergencyCard.registration_id == registration.id)
    kept: EmergencyCard | None = None
    if registration.status in rules.SHOWN and registration.expires_on is not None:
        scope_id = work.open_scope(ScopeKind.REGISTRY_CARD, _cards_of(work, registration.expires_on.year))
        card_id = work.child_id(scope_id, registration.id)
        kept = ensure(work, EmergencyCard, scope_id, card_id, registration_id=registration.id)
        _copy(registration, kept, open_disputes(work, registration.id))
    gone = [card for card in before if card is not kept]
    for card in gone:
        card.removed_at, card.removed_reason = work.now(), str(registration.status)
    keep_card_photo(work, registration.id, kept, gone)


def decide_card(work: Work, registration: Registration, field: str) -> None:
    """What a person decided about a field of the registration is decided about its card too."""
    keep_card(work, registration)
    names = {name for name in (field,) if name in CARD_FIELDS} | ({"share_police"} if field == "consents" else set())
    for card in all_of(work, EmergencyCard, EmergencyCard.registration_id == registration.id):
        work.decide(card, *names)


def _copy(registration: Registration, card: EmergencyCard, disputes: list[RegistryDispute]) -> None:
    values: dict[str, Any] = {name: getattr(registration, name) for name in CARD_FIELDS}
    for dispute in disputes:
        if dispute.field in values:
            second = (dispute.second or {}).get("value")
            values[dispute.field] = registry_disputes.shown(dispute.field, values[dispute.field], second)
    values["disputed"] = sorted(dispute.field for dispute in disputes if dispute.field) or None
    values["provisional"] = registration.status is RegistryStatus.PROVISIONAL
    answer = (registration.consents or {}).get(RegistryConsent.SHARE_POLICE.value)
    values["share_police"] = {"yes": Tri.YES, "no": Tri.NO}.get(answer or "", Tri.UNKNOWN)
    for name, value in values.items():
        if getattr(card, name) != value:
            setattr(card, name, value)


def _cards_of(work: Work, year: int) -> str:
    """What the scope of a year's cards is anchored at: the same on every computer of the agency."""
    agency_id = work.session.scalar(select(Scope.anchor_id).where(Scope.id == agency_scope(work)))
    return work.child_id(str(agency_id), rules.cards_of(year))


_PRINT_WITHIN_H = 24


def _year(work: Work) -> int:
    return work.today().year

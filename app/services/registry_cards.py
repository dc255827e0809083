"""Emergency cards: kept beside their registration, opened on scene with a reason (domain.md 6.5.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.errors import NotAllowed, RuleBroken
from app.models.base import fields_of
from app.models.local.tables import Scope
from app.models.registry import CardFields, CardView, EmergencyCard, Registration
from app.models.rules import registry as rules
from app.models.vocab import AuditAction, CardReason, RegistryConsent, RegistryStatus, ScopeKind, Tri
from app.models.work import Work
from app.services.directory import agency_scope
from app.services.permission import require_role
from app.services.records import add, all_of, ensure, load
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
    view = add(
        work,
        CardView,
        work.open_scope(ScopeKind.REGISTRY_ACCESS, work.child_id(work.actor.member_id, f"card views {_year(work)}")),
        card_id=card.id,
        registration_id=card.registration_id,
        viewed_at=work.now(),
        viewer_id=work.actor.member_id,
        role=work.actor.role,
        why=command.why,
        reason=words or None,
        occurrence_no=occurrence,
    )
    return view.id


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
        _copy(registration, kept)
    for card in before:
        if card is not kept:
            card.removed_at, card.removed_reason = work.now(), str(registration.status)


def decide_card(work: Work, registration: Registration, field: str) -> None:
    """What a person decided about a field of the registration is decided about its card too."""
    keep_card(work, registration)
    names = {name for name in (field,) if name in CARD_FIELDS} | ({"share_police"} if field == "consents" else set())
    for card in all_of(work, EmergencyCard, EmergencyCard.registration_id == registration.id):
        work.decide(card, *names)


def _copy(registration: Registration, card: EmergencyCard) -> None:
    values = {name: getattr(registration, name) for name in CARD_FIELDS}
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

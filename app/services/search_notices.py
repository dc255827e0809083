"""What those hear of a search who are not in its room: officers that it goes on, other services what they are given."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import RuleBroken
from app.models.lifesaver_search import SearchActivation, SearchCard, SearchHandOver, SearchNotice
from app.models.registry import CardView
from app.models.rules import search as rules
from app.models.search_vocab import HandOverAuthority, HandOverPart, HandOverWay, SearchStatus
from app.models.vocab import AuditAction, CardReason, Role, ScopeKind
from app.models.work import Work
from app.services.permission import require_reason, require_role
from app.services.records import add, ensure, load
from app.services.registry_cards import tell_registry
from app.services.registry_events import ask_occurrence
from app.words import mark

NOT_OPEN = mark("This search is over. Its card opens no more; ask dispatch.")
NO_RECEIVER = mark("Say which service takes it.")
NOTHING_GIVEN = mark("Say what was given.")
NO_AUTHORITY = mark("Say what allows it.")


@dataclass(frozen=True, kw_only=True)
class OpenSearchCard:
    """An officer opens the card of a search that goes on."""

    notice_id: str
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class HandOverSearch:
    """Another service's team is given something of a search. `approved_by`: the commander when not said."""

    search_id: str
    given_to: str
    parts: tuple[HandOverPart, ...]
    authority: HandOverAuthority | None = None
    way: HandOverWay | None = None
    receiver: str | None = None
    approved_by: str | None = None
    note: str | None = None


def tell(work: Work, search: SearchActivation) -> None:
    """Let officers' laptops know that a search for somebody with a card goes on, or is over."""
    if search.card_id is None:
        return
    scope_id = work.open_scope(ScopeKind.LIFESAVER_NOTICE, search.id)
    notice = ensure(work, SearchNotice, scope_id, work.child_id(search.id, "notice"), card_id=search.card_id)
    values = {
        "number": search.number,
        "occurrence_no": search.occurrence_no,
        "drill": search.drill,
        "call_at": search.call_at,
        "closed_at": search.closed_at,
    }
    for name, value in values.items():
        if getattr(notice, name) != value:
            setattr(notice, name, value)


def open_search_card(work: Work, command: OpenSearchCard) -> str:
    """Record why the card is opened, or refuse; the id of that view, with which `queries` show it (20.1, 20.3)."""
    require_role(work, CardView, {Role.OFF})
    reason = require_reason(command.reason)
    notice = load(work, SearchNotice, command.notice_id)
    if notice.closed_at is not None:
        raise RuleBroken(NOT_OPEN)
    card = load(work, SearchCard, notice.card_id)
    said = " · ".join(part for part in (notice.number, notice.occurrence_no, reason) if part)
    work.audit(AuditAction.VIEW, kind=SearchCard.__tablename__, record_id=card.id, reason=said)
    view = tell_registry(work, card.id, card.registration_id, CardReason.MISSING, reason, notice.occurrence_no)
    ask_occurrence(work, view)
    return view.id


def hand_over_search(work: Work, command: HandOverSearch) -> str:
    """Enter what another service is given of a search that goes on (domain.md 7.6.10); the entry's id."""
    require_role(work, SearchHandOver)
    search = load(work, SearchActivation, command.search_id)
    if search.status is SearchStatus.CLOSED:
        raise RuleBroken(rules.CLOSED)
    for said, field, sentence in (
        (command.given_to.strip(), "given_to", NO_RECEIVER),
        (command.parts, "parts", NOTHING_GIVEN),
        (command.authority, "authority", NO_AUTHORITY),
    ):
        if not said:
            raise RuleBroken(sentence, field=field)
    card = work.session.get(SearchCard, search.card_id) if search.card_id else None
    parts = [part.value for part in HandOverPart if part in command.parts]
    work.audit(
        AuditAction.EXPORT,
        kind=SearchActivation.__tablename__,
        record_id=search.id,
        reason=f"{command.authority}: {', '.join(parts)}",
    )
    made = add(
        work,
        SearchHandOver,
        search.scope_id,
        activation_id=search.id,
        registration_id=card.registration_id if card is not None else None,
        given_to=command.given_to.strip(),
        receiver=(command.receiver or "").strip() or None,
        parts=parts,
        authority=command.authority,
        way=command.way,
        approved_by=command.approved_by or search.commander_id or work.actor.member_id,
        given_at=work.now(),
        given_by=work.actor.member_id,
        note=(command.note or "").strip() or None,
    )
    return made.id

"""The card of a personal alarm for dispatchers and officers: kept beside the loan, opened with a reason (8.6).

It says how the client looks and where they are, which orders protect them, who to look out for, and the agreed words.
It does not say who is accused nor anything else of the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.errors import NotAllowed, RuleBroken
from app.models.crisis import AccusedPanel, Case, Incident, LegalOrder
from app.models.people import Person
from app.models.tracking import (
    DispatchCard,
    LocationTrack,
    TrackingApplication,
    TrackingDevice,
    TrackingLoan,
    TrackingSafety,
    TrackingView,
)
from app.models.vocab import AuditAction, ScopeKind, TrackingReason, label
from app.models.work import Work
from app.services.permission import require_role
from app.services.records import add, all_of, ensure, load
from app.words import mark

NO_REASON = mark("Say why you open this: the reason is recorded and the supervisor sees it.")
NOT_SHOWN = mark("This card is no longer shown: the device is back.")
_PRINT_WITHIN_H = 24


@dataclass(frozen=True, kw_only=True)
class OpenDispatchCard:
    """Open a dispatch card. `why` or `reason` must say something; another reason than those listed needs words."""

    card_id: str
    why: TrackingReason | None = None
    reason: str | None = None
    occurrence_no: str | None = None


def open_dispatch_card(work: Work, command: OpenDispatchCard) -> str:
    """Record why the card is opened; the id of that view, with which `queries.dispatch_card.card` shows it."""
    require_role(work, TrackingView)
    words = (command.reason or "").strip()
    if not words and command.why in (None, TrackingReason.OTHER):
        raise RuleBroken(NO_REASON, field="reason")
    card = load(work, DispatchCard, command.card_id)
    return record_view(work, card, command.why, words or None, command.occurrence_no).id


def record_view(
    work: Work,
    subject: DispatchCard | LocationTrack,
    why: TrackingReason | None,
    reason: str | None,
    occurrence_no: str | None = None,
) -> TrackingView:
    """The record and the audit entry of one look at a card or at locations."""
    occurrence = (occurrence_no or "").strip() or None
    kind = type(subject).__tablename__
    said = " · ".join(part for part in (str(why or ""), reason or "", occurrence or "") if part)
    work.audit(AuditAction.VIEW, kind=kind, record_id=subject.id, reason=said)
    anchor = work.child_id(work.actor.member_id, f"tracking views {work.today().year}")
    return add(
        work,
        TrackingView,
        work.open_scope(ScopeKind.TRACKING_ACCESS, anchor),
        subject_kind=kind,
        subject_id=subject.id,
        loan_id=subject.loan_id,
        event_id=subject.event_id if isinstance(subject, LocationTrack) else None,
        viewed_at=work.now(),
        viewer_id=work.actor.member_id,
        role=work.actor.role,
        why=why,
        reason=reason,
        occurrence_no=occurrence,
    )


def require_card_opened(work: Work, card: DispatchCard) -> None:
    """The acting member opened this card within a day, with a reason: only then may it be printed."""
    since = work.now() - timedelta(hours=_PRINT_WITHIN_H)
    mine = (
        TrackingView.subject_id == card.id,
        TrackingView.viewer_id == work.actor.member_id,
        TrackingView.viewed_at >= since,
    )
    if not all_of(work, TrackingView, *mine):
        raise NotAllowed(mark("Open the card with a reason first, then print it."))


def keep_dispatch_card(work: Work, case: Case, loan: TrackingLoan) -> None:
    """Make the card say what the loan and the case say now, or take it away when the device is back.

    Its id follows from its scope, so that two computers write one card, and two when they made a scope each: the next
    act leaves one. Who does not read what the client agreed (a supervisor) only changes a card that is here.
    """
    before = all_of(work, DispatchCard, DispatchCard.loan_id == loan.id)
    kept: DispatchCard | None = None
    knows = work.session.get(TrackingSafety, loan.id) is not None
    if loan.returned_at is None and (knows or before):
        scope_id = before[0].scope_id if before else work.open_scope(ScopeKind.DISPATCH_CARD, loan.id)
        card_id = work.child_id(scope_id, loan.id)
        kept = ensure(work, DispatchCard, scope_id, card_id, loan_id=loan.id)
        for name, value in _values(work, case, loan).items():
            if getattr(kept, name) != value:
                setattr(kept, name, value)
    for card in before:
        if card is not kept:
            card.removed_at, card.removed_reason = work.now(), "returned" if loan.returned_at else "replaced"


def _values(work: Work, case: Case, loan: TrackingLoan) -> dict[str, Any]:
    """Everything that the card shows. A supervisor who does not read the private scopes leaves their part as it is."""
    device = load(work, TrackingDevice, loan.device_id)
    person = work.session.get(Person, case.person_id) if case.person_id else None
    application = work.session.get(TrackingApplication, loan.application_id)
    found: dict[str, Any] = {
        "case_id": case.id,
        "worker_id": case.assigned_to,
        "number": application.number if application else None,
        "asset_no": device.asset_no,
        "device_type": device.device_type,
        "device_phone": device.phone,
        "monitoring_id": device.monitoring_id,
        "name": _name(person),
        "language": loan.language,
        "orders": _orders(work, case),
        "weapons": _weapons(work, case),
        "children": loan.children,
        "starts_on": loan.starts_on,
        "ends_on": loan.extended_to or loan.planned_end,
        "compromised": loan.compromised_at is not None,
    }
    own = work.session.get(TrackingSafety, loan.id)
    if own is not None:
        for name in ("description", "word_duress", "word_clear", "word_cancel", "hazards", "alert"):
            found[name] = getattr(own, name)
        found["addresses"] = [
            {"kind": one.get("kind"), "text": one.get("text")} for one in own.places or () if one.get("text")
        ]
    panel = next(iter(all_of(work, AccusedPanel, AccusedPanel.case_id == case.id)), None)
    if panel is not None:
        found["accused_description"], found["accused_vehicle"] = panel.description, panel.vehicle
    return found


def _name(person: Person | None) -> str | None:
    if person is None:
        return None
    return (
        person.preferred_name
        or " ".join(part for part in (person.legal_first, person.legal_last) if part)
        or person.unknown_label
    )


def _orders(work: Work, case: Case) -> list[dict[str, Any]]:
    """The orders as the card shows them; never whom they restrain."""
    return [
        {
            "kind": str(order.kind or ""),
            "court": order.court,
            "file_no": order.file_no,
            "conditions": [_condition(one) for one in order.conditions or ()],
            "expires_on": order.expires_on.isoformat() if order.expires_on else None,
        }
        for order in all_of(work, LegalOrder, LegalOrder.case_id == case.id)
    ]


def _condition(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one.get(name) for name in ("verb", "place", "metres", "exceptions") if one.get(name)}


def _weapons(work: Work, case: Case) -> list[str]:
    incidents = all_of(work, Incident, Incident.case_id == case.id)
    return sorted({label(weapon) for one in incidents for weapon in one.weapon or ()})

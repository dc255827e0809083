"""Where Project Lifesaver's equipment is kept: its scopes, and who holds which transmitter."""

from __future__ import annotations

from sqlalchemy import select

from app.models.lifesaver import EquipmentIssue, Transmitter
from app.models.local.tables import Scope
from app.models.rules.inventory import Holding
from app.models.vocab import ScopeKind
from app.models.work import Work
from app.services.directory import agency_scope
from app.services.records import all_of

_ANCHORS = {
    ScopeKind.LIFESAVER_STORE: "lifesaver store",
    ScopeKind.LIFESAVER_FREQUENCY: "lifesaver frequencies",
    ScopeKind.LIFESAVER_FLEET: "lifesaver fleet",
}


def shared_scope(work: Work, kind: ScopeKind) -> str:
    """The one scope of the agency that holds all records of a kind of equipment."""
    return work.open_scope(kind, _anchor(work, kind))


def store_if_readable(work: Work) -> str | None:
    """The scope of the inventory; None where its key is not on this device."""
    return work.scope_of(ScopeKind.LIFESAVER_STORE, _anchor(work, ScopeKind.LIFESAVER_STORE))


def holdings(work: Work) -> list[Holding]:
    """Every hand-over of a transmitter."""
    return [
        Holding(
            id=one.id,
            item_id=one.transmitter_id or "",
            holder_id=one.client_id or "",
            since=one.issued_at or one.created_at or work.now(),
            ended=one.end is not None,
        )
        for one in all_of(work, EquipmentIssue)
    ]


def serial_of(work: Work, transmitter_id: str) -> str:
    """What is written on a transmitter."""
    found = work.session.get(Transmitter, transmitter_id)
    return (found.serial or "") if found is not None else ""


def _anchor(work: Work, kind: ScopeKind) -> str:
    agency_id = work.session.scalar(select(Scope.anchor_id).where(Scope.id == agency_scope(work)))
    return work.child_id(str(agency_id), _ANCHORS[kind])

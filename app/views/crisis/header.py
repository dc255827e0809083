"""The badges below the name of a case: what it is filed under, at one glance."""

from __future__ import annotations

from app.models.vocab import CaseStatus, SupportLevel
from app.queries.crisis.rows import CaseHeader
from app.queries.outbox import SyncState
from app.views.common.badge import Badge
from app.views.crisis.asking import day_words
from app.views.crisis.signs import BADGE_OF_PRIORITY, BADGE_OF_STATUS, ICON_OF_SYNC
from app.words import tr


def case_title(header: CaseHeader, hides: bool) -> str:
    """The name, or only initials while someone may listen."""
    client = header.client
    if client is None:
        return tr("Person not recorded")
    return (client.initials or "–") if hides else client.display_name


def case_subtitle(header: CaseHeader, hides: bool) -> str:
    """Number, role, age and since when."""
    client = header.client
    age = ""
    if client is not None:
        age = client.age_band.label() if hides or client.age is None else tr("{age} years", age=client.age)
    parts = (
        header.number or tr("Number pending"),
        header.role_in_event.label() if header.role_in_event else "",
        age,
        client.pronouns if client and client.pronouns and not hides else "",
        tr("opened {day}", day=day_words(header.opened_on)) if header.opened_on else "",
        header.worker or tr("nobody assigned yet"),
        *header.co_workers,
    )
    return " · ".join(part for part in parts if part)


def case_badges(header: CaseHeader) -> list[Badge]:
    """Status, support, priority, risk, review and where the newest work is."""
    badges = []
    if header.status is not None:
        icon, kind = BADGE_OF_STATUS.get(header.status, ("", "neutral"))
        badges.append(Badge(header.status.label, icon, kind))
    if header.priority is not None:
        icon, kind = BADGE_OF_PRIORITY.get(header.priority, ("", "neutral"))
        badges.append(Badge(header.priority.label, icon, kind))
    if header.support_level is not None:
        enhanced = header.support_level is SupportLevel.ENHANCED
        badges.append(
            Badge(header.support_level.label, "flag" if enhanced else "", "warning" if enhanced else "neutral")
        )
    if header.high_risk:
        badges.append(Badge(lambda: tr("High risk"), "danger", "danger"))
    if header.client is not None and header.client.interpreter_needed:
        badges.append(Badge(lambda: tr("Interpreter needed"), "language", "info"))
    if header.review_state == "waiting":
        badges.append(Badge(lambda: tr("Waits for review"), "clock", "info"))
    if header.status is CaseStatus.CLOSED and header.close_reason is not None:
        badges.append(Badge(header.close_reason.label, "", "neutral"))
    if header.sync not in (SyncState.RECEIVED, SyncState.COLLEAGUE):
        danger = header.sync is SyncState.REFUSED
        badges.append(Badge(header.sync.label, ICON_OF_SYNC.get(header.sync, ""), "danger" if danger else "neutral"))
    return badges

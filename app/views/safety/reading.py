"""One question for the editor: the case, the versions, the newest one, and the version that is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from app.queries import crisis, safety, settings
from app.queries.crisis.rows import CaseHeader, OrderRow
from app.queries.safety import PlanDetail, PlanVersionRow


@dataclass(frozen=True)
class PlanFile:
    """What the editor shows. `next_review`: the day that a version saved today is to be looked at again."""

    case_id: str
    today: date
    header: CaseHeader
    client: str
    versions: tuple[PlanVersionRow, ...]
    newest: PlanDetail | None
    asked: PlanDetail | None
    orders: tuple[OrderRow, ...]
    order_banner: str | None
    next_review: date
    readable: bool
    may_write: bool

    def without_asked(self) -> PlanFile:
        """The same with no version asked for."""
        return replace(self, asked=None)

    @property
    def review_due(self) -> PlanVersionRow | None:
        """The version in force, when it is to be looked at now."""
        current = next((row for row in self.versions if row.current), None)
        if current is None:
            return None
        due = current.next_review is not None and current.next_review <= self.today
        return current if due or current.review_trigger else None


def plan_file(session: Any, case_id: str, *, now: datetime, member_id: str, asked: str | None) -> PlanFile:
    """Read a case's plan. Raises NotFound."""
    day = settings.local_day(session, now)
    header = crisis.case_header(session, case_id, now=now)
    versions = safety.plan_versions(session, case_id, today=day)
    newest = next((row for row in versions if row.current), None)
    detail = safety.plan_detail(session, newest.id, today=day) if newest else None
    earlier = None
    if asked is not None and (newest is None or asked != newest.id):
        earlier = safety.plan_detail(session, asked, today=day)
    client, orders = header.client, crisis.orders(session, case_id, today=day)
    return PlanFile(
        case_id=case_id,
        today=day,
        header=header,
        client=client.initials if client else "",
        versions=versions,
        newest=detail,
        asked=earlier,
        orders=orders,
        order_banner=safety.order_banner(orders),
        next_review=day + timedelta(days=int(settings.setting(session, "plan.review_days", day))),
        readable=header.private_readable,
        may_write=header.private_readable and member_id in {header.assigned_to, *header.co_worker_ids},
    )

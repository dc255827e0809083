"""A running call-back clock on Today."""

from __future__ import annotations

from app.queries.today import CallBackRow
from app.views.common.countdown import CountdownClock
from app.views.programme import Context
from app.views.today.line import Line
from app.words import tr


class CallBackLine(Line):
    """Who waits for a call, and how long is left of the thirty minutes."""

    def __init__(self, row: CallBackRow, context: Context) -> None:
        super().__init__(
            "call-back",
            row.number or (lambda: tr("Number pending")),
            lambda: " · ".join(part for part in (row.requester, row.location) if part),
            lambda: context.go("requests.detail", request_id=row.request_id),
        )
        self.add(CountdownClock(row.due_at, context.clock))

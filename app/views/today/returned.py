"""Work that a supervisor sent back, on Today."""

from __future__ import annotations

from app.queries.today import ReturnedRow
from app.views.common.badge import Badge
from app.views.programme import Context
from app.views.today.line import Line
from app.words import tr, trn


class ReturnedLine(Line):
    """Which case came back, from whom, and why."""

    def __init__(self, row: ReturnedRow, context: Context) -> None:
        super().__init__(
            "return",
            row.case_number or (lambda: tr("Number pending")),
            row.summary or (lambda: tr("Returned by {name}", name=row.reviewer)),
            lambda: context.go("crisis.case", case_id=row.case_id),
        )
        count = len(row.comments)
        if count:
            self.add(Badge(lambda: trn("{count} comment", "{count} comments", count), "note", "warning"))

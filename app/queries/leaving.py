"""Cases that were given to others: which are still on this computer, and why; which have left it (safety.md 5.3.8)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.crisis import Case
from app.models.local.tables import KeptSealed, LeavingCase, PartedScope
from app.models.vocab import ScopeKind, Waits

SEGMENT = "segment"


@dataclass(frozen=True, slots=True)
class LeavingRow:
    """A case that is to leave. `held`: it waits for the owner's look; `waits_for`: what else keeps it, if known."""

    case_id: str
    number: str
    held: bool
    waits_for: Waits | None


@dataclass(frozen=True, slots=True)
class LeavingCases:
    """All that is to be said of cases that were given to others. `gone`: how many left since it was last read."""

    rows: tuple[LeavingRow, ...] = ()
    gone: int = 0

    @property
    def held(self) -> tuple[LeavingRow, ...]:
        """Those that came so many at once that the owner looks first."""
        return tuple(row for row in self.rows if row.held)

    @property
    def waiting(self) -> tuple[LeavingRow, ...]:
        """Those that something on the way keeps here."""
        return tuple(row for row in self.rows if not row.held and row.waits_for is not None)


def leaving(session: Session) -> LeavingCases:
    """The cases that are to leave, by number, and how many have left since the owner last took note."""
    asked = select(LeavingCase, Case.number).outerjoin(Case, Case.id == LeavingCase.case_id)
    rows = [
        LeavingRow(
            row.case_id,
            number or "",
            row.held and row.approved_by is None,
            next((one for one in Waits if one == row.waits_for), None),
        )
        for row, number in session.execute(asked.order_by(Case.number, LeavingCase.case_id))
    ]
    gone = select(func.count(PartedScope.case_id.distinct()))
    new = PartedScope.told.is_(False), PartedScope.kind == str(ScopeKind.CASE)
    return LeavingCases(tuple(rows), session.scalar(gone.where(*new)) or 0)


def owed(session: Session) -> int:
    """Sealed work in cases that left, which the server has forgotten and has not taken again yet."""
    asked = select(func.count()).where(KeptSealed.owed.is_(True), KeptSealed.kind == SEGMENT)
    return session.scalar(asked) or 0


def has_left(session: Session, case_id: str) -> bool:
    """Whether a case was here, and left this computer because it was given to others."""
    return session.scalar(select(PartedScope.scope_id).where(PartedScope.case_id == case_id).limit(1)) is not None

"""What was written in a reduced workspace, taken over into the vault once its owner says so.

New records come over as records of the vault, in the scopes that they would have had. A change to a record that was
there before does not: it may have been made under somebody's eyes to do harm. It stays in its copy, which is never
taken away.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.base import kinds
from app.models.local.tables import LoggedChange, Scope
from app.models.vocab import Role, ScopeKind
from app.vault import reducing
from app.vault.attachments import KIND
from app.vault.unit_of_work import UnitOfWork, unpacked
from app.vault.vault import Vault

_NOT_CARRIED = frozenset({"scope_id", "clock", "flagged", "unknown"})
_NUMBERED = "number"
_NUMBER = re.compile(r"[A-Z]+-\d{4}-\d+")


@dataclass(frozen=True)
class TakenOver:
    """`records`: new ones, now in the vault. `left`: records whose changes stay apart."""

    records: int = 0
    left: int = 0


@dataclass(frozen=True)
class _New:
    kind: str
    scope: ScopeKind
    anchor: str
    values: dict[str, Any]


def take_over(vault: Vault, role: Role) -> TakenOver:
    """Take all that waits over, acting in `role`. Killed in between, it may be done again: nothing comes twice."""
    records = left = 0
    for aside in reducing.asides(vault):
        with reducing.opened_aside(vault, aside.copy) as opened:
            if opened is None:
                continue
            with opened.read() as session:
                fresh, changed = _new_records(session)
            vault.attachments.take_from(opened.attachments, _chunks_of(fresh))
            with vault.write(vault.actor(role)) as work:
                for one in fresh:
                    records += _insert(work, one)
                work.commit()
            left += changed
            reducing.settle(opened, vault.now())
    reducing.look(vault)
    return TakenOver(records, left)


def leave(vault: Vault) -> None:
    """The owner does not want it: it stays in its copies, and nobody asks again."""
    for aside in reducing.asides(vault):
        with reducing.opened_aside(vault, aside.copy) as opened:
            if opened is not None:
                reducing.settle(opened, vault.now())
    reducing.look(vault)


def _new_records(session: Session) -> tuple[list[_New], int]:
    """The records that were made in a copy, in the order of their making, and how many earlier ones were changed."""
    made: dict[str, str] = {}
    touched: set[str] = set()
    for change in session.scalars(select(LoggedChange).order_by(LoggedChange.seq)):
        touched.add(change.record_id)
        if "created_at" in unpacked(change.fields):
            made[change.record_id] = change.kind
    fresh = [found for record_id, kind in made.items() if (found := _new(session, kind, record_id)) is not None]
    return fresh, len(touched) - len(fresh)


def _chunks_of(fresh: list[_New]) -> list[str]:
    """The sealed chunks that belong to new attachments: they have to be here before their records."""
    attached = [one.values for one in fresh if one.kind == KIND]
    texts = [values.get(column) for values in attached for column in ("chunks", "preview_chunks")]
    return [name for text in texts if text for name in json.loads(text)]


def _new(session: Session, kind: str, record_id: str) -> _New | None:
    statement = f'SELECT * FROM "{kind}" WHERE id = ?'
    row = session.connection().exec_driver_sql(statement, (record_id,)).mappings().one()
    scope = session.get(Scope, row["scope_id"])
    if scope is None or scope.kind not in set(ScopeKind):
        return None
    values = {name: value for name, value in row.items() if name not in _NOT_CARRIED}
    return _New(kind, ScopeKind(scope.kind), scope.anchor_id, values)


def _insert(work: UnitOfWork, one: _New) -> int:
    if work.session.get(kinds()[one.kind], one.values["id"]) is not None:
        return 0
    values = one.values | {"scope_id": work.open_scope(one.scope, one.anchor)}
    if _NUMBER.fullmatch(str(values.get(_NUMBERED))):
        # The workspace counted for itself; the vault's own series goes on without a gap and without a double.
        values[_NUMBERED] = work.next_number(str(values[_NUMBERED]).split("-")[0])
    columns, places = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
    work.session.connection().exec_driver_sql(
        f'INSERT INTO "{one.kind}" ({columns}) VALUES ({places})', tuple(values.values())
    )
    return 1

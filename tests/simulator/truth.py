"""What a schedule knows for certain: every change that was acknowledged to a person, and what must follow from them.

The rules are stated here once more, as plainly as possible and without the application's own code: a value lives until
a write that had seen it replaced it, and nothing else ever takes a value away.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec
from sqlalchemy.orm import Session

from app.models.local.tables import LoggedChange, Scope

Live = dict[str, dict[str, object]]
"""The living values of a record: by field, then by the name of the write."""
REMOVED = "removed_at"


@dataclass(frozen=True)
class Known:
    """One acknowledged change."""

    dot: str
    scope_id: str
    device_id: str
    author: str
    kind: str
    record_id: str
    fields: dict[str, tuple[object, tuple[str, ...]]]


@dataclass(frozen=True)
class KnownScope:
    """A scope, and who made it."""

    kind: str
    anchor_id: str
    author: str


@dataclass
class Truth:
    """All that was acknowledged in a schedule."""

    changes: dict[str, Known] = field(default_factory=dict)
    scopes: dict[str, KnownScope] = field(default_factory=dict)
    excused: set[str] = field(default_factory=set)
    """Changes that a person was told are refused."""
    purged: set[str] = field(default_factory=set)
    """Scopes that two people destroyed, once the server has heard of it."""

    def note(self, session: Session, rows: Iterable[LoggedChange]) -> None:
        """Remember what a device wrote."""
        for row in rows:
            if row.dot in self.changes:
                continue
            fields = {name: (value, tuple(seen)) for name, (value, seen) in msgspec.msgpack.decode(row.fields).items()}
            known = Known(row.dot, row.scope_id, row.device_id, row.author, row.kind, row.record_id, fields)
            self.changes[row.dot] = known
            if row.scope_id not in self.scopes:
                scope = session.get_one(Scope, row.scope_id)
                self.scopes[row.scope_id] = KnownScope(scope.kind, scope.anchor_id, row.author)

    def of_scope(self, scope_id: str) -> list[Known]:
        """The changes of a scope."""
        return [known for known in self.changes.values() if known.scope_id == scope_id]

    def live(self, record_id: str) -> Live:
        """What lives of a record when everything has arrived."""
        mine = [
            known for known in self.changes.values() if known.record_id == record_id and known.dot not in self.excused
        ]
        replaced: dict[str, set[str]] = defaultdict(set)
        for known in mine:
            for name, (_, seen) in known.fields.items():
                replaced[name].update(seen)
        found: Live = defaultdict(dict)
        for known in mine:
            for name, (value, _) in known.fields.items():
                if known.dot not in replaced[name]:
                    found[name][known.dot] = value
        return dict(found)

    def is_removed(self, record_id: str) -> bool:
        """Whether a record is shown as removed: by somebody who had seen all of it that lives."""
        live = self.live(record_id)
        removals = live.get(REMOVED, {})
        if not removals or None in removals.values():
            return False
        seen: set[str] = set(removals)
        for known in self.changes.values():
            if known.record_id == record_id and REMOVED in known.fields and known.dot not in self.excused:
                seen.update(known.fields[REMOVED][1])
        undisputed = {REMOVED, "created_at", "created_by", "removed_reason"}
        return all(dot in seen for name, held in live.items() if name not in undisputed for dot in held)

    def shown(self, record_id: str, name: str) -> object:
        """What a field without a rule of its own shows: the value of the newest write."""
        held = self.live(record_id).get(name, {})
        return held[max(held)] if held else None

    def listed(self, record_id: str, name: str) -> set[str]:
        """Every member of a list whose living values are all in force."""
        held = self.live(record_id).get(name, {})
        return {one for value in held.values() if isinstance(value, str) for one in json.loads(value)}

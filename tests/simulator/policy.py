"""Who should be able to read what, by the truth of a schedule and domain.md 20.1, said apart from the application."""

from __future__ import annotations

import msgspec

from app.models.vocab import Role, ScopeKind
from tests.simulator.truth import Truth
from tests.simulator.world import PEOPLE, Enrolled

WORKERS = (Role.VSU, Role.VQC)
_BY_ASSIGNMENT = (ScopeKind.CASE, ScopeKind.CASE_PRIVATE)
_GROUP = {
    ScopeKind.AGENCY: "staff",
    ScopeKind.REQUEST: "unit",
    ScopeKind.CASE: "supervisors",
    ScopeKind.AUDIT: "supervisors",
}
_READING = {
    ScopeKind.AGENCY: ("staff",),
    ScopeKind.REQUEST: ("unit", "supervisors"),
    ScopeKind.CASE: ("supervisors",),
    ScopeKind.AUDIT: ("supervisors",),
}
"""Every group that reads a kind. All supervisors are in the unit as well, until they leave it."""


class Policy:
    """Readers of scopes, now and ever."""

    def __init__(self, truth: Truth, devices: tuple[Enrolled, ...]) -> None:
        self._truth = truth
        self._ids = {device.person.name: device.member_id for device in devices}
        self._roles = {self._ids[person.name]: person.role for person in PEOPLE}
        self._groups = {self._ids[person.name]: set(person.groups) for person in PEOPLE}

    def groups_of(self, member_id: str) -> set[str]:
        """The groups of a person now."""
        return self._groups[member_id]

    def can_follow(self, scope_id: str, member_id: str, active: set[str]) -> bool:
        """Whether, of every group through which somebody knew a scope, a member is there who can begin its next key."""
        reading = _READING.get(ScopeKind(self._truth.scopes[scope_id].kind), ())
        person = next(person for person in PEOPLE if self._ids[person.name] == member_id)
        known_by = set(reading) & set(person.groups)
        return all(any(group in self._groups[one] for one in active) for group in known_by)

    def is_somebodys(self, scope_id: str) -> bool:
        """Whether somebody is named who reads it. Of what is nobody's, who had a key keeps it (`readers.py`)."""
        scope = self._truth.scopes[scope_id]
        return scope.kind not in _BY_ASSIGNMENT or bool(
            self._workers(self._named(scope.anchor_id), ScopeKind(scope.kind))
        )

    def leaves(self, member_id: str, group: str) -> None:
        """A person is taken out of a group."""
        self._groups[member_id].discard(group)

    def readers(self, scope_id: str) -> set[str]:
        """The people who should read a scope once everything has arrived."""
        scope = self._truth.scopes[scope_id]
        kind = ScopeKind(scope.kind)
        found = self._of_group(kind)
        named = self._workers(self._named(scope.anchor_id), kind) if kind in _BY_ASSIGNMENT else set()
        return found | (named or self._writers(scope_id))

    def _writers(self, scope_id: str) -> set[str]:
        """Who wrote to a scope, which they keep in sight unless it is somebody's by name."""
        wrote = {known.author for known in self._truth.of_scope(scope_id) if known.dot not in self._truth.excused}
        return wrote | {self._truth.scopes[scope_id].author}

    def ever(self, scope_id: str) -> set[str]:
        """Everybody who was ever rightly given a key of a scope."""
        scope = self._truth.scopes[scope_id]
        group = _GROUP.get(ScopeKind(scope.kind))
        found = {self._ids[person.name] for person in PEOPLE if group in person.groups} | {scope.author}
        if scope.kind in _BY_ASSIGNMENT:
            for known in self._truth.changes.values():
                if known.record_id == scope.anchor_id:
                    found |= self._workers(_people(known.fields), ScopeKind(scope.kind))
        return found

    def _of_group(self, kind: ScopeKind) -> set[str]:
        """Who is in any group that reads a kind: a supervisor who left the unit goes on reading its requests."""
        reading = set(_READING.get(kind, ()))
        return {member_id for member_id, groups in self._groups.items() if reading & groups}

    def _named(self, case_id: str) -> set[str]:
        assigned = self._truth.shown(case_id, "assigned_to")
        return ({assigned} if isinstance(assigned, str) else set()) | self._truth.listed(case_id, "co_workers")

    def _workers(self, named: set[str], kind: ScopeKind) -> set[str]:
        """Of people named on a case, those who may read this part of it."""
        return {one for one in named if kind is ScopeKind.CASE or self._roles.get(one) in WORKERS}


def _people(fields: dict[str, tuple[object, tuple[str, ...]]]) -> set[str]:
    found: set[str] = set()
    for name in ("assigned_to", "co_workers"):
        value = fields.get(name, (None, ()))[0]
        if isinstance(value, str):
            found |= set(msgspec.json.decode(value, type=list[str])) if value.startswith("[") else {value}
    return found

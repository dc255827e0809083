"""What may be destroyed, and by whom (domain.md 20.5): pure, the same for services and for each device that obeys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.models.vocab import RetentionClass, Role, ScopeKind

APPROVERS = frozenset({Role.SUP, Role.REG})
"""Roles of the two who destroy something; one of them is a supervisor."""

DESTROYABLE = frozenset(
    {
        ScopeKind.REQUEST,
        ScopeKind.CASE,
        ScopeKind.CASE_PRIVATE,
        ScopeKind.CHILD_PROTECTION,
        ScopeKind.REGISTRATION,
        ScopeKind.REGISTRY_CARD,
        ScopeKind.FORM_ANSWER,
        ScopeKind.LIFESAVER,
        ScopeKind.LIFESAVER_VISIT,
        ScopeKind.LIFESAVER_CARD,
        ScopeKind.LIFESAVER_SEARCH,
        ScopeKind.TRACKING,
        ScopeKind.TRACKING_SAFETY,
        ScopeKind.TRACKING_ALARM,
        ScopeKind.TRACKING_LOCATION,
        ScopeKind.DISPATCH_CARD,
    }
)
"""Kinds of scope that hold records of people. The agency's own, equipment, access lists and counts never go."""

MOST_AT_ONCE = 500
"""Scopes in one run: the limit of an order on the wire."""


@dataclass(frozen=True)
class Due:
    """A record whose time is over: its class, the last day on which it was kept, the scopes that go with it."""

    subject_id: str
    kept_as: RetentionClass
    until: date
    scopes: tuple[str, ...]

    def plain(self) -> dict[str, object]:
        """As it stands in a run."""
        named = {"subject": self.subject_id, "class": str(self.kept_as), "until": self.until.isoformat()}
        return {**named, "scopes": sorted(self.scopes)}


def may_destroy(first: Iterable[Role], second: Iterable[Role]) -> bool:
    """Whether people who hold (or held) these roles may approve together."""
    held = APPROVERS & frozenset(first), APPROVERS & frozenset(second)
    return all(held) and any(Role.SUP in roles for roles in held)


def certificate_id(record_id: str) -> str:
    """What a certificate calls a record that is no more: a hash of its random id, which leads nowhere."""
    return hashlib.sha256(f"haven destroyed {record_id}".encode()).hexdigest()[:32]

"""Who may read which scope and who may write which kind: the policy in one place (domain.md 20.1). Default deny.

Reading is held by keys: a scope's key is sealed to the groups and people named here, and to nobody else. Writing is
held twice: services refuse before, and a colleague's device quarantines a change whose author's role is not named.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.models.rules.forms import ANSWERERS, PUBLISHERS
from app.models.vocab import Role, ScopeKind

STAFF = "staff"
UNIT = "unit"
SUPERVISORS = "supervisors"
REGISTRY = "registry"
ON_SCENE = "on_scene"

ON_SCENE_ROLES = frozenset({Role.OFF, Role.DSP, Role.ESS, Role.IPV, Role.VSU, Role.VQC, Role.YTH, Role.SUP, Role.REG})
"""Who may open an emergency card (domain.md 20.1; dispatchers, search specialists and liaisons are officers, 1.2)."""

GROUP_ROLES: dict[str, frozenset[Role]] = {
    STAFF: frozenset(Role),
    UNIT: frozenset({Role.VSU, Role.VQC, Role.SUP}),
    SUPERVISORS: frozenset({Role.SUP}),
    REGISTRY: frozenset({Role.REG}),
    ON_SCENE: ON_SCENE_ROLES,
}
"""Groups that hold a key, and the roles that belong to each."""

READING_GROUPS: dict[ScopeKind, frozenset[str]] = {
    ScopeKind.AGENCY: frozenset({STAFF}),
    ScopeKind.REQUEST: frozenset({UNIT, SUPERVISORS}),
    ScopeKind.CASE: frozenset({SUPERVISORS}),
    ScopeKind.CASE_PRIVATE: frozenset(),
    ScopeKind.CHILD_PROTECTION: frozenset({SUPERVISORS}),
    ScopeKind.REGISTRATION: frozenset({REGISTRY, SUPERVISORS}),
    ScopeKind.REGISTRY_CARD: frozenset({ON_SCENE}),
    ScopeKind.REGISTRY_ACCESS: frozenset({REGISTRY, SUPERVISORS}),
    ScopeKind.FORM_ANSWER: frozenset({SUPERVISORS}),
}
"""Groups that read every scope of a kind. Who is assigned to a case reads its facts and its private scope by name."""

READ_BY_ASSIGNMENT = frozenset({ScopeKind.CASE, ScopeKind.CASE_PRIVATE})
"""Kinds of scope whose key is sealed to the worker and co-workers of the case."""

CASE_WORKERS = frozenset({Role.VSU, Role.VQC})
REQUESTERS = frozenset({Role.OFF, Role.DSP, Role.VSU, Role.VQC, Role.YTH, Role.SUP})

WRITERS: dict[str, frozenset[Role]] = {
    "organization": frozenset({Role.VSU, Role.VQC, Role.SUP, Role.ADM}),
    "service": frozenset({Role.VSU, Role.VQC, Role.SUP, Role.ADM}),
    "setting": frozenset({Role.SUP, Role.ADM}),
    "service_request": REQUESTERS,
    "request_person": REQUESTERS,
    "deployment": frozenset({Role.VSU, Role.VQC, Role.SUP, Role.VOL, Role.DSP}),
    "responder": frozenset({Role.VSU, Role.VQC, Role.SUP, Role.VOL, Role.DSP}),
    "check_in": frozenset({Role.VSU, Role.VQC, Role.SUP, Role.VOL, Role.DSP}),
    "task": frozenset({*REQUESTERS, Role.VOL}),
    "case_file": CASE_WORKERS | {Role.SUP},
    "case_review": CASE_WORKERS | {Role.SUP},
    "consent": CASE_WORKERS | {Role.SUP},
    "contact_log": CASE_WORKERS | {Role.VOL},
    "contact_addendum": CASE_WORKERS | {Role.VOL},
    "support_note": CASE_WORKERS,
    "crisis_contact": CASE_WORKERS | {Role.VOL},
    "immediate_safety_item": CASE_WORKERS | {Role.VOL},
    "practical_assistance": CASE_WORKERS | {Role.VOL, Role.SUP},
    "needs_assessment": CASE_WORKERS | {Role.SUP},
    "child_protection_report": frozenset({Role.OFF, Role.VSU, Role.VQC, Role.YTH, Role.REG, Role.SUP}),
    "registration": frozenset({Role.REG, Role.SUP}),
    "emergency_card": frozenset({Role.REG, Role.SUP}),
    "card_view": ON_SCENE_ROLES,
    "form_version": PUBLISHERS,
    "form_standing": PUBLISHERS,
    "form_answer": ANSWERERS,
    "attachment": ANSWERERS | PUBLISHERS,
}
"""Roles that may write a kind. A kind of a case that is not named is written by case workers only."""


def may_write(role: Role, kind: str) -> bool:
    """Whether a person acting in `role` may write records of `kind`."""
    return role in WRITERS.get(kind, CASE_WORKERS)


def groups_of(roles: Iterable[Role]) -> frozenset[str]:
    """The groups whose key a person with these roles holds."""
    held = frozenset(roles)
    return frozenset(group for group, members in GROUP_ROLES.items() if members & held)


def people_reading(kind: ScopeKind, assigned_to: str | None, co_workers: Iterable[str]) -> frozenset[str]:
    """The members to whom the key of a case's scope is sealed by name."""
    if kind not in READ_BY_ASSIGNMENT:
        return frozenset()
    return frozenset(member for member in (assigned_to, *co_workers) if member)

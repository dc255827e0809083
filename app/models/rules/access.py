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
OFFICERS = "officers"
SEARCHERS = "searchers"
SPECIALISTS = "specialists"
RESPONDERS = "responders"
DISPATCH = "dispatch"
ANALYSTS = "analysts"
AUDITORS = "auditors"

ON_SCENE_ROLES = frozenset({Role.OFF, Role.DSP, Role.ESS, Role.IPV, Role.VSU, Role.VQC, Role.YTH, Role.SUP, Role.REG})
"""Who may open an emergency card (domain.md 20.1; dispatchers, search specialists and liaisons are officers, 1.2)."""

SEARCH_ROLES = frozenset({Role.DSP, Role.ESS, Role.SUP, Role.REG})
"""Who reads searches, bearings and the receivers; the registry reads along (domain.md 20.1)."""

GROUP_ROLES: dict[str, frozenset[Role]] = {
    STAFF: frozenset(Role),
    UNIT: frozenset({Role.VSU, Role.VQC, Role.SUP}),
    SUPERVISORS: frozenset({Role.SUP}),
    REGISTRY: frozenset({Role.REG}),
    ON_SCENE: ON_SCENE_ROLES,
    OFFICERS: frozenset({Role.OFF}),
    SEARCHERS: SEARCH_ROLES,
    SPECIALISTS: frozenset({Role.ESS}),
    RESPONDERS: frozenset({Role.OFF, Role.DSP, Role.ESS, Role.IPV, Role.SUP}),
    DISPATCH: frozenset({Role.DSP}),
    ANALYSTS: frozenset({Role.CSW}),
    AUDITORS: frozenset({Role.AUD}),
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
    ScopeKind.LIFESAVER: frozenset({REGISTRY, SUPERVISORS}),
    ScopeKind.LIFESAVER_VISIT: frozenset({REGISTRY, SUPERVISORS}),
    ScopeKind.LIFESAVER_STORE: frozenset({REGISTRY, SUPERVISORS}),
    ScopeKind.LIFESAVER_FREQUENCY: frozenset({REGISTRY, SUPERVISORS, SPECIALISTS}),
    ScopeKind.LIFESAVER_FLEET: frozenset({SEARCHERS}),
    ScopeKind.LIFESAVER_CARD: frozenset({SEARCHERS, OFFICERS}),
    ScopeKind.LIFESAVER_SEARCH: frozenset({SEARCHERS}),
    ScopeKind.LIFESAVER_NOTICE: frozenset({SEARCHERS, OFFICERS}),
    ScopeKind.TRACKING_STOCK: frozenset({UNIT, SUPERVISORS}),
    ScopeKind.TRACKING: frozenset({SUPERVISORS}),
    ScopeKind.TRACKING_SAFETY: frozenset(),
    ScopeKind.TRACKING_ALARM: frozenset({DISPATCH, SUPERVISORS}),
    ScopeKind.TRACKING_LOCATION: frozenset({DISPATCH, SUPERVISORS}),
    ScopeKind.DISPATCH_CARD: frozenset({RESPONDERS}),
    ScopeKind.TRACKING_ACCESS: frozenset({SUPERVISORS}),
    ScopeKind.COUNTS: frozenset({ANALYSTS, SUPERVISORS}),
    ScopeKind.RETENTION: frozenset({REGISTRY, SUPERVISORS}),
    ScopeKind.AUDIT: frozenset({AUDITORS, SUPERVISORS}),
    ScopeKind.AUDIT_APART: frozenset({AUDITORS}),
}
"""Groups that read every scope of a kind. Who is assigned to a case reads its facts and its private scope by name."""

_OF_LOANS = frozenset({ScopeKind.TRACKING_ALARM, ScopeKind.TRACKING_LOCATION, ScopeKind.DISPATCH_CARD})
READ_BY_ASSIGNMENT = (
    frozenset({ScopeKind.CASE, ScopeKind.CASE_PRIVATE, ScopeKind.TRACKING, ScopeKind.TRACKING_SAFETY}) | _OF_LOANS
)
"""Kinds of scope whose key is sealed to the worker and co-workers of the case."""

TECHNICIANS = frozenset({Role.VSU, Role.VQC, Role.VOL})
"""Who may be sent on a battery visit: they read their own visits, and nothing else of a client."""

_SEARCH_WRITERS = frozenset({Role.DSP, Role.ESS, Role.SUP})
CASE_WORKERS = frozenset({Role.VSU, Role.VQC})
REGISTRY_OFFICE = frozenset({Role.REG, Role.SUP})
REGISTRY_SUBMITTERS = frozenset({Role.OFF, Role.DSP, Role.ESS, Role.IPV, Role.VSU, Role.VQC})
"""Who may hand a registration in without working in the registry (domain.md 6.2, 20.1)."""
WORKERS_ONLY = READ_BY_ASSIGNMENT - {ScopeKind.CASE}
"""Of these, the kinds that a volunteer on the case does not read (domain.md 20.2)."""

READ_BY_LIAISON = frozenset({ScopeKind.TRACKING, ScopeKind.TRACKING_ALARM})
"""Kinds of scope that the partner violence liaison who is named in an application reads too (domain.md 20.1)."""

ALARM_TAKERS = CASE_WORKERS | {Role.DSP}
"""Who may record an alarm and its times (domain.md 20.1)."""
CARD_OPENERS = frozenset({Role.OFF, Role.DSP, Role.ESS, Role.IPV, Role.VSU, Role.VQC, Role.SUP})
"""Who may open a dispatch card, with a reason."""
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
    "task": frozenset({*REQUESTERS, Role.VOL, *ON_SCENE_ROLES}),
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
    "registration": REGISTRY_OFFICE | REGISTRY_SUBMITTERS,
    "registry_event": REGISTRY_OFFICE | REGISTRY_SUBMITTERS,
    "registry_dispute": REGISTRY_OFFICE,
    "registry_batch": frozenset({Role.REG}),
    "emergency_card": REGISTRY_OFFICE,
    "card_view": ON_SCENE_ROLES,
    "card_follow_up": ON_SCENE_ROLES,
    "tracking_application": CASE_WORKERS | {Role.SUP},
    "tracking_device": CASE_WORKERS | {Role.SUP},
    "tracking_loan": CASE_WORKERS | {Role.SUP},
    "tracking_safety": CASE_WORKERS,
    "tracking_check": CASE_WORKERS,
    "tracking_review": CASE_WORKERS,
    "alarm_event": ALARM_TAKERS,
    "alarm_review": CASE_WORKERS | {Role.IPV},
    "location_track": ALARM_TAKERS | {Role.SUP},
    "dispatch_card": CASE_WORKERS | {Role.SUP},
    "tracking_view": CARD_OPENERS,
    "published_table": frozenset({Role.SUP}),
    "destruction_run": REGISTRY_OFFICE,
    "legal_hold": frozenset({Role.SUP}),
    "form_version": PUBLISHERS,
    "form_standing": PUBLISHERS,
    "form_answer": ANSWERERS,
    "attachment": ANSWERERS | PUBLISHERS,
    "lifesaver_client": REGISTRY_OFFICE,
    "transmitter": REGISTRY_OFFICE,
    "transmitter_frequency": frozenset({Role.REG}),
    "equipment_issue": frozenset({Role.REG}),
    "battery_event": TECHNICIANS | {Role.REG},
    "daily_test": frozenset({Role.REG}),
    "lifesaver_visit": TECHNICIANS | {Role.REG},
    "lifesaver_fee": REGISTRY_OFFICE,
    "lifesaver_receiver": frozenset({Role.REG, Role.ESS}),
    "search_operator": frozenset({Role.REG}),
    "search_card": REGISTRY_OFFICE,
    "search_activation": _SEARCH_WRITERS,
    "bearing_log": _SEARCH_WRITERS,
    "search_notice": _SEARCH_WRITERS,
    "search_hand_over": _SEARCH_WRITERS,
    "battery_notice": TECHNICIANS,
    "audit_batch": frozenset(Role),
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

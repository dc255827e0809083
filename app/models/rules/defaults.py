"""Clocks, limits and lists as Haven ships them (domain.md 23). A service overrides each by a dated `Setting`.

Every value here is a default, never a law: read it through `Work.setting`, which knows the version in force on a day.
"""

from __future__ import annotations

from typing import Any

DEFAULTS: dict[str, Any] = {
    "service.timezone": "America/Toronto",
    "service.name": "Example Regional Police Victim Services",
    "service.name_fr": "Services aux victimes de la police régionale d’Exemple",
    "service.neutral_name": "Community Support Line",
    "service.neutral_name_fr": "Ligne d’appui communautaire",
    "service.phone": "555-0100",
    "service.address": "1 Example Street",
    "service.municipalities": ["Burlington", "Halton Hills", "Milton", "Oakville"],
    "service.number_block": 50,
    "notice.version": "2026-1",
    "notice.authority": "the law that establishes this police service",
    "notice.authority_fr": "la loi qui établit ce service de police",
    "notice.contact_title": "Privacy coordinator",
    "notice.contact_title_fr": "Responsable de la protection de la vie privée",
    "vsu.requester_callback_min": 30,
    "vsu.responders_per_scene": 2,
    "vsu.checkin_min": 30,
    "vsu.needs_days": 5,
    "vsu.needs_repeat_days": 30,
    "vsu.first_followup_h": 72,
    "vsu.first_followup_enhanced_h": 24,
    "vsu.followup_days": [14, 30],
    "vsu.followup_enhanced_days": [7, 14, 21, 28],
    "vsu.followup_enhanced_then_days": 14,
    "vsu.case_conference_days": 30,
    "vsu.guardian_permission_under": 16,
    "vsu.enhanced_review_days": 30,
    "vsu.enhanced_max_months": 6,
    "vsu.contact_lock_h": 24,
    "vsu.assistance_approval_cents": 5000,
    "vsu.vulnerability_urgent_needs": 2,
    "referral.outcome_check_days": 14,
    "safe_contact.stale_days": 90,
    "safe_contact.stale_days_high_risk": 30,
    "consent.default_months": 12,
    "plan.review_days": 30,
    "order.warn_days": [60, 30, 7],
    "privacy.idle_min": 5,
    "privacy.unlock_again_h": 12,
    "privacy.reveals_per_hour": 10,
    "privacy.full_look_days": 7,
    "directory.stale_months": 12,
    "vpr.term_months": 12,
    "vpr.under16_policy": "same",
    "vpr.reminder_days": [60, 30, 7],
    "vpr.grace_days": 30,
    "vpr.activation_bd": 1,
    "vpr.provisional_days": 30,
    "vpr.near_m": 500,
}


def public_holidays_key(year: int) -> str:
    """The key under which a service lists the holidays of a year itself, as ISO days."""
    return f"service.holidays.{year}"

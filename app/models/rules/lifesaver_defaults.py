"""Project Lifesaver's clocks, limits and points as Haven ships them (domain.md 7, 23); part of `defaults.DEFAULTS`."""

from __future__ import annotations

from typing import Any

from app.models.lifesaver_vocab import Criterion
from app.words import mark

REQUIRED, NOT_ASKED = "required", "not_asked"

LIFESAVER_DEFAULTS: dict[str, Any] = {
    "pls.battery_days": 60,
    "pls.battery_warn_days": 7,
    "pls.battery_escalate_days": 7,
    "pls.no_signal_days": 7,
    "pls.test_miss_call": 2,
    "pls.test_miss_visit": 5,
    "pls.freq_low_khz": 216000,
    "pls.freq_high_khz": 218000,
    "pls.guard_khz": 10,
    "pls.declination_deg": -10.5,
    "pls.operator_cert_months": 12,
    "pls.cert_warn_days": 60,
    "pls.kit_check_months": 1,
    "pls.refit_h": 24,
    "pls.quarantine_extra_days": 15,
    "pls.agreement_months": 12,
    "pls.agreement_warn_days": 30,
    "pls.letter_months": 24,
    "pls.backup_caregivers": 1,
    "pls.debrief_bd": 5,
    "pls.drill_months": 3,
    "pls.fee_transmitter_cents": 40000,
    "pls.fee_annual_cents": 6000,
    "pls.fee_warn_days": 14,
    "pls.points_age": 2,
    "pls.child_under": 12,
    "pls.senior_from": 75,
    "pls.points_hour": 1,
    "pls.most_hours": 4,
    "pls.points_weather": 3,
    "pls.cold_c": 5,
    "pls.heat_c": 32,
    "pls.points_wet": 1,
    "pls.points_dark": 1,
    "pls.points_terrain": 2,
    "pls.hazard_m": 500,
    "pls.points_health": 3,
    "pls.points_danger": 2,
    "pls.points_alone": 1,
    "pls.points_signal": 2,
    "pls.very_urgent_from": 5,
    "pls.extreme_from": 9,
} | {f"pls.ask_{one.value}": REQUIRED for one in Criterion}

CHOICES = ((REQUIRED, mark("Required")), (NOT_ASKED, mark("Not asked")))
"""Whether a criterion of eligibility counts (domain.md 7.3: all configurable)."""

NUMBERS: tuple[tuple[str, str, str, int], ...] = (
    ("pls.battery_days", mark("A battery is due after"), "days", 365),
    ("pls.battery_warn_days", mark("Remind before a battery is due"), "days", 60),
    ("pls.battery_escalate_days", mark("A supervisor is told of an overdue battery after"), "days", 60),
    ("pls.no_signal_days", mark("A client is shown as “may not transmit” after"), "days", 60),
    ("pls.test_miss_call", mark("Call the caregiver after missed daily tests"), "days", 30),
    ("pls.test_miss_visit", mark("Visit after missed daily tests"), "days", 60),
    ("pls.freq_low_khz", mark("Licensed band, lowest frequency"), "kilohertz", 999_999),
    ("pls.freq_high_khz", mark("Licensed band, highest frequency"), "kilohertz", 999_999),
    ("pls.guard_khz", mark("Frequencies in use are apart by at least"), "kilohertz", 1000),
    ("pls.operator_cert_months", mark("An operator’s certificate lasts"), "months", 60),
    ("pls.cert_warn_days", mark("Remind before a certificate ends"), "days", 365),
    ("pls.kit_check_months", mark("Check each receiver every"), "months", 24),
    ("pls.refit_h", mark("Put a removed transmitter on again within"), "hours", 240),
    ("pls.quarantine_extra_days", mark("A lost transmitter stays in quarantine, beyond its battery, for"), "days", 365),
    ("pls.agreement_months", mark("Renew agreement and profile every"), "months", 60),
    ("pls.agreement_warn_days", mark("Remind before the agreement ends"), "days", 365),
    ("pls.letter_months", mark("Look at a physician’s letter again after"), "months", 120),
    ("pls.backup_caregivers", mark("Back-up caregivers that an enrolment asks for"), "people", 5),
    ("pls.debrief_bd", mark("Debrief after a search, within"), "business_days", 60),
    ("pls.drill_months", mark("Train a search every"), "months", 24),
    ("pls.fee_warn_days", mark("Remind before a fee is due"), "days", 90),
    ("pls.child_under", mark("Urgency: a child is younger than"), "years", 18),
    ("pls.senior_from", mark("Urgency: a senior is at least"), "years", 110),
    ("pls.points_age", mark("Urgency: points for a child or a senior"), "points", 20),
    ("pls.points_hour", mark("Urgency: points for each hour missing"), "points", 20),
    ("pls.most_hours", mark("Urgency: hours missing that count at most"), "hours", 48),
    ("pls.cold_c", mark("Urgency: cold is when it feels like, at most"), "celsius", 30),
    ("pls.heat_c", mark("Urgency: heat is when it feels like, at least"), "celsius", 60),
    ("pls.points_weather", mark("Urgency: points for cold or heat"), "points", 20),
    ("pls.points_wet", mark("Urgency: points for rain, snow or ice"), "points", 20),
    ("pls.points_dark", mark("Urgency: points for darkness"), "points", 20),
    ("pls.hazard_m", mark("Urgency: a hazard counts within"), "metres", 5000),
    ("pls.points_terrain", mark("Urgency: points for a hazard near home"), "points", 20),
    ("pls.points_health", mark("Urgency: points for health or medication due"), "points", 20),
    ("pls.points_danger", mark("Urgency: points for being drawn to danger"), "points", 20),
    ("pls.points_alone", mark("Urgency: points for being alone"), "points", 20),
    ("pls.points_signal", mark("Urgency: points when the signal may fail"), "points", 20),
    ("pls.very_urgent_from", mark("Urgency: very urgent from"), "points", 99),
    ("pls.extreme_from", mark("Urgency: life in danger from"), "points", 99),
)
"""(key, label, unit, greatest) of each number, in the order in which people read them."""

AMOUNTS: tuple[tuple[str, str], ...] = (
    ("pls.fee_transmitter_cents", mark("Fee for a transmitter")),
    ("pls.fee_annual_cents", mark("Fee for batteries and straps, a year")),
)

"""What a reduced copy of a vault may hold: an allow-list of kinds and columns. Whatever is not named stays out.

The reduced copy is what the duress passphrase opens (safety.md T8): it has to look lived-in and may not help anybody
who forced an officer to open it. So it holds what a list shows of a case (number, initials, age band, status) and
nothing that could locate, reach or endanger a person, no private kind, and no words that people typed.

A new kind is absent until somebody names it in `COPIED`; a new column of a copied kind likewise. `ABSENT` and
`WITHHELD` name what was looked at and kept out: a test fails for whatever stands in neither, so that nobody forgets
to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum

from app.models.rules import ages
from app.models.vocab import AgeBand, DobPrecision


class How(Enum):
    """How the value of an allowed column is carried over."""

    SAME = "same"
    """As it is: a code, a moment, an opaque id, or something that the whole service knows."""
    LETTER = "letter"
    """The first letter of a name, as initials show it."""
    INITIALS = "initials"
    """The first letters of a full name in one column."""
    BAND = "band"
    """A birth date that says no more than the age band."""


HEAD: Mapping[str, How] = dict.fromkeys(("id", "scope_id", "created_at", "created_by"), How.SAME)
"""Columns of every record that are carried over: opaque ids and moments."""

HEAD_WITHHELD = frozenset({"removed_at", "removed_reason", "clock", "flagged", "unknown"})
"""A removed record is not carried over at all; the clock would name fields that were written."""


def _same(*names: str) -> dict[str, How]:
    return dict.fromkeys(names, How.SAME)


COPIED: Mapping[str, Mapping[str, How]] = {
    "setting": _same("name", "value", "effective_from", "effective_to"),
    "organization": _same("name", "alternate_name", "kind", "website"),
    "service": _same(
        "organization_id",
        "name",
        "name_fr",
        "status",
        "phones",
        "url",
        "hours",
        "hours_fr",
        "fees",
        "languages",
        "address_confidential",
        "interpretation",
        "need_domains",
        "assured_date",
    ),
    "service_request": _same(
        "number",
        "requested_at",
        "source",
        "requester_badge",
        "response_wanted",
        "status",
        "called_back_at",
        "called_back_by",
        "case_id",
    ),
    "request_person": _same("request_id", "position", "age_band") | {"name": How.INITIALS},
    "deployment": _same("request_id", "dispatched_at", "en_route_at", "on_scene_at", "clear_at"),
    "responder": _same("request_id", "member_id", "called_at", "answered_at", "status"),
    "case_file": _same(
        "number",
        "programme",
        "person_id",
        "request_id",
        "opened_on",
        "status",
        "support_level",
        "assigned_to",
        "co_workers",
        "priority",
        "review_state",
        "closed_on",
        "close_reason",
        "reopened_on",
    ),
    "person": _same("case_id")
    | {"preferred_name": How.LETTER, "legal_first": How.LETTER, "legal_last": How.LETTER, "dob": How.BAND}
    | _same("dob_precision"),
    "task": _same("case_id", "request_id", "kind", "due_on", "due_at", "warn_from", "owner_id", "status"),
}
"""Kind by kind, the columns that may be carried over beside `HEAD`, and how."""

WITHHELD: Mapping[str, frozenset[str]] = {
    "setting": frozenset(),
    "organization": frozenset({"description", "email"}),
    "service": frozenset(
        {
            "description",
            "description_fr",
            "email",
            "required_documents",
            "required_documents_fr",
            "eligibility",
            "application_process",
            "municipality",
            "address",
        }
    ),
    "service_request": frozenset(
        {
            "requester_name",
            "requester_phone",
            "scene_safe",
            "location",
            "municipality",
            "meet_point",
            "parking",
            "hazards",
            "animals",
            "incident_kind",
            "offence_group",
            "consent_to_contact",
            "consent_asked_by",
            "death_notification",
            "voicemail",
            "caller_id",
            "contact_phone",
            "contact_safe",
            "children_on_scene",
            "accused_whereabouts",
            "needs_interpreter",
            "access_needs",
            "asks",
            "occurrence_no",
            "note",
            "status_reason",
            "scene_override_reason",
            "scene_override_by",
            "responder_override_reason",
            "responder_override_by",
        }
    ),
    "request_person": frozenset({"label", "age", "role", "language", "injury", "distress"}),
    "deployment": frozenset({"transport", "kilometres", "out_of_pocket_cents", "debrief_needed", "debrief_done_on"}),
    "responder": frozenset({"declined_reason"}),
    "case_file": frozenset(
        {
            "role_in_event",
            "enhanced_since",
            "high_risk",
            "conflict_flag",
            "listener_present",
            "municipality",
            "first_contact_at",
            "linked_case_ids",
            "close_note",
        }
    ),
    "person": frozenset(
        {
            "legal_middle",
            "single_name",
            "unknown_label",
            "aliases",
            "pronouns",
            "gender",
            "gender_text",
            "identity_optional",
            "languages",
            "interpreter_needed",
            "communication_needs",
            "address_confidential",
            "decision_capacity",
            "role_in_event",
            "medical_alerts",
            "deceased",
            "deceased_on",
            "possible_duplicate_of",
        }
    ),
    "task": frozenset(
        {
            "subject_id",
            "title",
            "title_values",
            "typed_title",
            "rule",
            "closed_at",
            "closed_by",
            "close_reason",
            "handed_to",
        }
    ),
}
"""Columns of copied kinds that were looked at and stay out."""

ABSENT = frozenset(
    {
        "accused_panel",
        "attachment",
        "audit_batch",
        "card_follow_up",
        "battery_event",
        "battery_notice",
        "bearing_log",
        "alarm_event",
        "alarm_review",
        "card_search",
        "card_view",
        "case_review",
        "check_in",
        "child_protection_report",
        "consent",
        "contact_addendum",
        "contact_log",
        "crisis_contact",
        "daily_test",
        "destruction_run",
        "dispatch_card",
        "document_item",
        "emergency_card",
        "equipment_issue",
        "follow_up_plan",
        "form_answer",
        "form_standing",
        "form_version",
        "immediate_safety_item",
        "incident",
        "incident_log_entry",
        "legal_hold",
        "legal_order",
        "lifesaver_client",
        "lifesaver_fee",
        "lifesaver_receiver",
        "lifesaver_visit",
        "location_track",
        "need_answer",
        "needs_assessment",
        "plan_step",
        "practical_assistance",
        "published_table",
        "referral",
        "registration",
        "registry_batch",
        "registry_dispute",
        "registry_event",
        "relationship",
        "rights_item",
        "safe_contact",
        "safety_plan",
        "safety_plan_content",
        "safety_plan_item",
        "search_activation",
        "search_card",
        "search_hand_over",
        "search_notice",
        "search_operator",
        "support_note",
        "transmitter",
        "transmitter_frequency",
        "tracking_application",
        "tracking_check",
        "tracking_device",
        "tracking_loan",
        "tracking_review",
        "tracking_safety",
        "tracking_view",
    }
)
"""Kinds that were looked at and stay out whole: they say what happened, what is planned, or how somebody is reached."""

QUIET_TASKS = ("call_back", "assessment", "correction")
"""Kinds of task that say nothing of a plan, an order, a child's protection or when somebody will be called."""

LISTED_PARTNERS_WITHOUT = ("shelter", "sexual_assault_centre")
"""Partner organizations that are left out with their services: that they are listed may already lead somewhere."""

_AGES = {
    AgeBand.B0_11: 5,
    AgeBand.B12_17: 14,
    AgeBand.B18_24: 21,
    AgeBand.B25_34: 29,
    AgeBand.B35_44: 39,
    AgeBand.B45_54: 49,
    AgeBand.B55_64: 59,
    AgeBand.B65: 75,
}
"""An age within each band that an estimate of two years either way does not carry out of it."""


def letter(name: str | None) -> str | None:
    """The first letter of a name."""
    text = (name or "").strip()
    return text[0].upper() if text else None


def initials(name: str | None) -> str | None:
    """`A. E.`: the first letters of the first and the last word of a name; nothing for a name that is none."""
    words = [word for word in (name or "").split() if word[0].isalpha()]
    chosen = words if len(words) < 2 else [words[0], words[-1]]
    return " ".join(f"{word[0].upper()}." for word in chosen) or None


def band_birth(born: date | None, precision: DobPrecision | None, day: date) -> date | None:
    """A birth date of which only the age band on `day` is true; to be kept as an estimate."""
    age = _AGES.get(ages.band(ages.age_range(born, precision, day)))
    return None if age is None else date(day.year - age, 1, 1)

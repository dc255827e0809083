"""What a record still lacks to be complete. Nothing here ever blocks saving: a draft is always kept (domain.md 0)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.models.vocab import Direction, IncidentKind, ResponseWanted
from app.words import mark

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Required:
    """A field that a complete record has, with its label; `when` says whether it is asked for at all."""

    field: str
    label: str
    when: Callable[[Values], bool] = lambda values: True


def _on_scene(values: Values) -> bool:
    return values.get("response_wanted") == ResponseWanted.ON_SCENE


def _no_name(values: Values) -> bool:
    names = ("legal_first", "legal_last", "preferred_name")
    return not any(_answered(values.get(name)) for name in names)


_REQUEST = (
    Required("source", mark("Who is asking")),
    Required("requester_name", mark("Requester's name")),
    Required("requester_phone", mark("Call-back number")),
    Required("response_wanted", mark("Response wanted")),
    Required("scene_safe", mark("Scene safety")),
    Required("location", mark("Location"), _on_scene),
    Required("meet_point", mark("Meeting point"), _on_scene),
    Required("offence_group", mark("What happened")),
    Required("persons", mark("Someone to support")),
    Required("consent_to_contact", mark("Consent to contact")),
    Required("children_on_scene", mark("Children on scene")),
    Required("accused_whereabouts", mark("Where the accused is")),
    Required("asks", mark("What is asked of us")),
)
_CONSENT = (
    Required("person_id", mark("Who consents")),
    Required("given_by_id", mark("Who gave consent"), lambda values: not _answered(values.get("given_by_name"))),
    Required("answers", mark("What was agreed to")),
    Required("form", mark("How consent was given")),
    Required("witness", mark("Witness"), lambda values: values.get("form") == "verbal"),
    Required("language_used", mark("Language used")),
    Required("notice_version", mark("Collection notice")),
)

REQUIRED: dict[str, tuple[Required, ...]] = {
    "service_request": _REQUEST,
    "person": (
        Required("unknown_label", mark("A name, or a label such as “Unknown child 1”"), _no_name),
        Required("languages", mark("Preferred language")),
        Required("address_confidential", mark("Whether the address is confidential")),
    ),
    "relationship": (
        Required("kind", mark("Relationship")),
        Required("living_together", mark("Living together")),
    ),
    "safe_contact": (
        Required("kind", mark("Kind of contact")),
        Required("value", mark("Number, address or name")),
        Required("safe_to_use", mark("Safe to use")),
        Required("voicemail", mark("Voicemail")),
        Required("caller_id", mark("Caller ID")),
        Required("confirmed_on", mark("Confirmed on")),
    ),
    "incident": (
        Required("occurred_from", mark("When it happened")),
        Required("location", mark("Where it happened")),
        Required("kind", mark("Crime or tragic circumstance")),
        Required("offence_groups", mark("Offence group"), lambda values: values.get("kind") == IncidentKind.CRIME),
        Required("children_present_known", mark("Whether children were present")),
        Required("reported_to", mark("Who it was reported to")),
    ),
    "case_file": (
        Required("person_id", mark("Primary person")),
        Required("role_in_event", mark("Role in the event")),
        Required("assigned_to", mark("Assigned worker")),
        Required("priority", mark("Priority")),
    ),
    "contact_log": (
        Required("at", mark("When")),
        Required("direction", mark("Direction")),
        Required("channel", mark("How")),
        Required("person_id", mark("With whom"), lambda values: not _answered(values.get("with_text"))),
        Required("services", mark("Services"), lambda values: values.get("direction") != Direction.ATTEMPTED),
    ),
    "crisis_contact": (
        Required("components", mark("What was delivered")),
        Required("suicide_steps", mark("Suicide protocol"), lambda values: values.get("suicide_concern") == "yes"),
        Required(
            "crisis_line_reached_at",
            mark("When 911 or a crisis line was reached"),
            lambda values: values.get("suicide_concern") == "yes",
        ),
    ),
    "practical_assistance": (
        Required("kind", mark("Kind of assistance")),
        Required("quantity", mark("Quantity")),
        Required("paid_from", mark("Paid from"), lambda values: bool(values.get("cost_cents"))),
    ),
    "consent": _CONSENT,
    "referral": (
        Required("service_id", mark("Service")),
        Required("domain", mark("Need addressed")),
        Required("consent_id", mark("Consent"), lambda values: not values.get("self_referral")),
        Required("method", mark("How the referral is made")),
        Required("info_shared", mark("Information shared"), lambda values: not values.get("self_referral")),
    ),
    "legal_order": (
        Required("kind", mark("Kind of order")),
        Required("starts_on", mark("Start")),
        Required("expires_on", mark("Expiry: confirm")),
        Required("verified_on", mark("Verified on")),
    ),
    "child_protection_report": (
        Required("child", mark("Child")),
        Required("age", mark("Age")),
        Required("grounds", mark("Grounds")),
        Required("society", mark("Society contacted")),
        Required("reported_at", mark("When reported")),
        Required("supervisor_told", mark("Supervisor told")),
    ),
    "safety_plan": (
        Required("copy_choice", mark("Whether the client keeps a copy")),
        Required("next_review", mark("Next review")),
    ),
    "safety_plan_content": (
        Required("situation", mark("Situation")),
        Required("risk", mark("Risk as you judge it")),
    ),
}
"""The fields of each kind that domain.md marks as required, with their labels."""


def missing(kind: str, values: Values) -> tuple[str, ...]:
    """The marked labels of what is still missing, in the order of the form. `persons` of a request is its list."""
    return tuple(
        required.label
        for required in REQUIRED.get(kind, ())
        if required.when(values) and not _answered(values.get(required.field))
    )


def _answered(value: object) -> bool:
    return value is not None and value != "" and value != [] and value != {} and value != ()

"""What each kind of record is called, and its table."""

from __future__ import annotations

from sqlalchemy import Table

from app.models import everything  # noqa: F401  (every table must be known before kinds are looked up)
from app.models.base import kinds as known_kinds
from app.words import mark, tr

LABELS: dict[str, str] = {
    "accused_panel": mark("Accused panel"),
    "attachment": mark("Attachment"),
    "audit_batch": mark("Part of the audit trail"),
    "card_follow_up": mark("What followed the opening of a card"),
    "battery_event": mark("Battery"),
    "battery_notice": mark("Notice of a new battery"),
    "bearing_log": mark("Bearing"),
    "alarm_event": mark("Alarm"),
    "alarm_review": mark("Review of an alarm"),
    "card_view": mark("Opening of an emergency card"),
    "case_file": mark("Case"),
    "case_review": mark("Review"),
    "check_in": mark("Safety check-in"),
    "child_protection_report": mark("Report to children's aid"),
    "consent": mark("Consent"),
    "contact_addendum": mark("Addendum to a contact"),
    "contact_log": mark("Contact"),
    "crisis_contact": mark("Crisis intervention"),
    "daily_test": mark("Daily test"),
    "deployment": mark("Deployment"),
    "destruction_run": mark("Destruction"),
    "dispatch_card": mark("Dispatch card"),
    "document_item": mark("Documents checklist"),
    "emergency_card": mark("Emergency card"),
    "equipment_issue": mark("Hand-over of a transmitter"),
    "follow_up_plan": mark("Follow-up plan"),
    "form_answer": mark("Answered form"),
    "form_standing": mark("Form in use"),
    "form_version": mark("Published form"),
    "immediate_safety_item": mark("Immediate safety"),
    "incident": mark("Incident"),
    "incident_log_entry": mark("Incident log entry"),
    "legal_hold": mark("Hold"),
    "legal_order": mark("Court order"),
    "lifesaver_client": mark("Project Lifesaver client"),
    "lifesaver_fee": mark("Fee"),
    "lifesaver_receiver": mark("Receiver"),
    "lifesaver_visit": mark("Visit"),
    "location_track": mark("Locations of an alarm"),
    "need_answer": mark("Needs assessment answer"),
    "needs_assessment": mark("Needs assessment"),
    "organization": mark("Organization"),
    "person": mark("Person"),
    "plan_step": mark("Service plan step"),
    "practical_assistance": mark("Practical help"),
    "published_table": mark("Published counts"),
    "referral": mark("Referral"),
    "registration": mark("Registration"),
    "registry_batch": mark("List of registrations"),
    "registry_dispute": mark("Dispute about a registration"),
    "registry_event": mark("History of a registration"),
    "relationship": mark("Relationship"),
    "request_person": mark("Person in a request"),
    "responder": mark("Responder"),
    "rights_item": mark("Rights checklist"),
    "safe_contact": mark("Safe contact"),
    "safety_plan": mark("Safety plan"),
    "safety_plan_content": mark("Safety plan"),
    "safety_plan_item": mark("Safety plan item"),
    "search_activation": mark("Search"),
    "search_card": mark("Search card"),
    "search_hand_over": mark("Hand-over of a search to another service"),
    "search_notice": mark("Notice of a search"),
    "search_operator": mark("Operator"),
    "service": mark("Service"),
    "service_request": mark("Service request"),
    "setting": mark("Setting"),
    "support_note": mark("Support note"),
    "task": mark("Task"),
    "transmitter": mark("Transmitter"),
    "transmitter_frequency": mark("Frequency"),
    "tracking_application": mark("Application for a personal alarm"),
    "tracking_check": mark("Check of a personal alarm"),
    "tracking_device": mark("Alarm device"),
    "tracking_loan": mark("Loan of a personal alarm"),
    "tracking_review": mark("Review of a loan"),
    "tracking_safety": mark("Safety details of a loan"),
    "tracking_view": mark("Opening of a dispatch card"),
}
"""Every synced kind by its name on the wire; a test holds this against the tables."""


def label(kind: str) -> str:
    """What a kind is called in the interface's language; a kind from a newer version by its own name."""
    return tr(LABELS[kind]) if kind in LABELS else kind


def table(kind: str) -> Table | None:
    """The table of a kind, or None for a kind from a newer version."""
    record = known_kinds().get(kind)
    found = record.__table__ if record is not None else None
    return found if isinstance(found, Table) else None

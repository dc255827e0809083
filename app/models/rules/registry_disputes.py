"""Two guardians who disagree: what the card shows until a supervisor decides (domain.md 6.5.10).

What could save the person is never hidden by a quarrel: of these fields both versions are shown. Of every other field
the card shows only what both versions have in common, and says that the rest is disputed.
"""

from __future__ import annotations

from typing import Any

from app.words import mark

BOTH_SHOWN = frozenset(
    {
        "addresses",
        "places",
        "devices",
        "conditions",
        "medical_alerts",
        "life_threatening_text",
        "communication",
        "sensory",
        "triggers",
        "approach",
        "do_not",
        "risks",
        "risks_text",
        "attractions",
        "wander_history",
        "home_hazards",
        "custody_warning",
        "officer_note",
    }
)
"""Fields of which the card shows both versions."""

DISPUTABLE = BOTH_SHOWN | {
    "contacts",
    "calming",
    "swims",
    "preferred_name",
    "aliases",
    "legal_first",
    "legal_last",
    "gender",
    "helpers",
    "routines",
    "authority",
    "submitter_name",
    "past_places",
}
"""Fields that a dispute can be recorded about. Names stay shown as they stand: a card without one is not found."""

_STAYS = frozenset({"legal_first", "legal_last", "preferred_name", "aliases"})
_CAREFUL = {"swims": "no"}

TWO_VERSIONS = mark("Write the other version: it is the same as what stands.")
NOT_DISPUTABLE = mark("A dispute cannot be recorded about this. Suspend the registration instead.")
ALREADY = mark("A dispute about this waits for a supervisor already.")
WHO = mark("Say whose version this is.")


def shown(field: str, first: Any, second: Any) -> Any:
    """What the card shows of a field while two versions wait for a decision; None: nothing."""
    if field in _STAYS:
        return first
    if field in _CAREFUL:
        return _CAREFUL[field] if _CAREFUL[field] in (first, second) else "unknown"
    if field not in BOTH_SHOWN:
        both = (
            [item for item in first if item in second] if isinstance(first, list) and isinstance(second, list) else []
        )
        return both or None
    if isinstance(first, list) or isinstance(second, list):
        united: list[Any] = []
        for item in (*(first or ()), *(second or ())):
            if item not in united:
                united.append(item)
        return united
    return " / ".join(dict.fromkeys(str(text).strip() for text in (first, second) if str(text or "").strip())) or None

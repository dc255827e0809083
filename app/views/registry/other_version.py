"""What another version of a field of a registration is typed into, and how a version is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from app.models.vocab import (
    Attraction,
    Condition,
    DistressRisk,
    Gender,
    Listed,
    RegistryAuthority,
    Sensitivity,
    SpeaksBy,
    Tri,
    label,
)
from app.views.common.choices import ChipChoice
from app.views.common.entries import EntriesEdit, LinesEdit, Part
from app.views.common.picker import ComboPicker
from app.views.common.text import NoteEdit
from app.views.registry.form import ADDRESS, CONTACT, DEVICE, PLACE, ROUTINE, WANDER
from app.words import tr

TEXTS = (
    "calming",
    "triggers",
    "approach",
    "do_not",
    "life_threatening_text",
    "risks_text",
    "custody_warning",
    "officer_note",
    "home_hazards",
    "legal_first",
    "legal_last",
    "preferred_name",
    "submitter_name",
    "past_places",
)
_LINES = ("aliases", "medical_alerts", "helpers")
_ENTRIES: dict[str, tuple[Part, ...]] = {
    "contacts": CONTACT,
    "addresses": ADDRESS,
    "places": PLACE,
    "devices": DEVICE,
    "wander_history": WANDER,
    "routines": ROUTINE,
}
_SOME_OF: dict[str, type[Listed]] = {
    "conditions": Condition,
    "communication": SpeaksBy,
    "sensory": Sensitivity,
    "risks": DistressRisk,
    "attractions": Attraction,
}
_ONE_OF: dict[str, type[Listed]] = {"swims": Tri, "gender": Gender, "authority": RegistryAuthority}
FIELDS = ("contacts", *TEXTS, *_LINES, *(name for name in _ENTRIES if name != "contacts"), *_SOME_OF, *_ONE_OF)
"""Every field that a dispute can be recorded about, in the order in which they are offered."""

Input = Callable[[], QWidget]


def input_name(field: str) -> str:
    """The one input for all texts, or the field's own."""
    return "text" if field in TEXTS else field


def inputs(name: str) -> dict[str, Input]:
    """What each kind of version is typed into, by `input_name`; `name` begins the object names."""
    found: dict[str, Input] = {"text": NoteEdit}
    found |= dict.fromkeys(_LINES, LinesEdit)
    found |= {
        field: lambda field=field, parts=parts: EntriesEdit(f"{name}.{field}", parts, lambda: tr("One more"))  # type: ignore[misc]
        for field, parts in _ENTRIES.items()
    }
    found |= {field: lambda listed=listed: ChipChoice(_pairs(listed)) for field, listed in _SOME_OF.items()}  # type: ignore[misc]
    found |= {field: lambda listed=listed: ComboPicker(_pairs(listed)) for field, listed in _ONE_OF.items()}  # type: ignore[misc]
    return found


def version(field: str, typed: Any) -> Any:
    """What was typed, as the registration keeps it: codes as texts, nothing of a list as an empty list."""
    if field in _SOME_OF:
        return [str(code) for code in typed or ()]
    if field in _LINES or field in _ENTRIES:
        return list(typed or ())
    return typed


def shown(field: str, value: Any) -> str:
    """A version as people read it: lists one entry a line, codes as their words."""
    listed = _SOME_OF.get(field) or _ONE_OF.get(field)
    if listed is not None:
        codes = value if isinstance(value, list) else [value]
        known = {one.value: one for one in listed}
        return "\n".join(label(known.get(str(code), code)) for code in codes if code) or "–"
    if isinstance(value, list):
        return "\n".join(_entry(item, _ENTRIES.get(field, ())) for item in value) or "–"
    return str(value or "–")


def _entry(item: Any, parts: tuple[Part, ...]) -> str:
    if not isinstance(item, dict):
        return str(item)
    said = []
    for part in parts:
        value = f"{item['lat']}, {item['lon']}" if part.position and item.get("lat") else item.get(part.name)
        if value in (None, "", False) or part.tick:
            continue
        known = {one.value: one for one in part.listed or ()}
        said.append(label(known.get(str(value), value)))
    return " · ".join(said)


def _pairs(listed: type[Listed]) -> list[tuple[Any, Any]]:
    return [(one, one.label) for one in listed]

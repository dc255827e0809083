"""How a draft remembers its field and the way back to its form: one text in the vault, plain values outside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def pack(field: str | None, place: Mapping[str, Any]) -> str:
    """The text that is kept."""
    return json.dumps({"field": field, "place": dict(place)}, separators=(",", ":"))


def unpack(kept: str | None) -> tuple[str | None, dict[str, Any]]:
    """(field, place) of a kept text; a text of an earlier version names only the field."""
    try:
        found = json.loads(kept or "{}")
    except ValueError:
        return kept, {}
    if not isinstance(found, dict):
        return None, {}
    field, place = found.get("field"), found.get("place")
    return (field if isinstance(field, str) else None), (place if isinstance(place, dict) else {})

"""What a safety-critical field shows while two values wait for a decision: the one that protects more.

A column names its rule in `info` (`models.base.safety`). Each rule takes the living values by dot, as they are stored,
and gives the same answer in whatever order they came. Nothing is lost by it: all values stay until a person decides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.models.changes import FieldValue

Live = Mapping[str, FieldValue]


def newest_keep_both(live: Live) -> FieldValue:
    """The newest shows; the screen shows all of them with a banner, because either may be the one that matters."""
    return live[max(live)]


def _ranked(*order: FieldValue) -> Callable[[Live], FieldValue]:
    """The first of `order` that lives. A code of a newer version is taken for as careful as the first."""

    def pick(live: Live) -> FieldValue:
        def place(dot: str) -> tuple[int, str]:
            value = live[dot]
            return (order.index(value) if value in order else 1, _backwards(dot))

        return live[min(live, key=place)]

    return pick


def _backwards(dot: str) -> str:
    """Sorts the greater dot first."""
    return "".join(chr(0x7F - ord(letter)) for letter in dot)


no_over_yes = _ranked("no", "unknown", None, "yes")
"""May we? No before not known before not asked before yes."""

yes_over_no = _ranked("yes", "unknown", None, "no")
"""Is there danger? Yes before not known before not asked before no."""

true_over_false = _ranked(1, None, 0)
"""A tick that protects stays."""

voicemail = _ranked("none", None, "generic", "full")
"""The quietest voicemail."""

caller_id = _ranked("block", None, "alternate", "show")
"""The least that a telephone gives away."""

highest_risk = _ranked("extreme", "high", "not_judged", None, "moderate", "lower")
"""The highest risk that someone judged; not judged is never taken for low."""


def no_copy_first(live: Live) -> FieldValue:
    """No copy before any copy; otherwise the newest choice."""
    return "no_copy" if "no_copy" in live.values() else live[max(live)]


def earliest_day(live: Live) -> FieldValue:
    """The earliest day that anyone wrote."""
    days = [value for value in live.values() if isinstance(value, str)]
    return min(days, default=None)


def latest_day(live: Live) -> FieldValue:
    """The latest day that anyone wrote."""
    days = [value for value in live.values() if isinstance(value, str)]
    return max(days, default=None)


def union(live: Live) -> FieldValue:
    """All entries of all lists, each once, in the order of the writes."""
    united: dict[str, Any] = {}
    for value in _parsed(live):
        if not isinstance(value, list):
            return live[max(live)]
        united.update({_text(item): item for item in value})
    return _text(list(united.values())) if united else live[max(live)]


def no_in_any(live: Live) -> FieldValue:
    """Answers by name: no where anyone wrote no, otherwise the newest answer to each."""
    answers: dict[str, Any] = {}
    for value in _parsed(live):
        if not isinstance(value, dict):
            return live[max(live)]
        answers.update({name: answer for name, answer in value.items() if answers.get(name) != "no"})
    return _text(answers) if answers else live[max(live)]


def _parsed(live: Live) -> Iterator[Any]:
    for dot in sorted(live):
        value = live[dot]
        if value is None:
            continue
        try:
            yield json.loads(str(value))
        except ValueError:
            yield None


def _text(value: Any) -> str:
    """As `models.base.Json` stores it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


RULES: dict[str, Callable[[Live], FieldValue]] = {
    "caller_id": caller_id,
    "earliest_day": earliest_day,
    "highest_risk": highest_risk,
    "latest_day": latest_day,
    "newest_keep_both": newest_keep_both,
    "no_copy_first": no_copy_first,
    "no_in_any": no_in_any,
    "no_over_yes": no_over_yes,
    "true_over_false": true_over_false,
    "union": union,
    "voicemail": voicemail,
    "yes_over_no": yes_over_no,
}
"""The rules by the name that columns use."""

"""Functions on truth and on lists of answers (ODK XForms, Boolean Functions and Select Functions)."""

from __future__ import annotations

from app.forms.xpath.functions.base import Function
from app.forms.xpath.values import NAN, string_to_number


def selected(answers: str, value: str) -> bool:
    """Whether the value is one of the space-separated answers."""
    return value.strip() in answers.split()


def selected_at(answers: str, index: float) -> str:
    """The answer at the 0-based index; nothing when there is none."""
    found = answers.split()
    return found[int(index)] if 0 <= index < len(found) else ""


def count_selected(answers: str) -> float:
    """How many answers."""
    return float(len(answers.split()))


def coalesce(first: str, second: str) -> str:
    """The first that is not empty."""
    return first or second


def from_string(value: str) -> bool:
    """True for "true" and "1" alone."""
    return value in ("true", "1")


def checklist(fewest: float, most: float, *answers: object) -> bool:
    """Whether the number of true answers is within bounds; -1 is no bound."""
    return _within(fewest, most, float(sum(_is_yes(answer) for answer in answers)))


def weighted_checklist(fewest: float, most: float, *pairs: object) -> bool:
    """As `checklist`, where each answer is followed by the weight that it counts for."""
    total = sum(_number(pairs[at + 1]) for at in range(0, len(pairs) - 1, 2) if _is_yes(pairs[at]))
    return _within(fewest, most, float(total))


def _within(fewest: float, most: float, count: float) -> bool:
    return (fewest == -1 or count >= fewest) and (most == -1 or count <= most)


def _is_yes(answer: object) -> bool:
    return answer if isinstance(answer, bool) else _number(answer) > 0


def _number(value: object) -> float:
    if isinstance(value, str):
        return string_to_number(value)
    return float(value) if isinstance(value, int | float) else NAN


FUNCTIONS: dict[str, Function] = {
    "true": Function("", "b", lambda: True),
    "false": Function("", "b", lambda: False),
    "boolean": Function("b", "b", lambda value: value),
    "boolean-from-string": Function("s", "b", from_string),
    "not": Function("b", "b", lambda value: not value),
    "coalesce": Function("ss", "s", coalesce),
    "selected": Function("ss", "b", selected),
    "is-selected": Function("ss", "b", selected),
    "selected-at": Function("sn", "s", selected_at),
    "count-selected": Function("s", "n", count_selected),
}

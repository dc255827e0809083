"""Between the form "needs assessment" and the records: what is known goes into the form, what is answered comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from app.errors import NotFound
from app.forms.session import FormSession, Value
from app.models.vocab import (
    AssessmentKind,
    Channel,
    NeedDomain,
    NeedLevel,
    StepStatus,
    SupportLevel,
    Tri,
    VulnerabilityFactor,
)
from app.queries.crisis.rows import AssessmentRow, ScreenFacts

FORM = "needs_assessment"
"""The name of the form in `resources/forms`, and its identifier."""

NEEDS = "/data/needs"
"""The part of the form that asks the 14 domains."""

_HEAD = {
    "kind": ("/data/head/kind", AssessmentKind.of),
    "method": ("/data/head/method", Channel.of),
    "participants": ("/data/head/participants", str),
    "listener_present": ("/data/head/listener_present", Tri.of),
    "client_goal": ("/data/own_words/client_goal", str),
    "strengths": ("/data/own_words/strengths", str),
}
_STEP = {
    "domain": ("domain", NeedDomain.of),
    "need": ("need", str),
    "goal": ("step_goal", str),
    "step": ("what", str),
    "who": ("who", str),
    "due_on": ("due_on", date.fromisoformat),
    "status": ("status", StepStatus.of),
}
_FACTORS, _DECIDED, _REASON = "/data/screen/factors", "/data/screen/screen_override", "/data/screen/override_reason"
_STEPS = "/data/plan/step"


def put_known(session: FormSession, known: Mapping[str, Any], needs: Mapping[str, Mapping[str, Any]]) -> None:
    """Show what is known: fields of the head by their name, factors, and the answers of each domain."""
    for name, (path, _read) in _HEAD.items():
        _put(session, path, known.get(name))
    # How many needs are urgent is counted from the answers; nobody is asked about it.
    factors = [str(code) for code in known.get("factors") or () if code != VulnerabilityFactor.TWO_URGENT]
    _put(session, _FACTORS, " ".join(factors) or None)
    for domain in NeedDomain:
        for name, value in needs.get(domain.value, {}).items():
            _put(session, f"{NEEDS}/{domain}/{name}", value)


def put_needs(session: FormSession, needs: Mapping[str, Mapping[str, Any]]) -> None:
    """Show exactly these answers of the domains: what is not named is emptied."""
    for domain in NeedDomain:
        for name in ("level", "note", "goal"):
            value, path = needs.get(domain.value, {}).get(name), f"{NEEDS}/{domain}/{name}"
            if session.node(path).value != str(value or ""):
                session.set(path, str(value or ""))


def put_facts(session: FormSession, facts: ScreenFacts) -> None:
    """Tell the form what follows from the record whatever is answered."""
    _put(session, "/data/given_factors", " ".join(sorted(str(factor) for factor in facts.factors)))
    _put(session, "/data/given_urgent_needs", facts.urgent_needs)


def put_decided(session: FormSession, row: AssessmentRow) -> None:
    """Show what was decided otherwise than the screen before."""
    if row.screen_override is not None:
        _put(session, _DECIDED, str(row.screen_override))
        _put(session, _REASON, row.override_reason)


def head_of(session: FormSession) -> dict[str, Any]:
    """The head of the assessment as it is answered now, None where it is not."""
    found: dict[str, Any] = {name: _read(session, path, read) for name, (path, read) in _HEAD.items()}
    found["factors"] = sorted(str(factor) for factor in factors_of(session)) or None
    return found


def needs_of_form(session: FormSession, before: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The answers of each domain. What is not asked at this level (note and goal) stays as it was recorded before."""
    found: dict[str, dict[str, Any]] = {}
    for domain in NeedDomain:
        answers = {"level": _read(session, f"{NEEDS}/{domain}/level", NeedLevel.of)}
        for name in ("note", "goal"):
            node = session.node(f"{NEEDS}/{domain}/{name}")
            answers[name] = node.value or None if node.relevant else before.get(domain.value, {}).get(name)
        found[domain.value] = {name: value for name, value in answers.items() if value is not None}
    return {code: answers for code, answers in found.items() if answers}


def factors_of(session: FormSession) -> frozenset[VulnerabilityFactor]:
    """The factors that the worker saw."""
    return frozenset(VulnerabilityFactor.of(code) for code in session.node(_FACTORS).value.split())


def steps_of(session: FormSession) -> tuple[dict[str, Any], ...]:
    """The steps of the service plan in which something was written."""
    steps = (
        {name: _read(session, f"{at}/{own}", read) for name, (own, read) in _STEP.items()} for at in _places(session)
    )
    return tuple(
        {name: value for name, value in step.items() if value is not None}
        for step in steps
        if any(value is not None for name, value in step.items() if name != "status")
    )


def decided_in(session: FormSession, row: AssessmentRow | None) -> tuple[SupportLevel, str] | None:
    """What was decided otherwise than the screen, with its reason; None where that is not new."""
    level = _read(session, _DECIDED, SupportLevel.of)
    reason = _read(session, _REASON, str)
    if level is None or reason is None:
        return None
    known = row is not None and (row.screen_override, row.override_reason) == (level, reason)
    return None if known else (level, reason)


def input_name(path: str) -> str:
    """What the input at a path is called in the windows."""
    parts = path.split("/")[2:]
    if parts[0] == "needs" and parts[-1] == "level":
        return f"need.{parts[1]}"
    if parts[0] == "needs":
        return "need." + ".".join(parts[1:])
    return f"assessment.{parts[-1]}" if len(parts) == 2 else "assessment." + ".".join(parts)


def _places(session: FormSession) -> Iterator[str]:
    number = 1
    while True:
        try:
            node = session.node(f"{_STEPS}[{number}]")
        except NotFound:
            return
        if node.relevant:
            yield node.path
        number += 1


def _put(session: FormSession, path: str, value: Value) -> None:
    if value is not None:
        session.set(path, str(value) if not isinstance(value, str | int) else value)


def _read(session: FormSession, path: str, read: Any) -> Any:
    """An answer as the records have it; None where there is none, it is not asked now, or it cannot be what it says."""
    node = session.node(path)
    if not node.value or not node.relevant:
        return None
    try:
        return read(node.value)
    except ValueError:
        return None

"""When to remind of the duty to report a child in need of protection (domain.md 2.10). A prompt, never a block."""

from __future__ import annotations

from collections.abc import Iterable

from app.models.rules.ages import AgeRange, is_under
from app.models.vocab import OffenceGroup, Tri

MUST_REPORT_UNDER = 16
MAY_REPORT_UNDER = 18
CHILD_OFFENCES = frozenset({OffenceGroup.CHILD_ABUSE, OffenceGroup.CHILD_SEXUAL_ABUSE})
HOME_VIOLENCE = frozenset({OffenceGroup.IPV, OffenceGroup.HOMICIDE, OffenceGroup.ATTEMPTED_MURDER})


def prompts(
    offences: Iterable[str],
    people: Iterable[AgeRange | None],
    children_present: int | None,
    guardian_unsafe: bool = False,
) -> bool:
    """Whether the person in front of the screen should be reminded of the duty now.

    A child offence and anyone who may be under 16 (an unknown age is not an adult's); violence in a home where
    children were present; or a young person's guardian who is unsafe.
    """
    found = frozenset(offences)
    if guardian_unsafe:
        return True
    if found & CHILD_OFFENCES:
        return any(is_under(MUST_REPORT_UNDER, ages) is not Tri.NO for ages in people) or bool(children_present)
    return bool(found & HOME_VIOLENCE) and bool(children_present)

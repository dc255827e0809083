"""The vulnerability screen: which factors follow from what is known, and enhanced support (domain.md 3.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.models.rules.ages import AgeRange, is_under
from app.models.vocab import (
    AccusedWhereabouts,
    NeedDomain,
    NeedLevel,
    OffenceGroup,
    RoleInEvent,
    SupportLevel,
    Tri,
    VulnerabilityFactor,
)

SEXUAL_OFFENCES = frozenset(
    {OffenceGroup.SEXUAL_ASSAULT, OffenceGroup.CHILD_SEXUAL_ABUSE, OffenceGroup.INTIMATE_IMAGES}
)
ADULT = 18


@dataclass(frozen=True)
class Screened:
    """What is known when the screen runs. `seen` are the factors that the worker saw."""

    offences: frozenset[str] = frozenset()
    role: RoleInEvent | None = None
    high_risk: bool = False
    suicide_concern: bool = False
    accused: AccusedWhereabouts | None = None
    ages: AgeRange | None = None
    levels: Mapping[NeedDomain, NeedLevel | None] = field(default_factory=dict)
    seen: frozenset[VulnerabilityFactor] = frozenset()


def factors(known: Screened, urgent_needs: int) -> frozenset[VulnerabilityFactor]:
    """The factors that the worker saw, and those that follow from the record."""
    follows = {
        VulnerabilityFactor.HOMICIDE_FAMILY: OffenceGroup.HOMICIDE in known.offences
        and known.role is RoleInEvent.FAMILY,
        VulnerabilityFactor.SEXUAL_OFFENCE: bool(SEXUAL_OFFENCES & known.offences),
        VulnerabilityFactor.TRAFFICKING: OffenceGroup.TRAFFICKING in known.offences,
        VulnerabilityFactor.HIGH_RISK_IPV: OffenceGroup.IPV in known.offences and known.high_risk,
        VulnerabilityFactor.DEPENDENT: is_under(ADULT, known.ages) is Tri.YES,
        VulnerabilityFactor.HATE_CRIME: OffenceGroup.HATE_CRIME in known.offences,
        VulnerabilityFactor.SUICIDE: known.suicide_concern,
        VulnerabilityFactor.ACCUSED_AT_LARGE: known.accused is AccusedWhereabouts.GONE,
        VulnerabilityFactor.TWO_URGENT: _urgent(known.levels.values()) >= urgent_needs,
    }
    return known.seen | {factor for factor, holds in follows.items() if holds}


def level(found: Iterable[VulnerabilityFactor], override: SupportLevel | None = None) -> SupportLevel:
    """Enhanced support when any factor was found, unless someone decided otherwise with a reason."""
    if override is not None:
        return override
    return SupportLevel.ENHANCED if any(True for _ in found) else SupportLevel.STANDARD


def _urgent(levels: Iterable[NeedLevel | None]) -> int:
    return sum(one is NeedLevel.URGENT for one in levels)

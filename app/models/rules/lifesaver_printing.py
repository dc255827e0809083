"""Who prints the sheets of Project Lifesaver for whom (domain.md 7.7, 20.1, 20.4); part of `printing.FORMS`."""

from __future__ import annotations

from app.models.rules.access import TECHNICIANS
from app.models.vocab import Audience, Role

_REG, _OFFICE = frozenset({Role.REG}), frozenset({Role.REG, Role.SUP})
_SEARCH = frozenset({Role.DSP, Role.ESS, Role.SUP, Role.REG})
_SENT = TECHNICIANS | {Role.REG}
_CLIENT, _INTERNAL = frozenset({Audience.CLIENT}), frozenset({Audience.INTERNAL})

LIFESAVER_FORMS: dict[str, tuple[str, frozenset[Role], frozenset[Audience]]] = {
    "F-701": ("lifesaver_client", _OFFICE, _INTERNAL),
    "F-702": ("lifesaver_client", _REG, _CLIENT | _INTERNAL),
    "F-703": ("lifesaver_client", _REG, _CLIENT),
    "F-704": ("lifesaver_client", _OFFICE, _INTERNAL),
    "F-705": ("lifesaver_client", _REG, _CLIENT),
    "F-706": ("lifesaver_client", _REG, _CLIENT | _INTERNAL),
    "F-707": ("lifesaver_visit", _SENT, _INTERNAL),
    "F-708": ("lifesaver_client", _REG, _CLIENT | _INTERNAL),
    "F-709": ("search_activation", _SEARCH, _INTERNAL),
    "F-710": ("search_activation", _SEARCH, _INTERNAL),
    "F-710A": ("transmitter", _OFFICE, _INTERNAL),
    "F-711": ("search_activation", _SEARCH, _INTERNAL),
    "F-712": ("search_activation", _SEARCH, _INTERNAL),
    "F-713": ("lifesaver_visit", _SENT, _INTERNAL),
    "F-714": ("lifesaver_fee", _REG, _CLIENT | _INTERNAL),
}
"""Form id: the kind of record that it prints, who prints it, for whom."""

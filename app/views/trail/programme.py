"""The audit trails join the shell."""

from __future__ import annotations

from app.models.vocab import Role
from app.views.programme import PageSpec, Programme
from app.views.trail.page import TrailsPage
from app.words import tr

_READERS = frozenset({Role.SUP, Role.AUD})

PROGRAMME = Programme(
    name="trail",
    pages=(PageSpec("trail", lambda: tr("Audit trails"), "shield-check", TrailsPage, _READERS, order=77),),
)

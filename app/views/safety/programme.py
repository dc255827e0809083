"""The safety plan joins the shell; it is reached from a case only."""

from __future__ import annotations

from app.models.vocab import Role
from app.views.programme import PageSpec, Programme
from app.views.safety.page import PlanPage
from app.words import tr

PROGRAMME = Programme(
    name="safety",
    pages=(PageSpec("safety.plan", lambda: tr("Safety plan"), "plan", PlanPage, frozenset({Role.VSU, Role.VQC})),),
    forms=("F-401", "F-402", "F-403", "F-405"),
)

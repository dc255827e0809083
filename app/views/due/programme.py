"""The task list joins the shell."""

from __future__ import annotations

from app.models.vocab import Role
from app.views.due.page import DuePage
from app.views.programme import PageSpec, Programme
from app.words import tr

_ROLES = frozenset({Role.VSU, Role.VQC, Role.SUP, Role.REG})

PROGRAMME = Programme(
    name="due",
    pages=(PageSpec("tasks", lambda: tr("Tasks"), "check-circle", DuePage, _ROLES, order=40),),
)

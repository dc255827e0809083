"""Conflicts join the shell."""

from __future__ import annotations

from app.models.vocab import Role
from app.views.conflicts.page import ConflictsPage
from app.views.programme import PageSpec, Programme
from app.words import tr

_ROLES = frozenset({Role.VSU, Role.VQC, Role.SUP, Role.REG})

PROGRAMME = Programme(
    name="conflicts",
    pages=(PageSpec("conflicts", lambda: tr("To decide"), "handshake", ConflictsPage, _ROLES, order=80),),
)

"""Today joins the shell."""

from __future__ import annotations

from app.models.vocab import Role
from app.views.programme import PageSpec, Programme
from app.views.today.page import TodayPage
from app.words import tr

_ROLES = frozenset({Role.OFF, Role.DSP, Role.VSU, Role.VQC, Role.SUP, Role.YTH, Role.VOL})

PROGRAMME = Programme(
    name="today",
    pages=(PageSpec("today", lambda: tr("Today"), "today", TodayPage, _ROLES, order=10),),
)

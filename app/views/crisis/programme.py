"""Crisis intervention as the shell sees it: the list of cases, one case, the capture on scene."""

from __future__ import annotations

from app.models.vocab import Role
from app.views.crisis.capture.page import CapturePage
from app.views.crisis.case_list import CasesPage
from app.views.crisis.case_page import CasePage
from app.views.programme import PageSpec, Programme
from app.words import tr

_WORKERS = frozenset({Role.VSU, Role.VQC})
_READERS = _WORKERS | {Role.SUP, Role.VOL}

PROGRAMME = Programme(
    "crisis",
    pages=(
        PageSpec("crisis.cases", lambda: tr("Cases"), "case", CasesPage, _READERS, 30),
        PageSpec("crisis.case", lambda: tr("Case"), "case", CasePage, _READERS),
        PageSpec("crisis.capture", lambda: tr("On scene"), "case", CapturePage, _WORKERS),
    ),
)

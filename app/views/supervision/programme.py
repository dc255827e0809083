"""Supervision joins the shell."""

from __future__ import annotations

from app.models.vocab import Role
from app.views.programme import PageSpec, Programme
from app.views.supervision.page import CaseloadPage
from app.views.supervision.review_page import ReviewPage
from app.words import tr

_ROLES = frozenset({Role.SUP})

PROGRAMME = Programme(
    name="supervision",
    pages=(
        PageSpec("supervision.caseload", lambda: tr("Supervision"), "supervisor", CaseloadPage, _ROLES, order=70),
        PageSpec("supervision.review", lambda: tr("Case review"), "supervisor", ReviewPage, _ROLES),
    ),
)

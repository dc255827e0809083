"""The forms outside cases join the shell."""

from __future__ import annotations

from app.models.rules.forms import ANSWERERS
from app.views.answers.page import AnswersPage
from app.views.programme import PageSpec, Programme
from app.words import tr

PROGRAMME = Programme(
    name="answers",
    pages=(PageSpec("answers.list", lambda: tr("Forms"), "list", AnswersPage, ANSWERERS, order=50),),
)

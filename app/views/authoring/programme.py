"""The forms join the shell."""

from __future__ import annotations

from app.models.rules.forms import PUBLISHERS
from app.views.authoring.page import FormsPage
from app.views.programme import PageSpec, Programme
from app.words import tr

PROGRAMME = Programme(
    name="authoring",
    pages=(PageSpec("authoring.forms", lambda: tr("Form library"), "document", FormsPage, PUBLISHERS, order=75),),
)

"""Destruction at the end of the time to be kept joins the shell."""

from __future__ import annotations

from app.models.rules.retention import APPROVERS
from app.views.programme import PageSpec, Programme
from app.views.retention.page import RetentionPage
from app.words import tr

PROGRAMME = Programme(
    name="retention",
    forms=("F-2003",),
    pages=(PageSpec("retention", lambda: tr("Past their time"), "history", RetentionPage, APPROVERS, order=75),),
)

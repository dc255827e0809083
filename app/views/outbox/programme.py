"""The outbox joins the shell."""

from __future__ import annotations

from app.models.vocab import Role
from app.views.outbox.page import OutboxPage
from app.views.programme import PageSpec, Programme
from app.words import tr

PROGRAMME = Programme(
    name="outbox",
    pages=(PageSpec("outbox", lambda: tr("Sent and waiting"), "sync-sending", OutboxPage, frozenset(Role), order=90),),
)

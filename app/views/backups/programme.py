"""The backups join the shell."""

from __future__ import annotations

from app.models.vocab import Role
from app.views.backups.page import BackupsPage
from app.views.programme import PageSpec, Programme
from app.words import tr

PROGRAMME = Programme(
    name="backups",
    pages=(PageSpec("backups", lambda: tr("Backups"), "shield", BackupsPage, frozenset(Role), order=93),),
)

"""The directory joins the shell."""

from __future__ import annotations

from app.models.vocab import Role
from app.views.directory.page import DirectoryPage
from app.views.programme import PageSpec, Programme
from app.words import tr

_READ = frozenset({Role.OFF, Role.VSU, Role.VQC, Role.SUP, Role.YTH})

PROGRAMME = Programme(
    name="directory",
    pages=(PageSpec("directory", lambda: tr("Directory"), "people", DirectoryPage, _READ, order=60),),
)

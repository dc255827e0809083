"""The keys join the shell. Everybody has a vault, so everybody has this page."""

from __future__ import annotations

from app.models.vocab import Role
from app.views.keys.page import KeysPage
from app.views.programme import PageSpec, Programme
from app.words import tr

PROGRAMME = Programme(
    name="keys",
    pages=(PageSpec("keys", lambda: tr("Keys and recovery"), "key", KeysPage, frozenset(Role), order=92),),
)

"""The settings join the shell."""

from __future__ import annotations

from app.models.vocab import Role
from app.views.programme import PageSpec, Programme
from app.views.settings.page import SettingsPage
from app.words import tr

_ROLES = frozenset({Role.SUP, Role.ADM})

PROGRAMME = Programme(
    name="settings",
    pages=(PageSpec("settings", lambda: tr("Settings"), "settings", SettingsPage, _ROLES, order=95),),
)

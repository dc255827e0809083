"""The registry joins the shell: finding a card for everyone on scene, registrations for the registry."""

from __future__ import annotations

from app.models.rules.access import ON_SCENE_ROLES
from app.models.vocab import Role
from app.views.programme import PageSpec, Programme
from app.views.registry.card import CardPage
from app.views.registry.find import FindPage
from app.views.registry.found import FoundPage
from app.views.registry.list_page import RegistryPage
from app.views.registry.views_page import ViewsPage
from app.words import tr

_OFFICE = frozenset({Role.REG, Role.SUP})

PROGRAMME = Programme(
    name="registry",
    pages=(
        PageSpec(
            "registry.find", lambda: tr("Find a person"), "search", FindPage, ON_SCENE_ROLES, order=25, shortcut="F3"
        ),
        PageSpec("registry.found", lambda: tr("Describe a found person"), "search", FoundPage, ON_SCENE_ROLES),
        PageSpec("registry.card", lambda: tr("Emergency card"), "shield", CardPage, ON_SCENE_ROLES),
        PageSpec("registry.views", lambda: tr("Who opened cards"), "eye", ViewsPage, _OFFICE),
        PageSpec("registry.list", lambda: tr("Registry"), "shield-check", RegistryPage, _OFFICE, order=26),
    ),
    forms=("F-602",),
)

"""The registry joins the shell: finding a card for everyone on scene, registrations for the registry."""

from __future__ import annotations

from app.models.rules.access import ON_SCENE_ROLES, REGISTRY_SUBMITTERS
from app.models.vocab import Role
from app.views.programme import PageSpec, Programme
from app.views.registry.card import CardPage
from app.views.registry.figures_page import FiguresPage, RegistryCountsPage
from app.views.registry.find import FindPage
from app.views.registry.found import FoundPage
from app.views.registry.list_page import RegistryPage
from app.views.registry.lists_page import ListsPage
from app.views.registry.mine_page import MinePage
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
        PageSpec(
            "registry.mine", lambda: tr("My registrations"), "shield-check", MinePage, REGISTRY_SUBMITTERS, order=26
        ),
        PageSpec("registry.lists", lambda: tr("Lists"), "document", ListsPage, _OFFICE),
        PageSpec("registry.figures", lambda: tr("Registry in figures"), "list", FiguresPage, _OFFICE),
        PageSpec(
            "registry.counts",
            lambda: tr("Counts of the registry"),
            "list",
            RegistryCountsPage,
            frozenset({Role.CSW}),
            order=28,
        ),
        PageSpec("registry.views", lambda: tr("Who opened cards"), "eye", ViewsPage, _OFFICE),
        PageSpec("registry.list", lambda: tr("Registry"), "shield-check", RegistryPage, _OFFICE, order=50),
    ),
    forms=("F-601", "F-602", "F-603", "F-604", "F-605", "F-606", "F-607", "F-608"),
    tasks={"vpr.occurrence": ("registry.mine", ""), "vpr.": ("registry.list", "registration_id")},
)

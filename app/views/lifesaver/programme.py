"""Project Lifesaver joins the shell."""

from __future__ import annotations

from app.models.rules.access import SEARCH_ROLES
from app.models.vocab import Role
from app.views.lifesaver.clients_page import ClientsPage
from app.views.lifesaver.search_room import SearchRoom
from app.views.lifesaver.searches_page import SearchesPage
from app.views.programme import PageSpec, Programme
from app.words import tr

_OFFICE = frozenset({Role.REG, Role.SUP})

PROGRAMME = Programme(
    name="lifesaver",
    pages=(
        PageSpec(
            "lifesaver.searches", lambda: tr("Searches"), "pin", SearchesPage, SEARCH_ROLES, order=27, shortcut="F4"
        ),
        PageSpec("lifesaver.clients", lambda: tr("Lifesaver"), "people", ClientsPage, _OFFICE, order=28),
        PageSpec("lifesaver.search", lambda: tr("Search"), "pin", SearchRoom, SEARCH_ROLES),
    ),
)

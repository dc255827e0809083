"""Project Lifesaver joins the shell."""

from __future__ import annotations

from app.models.rules.access import SEARCH_ROLES, TECHNICIANS
from app.models.rules.lifesaver_printing import LIFESAVER_FORMS
from app.models.vocab import Role
from app.views.lifesaver.clients_page import ClientsPage
from app.views.lifesaver.kit_page import KitPage
from app.views.lifesaver.officer_page import OfficerPage
from app.views.lifesaver.rounds_page import RoundsPage
from app.views.lifesaver.search_room import SearchRoom
from app.views.lifesaver.searches_page import SearchesPage
from app.views.lifesaver.statistics_page import LifesaverCountsPage, StatisticsPage
from app.views.programme import PageSpec, Programme
from app.words import tr

_OFFICE = frozenset({Role.REG, Role.SUP})
_ROUNDS = _OFFICE | TECHNICIANS
_ANALYSTS = frozenset({Role.CSW})
_OFFICERS = frozenset({Role.OFF})
_KIT = _OFFICE | {Role.ESS}

PROGRAMME = Programme(
    name="lifesaver",
    pages=(
        PageSpec(
            "lifesaver.searches", lambda: tr("Searches"), "pin", SearchesPage, SEARCH_ROLES, order=27, shortcut="F4"
        ),
        PageSpec(
            "lifesaver.missing", lambda: tr("Missing now"), "pin", OfficerPage, _OFFICERS, order=27, shortcut="F4"
        ),
        PageSpec("lifesaver.clients", lambda: tr("Lifesaver"), "people", ClientsPage, _OFFICE, order=28),
        PageSpec("lifesaver.rounds", lambda: tr("Rounds and dates"), "calendar", RoundsPage, _ROUNDS, order=29),
        PageSpec("lifesaver.kit", lambda: tr("Search equipment"), "list", KitPage, _KIT, order=30),
        PageSpec(
            "lifesaver.counts", lambda: tr("Counts of Lifesaver"), "list", LifesaverCountsPage, _ANALYSTS, order=31
        ),
        PageSpec("lifesaver.statistics", lambda: tr("Figures"), "list", StatisticsPage, _OFFICE),
        PageSpec("lifesaver.search", lambda: tr("Search"), "pin", SearchRoom, SEARCH_ROLES),
    ),
    forms=tuple(LIFESAVER_FORMS),
)

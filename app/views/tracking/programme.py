"""Personal alarms join the shell: loans for victim services, the list for dispatchers, counts for analysts."""

from __future__ import annotations

from app.models.rules.access import CARD_OPENERS
from app.models.vocab import Role
from app.views.programme import PageSpec, Programme
from app.views.tracking.alarm_page import AlarmPage
from app.views.tracking.card_page import CardPage, ViewsPage
from app.views.tracking.case_page import CasePage
from app.views.tracking.dispatch_page import DispatchPage
from app.views.tracking.figures_page import SEES, CountsPage, FiguresPage
from app.views.tracking.list_page import ListPage
from app.words import tr

_UNIT = frozenset({Role.VSU, Role.VQC, Role.SUP})
_ANSWERS = frozenset({Role.OFF, Role.DSP, Role.ESS, Role.IPV, Role.SUP})
_SUPERVISOR = frozenset({Role.SUP})

PROGRAMME = Programme(
    name="tracking",
    pages=(
        PageSpec("tracking.dispatch", lambda: tr("Alarms"), "danger", DispatchPage, _ANSWERS, order=24, shortcut="F6"),
        PageSpec("tracking.alarm", lambda: tr("Alarm"), "danger", AlarmPage, CARD_OPENERS),
        PageSpec("tracking.card", lambda: tr("Dispatch card"), "shield", CardPage, CARD_OPENERS),
        PageSpec("tracking.list", lambda: tr("Personal alarms"), "shield", ListPage, _UNIT, order=28),
        PageSpec("tracking.case", lambda: tr("Personal alarm"), "shield", CasePage, _UNIT),
        PageSpec("tracking.figures", lambda: tr("Figures"), "list", FiguresPage, _SUPERVISOR),
        PageSpec("tracking.views", lambda: tr("Who opened dispatch cards"), "eye", ViewsPage, _SUPERVISOR),
        PageSpec("tracking.counts", lambda: tr("Counts of alarms"), "list", CountsPage, SEES, order=29),
    ),
)

"""Requests join the shell."""

from __future__ import annotations

from app.models.vocab import Role
from app.views.programme import PageSpec, Programme
from app.views.requests.detail import DetailPage
from app.views.requests.list_page import RequestsPage
from app.views.requests.raise_page import RaisePage
from app.words import tr

_RAISE = frozenset({Role.OFF, Role.DSP, Role.VSU, Role.VQC, Role.YTH, Role.SUP})
_SEE = _RAISE | {Role.VOL}
"""A volunteer sees the requests that they were called to, and raises none."""

PROGRAMME = Programme(
    name="requests",
    pages=(
        PageSpec("requests.list", lambda: tr("Requests"), "call-back", RequestsPage, _SEE, order=20),
        PageSpec("requests.new", lambda: tr("Request victim services"), "call", RaisePage, _RAISE),
        PageSpec("requests.detail", lambda: tr("Request"), "call", DetailPage, _SEE),
    ),
    forms=("F-301",),
)

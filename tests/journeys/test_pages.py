"""Every page of every role opens: in both languages, in light and dark, on the whole demonstration.

A Qt warning fails these tests by itself (`qt_log_level_fail`).
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from sqlalchemy import select

from app import resources, words
from app.models.crisis import Case, ServiceRequest
from app.models.safety import SafetyPlan
from app.models.vocab import CaseStatus, Role
from app.views import style
from app.views.common.nav import NavigationRail
from app.views.crisis.case_page import CasePage
from app.views.crisis.sections import SECTIONS
from tests.journeys.conftest import Visit

ROLES = (Role.VSU, Role.SUP, Role.OFF)
TYPED = {"Client", "English"}
"""Words of the demonstration's records, and a language that names itself: no words of the interface."""


def _only_english() -> frozenset[str]:
    """Texts of the catalogue that no French window can rightly show: their French differs."""
    catalogue = gettext.translation("haven", localedir=str(resources.path("locale")), languages=["fr"])
    texts: dict[Any, str] = catalogue._catalog  # type: ignore[attr-defined]  # the only way to list them
    french = set(texts.values())
    return frozenset(
        key
        for key, said in texts.items()
        if isinstance(key, str) and key and key != said and key not in french and "{" not in key
    )


def shown(window: QWidget) -> Iterator[str]:
    """The text of everything visible that has one."""
    for kind in (QLabel, QAbstractButton):
        found: list[Any] = window.findChildren(kind)
        for widget in found:
            if widget.isVisible() and widget.text():
                yield widget.text().replace("&&", "&")


def _subjects(session: Any, member: str) -> dict[str, str]:
    """Records that the demonstration has for everyone: a case of one's own with a plan, any case, a request."""
    own = (
        select(Case.id)
        .join(SafetyPlan, SafetyPlan.case_id == Case.id)
        .where(Case.assigned_to == member, Case.status != CaseStatus.CLOSED)
    )
    return {
        "own": session.scalars(own).first(),
        "request": session.scalars(select(ServiceRequest.id).order_by(ServiceRequest.requested_at.desc())).first(),
    }


def _places(here: Visit) -> list[str]:
    return [page.route for page in here.house.window.offered()]


def _rail(here: Visit) -> list[str]:
    rail = here.find(NavigationRail)
    return [button.text() for button in rail.findChildren(QAbstractButton) if button.isVisible()]


def _all_titles_are_neutral() -> None:
    titles = {window.windowTitle() for window in QApplication.topLevelWidgets() if window.isVisible()}
    assert titles == {"Haven"}


@pytest.mark.parametrize(("language", "mode"), [("en", "light"), ("fr", "dark")])
def test_every_page_of_every_role(visit: Callable[[], Visit], region: Path, language: str, mode: str) -> None:
    here = visit()
    assert here.desktop.entrance is not None
    here.find(QAbstractButton, "entrance.go").click()  # type: ignore[attr-defined]  # the button
    here.settle()
    here.house.window.resize(1366, 768)
    if language == "fr":
        here.house.window.language_asked.emit()
    if mode == "dark":
        here.house.window.light_asked.emit()
    here.settle()
    assert (words.current().code, style.mode()) == (language, mode)
    english = _only_english() if language == "fr" else frozenset()
    member = here.house.context.person.member_id
    subject = here.house.store.read(lambda session: _subjects(session, member))
    seen: set[str] = set()
    in_english: list[str] = []

    def look(route: str) -> None:
        _all_titles_are_neutral()
        assert here.warned == [], route
        assert here.house.window.grab().toImage().isNull() is False
        seen.add(route)
        for text in {text for text in shown(here.house.window) if text in english - TYPED}:
            in_english.append(f"{route}: {text}")

    for role in ROLES:
        here.house.window.role_asked.emit(role)
        here.settle()
        assert here.house.context.person.role is role
        expected = [page.title() for page in here.house.window.offered()]
        assert _rail(here) == expected
        assert not english & set(expected)
        for route in _places(here):
            here.go(route)
            look(route)
        for route, known in (
            ("crisis.case", {"case_id": subject["own"]}),
            ("requests.detail", {"request_id": subject["request"]}),
            ("requests.new", {}),
            ("safety.plan", {"case_id": subject["own"]}),
            ("crisis.capture", {}),
            ("supervision.review", {"case_id": subject["own"]}),
        ):
            if role not in here.house.window._specs[route].roles:
                continue
            page = here.go(route, **known)
            look(route)
            if isinstance(page, CasePage):
                view = page.view()
                assert view is not None
                for tab in SECTIONS:
                    view.tabs.chosen.emit(tab)
                    here.settle()
                    section = view.section(tab)
                    assert section is not None and section.isVisible()
                    look(f"{route} {tab}")
    assert {f"crisis.case {tab}" for tab in SECTIONS} < seen
    assert seen >= {"safety.plan", "requests.detail", "supervision.review", "crisis.capture", "today", "outbox"}
    assert not in_english, "\n".join(in_english)


@pytest.mark.parametrize(("role", "route"), [(Role.SUP, "lifesaver.searches"), (Role.OFF, "lifesaver.missing")])
def test_a_key_leads_to_the_page_that_has_it_for_the_role(
    visit: Callable[[], Visit], region: Path, role: Role, route: str
) -> None:
    here = visit()
    here.find(QAbstractButton, "entrance.go").click()  # type: ignore[attr-defined]  # the button
    here.settle()
    window = here.house.window
    window.role_asked.emit(role)
    here.settle()
    window.activateWindow()
    here.until(window.isActiveWindow, "the window in front")
    QTest.keyClick(window, Qt.Key.Key_F4)
    here.settle()
    assert window.route == route
    QTest.keyClick(window, Qt.Key.Key_F3)
    here.settle()
    assert window.route == "registry.find"

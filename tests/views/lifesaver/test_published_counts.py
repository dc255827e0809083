"""From a supervisor's figures to the page of an analyst, for the registry and for Project Lifesaver."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from app.models.vocab import Role
from app.views.lifesaver.statistics_page import LifesaverCountsPage, StatisticsPage
from app.views.registry.figures_page import FiguresPage, RegistryCountsPage
from tests.conftest import Office


@pytest.mark.parametrize(
    ("figures", "counts", "programme", "first"),
    [
        (StatisticsPage, LifesaverCountsPage, "lifesaver", ("Batteries replaced", "By their due day", "0")),
        (FiguresPage, RegistryCountsPage, "registry", ("First activations", "Within the target", "0")),
    ],
)
def test_what_a_supervisor_publishes_an_analyst_reads(
    stage: Any, office: Office, figures: Any, counts: Any, programme: str, first: tuple[str, str, str]
) -> None:
    analyst = counts(stage.context(office.member(Role.CSW, "C. Counter")))
    stage.show(analyst)
    table: Any = analyst.findChild(QWidget, f"{programme}.counts")
    assert table.model.rowCount() == 0
    for role in (Role.REG, Role.SUP):
        page = figures(stage.context(office.member(role, "N. N.")))
        stage.show(page)
        button = page.findChild(QWidget, f"{programme}.publish")
        assert button is not None and button.isVisible() == (role is Role.SUP)
    stage.click(button)
    analyst.refresh()
    stage.settle()
    shown = [tuple(getattr(cell, "text", cell) for cell in table.model.row(place).cells) for place in range(8)]
    assert first in shown, shown

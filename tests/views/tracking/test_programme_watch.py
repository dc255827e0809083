"""The clocks of the programmes run by themselves: at the start, when work arrives, and when a new day begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QObject

from app.models.tracking import TrackingCheck
from app.models.vocab import Role
from app.programme_watch import ProgrammeWatch
from app.services import tracking_watch
from app.views.tasks import Tasks
from tests.services.test_tracking import Story, moment, story  # noqa: F401  (the fixture)
from tests.views.conftest import ZONE, Stage


@pytest.fixture
def watch(stage: Stage, story: Story) -> Iterator[ProgrammeWatch]:  # noqa: F811
    story.lent()
    context = stage.context(story.worker)
    assert isinstance(context.tasks, Tasks)
    holder = QObject()
    made = ProgrammeWatch(story.office.vault, context.tasks, lambda: story.worker.role, ZONE, holder)
    yield made
    made.stop()


def missed(stage: Any, here: Story) -> int:
    stage.settle()
    return len(here.office.found(TrackingCheck))


def test_a_new_day_is_looked_after_once(stage: Stage, story: Story, watch: ProgrammeWatch) -> None:  # noqa: F811
    watch.look()
    assert missed(stage, story) == 0
    story.office.clock.at = moment(date(2025, 2, 11), 4) - timedelta(minutes=1)
    watch.tick()
    assert missed(stage, story) == 0, "the test of the 10th may still be done tonight"
    story.office.clock.at = moment(date(2025, 2, 11), 6)
    watch.tick()
    assert missed(stage, story) == 1
    story.office.clock.move(hours=3)
    watch.tick()
    assert not watch._tasks.is_busy, "the same day is not looked after again"


def test_what_arrives_is_looked_after(stage: Stage, story: Story, watch: ProgrammeWatch) -> None:  # noqa: F811
    story.office.clock.at = moment(date(2025, 2, 18))
    watch.arrived(frozenset({"organization"}))
    assert missed(stage, story) == 0
    watch.arrived(frozenset({"tracking_loan"}))
    assert missed(stage, story) == 2


def test_a_role_without_anything_to_look_after_asks_for_nothing(stage: Stage, story: Story) -> None:  # noqa: F811
    story.lent()
    officer = story.office.member(Role.OFF, "Const. Nobody")
    context = stage.context(officer)
    assert isinstance(context.tasks, Tasks) and Role.OFF not in tracking_watch.ROLES
    holder = QObject()
    watch = ProgrammeWatch(story.office.vault, context.tasks, lambda: Role.OFF, ZONE, holder)
    story.office.clock.at = moment(date(2025, 2, 18))
    watch.look()
    assert not context.tasks.is_busy and missed(stage, story) == 0
    watch.stop()

"""Schedules of a CI size; `make soak` plays many more. Each failure names its seed and how to play it again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator.many import again, play_many
from tests.simulator.schedule import play
from tests.simulator.world import Template, quick_folder, template_in

SCHEDULES = int(os.environ.get("HAVEN_SCHEDULES", "64"))
WORKERS = int(os.environ.get("HAVEN_SCHEDULE_WORKERS", "1"))
"""Processes; one in the suite, which is itself spread over the processors."""
FIRST = int(os.environ.get("HAVEN_FIRST_SEED", "0"))


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder in memory."""
    made = quick_folder()
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def template(folder: Path) -> Template:
    """The agency that schedules begin with."""
    return template_in(folder)


def test_every_schedule_comes_to_rest_with_every_promise_kept(template: Template, folder: Path) -> None:
    figures = play_many(range(FIRST, FIRST + SCHEDULES), template, folder, print, WORKERS)
    assert figures.schedules == SCHEDULES and figures.changes > 0
    assert figures.converged, [again(seed) for seed in figures.failed]


def test_a_seed_plays_the_same_again(template: Template, folder: Path) -> None:
    told: list[list[str]] = [[], []]
    for lines in told:
        play(FIRST + 3, template, folder, lines.append)
    assert told[0] == told[1] and len(told[0]) > 10

"""`docs/forms.md` says what is there: functions, commands, options, bounds; and nothing that is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.forms.engine import LONGEST_RESULT, MOST_INSTANCES, MOST_NODES
from app.forms.limits import LIMITS
from app.forms.xpath.compiled import MOST_IN_AN_ACT, MOST_LOOKED_AT
from app.forms.xpath.functions import PLAIN
from app.forms.xpath.functions.chance import park_miller
from app.forms.xpath.special import SPECIAL

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
DECISION = (ROOT / "docs" / "decisions" / "0015-the-forms-engine.md").read_text(encoding="utf-8")


def test_every_function_is_told_and_no_other() -> None:
    part = GUIDE.partition("**Functions**")[2].partition("**Lists**")[0]
    assert set(re.findall(r"`([a-z0-9:-]+)`", part)) == PLAIN.keys() | SPECIAL.keys()


def test_every_option_of_the_command_is_told() -> None:
    source = (ROOT / "app" / "forms" / "__main__.py").read_text(encoding="utf-8")
    options = set(re.findall(r'"(--[a-z]+)"', source))
    assert options and {option for option in options if option not in GUIDE} == set()


_MEGABYTES = [size // 1024**2 for size in (LIMITS.file, LIMITS.unpacked, LIMITS.memory)]
_LOOKS = [MOST_LOOKED_AT, MOST_IN_AN_ACT]
_COUNTS = [LIMITS.cells, LIMITS.rows, LIMITS.ratio, LIMITS.seconds, MOST_INSTANCES, MOST_NODES, LONGEST_RESULT]


@pytest.mark.parametrize("bound", [*_COUNTS, *_MEGABYTES, *_LOOKS])
def test_the_bounds_are_those_that_are_told(bound: int) -> None:
    assert re.search(rf"\b{bound:,}\b", GUIDE.partition("## Bounds")[2])


def test_the_shuffle_that_is_worked_out_is_the_one_that_is_run() -> None:
    draw = park_miller(42)
    states = [round(draw() * (2**31 - 2)) + 1 for _ in range(6)]
    assert ", ".join(str(state) for state in states) in " ".join(DECISION.split())

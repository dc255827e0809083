"""The table of `docs/forms.md` says where each thing is tested: the cases are there, and nothing is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.forms.xpath.functions import PLAIN
from app.forms.xpath.special import SPECIAL
from tests.forms.conformance.reading import CASES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## What shows it")[2].partition("\n## ")[0]
NAMED = re.findall(r"`([a-z-]+): ([^`]+)`", TABLE)
WRITTEN = "\n".join(file.read_text(encoding="utf-8") for file in sorted(CASES.glob("*.md")))
ENGINE = "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests/forms/engine").glob("test_*.py")))
QUESTIONS = """
    text integer decimal range select_one select_multiple rank note date time dateTime geopoint geotrace geoshape
    image audio video file barcode calculate hidden acknowledge begin_repeat begin_group csv-external xml-external
    select_one_from_file select_multiple_from_file start end today deviceid username
"""


@pytest.mark.parametrize(("file", "title"), NAMED)
def test_every_case_that_the_table_names_is_there(file: str, title: str) -> None:
    text = (CASES / f"{file}.md").read_text(encoding="utf-8")
    titles = re.findall(r"^#{1,2} (.+)$", text, re.M)
    assert any(one == title or one.endswith(f", {title}") for one in titles), sorted(titles)


def test_every_function_that_can_be_called_is_called_by_a_test() -> None:
    missing = [
        name
        for name in sorted({*PLAIN, *SPECIAL})
        if not re.search(rf"(?<![\w:-]){re.escape(name)}\(", WRITTEN + ENGINE)
    ]
    assert len(NAMED) > 60 and missing == []


def test_every_kind_of_question_is_asked_by_a_case() -> None:
    missing = [kind for kind in QUESTIONS.split() if not re.search(rf"^\|\s*\|\s*{re.escape(kind)}\b", WRITTEN, re.M)]
    assert missing == []

"""`python -m app.locate BEARINGS.csv`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import words
from app.locate.__main__ import main

HEADING = "lat,lon,bearing_deg,reference,quality,signal,time\n"
CROSSING = HEADING + "43.45,-79.70,55.5,magnetic,good,5,13:29\n43.45,-79.69,315,true,good,6,13:31\n"


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """The command sets the language of the process."""
    yield
    words.use("en")


def _answer(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, *more: str) -> dict[str, Any]:
    file = tmp_path / "bearings.csv"
    file.write_text(text, encoding="utf-8")
    assert main([str(file), *more]) == 0
    out = capsys.readouterr()
    assert out.err == ""
    answer = json.loads(out.out)
    assert isinstance(answer, dict)
    return answer


def test_a_fix_is_printed_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = _answer(tmp_path, capsys, CROSSING)
    assert answer["status"] == "fix"
    assert answer["lat"] == pytest.approx(43.4536, abs=2e-4) and answer["lon"] == pytest.approx(-79.695, abs=2e-4)
    assert set(answer["ellipse"]) == {"semi_major_m", "semi_minor_m", "azimuth_deg"}
    assert answer["crossing_angle_deg"] == pytest.approx(90, abs=0.1)
    assert [residual["row"] for residual in answer["residuals"]] == [1, 2]
    assert answer["set_aside"] == [] and answer["notes"] == [] and answer["alternatives"] == []
    assert answer["suggestion"]["sentence"].startswith("Take the next bearing about ")
    assert {"ambiguous", "near_parallel", "message"} <= set(answer)


@pytest.mark.parametrize(
    ("rows", "status", "message"),
    [
        ("43.45,-79.70,45\n43.45,-79.69,50\n", "diverge", "bearings diverge - no fix"),
        ("43.45,-79.70,45\n43.45,-79.69,33\n", "angle_too_small", "angle too small"),
        ("43.45,-79.70,45\n", "too_few", "too few bearings - no fix"),
        ("", "too_few", "too few bearings - no fix"),
    ],
)
def test_no_fix_is_an_answer_too(
    rows: str, status: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = _answer(tmp_path, capsys, HEADING + rows)
    assert (answer["status"], answer["message"]) == (status, message)
    assert answer["lat"] is answer["lon"] is answer["ellipse"] is None


def test_bearings_set_aside_are_named_by_their_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = _answer(tmp_path, capsys, CROSSING + "43.46,-79.69,90,true,blocked,,\n")
    assert answer["set_aside"] == [{"row": 3, "reason": "marked as blocked when it was taken"}]


def test_ages_count_to_the_moment_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fresh = _answer(tmp_path, capsys, CROSSING)
    faded = _answer(tmp_path, capsys, CROSSING, "--at", "13:41")
    assert [residual["weight"] for residual in fresh["residuals"]] == [1.0, 1.0]
    assert [residual["weight"] for residual in faded["residuals"]] == [
        pytest.approx(2 ** (-7 / 5), abs=0.001),
        pytest.approx(2 ** (-5 / 5), abs=0.001),
    ]
    assert faded["ellipse"]["semi_major_m"] > fresh["ellipse"]["semi_major_m"]


def test_it_speaks_french(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = _answer(tmp_path, capsys, CROSSING, "--language", "fr")
    assert answer["suggestion"]["sentence"].startswith("Prenez le prochain relèvement")
    assert answer["status"] == "fix"


@pytest.mark.parametrize(
    ("text", "more", "sentence"),
    [
        (HEADING + "43.45,-79.70,east\n", [], "Row 1, column bearing_deg: this is not a number\n"),
        (CROSSING, ["--at", "soon"], "The time after --at cannot be read.\n"),
        (CROSSING, ["--at", "2026-05-01T13:30Z"], "Some times have a time zone and some have none.\n"),
    ],
)
def test_bad_input_is_one_sentence_and_code_1(
    text: str, more: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bearings.csv"
    file.write_text(text, encoding="utf-8")
    assert main([str(file), *more]) == 1
    out = capsys.readouterr()
    assert (out.out, out.err) == ("", sentence)


def test_a_missing_file_is_one_sentence_and_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.csv")]) == 1
    assert capsys.readouterr().err == "The file cannot be read.\n"


def test_a_command_that_is_not_understood_is_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_the_readme_names_the_command_and_every_column() -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    assert "python -m app.locate BEARINGS.csv" in readme
    for column in (*HEADING.strip().split(","), "declination_deg", "airborne"):
        assert f"`{column}`" in readme


def test_it_runs_as_a_program_and_loads_no_windows_and_no_database(tmp_path: Path) -> None:
    file = tmp_path / "bearings.csv"
    file.write_text(CROSSING, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "app.locate", str(file)], capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout)["status"] == "fix"
    assert "geographiclib" in ran.stderr
    assert not any(name in ran.stderr for name in ("PySide6", "sqlalchemy", "sqlcipher3", "numpy"))

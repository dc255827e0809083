"""Tables of bearings as people and spreadsheets write them, and what is refused, by row and column."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.errors import EnvironmentProblem, RuleBroken
from app.locate import Bearing, Quality, Reference, Scale, Signal, locate
from app.locate.table import MOST_BYTES, MOST_ROWS, moment_after, parse, read

HEADING = "lat,lon,bearing_deg,reference,quality,signal,time\n"


def test_every_column_is_read() -> None:
    row = "43.45,-79.70,55.5,magnetic,reflected,7,2026-05-01T13:29:00-04:00\n"
    assert parse(HEADING + row) == [
        Bearing(
            43.45,
            -79.70,
            55.5,
            Reference.MAGNETIC,
            quality=Quality.REFLECTED,
            signal=Signal(7, Scale.BARS),
            time=datetime(2026, 5, 1, 17, 29, tzinfo=UTC),
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        "lat,lon,bearing_deg\n43.45,-79.7,45\n",
        "\ufeffLAT , Lon,Bearing_Deg\r\n43.45,-79.7,45\r\n\r\n",
        "note,bearing_deg,lon,lat\nnear the creek,45,-79.7,43.45\n",
        'lat;lon;bearing_deg;reference\n"43,45";-79,7;45;\n',
        "lat\tlon\tbearing_deg\n43.45\t-79.7\t45\n",
        "lat,lon,bearing_deg,quality,signal,time\n43.45,-79.7,45\n",
        'lat,lon,bearing_deg\n"43,45",-79.7,45,\n',
    ],
)
def test_what_spreadsheets_make_of_it_is_understood(text: str) -> None:
    assert parse(text.removeprefix("\ufeff")) == [Bearing(43.45, -79.7, 45)]


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    file = tmp_path / "bearings.csv"
    file.write_bytes(b"\xef\xbb\xbflat,lon,bearing_deg\n43.45,-79.7,45\n")
    assert read(file) == [Bearing(43.45, -79.7, 45)]


@pytest.mark.parametrize(
    ("written", "signal"),
    [
        ("0", Signal(0, Scale.BARS)),
        ("9", Signal(9, Scale.BARS)),
        ("-87", Signal(-87, Scale.DB)),
        ("12", Signal(12, Scale.DB)),
        ("6.5", Signal(6.5, Scale.DB)),
        ("7 dB", Signal(7, Scale.DB)),
        ("-93 dBm", Signal(-93, Scale.DB)),
        ("", None),
    ],
)
def test_bars_are_told_from_decibels(written: str, signal: Signal | None) -> None:
    assert parse(f"lat,lon,bearing_deg,signal\n43.45,-79.7,45,{written}\n")[0].signal == signal


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("43.45,-79.7,4x", "Row 2, column bearing_deg: this is not a number"),
        ("43.45,-79.7,", "Row 2, column bearing_deg is empty."),
        ("43.45,-79.7,361", "Row 2, column bearing_deg: A bearing is a number of degrees between 0 and 360."),
        ("93.45,-79.7,45", "Row 2, column lat: A latitude is a number of degrees between -90 and 90."),
        ("nan,-79.7,45", "Row 2, column lat: this is not a number"),
        ("1e3,-79.7,45", "Row 2, column lat: this is not a number"),
        ("٤٣,-79.7,45", "Row 2, column lat: this is not a number"),
        ("43.45,-79.7,45,north", "Row 2, column reference: this is none of the words that may stand here"),
        ("43.45,-79.7,45,,bad", "Row 2, column quality: this is none of the words that may stand here"),
        ("43.45,-79.7,45,,,loud", "Row 2, column signal: this is not a number"),
        (
            "43.45,-79.7,45,,,999",
            "Row 2, column signal: A signal strength is a number of decibels between -200 and 200.",
        ),
        ("43.45,-79.7,45,,,,25:00", "Row 2, column time: this is not a time"),
        ("43.45,-79.7,45,,,,noon", "Row 2, column time: this is not a time"),
        ("43.45,-79.7,45,,,,,x", "Row 2 has more fields than there are columns."),
    ],
)
def test_what_is_wrong_is_named_by_row_and_column(row: str, sentence: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        parse(f"{HEADING}43.45,-79.7,45\n{row}\n")
    assert refused.value.sentence == sentence
    assert row not in str(refused.value), "what was typed stays out of the error itself"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The column lat is missing."),
        ("lat,lon\n1,2\n", "The column bearing_deg is missing."),
        ("lat,lat,lon,bearing_deg\n", "The column lat is there twice."),
        ('lat,lon,bearing_deg\n"43.45,1,2\n', "The file is not a table of fields with commas between them."),
        ("lat,lon,bearing_deg\n1,2,\0\n", "The file is not text (UTF-8)."),
        (
            "lat,lon,bearing_deg\n" + "43.45,-79.7,45\n" * (MOST_ROWS + 1),
            f"More than {MOST_ROWS} bearings are too many for one search.",
        ),
        (
            "lat,lon,bearing_deg,time\n1,2,3,13:29\n1,2,3,2026-05-01 13:31\n",
            "Some times have a date and some have none.",
        ),
        ("lat,lon,bearing_deg,airborne\n1,2,3,perhaps\n", "Row 1, column airborne: this is neither yes nor no"),
    ],
)
def test_a_table_that_is_none_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        parse(text)
    assert refused.value.sentence == sentence


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfelat,lon", "The file is not text (UTF-8)."),
        (b"x" * (MOST_BYTES + 1), "The file is too large for a list of bearings."),
    ],
)
def test_a_file_that_is_no_table_is_refused(content: bytes, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "bearings.csv"
    file.write_bytes(content)
    with pytest.raises(RuleBroken) as refused:
        read(file)
    assert refused.value.sentence == sentence


def test_a_file_that_cannot_be_opened_is_the_machines(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(EnvironmentProblem, match="cannot be read"):
            read(path)


def test_clock_times_run_over_midnight() -> None:
    bearings = parse("lat,lon,bearing_deg,time\n43.45,-79.7,45,23:58\n43.45,-79.69,315,0:03:30\n")
    assert locate(bearings).residuals[0].weight == pytest.approx(2 ** (-0.5 / 5), abs=0.01)


def test_a_moment_without_a_day_follows_the_bearings_over_midnight() -> None:
    bearings = parse("lat,lon,bearing_deg,time\n43.45,-79.7,45,23:58\n")
    assert bearings[0].age_s(moment_after("00:08", bearings)) == 600
    assert bearings[0].age_s(moment_after("23:59", bearings)) == 60


@settings(deadline=None)
@given(some.text(max_size=300))
def test_no_text_does_harm(text: str) -> None:
    for whole in (text, HEADING + text):
        try:
            locate(parse(whole))
        except RuleBroken as refused:
            assert refused.sentence


_cells = some.sampled_from(
    ["43.45", "-79.7", "45", "", "magnetic", "good", "9", "-90", "360", "13:29", "=1+1", '"', "0"]
)


@settings(deadline=None)
@given(some.lists(some.lists(_cells, min_size=1, max_size=8), max_size=6))
def test_no_table_does_harm(rows: list[list[str]]) -> None:
    try:
        fix = locate(parse(HEADING + "\n".join(",".join(row) for row in rows)))
    except RuleBroken as refused:
        assert refused.sentence
    else:
        assert fix.status

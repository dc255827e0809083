"""From places in the form back to rows and columns of the workbook."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from app.forms.problems import Finding, Place
from app.words import mark

ABOUT_A_CELL = mark("“{cell}”: {message}")
_FIRST_ROW = 2
_BEGIN = re.compile(r"\s*begin[ _]+(group|repeat)\b", re.IGNORECASE)
_END = re.compile(r"\s*end[ _]+(group|repeat)\b", re.IGNORECASE)
_QUOTED = re.compile(r"'([^']+)'")


def rows_of(survey: Sequence[Mapping[str, str]]) -> dict[str, int]:
    """The row of every question, group and repeat by its path below the root: `group/question`."""
    rows: dict[str, int] = {}
    around: list[str] = []
    for number, row in enumerate(survey, _FIRST_ROW):
        cells = {str(head).strip().lower(): str(cell) for head, cell in row.items()}
        kind, name = cells.get("type", ""), cells.get("name", "").strip()
        if _END.match(kind):
            if around:
                around.pop()
            continue
        if name:
            rows.setdefault("/".join([*around, name]), number)
        if _BEGIN.match(kind):
            around.append(name)
    return rows


def located(finding: Finding, rows: Mapping[str, int]) -> Finding:
    """The finding with the sheet and row of its path, where the workbook has them."""
    place = finding.place
    if place.sheet or not place.path:
        return finding
    below = place.path.strip("/").partition("/")[2]
    if below.startswith("meta/instanceName"):
        return finding.at(Place("settings", _FIRST_ROW, "instance_name", place.path))
    row = rows.get(below, 0)
    if not row:
        return finding
    return finding.at(Place("survey", row, place.column, place.path))


def found_in_sheet(finding: Finding, sheets: Mapping[str, Sequence[Mapping[str, str]]]) -> Finding:
    """A finding of the converter with the cell that it is about, and its row where the converter names none."""
    if finding.place.row:
        return _with_cell(finding, sheets.get(finding.place.sheet, ()))
    survey = sheets.get("survey", ())
    quoted = set(_QUOTED.findall(finding.values.get("message", "")))
    for number, row in enumerate(survey, _FIRST_ROW):
        for head, cell in row.items():
            if str(head).strip().lower() in ("type", "name") and str(cell).strip() in quoted:
                return finding.at(Place("survey", number, str(head)))
    return finding


def _with_cell(finding: Finding, rows: Sequence[Mapping[str, str]]) -> Finding:
    at = finding.place.row - _FIRST_ROW
    cells = rows[at] if 0 <= at < len(rows) else {}
    cell = next((str(cell) for head, cell in cells.items() if str(head).lower() == finding.place.column.lower()), "")
    if not cell or cell in finding.values.get("message", ""):
        return finding
    return msgspec.structs.replace(finding, text=ABOUT_A_CELL, values={**finding.values, "cell": cell[:100]})

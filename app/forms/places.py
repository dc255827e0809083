"""From places in the form back to rows and columns of the workbook."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.forms.problems import Finding, Place

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
        found = Place("settings", _FIRST_ROW, "instance_name", place.path)
        return Finding(finding.text, finding.values, found)
    row = rows.get(below, 0)
    if not row:
        return finding
    return Finding(finding.text, finding.values, Place("survey", row, place.column, place.path))


def found_in_sheet(finding: Finding, survey: Sequence[Mapping[str, str]]) -> Finding:
    """A finding of the converter that names no row: the row whose type or name it quotes, if there is exactly one."""
    if finding.place.row:
        return finding
    quoted = set(_QUOTED.findall(finding.values.get("message", "")))
    for number, row in enumerate(survey, _FIRST_ROW):
        for head, cell in row.items():
            if str(head).strip().lower() in ("type", "name") and str(cell).strip() in quoted:
                return Finding(finding.text, finding.values, Place("survey", number, str(head)))
    return finding

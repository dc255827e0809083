"""The same answers give the same values and the same relevance as ODK's own engine, where it follows the specification.

What the peer made of them is stored (`published/peer`, written by `python -m bench.peer_forms.renew` with a browser),
so that this needs none. Where the two differ, `DIFFERENCES` says for which nodes and which sentence decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from app.errors import RuleBroken
from app.forms.session import FormSession
from app.forms.views import NodeView
from tests.forms.driving import begin, definition_of

HERE = Path(__file__).resolve().parent
OUTCOMES = HERE / "published" / "peer"
SHIPPED = HERE.parents[1] / "resources" / "forms"
SHAPES = HERE / "shapes"
"""Small forms of many shapes, written here: their outcomes stand in the folder `peer` beside them."""
NOW = datetime.fromisoformat("2026-03-15T10:30:00.000+00:00")
LEAST = 10
_UUID = re.compile(r"(uuid:)?[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

_PLACED = "ODK XForms, Actions: an action in the body is triggered too; the peer passes over one that is in no control"
_NO_TYPE = (
    "ODK XForms, XPath Functions: values are stored as strings; the peer empties what is no value of the node's type"
)
_CHANGED = "XForms 1.1, 4.4.2: dispatched in response to a change to a node bound to a control, whatever changed it"
_STALE = "XForms 1.0, 4.3.2: a value is computed after all that it depends on; the peer stops half-way with an error"
_OWN = "ODK XForms, XPath Paths: in a repeat a path is relative to its context node; the peer takes the first instance"
_INSIDE = "XForms 1.0, 6.1.4: the group's own expression is true on the data; the peer takes what is in it for empty"
_DATE = "ODK XForms, date(): converts to a string in the date format; the peer keeps the time"
_EXACT = "ODK XForms, area and distance: the number; the peer rounds it to two decimals"
_NOT_BASE64 = "RFC 4648, 3.3: what is not in the alphabet is refused; the peer decodes a part of it"
_NO_SUM = "XPath 1.0, 4.4: the sum of the nodes of the argument, which of none is 0; the peer stores nothing"
_HIDDEN = (
    "ODK XForms, relevant, is silent on counting: Collect leaves out what is not relevant, the peer counts it as empty"
)

DIFFERENCES: dict[str, dict[str, str]] = {
    "vqrp_screening.md": {"/data/clock/*": _STALE, "/data/expenses/*": _STALE, "/data/result/*": _STALE},
    "setvalue-value-changed-multiple.xml": {"/data/b": _NO_TYPE},
    "setvalue-values.xml": {"/data/b": _PLACED, "/data/c": _PLACED},
    "setvalue.xml": {"/data/a": _NO_TYPE, "/data/b": _PLACED, "/data/person[*]/age_changed": _CHANGED},
    "07-jr-test-add-repeat-calc-multiple-deps.xml": {
        "/data/repeat[*]/position_2": _OWN,
        "/data/repeat[*]/concat*": _OWN,
    },
    "base64-decode.xml": {"/data/calc": _NOT_BASE64},
    "bug_269_next.xml": {"/bug_269_2/inputs*": _INSIDE},
    "calculate-now.xml": {"/data/now*": _DATE},
    "conditions-in-repeats.md": {"/data/s": _HIDDEN},
    "goma-person-2-create.xml": {"/data/init/type_selector": _NO_TYPE},
    "multi_select.xml": {"/multi_select/inputs*": _INSIDE},
    "nested-repeats.md": {"/data/h[*]/hs": _NO_SUM},
    "two_two_eight.xml": {"/two_two_eight/inputs*": _INSIDE},
    "variadic-distance.xml": {"/data/distance_*": _EXACT, "/data/area_*": _EXACT},
}
"""By the file of the form, by node (* is any run of letters): the sentence of the specification that decides."""


def outcomes() -> Iterator[tuple[Path, Path]]:
    """Each stored outcome with its form."""
    from tests.forms.test_published_forms import FORMS

    for path in sorted(OUTCOMES.glob("*.json")):
        folder, _, name = json.loads(path.read_text(encoding="utf-8"))["form"].partition("/")
        yield path, (SHIPPED / name if folder == "forms" else HERE / "published" / folder / name)
    for form in [*FORMS, *sorted(SHAPES.glob("*.md"))]:
        beside = form.parent / "peer" / f"{form.parent.name}-{form.name}.json"
        if beside.exists():
            yield beside, form


FOUND = list(outcomes())


def lists_beside(form: Path) -> dict[str, bytes]:
    """The lists that a form was published with."""
    return {path.name: path.read_bytes() for path in form.parent.iterdir() if path.suffix in {".csv", ".geojson"}}


@pytest.mark.parametrize(("stored", "form"), FOUND, ids=[stored.stem for stored, _ in FOUND])
def test_the_same_answers_give_what_the_peer_gives(stored: Path, form: Path) -> None:
    outcome = json.loads(stored.read_text(encoding="utf-8"))
    session = begin(definition_of(form.read_bytes(), lists_beside(form), form.name), now=NOW)
    allowed = DIFFERENCES.get(form.name, {})
    different = []
    for number, round_ in enumerate(outcome["rounds"], 1):
        for step in round_["steps"]:
            _take(session, step)
        different += [f"round {number}: {line}" for line in _differences(session, round_, allowed)]
    assert not different, "\n".join(["", *different])


def test_enough_forms_are_compared() -> None:
    published = [stored for stored, _ in FOUND if stored.parent == OUTCOMES and not stored.name.startswith("forms-")]
    assert len(published) >= LEAST


def _take(session: FormSession, step: dict[str, Any]) -> None:
    if step.get("add"):
        session.add(step["path"])
    elif step.get("remove"):
        session.remove(step["path"])
    else:
        session.set(step["path"], step["value"])


def _differences(session: FormSession, round_: dict[str, Any], allowed: dict[str, str]) -> Iterator[str]:
    values: dict[str, str] = round_["values"]
    hidden = tuple(round_["irrelevant"])
    for node in session.nodes():
        if any(fnmatchcase(node.path.replace("[", "("), pattern.replace("[", "(")) for pattern in allowed):
            continue
        relevant = not any(node.path == path or node.path.startswith(f"{path}/") for path in hidden)
        if relevant != node.relevant:
            yield f"{node.path} is relevant: {node.relevant}, the peer: {relevant}"
        elif relevant and node.kind not in {"group", "repeat"} and not _same(node, values.get(node.path, "")):
            yield f"{node.path} = {node.value!r}, the peer: {values.get(node.path, '')!r}"
    for path in values:
        if path.endswith("instanceID"):
            continue  # the peer adds one to forms that were written without
        try:
            session.node(path)
        except RuleBroken:
            yield f"{path} is not there, the peer has {values[path]!r}"


def _same(node: NodeView, theirs: str) -> bool:
    """The same value. Identifiers are always new; the peer writes a decimal 60 as 60.0, and stores nothing where a
    result is not a number (XPath 1.0, 4.2: NaN is converted to the string NaN)."""
    if node.value == "NaN":
        return theirs == ""
    if node.type == "decimal" and node.value and theirs:
        return float(node.value) == float(theirs)
    return node.value == theirs or bool(_UUID.fullmatch(node.value) and _UUID.fullmatch(theirs))

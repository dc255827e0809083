"""The same answers give the same values and the same relevance as ODK's own engine, where it follows the specification.

What the peer made of them is stored (`published/peer`, written by `python -m bench.peer_forms.renew` with a browser), so that
this needs none. Where the two differ, `DIFFERENCES` says for which nodes and which sentence decides.
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
NOW = datetime.fromisoformat("2026-03-15T10:30:00.000+00:00")
LEAST = 10
_UUID = re.compile(r"(uuid:)?[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

_PLACED = "ODK XForms, Actions: an action in the body is triggered too; the peer passes over one that is in no control"
_NO_TYPE = "ODK XForms, XPath Functions: values are always stored as strings; the peer empties what is no value of the node's type"
_NOT_A_NUMBER = "XPath 1.0, 4.2: NaN is converted to the string NaN; the peer stores nothing"
_CHANGED = "XForms 1.1, 4.4.2: dispatched in response to a change to a node bound to a control, whatever changed it"
_STALE = "XForms 1.0, 4.3.2: a value is computed after all that it depends on; the peer keeps one from before"

DIFFERENCES: dict[str, dict[str, str]] = {
    "forms/vqrp_screening.md": {"/data/clock/*": _STALE, "/data/expenses/*": _STALE, "/data/result/*": _STALE},
    "enketo/repeat.set.value.test3.xml": {"/data/page2/bp_rg[*]/bp_row": _NOT_A_NUMBER},
    "enketo/setvalue-value-changed-multiple.xml": {"/data/b": _NO_TYPE},
    "enketo/setvalue-values.xml": {"/data/b": _PLACED, "/data/c": _PLACED},
    "enketo/setvalue.xml": {"/data/a": _NO_TYPE, "/data/b": _PLACED, "/data/person[*]/age_changed": _CHANGED},
}
"""By form, by node (with * for any run of letters): the sentence of the specification that the peer does not follow."""


def outcomes() -> Iterator[tuple[Path, Path]]:
    """Each stored outcome with its form."""
    from tests.forms.test_published_forms import FORMS

    for path in sorted(OUTCOMES.glob("*.json")):
        folder, _, name = json.loads(path.read_text(encoding="utf-8"))["form"].partition("/")
        yield path, (SHIPPED / name if folder == "forms" else HERE / "published" / folder / name)
    for form in FORMS:
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
    allowed = DIFFERENCES.get(outcome["form"], {})
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
        try:
            session.node(path)
        except RuleBroken:
            yield f"{path} is not there, the peer has {values[path]!r}"


def _same(node: NodeView, theirs: str) -> bool:
    """The same value; identifiers are always new, and the peer writes a decimal 60 as 60.0."""
    if node.type == "decimal" and node.value and theirs:
        return float(node.value) == float(theirs)
    return node.value == theirs or bool(_UUID.fullmatch(node.value) and _UUID.fullmatch(theirs))

"""The engine against the published XLSForm and ODK XForms specifications, from whose text the expectations come."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.errors import RuleBroken
from app.forms.problems import FormRefused
from app.forms.session import FormSession
from app.forms.views import NodeView
from tests.forms.conformance.reading import Case, Claim, Row, Table, all_cases, all_tables
from tests.forms.driving import begin, definition_of, in_submission

CASES = all_cases()
TABLES = all_tables()

HOLDS: dict[str, Callable[[NodeView], bool]] = {
    "relevant": lambda node: node.relevant,
    "irrelevant": lambda node: not node.relevant,
    "required": lambda node: node.required,
    "optional": lambda node: not node.required,
    "readonly": lambda node: node.readonly,
    "editable": lambda node: not node.readonly,
    "valid": lambda node: node.valid is not False,
    "invalid": lambda node: node.valid is False,
}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_form_behaves_as_the_specification_says(case: Case) -> None:
    refused = [claim for claim in case.claims if claim.kind == "refused"]
    if refused:
        said = _refusal(case)
        assert all(claim.text.casefold() in said for claim in refused), said
        return
    definition = definition_of(case.form, case.attachments)
    session = begin(definition, now=case.now, language=case.language or "", seed=case.seed)
    for step in case.steps:
        match step.verb:
            case "set":
                session.set(step.path, step.value)
            case "add":
                session.add(step.path)
            case "remove":
                session.remove(step.path)
    wrong = [f"{claim.line}  (it is: {_actual(session, claim)})" for claim in case.claims if not _holds(session, claim)]
    assert not wrong, "\n".join(["", *wrong, case.why])


@pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
def test_every_expression_gives_what_the_specification_says(table: Table) -> None:
    session = begin(definition_of(table.form, table.attachments), now=table.now, seed=table.seed)
    wrong = [
        f"{row.expression} = {_value(session, row)!r}, not {row.result!r}: {row.source}"
        for row in table.rows
        if _value(session, row) != row.result
    ]
    assert not wrong, "\n".join(["", *wrong])


def test_every_function_and_type_of_the_specification_has_a_case() -> None:
    """The lists are those of the ODK XForms specification ("XPath Functions") and the XLSForm reference."""
    written = "\n".join([*(case.form for case in CASES), *(row.expression for table in TABLES for row in table.rows)])
    functions = (
        "string concat join substr substring-before substring-after translate string-length normalize-space contains "
        "starts-with ends-with uuid digest pulldata if coalesce once true false boolean boolean-from-string not regex "
        "checklist weighted-checklist number random int sum max min round pow log log10 abs sin cos tan asin acos atan "
        "atan2 sqrt exp exp10 pi count count-non-empty position instance current randomize today now format-date "
        "format-date-time date decimal-date-time decimal-time selected selected-at count-selected jr:choice-name "
        "jr:itext indexed-repeat area distance base64-decode substring floor ceiling last name local-name"
    )
    types = (
        "integer decimal range text select_one select_multiple select_one_from_file select_multiple_from_file rank "
        "note geopoint geotrace geoshape date time dateTime image audio video file barcode calculate acknowledge "
        "hidden xml-external csv-external begin_group begin_repeat start today username email phonenumber"
    )
    assert [name for name in functions.split() if f"{name}(" not in written] == []
    assert [name for name in types.split() if f"| {name} " not in written] == []


def _refusal(case: Case) -> str:
    with pytest.raises(RuleBroken) as caught:
        begin(definition_of(case.form, case.attachments), now=case.now)
    findings = caught.value.findings if isinstance(caught.value, FormRefused) else ()
    said = [str(caught.value), *(f"{finding.sentence} {finding.place.path}" for finding in findings)]
    return " ".join(said).casefold()


def _value(session: FormSession, row: Row) -> str:
    return session.node(row.node).value


def _node(session: FormSession, path: str) -> NodeView | None:
    try:
        return session.node(path)
    except RuleBroken:
        return None


def _actual(session: FormSession, claim: Claim) -> object:
    if claim.kind.startswith("instance"):
        return in_submission(session.instance_xml(), claim.path)
    if claim.kind in {"complete", "incomplete"}:
        return [f"{problem.path}: {problem.message}" for problem in session.problems()]
    node = _node(session, claim.path)
    if node is None or claim.kind in {"exists", "missing"}:
        return "there" if node else "not there"
    match claim.kind:
        case "value":
            return node.value
        case "label":
            return node.label
        case "hint":
            return node.hint
        case "choices":
            return " ".join(choice.value for choice in session.choices(claim.path))
        case "choice labels":
            return ", ".join(choice.label for choice in session.choices(claim.path))
        case "invalid":
            return node.message if node.valid is False else "valid"
        case _:
            return node


def _holds(session: FormSession, claim: Claim) -> bool:
    actual = _actual(session, claim)
    match claim.kind:
        case "instance lacks":
            return actual is None
        case "complete":
            return actual == []
        case "incomplete":
            return actual != []
        case "exists":
            return actual == "there"
        case "missing":
            return actual == "not there"
        case "value" | "label" | "hint" | "choices" | "choice labels" | "instance has":
            return actual == claim.text
        case "invalid":
            return actual != "valid" and (not claim.text or actual == claim.text)
        case kind:
            node = _node(session, claim.path)
            return node is not None and HOLDS[kind](node)

"""Forms that others published run without a crash, or are refused with a sentence that names what is not supported.

`published/NOTICE.md` says where they come from. More are tried from the folder in `HAVEN_PUBLISHED_FORMS`, and from
`../shared/forms` beside the checkout when it is there.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree

from app.forms.definition import FormDefinition
from app.forms.problems import FormRefused
from app.forms.session import FormSession
from tests.forms.answering import steps
from tests.forms.driving import begin, definition_of

HERE = Path(__file__).resolve().parent / "published"
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "forms"
KINDS = {".xml", ".md", ".xlsx", ".xls"}
NOW = datetime.fromisoformat("2026-03-15T10:30:00.000-05:00")
LEAST = 40

_NOWHERE = "The form speaks of"
_APP = "asks for another application"
_SEALED = "Forms that are encrypted with a key of their own"
REFUSED: dict[str, str] = {
    "enketo/bad-external.xml": _NOWHERE,
    "enketo/clinicaldatasubmission.xml": "attributes (“@”) cannot be asked for",
    "enketo/external.xml": _NOWHERE,
    "enketo/itemset.xml": _NOWHERE,
    "enketo/no-instance-id.xml": _NOWHERE,
    "enketo/oc-external.xml": _NOWHERE,
    "enketo/repeating-group-not-displayed.xml": _NOWHERE,
    "enketo/secondary-lang-form-nolang.xml": "the function “translate” does not take 1 arguments",
    "enketo/setgeopoint-repeat-tricky.xml": _NOWHERE,
    "enketo/setvalue-repeat-tricky.xml": _NOWHERE,
    "pyxform/attribute_columns_test.md": _APP,
    "pyxform/calculate_without_calculation.md": "Missing calculation",
    "pyxform/cascades_old.md": "Could not find the name 'q5_construction_site_district'",
    "pyxform/cascades_old_with_no_cascade_sheet.md": "Could not find the name 'q5_construction_site_district'",
    "pyxform/cascading_select_test.md": "Unknown question type 'cascading_select lga'",
    "pyxform/duplicate_columns.md": _SEALED,
    "pyxform/flat_xlsform_test.md": _APP,
    "pyxform/group_name_test.md": "Question or group with no name",
    "pyxform/include.md": "This section has not been included",
    "pyxform/include_json.md": "This section has not been included",
    "pyxform/not_closed_group_test.md": "No matching 'end_group' was found",
    "pyxform/old_cascades.md": "Unknown question type 'cascading_select cities'",
    "pyxform/search_and_select.md": "The appearance “search()” is not supported",
    "pyxform/simple_loop.md": "List name not in columns sheet",
    "pyxform/text_and_integer_xlsx.md": "has no label or hint",
    "pyxform/unknown_question_type.md": "Headers that are different names for the same column were found",
    "pyxform/xl_date_ambiguous.md": "the axis “label” is not supported",
    "pyxform/xlsform_spec_test.md": _APP,
}
"""By form: words of the sentence that it is refused with."""


def published() -> Iterator[Path]:
    """Every form that is here, and those in the folders of others."""
    folders = [HERE, BESIDE, *(Path(name) for name in [os.environ.get("HAVEN_PUBLISHED_FORMS")] if name)]
    for folder in folders:
        yield from sorted(path for path in folder.rglob("*") if path.suffix in KINDS and path.name != "NOTICE.md")


FORMS = list(published())


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def read(path: Path) -> FormDefinition:
    """The form with the lists that lie beside it."""
    lists = {other.name: other.read_bytes() for other in path.parent.iterdir() if other.suffix in {".csv", ".geojson"}}
    return definition_of(path.read_bytes(), lists, path.name)


@pytest.mark.parametrize("path", FORMS, ids=[name_of(path) for path in FORMS])
def test_a_published_form_runs_or_says_why_not(path: Path) -> None:
    try:
        definition = read(path)
    except FormRefused as refused:
        said = " ".join(finding.sentence for finding in refused.findings)
        expected = REFUSED.get(name_of(path)) if path.is_relative_to(HERE) else ""
        assert expected is not None, f"refused, and it should not be: {said}"
        assert expected in said
        assert said.strip(), "a refusal says why"
        return
    assert name_of(path) not in REFUSED, "this form runs now: take it off the list"
    answer_everything(begin(definition, now=NOW, seed=7), random.Random(path.name))


def test_enough_forms_are_here(capsys: pytest.CaptureFixture[str]) -> None:
    here = [path for path in FORMS if path.is_relative_to(HERE)]
    with capsys.disabled():
        others = len(FORMS) - len(here)
        sentence = f"{len(here)} published forms here, {len(REFUSED)} of them refused; {others} from elsewhere"
        print(f"\n{sentence}")  # noqa: T201
    assert len(here) - len(REFUSED) >= LEAST


def answer_everything(session: FormSession, chance: random.Random) -> None:
    """Answer what is shown, three times over with other answers, in every language; nothing may be lost or crash."""
    for _ in range(3):
        for step in steps(session, chance):
            if "value" in step:
                assert session.node(str(step["path"])).value == step["value"]
        session.pages()
    for language in session.definition.languages:
        session.set_language(language)
        for node in session.nodes():
            assert isinstance(node.label, str)
    session.problems()
    again = FormSession(
        session.definition, now=lambda: NOW, seed=7, new_uuid=session.runtime.new_uuid, state=session.state()
    )
    assert canonical(again.instance_xml()) == canonical(session.instance_xml())


def canonical(xml: bytes) -> bytes:
    """The same bytes for the same document."""
    return bytes(etree.tostring(etree.fromstring(xml), method="c14n"))

"""Files as they come: workbooks good and hostile, what is said about them and where, and the child's closed doors."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path

import msgspec
import openpyxl
import pytest

from app.errors import EnvironmentProblem
from app.forms import child, workbook
from app.forms.__main__ import main
from app.forms.check import check
from app.forms.child import Answer, Request
from app.forms.convert import to_xform
from app.forms.limits import LIMITS, Limits
from app.forms.problems import FormRefused

Rows = list[list[object]]


def book(survey: Rows, choices: Rows | None = None, settings: Rows | None = None) -> bytes:
    """A workbook with these sheets."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
        if rows is not None:
            sheet = made.create_sheet(name)
            for row in rows:
                sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


_SURVEY: Rows = [
    ["type", "name", "label", "relevant", "calculation"],
    ["text", "who", "Who?"],
    ["begin group", "g", "Group"],
    ["select_one yn", "ok", "All right?", "${who} != ''"],
    ["calculate", "n", None, None, "string-length(${who})"],
    ["end group"],
]
_CHOICES: Rows = [["list_name", "name", "label"], ["yn", "yes", "Yes"], ["yn", "no", "No"]]
_SETTINGS: Rows = [["form_title", "form_id", "version"], ["A form", "a_form", 7]]


def _answer(data: bytes, name: str = "form.xlsx", limits: Limits = LIMITS) -> Answer:
    """What the child answers, in this process: quicker where its walls are not what is tested."""
    return child.answer(Request(data, name, limits, compile=True))


def _with(row: list[object], at: int = 2) -> bytes:
    survey = [*_SURVEY[:at], row, *_SURVEY[at:]]
    return book(survey, _CHOICES, _SETTINGS)


def test_a_workbook_is_converted_in_a_child() -> None:
    found = to_xform(book(_SURVEY, _CHOICES, _SETTINGS), "form.xlsx")
    assert b"<h:title>A form</h:title>" in found.xml
    assert found.warnings == ()


def test_the_report_names_what_is_in_the_form() -> None:
    report = check(book(_SURVEY, _CHOICES, _SETTINGS), "form.xlsx")
    assert report.ok and report.form is not None
    assert (report.id, report.version, report.title) == ("a_form", "7", "A form")
    assert [(question.path, question.kind, question.row) for question in report.questions] == [
        ("/data/who", "input", 2),
        ("/data/g/ok", "select1", 4),
    ]
    assert report.functions == ("instance", "jr:itext", "string-length") or "string-length" in report.functions


def test_a_form_without_an_identifier_takes_the_name_of_its_file() -> None:
    assert msgspec.msgpack.decode(_answer(book(_SURVEY, _CHOICES), "intake.xlsx").compiled[40:])[0] == "intake"


@pytest.mark.parametrize(
    ("row", "said", "place"),
    [
        (["text", "who", "Again"], "who", ("survey", 3, "name")),
        (["blob", "x", "X"], "blob", ("survey", 3, "type")),
        (["select_one none", "x", "X"], "none", ("survey", 3, "type")),
        (["text", "x y", "X"], "x y", ("survey", 3, "name")),
        (["text", "x", "X", "${nobody} = 1"], "nobody", ("survey", 3, "relevant")),
        (["text", "x", "X", "1 + "], "1 +", ("survey", 3, "relevant")),
        (["text", "x", "X", "shout(${who})"], "shout", ("survey", 3, "relevant")),
        (["calculate", "x", None, None, "${x} + 1"], "/data/x", ("survey", 3, "calculation")),
        (["begin repeat", "x", "X"], "begin", ("survey", 3, "")),
    ],
)
def test_what_is_wrong_is_said_with_its_sheet_row_and_column(
    row: list[object], said: str, place: tuple[str, int, str]
) -> None:
    errors = _answer(_with(row)).errors
    assert errors, "the form was not refused"
    assert said in errors[0].sentence
    found = errors[0].place
    assert (found.sheet, found.row) == place[:2]
    assert found.column == place[2] or not found.column


def test_what_is_wrong_in_the_choices_is_said_with_its_row() -> None:
    errors = _answer(book(_SURVEY, [*_CHOICES, ["yn", "yes", "Yes again"]], _SETTINGS)).errors
    assert (errors[0].place.sheet, errors[0].place.row) == ("choices", 4)
    assert "yes" in errors[0].sentence


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("form.xlsx", b"not a zip"), ("form.xlsx", b"PK\x03\x04broken"), ("form.xls", b"PK\x03\x04"), ("form.md",
        b"\xff\xfe"), ("form.xml", b"\x00\x01"), ("form.exe", b"MZ"), ("form", b""), ("form.md", b"no table"),
        ("form.xml", b"<a/>"), ("form.xlsx", b""), ("form.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
        ("form.csv", b"a"),
    ],
)  # fmt: skip
def test_files_that_are_no_forms_are_refused_with_a_sentence(name: str, data: bytes) -> None:
    errors = _answer(data, name).errors
    assert errors and errors[0].sentence


def test_a_row_of_a_table_that_is_longer_than_its_heading_is_named() -> None:
    table = "| survey |\n| | type | name | label |\n| | text | a | A |\n| | text | b | B | and | more |\n"
    errors = _answer(table.encode(), "form.md").errors
    assert (errors[0].text, errors[0].place.sheet, errors[0].place.row) == (workbook.LONGER_THAN_HEADING, "survey", 3)


def _archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_workbook_that_unpacks_to_too_much_is_not_opened() -> None:
    bomb = _archive({"xl/worksheets/sheet1.xml": b"<x>" + b" " * 60_000_000 + b"</x>"})
    assert len(bomb) < 100_000
    with pytest.raises(FormRefused) as refused:
        workbook.look_inside(bomb, LIMITS)
    assert refused.value.findings[0].text == workbook.TOO_MUCH_INSIDE


def test_a_sheet_with_too_many_cells_is_not_opened() -> None:
    rows = b"<row><c/><c r='B'/></row>" * 40_000
    sheet = _archive({"xl/worksheets/sheet1.xml": b"<sheetData>" + rows + b"</sheetData>"})
    workbook.look_inside(sheet, Limits(cells=80_000, rows=40_000))
    for limits in (Limits(cells=79_999), Limits(rows=39_999)):
        with pytest.raises(FormRefused) as refused:
            workbook.look_inside(sheet, limits)
        assert refused.value.findings[0].text == workbook.TOO_MANY_CELLS


def test_cells_are_counted_across_the_pieces_that_are_read() -> None:
    rows = b"<row r='1'><c r='A1'/></row>" * 150_000  # more than one megabyte, so that tags are cut in two
    sheet = _archive({"xl/worksheets/sheet1.xml": rows})
    workbook.look_inside(sheet, Limits(cells=150_000, rows=150_000, ratio=10_000))
    with pytest.raises(FormRefused):
        workbook.look_inside(sheet, Limits(cells=149_999, rows=150_000, ratio=10_000))


def test_too_many_members_and_too_large_files_are_refused() -> None:
    with pytest.raises(FormRefused):
        workbook.look_inside(_archive({f"m{number}": b"" for number in range(30)}), Limits(members=29))
    assert _answer(b"PK\x03\x04" + b"x" * 200, limits=Limits(file=100)).errors
    with pytest.raises(FormRefused):
        to_xform(b"x" * 200, "form.md", limits=Limits(file=100))


def test_entities_in_a_sheet_are_not_expanded() -> None:
    good = zipfile.ZipFile(io.BytesIO(book(_SURVEY, _CHOICES, _SETTINGS)))
    members = {name: good.read(name) for name in good.namelist()}
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        hostile = {**members, name: bomb + members[name].partition(b"?>")[2]}
        answer = _answer(_archive(hostile))
        assert answer.errors and b"aaaaaaaaaa" not in answer.xml


def test_formulas_are_not_run_and_their_last_value_is_taken() -> None:
    survey: Rows = [["type", "name", "label"], ["text", "who", "=1+1"], ["text", "x", "=cmd|' /C calc'!A0"]]
    answer = _answer(book(survey, None, _SETTINGS))
    assert b"1+1" not in answer.xml and b"cmd" not in answer.xml


@pytest.mark.skipif(sys.platform == "win32", reason="the limits of a process are those of POSIX")
def test_a_child_that_takes_too_much_is_stopped() -> None:
    hungry = "\n".join(["| survey |", "| | type | name | label |", *[f"| | text | q{n} | L |" for n in range(30_000)]])
    for limits in (Limits(memory=150 * 1024 * 1024), Limits(seconds=1)):
        report = check(hungry.encode(), "form.md", limits=limits)
        assert not report.ok and report.errors[0].sentence


def test_a_child_that_answers_nonsense_or_is_not_there_is_a_sentence() -> None:
    with pytest.raises(FormRefused):
        to_xform(b"| survey |", "form.md", command=[sys.executable, "-c", "print('no')"])
    with pytest.raises(FormRefused):
        to_xform(b"| survey |", "form.md", command=[sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(EnvironmentProblem):
        to_xform(b"| survey |", "form.md", command=["/nowhere/haven"])


_MISCHIEF = """
import sys, {module}
sys.path.insert(0, {root!r})
from app.forms import child
from app.forms.limits import LIMITS
child.shut_the_doors(LIMITS)
try:
    {act}
except (PermissionError, OSError, ValueError) as refused:
    print(type(refused).__name__)
else:
    print("done")
"""


@pytest.mark.parametrize(
    ("module", "act"),
    [
        ("socket", "socket.socket()"),
        ("subprocess", "subprocess.run(['true'])"),
        ("os", "os.system('true')"),
        ("os", "open('haven-mischief', 'w')"),
        ("os", "os.open('haven-mischief', os.O_CREAT)"),
        ("urllib.request", "urllib.request.urlopen('http://127.0.0.1:9')"),
    ],
)
def test_the_child_has_no_network_no_programs_and_writes_nothing(module: str, act: str) -> None:
    import subprocess

    root = str(Path(__file__).resolve().parents[3])
    program = _MISCHIEF.format(module=module, root=root, act=act)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() in ("PermissionError", "OSError"), done.stderr


# The command


def _said(tmp_path: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    out = io.StringIO()
    code = main(list(arguments), out)
    return code, json.loads(out.getvalue())


def test_check_prints_a_report_and_fails_for_a_form_that_cannot_be_used(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    good.write_bytes(book(_SURVEY, _CHOICES, _SETTINGS))
    bad.write_bytes(_with(["blob", "x", "X"]))
    code, report = _said(tmp_path, "check", str(good))
    assert (code, report["ok"], report["errors"]) == (0, True, [])
    code, report = _said(tmp_path, "check", str(bad))
    assert code == 1
    errors = report["errors"]
    assert isinstance(errors, list) and errors[0]["row"] == 3 and errors[0]["sheet"] == "survey"
    code, report = _said(tmp_path, "check", str(tmp_path / "none.xlsx"))
    assert code == 1 and report["errors"]


def test_run_prints_every_node_and_the_submission(tmp_path: Path) -> None:
    form, answers = tmp_path / "form.md", tmp_path / "answers.json"
    form.write_text(
        """
| survey |
|        | type              | name | label      | required |
|        | text              | who  | Who?       | yes      |
|        | select_multiple l | l    | Which?     |          |
|        | begin_repeat      | r    | More       |          |
|        | integer           | age  | How old?   |          |
|        | end_repeat        |      |            |          |
| choices |
|        | list_name | name | label |
|        | l         | a    | A     |
|        | l         | b    | B     |
"""
    )
    steps = [
        {"path": "/data/l", "value": ["b", "a"]},
        {"path": "/data/r[2]", "add": True},
        {"path": "/data/r[2]/age", "value": 7},
        {"path": "/data/r[1]", "remove": True},
    ]
    answers.write_text(json.dumps(steps))
    code, found = _said(tmp_path, "run", str(form), "--answers", str(answers), "--today", "2026-01-20T10:00:00-05:00")
    nodes = found["nodes"]
    assert code == 0 and isinstance(nodes, dict)
    assert nodes["/data/l"]["value"] == "b a"
    assert nodes["/data/r[1]/age"] == {
        "value": "7", "relevant": True, "required": False, "readonly": False, "valid": True, "message": None,
        "label": "How old?",
    }  # fmt: skip
    assert found["complete"] is False
    assert "<age>7</age>" in str(found["instance"])
    assert [problem["path"] for problem in found["problems"]] == ["/data/who"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "steps", ["{}", "[1]", '[{"value": 1}]', '[{"path": "/data/who"}]', "no", '[{"path": "/data/z", "value": 1}]']
)
def test_answers_that_cannot_be_taken_are_a_sentence(tmp_path: Path, steps: str) -> None:
    form, answers = tmp_path / "form.md", tmp_path / "answers.json"
    form.write_text("| survey |\n| | type | name | label |\n| | text | who | Who? |\n")
    answers.write_text(steps)
    code, found = _said(tmp_path, "run", str(form), "--answers", str(answers))
    assert code == 1 and found["errors"]


def test_lists_are_found_beside_the_form(tmp_path: Path) -> None:
    form = tmp_path / "form.md"
    form.write_text("| survey |\n| | type | name | label |\n| | select_one_from_file towns.csv | t | Town |\n")
    assert "towns.csv" in str(_said(tmp_path, "check", str(form))[1]["warnings"])
    (tmp_path / "form-media").mkdir()
    (tmp_path / "form-media" / "towns.csv").write_text("name,label\na,Ajax\n")
    assert _said(tmp_path, "check", str(form))[1]["warnings"] == []

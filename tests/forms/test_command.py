"""The command never ends in a traceback: it answers in JSON whatever it is given, and says what is wrong."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.forms.__main__ import main
from tests.forms.engine.written import asked, bind, xform

FORM = xform(
    "<who/><age/><r><v/></r>",
    binds=bind("age", kind="int", constraint=". > 5"),
    body=asked("who")
    + asked("age")
    + f'<group ref="/data/r"><repeat nodeset="/data/r">{asked("r/v")}</repeat></group>',
)
BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><x>&c;</x>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>"""


def asked_for(*arguments: str) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    code = main([*arguments], out)
    return code, json.loads(out.getvalue())


def run(folder: Path, answers: object, *more: str, form: bytes = FORM) -> tuple[int, dict[str, Any]]:
    (folder / "form.xml").write_bytes(form)
    written = answers if isinstance(answers, bytes) else json.dumps(answers).encode()
    (folder / "answers.json").write_bytes(written)
    return asked_for("run", str(folder / "form.xml"), "--answers", str(folder / "answers.json"), *more)


def test_a_run_prints_every_node_and_the_submission(tmp_path: Path) -> None:
    code, found = run(
        tmp_path,
        [
            {"path": "/data/who", "value": "Ana"},
            {"path": "/data/age", "value": 3},
            {"path": "/data/r[2]", "add": True},
            {"path": "/data/r[2]/v", "value": ["b", "c"]},
            {"path": "/data/r[1]", "remove": True},
        ],
    )
    assert code == 0 and not found["complete"]
    assert found["problems"] == [
        {"path": "/data/age", "kind": "constraint", "message": found["nodes"]["/data/age"]["message"]}
    ]
    age = found["nodes"]["/data/age"]
    assert set(age) == {"value", "relevant", "required", "readonly", "valid", "message", "label"}
    assert (age["value"], age["relevant"], age["required"], age["readonly"], age["valid"]) == (
        "3",
        True,
        False,
        False,
        False,
    )
    assert found["nodes"]["/data/r[1]/v"]["value"] == "b c" and "/data/r[2]/v" not in found["nodes"]
    assert "<who>Ana</who>" in found["instance"]


def test_a_check_names_what_the_form_holds(tmp_path: Path) -> None:
    (tmp_path / "form.xml").write_bytes(FORM)
    code, found = asked_for("check", str(tmp_path / "form.xml"))
    assert code == 0 and found["ok"] and found["errors"] == []
    assert {"questions", "languages", "functions", "errors", "warnings"} <= set(found)
    assert [question["path"] for question in found["questions"]] == ["/data/who", "/data/age", "/data/r/v"]


@pytest.mark.parametrize(
    "answers",
    [
        b"",
        b"not json",
        b"\xff\xfe\x00",
        b"[" * 50_000,
        b'{"path": "/data/who", "value": "x"}',
        b'["/data/who"]',
        b'[{"value": "x"}]',
        b'[{"path": 7, "value": "x"}]',
        b'[{"path": "/data/who"}]',
        b'[{"path": "/data/who", "value": {"a": 1}}]',
        b'[{"path": "/data/who", "value": [["a"]]}]',
        b'[{"path": "/data/who", "value": [1, null]}]',
        b'[{"path": "", "value": "x"}]',
        b'[{"path": "/", "value": "x"}]',
        b'[{"path": "/data/nobody", "value": "x"}]',
        b'[{"path": "/data/\\ud800", "value": "x"}]',
        b'[{"path": "/data/r[0]/v", "value": "x"}]',
        b'[{"path": "/data/r[-1]/v", "value": "x"}]',
        b'[{"path": "/data/r[99999999999999999999]/v", "value": "x"}]',
        b'[{"path": "/data/r[2]/v", "value": "x"}]',
        b'[{"path": "/data/r[7]", "add": true}]',
        b'[{"path": "/data/who", "add": true}]',
        b'[{"path": "/data/r[4]", "remove": true}]',
        b'[{"path": "/data/r", "value": "x"}]',
        b'[{"path": "/data", "value": "x"}]',
    ],
)
def test_answers_that_cannot_be_taken_are_said(tmp_path: Path, answers: bytes) -> None:
    code, found = run(tmp_path, answers)
    assert code == 1 and found["ok"] is False
    assert all(error["message"] and "{" not in error["message"] for error in found["errors"])


@pytest.mark.parametrize("value", ["\ud800", "\x00", "9" * 5000, 1e308, float("nan"), 10**400, True, None, [], ["a"]])
def test_odd_values_are_kept_or_refused_and_can_be_printed(tmp_path: Path, value: object) -> None:
    code, found = run(tmp_path, [{"path": "/data/who", "value": value}, {"path": "/data/age", "value": value}])
    assert code in (0, 1)
    json.dumps(found).encode("utf-8", "surrogatepass").decode("utf-8")


@pytest.mark.parametrize("today", ["", "today", "2026-13-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_odd_moments_are_said(tmp_path: Path, today: str) -> None:
    dated = xform(
        "<d/><t/>", binds=bind("d", calculate="decimal-date-time(now()) + today()") + bind("t", calculate="now()")
    )
    code, found = run(tmp_path, [], "--today", today, form=dated)
    assert code == 1 and found["errors"][0]["message"]


@pytest.mark.parametrize(
    "data", [b"", b"<", b"\x00" * 100, BOMB, OUTSIDE, b"\xff\xfe<\x00x\x00", b"<x/>", b"<h:html/>"]
)
def test_hostile_xml_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "form.xml").write_bytes(data)
    code, found = asked_for("check", str(tmp_path / "form.xml"))
    assert code == 1 and not found["ok"] and found["errors"][0]["message"]
    assert "aaaaaaaaaaaaaaaa" not in json.dumps(found)


def test_hostile_workbooks_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * 120_000_000)
    for name, data in (("bomb.xlsx", bomb.read_bytes()), ("no.xlsx", b"PK\x03\x04"), ("no.exe", b"MZ"), ("no.md", b"")):
        (tmp_path / name).write_bytes(data)
        code, found = asked_for("check", str(tmp_path / name))
        assert code == 1 and found["errors"][0]["message"], name


def test_files_that_are_not_there_or_are_folders_are_said(tmp_path: Path) -> None:
    (tmp_path / "form.xml").write_bytes(FORM)
    for form, answers in ((tmp_path, tmp_path), (tmp_path / "form.xml", tmp_path), (tmp_path / "gone.xml", tmp_path)):
        code, found = asked_for("run", str(form), "--answers", str(answers))
        assert code == 1 and found["errors"][0]["message"]


def test_it_prints_utf_8_whatever_the_terminal_says(tmp_path: Path) -> None:
    (tmp_path / "form.xml").write_bytes(FORM.replace(b"Written", "Écrit – 書".encode()))
    command = [sys.executable, "-m", "app.forms", "check", str(tmp_path / "form.xml")]
    done = subprocess.run(command, env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True)
    assert done.returncode == 0 and json.loads(done.stdout.decode())["title"] == "Écrit – 書" and done.stderr == b""

"""Forms at the command line.

    python -m app.forms check FORM                      a JSON report; exit code 1 when the form cannot be used
    python -m app.forms run FORM --answers ANSWERS.json  every node and the submission after these answers, as JSON

FORM is a workbook (.xlsx, .xlsm, .xls), an XForm (.xml) or a table in text (.md, .csv). Lists that it asks for are
looked for in `--media FOLDER`, or else beside it, in FORM-media and in its folder.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

from app.errors import HavenError, RuleBroken
from app.forms.check import Report, check
from app.forms.limits import LIMITS
from app.forms.session import FormSession
from app.words import mark

CANNOT_READ = mark("The file cannot be read.")
NOT_A_MOMENT = mark("The present must be written as 2026-01-20T10:00:00-05:00.")
NOT_ANSWERS = mark("The answers are not a list of steps with a path.")
_LIST_ENDINGS = frozenset({".csv", ".xml", ".geojson"})
_MOST_LISTS = 200
_EARLIEST, _LATEST = 1900, 2200
"""The years of a present that forms can count with, days before and after included."""


def main(arguments: list[str] | None = None, out: TextIO | None = None) -> int:
    """Run what the command line asks for; the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        found = asked.work(asked)
    except HavenError as problem:
        found = {"ok": False, "errors": [{"message": problem.sentence}]}
    _print(found, out)
    return 0 if found.get("ok", True) else 1


def _print(found: Mapping[str, Any], out: TextIO | None) -> None:
    """JSON in UTF-8, whatever the terminal says; half a character becomes a question mark."""
    text = json.dumps(found, ensure_ascii=False, indent=2).encode("utf-8", "replace")
    if out is not None:
        out.write(f"{text.decode('utf-8')}\n")
        return
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.forms", description="Check and run XLSForms")
    commands = parser.add_subparsers(required=True)
    checking = commands.add_parser("check", help="report on a form")
    checking.set_defaults(work=_check)
    running = commands.add_parser("run", help="answer a form")
    running.set_defaults(work=_run)
    running.add_argument("--answers", type=Path, required=True, help="a JSON list of steps")
    running.add_argument("--language", default="", help="one of the form's languages, by name or code")
    running.add_argument("--today", help="the present, as 2026-01-20T10:00:00-05:00")
    running.add_argument("--seed", type=int, default=0, help="decides all chance")
    for command in (checking, running):
        command.add_argument("form", type=Path)
        command.add_argument("--media", type=Path, help="folder of the lists that the form asks for")
    return parser


def _report(asked: argparse.Namespace) -> Report:
    return check(_bytes(asked.form), asked.form.name, attachments=_attachments(asked.form, asked.media))


def _attachments(form: Path, media: Path | None) -> dict[str, bytes]:
    folders = [media] if media else [form.parent, form.with_name(f"{form.stem}-media")]
    found: dict[str, bytes] = {}
    for folder in folders:
        for file in sorted(folder.glob("*")) if folder.is_dir() else ():
            if file.suffix.lower() in _LIST_ENDINGS and file != form and len(found) < _MOST_LISTS and _small(file):
                found[file.name] = _bytes(file)
    return found


def _small(file: Path) -> bool:
    try:
        return file.is_file() and file.stat().st_size <= LIMITS.file
    except OSError:
        return False


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise RuleBroken(CANNOT_READ) from None


def _check(asked: argparse.Namespace) -> dict[str, Any]:
    return _report(asked).as_json()


def _run(asked: argparse.Namespace) -> dict[str, Any]:
    report = _report(asked)
    if report.form is None:
        return report.as_json()
    session = FormSession(
        report.form,
        language=asked.language,
        now=_clock(asked.today),
        seed=asked.seed,
        new_uuid=_uuids(asked.seed),
    )
    for step in _steps(asked.answers):
        take(session, step)
    problems = session.finish()
    return {
        "nodes": {view.path: shown(view) for view in session.nodes()},
        "instance": session.instance_xml().decode("utf-8"),
        "complete": not problems,
        "problems": [{"path": found.path, "kind": found.kind, "message": found.message} for found in problems],
    }


def take(session: FormSession, step: Mapping[str, Any]) -> None:
    """Apply one step of an answers file."""
    path = step.get("path")
    if not isinstance(path, str):
        raise RuleBroken(NOT_ANSWERS)
    if step.get("add"):
        session.add(path)
    elif step.get("remove"):
        session.remove(path)
    elif "value" in step and _is_value(step["value"]):
        session.set(path, step["value"])
    else:
        raise RuleBroken(NOT_ANSWERS)


def _is_value(value: object) -> bool:
    """A text, a number, a truth, nothing, or a list of texts."""
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return value is None or isinstance(value, str | int | float)


def shown(view: Any) -> dict[str, Any]:
    """One node as the command prints it."""
    names = ("value", "relevant", "required", "readonly", "valid", "message", "label")
    return {name: getattr(view, name) for name in names}


def _steps(file: Path) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(_bytes(file).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise RuleBroken(CANNOT_READ) from None
    if not isinstance(found, list) or not all(isinstance(step, dict) for step in found):
        raise RuleBroken(NOT_ANSWERS)
    return found


def _clock(today: str | None) -> Callable[[], datetime]:
    if today is None:
        return lambda: datetime.now().astimezone()
    try:
        moment = datetime.fromisoformat(today)
    except ValueError:
        raise RuleBroken(NOT_A_MOMENT) from None
    fixed = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    if not _EARLIEST <= fixed.year <= _LATEST:
        raise RuleBroken(NOT_A_MOMENT)
    return lambda: fixed


def _uuids(seed: int) -> Callable[[], str]:
    chance = random.Random(seed)
    return lambda: str(UUID(int=chance.getrandbits(128), version=4))


if __name__ == "__main__":
    raise SystemExit(main())

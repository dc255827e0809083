"""Is this form one that Haven can run? Everything that is wrong with it, with sheet, row and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from app.forms.child import Request
from app.forms.convert import ask
from app.forms.data import Control
from app.forms.definition import FormDefinition
from app.forms.limits import LIMITS, Limits
from app.forms.problems import Finding, FormRefused


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """One question of the form; `row` is its row of the sheet survey."""

    path: str
    kind: str
    type: str
    row: int = 0


class Report(msgspec.Struct, frozen=True):
    """What the check found. The form can be used when `errors` is empty; `form` is it then, `xml` its XForm and
    `attachments` its lists: those that were given and those that the converter made files of.
    """

    name: str
    id: str = ""
    version: str = ""
    title: str = ""
    languages: tuple[str, ...] = ()
    default_language: str = ""
    questions: tuple[Question, ...] = ()
    functions: tuple[str, ...] = ()
    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    xml: bytes = b""
    attachments: dict[str, bytes] = {}
    form: FormDefinition | None = None

    @property
    def ok(self) -> bool:
        """Whether the form can be used."""
        return not self.errors

    def as_json(self) -> dict[str, Any]:
        """The report as the command prints it."""
        return {
            "form": self.name,
            "ok": self.ok,
            "id": self.id,
            "version": self.version,
            "title": self.title,
            "titles": dict(self.form.titles) if self.form is not None else {},
            "languages": list(self.languages),
            "default_language": self.default_language,
            "questions": [msgspec.to_builtins(question) for question in self.questions],
            "functions": list(self.functions),
            "errors": [_as_json(finding) for finding in self.errors],
            "warnings": [_as_json(finding) for finding in self.warnings],
        }


def check(
    data: bytes,
    name: str,
    *,
    attachments: Mapping[str, bytes] | None = None,
    limits: Limits = LIMITS,
    command: Sequence[str] | None = None,
) -> Report:
    """The report on a file; `name` tells its kind, `attachments` are the lists that it asks for by file name.

    Reading happens in a child process. Raises EnvironmentProblem only when that cannot be started.
    """
    try:
        found = ask(Request(data, name, limits, dict(attachments or {}), compile=True), command)
    except FormRefused as refused:
        return Report(name, errors=refused.findings)
    if found.errors:
        return Report(name, errors=found.errors, warnings=found.warnings, xml=found.xml)
    form = FormDefinition.from_bytes(found.compiled)
    return Report(
        name=name,
        id=form.id,
        version=form.version,
        title=form.title,
        languages=form.languages,
        default_language=form.default_language,
        questions=tuple(_questions(form, form.body, found.rows)),
        functions=form.functions,
        warnings=found.warnings,
        xml=found.xml,
        attachments={**(attachments or {}), **found.attachments},
        form=form,
    )


def _questions(form: FormDefinition, controls: tuple[Control, ...], rows: Mapping[str, int]) -> Iterator[Question]:
    for control in controls:
        if control.kind not in ("group", "repeat"):
            spec = form.compiled.specs[control.place]
            row = rows.get(spec.path.strip("/").partition("/")[2], 0)
            yield Question(spec.path, control.kind, form.compiled.bind(spec).type, row)
        yield from _questions(form, control.children, rows)


def _as_json(finding: Finding) -> dict[str, Any]:
    return {"message": finding.sentence, **msgspec.to_builtins(finding.place)}

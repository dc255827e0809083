"""The child process that reads a form: bounded in time and memory, without network, without writing a file; it dies
alone.

One request on its input, one answer on its output. Everything that can be wrong comes back as findings.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, BinaryIO

import msgspec

from app import apart
from app.errors import HavenError
from app.forms import places, workbook
from app.forms.definition import FormDefinition, load
from app.forms.limits import Limits
from app.forms.problems import Finding, FormRefused
from app.words import mark

UNREADABLE = mark("The form cannot be read.")
TOO_MUCH = mark("The form needs more memory than it may have.")


class Request(msgspec.Struct, frozen=True):
    """A file with its name and the lists that belong to it. `compile` asks for the compiled form too."""

    data: bytes
    name: str
    limits: Limits
    attachments: dict[str, bytes] = {}
    compile: bool = False


class Answer(msgspec.Struct, frozen=True):
    """The XForm, the compiled form when it was asked for, and what was found."""

    xml: bytes = b""
    compiled: bytes = b""
    attachments: dict[str, bytes] = {}
    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    rows: dict[str, int] = {}


def serve(stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Answer the one request on `stdin`."""
    request = msgspec.msgpack.decode(stdin.read(), type=Request)
    _load_libraries()
    shut_the_doors(request.limits)
    stdout.write(msgspec.msgpack.encode(answer(request)))
    stdout.flush()


def _load_libraries() -> None:
    """Imports that open files, before the doors are shut."""
    import openpyxl
    from pyxform import xls2json, xls2json_backends  # noqa: F401

    if not openpyxl.DEFUSEDXML:
        raise RuntimeError(mark("The hardened XML parser is missing."))


def answer(request: Request) -> Answer:
    """The answer to one request. Every error ends here."""
    try:
        return _answer(request)
    except FormRefused as refused:
        return Answer(errors=refused.findings)
    except HavenError as problem:
        return Answer(errors=(Finding(problem.text, {name: str(value) for name, value in problem.values.items()}),))
    except (MemoryError, RecursionError):
        return Answer(errors=(Finding(TOO_MUCH),))
    except Exception:  # the outermost edge of this process: whatever a hostile file set off is one sentence
        return Answer(errors=(Finding(UNREADABLE),))


def _answer(request: Request) -> Answer:
    kind = workbook.kind_of(request.name, request.data, request.limits)
    made = Answer(request.data) if kind == ".xml" else _convert(request, kind)
    if made.errors or not request.compile:
        return made
    try:
        definition = load(made.xml, {**request.attachments, **made.attachments})
    except FormRefused as refused:
        found = tuple(places.located(finding, made.rows) for finding in refused.findings)
        return msgspec.structs.replace(made, errors=found)
    return _with_form(made, definition)


def _with_form(made: Answer, definition: FormDefinition) -> Answer:
    warnings = tuple(places.located(finding, made.rows) for finding in definition.warnings)
    return msgspec.structs.replace(made, compiled=definition.to_bytes(), warnings=(*made.warnings, *warnings))


def _convert(request: Request, kind: str) -> Answer:
    from pyxform.builder import create_survey_element_from_dict
    from pyxform.errors import PyXFormError
    from pyxform.utils import external_choices_to_csv, has_external_choices
    from pyxform.xls2json import workbook_to_json

    if kind in workbook.ZIP_KINDS:
        workbook.look_inside(request.data, request.limits)
    said: list[str] = []
    book = None
    try:
        book = _book(request, kind)
        rows = places.rows_of(book.survey or ())
        as_json = workbook_to_json(
            workbook_dict=book, fallback_form_name=book.fallback_form_name, warnings=said, form_name=None
        )
        lists = external_choices_to_csv(workbook_dict=book) if has_external_choices(json_struct=as_json) else None
        # Its own way to XML goes through a temporary file, which nothing here may write.
        xml = create_survey_element_from_dict(as_json)._to_ugly_xml()
    except PyXFormError as error:
        sheets = {"survey": book.survey or (), "choices": book.choices or ()} if book else {}
        found = places.found_in_sheet(workbook.said_by_converter(str(error)), sheets)
        return Answer(errors=(found,))
    except IndexError:
        longer = workbook.longer_than_its_heading(request.data) if kind == ".md" else None
        return Answer(errors=(longer or Finding(UNREADABLE),))
    return Answer(
        xml=xml.encode("utf-8"),
        attachments={"itemsets.csv": lists.encode("utf-8")} if lists else {},
        warnings=tuple(workbook.said_by_converter(words) for words in said),
        rows=rows,
    )


def _book(request: Request, kind: str) -> Any:
    from io import BytesIO

    from pyxform.xls2json_backends import Definition, SupportedFileTypes, get_xlsform

    return get_xlsform(Definition(BytesIO(request.data), SupportedFileTypes(kind), PurePath(request.name).stem))


def shut_the_doors(limits: Limits) -> None:
    """From here on this process can do no harm (`app/apart.py`)."""
    apart.shut_the_doors(memory=limits.memory, seconds=limits.seconds)

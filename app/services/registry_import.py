"""Registrations that come as a list or as submitted forms: read, looked through, taken in one transaction (6.5.12).

A row becomes a draft, never an active registration (domain.md 18.2). What a row says is worked out in
`models.rules.registry_rows`; the same working out is shown before and done at taking, so that both say the same.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.errors import HavenError, RuleBroken
from app.forms import shipped
from app.forms.definition import FormDefinition
from app.forms.session import FormSession
from app.models.registry import Registration, RegistryBatch
from app.models.rules import duplicates
from app.models.rules import registry_rows as rows
from app.models.rules.registry_rows import RawRow
from app.models.vocab import RegistryAct, RegistrySource, Role, ScopeKind
from app.models.work import Work
from app.services.permission import require_role
from app.services.records import add
from app.services.registry import RegistrationAnswers, new_registration
from app.services.registry_events import happened
from app.words import mark

FORM_ID = "vpr_registration"
LARGEST = 8 * 1024 * 1024
"""Bytes of one file."""
MOST_ROWS = 2000

TOO_LARGE = mark("The file is too large: at most 8 MB.")
TOO_MANY = mark("The list is too long: at most 2,000 rows at a time.")
NOT_READABLE = mark("The file cannot be read as a list. Save it as CSV in UTF-8.")
NO_COLUMNS = mark("The first line must name the columns, such as legal_first, legal_last, dob.")
NO_ROWS = mark("The list has no rows.")
NOTHING_LEFT = mark("There is nothing to take: every row was refused or left out.")
LEFT_OUT = mark("Left out by who imported the list.")
NOT_THE_FORM = mark("This is not a submission of the registration form, or not of this version of it.")

_LAST_NAME = re.compile(r"[^/:.\-]+$")
_STEP = re.compile(r"^(.*?)(?:\[(\d+)\])?$")
_KNOWN_COLUMNS = frozenset({"legal_first", "legal_last", "preferred_name", "first_name", "last_name"})


@dataclass(frozen=True, kw_only=True)
class ImportRegistrations:
    """Take the rows of a list, without the lines in `without`. `facility` is kept with each of them."""

    rows: tuple[RawRow, ...]
    file_name: str
    without: frozenset[int] = frozenset()
    facility: str | None = None
    contact: str | None = None
    phone: str | None = None


def import_registrations(work: Work, command: ImportRegistrations) -> str:
    """Enter every row that can be taken as a draft, all of them or none; the id of the list with its report."""
    require_role(work, RegistryBatch, {Role.REG})
    batch_id = work.new_id()
    taken: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    looked = [(row, rows.read(row, work.today())) for row in command.rows]
    known = _known(work, [read.answers for _, read in looked])
    earlier = duplicates.Register()
    for (row, read), alike in zip(looked, known, strict=True):
        if row.line in command.without:
            refused.append({"line": row.line, "why": [[LEFT_OUT, {}]]})
        elif read.problems:
            refused.append({"line": row.line, "why": [[text, _without_values(said)] for text, said in read.problems]})
        else:
            traits = duplicates.traits(read.answers)
            made = _take(work, read.answers, command, batch_id)
            taken.append({"line": row.line, "registration_id": made, "duplicates": [*alike, *earlier.alike(traits)]})
            earlier.add(made, traits)
    if not taken:
        raise RuleBroken(NOTHING_LEFT)
    add(
        work,
        RegistryBatch,
        work.open_scope(ScopeKind.REGISTRATION, batch_id),
        id=batch_id,
        facility=(command.facility or "").strip() or None,
        contact=(command.contact or "").strip() or None,
        phone=rows.phone(command.phone) if command.phone and command.phone.strip() else None,
        file_name=command.file_name,
        received_on=work.today(),
        taken=taken,
        refused=refused,
    )
    return batch_id


def _take(work: Work, answers: Mapping[str, Any], command: ImportRegistrations, batch_id: str) -> str:
    names = {field.name for field in fields(RegistrationAnswers)}
    said = {name: value for name, value in answers.items() if name in names}
    said.setdefault("source", RegistrySource.PAPER)
    if (command.facility or "").strip():
        said["facility"] = (command.facility or "").strip()
    made = new_registration(work, RegistrationAnswers(**said))
    made.batch_id = batch_id
    happened(work, made, RegistryAct.IMPORTED, command.file_name)
    return made.id


def _without_values(said: Mapping[str, Any]) -> dict[str, Any]:
    """A report keeps which column was wrong, not what stood in it."""
    return {name: "…" if name == "value" else value for name, value in said.items()}


def _known(work: Work, answers: Sequence[Mapping[str, Any]]) -> tuple[dict[str, duplicates.Likeness], ...]:
    """Who of the registrations that are not removed may be one of these, a block of them read after the other."""
    asked = select(
        Registration.id,
        Registration.legal_first,
        Registration.legal_last,
        Registration.preferred_name,
        Registration.aliases,
        Registration.dob,
        Registration.addresses,
    ).where(Registration.removed_at.is_(None))
    known = work.session.execute(asked.execution_options(yield_per=500))
    return duplicates.who_is_known(map(duplicates.traits, answers), ((row.id, row._asdict()) for row in known))


# Reading a file


def read_file(name: str, data: bytes) -> tuple[RawRow, ...]:
    """The rows of a CSV, or the one of a submitted form (XML). Raises RuleBroken with the reason."""
    if len(data) > LARGEST:
        raise RuleBroken(TOO_LARGE)
    if name.casefold().endswith(".xml") or data.lstrip()[:1] == b"<":
        return (read_submission(data),)
    return tuple(_csv(data))


def _csv(data: bytes) -> Iterator[RawRow]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RuleBroken(NOT_READABLE) from None
    if "\0" in text:
        raise RuleBroken(NOT_READABLE)
    first = text.partition("\n")[0]
    mark_between = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=mark_between)
    try:
        table = list(reader)
    except csv.Error:
        raise RuleBroken(NOT_READABLE) from None
    if not table:
        raise RuleBroken(NO_ROWS)
    columns = [_column(each) for each in table[0]]
    if not _KNOWN_COLUMNS & set(columns):
        raise RuleBroken(NO_COLUMNS)
    if len(table) - 1 > MOST_ROWS:
        raise RuleBroken(TOO_MANY)
    filled = [(number, line) for number, line in enumerate(table[1:], start=2) if any(cell.strip() for cell in line)]
    if not filled:
        raise RuleBroken(NO_ROWS)
    for number, line in filled:
        yield RawRow(number, dict(zip(columns, line, strict=False)), {})


def _column(title: str) -> str:
    """`person/legal_first` and `Legal First` are both `legal_first`."""
    found = _LAST_NAME.search(title.strip())
    return re.sub(r"\W+", "_", (found.group() if found else "").strip().casefold())


def read_submission(data: bytes, form: FormDefinition | None = None) -> RawRow:
    """One submission, read by the forms engine: what is not relevant is not taken. `form` None: the shipped one."""
    if form is None:
        newest = next((known for known in shipped.shipped() if known.id == FORM_ID), None)
        if newest is None:
            raise RuleBroken(NOT_THE_FORM)
        form = shipped.definition(newest.id, newest.version)
    session = FormSession(
        form,
        now=lambda: datetime.now(UTC),
        seed=0,
        new_uuid=lambda: str(UUID(int=0)),
    )
    try:
        session.load_instance(data)
    except HavenError:
        raise RuleBroken(NOT_THE_FORM) from None
    cells: dict[str, str] = {}
    groups: dict[str, dict[str, dict[str, str]]] = {}
    for node in session.nodes():
        if not node.relevant or not node.value or node.kind in ("group", "repeat"):
            continue
        entry = _repeat_of(node.path)
        if entry is None:
            cells[node.name] = node.value
        else:
            groups.setdefault(entry[0], {}).setdefault(entry[1], {})[node.name] = node.value
    return RawRow(1, cells, {name: _ordered(entries) for name, entries in groups.items()})


def _repeat_of(path: str) -> tuple[str, str] | None:
    """The repeat that a path lies in, and which of its entries: `address`, `2` of `/data/places/address[2]/street`."""
    for step in path.split("/")[:-1]:
        matched = _STEP.match(step)
        if matched is not None and matched.group(2):
            return matched.group(1), matched.group(2)
    return None


def _ordered(entries: Mapping[str, Mapping[str, str]]) -> Sequence[Mapping[str, str]]:
    return [entries[number] for number in sorted(entries, key=lambda one: int(one))]

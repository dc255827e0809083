"""Spoiled forms, lists and kept answers: each is read, or refused with a sentence; nothing else ever comes out (G29).

`HAVEN_SPOILED_FORMS` is how many tables are tried, which cost most, and of every other kind as many times more as it is
cheaper, up to a million; the seed is printed, and `HAVEN_SEED` tries it again.
"""

from __future__ import annotations

import io
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime

import openpyxl
import pytest

from app.errors import HavenError
from app.forms import child
from app.forms.child import Request
from app.forms.definition import FormDefinition, load
from app.forms.limits import Limits
from app.forms.session import FormSession

ROUNDS = int(os.environ.get("HAVEN_SPOILED_FORMS", "150"))
SEED = int(os.environ.get("HAVEN_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
_MOST = 1_000_000
_ANSWERED = 0.05
"""Of the lists: how many forms with one are also answered, which takes fifty times as long as reading it."""
NOW = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)
SMALL = Limits(unpacked=8 * 1024 * 1024, rows=5_000, cells=20_000)

TABLE = """| survey |
|        | type                      | name  | label::English (en) | label::French (fr) | relevant | calculation | constraint |
|        | text                      | who   | Who?                | Qui?               |          |             |            |
|        | select_one yn or_other    | ok    | All right?          | Ça va?             | ${who} != '' |         |            |
|        | select_one_from_file t.csv | town | Town                | Ville              | ${ok} = 'y' |          |            |
|        | begin_repeat              | r     | More                | Plus               |          |             |            |
|        | integer                   | age   | How old?            | Quel âge?          |          |             | . < 120 and regex(., '^[0-9]+$') |
|        | calculate                 | pos   |                     |                    |          | position(..) * 2 + sum(${age}) | |
|        | end_repeat                |       |                     |                    |          |             |            |
|        | calculate                 | total |                     |                    |          | sum(${age}) |            |
|        | date                      | day   | Day ${who}          | Jour ${who}        |          | once(today()) |          |
| choices |
|        | list_name | name | label::English (en) | label::French (fr) |
|        | yn        | y    | Yes                 | Oui                |
|        | yn        | n    | No                  | Non                |
"""  # noqa: E501
LIST = b"name,label,of\na,Ajax,1\nb,Barrie,2\n"
WORDS = [
    "\x00",
    "(",
    ")",
    "'",
    '"',
    "${",
    "}",
    "[",
    "]",
    "//",
    "|",
    "1e999",
    "-",
    "instance(",
    "&amp;",
    "<",
    "../",
    "*",
    "\u202e",
    "9" * 40,
]


def _workbook() -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    sheet = made.create_sheet("survey")
    for line in TABLE.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[0] == "choices":
            sheet = made.create_sheet("choices")
        elif cells[0] != "survey":
            sheet.append([cell or None for cell in cells[1:]])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _spoiled(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few of them changed, taken out, doubled or put elsewhere."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at, end = sorted(chance.randrange(len(found) + 1) for _ in range(2)) if found else (0, 0)
        end = min(end, at + chance.choice((1, 2, 8, 64, 512)))
        match chance.randrange(5):
            case 0 if at < len(found):
                found[at] ^= 1 << chance.randrange(8)
            case 1:
                del found[at:end]
            case 2:
                found[at:at] = found[at:end]
            case 3:
                found[at:end] = chance.choice(WORDS).encode("utf-8", "surrogatepass")
            case _:
                found[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(8)))
    return bytes(found)


def _each(kind: str, data: bytes, tried: Callable[[bytes, random.Random], bool], times: int = 1) -> None:
    chance, used, rounds = random.Random(f"{SEED}-{kind}"), 0, max(ROUNDS, min(ROUNDS * times, _MOST))
    for number in range(rounds):
        state = chance.getstate()
        spoiled = _spoiled(data, chance)
        try:
            used += tried(spoiled, chance)
        except HavenError as refused:
            assert refused.sentence
        except BaseException:
            print(f"{kind}: seed {SEED}, round {number}: {spoiled[:200]!r}")
            chance.setstate(state)
            raise
    print(f"{kind}: seed {SEED}, {rounds} tried, {used} could still be used")


def _session(form: FormDefinition, state: bytes | None = None) -> FormSession:
    return FormSession(form, now=lambda: NOW, seed=1, new_uuid=lambda: "u", state=state)


def _answer_everything(form: FormDefinition, chance: random.Random) -> None:
    session = _session(form)
    for view in list(session.nodes()):
        if view.kind in ("input", "select1", "select", "range"):
            try:
                session.set(view.path, chance.choice(["", "y", "7", "2026-01-01", "a b", *WORDS]))
            except HavenError as refused:
                assert refused.sentence
    for language in form.languages:
        session.set_language(language)
    assert list(session.nodes()) and session.pages() is not None and session.problems() is not None
    session.load_instance(session.instance_xml())
    assert list(_session(form, session.state()).nodes()) == list(session.nodes())


def _read(name: str) -> Callable[[bytes, random.Random], bool]:
    def tried(data: bytes, chance: random.Random) -> bool:
        found = child.answer(Request(data, name, SMALL, {"t.csv": LIST}, compile=True))
        assert found.compiled or found.errors
        for finding in (*found.errors, *found.warnings):
            assert finding.sentence
        if found.errors:
            return False
        _answer_everything(FormDefinition.from_bytes(found.compiled), chance)
        return True

    return tried


@pytest.fixture(scope="module")
def good() -> FormDefinition:
    """The form as it is meant."""
    found = child.answer(Request(TABLE.encode(), "form.md", SMALL, {"t.csv": LIST}, compile=True))
    assert not found.errors, found.errors
    return FormDefinition.from_bytes(found.compiled)


def test_spoiled_tables() -> None:
    _each("table", TABLE.encode(), _read("form.md"))


def test_spoiled_workbooks() -> None:
    _each("workbook", _workbook(), _read("form.xlsx"), times=10)


def test_spoiled_xforms() -> None:
    xml = child.answer(Request(TABLE.encode(), "form.md", SMALL)).xml
    _each("xform", xml, _read("form.xml"), times=7)


def test_spoiled_lists() -> None:
    xml = child.answer(Request(TABLE.encode(), "form.md", SMALL)).xml

    def tried(data: bytes, chance: random.Random) -> bool:
        form = load(xml, {"t.csv": data})
        if chance.random() < _ANSWERED:
            _answer_everything(form, chance)
        return True

    _each("list", LIST, tried, times=5)


def test_spoiled_compiled_forms(good: FormDefinition) -> None:
    whole = good.to_bytes()

    def tried(data: bytes, chance: random.Random) -> bool:
        FormDefinition.from_bytes(data)
        return True

    _each("compiled", whole, lambda data, chance: data == whole or tried(data, chance), times=67)


def test_spoiled_answers(good: FormDefinition) -> None:
    session = _session(good)
    session.set("/data/who", "Ana")
    whole = session.state()
    _each("answers", whole, lambda data, chance: bool(_session(good, data)), times=67)


def test_spoiled_submissions(good: FormDefinition) -> None:
    session = _session(good)
    session.set("/data/who", "Ana")
    session.add("/data/r")

    def tried(data: bytes, chance: random.Random) -> bool:
        other = _session(good)
        other.load_instance(data)
        assert list(other.nodes())
        return True

    _each("submission", session.instance_xml(), tried, times=20)

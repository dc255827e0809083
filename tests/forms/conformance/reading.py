"""Reads the cases of the conformance suite. A case is written to be read by a person in a diff.

A file in `cases/` is Markdown. `## a title` begins a case; what stands before the first fence says why the expectation
is right, with the section of the specification. Fences of a case:

    form      an XLSForm in the table form that pyxform reads, or the XML of an XForm
    csv NAME  (also: xml NAME, geojson NAME) a file that the form was published with
    steps     what is done, a line each: `/data/a = 3`, `/data/a =` (emptied), `add /data/r[2]`, `remove /data/r[1]`
    expect    what must then be true, a line each; see `Claim`

Lines `Now:`, `Language:` and `Seed:` before the first fence set the clock, the language and the seed of chance.

`# a title` followed by a table whose head is `| expression | result | source |` is a list of small cases: every
expression is the calculation of a node in one form, whose data stand in the fence `given` above the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

HERE = Path(__file__).resolve().parent
CASES = HERE / "cases"
NOW = datetime.fromisoformat("2026-03-15T10:30:00.000+00:00")

_FENCE = re.compile(r"^```(.*?)\n(.*?)^```$", re.M | re.S)
_SETTING = re.compile(r"^(Now|Language|Seed): *(.+)$", re.M)
_STEP = re.compile(r"^(?:(?P<verb>add|remove) (?P<node>\S+)|(?P<path>/\S+) =(?: (?P<value>.*))?)$")
_STATES = "relevant|irrelevant|required|optional|readonly|editable|valid|invalid|exists|missing"
_PATH_STEP = re.compile(r"^([^\[]+)(?:\[(\d+)\])?$")


@dataclass(frozen=True)
class Claim:
    """One line of `expect`.

    `/data/a = 3` value; `relevant`, `irrelevant`, `required`, `optional`, `readonly`, `editable`, `valid`, `invalid`,
    `exists`, `missing` after a path; `/data/a invalid: text` also the message; `/data/a label: text`;
    `/data/a hint: text`; `/data/a choices: x y` the values offered, in order; `/data/a choice labels: X, Y`;
    `instance has /data/a: 3`; `instance lacks /data/a`; `complete`, `incomplete`;
    `refused: words that the sentence of the refusal holds`.
    """

    line: str
    kind: str
    path: str = ""
    text: str = ""


@dataclass(frozen=True)
class Step:
    """`verb` is set, add or remove."""

    verb: str
    path: str
    value: str = ""


@dataclass(frozen=True)
class Case:
    """One case; `name` is the file and the title."""

    name: str
    why: str
    form: str
    attachments: dict[str, bytes]
    steps: tuple[Step, ...]
    claims: tuple[Claim, ...]
    now: datetime = NOW
    language: str | None = None
    seed: int = 1


@dataclass(frozen=True)
class Row:
    """One expression and what it must give."""

    name: str
    node: str
    expression: str
    result: str
    source: str


@dataclass(frozen=True)
class Table:
    """A list of expressions over the same data, as one XForm."""

    name: str
    form: str
    rows: tuple[Row, ...]
    attachments: dict[str, bytes]
    now: datetime = NOW
    seed: int = 1


@dataclass
class _Node:
    text: str = ""
    children: list[tuple[str, _Node]] = field(default_factory=list)


class Unreadable(ValueError):
    """A case file is not written as this module says."""


def all_cases() -> list[Case]:
    """Every case of every file, in the order of the files."""
    return [case for path in sorted(CASES.glob("*.md")) for case in _cases(path)]


def all_tables() -> list[Table]:
    """Every list of expressions."""
    return [table for path in sorted(CASES.glob("*.md")) for table in _tables(path)]


def _sections(path: Path, mark: str) -> Iterator[tuple[str, str]]:
    text = path.read_text(encoding="utf-8")
    fences = [(found.start(), found.end()) for found in _FENCE.finditer(text)]
    heads = [
        found
        for found in re.finditer(r"^(#{1,2}) (.+)$", text, re.M)
        if not any(start < found.start() < end for start, end in fences)
    ]
    for number, head in enumerate(heads):
        if head.group(1) == mark:
            end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
            yield head.group(2).strip(), text[head.end() : end]


def _cases(path: Path) -> Iterator[Case]:
    for title, body in _sections(path, "##"):
        name = f"{path.stem}: {title}"
        fences = {found.group(1).strip(): found.group(2) for found in _FENCE.finditer(body)}
        if "form" not in fences or "expect" not in fences:
            raise Unreadable(f"{name}: a case has a form and an expectation")
        head = body[: body.index("```")]
        why = _SETTING.sub("", head).strip()
        if not why:
            raise Unreadable(f"{name}: say why, with the section of the specification")
        settings = dict(_SETTING.findall(head))
        yield Case(
            name=name,
            why=why,
            form=fences["form"],
            attachments=_attachments(fences),
            steps=tuple(_step(name, line) for line in _lines(fences.get("steps", ""))),
            claims=tuple(_claim(name, line) for line in _lines(fences["expect"])),
            now=datetime.fromisoformat(settings["Now"]) if "Now" in settings else NOW,
            language=settings.get("Language"),
            seed=int(settings.get("Seed", "1")),
        )


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _attachments(fences: dict[str, str]) -> dict[str, bytes]:
    return {
        name.split(" ", 1)[1]: text.encode("utf-8")
        for name, text in fences.items()
        if name.split(" ", 1)[0] in {"csv", "xml", "geojson"} and " " in name
    }


def _step(name: str, line: str) -> Step:
    found = _STEP.match(line)
    if not found:
        raise Unreadable(f"{name}: not a step: {line}")
    if found["verb"]:
        return Step(found["verb"], found["node"])
    return Step("set", found["path"], (found["value"] or "").replace("\\n", "\n"))


def _claim(name: str, line: str) -> Claim:
    for pattern, kind in (
        (r"^(complete|incomplete)$", ""),
        (r"^refused: (?P<text>.+)$", "refused"),
        (r"^instance has (?P<path>\S+): ?(?P<text>.*)$", "instance has"),
        (r"^instance lacks (?P<path>\S+)$", "instance lacks"),
        (r"^(?P<path>/\S+) = ?(?P<text>.*)$", "value"),
        (r"^(?P<path>/\S+) (?P<kind>invalid|label|hint|choices|choice labels): ?(?P<text>.*)$", ""),
        (rf"^(?P<path>/\S+) (?P<kind>{_STATES})$", ""),
    ):
        found = re.match(pattern, line)
        if found:
            groups = found.groupdict()
            return Claim(
                line,
                kind or groups.get("kind") or line,
                groups.get("path", ""),
                (groups.get("text") or "").replace("\\n", "\n"),
            )
    raise Unreadable(f"{name}: not an expectation: {line}")


def _tables(path: Path) -> Iterator[Table]:
    for title, body in _sections(path, "#"):
        if "| expression |" not in body:
            continue
        name = f"{path.stem}: {title}"
        fences = {found.group(1).strip(): found.group(2) for found in _FENCE.finditer(body)}
        settings = dict(_SETTING.findall(body))
        rows = tuple(_rows(name, body))
        yield Table(
            name=name,
            form=_xform(_lines(fences.get("given", "")), rows, fences.get("itext", "")),
            rows=rows,
            attachments=_attachments(fences),
            now=datetime.fromisoformat(settings["Now"]) if "Now" in settings else NOW,
            seed=int(settings.get("Seed", "1")),
        )


def _rows(name: str, body: str) -> Iterator[Row]:
    lines = [line for line in body.splitlines() if line.startswith("|")]
    for number, line in enumerate(lines[2:], 1):
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) != 3 or not all(cells):
            raise Unreadable(f"{name}: a row has an expression, a result and a source: {line}")
        expression, result = (_bare(cell) for cell in cells[:2])
        yield Row(f"{name}: {expression}", f"/data/e{number}", expression, result, cells[2])


def _bare(cell: str) -> str:
    if cell == "(empty)":
        return ""
    return cell[1:-1] if cell.startswith("`") and cell.endswith("`") else cell


def _xform(given: list[str], rows: tuple[Row, ...], itext: str) -> str:
    root = _Node()
    repeats: set[str] = set()
    for line in given:
        path, _, value = line.partition(" =")
        _put(root, repeats, path.strip(), value.strip())
    instance = "".join(_xml(name, node) for name, node in root.children)
    calculated = "".join(f"<e{number}/>" for number in range(1, len(rows) + 1))
    binds = "".join(f'<bind nodeset="{row.node}" type="string" calculate={quoteattr(row.expression)}/>' for row in rows)
    body = "".join(f'<group ref="{path}"><repeat nodeset="{path}"/></group>' for path in sorted(repeats))
    return (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
        'xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">'
        f'<h:head><h:title>Expressions</h:title><model>{itext}<instance><data id="expressions" version="1">'
        f"{instance}{calculated}<orx:meta><orx:instanceID/></orx:meta></data></instance>{binds}"
        '<bind nodeset="/data/orx:meta/orx:instanceID" type="string" jr:preload="uid" readonly="true()"/>'
        f"</model></h:head><h:body>{body}</h:body></h:html>"
    )


def _put(root: _Node, repeats: set[str], path: str, value: str) -> None:
    node, way = root, "/data"
    for step in path.split("/")[2:]:
        found = _PATH_STEP.match(step)
        if not found:
            raise Unreadable(f"not a path: {path}")
        name, number = found.group(1), int(found.group(2) or 1)
        way += f"/{name}"
        if found.group(2):
            repeats.add(way)
        same = [child for tag, child in node.children if tag == name]
        while len(same) < number:
            same.append(_Node())
            node.children.append((name, same[-1]))
        node = same[number - 1]
    node.text = value


def _xml(name: str, node: _Node) -> str:
    return f"<{name}>{escape(node.text)}{''.join(_xml(tag, child) for tag, child in node.children)}</{name}>"

"""PROTOCOL.md and protocol.py say the same: every message, field, limit, code and feed kind, in both directions."""

from __future__ import annotations

import re
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from app.sync import protocol as p

PAGE = Path(p.__file__).with_name("PROTOCOL.md").read_text(encoding="utf-8")
_PLAIN = {"str": str, "int": int, "bool": bool, "bytes": bytes}
_NAMED = {name: value for name, value in vars(p).items() if get_origin(value) is Annotated}


def section(title: str) -> str:
    """The text under a heading, up to the next heading of the same depth."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert found is not None, f"PROTOCOL.md has no section {title}"
    return found.group(1)


def rows(text: str) -> list[list[str]]:
    """The cells of every table row, headings and rules left out."""
    lines = [line for line in text.splitlines() if line.startswith("| ") and not set(line) <= set("|- ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def spoken(kind: Any) -> str:
    """A type as the page writes it."""
    if kind == msgspec.Raw:
        return "any"
    for name, value in _NAMED.items():
        if kind == value:
            return name
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        meta = inner[1]
        low, high = getattr(meta, "ge", None), getattr(meta, "le", None)
        most = getattr(meta, "max_length", None)
        bound = f"up to {most:,}" if most is not None else f"{low:,} to {high:,}"
        return f"{spoken(inner[0])} {bound}"
    if origin is list:
        return f"list of {spoken(inner[0])}"
    if origin is Literal:
        return " or ".join(f'"{word}"' for word in inner)
    if origin in (Union, UnionType):
        return " or ".join("nothing" if one is NoneType else spoken(one) for one in inner)
    return str(kind.__name__)


def messages() -> dict[str, list[str]]:
    """Every message of the code with its fields, as the page writes them."""
    found: dict[str, list[str]] = {}
    for kind in p.Wire.__subclasses__():
        hints = get_type_hints(kind, include_extras=True)
        found[kind.__name__] = [f"{name}: {spoken(hints[name])}" for name in kind.__struct_fields__]
    return found


def test_every_message_and_field_stands_on_the_page_as_it_is() -> None:
    table = section("Messages").partition("| message |")[2]
    told = {row[0].strip("`"): re.findall(r"`([^`]+)`", row[1]) for row in rows(table)}
    assert told == messages()


def test_every_limit_stands_on_the_page_with_its_number() -> None:
    table = rows(section("Limits").partition("Beside these")[0])[1:]
    told = {row[0].strip("`"): int(row[1].replace(",", "")) for row in table}
    names = re.compile(r"(MAX_[A-Z_]+|DEFAULT_PAGE|CHALLENGE_SECONDS|PROTOCOL_VERSION|[A-Z]+_DAYS)\Z")
    assert told == {name: value for name, value in vars(p).items() if names.match(name)}


def test_every_code_stands_on_the_page_and_no_other() -> None:
    refusals = {code for row in rows(section("Pushing"))[1:] for code in re.findall(r"`([^`]+)`", row[0])}
    assert refusals == {code.value for code in p.RefusalCode}
    problems = {code for row in rows(section("Problems"))[1:] for code in re.findall(r"`([^`]+)`", row[1])}
    assert problems == {code.value for code in p.ProblemCode}


def test_every_kind_of_the_feed_and_every_signed_label_stands_on_the_page() -> None:
    kinds = {row[0].strip("`") for row in rows(section("The feed"))[1:]}
    assert kinds == set(p.FEED_BODIES)
    source = Path(p.__file__).read_text(encoding="utf-8")
    labels = set(re.findall(r'return "([a-z-]+)", \(', source))
    told = {
        label for row in rows(section("What is signed"))[1:] for label in re.findall(r"`haven/1/([a-z-]+)`", row[1])
    }
    assert labels <= told, labels - told


def test_every_request_stands_on_the_page() -> None:
    routes = Path(p.__file__).with_name("server") / "routes.py"
    served = set(re.findall(r'^@(?:get|post)\("([^"]+)"', routes.read_text(encoding="utf-8"), flags=re.MULTILINE))
    told = {path for row in rows(section("Ground rules")) for path in re.findall(r"(/[a-z0-9/<>]+)", row[0])}
    assert {path.replace("{scope_id:str}", "<id>") for path in served} == told


def test_the_history_is_dated_and_ends_with_the_version_in_force() -> None:
    history = rows(section("Version history"))[1:]
    assert [row[1] for row in history] == sorted(row[1] for row in history)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", row[1]) for row in history)
    assert int(history[-1][0]) == p.PROTOCOL_VERSION


def test_every_building_block_stands_on_the_page_with_its_bounds() -> None:
    told: dict[str, str] = {}
    for row in rows(section("Messages").partition("| message |")[0])[1:]:
        bounds_told = re.sub(r"(?<=\d),(?=\d)", "", row[1]).replace("2^53", str(2**53))
        told.update(dict.fromkeys(re.findall(r"`(\w+)`", row[0]), bounds_told))
    spoken_as = {spoken(kind) for kind in _NAMED.values()}
    assert set(told) == spoken_as
    for name, text in told.items():
        meta = get_args(_NAMED[name])[1]
        bounds = [meta.max_length, meta.le] if meta.pattern is None else [meta.max_length]
        assert all(str(bound) in text for bound in bounds if bound is not None), name

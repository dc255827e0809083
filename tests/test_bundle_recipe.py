"""The recipe of the bundle, without building it: no library of the server gets in by way of one that knows it."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _left_out() -> set[str]:
    """The modules that the recipe names as unwanted."""
    for node in ast.parse((ROOT / "installer" / "haven.spec").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(getattr(name, "id", "") == "unwanted" for name in node.targets):
            return set(ast.literal_eval(node.value))
    raise AssertionError("the recipe names nothing")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_library_of_the_server_alone_is_left_out() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = project["optional-dependencies"]["server"]
    names = {_plain(re.split(r"[\[<>=; ]", one)[0]) for one in asked}
    names |= {f"{_plain(one.split('[')[0])}-{one.split('[')[1].split(']')[0]}" for one in asked if "[" in one}
    imported = {top for top, by in metadata.packages_distributions().items() if names & {_plain(one) for one in by}}
    assert len(imported) >= len(names), "all of them are installed here"
    assert imported - _left_out() == set()

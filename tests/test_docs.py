"""What people are told about exists, and what exists is told: commands, settings, variables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ADMINISTRATOR = (ROOT / "docs" / "administrator.md").read_text(encoding="utf-8")


def _targets() -> list[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return re.findall(r"^([a-z]+):.*## ", makefile, flags=re.MULTILINE)


@pytest.mark.parametrize("target", sorted(set(_targets()) - {"help", "setup", "system", "clean", "lock"}))
def test_the_readme_names_every_command(target: str) -> None:
    assert f"`make {target}`" in README or f"make {target}\n" in README


def test_the_readme_names_no_command_that_is_not_there() -> None:
    named = set(re.findall(r"make ([a-z]+)", README))
    assert named <= set(_targets())


def test_every_variable_of_ours_is_told() -> None:
    used: set[str] = set()
    for folder in ("app", "tests", "bench", "installer"):
        for file in (ROOT / folder).rglob("*"):
            if file.suffix in (".py", ".sh"):
                used |= set(re.findall(r"\bHAVEN_[A-Z_]+\b", file.read_text(encoding="utf-8")))
    told = set(re.findall(r"\bHAVEN_[A-Z_]+\b", README + ADMINISTRATOR + (ROOT / "CONTRIBUTING.md").read_text()))
    assert used <= told


def test_the_administrators_guide_names_every_server_command() -> None:
    source = (ROOT / "app" / "sync" / "server" / "admin.py").read_text(encoding="utf-8")
    commands = set(re.findall(r'add_parser\(\s*"([a-z]+)"', source))
    assert commands, "the commands are read from the source"
    assert {name for name in commands if f"`{name}" not in ADMINISTRATOR and f" {name}`" not in ADMINISTRATOR} == set()


def test_pictures_and_pages_that_are_linked_are_there() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"

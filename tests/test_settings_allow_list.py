"""What stands outside the vault: only settings of the list, whatever asks for more or damages the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.profile import ALLOWED, Profile

DEFAULTS = {"language": "en", "mode": "light", "text_scale": 1.0}
LIST = {"language", "mode", "text_scale"}


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "home")


def test_the_list_names_nothing_about_a_person() -> None:
    assert set(ALLOWED) == LIST, "a new setting outside the vault is a decision: say here that it is about nobody"
    assert all(not isinstance(value, str) or value.isalpha() for values in ALLOWED.values() for value in values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("last_client", "Dana K."),
        ("recent", ["Dana K."]),
        ("language", "de"),
        ("language", "Dana K."),
        ("language", None),
        ("mode", "<b>dark</b>"),
        ("text_scale", 99.0),
        ("text_scale", "1.0"),
        ("text_scale", True),
        ("", ""),
    ],
)
def test_anything_else_is_refused_and_writes_nothing(profile: Profile, name: str, value: Any) -> None:
    with pytest.raises(ValueError) as refused:
        profile.keep(name, value)
    assert "Dana" not in str(refused.value), "the refusal does not repeat the value"
    assert list(profile.home.iterdir()) == []
    assert profile.settings() == DEFAULTS


def test_a_setting_is_kept_for_the_next_start_and_only_for_its_owner(profile: Profile) -> None:
    profile.keep("language", "fr")
    profile.keep("text_scale", 1.3)
    assert Profile(profile.home).settings() == DEFAULTS | {"language": "fr", "text_scale": 1.3}
    file = profile.home / "settings.json"
    assert set(json.loads(file.read_text(encoding="utf-8"))) == LIST
    assert file.stat().st_mode & 0o077 == 0
    assert [entry.name for entry in profile.home.iterdir()] == ["settings.json"], "no half-written file stays"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\x00\xff\xfe\x80 not text",
        b"null",
        b"[]",
        b'"text"',
        b'{"language": "xx", "mode": 7, "text_scale": [1.0]}',
        b'{"language": {"a": 1}, "mode": null}',
        b'{"language": NaN}',
        b'{"text_scale": 1e999}',
        b'{"text_scale": true}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_gives_the_defaults(profile: Profile, content: bytes) -> None:
    (profile.home / "settings.json").write_bytes(content)
    assert repr(profile.settings()) == repr(DEFAULTS)
    profile.keep("mode", "dark")
    assert profile.settings() == DEFAULTS | {"mode": "dark"}


def test_what_somebody_adds_to_the_file_is_neither_read_nor_kept(profile: Profile) -> None:
    (profile.home / "settings.json").write_text('{"mode": "dark", "last_client": "Dana K."}', encoding="utf-8")
    assert profile.settings() == DEFAULTS | {"mode": "dark"}
    profile.keep("language", "fr")
    assert "Dana" not in (profile.home / "settings.json").read_text(encoding="utf-8")


def test_a_file_that_cannot_be_read_gives_the_defaults(profile: Profile) -> None:
    (profile.home / "settings.json").mkdir()
    assert profile.settings() == DEFAULTS

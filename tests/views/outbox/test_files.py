"""Work by file from the outbox: both directions, what is said afterwards, and what is said when it does not work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from app.errors import RuleBroken
from app.models.vocab import Role
from app.views.outbox.page import OutboxPage
from app.views.programme import SyncFace


class Files:
    """Stands for the engine: what it was given is remembered, what it says is set."""

    def __init__(self) -> None:
        self.given: bytes | None = None
        self.found: tuple[int, int] | RuleBroken = (2, 0)

    def write(self) -> tuple[bytes, int]:
        """A file."""
        return b"the whole file", 2

    def read(self, whole: bytes) -> tuple[int, int]:
        """Take one in."""
        self.given = whole
        if isinstance(self.found, RuleBroken):
            raise self.found
        return self.found


def page_with(stage: Any, files: Files | None) -> OutboxPage:
    """The outbox."""
    context = replace(stage.context(Role.VSU), sync=SyncFace(True, lambda: None, files=files))
    page = OutboxPage(context)
    stage.show(page)
    stage.settle()
    return page


def test_work_is_written_and_taken_in_and_each_is_told(stage: Any, tmp_path: Path) -> None:
    files = Files()
    page = page_with(stage, files)
    stick = tmp_path / "stick"
    stick.mkdir()
    file = stick / "work.haven"
    page.files.write_to(file)
    stage.settle()
    assert file.read_bytes() == b"the whole file" and list(stick.iterdir()) == [file]
    assert "only when the server has confirmed it" in stage.messages.last[0]
    page.files.read_from(file)
    stage.settle()
    assert files.given == b"the whole file" and "was taken in" in stage.messages.last[0]
    files.found = (0, 0)
    page.files.read_from(file)
    stage.settle()
    assert "nothing new" in stage.messages.last[0]
    files.found = (1, 3)
    page.files.read_from(file)
    stage.settle()
    assert "3 parts of the file cannot be right" in stage.messages.last[0]


def test_what_does_not_work_is_said_and_the_buttons_come_back(stage: Any, tmp_path: Path) -> None:
    files = Files()
    page = page_with(stage, files)
    page.files.read_from(tmp_path / "not there.haven")
    stage.settle()
    assert "cannot be read" in stage.messages.last[0]
    page.files.write_to(tmp_path / "no such folder" / "work.haven")
    stage.settle()
    assert "could not be saved there" in stage.messages.last[0]
    (tmp_path / "other.haven").write_bytes(b"other")
    files.found = RuleBroken("This file was changed.")
    page.files.read_from(tmp_path / "other.haven")
    stage.settle()
    assert stage.messages.last[0] == "This file was changed." and all(one.isEnabled() for one in page.files.buttons)


def test_alone_there_is_nobody_to_hand_a_file_to(stage: Any) -> None:
    page = page_with(stage, None)
    assert not any(one.isVisible() for one in page.files.buttons)

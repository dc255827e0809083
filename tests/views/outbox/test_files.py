"""Work by file from the outbox: both directions, what is said afterwards, and what is said when it does not work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.errors import RuleBroken
from app.models.vocab import Role
from app.views.messages import Tone
from app.views.outbox.page import OutboxPage
from app.views.programme import SyncFace, WorkTaken, WorkWritten


class Files:
    """Stands for the engine: what it was given is remembered, what it says is set."""

    def __init__(self) -> None:
        self.given: bytes | None = None
        self.found: WorkTaken | RuleBroken = WorkTaken(2)
        self.written = WorkWritten(b"the whole file")

    def write(self) -> WorkWritten:
        """A file."""
        return self.written

    def read(self, whole: bytes) -> WorkTaken:
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
    files.found = WorkTaken()
    page.files.read_from(file)
    stage.settle()
    assert "nothing new" in stage.messages.last[0]
    files.found = WorkTaken(1, 3)
    page.files.read_from(file)
    stage.settle()
    assert "3 parts of the file cannot be right" in stage.messages.last[0]


WRITTEN = "The file is written. Your work counts as received only when the server has confirmed it."
NO_ROOM = (
    "3 attached files were left out because a file of work holds at most 64 MB; "
    "they follow when this computer reaches the server."
)
ASIDE = "1 part of the file cannot be right and was set aside. Tell your administrator."
NOTHING_NEW = "There is nothing new in this file: all of it is here already."
TAKEN = "Your colleague's work was taken in, and is sent on to the server."


@pytest.mark.parametrize(
    ("written", "said", "tone"),
    [
        (WorkWritten(b"x"), WRITTEN, Tone.INFO),
        (WorkWritten(b"x", files=1), f"{WRITTEN} 1 attached file is in it.", Tone.INFO),
        (
            WorkWritten(b"x", files=2, no_room=3),
            f"{WRITTEN} 2 attached files are in it. {NO_ROOM}",
            Tone.WARNING,
        ),
        (
            WorkWritten(b"x", damaged=1),
            f"{WRITTEN} 1 attached file was left out because it is damaged on this computer.",
            Tone.WARNING,
        ),
    ],
)
def test_what_is_in_the_file_and_what_is_not_is_said(
    stage: Any, tmp_path: Path, written: WorkWritten, said: str, tone: Tone
) -> None:
    files = Files()
    files.written = written
    page = page_with(stage, files)
    page.files.write_to(tmp_path / "work.haven")
    stage.settle()
    assert stage.messages.last == (said, tone)


@pytest.mark.parametrize(
    ("taken", "said", "tone"),
    [
        (WorkTaken(2, files=1), f"{TAKEN} 1 attached file came with it.", Tone.INFO),
        (
            WorkTaken(2, files=2, absent=1),
            f"{TAKEN} 2 attached files came with it. 1 attached file is not in it and follows over the network.",
            Tone.INFO,
        ),
        (
            WorkTaken(files=2),
            "The records in this file were already here, but not their attached files. 2 attached files came with it.",
            Tone.INFO,
        ),
        (
            WorkTaken(absent=2),
            f"{NOTHING_NEW} 2 attached files are not in it and follow over the network.",
            Tone.INFO,
        ),
        (
            WorkTaken(2, files=1, absent=4, trouble="The disk is too full."),
            "The disk is too full. 1 attached file came with it.",
            Tone.WARNING,
        ),
        (
            WorkTaken(2, 1, files=1),
            f"{ASIDE} 1 attached file came with it.",
            Tone.WARNING,
        ),
        (
            WorkTaken(2, 1, trouble="The disk is too full."),
            f"{ASIDE} The disk is too full.",
            Tone.WARNING,
        ),
    ],
)
def test_what_came_and_what_did_not_is_said(
    stage: Any, tmp_path: Path, taken: WorkTaken, said: str, tone: Tone
) -> None:
    files = Files()
    files.found = taken
    page = page_with(stage, files)
    (tmp_path / "work.haven").write_bytes(b"work")
    page.files.read_from(tmp_path / "work.haven")
    stage.settle()
    assert stage.messages.last == (said, tone)


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

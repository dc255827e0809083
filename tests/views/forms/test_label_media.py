"""Pictures and recordings that a form shows: found beside its workbook, published with it, seen while it is filled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from app.forms.check import check
from app.forms.definition import load
from app.forms.media import media_files
from app.models.attachments import Attachment
from app.models.form_library import FormVersion
from app.models.vocab import FormAbout, Role
from app.services import forms
from app.views.authoring.publish import PublishDialog, media_beside
from app.views.common.buttons import QuietButton
from app.views.common.photo import Photo
from app.views.common.text import PlainLabel, QuietText
from app.views.forms.answering import AnswerWindow, go_on
from app.views.forms.showing import LabelMedia
from tests.conftest import Office
from tests.pictures.made import CANARY, halves, photograph

WORKBOOK = """| survey |
|        | type            | name | label::English (en) | image::English (en) | audio::English (en) |
|        | select_one tree | tree | Which tree is it?   | wood.jpg            | bird.wav            |
|        | text            | note | Note                | ../../outside.jpg   |                     |
| choices |
|        | list_name | name | label::English (en) | image::English (en) |
|        | tree      | oak  | Oak                 | oak.png             |
|        | tree      | fir  | Fir                 | gone.png            |
| settings |
|          | form_title | form_id | version | default_language |
|          | Trees      | trees   | 1       | English (en)     |
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The workbook, its pictures beside it and in its folder of media, and one outside."""
    beside = tmp_path / "mine"
    (beside / "trees-media").mkdir(parents=True)
    (beside / "wood.jpg").write_bytes(photograph(halves(300, 200)))
    (beside / "trees-media" / "oak.png").write_bytes(photograph(halves(80, 60)))
    (beside / "trees-media" / "bird.wav").write_bytes(b"RIFF\x24\0\0\0WAVEfmt " + bytes(500))
    (tmp_path / "outside.jpg").write_bytes(photograph())
    return beside


def said(widget: QWidget) -> list[str]:
    return [one.text() for kind in (PlainLabel, QuietText) for one in widget.findChildren(kind) if one.isVisible()]


def test_a_form_names_its_media_and_only_what_lies_beside_it_is_taken(folder: Path) -> None:
    report = check(WORKBOOK.encode(), "trees.md")
    assert report.form is not None
    assert media_files(report.form) == ("bird.wav", "gone.png", "oak.png", "outside.jpg", "wood.jpg")
    found = media_beside(report, "trees.md", folder)
    assert {name for name, path in found.items() if path is not None} == {"bird.wav", "oak.png", "wood.jpg"}
    assert not any(media_beside(report, "trees.md", None).values())


def test_they_are_published_and_seen(stage: Any, office: Office, folder: Path) -> None:
    supervisor, worker = office.member(Role.SUP, "S. Supervisor"), office.member(Role.VSU, "W. Worker")
    report = check(WORKBOOK.encode(), "trees.md")
    page = QWidget()
    context = stage.context(supervisor, "S. Supervisor")
    stage.show(page)
    dialog = PublishDialog(context, page, report, WORKBOOK.encode(), "trees.md", None, folder)
    dialog.open()
    stage.settle()
    assert any("3 pictures and recordings" in text for text in said(dialog))
    assert any("gone.png, outside.jpg" in text for text in said(dialog))
    dialog.about.set_value(FormAbout.ALONE)
    stage.click(dialog.accept_button)
    (version,) = office.found(FormVersion)
    attached = office.found(Attachment, Attachment.owner_id == version.id)
    assert {one.ref for one in attached} == {"bird.wav", "oak.png", "wood.jpg"}
    assert {one.scope_id for one in attached} == {version.scope_id}
    assert load(report.xml).id == "trees"
    for name in office.vault.attachments.here.names():
        assert CANARY not in office.vault.attachments.here.read(name)

    draft = office.do(worker, forms.start_answer, forms.StartAnswer(form_id="trees"))
    other = QWidget()
    context = stage.context(worker, "W. Worker")
    stage.show(other)
    go_on(context, other, draft)
    stage.settle()
    window = other.findChild(AnswerWindow)
    assert window is not None and window.page is not None
    shown = [one for one in window.findChildren(LabelMedia) if one.isVisible()]
    photos = [one for media in shown for one in media.findChildren(Photo)]
    assert len(photos) == 2 and all(one.has_picture() for one in photos)
    assert [one.accessibleName() for one in photos] == ["Picture: Which tree is it?", "Picture: Oak"]
    assert "A file of this form is missing: gone.png" in said(window)
    assert any("listen" in one.text() for one in shown[0].findChildren(QuietButton))

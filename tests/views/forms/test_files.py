"""Questions for files in their window: chosen, pasted, signed, kept with the draft, shown again, named at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.errors import EnvironmentProblem
from app.models.attachments import Attachment
from app.models.form_library import FormAnswer
from app.models.vocab import AttachmentKind, FormAbout, FormAnswerState, Role
from app.models.work import Actor
from app.services import forms
from app.services.attachments import kept_of
from app.vault.problems import DISK_FULL
from app.views.forms.answering import AnswerWindow, go_on
from app.views.forms.attaching import FileInput, PictureInput, SoundInput
from app.views.forms.signing import SignatureInput
from tests.conftest import Office
from tests.forms.with_files import home_check
from tests.pictures.made import CANARY, halves, photograph

WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(2000)


@pytest.fixture
def worker(office: Office) -> Actor:
    return office.member(Role.VSU, "W. Worker")


@pytest.fixture
def draft(office: Office, worker: Actor) -> str:
    supervisor = office.member(Role.SUP, "S. Supervisor")
    office.do(supervisor, forms.publish_form, forms.PublishForm(xml=home_check(), about=FormAbout.ALONE))
    return office.do(worker, forms.start_answer, forms.StartAnswer(form_id="home_check"))


def window(stage: Any, worker: Actor, draft: str) -> AnswerWindow:
    page = QWidget()
    context = stage.context(worker, "W. Worker")
    stage.show(page)
    go_on(context, page, draft)
    stage.settle()
    found = page.findChild(AnswerWindow)
    assert found is not None and found.page is not None
    return found


def asked(dialog: AnswerWindow, name: str, kind: type[Any]) -> Any:
    """The input of a question, on whichever page it stands."""
    assert dialog.page is not None
    assert dialog.page.go_to(f"/data/{name}")
    question = dialog.page.question(f"/data/{name}")
    assert question is not None and isinstance(question.input, kind)
    return question.input


def attached(office: Office) -> dict[AttachmentKind, Attachment]:
    found = office.found(Attachment, Attachment.removed_at.is_(None))
    return {one.kind: one for one in found if one.kind is not None}


def test_the_way_through(stage: Any, office: Office, worker: Actor, draft: str, tmp_path: Path) -> None:
    door, call, report = tmp_path / "IMG_7.JPG", tmp_path / "call.wav", tmp_path / "Report of March.pdf"
    door.write_bytes(photograph(halves(640, 480)))
    call.write_bytes(WAV)
    report.write_bytes(b"%PDF-1.7 made up")
    dialog = window(stage, worker, draft)
    picture: PictureInput = asked(dialog, "door", PictureInput)
    picture.take_in(picture._take(door))
    stage.settle()
    assert picture.photo.has_picture() and picture.value().endswith(".jpg") and "IMG" not in picture.value()
    sound: SoundInput = asked(dialog, "call", SoundInput)
    sound.take_in(sound._take(door))
    stage.settle()
    assert sound.value() == "" and "not a recording" in sound._trouble.text()
    sound.take_in(sound._take(call))
    stage.settle()
    assert sound.value().endswith(".wav") and sound.copy_button.isVisible() and not sound.photo.isVisible()
    paper: FileInput = asked(dialog, "report", FileInput)
    paper.take_in(paper._take(report))
    stage.settle()
    assert "Report of March.pdf" in paper._said.text()
    signature: SignatureInput = asked(dialog, "client", SignatureInput)
    signature.pad.set_value([[(0.1, 0.5), (0.5, 0.2), (0.9, 0.6)]])
    signature.pad.changed.emit()
    witness: SignatureInput = asked(dialog, "witness", SignatureInput)
    witness.pad.set_value([], "Wren Example")
    witness.pad.changed.emit()
    stage.click(dialog.later)
    assert set(attached(office)) == {AttachmentKind.PICTURE, AttachmentKind.SOUND, AttachmentKind.FILE}

    dialog = window(stage, worker, draft)
    picture = asked(dialog, "door", PictureInput)
    stage.settle()
    assert picture.photo.has_picture() and picture.photo.isVisible()
    assert asked(dialog, "client", SignatureInput).pad.is_signed()
    stage.click(dialog.accept_button)
    answer = office.get(FormAnswer, draft)
    assert answer.status is FormAnswerState.FINISHED
    found = attached(office)
    assert set(found) == set(AttachmentKind) - {AttachmentKind.PHOTO}
    assert found[AttachmentKind.SIGNATURE].media_type == "image/png"
    signed = office.found(Attachment, Attachment.kind == AttachmentKind.SIGNATURE)
    assert sorted(one.caption or "" for one in signed) == ["", "Wren Example"]
    kept = kept_of(found[AttachmentKind.PICTURE])
    assert kept is not None
    whole = office.vault.attachments.read_whole(kept.sealed, 400_000)
    assert QImage.fromData(whole).width() == 640 and CANARY not in whole
    for one in signed:
        kept = kept_of(one)
        assert kept is not None
        image = QImage.fromData(office.vault.attachments.read_whole(kept.sealed, 400_000))
        dots = [image.pixelColor(x, y).lightness() for x in range(0, 960, 3) for y in range(0, 320, 3)]
        assert min(dots) < 90 and sum(dots) / len(dots) > 200

    office.do(worker, forms.correct_answer, forms.CorrectAnswer(answer_id=draft))
    (second,) = office.found(FormAnswer, FormAnswer.corrects_id == draft)
    dialog = window(stage, worker, second.id)
    signature = asked(dialog, "client", SignatureInput)
    stage.settle()
    assert signature.photo.isVisible() and signature.photo.has_picture() and not signature.pad.isVisible()
    stage.click(signature.again)
    assert signature.value() == "" and signature.pad.isVisible()


def test_a_picture_is_pasted_taken_away_and_refused(stage: Any, office: Office, worker: Actor, draft: str) -> None:
    dialog = window(stage, worker, draft)
    picture: PictureInput = asked(dialog, "door", PictureInput)
    QGuiApplication.clipboard().clear()
    stage.click(picture.paste_button)
    assert "no picture to paste" in picture._trouble.text()
    QGuiApplication.clipboard().setImage(halves(100, 80))
    stage.click(picture.paste_button)
    assert picture.value() and dialog.session.node("/data/door").value == picture.value()
    stage.click(picture.remove_button)
    assert picture.value() == "" and not picture.photo.isVisible()
    picture.take_in(picture._files.picture(lambda: b"not a picture", "", 100))
    stage.settle()
    assert "not a picture" in picture._trouble.text() and picture.choose_button.isEnabled()


def test_nothing_is_sent_while_a_file_is_on_its_way(stage: Any, office: Office, worker: Actor, draft: str) -> None:
    dialog = window(stage, worker, draft)
    assert dialog.files is not None
    dialog.files.busy += 1
    stage.click(dialog.later)
    assert office.get(FormAnswer, draft).status is FormAnswerState.DRAFT and dialog.isVisible()
    dialog.files.busy -= 1
    stage.click(dialog.later)
    assert not isValid(dialog) or not dialog.isVisible()


def test_a_signature_that_cannot_be_kept_stays_on_the_page(
    stage: Any, office: Office, worker: Actor, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = window(stage, worker, draft)
    picture: PictureInput = asked(dialog, "door", PictureInput)
    picture.take_in(picture._files.picture(lambda: photograph(), "", 300))
    stage.settle()
    signature: SignatureInput = asked(dialog, "client", SignatureInput)
    signature.pad.set_value([[(0.1, 0.5), (0.9, 0.6)]])
    signature.pad.changed.emit()
    strokes = dialog.session.node("/data/client").value

    def full(_data: bytes, _most: int) -> Any:
        raise EnvironmentProblem(DISK_FULL)

    monkeypatch.setattr(office.vault.attachments, "keep_bytes", full)
    stage.click(dialog.accept_button)
    assert dialog.isVisible() and dialog.accept_button.isEnabled()
    assert dialog.session.node("/data/client").value == strokes
    assert office.get(FormAnswer, draft).status is FormAnswerState.DRAFT

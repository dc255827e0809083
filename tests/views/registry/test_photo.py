"""A photograph in the windows: taken in, cut with the keyboard, dated, saved, shown on the list and on the card."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

from app.models.attachments import Attachment
from app.models.registry import EmergencyCard
from app.models.rules.attachments import Kept
from app.models.vocab import AttachmentKind, CardReason, Role
from app.models.work import Actor
from app.services import registry
from app.services.registry_cards import OpenCard, open_card
from app.services.registry_photos import AddPhoto, add_photo
from app.views.common.files import read_file
from app.views.common.text import PlainLabel
from app.views.registry.card import CardPage
from app.views.registry.list_page import RegistryPage
from app.views.registry.photo import PhotoDialog
from tests import factories
from tests.conftest import Office
from tests.pictures.made import CANARY, halves, photograph


@pytest.fixture
def coordinator(office: Office) -> Actor:
    return office.member(Role.REG, "R. Registrar")


@pytest.fixture
def theo(office: Office, coordinator: Actor) -> str:
    made = office.do(coordinator, registry.register, factories.registration())
    office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    return made


def photos(office: Office, owner_id: str) -> list[Attachment]:
    return office.found(Attachment, Attachment.owner_id == owner_id, Attachment.removed_at.is_(None))


def dialog_of(stage: Any, coordinator: Actor, theo: str) -> PhotoDialog:
    page = RegistryPage(stage.context(coordinator, "R. Registrar"))
    stage.show(page)
    page._open(theo)
    stage.settle()
    stage.click(stage.find(page, "registry.photo"))
    dialog = page.findChild(PhotoDialog)
    assert dialog is not None
    return dialog


def test_a_file_is_taken_in_cut_and_saved(
    stage: Any, office: Office, coordinator: Actor, theo: str, tmp_path: Path
) -> None:
    file = tmp_path / "IMG_0001.JPG"
    file.write_bytes(photograph(halves(800, 600)))
    dialog = dialog_of(stage, coordinator, theo)
    stage.click(dialog.accept_button)
    assert "Choose a picture first." in [one.text() for one in dialog.findChildren(PlainLabel) if one.isVisible()]
    dialog.take_in(lambda: read_file(file, 10_000_000))
    stage.settle()
    assert dialog.crop.isVisible() and dialog.crop.hasFocus()
    for _ in range(40):
        QTest.keyClick(dialog.crop, Qt.Key.Key_Right)
    QTest.keyClick(dialog.crop, Qt.Key.Key_Minus)
    for _ in range(40):
        QTest.keyClick(dialog.crop, Qt.Key.Key_Right)
    assert dialog.crop.cut().left + dialog.crop.cut().width == pytest.approx(1.0)
    assert "percent" in dialog.crop.accessibleDescription()
    stage.click(dialog.accept_button)
    assert dialog.isVisible(), "the day is asked for"
    field: Any = dialog._fields["taken_on"].control
    field.set_value(date(2026, 1, 10))
    stage.click(dialog.accept_button)
    (found,) = photos(office, theo)
    assert (found.kind, found.taken_on, found.media_type) == (AttachmentKind.PHOTO, date(2026, 1, 10), "image/jpeg")
    (card,) = office.found(EmergencyCard, EmergencyCard.registration_id == theo)
    assert len(photos(office, card.id)) == 1
    from app.services.attachments import kept_of

    kept = kept_of(found)
    assert kept is not None and kept.preview is not None
    whole = office.vault.attachments.read_whole(kept.sealed, 60_000)
    image = QImage.fromData(whole)
    assert image.width() / image.height() == pytest.approx(0.75, abs=0.02)
    assert image.pixelColor(image.width() - 5, 20).blue() > 150 and CANARY not in whole
    assert QImage.fromData(office.vault.attachments.read_whole(kept.preview, 18_000)).height() <= 320


def test_what_is_no_picture_is_said_and_nothing_is_kept(
    stage: Any, office: Office, coordinator: Actor, theo: str
) -> None:
    dialog = dialog_of(stage, coordinator, theo)
    QGuiApplication.clipboard().clear()
    stage.click(stage.find(dialog, "registry.photo.paste"))
    said = [one.text() for one in dialog.findChildren(PlainLabel) if one.isVisible()]
    assert any("no picture to paste" in text for text in said)
    dialog.take_in(lambda: b"not a picture")
    stage.settle()
    said = [one.text() for one in dialog.findChildren(PlainLabel) if one.isVisible()]
    assert any("not a picture" in text for text in said) and not dialog.crop.isVisible()
    QGuiApplication.clipboard().setImage(halves())
    stage.click(stage.find(dialog, "registry.photo.paste"))
    assert dialog.crop.isVisible()
    dialog.reject()
    assert not list(office.vault.attachments.here.names())


def test_the_card_shows_the_face_and_says_that_it_is_old(
    stage: Any, office: Office, coordinator: Actor, theo: str
) -> None:
    store = office.vault.attachments
    whole, small = (store.keep_bytes(photograph(halves(90, 120)), 100_000) for _ in range(2))
    kept = Kept(AttachmentKind.PHOTO, whole, "image/jpeg", preview=small)
    office.do(coordinator, add_photo, AddPhoto(registration_id=theo, photo=kept, taken_on=date(2025, 3, 1)))
    (card,) = office.found(EmergencyCard, EmergencyCard.registration_id == theo)
    officer = office.member(Role.OFF, "Const. Example")
    view = office.do(officer, open_card, OpenCard(card_id=card.id, why=CardReason.MISSING))
    page = CardPage(stage.context(officer, "Const. Marchetti"))
    stage.show(page, 1134, 700)
    page.open(view_id=view)
    stage.settle()
    assert stage.find(page, "registry.card.photo").has_picture()
    assert "more than 6 months ago" in stage.find(page, "registry.card.taken").text()
    store.here.remove(small.chunks)
    page.open(view_id=view)
    stage.settle()
    assert not stage.find(page, "registry.card.photo").has_picture()
    assert "Teddy" in stage.find(page, "registry.card.name").text()

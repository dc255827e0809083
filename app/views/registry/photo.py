"""A photograph of a registrant: taken in from a file or the clipboard, cut to the face, dated (domain.md 6.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.errors import RuleBroken
from app.models.rules.attachments import Kept
from app.models.vocab import AttachmentKind
from app.pictures.fitting import Cut, fitted
from app.pictures.intake import LARGEST_FILE, prepared
from app.queries import attachments as questions
from app.queries.attachments import MediaLimits
from app.queries.settings import local_day
from app.services import registry_photos as verbs
from app.views.common.buttons import Button, SecondaryButton
from app.views.common.crop import CropView
from app.views.common.dates import DateField
from app.views.common.files import PICTURES, ask_for_file, pasted_picture, read_file
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.text import QuietText
from app.views.messages import sentence_of
from app.views.programme import Context, Media
from app.words import tr

SHAPE = 3 / 4
"""Width to height of a photograph of a face."""
FULL, SMALL = 800, 320
"""Dots of the longer edge, of the photograph and of the small one."""


class PhotoDialog(FormDialog):
    """Takes in a photograph. The picture itself is not part of the draft: after a lock it is chosen again."""

    def __init__(self, context: Context, parent: QWidget, registration_id: str, done: Callable[[], None]) -> None:
        super().__init__(
            context,
            parent,
            "registry.photo",
            lambda: tr("Photograph of the registrant"),
            lambda: tr("Save the photograph"),
            subject=registration_id,
            said=lambda: tr("The photograph is saved."),
            text=lambda: tr("The face, alone, as the person looks now. What the camera wrote into the file stays out."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._registration_id = registration_id
        self._jpeg = b""
        self._limits: MediaLimits | None = None
        self._ready: Kept | None = None
        self.crop = CropView(SHAPE)
        self.crop.setObjectName("registry.photo.crop")
        self.crop.hide()
        self._note = QuietText(lambda: tr("Choose a file, or copy a picture elsewhere and paste it here."))
        self._put_buttons()
        self.add(self._note)
        self.add(self.crop)
        self.ask("taken_on", lambda: tr("Taken on"), DateField(clock=context.clock), required=True)
        self.begin()
        self.done_with.connect(lambda _: done())
        self.accept_button.setEnabled(False)
        now = context.clock()

        def limits(session: Any) -> MediaLimits:
            return questions.limits(session, local_day(session, now))

        context.tasks.read(self, limits, self._on_limits)

    def choose(self) -> None:
        """Let the person choose a file."""
        ask_for_file(
            self,
            lambda: tr("Pictures"),
            PICTURES,
            lambda path: self.take_in(lambda: read_file(path, LARGEST_FILE)),
        )

    def paste(self) -> None:
        """Take what is on the clipboard."""
        try:
            data = pasted_picture()
        except RuleBroken as problem:
            sentence = problem.text
            self.complain(lambda: tr(sentence))
            return
        self.take_in(lambda: data)

    def take_in(self, read: Callable[[], bytes]) -> None:
        """Decode a picture in the process for that, and show it with the frame."""
        self.complain(None)
        self._note.set_text(lambda: tr("The picture is being opened…"))
        self.context.tasks.job(self, lambda: prepared(read()).jpeg, self._show, self._not_opened)

    def check(self) -> bool:
        """Whether there is a picture and a day."""
        if not self._jpeg:
            self.complain(lambda: tr("Choose a picture first."))
            return False
        taken_on = self.typed()["taken_on"]
        if super().check() and taken_on is None:
            return self.refuse("taken_on", lambda: tr("Say on which day the photograph was taken."))
        return super().check()

    def send(self) -> None:
        """Make the two pictures and seal them; what names them is saved after that."""
        media, limits = self.context.media, self._limits
        if media is None or limits is None:
            return
        self.complain(None)
        self.accept_button.setEnabled(False)
        jpeg, cut = self._jpeg, self.crop.cut()
        self.context.tasks.job(self, lambda: sealed_photo(media, jpeg, cut, limits), self._save, self._not_sealed)

    def request(self) -> tuple[Verb, Any]:
        """Give the registration its photograph."""
        assert self._ready is not None, "sealed before it is saved"
        taken_on: date | None = self.typed()["taken_on"]
        command = verbs.AddPhoto(registration_id=self._registration_id, photo=self._ready, taken_on=taken_on)
        return verbs.add_photo, command

    def _save(self, ready: Kept) -> None:
        self._ready = ready
        super().send()

    def _not_sealed(self, problem: Exception) -> None:
        self.accept_button.setEnabled(True)
        self.complain(lambda: sentence_of(problem))

    def _on_refused(self, problem: Exception) -> None:
        media, ready = self.context.media, self._ready
        if media is not None and ready is not None:
            self._ready = None
            self.context.tasks.job(self, lambda: _let_go(media, ready), lambda _: None)
        super()._on_refused(problem)

    def _put_buttons(self) -> None:
        row = QHBoxLayout()
        for name, words, icon, act in (
            ("choose", lambda: tr("Choose a file…"), "document", self.choose),
            ("paste", lambda: tr("Paste a picture"), "plus", self.paste),
        ):
            button: Button = SecondaryButton(words, icon)
            button.setObjectName(f"registry.photo.{name}")
            button.clicked.connect(act)
            row.addWidget(button)
        row.addStretch(1)
        self.add_layout(row)
        QShortcut(QKeySequence.StandardKey.Paste, self, self.paste)

    def _on_limits(self, limits: MediaLimits) -> None:
        self._limits = limits
        self.accept_button.setEnabled(True)

    def _show(self, jpeg: bytes) -> None:
        self._jpeg = jpeg
        self._note.set_text(lambda: tr("Move the frame over the face. The arrow keys, plus and minus do it too."))
        self.crop.set_picture(jpeg)
        self.crop.show()
        self.crop.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fit()

    def _not_opened(self, problem: Exception) -> None:
        self._note.set_text(lambda: tr("Choose a file, or copy a picture elsewhere and paste it here."))
        self.complain(lambda: sentence_of(problem))


def sealed_photo(media: Media, jpeg: bytes, cut: Cut, limits: MediaLimits) -> Kept:
    """The part of a prepared picture as a photograph and a small one, both sealed. Takes a moment: call it in a job."""
    full = fitted(jpeg, longest=FULL, most=limits.photo, cut=cut)
    small = fitted(full, longest=SMALL, most=limits.preview)
    sealed = media.keep_bytes(full, limits.photo)
    preview = media.keep_bytes(small, limits.preview)
    return Kept(AttachmentKind.PHOTO, sealed, "image/jpeg", preview=preview)


def _let_go(media: Media, ready: Kept) -> None:
    media.let_go(ready.sealed)
    if ready.preview is not None:
        media.let_go(ready.preview)

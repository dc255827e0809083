"""Questions for a picture, a recording or a file: chosen or pasted, shown, taken away, saved as a copy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout

from app.errors import RuleBroken
from app.models.rules.attachments import megabytes
from app.queries.attachments import AttachmentRow
from app.views import style
from app.views.common.buttons import QuietButton, SecondaryButton
from app.views.common.files import PICTURES, SOUNDS, ask_for_file, pasted_picture
from app.views.common.photo import Photo
from app.views.common.text import PlainLabel, QuietText
from app.views.common.wording import Wording
from app.views.forms.base import Input
from app.views.forms.files import AnswerFiles, Take
from app.views.messages import sentence_of
from app.words import tr


class FileInput(Input):
    """A file of any kind. The answer is the name that the file has in the record of answers, never its own."""

    endings: Sequence[str] = ()

    def __init__(self, files: AnswerFiles) -> None:
        super().__init__()
        self._files = files
        self._value = ""
        self._read_only = False
        self.photo = Photo(lambda: tr("Picture"), 320, 240, icon="document")
        self.photo.hide()
        self._said, self._trouble = PlainLabel(""), PlainLabel("")
        self._trouble.set_kind("danger")
        self.choose_button = SecondaryButton(self._choose_words, "document")
        self.remove_button = QuietButton(lambda: tr("Remove"), "trash")
        self.copy_button = QuietButton(lambda: tr("Save a copy…"), "save")
        self._row = QHBoxLayout()
        self._row.setSpacing(style.space(2))
        self._column.addWidget(self.photo, 0, Qt.AlignmentFlag.AlignLeading)
        self._column.addWidget(self._said)
        self._column.addWidget(self._trouble)
        for button, act, name in (
            (self.choose_button, self._choose, ""),
            (self.remove_button, self._remove, tr("Remove")),
            (self.copy_button, self._save_copy, tr("Save a copy…")),
        ):
            button.clicked.connect(act)
            self._row.addWidget(button)
            self._name(button, name)
        self._row.addStretch(1)
        self._put_row(self._row)
        self._column.addWidget(QuietText(self._note))
        self._show()

    def value(self) -> str:
        """What names the file."""
        return self._value

    def show_value(self, value: str) -> None:
        """Show the file that an answer names; any other answer stands as it was written."""
        self._value = value
        self._show()

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self._read_only = read_only
        self._show()

    def take_in(self, take: Take) -> None:
        """Keep a file; the answer follows once it is saved."""
        self._complain("")
        self._said.set_text(lambda: tr("The file is being kept…"))
        self._said.show()
        self.choose_button.setEnabled(False)
        self._files.add(self, take, self._taken, self._refused)

    def _taken(self, ref: str) -> None:
        self._value = ref
        self._show()
        self.changed.emit()

    def _refused(self, problem: Exception) -> None:
        self._show()
        self._complain(sentence_of(problem))

    def _complain(self, sentence: str) -> None:
        self._trouble.set_text(sentence)
        self._trouble.setVisible(bool(sentence))

    def _choose(self) -> None:
        ask_for_file(self, self._title(), self.endings, lambda path: self.take_in(self._take(path)))

    def _remove(self) -> None:
        """The answer says nothing any more; the file is destroyed when the form is saved without it."""
        self._value = ""
        self._show()
        self.choose_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _save_copy(self) -> None:
        row = self._row_of()
        if row is not None:
            self._files.save_copy(self, row)

    def _row_of(self) -> AttachmentRow | None:
        return self._files.known.get(self._value)

    def _show(self) -> None:
        row = self._row_of()
        self._complain("")
        self.choose_button.setEnabled(True)
        self.choose_button.setVisible(not self._read_only)
        self.choose_button.retranslate()
        self.remove_button.setVisible(bool(self._value) and not self._read_only)
        self.copy_button.setVisible(row is not None and row.sealed is not None)
        said = _described(row) if row is not None else self._value
        self._said.set_text(said)
        self._said.setVisible(bool(said))
        self._show_picture(row)

    def _show_picture(self, row: AttachmentRow | None) -> None:
        pictured = row is not None and row.media_type in ("image/jpeg", "image/png")
        if not pictured or row is None:
            self.photo.hide()
            return
        value = self._value
        self._files.show(self, row, lambda data: self._draw(data) if value == self._value else None)

    def _draw(self, data: bytes) -> None:
        self.photo.set_bytes(data)
        self.photo.setVisible(self.photo.has_picture())

    # --- what differs between kinds of file ---

    def _take(self, path: Path) -> Take:
        return self._files.any_file(path)

    def _title(self) -> Wording:
        return lambda: tr("Files")

    def _choose_words(self) -> str:
        return tr("Choose another file…") if self._value else tr("Choose a file…")

    def _note(self) -> str:
        return tr("A copy is kept encrypted with the form. The file that you choose stays where it is.")


class SoundInput(FileInput):
    """A recording."""

    endings = SOUNDS

    def _take(self, path: Path) -> Take:
        return self._files.sound_file(path)

    def _title(self) -> Wording:
        return lambda: tr("Recordings")

    def _choose_words(self) -> str:
        return tr("Choose another recording…") if self._value else tr("Choose a recording…")

    def _note(self) -> str:
        return tr("A copy is kept encrypted with the form. To listen to it, save a copy.")


class PictureInput(FileInput):
    """A picture: chosen, or pasted with Ctrl+V."""

    endings = PICTURES

    def __init__(self, files: AnswerFiles, longest: int) -> None:
        self._longest = longest
        super().__init__(files)
        self.paste_button = QuietButton(lambda: tr("Paste a picture"), "plus")
        self.paste_button.clicked.connect(self.paste)
        self._row.insertWidget(1, self.paste_button)
        self._name(self.paste_button, tr("Paste a picture"))
        self.paste_button.setVisible(not self._read_only)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        super().set_read_only(read_only)
        self.paste_button.setVisible(not read_only)

    def paste(self) -> None:
        """Take the picture that was copied elsewhere."""
        try:
            data = pasted_picture()
        except RuleBroken as problem:
            self._complain(problem.sentence)
            return
        self.take_in(self._files.picture(lambda: data, "", self._longest))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V pastes."""
        if event.matches(QKeySequence.StandardKey.Paste) and not self._read_only:
            self.paste()
            return
        super().keyPressEvent(event)

    def _take(self, path: Path) -> Take:
        return self._files.picture_file(path, self._longest)

    def _title(self) -> Wording:
        return lambda: tr("Pictures")

    def _choose_words(self) -> str:
        return tr("Choose another picture…") if self._value else tr("Choose a picture…")

    def _note(self) -> str:
        return tr("A copy is kept encrypted with the form, without what the camera wrote into the file.")


def _described(row: AttachmentRow) -> str:
    """What a file is called and how large it is; without a name of its own, what it is."""
    if row.sealed is None:
        return tr("This file cannot be read.")
    name = row.name or (row.kind.label() if row.kind is not None else row.ref)
    return tr("{name} · {size} MB", name=name, size=megabytes(row.sealed.size))

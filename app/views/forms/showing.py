"""Pictures and recordings that a form shows beside its questions and choices."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.forms.session import FormSession
from app.forms.views import NodeView
from app.queries.attachments import AttachmentRow
from app.views import style
from app.views.common.buttons import QuietButton
from app.views.common.card import empty
from app.views.common.flow import FlowLayout
from app.views.common.photo import Photo
from app.views.common.text import QuietText
from app.views.common.wording import Wording
from app.views.forms.files import AnswerFiles
from app.words import tr

_LARGE, _SMALL = (420, 300), (140, 110)
"""Pixels of a picture of a question, and of one of a choice."""
_CHOOSING = frozenset({"select1", "select", "rank"})


class LabelMedia(QWidget):
    """What a question and its choices show besides words. Hidden while there is nothing."""

    def __init__(self, files: AnswerFiles | None) -> None:
        super().__init__()
        self._files = files
        self._now: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.space(2))
        self.hide()

    def follow(self, session: FormSession, view: NodeView) -> None:
        """Show what belongs to a question now; asked again whenever it is shown anew."""
        if self._files is None or not session.form.with_media:
            return
        choices = session.choices(view.path) if view.kind in _CHOOSING else ()
        wanted = [(view.label or view.name, view.media), *((one.label or one.value, one.media) for one in choices)]
        now = tuple((words, tuple(sorted(media.items()))) for words, media in wanted if media)
        if now != self._now:
            self._now = now
            self._draw(dict(view.media), view.label or view.name, [(one.label, one.media) for one in choices])

    def _draw(self, own: Mapping[str, str], label: str, choices: list[tuple[str, Mapping[str, str]]]) -> None:
        empty(self._column)
        found = self._put(self._column, own, label, _LARGE)
        row = FlowLayout()
        for words, media in choices:
            if media:
                box = QWidget()
                column = QVBoxLayout(box)
                column.setContentsMargins(0, 0, 0, 0)
                column.setSpacing(2)
                if self._put(column, media, words, _SMALL):
                    column.addWidget(QuietText(words))
                    row.addWidget(box)
                    found = True
        self._column.addLayout(row)
        self.setVisible(found)

    def _put(self, column: QVBoxLayout, media: Mapping[str, str], words: str, room: tuple[int, int]) -> bool:
        """Put a picture and a recording at the end; whether there is any. A file that never came is said."""
        found = False
        for kind, name in media.items():
            row = self._files.shown.get(name) if self._files is not None else None
            if row is None:
                column.addWidget(QuietText(_missing(name)))
            elif kind in ("image", "big-image"):
                self._picture(column, row, words, room)
            else:
                self._recording(column, row)
            found = True
        return found

    def _picture(self, column: QVBoxLayout, row: AttachmentRow, words: str, room: tuple[int, int]) -> None:
        assert self._files is not None, "there is a row of it"
        photo = Photo(lambda: tr("Picture: {words}", words=words), *room, icon="document")
        column.addWidget(photo, 0, Qt.AlignmentFlag.AlignLeading)
        self._files.show(photo, row, photo.set_bytes, whole=room is _LARGE)

    def _recording(self, column: QVBoxLayout, row: AttachmentRow) -> None:
        files = self._files
        assert files is not None, "there is a row of it"
        button = QuietButton(lambda: tr("Save the recording to listen to it…"), "save")
        button.clicked.connect(lambda: files.save_shown(button, row))
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeading)


def _missing(name: str) -> Wording:
    return lambda: tr("A file of this form is missing: {name}", name=name)

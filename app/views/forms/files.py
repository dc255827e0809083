"""Files in answers while a form is filled: kept sealed at once, named by the answer, shown and saved as a copy."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from app.errors import EnvironmentProblem, RuleBroken
from app.models.rules import attachments as rules
from app.models.rules.attachments import Kept, Sealed
from app.models.vocab import AttachmentKind
from app.pictures.child import Limits
from app.pictures.fitting import fitted
from app.pictures.intake import LARGEST_FILE, prepared
from app.queries.attachments import AttachmentRow, MediaLimits
from app.services import forms as verbs
from app.services.form_files import AnswerFile
from app.views.common.files import ask_where_to_save, read_file
from app.views.common.whole_file import write_pieces
from app.views.programme import Context, Media
from app.words import tr

LONGEST, SMALL = 1600, 320
"""Dots of the longer edge of a picture in a form, unless the form says less, and of its small one."""
_SHOWN = 8_000_000
Take = Callable[[], Kept]
"""Seals a file. Takes time: called in a job."""


class Taking:
    """Ways to take a file in, within the service's limits."""

    def __init__(self, media: Media, limits: MediaLimits) -> None:
        self._media, self._limits = media, limits

    def picture(self, read: Callable[[], bytes], name: str, longest: int) -> Take:
        """A picture: decoded apart, drawn anew, made to fit."""
        limits, media = self._limits, self._media

        def take() -> Kept:
            jpeg = prepared(read(), limits=Limits(longest=longest)).jpeg
            whole = fitted(jpeg, longest=longest, most=limits.picture)
            small = fitted(whole, longest=SMALL, most=limits.preview)
            sealed = media.keep_bytes(whole, limits.picture)
            return Kept(AttachmentKind.PICTURE, sealed, "image/jpeg", name, media.keep_bytes(small, limits.preview))

        return take

    def picture_file(self, path: Path, longest: int) -> Take:
        """A picture from a file."""
        return self.picture(lambda: read_file(path, LARGEST_FILE), path.name, longest)

    def sound_file(self, path: Path) -> Take:
        """A recording, as it is."""
        limits = self._limits

        def kind_of(head: bytes) -> str:
            found = rules.sound_type(head)
            if found is None:
                raise RuleBroken(rules.NOT_A_SOUND)
            return found

        return lambda: self._streamed(path, limits.sound, AttachmentKind.SOUND, kind_of)

    def any_file(self, path: Path) -> Take:
        """Any file, as it is."""
        limits = self._limits
        return lambda: self._streamed(path, limits.file, AttachmentKind.FILE, rules.media_type)

    def _streamed(self, path: Path, most: int, kind: AttachmentKind, type_of: Callable[[bytes], str]) -> Kept:
        try:
            with path.open("rb") as source:
                head = source.read(rules.HEAD)
                if not head:
                    raise RuleBroken(rules.EMPTY)
                found = type_of(head)
                source.seek(0)
                return Kept(kind, self._media.keep(source, most), found, path.name)
        except OSError:
            raise EnvironmentProblem(rules.UNREADABLE) from None


class AnswerFiles:
    """The files of one answer. `known` has a row for each that is saved, by what the answer says.

    `shown` are the pictures and recordings of the form itself, by the name of their file.
    """

    def __init__(
        self,
        context: Context,
        media: Media,
        answer_id: str,
        files: Iterable[AttachmentRow],
        shown: Iterable[AttachmentRow] = (),
    ) -> None:
        self._context, self._media, self._answer_id = context, media, answer_id
        self.known = {row.ref: row for row in files}
        self.shown = {row.ref: row for row in shown}
        self.limits: MediaLimits | None = None
        self.busy = 0

    def add(self, owner: QWidget, take: Take, done: Callable[[str], None], failed: Callable[[Exception], None]) -> None:
        """Seal a file beside the interface, save what names it, then say what the answer is to be."""
        self.busy += 1

        def ended(problem: Exception) -> None:
            self.busy -= 1
            failed(problem)

        def sealed(kept: Kept) -> None:
            file = named(kept)
            command = verbs.AttachToAnswer(answer_id=self._answer_id, file=file)
            self._context.tasks.write(owner, verbs.attach_to_answer, command, lambda _: saved(file), ended)

        def saved(file: AnswerFile) -> None:
            self.busy -= 1
            self.note(file)
            done(file.ref)

        self._context.tasks.job(owner, take, sealed, ended)

    def note(self, file: AnswerFile) -> None:
        """Remember a file that is saved now."""
        kept = file.kept
        self.known[file.ref] = AttachmentRow(
            id="",
            ref=file.ref,
            kind=kept.kind,
            name=kept.name,
            media_type=kept.media_type,
            sealed=kept.sealed,
            preview=kept.preview,
            caption=file.caption,
            taken_on=None,
        )

    def show(self, owner: QWidget, row: AttachmentRow, show: Callable[[bytes], None], *, whole: bool = False) -> None:
        """Read a picture beside the interface, the small one unless `whole`; one that cannot be read says why."""
        sealed = row.sealed if whole else row.preview or row.sealed
        if sealed is not None:
            self._context.tasks.job(owner, lambda: self._media.read_whole(sealed, _SHOWN), show)

    def save_shown(self, owner: QWidget, row: AttachmentRow) -> None:
        """Write a copy of a file of the form itself, which is about nobody."""
        sealed = row.sealed
        if sealed is not None:
            ask_where_to_save(owner, row.name or row.ref, lambda path: self._write(owner, sealed, path))

    def _write(self, owner: QWidget, sealed: Sealed, path: Path) -> None:
        self._context.tasks.job(
            owner,
            lambda: write_pieces(path, self._media.read(sealed)),
            lambda _: self._context.messages.say(tr("The copy is saved. It is not encrypted.")),
        )

    def save_copy(self, owner: QWidget, row: AttachmentRow) -> None:
        """Write a copy where the person says, after they showed again who they are: it is no longer encrypted."""
        sealed = row.sealed
        if sealed is None:
            return

        self._context.confirm(
            owner,
            lambda: tr("A saved file is no longer encrypted, and anyone who finds it can read it."),
            lambda: self._exported(owner, row, lambda path: self._write(owner, sealed, path)),
        )

    def _exported(self, owner: QWidget, row: AttachmentRow, write: Callable[[Path], None]) -> None:
        command, name = verbs.ExportFile(answer_id=self._answer_id, ref=row.ref), row.name or row.ref

        def ask(_: None) -> None:
            ask_where_to_save(owner, name, write)

        self._context.tasks.write(owner, verbs.export_file, command, ask)

    def taking(self) -> Taking:
        """What takes a file in."""
        assert self.limits is not None, "asked for when the window was opened"
        return Taking(self._media, self.limits)


def named(kept: Kept, caption: str = "") -> AnswerFile:
    """A file with a name for the answer."""
    ref = rules.ref_of(secrets.token_hex(16), kept.media_type, kept.name)
    return AnswerFile(ref=ref, kept=kept, caption=caption)


def drawing_file(media: Media, png: bytes, most: int) -> Kept:
    """A signature or a drawing, sealed. Called in a job."""
    sealed: Sealed = media.keep_bytes(png, most)
    return Kept(AttachmentKind.SIGNATURE, sealed, "image/png")


def longest_edge(parameters: Any) -> int:
    """What a form says about the size of its pictures (`max-pixels`), within ours."""
    said = str(parameters.get("max-pixels", ""))
    return min(LONGEST, max(64, int(said))) if said.isdecimal() and len(said) < 6 else LONGEST

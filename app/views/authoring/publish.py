"""Publishing a checked form: what changes by it, said before it happens."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PureWindowsPath

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.forms.check import Report
from app.forms.media import media_files
from app.models.rules.attachments import Kept
from app.models.vocab import FormAbout
from app.queries.attachments import MediaLimits, limits
from app.queries.forms import FormRow
from app.queries.settings import local_day
from app.services import forms as verbs
from app.views.common.banner import Banner
from app.views.common.dialog import Dialog
from app.views.common.field import Field
from app.views.common.files import PICTURES
from app.views.common.picker import ComboPicker
from app.views.common.text import PlainLabel
from app.views.forms.files import LONGEST, Taking
from app.views.messages import Tone, sentence_of
from app.views.programme import Context, Media
from app.words import tr, trn


class PublishDialog(Dialog):
    """Asks what the form is about and says what changes; `published` carries the new version's id.

    Pictures and recordings that the form shows are taken from the folder of the workbook (`beside`), or from the one
    that is called like it with `-media`.
    """

    published = Signal(str)

    def __init__(
        self,
        context: Context,
        parent: QWidget,
        report: Report,
        workbook: bytes,
        workbook_name: str,
        before: FormRow | None,
        beside: Path | None = None,
    ) -> None:
        super().__init__(
            lambda: tr("Publish “{title}”?", title=report.title),
            lambda: tr("Publish to every device"),
            parent,
            width=620,
        )
        self.setObjectName("authoring.publish")
        self.accept_button.setObjectName("authoring.publish.go")
        self._context, self._report = context, report
        self._workbook, self._workbook_name = workbook, workbook_name
        self.add(PlainLabel(lambda: _what_changes(report, before)))
        if before is not None and before.drafts:
            drafts, version = before.drafts, before.version
            self.add(
                Banner(
                    "info",
                    lambda: trn(
                        "{count} draft on this device finishes on the version that it was begun with.",
                        "{count} drafts on this device finish on the version that they were begun with.",
                        drafts,
                        version=version,
                    ),
                )
            )
        if before is not None and before.retired_at is not None:
            self.add(Banner("warning", lambda: tr("The form is retired now. Publishing offers it again.")))
        self.about = ComboPicker([(one, one.label) for one in FormAbout])
        self.about.setObjectName("authoring.publish.about")
        self.about.set_value(before.about if before is not None else None)
        self.add(
            Field(
                lambda: tr("What are its answers about?"),
                self.about,
                hint=lambda: tr("It decides who may read the answers."),
                required=True,
            )
        )
        self._media = media_beside(report, workbook_name, beside)
        self._limits: MediaLimits | None = None
        self._say_media()
        now = context.clock()
        context.tasks.read(self, lambda session: limits(session, local_day(session, now)), self._on_limits)
        self.finished.connect(self.deleteLater)

    def _on_limits(self, found: MediaLimits) -> None:
        self._limits = found

    def _say_media(self) -> None:
        found = [name for name, path in self._media.items() if path is not None]
        missing = ", ".join(name for name, path in self._media.items() if path is None)
        if found:
            self.add(
                PlainLabel(
                    lambda: trn(
                        "{count} picture or recording beside the workbook is published with it.",
                        "{count} pictures and recordings beside the workbook are published with it.",
                        len(found),
                    )
                )
            )
        if missing:
            self.add(
                Banner(
                    "warning",
                    lambda: tr("Not found beside the workbook, so nobody will see them: {names}", names=missing),
                )
            )

    def check(self) -> bool:
        """Publish; the dialog stays open when it is refused."""
        about = self.about.value()
        if not isinstance(about, FormAbout):
            self.complain(lambda: tr("Say what the answers are about."))
            return False
        self.accept_button.setEnabled(False)
        media, found = self._context.media, self._limits
        files = {name: path for name, path in self._media.items() if path is not None}
        if not files or media is None or found is None:
            self._publish(about, {})
            return False
        self._context.tasks.job(
            self, lambda: sealed_media(media, files, found), lambda kept: self._publish(about, kept), self._refused
        )
        return False

    def _publish(self, about: FormAbout, media: Mapping[str, Kept]) -> None:
        command = verbs.PublishForm(
            xml=self._report.xml,
            attachments=self._report.attachments,
            about=about,
            workbook=self._workbook,
            workbook_name=self._workbook_name,
            media=media,
        )
        self._context.tasks.write(self, verbs.publish_form, command, self._done, self._refused)

    def _done(self, version_id: str) -> None:
        self._context.messages.say(tr("Published. Each device has it after it was connected next."), Tone.SUCCESS)
        self.published.emit(version_id)
        self.accept()

    def _refused(self, problem: Exception) -> None:
        self.accept_button.setEnabled(True)
        self.complain(sentence_of(problem))


def media_beside(report: Report, workbook_name: str, beside: Path | None) -> dict[str, Path | None]:
    """Where each picture and recording of a form lies; None for one that is not there."""
    if report.form is None:
        return {}
    folders = [] if beside is None else [beside, beside / f"{Path(workbook_name).stem}-media"]
    return {
        name: next((folder / name for folder in folders if _is_plain(name) and (folder / name).is_file()), None)
        for name in media_files(report.form)
    }


def _is_plain(name: str) -> bool:
    """Whether a name that a form says leads to no other folder, on any system."""
    return PureWindowsPath(name).name == name and name not in (".", "..")


def sealed_media(media: Media, files: Mapping[str, Path], found: MediaLimits) -> dict[str, Kept]:
    """Pictures and recordings of a form, taken in as those of an answer are. Takes time: called in a job."""
    taking = Taking(media, found)
    kept = {}
    for name, path in files.items():
        picture = path.suffix.lower().lstrip(".") in PICTURES
        take = taking.picture_file(path, LONGEST) if picture else taking.sound_file(path)
        kept[name] = take()
    return kept


def _what_changes(report: Report, before: FormRow | None) -> str:
    if before is None:
        return tr("This form is new: version {version} is offered on every device.", version=report.version)
    return tr(
        "Version {new} takes the place of version {old}. Answers that were given on earlier versions stay as they are.",
        new=report.version,
        old=before.version,
    )

"""Publishing a checked form: what changes by it, said before it happens."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.forms.check import Report
from app.models.vocab import FormAbout
from app.queries.forms import FormRow
from app.services import forms as verbs
from app.views.common.banner import Banner
from app.views.common.dialog import Dialog
from app.views.common.field import Field
from app.views.common.picker import ComboPicker
from app.views.common.text import PlainLabel
from app.views.messages import Tone, sentence_of
from app.views.programme import Context
from app.words import tr, trn


class PublishDialog(Dialog):
    """Asks what the form is about and says what changes; `published` carries the new version's id."""

    published = Signal(str)

    def __init__(
        self,
        context: Context,
        parent: QWidget,
        report: Report,
        workbook: bytes,
        workbook_name: str,
        before: FormRow | None,
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
        self.finished.connect(self.deleteLater)

    def check(self) -> bool:
        """Publish; the dialog stays open when it is refused."""
        about = self.about.value()
        if not isinstance(about, FormAbout):
            self.complain(lambda: tr("Say what the answers are about."))
            return False
        self.accept_button.setEnabled(False)
        command = verbs.PublishForm(
            xml=self._report.xml,
            attachments=self._report.attachments,
            about=about,
            workbook=self._workbook,
            workbook_name=self._workbook_name,
        )
        self._context.tasks.write(self, verbs.publish_form, command, self._done, self._refused)
        return False

    def _done(self, version_id: str) -> None:
        self._context.messages.say(tr("Published. Each device has it after it was connected next."), Tone.SUCCESS)
        self.published.emit(version_id)
        self.accept()

    def _refused(self, problem: Exception) -> None:
        self.accept_button.setEnabled(True)
        self.complain(sentence_of(problem))


def _what_changes(report: Report, before: FormRow | None) -> str:
    if before is None:
        return tr("This form is new: version {version} is offered on every device.", version=report.version)
    return tr(
        "Version {new} takes the place of version {old}. Answers that were given on earlier versions stay as they are.",
        new=report.version,
        old=before.version,
    )

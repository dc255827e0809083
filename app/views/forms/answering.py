"""Answers that are kept as records: begun, gone on with, corrected and finished, each on its own version."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app import form_pages
from app.forms import stored
from app.forms.session import FormSession
from app.queries import forms as questions
from app.queries.form_rows import StoredForm
from app.queries.forms import AnswerEntry, AnswerRow, FormRow, title_in
from app.queries.settings import local_day
from app.services import forms as verbs
from app.services.form_files import AnswerFile
from app.views.common.badge import Badge
from app.views.common.form_dialog import Verb
from app.views.forms.files import AnswerFiles, drawing_file, named
from app.views.forms.filling import FormWindow, begin
from app.views.forms.prepared import Prepared
from app.views.forms.signing import drawn, unsealed
from app.views.messages import Tone
from app.views.programme import Context
from app.words import current, tr

NAME = "form_answer"
"""How the window is called; its draft is this name, a colon and the answer's id."""


class AnswerWindow(FormWindow):
    """Fills one draft. Closing it keeps the draft in its record; what is typed meanwhile is kept as everywhere."""

    def __init__(self, context: Context, parent: QWidget, entry: AnswerEntry) -> None:
        self._entry, self._over = entry, parent

        def prepare() -> Prepared:
            definition = form_pages.definition_of(entry.form)
            # Answers that cannot be read are told here, before there is a page that would lose them.
            form_pages.resumed(definition, entry.state)
            return Prepared(definition, b"")

        super().__init__(
            context,
            parent,
            NAME,
            lambda: title_in(entry.row.titles, current().code),
            lambda: tr("Finish the form"),
            prepare,
            subject=entry.row.id,
        )
        self._signed: tuple[AnswerFile, ...] = ()
        self._strokes: list[tuple[str, str]] = []
        if context.media is not None:
            self.files = AnswerFiles(context, context.media, entry.row.id, entry.files)
            self.files.limits = entry.limits

    def check(self) -> bool:
        """Nothing is sent while a file is still on its way into the vault."""
        if self.files is not None and self.files.busy:
            self.complain(lambda: tr("A file is still being kept. One moment, then try again."))
            return False
        return super().check()

    def send(self) -> None:
        """Finish, with what was signed as files: they are sealed first, and named in the same act that finishes."""
        media, limits = self.context.media, self._entry.limits
        strokes = unsealed(self.session) if self.completing and media is not None and limits is not None else []
        if not strokes or media is None or limits is None:
            super().send()
            return
        self.accept_button.setEnabled(False)
        self._strokes = strokes
        pictures = [drawn(value) for _, value in strokes]
        most = limits.picture

        def seal() -> tuple[AnswerFile, ...]:
            return tuple(named(drawing_file(media, png, most), typed) for png, typed in pictures)

        self.context.tasks.job(self, seal, self._send_signed, self._on_refused)

    def _send_signed(self, files: tuple[AnswerFile, ...]) -> None:
        self._signed = files
        for (path, _), file in zip(self._strokes, files, strict=True):
            self.session.set(path, file.ref)
        super().send()

    def _on_refused(self, problem: Exception) -> None:
        """The strokes are the answers again; what was sealed of them goes at the next tidying."""
        for path, value in self._strokes:
            self.session.set(path, value)
        self._signed, self._strokes = (), []
        super()._on_refused(problem)

    def request(self) -> tuple[Verb, Any]:
        """Finish, or keep the draft."""
        answer_id, state = self._entry.row.id, self.session.state()
        if self.completing:
            return verbs.finish_answer, verbs.FinishAnswer(answer_id=answer_id, state=state, signed=self._signed)
        return verbs.save_answer, verbs.SaveAnswer(answer_id=answer_id, state=state)

    def saved(self, result: Any) -> None:
        """Say what became of it."""
        if self.completing:
            self.context.messages.say(tr("The form is finished."), Tone.SUCCESS)
        else:
            self.context.messages.say(tr("The form is saved. You can go on with it later."))

    def reject(self) -> None:
        """Leave; the draft is kept in its record. Should that fail, it stays with what is typed and not saved."""
        if self.page is not None and self.accept_button.isEnabled() and self.is_changed():
            drafts, name = self.context.drafts, self.draft_name
            command = verbs.SaveAnswer(answer_id=self._entry.row.id, state=self.session.state())
            self.context.tasks.write(
                self._over, self._keeper.saving(verbs.save_answer), command, lambda _: drafts.drop(name)
            )
        super().reject()

    def _new(self) -> FormSession:
        """The record's own answers: an answer is never begun here."""
        assert self.prepared is not None, "prepared before it is opened"
        return begin(self.context, self.prepared.definition, stored.unpacked(self._entry.state))


def go_on(context: Context, parent: QWidget, answer_id: str) -> None:
    """Open a draft."""

    def show(entry: AnswerEntry) -> None:
        window = AnswerWindow(context, parent, entry)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.open()

    now = context.clock()
    context.tasks.read(
        parent, lambda session: questions.answer(session, answer_id, today=local_day(session, now)), show
    )


def start(context: Context, parent: QWidget, row: FormRow, case_id: str | None = None) -> None:
    """Begin a form and open it. A shipped one is made ready in a job first: the vault's worker waits for nothing."""
    command = verbs.StartAnswer(form_id=row.form_id, case_id=case_id, language=current().code)

    def opened(answer_id: str) -> None:
        go_on(context, parent, answer_id)

    def ready(form: StoredForm) -> None:
        context.tasks.job(
            parent,
            lambda: form_pages.definition_of(form),
            lambda _: context.tasks.write(parent, verbs.start_answer, command, opened),
        )

    context.tasks.read(parent, lambda session: questions.stored_form(session, row), ready)


def correct(context: Context, parent: QWidget, answer_id: str) -> None:
    """Begin a correction of a finished answer and open it."""
    context.tasks.write(
        parent,
        verbs.correct_answer,
        verbs.CorrectAnswer(answer_id=answer_id),
        lambda made: go_on(context, parent, made),
    )


def state_badge(row: AnswerRow) -> Badge:
    """Where an answer stands, as every list of answers says it."""
    if row.put_away_at is not None:
        return Badge(lambda: tr("Put away"), "", "neutral")
    if row.draft:
        return Badge(lambda: tr("Draft"), "edit", "warning")
    if row.replaced:
        return Badge(lambda: tr("Corrected since"), "", "neutral")
    return Badge(lambda: tr("Finished"), "check", "success")

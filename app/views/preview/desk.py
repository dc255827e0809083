"""From "print this" to the page on the screen: ask, authorise, read, draw, show. Every step can say no."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QWidget

from app.documents.catalogue import kind_of
from app.queries.prints import PrintAsked, print_rows
from app.services import printing
from app.services.printing import AuthorisePrint
from app.views.messages import Messages
from app.views.preview.options import OptionsDialog, PrintOptions, known
from app.views.preview.shown import Shown
from app.views.preview.window import PreviewWindow
from app.views.programme import Confirm, Person, at_once
from app.views.tasks import Tasks
from app.words import current, in_language, tr


class PrintDesk(Shown):
    """Shows documents. `draw(context, rows)` draws in the child process."""

    def __init__(
        self,
        tasks: Tasks,
        messages: Messages,
        person: Person,
        draw: Callable[[Any, Any], bytes],
        clock: Callable[[], datetime],
        confirm: Confirm = at_once,
    ) -> None:
        self._tasks, self._messages, self._person = tasks, messages, person
        super().__init__(confirm)
        self._draw, self._clock = draw, clock

    def preview(
        self,
        parent: QWidget,
        form_id: str,
        *,
        record_id: str | None = None,
        language: str | None = None,
        title: str = "",
    ) -> None:
        """Ask how, then show the page. `record_id` None: the blank form; `language`: the person's own, if known.

        `title` is what a form is called that has its own name (`FORM:` and its id).
        """
        dialog = OptionsDialog(
            parent, form_id, language=language or current().code, has_record=record_id is not None, title=title
        )
        dialog.accepted.connect(lambda: self._read(parent, form_id, record_id, dialog.chosen(), title))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _read(self, parent: QWidget, form_id: str, record_id: str | None, chosen: PrintOptions, title: str) -> None:
        asked = PrintAsked(
            form_id=form_id,
            audience=chosen.audience,
            language=chosen.language,
            member_id=self._person.member_id,
            printed_by=self._person.name,
            record_id=None if chosen.blank else record_id,
            large_print=chosen.large_print,
            discreet=chosen.discreet,
            with_accused_facts=chosen.with_accused_facts,
        )
        now = self._clock()

        def draw(found: tuple[Any, Any]) -> None:
            self._tasks.job(parent, lambda: self._draw(*found), lambda pdf: self._show(parent, asked, pdf, title))

        def allowed(_: object) -> None:
            self._tasks.read(parent, lambda session: print_rows(session, asked, now=now), draw)

        self._authorise(parent, asked, False, lambda: allowed(None))

    def _show(self, parent: QWidget, asked: PrintAsked, pdf: bytes, own_title: str) -> None:
        form = known(asked.form_id)
        title = form.discreet_title if asked.discreet and form.discreet_title else form.title
        window = PreviewWindow(
            parent,
            own_title or in_language(current().code).tr(title),
            pdf,
            file_name=f"{_neutral_name(asked)}.pdf",
            leaving=lambda export, then: self._leave(parent, asked, export, then),
            messages=self._messages,
        )
        self._open(window)

    def _leave(self, owner: QWidget, asked: PrintAsked, export: bool, then: Callable[[], None]) -> None:
        self._ask_to_leave(owner, export, lambda: self._authorise(owner, asked, export, then))

    def _authorise(self, owner: QWidget, asked: PrintAsked, export: bool, then: Callable[[], None]) -> None:
        command = AuthorisePrint(
            form_id=asked.form_id, audience=asked.audience, record_id=asked.record_id, export=export
        )
        self._tasks.write(owner, printing.authorise_print, command, lambda _: then())


def _neutral_name(asked: PrintAsked) -> str:
    """A file name that says nothing about a person or a plan."""
    own = kind_of(asked.form_id) != asked.form_id
    return tr("page") if known(asked.form_id).protected or asked.discreet or own else asked.form_id.lower()

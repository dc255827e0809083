"""A registration form that was answered in Haven becomes a draft of the registry (domain.md 18.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app import form_pages
from app.forms import stored
from app.models.rules import registry_rows
from app.models.rules.registry_rows import Read
from app.queries import forms
from app.queries.forms import AnswerEntry
from app.services import registry as verbs
from app.services.registry_import import FORM_ID, read_submission
from app.views.common import when
from app.views.common.form_dialog import FormDialog
from app.views.common.picker import ComboPicker
from app.views.messages import Tone
from app.views.programme import Context
from app.words import tr


@dataclass(frozen=True)
class Answered:
    """One answered form and what it says for the registry."""

    entry: AnswerEntry
    read: Read

    @property
    def title(self) -> str:
        """Initials are not enough to choose by one's own forms: the name that was answered, and when."""
        said = self.read.answers
        return " ".join(str(said[name]) for name in ("legal_first", "legal_last") if said.get(name))


def ask_for_answered(context: Context, parent: QWidget, done: Callable[[], None]) -> None:
    """Offer the member's own finished registration forms; say so when there are none."""
    member = context.person.member_id
    today = context.clock().astimezone(ZoneInfo(context.zone)).date()

    def question(session: Any) -> list[AnswerEntry]:
        rows = forms.answers_alone(session, FORM_ID)
        mine = [row for row in rows if not row.draft and not row.replaced and row.answered_by_id == member]
        return [forms.answer(session, row.id) for row in mine]

    def read(entries: list[AnswerEntry]) -> None:
        context.tasks.job(parent, lambda: [_read(entry) for entry in entries], show)

    def _read(entry: AnswerEntry) -> Answered:
        row = read_submission(stored.unpacked(entry.instance), form_pages.definition_of(entry.form))
        return Answered(entry, registry_rows.read(row, today))

    def show(found: list[Answered]) -> None:
        if not found:
            context.messages.say(tr("You have not finished a registration form."), Tone.INFO)
            return
        dialog = AnsweredDialog(context, parent, found)
        dialog.done_with.connect(lambda _: done())
        dialog.open()

    context.tasks.read(parent, question, read)


class AnsweredDialog(FormDialog):
    """Chooses one of them; it becomes a draft that can be looked through and handed in."""

    def __init__(self, context: Context, parent: QWidget, found: list[Answered]) -> None:
        super().__init__(
            context,
            parent,
            "registry.answered",
            lambda: tr("From an answered form"),
            lambda: tr("Make a draft of it"),
            said=lambda: tr("The draft is there. Look it through, then hand it in."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._found = {one.entry.row.id: one for one in found}
        options = [(one.entry.row.id, _words(one, context.zone)) for one in found]
        self.ask("answer", lambda: tr("Which form"), ComboPicker(options), required=True, wide=True)
        self.begin({"answer": found[0].entry.row.id})

    def check(self) -> bool:
        """One that can be taken has to be chosen."""
        chosen = self._found.get(str(self.typed()["answer"]))
        if chosen is None:
            return self.refuse("answer", lambda: tr("Choose one."))
        problems = chosen.read.problems
        if problems:
            return self.refuse("answer", lambda: " ".join(tr(text, **said) for text, said in problems))
        return super().check()

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Register what was answered."""
        answers = self._found[str(self.typed()["answer"])].read.answers
        names = {field.name for field in fields(verbs.Register)}
        return verbs.register, verbs.Register(**{name: value for name, value in answers.items() if name in names})


def _words(one: Answered, zone: str) -> Callable[[], str]:
    def words() -> str:
        at = one.entry.row.finished_at
        return " · ".join(part for part in (one.title, when.moment(at, zone) if at is not None else "") if part)

    return words

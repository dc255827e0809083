"""The same letter about many registrations, in one file: whoever may not be written to is left out and named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QWidget

from app.errors import Said
from app.models.vocab import Audience
from app.queries.prints import PrintAsked, print_rows
from app.services import printing
from app.services.printing import AuthoriseLetters, Letters
from app.views.messages import Messages, Tone
from app.views.preview.options import known
from app.views.preview.shown import Shown
from app.views.preview.window import PreviewWindow
from app.views.programme import Addressed, Confirm, Person, at_once
from app.views.tasks import Tasks
from app.words import current, in_language, tr, trn

_MOST_NAMED = 6


class LetterDesk(Shown):
    """Shows letters. `draw(prints, whole_sheets)` draws them as one file in the child process."""

    def __init__(
        self,
        tasks: Tasks,
        messages: Messages,
        person: Person,
        draw: Callable[[Sequence[tuple[Any, Any]], bool], bytes],
        clock: Callable[[], datetime],
        confirm: Confirm = at_once,
    ) -> None:
        self._tasks, self._messages, self._person = tasks, messages, person
        super().__init__(confirm)
        self._draw, self._clock = draw, clock

    def show(self, parent: QWidget, form_id: str, to: Sequence[Addressed], *, whole_sheets: bool = False) -> None:
        """Authorise each letter, then draw and show those that may be written; each in its own language."""
        command = AuthoriseLetters(form_id=form_id, record_ids=tuple(one.record_id for one in to), skips=True)

        def allowed(found: Letters) -> None:
            left_out = _left_out(found.refused, {one.record_id: one.named for one in to})
            going = [one for one in to if one.record_id in found.allowed]
            if going:
                self._read(parent, form_id, going, left_out, whole_sheets)
            else:
                self._messages.say(left_out, Tone.WARNING)

        self._tasks.write(parent, printing.authorise_letters, command, allowed)

    def _read(
        self, parent: QWidget, form_id: str, going: Sequence[Addressed], left_out: str, whole_sheets: bool
    ) -> None:
        now = self._clock()
        asked = [
            PrintAsked(
                form_id=form_id,
                audience=Audience.CLIENT,
                language=one.language or current().code,
                member_id=self._person.member_id,
                printed_by=self._person.name,
                record_id=one.record_id,
            )
            for one in going
        ]

        def drawn(prints: list[tuple[Any, Any]]) -> None:
            self._tasks.job(
                parent,
                lambda: self._draw(prints, whole_sheets),
                lambda pdf: self._show(parent, form_id, going, pdf, left_out),
            )

        self._tasks.read(parent, lambda session: [print_rows(session, one, now=now) for one in asked], drawn)

    def _show(self, parent: QWidget, form_id: str, going: Sequence[Addressed], pdf: bytes, left_out: str) -> None:
        window = PreviewWindow(
            parent,
            in_language(current().code).tr(known(form_id).title),
            pdf,
            file_name=f"{form_id.lower()}.pdf",
            leaving=lambda export, then: self._leave(parent, form_id, going, export, then),
            messages=self._messages,
            note=left_out,
        )
        self._open(window)

    def _leave(
        self, owner: QWidget, form_id: str, going: Sequence[Addressed], export: bool, then: Callable[[], None]
    ) -> None:
        """All pages leave together, so that all have to be allowed still."""
        command = AuthoriseLetters(form_id=form_id, record_ids=tuple(one.record_id for one in going), export=export)

        def authorise() -> None:
            self._tasks.write(owner, printing.authorise_letters, command, lambda _: then())

        self._ask_to_leave(owner, export, authorise)


def _left_out(refused: Sequence[tuple[str, Said]], named: Mapping[str, str]) -> str:
    """Who gets no letter and why, by reason; of very many only the first."""
    if not refused:
        return ""
    by_reason: dict[str, list[str]] = {}
    for record_id, why in refused:
        by_reason.setdefault(why.sentence, []).append(named.get(record_id, ""))
    lines = [trn("{count} registration gets no letter.", "{count} registrations get no letter.", len(refused))]
    for reason, who in by_reason.items():
        more = len(who) - _MOST_NAMED
        names = ", ".join(who[:_MOST_NAMED])
        if more > 0:
            names = tr("{names} and {count} more", names=names, count=more)
        lines.append(tr("{names}: {reason}", names=names, reason=reason))
    return "\n".join(lines)

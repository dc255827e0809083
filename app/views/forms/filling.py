"""The dialog in which a form is filled: its draft is the session itself, so that one goes on at the same question."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from app import words
from app.errors import EnvironmentProblem, RuleBroken
from app.forms.definition import FormDefinition
from app.forms.session import FormSession
from app.views import style
from app.views.common.buttons import SecondaryButton
from app.views.common.form_dialog import FormDialog
from app.views.common.text import QuietText
from app.views.common.wording import Wording
from app.views.forms.files import AnswerFiles
from app.views.forms.page import FormPage
from app.views.forms.prepared import Prepared, from_draft, to_draft
from app.views.messages import Tone, sentence_of
from app.views.programme import Context
from app.words import tr

Question = Callable[[Any], Any]


def begin(context: Context, definition: FormDefinition, state: bytes | None = None) -> FormSession:
    """A new session, or the one that was kept, in the interface's language where the form is written in it."""
    code = words.current().code
    language = next((name for name in definition.languages if f"({code})" in name), "")
    zone = ZoneInfo(context.zone)

    def now() -> datetime:
        return context.clock().astimezone(zone)

    return FormSession(
        definition,
        language="" if state is not None else language,
        now=now,
        seed=secrets.randbits(31),
        new_uuid=lambda: str(uuid.uuid4()),
        state=state,
    )


class FormWindow(FormDialog):
    """Fills one form. `prepare` gets the form ready, beside the interface; `facts` is a question to the vault.

    A subclass puts what is known into a new session in `prefill`, and says in `request` which verb takes the answers
    of `self.session`; `self.completing` tells whether the form was finished or only put aside ("Save for now").
    """

    def __init__(
        self,
        context: Context,
        parent: QWidget,
        name: str,
        title: Wording,
        accept: Wording,
        prepare: Callable[[], Prepared],
        *,
        subject: str = "",
        facts: Question | None = None,
        said: Wording = "",
        text: Wording = "",
        width: int = 980,
    ) -> None:
        super().__init__(context, parent, name, title, accept, subject=subject, said=said, text=text, width=width)
        self.completing = True
        self.page: FormPage | None = None
        self.files: AnswerFiles | None = None
        """Where files of the answer are kept; None where the answers are no record that could have any."""
        self.prepared: Prepared | None = None
        self._facts: Any = None
        self._form_kept: dict[str, Any] = {}
        self._kept: Mapping[str, Any] = {}
        self._waiting = QuietText(lambda: tr("The form is being prepared…"))
        self.add(self._waiting)
        self.later = SecondaryButton(lambda: tr("Save for now"), "save")
        self.later.setObjectName(f"{name}.later")
        self.later.clicked.connect(self._save_for_now)
        self.add_button(self.later)
        self._enable(False)
        context.tasks.job(self, prepare, lambda found: self._on_prepared(found, facts), self._on_not_prepared)

    @property
    def session(self) -> FormSession:
        """The answers."""
        assert self.page is not None, "nothing is asked of a form before it is shown"
        return self.page.session

    def prefill(self, session: FormSession, facts: Any) -> None:
        """Put into a new session what is known already; `facts` is the vault's answer."""

    def name_of(self, path: str) -> str:
        """The object name of the input at a path."""
        return f"{self.objectName()}{path.replace('/', '.')}"

    def typed(self) -> dict[str, Any]:
        """The session as it is kept: its state, and the form that it answers."""
        if self.page is None:
            return dict(self._kept)
        state = base64.b64encode(self.session.state()).decode("ascii")
        return {"state": state, "form": self._form_kept}

    def check(self) -> bool:
        """Whether everything is answered as it should be; leads to the first problem otherwise."""
        return self.page is not None and (not self.completing or not self.page.finish())

    def fit(self) -> None:
        """As high as the screen allows, so that turning pages moves nothing."""
        most = self.screen().availableGeometry().height() - 80
        self.resize(self._width, min(most, style.grown(900)))

    def send(self) -> None:
        """Neither button twice."""
        super().send()
        self.later.setEnabled(False)

    def _save_for_now(self) -> None:
        self.completing = False
        self._on_accept()
        self.completing = self.accept_button.isEnabled()

    def _on_refused(self, problem: Exception) -> None:
        self.completing = True
        self.later.setEnabled(True)
        super()._on_refused(problem)

    def _on_prepared(self, prepared: Prepared, facts: Question | None) -> None:
        self.prepared = prepared
        if facts is None:
            self._keeper.restore(self._on_restored)
        else:
            self.context.tasks.read(self, facts, self._on_facts, self._on_not_prepared)

    def _on_facts(self, facts: Any) -> None:
        self._facts = facts
        self._keeper.restore(self._on_restored)

    def _on_not_prepared(self, problem: Exception) -> None:
        self._waiting.hide()
        self.complain(lambda: sentence_of(problem))

    def _overlay(self, values: Mapping[str, Any]) -> None:
        self._kept = values

    def _on_restored(self, found: bool) -> None:
        session = self._resumed() if found else None
        self._open(session or self._new())
        if session is not None:
            super()._on_restored(True)
        elif found:
            self.context.messages.say(tr("What you typed before cannot be read any more."), Tone.WARNING)

    def _new(self) -> FormSession:
        assert self.prepared is not None, "prepared before it is opened"
        session = begin(self.context, self.prepared.definition)
        self.prefill(session, self._facts)
        return session

    def _resumed(self) -> FormSession | None:
        """The session that was kept, on the version of the form on which it was begun."""
        assert self.prepared is not None, "prepared before it is opened"
        try:
            state = base64.b64decode(str(self._kept.get("state", "")), validate=True)
        except ValueError:
            return None
        begun_on = from_draft(self._kept.get("form") or {})
        for prepared in (self.prepared, begun_on):
            try:
                if prepared is not None:
                    session = begin(self.context, prepared.definition, state)
                    self.prepared = prepared
                    return session
            except (RuleBroken, EnvironmentProblem):
                continue
        return None

    def _open(self, session: FormSession) -> None:
        self._waiting.hide()
        self.page = FormPage(session, self.name_of, files=self.files)
        self.add(self.page)
        if self.prepared is not None:
            self._form_kept = to_draft(self.prepared)
        self._initial = self.typed()
        self.page.changed.connect(self._keeper.touch)
        self._enable(True)
        self.fit()
        page, place = self.page, session.place
        # Once the page has its place in the window, or there is nothing yet to scroll to.
        QTimer.singleShot(0, page, lambda: None if page.go_to(place) else page.begin())

    def _enable(self, enabled: bool) -> None:
        self.accept_button.setEnabled(enabled)
        self.later.setEnabled(enabled)

"""Step 5: the 14 areas of life, in one touch each. It is a part of the needs assessment's form, finished later."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from app.models.vocab import Channel
from app.views.common.banner import Banner
from app.views.common.buttons import SecondaryButton
from app.views.common.text import QuietText
from app.views.crisis.capture.state import Capture
from app.views.crisis.capture.step import CaptureStep, Verb
from app.views.crisis.needs_filling import FORM, NEEDS, input_name, needs_of_form, put_needs
from app.views.crisis.needs_saving import SaveNeeds, needs_of, save_needs
from app.views.forms.filling import begin
from app.views.forms.page import FormPage
from app.views.forms.prepared import Prepared, shipped
from app.views.messages import sentence_of
from app.words import tr

Needs = Mapping[str, Mapping[str, Any]]


class NeedsStep(CaptureStep):
    """The needs of the form; notes where they help. The form is made ready while the first steps are answered."""

    def __init__(self, capture: Capture) -> None:
        super().__init__(
            capture,
            "needs",
            lambda: tr("What do they need?"),
            lambda: tr("Short: one touch each. It becomes the needs assessment, which can be finished later."),
        )
        self.page: FormPage | None = None
        self._known: Needs = {}
        self._waiting = QuietText(lambda: tr("The form is being prepared…"))
        again = SecondaryButton(lambda: tr("Try again"), "undo")
        again.setObjectName("capture.needs.again")
        again.clicked.connect(self._prepare)
        self._trouble = Banner("warning", "", again)
        self.body.addWidget(self._waiting)
        self.body.addWidget(self._trouble)
        self._prepare()

    def typed(self) -> dict[str, Any]:
        """The answers by domain; what was known, until the form is there."""
        return {"needs": self._known if self.page is None else needs_of_form(self.page.session, self._known)}

    def fill(self, values: Any) -> None:
        """Show answers."""
        if "needs" in values:
            self._known = values["needs"] or {}
            self._put()

    def shown(self) -> dict[str, Any]:
        """What is stored of the open assessment."""
        stored = self.capture.stored
        return {"needs": needs_of(stored.assessment if stored else None)}

    def request(self) -> tuple[Verb, Any] | None:
        """Save what changed."""
        now, before = self.typed()["needs"], self._stored.get("needs", {})
        if now == before or self.capture.case_id is None:
            return None
        stored = self.capture.stored
        assessment = stored.assessment if stored else None
        head: dict[str, Any] = {} if assessment else {"method": Channel.ON_SCENE}
        if self.page is not None:
            form = self.page.session.definition
            head |= {"form_id": form.id, "form_version": form.version}
        command = SaveNeeds(
            case_id=self.capture.case_id,
            assessment_id=assessment.id if assessment else None,
            head=head,
            needs=now,
            before=before,
        )
        return save_needs, command

    def _prepare(self) -> None:
        self._waiting.show()
        self._trouble.hide()
        self.capture.context.tasks.job(self, partial(shipped, FORM), self._open, self._failed)

    def _open(self, prepared: Prepared) -> None:
        self._waiting.hide()
        session = begin(self.capture.context, prepared.definition)
        put_needs(session, self._known)
        self.page = FormPage(session, input_name, part=NEEDS)
        self.page.changed.connect(self.changed)
        self.body.addWidget(self.page)

    def _failed(self, problem: Exception) -> None:
        self._waiting.hide()
        self._trouble.set_message("warning", lambda: sentence_of(problem))
        self._trouble.show()

    def _put(self) -> None:
        if self.page is not None:
            put_needs(self.page.session, self._known)
            self.page.refresh()

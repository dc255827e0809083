"""The 60-second form: ask for victim services. Sent in one press; whatever is missing can follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout

from app.errors import RuleBroken
from app.models.vocab import RequestSource, Role
from app.queries import crisis
from app.queries.crisis.rows import RequestDetail
from app.services.crisis import requests as verbs
from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import PrimaryButton, QuietButton
from app.views.common.draft_keeper import DraftKeeper
from app.views.common.page import Page
from app.views.messages import Tone, sentence_of
from app.views.programme import Context
from app.views.requests.form import RequestForm, command
from app.words import tr


class RaisePage(Page):
    """A new request, or (with `request_id`) the correction of one."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Request victim services"),
            lambda: tr("About a minute. Send it with what you know; the rest can follow."),
        )
        self._context = context
        self._request_id: str | None = None
        self._problem = Banner("danger", "")
        self._problem.hide()
        self.add_above(self._problem)
        self._keeper: DraftKeeper | None = None
        self.form = RequestForm()
        self._fresh = True
        self.form.changed.connect(self._touch)
        self.add(self.form)
        self.add_layout(self._buttons())
        QShortcut(QKeySequence.StandardKey.Save, self, self.save)

    def open(self, request_id: str | None = None) -> None:
        """Begin anew, or show a request to correct; typing that was not saved comes back."""
        self._request_id = request_id
        self._problem.hide()
        self._fresh_form()
        self._keeper = DraftKeeper(
            self, self._context.drafts, f"request:{request_id or 'new'}", self.form.typed, self.form.fill
        )
        if request_id is None:
            self._fill_requester()
            self._keeper.restore(self._say_restored)
            return
        now = self._context.clock()

        def question(session: Any) -> RequestDetail:
            return crisis.request_detail(session, request_id, now=now)

        self._context.tasks.read(self, question, self._show_record)

    def save(self) -> None:
        """Send the request; a refusal is said at its field and nothing typed is lost."""
        self._problem.hide()
        self.send.setEnabled(False)
        verb: Callable[[Any, Any], Any] = verbs.raise_request if self._request_id is None else verbs.update_request
        if self._keeper is not None:
            verb = self._keeper.saving(verb)
        self._context.tasks.write(self, verb, command(self.form, self._request_id), self._saved, self._refused)

    def keep_typing(self) -> None:
        """Keep the draft now."""
        if self._keeper is not None:
            self._keeper.keep_now()

    def _saved(self, made: str | None) -> None:
        self.send.setEnabled(True)
        if self._keeper is not None:
            self._keeper.drop()
            self._keeper = None
        request_id = made or self._request_id
        self._context.messages.say(tr("Saved. It is sent as soon as there is a network."), Tone.SUCCESS)
        self._context.go("requests.detail", request_id=request_id)

    def _refused(self, problem: Exception) -> None:
        self.send.setEnabled(True)
        if self._keeper is not None:
            self._keeper.go_on()
        sentence = sentence_of(problem)
        field = problem.field if isinstance(problem, RuleBroken) else None
        if not self.form.show_problem(field, sentence):
            self._problem.set_message("danger", sentence)
            self._problem.show()

    def _touch(self) -> None:
        if self._keeper is not None:
            self._keeper.touch()

    def _show_record(self, detail: RequestDetail) -> None:
        self.form.fill(values_of(detail))
        if self._keeper is not None:
            self._keeper.restore(self._say_restored)

    def _say_restored(self, found: bool) -> None:
        if found:
            self._context.messages.say(tr("What you had typed before is here again."))

    def _fresh_form(self) -> None:
        if self._fresh:
            self._fresh = False
            return
        old = self.form
        self.form = RequestForm()
        self.form.changed.connect(self._touch)
        self.body.replaceWidget(old, self.form)
        old.hide()
        old.deleteLater()

    def _fill_requester(self) -> None:
        if self._context.person.role in (Role.OFF, Role.DSP):
            self.form.fill({"requester_name": self._context.person.name, "source": RequestSource.POLICE_ON_SCENE})

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(style.space(3))
        self.send = PrimaryButton(lambda: tr("Send the request"), "call")
        self.send.setObjectName("request.send")
        self.send.clicked.connect(self.save)
        cancel = QuietButton(lambda: tr("Back"))
        cancel.clicked.connect(lambda: self._context.go("back"))
        row.addWidget(self.send)
        row.addWidget(cancel)
        row.addStretch(1)
        return row


def values_of(detail: RequestDetail) -> dict[str, Any]:
    """A request's answers by the names of the form."""
    row = detail.row
    return {
        "response_wanted": row.response_wanted,
        "scene_safe": row.scene_safe,
        "incident_kind": detail.incident_kind,
        "offence_group": row.offence_group,
        "occurrence_no": detail.occurrence_no,
        "asks": list(detail.asks),
        "children_on_scene": row.children_on_scene,
        "needs_interpreter": detail.needs_interpreter,
        "accused_whereabouts": detail.accused_whereabouts,
        "location": row.location,
        "municipality": row.municipality,
        "meet_point": detail.meet_point,
        "hazards": detail.hazards,
        "source": row.source,
        "requester_name": detail.requester_name,
        "requester_badge": detail.requester_badge,
        "requester_phone": row.requester_phone,
        "consent_to_contact": row.consent_to_contact,
        "consent_asked_by": detail.consent_asked_by,
        "contact_phone": detail.contact_phone,
        "contact_safe": detail.contact_safe,
        "voicemail": detail.voicemail,
        "caller_id": detail.caller_id,
        "death_notification": detail.death_notification,
        "note": detail.note,
        "persons": [
            {
                "name": person.name,
                "label": person.label if not person.name else None,
                "age": person.age,
                "age_band": person.age_band,
                "role": person.role,
                "language": person.language,
                "injury": person.injury,
                "distress": person.distress,
            }
            for person in detail.persons
        ],
    }

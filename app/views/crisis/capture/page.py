"""The flow: a bar of steps, one step at a time, large buttons below. Each step is saved when it is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.errors import RuleBroken
from app.queries.crisis.rows import RequestDetail
from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import IconButton, PrimaryButton, QuietButton, SecondaryButton
from app.views.common.draft_keeper import DraftKeeper
from app.views.common.page import PageColumn
from app.views.common.steps import StepBar
from app.views.common.text import Heading, QuietText
from app.views.crisis.capture.after import AfterStep
from app.views.crisis.capture.happened import HappenedStep
from app.views.crisis.capture.how_are_they import HowAreTheyStep
from app.views.crisis.capture.needs_step import NeedsStep
from app.views.crisis.capture.safe_now import SafeNowStep
from app.views.crisis.capture.state import Capture, Stored, read_request, read_stored
from app.views.crisis.capture.step import CaptureStep
from app.views.crisis.capture.summary import SummaryStep
from app.views.crisis.capture.who import WhoStep
from app.views.crisis.parts import empty_layout
from app.views.messages import Tone, sentence_of
from app.views.programme import Context
from app.words import tr

_WIDEST = 900


class CaptureHead(QFrame):
    """The strip with the steps."""


class CaptureFoot(QFrame):
    """The strip with the buttons."""


class CapturePage(QWidget):
    """Built once; `open` begins or goes on with a capture."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("capture")
        self._context = context
        self.capture = Capture(context)
        self.steps: list[CaptureStep] = []
        self._current = 0
        self._asked_step: int | None = None
        self._keeper: DraftKeeper | None = None
        self._begun = False
        self._make_parts()
        self._lay_out()
        QShortcut(QKeySequence.StandardKey.Save, self, self._save_here)

    def whereabouts(self) -> dict[str, Any]:
        """What leads here again: the case that was made meanwhile, and the step."""
        return {"case_id": self.capture.case_id, "request_id": self.capture.request_id, "step": self._current}

    def open(
        self, case_id: str | None = None, request_id: str | None = None, step: int | None = None, **_more: Any
    ) -> None:
        """Begin a new capture, one for a request, or go on with a case, at its step `step`."""
        self._asked_step = step
        same = self._begun and (case_id or None) == self.capture.case_id and request_id == self.capture.request_id
        if same and case_id is None and request_id is None and self._touched():
            return
        self.keep_typing()
        self.capture = Capture(self._context, case_id=case_id, request_id=request_id)
        self._build()
        context = self._context
        if case_id is not None:
            context.tasks.read(self, lambda session: read_stored(session, context, case_id), self._show_stored)
        elif request_id is not None:
            context.tasks.read(self, lambda session: read_request(session, context, request_id), self._show_request)
        else:
            self._ready()

    def keep_typing(self) -> None:
        """Keep what is typed and not saved."""
        if self._keeper is not None:
            self._keeper.keep_now()

    def go_to(self, index: int) -> None:
        """Leave the step one is in, saving it, and show another."""
        if index != self._current and 0 <= index < len(self.steps):
            self._leave(lambda: self._show(index))

    def current(self) -> int:
        """Where one is."""
        return self._current

    def _make_parts(self) -> None:
        self.bar = StepBar(
            [
                lambda: tr("Who"),
                lambda: tr("What happened"),
                lambda: tr("Safe now?"),
                lambda: tr("How they are"),
                lambda: tr("Needs"),
                lambda: tr("Going on"),
                lambda: tr("Look over"),
            ]
        )
        self.bar.setObjectName("capture.bar")
        self.bar.chosen.connect(self._on_bar)
        self._title, self._state = Heading(lambda: tr("On scene"), 2), QuietText("")
        self._complaint = Banner("danger", "")
        self._complaint.hide()
        self.back = SecondaryButton(lambda: tr("Back"), "chevron-left")
        self.back.setObjectName("capture.back")
        self.back.clicked.connect(lambda: self.go_to(self._current - 1))
        self.next = PrimaryButton(self._next_words, "arrow-right")
        self.next.setObjectName("capture.next")
        self.next.clicked.connect(self._on_next)
        self.leave = QuietButton(lambda: tr("Save and leave"))
        self.leave.setObjectName("capture.leave")
        self.leave.clicked.connect(self._on_leave)

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._make_head())
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._make_column())
        whole.addWidget(self._area, 1)
        whole.addWidget(self._make_foot())

    def _make_head(self) -> CaptureHead:
        head = CaptureHead()
        close = IconButton("cross", lambda: tr("Leave"))
        close.setObjectName("capture.close")
        close.clicked.connect(self._on_leave)
        titles = QHBoxLayout()
        titles.setSpacing(style.space(4))
        self._title.setWordWrap(False)
        titles.addWidget(self._title)
        titles.addWidget(self._state, 1)
        titles.addWidget(close)
        column = QVBoxLayout(head)
        column.setContentsMargins(style.space(6), style.space(3), style.space(5), style.space(2))
        column.setSpacing(style.space(1))
        column.addLayout(titles)
        column.addWidget(self.bar)
        return head

    def _make_column(self) -> QWidget:
        holder, column = PageColumn(), PageColumn()
        column.setMaximumWidth(style.grown(_WIDEST))
        self._column = QVBoxLayout(column)
        self._column.setContentsMargins(style.space(5), style.space(5), style.space(5), style.space(6))
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(column, 1000)
        row.addStretch(1)
        return holder

    def _make_foot(self) -> CaptureFoot:
        foot = CaptureFoot()
        row = QHBoxLayout(foot)
        row.setContentsMargins(style.space(6), style.space(3), style.space(6), style.space(3))
        row.setSpacing(style.space(3))
        row.addWidget(self.back)
        row.addWidget(self.leave)
        row.addWidget(self._complaint, 1)
        row.addStretch(0)
        row.addStretch(1)
        row.addWidget(self.next)
        self.next.setMinimumWidth(220)
        return foot

    def _build(self) -> None:
        empty_layout(self._column)
        capture = self.capture
        self.steps = [
            WhoStep(capture),
            HappenedStep(capture),
            SafeNowStep(capture),
            HowAreTheyStep(capture),
            NeedsStep(capture),
            AfterStep(capture),
            SummaryStep(capture, self.go_to),
        ]
        for step in self.steps:
            step.hide()
            step.changed.connect(self._on_changed)
            self._column.addWidget(step)
        self._column.addStretch(1)
        if self._keeper is not None:
            self._keeper.deleteLater()
        self._keeper = DraftKeeper(
            self,
            self._context.drafts,
            capture.draft_name,
            self._typed,
            self._overlay,
            lambda: self.steps[self._current].name,
        )
        self._begun = True
        self._current = 0
        self._show(0)

    def _show_stored(self, stored: Stored) -> None:
        self.capture.stored = stored
        self._ready()

    def _show_request(self, request: RequestDetail) -> None:
        self.capture.request = request
        if request.row.case_id is not None:
            self.open(case_id=request.row.case_id)
            return
        self._ready()

    def _ready(self) -> None:
        for step in self.steps:
            step.show_stored()
        if self._keeper is not None:
            self._keeper.restore()
        self._show(self._first_step())

    def _typed(self) -> Mapping[str, Any]:
        return {step.name: step.typed() for step in self.steps} | {
            "crisis_contact_id": self.capture.crisis_contact_id,
            "step": self._current,
        }

    def _overlay(self, values: Mapping[str, Any]) -> None:
        self.capture.crisis_contact_id = values.get("crisis_contact_id")
        for step in self.steps:
            found = values.get(step.name)
            if isinstance(found, Mapping):
                step.fill(found)
        number = values.get("step")
        if isinstance(number, int) and self.capture.case_id is not None and self._asked_step is None:
            self._show(number)

    def _first_step(self) -> int:
        """The step that was asked for, once the case is there; before, the first one makes it."""
        asked = self._asked_step
        if asked is None or self.capture.case_id is None or not 0 <= asked < len(self.steps):
            return self._current
        return asked

    def _touched(self) -> bool:
        return any(step.changes() for step in self.steps)

    def _on_changed(self) -> None:
        self._complaint.hide()
        if self._keeper is not None:
            self._keeper.touch()

    def _on_bar(self, index: int) -> None:
        self.bar.set_current(self._current)
        self.go_to(index)

    def _on_next(self) -> None:
        if self._current + 1 < len(self.steps):
            self.go_to(self._current + 1)
        else:
            self._finish()

    def _on_leave(self) -> None:
        if not self._touched():
            self._finish()
        elif self.capture.case_id is None and not self.steps[0].is_answered():
            self._forget()
            self._context.go("back")
        else:
            self._leave(self._finish)

    def _save_here(self) -> None:
        self._leave(lambda: self._context.messages.say(tr("Saved."), Tone.SUCCESS))

    def _finish(self) -> None:
        case_id = self.capture.case_id
        self._forget()
        if case_id is None:
            self._context.go("back")
        else:
            self._context.go("crisis.case", case_id=case_id)

    def _forget(self) -> None:
        if self._keeper is not None:
            self._keeper.drop()
        self._begun = False

    def _leave(self, then: Any) -> None:
        step = self.steps[self._current]
        self._complaint.hide()
        focused = self.focusWidget()
        if focused is not None:
            # What is typed into a date is read when the field is left.
            focused.clearFocus()
        if not step.check():
            return
        request = step.request()
        if request is None:
            then()
            return
        self._set_busy(True)

        def saved(result: Any) -> None:
            step.saved(result)
            step.mark_saved()
            self._renew_stored(then)

        verb, command = request
        if self._keeper is not None and self.capture.case_id is None:
            # The draft was of a case that was not there yet: from now on it belongs to the case.
            verb = self._keeper.saving(verb)
        self._context.tasks.write(self, verb, command, saved, self._on_refused)

    def _renew_stored(self, then: Any) -> None:
        case_id, context = self.capture.case_id, self._context
        assert case_id is not None, "something of it was saved"

        def arrived(stored: Stored) -> None:
            self.capture.stored = stored
            self._set_busy(False)
            for step in self.steps:
                # Opening the case took over what the request knew: steps that nobody touched show it.
                if not step.changes():
                    step.show_stored()
            if self._keeper is not None:
                self._keeper.go_on()
                self._keeper.rename(self.capture.draft_name)
                self._keeper.touch()
            then()

        context.tasks.read(self, lambda session: read_stored(session, context, case_id), arrived)

    def _on_refused(self, problem: Exception) -> None:
        self._set_busy(False)
        if self._keeper is not None:
            self._keeper.go_on()
        step = self.steps[self._current]
        if isinstance(problem, RuleBroken) and step.has(problem.field):
            step.refuse(str(problem.field), lambda: problem.sentence)
            return
        self._complaint.set_message("danger", lambda: sentence_of(problem))
        self._complaint.show()

    def _set_busy(self, busy: bool) -> None:
        for button in (self.next, self.back, self.leave):
            button.setEnabled(not busy)

    def _show(self, index: int) -> None:
        self._current = index
        for number, step in enumerate(self.steps):
            step.setVisible(number == index)
        self.steps[index].entered()
        self.bar.set_current(index)
        self.bar.set_states(done=[n for n, step in enumerate(self.steps) if step.is_answered() and n != index])
        self.back.setVisible(index > 0)
        self.next.retranslate()
        self.next.set_icon("check" if index + 1 == len(self.steps) else "arrow-right")
        self._area.verticalScrollBar().setValue(0)
        self._state.set_text(self._state_words())

    def _state_words(self) -> str:
        stored = self.capture.stored
        if stored is None:
            return tr("Not saved yet: the case is saved with the first step")
        return tr("{number}: each step is saved when you leave it", number=stored.header.number or tr("Number pending"))

    def _next_words(self) -> str:
        return tr("Save and open the case") if self.steps and self._current + 1 == len(self.steps) else tr("Next")

"""One question as it stands on a page: label, input, hint, guidance to unfold, and what is wrong with the answer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.errors import RuleBroken
from app.forms import showing
from app.forms.session import FormSession
from app.forms.tree import Node
from app.forms.views import NodeView
from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import QuietButton
from app.views.common.field import FieldLabel
from app.views.common.kinds import Kind
from app.views.common.picture import Picture
from app.views.common.text import PlainLabel, QuietText
from app.views.common.wording import Wording, say
from app.views.forms.base import Input
from app.views.forms.files import AnswerFiles
from app.views.forms.making import make
from app.words import tr

_WARNINGS: tuple[Kind, ...] = ("danger", "warning", "info")
"""Appearances of a note that must not be overlooked."""
_ONE_LINE = 64
"""Characters of a label that surely fit beside its mark."""


class Question(QWidget):
    """Shows the question at a node. `answered` speaks when the person changed the answer.

    What is wrong is said once the question was left, or when `judge` was called; from then on it follows the answer.
    `headed`: the heading right above it asks it already: its own label is only spoken, and its hint comes first.
    """

    answered = Signal()

    def __init__(
        self,
        session: FormSession,
        node: Node,
        name: str,
        within: Wording = "",
        files: AnswerFiles | None = None,
        *,
        headed: bool = False,
    ) -> None:
        super().__init__()
        self._files = files
        self.node = node
        self.input: Input | None = None
        self._session, self._name, self._within = session, name, within
        self._view = showing.view(session, node)
        self._judged = self._touched = False
        self._headed = headed
        self._refused: RuleBroken | None = None
        self._banner: Banner | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._label = FieldLabel()
        self._mark = QuietText(lambda: tr("(required)"))
        self._mark.setWordWrap(False)
        self._hint, self._guidance = QuietText(), QuietText()
        self._more = QuietButton(self._more_words, "help")
        self._error = PlainLabel()
        self._error_row = self._make_error_row()
        self._lay_out()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.refresh()

    @property
    def path(self) -> str:
        """Where its answer is now; it moves when instances of a repeat come and go."""
        return self.node.path

    @property
    def is_question(self) -> bool:
        """Whether it can be answered; a note cannot."""
        return self.input is not None and not self._view.readonly

    def refresh(self, *, by_person: bool = False) -> None:
        """Show what the form says now. `by_person`: the answer comes from this very input, which is left as it is."""
        self._view = showing.view(self._session, self.node)
        view = self._view
        self._put_input(view)
        self._say(view)
        if self.input is not None:
            if view.kind in ("select1", "select", "rank"):
                self.input.set_choices(self._session.choices(view.path))
            if not by_person and self.input.value() != view.value:
                self.input.show_value(view.value)
            self.input.set_read_only(view.readonly)
        if by_person:
            self._touched, self._refused = True, None
        self._show_fault()

    def judge(self) -> None:
        """Say from now on what is wrong, also when nothing was answered."""
        self._judged = True
        self._show_fault()

    def left(self) -> None:
        """The person went on: say what is wrong with what they answered."""
        if self._touched or self._view.value:
            self.judge()

    def refuse(self, problem: RuleBroken) -> None:
        """The form did not take the answer."""
        self._refused = problem
        self._show_fault()

    def error(self) -> str:
        """The sentence shown now, or an empty text."""
        return self._error.text() if self._error_row.isVisibleTo(self) else ""

    def go_to(self) -> None:
        """Put the keyboard into it."""
        (self.input or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the interface's language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()

    def _lay_out(self) -> None:
        self._head = QHBoxLayout()
        self._head.setSpacing(6)
        self._head.addWidget(self._label, 1)
        self._head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        self._head.addStretch(0)
        self._column.addLayout(self._head)
        if not self._headed:
            self._column.addWidget(self._hint)
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeading)
        self._column.addWidget(self._guidance)
        self._column.addWidget(self._error_row)
        if self._headed:
            self._column.insertWidget(0, self._hint)
        self._guidance.hide()
        self._more.clicked.connect(self._unfold)

    def _put_input(self, view: NodeView) -> None:
        """A note that may be answered after all gets its input when that happens."""
        if self.input is not None:
            return
        self.input = make(self._session, view, self._files)
        self._label.setProperty("strong", self.input is not None)
        if self.input is None:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            return
        self.input.setObjectName(self._name)
        self._column.insertWidget(2 if self._headed else 1, self.input)
        self.setFocusProxy(self.input)
        self._label.setBuddy(self.input)
        self.input.changed.connect(self.answered)

    def _say(self, view: NodeView) -> None:
        label = view.label or view.name
        if self._label.text() != label:
            self._label.set_text(label)
            # A short label has its mark beside it; a long one wraps.
            short = len(label) <= _ONE_LINE and "\n" not in label
            self._label.setWordWrap(not short)
            self._head.setStretch(0, 0 if short else 1)
        named = (bool(view.label) or self.input is not None) and not self._headed
        self._label.setVisible(named and not self._warns(view))
        self._mark.setVisible(view.required and self.input is not None)
        self._hint.set_text(view.hint)
        self._hint.setVisible(bool(view.hint))
        self._guidance.set_text(view.guidance)
        self._more.setVisible(bool(view.guidance))
        if not view.guidance:
            self._guidance.hide()

    def _warns(self, view: NodeView) -> bool:
        """Whether it is a note that must not be overlooked; then it stands in a banner."""
        kind = next((kind for kind in _WARNINGS if kind in view.appearance.split()), None)
        if kind is None or self.input is not None:
            return False
        if self._banner is None:
            self._banner = Banner(kind, view.label)
            self._column.insertWidget(0, self._banner)
        elif self._banner.text() != view.label:
            self._banner.set_message(kind, view.label)
        return True

    def _show_fault(self) -> None:
        sentence = self._refused.sentence if self._refused else (self._view.message or "") if self._judged else ""
        wrong = bool(sentence)
        self._error.set_text(sentence)
        # Where the input says itself what it cannot read, once is enough.
        self._error_row.setVisible(wrong and not (self.input is not None and self.input.complains()))
        if self.input is None:
            return
        for widget in (self.input, *self.input.findChildren(QWidget)):
            if bool(widget.property("invalid")) != wrong:
                widget.setProperty("invalid", wrong)
                widget.style().unpolish(widget)
                widget.style().polish(widget)
        self._speak(sentence)

    def _speak(self, sentence: str) -> None:
        view, shown = self._view, self.input
        if shown is None:
            return
        label = ": ".join(part for part in (say(self._within), view.label or view.name) if part)
        name = tr("{label}, required", label=label) if view.required else label
        said = " ".join(text for text in (sentence, view.hint) if text)
        if shown.accessibleName() != name:
            shown.setAccessibleName(name)
        if shown.accessibleDescription() != said:
            shown.setAccessibleDescription(said)

    def _make_error_row(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._error.set_kind("danger")
        layout.addWidget(Picture("danger", "danger", style.grown(18)), 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._error, 1)
        return row

    def _more_words(self) -> str:
        return tr("Less about this question") if self._guidance.isVisibleTo(self) else tr("More about this question")

    def _unfold(self) -> None:
        self._guidance.setVisible(not self._guidance.isVisibleTo(self))
        self._more.retranslate()

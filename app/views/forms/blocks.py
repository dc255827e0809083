"""What stands on a page of a form: questions below each other, groups with a heading. Built as it comes into sight."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.forms.data import Control
from app.forms.session import FormSession
from app.forms.tree import Node, Spec
from app.forms.views import node_of
from app.views import style
from app.views.common.buttons import QuietButton
from app.views.common.text import Heading, QuietText
from app.views.common.wording import Wording, say
from app.views.forms.files import AnswerFiles
from app.views.forms.question import Question
from app.views.forms.sheets import repeated
from app.words import tr


class Part(QWidget):
    """A part of a page that holds questions."""

    def settle(self) -> bool:
        """Show what is relevant now; False when time ran out before all of it was built."""
        raise NotImplementedError

    def questions(self) -> list[Question]:
        """The questions that are built, in order."""
        raise NotImplementedError


class Builder(Protocol):
    """What the parts of a page ask of the page."""

    session: FormSession
    files: AnswerFiles | None
    brief: bool
    """Whether groups stand in boxes, with their optional long texts folded away."""

    def may_build(self) -> bool:
        """Whether there is time to build one more widget before the screen must answer again."""

    def build_all(self) -> None:
        """Build and show everything now."""

    def name_of(self, path: str) -> str:
        """The object name of the input at a path."""

    def built(self, question: Question) -> None:
        """A question was built."""

    def gone(self, question: Question) -> None:
        """A question is taken away with the instance that it stood in."""

    def repeat(self, control: Control, node: Node) -> Part:
        """The part for a repeat."""

    def add(self, path: str) -> None:
        """Add an instance to the repeat."""

    def remove(self, instance: Node, words: str) -> None:
        """Remove an instance, called `words`."""

    def undo_words(self, parent: Node, spec: Spec) -> str:
        """What was removed there last and can be brought back; empty for nothing."""

    def undo(self, parent: Node, spec: Spec) -> None:
        """Bring back what was removed there last."""


class Stack(QWidget):
    """Controls below each other, around one node. `settle` builds what has become relevant and hides what is not.

    `within` is the heading above them on the page; a screen reader says it with each question. While it `folds`,
    optional long texts without an answer are not shown.
    """

    def __init__(
        self, builder: Builder, controls: tuple[Control, ...], node: Node, within: Wording = "", *, folds: bool = False
    ) -> None:
        super().__init__()
        self._builder, self._node, self._within, self.folds = builder, node, within, folds
        self._entries: list[tuple[Control, QWidget | None]] = [(control, None) for control in controls]
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.space(5))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def settle(self) -> bool:
        """Show what is relevant now; False when time ran out before all of it was built."""
        complete, place = True, 0
        for number, (control, widget) in enumerate(self._entries):
            shown = self._is_shown(control)
            if widget is None:
                if not shown or not complete:
                    continue
                if not self._builder.may_build():
                    complete = False
                    continue
                widget = self._make(control)
                self._entries[number] = (control, widget)
                self._column.insertWidget(place, widget)
            place += 1
            if shown and isinstance(widget, Part):
                complete &= widget.settle()
            if widget.isHidden() == shown:
                widget.setVisible(shown)
        return complete

    def questions(self) -> list[Question]:
        """The questions that are built, in order."""
        found: list[Question] = []
        for _control, widget in self._entries:
            if isinstance(widget, Question):
                found.append(widget)
            elif isinstance(widget, Part):
                found += widget.questions()
        return found

    def folded(self) -> list[str]:
        """The labels of what is folded away now."""
        runtime, form = self._builder.session.runtime, self._builder.session.form
        found = [(control, node_of(form, control, self._node)) for control, _ in self._entries if self._folds(control)]
        return [runtime.label(control.label, node) or node.spec.name for control, node in found if node.relevant]

    def _is_shown(self, control: Control) -> bool:
        inner = repeated(self._builder.session.form, control)
        if inner is not None:
            return True  # The repeat shows and hides what it has itself.
        return node_of(self._builder.session.form, control, self._node).relevant and not self._folds(control)

    def _folds(self, control: Control) -> bool:
        if not self.folds or control.kind != "input" or "multiline" not in control.appearance.split():
            return False
        node = node_of(self._builder.session.form, control, self._node)
        return not node.value and not node.required

    def _make(self, control: Control) -> QWidget:
        session = self._builder.session
        inner = repeated(session.form, control)
        if inner is not None:
            return self._builder.repeat(inner, self._node)
        node = node_of(session.form, control, self._node)
        if control.kind == "group":
            return GroupBlock(self._builder, control, node)
        alone = self._builder.brief and control is self._entries[0][0] and bool(say(self._within))
        name = self._builder.name_of(node.path)
        question = Question(session, node, name, self._within, self._builder.files, headed=alone)
        self._builder.built(question)
        return question


class GroupBlock(Part):
    """A group within a page: its label, its hint and what is in it."""

    def __init__(self, builder: Builder, control: Control, node: Node) -> None:
        super().__init__()
        runtime = builder.session.runtime
        self._heading = Heading(lambda: runtime.label(control.label, node), 3)
        self._hint = QuietText(lambda: runtime.label(control.hint, node))
        within = lambda: runtime.label(control.label, node)  # noqa: E731  (what the heading says)
        self._stack = Stack(builder, control.children, node, within, folds=builder.brief)
        self._more = QuietButton(self._more_words, "note")
        self._more.clicked.connect(lambda: self._unfold(builder))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, style.space(2), 0, 0)
        column.setSpacing(style.space(3))
        for widget in (self._heading, self._hint, self._stack):
            column.addWidget(widget)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeading)
        self._more.hide()
        if builder.brief:
            self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            self.setProperty("boxed", True)
            column.setContentsMargins(style.space(4), style.space(3), style.space(4), style.space(3))
            column.setSpacing(style.space(2))
        self.setSizePolicy(self._stack.sizePolicy())

    def settle(self) -> bool:
        """Show what is relevant now."""
        self._heading.say_again()
        self._hint.say_again()
        self._heading.setVisible(bool(self._heading.text()))
        self._hint.setVisible(bool(self._hint.text()))
        folded = self._stack.folded()
        self._more.setVisible(bool(folded))
        if folded:
            self._more.retranslate()
        return self._stack.settle()

    def questions(self) -> list[Question]:
        """The questions that are built, in order."""
        return self._stack.questions()

    def _more_words(self) -> str:
        return tr("Add: {names}", names=" · ".join(self._stack.folded()))

    def _unfold(self, builder: Builder) -> None:
        self._stack.folds = False
        builder.build_all()
        first = next((one for one in self.questions()[1:] if one.isVisibleTo(self)), None)
        if first is not None:
            first.go_to()

"""A form that is being filled: one page at a time, what is wrong said in time, and the way to every question.

Keys: Tab and Enter go to the next question, Ctrl+Page Down and Ctrl+Page Up turn pages, Ctrl+J lists the questions.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.errors import HavenError, RuleBroken
from app.forms.data import Control
from app.forms.judging import fault
from app.forms.session import Changed, FormSession, Undo
from app.forms.tree import Node, Spec
from app.forms.views import Problem, node_of
from app.views import style
from app.views.common.banner import Banner
from app.views.common.text import Heading
from app.views.forms.blocks import Part, Stack
from app.views.forms.files import AnswerFiles
from app.views.forms.frame import FormHead, PageFoot
from app.views.forms.jump import JumpList, JumpRow, State
from app.views.forms.question import Question
from app.views.forms.repeats import RepeatBlock
from app.views.forms.sheets import Asked, Sheet, asked, has_something, part_of, sheets
from app.words import current, trn

SLICE_S = 0.012
"""How long a page is built in one go before the screen answers again."""
COUNT_AFTER_MS = 150
"""Progress is counted when typing pauses."""


class FormPage(QWidget):
    """Shows a session. `changed` speaks after every change and every move: what has to be kept is `session.state()`.

    `name_of` gives the object name of the input at a path; without `files` no file can be kept. The owner asks
    `finish()` before it takes the answers over.
    `part` is the path of the only group that is shown, within a page of somebody else's: without progress and title,
    each group in it in a box of its own, and optional long texts folded away until they are asked for.
    """

    changed = Signal()

    def __init__(
        self,
        session: FormSession,
        name_of: Callable[[str], str] | None = None,
        parent: QWidget | None = None,
        *,
        files: AnswerFiles | None = None,
        part: str = "",
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.files = files
        self.brief = bool(part)
        self._named = name_of or (lambda path: f"form{path.replace('/', '.')}")
        body = session.definition.body
        self._pages = (part_of(session.form, body, part),) if part else sheets(session.form, body)
        self._number = -1
        self._stack: Stack | None = None
        self._index: dict[str, Question] = {}
        self._at: Question | None = None
        self._undos: dict[tuple[Node, Spec], tuple[Undo, str]] = {}
        self._until, self._judged = 0.0, False
        self._more, self._counting = self._timer(0, self._go_on), self._timer(COUNT_AFTER_MS, self._count)
        self._lay_out()
        self._keys()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)
        self._open_first()

    # Where one is

    @property
    def number(self) -> int:
        """The index of the page that is shown."""
        return self._number

    @property
    def pages(self) -> tuple[Sheet, ...]:
        """All pages, also those on which nothing is asked now."""
        return self._pages

    def questions(self) -> list[Question]:
        """The questions of this page that are built, in order; some may be hidden."""
        return self._stack.questions() if self._stack is not None else []

    def question(self, path: str) -> Question | None:
        """The question at a path, when it stands on this page."""
        return self._index.get(path)

    def turn(self, step: int) -> bool:
        """Go to the next (1) or the previous (-1) page on which something is asked; False at the end."""
        number = self._number + step
        while 0 <= number < len(self._pages):
            if has_something(self.session, self._pages[number]):
                self.show_page(number)
                self.begin()
                return True
            number += step
        return False

    def begin(self) -> None:
        """Put the keyboard into the first question of the page."""
        first = self._first()
        while first is None and self._more.isActive():
            self._go_on()
            first = self._first()
        if first is not None:
            first.go_to()

    def _first(self) -> Question | None:
        return next((one for one in self.questions() if one.is_question and one.isVisibleTo(self)), None)

    def show_page(self, number: int) -> None:
        """Show a page by its index; its first screenful at once, the rest while the screen answers."""
        self._leave()
        self._number = number
        self._index.clear()
        self._at = None
        old, sheet = self._stack, self._pages[number]
        controls = sheet.controls[0].children if sheet.is_group and not self._is_repeat(sheet) else sheet.controls
        self._stack = Stack(self, controls, self._node_of(sheet))
        if old is not None:
            self._holder.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._holder.addWidget(self._stack)
        self._go_on()
        # A layout shows what is put into it only later; the keyboard may go there at once.
        self._stack.show()
        self._say_page()
        self._scroll_to_top()

    def go_to(self, path: str) -> bool:
        """Show the question at a path and put the keyboard there; False when it is not asked now."""
        found = next((one for one in self._asked() if one.node.path == path), None)
        if found is None:
            return False
        if found.sheet != self._number:
            self.show_page(found.sheet)
        self.build_all()
        question = self._index.get(path)
        if question is None:
            return False
        self.session.place = path
        question.go_to()
        self._see(question)
        return True

    def count(self) -> tuple[int, int]:
        """(how many questions are answered, how many are asked now)."""
        every = [one.node for one in self._asked() if not _is_read_only(one)]
        return sum(1 for node in every if node.value), len(every)

    def finish(self) -> tuple[Problem, ...]:
        """Whether the form is complete; otherwise leads to the first problem and says from now on what is wrong."""
        self._leave()
        found = self.session.finish()
        self._judged = bool(found)
        self.refresh()
        if not found:
            self._wrong.hide()
            return ()
        count = len(found)
        self._wrong.set_message(
            "danger",
            lambda: trn(
                "One question is not answered as it should be.",
                "{count} questions are not answered as they should be.",
                count,
            ),
        )
        self._wrong.show()
        for question in self.questions():
            question.judge()
        if not any(self.go_to(problem.path) for problem in found):
            first = found[0]
            self._wrong.set_message("danger", lambda: first.message)
        return found

    def refresh(self) -> None:
        """Show everything anew, as the session is now."""
        for question in self.questions():
            question.refresh()
        self._go_on()
        self._say_page()
        self._count()

    def set_language(self, language: str) -> None:
        """Show the form in another of its languages; answers stay."""
        if language != self.session.language:
            self.session.set_language(language)
            self._head.show_language(language)
            self.refresh()
            self.changed.emit()

    # What the parts of the page ask

    def may_build(self) -> bool:
        """Whether there is time to build one more widget."""
        return time.perf_counter() < self._until

    def name_of(self, path: str) -> str:
        """The object name of the input at a path."""
        return self._named(path)

    def built(self, question: Question) -> None:
        """Listen to a question."""
        self._index[question.path] = question
        if self._judged:
            question.judge()
        question.answered.connect(lambda: self._answer(question))

    def gone(self, question: Question) -> None:
        """Forget a question."""
        if self._at is question:
            self._at = None

    def repeat(self, control: Control, node: Node) -> Part:
        """The part for a repeat."""
        return RepeatBlock(self, control, node)

    def add(self, path: str) -> None:
        """Add an instance, and go into it."""
        try:
            changed = self.session.add(path)
        except RuleBroken as problem:
            self._complain(problem)
            return
        self._show(changed)
        self.build_all()
        added = [found for found in self.questions() if found.path.startswith(f"{path}[") and found.is_question]
        newest = max((self._position(found.path, path) for found in added), default=0)
        first = next((found for found in added if self._position(found.path, path) == newest), None)
        if first is not None:
            first.go_to()
            self._see(first)

    def remove(self, instance: Node, words: str) -> None:
        """Remove an instance; it can be brought back."""
        parent = instance.parent
        try:
            changed = self.session.remove(instance.path)
        except HavenError as problem:
            self._complain(problem)
            return
        if changed.undo is not None and parent is not None:
            self._undos[parent, instance.spec] = (changed.undo, words)
        self._show(changed)
        for block in self.findChildren(RepeatBlock):
            if block.is_for(parent, instance.spec):
                block.offer_undo()

    def undo_words(self, parent: Node, spec: Spec) -> str:
        """What was removed there last."""
        return self._undos[parent, spec][1] if (parent, spec) in self._undos else ""

    def undo(self, parent: Node, spec: Spec) -> None:
        """Bring back what was removed there last."""
        token, _words = self._undos.pop((parent, spec))
        try:
            changed = self.session.undo(token)
        except RuleBroken as problem:
            self._complain(problem)
            self._go_on()
            return
        self._show(changed)
        self.build_all()
        back = next((one for one in self.questions() if one.path.startswith(token.instance.path)), None)
        if back is not None:
            back.go_to()

    # Inside

    def _answer(self, question: Question) -> None:
        assert question.input is not None, "only an input speaks"
        try:
            changed = self.session.set(question.path, question.input.value())
        except RuleBroken as problem:
            question.refuse(problem)
            return
        self.session.place = question.path
        question.refresh(by_person=True)
        self._show(changed, question)

    def _show(self, changed: Changed, source: Question | None = None) -> None:
        if changed.structure:
            self._go_on()
            self._index = {question.path: question for question in self.questions()}
        for path in changed.paths:
            question = self._index.get(path)
            if question is not None and question is not source:
                question.refresh()
        self._go_on()
        self._wrong.hide()
        self._counting.start()
        self.changed.emit()

    def _go_on(self) -> None:
        """Build and settle what there is time for; the rest when the screen has answered."""
        if self._stack is None or not isValid(self._stack):
            return
        self._until = time.perf_counter() + SLICE_S
        if self._stack.settle():
            self._more.stop()
        else:
            self._more.start()

    def build_all(self) -> None:
        """Build the whole page now."""
        self._until = float("inf")
        if self._stack is not None:
            self._stack.settle()
        self._index = {question.path: question for question in self.questions()}
        QApplication.sendPostedEvents(self, QEvent.Type.LayoutRequest)

    def _asked(self) -> list[Asked]:
        return asked(self.session, self._pages)

    def _node_of(self, sheet: Sheet) -> Node:
        """The node in which the controls of a page stand."""
        root = self.session.engine.root
        return node_of(self.session.form, sheet.controls[0], root) if sheet.is_group else root

    def _is_repeat(self, sheet: Sheet) -> bool:
        place = sheet.controls[0].place
        return place >= 0 and self.session.form.specs[place].repeat

    @staticmethod
    def _position(path: str, repeat: str) -> int:
        number = path[len(repeat) + 1 :].partition("]")[0]
        return int(number) if number.isdecimal() else 0

    def _open_first(self) -> None:
        place = self.session.place
        found = next((one for one in self._asked() if one.node.path == place), None)
        if found is not None:
            self.show_page(found.sheet)
            self.build_all()
        else:
            first = next((n for n, sheet in enumerate(self._pages) if has_something(self.session, sheet)), 0)
            if self._pages:
                self.show_page(first)
        self._count()

    def _on_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        if not isValid(self) or not self.isVisible():
            return
        here = self._question_of(now)
        if self._at is not None and here is not self._at:
            # A popup of the question itself, or another window, is no leaving.
            if now is None or (here is None and not self.isAncestorOf(now)):
                return
            self._at.left()
        if here is not None and here is not self._at:
            self.session.place = here.path
            self._see(here)
        self._at = here

    def _question_of(self, widget: QWidget | None) -> Question | None:
        here = widget
        while here is not None and here is not self:
            if isinstance(here, Question):
                return here
            here = here.parentWidget()
        return None

    def _leave(self) -> None:
        """Have what is half typed read, as when the question is left."""
        focused = QApplication.focusWidget()
        if focused is not None and self._stack is not None and self._stack.isAncestorOf(focused):
            focused.clearFocus()
        if self._at is not None and isValid(self._at):
            self._at.left()

    def _see(self, question: QWidget) -> None:
        """Scroll to a question: now, and once more when a page that was just built has its places."""
        area = self._area()
        if area is not None:
            area.ensureWidgetVisible(question, 0, style.space(6))
            QTimer.singleShot(0, question, lambda: area.ensureWidgetVisible(question, 0, style.space(6)))

    def _area(self) -> QScrollArea | None:
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        return above

    def _scroll_to_top(self) -> None:
        area = self._area()
        if area is not None:
            area.ensureWidgetVisible(self._title, 0, style.space(8))

    def _complain(self, problem: HavenError) -> None:
        self._wrong.set_message("danger", lambda: problem.sentence)
        self._wrong.show()

    def _count(self) -> None:
        self._head.progress.show_count(*self.count())

    def _say_page(self) -> None:
        if not self._pages:
            self._title.set_text(self.session.definition.title)
            self._foot.hide()
            return
        sheet, runtime = self._pages[self._number], self.session.runtime
        named = [*sheet.around, *(sheet.controls[:1] if sheet.is_group else ())]
        labels = [runtime.label(control.label, self.session.engine.root) for control in named]
        title = " · ".join(label for label in labels if label)
        self._title.set_text(title or self.session.definition.title)
        shown = [n for n, one in enumerate(self._pages) if n == self._number or has_something(self.session, one)]
        self._foot.show_place(shown.index(self._number) + 1, len(shown))

    def _open_jump(self) -> None:
        rows = [self._jump_row(one) for one in self._asked() if not _is_read_only(one)]
        popup = JumpList(self, rows, self._at.path if self._at is not None else self.session.place)
        popup.chosen.connect(self.go_to)
        popup.open_below(self._head.jump)

    def _jump_row(self, one: Asked) -> JumpRow:
        runtime, node = self.session.runtime, one.node
        label = runtime.label(one.control.label, node) or node.spec.name
        wrong = fault(self.session, node)
        state = State.ANSWERED if node.value else State.OPEN
        if wrong is not None:
            state = State.MISSING if wrong[0] == "required" else State.BROKEN
        labels = (runtime.label(control.label, around) for control, around in reversed(one.around))
        group = next((label for label in labels if label), "")
        return JumpRow(node.path, label, group, state)

    def _lay_out(self) -> None:
        self._head = FormHead(self.session.definition.languages, self.session.language)
        self._head.language_chosen.connect(self.set_language)
        self._head.jump.clicked.connect(self._open_jump)
        self._wrong = Banner("danger", "")
        self._wrong.hide()
        self._title = Heading("", 2)
        self._body = QWidget()
        self._holder = QVBoxLayout(self._body)
        self._holder.setContentsMargins(0, 0, 0, 0)
        self._foot = PageFoot()
        self._foot.turned.connect(self.turn)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(4))
        for widget in (self._head, self._wrong, self._title, self._body, self._foot):
            column.addWidget(widget)
        self._head.setVisible(not self.brief)
        self._title.setVisible(not self.brief)
        column.addStretch(1)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _keys(self) -> None:
        if self.brief:
            return
        for key, what in (
            ("Ctrl+PgDown", lambda: self.turn(1)),
            ("Ctrl+PgUp", lambda: self.turn(-1)),
            ("Ctrl+J", self._open_jump),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(what)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on to the next question; on a button it presses it."""
        focused = QApplication.focusWidget()
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or isinstance(focused, QPlainTextEdit):
            super().keyPressEvent(event)
            return
        if isinstance(focused, QPushButton):
            focused.click()
        else:
            self._next_question()
        event.accept()

    def _next_question(self) -> None:
        if self._at is not None and self._at.input is not None and self._at.input.next_part():
            return
        shown = [one for one in self.questions() if one.is_question and one.isVisibleTo(self)]
        here = shown.index(self._at) if self._at in shown else -1
        if here + 1 < len(shown):
            shown[here + 1].go_to()
        elif not self._foot.lead_on():
            self.focusNextChild()

    def changeEvent(self, event: QEvent) -> None:
        """Where the interface changes its language, the form follows when it is written in it."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            code = f"({current().code})"
            wanted = next((name for name in self.session.definition.languages if code in name), None)
            if wanted is not None:
                self.set_language(wanted)
            self._say_page()
            self._count()

    def _timer(self, wait_ms: int, what: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(wait_ms)
        timer.timeout.connect(what)
        return timer


def _is_read_only(one: Asked) -> bool:
    """Notes and results: nothing to answer, nothing to jump to."""
    return one.node.readonly

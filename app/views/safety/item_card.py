"""One item of the plan: what it is about, the client's own words, does it apply, is it done, by when, who helps."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.models.vocab import Tri
from app.queries.languages import name_of
from app.views import style
from app.views.common.buttons import IconButton
from app.views.common.card import Card
from app.views.common.choices import TickBox, TriChoice
from app.views.common.dates import DateField
from app.views.common.text import LineEdit, NoteEdit, PlainLabel, QuietText
from app.views.common.wording import Wording, say
from app.views.safety.desk import PlanDesk
from app.views.safety.state import ItemState
from app.words import tr


class ItemCard(Card):
    """Edits an `ItemState` in place. `moved` carries -1 or 1; `removed` speaks when it is taken out."""

    moved = Signal(int)
    removed = Signal()

    def __init__(self, desk: PlanDesk, item: ItemState, title: Wording, name: str) -> None:
        super().__init__()
        self._desk, self._item, self._title_words = desk, item, title
        self.text = NoteEdit(lambda: tr("In the client's own words"), least_lines=2)
        self.applies = TriChoice()
        self.done = TickBox(lambda: tr("Done"))
        self.on_date = DateField(clock=desk.context.clock)
        self.who = LineEdit(lambda: tr("Name or role"))
        self._language = QuietText("")
        self._inputs = {
            "text": self.text,
            "applies": self.applies,
            "done": self.done,
            "date": self.on_date,
            "who": self.who,
        }
        self._more = QWidget()
        self._lay_out(name)
        self._name(name)
        self._fill()
        for control in self._inputs.values():
            control.changed.connect(self._take)  # type: ignore[attr-defined]  # every input has it

    def _fill(self) -> None:
        item = self._item
        self.text.set_value(item.text)
        self.applies.set_value(item.applies)
        self.done.set_value(item.done)
        self.on_date.set_value(item.on_date)
        self.who.set_value(item.who_helps)
        for control in self._inputs.values():
            control.set_read_only(self._desk.read_only)  # type: ignore[attr-defined]  # every input has it
        self._show_rest()

    def _take(self) -> None:
        item, typed = self._item, self.text.value()
        if typed != item.text:
            item.text = typed
            item.text_language = self._desk.language_after_typing() if typed else None
        applies = self.applies.value()
        item.applies = applies if isinstance(applies, Tri) else None
        item.done, item.on_date, item.who_helps = self.done.value(), self.on_date.value(), self.who.value()
        self._show_rest()
        self._desk.touch()

    def _show_rest(self) -> None:
        """What does not apply needs no words; what was typed in another language says so, as the paper will."""
        item = self._item
        wanted = item.applies is not Tri.NO
        self.text.setVisible(bool(item.text) or (wanted and not self._desk.read_only))
        anything = bool(item.who_helps) or item.on_date is not None
        self._more.setVisible(wanted and (anything or not self._desk.read_only))
        self.done.setVisible(wanted)
        other = bool(item.text) and item.text_language not in (None, self._desk.language_after_typing())
        language = item.text_language
        self._language.set_text(lambda: tr("Typed in {language}", language=tr(name_of(language))) if other else "")
        self._language.setVisible(other)

    def _lay_out(self, name: str) -> None:
        head = QHBoxLayout()
        head.setSpacing(style.space(1))
        head.addWidget(PlainLabel(self._title_words, strong=True), 1, Qt.AlignmentFlag.AlignVCenter)
        if not self._desk.read_only:
            for button in self._movers(name):
                head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        answers = QHBoxLayout()
        answers.setSpacing(style.space(3))
        answers.addWidget(_beside(lambda: tr("Does it apply?")))
        answers.addWidget(self.applies, 1)
        answers.addWidget(self.done)
        rest = QHBoxLayout(self._more)
        rest.setContentsMargins(0, 0, 0, 0)
        rest.setSpacing(style.space(3))
        helps, until = _beside(lambda: tr("Who helps")), _beside(lambda: tr("By which day"))
        rest.addWidget(helps)
        rest.addWidget(self.who, 3)
        rest.addSpacing(style.space(2))
        rest.addWidget(until)
        rest.addWidget(self.on_date, 2)
        if self._desk.read_only:
            # An empty line with its example looks like an answer where nothing can be typed.
            named, dated = bool(self._item.who_helps), self._item.on_date is not None
            for widget, shown in ((helps, named), (self.who, named), (until, dated), (self.on_date, dated)):
                widget.setVisible(shown)
        column = QVBoxLayout()
        column.setSpacing(style.space(2))
        column.addLayout(head)
        column.addWidget(self.text)
        column.addWidget(self._language)
        column.addLayout(answers)
        column.addWidget(self._more)
        self.add_layout(column)

    def _movers(self, name: str) -> list[IconButton]:
        title = self._title_words
        up = IconButton("chevron-up", lambda: tr("Move up: {title}", title=say(title)), token="text-quiet")
        down = IconButton("chevron-down", lambda: tr("Move down: {title}", title=say(title)), token="text-quiet")
        away = IconButton("cross", lambda: tr("Take out: {title}", title=say(title)), token="text-quiet")
        up.clicked.connect(lambda: self.moved.emit(-1))
        down.clicked.connect(lambda: self.moved.emit(1))
        away.clicked.connect(self.removed)
        for button, end in ((up, "up"), (down, "down"), (away, "remove")):
            button.setObjectName(f"{name}.{end}")
        return [up, down, away]

    def _name(self, name: str) -> None:
        title = say(self._title_words)
        for end, control in self._inputs.items():
            control.setObjectName(f"{name}.{end}")
        self.text.setAccessibleName(tr("{title}, in the client's own words", title=title))
        self.applies.setAccessibleName(tr("{title}, does it apply?", title=title))
        self.on_date.setAccessibleName(tr("{title}, by which day", title=title))
        self.who.setAccessibleName(tr("{title}, who helps", title=title))


def _beside(text: Wording) -> QuietText:
    label = QuietText(text)
    label.setWordWrap(False)
    return label

"""One section of the plan: its items, what may be added with one touch, and whether it is set aside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.models.vocab import PlanSection, label
from app.queries.safety import CatalogueItem
from app.views import style
from app.views.common import when
from app.views.common.banner import Banner
from app.views.common.buttons import QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.text import Heading, PlainLabel, QuietText
from app.views.common.wording import Wording
from app.views.safety.checklist import Checklist
from app.views.safety.desk import PlanDesk
from app.views.safety.item_card import ItemCard
from app.views.safety.state import ItemState
from app.views.safety.suggestion import SuggestionButton
from app.words import tr

_NOTES: dict[PlanSection, tuple[str, Callable[[], str]]] = {
    PlanSection.ACCUSED: (
        "warning",
        lambda: tr(
            "Never on the client's copy unless the client asks for it. It is not taken from the accused's record: "
            "only what the client tells stands here."
        ),
    ),
    PlanSection.TECHNOLOGY: (
        "info",
        lambda: tr("Advice first: a change or a deleted message can warn the other person, or destroy evidence."),
    ),
    PlanSection.DEVICE: ("info", lambda: tr("Only when the client carries an alarm or another device.")),
}


class SectionPane(QWidget):
    """Shows and edits one section of the desk's plan."""

    def __init__(self, desk: PlanDesk, section: PlanSection) -> None:
        super().__init__()
        self._desk, self.section = desk, section
        self.cards: list[ItemCard] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.space(4))
        self._build()

    def rebuild(self, focus: str = "") -> None:
        """Show the section anew; the control of this name gets the keyboard."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
        self._build()
        if focus:
            QTimer.singleShot(0, self, lambda: self._focus(focus))

    def _focus(self, name: str) -> None:
        found = self.findChild(QWidget, name)
        if isinstance(found, QWidget):
            found.setFocus()

    def _build(self) -> None:
        section, state = self.section, self._desk.state
        self.cards = []
        self._column.addWidget(self._head())
        if section in state.hidden:
            self._column.addWidget(Banner("info", lambda: tr("This section is set aside: it is not printed.")))
            self._column.addStretch(1)
            return
        if section in _NOTES:
            kind, words = _NOTES[section]
            self._column.addWidget(Banner("warning" if kind == "warning" else "info", words))
        if section is PlanSection.ORDERS:
            self._add_orders()
        if section is PlanSection.DOCUMENTS:
            self._column.addWidget(Checklist(self._desk))
        for number, item in enumerate(state.items[section]):
            self._column.addWidget(self._card(number, item))
        if not state.items[section] and section is not PlanSection.DOCUMENTS:
            self._column.addWidget(QuietText(self._empty))
        if not self._desk.read_only:
            self._add_more()
        self._column.addStretch(1)

    def _empty(self) -> str:
        if self._desk.read_only:
            return tr("Nothing was written in this section.")
        return tr("Nothing here yet. Touch what fits, or add something of the client's own.")

    def _head(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        section = self.section
        number = list(PlanSection).index(section) + 1
        row.addWidget(Heading(lambda: f"{number}. {section.label()}", 2), 1)
        if not self._desk.read_only:
            aside = section in self._desk.state.hidden
            words: Wording = (lambda: tr("Take it back")) if aside else (lambda: tr("Set this section aside"))
            button = QuietButton(words, "undo" if aside else "eye-off")
            button.setObjectName(f"plan.hide.{section.value}")
            button.clicked.connect(self._on_aside)
            row.addWidget(button)
        return holder

    def _on_aside(self) -> None:
        self._desk.state.hidden ^= {self.section}
        self._desk.touch()
        self.rebuild(f"plan.hide.{self.section.value}")

    def _card(self, number: int, item: ItemState) -> ItemCard:
        text = self._desk.suggested_text(self.section, item.catalogue)
        title: Wording = (lambda: tr(text)) if text else (lambda: tr("The client's own item"))
        card = ItemCard(self._desk, item, title, f"plan.item.{self.section.value}.{number}")
        card.moved.connect(lambda step, number=number: self._move(number, step))
        card.removed.connect(lambda number=number: self._remove(number))
        self.cards.append(card)
        return card

    def _move(self, number: int, step: int) -> None:
        items, to = self._desk.state.items[self.section], number + step
        if 0 <= to < len(items):
            items[number], items[to] = items[to], items[number]
            self._desk.touch()
            self.rebuild(f"plan.item.{self.section.value}.{to}.{'up' if step < 0 else 'down'}")

    def _remove(self, number: int) -> None:
        items = self._desk.state.items[self.section]
        taken = items.pop(number)
        self._desk.touch()
        self.rebuild(f"plan.add.{self.section.value}")
        self._offer_back(number, taken)

    def _offer_back(self, number: int, taken: ItemState) -> None:
        """Taking out can be undone as long as the section is open."""
        back = QuietButton(lambda: tr("Put it back"), "undo")
        back.setObjectName("plan.put_back")
        banner = Banner("info", lambda: tr("Taken out of the plan."), back)

        def put() -> None:
            self._desk.state.items[self.section].insert(number, taken)
            self._desk.touch()
            self.rebuild(f"plan.item.{self.section.value}.{number}.text")

        back.clicked.connect(put)
        self._column.insertWidget(1, banner)

    def _add_more(self) -> None:
        own = SecondaryButton(lambda: tr("Add an item of the client's own"), "plus")
        own.setObjectName(f"plan.add.{self.section.value}")
        own.clicked.connect(lambda: self._add(None))
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(own)
        line.addStretch(1)
        self._column.addWidget(row)
        offered = self._desk.unused(self.section)
        if offered:
            self._column.addWidget(self._suggestions(offered))

    def _suggestions(self, offered: tuple[CatalogueItem, ...]) -> Card:
        card = Card(
            lambda: tr("Suggestions"),
            subtitle=lambda: tr(
                "One touch adds it to the plan. The client decides what it says, and whether it stays."
            ),
        )
        grid = QGridLayout()
        grid.setSpacing(style.space(2))
        for place, one in enumerate(offered):
            button = SuggestionButton(_later(one.text), f"plan.suggest.{one.code}")
            button.clicked.connect(lambda _checked=False, code=one.code: self._add(code))
            grid.addWidget(button, place // 2, place % 2)
        for column in range(2):
            grid.setColumnStretch(column, 1)
        card.add_layout(grid)
        return card

    def _add(self, code: str | None) -> None:
        items = self._desk.state.items[self.section]
        items.append(ItemState(catalogue=code))
        self._desk.touch()
        self.rebuild(f"plan.item.{self.section.value}.{len(items) - 1}.text")

    def _add_orders(self) -> None:
        orders = self._desk.orders
        if not orders:
            return
        card = Card(lambda: tr("Orders in the case"))
        for order in orders:
            card.add(PlainLabel(label(order.kind) or tr("Order"), strong=True))
            card.add(QuietText(_ends(order.expires_on)))
        self._column.addWidget(card)


def _ends(day: date | None) -> Wording:
    if day is None:
        return lambda: tr("End date not known: confirm it.")
    return lambda: tr("Ends on {day}", day=when.day(day))


def _later(text: str) -> Wording:
    return lambda: tr(text)

"""The emergency card on one screen, readable at arm's length: what can kill, how to act, where to look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.queries import registry_card
from app.queries.card_words import composed
from app.queries.form_rows import CardContact, EmergencyCardRows
from app.queries.registry_card import CardRow
from app.views import style
from app.views.common.buttons import QuietButton, SecondaryButton
from app.views.common.card import empty
from app.views.common.empty import EmptyState
from app.views.common.page import PageColumn
from app.views.common.photo import Photo, show_photo
from app.views.common.picture import Picture
from app.views.common.text import Heading, PlainLabel, QuietText
from app.views.messages import sentence_of
from app.views.programme import Context
from app.views.registry.card_map import CardMapDialog
from app.words import current, tr


class CardAlarm(QFrame):
    """The box that is read first."""

    def __init__(self, title: str, text: str, kind: str = "danger") -> None:
        super().__init__()
        self.setProperty("kind", kind)
        said = tr("{label}: {words}", label=title, words=text) if title else text
        self.setAccessibleName(said)
        row = QHBoxLayout(self)
        row.setContentsMargins(style.space(3), style.space(1), style.space(3), style.space(1))
        row.setSpacing(style.space(3))
        row.addWidget(Picture("danger" if kind == "danger" else "warning", kind, 26), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(PlainLabel(said, strong=True), 1)


class CardBlock(QFrame):
    """One heading and what stands under it."""

    def __init__(self, title: str, lines: Sequence[str], kind: str = "") -> None:
        super().__init__()
        self.setProperty("kind", kind)
        said = "\n".join(line for line in lines if line)
        self.setAccessibleName(f"{title}: {said}")
        column = QVBoxLayout(self)
        column.setContentsMargins(style.space(3), style.space(1), style.space(3), style.space(1))
        column.setSpacing(0)
        column.addWidget(CardTitle(title))
        text = PlainLabel(said)
        text.set_selectable()
        column.addWidget(text)


class CardTitle(PlainLabel):
    """The heading of a block."""


class CardName(Heading):
    """The name that the person answers to."""


class CardPage(QFrame):
    """Shows a card that was opened with a reason; `open(view_id=...)` names the recorded view."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("registry.card")
        self._context = context
        self._view_id = ""
        self._row: CardRow | None = None
        self._area = QScrollArea()
        self._area.setObjectName("registry.card.area")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._holder = PageColumn()
        self._body = QVBoxLayout(self._holder)
        self._body.setContentsMargins(style.space(4), style.space(1), style.space(4), style.space(3))
        self._body.setSpacing(_CLOSE)
        self._area.setWidget(self._holder)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._area)
        self.setFocusProxy(self._area)
        QShortcut(QKeySequence.StandardKey.Print, self, lambda: self.print_card())
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._find_another)

    def open(self, view_id: str = "") -> None:
        """Show the card of a recorded view."""
        self._view_id = view_id
        self._row = None
        empty(self._body)
        member_id, now = self._context.person.member_id, self._context.clock()

        def question(session: Any) -> CardRow:
            return registry_card.card(session, view_id, member_id=member_id, now=now)

        self._context.tasks.read(self, question, lambda row: self._show(view_id, row), self._failed)

    def print_card(self, form_id: str = "F-602") -> None:
        """Print the card that is shown: a page (F-602), as wide as a telephone (F-602P), a hand-over sheet (F-607)."""
        if self._row is not None:
            self._context.preview(self, form_id, record_id=self._row.card_id)

    @property
    def card_id(self) -> str:
        """The card that is shown; empty while none is."""
        return self._row.card_id if self._row is not None else ""

    def changeEvent(self, event: QEvent) -> None:
        """Say everything anew in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._row is not None:
            self._draw(self._row)

    def _show(self, view_id: str, row: CardRow) -> None:
        if view_id == self._view_id:
            self._row = row
            self._draw(row)

    def _failed(self, problem: Exception) -> None:
        empty(self._body)
        back = SecondaryButton(lambda: tr("Find a person"), "search")
        back.clicked.connect(self._find_another)
        self._body.addWidget(EmptyState("shield", lambda: tr("No card is open"), lambda: sentence_of(problem), back))

    def _show_map(self) -> None:
        CardMapDialog(self._context, self, self._view_id).open()

    def _find_another(self) -> None:
        self._context.go("registry.find")

    def _draw(self, row: CardRow) -> None:
        empty(self._body)
        said = composed(row, current())
        self.setAccessibleName(tr("Emergency card"))
        top = self._body
        if row.photo is not None:
            top = self._beside_photo(row, said)
        top.addLayout(self._head(said))
        if said.life_threatening:
            top.addWidget(CardAlarm(tr("LIFE-THREATENING"), said.life_threatening))
        if said.custody:
            top.addWidget(CardAlarm(tr("Court order or custody"), said.custody))
        if said.note:
            top.addWidget(CardAlarm(tr("Note"), said.note, "warning"))
        if said.warnings:
            top.addWidget(CardAlarm("", " ".join(said.warnings), "warning"))
        if said.looks:
            top.addWidget(CardBlock(tr("Looks like"), [" · ".join(said.looks)]))
        if top is not self._body:
            top.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(style.space(2))
        for blocks, stretch in ((_act(said), 11), (_look(said), 11), (_call(said), 10)):
            column = QVBoxLayout()
            column.setSpacing(_CLOSE)
            for block in blocks:
                column.addWidget(block)
            column.addStretch(1)
            columns.addLayout(column, stretch)
        self._body.addLayout(columns)
        self._body.addStretch(1)
        self._area.verticalScrollBar().setValue(0)

    def _beside_photo(self, row: CardRow, said: EmergencyCardRows) -> QVBoxLayout:
        """The photograph and when it was taken, at the left; what is read first stands beside it.

        Its place is kept from the first moment: the words are there at once, the face follows without moving them.
        """
        photo = Photo(lambda: tr("Photograph"), 120, 160)
        photo.setObjectName("registry.card.photo")
        taken = PlainLabel(said.photo_said) if said.photo_old else QuietText(said.photo_said)
        taken.setObjectName("registry.card.taken")
        taken.setFixedWidth(style.grown(140))
        if said.photo_old and isinstance(taken, PlainLabel):
            taken.set_kind("warning")
        left, right, across = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        left.setSpacing(2)
        left.addWidget(photo, 0, Qt.AlignmentFlag.AlignHCenter)
        left.addWidget(taken)
        left.addStretch(1)
        right.setSpacing(_CLOSE)
        across.setSpacing(style.space(3))
        across.addLayout(left)
        across.addLayout(right, 1)
        self._body.addLayout(across)
        show_photo(self._context, photo, row.photo.preview if row.photo else None, photo.set_bytes)
        return right

    def _head(self, said: EmergencyCardRows) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(style.space(3))
        grid.setVerticalSpacing(0)
        title = CardName(" · ".join(part for part in (said.answers_to, said.age) if part), 1)
        title.setObjectName("registry.card.name")
        full = said.name if said.name != said.answers_to else ""
        facts = " · ".join(part for part in (full, said.who, said.number, said.expires) if part)
        grid.addWidget(title, 0, 0)
        grid.addWidget(QuietText(facts), 1, 0, 1, 6)
        grid.setColumnStretch(0, 1)
        places = QuietButton(lambda: tr("Places on a map"), "pin")
        places.setObjectName("registry.card.map")
        places.clicked.connect(self._show_map)
        grid.addWidget(places, 0, 4)
        find = QuietButton(lambda: tr("Find another"), "search")
        find.setObjectName("registry.card.find")
        find.clicked.connect(self._find_another)
        grid.addWidget(find, 0, 1)
        paper = SecondaryButton(lambda: tr("Print the card"), "print")
        paper.setObjectName("registry.card.print")
        paper.clicked.connect(lambda: self.print_card())
        grid.addWidget(paper, 0, 5)
        phone = QuietButton(lambda: tr("Phone size"), "document")
        phone.setObjectName("registry.card.phone")
        phone.clicked.connect(lambda: self.print_card("F-602P"))
        grid.addWidget(phone, 0, 2)
        sheet = QuietButton(lambda: tr("Hand-over sheet"), "document")
        sheet.setObjectName("registry.card.hand_over")
        sheet.clicked.connect(lambda: self.print_card("F-607"))
        grid.addWidget(sheet, 0, 3)
        return grid


_CLOSE = 6
"""Pixels between the blocks: the whole card has to fit on the screen of a laptop."""


def _blocks(*asked: tuple[str, Sequence[str], str]) -> list[QWidget]:
    return [CardBlock(title, lines, kind) for title, lines, kind in asked if any(lines)]


def _act(said: EmergencyCardRows) -> list[QWidget]:
    return _blocks(
        (tr("Communicate"), [said.communicate], ""),
        (tr("Do"), [said.do], "success"),
        (tr("Do not"), [said.do_not], "danger"),
        (tr("Calm with"), [said.calm], "success"),
        (tr("Triggers"), [said.triggers], "warning"),
        (tr("When distressed"), [said.risks], "warning"),
    )


def _look(said: EmergencyCardRows) -> list[QWidget]:
    return _blocks(
        (tr("Attracted to"), [said.attractions], ""),
        (tr("Near by"), said.near, "accent"),
        (tr("Other places"), said.places, ""),
        (tr("Found before"), said.wandered, ""),
        (tr("When searching"), said.searching, ""),
        (tr("Gets about"), [said.moves], ""),
    )


def _call(said: EmergencyCardRows) -> list[QWidget]:
    contacts = [ContactBlock(each) for each in said.contacts]
    return [
        *contacts,
        *_blocks(
            (tr("Health"), said.health, ""),
            (tr("Addresses"), said.addresses, ""),
            (tr("Telephones and devices"), said.devices, ""),
        ),
    ]


class ContactBlock(QFrame):
    """Someone to call: numbers large, and what to heed before dialling."""

    def __init__(self, contact: CardContact) -> None:
        super().__init__()
        self.setAccessibleName(f"{contact.who}: {', '.join(contact.phones)}. {' '.join(contact.heed)}")
        column = QVBoxLayout(self)
        column.setContentsMargins(style.space(3), style.space(1), style.space(3), style.space(1))
        column.setSpacing(0)
        column.addWidget(CardTitle(contact.who))
        for phone in contact.phones:
            number = Heading(phone, 2)
            number.set_selectable()
            column.addWidget(number)
        if contact.heed:
            column.addWidget(QuietText(" · ".join(contact.heed)))

"""Every common widget on four pages, for eyes: `python tests/views/common/gallery.py FOLDER` writes the pictures.

All persons here are made up.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.models.vocab import Precision
from app.views import style
from app.views.common import icons
from app.views.common.badge import Badge
from app.views.common.banner import Banner
from app.views.common.buttons import DangerButton, IconButton, PrimaryButton, QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.chart import Bar, BarChart
from app.views.common.choices import ChipChoice, SegmentedChoice, TickBox, TriChoice
from app.views.common.countdown import CountdownClock
from app.views.common.dates import DateField, InstantField, TimeField
from app.views.common.dialog import ConfirmDialog
from app.views.common.empty import EmptyState
from app.views.common.field import Field
from app.views.common.flow import FlowLayout
from app.views.common.form import FormLayout
from app.views.common.masked import MaskedText
from app.views.common.moments import Moment
from app.views.common.nav import NavigationRail, Place
from app.views.common.page import Page
from app.views.common.picker import ComboPicker
from app.views.common.picture import Picture
from app.views.common.progress import JobBar
from app.views.common.section import Section
from app.views.common.signature import SignaturePad
from app.views.common.stepper import NumberField
from app.views.common.steps import StepBar
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import Heading, LineEdit, NoteEdit, PlainLabel, QuietText
from app.views.common.timeline import Timeline, TimelineEntry
from app.views.common.toast import Toast

NOW = datetime(2026, 3, 4, 23, 40, tzinfo=UTC)
PLACES = [
    Place("today", "Today", "today"),
    Place("cases", "Cases", "case"),
    Place("people", "People", "people"),
    Place("directory", "Services", "handshake"),
    Place("supervision", "Supervision", "supervisor"),
    Place("settings", "Settings", "settings"),
]


def shell(page: QWidget, current: str, width: int) -> QWidget:
    """A window with the rail at its side."""
    window = QWidget()
    rail = NavigationRail(PLACES)
    rail.fit_to(width)
    rail.set_current(current)
    rail.set_count("today", 3)
    row = QHBoxLayout(window)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    row.addWidget(rail)
    row.addWidget(page, 1)
    return window


def today() -> Page:
    """A page with a clock, cards and a table."""
    page = Page("Today", "Wednesday 4 March. 3 things are due, 2 wait to be sent.")
    page.add_action(SecondaryButton("Find a case", "search"))
    page.add_action(PrimaryButton("New request", "plus"))
    page.add_above(
        Banner(
            "warning", "Do not phone Avery Sample. Texts are read by somebody else.", QuietButton("See safe contact")
        )
    )
    row = QHBoxLayout()
    row.setSpacing(style.space(4))
    for title, left, text in (
        ("Call back Officer Maple", 12, "Break-in, 2 children present. On scene at Birch Street."),
        ("Call back Officer Cedar", -4, "Sudden death. Family asks for somebody to stay."),
        ("Follow-up: Rowan Example", 300, "Third call, after the bail hearing."),
    ):
        card = Card(title)
        card.add(CountdownClock(NOW + timedelta(minutes=left), lambda: NOW))
        card.add(QuietText(text))
        card.body.addStretch(1)
        card.add(SecondaryButton("Open", "arrow-right"))
        row.addWidget(card, 1)
    page.add_layout(row)
    page.add(Heading("My cases", 2))
    page.add(_table())
    return page


def _table() -> RowTable:
    table = RowTable(
        [Column("Case", 190), Column("Person"), Column("Need", 180), Column("Sync", 150), Column("Tasks", 80, True)],
        name="My cases",
    )
    synced = (Cell("Received", "success", "sync-received"), Cell("Waiting", "quiet", "sync-sending"))
    rows = [
        Row(f"{i}", (Cell(f"VSU-2026-00012{i}", "quiet"), Cell(who, "strong"), need, synced[i % 2], Cell(str(i % 4))))
        for i, (who, need) in enumerate(
            [("Avery Sample", "Safe place tonight"), ("Rowan Example", "Funeral costs"), ("Robin Placeholder", "Court")]
        )
    ]
    rows.insert(2, Row("x", damaged=True))
    rows.append(
        Row(
            "y",
            (
                "VSU-2026-000131",
                "<b>Not</b> markup & more",
                "Interpreter",
                Cell("Refused", "danger", "sync-refused"),
                "9",
            ),
        )
    )
    table.set_rows(rows)
    table.fit_height()
    table.view.selectRow(1)
    return table


def capture() -> Page:
    """A page of inputs in a stepped capture."""
    page = Page("Immediate safety", "VSU-2026-000123. Saved as you write.")
    page.add_action(QuietButton("Leave for later"))
    page.add_action(PrimaryButton("Next step", "arrow-right"))
    steps = StepBar(["Who is here", "Safety now", "Needs", "Plan", "Sign and print"])
    steps.set_states(done=[0], attention=[3])
    steps.set_current(1)
    page.add(steps)
    card = Card("What happened", subtitle="Only what you need to keep everyone safe.")
    form = FormLayout()
    name = LineEdit()
    name.set_value("Avery Sample")
    form.add(Field("Name to call them by", name, required=True))
    language = ComboPicker([("en", "English"), ("fr", "French"), ("ar", "Arabic"), ("oj", "Anishinaabemowin")])
    language.set_value("ar")
    form.add(Field("Language they want to speak", language))
    when = InstantField(clock=lambda: NOW)
    when.set_value(Moment(NOW - timedelta(hours=2), Precision.ABOUT))
    form.add(Field("When it happened", when, hint="An estimate is fine."), wide=True)
    born, at = DateField(clock=lambda: NOW), TimeField()
    born.set_value(date(1990, 3, 4))
    form.add(Field("Date of birth", born))
    form.add(Field("Best time to call", at))
    injured = TriChoice()
    form.add(Field("Is anybody hurt?", injured, required=True))
    children = NumberField(0, 20, "children")
    children.set_value(2)
    form.add(Field("Children in the home", children))
    missing = LineEdit("Street, place")
    field = Field("Where they will sleep tonight", missing, hint="Never shared without consent.", required=True)
    field.set_error("Say where, or choose “Not known” below.")
    form.add(field, wide=True)
    chips = ChipChoice(
        [
            (t, t)
            for t in (
                "Someone waits outside",
                "Firearm in the home",
                "No phone",
                "Pets",
                "No car",
                "Medication",
                "Nobody speaks English",
            )
        ]
    )
    chips.set_value(["Firearm in the home", "No phone"])
    form.add(Field("What makes it more urgent", chips), wide=True)
    segment = SegmentedChoice([(t, t) for t in ("Stay here", "Go to family", "Shelter", "Hotel")])
    segment.set_value("Shelter")
    form.add(Field("What they want to do", segment), wide=True)
    note = NoteEdit("What they said, in their words", limit=500)
    note.set_value("They left at about nine. The neighbour across the hall knows and will call.")
    form.add(Field("Notes", note), wide=True)
    tick = TickBox("I have read the safety questions aloud and the answers above are theirs.")
    tick.set_value(True)
    form.add(tick, wide=True)
    card.add(form)
    page.add(card)
    return page


def case() -> Page:
    """A page of records: badges, masks, a timeline, a chart, a signature."""
    page = Page("Avery Sample", "VSU-2026-000123, open since 4 March 2026")
    page.add_action(IconButton("more", "More for this case"))
    page.add_action(SecondaryButton("Print plan", "print"))
    page.add_action(PrimaryButton("Record contact", "call"))
    badges = QHBoxLayout()
    for text, icon, kind in (
        ("High concern", "flag", "danger"),
        ("Review due", "clock", "warning"),
        ("Consent given", "check", "success"),
        ("Text only", "phone-off", "info"),
        ("French", "language", "neutral"),
        ("Mine", "person", "accent"),
    ):
        badges.addWidget(Badge(text, icon, kind))  # type: ignore[arg-type]
    badges.addStretch(1)
    page.add_layout(badges)
    columns = QHBoxLayout()
    columns.setSpacing(style.space(4))
    left, right = QVBoxLayout(), QVBoxLayout()
    columns.addLayout(left, 3)
    columns.addLayout(right, 2)
    story = Card("Timeline")
    story.add_action(QuietButton("Filter", "filter"))
    story.add(
        Timeline(
            [
                TimelineEntry(
                    "4 Mar 2026, 23:10",
                    "Safety plan written",
                    "Version 2, with the copy kept by a neighbour.",
                    "plan",
                    "Waiting to send",
                    "neutral",
                    "sync-sending",
                    "p1",
                ),
                TimelineEntry(
                    "4 Mar 2026, 22:40",
                    "Contact by text",
                    "Answered within a minute. Is at her sister's until Friday.",
                    "mail",
                ),
                TimelineEntry(
                    "4 Mar 2026, 21:55",
                    "Returned for correction",
                    "The date of the bail hearing is missing.",
                    "return",
                    "Your turn",
                    "warning",
                    "warning",
                ),
                TimelineEntry(
                    "4 Mar 2026, 21:30",
                    "Request from Officer Maple",
                    "",
                    "call-back",
                    "Received",
                    "success",
                    "sync-received",
                ),
            ]
        )
    )
    left.addWidget(story)
    left.addStretch(1)
    address = Card("Safe contact")
    address.add(Field("Address", MaskedText("12 Sample Street")))
    shown = MaskedText("Canned sample: 555-0100", clock=lambda: 0.0)
    shown.reveal()
    address.add(Field("Number", shown))
    address.add(JobBar("Writing the plan as a PDF…", can_cancel=True))
    right.addWidget(address)
    signing = Card("Signature")
    pad = SignaturePad()
    pad.set_value(
        [[(0.1, 0.7), (0.16, 0.3), (0.2, 0.66), (0.26, 0.4), (0.31, 0.7), (0.4, 0.5), (0.5, 0.68), (0.7, 0.55)]]
    )
    signing.add(pad)
    right.addWidget(signing)
    right.addStretch(1)
    page.add_layout(columns)
    numbers = Card()
    chart = BarChart("Needs this month", "Need")
    chart.set_bars(
        [Bar("Safe place", 14), Bar("Someone to talk to", 31), Bar("Court support", 9), Bar("Funeral costs", 3)]
    )
    numbers.add(chart)
    page.add(numbers)
    section = Section("Earlier cases", summary="2 closed")
    section.add(QuietText("Closed in 2024 and 2025."))
    page.add(section)
    page.add(Section("Documents", summary="5 documents, newest 4 Mar 2026", opened=False))
    return page


def parts() -> Page:
    """Buttons, banners, type, icons and an empty state."""
    page = Page("Parts", "What pages are built from")
    row = FlowLayout()
    disabled = PrimaryButton("Not yet", "save")
    disabled.setEnabled(False)
    for button in (
        PrimaryButton("Save", "save"), SecondaryButton("Print", "print"), QuietButton("Add another", "plus"),
        DangerButton("Delete draft", "trash"), DangerButton("Delete", filled=True),
        disabled, IconButton("settings", "Settings"),
    ):  # fmt: skip
        row.addWidget(button)
    card = Card("Buttons")
    card.add_layout(row)
    page.add(card)
    for kind, text in (
        ("info", "The unit's number changed."),
        ("success", "Saved on this computer."),
        ("danger", "The vault cannot be written: the disk is full. Nothing saved is lost."),
    ):
        page.add(Banner(kind, text))  # type: ignore[arg-type]
    type_card = Card("Type")
    for level, text in ((1, "Heading one"), (2, "Heading two"), (3, "Heading three")):
        type_card.add(Heading(text, level))
    type_card.add(
        PlainLabel(
            "Body text that says what is needed. Arabic سلام and Hebrew שלום stand in it, and emoji do not hurt."
        )
    )
    type_card.add(QuietText("Quiet text for what matters less."))
    page.add(type_card)
    grid_card, grid = Card("Icons"), QGridLayout()
    for place, name in enumerate(icons.names()):
        cell = QVBoxLayout()
        cell.addWidget(Picture(name, "text", 28), 0, Qt.AlignmentFlag.AlignHCenter)
        label = QuietText(name)
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        label.setWordWrap(False)
        cell.addWidget(label)
        grid.addLayout(cell, place // 9, place % 9)
    grid.setVerticalSpacing(14)
    grid_card.add_layout(grid)
    page.add(grid_card)
    empty = Card()
    empty.add(
        EmptyState(
            "case",
            "No cases yet",
            "A case begins with a request or with a person in front of you.",
            PrimaryButton("New request", "plus"),
        )
    )
    page.add(empty)
    return page


def settle(app: QApplication) -> None:
    """Let layouts come to rest."""
    for _ in range(6):
        app.processEvents()


def render(folder: Path) -> None:
    """Write all pictures."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    folder.mkdir(parents=True, exist_ok=True)
    looks = [("light", 1366, 768, 1.0), ("dark", 1366, 768, 1.0), ("light", 1920, 1080, 1.0), ("light", 1366, 768, 1.5)]
    pages = {"today": today, "capture": capture, "case": case, "parts": parts}
    for mode, width, height, scale in looks:
        style.apply(app, mode, scale)  # type: ignore[arg-type]
        for name, build in pages.items():
            page = build()
            window = shell(page, "today", width)
            window.resize(QSize(width, height))
            window.show()
            settle(app)
            if name == "today":
                Toast(window).show_message("Saved on this computer.")
                settle(app)
            tall = max(height, page._column.sizeHint().height() if name != "today" else height)
            if name != "today":
                inner = page._column
                tall = max(height, inner.heightForWidth(inner.width()) if inner.hasHeightForWidth() else inner.height())
            window.resize(QSize(width, tall))
            settle(app)
            window.grab().save(str(folder / f"{name}-{mode}-{width}-{scale}.png"))
            window.close()
            window.deleteLater()
        dialog = ConfirmDialog(
            "Delete this draft?",
            "The draft of the safety plan is removed from this computer. Nobody else has it.",
            "Delete the draft",
            named="delete",
        )
        dialog.show()
        settle(app)
        dialog.grab().save(str(folder / f"dialog-{mode}-{width}-{scale}.png"))
        dialog.close()


if __name__ == "__main__":
    render(Path(sys.argv[1] if len(sys.argv) > 1 else "out/gallery"))

"""The clients of the programme, one beside the list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea

from app.models.vocab import Role, label
from app.queries import lifesaver, lifesaver_kit, members
from app.queries.lifesaver import ClientEntry, ClientRow, ClientsView
from app.queries.settings import local_day
from app.services import lifesaver as verbs
from app.services import lifesaver_care as care
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.beside import put_beside
from app.views.common.buttons import PrimaryButton, QuietButton
from app.views.common.choices import SegmentedChoice
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import LineEdit
from app.views.lifesaver import client_dialogs as dialogs
from app.views.lifesaver.client_card import ClientCard
from app.views.lifesaver.print_menu import PrintButton
from app.views.messages import Tone
from app.views.programme import Context
from app.words import tr

KINDS = (
    "battery_event", "daily_test", "equipment_issue", "lifesaver_client", "lifesaver_fee", "lifesaver_visit",
    "registration", "transmitter",
)  # fmt: skip


_SHEETS = ("F-704", "F-701", "F-702", "F-703", "F-705", "F-706", "F-708")


class ClientsPage(Page):
    """Filters above, clients at the left, the chosen one at the right."""

    WIDEST = 1400

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Project Lifesaver"),
            lambda: tr("Clients, from the first question to the last day."),
            scrolls=False,
        )
        self._context = context
        self._chosen = ""
        self._entry: ClientEntry | None = None
        self._view = SegmentedChoice([(one, one.label) for one in ClientsView], optional=False)
        self._view.setObjectName("pls.view")
        self._view.set_value(ClientsView.WEARING)
        self._view.changed.connect(self.refresh)
        self._text = LineEdit(lambda: tr("Name or number"), icon_name="search")
        self._text.setObjectName("pls.text")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(200)
        self._pause.timeout.connect(self.refresh)
        self._text.changed.connect(self._pause.start)
        self._table = self._make_table()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lay_out()
        self._show_nothing()
        QShortcut(QKeySequence.StandardKey.Find, self, self._text.setFocus)
        Live(self, context.broadcast, KINDS, self.refresh)
        self.refresh()

    def open(self, client_id: str = "") -> None:
        """Show one client."""
        self._view.set_value(ClientsView.ALL)
        self._chosen = client_id
        self.refresh()

    def refresh(self) -> None:
        """Ask again with the filters as they stand."""
        view = self._view.value()
        part, text, now = (
            view if isinstance(view, ClientsView) else ClientsView.ALL,
            self._text.value() or "",
            self._now(),
        )

        def question(session: Any) -> tuple[ClientRow, ...]:
            return lifesaver.clients(session, part, text, today=local_day(session, now))

        self._context.tasks.read(self, question, self._list)
        if self._chosen:
            self._open(self._chosen)

    def _now(self) -> Any:
        return self._context.clock()

    def _make_table(self) -> RowTable:
        table = RowTable(
            [
                Column(lambda: tr("Number"), 150),
                Column(lambda: tr("Person"), 80),
                Column(lambda: tr("Status"), 130),
                Column(lambda: tr("Transmitter"), 120),
                Column(lambda: tr("Battery due on")),
            ],
            name=lambda: tr("Clients"),
            empty=EmptyState(
                "people", lambda: tr("No client here"), lambda: tr("Begin with an inquiry, or look in another part.")
            ),
        )
        table.setObjectName("pls.clients")
        table.selected.connect(self._open)
        table.opened.connect(self._open)
        return table

    def _lay_out(self) -> None:
        if self._context.person.role is Role.REG:
            add = PrimaryButton(lambda: tr("New inquiry"), "plus")
            add.setObjectName("pls.add")
            add.clicked.connect(self._begin)
            self.add_action(add)
        figures = QuietButton(lambda: tr("Figures"), "list")
        figures.setObjectName("pls.figures")
        figures.clicked.connect(lambda: self._context.go("lifesaver.statistics"))
        self.add_action(figures)
        self.paper = PrintButton(self._context, self, _SHEETS, lambda: self._chosen)
        self.add_action(self.paper)
        top = QHBoxLayout()
        top.setSpacing(style.space(3))
        top.addWidget(self._view, 1)
        self._text.setMaximumWidth(style.grown(280))
        top.addWidget(self._text, 0, Qt.AlignmentFlag.AlignTop)
        self.add_layout(top)
        row = QHBoxLayout()
        row.setSpacing(style.space(4))
        row.addWidget(self._table, 6)
        row.addWidget(self._area, 5)
        self.body.addLayout(row, 1)

    def _list(self, rows: tuple[ClientRow, ...]) -> None:
        self._table.set_rows([_line(row) for row in rows])

    def _open(self, client_id: str) -> None:
        if not client_id:
            return
        self._chosen = client_id
        now = self._now()

        def question(session: Any) -> ClientEntry:
            return lifesaver.client(session, client_id, today=local_day(session, now))

        self._context.tasks.read(self, question, self._show)

    def _show(self, entry: ClientEntry) -> None:
        if entry.id != self._chosen:
            return
        self._entry = entry
        card = ClientCard(entry, self._context.person.role)
        card.chosen.connect(self._do)
        put_beside(self._area, card)

    def _show_nothing(self) -> None:
        put_beside(
            self._area,
            EmptyState(
                "people",
                lambda: tr("Choose a client"),
                lambda: tr("Batteries, tests, visits, fees and what comes next are shown here."),
            ),
        )

    def _begin(self) -> None:
        dialogs.inquiry(self._context, self, self._begun).open()

    def _begun(self, client_id: Any) -> None:
        self._view.set_value(ClientsView.COMING)
        self._chosen = str(client_id)
        self.refresh()

    def _again(self, _result: Any = None) -> None:
        self.refresh()

    def _do(self, name: str, subject: str) -> None:
        """One act of the card."""
        entry = self._entry
        if entry is None:
            return
        context, again = self._context, self._again
        fees = {row.id: row for row in entry.fees}
        serials = {row.id: row.serial for row in entry.issues}
        acts: dict[str, Callable[[], Any]] = {
            "enrol": partial(self._write, verbs.enrol_client, verbs.EnrolClient(client_id=entry.id)),
            "resume": partial(self._write, verbs.resume_client, verbs.ResumeClient(client_id=entry.id)),
            "removal": partial(self._write, care.record_removal, care.RecordRemoval(client_id=entry.id)),
            "screen": lambda: dialogs.screening(context, self, entry, again).open(),
            "profile": lambda: dialogs.profile(context, self, entry, again).open(),
            "issue": self._ask_issue,
            "visit": self._ask_visit,
            "battery": lambda: dialogs.battery(context, self, entry.id, None, again).open(),
            "test": lambda: dialogs.test_day(context, self, entry.id, again).open(),
            "fee": lambda: dialogs.fee(context, self, entry.id, again).open(),
            "renew": lambda: dialogs.renew(context, self, entry.id, again).open(),
            "suspend": lambda: dialogs.suspend(context, self, entry.id, again).open(),
            "discharge": lambda: dialogs.discharge(context, self, entry.id, again).open(),
            "end_issue": lambda: dialogs.end_issue(context, self, subject, serials.get(subject, ""), again).open(),
            "pay": lambda: dialogs.payment(context, self, fees[subject], again).open(),
            "subsidy": lambda: dialogs.subsidy(context, self, fees[subject], again).open(),
            "fee_notice": lambda: context.preview(self, "F-714", record_id=subject),
        }
        acts[name]()

    def _write(self, verb: Callable[[Any, Any], Any], command: Any) -> None:
        said = tr("Saved.")
        self._context.tasks.write(self, verb, command, lambda _: self._context.messages.say(said, Tone.SUCCESS))

    def _ask_issue(self) -> None:
        def ask(rows: Any) -> None:
            stock = [(row.id, row.serial) for row in rows if not row.holders and row.status in ("in_stock", "test")]
            dialogs.issue(self._context, self, self._chosen, stock, self._again).open()

        self._context.tasks.read(self, lifesaver_kit.transmitters, ask)

    def _ask_visit(self) -> None:
        def ask(found: Any) -> None:
            people = [(one.id, one.name) for one in found]
            dialogs.plan_visit(self._context, self, self._chosen, people, self._again).open()

        self._context.tasks.read(self, lambda session: members.members(session), ask)


def _line(row: ClientRow) -> Row:
    battery = row.battery
    due: Cell | str = ""
    if battery is not None:
        kind = "danger" if battery.is_red else "warning" if battery.is_due else "plain"
        said = when.day(battery.due_on)
        if battery.may_be_silent:
            said = tr("{day}, may not transmit", day=said)
        due = Cell(said, "danger", "danger") if kind == "danger" else Cell(said, "warning", "clock")
        due = Cell(said) if kind == "plain" else due
    serials = ", ".join(row.serials)
    return Row(row.id, (Cell(row.number or "–", "strong"), row.initials, label(row.status), serials, due))

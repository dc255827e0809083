"""The equipment: transmitters and who has them, receivers and their checks, operators and their certificates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.models.vocab import Role, label
from app.queries import lifesaver_kit as questions
from app.queries import members
from app.queries.lifesaver_kit import OperatorRow, ReceiverRow, TransmitterRow
from app.queries.settings import local_day
from app.services import lifesaver_kit as verbs
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.banner import Banner
from app.views.common.buttons import Button, PrimaryButton, QuietButton, SecondaryButton
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.tabs import TabBar
from app.views.common.wording import Wording
from app.views.lifesaver import client_dialogs, kit_dialogs
from app.views.lifesaver.print_menu import PrintButton
from app.views.lifesaver.search_panes import megahertz
from app.views.messages import Tone
from app.views.programme import Context
from app.words import mark, tr

_OFFICE = frozenset({Role.REG, Role.SUP})
KINDS = (
    "equipment_issue", "lifesaver_client", "lifesaver_receiver", "search_operator", "transmitter",
    "transmitter_frequency",
)  # fmt: skip


class KitPage(Page):
    """Three lists; what can be done with the chosen line stands below."""

    def __init__(self, context: Context) -> None:
        super().__init__(lambda: tr("Search equipment"), scrolls=False)
        self._context = context
        self._role = context.person.role
        self._transmitters: dict[str, TransmitterRow] = {}
        self._receivers: dict[str, ReceiverRow] = {}
        self._operators: dict[str, OperatorRow] = {}
        self._twice = Banner("warning", "")
        self._twice.hide()
        tabs: list[tuple[str, Wording]] = [
            ("receivers", lambda: tr("Receivers")),
            ("operators", lambda: tr("Operators")),
        ]
        if self._role in _OFFICE:
            tabs.insert(0, ("transmitters", lambda: tr("Transmitters")))
        self._tabs = TabBar(tabs)
        self._stack = QStackedWidget()
        self._tables: dict[str, RowTable] = {}
        self._panes: dict[str, QWidget] = {}
        for key, _ in tabs:
            self._panes[key] = self._make_pane(key)
            self._stack.addWidget(self._panes[key])
        self.add_above(self._twice)
        self.add(self._tabs)
        self.add(self._stack, 1)
        self._tabs.chosen.connect(self.show_tab)
        self.show_tab(tabs[0][0])
        Live(self, context.broadcast, KINDS, self.refresh)
        self.refresh()

    def show_tab(self, key: str) -> None:
        """Show one of the lists."""
        self._tabs.set_current(key)
        self._stack.setCurrentWidget(self._panes[key])

    def refresh(self) -> None:
        """Ask again."""
        now, office = self._context.clock(), self._role in _OFFICE

        def question(session: Any) -> Any:
            day = local_day(session, now)
            held = questions.transmitters(session) if office else ()
            return held, questions.receivers(session, today=day), questions.operators(session, today=day)

        self._context.tasks.read(self, question, lambda found: self._show(*found))

    def _make_pane(self, key: str) -> QWidget:
        columns: dict[str, list[Column]] = {
            "transmitters": [
                Column(lambda: tr("Serial number"), 160),
                Column(lambda: tr("Model"), 120),
                Column(lambda: tr("Status"), 150),
                Column(lambda: tr("With"), 200),
                Column(lambda: tr("Remarks")),
            ],
            "receivers": [
                Column(lambda: tr("Serial number"), 160),
                Column(lambda: tr("Kind"), 220),
                Column(lambda: tr("Who has it"), 180),
                Column(lambda: tr("Condition"), 150),
                Column(lambda: tr("Next check")),
            ],
            "operators": [
                Column(lambda: tr("Operator"), 240),
                Column(lambda: tr("Certified as"), 150),
                Column(lambda: tr("Valid until"), 200),
                Column(lambda: tr("Last drill on")),
            ],
        }
        titles = {"transmitters": tr("Transmitters"), "receivers": tr("Receivers"), "operators": tr("Operators")}
        table = RowTable(
            columns[key],
            name=lambda: titles[key],
            empty=EmptyState(
                "list", lambda: tr("Nothing here yet"), lambda: tr("Enter the first with the button below.")
            ),
        )
        table.setObjectName(f"pls.kit.{key}")
        self._tables[key] = table
        pane = QWidget()
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(3))
        column.addWidget(table, 1)
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        for button in self._buttons(key):
            row.addWidget(button)
        row.addStretch(1)
        if key == "transmitters":
            row.addWidget(PrintButton(self._context, self, ("F-710A",), table.selected_id))
        column.addLayout(row)
        return pane

    def _buttons(self, key: str) -> Sequence[Button]:
        reg, kit_people = self._role is Role.REG, self._role in (Role.REG, Role.ESS)
        wanted: list[tuple[bool, type[Button], Wording, str, str, Callable[[], None]]] = []
        if key == "transmitters":
            wanted = [
                (reg, PrimaryButton, lambda: tr("New transmitter"), "plus", "add_transmitter", self._add_transmitter),
                (reg, SecondaryButton, lambda: tr("Change"), "edit", "edit_transmitter", self._edit_transmitter),
                (reg, SecondaryButton, lambda: tr("Move it elsewhere"), "arrow-right", "move", self._move),
                (reg, SecondaryButton, lambda: tr("Take the transmitter back"), "return", "take_back", self._take_back),
                (True, QuietButton, lambda: tr("Show the frequency"), "eye", "frequency", self._frequency),
            ]
        elif key == "receivers":
            wanted = [
                (kit_people, PrimaryButton, lambda: tr("New receiver"), "plus", "add_receiver", self._add_receiver),
                (kit_people, SecondaryButton, lambda: tr("Change"), "edit", "edit_receiver", self._edit_receiver),
                (kit_people, SecondaryButton, lambda: tr("Record a check"), "check", "check", self._check),
            ]
        else:
            wanted = [(reg, PrimaryButton, lambda: tr("Certificate"), "plus", "certificate", self._certificate)]
        made = []
        for allowed, kind, words, icon, name, act in wanted:
            if allowed:
                button = kind(words, icon)
                button.setObjectName(f"pls.kit.{name}")
                button.clicked.connect(act)
                made.append(button)
        return made

    def _show(
        self,
        held: tuple[TransmitterRow, ...],
        receivers: tuple[ReceiverRow, ...],
        operators: tuple[OperatorRow, ...],
    ) -> None:
        self._transmitters = {row.id: row for row in held}
        self._receivers = {row.id: row for row in receivers}
        self._operators = {row.member_id: row for row in operators}
        twice = [row.serial for row in held if len(row.holders) > 1]
        self._twice.setVisible(bool(twice))
        self._twice.set_message("warning", lambda: tr(_TWICE, serials=", ".join(twice)))
        if "transmitters" in self._tables:
            self._tables["transmitters"].set_rows([_transmitter(row) for row in held])
        self._tables["receivers"].set_rows([_receiver(row) for row in receivers])
        self._tables["operators"].set_rows([_operator(row) for row in operators])

    def _again(self, _result: Any = None) -> None:
        self.refresh()

    def _chosen_transmitter(self) -> TransmitterRow | None:
        return self._transmitters.get(self._tables["transmitters"].selected_id())

    def _add_transmitter(self) -> None:
        kit_dialogs.transmitter(self._context, self, None, {}, self._again).open()

    def _edit_transmitter(self) -> None:
        row = self._chosen_transmitter()
        if row is not None:
            kit_dialogs.transmitter(self._context, self, row.id, row.values, self._again).open()

    def _move(self) -> None:
        row = self._chosen_transmitter()
        if row is not None:
            kit_dialogs.move(self._context, self, row.id, row.serial, self._again).open()

    def _take_back(self) -> None:
        """End the newest hand-over: of two, the one that came later is the one to be looked into first."""
        row = self._chosen_transmitter()
        if row is not None and row.holders:
            client_dialogs.end_issue(self._context, self, row.holders[-1].issue_id, row.serial, self._again).open()

    def _frequency(self) -> None:
        row = self._chosen_transmitter()
        if row is None:
            return
        command = verbs.RevealFrequency(transmitter_id=row.id)

        def show(khz: int) -> None:
            said = tr(
                "{serial} sends on {frequency}. This look is recorded.", serial=row.serial, frequency=megahertz(khz)
            )
            self._context.messages.say(said, Tone.INFO)

        self._context.tasks.write(self, verbs.reveal_frequency, command, show)

    def _add_receiver(self) -> None:
        self._with_people(
            lambda people: kit_dialogs.receiver(self._context, self, None, {}, people, self._again).open()
        )

    def _edit_receiver(self) -> None:
        row = self._receivers.get(self._tables["receivers"].selected_id())
        if row is not None:
            self._with_people(
                lambda people: kit_dialogs.receiver(self._context, self, row.id, row.values, people, self._again).open()
            )

    def _check(self) -> None:
        row = self._receivers.get(self._tables["receivers"].selected_id())
        if row is not None:
            kit_dialogs.check(self._context, self, row.id, row.serial, self._again).open()

    def _certificate(self) -> None:
        chosen = self._tables["operators"].selected_id() or None
        self._with_people(
            lambda people: kit_dialogs.certificate(self._context, self, people, chosen, self._again).open()
        )

    def _with_people(self, then: Callable[[list[tuple[Any, Any]]], None]) -> None:
        def ask(found: Any) -> None:
            then([(one.id, one.name) for one in found])

        self._context.tasks.read(self, lambda session: members.members(session), ask)


_TWICE = mark(
    "Handed out twice: {serials}. Find out who wears it and end the other hand-over; nothing is lost till then."
)


def _transmitter(row: TransmitterRow) -> Row:
    status: Cell | str = label(row.status)
    if len(row.holders) > 1:
        status = Cell(tr("handed out twice"), "danger", "danger")
    holders = ", ".join(one.client_number for one in row.holders)
    quarantine = tr("until {day}", day=when.day(row.quarantine_until)) if row.quarantine_until else ""
    remarks = " · ".join(part for part in (quarantine, row.condition, row.location) if part)
    return Row(row.id, (Cell(row.serial, "strong"), row.model, status, holders, remarks))


def _receiver(row: ReceiverRow) -> Row:
    due = when.day(row.due_on) if row.due_on else tr("Never checked")
    shown = Cell(due, "danger", "danger") if row.late else Cell(due)
    return Row(row.id, (Cell(row.serial, "strong"), label(row.kind), row.assigned_to, label(row.condition), shown))


def _operator(row: OperatorRow) -> Row:
    until: Cell | str = when.day(row.expires_on)
    if not row.valid:
        until = Cell(when.day(row.expires_on) or tr("No certificate"), "danger", "danger")
    elif row.soon:
        until = Cell(when.day(row.expires_on), "warning", "warning")
    drill = when.day(row.last_drill_on)
    return Row(row.member_id, (Cell(row.name, "strong"), label(row.level), until, drill))

"""The room of one search: large clocks, the steps, what may go wrong, bearings and where they point, the card."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from app.models.search_vocab import SearchStatus, SearchStep
from app.models.vocab import Role, label
from app.queries import lifesaver_search, members
from app.queries.lifesaver_search import SearchView
from app.services import lifesaver_search as verbs
from app.views import style
from app.views.broadcast import Live
from app.views.common.banner import Banner
from app.views.common.buttons import DangerButton, PrimaryButton, QuietButton, SecondaryButton
from app.views.common.page import Page
from app.views.common.tabs import TabBar
from app.views.lifesaver import search_dialogs
from app.views.lifesaver.bearings_pane import BearingsPane
from app.views.lifesaver.clock_face import ClockFace, StepButton
from app.views.lifesaver.map_pane import MapPane
from app.views.lifesaver.print_menu import PrintButton
from app.views.lifesaver.search_panes import FactsPane, PersonPane
from app.views.programme import Context
from app.words import tr

WRITERS = frozenset({Role.DSP, Role.ESS, Role.SUP})
_DONE = frozenset({SearchStatus.CLOSED})


class SearchRoom(Page):
    """Shows one search; `open(search_id=...)` names it."""

    WIDEST = 1400

    def __init__(self, context: Context) -> None:
        super().__init__(lambda: tr("Search"), scrolls=False)
        self.setObjectName("lifesaver.search")
        self._context = context
        self._search_id = ""
        self._view: SearchView | None = None
        self._writes = context.person.role in WRITERS
        self._clocks = [ClockFace() for _ in range(4)]
        self._steps = {step: StepButton(step, context.zone) for step in SearchStep}
        self._banner = Banner("danger", "")
        self._tabs = TabBar(
            [
                ("bearings", lambda: tr("Bearings")),
                ("map", lambda: tr("Map")),
                ("person", lambda: tr("Person")),
                ("facts", lambda: tr("What is known")),
            ]
        )
        self._stack = QStackedWidget()
        self.bearings = BearingsPane(context, self)
        self.map = MapPane(context, self)
        self.person = PersonPane(context)
        self.facts = FactsPane(context)
        self.facts.asked_to_raise.connect(lambda: self._ask_raise())
        self.facts.asked_to_give.connect(lambda: self._ask_give())
        self._panes: dict[str, QWidget] = {
            "bearings": self.bearings,
            "map": self.map,
            "person": self.person,
            "facts": self.facts,
        }
        self._ticker = QTimer(self)
        self._ticker.setInterval(1000)
        self._ticker.timeout.connect(self._tick)
        self._add_actions()
        self._lay_out()
        self._add_shortcuts()
        kinds = (
            "search_activation", "bearing_log", "battery_notice", "search_card", "search_hand_over", "search_operator",
            "lifesaver_receiver", "attachment",
        )  # fmt: skip
        Live(self, context.broadcast, kinds, self.refresh)

    def open(self, search_id: str = "") -> None:
        """Show a search."""
        self._search_id = search_id
        self.show_tab("bearings")
        self.refresh()

    @property
    def search_id(self) -> str:
        """The search that is shown."""
        return self._search_id

    def refresh(self) -> None:
        """Ask again."""
        search_id, now = self._search_id, self._context.clock()
        if search_id:
            question = partial(lifesaver_search.search, search_id=search_id, now=now)
            self._context.tasks.read(self, question, self._show)

    def show_tab(self, key: str) -> None:
        """Show one of the panes."""
        self._tabs.set_current(key)
        self._stack.setCurrentWidget(self._panes[key])

    def showEvent(self, event: QShowEvent) -> None:
        """The clocks run while they are seen."""
        self._ticker.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """And rest while they are not."""
        self._ticker.stop()
        super().hideEvent(event)

    def log_bearing(self) -> None:
        """Ask for a bearing, taken where the last one was unless another place is typed."""
        self._ask_bearing({})

    def log_bearing_at(self, lat: float, lon: float) -> None:
        """Ask for a bearing that is taken at a place of the map."""
        self._ask_bearing({"lat": f"{lat:.5f}", "lon": f"{lon:.5f}"})

    def _ask_bearing(self, place: dict[str, str]) -> None:
        view = self._view
        if view is None or not self._writes or view.status in _DONE:
            return
        today, last = self._context.clock().date(), _last(view) | place

        def question(session: Any) -> tuple[Any, Any]:
            return lifesaver_search.operators(session, today), lifesaver_search.receivers(session)

        worn = [(one.id, one.serial) for one in view.card.transmitters] if view.card is not None else []

        def ask(found: tuple[Any, Any]) -> None:
            search_dialogs.bearing(self._context, self, view.id, found[0], found[1], worn, last, self._again).open()

        self._context.tasks.read(self, question, ask)

    def withdraw(self, bearing_id: str) -> None:
        """Ask why a bearing does not count."""
        if self._writes:
            search_dialogs.withdraw(self._context, self, bearing_id, self._again).open()

    def _add_actions(self) -> None:
        self._more = SecondaryButton(lambda: tr("What else is known"), "edit")
        self._more.setObjectName("search.more_button")
        self._rest = QuietButton(lambda: tr("Suspend or go on"), "clock")
        self._rest.setObjectName("search.rest_button")
        self._close = DangerButton(lambda: tr("Close the search"), "check")
        self._close.setObjectName("search.close_button")
        self._debrief = PrimaryButton(lambda: tr("Debrief"), "check")
        self._debrief.setObjectName("search.debrief_button")
        sheets = ("F-710", "F-709", "F-711", "F-712")
        self.paper = PrintButton(self._context, self, sheets, lambda: self._search_id)
        self.add_action(self.paper)
        for button, act in (
            (self._rest, self._ask_rest),
            (self._more, self._ask_more),
            (self._close, self._ask_close),
            (self._debrief, self._ask_debrief),
        ):
            button.clicked.connect(act)
            self.add_action(button)

    def _lay_out(self) -> None:
        clocks = QHBoxLayout()
        clocks.setSpacing(style.space(3))
        for face in self._clocks:
            clocks.addWidget(face, 1)
        self.add_layout(clocks)
        steps = QHBoxLayout()
        steps.setSpacing(style.space(2))
        for step, button in self._steps.items():
            button.setObjectName(f"search.step.{step.value}")
            button.clicked.connect(partial(self._note, step))
            steps.addWidget(button, 1)
        self.add_layout(steps)
        self.add(self._banner)
        self.add(self._tabs)
        for pane in self._panes.values():
            self._stack.addWidget(pane)
        self.add(self._stack, 1)
        self._tabs.chosen.connect(self.show_tab)
        self.show_tab("bearings")

    def _add_shortcuts(self) -> None:
        QShortcut(QKeySequence(Qt.Modifier.CTRL | Qt.Key.Key_B), self, self.log_bearing)
        QShortcut(QKeySequence(Qt.Modifier.CTRL | Qt.Key.Key_E), self, self._ask_more)
        for number, step in enumerate(SearchStep, start=1):
            QShortcut(QKeySequence(f"Ctrl+{number}"), self, lambda step=step: self._note(step))

    def _show(self, view: SearchView) -> None:
        if view.id != self._search_id:
            return
        self._view = view
        number = str(view.values["number"] or tr("Number pending"))
        drill = tr("Drill") if view.values["drill"] else ""
        said = [number, view.who, label(view.status), drill]
        commander = tr("Commander: {name}", name=view.commander) if view.commander else ""
        urgency = tr("{band}: {points} points", band=view.urgency.band.label(), points=view.urgency.total)
        below = (str(view.values["occurrence_no"] or ""), urgency, commander)
        self.set_title(" · ".join(part for part in said if part), " · ".join(part for part in below if part))
        self._banner.setVisible(bool(view.signal_may_fail) and view.status is not SearchStatus.CLOSED)
        self._banner.set_message("danger", view.signal_may_fail or tr("The signal should be heard."))
        ends = view.status in _DONE
        for step, button in self._steps.items():
            button.show_at(view.values[step.value])
            button.setEnabled(self._writes and not ends)
        for action in (self._more, self._close, self._rest):
            action.setVisible(self._writes and not ends)
        self._debrief.setVisible(self._writes and ends)
        self.bearings.show_search(view, writes=self._writes and not ends)
        self.map.show_search(view, writes=self._writes and not ends)
        self.person.show_search(view)
        self.facts.show_search(view, writes=self._writes and not ends)
        self._tick()

    def _tick(self) -> None:
        view = self._view
        if view is None:
            return
        values, now = view.values, self._context.clock()
        until = values["located_at"] or values["closed_at"] or now
        faces: tuple[tuple[Callable[[], str], Any, Any], ...] = (
            (lambda: tr("Missing for"), values["seen_at"], until),
            (lambda: tr("Since the call"), values["call_at"], until),
            (lambda: tr("Call to scene"), values["call_at"], values["on_scene_at"]),
            (lambda: tr("Call to first signal"), values["call_at"], values["first_signal_at"]),
        )
        for face, (title, start, end) in zip(self._clocks, faces, strict=True):
            face.show_span(title, start, end)

    def _note(self, step: SearchStep) -> None:
        view = self._view
        if view is None or not self._writes or view.status in _DONE:
            return
        clear = view.values[step.value] is not None
        command = verbs.NoteStep(search_id=view.id, step=step, clear=clear)
        self._context.tasks.write(self, verbs.note_step, command, self._again)

    def _again(self, _result: Any = None) -> None:
        self.refresh()

    def _ask_more(self) -> None:
        if self._view is not None and self._writes and self._view.status not in _DONE:
            view = self._view

            def ask(found: Any) -> None:
                people = [(one.id, one.name) for one in found]
                search_dialogs.more(self._context, self, view.id, view.values, people, self._again).open()

            self._context.tasks.read(self, lambda session: members.members(session), ask)

    def _ask_close(self) -> None:
        if self._view is not None:
            search_dialogs.close(self._context, self, self._view.id, self._again).open()

    def _ask_debrief(self) -> None:
        if self._view is not None:
            search_dialogs.debrief(self._context, self, self._view.id, self._view.values, self._again).open()

    def _ask_give(self) -> None:
        if self._view is not None:
            search_id = self._view.id

            def given(_: Any) -> None:
                self.refresh()
                self._context.preview(self, "F-710", record_id=search_id)

            search_dialogs.hand_over(self._context, self, self._view, given).open()

    def _ask_raise(self) -> None:
        if self._view is not None:
            total = self._view.urgency.total
            search_dialogs.raise_urgency(self._context, self, self._view.id, total, self._again).open()

    def _ask_rest(self) -> None:
        if self._view is not None:
            goes_on = self._view.status is SearchStatus.SUSPENDED
            search_dialogs.rest(self._context, self, self._view.id, goes_on, self._again).open()


def _last(view: SearchView) -> dict[str, Any]:
    """Where the last bearing was taken, by whom and with what: the next one is seldom taken elsewhere."""
    worn = view.card.transmitters if view.card is not None else ()
    only = {"transmitter_id": worn[0].id} if len(worn) == 1 else {}
    if not view.bearings:
        return only
    values = view.bearings[-1].values
    names = ("lat", "lon", "operator_id", "receiver_id", "transmitter_id", "north", "scale", "polarization")
    return {**only, **{name: values[name] for name in names if values[name] is not None}}

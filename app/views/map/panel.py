"""The map as a part of a page: surface, buttons, and the same in words.

panel = MapPanel(context, parent)
panel.show_search(SearchMap(...))
panel.chosen.connect(...)      # (lat, lon), while panel.choose(True)
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.errors import HavenError
from app.maps.opening import open_map
from app.queries import device
from app.services.map_file import MAP_FILE
from app.views import style
from app.views.common.buttons import IconButton, QuietButton
from app.views.common.text import PlainLabel, QuietText
from app.views.map import summary
from app.views.map.canvas import MapCanvas
from app.views.map.contents import SearchMap, Spot
from app.views.map.file import MapFileDialog
from app.views.map.tiles import TileStore
from app.views.messages import sentence_of
from app.views.programme import Context
from app.words import tr


class MapPanel(QWidget):
    """Shows a `SearchMap`, and calculates nothing but where it lies. The agency's map file lies below, if any."""

    chosen = Signal(float, float)
    """A place was clicked (latitude, longitude) while `choose(True)`."""

    def __init__(self, context: Context, parent: QWidget | None = None, *, words: bool = True) -> None:
        super().__init__(parent)
        self._context = context
        self._path = ""
        self.canvas = MapCanvas(context.clock, self)
        self.canvas.setObjectName("map.canvas")
        self.canvas.chosen.connect(self.chosen)
        self._below = QuietText("")
        self._words = PlainLabel("")
        self._words.setObjectName("map.words")
        self._words.set_selectable()
        # In a small window the map keeps its room, and the words are scrolled.
        self._said = QScrollArea()
        self._said.setWidget(self._words)
        self._said.setWidgetResizable(True)
        self._said.setFrameShape(QFrame.Shape.NoFrame)
        self._said.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._said.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._said.setMinimumHeight(style.grown(24))
        self._said.setMaximumHeight(style.grown(72))
        self._said.setVisible(words)
        self._row = QHBoxLayout()
        self._lay_out()
        self.setFocusProxy(self.canvas)
        self._again = QTimer(self)
        self._again.setInterval(20_000)
        self._again.timeout.connect(self._say)
        self._again.start()
        self._say()
        self.ask_for_file()

    def show_search(self, contents: SearchMap) -> None:
        """Show this; what is looked at stays as it is unless the map was empty."""
        self.canvas.show_contents(contents)
        self._say()

    def choose(self, choosing: bool) -> None:
        """Whether a click chooses a place (`chosen`)."""
        self.canvas.set_choosing(choosing)

    def add_button(self, button: QWidget) -> None:
        """Put a button of the page's own before the map's."""
        self._row.insertWidget(0, button)

    def look_at(self, lat: float, lon: float, zoom: float = 13.0) -> None:
        """Look at one position."""
        self.canvas.look_at(Spot(lat, lon), zoom)

    def ask_for_file(self) -> None:
        """Read which map file was chosen on this computer, and lay it below."""
        self._context.tasks.read(self, lambda session: device.state(session, MAP_FILE) or "", self._lay_below)

    def changeEvent(self, event: QEvent) -> None:
        """Say everything anew in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._say()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let go of the map file."""
        self.canvas.set_tiles(None)
        super().closeEvent(event)

    def _lay_below(self, path: str) -> None:
        if path == self._path and path:
            return
        self._path = path
        self._below.set_kind("")
        if not path:
            self.canvas.set_tiles(None)
            self._below.set_text(lambda: tr("No map file: distances and degrees only."))
            return
        try:
            file = open_map(Path(path))
        except HavenError as problem:
            self.canvas.set_tiles(None)
            sentence = problem
            self._below.set_kind("warning")
            self._below.set_text(lambda: sentence_of(sentence))
            return
        self.canvas.set_tiles(TileStore(file))
        facts = file.facts
        self._below.set_text(" · ".join(part for part in (facts.name, facts.attribution) if part))

    def _choose_file(self) -> None:
        dialog = MapFileDialog(self._context, self, self._path)
        dialog.accepted.connect(self.ask_for_file)
        dialog.open()

    def _say(self) -> None:
        said = summary.sentences(self.canvas.contents, self._context.clock())
        self._words.set_text(" ".join(said))
        self.canvas.setAccessibleDescription(" ".join(said) or tr("Nothing is marked on the map yet."))

    def _lay_out(self) -> None:
        canvas = self.canvas
        buttons: tuple[tuple[str, str, Callable[[], str], Callable[[], None]], ...] = (
            ("nearer", "plus", lambda: tr("Nearer"), lambda: canvas.zoom(0.5)),
            ("farther", "minus", lambda: tr("Farther"), lambda: canvas.zoom(-0.5)),
            ("left", "turn-left", lambda: tr("Turn to the left"), lambda: canvas.turn(15)),
            ("right", "turn-right", lambda: tr("Turn to the right"), lambda: canvas.turn(-15)),
        )
        row = self._row
        row.setSpacing(style.space(1))
        for name, icon, wording, act in buttons:
            button = IconButton(icon, wording)
            button.setObjectName(f"map.{name}")
            button.clicked.connect(act)
            row.addWidget(button)
        for name, wording, act in (
            ("north", lambda: tr("North up"), canvas.north_up),
            ("all", lambda: tr("Show everything"), canvas.fit),
            ("file", lambda: tr("Map file"), self._choose_file),
        ):
            quiet = QuietButton(wording)
            quiet.setObjectName(f"map.{name}")
            quiet.clicked.connect(act)
            row.addWidget(quiet)
        self._below.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self._below, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(2))
        column.addLayout(row)
        column.addWidget(canvas, 1)
        column.addWidget(self._said)

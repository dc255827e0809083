"""Choosing the map file of this computer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from app.errors import HavenError
from app.maps.mbtiles import MbTiles
from app.services.map_file import ChooseMapFile, choose_map_file
from app.views import style
from app.views.common.buttons import QuietButton, SecondaryButton
from app.views.common.dialog import Dialog
from app.views.common.text import PlainLabel
from app.views.messages import sentence_of
from app.views.programme import Context
from app.words import tr


class MapFileDialog(Dialog):
    """Shows which file is chosen, takes another or none; a file that is no map is refused at once."""

    def __init__(self, context: Context, parent: QWidget | None, path: str) -> None:
        super().__init__(
            lambda: tr("Map file"),
            lambda: tr("Save"),
            parent,
            text=lambda: tr(
                "A map of your region as an MBTiles file with pictures (PNG or JPEG). It stays where it is on this"
                " computer and is only read. Nothing is ever fetched from a network."
            ),
        )
        self.setObjectName("map.file.dialog")
        self._context, self._path = context, path
        self._shown = PlainLabel("", strong=True)
        choose = SecondaryButton(lambda: tr("Choose a file"), "document")
        choose.setObjectName("map.file.choose")
        choose.clicked.connect(self._ask)
        none = QuietButton(lambda: tr("Use no map file"))
        none.setObjectName("map.file.none")
        none.clicked.connect(lambda: self.take(""))
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        row.addWidget(choose)
        row.addWidget(none)
        row.addStretch(1)
        self.add(self._shown)
        self.add_layout(row)
        self.take(path)

    def take(self, path: str) -> None:
        """Choose this file, when it is a map; an empty path: none."""
        self._path = path
        self.complain(None)
        self._shown.set_text(Path(path).name if path else lambda: tr("No map file is chosen."))
        if not path:
            return
        try:
            file = MbTiles(Path(path))
        except HavenError as problem:
            sentence = problem
            self.complain(lambda: sentence_of(sentence))
            return
        file.close()

    def check(self) -> bool:
        """Save first; the dialog closes when it is saved."""
        command = ChooseMapFile(path=self._path)
        self._context.tasks.write(self, choose_map_file, command, lambda _done: self.accept(), self._refused)
        return False

    def _refused(self, problem: Exception) -> None:
        self.complain(lambda: sentence_of(problem))

    def _ask(self) -> None:
        dialog = QFileDialog(self, tr("Map file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{tr('Map file')} (*.mbtiles)")
        dialog.fileSelected.connect(self.take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

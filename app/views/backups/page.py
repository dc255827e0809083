"""The list of backups: make one, look through one, put one back."""

from __future__ import annotations

from collections.abc import Callable

from app.views.backups.restore import RestoreDialog
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.banner import Banner
from app.views.common.buttons import PrimaryButton, QuietButton, SecondaryButton
from app.views.common.empty import EmptyState
from app.views.common.kinds import Kind
from app.views.common.page import Page
from app.views.common.progress import JobBar
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.messages import Tone
from app.views.programme import BackupRow, Context, LookRow
from app.words import tr

LOOK = "full_look"
"""What is announced when the whole vault was looked through."""
_MEGABYTE = 1_000_000


class BackupsPage(Page):
    """One table; the buttons act on the chosen row."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Backups"),
            lambda: tr(
                "Haven makes a checked copy of your vault once a day and keeps the last seven, encrypted as it is."
            ),
            scrolls=False,
        )
        self._context, self._face = context, context.backups
        self._rows: dict[str, BackupRow] = {}
        self._looked: dict[str, bool] = {}
        self.check = SecondaryButton(lambda: tr("Look through it"), "check")
        self.check.setObjectName("backups.check")
        self.check.clicked.connect(self._check)
        self.restore = SecondaryButton(lambda: tr("Put it back…"), "undo")
        self.restore.setObjectName("backups.restore")
        self.restore.clicked.connect(self._restore)
        self.make = PrimaryButton(lambda: tr("Back up now"), "shield")
        self.make.setObjectName("backups.make")
        self.make.clicked.connect(self._make)
        for button in (self.check, self.restore, self.make):
            self.add_action(button)
        self.add_above(
            Banner(
                "info", lambda: tr("Backups lie on this computer. Against its loss, only sending to your agency helps.")
            )
        )
        self.look_now = QuietButton(lambda: tr("Look through everything now"), "check")
        self.look_now.setObjectName("backups.look")
        self.look_now.clicked.connect(self._look)
        self._last: LookRow | None = None
        self.look = Banner("info", self._look_words, self.look_now)
        self.look.setObjectName("backups.look.found")
        self.add_above(self.look)
        self.progress = JobBar("", can_cancel=False)
        self.progress.hide()
        self.add_above(self.progress)
        self.table = RowTable(
            [
                Column(lambda: tr("Made"), 300),
                Column(lambda: tr("Size"), 150),
                Column(lambda: tr("Checked")),
            ],
            name=lambda: tr("Backups"),
            empty=EmptyState(
                "shield",
                lambda: tr("No backup yet"),
                lambda: tr("The first one is made a minute after you open Haven, or now."),
            ),
        )
        self.table.setObjectName("backups.table")
        self.table.selected.connect(lambda _: self._enable())
        self.add(self.table, 1)
        self._busy = False
        self._enable()
        self._live = Live(self, context.broadcast, {LOOK}, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Look again what there is."""
        face = self._face
        if face is not None:
            self._context.tasks.job(self, lambda: (face.listed(), face.last_look()), self._show)

    def _show(self, answer: tuple[tuple[BackupRow, ...], LookRow | None]) -> None:
        found, self._last = answer
        sound = self._last is None or not self._last.damage
        kind: Kind = "info" if self._last is None else "success" if sound else "danger"
        self.look.set_message(kind, self._look_words)
        chosen = self.table.selected_id()
        self._rows = {row.name: row for row in found}
        self.table.set_rows([self._line(row) for row in found])
        place = next((place for place, row in enumerate(found) if row.name == chosen), None)
        if place is not None:
            self.table.view.selectRow(place)
        self._enable()

    def _look_words(self) -> str:
        if self._last is None:
            return tr("The whole vault was not looked through yet. Haven does that by itself, while nobody types.")
        moment = when.moment(self._last.at, self._context.zone)
        if self._last.damage:
            return tr("Looked through from end to end on {when}.", when=moment) + " " + self._last.damage
        return tr("Looked through from end to end on {when}: everything is sound.", when=moment)

    def _look(self) -> None:
        face = self._face
        if face is not None:
            self._work(tr("Reading everything in your vault…"), face.look, lambda _: None)

    def _line(self, row: BackupRow) -> Row:
        return Row(row.name, (when.moment(row.made_at, self._context.zone), _size(row.size), self._state(row)))

    def _state(self, row: BackupRow) -> Cell:
        if row.brings_all is None or self._looked.get(row.name) is False:
            return Cell(tr("Damaged: it will not be used"), "danger")
        if self._looked.get(row.name):
            return Cell(tr("Looked through just now: sound"), "success")
        return Cell(tr("When it was made: sound"), "quiet")

    def _enable(self) -> None:
        chosen = self._rows.get(self.table.selected_id())
        usable = chosen is not None and chosen.brings_all is not None and not self._busy
        self.check.setEnabled(usable)
        self.restore.setEnabled(usable and not self._context.demonstration)
        self.make.setEnabled(self._face is not None and not self._busy)
        self.look_now.setEnabled(self._face is not None and not self._busy)

    def _make(self) -> None:
        face = self._face
        if face is not None:
            self._work(tr("Making a backup and looking through it…"), face.make, lambda _: self._made())

    def _made(self) -> None:
        self._context.messages.say(tr("The backup is made and checked."), Tone.SUCCESS)

    def _check(self) -> None:
        face, name = self._face, self.table.selected_id()
        if face is None:
            return

        def show(sound: bool) -> None:
            self._looked[name] = sound

        self._work(tr("Reading every page of the backup…"), lambda: face.sound(name), show)

    def _work(self, sentence: str, work: Callable[[], object], done: Callable[[bool], None]) -> None:
        """Something long: the bar says so, and one thing is done at a time."""
        self._set_busy(True, sentence)

        def finish(answer: object) -> None:
            done(bool(answer))
            self._set_busy(False)
            self.refresh()

        def failed(problem: Exception) -> None:
            self._set_busy(False)
            self._context.messages.failed(problem)

        self._context.tasks.job(self, work, finish, failed)

    def _set_busy(self, busy: bool, sentence: str = "") -> None:
        self._busy = busy
        self.progress.show_progress(sentence, None)
        self.progress.setVisible(busy)
        self._enable()

    def _restore(self) -> None:
        row = self._rows.get(self.table.selected_id())
        if row is None or self._face is None:
            return
        made = when.moment(row.made_at, self._context.zone)
        RestoreDialog(self, made, brings_all=bool(row.brings_all), restore=self._put_back(row.name)).open()

    def _put_back(self, name: str) -> Callable[[bool], None]:
        face = self._face
        assert face is not None, "the button is only there with it"
        return lambda as_it_was: face.restore(name, as_it_was)


def _size(size: int) -> str:
    return tr("{size} MB", size=f"{size / _MEGABYTE:.1f}")

"""Whether the audit trail of each computer is whole, as far as it has come. What was entered is not shown.

Above it the server's own log, through which everything comes: whether it still contains what it once contained.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from app.views.broadcast import Live
from app.views.common import when
from app.views.common.banner import Banner
from app.views.common.buttons import SecondaryButton
from app.views.common.empty import EmptyState
from app.views.common.files import ask_where_to_save
from app.views.common.kinds import Kind
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.whole_file import write_whole
from app.views.programme import Context, LogRow, TrailRow
from app.words import tr, trn

_SHOWN = 8
"""Letters of a computer's id: enough to find it in the administrator's list."""
_ROOT_SHOWN = 16
_SILENT = timedelta(days=2)
"""After so long it is worth a word that the server has not shown its log."""
_SOUND = ("whole", "none")


class TrailsPage(Page):
    """One line a computer, what is broken first."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Audit trails"),
            lambda: tr(
                "Each computer enters who did what, and signs it. Here its trail is proved from the first entry on."
            ),
            scrolls=False,
        )
        self._context = context
        self._found: tuple[TrailRow, ...] = ()
        self._log: LogRow | None = None
        self.said = Banner("info", self._words)
        self.said.setObjectName("trail.said")
        self.said.hide()
        self.add_above(self.said)
        self.save = SecondaryButton(lambda: tr("Save as a text file…"), "save")
        self.save.setObjectName("trail.save_log")
        self.save.clicked.connect(self._ask_where)
        self.log = Banner("info", self._log_words, self.save)
        self.log.setObjectName("trail.log")
        self.log.hide()
        self.add_above(self.log)
        self.table = RowTable(
            [
                Column(lambda: tr("Person"), 240),
                Column(lambda: tr("Computer"), 120),
                Column(lambda: tr("Its trail")),
                Column(lambda: tr("Entries"), 110, numeric=True),
                Column(lambda: tr("Last heard of"), 230),
            ],
            name=lambda: tr("Audit trails"),
            empty=EmptyState(
                "shield-check",
                lambda: tr("No trail has come yet"),
                lambda: tr("Trails come with the next round after a computer has sent its own."),
            ),
        )
        self.table.setObjectName("trail.table")
        self.add(self.table, 1)
        Live(self, context.broadcast, ("audit_batch", "sync_state"), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Prove them again."""
        prove, log = self._context.trails, self._context.log
        if prove is not None:
            self._context.tasks.job(self, lambda: (log(), prove()), self._show_both)

    def _show_both(self, found: tuple[LogRow | None, tuple[TrailRow, ...]]) -> None:
        log, trails = found
        self._show_log(log)
        self._show(trails)

    def _show_log(self, log: LogRow | None) -> None:
        self._log = log
        self.log.setVisible(log is not None)
        if log is not None:
            self.log.set_message(self._log_kind(log), self._log_words)

    def _log_kind(self, log: LogRow) -> Kind:
        if log.broken is not None and not log.is_over:
            return "danger"
        return "warning" if self._is_silent(log) else "info"

    def _is_silent(self, log: LogRow) -> bool:
        return self._context.clock() - log.at > _SILENT

    def _log_words(self) -> str:
        log = self._log
        if log is None:
            return ""
        zone = self._context.zone
        if log.broken is not None and not log.is_over:
            return tr(
                "The server's log no longer contains what it contained on {moment}: it was changed, or put back "
                "without saying so. Tell whoever runs it, and keep this computer.",
                moment=when.moment(log.broken, zone),
            )
        said = [
            tr(
                "The server signed on {moment} that its log has {size} entries. The hash over them begins with {root}.",
                size=log.size,
                moment=when.moment(log.at, zone),
                root=log.root[:_ROOT_SHOWN],
            )
        ]
        if self._is_silent(log):
            said.append(tr("It has not shown its log since. Ask whoever runs the server."))
        if log.put_back is not None:
            said.append(tr("The server was put back to a copy after {moment}.", moment=when.moment(log.put_back, zone)))
        if log.broken is not None:
            moment = when.moment(log.broken, zone)
            said.append(tr("Before that it no longer contained what it contained on {moment}.", moment=moment))
        return " ".join(said)

    def _ask_where(self) -> None:
        day = self._context.clock().date().isoformat()
        ask_where_to_save(self, tr("server-log-{day}.txt", day=day), self.save_to)

    def save_to(self, path: Path) -> None:
        """Write what the server signed to a file that may be kept anywhere: it holds hashes of sealed work only."""
        log = self._log
        if log is not None:
            work = lambda: write_whole(path, log.text.encode())  # noqa: E731  (bound to the log that is shown)
            self._context.tasks.job(self, work, lambda _: self._context.messages.say(tr("The file is written.")))

    def _show(self, found: tuple[TrailRow, ...]) -> None:
        self._found = found
        self.table.set_rows([self._line(row) for row in found])
        self.said.set_message("danger" if self._broken() else "success", self._words)
        self.said.setVisible(any(row.standing != "none" for row in found))

    def _broken(self) -> int:
        return sum(row.standing not in _SOUND for row in self._found)

    def _words(self) -> str:
        broken = self._broken()
        if not broken:
            return tr("Every trail that came here is whole. How old each one is stands on the right.")
        return trn(
            "{count} trail does not hold. Keep that computer as it is, and ask its person and your administrator.",
            "{count} trails do not hold. Keep those computers as they are, and ask their people and your "
            "administrator.",
            broken,
        )

    def _line(self, row: TrailRow) -> Row:
        return Row(
            row.device_id,
            (
                Cell(row.person or tr("Nobody known here"), "strong" if row.person else "quiet"),
                row.device_id[:_SHOWN],
                _standing(row),
                str(row.entries) if row.standing != "none" else "",
                when.moment(row.until, self._context.zone),
            ),
        )


def _standing(row: TrailRow) -> Cell:
    match row.standing:
        case "whole" if row.sealed:
            return Cell(tr("Whole; {count} entries are read by auditors only", count=row.sealed), "success", "check")
        case "whole":
            return Cell(tr("Whole"), "success", "check")
        case "none":
            return Cell(tr("Nothing has come yet"), "quiet")
        case "gap":
            return Cell(tr("Entry {row} and others after it are missing", row=row.row), "danger", "danger")
        case "forked":
            return Cell(tr("Told in two ways from entry {row} on", row=row.row), "danger", "danger")
        case _:
            return Cell(tr("Entry {row} was changed or is damaged", row=row.row), "danger", "danger")

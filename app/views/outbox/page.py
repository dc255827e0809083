"""The outbox: the truth about each record, whether the laptop may be handed in, and "send now"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent

from app.queries import device, outbox, retention
from app.queries.outbox import OutboxCounts, OutboxRow, SyncState
from app.services import retention as retention_verbs
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.banner import Banner
from app.views.common.buttons import PrimaryButton, SecondaryButton
from app.views.common.choices import SegmentedChoice
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.progress import JobBar
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.leaving import LeavingBanners
from app.views.outbox.files import FileButtons
from app.views.programme import Context
from app.views.sync_button import progress_sentence
from app.words import mark, tr, trn

_LOOKS: dict[SyncState, tuple[Literal["plain", "danger", "info", "success", "quiet"], str]] = {
    SyncState.HERE: ("info", "sync-here"),
    SyncState.SENDING: ("info", "sync-sending"),
    SyncState.RECEIVED: ("success", "sync-received"),
    SyncState.REFUSED: ("danger", "sync-refused"),
    SyncState.COLLEAGUE: ("quiet", "people"),
}
_TICK_MS = 500
REFUSALS = {
    "not_a_member": mark("You may no longer write to this record. Ask your supervisor."),
    "revoked": mark("This computer was signed off by an administrator."),
    "bad_signature": mark("The server could not verify that this computer wrote it."),
    "gap": mark("An earlier part is missing at the server; it is sent again with the next round."),
    "fork": mark("The server holds something else in its place. An administrator has to look at it."),
    "too_large": mark("It is larger than the server takes."),
    "unknown_scope": mark("The server does not know this record yet; it is offered again with the next round."),
    "purged": mark("Two people destroyed its record at the end of its time."),
    "stale_epoch": mark("Its key was renewed meanwhile; it is sealed again with the next round."),
}
"""What a server's refusal means for the person."""


class OutboxPage(Page):
    """One's own records by what became of them."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Sent and waiting"),
            lambda: tr("A record counts as received only when the server has confirmed it."),
            scrolls=False,
        )
        self._context = context
        self.send = PrimaryButton(lambda: tr("Send and receive now"), "sync-sending")
        self.send.setObjectName("outbox.send")
        self.send.clicked.connect(context.sync.now)
        self.send.setVisible(context.sync.available)
        self.add_action(self.send)
        self.files = FileButtons(context)
        for button in self.files.buttons:
            self.add_action(button)
        self.banner = Banner("info", "")
        self.add_above(self.banner)
        self.trouble = Banner("warning", "")
        self.trouble.hide()
        self.add_above(self.trouble)
        self.first = Banner("info", _still_fetching)
        self.first.hide()
        self.add_above(self.first)
        self.lost = Banner("warning", "")
        self.lost.hide()
        self.add_above(self.lost)
        self.read = SecondaryButton(lambda: tr("I have read this"))
        self.read.setObjectName("outbox.lost_read")
        self.read.hide()
        self.read.clicked.connect(self._note_lost)
        self.add_above(self.read)
        self.leaving = LeavingBanners(context, "outbox")
        self.add_above(self.leaving)
        self.progress = JobBar("")
        self.progress.setObjectName("outbox.progress")
        self.progress.cancelled.connect(context.sync.stop)
        self.progress.hide()
        self.add_above(self.progress)
        self._ticker = QTimer(self)
        self._ticker.setInterval(_TICK_MS)
        self._ticker.timeout.connect(self.tick)
        self.coming = Banner("info", "")
        self.coming.hide()
        self.add_above(self.coming)
        self._filter = SegmentedChoice(
            [("all", lambda: tr("All")), *[(state, state.label) for state in list(SyncState)[:4]]], optional=False
        )
        self._filter.setObjectName("outbox.filter")
        self._filter.set_value("all")
        self._filter.changed.connect(self.refresh)
        self.table = RowTable(
            [
                Column(lambda: tr("Record"), 250),
                Column(lambda: tr("Number"), 175),
                Column(lambda: tr("Changed"), 185),
                Column(lambda: tr("State")),
            ],
            name=lambda: tr("Own work by what became of it"),
            empty=EmptyState(
                "sync-received",
                lambda: tr("Nothing here"),
                lambda: tr("What you write appears here and shows when your colleagues have it."),
            ),
        )
        self.add(self._filter)
        self.add(self.table, 1)
        Live(self, context.broadcast, (), self.refresh)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Follow a long round while the page is seen."""
        super().showEvent(event)
        self._ticker.start()
        self.tick()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._ticker.stop()

    def tick(self) -> None:
        """Show how far the round under way is; a short one shows nothing."""
        progress = self._context.sync.progress()
        self.progress.setVisible(progress is not None)
        if progress is None:
            self.progress.renew()
        elif not self.progress.is_stopping:
            self.progress.show_progress(lambda: progress_sentence(progress), progress.share)

    def refresh(self) -> None:
        """Ask again."""
        chosen = self._filter.value()
        state = chosen if isinstance(chosen, SyncState) else None
        self._context.tasks.read(self, outbox.counts, lambda counts: self._show(counts, state))
        self._context.tasks.read(self, device.is_still_fetching, self.first.setVisible)
        self._context.tasks.read(self, retention.lost_changes, self._show_lost)
        self.leaving.refresh()

    def _show_lost(self, count: int) -> None:
        """Work that nobody else ever had, in a record that two people destroyed meanwhile."""
        self.lost.set_message(
            "warning",
            lambda: trn(
                "{count} change that was never sent is gone: two people destroyed its record at the end of its time.",
                "{count} changes that were never sent are gone: two people destroyed their records at the end of "
                "their time.",
                count,
            ),
        )
        self.lost.setVisible(count > 0)
        self.read.setVisible(count > 0)

    def _note_lost(self) -> None:
        command = retention_verbs.NoteLost()
        self._context.tasks.write(self, retention_verbs.note_lost, command, lambda _: self.refresh())

    def _show(self, counts: OutboxCounts, state: SyncState | None) -> None:
        trouble = self._context.sync.trouble()
        self.trouble.set_message("warning", trouble)
        self.trouble.setVisible(bool(trouble))
        say = _safe(counts) if self._context.sync.available else _alone
        self.banner.set_message(_tone(counts, self._context.sync.available), say)
        self.coming.set_message("info", _coming(counts))
        self.coming.setVisible(bool(counts.coming) and self._context.sync.available)
        self.table.set_source_later(_count(counts, state), lambda offset, limit: self._fetch(state, offset, limit))

    def _fetch(self, state: SyncState | None, offset: int, limit: int) -> None:
        def question(session: Any) -> tuple[OutboxRow, ...]:
            return outbox.outbox(session, state=state, limit=limit, offset=offset)

        self._context.tasks.read(self, question, lambda rows: self.table.deliver(offset, [self._row(r) for r in rows]))

    def _row(self, row: OutboxRow) -> Row:
        kind, icon_name = _LOOKS[row.state]
        said = row.state.label()
        if row.state is SyncState.REFUSED:
            reason = REFUSALS.get(row.refusal or "")
            said = tr("Refused: {reason}", reason=tr(reason) if reason else row.refusal or "")
        elif row.state is SyncState.RECEIVED and row.received_at is not None:
            said = tr("Received {moment}", moment=when.moment(row.received_at, self._context.zone))
        changed = when.moment(row.changed_at, self._context.zone)
        return Row(
            row.record_id,
            (row.label, Cell(row.number or "", "quiet"), Cell(changed, "quiet"), Cell(said, kind, icon_name)),
        )


def _count(counts: OutboxCounts, state: SyncState | None) -> int:
    by_state = {
        SyncState.HERE: counts.here,
        SyncState.SENDING: counts.sending,
        SyncState.RECEIVED: counts.received,
        SyncState.REFUSED: counts.refused,
    }
    return sum(by_state.values()) if state is None else by_state.get(state, 0)


def _tone(counts: OutboxCounts, available: bool) -> Literal["info", "success", "warning", "danger"]:
    if not available:
        return "info"
    if counts.refused:
        return "danger"
    return "warning" if counts.unsent or counts.files else "success"


def _safe(counts: OutboxCounts) -> Callable[[], str]:
    if counts.refused:
        return lambda: trn(
            "{count} record was refused and is only here. Do not hand in this computer.",
            "{count} records were refused and are only here. Do not hand in this computer.",
            counts.refused,
        )
    if counts.unsent:
        return lambda: trn(
            "{count} record is only on this computer. Do not hand it in yet.",
            "{count} records are only on this computer. Do not hand it in yet.",
            counts.unsent,
        )
    if counts.files:
        return lambda: trn(
            "Every record was received, but the content of {count} file is only on this computer. "
            "Do not hand it in yet.",
            "Every record was received, but the content of {count} files is only on this computer. "
            "Do not hand it in yet.",
            counts.files,
        )
    return lambda: tr("Everything was received. This computer may be handed in.")


def _coming(counts: OutboxCounts) -> Callable[[], str]:
    return lambda: trn(
        "{count} file of a colleague has not arrived yet. It comes by itself.",
        "{count} files of colleagues have not arrived yet. They come by themselves.",
        counts.coming,
    )


def _still_fetching() -> str:
    return tr(
        "This computer is still fetching for the first time what you may read. Until it is done, a record that you do "
        "not find here may exist all the same."
    )


def _alone() -> str:
    return tr("This computer works without a server: everything is here, and only here. Keep backups.")

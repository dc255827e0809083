"""The state of sync, always in sight: what waits, what is under way, what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

from app.views.common.buttons import QuietButton
from app.words import tr, trn


@dataclass(frozen=True)
class SyncProgress:
    """How far a round is. `doing`: receiving, sending or files; `share` from 0 to 1; seconds left where known."""

    doing: str
    share: float
    seconds_left: int | None = None


@dataclass(frozen=True)
class SyncSign:
    """What the button shows. `trouble` is a sentence, `waiting` counts own records not received yet."""

    available: bool
    working: bool = False
    offline: bool = False
    trouble: str = ""
    waiting: int = 0
    refused: int = 0
    files: int = 0
    """Own files whose bytes have not been received, although their records were."""
    stalled: bool = False
    """Something was not sent for 15 minutes in which the server answered (safety.md, G36)."""
    progress: SyncProgress | None = None


class SyncButton(QuietButton):
    """One button in the window's head; pressing it shows what became of each record."""

    def __init__(self) -> None:
        super().__init__("", "sync-here")
        self.setObjectName("sync.state")
        self._sign = SyncSign(available=False)
        self.set_sign(self._sign)

    def set_sign(self, sign: SyncSign) -> None:
        """Show another state."""
        self._sign = sign
        self.set_icon(_icon(sign))
        self.set_text(lambda: _sentence(sign))
        self.setAccessibleDescription(sign.trouble or tr("Shows what was sent and what was not"))
        self.setToolTip(sign.trouble if "<" not in sign.trouble else "")

    @property
    def sign(self) -> SyncSign:
        """What is shown now."""
        return self._sign


def _icon(sign: SyncSign) -> str:
    if sign.refused:
        return "sync-refused"
    if sign.stalled:
        return "warning"
    if sign.working:
        return "sync-sending"
    if sign.offline or sign.trouble:
        return "offline" if sign.offline else "warning"
    return "sync-here" if sign.waiting or sign.files or not sign.available else "sync-received"


def _sentence(sign: SyncSign) -> str:
    if sign.refused:
        return trn("{count} record was refused", "{count} records were refused", sign.refused)
    if not sign.available:
        return tr("Only on this computer")
    if sign.stalled:
        return trn(
            "{count} record has waited over 15 minutes: see why",
            "{count} records have waited over 15 minutes: see why",
            sign.waiting,
        )
    if sign.working:
        return progress_sentence(sign.progress) if sign.progress is not None else tr("Sending and receiving…")
    if sign.waiting:
        waiting = trn("{count} record waits to be sent", "{count} records wait to be sent", sign.waiting)
        if sign.offline:
            return tr("Offline: {waiting}", waiting=waiting)
        return tr("Trouble: {waiting}", waiting=waiting) if sign.trouble else waiting
    if sign.trouble and not sign.offline:
        return tr("Sending did not work: see why")
    if sign.files:
        return trn("{count} file waits to be sent", "{count} files wait to be sent", sign.files)
    return tr("Offline: nothing waits") if sign.offline else tr("Everything is sent")


def progress_sentence(progress: SyncProgress) -> str:
    """What is being done, how far it is, and how long it will still take."""
    percent = int(min(max(progress.share, 0.0), 1.0) * 100)
    match progress.doing:
        case "sending":
            done = tr("Sending: {percent}%", percent=percent)
        case "files":
            done = tr("Files: {percent}%", percent=percent)
        case _:
            done = tr("Receiving: {percent}%", percent=percent)
    if progress.seconds_left is None:
        return done
    if progress.seconds_left < 60:
        return tr("{done}, less than a minute left", done=done)
    minutes = -(-progress.seconds_left // 60)
    left = trn("about {count} minute left", "about {count} minutes left", minutes)
    return tr("{done}, {left}", done=done, left=left)

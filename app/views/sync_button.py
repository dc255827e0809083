"""The state of sync, always in sight: what waits, what is under way, what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

from app.views.common.buttons import QuietButton
from app.words import tr, trn


@dataclass(frozen=True)
class SyncSign:
    """What the button shows. `trouble` is a sentence, `waiting` counts own records not received yet."""

    available: bool
    working: bool = False
    offline: bool = False
    trouble: str = ""
    waiting: int = 0
    refused: int = 0


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
    if sign.working:
        return "sync-sending"
    if sign.offline or sign.trouble:
        return "offline" if sign.offline else "warning"
    return "sync-here" if sign.waiting or not sign.available else "sync-received"


def _sentence(sign: SyncSign) -> str:
    if sign.refused:
        return trn("{count} record was refused", "{count} records were refused", sign.refused)
    if not sign.available:
        return tr("Only on this computer")
    if sign.working:
        return tr("Sending and receiving…")
    if sign.waiting:
        waiting = trn("{count} record waits to be sent", "{count} records wait to be sent", sign.waiting)
        if sign.offline:
            return tr("Offline: {waiting}", waiting=waiting)
        return tr("Trouble: {waiting}", waiting=waiting) if sign.trouble else waiting
    if sign.trouble and not sign.offline:
        return tr("Sending did not work: see why")
    return tr("Offline: nothing waits") if sign.offline else tr("Everything is sent")

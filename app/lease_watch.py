"""What the offline lease (`vault/lease.py`) does to a person: who is let in, what is said before, and when it locks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from PySide6.QtCore import QObject, QTimer

from app.errors import EnvironmentProblem, HavenError, RuleBroken
from app.queries import settings
from app.sync.client import silent
from app.sync.client.engine import SyncEngine
from app.vault import lease
from app.vault.lease import Standing
from app.vault.vault import Vault
from app.views.common import when
from app.views.messages import Messages, Tone
from app.views.tasks import Tasks
from app.words import mark, tr

LOOK_MS = 60_000
_SOON = timedelta(hours=1)
_LOCKED = mark(
    "This vault stays locked because it has had no contact with your service's server for too long. Nothing in it is "
    "lost. Connect this computer to a network and unlock again, or ask your administrator for help. What stands in the "
    "way: {reason}"
)
_ERASED = mark(
    "An administrator took this computer out of the service, and the vault was erased. What the server had received is "
    "safe there. Start Haven again to go on."
)
_NO_ANSWER = mark("The server did not say that this computer may go on.")


def let_in(vault: Vault, fitting: Callable[[Vault], SyncEngine] = silent.fitting) -> None:
    """Return when the lease of a vault that was just opened lasts, or the server renews it now.

    Nothing of the vault is shown before. Raises EnvironmentProblem while it stays locked, and RuleBroken when an
    order had it erased instead. `fitting` makes the engine that asks the server.
    """
    count = lease.Count(vault)
    standing = count.opening()
    if standing is None or not standing.is_over:
        return
    engine = fitting(vault)
    try:
        report = engine.make_contact()
        if report.erase:
            engine.obey()
            raise RuleBroken(_ERASED)
    finally:
        engine.close()
    renewed = count.look()
    if renewed is not None and renewed.is_over:
        raise EnvironmentProblem(_LOCKED, reason=report.trouble or tr(_NO_ANSWER))


class LeaseWatch(QObject):
    """Says in good time that a lease comes to its end, and locks when it does."""

    def __init__(
        self, vault: Vault, tasks: Tasks, messages: Messages, lock_now: Callable[[], None], zone: str, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._vault, self._tasks, self._messages = vault, tasks, messages
        self._lock_now, self._zone = lock_now, zone
        self._count = lease.Count(vault)
        self._said: int | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(LOOK_MS)
        self.look()

    def look(self) -> None:
        """See how the lease stands, in the background."""
        self._tasks.job(self, self._standing, self._show)

    def stop(self) -> None:
        """Watch no longer, and write down what has passed: the vault is about to be closed."""
        self._timer.stop()
        with suppress(HavenError):
            self._count.look(always=True)

    def _standing(self) -> tuple[Standing | None, timedelta]:
        with self._vault.read() as session:
            days = settings.setting(session, "privacy.lease_warn_days", settings.local_day(session, self._vault.now()))
        return self._count.look(), timedelta(days=int(days))

    def _show(self, found: tuple[Standing | None, timedelta]) -> None:
        standing, warn = found
        if standing is None or not self._timer.isActive():
            return
        if standing.is_over:
            self._timer.stop()
            QTimer.singleShot(0, self, self._lock_now)  # not from within an answer: a lock ends what gives answers
        elif standing.left > warn:
            self._said = None
        elif self._said is None or _stage(standing.left) < self._said:
            self._said = _stage(standing.left)
            self._messages.say(_warning(when.moment(self._vault.now() + standing.left, self._zone)), Tone.WARNING)


def _warning(end: str) -> str:
    return tr(
        "This computer has had no contact with the server for some time. Connect it to a network before {end}, or the "
        "vault locks until it has contact again. Nothing in it is lost.",
        end=end,
    )


def _stage(left: timedelta) -> int:
    """Said once a day, and once more in the last hour."""
    return left.days + 1 if left > _SOON else 0

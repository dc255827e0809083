"""One door to the background: windows never start a thread and never wait.

`read` asks a question, `write` does a verb, both one after another on the vault's worker; `job` runs beside them
(network, drawing a document, deriving a key). Each answers on the interface's thread, and only while its owner still
exists. What fails goes to `messages` unless the caller takes the failure itself.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from shiboken6 import isValid

from app.models.changes import Changes
from app.views.common.spots import forget_press

Answer = TypeVar("Answer")
Command = TypeVar("Command")
Failed = Callable[[Exception], None]


class Store(Protocol):
    """The vault as the windows may use it; bootstrap hands over the real one."""

    def read(self, question: Callable[[Any], Answer]) -> Answer:
        """The answer of a question that is asked of a session which cannot write."""

    def write(self, verb: Callable[[Any], Answer]) -> tuple[Answer, Changes]:
        """The result of a verb done in one unit of work, committed, and what it changed."""


class Jobs(QObject):
    """Runs long things beside the interface: deriving a key, drawing a document, the network."""

    busy = Signal(bool)
    """Whether anything is under way; tests wait for it, the window shows nothing."""

    _arrived = Signal(object, bool)

    def __init__(self, failed: Failed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._failed = failed
        self._pending = 0
        self._leaving = False
        self._threads: set[threading.Thread] = set()
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._pending > 0

    def job(
        self,
        owner: QObject,
        work: Callable[[], Answer],
        done: Callable[[Answer], None],
        failed: Failed | None = None,
    ) -> None:
        """Run something long; `done(answer)` follows on the interface's thread."""
        run = self._carrier(owner, work, done, failed)

        def carry() -> None:
            try:
                run()
            finally:
                self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=carry, name="job", daemon=True)
        self._threads.add(thread)
        thread.start()

    def stop(self) -> None:
        """Wait briefly for what is under way."""
        for thread in tuple(self._threads):
            thread.join(timeout=5)

    def _carrier(
        self,
        owner: QObject,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Failed | None,
        even_without_owner: bool = False,
    ) -> Callable[[], None]:
        self._pending += 1
        if self._pending == 1:
            self.busy.emit(True)

        def run() -> None:
            try:
                answer = work()
            except Exception as problem:
                # The outermost edge of every background job: whatever it was is told, and the worker lives on.
                self._arrived.emit(lambda problem=problem: self._tell(owner, problem, failed), even_without_owner)
            else:
                self._arrived.emit(
                    lambda: done(answer) if even_without_owner or isValid(owner) else None, even_without_owner
                )

        return run

    def _tell(self, owner: QObject, problem: Exception, failed: Failed | None) -> None:
        if failed is not None and isValid(owner):
            failed(problem)
        else:
            self._failed(problem)

    def _deliver(self, arrival: Callable[[], None], saved: bool) -> None:
        try:
            if saved or not self._leaving:
                arrival()
        finally:
            self._pending -= 1
            if self._pending == 0:
                self.busy.emit(False)


class Tasks(Jobs):
    """Jobs, and the questions and verbs of one open vault, one after another on its worker."""

    changed = Signal(object, object)
    """(Changes, owner): a verb was committed."""

    def __init__(self, store: Store, failed: Failed, parent: QObject | None = None) -> None:
        super().__init__(failed, parent)
        self._store = store
        self.only_reads = False
        """While windows are put back as they were, nothing may be written on anyone's behalf."""
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._worker = threading.Thread(target=self._work, name="vault", daemon=True)
        self._worker.start()

    def read(
        self,
        owner: QObject,
        question: Callable[[Any], Answer],
        done: Callable[[Answer], None],
        failed: Failed | None = None,
    ) -> None:
        """Ask `question(session)`; `done(answer)` follows on the interface's thread."""
        self._queue.put(self._carrier(owner, lambda: self._store.read(question), done, failed))

    def write(
        self,
        owner: QObject,
        verb: Callable[[Any, Command], Answer],
        command: Command,
        done: Callable[[Answer], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Do `verb(work, command)` and commit; when it is saved, announce what changed and call `done(result)`."""
        forget_press()
        if self.only_reads:
            return

        def act() -> tuple[Answer, Changes]:
            return self._store.write(lambda work: verb(work, command))

        def saved(outcome: tuple[Answer, Changes]) -> None:
            result, changes = outcome
            if changes:
                self.changed.emit(changes, owner)
            if done is not None and isValid(owner):
                done(result)

        self._queue.put(self._carrier(owner, act, saved, failed, even_without_owner=True))

    def later(self, owner: QObject, act: Callable[[], object]) -> None:
        """Do something of the device's own (keeping a draft) in its turn on the vault's worker."""
        self._queue.put(self._carrier(owner, act, lambda _: None, None))

    def settle(self, seconds: float) -> None:
        """Wait for what is queued now, for at most `seconds`, and tell those who saved that it is saved.

        Answers to questions are dropped from here on: nobody looks at them any more.
        """
        done = threading.Event()
        self._queue.put(done.set)
        done.wait(seconds)
        self._leaving = True
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)

    def stop(self) -> None:
        """Finish what is queued and end the worker."""
        self._queue.put(None)
        self._worker.join(timeout=30)
        super().stop()

    def _work(self) -> None:
        while (run := self._queue.get()) is not None:
            run()

"""Tells devices that something new lies in the feed for them, so that they need not wait for their next look.

A poke says "look now" and nothing else: not what, not whose, not how much. When the feed of an agency grows, here or in
another process, this process looks once at what was added and for whom (`Watch`), and only the streams that it is for
say so. What a stream's device may read is as fresh as that look: a change of members is itself in the feed.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

import structlog
from anyio import to_thread

from app.errors import HavenError
from app.sync.protocol import ProblemCode
from app.sync.server import auth, reading
from app.sync.server.auth import SignedIn
from app.sync.server.clock import now_ms
from app.sync.server.members import Caller
from app.sync.server.metrics import Metrics
from app.sync.server.problems import Refused
from app.sync.server.reading import Growth
from app.sync.server.store import Store
from app.words import mark

_SHORTEST_GAP = 0.05
_LONGEST_GAP = 0.5
"""Seconds between two looks of one agency, within the second in which a device is to hear."""
_SHARE = 4
"""A look is followed by a pause of so many times its own length: looking takes a fifth of a process at most."""
_RETRY_SECONDS = 1.0
HERE = b": here\n\n"
POKE = b"event: poke\ndata: look\n\n"
_log = structlog.get_logger("haven.server")


class Listener:
    """One open stream; used on its event loop."""

    def __init__(self, signed: SignedIn) -> None:
        self._called = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._expires_at = signed.expires_at
        self._known_at = -1
        self._audiences: frozenset[str] = frozenset()
        self._ended = False
        self.missed = False
        """Something was added before it was known who listens."""
        self.device_id = signed.caller.device_id
        self.token_hash = signed.token_hash

    @property
    def is_over(self) -> bool:
        """The server stops, the device listens elsewhere, or its token counts no more."""
        return self._ended or now_ms() >= self._expires_at

    def know(self, caller: Caller, place: int) -> None:
        """Who listens, as it was when the feed ended at `place`; an older answer does not replace a newer one."""
        if place >= self._known_at:
            self._known_at, self._audiences = place, reading.audiences(caller)

    def hear(self, grown: Growth) -> None:
        """Poke, if any of it is for this device."""
        if self._known_at < 0:
            self.missed = True
        elif grown.concerns(self.device_id, self._audiences):
            self._called.set()

    def end(self) -> None:
        """Let the stream end. From any thread; a loop that has ended needs no waking."""
        self._ended = True
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._called.set)

    async def called(self, seconds: float) -> bool:
        """Wait for a poke, or for the end; False when neither came in time."""
        try:
            await asyncio.wait_for(self._called.wait(), seconds)
        except TimeoutError:
            return False
        self._called.clear()
        return True


class Watch:
    """The streams of one agency in this process, and the one look that is made for all of them.

    It also looks once in each `heartbeat` whether the listeners are still members and their tokens still count: not
    every change is told to this process (an administrator's command beside an embedded store).
    """

    def __init__(self, agency_id: str, store: Store, metrics: Metrics, heartbeat: float) -> None:
        self._agency_id, self._store, self._metrics, self._heartbeat = agency_id, store, metrics, heartbeat
        self._loop = asyncio.get_running_loop()
        self._grown = asyncio.Event()
        self._guard = threading.Lock()
        self._listeners: dict[str, Listener] = {}
        self._place = 0
        self._checked = 0.0
        self.is_over = False
        self._begun = asyncio.Event()
        self._task = asyncio.create_task(self._keep_looking(), name="pokes")

    def join(self, listener: Listener) -> Listener | None:
        """One more; returns the earlier stream of the same device, if there is one."""
        with self._guard:
            earlier = self._listeners.get(listener.device_id)
            self._listeners[listener.device_id] = listener
        return earlier

    def leave(self, listener: Listener) -> None:
        """One less, unless the device's newer stream has taken its place. Without anybody the watch ends."""
        with self._guard:
            if self._listeners.get(listener.device_id) is listener:
                del self._listeners[listener.device_id]
        if not self._listeners:
            self._grown.set()

    def tell(self) -> None:
        """The feed has grown. From any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._grown.set)

    def everyone(self) -> list[Listener]:
        """Who listens now. From any thread."""
        with self._guard:
            return list(self._listeners.values())

    async def catch_up(self, listener: Listener, authorization: str | None, after: int) -> bool:
        """Get to know who listens, and say whether anything after a place was for it before it joined.

        Raises `Refused` once the token counts no more. Whoever joins looks for itself, once; from then on the common
        look serves it. What that found in the meantime is looked for again.
        """
        await self._begun.wait()
        found = False
        while True:
            listener.missed = False
            caller, end, more = await to_thread.run_sync(self._look_alone, authorization, after)
            listener.know(caller, end)
            after, found = end, found or more
            if not listener.missed:
                return found

    def _look_alone(self, authorization: str | None, after: int) -> tuple[Caller, int, bool]:
        with self._store.reading() as connection:
            caller = auth.caller_of(connection, authorization)
            return caller, *reading.look(connection, caller, after)

    # --- the common look ----------------------------------------------------------------------------------------------

    async def _keep_looking(self) -> None:
        try:
            await self._begin()
            while self._listeners:
                await self._growth_or_check()
                began = time.monotonic()
                if self._listeners:
                    await self._try_to_look()
                await asyncio.sleep(min(max(_SHORTEST_GAP, _SHARE * (time.monotonic() - began)), _LONGEST_GAP))
        except Exception as error:
            _log.error("pokes_ended", kind=type(error).__name__)
        finally:
            self.is_over = True
            self._begun.set()
            for listener in self.everyone():
                listener.end()

    async def _try_to_look(self) -> None:
        """Look; again, after a pause, when the store does not answer. Then nothing was passed over."""
        try:
            await self._look()
        except HavenError:
            self._grown.set()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _begin(self) -> None:
        self._place = await to_thread.run_sync(self._end_of_feed)
        self._checked = time.monotonic()
        self._begun.set()

    def _end_of_feed(self) -> int:
        with self._store.reading() as connection:
            return reading.feed_end(connection, self._agency_id)

    async def _growth_or_check(self) -> None:
        left = self._checked + self._heartbeat - time.monotonic()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._grown.wait(), max(left, 0))
        self._grown.clear()

    async def _look(self) -> None:
        """What was added since the last look, told to each stream that it is for."""
        now = time.monotonic()
        due = now >= self._checked + self._heartbeat
        grown, members = await to_thread.run_sync(self._look_for_all, due)
        self._metrics.count("haven_poke_looks_total")
        if due:
            self._checked = now
        for listener, caller in members:
            if caller is None:
                listener.end()
            else:
                listener.know(caller, grown.end)
        for listener in self.everyone():
            listener.hear(grown)
            if grown.end < self._place:  # another server's past: every device has to begin anew
                listener.end()
        self._place = grown.end

    def _look_for_all(self, check: bool) -> tuple[Growth, list[tuple[Listener, Caller | None]]]:
        """What was added, and who the listeners are where that may have changed (None: nobody any more).

        They are counted after the snapshot was taken: whoever joins later looks for itself, at a later one.
        """
        with self._store.reading() as connection:
            grown = reading.growth(connection, self._agency_id, self._place)
            if not check and not grown.members_changed:
                return grown, []
            listening = self.everyone()
            shown = {one.device_id: one.token_hash for one in listening}
            standing = auth.still_signed_in(connection, self._agency_id, shown)
            return grown, [(one, standing.get(one.device_id)) for one in listening]


class Pokes:
    """The streams of this process, `most` at once. `tell` may be called from any thread."""

    def __init__(self, most: int, store: Store, metrics: Metrics, heartbeat: float) -> None:
        self._most, self._store, self._metrics, self._heartbeat = most, store, metrics, heartbeat
        self._lock = threading.Lock()
        self._watches: dict[str, Watch] = {}
        self._count = 0
        self._closed = False

    def tell(self, agency_id: str) -> None:
        """The feed of an agency has grown, here or by another process, and the commit is durable."""
        with self._lock:
            watch = self._watches.get(agency_id)
        if watch is not None:
            watch.tell()

    def check_room(self) -> None:
        """Raise `Refused` (503) while there is no place for one more stream."""
        with self._lock:
            full = self._closed or self._count >= self._most
        if full:
            raise Refused(503, ProblemCode.UNAVAILABLE, mark("No more streams just now."), retry_after=60)

    @contextmanager
    def listening(self, signed: SignedIn) -> Iterator[tuple[Watch, Listener]]:
        """A place for one device's stream. Its earlier one ends: a device that lost its network comes back anew."""
        agency_id, listener = signed.caller.agency_id, Listener(signed)
        with self._lock:
            watch = self._watches.get(agency_id)
            if watch is None or watch.is_over:
                watch = self._watches[agency_id] = Watch(agency_id, self._store, self._metrics, self._heartbeat)
            earlier = watch.join(listener)
            self._count += 1
            closed = self._closed
        if earlier is not None:
            earlier.end()
        if closed:
            listener.end()
        try:
            yield watch, listener
        finally:
            self._leave(agency_id, watch, listener)

    def _leave(self, agency_id: str, watch: Watch, listener: Listener) -> None:
        with self._lock:
            self._count -= 1
            watch.leave(listener)
            if not watch.everyone() and self._watches.get(agency_id) is watch:
                del self._watches[agency_id]

    def close(self) -> None:
        """End every stream, so that stopping the server waits for none."""
        with self._lock:
            self._closed = True
            everyone = [one for watch in self._watches.values() for one in watch.everyone()]
        for listener in everyone:
            listener.end()

    def __len__(self) -> int:
        return self._count


async def stream(
    pokes: Pokes, signed: SignedIn, authorization: str | None, after: int, heartbeat: float
) -> AsyncIterator[bytes]:
    """The events for one device, from a place of the feed on, until its token counts no more."""
    with pokes.listening(signed) as (watch, listener):
        yield HERE
        try:
            found = await watch.catch_up(listener, authorization, after)
        except HavenError:
            return
        if found:
            yield POKE
        while not listener.is_over:
            called = await listener.called(heartbeat)
            if not listener.is_over:
                yield POKE if called else HERE

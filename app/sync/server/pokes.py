"""Tells devices that something new lies in the feed for them, so that they need not wait for their next look.

A poke says "look now" and nothing else: not what, not whose, not how much. `Pokes` only knows which agency grew; each
stream then asks the store whether anything of it is for its own device, so a poke across processes needs to carry no
more than the agency's id, and nobody is woken for what is not theirs.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager

from app.errors import HavenError
from app.sync.protocol import ProblemCode
from app.sync.server.problems import Refused
from app.words import mark

_SHORTEST_GAP = 0.05
_LONGEST_GAP = 5.0
HERE = b": here\n\n"
POKE = b"event: poke\ndata: look\n\n"


class Listener:
    """One open stream; used on its event loop, woken from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._grown = asyncio.Event()
        self.is_over = False

    def wake(self) -> None:
        """Something was added. From any thread; a loop that has ended needs no waking."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._grown.set)

    def end(self) -> None:
        """The server stops, or the device listens elsewhere."""
        self.is_over = True
        self.wake()

    async def grown(self, seconds: float) -> bool:
        """Wait until something was added or the stream is to end; False when neither came in time."""
        try:
            await asyncio.wait_for(self._grown.wait(), seconds)
        except TimeoutError:
            return False
        self._grown.clear()
        return True


class Pokes:
    """The listeners of this process, by agency, `most` at once. `tell` may be called from any thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._listeners: dict[str, dict[str, Listener]] = {}
        self._count = 0
        self._closed = False

    def tell(self, agency_id: str) -> None:
        """The feed of an agency has grown, here or by another process, and the commit is durable."""
        with self._lock:
            listening = list(self._listeners.get(agency_id, {}).values())
        for listener in listening:
            listener.wake()

    def check_room(self) -> None:
        """Raise `Refused` (503) while there is no place for one more stream."""
        with self._lock:
            full = self._closed or self._count >= self._most
        if full:
            raise Refused(503, ProblemCode.UNAVAILABLE, mark("No more streams just now."), retry_after=60)

    @contextmanager
    def listening(self, agency_id: str, device_id: str) -> Iterator[Listener]:
        """A place for one device's stream. Its earlier one ends: a device that lost its network comes back anew."""
        listener = Listener()
        with self._lock:
            of_agency = self._listeners.setdefault(agency_id, {})
            earlier = of_agency.get(device_id)
            of_agency[device_id] = listener
            self._count += earlier is None
            listener.is_over = self._closed
        if earlier is not None:
            earlier.end()
        try:
            yield listener
        finally:
            self._leave(agency_id, device_id, listener)

    def _leave(self, agency_id: str, device_id: str, listener: Listener) -> None:
        with self._lock:
            of_agency = self._listeners.get(agency_id, {})
            if of_agency.get(device_id) is listener:
                del of_agency[device_id]
                self._count -= 1
                if not of_agency:
                    del self._listeners[agency_id]

    def close(self) -> None:
        """End every stream, so that stopping the server waits for none."""
        with self._lock:
            self._closed = True
            everyone = [one for of_agency in self._listeners.values() for one in of_agency.values()]
        for listener in everyone:
            listener.end()

    def __len__(self) -> int:
        return self._count


async def stream(
    pokes: Pokes,
    who: tuple[str, str],
    look: Callable[[int], Awaitable[tuple[int, bool]]],
    after: int,
    heartbeat: float,
) -> AsyncIterator[bytes]:
    """The events for one device: `who` is its agency and itself.

    `look(after)` says up to which place there was nothing to miss and whether anything before it is for the device; it
    raises once the token counts no more, which ends the stream. While nothing of what is added is for this device, it
    looks more and more seldom.
    """
    with pokes.listening(*who) as listener:
        yield HERE
        gap = _SHORTEST_GAP
        while not listener.is_over:
            try:
                after, found = await look(after)
            except HavenError:
                return
            if found:
                gap = _SHORTEST_GAP
                yield POKE
            if not await listener.grown(heartbeat):
                yield HERE
            elif not listener.is_over:
                await asyncio.sleep(gap)
                gap = min(2 * gap, _LONGEST_GAP)

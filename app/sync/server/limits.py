"""How often one device or one address may try: token buckets in bounded memory, one set a process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from app.sync.protocol import ProblemCode
from app.sync.server.problems import Refused
from app.words import mark

_MOST_BUCKETS = 10_000


class RateLimit:
    """`per_minute` tries for each name, refilled steadily; the longest unused names are forgotten first."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic, most: int = _MOST_BUCKETS) -> None:
        self._size = float(per_minute)
        self._rate = per_minute / 60.0
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str) -> None:
        """Count one try. Raises `Refused` (429) when the bucket is empty."""
        with self._lock:
            now = self._clock()
            left, since = self._buckets.pop(name, (self._size, now))
            left = min(self._size, left + max(0.0, now - since) * self._rate)
            self._buckets[name] = (left - 1 if left >= 1 else left, now)
            while len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        if left < 1:
            wait = int((1 - left) / self._rate) + 1
            raise Refused(429, ProblemCode.TOO_MANY, mark("Too many tries. Wait a little."), retry_after=wait)

    def __len__(self) -> int:
        return len(self._buckets)

"""Counters in the Prometheus text format: counts only, never a name or an id."""

from __future__ import annotations

import threading
from collections import Counter

_HELP = {
    "haven_requests_total": "Requests answered, by route and status.",
    "haven_request_seconds_total": "Seconds spent answering, by route.",
    "haven_segments_total": "Segments by outcome.",
    "haven_feeds_grown_total": "Times that an agency's feed grew, by this process or one that it heard.",
    "haven_poke_looks_total": "Looks at what a feed grew by, each for all streams of an agency in this process.",
    "haven_chunks_total": "Chunks of attachments by outcome.",
    "haven_flags_total": "Flags that devices raised about themselves, by kind.",
    "haven_purged_scopes_total": "Scopes that orders of two people destroyed.",
    "haven_alarms_total": "Things that should never happen, by kind.",
}


class Metrics:
    """Counters of this process since it started."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._seconds: dict[str, float] = {}
        self._lock = threading.Lock()

    def count(self, name: str, amount: int = 1, **labels: str) -> None:
        """Add `amount` to a counter. Labels come from closed lists in the code, never from a request."""
        key = ",".join(f'{label}="{content}"' for label, content in sorted(labels.items()))
        with self._lock:
            self._counts[name, key] += amount

    def observe(self, route: str, status: int, seconds: float) -> None:
        """One answered request."""
        self.count("haven_requests_total", route=route, status=str(status))
        with self._lock:
            self._seconds[route] = self._seconds.get(route, 0.0) + seconds

    def text(self) -> str:
        """All counters in the Prometheus exposition format."""
        with self._lock:
            rows = [(name, labels, str(count)) for (name, labels), count in self._counts.items()]
            rows += [
                ("haven_request_seconds_total", f'route="{route}"', f"{spent:.6f}")
                for route, spent in self._seconds.items()
            ]
        lines: list[str] = []
        for name, meaning in _HELP.items():
            lines += [f"# HELP {name} {meaning}", f"# TYPE {name} counter"]
            lines += [
                f"{name}{f'{{{labels}}}' if labels else ''} {content}"
                for found, labels, content in sorted(rows)
                if found == name
            ]
        return "\n".join(lines) + "\n"

"""A signature as a value of a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.views.common.signature import SignaturePad


class Signed(SignaturePad):
    """A `SignaturePad` whose value is the list that a consent keeps: who, how, when, strokes or name."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._clock = clock

    def value(self) -> list[dict[str, Any]]:
        """The signature, or an empty list."""
        if not self.is_signed():
            return []
        strokes = [[list(point) for point in stroke] for stroke in self.strokes()]
        method = "typed" if self.is_typing() else "drawn"
        at = self._clock().isoformat()
        return [{"role": "client", "name": self.typed(), "at": at, "method": method, "strokes": strokes}]

    def set_value(self, value: Any, typed: str | None = None) -> None:
        """Show a signature as `value` gives it."""
        found: Sequence[Mapping[str, Any]] = value or ()
        first = found[0] if found else {}
        strokes = [[(x, y) for x, y in stroke] for stroke in first.get("strokes") or ()]
        super().set_value(strokes, first.get("name"))

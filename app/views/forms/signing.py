"""Signing or drawing. The strokes are the answer itself: no picture file is made of them."""

from __future__ import annotations

import json

from app.views.common.signature import SignaturePad, Stroke
from app.views.forms.base import Input


def read_signature(value: str) -> tuple[list[Stroke], str | None]:
    """(strokes with both numbers of each point from 0 to 1, the name typed instead); nothing for what is neither."""
    try:
        found = json.loads(value)
        strokes = [[(float(x), float(y)) for x, y in stroke] for stroke in found.get("strokes", [])]
        typed = found.get("typed")
    except (ValueError, TypeError, AttributeError):
        return [], None
    return strokes, typed if isinstance(typed, str) and typed else None


class SignatureInput(Input):
    """A place to sign; `{"strokes": [...]}` or `{"typed": "name"}` as compact JSON is what the form stores."""

    def __init__(self) -> None:
        super().__init__()
        self.pad = SignaturePad()
        self.pad.setMaximumWidth(560)
        self._put(self.pad)
        self.pad.changed.connect(self.changed)

    def value(self) -> str:
        """What was drawn or typed; empty for nothing."""
        if not self.pad.is_signed():
            return ""
        typed = self.pad.typed()
        found = {"typed": typed} if typed else {"strokes": self.pad.strokes()}
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    def show_value(self, value: str) -> None:
        """Show a signature."""
        self.pad.set_value(*read_signature(value))

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.pad.set_read_only(read_only)

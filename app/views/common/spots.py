"""Naming a widget so that it is found again in windows that were built anew: its name and its number among its like.

Only widgets that are not hidden on purpose count: parts that nobody opened yet are not there after a restart.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QWidget

PAGES = "window.pages"
"""The object name of the stack whose widgets are the pages."""

Spot = list[Any]
"""[name, number], plain so that it can be kept."""


def root_of(widget: QWidget) -> QWidget:
    """The page that a widget stands on, or its dialog."""
    here = widget
    while not here.isWindow():
        parent = here.parentWidget()
        if parent is None or (isinstance(parent, QStackedWidget) and parent.objectName() == PAGES):
            break
        here = parent
    return here


def spot_of(widget: QWidget, root: QWidget | None = None) -> Spot:
    """Where a widget is on its page."""
    within = root or root_of(widget)
    name = _name(widget)
    alike = list(_alike(within, name))
    return [name, alike.index(widget) if widget in alike else 0]


def widget_at(root: QWidget, spot: Spot | None) -> QWidget | None:
    """The widget of a spot, None when there is none any more."""
    if not spot:
        return None
    name, number = str(spot[0]), int(spot[1])
    for place, widget in enumerate(_alike(root, name)):
        if place == number:
            return widget
    return None


def shown(root: QWidget, kind: type[QWidget]) -> Iterator[Any]:
    """The widgets of a kind that belong to what is shown of a page, also while its window is hidden."""
    return (widget for widget in root.findChildren(kind) if widget.isVisibleTo(root))


def _name(widget: QWidget) -> str:
    named = widget.objectName()
    return named if named and not named.startswith("qt_") else type(widget).__name__


def _alike(root: QWidget, name: str) -> Iterator[QWidget]:
    return (widget for widget in root.findChildren(QWidget) if _name(widget) == name and widget.isVisibleTo(root))


@dataclass
class _Last:
    spot: Spot | None = None
    entry: str = ""
    at: float = 0.0


_last = _Last()
_FRESH = 5.0


def pressed(widget: QWidget, entry: str = "") -> None:
    """Remember what was pressed, and which entry of its menu: a dialog that opens now was opened by it."""
    _last.spot, _last.entry, _last.at = spot_of(widget), entry, time.monotonic()


def forget_press() -> None:
    """What was pressed did more than open something: it must not be pressed again on anyone's behalf."""
    _last.spot = None


def last_press() -> dict[str, Any] | None:
    """What was pressed a moment ago, to be pressed again when one comes back."""
    if _last.spot is None or time.monotonic() - _last.at > _FRESH:
        return None
    return {"spot": _last.spot, "entry": _last.entry}

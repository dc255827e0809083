"""The looks of Haven: tokens, stylesheet, palette and fonts of the running application.

Named values live in `resources/theme/tokens.json`, rules in the numbered `.qss` files beside it, where `@name` is
replaced by a token's value. Widgets that paint themselves ask `colour`, `space`, `radius`, `height` and `font`
each time they paint, so that a switch of mode or text size needs nothing but the repaint that Qt asks for anyway.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from app import resources

Mode = Literal["light", "dark"]
MODES: tuple[Mode, ...] = ("light", "dark")
SMALLEST_SCALE, LARGEST_SCALE = 0.8, 2.0

_FONT_FILES = (
    "OpenSans-Regular.ttf",
    "OpenSans-SemiBold.ttf",
    "OpenSans-Bold.ttf",
    "OpenSans-Italic.ttf",
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
)
_HEADINGS = ("heading-1", "heading-2", "heading-3", "display")
_PLACE = re.compile(r"@([a-z][a-z0-9-]*)")


@dataclass
class _Looks:
    mode: Mode = "light"
    text_scale: float = 1.0
    follows_system: bool = False
    listens: bool = False


_looks = _Looks()


@cache
def _published() -> dict[str, dict[str, object]]:
    return cast("dict[str, dict[str, object]]", json.loads(resources.text("theme", "tokens.json")))


@cache
def tokens(mode: Mode) -> Mapping[str, str]:
    """The colours of a mode: token name to `#rrggbb`."""
    colours = cast("dict[str, dict[str, str]]", _published()["colours"])
    return {name: values[mode] for name, values in colours.items()}


def mode() -> Mode:
    """The mode that is shown now."""
    return _looks.mode


def text_scale() -> float:
    """How much larger than designed texts are shown now (1.0 is as designed)."""
    return _looks.text_scale


def colour(name: str) -> QColor:
    """A colour token in the current mode. Raises KeyError for a name that is not a token."""
    return QColor(tokens(_looks.mode)[name])


def space(step: int) -> int:
    """A step of the spacing scale (1 to 8), pixels; whitespace does not grow with the text."""
    return cast("dict[str, int]", _published()["space"])[str(step)]


def radius(name: str) -> int:
    """A corner radius, pixels: `small`, `control`, `card`, `pill` (which grows with the text, to stay round)."""
    found = cast("dict[str, int]", _published()["radius"])[name]
    return round(found * _looks.text_scale) if name == "pill" else found


def height(name: str) -> int:
    """The height of a control, pixels, grown with the text: `touch` (44), `row` (48), `small` (36)."""
    return grown(cast("dict[str, int]", _published()["height"])[name])


def grown(pixels: int) -> int:
    """A designed size in pixels, grown with the text where the text is larger than designed."""
    return round(pixels * max(1.0, _looks.text_scale))


def text_size(role: str) -> int:
    """The size of a type role in pixels, grown with the text scale."""
    return round(cast("dict[str, int]", _published()["type"])[role] * _looks.text_scale)


def font(role: str = "body", weight: QFont.Weight | None = None) -> QFont:
    """The font of a type role: `caption`, `small`, `body`, `lead`, `heading-1` to `-3`, `display`."""
    found = QFont()
    found.setFamilies(cast("list[str]", _published()["families"]))
    found.setPixelSize(text_size(role))
    heavy = QFont.Weight.DemiBold if role in _HEADINGS else QFont.Weight.Normal
    found.setWeight(weight or heavy)
    return found


def apply(app: QApplication, mode: Mode = "light", text_scale: float = 1.0) -> None:
    """Dress the application; may be called again at any time to switch mode or text size."""
    _looks.follows_system = False
    _dress(app, mode, text_scale)


def follow_system(app: QApplication, text_scale: float = 1.0) -> None:
    """Dress the application in the system's mode and follow it from now on, until `apply` chooses one."""
    if not _looks.listens:
        app.styleHints().colorSchemeChanged.connect(lambda _scheme: _follow(app))
        _looks.listens = True
    _looks.follows_system = True
    _dress(app, _system_mode(app), text_scale)


def stylesheet() -> str:
    """The whole stylesheet in the current looks, with every place filled in."""
    values = _places()
    rules = [file.read_text(encoding="utf-8") for file in sorted(resources.path("theme").glob("[0-9]*.qss"))]
    return _PLACE.sub(lambda found: values[found[1]], "\n".join(rules))


@cache
def load_fonts() -> tuple[str, ...]:
    """Make the embedded fonts known to Qt, once; the families that they brought."""
    families: set[str] = set()
    for name in _FONT_FILES:
        number = QFontDatabase.addApplicationFontFromData(resources.data("fonts", name))
        families.update(QFontDatabase.applicationFontFamilies(number))
    return tuple(sorted(families))


def _follow(app: QApplication) -> None:
    if _looks.follows_system:
        _dress(app, _system_mode(app), _looks.text_scale)


def _system_mode(app: QApplication) -> Mode:
    return "dark" if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"


def _dress(app: QApplication, mode: Mode, text_scale: float) -> None:
    _looks.mode = mode
    _looks.text_scale = min(max(text_scale, SMALLEST_SCALE), LARGEST_SCALE)
    load_fonts()
    if app.style().objectName().lower() != "fusion" and not app.styleSheet():
        app.setStyle("Fusion")
    app.setFont(font())
    app.setPalette(_palette())
    app.setStyleSheet(stylesheet())


def _places() -> dict[str, str]:
    values = dict(tokens(_looks.mode))
    values |= {f"type-{role}": f"{text_size(role)}px" for role in _published()["type"]}
    values |= {f"space-{step}": f"{space(int(step))}px" for step in _published()["space"]}
    values |= {f"radius-{name}": f"{radius(name)}px" for name in _published()["radius"]}
    # A control's min-height in a stylesheet counts without its border of one pixel above and below.
    values |= {f"height-{name}": f"{height(name) - 2}px" for name in _published()["height"]}
    families = cast("list[str]", _published()["families"])
    values["families"] = ", ".join(f'"{family}"' for family in families)
    return values


def _palette() -> QPalette:
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette()
    pairs = {
        role.Window: "surface",
        role.WindowText: "text",
        role.Base: "surface-raised",
        role.AlternateBase: "surface",
        role.Text: "text",
        role.Button: "surface-raised",
        role.ButtonText: "text",
        role.BrightText: "danger",
        role.Highlight: "accent",
        role.HighlightedText: "accent-text",
        role.Link: "accent",
        role.LinkVisited: "accent",
        role.PlaceholderText: "text-quiet",
        role.ToolTipBase: "text",
        role.ToolTipText: "surface-raised",
        role.Light: "surface-raised",
        role.Mid: "border",
        role.Dark: "border-strong",
        role.Shadow: "border",
        role.Accent: "accent",
    }
    for which, name in pairs.items():
        palette.setColor(which, colour(name))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, which, colour("text-disabled"))
    return palette

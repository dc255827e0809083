"""Buttons speak their names; icons take the colour of their token."""

from __future__ import annotations

import ast
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from app import resources
from app.views import style
from app.views.common import icons
from app.views.common.buttons import DangerButton, IconButton, PrimaryButton, QuietButton, SecondaryButton
from app.views.common.dates import InstantField
from app.views.common.masked import MaskedText
from app.views.common.signature import SignaturePad
from app.views.common.stepper import NumberField
from app.views.common.timeline import Timeline, TimelineEntry

SOURCES = Path(__file__).resolve().parents[3] / "app" / "views"


def test_an_icon_button_without_a_name_is_refused(qtbot: QtBot) -> None:
    for name in ("", "  "):
        with pytest.raises(ValueError, match="name"):
            IconButton("edit", name)


@pytest.mark.parametrize(
    "build",
    [
        InstantField,
        NumberField,
        SignaturePad,
        lambda: MaskedText("secret"),
        lambda: Timeline([TimelineEntry("now", "x", opens="1")]),
    ],
)
def test_every_button_in_a_composite_has_a_name(qtbot: QtBot, build: type[QWidget]) -> None:
    widget = build()
    qtbot.addWidget(widget)
    buttons = widget.findChildren(QAbstractButton)
    ours = [
        button
        for button in buttons
        if not button.objectName().startswith("qt_") and type(button).__module__.startswith("app")
    ]
    assert ours
    assert all(button.accessibleName().strip() for button in ours)


@pytest.mark.parametrize("kind", [PrimaryButton, SecondaryButton, QuietButton, DangerButton])
def test_buttons_are_touchable_and_named(qtbot: QtBot, kind: type[PrimaryButton]) -> None:
    button = kind("Save", "save")
    qtbot.addWidget(button)
    assert button.sizeHint().height() >= 44
    assert button.accessibleName() == "Save"
    assert not button.icon().isNull()


def test_icon_buttons_are_touchable(qtbot: QtBot) -> None:
    button = IconButton("edit", "Change")
    qtbot.addWidget(button)
    button.ensurePolished()
    assert min(button.sizeHint().width(), button.sizeHint().height()) >= 42
    button.show()
    assert min(button.width(), button.height()) >= 42


def test_every_icon_is_drawn_on_our_grid_and_takes_any_colour() -> None:
    assert len(icons.names()) >= 45
    for name in icons.names():
        root = ElementTree.fromstring(resources.text("icons", f"{name}.svg"))
        assert root.get("viewBox") == "0 0 24 24", name
        assert root.get("stroke-width") == "1.75", name
        assert root.get("stroke") == "currentColor", name


def test_every_icon_named_in_the_views_exists() -> None:
    made = {"icon", "icon_before_text", "pixmap", "Picture", "IconButton"}
    named = set()
    for file in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in made and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
                    named.add(first.value)
    assert named
    assert named <= set(icons.names())


@pytest.mark.parametrize("name", icons.names())
def test_an_icon_is_tinted_by_its_token(qapp: QApplication, name: str) -> None:
    picture = icons.pixmap(name, "danger", 24).toImage()
    wanted = style.colour("danger")
    solid = [picture.pixelColor(x, y) for x in range(24) for y in range(24) if picture.pixelColor(x, y).alpha() > 200]
    assert solid
    # Where two strokes overlap, blending may round a channel by one.
    assert all(abs(seen.red() - wanted.red()) <= 3 and abs(seen.green() - wanted.green()) <= 3 for seen in solid)


def test_an_icon_follows_the_mode(qapp: QApplication) -> None:
    light = icons.pixmap("check", "text").toImage()
    style.apply(qapp, "dark", 1.0)
    assert icons.pixmap("check", "text").toImage() != light


def test_an_icon_that_nobody_drew_is_refused(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icons.icon("no-such-icon")

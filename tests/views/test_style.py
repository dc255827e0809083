"""The looks: contrast, tokens in the stylesheet, colours and fonts read back from real widgets."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit

from app import resources
from app.views import style
from app.views.common.buttons import PrimaryButton
from app.views.common.text import Heading, PlainLabel, QuietText

SURFACES = ("surface", "surface-raised", "surface-sunken", "surface-hover", "accent-soft")
KINDS = ("danger", "warning", "success", "info")
TEXT_PAIRS = [
    *((text, under) for text in ("text", "text-quiet") for under in SURFACES),
    *(("text", f"{kind}-soft") for kind in KINDS),
    *((kind, f"{kind}-soft") for kind in KINDS),
    *((kind, under) for kind in KINDS for under in ("surface", "surface-raised", "surface-hover", "accent-soft")),
    *(("accent", under) for under in SURFACES),
    *(("accent", f"{kind}-soft") for kind in KINDS),
    *(("accent-text", under) for under in ("accent", "accent-hover", "accent-pressed")),
    *(("danger-text", under) for under in ("danger", "danger-hover")),
    ("surface-raised", "text"),
    ("ink", "paper"),
]
# What is not text but has to be seen: edges of inputs, the focus ring, bars (WCAG 1.4.11).
GRAPHIC_PAIRS = [
    *((edge, under) for edge in ("border-strong", "focus") for under in ("surface", "surface-raised")),
    *((f"chart-{number}", under) for number in (1, 2, 3, 4) for under in ("surface", "surface-raised")),
    ("focus", "accent-soft"),
]


@pytest.fixture(autouse=True)
def light_again(qapp: QApplication) -> Iterator[None]:
    """Leave the application as other tests expect it."""
    yield
    style.apply(qapp, "light", 1.0)


def luminance(name: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(name[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_formula_agrees_with_published_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#0066cc", "#ffffff") == pytest.approx(5.57, abs=0.01)


@pytest.mark.parametrize("mode", style.MODES)
@pytest.mark.parametrize(("text", "under"), TEXT_PAIRS)
def test_every_text_can_be_read(mode: style.Mode, text: str, under: str) -> None:
    colours = style.tokens(mode)
    assert contrast(colours[text], colours[under]) >= 4.5


@pytest.mark.parametrize("mode", style.MODES)
@pytest.mark.parametrize(("drawn", "under"), GRAPHIC_PAIRS)
def test_every_edge_can_be_seen(mode: style.Mode, drawn: str, under: str) -> None:
    colours = style.tokens(mode)
    assert contrast(colours[drawn], colours[under]) >= 3.0


def test_no_place_in_the_stylesheet_stays_open_and_no_colour_is_written_into_it(qapp: QApplication) -> None:
    assert "@" not in style.stylesheet()
    for file in resources.path("theme").glob("*.qss"):
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b", file.read_text(encoding="utf-8")), file.name


def test_base_rules_name_stock_widgets_only() -> None:
    rules = re.sub(r"/\*.*?\*/|\{.*?\}", " ", resources.text("theme", "00-base.qss"), flags=re.DOTALL)
    named = set(re.findall(r"(?<![:\w-])([A-Z]\w+)", rules))
    assert named
    assert all(name.startswith("Q") for name in named)


@pytest.mark.parametrize("mode", style.MODES)
def test_widgets_wear_the_tokens(qapp: QApplication, mode: style.Mode) -> None:
    style.apply(qapp, mode, 1.0)
    label, quiet, button = PlainLabel("Text"), QuietText("Quiet"), PrimaryButton("Go")
    button.resize(160, 44)
    for widget in (label, quiet, button):
        widget.ensurePolished()
    assert label.palette().color(QPalette.ColorRole.WindowText) == style.colour("text")
    assert quiet.palette().color(QPalette.ColorRole.WindowText) == style.colour("text-quiet")
    middle = QColor(button.grab().toImage().pixel(12, 22))
    assert middle == style.colour("accent")


def test_switching_while_shown_reaches_a_widget_that_exists(qapp: QApplication) -> None:
    style.apply(qapp, "light", 1.0)
    label = PlainLabel("Text")
    label.show()
    before = label.palette().color(QPalette.ColorRole.WindowText)
    style.apply(qapp, "dark", 1.0)
    assert label.palette().color(QPalette.ColorRole.WindowText) != before
    assert style.mode() == "dark"


@pytest.mark.parametrize(("scale", "body", "title"), [(1.0, 15, 28), (1.5, 22, 42), (9.0, 30, 56), (0.1, 12, 22)])
def test_text_scale_is_kept_within_bounds(qapp: QApplication, scale: float, body: int, title: int) -> None:
    style.apply(qapp, "light", scale)
    label, heading = PlainLabel("Text"), Heading("Title", 1)
    label.ensurePolished()
    heading.ensurePolished()
    assert (label.font().pixelSize(), heading.font().pixelSize()) == (body, title)


def test_touch_targets_are_as_high_as_a_finger_and_grow_with_the_text(qapp: QApplication) -> None:
    for scale, least in ((1.0, 44), (1.5, 66)):
        style.apply(qapp, "light", scale)
        assert PrimaryButton("Save").sizeHint().height() >= least
        assert QLineEdit().sizeHint().height() >= least


def test_embedded_fonts_are_used_and_cover_other_scripts(qapp: QApplication) -> None:
    assert {"Open Sans", "DejaVu Sans"} <= set(style.load_fonts())
    label, heading = PlainLabel("Text"), Heading("Title", 2)
    label.ensurePolished()
    heading.ensurePolished()
    assert QFontInfo(label.font()).family() == "Open Sans"
    assert QFontInfo(heading.font()).weight() >= 600
    assert "DejaVu Sans" in label.font().families()


def test_fonts_have_their_licences_beside_them() -> None:
    assert "Apache License" in resources.text("fonts", "LICENSE-OpenSans.txt")
    assert "Bitstream" in resources.text("fonts", "LICENSE-DejaVu.txt")


def test_following_the_system_takes_its_mode_and_choosing_one_ends_it(qapp: QApplication) -> None:
    style.follow_system(qapp, 1.25)
    system = "dark" if qapp.styleHints().colorScheme().name == "Dark" else "light"
    assert (style.mode(), style.text_scale()) == (system, 1.25)
    style.apply(qapp, "dark", 1.0)
    qapp.styleHints().colorSchemeChanged.emit(qapp.styleHints().colorScheme())
    assert style.mode() == "dark"


def test_following_the_system_reacts_to_its_change(qapp: QApplication) -> None:
    style.follow_system(qapp)
    style._dress(qapp, "dark", 1.0)
    qapp.styleHints().colorSchemeChanged.emit(qapp.styleHints().colorScheme())
    system = "dark" if qapp.styleHints().colorScheme().name == "Dark" else "light"
    assert style.mode() == system


def test_an_unknown_token_is_refused() -> None:
    with pytest.raises(KeyError):
        style.colour("no-such-token")

"""F-602, the emergency card: one landscape page to hold in the hand, and a page as wide as a telephone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.documents import layout
from app.documents import theme as looks
from app.documents.blocks import (
    Block,
    Bullets,
    Heading,
    Notice,
    Paragraph,
    Picture,
    Value,
    WriteLines,
    baseline,
    text_strips,
)
from app.documents.flow import Frame, Placed, Strip, broken, place, space
from app.documents.page import LETTER, Element, Sheet, picture_size
from app.documents.printing import Printing
from app.documents.theme import LINE, Style, Theme
from app.queries.form_rows import EmergencyCardRows

LANDSCAPE = (LETTER[1], LETTER[0])
PHONE = (270.0, 540.0)
_SIDE, _TOP, _FOOT = 32.0, 24.0, 18.0
_GUTTER = 18.0
_COLUMNS = 3
_SIZES = (11.5, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0)
"""The page is set in the largest of these that fits; the last one may run over to a second page."""
_PHONE_SIZE, _PHONE_SIDE = 10.5, 16.0
_PORTRAIT_WIDE, _PORTRAIT_HIGH, _PORTRAIT_NARROW = 96.0, 112.0, 140.0
"""Points: the room for the photograph beside the head, its longer edge there, and its longer edge on a narrow page."""


@dataclass(frozen=True)
class Fold:
    """Where the head of the card ends and the columns begin."""

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        return [space(theme.unit)]


@dataclass(frozen=True)
class Portrait:
    """The photograph, and when it was taken: beside the head of the page, or in the column of the narrow one."""

    data: bytes
    alternative: str
    said: str
    old: bool

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        wide, high = self.shape(_PORTRAIT_NARROW)
        picture = Picture(self.data, self.alternative, wide, high).strips(theme, width)
        return [*picture, *text_strips(self.said, self.style(theme), width, element=Element("P"))]

    def shape(self, most: float) -> tuple[float, float]:
        """Width and height in points within a square of `most`."""
        wide, high = picture_size(self.data) or (3, 4)
        scale = most / max(wide, high)
        return wide * scale, high * scale

    def style(self, theme: Theme) -> Style:
        """How the words under it are set: an old photograph's must be seen."""
        return theme.strong if self.old else theme.small


def f_602(rows: EmergencyCardRows, p: Printing) -> list[Block]:
    """The emergency card: what can kill, how to act, where to look, whom to call."""
    return [*_head(rows, p), Fold(), *_act(rows, p), *_look(rows, p), *_call(rows, p)]


def _head(rows: EmergencyCardRows, p: Printing) -> list[Block]:
    if p.blank:
        return [Heading(p.tr("Name they answer to, age"), 2), WriteLines(1)]
    facts = " · ".join(
        part for part in (rows.name if rows.name != rows.answers_to else "", rows.who, rows.expires) if part
    )
    found: list[Block] = []
    if rows.picture and picture_size(rows.picture):
        found.append(Portrait(rows.picture, p.tr("Photograph"), rows.photo_said, rows.photo_old))
    elif rows.photo_said:
        found.append(Paragraph(p.tr("There is a photograph, and it could not be printed."), "mark"))
    found += [
        Paragraph(" · ".join(part for part in (rows.answers_to, rows.age) if part), "title"),
        Paragraph(facts, "small"),
    ]
    if rows.life_threatening:
        found.append(Notice(rows.life_threatening, p.tr("LIFE-THREATENING"), caution=True, kind="subheading"))
    if rows.custody:
        found.append(Notice(rows.custody, p.tr("Court order or custody"), caution=True))
    if rows.note:
        found.append(Notice(rows.note, p.tr("Note")))
    if rows.warnings:
        found.append(Notice(" ".join(rows.warnings), caution=True))
    return found


def _act(rows: EmergencyCardRows, p: Printing) -> list[Block]:
    return [
        *_part(p, p.tr("Communicate"), [rows.communicate]),
        *_part(p, p.tr("Do"), [rows.do]),
        *_part(p, p.tr("Do not"), [rows.do_not]),
        *_part(p, p.tr("Calm with"), [rows.calm]),
        *_part(p, p.tr("Triggers"), [rows.triggers]),
        *_part(p, p.tr("When distressed"), [rows.risks]),
    ]


def _look(rows: EmergencyCardRows, p: Printing) -> list[Block]:
    return [
        *_part(p, p.tr("Attracted to"), [rows.attractions]),
        *_part(p, p.tr("Near by"), rows.near),
        *_part(p, p.tr("Other places"), rows.places),
        *_part(p, p.tr("Found before"), rows.wandered),
        *_part(p, p.tr("When searching"), rows.searching),
        *_part(p, p.tr("Looks like"), rows.looks),
        *_part(p, p.tr("Gets about"), [rows.moves]),
    ]


def _call(rows: EmergencyCardRows, p: Printing) -> list[Block]:
    contacts: list[Block] = []
    for each in rows.contacts:
        contacts += [
            Paragraph(" · ".join((each.who, *each.phones)), "strong"),
            *([Paragraph(" · ".join(each.heed), "small")] if each.heed else []),
        ]
    return [
        *([Heading(p.tr("Whom to call"), 2), *contacts] if contacts else _part(p, p.tr("Whom to call"), [])),
        *_part(p, p.tr("Health"), rows.health),
        *_part(p, p.tr("Addresses"), rows.addresses),
        *_part(p, p.tr("Telephones and devices"), rows.devices),
    ]


def _part(p: Printing, title: str, lines: Sequence[str]) -> list[Block]:
    """A heading with what stands under it; left out when nothing is known, lines to write on when blank."""
    said = [line for line in lines if line]
    if p.blank:
        return [Heading(title, 2), WriteLines(1)]
    if not said:
        return []
    if len(said) == 1:
        return [Heading(title, 2), Paragraph(said[0])]
    return [Heading(title, 2), Bullets([Value(line) for line in said])]


# --- The landscape page -------------------------------------------------------------------------------------------


def draw_landscape(sheet: Sheet, p: Printing, blocks: Sequence[Block]) -> None:
    """One page in three columns, set as large as fits; more than fits at the smallest size goes to another page."""
    for size in _SIZES:
        theme = looks.theme(size)
        placed = _laid_out(p, blocks, theme, sheet.width, _room(sheet, p, theme))
        if max(item.page for item in placed) == 0:
            break
    pages = max(item.page for item in placed) + 1
    for page in range(pages):
        if page:
            sheet.next_page()
        _draw(sheet, placed, page)
        _draw_foot(sheet, p, theme, _SIDE, page + 1, pages)


def _room(sheet: Sheet, p: Printing, theme: Theme) -> float:
    """Where the foot begins."""
    return sheet.height - _FOOT - len(_foot_lines(p, theme, sheet.width - 2 * _SIDE)) * theme.running.leading - 8


def _laid_out(p: Printing, blocks: Sequence[Block], theme: Theme, wide: float, room: float) -> list[Placed]:
    fold = next(number for number, block in enumerate(blocks) if isinstance(block, Fold))
    width = wide - 2 * _SIDE
    letterhead: Block = layout.Letterhead(p.unit, p.title, layout.tag_of(p), layout.record_of(p))
    portrait = next((block for block in blocks[:fold] if isinstance(block, Portrait)), None)
    beside = [] if portrait is None else _beside(portrait, theme)
    taken = 0.0 if portrait is None else _PORTRAIT_WIDE + _GUTTER
    words = [block for block in (letterhead, *blocks[:fold]) if block is not portrait]
    head = [strip for block in words for strip in block.strips(theme, width - taken)]
    above = place(head, _endless(_SIDE, _TOP, width - taken))
    above += place(beside, _endless(wide - _SIDE - _PORTRAIT_WIDE, _TOP, _PORTRAIT_WIDE))
    top = _TOP + max(sum(strip.height for strip in head), sum(strip.height for strip in beside)) + theme.unit
    narrow = (width - _GUTTER * (_COLUMNS - 1)) / _COLUMNS
    strips = [strip for block in blocks[fold + 1 :] for strip in block.strips(theme, narrow)]
    least = sum(strip.height for strip in strips) / _COLUMNS
    below = place(strips, _columns(top, narrow, room - top, room))
    height = least
    while height < room - top:
        balanced = place(strips, _columns(top, narrow, height, room))
        if not balanced or max(item.page for item in balanced) == 0:
            below = balanced
            break
        height += theme.body.leading
    return [*above, *below]


def _beside(portrait: Portrait, theme: Theme) -> list[Strip]:
    """The photograph at the right of the head, with its words under it."""
    picture = Picture(portrait.data, portrait.alternative, *portrait.shape(_PORTRAIT_HIGH))
    small = replace(theme.small, face=theme.strong.face) if portrait.old else theme.small
    said = text_strips(portrait.said, small, _PORTRAIT_WIDE, element=Element("P"))
    return [*picture.strips(theme, _PORTRAIT_WIDE), *said]


def _endless(x: float, y: float, width: float) -> Iterator[Frame]:
    yield Frame(0, x, y, width, 10_000)


def _columns(top: float, narrow: float, height: float, room: float) -> Iterator[Frame]:
    page = 0
    while True:
        for column in range(_COLUMNS):
            x = _SIDE + column * (narrow + _GUTTER)
            yield Frame(page, x, top if page == 0 else _TOP, narrow, height if page == 0 else room - _TOP)
        page += 1


# --- The page as wide as a telephone ------------------------------------------------------------------------------


def draw_phone(sheet: Sheet, p: Printing, blocks: Sequence[Block]) -> None:
    """Narrow pages, one column, large enough to read on a telephone without zooming."""
    theme = looks.theme(_PHONE_SIZE)
    width = sheet.width - 2 * _PHONE_SIDE
    letterhead = layout.Letterhead("", p.tr("Emergency card"), "", layout.record_of(p))
    head: list[Block] = [Paragraph(p.unit, "label"), Paragraph(layout.tag_of(p), "label"), letterhead]
    strips = [strip for block in (*head, *blocks) for strip in block.strips(theme, width)]
    foot = len(_foot_lines(p, theme, width)) * theme.running.leading
    frames = (Frame(page, _PHONE_SIDE, 16, width, sheet.height - 16 - foot - 22) for page in range(1000))
    placed = place(strips, frames)
    pages = max(item.page for item in placed) + 1
    for page in range(pages):
        if page:
            sheet.next_page()
        _draw(sheet, placed, page)
        _draw_foot(sheet, p, theme, _PHONE_SIDE, page + 1, pages)


def _draw(sheet: Sheet, placed: Sequence[Placed], page: int) -> None:
    for item in placed:
        if item.page == page:
            item.draw(sheet, item.x, item.y)


def _foot_lines(p: Printing, theme: Theme, width: float, page: int = 888, pages: int = 888) -> list[str]:
    return [line.text for text in layout.foot_texts(p, page, pages) for line in broken(text, theme.running, width)]


def _draw_foot(sheet: Sheet, p: Printing, theme: Theme, side: float, page: int, pages: int) -> None:
    lines = _foot_lines(p, theme, sheet.width - 2 * side, page, pages)
    y = sheet.height - _FOOT + 4 - len(lines) * theme.running.leading
    with sheet.artifact():
        sheet.rule(side, y - 3, sheet.width - 2 * side, colour=LINE)
        for line in lines:
            sheet.line_of_text(side, y + baseline(theme.running), line, theme.running)
            y += theme.running.leading

"""The three shapes of paper: the page with letterhead and foot, the folded card, and the wallet sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from app.documents import theme as looks
from app.documents.blocks import Block, baseline, text_strips
from app.documents.catalogue import AUDIENCES
from app.documents.flow import Frame, Placed, Strip, broken, place, space
from app.documents.page import LETTER, Element, Sheet
from app.documents.printing import Printing
from app.documents.theme import ACCENT, LINE, QUIET, Style, Theme

_SIDE = 54.0
_TOP = 48.0
_FOOT = 34.0
_WIDTH = LETTER[0] - 2 * _SIDE
_CARD_PAD = 30.0
_PANEL = (LETTER[0] / 2, LETTER[1] / 4)


def _strips(blocks: Sequence[Block], theme: Theme, width: float) -> list[Strip]:
    return [strip for block in blocks for strip in block.strips(theme, width)]


def _draw_placed(sheet: Sheet, placed: Sequence[Placed], page: int) -> None:
    for item in placed:
        if item.page == page:
            item.draw(sheet, item.x, item.y)


# --- The page ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letterhead:
    """The top of the first page: who it is from, what it is, which record."""

    unit: str
    title: str
    tag: str
    record: str

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        unit = Style(theme.strong.face, theme.strong.size, theme.strong.leading, QUIET)
        large = theme.body.size >= looks.LARGE_PRINT
        first = text_strips(self.unit, unit, width if large else width * 0.72, element=Element("P"))
        tag = text_strips(self.tag, theme.label, width, element=Element("P"), align="left" if large else "right")
        top = [*first, *tag] if large and self.tag else _over(first, tag if self.tag else [])
        out = [*top, space(theme.unit), *text_strips(self.title, theme.title, width, element=Element("H1"))]
        if self.record:
            out += text_strips(self.record, theme.label, width, element=Element("P"))
        return [*out, space(theme.unit), Strip(theme.unit, partial(_draw_head_rule, width=width)), space(theme.unit)]


def _over(left: list[Strip], right: list[Strip]) -> list[Strip]:
    """`right` drawn on the same lines as `left`."""
    count = max(len(left), len(right))
    blank = Strip(0)
    pairs = [(left[n] if n < len(left) else blank, right[n] if n < len(right) else blank) for n in range(count)]
    return [Strip(max(a.height, b.height), partial(_draw_both, first=a, second=b)) for a, b in pairs]


def _draw_both(sheet: Sheet, x: float, y: float, *, first: Strip, second: Strip) -> None:
    for strip in (first, second):
        if strip.draw is not None:
            strip.draw(sheet, x, y)


def _draw_head_rule(sheet: Sheet, x: float, y: float, *, width: float) -> None:
    with sheet.artifact():
        sheet.box(x, y, width, 2.2, fill=ACCENT)


def draw_page(sheet: Sheet, p: Printing, blocks: Sequence[Block]) -> None:
    """The usual form: letterhead, content, and on each page the foot with page n of m."""
    size = looks.LARGE_PRINT if p.context.large_print else (looks.CLIENT if p.for_client else looks.INTERNAL)
    theme = looks.theme(size)
    head = Letterhead(p.unit, p.title, _tag(p), _record(p))
    foot = _foot_lines(p, theme, pages=888)
    room = LETTER[1] - _FOOT - len(foot) * theme.running.leading - 12
    placed = place(_strips([head, *blocks], theme, _WIDTH), _page_frames(room, theme))
    pages = max(item.page for item in placed) + 1
    for page in range(pages):
        if page:
            sheet.next_page()
            _draw_running_head(sheet, p, theme)
        _draw_placed(sheet, placed, page)
        _draw_foot(sheet, p, theme, page + 1, pages)


def _page_frames(room: float, theme: Theme) -> Iterator[Frame]:
    yield Frame(0, _SIDE, _TOP, _WIDTH, room - _TOP)
    top = _TOP + theme.running.leading + 10
    page = 1
    while True:
        yield Frame(page, _SIDE, top, _WIDTH, room - top)
        page += 1


def _tag(p: Printing) -> str:
    if p.discreet:
        return ""
    if p.form.protected and not p.for_client:
        return p.tr("CONFIDENTIAL - may endanger a person if found")
    return p.tr("Private") if p.for_client else p.tr("CONFIDENTIAL")


def _record(p: Printing) -> str:
    if p.discreet or p.blank or not p.context.record_no:
        return ""
    return p.tr("Record {number}", number=p.context.record_no)


def _draw_running_head(sheet: Sheet, p: Printing, theme: Theme) -> None:
    both = " · ".join(part for part in (p.title, _record(p)) if part)
    fits = [text for text in (both, _record(p) or p.title) if len(broken(text, theme.running, _WIDTH)) == 1]
    line = broken((fits or [p.title])[0], theme.running, _WIDTH)[0]
    with sheet.artifact():
        sheet.line_of_text(_SIDE, _TOP - 8 + baseline(theme.running), line.text, theme.running)
        sheet.rule(_SIDE, _TOP - 5 + theme.running.leading, _WIDTH)


def _foot_texts(p: Printing, page: int, pages: int) -> list[str]:
    """The foot in two texts: what this page is, and who printed it when. A discreet page says neither."""
    of = p.tr("Page {page} of {pages}", page=page, pages=pages)
    day = p.long_date(p.local_date(p.context.printed_at))
    if p.discreet:
        return [" · ".join((of, day, p.form.form_id.removeprefix("F-")))]
    what = [
        of,
        p.tr("{form} version {version}", form=p.form.form_id, version=p.form.version),
        p.tr("Copy for: {audience}", audience=p.tr(AUDIENCES[p.context.audience])),
        p.tr("Notice {version}", version=p.context.notice.version),
    ]
    if p.context.printed_by:
        printed = p.tr(
            "Printed {date}, {time}, by {name}", date=day, time=p.time(p.context.printed_at), name=p.context.printed_by
        )
    else:
        printed = p.tr("Printed {date}", date=day)
    return [" · ".join(what), printed]


def _foot_lines(p: Printing, theme: Theme, pages: int, page: int = 888) -> list[str]:
    texts = _foot_texts(p, page, pages)
    return [line.text for text in texts for line in broken(text, theme.running, _WIDTH)]


def _draw_foot(sheet: Sheet, p: Printing, theme: Theme, page: int, pages: int) -> None:
    lines = _foot_lines(p, theme, pages, page)
    y = LETTER[1] - _FOOT - len(lines) * theme.running.leading
    with sheet.artifact():
        sheet.rule(_SIDE, y - 4, _WIDTH)
        for line in lines:
            sheet.line_of_text(_SIDE, y + baseline(theme.running), line, theme.running)
            y += theme.running.leading


# --- Sheets: one page each, with nothing of any record ----------------------------------------------------------


def draw_sheets(sheet: Sheet, p: Printing, pages: Sequence[Sequence[Block]]) -> None:
    """Pages that will be kept apart: each has the head of a first page, and a foot that only says which it is."""
    theme = looks.theme(looks.CLIENT)
    head = Letterhead(p.unit, p.title, p.tr("CONFIDENTIAL"), "")
    for page, blocks in enumerate(pages):
        if page:
            sheet.next_page()
        frame = Frame(0, _SIDE, _TOP, _WIDTH, LETTER[1] - _TOP - _FOOT - theme.running.leading)
        _draw_placed(sheet, place(_strips([head, *blocks], theme, _WIDTH), iter([frame])), 0)
        with sheet.artifact():
            line = p.tr("Page {page} of {pages}", page=page + 1, pages=len(pages))
            sheet.line_of_text(_SIDE, LETTER[1] - _FOOT, line, theme.running)


# --- The card: two copies on one page, to fold or to cut ----------------------------------------------------------


def draw_card(sheet: Sheet, p: Printing, blocks: Sequence[Block]) -> None:
    """The same card twice on one page; a card that is too long for half a page (or in large print) takes pages."""
    theme = looks.theme(looks.LARGE_PRINT if p.context.large_print else looks.CLIENT)
    width = _WIDTH - 2 * _CARD_PAD + 20
    strips = _strips(blocks, theme, width)
    half = LETTER[1] / 2
    height = sum(strip.height for strip in strips)
    if p.context.large_print or height > half - 2 * _CARD_PAD - 30:
        draw_page(sheet, p, blocks)
        return
    x = (LETTER[0] - width) / 2
    frames = iter([Frame(0, x, top + _CARD_PAD + 8, width, half) for top in (0.0, half)])
    placed = place([*strips, Strip(0, new_frame=True, glued=True), *strips], frames)
    _draw_card_edges(sheet, half, width)
    _draw_placed(sheet, placed, 0)
    for top in (0.0, half):
        _draw_card_foot(sheet, p, theme, x, top + half - 38, width)


def _draw_card_edges(sheet: Sheet, half: float, width: float) -> None:
    x = (LETTER[0] - width) / 2 - 20
    with sheet.artifact():
        for top in (0.0, half):
            sheet.box(x, top + 22, width + 40, half - 44, line=LINE, radius=10)
        sheet.rule(0, half, LETTER[0], colour=QUIET, thickness=0.5, dashed=True)


def _draw_card_foot(sheet: Sheet, p: Printing, theme: Theme, x: float, y: float, width: float) -> None:
    line = _foot_texts(p, 1, 1)[0]
    with sheet.artifact():
        sheet.line_of_text(x, y + baseline(theme.running), line, theme.running)


# --- The wallet sheet: eight panels that fold to the size of a card ----------------------------------------------


def draw_wallet(sheet: Sheet, p: Printing, blocks: Sequence[Block]) -> None:
    """Eight panels a page, with fold lines and corner marks; nothing on it says where it comes from."""
    theme = looks.theme(looks.WALLET)
    placed = place(_strips(blocks, theme, _PANEL[0] - 40), _panels())
    pages = max(item.page for item in placed) + 1
    for page in range(pages):
        if page:
            sheet.next_page()
        _draw_folds(sheet)
        _draw_placed(sheet, placed, page)
        with sheet.artifact():
            text = p.tr("Page {page} of {pages}", page=page + 1, pages=pages)
            sheet.line_of_text(LETTER[0] - 74, LETTER[1] - 12, text, theme.running)


def _panels() -> Iterator[Frame]:
    wide, high = _PANEL
    page = 0
    while True:
        for row in range(4):
            for column in range(2):
                yield Frame(page, column * wide + 24, row * high + 20, wide - 40, high - 40)
        page += 1


def _draw_folds(sheet: Sheet) -> None:
    wide, high = _PANEL
    with sheet.artifact():
        for row in range(1, 4):
            sheet.rule(12, row * high, LETTER[0] - 24, dashed=True, thickness=0.5)
        sheet.stroke([(wide, 12), (wide, LETTER[1] - 12)], colour=LINE, dashed=True, thickness=0.5)
        for x in (12.0, LETTER[0] - 12):
            for y in (12.0, LETTER[1] - 12):
                inward = 10 if x < wide else -10
                down = 10 if y < LETTER[1] / 2 else -10
                sheet.stroke([(x + inward, y), (x, y), (x, y + down)], colour=QUIET, thickness=0.7)

"""The sheets of a recovery key: one share a page, for three keepers. Any two of them open the vault."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from app.documents import fonts
from app.documents.blocks import Block, Bullets, Field, Fields, Gap, Heading, Notice, Paragraph, Value, baseline
from app.documents.flow import Strip
from app.documents.layout import draw_sheets
from app.documents.page import Element, Sheet
from app.documents.printing import Printing
from app.documents.recovery_rows import FORM, RecoveryRows
from app.documents.theme import INK, LINE, QUIET, TINT, Style, Theme
from app.queries.form_rows import PrintContext

_COLUMNS = 3
_ROW = 21.0
_WORD = Style(fonts.SEMIBOLD, 13.5, 19.0, INK)
_NUMBER = Style(fonts.REGULAR, 8.5, 19.0, QUIET)


def render(context: PrintContext, rows: RecoveryRows) -> bytes:
    """The PDF, a page for each share. Nothing of the words stands in its properties."""
    p = Printing.of(context, FORM)
    sheet = Sheet(title=p.title, language=p.words.code)
    draw_sheets(sheet, p, [_page(rows, number, p) for number in range(len(rows.shares))])
    return sheet.finish()


def _page(rows: RecoveryRows, number: int, p: Printing) -> list[Block]:
    count = len(rows.shares)
    head = [
        p.field(p.tr("Sheet"), p.tr("{number} of {count}", number=number + 1, count=count), strong=True),
        p.field(p.tr("Vault"), rows.vault, strong=True),
        p.field(p.tr("Printed on"), p.long_date(p.local_date(p.context.printed_at)), strong=True),
    ]
    if rows.name:
        head.append(p.field(p.tr("Belongs to"), rows.name, strong=True))
    return [
        Fields(tuple(head), columns=len(head)),
        Notice(
            p.tr(
                "Any {needed} of these {count} sheets open this vault without its passphrase. One sheet alone opens "
                "nothing and tells nothing. Keep this one apart from the others and from the computer.",
                needed=rows.needed,
                count=count,
            ),
            p.tr("For the safe"),
            caution=True,
        ),
        Words(tuple(rows.shares[number].split())),
        Heading(p.tr("When it is needed"), 2),
        Bullets(
            (
                Value(p.tr("Choose “Use the recovery key” where Haven asks for the passphrase.")),
                Value(p.tr("Type the words of two sheets in their order. The first four letters of each are enough.")),
                Value(p.tr("Choose a new passphrase. The sheets stay good until a new recovery key is made.")),
            )
        ),
        Heading(p.tr("Who keeps this sheet"), 2),
        Fields(
            tuple(
                Field(label, Value()) for label in (p.tr("Kept by"), p.tr("Where"), p.tr("Since"), p.tr("Signature"))
            ),
            blank=True,
        ),
        Gap(1),
        Paragraph(
            p.tr("If this sheet is lost or somebody else has read it, make a new recovery key in Haven the same day."),
            "small",
        ),
    ]


@dataclass(frozen=True)
class Words:
    """Numbered words in columns, read downward, large and wide apart."""

    words: tuple[str, ...]

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        rows = -(-len(self.words) // _COLUMNS)
        element = Element("L")
        out = [Strip(theme.unit, gap=True, glued=True)]
        for row in range(rows):
            cells = [(place + 1, self.words[place]) for place in range(row, len(self.words), rows)]
            draw = partial(_draw_row, cells=cells, width=width, shaded=row % 2 == 0, element=element)
            out.append(Strip(_ROW, draw, glued=row < rows - 1))
        return [*out, Strip(theme.unit * 2, gap=True)]


def _draw_row(
    sheet: Sheet, x: float, y: float, *, cells: list[tuple[int, str]], width: float, shaded: bool, element: Element
) -> None:
    wide = width / _COLUMNS
    with sheet.artifact():
        if shaded:
            sheet.box(x, y, width, _ROW, fill=TINT)
        for column in range(1, _COLUMNS):
            sheet.stroke([(x + column * wide, y), (x + column * wide, y + _ROW)], colour=LINE, thickness=0.5)
    for column, (number, word) in enumerate(cells):
        left = x + column * wide + 10
        item = Element("LI", element)
        with sheet.marked(item):
            sheet.line_of_text(left, y + 1 + baseline(_NUMBER), f"{number}.", _NUMBER)
        with sheet.marked(item):
            sheet.line_of_text(left + 26, y + 1 + baseline(_WORD), word, _WORD)

"""Drawing a document: the form's blocks, its shape of paper, the rules that hold for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.documents import (
    consent,
    crisis,
    data_form,
    emergency,
    hand_over,
    layout,
    lifesaver,
    referral,
    registration,
    retention,
    safety,
    tracking,
)
from app.documents.blocks import Block
from app.documents.catalogue import DATA_FORM, Form, find, kind_of
from app.documents.page import LETTER, Sheet
from app.documents.printing import Printing
from app.errors import Defect, RuleBroken
from app.queries import form_rows, retention_rows, tracking_rows
from app.queries.form_rows import PrintContext, Row
from app.queries.sheet_rows import SheetRows
from app.words import mark

Shape = Callable[[Sheet, Printing, Sequence[Block]], None]


@dataclass(frozen=True)
class Drawing:
    """How a form is drawn: from which rows, by which function, on which shape of paper.

    `asks_rows`: the questions themselves are rows, so that a blank is drawn from them too.
    """

    rows: type[Row]
    build: Callable[[Any, Printing], list[Block]]
    shape: Shape = layout.draw_page
    paper: tuple[float, float] = LETTER
    asks_rows: bool = False


DRAWINGS: dict[str, Drawing] = {
    "F-301": Drawing(form_rows.DispatchRows, crisis.f_301),
    "F-302": Drawing(form_rows.ContactCardRows, crisis.f_302, layout.draw_card),
    "F-303": Drawing(form_rows.ConsentRows, consent.f_303),
    "F-304": Drawing(form_rows.NeedsRows, crisis.f_304),
    "F-305": Drawing(form_rows.ReferralRows, referral.f_305),
    "F-306": Drawing(form_rows.TakeAwayRows, referral.f_306),
    "F-401": Drawing(form_rows.PlanRows, safety.f_401),
    "F-402": Drawing(form_rows.WalletRows, safety.f_402, layout.draw_wallet),
    "F-403": Drawing(form_rows.PlanRows, safety.f_403),
    "F-405": Drawing(form_rows.DocumentsRows, safety.f_405),
    "F-602": Drawing(form_rows.EmergencyCardRows, emergency.f_602, emergency.draw_landscape, emergency.LANDSCAPE),
    "F-602P": Drawing(form_rows.EmergencyCardRows, emergency.f_602, emergency.draw_phone, emergency.PHONE),
    **{form_id: Drawing(SheetRows, build) for form_id, build in lifesaver.SHEETS.items()},
    "F-601": Drawing(form_rows.RegistrationRows, registration.f_601),
    "F-603": Drawing(form_rows.RegistrationRows, registration.f_603),
    "F-604": Drawing(form_rows.RegistrationRows, registration.f_604),
    "F-605": Drawing(form_rows.RegistrationRows, registration.f_605),
    "F-606": Drawing(form_rows.RegistrationRows, registration.f_606),
    "F-607": Drawing(form_rows.HandOverRows, hand_over.f_607),
    "F-608": Drawing(form_rows.FacilityRows, registration.f_608),
    "F-801": Drawing(tracking_rows.AlarmApplicationRows, tracking.f_801),
    "F-802": Drawing(tracking_rows.AlarmApplicationRows, tracking.f_802),
    "F-803": Drawing(tracking_rows.AlarmApplicationRows, tracking.f_803),
    "F-804": Drawing(tracking_rows.DispatchCardRows, tracking.f_804),
    "F-805": Drawing(tracking_rows.AlarmLoanRows, tracking.f_805),
    "F-806": Drawing(tracking_rows.AlarmLoanRows, tracking.f_806),
    "F-807": Drawing(tracking_rows.AlarmReportRows, tracking.f_807),
    "F-808": Drawing(tracking_rows.AlarmLoanRows, tracking.f_808),
    "F-809": Drawing(tracking_rows.InventoryRows, tracking.f_809),
    "F-2003": Drawing(retention_rows.CertificateRows, retention.f_2003),
    DATA_FORM: Drawing(form_rows.FormRows, data_form.data_form, asks_rows=True),
}
"""Every form's drawing by form id; the same keys as `CATALOGUE`."""


def render(context: PrintContext, rows: Row) -> bytes:
    """The PDF of a form. Raises RuleBroken when this form may not be printed this way."""
    return render_together([(context, rows)])


def render_together(prints: Sequence[tuple[PrintContext, Row]], *, whole_sheets: bool = False) -> bytes:
    """One PDF of several forms on paper of one size, each with pages of its own that are counted from 1.

    `whole_sheets`: each begins on the front of a sheet, so that no sheet printed on both sides belongs to two people.
    The file carries the title and language of the first. Raises RuleBroken as `render`.
    """
    ready = [_prepared(context, rows) for context, rows in prints]
    _, first, drawing = ready[0]
    if any(other.paper != drawing.paper for _, _, other in ready):
        raise Defect(mark("Forms on paper of different sizes were asked for in one file."))
    sheet = Sheet(title=first.title, language=first.words.code, size=drawing.paper)
    for number, (rows, p, drawn) in enumerate(ready):
        if number:
            sheet.next_page()
        if whole_sheets and sheet.page % 2:
            sheet.next_page()
        shown = drawn.rows() if p.blank and not drawn.asks_rows else rows
        drawn.shape(sheet, p, drawn.build(shown, p))
    return sheet.finish()


def _prepared(context: PrintContext, rows: Row) -> tuple[Row, Printing, Drawing]:
    form, drawing = find(context.form_id), drawing_of(context.form_id)
    if form is None or drawing is None:
        raise RuleBroken(mark("There is no form with this number."))
    _check(form, context)
    if isinstance(rows, form_rows.FormRows):
        form = replace(form, title=rows.title or form.title, version=rows.version)
    return rows, Printing.of(context, form), drawing


def drawing_of(form_id: str) -> Drawing | None:
    """How a form is drawn; None for an id that nobody knows."""
    return DRAWINGS.get(kind_of(form_id))


def _check(form: Form, context: PrintContext) -> None:
    if context.audience not in form.audiences:
        raise RuleBroken(mark("This form is not meant for this audience. Choose another form or another audience."))
    if not context.notice.version:
        raise RuleBroken(mark("No form prints without a collection notice. Ask an administrator to set one."))
    if context.large_print and not form.large_print:
        raise RuleBroken(mark("This form has no large-print version."))
    if context.discreet and not (form.discreet or form.neutral):
        raise RuleBroken(mark("This form has no discreet version."))

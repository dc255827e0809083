"""The forms of the safety plan: F-401, F-402, F-403, F-405 (`domain.md` 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.documents import wording
from app.documents.blocks import (
    Block,
    Field,
    Fields,
    Gap,
    Heading,
    Notice,
    Paragraph,
    Tick,
    TickList,
    Value,
    WriteLines,
)
from app.documents.notice import collection_notice
from app.documents.printing import Printing
from app.documents.table import Column, Table
from app.queries.form_rows import DocumentItem, DocumentsRows, PlanItem, PlanRows, PlanSection, WalletRows

_BLANKED = "____"


def f_401(rows: PlanRows, p: Printing) -> list[Block]:
    """The full plan for the person: every section in its order, also when empty. Large and calm."""
    keep = rows.client_asked_for_accused_facts or p.blank
    return [
        _caution(p),
        *_plan_head(rows, p),
        *_sections(rows, p, accused_facts=keep),
        collection_notice(p),
    ]


def f_403(rows: PlanRows, p: Printing) -> list[Block]:
    """The worker's copy: the same plan with the accused facts, the risk and what was agreed about copies."""
    return [
        _caution(p),
        *_plan_head(rows, p),
        Fields(
            (
                p.field(p.tr("Risk as judged by the worker"), p.term(rows.risk_level), strong=True),
                p.field(p.tr("Does the client keep a copy?"), p.term(rows.copy_choice), strong=True),
                p.field(p.tr("Where it is kept"), rows.kept_where),
                p.field(p.tr("Device used to read it"), rows.device_used),
            ),
            blank=p.blank,
        ),
        *_sections(rows, p, accused_facts=True),
        collection_notice(p),
    ]


def _caution(p: Printing) -> Block:
    return Notice(
        p.tr(
            "Someone else may find what is written here, and it may be used as evidence. Keep it only where it is "
            "safe. You decide what goes in, what stays out, and whether you keep it at all."
        ),
        p.tr("Before you keep this paper"),
        caution=True,
    )


def _plan_head(rows: PlanRows, p: Printing) -> list[Block]:
    version = "" if rows.version is None else str(rows.version)
    fields = [
        p.field(p.tr("Version"), version),
        p.field(p.tr("Made on"), p.long_date(rows.made_on)),
        p.field(p.tr("We look at it again on"), p.long_date(rows.next_review_on), strong=True),
    ]
    if rows.reviewed_on is not None:
        fields.append(p.field(p.tr("Last looked at"), p.long_date(rows.reviewed_on)))
    if not p.discreet:
        fields.insert(0, p.field(p.tr("Name"), rows.client_name, strong=True))
        fields += [
            p.field(p.tr("My worker") if p.for_client else p.tr("Worker"), rows.worker_name),
            p.field(p.tr("Situation"), p.term(rows.situation)),
        ]
    blocks: list[Block] = [Fields(tuple(fields), columns=3, blank=p.blank)]
    if rows.orders_expire_on is not None and not p.discreet:
        text = p.tr("An order ends on {date}. Ask now what comes after it.", date=p.long_date(rows.orders_expire_on))
        blocks.append(Notice(text, caution=True))
    return blocks


def _sections(rows: PlanRows, p: Printing, *, accused_facts: bool) -> list[Block]:
    given = {section.number: section for section in rows.sections}
    blocks: list[Block] = []
    for number, title in enumerate(wording.PLAN_SECTIONS, start=1):
        section = given.get(number, PlanSection(number=number))
        blocks.append(Heading(p.tr("{number}. {title}", number=number, title=p.term(title))))
        if number == wording.ACCUSED_SECTION and not accused_facts:
            blocks.append(Paragraph(p.tr("Not printed on this copy."), "mark"))
        elif section.hidden:
            blocks.append(Paragraph(p.tr("Set aside for now."), "mark"))
        else:
            blocks += _section(section, p)
        if number == wording.DOCUMENTS_SECTION and not section.hidden:
            blocks.append(_documents(rows.documents, p))
    return blocks


def _section(section: PlanSection, p: Printing) -> list[Block]:
    if p.blank:
        return _prompts(section.number, p)
    choices = [item for item in section.items if not item.from_worker and item.applies is not False]
    advice = [item for item in section.items if item.from_worker and item.applies is not False]
    if not choices and not advice:
        if section.number == wording.DOCUMENTS_SECTION:
            return []
        return [Paragraph(p.tr("Nothing written here yet."), "mark")]
    blocks: list[Block] = []
    if choices and section.number in wording.FACT_SECTIONS:
        blocks.append(_items(choices, p))
    elif choices:
        heading = p.tr("What I choose to do") if p.for_client else p.tr("The client's own choices")
        blocks += [Heading(heading, 2), _items(choices, p)]
    if advice:
        heading = p.tr("What my worker suggests") if p.for_client else p.tr("The worker's advice")
        blocks += [Heading(heading, 2), _items(advice, p)]
    return blocks


def _items(items: Iterable[PlanItem], p: Printing) -> TickList:
    return TickList(tuple(Tick(item.text.text, item.done, _item_remark(item, p)) for item in items))


def _item_remark(item: PlanItem, p: Printing) -> str:
    unknown = p.tr("Not sure yet if this applies") if item.applies is None else ""
    helper = p.tr("Who helps: {name}", name=item.who_helps) if item.who_helps else ""
    return " · ".join(part for part in (p.remark(item.text), unknown, helper, p.long_date(item.on)) if part)


def _prompts(number: int, p: Printing) -> list[Block]:
    blocks: list[Block] = []
    for prompt in wording.PLAN_PROMPTS[number - 1]:
        blocks += [TickList((Tick(p.term(prompt)),)), WriteLines(1), Gap(1)]
    return blocks


def _documents(documents: list[DocumentItem], p: Printing) -> Table:
    rows = documents or [DocumentItem(item=item) for item in wording.DOCUMENTS]
    return Table(
        (
            Column(p.tr("Document or thing"), 3.7),
            Column(p.tr("Original"), 1, "centre"),
            Column(p.tr("Copy"), 0.8, "centre"),
            Column(p.tr("Where it is"), 1.8),
            Column(p.tr("Packed"), 1, "centre"),
        ),
        [
            (
                p.term(row.item),
                Tick("", row.original),
                Tick("", row.copy),
                p.typed(row.kept_where),
                Tick("", row.done),
            )
            for row in rows
        ],
    )


def f_405(rows: DocumentsRows, p: Printing) -> list[Block]:
    """The documents checklist alone."""
    return [
        Paragraph(p.tr("Copies with someone you trust are as good as a bag. Take only what is safe to take.")),
        _documents(rows.documents, p),
    ]


# --- F-402 ------------------------------------------------------------------------------------------------------


def f_402(rows: WalletRows, p: Printing) -> list[Block]:
    """The wallet plan "My list": a subject a panel, folds to the size of a card; names nobody."""
    blank_out = _Blanker(rows.names)
    blocks: list[Block] = [Paragraph(p.title, "heading")]
    blocks.append(Fields((Field(p.tr("Emergency"), Value("911", strong=True)),), columns=1))
    numbers = [Field(blank_out(number.label), Value(number.phone, strong=True)) for number in rows.numbers]
    if p.blank:
        numbers = [Field(p.tr("Number"), Value())] * 6
    blocks.append(Fields(tuple(numbers), columns=2, blank=p.blank))
    for group in rows.groups:
        blocks += [Gap(new_page=True), Heading(blank_out(p.term(group.title)), 2)]
        items = tuple(Tick(blank_out(item.text), remark=p.remark(item)) for item in group.items)
        blocks.append(TickList(items))
    if p.blank:
        for title in (p.tr("To do"), p.tr("To pack"), p.tr("Places"), p.tr("Also")):
            blocks += [Gap(new_page=True), Heading(title, 2), WriteLines(4)]
    return blocks


class _Blanker:
    """Blanks every known name, and each part of it, wherever it stands as a word, in any case of letters."""

    def __init__(self, names: Iterable[str]) -> None:
        parts = {part for name in names for part in (name.strip(), *name.split()) if len(part.strip(".,")) > 1}
        longest_first = sorted(parts, key=lambda part: (-len(part), part))
        joined = "|".join(re.escape(part) for part in longest_first)
        self._pattern = re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE) if joined else None

    def __call__(self, text: str) -> str:
        return text if self._pattern is None else self._pattern.sub(_BLANKED, text)

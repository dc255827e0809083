"""Any form that is data, answered or blank: every section in order, and room to write on a blank."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from app.documents.blocks import (
    Block,
    Fields,
    Gap,
    Heading,
    Notice,
    Paragraph,
    Picture,
    Signature,
    Tick,
    TickList,
    WriteLines,
    height_of,
    side_by_side,
    text_strips,
)
from app.documents.flow import Strip, space
from app.documents.notice import collection_notice
from app.documents.page import Element, picture_size
from app.documents.printing import Printing
from app.documents.theme import Theme
from app.queries.form_rows import FormItem, FormRows

_SHORT = frozenset({"int", "decimal", "date", "time", "dateTime", "barcode", "geopoint"})
_MOST_SHOWN = 12
"""A longer list shows only what was chosen of it."""
_MANY_LINES, _FEW_LINES = 3, 1
_KEPT_TOGETHER = 200.0
"""Points up to which a question and its answer are not parted by the end of a page."""
_ONE_COLUMN, _TWO_COLUMNS, _THREE_COLUMNS = 44, 22, 13
"""Characters of the longest choice from which choices stand in one column, in two, in three; shorter ones in four."""
_PICTURE_WIDE, _PICTURE_HIGH = 380.0, 300.0
"""Points that a picture in a form has at most: small enough to stand with its question, large enough to be read."""
_BESIDE = 46
"""Characters up to which a written answer may stand beside another."""


def data_form(rows: FormRows, p: Printing) -> list[Block]:
    """The form from top to bottom."""
    return [*_head(rows, p), *_Body(rows.items, p).blocks(), collection_notice(p)]


def _head(rows: FormRows, p: Printing) -> Iterator[Block]:
    if p.blank:
        asked = (p.tr("Name"), p.tr("Record number"), p.tr("Date"), p.tr("Filled in by"))
        yield Fields([p.field(label, "") for label in asked], blank=True)
        return
    if rows.draft:
        yield Notice(p.tr("This form is not finished yet: answers may be missing or change."), p.tr("Draft"), True)
    if rows.corrects:
        yield Paragraph(p.tr("A correction: it takes the place of what was answered before."), "mark")
    at = p.tr("Begun on") if rows.draft else p.tr("Finished on")
    fields = (p.field(p.tr("Filled in by"), rows.answered_by), p.field(at, p.moment(rows.answered_at)))
    yield Fields(((p.field(p.tr("Name"), rows.person, strong=True),) if rows.person else ()) + fields, columns=3)


@dataclass(frozen=True)
class Asked:
    """A question: what is asked, what helps to answer, when it is asked, and the answer or the room for it."""

    label: str
    hint: str
    remark: str
    answer: Block

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        answer = self.answer.strips(theme, width)
        return [*_together([*self.asks(theme, width), *answer]), space(theme.unit * 1.2)]

    def asks(self, theme: Theme, width: float) -> list[Strip]:
        """The question without its answer, glued to what follows."""
        element = Element("P")
        out = text_strips(self.label, theme.label, width, element=element, glued=True)
        for text in (self.hint, self.remark):
            if text:
                out += text_strips(text, theme.mark, width, element=element, glued=True)
        return out


@dataclass(frozen=True)
class Beside:
    """Two questions with short answers next to each other."""

    parts: Sequence[Asked]

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        if theme.body.size >= 18:
            return [strip for part in self.parts for strip in part.strips(theme, width)]
        gutter = theme.unit * 4
        narrow = (width - gutter) / 2
        offsets = [number * (narrow + gutter) for number in range(len(self.parts))]
        asks = side_by_side([part.asks(theme, narrow) for part in self.parts], offsets, close_together=True)
        answers = [part.answer.strips(theme, narrow) for part in self.parts]
        below = side_by_side(answers, offsets, close_together=height_of(answers) < _KEPT_TOGETHER)
        return [*_together([*asks, *below]), space(theme.unit * 1.2)]


def _together(strips: list[Strip]) -> list[Strip]:
    """A question and its answer on one page, unless they are long."""
    if sum(strip.height for strip in strips) >= _KEPT_TOGETHER:
        return strips
    return [*(replace(strip, glued=True) for strip in strips[:-1]), *strips[-1:]]


@dataclass(frozen=True)
class Said:
    """An answer in words; our own remark when there is none."""

    text: str
    remark: str = ""

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        if not self.text.strip():
            return text_strips(self.remark, theme.mark, width, element=Element("P"))
        return text_strips(self.text, theme.body, width, element=Element("P"))


@dataclass(frozen=True)
class Drawn:
    """A picture as the answer, as large as it may be on a page with others."""

    data: bytes
    alternative: str
    caption: str

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        wide, high = picture_size(self.data) or (4, 3)
        scale = min(_PICTURE_WIDE / wide, _PICTURE_HIGH / high, width / wide)
        picture = Picture(self.data, self.alternative, wide * scale, high * scale).strips(theme, width)
        words = text_strips(self.caption, theme.small, width, element=Element("P")) if self.caption else []
        return [*picture, *words]


class _Body:
    """Turns items into blocks; short questions are gathered in pairs."""

    def __init__(self, items: Sequence[FormItem], p: Printing) -> None:
        self._items = items
        self._p = p
        self._waiting: list[Asked] = []
        self._narrow = False

    def blocks(self) -> list[Block]:
        """Everything, in order."""
        out: list[Block] = []
        for at, item in enumerate(self._items):
            if item.kind == "question" and _stands_beside(item, self._p):
                self._waiting.append(self._asked(item))
                self._narrow = item.type in _SHORT
                if len(self._waiting) == 2:
                    out += self._flush()
                continue
            out += self._flush()
            out += self._question(item) if item.kind == "question" else self._other(item, at)
        return out + self._flush()

    def _flush(self) -> list[Block]:
        waiting, self._waiting = self._waiting, []
        if len(waiting) == 1 and not self._narrow:
            return [waiting[0]]
        return [Beside(waiting)] if waiting else []

    def _other(self, item: FormItem, at: int) -> Iterator[Block]:
        p = self._p
        if item.kind == "section":
            yield Heading(item.label, 1 if item.level == 0 else 2)
            remark = self._condition(item)
            for text in (item.hint, remark):
                if text:
                    yield Paragraph(text, "mark")
            if not item.applies:
                yield Paragraph(p.tr("Not asked: it does not apply here."), "mark")
            elif self._is_bare(at):
                yield Paragraph(p.tr("Nothing recorded."), "mark")
        elif item.kind == "entry":
            yield Heading(p.tr("Number {number}", number=item.number), 2)
        elif item.kind == "nothing":
            yield Paragraph(p.tr("Nothing recorded."), "mark")
        elif item.kind == "note":
            yield Paragraph(item.label)
            if item.hint:
                yield Paragraph(item.hint, "mark")

    def _is_bare(self, at: int) -> bool:
        """Whether the section at `at` has nothing in it, not even another section."""
        following = self._items[at + 1] if at + 1 < len(self._items) else None
        return following is None or (following.kind == "section" and following.level <= self._items[at].level)

    def _question(self, item: FormItem) -> Iterator[Block]:
        if item.type == "binary" and _signs(item):
            yield from self._signature(item)
        else:
            yield self._asked(item)

    def _signature(self, item: FormItem) -> Iterator[Block]:
        p = self._p
        strokes, typed = signed(item.value)
        typed = typed or item.caption
        remark = self._condition(item)
        for text in (item.hint, remark):
            if text:
                yield Paragraph(text, "mark")
        if not p.blank and item.value and not strokes and not typed and not item.picture:
            yield Asked(item.label, "", "", Said(item.file_name or item.value))
            return
        if not p.blank and not strokes and not typed and not item.picture:
            yield Asked(item.label, "", "", Said("", p.tr("not signed")))
            return
        yield Signature(
            role=item.label,
            name_label=p.tr("Name in print"),
            name=typed,
            date_label=p.tr("Date"),
            date="",
            remark=p.tr("typed instead of signed") if typed else "",
            strokes=strokes,
            picture=item.picture,
        )
        yield Gap(0.5)

    def _asked(self, item: FormItem) -> Asked:
        remark = " ".join(part for part in (self._condition(item), self._how(item)) if part)
        return Asked(item.label, item.hint, remark, self._room(item) if self._p.blank else self._answer(item))

    def _condition(self, item: FormItem) -> str:
        """On a blank, when a question is asked at all."""
        if item.condition is None or not self._p.blank:
            return ""
        question, answer = item.condition
        if not question:
            return self._p.tr("If it applies.")
        return self._p.tr("Only if “{question}” is “{answer}”.", question=question, answer=answer)

    def _how(self, item: FormItem) -> str:
        if not self._p.blank or not item.choices:
            return ""
        if item.control == "rank":
            return self._p.tr("Put them in order: write 1, 2, 3 beside them.")
        return self._p.tr("Tick all that apply.") if item.control == "select" else ""

    def _room(self, item: FormItem) -> Block:
        """Where to write on paper."""
        p = self._p
        if item.control == "trigger":
            return TickList([Tick(p.tr("Yes"))])
        if item.choices:
            return _ticks([Tick(choice.label) for choice in item.choices])
        if item.type == "binary":
            return Said(p.tr("Attach it to this page, with the name of the question on it."))
        return WriteLines(_lines(item))

    def _answer(self, item: FormItem) -> Block:
        p = self._p
        if item.control == "trigger":
            return TickList([Tick(p.tr("Yes"), item.value == "OK")])
        if item.control == "rank" and item.value:
            return Said("\n".join(f"{choice.rank}. {choice.label}" for choice in item.choices))
        if item.choices and item.control != "rank":
            shown = item.choices if len(item.choices) <= _MOST_SHOWN else [one for one in item.choices if one.ticked]
            if shown:
                return _ticks([Tick(one.label, one.ticked, strong=one.ticked) for one in shown])
        if item.picture and picture_size(item.picture):
            return Drawn(item.picture, item.label, item.caption)
        if item.file_name:
            return Said(" · ".join(part for part in (item.file_name, item.caption) if part))
        return Said(worded(item, p), p.tr("not recorded"))


def worded(item: FormItem, p: Printing) -> str:
    """A written answer as people write it; what cannot be read as its type stands as it was typed."""
    value = item.value
    try:
        match item.type:
            case "date":
                return p.long_date(date.fromisoformat(value[:10]))
            case "time":
                return p.time_of_day(time.fromisoformat(value))
            case "dateTime":
                moment = datetime.fromisoformat(value)
                return p.moment(moment) if moment.tzinfo is not None else value.replace("T", " ")
            case "int" | "decimal":
                number = float(value)
                return p.number(number) if math.isfinite(number) else value
            case "geopoint":
                return ", ".join(value.split()[:2])
            case "boolean":
                return p.yes_no(value in ("true", "1"))
            case _:
                return value
    except ValueError:
        return value


def signed(value: str) -> tuple[list[list[tuple[float, float]]], str]:
    """The strokes of a signature (both numbers from 0 to 1) and the name that was typed instead of one."""
    try:
        found = json.loads(value)
        typed = found.get("typed")
        strokes = [[(float(x), float(y)) for x, y in stroke] for stroke in found.get("strokes", [])]
    except (ValueError, TypeError, AttributeError):
        return [], ""
    return strokes, typed if isinstance(typed, str) else ""


def _signs(item: FormItem) -> bool:
    return bool({"signature", "draw"} & set(item.appearance.split()))


def _lines(item: FormItem) -> int:
    return _MANY_LINES if "multiline" in item.appearance.split() else _FEW_LINES


def _stands_beside(item: FormItem, p: Printing) -> bool:
    """Whether a question is short enough to stand beside another."""
    if item.choices or item.control not in ("input", "range", "select1") or len(item.label) > _BESIDE:
        return False
    if "multiline" in item.appearance.split():
        return False
    if p.blank:
        return item.type in _SHORT or len(item.label) <= _BESIDE
    return len(item.value) <= _BESIDE and "\n" not in item.value


def _ticks(items: Sequence[Tick]) -> TickList:
    longest = max(len(item.text) for item in items)
    columns = 1 if longest > _ONE_COLUMN else 2 if longest > _TWO_COLUMNS else 3 if longest > _THREE_COLUMNS else 4
    return TickList(items, columns=min(columns, len(items)))

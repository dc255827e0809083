"""Forms that are data on paper: what was answered and what was not, room to write on a blank, both languages."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pikepdf
import pytest

from app.documents import catalogue, forms
from app.documents.blocks import Signature, TickList
from app.documents.catalogue import DATA_FORM
from app.documents.data_form import Asked, data_form, signed, worded
from app.documents.printing import Printing
from app.errors import RuleBroken
from app.forms import outline, stored
from app.forms.definition import load
from app.queries import form_rows as fr
from app.queries.form_rows import FormItem, FormRows, PrintContext, Row
from tests.forms.driving import begin
from tests.forms.test_shipped_forms import FORMS, definition

Draw = Callable[..., bytes]
WordsOf = Callable[..., str]
NOW = datetime(2026, 1, 20, 15, 0, tzinfo=UTC)


def pages(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def test_an_answered_form_says_everything_in_order(draw: Draw, words_of: WordsOf) -> None:
    found = words_of(draw(DATA_FORM))
    order = (
        "Check of the home", "Dana Kestrel", "Doors and windows", "Look at each of them.", "Ask before you touch",
        "Seen on", "March 14, 2025", "How much help", "Some help", "What was seen", "<b>Not bold</b> & so on.",
        "Garden", "Not asked: it does not apply here.", "Cellar", "Nothing recorded.", "Rooms", "Number 1", "Kitchen",
        "Number 2", "Hall", "Signature of the client",
    )  # fmt: skip
    places = [found.find(words) for words in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    assert "Colour of the door not recorded" in found


def test_what_is_chosen_is_ticked_and_what_was_signed_is_drawn(context: Callable[..., PrintContext]) -> None:
    p = Printing.of(context(DATA_FORM), catalogue.CATALOGUE[DATA_FORM])
    choices = [fr.FormChoice(label="Yes", ticked=True), fr.FormChoice(label="No")]
    strokes = '{"strokes":[[[0.1,0.5],[0.9,0.6]]]}'
    rows = FormRows(
        items=[
            FormItem(kind="question", label="Q", control="select1", choices=choices),
            FormItem(kind="question", label="S", type="binary", appearance="signature", value=strokes),
        ]
    )
    blocks = data_form(rows, p)
    (signature,) = [block for block in blocks if isinstance(block, Signature)]
    assert signature.strokes == [[(0.1, 0.5), (0.9, 0.6)]]
    (asked,) = [block for block in blocks if isinstance(block, Asked)]
    assert isinstance(asked.answer, TickList)
    assert [(tick.text, tick.ticked) for tick in asked.answer.items] == [("Yes", True), ("No", False)]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("date", "2026-03-02", "March 2, 2026"),
        ("date", "soon", "soon"),
        ("time", "14:30:00.000-05:00", "2:30 p.m."),
        ("dateTime", "2026-03-02T10:00:00.000-05:00", "2 Mar 2026, 10:00 a.m."),
        ("decimal", "1234.5", "1,234.5"),
        ("decimal", "NaN", "NaN"),
        ("int", "x", "x"),
        ("geopoint", "43.5 -79.8 0 0", "43.5, -79.8"),
        ("boolean", "true", "Yes"),
        ("string", "as typed", "as typed"),
    ],
)
def test_answers_are_worded_for_people(kind: str, value: str, shown: str, context: Callable[..., PrintContext]) -> None:
    p = Printing.of(context(DATA_FORM), catalogue.CATALOGUE[DATA_FORM])
    assert worded(FormItem(type=kind, value=value), p) == shown


@pytest.mark.parametrize("value", ["", "photo.jpg", "[]", '{"strokes": 3}', '{"strokes": [[["a"]]]}'])
def test_what_is_no_signature_has_no_strokes(value: str) -> None:
    assert signed(value) == ([], "")


def test_a_name_typed_instead_of_signed_is_said_so(draw: Draw, words_of: WordsOf) -> None:
    item = FormItem(kind="question", label="S", type="binary", appearance="signature", value='{"typed":"Ana Example"}')
    found = words_of(draw(DATA_FORM, rows=FormRows(items=[item])))
    assert "Ana Example" in found and "typed instead of signed" in found


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", sorted(path.stem for path in FORMS.glob("*.md")))
def test_every_shipped_form_prints_blank_with_every_section_and_question(
    name: str, language: str, draw: Draw, words_of: WordsOf
) -> None:
    form = definition(name)
    items = outline.blank(form, stored.language_for(form, language))
    title = stored.titles_of(form)[language]
    listed = msgspec.convert(msgspec.to_builtins(items), list[FormItem])
    rows = FormRows(title=title, version=form.version, items=listed)
    pdf = draw(f"FORM:{name}", rows=rows, blank=True, language=language)
    found = words_of(pdf)
    flat = "".join(found.split())
    missing = [item.label for item in items if item.label and "".join(item.label.split())[:25] not in flat]
    assert missing == []
    assert f"{name} version {form.version}" in found and "not recorded" not in found
    assert 1 < pages(pdf) < 20


def test_a_blank_asks_everything_and_says_when(draw: Draw) -> None:
    items = outline.blank(definition("diversion_intake"), "English (en)")
    by_label = {item.label: item for item in items}
    signature = by_label["Signature of the young person"]
    assert signature.condition == ("Does the young person consent?", "Yes")
    assert [item.number for item in items if item.kind == "entry"] == [1, 2]
    assert "An agreement can be made." not in by_label and "Result" not in by_label
    assert by_label["Note"].condition == ("", "")


def test_filtered_choices_are_all_on_a_blank() -> None:
    xml = (FORMS / "village_booking.md").read_text(encoding="utf-8")
    form = definition("village_booking")
    filtered = [item for item in outline.blank(form, "English (en)") if item.control == "select1"]
    assert "select_one" in xml and all(item.choices for item in filtered)


def test_an_answered_form_keeps_sections_that_do_not_apply() -> None:
    session = begin(definition("diversion_intake"), now=NOW)
    items = outline.filled(session)
    sections = [item.label for item in items if item.kind == "section"]
    assert sections[:2] == ["Referral", "Offences"] and "Causes, strengths and needs" in sections
    session.set("/data/rights/consents", "no")
    assert "Signature of the young person" not in {item.label for item in outline.filled(session)}
    session.set("/data/rights/consents", "yes")
    assert "Signature of the young person" in {item.label for item in outline.filled(session)}


def test_a_choice_that_is_no_longer_offered_is_still_the_answer() -> None:
    xml = b"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
    <h:head><h:title>T</h:title><model><instance><data id="t" version="1"><q>gone</q></data></instance>
    <bind nodeset="/data/q" type="string"/></model></h:head>
    <h:body><select1 ref="/data/q"><label>Q</label><item><label>Here</label><value>here</value></item></select1>
    </h:body></h:html>"""
    (item,) = outline.filled(begin(load(xml), now=NOW))
    assert [(one.label, one.ticked) for one in item.choices] == [("Here", False), ("gone", True)]


def test_a_form_that_nobody_knows_is_refused(context: Callable[..., PrintContext]) -> None:
    assert catalogue.find("F-999") is None
    with pytest.raises(RuleBroken):
        forms.render(context("F-999"), Row())

"""Several letters in one file: each on pages of its own, and on sheets of its own where it is asked for."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pikepdf
import pytest

from app.documents import forms
from app.documents.renderer import Renderer
from app.errors import Defect, RuleBroken
from app.models.vocab import Audience
from app.queries.form_rows import PrintContext, Row

Context = Callable[..., PrintContext]
RowsOf = dict[str, Callable[[], Row]]
ROOT = str(Path(__file__).resolve().parents[2])
COMMAND = [
    sys.executable,
    "-c",
    f"import sys; sys.path.insert(0, {ROOT!r}); from app.documents import child; child.main()",
]


@pytest.fixture(name="renderer")
def _renderer() -> Iterator[Renderer]:
    renderer = Renderer(COMMAND)
    yield renderer
    renderer.close()


def pages(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def one_page(pdf: bytes, number: int) -> bytes:
    """A page (from 0) as a file."""
    with pikepdf.open(io.BytesIO(pdf)) as opened, pikepdf.new() as made:
        made.pages.append(opened.pages[number])
        found = io.BytesIO()
        made.save(found)
        return found.getvalue()


def letters(context: Context, rows_of: RowsOf, form_id: str) -> list[tuple[PrintContext, Row]]:
    """To Nora in English, to Odile in French."""
    odile = msgspec.structs.replace(rows_of[form_id](), submitter="Odile Pinewood", to=["Odile Pinewood", "2 Elm Road"])
    return [(context(form_id), rows_of[form_id]()), (context(form_id, language="fr"), odile)]


def test_each_letter_has_pages_of_its_own(
    renderer: Renderer, context: Context, rows_of: RowsOf, words_of: Callable[..., str]
) -> None:
    prints = letters(context, rows_of, "F-605")
    whole = renderer.render_together(prints)
    single = [pages(renderer.render(*one)) for one in prints]
    assert pages(whole) == sum(single)
    second = words_of(one_page(whole, single[0]))
    assert "Odile Pinewood" in second and "Nora Kestrel 14 Harbour Lane" not in second
    assert f"Page 1 de {single[1]}" in second, "counted from 1, in the letter's own language"
    first = words_of(one_page(whole, single[0] - 1))
    assert f"Page {single[0]} of {single[0]}" in first and "Odile" not in first


@pytest.mark.parametrize("form_id", ["F-604", "F-605"])
def test_no_sheet_printed_on_both_sides_belongs_to_two_people(
    renderer: Renderer, context: Context, rows_of: RowsOf, words_of: Callable[..., str], form_id: str
) -> None:
    prints = letters(context, rows_of, form_id) * 2
    single = [pages(renderer.render(*one)) for one in prints]
    whole = renderer.render_together(prints, whole_sheets=True)
    starts, page = [], 0
    for count in single:
        page += page % 2
        starts.append(page)
        page += count
    assert pages(whole) == page
    for start, (_, rows) in zip(starts, prints, strict=True):
        assert start % 2 == 0 and msgspec.to_builtins(rows)["submitter"] in words_of(one_page(whole, start))
    blank = [number for number in range(page) if not words_of(one_page(whole, number))]
    assert len(blank) == page - sum(single)


def test_one_that_may_not_be_printed_refuses_the_file(renderer: Renderer, context: Context, rows_of: RowsOf) -> None:
    good, other = letters(context, rows_of, "F-604")
    with pytest.raises(RuleBroken, match="not meant for this audience"):
        renderer.render_together([good, (context("F-604", audience=Audience.PARTNER), other[1])])


def test_paper_of_two_sizes_is_no_file(context: Context, rows_of: RowsOf) -> None:
    with pytest.raises(Defect, match="different sizes"):
        forms.render_together([(context(form_id), rows_of[form_id]()) for form_id in ("F-604", "F-602")])

"""Photographs, pictures and signatures on paper: where they belong, with their words, never in the way of a page."""

from __future__ import annotations

import io
from collections.abc import Callable

import msgspec
import pikepdf
import pytest

from app.documents.catalogue import DATA_FORM
from app.documents.page import picture_size
from app.form_pages import drawing
from app.models.rules.attachments import Sealed
from app.pictures.drawing import as_jpeg, as_png
from app.queries.form_rows import EmergencyCardRows, FormItem, FormRows, Row, SealedRow
from app.vault.chunks import Missing
from tests.pictures.made import halves

Draw = Callable[..., bytes]
WordsOf = Callable[..., str]
RowsOf = dict[str, Callable[[], Row]]
JPEG = as_jpeg(halves(240, 320), 80)
SIGNATURE = as_png(halves(600, 200))


def images(pdf: bytes) -> list[tuple[int, int]]:
    """The size in dots of every image of a PDF."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [(int(image.Width), int(image.Height)) for page in opened.pages for image in page.get_images().values()]


def pages(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


@pytest.mark.parametrize("form_id", ["F-602", "F-602P"])
def test_the_card_has_the_face_and_says_when_it_was_taken(
    form_id: str, draw: Draw, words_of: WordsOf, rows_of: RowsOf
) -> None:
    rows = msgspec.structs.replace(
        rows_of[form_id](), picture=JPEG, photo_said="Taken on 2024-03-01, more than 12 months ago.", photo_old=True
    )
    pdf = draw(form_id, rows)
    assert images(pdf) == [(240, 320)]
    assert "Taken on 2024-03-01, more than 12 months ago." in words_of(pdf)
    assert words_of(draw(form_id)) and images(draw(form_id)) == []
    if form_id == "F-602":
        assert pages(pdf) == pages(draw(form_id)) == 1


def test_a_photograph_that_cannot_be_drawn_is_said(draw: Draw, words_of: WordsOf, rows_of: RowsOf) -> None:
    for picture in (b"", b"no picture", JPEG[:40]):
        rows = msgspec.structs.replace(rows_of["F-602"](), picture=picture, photo_said="Taken on 2025-12-01")
        pdf = draw("F-602", rows)
        assert images(pdf) == [] and "There is a photograph, and it could not be printed." in words_of(pdf)


def test_a_blank_card_has_no_photograph(draw: Draw, rows_of: RowsOf) -> None:
    assert images(draw("F-602", msgspec.structs.replace(rows_of["F-602"](), picture=JPEG), blank=True)) == []


def test_what_was_attached_to_an_answer_stands_with_its_question(draw: Draw, words_of: WordsOf) -> None:
    ref = "ab" * 16
    asked = FormItem(kind="question", label="The door", control="upload", type="binary", value=f"{ref}.jpg")
    signed = FormItem(
        kind="question", label="Signature of the client", type="binary", appearance="signature", value=f"{ref}.png"
    )
    rows = FormRows(
        title="Check of the home",
        items=[
            msgspec.structs.replace(asked, picture=JPEG, caption="From the street"),
            msgspec.structs.replace(asked, label="The report", file_name="Report of March.pdf"),
            msgspec.structs.replace(asked, label="What is gone"),
            msgspec.structs.replace(signed, picture=SIGNATURE, file_name="x"),
            msgspec.structs.replace(
                signed, label="Signature of the witness", caption="Wren Example", picture=SIGNATURE
            ),
            msgspec.structs.replace(signed, label="Signature of nobody", value=""),
            msgspec.structs.replace(signed, label="Signature that is gone"),
        ],
    )
    pdf = draw(DATA_FORM, rows)
    found = words_of(pdf)
    assert sorted(set(images(pdf))) == [(240, 320), (600, 200)]
    for words in ("The door", "From the street", "Report of March.pdf", "Wren Example", "typed instead of signed"):
        assert words in found, words
    assert found.count("not signed") == 1 and found.count(f"{ref}.png") == 1


def test_a_spoiled_picture_never_keeps_a_form_from_being_drawn(draw: Draw) -> None:
    for spoiled in (b"\xff\xd8\xff", JPEG[: len(JPEG) // 2], SIGNATURE[:60], b"\x89PNG\r\n\x1a\n" + bytes(40)):
        items = [
            FormItem(kind="question", label="Q", type="binary", value="x.jpg", picture=spoiled, file_name="x"),
            FormItem(kind="question", label="S", type="binary", appearance="signature", value="x", picture=spoiled),
        ]
        assert draw(DATA_FORM, FormRows(items=items)).startswith(b"%PDF")


def test_the_size_of_a_picture_is_read_or_it_is_none() -> None:
    assert (picture_size(JPEG), picture_size(SIGNATURE)) == ((240, 320), (600, 200))
    assert picture_size(b"") is None and picture_size(b"no picture") is None


def test_what_names_a_photograph_is_opened_on_the_way_to_the_page() -> None:
    seen: list[Row] = []

    def draw_it(_context: object, rows: Row) -> bytes:
        seen.append(rows)
        return b"%PDF"

    def opened(sealed: Sealed) -> bytes:
        if sealed.size == 3:
            raise Missing
        return JPEG

    draw = drawing(draw_it, opened)
    named = SealedRow(key="ab" * 32, chunks=["cd" * 32], size=2)
    draw(None, EmergencyCardRows(photo=named))
    draw(None, EmergencyCardRows(photo=msgspec.structs.replace(named, size=3)))
    draw(None, EmergencyCardRows())
    assert [one.picture for one in seen if isinstance(one, EmergencyCardRows)] == [JPEG, b"", b""]
    assert all(one.photo is None for one in seen if isinstance(one, EmergencyCardRows))

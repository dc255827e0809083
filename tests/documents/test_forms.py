"""Every form: what it says, what it must never say, in every variant."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable

import msgspec
import pikepdf
import pytest

from app.documents.catalogue import CATALOGUE, DATA_FORM
from app.documents.forms import DRAWINGS
from app.errors import RuleBroken
from app.models.vocab import Audience
from app.queries import form_rows as fr
from app.queries.form_rows import PrintContext, Row, Typed

Draw = Callable[..., bytes]
WordsOf = Callable[..., str]
RowsOf = dict[str, Callable[[], Row]]

FORM_IDS = sorted(CATALOGUE)
SHEETS = [form_id for form_id in FORM_IDS if not CATALOGUE[form_id].neutral]


def test_the_catalogue_and_the_drawings_name_the_same_forms() -> None:
    assert set(CATALOGUE) == set(DRAWINGS)


@pytest.mark.parametrize("form_id", FORM_IDS)
@pytest.mark.parametrize("blank", [False, True])
def test_fonts_are_embedded_and_no_other_is_named(form_id: str, blank: bool, draw: Draw) -> None:
    pdf = draw(form_id, blank=blank)
    listed = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    fonts = listed.splitlines()[2:]
    assert fonts
    assert all(line.split()[-5] == "yes" and "+" in line.split()[0] for line in fonts), listed
    assert b"Helvetica" not in pdf


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_the_same_rows_give_the_same_bytes(form_id: str, draw: Draw) -> None:
    assert draw(form_id) == draw(form_id)


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_a_blank_holds_nothing_of_the_rows(form_id: str, draw: Draw, words_of: WordsOf) -> None:
    if form_id == DATA_FORM:
        return  # Its blank is drawn from rows of its own: `test_data_form.py`.
    found = words_of(draw(form_id, blank=True))
    assert "not recorded" not in found
    assert "VSU-2025" not in found
    assert not any(
        word in found for word in ("Kestrel", "555-012", "555-014", "Marchetti", "Harbour", "grey van", "Fictional")
    )


@pytest.mark.parametrize("form_id", [form_id for form_id in FORM_IDS if CATALOGUE[form_id].large_print])
def test_large_print_is_set_in_eighteen_points(form_id: str, draw: Draw) -> None:
    with pikepdf.open(io.BytesIO(draw(form_id, large_print=True))) as pdf:
        sizes = {
            float(instruction.operands[1])
            for page in pdf.pages
            for instruction in pikepdf.parse_content_stream(page)
            if str(instruction.operator) == "Tf"
        }
    # reportlab names its initial size once a page before anything is drawn
    assert min(sizes - {12.0}) >= 18


@pytest.mark.parametrize("form_id", SHEETS)
def test_the_foot_says_what_the_page_is(
    form_id: str, draw: Draw, words_of: WordsOf, context: Callable[..., PrintContext]
) -> None:
    found = words_of(draw(form_id))
    audience = {"client": "the client", "internal": "internal use", "partner": "the partner agency"}
    assert f"Copy for: {audience[context(form_id).audience]}" in found
    assert f"{form_id} version 1" in found
    assert "Printed March 14, 2025, 11:40 p.m., by P. Okonkwo-Test" in found
    assert "Notice 2025-1" in found
    assert "Record VSU-2025-000123" in found
    assert "Sample Regional Victim Services Unit" in found


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_pages_are_counted(form_id: str, draw: Draw, words_of: WordsOf) -> None:
    pdf = draw(form_id)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        pages = len(opened.pages)
    found = words_of(pdf)
    assert all(f"Page {number} of {pages}" in found for number in range(1, pages + 1))


@pytest.mark.parametrize("form_id", ["F-302", "F-306", "F-402", "F-803"])
def test_neutral_forms_say_nothing_of_the_unit(form_id: str, draw: Draw, words_of: WordsOf) -> None:
    found = words_of(draw(form_id))
    for word in ("Victim", "Police", "police", "VSU-2025", "Okonkwo", "Sample Regional", "onfidential", "F-"):
        assert word not in found


@pytest.mark.parametrize("form_id", [form_id for form_id in FORM_IDS if CATALOGUE[form_id].discreet])
def test_discreet_variants_carry_another_title_and_the_neutral_name(
    form_id: str, draw: Draw, words_of: WordsOf
) -> None:
    pdf = draw(form_id, discreet=True)
    found = words_of(pdf)
    assert CATALOGUE[form_id].discreet_title in found
    assert "Sampleville Community Line" in found
    for word in (CATALOGUE[form_id].title, "Sample Regional", "VSU-2025", "by P. Okonkwo-Test"):
        assert word not in found
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.docinfo["/Title"]) == CATALOGUE[form_id].discreet_title


def test_the_metadata_names_nobody(draw: Draw) -> None:
    with pikepdf.open(io.BytesIO(draw("F-303"))) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Consent to service and to sharing information"
        assert str(pdf.docinfo.get("/Author", "")) == ""
        assert str(pdf.Root.Lang) == "en-CA"


# --- What each form must say ------------------------------------------------------------------------------------


def test_dispatch_sheet(draw: Draw, words_of: WordsOf) -> None:
    found = words_of(draw("F-301"))
    for word in (
        "Secured - police staying",
        "15 Mar 2025, 12:10 a.m.",
        "Adult 1",
        "R. Samplesson",
        "23.5 km",
        "$1,234.56",
    ):
        assert word in found
    assert "Trop loin [as written in French]" in found


def test_contact_card_stands_twice_on_one_page(draw: Draw, words_of: WordsOf) -> None:
    found = words_of(draw("F-302"))
    assert found.count("Ask for Pat") == 2
    assert found.count("Our code word when we call back") == 2


def test_consent(draw: Draw, words_of: WordsOf) -> None:
    found = words_of(draw("F-303"))
    assert "We share it only with Harbour House (made up), Example Legal Clinic, when you agree" in found
    for word in (
        "under the Example Services Act",
        "Privacy coordinator",
        "children's aid society",
        "March 14, 2026",
        "Witness",
    ):
        assert word in found


def test_needs_of_a_client_copy_carry_nothing_protected(draw: Draw, words_of: WordsOf) -> None:
    protected = ("SUPPORT-NOTE", "PROTECTED-NOTE", "SCREENING-REASON", "listener was present")
    client = words_of(draw("F-304"))
    internal = words_of(draw("F-304", audience=Audience.INTERNAL))
    assert not any(word in client for word in protected)
    assert all(word in internal for word in protected)
    assert "3 urgent" in client
    assert "Sleep with the door" in client


def test_referral_carries_only_what_is_shared_and_consented(draw: Draw, words_of: WordsOf) -> None:
    found = words_of(draw("F-305"))
    assert "Dana Kestrel-Example" in found
    assert "555-0166, no message" in found
    assert "SECRET-ADDRESS" not in found
    assert "NOT-SHARED" not in found


def test_plan_has_every_section_in_order_also_when_empty(draw: Draw, words_of: WordsOf) -> None:
    found = words_of(draw("F-401", fr.PlanRows()))
    places = [found.index(f"{number}. ") for number in range(1, 15)]
    assert places == sorted(places)
    assert found.count("Nothing written here yet.") == 12
    assert "may be used as evidence" in found


def test_accused_facts_stand_on_the_worker_copy_and_on_the_clients_only_when_asked(
    draw: Draw, words_of: WordsOf, rows_of: RowsOf
) -> None:
    asked = msgspec.structs.replace(rows_of["F-401"](), client_asked_for_accused_facts=True)
    assert "ACCUSED-FACT" not in words_of(draw("F-401"))
    assert "ACCUSED-FACT" in words_of(draw("F-401", asked))
    assert "ACCUSED-FACT" in words_of(draw("F-403"))


def test_plan_keeps_choices_and_advice_apart_and_hides_what_was_set_aside(draw: Draw, words_of: WordsOf) -> None:
    found = words_of(draw("F-401"))
    assert found.index("What I choose to do") < found.index("Stay out of the kitchen")
    assert found.index("What my worker suggests") < found.index("Practise the way out")
    assert "HIDDEN-ITEM" not in found
    assert "RISK-LEVEL" not in found
    assert "RISK-LEVEL" in words_of(draw("F-403"))
    assert "An order ends on June 30, 2025" in found


def test_wallet_list_names_nobody(draw: Draw, words_of: WordsOf) -> None:
    found = words_of(draw("F-402"))
    assert "My list" in found
    assert "555-0181" in found
    assert not any(name in found.casefold() for name in ("dana", "kestrel", "marta"))
    assert "'s sister" in found


# --- French -----------------------------------------------------------------------------------------------------


def test_french_documents_have_french_dates_money_and_marks(draw: Draw, words_of: WordsOf) -> None:
    plan = words_of(draw("F-401", language="fr"))
    assert "Mon plan de sécurité" in plan
    assert "Établi le" in plan
    assert "14 mars 2025" in plan
    assert "Certificats de naissance" in plan
    assert "Bag at my sister's [tel qu’écrit en anglais]" in plan
    sheet = words_of(draw("F-301", language="fr"))
    assert "1 234,56 $" in sheet
    assert "Trop loin [" not in sheet
    with pikepdf.open(io.BytesIO(draw("F-401", language="fr"))) as pdf:
        assert str(pdf.Root.Lang) == "fr-CA"


# --- What is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form_id", "changes", "sentence"),
    [
        ("F-404", {}, "There is no form with this number."),
        ("F-301", {"audience": Audience.CLIENT}, "not meant for this audience"),
        ("F-401", {"audience": Audience.PARTNER}, "not meant for this audience"),
        ("F-301", {"large_print": True}, "no large-print version"),
        ("F-301", {"discreet": True}, "no discreet version"),
        ("F-303", {"notice": fr.Notice()}, "without a collection notice"),
    ],
)
def test_what_may_not_be_printed_is_refused_with_a_sentence(
    form_id: str, changes: dict[str, object], sentence: str, context: Callable[..., PrintContext]
) -> None:
    from app.documents import forms

    with pytest.raises(RuleBroken, match=sentence):
        forms.render(context(form_id, **changes), Row())


# --- Hostile text -----------------------------------------------------------------------------------------------

HOSTILE = [
    "<b>bold</b> <img src='/etc/hostname'/> <para> & &amp; < lone",
    "=cmd|' /C calc'!A0 +1 -1 @SUM(A1)",
    "{0} {name} %s %(x)s",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_and_formulas_stand_as_typed(text: str, draw: Draw, words_of: WordsOf) -> None:
    rows = fr.NeedsRows(
        client_name=text, strengths=Typed(text), steps=[fr.PlanStep(step=Typed("x"), who="y", goal=Typed(text))]
    )
    pdf = draw("F-304", rows)
    assert words_of(pdf).count(text) >= 2
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert not any("/XObject" in page.Resources for page in opened.pages)


@pytest.mark.parametrize(
    "text", ["", "\u200b" * 100_000, "\n" * 100_000, "word " * 20_000, "W" * 100_000, "😀" * 100_000]
)
def test_absurd_text_is_paged(text: str, draw: Draw) -> None:
    rows = fr.NeedsRows(domains=[fr.NeedDomain(domain="Housing", level=1, note=Typed(text))], strengths=Typed(text))
    with pikepdf.open(io.BytesIO(draw("F-304", rows))) as pdf:
        assert len(pdf.pages) >= (1 if len(text.strip()) < 2 or not text.isprintable() else 4)


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_every_form_takes_hostile_text_in_every_field(form_id: str, draw: Draw, rows_of: RowsOf) -> None:
    text = "<b \u202e مرحبا שלום (א) 😀 \x00 {0}\n" * 3

    def spoiled(value: object) -> object:
        if isinstance(value, str):
            return text
        if isinstance(value, list):
            return [spoiled(item) for item in value]
        if isinstance(value, msgspec.Struct):
            return type(value)(**{name: spoiled(getattr(value, name)) for name in value.__struct_fields__})
        return value

    assert draw(form_id, spoiled(rows_of[form_id]())).startswith(b"%PDF")


@pytest.mark.parametrize("large_print", [False, True])
def test_a_long_name_is_printed_whole_under_a_signature(large_print: bool, draw: Draw, words_of: WordsOf) -> None:
    name = " ".join(f"Name{number}" for number in range(40))
    rows = fr.ConsentRows(signatures=[fr.SignatureRow(role="Client", name=name)])
    found = words_of(draw("F-303", rows, large_print=large_print), layout=True)
    assert all(f"Name{number}" in found for number in range(40))


def test_signature_strokes_that_are_no_numbers_are_drawn_safely(draw: Draw) -> None:
    strokes = [[(float("nan"), float("inf")), (-3.0, 9.0)], []]
    rows = fr.ConsentRows(signatures=[fr.SignatureRow(role="Client", strokes=strokes, aspect=float("nan"))])
    assert draw("F-303", rows).startswith(b"%PDF")

"""The recovery sheets: three pages for three keepers, and nothing of the words anywhere but on them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pikepdf
import pytest

from app.bootstrap import child_command
from app.documents import recovery
from app.documents.catalogue import CATALOGUE
from app.documents.forms import DRAWINGS
from app.documents.recovery_rows import FORM_ID, RecoveryRows
from app.documents.renderer import Renderer
from app.errors import EnvironmentProblem
from app.queries.form_rows import PrintContext, Row
from app.vault import shares

AT = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
SHARES = list(shares.split(bytes(range(32))))


def rows(name: str = "") -> RecoveryRows:
    return RecoveryRows(shares=SHARES, needed=2, vault="4F2A-91C0", name=name)


def context(language: str = "en") -> PrintContext:
    return PrintContext(form_id=FORM_ID, language=language, printed_at=AT)


def pages_of(text: str) -> list[str]:
    """The pages of a laid out text; a form feed ends each."""
    return text.split("\f")[:-1]


@pytest.fixture
def renderer() -> Iterator[Renderer]:
    made = Renderer(child_command())
    yield made
    made.close()


def test_each_page_holds_one_share_and_no_other(words_of: Callable[..., str], renderer: Renderer) -> None:
    pages = pages_of(words_of(renderer.render(context(), rows()), layout=True))
    assert len(pages) == 3
    for number, page in enumerate(pages):
        tokens = page.split()
        for place, word in enumerate(SHARES[number].split(), start=1):
            assert word in tokens, f"word {place} of sheet {number + 1}"
        assert f"{number + 1} of 3" in page and "4F2A-91C0" in page
        foreign = set(SHARES[(number + 1) % 3].split()) - set(SHARES[number].split())
        assert len(foreign & set(tokens)) <= 3, "only words that the sentences use too"


def test_nothing_of_the_words_or_the_person_is_in_the_properties(renderer: Renderer) -> None:
    pdf = renderer.render(context(), rows("Robin Example"))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        told = " ".join(str(value) for value in opened.docinfo.values())
    assert "Robin" not in told and not set(told.lower().split()) & {word for share in SHARES for word in share.split()}
    assert "4F2A" not in told


def test_the_name_stands_there_only_when_asked_for(words_of: Callable[..., str]) -> None:
    assert "Robin Example" not in words_of(recovery.render(context(), rows()))
    assert "Robin Example" in words_of(recovery.render(context(), rows("Robin Example")))


def test_in_french_every_sentence_is(words_of: Callable[..., str]) -> None:
    page = pages_of(words_of(recovery.render(context("fr"), rows()), layout=True))[0]
    assert "Feuille de secours" in page and "1 sur 3" in page
    for english in ("Recovery", "Sheet", "Kept by", "Signature of"):
        assert english not in page


def test_it_is_no_form_of_the_programme(renderer: Renderer) -> None:
    assert FORM_ID not in CATALOGUE and FORM_ID not in DRAWINGS
    with pytest.raises(EnvironmentProblem):
        renderer.render(context(), Row())

"""What the sheets of a recovery key are drawn from.

They are no form of the programme: no record stands behind them, nobody fills them in, and they have no number in
`domain.md` 24. So they are not in the catalogue, and nothing offers them but the keys themselves.

The words go to the drawing child like any row. That child holds no key of its own, writes no file and knows no
network; it does see these words, as the printer and its queue will. Drawing them elsewhere would bring the drawing
library, which reads fonts and pictures, into the process that holds the vault's key: the child is the safer place.
"""

from __future__ import annotations

from typing import Final

from app.documents.catalogue import Form
from app.models.vocab import Audience
from app.queries.form_rows import Row
from app.words import mark

FORM_ID: Final = "recovery"
FORM: Final = Form(FORM_ID, "1", mark("Recovery sheet for the safe"), frozenset({Audience.INTERNAL}))


class RecoveryRows(Row, frozen=True, kw_only=True):
    """The shares, each a text of words; the short id of the vault; the person, if it is to stand on the sheet."""

    shares: list[str]
    needed: int
    vault: str
    name: str = ""

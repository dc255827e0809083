"""Collects every marked text into the French catalogue and compiles it: `python -m tests.words`.

A text no longer used is dropped; a new one waits with an empty translation, which `tests/test_words.py` refuses.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "resources" / "locale" / "fr" / "LC_MESSAGES" / "haven.po"
MO = PO.with_suffix(".mo")
KEYWORDS = {"tr": None, "mark": None, "trn": (1, 2)}


def collected() -> Catalog:
    """Every text that the application marks, with nothing translated."""
    # Fixed dates and names: the same texts make the same file.
    dated = datetime(2026, 1, 1, tzinfo=UTC)
    catalogue = Catalog(
        locale="fr",
        domain="haven",
        project="Haven",
        version="1",
        msgid_bugs_address="",
        last_translator="Haven",
        language_team="fr",
        creation_date=dated,
        revision_date=dated,
        fuzzy=False,
    )
    for name, line, text, comments, _context in extract_from_dir(
        ROOT / "app", method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        catalogue.add(text, None, [(f"app/{name}", line)], auto_comments=comments)
    return catalogue


def published() -> Catalog:
    """The catalogue as it stands in the tree."""
    with PO.open("rb") as file:
        return read_po(file, locale="fr", domain="haven")


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def renewed() -> Catalog:
    """What is marked now, with the translations that stand."""
    fresh, known = collected(), published() if PO.exists() else Catalog(locale="fr")
    for message in fresh:
        found = known.get(message.id) if message.id else None
        if found is not None:
            message.string = found.string
    fresh.header_comment = "# French of Haven. English is the key; collected by `make words`."
    return fresh


def main() -> int:
    """Renew the catalogue; print how many texts wait for their French."""
    catalogue = renewed()
    PO.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    write_po(out, catalogue, width=118, sort_output=True, omit_header=False, no_location=True)
    PO.write_bytes(out.getvalue())
    MO.write_bytes(compiled(published()))
    waiting = [message for message in catalogue if message.id and not all(_strings(message.string))]
    sys.stdout.write(f"{len(catalogue)} texts, {len(waiting)} wait for their French\n")
    return 0


def _strings(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (str(value or ""),)


if __name__ == "__main__":
    raise SystemExit(main())

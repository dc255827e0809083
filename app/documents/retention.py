"""F-2003, the certificate of destruction: hashes, classes and days, two signatures, no person (domain.md 20.5)."""

from __future__ import annotations

from app.documents.blocks import Block, Field, Fields, Paragraph
from app.documents.printing import Printing
from app.documents.signing import signatures
from app.documents.table import Column, Table
from app.queries.retention_rows import CertificateRows
from app.words import mark

FIRST_SIGNS = mark("Who proposed it")
SECOND_SIGNS = mark("Who approved it")
_ROWS_TO_WRITE = 12


def f_2003(rows: CertificateRows, p: Printing) -> list[Block]:
    """What was destroyed, when and how, and the two who decided it."""
    listed = [(one.certificate, p.term(one.kept_as), p.short_date(one.kept_until)) for one in rows.lines]
    return [
        Fields(_head(rows, p), columns=2, blank=p.blank),
        Table(
            (Column(p.tr("Certificate"), 3), Column(p.tr("Kind"), 2), Column(p.tr("Kept until"), 1.2)),
            listed,
            empty=p.tr("Nothing was destroyed."),
            blank_rows=_ROWS_TO_WRITE if p.blank else 0,
        ),
        Paragraph(
            p.tr(
                "The keys of these records were destroyed on every computer and on the server, and the records "
                "overwritten. A certificate number is computed from a random number and leads to nobody."
            ),
            "mark",
        ),
        *signatures(p, [], (FIRST_SIGNS, SECOND_SIGNS)),
    ]


def _head(rows: CertificateRows, p: Printing) -> tuple[Field, ...]:
    return (
        p.field(p.tr("Destroyed on"), p.long_date(rows.destroyed_on), strong=True),
        p.field(p.tr("Why?"), rows.reason),
        p.field(p.tr("Proposed by"), rows.proposed_by),
        p.field(p.tr("Proposed on"), p.long_date(rows.proposed_on)),
        p.field(p.tr("Approved by"), rows.approved_by),
        p.field(p.tr("Approved on"), p.long_date(rows.approved_on)),
    )

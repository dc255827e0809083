"""Who signs a form: the signatures given, and empty lines for those that are still to come."""

from __future__ import annotations

from app.documents.blocks import Block, Signature
from app.documents.printing import Printing
from app.queries.form_rows import SignatureRow
from app.words import mark

CLIENT_SIGNS = mark("Client")
GUARDIAN_SIGNS = mark("Parent, guardian or substitute decision-maker")
WITNESS_SIGNS = mark("Witness")
WORKER_SIGNS = mark("Worker")


def signatures(p: Printing, rows: list[SignatureRow], expected: tuple[str, ...], *, close: bool = False) -> list[Block]:
    """The signatures given, then an empty line for each expected role (marked text) that has not signed.

    `close`: with less room between them.
    """
    given = {row.role for row in rows}
    waiting = [SignatureRow(role=role) for role in expected if role not in given]
    return [
        Signature(
            role=p.term(row.role),
            name_label=p.tr("Name in print"),
            name=row.name,
            date_label=p.tr("Date"),
            date=p.long_date(p.local_date(row.signed_at)),
            remark=p.term(row.method),
            strokes=row.strokes,
            aspect=row.aspect,
            close=close,
        )
        for row in [*rows, *waiting]
    ]

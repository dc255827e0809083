"""The collection notice (`domain.md` 19.1): our default wording with the unit's parts, or the unit's own wording."""

from __future__ import annotations

from app.documents.blocks import Notice as NoticeBox
from app.documents.printing import Printing


def collection_notice(p: Printing, recipients: list[str] | None = None) -> NoticeBox:
    """The notice as a box. `recipients` are the bodies named on this form; without any, the unit's usual ones."""
    notice = p.context.notice
    named = ", ".join(recipients or notice.recipients) or p.tr("the organizations named on this form")
    contact = ", ".join(
        part for part in (notice.contact_title, notice.contact_address, notice.contact_telephone) if part
    )
    text = notice.text or p.tr(
        "We collect this information under {authority} so that we can {purpose}. We use it for that purpose and for "
        "related safety and reporting duties. We share it only with {recipients}, when you agree, or when the law "
        "requires or allows it - for example to protect someone from serious harm, to protect a child, or by court "
        "order. Records made by a police service may have to be given to the prosecutor. You may ask to see or "
        "correct your information, and you may withdraw consent at any time. Questions: {contact}.",
        authority=notice.authority or p.tr("the law that governs this service"),
        purpose=p.tr(p.form.purpose),
        recipients=named,
        contact=contact or p.tr("ask your worker"),
    )
    title = p.tr("Why we ask, and what happens with it (notice {version})", version=notice.version)
    return NoticeBox(text, title, kind="small")

"""F-305 referral letter and F-306 take-away sheet (`domain.md` 2.8)."""

from __future__ import annotations

from app.documents.blocks import (
    Block,
    Field,
    Fields,
    Gap,
    Heading,
    Notice,
    Paragraph,
    Tick,
    TickList,
    Value,
)
from app.documents.printing import Printing
from app.documents.signing import WORKER_SIGNS, signatures
from app.queries.form_rows import (
    ReferralRows,
    TakeAwayRows,
    TakeAwayService,
)

# --- F-305 --------------------------------------------------------------------------------------------------------


def f_305(rows: ReferralRows, p: Printing) -> list[Block]:
    """Referral letter: of the person only what is both chosen for sharing and covered by consent."""
    allowed = frozenset(rows.info_shared) & frozenset(rows.consented)
    facts = [fact for fact in rows.facts if fact.key in allowed]
    return [
        *_letter_head(rows, p),
        Heading(p.tr("Referral from {unit}", unit=p.unit)),
        Paragraph(
            p.tr(
                "With the agreement of the person named below, we ask for your help. Please use what follows only for "
                "this purpose, and ask the person before you share it further."
            )
        ),
        Heading(p.tr("What the person agreed to share"), 2),
        Fields(
            tuple(Field(p.term(fact.label), p.typed(fact.value), wide=len(fact.value.text) > 60) for fact in facts)
            if not p.blank
            else tuple(
                Field(label, Value())
                for label in (p.tr("Name"), p.tr("Safe way to make contact"), p.tr("Language"), p.tr("Safe times"))
            ),
            blank=p.blank,
        ),
        *(
            [Paragraph(p.tr("The person did not agree to share any details."), "mark")]
            if not facts and not p.blank
            else []
        ),
        *_letter_consent(rows, p),
        *_reply(p),
        *signatures(p, rows.signatures, (WORKER_SIGNS,)),
    ]


def _letter_head(rows: ReferralRows, p: Printing) -> list[Block]:
    sender = " · ".join(part for part in (rows.from_name, p.term(rows.from_role), rows.from_phone) if part)
    to = "\n".join(part for part in (rows.to_name, *rows.to_address, rows.to_phone) if part)
    urgent = [Notice(p.tr("Please call us back today."), p.tr("Urgent"), caution=True)] if rows.urgent else []
    return [
        *urgent,
        Fields(
            (
                p.field(p.tr("To"), to, strong=True),
                p.field(p.tr("From"), sender),
                p.field(p.tr("Date"), p.long_date(rows.sent_on)),
                p.field(p.tr("Need"), p.term(rows.need)),
                p.field(p.tr("How it was sent"), p.term(rows.method)),
            ),
            blank=p.blank,
        ),
    ]


def _letter_consent(rows: ReferralRows, p: Printing) -> list[Block]:
    if rows.consent_given_on is None and not p.blank:
        return []
    return [
        Fields(
            (
                p.field(p.tr("Consent given on"), p.long_date(rows.consent_given_on)),
                p.field(p.tr("Consent ends on"), p.long_date(rows.consent_expires_on)),
            ),
            blank=p.blank,
        )
    ]


def _reply(p: Printing) -> list[Block]:
    answers = (
        p.tr("The person is connected with us"),
        p.tr("On our waiting list until about:"),
        p.tr("We cannot take this referral because:"),
        p.tr("The person did not want our service"),
        p.tr("We could not reach the person"),
    )
    return [
        Heading(p.tr("Your answer to us"), 2),
        Paragraph(p.tr("Please send this part back or call us. Tell us only what the person agrees to."), "mark"),
        TickList(tuple(Tick(answer) for answer in answers), columns=2),
    ]


# --- F-306 --------------------------------------------------------------------------------------------------------


def f_306(rows: TakeAwayRows, p: Printing) -> list[Block]:
    """Take-away sheet: services and what to bring; not why."""
    services = rows.services or ([TakeAwayService()] * 3 if p.blank else [])
    blocks: list[Block] = []
    for service in services:
        blocks += _service(service, p)
    if not blocks:
        blocks.append(Paragraph(p.tr("Nothing recorded."), "mark"))
    if rows.note.text:
        blocks += [Heading(p.tr("Also"), 2), Paragraph(rows.note.text, remark=p.remark(rows.note))]
    contact = " · ".join(part for part in (rows.worker_first_name, rows.phone) if part)
    if contact:
        blocks += [Gap(2), Fields((Field(p.tr("Questions"), Value(contact, strong=True)),), columns=1)]
    return blocks


def _service(service: TakeAwayService, p: Printing) -> list[Block]:
    wanted = (
        (p.tr("Telephone"), Value(service.phone, strong=True)),
        (p.tr("Text or relay"), Value(service.text_line, strong=True)),
        (p.tr("Where"), Value(service.address)),
        (p.tr("Hours"), p.typed(service.hours)),
        (p.tr("Languages"), Value(p.terms(service.languages))),
    )
    fields = tuple(Field(label, value) for label, value in wanted if value.text or p.blank)
    bring = [Tick(item.text, remark=p.remark(item)) for item in service.bring]
    blocks: list[Block] = [Heading(service.name)] if service.name else []
    if p.blank:
        blocks = [Gap(3), Fields((Field(p.tr("Service"), Value()),), columns=1, blank=True)]
    blocks.append(Fields(fields, blank=p.blank))
    if bring:
        blocks += [Heading(p.tr("What to bring"), 2), TickList(bring, columns=2)]
    if service.note.text:
        blocks.append(Paragraph(service.note.text, remark=p.remark(service.note)))
    return blocks

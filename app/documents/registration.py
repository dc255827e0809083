"""F-601, the registration; F-603 to F-606, the letters to whoever registered; F-608, the list of a facility."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.documents.blocks import (
    Block,
    Bullets,
    Field,
    Fields,
    Gap,
    Heading,
    Notice,
    Paragraph,
    Tick,
    TickList,
    Value,
    WriteLines,
    text_strips,
)
from app.documents.flow import Strip, space
from app.documents.page import Element
from app.documents.printing import Printing
from app.documents.registration_parts import LISTED_TEXTS, OFFICE, PARTS, Item, Part
from app.documents.signing import signatures
from app.documents.table import Column, Table
from app.documents.theme import Theme
from app.queries.form_rows import FacilityRows, RegistrationRows
from app.words import mark

SUBMITTER_SIGNS = mark("Who registers the person")
REGISTRY_SIGNS = mark("For the registry")
_NONE = "none"


def f_601(rows: RegistrationRows, p: Printing) -> list[Block]:
    """The registration, blank for paper or filled from the record."""
    return [
        Paragraph(
            p.tr(
                "The registry is voluntary. It helps officers to find this person, or to deal with them safely, in an "
                "emergency. It is not used for background or record checks."
            )
        ),
        Paragraph(
            p.tr("“Nothing known” and “I prefer not to say” are answers: please write one where you have no other.")
        ),
        *_parts(rows, p, PARTS),
        *_declaration(p),
        *_part(rows, p, OFFICE),
        *signatures(p, [], (REGISTRY_SIGNS,)),
    ]


def _declaration(p: Printing) -> list[Block]:
    return [
        Heading(p.tr("Declaration")),
        Paragraph(
            p.tr(
                "What I wrote is true to the best of my knowledge. I will tell the registry when an address, a school, "
                "a contact or a condition changes. I know that I have to renew before the registration ends, and that "
                "I can withdraw it at any time."
            )
        ),
        *signatures(p, [], (SUBMITTER_SIGNS,)),
    ]


def f_603(rows: RegistrationRows, p: Printing) -> list[Block]:
    """Confirmation: number, term, what police see, how to change."""
    return [
        *_address(rows, p),
        Paragraph(p.tr("Thank you. The registration below is in force.")),
        *_term(rows, p),
        Heading(p.tr("What officers see"), 2),
        Paragraph(
            p.tr(
                "In an emergency, officers find the person by name, address or telephone number and see one page: what "
                "could endanger the person, how to communicate, what calms, where to look, and whom to call. Nobody "
                "needs a number. Each time a page is opened, the reason is recorded."
            )
        ),
        Heading(p.tr("When something changes"), 2),
        Paragraph(
            p.tr(
                "Tell us when an address, a school, a contact, a condition or what helps the person changes. Small "
                "things, such as a haircut, can wait until you renew."
            )
        ),
        Heading(p.tr("Renewing"), 2),
        Paragraph(
            p.tr(
                "Renewing is up to you. We remind you before the registration ends. If it is not renewed, officers "
                "stop seeing the page a short time after it ends."
            )
        ),
        *_reach(p),
    ]


def f_604(rows: RegistrationRows, p: Printing) -> list[Block]:
    """Renewal notice with what is recorded now, and a box for changes in each section."""
    blocks: list[Block] = [
        *_address(rows, p),
        Paragraph(
            p.tr(
                "The registration below ends soon. Please look through what we have, write down what has changed, sign "
                "at the end and return it. If nothing has changed, the short form is enough."
            )
        ),
        *_term(rows, p),
    ]
    for part in PARTS:
        blocks += _part(rows, p, part)
        if part.changes:
            blocks += [TickList((Tick(p.tr("This has changed. Please write:")),)), WriteLines(2)]
    blocks += [
        Heading(p.tr("Photograph")),
        Paragraph(p.tr("A recent photograph of the face, of the person alone, helps most. You may enclose one.")),
        *_declaration(p),
        *_reach(p),
    ]
    return blocks


def f_605(rows: RegistrationRows, p: Printing) -> list[Block]:
    """Renewal without changes: the tick, the check of the contacts, the signature."""
    return [
        *_address(rows, p),
        *_term(rows, p),
        TickList((Tick(p.tr("Nothing has changed since I last signed. Please renew the registration."), strong=True),)),
        Gap(1),
        Heading(p.tr("Emergency contacts"), 2),
        Paragraph(p.tr("Please check each one: is the name right, does the number still work?")),
        *_written(rows, p, Item("contacts", "", wide=True, lines=4)),
        TickList((Tick(p.tr("I have checked the contacts.")),)),
        Heading(p.tr("If something did change, write it here"), 2),
        WriteLines(4),
        *signatures(p, [], (SUBMITTER_SIGNS,)),
        *_reach(p),
    ]


def f_606(rows: RegistrationRows, p: Printing) -> list[Block]:
    """Request to take a registration out."""
    reasons = (
        p.tr("The person does not want it any more"),
        p.tr("It is not needed any more"),
        p.tr("The person moved away"),
        p.tr("The person died"),
        p.tr("Another reason:"),
    )
    return [
        Fields(
            (
                p.field(p.tr("The person"), rows.person, strong=True),
                p.field(p.tr("Registration number"), rows.number),
                p.field(p.tr("Who asks"), ""),
                p.field(p.tr("By what right"), ""),
            )
            if not p.blank and rows.person
            else tuple(
                Field(text, Value())
                for text in (
                    p.tr("The person"),
                    p.tr("Registration number"),
                    p.tr("Who asks"),
                    p.tr("By what right"),
                )
            ),
            blank=True,
        ),
        Paragraph(
            p.tr(
                "Please take this registration out. Officers will no longer find the person. The record itself is kept "
                "for as long as the law asks, and then destroyed."
            )
        ),
        Heading(p.tr("Reason, if you want to give one"), 2),
        TickList(tuple(Tick(reason) for reason in reasons)),
        WriteLines(2),
        *signatures(p, [], (mark("Who asks"), REGISTRY_SIGNS)),
        *_reach(p),
    ]


def f_608(rows: FacilityRows, p: Printing) -> list[Block]:
    """The residents of a facility with their registrations."""
    listed = [
        (
            each.name,
            each.number or p.tr("Number pending"),
            p.term(each.status),
            p.short_date(each.expires_on),
            each.contact,
        )
        for each in rows.residents
    ]
    return [
        Fields(
            (
                p.field(p.tr("Facility"), rows.facility, strong=True),
                p.field(p.tr("Contact person"), rows.contact),
                p.field(p.tr("Telephone"), rows.phone),
                p.field(p.tr("List received on"), p.long_date(rows.received_on)),
            ),
            blank=p.blank,
        ),
        Table(
            (
                Column(p.tr("Resident"), 2.4),
                Column(p.tr("Number"), 1.9),
                Column(p.tr("Status"), 1.3),
                Column(p.tr("Ends on"), 1.3),
                Column(p.tr("Emergency contact"), 2.6),
            ),
            listed,
            empty=p.tr("Nobody of this facility is registered."),
            blank_rows=14 if p.blank else 0,
        ),
        Paragraph(
            p.tr("Each resident has a registration of their own. Please send us those who moved in or out."), "mark"
        ),
        *signatures(p, [], (mark("Facility administrator"), REGISTRY_SIGNS)),
    ]


# --- What several of them share -----------------------------------------------------------------------------------


def _address(rows: RegistrationRows, p: Printing) -> list[Block]:
    if p.blank:
        return [Heading(p.tr("To"), 2), WriteLines(3)]
    return [Paragraph("\n".join(rows.to) or rows.submitter, "strong"), Gap(2)]


def _term(rows: RegistrationRows, p: Printing) -> list[Block]:
    return [
        Fields(
            (
                p.field(p.tr("The person"), rows.person, strong=True),
                p.field(p.tr("Registration number"), rows.number, strong=True),
                p.field(p.tr("In force from"), p.long_date(rows.starts_on)),
                p.field(p.tr("Ends on"), p.long_date(rows.expires_on), strong=True),
            ),
            blank=p.blank,
        )
    ]


def _reach(p: Printing) -> list[Block]:
    telephone = p.context.notice.contact_telephone
    return [
        Notice(
            p.tr("Call or write to us with any question. Our letters never ask for money or for a password."),
            telephone or p.tr("Questions"),
        )
    ]


def _parts(rows: RegistrationRows, p: Printing, parts: Iterable[Part]) -> list[Block]:
    return [block for part in parts for block in _part(rows, p, part)]


def _part(rows: RegistrationRows, p: Printing, part: Part) -> list[Block]:
    """One section: short answers side by side, ticked lists and long answers over the whole width."""
    blocks: list[Block] = []
    short: list[Field] = []
    for item in part.items:
        if item.listed is None and not item.yes_no and not item.wide:
            short.append(_field(rows, p, item))
            continue
        if short:
            blocks.append(Fields(tuple(short), blank=p.blank))
            short = []
        blocks += _written(rows, p, item)
    if short:
        blocks.append(Fields(tuple(short), blank=p.blank))
    return [Heading(p.tr(part.title)), *blocks]


def _field(rows: RegistrationRows, p: Printing, item: Item) -> Field:
    text = rows.values.get(item.name, "")
    codes = rows.chosen.get(item.name, [])
    if item.name in LISTED_TEXTS and codes:
        text = p.terms([one.text for one in LISTED_TEXTS[item.name] if one.value in codes])
    return p.field(p.tr(item.label), text)


@dataclass(frozen=True)
class Asked:
    """A question with its answer: the question never stands alone at the foot of a page."""

    label: str
    answer: Sequence[Block]

    def strips(self, theme: Theme, width: float) -> list[Strip]:
        """See `Block`."""
        label = text_strips(self.label, theme.label, width, element=Element("P"), glued=True) if self.label else []
        below = [strip for block in self.answer for strip in block.strips(theme, width)]
        return [space(theme.unit * 0.6), *label, *below]


def _written(rows: RegistrationRows, p: Printing, item: Item) -> list[Block]:
    """A list to tick, or a long answer."""
    return [Asked(p.tr(item.label) if item.label else "", _answer(rows, p, item))]


def _answer(rows: RegistrationRows, p: Printing, item: Item) -> list[Block]:
    codes = set(rows.chosen.get(item.name, []))
    none = [Tick(p.tr("Nothing known"), _NONE in codes)] if item.none else []
    if item.yes_no:
        ticks = [Tick(p.tr("Yes"), "yes" in codes), Tick(p.tr("No"), "no" in codes)]
        return [TickList(ticks, columns=4)]
    if item.listed is not None:
        ticks = [Tick(p.tr(one.text), one.value in codes) for one in item.listed]
        return [TickList([*ticks, *none], columns=3)]
    if p.blank:
        return [*([TickList(none)] if none else []), WriteLines(item.lines or 1)]
    text = rows.values.get(item.name, "")
    if not text:
        said = p.tr("Nothing known") if _NONE in codes else p.tr("not recorded")
        return [Paragraph(said, "body" if _NONE in codes else "mark")]
    lines = text.splitlines()
    return [Bullets([Value(line) for line in lines]) if len(lines) > 1 else Paragraph(text)]

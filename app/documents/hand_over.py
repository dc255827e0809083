"""F-607, the missing-person hand-over sheet: what happened, to be written in, and the card (`domain.md` 6.6, 24.1)."""

from __future__ import annotations

from app.documents.blocks import (
    Block,
    Field,
    Fields,
    Heading,
    Notice,
    Paragraph,
    Tick,
    TickList,
    Value,
    WriteLines,
)
from app.documents.printing import Printing
from app.documents.signing import signatures
from app.queries.form_rows import EmergencyCardRows, HandOverRows
from app.words import mark


def f_607(rows: HandOverRows, p: Printing) -> list[Block]:
    """What the next team needs: when and where last seen, what was searched, then the card in the order of need."""
    return [*_who(rows, p), *_seen(rows, p), *_card(rows.card, p), *_sign(p)]


def _who(rows: HandOverRows, p: Printing) -> list[Block]:
    card = rows.card
    blocks: list[Block] = []
    if card.answers_to:
        blocks.append(Paragraph(" · ".join(part for part in (card.answers_to, card.name, card.age) if part), "heading"))
        blocks.append(Paragraph(" · ".join(part for part in (card.who, *card.looks) if part)))
    if card.life_threatening:
        blocks.append(Notice(card.life_threatening, p.tr("LIFE-THREATENING"), caution=True, kind="subheading"))
    if card.custody:
        blocks.append(Notice(card.custody, p.tr("Court order or custody"), caution=True))
    if card.warnings:
        blocks.append(Notice(" ".join(card.warnings), caution=True))
    return blocks


def _seen(rows: HandOverRows, p: Printing) -> list[Block]:
    lines = (
        ("seen", p.tr("Last seen: date and time")),
        ("place", p.tr("Last seen: place")),
        ("seen_by", p.tr("Last seen by")),
        ("way", p.tr("Direction, and how they left")),
        ("clothing", p.tr("Clothing today")),
        ("mood", p.tr("Mood")),
        ("trackers", p.tr("Telephone or device with them")),
        ("medication", p.tr("Medication due at")),
        ("weather", p.tr("Weather")),
        ("caregiver", p.tr("Where the caregiver is")),
    )
    number = p.field(p.tr("Occurrence number"), rows.occurrence_no, strong=True)
    if not rows.occurrence_no:
        number = Field(p.tr("Occurrence number"), Value())
    searched = (
        ("home", p.tr("Whole home")),
        ("yard", p.tr("Yard and sheds")),
        ("vehicle", p.tr("Vehicles")),
        ("neighbours", p.tr("Neighbours")),
        ("building", p.tr("The rest of the building")),
        ("", p.tr("Near by")),
    )
    return [
        Heading(p.tr("What happened")),
        Fields((number, *(Field(line, Value(rows.seen.get(key, ""))) for key, line in lines)), blank=True),
        Heading(p.tr("Searched already"), 2),
        TickList(tuple(Tick(title, code in rows.searched) for code, title in searched), columns=3),
        WriteLines(3),
    ]


def _card(card: EmergencyCardRows, p: Printing) -> list[Block]:
    contacts = [" · ".join((each.who, *each.phones, *each.heed)) for each in card.contacts]
    parts = (
        (p.tr("Attracted to"), [card.attractions]),
        (p.tr("Near by"), card.near),
        (p.tr("Other places"), card.places),
        (p.tr("Found before"), card.wandered),
        (p.tr("When searching"), card.searching),
        (p.tr("Gets about"), [card.moves]),
        (p.tr("Communicate"), [card.communicate]),
        (p.tr("Do"), [card.do]),
        (p.tr("Do not"), [card.do_not]),
        (p.tr("Calm with"), [card.calm]),
        (p.tr("Triggers"), [card.triggers]),
        (p.tr("When distressed"), [card.risks]),
        (p.tr("Health"), card.health),
        (p.tr("Whom to call"), contacts),
        (p.tr("Addresses"), card.addresses),
        (p.tr("Telephones and devices"), card.devices),
        (p.tr("Note"), [card.note]),
    )
    said = {title: "\n".join(line for line in lines if line) for title, lines in parts}
    fields = tuple(Field(title, Value(text)) for title, text in said.items() if text or p.blank)
    return [Heading(p.tr("From the card")), Fields(fields, blank=p.blank)]


def _sign(p: Printing) -> list[Block]:
    return signatures(p, [], (mark("Handed over by"), mark("Taken over by")))

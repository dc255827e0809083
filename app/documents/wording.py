"""Closed lists that blanks print when no record fills them: the English marked texts, in the order of `domain.md`."""

from __future__ import annotations

from app.models import vocab
from app.words import mark

CONSENT_SCOPES = tuple(scope.text for scope in vocab.ConsentScope)
NEED_DOMAINS = tuple(domain.text for domain in vocab.NeedDomain)
LEVELS = {int(level.value): level.text for level in vocab.NeedLevel}
PLAN_SECTIONS = tuple(section.text for section in vocab.PlanSection)
"""The titles of sections 1 to 14 (`domain.md` 4.1)."""

_NUMBER = {section: number for number, section in enumerate(vocab.PlanSection, start=1)}
ACCUSED_SECTION = _NUMBER[vocab.PlanSection.ACCUSED]
DOCUMENTS_SECTION = _NUMBER[vocab.PlanSection.DOCUMENTS]
FACT_SECTIONS = frozenset({_NUMBER[vocab.PlanSection.PEOPLE], ACCUSED_SECTION})
"""Sections that hold facts, not choices."""

PLAN_PROMPTS: tuple[tuple[str, ...], ...] = (
    (
        mark("Rooms with a way out, and rooms to stay away from"),
        mark("Where my bag and keys are"),
        mark("Who will call the police when they hear a noise or see a signal"),
        mark("My code word"),
        mark("What the children do and where they go"),
        mark("First, second and third place to go"),
    ),
    (
        mark("Money set aside"),
        mark("Copies and a bag with someone I trust"),
        mark("A telephone that is safe"),
        mark("When and how I would go"),
        mark("Who may know, and who may not"),
    ),
    (
        mark("Locks, doors, windows and lights"),
        mark("Landlord and neighbours told"),
        mark("Pick-up list at the school or daycare"),
        mark("Mail and address protected"),
    ),
    (
        mark("Copies carried, at work and at school"),
        mark("What I do when the order is broken"),
        mark("When it ends, and how far away"),
        mark("How we exchange the children or belongings"),
    ),
    (
        mark("Supervisor or security told"),
        mark("Arriving, leaving, parking, transit"),
        mark("Other places and times for shopping and banking"),
        mark("What I do when I am followed"),
    ),
    (
        mark("Who may collect them"),
        mark("What each child knows"),
        mark("Online games and devices"),
        mark("Comfort and someone to talk to"),
    ),
    (
        mark("Passwords and two-step codes changed from a safe device"),
        mark("Location sharing, trackers, car and home apps checked"),
        mark("Shared plans and accounts"),
        mark("Nothing wiped before I have had advice"),
    ),
    (
        mark("Someone to care for them"),
        mark("Licences, vet records, food"),
    ),
    (
        mark("What I do when I feel like going back"),
        mark("Who I call"),
        mark("What helps me rest"),
    ),
    (
        mark("Medication and devices"),
        mark("Signs that need a doctor, also days after being choked"),
        mark("Pregnancy"),
    ),
    (),
    (
        mark("Police and emergency: 911"),
        mark("Shelter"),
        mark("My worker"),
        mark("My lawyer"),
        mark("People I trust"),
    ),
    (
        mark("Description"),
        mark("Vehicle and plate"),
        mark("Hours of work"),
        mark("Weapons"),
        mark("Friends who help"),
    ),
    (
        mark("Where I carry it"),
        mark("Test day"),
        mark("When I press it"),
        mark("Where the signal is poor"),
    ),
)
"""What a blank plan asks in each section."""

DOCUMENTS = (
    mark("Identification, mine and the children's"),
    mark("Birth certificates"),
    mark("Passports"),
    mark("Health and social insurance cards"),
    mark("Status card"),
    mark("Permanent resident, work permit, immigration papers"),
    mark("Marriage or divorce papers"),
    mark("Custody papers and court orders"),
    mark("Lease, deed or mortgage"),
    mark("Bank and credit cards, statements"),
    mark("Tax returns"),
    mark("Benefit papers"),
    mark("Insurance papers"),
    mark("Driver's licence and vehicle papers"),
    mark("Medical and vaccination records"),
    mark("Prescriptions and medication"),
    mark("School records"),
    mark("Vet and licence papers"),
    mark("Keys"),
    mark("Address book"),
    mark("Telephone and charger"),
    mark("Cash"),
    mark("Photos and journal of abuse"),
    mark("Picture of the person who harmed me"),
    mark("Small valuables and keepsakes"),
    mark("Children's toys"),
    mark("Clothing"),
    mark("Glasses and hearing aids"),
)

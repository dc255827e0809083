"""Suggested items for each section of a safety plan, and the documents checklist (domain.md 4.1), in our own words.

A suggestion is a start: what the client wants is typed beside it and stays as typed. A code never changes its meaning;
a new suggestion goes at the end of its section.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.models.vocab import PlanSection
from app.words import mark


@dataclass(frozen=True)
class Suggested:
    """A suggested item: its code and its marked text."""

    code: str
    text: str


CATALOGUE: dict[PlanSection, tuple[Suggested, ...]] = {
    PlanSection.DURING: (
        Suggested("during.safer_rooms", mark("Rooms I move to: a way out, nothing that can be used as a weapon")),
        Suggested("during.avoid_rooms", mark("Rooms I stay out of: kitchen, bathroom, garage, no second door")),
        Suggested("during.exits", mark("Doors, windows and stairs I have practised leaving by")),
        Suggested("during.bag", mark("Where my bag and my keys are, ready to take")),
        Suggested("during.who_calls", mark("Who calls the police when they hear a noise or see my signal")),
        Suggested("during.code_word", mark("My code word for “call for help now”")),
        Suggested("during.children", mark("What the children do: which phone, what address they give, where they go")),
        Suggested("during.places", mark("My first, second and third place to go")),
    ),
    PlanSection.LEAVING: (
        Suggested("leaving.money", mark("Money I put aside, and where it is safe")),
        Suggested("leaving.copies", mark("Copies of papers with someone I trust")),
        Suggested("leaving.bag", mark("Where I keep a packed bag")),
        Suggested("leaving.keys", mark("Spare keys for the home and the car")),
        Suggested("leaving.account", mark("A bank account in my name only, with mail to a safe place")),
        Suggested("leaving.phone", mark("A phone that nobody else can open or trace")),
        Suggested("leaving.timing", mark("When it is safest to go")),
        Suggested("leaving.transport", mark("How I get away, and who drives")),
        Suggested("leaving.who_knows", mark("Who I tell, and who must not know")),
        Suggested("leaving.shelter", mark("The shelter I can call, and what they told me")),
        Suggested("leaving.pets", mark("Where my animals go")),
        Suggested("leaving.medication", mark("Medication for two weeks, and prescriptions")),
        Suggested("leaving.history", mark("How I keep my calls and searches private, without raising suspicion")),
    ),
    PlanSection.RESIDENCE: (
        Suggested("residence.locks", mark("Locks I change, and who has a key now")),
        Suggested("residence.doors", mark("Stronger doors and window bars or film")),
        Suggested("residence.light", mark("Lights outside that come on by themselves")),
        Suggested("residence.detectors", mark("Smoke detectors and fire extinguishers on each floor")),
        Suggested("residence.ladder", mark("A rope ladder for upper windows")),
        Suggested("residence.alarm", mark("An alarm, or a camera at the door")),
        Suggested(
            "residence.neighbours", mark("Landlord and neighbours who know to call the police, and have a picture")
        ),
        Suggested("residence.pick_up", mark("Who may collect the children: the list at school or daycare")),
        Suggested("residence.address", mark("How I keep my address and my mail private")),
    ),
    PlanSection.ORDERS: (
        Suggested("orders.copies", mark("Copies of the order: with me, at work, at school")),
        Suggested("orders.police", mark("The police where I live and work know about the order")),
        Suggested("orders.breach", mark("What I do when the order is broken: call, write down, keep proof")),
        Suggested("orders.expiry", mark("When the order ends, and who asks for a new one")),
        Suggested("orders.distance", mark("How far away the person must stay, and from which places")),
        Suggested("orders.exchange", mark("How children or belongings are handed over without meeting")),
        Suggested("orders.replacement", mark("Where I get a new copy when mine is lost")),
    ),
    PlanSection.PUBLIC: (
        Suggested("public.told", mark("Supervisor, security or school who know, and have a picture")),
        Suggested("public.calls", mark("Someone who screens my calls and visitors")),
        Suggested("public.arriving", mark("How I arrive and leave, and who walks with me")),
        Suggested("public.parking", mark("Where I park, with light and people")),
        Suggested("public.transit", mark("Which bus or train I take instead, and where I wait")),
        Suggested("public.habits", mark("Other shops, banks and times than before")),
        Suggested("public.followed", mark("What I do when I am followed: go to a busy place, call 911, not home")),
    ),
    PlanSection.CHILDREN: (
        Suggested("children.collect", mark("Who may collect the children, and the word they must know")),
        Suggested("children.know", mark("What each child knows, as fits the age")),
        Suggested("children.handover", mark("A neutral place to hand over the children")),
        Suggested("children.online", mark("Games, phones and accounts that could give us away")),
        Suggested("children.comfort", mark("What comforts each child")),
        Suggested("children.therapist", mark("Someone the children can talk to")),
        Suggested(
            "children.words", mark("Words for the children: it is not your fault, it is not your job to stop it")
        ),
    ),
    PlanSection.TECHNOLOGY: (
        Suggested("technology.advice", mark("Before I change or delete anything: get advice, keep the evidence")),
        Suggested("technology.devices", mark("Phone, tablet and computers: who set them up, who knows the code")),
        Suggested("technology.passwords", mark("New passwords for e-mail and cloud, made on a safe device")),
        Suggested("technology.plans", mark("Family phone plans, shared accounts and subscriptions")),
        Suggested("technology.location", mark("Location sharing in maps, photos and apps")),
        Suggested("technology.trackers", mark("Tags and trackers in the car, in bags, in the children's things")),
        Suggested("technology.car", mark("The car's own app and who can open it")),
        Suggested("technology.home", mark("Cameras, doorbells, speakers and thermostats in the home")),
        Suggested("technology.social", mark("Social media: who sees me, who tags me")),
        Suggested("technology.two_step", mark("Two-step codes that come only to me")),
        Suggested("technology.spyware", mark("Signs that someone reads my phone, and who can check it")),
    ),
    PlanSection.PETS: (
        Suggested("pets.care", mark("Who takes the animals for a while")),
        Suggested("pets.records", mark("Licences and vet records in my name")),
        Suggested("pets.vaccination", mark("Vaccinations that a boarding place asks for")),
        Suggested("pets.food", mark("Food, medication and a carrier, ready to take")),
        Suggested("pets.photo", mark("A photo of each animal with me")),
    ),
    PlanSection.EMOTIONAL: (
        Suggested("emotional.returning", mark("When I feel like going back: what I remember, who I call first")),
        Suggested("emotional.call", mark("Someone I can call at any hour")),
        Suggested("emotional.triggers", mark("What brings it all back, and what helps then")),
        Suggested("emotional.rest", mark("How I rest and eat")),
        Suggested("emotional.groups", mark("A group or a counsellor")),
        Suggested("emotional.reading", mark("Something to read or listen to")),
        Suggested("emotional.words", mark("Words I say to myself")),
        Suggested("emotional.substances", mark("Alcohol, drugs and medication: how I stay safe with them")),
    ),
    PlanSection.HEALTH: (
        Suggested("health.medication", mark("What I take, and where I keep a spare supply")),
        Suggested(
            "health.strangulation",
            mark(
                "After a hand on my throat: see a doctor, even days later; hoarse voice, trouble swallowing, dizziness"
            ),
        ),
        Suggested("health.pregnancy", mark("Pregnancy: who knows, who looks after me")),
        Suggested("health.devices", mark("Glasses, hearing aids, mobility and other devices I cannot be without")),
    ),
    PlanSection.DOCUMENTS: (
        Suggested("documents.where", mark("Where the things on my checklist are kept")),
        Suggested("documents.helper", mark("Who keeps copies for me")),
    ),
    PlanSection.PEOPLE: (
        Suggested("people.emergency", mark("911, and what I say first")),
        Suggested("people.police", mark("Police who know me: name, number, report number")),
        Suggested("people.shelter", mark("Shelter and crisis line")),
        Suggested("people.worker", mark("My worker")),
        Suggested("people.lawyer", mark("My lawyer or legal aid")),
        Suggested("people.trusted", mark("People I trust, and their numbers")),
        Suggested("people.code_words", mark("Code words, and who knows them")),
    ),
    PlanSection.ACCUSED: (
        Suggested("accused.description", mark("What the person looks like")),
        Suggested("accused.vehicle", mark("Vehicle and plate")),
        Suggested("accused.hours", mark("Where and when the person works")),
        Suggested("accused.weapons", mark("Weapons the person has or can get")),
        Suggested("accused.friends", mark("Friends or family who help the person find me")),
    ),
    PlanSection.DEVICE: (
        Suggested("device.carried", mark("Where I carry the alarm")),
        Suggested("device.test", mark("The day I test it")),
        Suggested("device.press", mark("When I press it")),
        Suggested("device.signal", mark("Places where the signal is poor")),
    ),
}
"""Suggested items by section, in the order in which they are asked about."""

DOCUMENTS: tuple[Suggested, ...] = (
    Suggested("identification", mark("Identification, mine and the children's")),
    Suggested("birth_certificates", mark("Birth certificates")),
    Suggested("passports", mark("Passports")),
    Suggested("health_cards", mark("Health and social insurance cards")),
    Suggested("status_card", mark("Status card")),
    Suggested("immigration", mark("Permanent resident, work permit, immigration papers")),
    Suggested("marriage", mark("Marriage or divorce papers")),
    Suggested("custody", mark("Custody papers and court orders")),
    Suggested("lease", mark("Lease, deed or mortgage")),
    Suggested("bank", mark("Bank and credit cards, statements")),
    Suggested("tax", mark("Tax returns")),
    Suggested("benefits", mark("Benefit papers")),
    Suggested("insurance", mark("Insurance papers")),
    Suggested("vehicle", mark("Driver's licence and vehicle papers")),
    Suggested("medical", mark("Medical and vaccination records")),
    Suggested("prescriptions", mark("Prescriptions and medication")),
    Suggested("school", mark("School records")),
    Suggested("vet", mark("Vet and licence papers")),
    Suggested("keys", mark("Keys")),
    Suggested("address_book", mark("Address book")),
    Suggested("phone", mark("Telephone and charger")),
    Suggested("cash", mark("Cash")),
    Suggested("journal", mark("Photos and journal of abuse")),
    Suggested("picture", mark("Picture of the person who harmed me")),
    Suggested("valuables", mark("Small valuables and keepsakes")),
    Suggested("toys", mark("Children's toys")),
    Suggested("clothing", mark("Clothing")),
    Suggested("aids", mark("Glasses and hearing aids")),
)
"""The documents checklist, in order."""

_ITEMS = {item.code: item.text for items in CATALOGUE.values() for item in items}
_DOCUMENTS = {item.code: item.text for item in DOCUMENTS}


def item_text(code: str | None) -> str:
    """The marked text of a suggested item; empty for none and for a code that this version does not know."""
    return _ITEMS.get(code or "", "")


def document_text(code: str | None) -> str:
    """The marked text of a line of the checklist; a line of one's own is its own text."""
    return _DOCUMENTS.get(code or "", code or "")

"""The parts of a registration on paper, in the order of the form: one table for the blank, the filled and the renewal.

Labels are those of the form in the window; lists are ticked, texts written (`domain.md` 6.3, F-601).
"""

from __future__ import annotations

from dataclasses import dataclass

from app.models import vocab
from app.models.vocab import Listed
from app.words import mark


@dataclass(frozen=True)
class Item:
    """One question. `listed`: its choices; `wide`: it takes the whole width; `none`: "none known" may be ticked."""

    name: str
    label: str
    listed: type[Listed] | None = None
    wide: bool = False
    none: bool = False
    yes_no: bool = False
    lines: int = 0


@dataclass(frozen=True)
class Part:
    """One section. `office`: filled in by the registry; `changes`: it has a box for changes on a renewal."""

    title: str
    items: tuple[Item, ...]
    office: bool = False
    changes: bool = True


PARTS = (
    Part(
        mark("About you"),
        (
            Item("submitter_name", mark("Your name")),
            Item("submitter_phone", mark("Telephone")),
            Item("submitter_email", mark("E-mail")),
            Item("submitter_address", mark("Address")),
            Item("relation", mark("What you are to the person")),
            Item("letter_language", mark("Language of our letters")),
            Item("authority", mark("Your authority"), vocab.RegistryAuthority),
            Item("residence_link", mark("The person’s link to this region"), vocab.ResidenceLink),
            Item("submitter_way", mark("A safe way to reach you"), vocab.SubmitterWay),
        ),
    ),
    Part(
        mark("Consent"),
        (
            Item("consent_registry", mark("Keep this in the registry, for officers in an emergency"), yes_no=True),
            Item("consent_share_police", mark("Share it with other police services"), yes_no=True),
            Item("consent_share_emergency", mark("Share it with fire and ambulance in an emergency"), yes_no=True),
        ),
    ),
    Part(
        mark("The person"),
        (
            Item("legal_first", mark("First name")),
            Item("legal_last", mark("Last name")),
            Item("preferred_name", mark("Name they answer to")),
            Item("aliases", mark("Other names")),
            Item("dob", mark("Date of birth (year-month-day)")),
            Item("gender", mark("Gender"), vocab.Gender),
            Item("languages", mark("Languages")),
            Item("addresses", mark("Addresses: where, how to get in, who else lives there"), wide=True, lines=3),
            Item("devices", mark("Telephone, watch or tag: number, brand, account holder"), wide=True),
        ),
    ),
    Part(
        mark("Photograph and description"),
        (
            Item("height_cm", mark("Height")),
            Item("weight_kg", mark("Weight")),
            Item("build", mark("Build")),
            Item("hair", mark("Hair")),
            Item("facial_hair", mark("Facial hair")),
            Item("eyes", mark("Eyes")),
            Item("complexion", mark("Complexion")),
            Item("medical_id", mark("Medical identification")),
            Item("clothing", mark("Usual clothing")),
            Item("carried", mark("What they carry")),
            Item("worn_aids", mark("Wears"), vocab.WornAid),
            Item("marks", mark("Scars, tattoos, marks"), wide=True),
        ),
    ),
    Part(
        mark("Health"),
        (
            Item("conditions", mark("Conditions"), vocab.Condition),
            Item("conditions_text", mark("More about the conditions"), wide=True),
            Item("life_threatening", mark("Is something life-threatening?"), yes_no=True),
            Item("life_threatening_text", mark("What is life-threatening"), wide=True),
            Item("medical_alerts", mark("Allergies, time-critical medication, implants"), wide=True, none=True),
        ),
    ),
    Part(
        mark("Communication"),
        (
            Item("communication", mark("How the person communicates"), vocab.SpeaksBy),
            Item("communication_text", mark("More about communication"), wide=True),
            Item("sensory", mark("Hard to bear"), vocab.Sensitivity, none=True),
        ),
    ),
    Part(
        mark("Triggers and calming"),
        (
            Item("triggers", mark("What makes it worse"), wide=True),
            Item("distress_signs", mark("Signs of distress"), wide=True),
            Item("calming", mark("What calms"), wide=True),
            Item("approach", mark("How to approach"), wide=True),
            Item("do_not", mark("What not to do"), wide=True),
        ),
    ),
    Part(
        mark("Dangers and attractions"),
        (
            Item("mobility", mark("Getting about"), vocab.Mobility),
            Item("swims", mark("Can the person swim?"), vocab.Tri),
            Item("vehicles", mark("Vehicles and bicycles"), wide=True),
            Item("risks", mark("When distressed, the person"), vocab.DistressRisk, none=True),
            Item("risks_text", mark("More about the risks"), wide=True),
            Item("attractions", mark("Attracted to"), vocab.Attraction, none=True),
            Item("attractions_text", mark("More about attractions"), wide=True),
            Item("fears", mark("Fears and dislikes"), wide=True),
            Item("home_hazards", mark("Hazards at home"), wide=True),
        ),
    ),
    Part(
        mark("Places and routines"),
        (
            Item("places", mark("Places the person goes to, or was found at"), wide=True, none=True, lines=3),
            Item("routines", mark("Routines: day, time, place, way there"), wide=True, none=True, lines=3),
        ),
    ),
    Part(
        mark("History"),
        (
            Item(
                "wander_history",
                mark("Earlier disappearances: date, from where, found where"),
                wide=True,
                none=True,
                lines=3,
            ),
            Item("hiding_habits", mark("Hiding habits"), wide=True),
            Item("responds_to_searchers", mark("Answers searchers who call?"), vocab.Tri),
            Item("past_places", mark("Past addresses, past work, childhood home"), wide=True),
            Item("important_dates", mark("Important dates"), wide=True),
        ),
    ),
    Part(
        mark("Emergency contacts"),
        (
            Item(
                "contacts",
                mark("In the order of calling: name, relation, telephones, can they come?"),
                wide=True,
                lines=4,
            ),
            Item("custody_warning", mark("Court order or custody: do not hand over to"), wide=True),
        ),
    ),
    Part(
        mark("School, day program, doctor, worker"),
        (Item("helpers", mark("Name and telephone of each"), wide=True, lines=3),),
    ),
    Part(mark("Anything else that officers should know first"), (Item("officer_note", mark("Note"), wide=True),)),
)
"""Every part that the submitter answers."""

OFFICE = Part(
    mark("Office use"),
    (
        Item("number", mark("Registration number")),
        Item("source", mark("How it came in")),
        Item("authority_evidence", mark("Proof of authority that was seen")),
        Item("id_checked", mark("Photo identification was checked"), yes_no=True),
        Item("consented_on", mark("Consent given on")),
        Item("facility", mark("Facility")),
    ),
    office=True,
    changes=False,
)
"""What the registry fills in."""

LISTED_TEXTS: dict[str, type[Listed]] = {"relation": vocab.Relation, "source": vocab.RegistrySource}
"""Answers of long lists that are written, not ticked."""

"""Which documents there are: one explicit table, without any drawing, so that the window can read it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.models.vocab import Audience
from app.words import mark


@dataclass(frozen=True)
class Form:
    """What is known of a form before it is drawn.

    `title` and `discreet_title` are marked texts. `neutral` forms never carry the unit's name, the record number or
    who printed them. `collects` forms print the collection notice; `purpose` is what the notice says it is for.
    """

    form_id: str
    version: str
    title: str
    audiences: frozenset[Audience]
    discreet_title: str = ""
    neutral: bool = False
    large_print: bool = False
    collects: bool = False
    purpose: str = ""
    protected: bool = field(default=False)

    @property
    def discreet(self) -> bool:
        """Whether a discreet variant may be printed."""
        return bool(self.discreet_title)


_INTERNAL = frozenset({Audience.INTERNAL})
_CLIENT = frozenset({Audience.CLIENT})

_SEARCH = mark("find the person quickly when they are missing")

DATA_FORM = "FORM"
"""The one entry for every form that is data; a print of one is asked for as `FORM:` and its id."""

_FORMS = (
    Form(
        "F-301",
        "1",
        mark("Service request and dispatch sheet"),
        _INTERNAL,
        collects=True,
        purpose=mark("answer this request for help"),
    ),
    Form("F-302", "1", mark("Contact card"), _CLIENT, neutral=True, large_print=True),
    Form(
        "F-303",
        "1",
        mark("Consent to service and to sharing information"),
        _CLIENT | _INTERNAL,
        discreet_title=mark("Information sheet"),
        large_print=True,
        collects=True,
        purpose=mark("support you and share only what you agree to"),
    ),
    Form(
        "F-304",
        "1",
        mark("Needs assessment and service plan"),
        _CLIENT | _INTERNAL,
        discreet_title=mark("My goals and steps"),
        collects=True,
        purpose=mark("find out what you need and plan the next steps with you"),
    ),
    Form("F-305", "1", mark("Referral"), frozenset({Audience.PARTNER, Audience.INTERNAL})),
    Form("F-306", "1", mark("Useful services"), _CLIENT, neutral=True),
    Form(
        "F-401",
        "1",
        mark("My safety plan"),
        _CLIENT,
        discreet_title=mark("My notes"),
        large_print=True,
        collects=True,
        purpose=mark("plan with you what makes you safer"),
        protected=True,
    ),
    Form("F-402", "1", mark("My list"), _CLIENT, neutral=True),
    Form(
        "F-403",
        "1",
        mark("Safety plan, worker copy"),
        _INTERNAL,
        collects=True,
        purpose=mark("plan with the person what makes them safer"),
        protected=True,
    ),
    Form("F-405", "1", mark("Documents and things to take"), _CLIENT | _INTERNAL, discreet_title=mark("To pack")),
    Form("F-602", "1", mark("Emergency card"), _INTERNAL, protected=True),
    Form("F-602P", "1", mark("Emergency card, phone size"), _INTERNAL, protected=True),
    Form("F-701", "1", mark("Inquiry and eligibility"), _INTERNAL, collects=True, purpose=_SEARCH),
    Form(
        "F-702",
        "1",
        mark("Enrolment agreement"),
        _CLIENT | _INTERNAL,
        large_print=True,
        collects=True,
        purpose=_SEARCH,
    ),
    Form("F-703", "1", mark("Physician’s statement"), _CLIENT, collects=True, purpose=_SEARCH),
    Form("F-704", "1", mark("Client profile"), _INTERNAL, collects=True, purpose=_SEARCH),
    Form("F-705", "1", mark("When the person is missing"), _CLIENT, large_print=True),
    Form("F-706", "1", mark("Daily test log"), _CLIENT | _INTERNAL),
    Form("F-707", "1", mark("Visit and battery record"), _INTERNAL),
    Form("F-708", "1", mark("Equipment receipt"), _CLIENT | _INTERNAL),
    Form("F-709", "1", mark("Call-taker’s script"), _INTERNAL),
    Form("F-710", "1", mark("Search card"), _INTERNAL, protected=True),
    Form("F-710A", "1", mark("Frequency sheet"), _INTERNAL, protected=True),
    Form("F-711", "1", mark("Bearing log"), _INTERNAL, protected=True),
    Form("F-712", "1", mark("Search report"), _INTERNAL, protected=True),
    Form("F-713", "1", mark("Route sheet"), _INTERNAL),
    Form("F-714", "1", mark("Fee notice"), _CLIENT | _INTERNAL, collects=True, purpose=_SEARCH),
    Form(
        "F-601",
        "1",
        mark("Vulnerable Person Registry: registration"),
        _CLIENT | _INTERNAL,
        large_print=True,
        collects=True,
        purpose=mark("find this person, or deal with them safely, in an emergency"),
    ),
    Form("F-603", "1", mark("Your registration"), _CLIENT),
    Form(
        "F-604",
        "1",
        mark("Time to renew the registration"),
        _CLIENT,
        collects=True,
        purpose=mark("keep what officers see in an emergency true"),
    ),
    Form(
        "F-605",
        "1",
        mark("Renewal without changes"),
        _CLIENT,
        collects=True,
        purpose=mark("keep what officers see in an emergency true"),
    ),
    Form(
        "F-606",
        "1",
        mark("Taking a registration out"),
        _CLIENT,
        collects=True,
        purpose=mark("take the person out of the registry"),
    ),
    Form("F-607", "1", mark("Missing person: hand-over"), _INTERNAL, protected=True),
    Form(
        "F-608",
        "1",
        mark("Registrations of a facility"),
        _INTERNAL | frozenset({Audience.PARTNER}),
    ),
    Form(
        "F-801",
        "1",
        mark("Application for a personal alarm"),
        _CLIENT | _INTERNAL,
        discreet_title=mark("Application"),
        collects=True,
        purpose=mark("decide with you about a personal alarm"),
        protected=True,
    ),
    Form(
        "F-802",
        "1",
        mark("Loan of a personal alarm: agreement and consent"),
        _CLIENT | _INTERNAL,
        discreet_title=mark("Agreement"),
        large_print=True,
        collects=True,
        purpose=mark("lend you a personal alarm and answer when you use it"),
    ),
    Form("F-803", "1", mark("Short guide"), _CLIENT, neutral=True, large_print=True),
    Form("F-804", "1", mark("Dispatch card of a personal alarm"), _INTERNAL, protected=True),
    Form("F-805", "1", mark("Receipt for a personal alarm"), _CLIENT | _INTERNAL, discreet_title=mark("Receipt")),
    Form("F-806", "1", mark("Checks of a personal alarm"), _INTERNAL),
    Form("F-807", "1", mark("Report of an alarm"), _INTERNAL, protected=True),
    Form("F-808", "1", mark("Review and extension of a loan"), _INTERNAL),
    Form("F-809", "1", mark("Inventory of alarm devices"), _INTERNAL),
    Form("F-2003", "1", mark("Certificate of destruction"), _INTERNAL),
    Form(
        DATA_FORM,
        "1",
        mark("Form"),
        _CLIENT | _INTERNAL,
        large_print=True,
        collects=True,
        purpose=mark("help you with what this form is about"),
    ),
)

CATALOGUE: dict[str, Form] = {form.form_id: form for form in _FORMS}
"""Every document by its form id (`domain.md` 24)."""

AUDIENCES: dict[Audience, str] = {
    Audience.PARTNER: mark("the partner agency"),
    Audience.COURT: mark("the court"),
    Audience.CLIENT: mark("the client"),
    Audience.INTERNAL: mark("internal use"),
}
"""How each audience is named on the page, after "Copy for:"."""


def kind_of(form_id: str) -> str:
    """The entry of the catalogue that a form id is drawn by."""
    return DATA_FORM if form_id.startswith(f"{DATA_FORM}:") else form_id


def find(form_id: str) -> Form | None:
    """What is known of a form; one that is data carries its own id. None for an id that nobody knows."""
    found = CATALOGUE.get(kind_of(form_id))
    if found is None or found.form_id == form_id:
        return found
    return replace(found, form_id=form_id.removeprefix(f"{DATA_FORM}:"))

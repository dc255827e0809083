"""The plain rows that documents are drawn from: one frozen struct a form, and the print context.

Queries fill them, `app.documents` draws them; nothing here knows a database or a page. Every field has an empty
default, so `ConsentRows()` with `PrintContext(blank=True)` is the blank form for paper.

Conventions:

* `Label` is a closed-list value as its English marked text; the document translates it.
* `Typed` is what a person typed, with the language it was typed in: printed as typed, never translated.
* Instants are aware UTC datetimes, dates are local calendar dates, money is integer cents (CAD).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

import msgspec

from app.models.vocab import Audience

Label: TypeAlias = str
"""A closed-list value as its English marked text."""


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all rows: frozen, fields by name; rows of another form are refused, not drawn as if they were empty."""


class Typed(msgspec.Struct, frozen=True):
    """Free text as typed; `language` is "en", "fr" or "" when not known."""

    text: str = ""
    language: str = ""


class Notice(Row, frozen=True, kw_only=True):
    """The unit's parts of the collection notice (`domain.md` 19.1); `version` is required by every form.

    `text` is the unit's own wording in the document's language; empty means the default wording with the parts
    filled in. `recipients` are the bodies named on forms that do not name their own.
    """

    version: str = ""
    text: str = ""
    authority: str = ""
    recipients: list[str] = []
    contact_title: str = ""
    contact_address: str = ""
    contact_telephone: str = ""


class PrintContext(Row, frozen=True, kw_only=True):
    """Everything about one print that is not the record: language, audience, who prints it, how.

    `neutral_name` is what the unit calls itself where its real name could do harm; `time_zone` shows instants.
    """

    form_id: str
    language: str = "en"
    audience: Audience = Audience.INTERNAL
    large_print: bool = False
    discreet: bool = False
    printed_by: str = ""
    printed_at: datetime
    unit_name: str = ""
    neutral_name: str = ""
    record_no: str = ""
    notice: Notice = Notice()
    blank: bool = False
    time_zone: str = "America/Toronto"


class SignatureRow(Row, frozen=True, kw_only=True):
    """One signature: who, in what capacity, and the pen strokes as lists of (x, y) points from 0 to 1, y downward.

    `aspect` is width divided by height of the pad that was signed on.
    """

    role: Label = ""
    name: str = ""
    signed_at: datetime | None = None
    method: Label = ""
    strokes: list[list[tuple[float, float]]] = []
    aspect: float = 3.0


# --- F-301 Service request / dispatch sheet -------------------------------------------------------------------------


class DispatchPerson(Row, frozen=True, kw_only=True):
    """A person to support by label ("Adult 1"), never by name."""

    label: str = ""
    age_band: Label = ""
    role: Label = ""
    language: Label = ""
    injury: Label = ""
    distress: Label = ""


class Responder(Row, frozen=True, kw_only=True):
    """One responder called to the scene."""

    name: str = ""
    role: Label = ""
    called_at: datetime | None = None
    accepted_at: datetime | None = None
    declined_reason: Typed = Typed()


class CheckIn(Row, frozen=True, kw_only=True):
    """One safety check-in of the responders."""

    due_at: datetime | None = None
    done_at: datetime | None = None
    note: Typed = Typed()


class DispatchRows(Row, frozen=True, kw_only=True):
    """F-301: the request, the scene, the people by label, the responders and the clocks."""

    requested_at: datetime | None = None
    source: Label = ""
    requester_name: str = ""
    requester_badge: str = ""
    requester_phone: str = ""
    response_wanted: Label = ""
    occurrence_no: str = ""
    incident_kind: Label = ""
    offence_group: Label = ""
    scene_safe: Label = ""
    accused_whereabouts: Label = ""
    location: Typed = Typed()
    meet_point: Typed = Typed()
    parking: Typed = Typed()
    hazards: Typed = Typed()
    animals: Typed = Typed()
    persons: list[DispatchPerson] = []
    children_on_scene: int | None = None
    consent_to_contact: Label = ""
    consent_how: Typed = Typed()
    voicemail: Label = ""
    caller_id: Label = ""
    needs: list[Label] = []
    asked: list[Label] = []
    asked_note: Typed = Typed()
    call_back_due_at: datetime | None = None
    called_at: datetime | None = None
    accepted_at: datetime | None = None
    called_back_at: datetime | None = None
    en_route_at: datetime | None = None
    on_scene_at: datetime | None = None
    clear_at: datetime | None = None
    responders: list[Responder] = []
    transport: Label = ""
    kilometres: float | None = None
    out_of_pocket_cents: int | None = None
    check_ins: list[CheckIn] = []
    debrief_needed: bool | None = None
    debrief_done_on: date | None = None


# --- F-302 Contact card ---------------------------------------------------------------------------------------------


class CrisisLine(Row, frozen=True, kw_only=True):
    """A help line from the directory. `text_line` is the relay or text number."""

    name: str = ""
    phone: str = ""
    text_line: str = ""
    hours: Typed = Typed()


class ContactCardRows(Row, frozen=True, kw_only=True):
    """F-302: how to reach the worker, and help lines. `file_no` only when the person wants it on the card."""

    worker_first_name: str = ""
    phone: str = ""
    text_line: str = ""
    hours: Typed = Typed()
    file_no: str = ""
    lines: list[CrisisLine] = []


# --- F-303 Consent --------------------------------------------------------------------------------------------------


class ConsentScope(Row, frozen=True, kw_only=True):
    """One scope of consent; `allowed` None means not answered."""

    scope: Label = ""
    allowed: bool | None = None
    note: Typed = Typed()


class NamedOrganization(Row, frozen=True, kw_only=True):
    """An organization that the person agrees to (or not), and what may be shared with it."""

    name: str = ""
    what: Typed = Typed()
    allowed: bool | None = None


class ConsentRows(Row, frozen=True, kw_only=True):
    """F-303: who agreed to what, until when, and the signatures."""

    client_name: str = ""
    given_by_name: str = ""
    given_by_authority: Label = ""
    scopes: list[ConsentScope] = []
    organizations: list[NamedOrganization] = []
    how_given: Label = ""
    language_used: Label = ""
    interpreter: str = ""
    starts_on: date | None = None
    expires_on: date | None = None
    review_on: date | None = None
    withdrawn_on: date | None = None
    withdrawn_how: Typed = Typed()
    signatures: list[SignatureRow] = []


# --- F-304 Needs assessment and service plan ------------------------------------------------------------------------


class NeedDomain(Row, frozen=True, kw_only=True):
    """One domain: level 0-3, 8 declined, 9 not asked; None not reached. `protected_note` is S4 (internal only)."""

    domain: Label = ""
    level: int | None = None
    note: Typed = Typed()
    goal: Typed = Typed()
    protected_note: Typed = Typed()


class PlanStep(Row, frozen=True, kw_only=True):
    """One step of the service plan."""

    need: Label = ""
    goal: Typed = Typed()
    step: Typed = Typed()
    who: str = ""
    due_on: date | None = None
    status: Label = ""


class NeedsRows(Row, frozen=True, kw_only=True):
    """F-304. S4, never on a client copy: `support_note`, each `protected_note`, `listener_present`, the screen."""

    client_name: str = ""
    assessor: str = ""
    assessed_at: datetime | None = None
    occasion: Label = ""
    method: Label = ""
    participants: Typed = Typed()
    listener_present: bool = False
    domains: list[NeedDomain] = []
    strengths: Typed = Typed()
    enhanced_support: bool | None = None
    enhanced_reasons: list[Label] = []
    steps: list[PlanStep] = []
    next_review_on: date | None = None
    support_note: Typed = Typed()
    signatures: list[SignatureRow] = []


# --- F-305 Referral letter, F-306 take-away sheet -------------------------------------------------------------------


class ReferralFact(Row, frozen=True, kw_only=True):
    """One fact about the person; printed only when its `key` is both shared and consented to."""

    key: str
    label: Label
    value: Typed = Typed()


class ReferralRows(Row, frozen=True, kw_only=True):
    """F-305: the letter. Everything about the person goes through `facts`; nothing else names them."""

    to_name: str = ""
    to_address: list[str] = []
    to_phone: str = ""
    from_name: str = ""
    from_role: Label = ""
    from_phone: str = ""
    sent_on: date | None = None
    method: Label = ""
    urgent: bool = False
    need: Label = ""
    facts: list[ReferralFact] = []
    info_shared: list[str] = []
    consented: list[str] = []
    consent_given_on: date | None = None
    consent_expires_on: date | None = None
    signatures: list[SignatureRow] = []


class TakeAwayService(Row, frozen=True, kw_only=True):
    """One service on the take-away sheet."""

    name: str = ""
    phone: str = ""
    text_line: str = ""
    address: str = ""
    hours: Typed = Typed()
    languages: list[Label] = []
    bring: list[Typed] = []
    note: Typed = Typed()


class TakeAwayRows(Row, frozen=True, kw_only=True):
    """F-306: services, hours, what to bring; nothing about why."""

    services: list[TakeAwayService] = []
    worker_first_name: str = ""
    phone: str = ""
    note: Typed = Typed()


# --- F-401, F-403 Safety plan; F-402 wallet; F-405 documents --------------------------------------------------------


class PlanItem(Row, frozen=True, kw_only=True):
    """One item of a section. `from_worker` is the worker's advice; otherwise it is the person's own choice."""

    text: Typed = Typed()
    applies: bool | None = None
    done: bool = False
    on: date | None = None
    who_helps: str = ""
    from_worker: bool = False


class PlanSection(Row, frozen=True, kw_only=True):
    """One of the sections 1-14 (`domain.md` 4.1) by number; `hidden` when it was set aside for this person."""

    number: int
    hidden: bool = False
    items: list[PlanItem] = []


class DocumentItem(Row, frozen=True, kw_only=True):
    """One line of the documents checklist."""

    item: Label = ""
    original: bool = False
    copy: bool = False
    kept_where: Typed = Typed()
    done: bool = False


class PlanRows(Row, frozen=True, kw_only=True):
    """F-401 and F-403. Section 13 (accused facts given by the client) prints on F-403, and on F-401 only when
    `client_asked_for_accused_facts`. `orders_expire_on` prints a reminder."""

    client_name: str = ""
    version: int | None = None
    made_on: date | None = None
    reviewed_on: date | None = None
    worker_name: str = ""
    situation: Label = ""
    risk_level: Label = ""
    copy_choice: Label = ""
    kept_where: Typed = Typed()
    device_used: Typed = Typed()
    next_review_on: date | None = None
    orders_expire_on: date | None = None
    client_asked_for_accused_facts: bool = False
    sections: list[PlanSection] = []
    documents: list[DocumentItem] = []


class WalletGroup(Row, frozen=True, kw_only=True):
    """A few short lines under a plain title."""

    title: Label = ""
    items: list[Typed] = []


class WalletNumber(Row, frozen=True, kw_only=True):
    """A number under a label that names nobody ("Taxi", "A.")."""

    label: str = ""
    phone: str = ""


class WalletRows(Row, frozen=True, kw_only=True):
    """F-402 "My list". `names` are all names known in the case: each is blanked wherever it appears."""

    numbers: list[WalletNumber] = []
    groups: list[WalletGroup] = []
    names: list[str] = []


class DocumentsRows(Row, frozen=True, kw_only=True):
    """F-405: the documents checklist on its own sheet."""

    documents: list[DocumentItem] = []


# --- F-602 Emergency card -------------------------------------------------------------------------------------------


class CardContact(Row, frozen=True, kw_only=True):
    """Someone to call: who, the numbers, and what to heed before dialling."""

    who: str = ""
    phones: list[str] = []
    heed: list[str] = []


class SealedRow(Row, frozen=True, kw_only=True):
    """Bytes that are kept sealed, by what opens them; `app/form_pages.py` puts the bytes in their place."""

    key: str = ""
    chunks: list[str] = []
    size: int = 0


class EmergencyCardRows(Row, frozen=True, kw_only=True):
    """F-602, composed in the language of its reader (`queries.card_words`): screen and page say the same.

    What the registrant or the family wrote stands as it was written. Empty where nothing is known. `photo` names the
    photograph until `picture` has its bytes; `photo_said` says when it was taken, `photo_old` warns.
    """

    photo: SealedRow | None = None
    picture: bytes = b""
    photo_said: str = ""
    photo_old: bool = False

    answers_to: str = ""
    name: str = ""
    age: str = ""
    who: str = ""
    number: str = ""
    expires: str = ""
    warnings: list[str] = []
    life_threatening: str = ""
    custody: str = ""
    note: str = ""
    looks: list[str] = []
    moves: str = ""
    health: list[str] = []
    communicate: str = ""
    do: str = ""
    do_not: str = ""
    triggers: str = ""
    calm: str = ""
    risks: str = ""
    attractions: str = ""
    near: list[str] = []
    places: list[str] = []
    wandered: list[str] = []
    searching: list[str] = []
    addresses: list[str] = []
    devices: list[str] = []
    contacts: list[CardContact] = []


# --- F-601, F-603 to F-608, the registry ------------------------------------------------------------------------------


class RegistrationRows(Row, frozen=True, kw_only=True):
    """A registration in the language of the page (`queries.registry_words`): F-601, F-603 to F-606.

    `values` are texts by field, `chosen` the codes ticked by field; what was not answered is in neither. `to`: the
    submitter's name and address, a line each, for a letter. `heed` is what the registry keeps in mind before it
    reaches the submitter; it never stands on a page.
    """

    number: str = ""
    person: str = ""
    status: Label = ""
    starts_on: date | None = None
    expires_on: date | None = None
    shown_until: date | None = None
    reminders: list[date] = []
    to: list[str] = []
    submitter: str = ""
    values: dict[str, str] = {}
    chosen: dict[str, list[str]] = {}


class HandOverRows(Row, frozen=True, kw_only=True):
    """F-607: the card of a missing person, and what was known when it was handed over."""

    card: EmergencyCardRows = EmergencyCardRows()
    occurrence_no: str = ""
    opened_by: str = ""
    seen: dict[str, str] = {}
    """What a search that goes on knows, by the keys of `documents.hand_over`; none without searches here."""
    searched: list[str] = []
    """Codes of `SearchedPlace`."""


class BatchResident(Row, frozen=True, kw_only=True):
    """One resident of a facility on F-608."""

    name: str = ""
    number: str = ""
    status: Label = ""
    expires_on: date | None = None
    contact: str = ""


class FacilityRows(Row, frozen=True, kw_only=True):
    """F-608: the registrations of one facility."""

    facility: str = ""
    contact: str = ""
    phone: str = ""
    received_on: date | None = None
    residents: list[BatchResident] = []
    refused: int = 0


# --- Forms as data ----------------------------------------------------------------------------------------------------


class FormChoice(Row, frozen=True, kw_only=True):
    """One choice of a question, in the language of the page; `rank` is its place where choices are put in order."""

    label: str = ""
    ticked: bool = False
    rank: int = 0


class FormItem(Row, frozen=True, kw_only=True):
    """One thing of a form: a section, an entry, a question, a note, or that there is no entry (`nothing`).

    The texts are in the language of the page; `value` is as the form stores it. See `app.forms.outline.OutlineItem`.
    Of a question for a file: `picture` has its bytes where it can be drawn, `file_name` is what it was called,
    `caption` what was written to it (of a signature, the name that was typed instead).
    """

    kind: str = ""
    level: int = 0
    label: str = ""
    hint: str = ""
    number: int = 0
    control: str = ""
    type: str = ""
    appearance: str = ""
    value: str = ""
    choices: list[FormChoice] = []
    required: bool = False
    applies: bool = True
    condition: tuple[str, str] | None = None
    picture: bytes = b""
    file_name: str = ""
    caption: str = ""


class FormRows(Row, frozen=True, kw_only=True):
    """A form that is data, answered or blank. `draft` says that it is not finished, `corrects` that it replaces one."""

    title: str = ""
    version: str = ""
    items: list[FormItem] = []
    draft: bool = False
    corrects: bool = False
    person: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None


class StoredForm(Row, frozen=True, kw_only=True):
    """A version as it is stored (`app.forms.stored`); both texts are empty for a version that Haven ships."""

    form_id: str = ""
    version: str = ""
    xform: str = ""
    attachments: dict[str, str] = {}


class StoredFile(Row, frozen=True, kw_only=True):
    """A file that an answer names: what it was called, what it is, what opens it (None: damaged)."""

    name: str = ""
    media_type: str = ""
    caption: str = ""
    sealed: SealedRow | None = None


class StoredAnswer(Row, frozen=True, kw_only=True):
    """What a form is printed from before its items are listed: the version, and the answers when there are any.

    `app/form_pages.py` makes `FormRows` of it, outside the vault.
    """

    form: StoredForm = StoredForm()
    titles: dict[str, str] = {}
    state: str = ""
    files: dict[str, StoredFile] = {}
    draft: bool = False
    corrects: bool = False
    person: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None

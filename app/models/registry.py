"""The Vulnerable Person Registry: registrations, the emergency cards drawn from them, who opened a card (domain.md 6).

What happened to a registration stands in `RegistryEvent`: statistics count these, never the present state of a record.

The registry reads registrations; everyone on scene reads cards. So a card is a record of its own with the fields of
`CardFields`, which the registry's services copy from the registration in the same transaction. Lists are JSON of plain
values; an empty list is an answer ("none known"), None is not.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Json, Record, safety
from app.models.vocab import (
    Capacity,
    CardOutcome,
    CardReason,
    ConsentForm,
    DisputeSide,
    DobPrecision,
    Gender,
    RegistryAct,
    RegistryAuthority,
    RegistrySource,
    RegistryStatus,
    Relation,
    ResidenceLink,
    Role,
    ScopeKind,
    SubmitterWay,
    Tri,
)

_BOTH = safety("newest_keep_both")
_UNION = safety("union")


class CardFields:
    """What an officer needs in an emergency: the same fields in a registration and on its card.

    `addresses`: {kind, text, municipality, access, others, lat, lon}; `devices`: {kind, number, about};
    `places`: {name, why, last, lat, lon}; `wander_history`: {on, from, found, minutes, how, injuries};
    `contacts`, in the order of calling: {name, relation, phone, other_phone, safe_to_use, voicemail, caller_id,
    say_you_are, note, language, lives_with, can_attend}. Positions are WGS-84 degrees. Lists of codes are of
    the list in `vocab` that fits their name.
    """

    number: Mapped[str | None]
    legal_first: Mapped[str | None]
    legal_middle: Mapped[str | None]
    legal_last: Mapped[str | None]
    preferred_name: Mapped[str | None]
    aliases: Mapped[list[str] | None] = mapped_column(Json)
    dob: Mapped[date | None]
    dob_precision: Mapped[DobPrecision | None] = mapped_column(Code(DobPrecision))
    gender: Mapped[Gender | None] = mapped_column(Code(Gender))
    gender_text: Mapped[str | None]
    languages: Mapped[list[str] | None] = mapped_column(Json)
    addresses: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    devices: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    height_cm: Mapped[int | None] = mapped_column(Integer)
    weight_kg: Mapped[int | None] = mapped_column(Integer)
    build: Mapped[str | None]
    hair: Mapped[str | None]
    facial_hair: Mapped[str | None]
    eyes: Mapped[str | None]
    complexion: Mapped[str | None]
    worn_aids: Mapped[list[str] | None] = mapped_column(Json)
    marks: Mapped[list[str] | None] = mapped_column(Json)
    clothing: Mapped[str | None]
    carried: Mapped[str | None]
    medical_id: Mapped[str | None]
    mobility: Mapped[list[str] | None] = mapped_column(Json)
    swims: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("no_over_yes"))
    vehicles: Mapped[list[str] | None] = mapped_column(Json)
    conditions: Mapped[list[str] | None] = mapped_column(Json, info=_UNION)
    conditions_text: Mapped[str | None]
    medical_alerts: Mapped[list[str] | None] = mapped_column(Json, info=_UNION)
    life_threatening: Mapped[bool | None] = mapped_column(info=safety("true_over_false"))
    life_threatening_text: Mapped[str | None] = mapped_column(info=_BOTH)
    communication: Mapped[list[str] | None] = mapped_column(Json, info=_UNION)
    communication_text: Mapped[str | None]
    sensory: Mapped[list[str] | None] = mapped_column(Json, info=_UNION)
    sensory_text: Mapped[str | None]
    triggers: Mapped[str | None] = mapped_column(info=_BOTH)
    distress_signs: Mapped[str | None]
    calming: Mapped[str | None] = mapped_column(info=_BOTH)
    approach: Mapped[str | None] = mapped_column(info=_BOTH)
    do_not: Mapped[str | None] = mapped_column(info=_BOTH)
    risks: Mapped[list[str] | None] = mapped_column(Json, info=_UNION)
    risks_text: Mapped[str | None] = mapped_column(info=_BOTH)
    attractions: Mapped[list[str] | None] = mapped_column(Json, info=_UNION)
    attractions_text: Mapped[str | None]
    fears: Mapped[str | None]
    places: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    wander_history: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    hiding_habits: Mapped[str | None]
    responds_to_searchers: Mapped[Tri | None] = mapped_column(Code(Tri))
    home_hazards: Mapped[str | None] = mapped_column(info=_BOTH)
    contacts: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    custody_warning: Mapped[str | None] = mapped_column(info=_BOTH)
    officer_note: Mapped[str | None] = mapped_column(info=_BOTH)
    effective_on: Mapped[date | None]
    expires_on: Mapped[date | None] = mapped_column(info=safety("earliest_day"))


class Registration(CardFields, Record):
    """The full record of one registrant (domain.md 6.3), each in a scope of its own.

    `consents` maps each `RegistryConsent` code to "yes" or "no". `routines` is a list of {day, time, place, route}.
    `effective_on` and `expires_on` are the present term; `activated_on` is the first day of the first one.
    `submitter_note` is what must be heeded before the submitter is reached; letters go out in `letter_language` (a
    code). `facility` is the care home that registered the person, `batch_id` the list that it came with.
    """

    __tablename__ = "registration"
    __table_args__ = (
        Index("ix_registration_born", "dob"),
        Index("ix_registration_name", "legal_last", "legal_first", "id"),
        Index("ix_registration_standing", "removed_at", "expires_on", "submitted_on", "id", "status"),
    )
    scope_kind = ScopeKind.REGISTRATION

    source: Mapped[RegistrySource | None] = mapped_column(Code(RegistrySource))
    status: Mapped[RegistryStatus | None] = mapped_column(Code(RegistryStatus), index=True)
    status_reason: Mapped[str | None]
    submitter_name: Mapped[str | None]
    submitter_phone: Mapped[str | None] = mapped_column(info=_BOTH)
    submitter_email: Mapped[str | None] = mapped_column(info=_BOTH)
    submitter_address: Mapped[str | None] = mapped_column(info=_BOTH)
    submitter_way: Mapped[SubmitterWay | None] = mapped_column(Code(SubmitterWay))
    submitter_safe: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("no_over_yes"))
    submitter_note: Mapped[str | None] = mapped_column(info=_BOTH)
    letter_language: Mapped[str | None]
    relation: Mapped[Relation | None] = mapped_column(Code(Relation))
    authority: Mapped[RegistryAuthority | None] = mapped_column(Code(RegistryAuthority))
    authority_evidence: Mapped[str | None]
    id_checked: Mapped[bool | None]
    residence_link: Mapped[ResidenceLink | None] = mapped_column(Code(ResidenceLink))
    consents: Mapped[dict[str, str] | None] = mapped_column(Json, info=safety("no_in_any"))
    consented_on: Mapped[date | None]
    consent_form: Mapped[ConsentForm | None] = mapped_column(Code(ConsentForm))
    decision_capacity: Mapped[Capacity | None] = mapped_column(Code(Capacity))
    notice_version: Mapped[str | None]
    declared_true: Mapped[bool | None]
    routines: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    past_places: Mapped[str | None]
    important_dates: Mapped[str | None]
    helpers: Mapped[list[str] | None] = mapped_column(Json)
    facility: Mapped[str | None] = mapped_column(index=True)
    batch_id: Mapped[str | None] = mapped_column(index=True)
    submitted_on: Mapped[date | None]
    verified_on: Mapped[date | None]
    verified_by: Mapped[str | None]
    activated_on: Mapped[date | None]
    provisional_reason: Mapped[str | None]
    provisional_by: Mapped[str | None]
    renewed_on: Mapped[date | None]
    ended_on: Mapped[date | None]


class EmergencyCard(CardFields, Record):
    """What everyone on scene may open, with a reason: one a term of a registration.

    Its scope holds all cards whose term ends in one year, so that an officer needs a handful of keys for 20,000 cards
    and yet a year's cards can be destroyed with their key (domain.md 20.5). Removed when the registration may no longer
    be shown. `provisional`: not verified yet, and without grace.
    """

    __tablename__ = "emergency_card"
    scope_kind = ScopeKind.REGISTRY_CARD

    registration_id: Mapped[str | None] = mapped_column(index=True)
    provisional: Mapped[bool | None] = mapped_column(info=safety("true_over_false"))
    share_police: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("no_over_yes"))
    disputed: Mapped[list[str] | None] = mapped_column(Json, info=_UNION)
    """Fields about which guardians disagree: withheld or shown in both versions until a supervisor decides."""


class CardView(Record):
    """That somebody opened a card, and why: read by the registry, kept beside the audit trail of each device."""

    __tablename__ = "card_view"
    scope_kind = ScopeKind.REGISTRY_ACCESS
    append_only = True

    card_id: Mapped[str | None] = mapped_column(index=True)
    registration_id: Mapped[str | None] = mapped_column(index=True)
    viewed_at: Mapped[datetime | None] = mapped_column(index=True)
    viewer_id: Mapped[str | None]
    role: Mapped[Role | None] = mapped_column(Code(Role))
    why: Mapped[CardReason | None] = mapped_column(Code(CardReason))
    reason: Mapped[str | None]
    occurrence_no: Mapped[str | None]


class CardFollowUp(Record):
    """What followed the opening of a card: the occurrence number, how it ended, whether the card helped.

    `without`: why there is no occurrence number (domain.md 6.5.7, 6.7).
    """

    __tablename__ = "card_follow_up"
    scope_kind = ScopeKind.REGISTRY_ACCESS
    append_only = True

    view_id: Mapped[str | None] = mapped_column(index=True)
    occurrence_no: Mapped[str | None]
    without: Mapped[str | None]
    outcome: Mapped[CardOutcome | None] = mapped_column(Code(CardOutcome))
    helped: Mapped[Tri | None] = mapped_column(Code(Tri))
    told_at: Mapped[datetime | None]


class RegistryEvent(Record):
    """One thing that happened to a registration. `before` and `after`: the last day of the term before and since.

    `checked`: whether the emergency contacts were gone through at a renewal.
    """

    __tablename__ = "registry_event"
    scope_kind = ScopeKind.REGISTRATION
    append_only = True

    registration_id: Mapped[str | None] = mapped_column(index=True)
    act: Mapped[RegistryAct | None] = mapped_column(Code(RegistryAct))
    on_day: Mapped[date | None] = mapped_column(index=True)
    before: Mapped[date | None]
    after: Mapped[date | None]
    checked: Mapped[bool | None]
    note: Mapped[str | None]


class RegistryDispute(Record):
    """Two who may decide for the person disagree about one field: both versions, and what a supervisor decided.

    `first` and `second` hold the value under `{"value": ...}`, as the registration would.
    """

    __tablename__ = "registry_dispute"
    scope_kind = ScopeKind.REGISTRATION

    registration_id: Mapped[str | None] = mapped_column(index=True)
    field: Mapped[str | None]
    first: Mapped[dict[str, Any] | None] = mapped_column(Json)
    first_by: Mapped[str | None]
    second: Mapped[dict[str, Any] | None] = mapped_column(Json)
    second_by: Mapped[str | None]
    opened_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    decided_by: Mapped[str | None]
    side: Mapped[DisputeSide | None] = mapped_column(Code(DisputeSide))
    reason: Mapped[str | None]


class RegistryBatch(Record):
    """A list of registrations that came in together: from a facility, a file, paper that was typed (domain.md 6.5.12).

    `taken` lists {line, registration_id, duplicates}; `refused` lists {line, why} without anything of the person.
    """

    __tablename__ = "registry_batch"
    scope_kind = ScopeKind.REGISTRATION
    append_only = True

    facility: Mapped[str | None]
    contact: Mapped[str | None]
    phone: Mapped[str | None]
    file_name: Mapped[str | None]
    received_on: Mapped[date | None]
    taken: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    refused: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)


class CardSearch(Base):
    """This device's own search index of the cards: one row a card that is not removed.

    Kept by triggers of `emergency_card` (revision 0002), which fire whoever writes: a service, a colleague's change, a
    replay. `names`, `places` and `numbers` are words; the full-text table `card_words` indexes them by `place`.
    """

    __tablename__ = "card_search"
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    card_id: Mapped[str] = mapped_column(unique=True)
    names: Mapped[str]
    places: Mapped[str]
    numbers: Mapped[str]

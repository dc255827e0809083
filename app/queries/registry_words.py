"""A registration in words, in the language of its page: what the registry prints (domain.md 6.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.lifesaver_search import SearchActivation, SearchCard
from app.models.registry import CardView, EmergencyCard, Registration, RegistryBatch
from app.models.rules import registry as rules
from app.models.search_vocab import NotifyStep, SearchStatus
from app.models.vocab import AddressKind, Listed, RegistryStatus, Tri, label
from app.queries import lifesaver_search, members
from app.queries.card_words import composed, spoken
from app.queries.form_rows import BatchResident, FacilityRows, HandOverRows, RegistrationRows
from app.queries.languages import name_of
from app.queries.lifesaver_sheets import seen_words
from app.queries.registry import registration
from app.queries.registry_card import card_of
from app.queries.settings import zone
from app.words import Words, in_language, mark

_TEXTS = (
    "submitter_name", "submitter_email", "submitter_address", "authority_evidence", "legal_first", "legal_middle",
    "legal_last", "preferred_name", "gender_text", "build", "hair", "facial_hair", "eyes", "complexion", "clothing",
    "carried", "medical_id", "conditions_text", "life_threatening_text", "communication_text", "sensory_text",
    "triggers", "distress_signs", "calming", "approach", "do_not", "risks_text", "attractions_text", "fears",
    "past_places", "important_dates", "hiding_habits", "home_hazards", "custody_warning", "officer_note", "facility",
    "number",
)  # fmt: skip
_LINES = ("aliases", "marks", "vehicles", "medical_alerts", "helpers")
_CODES = (
    "source", "relation", "authority", "residence_link", "gender", "swims", "responds_to_searchers", "submitter_way",
    "consent_form", "status",
)  # fmt: skip
_SEVERAL = ("worn_aids", "mobility", "conditions", "communication", "sensory", "risks", "attractions")
_NONE_KNOWN = ("places", "routines", "wander_history", "sensory", "risks", "attractions", "contacts", "medical_alerts")
NONE = "none"
"""The code that stands in `chosen` where "none known" was answered."""


def registration_rows(session: Session, registration_id: str, *, language: str, today: date) -> RegistrationRows:
    """A registration for the page. Raises NotFound."""
    entry = registration(session, registration_id, today=today)
    values = entry.values
    words = in_language(language)
    return RegistrationRows(
        number=str(values.get("number") or ""),
        person=entry.name,
        status=entry.status.text if isinstance(entry.status, RegistryStatus) else "",
        starts_on=values.get("effective_on"),
        expires_on=values.get("expires_on"),
        shown_until=entry.last_shown,
        reminders=list(entry.reminders),
        submitter=str(values.get("submitter_name") or ""),
        to=_lines_of(values.get("submitter_name"), values.get("submitter_address")),
        values=_said(values, words),
        chosen=_chosen(values),
    )


def hand_over(session: Session, card_id: str, *, language: str, member_id: str, now: Any) -> HandOverRows:
    """F-607: the card as it stands, with the occurrence number that its reader gave. Raises NotFound."""
    asked = (
        select(CardView)
        .where(CardView.card_id == card_id, CardView.viewer_id == member_id, CardView.removed_at.is_(None))
        .order_by(CardView.viewed_at.desc())
        .limit(1)
    )
    view = session.scalar(asked)
    seen, searched, number = _search(session, card_id, in_language(language), now)
    return HandOverRows(
        card=composed(card_of(session, card_id, now=now), in_language(language)),
        occurrence_no=((view.occurrence_no or "") if view is not None else "") or number,
        opened_by=members.names(session).get(member_id, ""),
        seen=seen,
        searched=searched,
    )


def _search(session: Session, card_id: str, words: Words, now: datetime) -> tuple[dict[str, str], list[str], str]:
    """What the newest search for the person that goes on knows, where this device may read searches."""
    asked = (
        select(SearchActivation.id)
        .join(SearchCard, SearchCard.id == SearchActivation.card_id)
        .join(EmergencyCard, EmergencyCard.registration_id == SearchCard.registration_id)
        .where(
            EmergencyCard.id == card_id,
            SearchActivation.status != SearchStatus.CLOSED,
            SearchActivation.removed_at.is_(None),
        )
        .order_by(SearchActivation.call_at.desc())
        .limit(1)
    )
    search_id = session.scalar(asked)
    if search_id is None:
        return {}, [], ""
    found = lifesaver_search.search(session, search_id, now=now)
    said = seen_words(found, words, zone(session))
    stays = NotifyStep.CAREGIVER_HOME.value in (found.values["notified"] or ())
    said["caregiver"] = NotifyStep.CAREGIVER_HOME.label(words) if stays else ""
    known = {name: str(value) for name, value in said.items() if value}
    return known, list(found.values["searched"] or ()), str(found.values["occurrence_no"] or "")


def facility_rows(session: Session, batch_id: str, *, today: date) -> FacilityRows:
    """F-608: everyone who came with a list, and everyone else of the same facility. Raises NotFound."""
    batch = session.get(RegistryBatch, batch_id)
    if batch is None or batch.removed_at is not None:
        raise NotFound(mark("This list is not on this device."))
    same = Registration.batch_id == batch_id
    if batch.facility:
        same = same | (Registration.facility == batch.facility)
    asked = select(Registration).where(same, Registration.removed_at.is_(None))
    found = [one for one in session.scalars(asked) if one.status not in rules.ENDED]
    found.sort(key=lambda one: (one.legal_last or "", one.legal_first or "", one.id))
    return FacilityRows(
        facility=batch.facility or "",
        contact=batch.contact or "",
        phone=spoken(batch.phone or ""),
        received_on=batch.received_on,
        residents=[_resident(one) for one in found],
        refused=len(batch.refused or ()),
    )


def _resident(one: Registration) -> BatchResident:
    first = next(iter(one.contacts or ()), {})
    name = ", ".join(part for part in (one.legal_last, one.legal_first or one.preferred_name) if part)
    phone = spoken(str(first.get("phone") or ""))
    return BatchResident(
        name=name,
        number=one.number or "",
        status=one.status.text if isinstance(one.status, RegistryStatus) else "",
        expires_on=one.expires_on,
        contact=" · ".join(part for part in (str(first.get("name") or ""), phone) if part),
    )


def card_of_registration(session: Session, registration_id: str) -> str:
    """The id of the card of a registration; empty when it has none."""
    asked = select(EmergencyCard.id).where(
        EmergencyCard.registration_id == registration_id, EmergencyCard.removed_at.is_(None)
    )
    return session.scalar(asked.limit(1)) or ""


def _said(values: Mapping[str, Any], words: Words) -> dict[str, str]:
    said = {name: str(values.get(name) or "").strip() for name in _TEXTS}
    said |= {name: "\n".join(str(line) for line in values.get(name) or ()) for name in _LINES}
    said |= {
        "submitter_phone": spoken(str(values.get("submitter_phone") or "")),
        "dob": values["dob"].isoformat() if values.get("dob") else "",
        "height_cm": words.tr("{cm} cm", cm=values["height_cm"]) if values.get("height_cm") else "",
        "weight_kg": words.tr("{kg} kg", kg=values["weight_kg"]) if values.get("weight_kg") else "",
        "languages": ", ".join(words.tr(name_of(str(code))) for code in values.get("languages") or ()),
        "letter_language": words.tr(name_of(values.get("letter_language"))),
        "consented_on": values["consented_on"].isoformat() if values.get("consented_on") else "",
        "addresses": _each(values.get("addresses"), lambda one: _address(one, words)),
        "devices": _each(values.get("devices"), lambda one: _dots(one, "kind", "number", "about")),
        "places": _each(values.get("places"), lambda one: _dots(one, "name", "why", "last")),
        "routines": _each(values.get("routines"), lambda one: _dots(one, "day", "time", "place", "route")),
        "wander_history": _each(values.get("wander_history"), lambda one: _wandered(one, words)),
        "contacts": _each(values.get("contacts"), lambda one: _contact(one, words)),
    }
    return {name: text for name, text in said.items() if text}


def _chosen(values: Mapping[str, Any]) -> dict[str, list[str]]:
    chosen = {name: [str(values[name])] for name in _CODES if isinstance(values.get(name), str)}
    chosen |= {name: [str(code) for code in values.get(name) or ()] for name in _SEVERAL}
    chosen |= {name: [NONE] for name in _NONE_KNOWN if values.get(name) == []}
    for name, answer in (values.get("consents") or {}).items():
        chosen[f"consent_{name}"] = [str(answer)]
    for name in ("id_checked", "declared_true", "life_threatening"):
        if values.get(name) is not None:
            chosen[name] = ["yes" if values[name] else "no"]
    return {name: codes for name, codes in chosen.items() if codes}


def _each(entries: Any, say: Any) -> str:
    return "\n".join(say(one) for one in entries or () if isinstance(one, Mapping))


def _dots(entry: Mapping[str, Any], *names: str) -> str:
    return " · ".join(spoken(str(entry.get(name))) for name in names if entry.get(name))


def _address(entry: Mapping[str, Any], words: Words) -> str:
    where = ", ".join(str(entry[name]) for name in ("text", "municipality") if entry.get(name))
    kind = _label(AddressKind, entry.get("kind"), words)
    rest = [str(entry[name]) for name in ("access", "others") if entry.get(name)]
    return " · ".join(
        part for part in (words.tr("{label}: {words}", label=kind, words=where) if kind else where, *rest)
    )


def _wandered(entry: Mapping[str, Any], words: Words) -> str:
    minutes = entry.get("minutes")
    lasted = words.trn("{count} minute", "{count} minutes", minutes) if isinstance(minutes, int) else ""
    way = " → ".join(str(entry[name]) for name in ("from", "found") if entry.get(name))
    parts = (entry.get("on"), way, lasted, entry.get("how"), entry.get("injuries"))
    return " · ".join(str(part) for part in parts if part)


def _contact(entry: Mapping[str, Any], words: Words) -> str:
    said = [_dots(entry, "name", "relation", "phone", "other_phone")]
    if entry.get("can_attend") == Tri.YES:
        said.append(words.tr("Can come to the place"))
    return " · ".join(part for part in said if part)


def _label(listed: type[Listed], code: Any, words: Words) -> str:
    return next((one.label(words) for one in listed if one.value == code), label(code, words))


def _lines_of(*texts: Any) -> list[str]:
    return [line.strip() for text in texts for line in str(text or "").replace(", ", "\n").splitlines() if line.strip()]


def known_facilities(session: Session) -> Sequence[str]:
    """Names of facilities that have registrations."""
    asked = select(Registration.facility).where(Registration.facility.is_not(None), Registration.removed_at.is_(None))
    return sorted({name for name in session.scalars(asked) if name})

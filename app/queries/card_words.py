"""An emergency card in words, in the language of its reader: the screen and the page say the same (F-602)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.models.rules import registry as rules
from app.models.vocab import Listed, RegistryStage, Tri
from app.queries.attachments import PhotoRow
from app.queries.conflicts import FIELD_LABELS
from app.queries.form_rows import CardContact, EmergencyCardRows, SealedRow
from app.queries.languages import name_of
from app.queries.registry_card import Address, CardRow, ContactRow, PlaceRow, Wander
from app.words import Words


def composed(row: CardRow, words: Words) -> EmergencyCardRows:
    """Everything that the card says, in the order of need."""
    tr = words.tr
    near = [_place(place, words) for place in row.places if place.near]
    return EmergencyCardRows(
        photo=sealed_photo(row.photo),
        photo_said=photo_said(row.photo, words),
        photo_old=row.photo is not None and row.photo.old,
        answers_to=row.answers_to,
        name=row.name,
        age=_age(row, words),
        who=_dots(
            row.gender_text or (row.gender.label(words) if row.gender else ""),
            ", ".join(tr(name_of(code)) for code in row.languages),
            tr("also called {names}", names=", ".join(row.aliases)) if row.aliases else "",
        ),
        number=row.number,
        expires=tr("Valid to {day}", day=row.expires_on.isoformat()) if row.expires_on else "",
        warnings=_warnings(row, words),
        life_threatening=row.life_threatening_text or (tr("Yes: see health.") if row.life_threatening else ""),
        custody=row.custody_warning,
        note=row.officer_note,
        looks=_looks(row, words),
        moves=_dots(_listed(row.mobility, words), _swims(row, words), *row.vehicles),
        health=[
            part for part in (_and(_listed(row.conditions, words), row.conditions_text), *row.medical_alerts) if part
        ],
        communicate=_and(_listed(row.communication, words), row.communication_text),
        do=row.approach,
        do_not=row.do_not,
        triggers=_and(row.triggers, _and(_listed(row.sensory, words), row.sensory_text)),
        calm=row.calming,
        risks=_and(_and(_listed(row.risks, words), row.risks_text), row.distress_signs),
        attractions=_and(_listed(row.attractions, words), row.attractions_text),
        near=near,
        places=[_place(place, words) for place in row.places if not place.near],
        wandered=[_wander(one, words) for one in row.wander_history]
        or ([tr("Never before, as far as is known")] if row.never_wandered else []),
        searching=_searching(row, words),
        addresses=[_address(one, words) for one in row.addresses],
        devices=[_dots(one.kind, spoken(one.number), one.about) for one in row.devices],
        contacts=[_contact(one, words) for one in row.contacts],
    )


def sealed_photo(photo: PhotoRow | None) -> SealedRow | None:
    """The small photograph as a page names it until its bytes are read."""
    if photo is None:
        return None
    small = photo.preview
    return SealedRow(key=small.key, chunks=list(small.chunks), size=small.size)


def photo_said(photo: PhotoRow | None, words: Words) -> str:
    """When the photograph was taken, and that the person may look different by now (domain.md 6.3)."""
    if photo is None:
        return ""
    if photo.taken_on is None:
        return words.tr("Nobody knows when this photograph was taken.")
    day = photo.taken_on
    if photo.old:
        return words.tr("Taken on {day}, more than {months} months ago.", day=day, months=photo.months)
    return words.tr("Taken on {day}", day=day)


def _age(row: CardRow, words: Words) -> str:
    if row.age is None:
        return ""
    if row.age.youngest == row.age.oldest:
        return words.trn("{count} year", "{count} years", row.age.oldest)
    return words.tr("{youngest} to {oldest} years", youngest=row.age.youngest, oldest=row.age.oldest)


def _warnings(row: CardRow, words: Words) -> list[str]:
    found = {
        rules.TRANSMITTER: row.transmitter,
        rules.IN_GRACE: row.stage is RegistryStage.GRACE,
        rules.NOT_VERIFIED: row.provisional,
        rules.DISPUTED: row.disputed,
        rules.NOT_TO_BE_SHARED: not row.share_police,
    }
    said = [words.tr(sentence) for sentence, holds in found.items() if holds]
    if row.quarrel:
        fields = ", ".join(words.tr(FIELD_LABELS.get(name, name)) for name in row.quarrel)
        said.append(words.tr(rules.QUARREL, fields=fields))
    return said


def _looks(row: CardRow, words: Words) -> list[str]:
    tr = words.tr
    size = _dots(
        tr("{cm} cm", cm=row.height_cm) if row.height_cm else "",
        tr("{kg} kg", kg=row.weight_kg) if row.weight_kg else "",
        row.build,
    )
    labelled = (
        ("", size),
        (tr("Hair"), _dots(row.hair, row.facial_hair)),
        (tr("Eyes"), row.eyes),
        (tr("Complexion"), row.complexion),
        (tr("Wears"), _listed(row.worn_aids, words)),
        (tr("Marks"), "; ".join(row.marks)),
        (tr("Clothing"), row.clothing),
        (tr("Carries"), row.carried),
        (tr("Medical identification"), row.medical_id),
    )
    return [_named(label, text, words) for label, text in labelled if text]


def _searching(row: CardRow, words: Words) -> list[str]:
    tr = words.tr
    answer = {Tri.YES: tr("Answers searchers who call"), Tri.NO: tr("Does not answer searchers who call")}
    labelled = (
        ("", answer.get(row.responds_to_searchers, "") if row.responds_to_searchers else ""),
        (tr("Hides"), row.hiding_habits),
        (tr("Afraid of"), row.fears),
        (tr("Hazards at home"), row.home_hazards),
    )
    return [_named(label, text, words) for label, text in labelled if text]


def _swims(row: CardRow, words: Words) -> str:
    said = {Tri.YES: words.tr("Swims"), Tri.NO: words.tr("Cannot swim")}
    return said.get(row.swims, "") if row.swims else ""


def _place(place: PlaceRow, words: Words) -> str:
    away = ""
    if place.metres is not None:
        far = place.metres >= _KILOMETRE
        kilometres = f"{place.metres / _KILOMETRE:.1f}".replace(".", "," if words.code == "fr" else ".")
        away = words.tr("{number} km", number=kilometres) if far else words.tr("{metres} m", metres=place.metres)
    return _dots(place.name, away, place.why, place.last)


def _wander(one: Wander, words: Words) -> str:
    way = " → ".join(part for part in (one.from_where, one.found) if part)
    lasted = words.trn("{count} minute", "{count} minutes", one.minutes) if one.minutes is not None else ""
    return _dots(one.on, way, lasted, one.how, one.injuries)


def _address(one: Address, words: Words) -> str:
    where = ", ".join(part for part in (one.text, one.municipality) if part)
    kind = one.kind.label(words) if one.kind else ""
    return _dots(_named(kind, where, words), one.access, one.others)


def _contact(one: ContactRow, words: Words) -> CardContact:
    heed = [words.tr(each.text, **each.values) for each in one.instructions]
    if one.safe is Tri.NO:
        heed.insert(0, words.tr("Not safe to call: ask a supervisor first"))
    elif one.safe is not Tri.YES:
        heed.insert(0, words.tr("Nobody has asked whether it is safe to call"))
    if one.can_attend is Tri.YES:
        heed.append(words.tr("Can come to the place"))
    who = _dots(
        one.name,
        one.relation,
        words.tr("lives with the person") if one.lives_with else "",
        words.tr(name_of(one.language)) if one.language else "",
    )
    return CardContact(
        who=who,
        phones=[spoken(number) for number in (one.phone, one.other_phone) if number],
        heed=[*heed, *([one.note] if one.note else [])],
    )


def spoken(number: str) -> str:
    """A North American number as it is read aloud: 905-555-0142; any other as it was written."""
    found = _NUMBER.match(number)
    return "-".join(found.groups()) if found else number


def _listed(values: Iterable[Listed], words: Words) -> str:
    return ", ".join(value.label(words) for value in values)


def _named(label: str, text: str, words: Words) -> str:
    return words.tr("{label}: {words}", label=label, words=text) if label else text


def _dots(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _and(first: str, second: str) -> str:
    """Two texts of which either may be empty: ticked answers, then what was written to them."""
    return " · ".join(part for part in (first, second) if part)


_KILOMETRE = 1000
_NUMBER = re.compile(r"^\+1(\d{3})(\d{3})(\d{4})$")

"""From one row of a list, or one submitted form, to the answers of a registration (domain.md 6.5.12, 18.2).

Columns are named like the fields of a registration or like the questions of the form `vpr_registration`; a name that
ODK or KoboToolbox puts before them (`person/legal_first`, `person-legal_first`) is passed over. Lists are written with
semicolons. A second contact has the columns `contact2_name`, `contact2_phone` and so on. What cannot be understood is
told with its column; a row with such a column is refused as a whole, so that nothing is taken half.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.models import vocab
from app.models.vocab import Listed
from app.words import mark

NOT_LISTED = mark("{column}: “{value}” is none of the choices.")
NOT_A_DAY = mark("{column}: write the day as 2016-05-02.")
NOT_A_NUMBER = mark("{column}: “{value}” is not a whole number from {least} to {most}.")
NO_NAME = mark("The row has no name.")
FUTURE = mark("The date of birth lies in the future.")

Problem = tuple[str, dict[str, Any]]
"""A marked sentence and its values."""


@dataclass(frozen=True)
class RawRow:
    """One row as it came: `line` is its number in the file, from 1; `cells` by name; `groups` are what repeats."""

    line: int
    cells: Mapping[str, str]
    groups: Mapping[str, Sequence[Mapping[str, str]]]


@dataclass(frozen=True)
class Read:
    """What a row says: the answers by field, and why it cannot be taken."""

    answers: dict[str, Any]
    problems: tuple[Problem, ...]


_RENAMED = {
    "aids": "worn_aids",
    "usual_clothing": "clothing",
    "carries": "carried",
    "conditions_detail": "conditions_text",
    "calming_ways": "calming",
    "attractions_detail": "attractions_text",
    "hiding": "hiding_habits",
    "answers_searchers": "responds_to_searchers",
    "custody_detail": "custody_warning",
    "declaration": "declared_true",
    "gender_other": "gender_text",
    "yes_no_method": "communication_text",
    "first_name": "legal_first",
    "last_name": "legal_last",
    "birth_date": "dob",
    "date_of_birth": "dob",
}
_TEXTS = frozenset(
    {
        "submitter_name", "submitter_email", "submitter_address", "submitter_note", "legal_first", "legal_middle",
        "legal_last", "preferred_name", "gender_text", "build", "hair", "facial_hair", "eyes", "complexion", "clothing",
        "carried", "medical_id", "conditions_text", "life_threatening_text", "communication_text", "sensory_text",
        "triggers", "distress_signs", "calming", "approach", "do_not", "risks_text", "attractions_text", "fears",
        "past_places", "important_dates", "hiding_habits", "home_hazards", "custody_warning", "officer_note",
        "facility", "authority_evidence",
    }
)  # fmt: skip
_ONE: dict[str, type[Listed]] = {
    "source": vocab.RegistrySource,
    "relation": vocab.Relation,
    "authority": vocab.RegistryAuthority,
    "residence_link": vocab.ResidenceLink,
    "gender": vocab.Gender,
    "swims": vocab.Tri,
    "responds_to_searchers": vocab.Tri,
    "submitter_safe": vocab.Tri,
    "submitter_way": vocab.SubmitterWay,
}
_SEVERAL: dict[str, type[Listed]] = {
    "worn_aids": vocab.WornAid,
    "mobility": vocab.Mobility,
    "conditions": vocab.Condition,
    "communication": vocab.SpeaksBy,
    "sensory": vocab.Sensitivity,
    "risks": vocab.DistressRisk,
    "attractions": vocab.Attraction,
}
_LINES = frozenset({"aliases", "marks", "vehicles", "medical_alerts", "helpers"})
_NUMBERS = {"height_cm": (30, 250), "weight_kg": (2, 400)}
_TICKS = frozenset({"id_checked", "declared_true", "life_threatening"})
_CONSENTS = {
    "consent_registry": "registry",
    "consent_police": "share_police",
    "consent_share_police": "share_police",
    "consent_emergency": "share_emergency",
    "consent_share_emergency": "share_emergency",
}
_CODES = {
    "source": {"online": "online_print", "pls": "lifesaver"},
    "authority": {"power_of_attorney": "attorney", "other": "none"},
    "mobility": {"walks": "walks_well"},
    "conditions": {"fetal_alcohol": "fasd"},
    "communication": {"board": "pictures"},
    "attractions": {"other": ""},
}
"""Where the form's codes are not the registry's; empty: it says more in words."""
_NONE = frozenset({"none", "none_known", "not_said", "none known"})
_YES, _NO = frozenset({"yes", "y", "true", "1", "ok", "oui"}), frozenset({"no", "n", "false", "0", "non"})
_KNOWN = {
    "triggers_known": "triggers",
    "calming_ways_known": "calming",
    "approach_known": "approach",
    "places_known": "places",
    "routines_known": "routines",
    "wander_known": "wander_history",
}
"""Questions of the form that ask whether there is anything to tell."""

NUMBERED = re.compile(r"^(contact|address|place|wander|device|routine|helper)_?(\d*)_(\w+)$")
_ADDRESS = frozenset(
    {"street", "town", "postal", "access_notes", "lives_with", "address_kind", "address", "municipality"}
)


def read(row: RawRow, today: date) -> Read:
    """The answers of one row."""
    reader = _Reader(today)
    cells = {name: text.strip() for name, text in row.cells.items() if text.strip()}
    for name, text in cells.items():
        reader.cell(_RENAMED.get(name, name), name, text)
    for name, field in _KNOWN.items():
        if cells.get(name) in _NONE and field not in reader.answers:
            reader.answers[field] = [] if field in ("places", "routines", "wander_history") else _SAID[cells[name]]
    reader.groups({name: list(entries) for name, entries in row.groups.items()}, cells)
    if not any(reader.answers.get(name) for name in ("legal_first", "legal_last", "preferred_name")):
        reader.problems.append((NO_NAME, {}))
    return Read(reader.answers, tuple(reader.problems))


_SAID = {
    "none_known": "Nothing known",
    "not_said": "Prefers not to say",
    "none": "Nothing known",
    "none known": "Nothing known",
}


class _Reader:
    def __init__(self, today: date) -> None:
        self.today = today
        self.answers: dict[str, Any] = {}
        self.problems: list[Problem] = []

    def cell(self, field: str, column: str, text: str) -> None:
        """One answer; a column that means nothing here is passed over."""
        if field in _TEXTS:
            self.answers[field] = text
        elif field == "submitter_phone":
            self.answers[field] = phone(text)
        elif field == "dob":
            self._birth(column, text)
        elif field in _ONE:
            self._one(field, column, text)
        elif field in _SEVERAL:
            self._several(field, column, text)
        elif field in _LINES:
            self.answers[field] = [] if text.casefold() in _NONE else _split(text)
        elif field == "languages":
            self.answers[field] = _languages(text)
        elif field in _NUMBERS:
            self._number(field, column, text)
        elif field in _TICKS:
            self._tick(field, column, text)
        elif field in _CONSENTS:
            self._consent(field, column, text)

    def _birth(self, column: str, text: str) -> None:
        try:
            born = date.fromisoformat(text[:10])
        except ValueError:
            self.problems.append((NOT_A_DAY, {"column": column}))
            return
        if born > self.today:
            self.problems.append((FUTURE, {}))
            return
        self.answers |= {"dob": born, "dob_precision": vocab.DobPrecision.EXACT}

    def _one(self, field: str, column: str, text: str) -> None:
        found = _code(_ONE[field], _CODES.get(field, {}).get(text, text))
        if found is None:
            self.problems.append((NOT_LISTED, {"column": column, "value": text}))
            return
        self.answers[field] = found

    def _several(self, field: str, column: str, text: str) -> None:
        codes: list[str] = []
        words = text.split() if ";" not in text and _code(_SEVERAL[field], text) is None else _split(text)
        for word in words:
            if word.casefold() in _NONE:
                continue
            code = _CODES.get(field, {}).get(word, word)
            found = _code(_SEVERAL[field], code) if code else None
            if found is None and code:
                self.problems.append((NOT_LISTED, {"column": column, "value": word}))
            elif found is not None and str(found) not in codes:
                codes.append(str(found))
        self.answers[field] = codes

    def _number(self, field: str, column: str, text: str) -> None:
        least, most = _NUMBERS[field]
        whole = text.removesuffix(".0").strip()
        if not whole.isdecimal() or not least <= int(whole) <= most:
            self.problems.append((NOT_A_NUMBER, {"column": column, "value": text, "least": least, "most": most}))
            return
        self.answers[field] = int(whole)

    def _tick(self, field: str, column: str, text: str) -> None:
        said = text.casefold()
        if said in _YES or said in _NO:
            self.answers[field] = said in _YES
        elif said != "unknown":
            self.problems.append((NOT_LISTED, {"column": column, "value": text}))

    def _consent(self, field: str, column: str, text: str) -> None:
        said = text.casefold()
        if said not in _YES | _NO:
            self.problems.append((NOT_LISTED, {"column": column, "value": text}))
            return
        consents = dict(self.answers.get("consents") or {})
        self.answers["consents"] = consents | {_CONSENTS[field]: "yes" if said in _YES else "no"}

    def groups(self, found: dict[str, list[Mapping[str, str]]], cells: Mapping[str, str]) -> None:
        """What can be there several times: from the repeats of a form, or from numbered columns."""
        for name, entry in _numbered(cells).items():
            found.setdefault(name, []).extend(entry)
        for name, (field, make) in _GROUPS.items():
            entries = [made for made in (make(entry) for entry in found.get(name, [])) if made]
            if entries:
                self.answers[field] = entries
        if "places" in cells and "places" not in self.answers:
            text = cells["places"]
            self.answers["places"] = [] if text.casefold() in _NONE else [{"name": name} for name in _split(text)]
        for field in ("routines", "wander_history"):
            if cells.get(field, "").casefold() in _NONE:
                self.answers.setdefault(field, [])


def phone(text: str) -> str:
    """A telephone number as it is kept: +1 and ten digits where it is North American, else as it was written."""
    digits = re.sub(r"\D", "", text)
    if len(digits) == 10:
        return f"+1{digits}"
    return f"+{digits}" if len(digits) == 11 and digits.startswith("1") else text.strip()


def _numbered(cells: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
    """`contact2_phone` and its like, and the columns of the one address."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for name, text in cells.items():
        matched = NUMBERED.match(name)
        if matched is not None:
            group, number, part = matched.groups()
            found.setdefault(group, {}).setdefault(number or "1", {})[f"{group}_{part}"] = text
        if name in _ADDRESS:
            found.setdefault("address", {}).setdefault("1", {})[name] = text
    return {
        group: [entries[number] for number in sorted(entries, key=lambda one: int(one))]
        for group, entries in found.items()
    }


def _address(entry: Mapping[str, str]) -> dict[str, Any]:
    text = entry.get("street") or entry.get("address") or entry.get("address_text") or entry.get("address_street") or ""
    town = entry.get("town") or entry.get("municipality") or entry.get("address_town") or ""
    if not text and not town:
        return {}
    made = {
        "kind": str(_code(vocab.AddressKind, entry.get("address_kind", "")) or vocab.AddressKind.HOME),
        "text": ", ".join(part for part in (text, entry.get("postal", "")) if part),
        "municipality": town,
        "access": entry.get("access_notes", ""),
        "others": entry.get("lives_with", ""),
    }
    return {name: value for name, value in made.items() if value}


def _contact(entry: Mapping[str, str]) -> dict[str, Any]:
    if not entry.get("contact_name") and not entry.get("contact_phone"):
        return {}
    relation = _code(vocab.Relation, entry.get("contact_relation", ""))
    made: dict[str, Any] = {
        "name": entry.get("contact_name", ""),
        "relation": relation.text if relation is not None else entry.get("contact_relation", ""),
        "phone": phone(entry.get("contact_phone", "")),
        "safe_to_use": entry.get("contact_safe", ""),
        "can_attend": entry.get("contact_attends", ""),
        "note": entry.get("contact_note", ""),
    }
    if entry.get("contact_lives_with") == "yes":
        made["lives_with"] = True
    return {name: value for name, value in made.items() if value}


def _place(entry: Mapping[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": entry.get("place_name", ""),
        "why": entry.get("place_why", ""),
        "last": entry.get("place_last", ""),
    }
    where = [_real(part) for part in entry.get("place_at", "").split()[:2]]
    lat, lon = where if len(where) == len(("lat", "lon")) else (None, None)
    if lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180:
        made |= {"lat": lat, "lon": lon}
    return {name: value for name, value in made.items() if value != ""} if made["name"] else {}


def _wander(entry: Mapping[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "on": entry.get("wander_on", ""),
        "from": entry.get("wander_from", ""),
        "found": entry.get("wander_found", ""),
        "injuries": entry.get("wander_injuries", ""),
    }
    hours = _real(entry.get("wander_hours", ""))
    if hours is not None and 0 <= hours < _MOST_HOURS:
        made["minutes"] = round(hours * 60)
    return {name: value for name, value in made.items() if value != ""}


_MOST_HOURS = 10_000


def _real(text: str) -> float | None:
    """A plain decimal number; None for anything else."""
    return float(text) if _DECIMAL.match(text) else None


_DECIMAL = re.compile(r"^-?\d{1,9}(\.\d{1,15})?$")


def _device(entry: Mapping[str, str]) -> dict[str, Any]:
    about = " · ".join(entry[name] for name in ("device_brand", "device_account") if entry.get(name))
    number = phone(entry["device_number"]) if entry.get("device_number") else ""
    made = {"kind": entry.get("device_kind", ""), "number": number, "about": about}
    return {name: value for name, value in made.items() if value}


def _routine(entry: Mapping[str, str]) -> dict[str, Any]:
    made = {
        "day": entry.get("routine_days", ""),
        "time": entry.get("routine_time", "")[:5],
        "place": entry.get("routine_place", ""),
    }
    return {name: value for name, value in made.items() if value}


def _joined(*names: str) -> Callable[[Mapping[str, str]], str]:
    return lambda entry: " · ".join(entry[name] for name in names if entry.get(name))


_GROUPS: dict[str, tuple[str, Callable[[Mapping[str, str]], Any]]] = {
    "address": ("addresses", _address),
    "contact": ("contacts", _contact),
    "place": ("places", _place),
    "wander": ("wander_history", _wander),
    "device": ("devices", _device),
    "routine": ("routines", _routine),
    "mark": ("marks", _joined("mark_kind", "mark_place")),
    "vehicle": ("vehicles", _joined("vehicle_what", "plate")),
    "alert": ("medical_alerts", _joined("alert_text", "hours_to_harm", "rescue_place")),
    "helper": ("helpers", _joined("helper_name", "helper_phone")),
}


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]


def _languages(text: str) -> list[str]:
    known = {"english": "en", "anglais": "en", "french": "fr", "français": "fr", "francais": "fr"}
    return [known.get(word.casefold(), word) for word in re.split(r"[;,\n]\s*", text) if word.strip()]


def _code(listed: type[Listed], text: str) -> Listed | None:
    """The member with this code or this English label."""
    said = text.strip().casefold()
    return next((one for one in listed if said in (one.value.casefold(), one.text.casefold())), None)

"""The form of a registration: the submitter, the person, health, how to act, where to look, whom to call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.models.vocab import (
    AddressKind,
    Attraction,
    CallerId,
    Capacity,
    Condition,
    ConsentForm,
    DistressRisk,
    DobPrecision,
    Gender,
    Listed,
    Mobility,
    RegistryAuthority,
    RegistryConsent,
    RegistrySource,
    Relation,
    ResidenceLink,
    Sensitivity,
    SpeaksBy,
    SubmitterWay,
    Tri,
    Voicemail,
    WornAid,
)
from app.queries import registry
from app.queries.languages import NAMES
from app.queries.registry import RegistrationEntry
from app.services import registry as verbs
from app.views.common.choices import ChipChoice, SegmentedChoice, TickBox, TriChoice
from app.views.common.dates import DateField
from app.views.common.entries import EntriesEdit, LinesEdit, Part
from app.views.common.form_dialog import FormDialog
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit, NoteEdit
from app.views.common.wording import Wording
from app.views.programme import Context
from app.words import tr

_NONE = "none known"
_NAME = "registry.form"
_LISTS = (
    "languages", "worn_aids", "mobility", "conditions", "communication", "sensory", "risks", "attractions",
)  # fmt: skip
_MAY_BE_NONE = frozenset({"sensory", "risks", "attractions"})


def _pairs(listed: type[Listed]) -> list[tuple[Any, Wording]]:
    return [(one, one.label) for one in listed]


def _or_none(listed: type[Listed]) -> ChipChoice:
    return ChipChoice([*_pairs(listed), (_NONE, lambda: tr("Nothing known"))])


def _later(text: str) -> Wording:
    return lambda: tr(text)


ADDRESS = (
    Part("kind", lambda: tr("Kind of address"), listed=AddressKind),
    Part("text", lambda: tr("Street and number")),
    Part("municipality", lambda: tr("Municipality")),
    Part("access", lambda: tr("How to get in")),
    Part("others", lambda: tr("Who else is there")),
    Part("position", lambda: tr("Position (latitude, longitude)"), position=True),
)
PLACE = (
    Part("name", lambda: tr("Place")),
    Part("why", lambda: tr("Why")),
    Part("last", lambda: tr("Last there")),
    Part("position", lambda: tr("Position (latitude, longitude)"), position=True),
)
WANDER = (
    Part("on", lambda: tr("Date (year-month-day)")),
    Part("minutes", lambda: tr("How long, in minutes"), number=True),
    Part("from", lambda: tr("From where")),
    Part("found", lambda: tr("Found where")),
    Part("how", lambda: tr("How found")),
    Part("injuries", lambda: tr("Injuries")),
)
ROUTINE = (
    Part("day", lambda: tr("Day")),
    Part("time", lambda: tr("Time")),
    Part("place", lambda: tr("Place")),
    Part("route", lambda: tr("Way there")),
)
DEVICE = (
    Part("kind", lambda: tr("Telephone, watch, tag")),
    Part("number", lambda: tr("Telephone number")),
    Part("about", lambda: tr("Brand and account holder"), wide=True),
)
CONTACT = (
    Part("name", lambda: tr("Name")),
    Part("relation", lambda: tr("Who they are to the person")),
    Part("phone", lambda: tr("Telephone")),
    Part("other_phone", lambda: tr("Other telephone")),
    Part("safe_to_use", lambda: tr("Is it safe to call?"), listed=Tri),
    Part("voicemail", lambda: tr("Voicemail"), listed=Voicemail),
    Part("caller_id", lambda: tr("Caller ID"), listed=CallerId),
    Part("say_you_are", lambda: tr("Say you are")),
    Part("can_attend", lambda: tr("Can come to the place?"), listed=Tri),
    Part("note", lambda: tr("Note")),
    Part("lives_with", lambda: tr("Lives with the person"), tick=True),
)


class RegistrationDialog(FormDialog):
    """Enters a registration (`entry` None) or changes one. A draft may lack anything but a name."""

    def __init__(
        self, context: Context, parent: QWidget, entry: RegistrationEntry | None, *, renews: bool = False
    ) -> None:
        adds = entry is None
        self._renews = renews
        super().__init__(
            context,
            parent,
            _NAME,
            _title(adds, renews),
            (lambda: tr("Save and renew")) if renews else (lambda: tr("Save")),
            subject=entry.id if entry else "",
            said=(lambda: tr("Renewed for another term.")) if renews else (lambda: tr("The registration is saved.")),
            width=980,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._entry = entry
        self._ask_submitter()
        self._ask_person()
        self._ask_looks()
        self._ask_health()
        self._ask_acting()
        self._ask_searching()
        self._ask_contacts()
        self.begin(_shown(entry.values) if entry else {})

    @classmethod
    def ask_for(
        cls,
        context: Context,
        parent: QWidget,
        registration_id: str | None,
        done: Callable[[str], None],
        *,
        renews: bool = False,
    ) -> None:
        """Read the registration, then open the form; `done` is told its id once it is saved."""
        if registration_id is None:
            cls._show(context, parent, None, done, renews)
            return
        today = context.clock().date()
        context.tasks.read(
            parent,
            lambda session: registry.registration(session, registration_id, today=today),
            lambda entry: cls._show(context, parent, entry, done, renews),
        )

    @classmethod
    def _show(
        cls,
        context: Context,
        parent: QWidget,
        entry: RegistrationEntry | None,
        done: Callable[[str], None],
        renews: bool,
    ) -> None:
        dialog = cls(context, parent, entry, renews=renews)
        dialog.done_with.connect(lambda made: done(str(made or (entry.id if entry else ""))))
        dialog.open()

    def check(self) -> bool:
        """A registration is found by a name."""
        typed = self.typed()
        if super().check() and not any(typed[name] for name in ("legal_first", "legal_last", "preferred_name")):
            return self.refuse("legal_first", lambda: tr("Give the person a name that an officer can look for."))
        return super().check()

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Register, or hand over what was changed."""
        if self._entry is None:
            typed = self.typed()
            answered = {name for name, value in typed.items() if value == [] or value not in (None, "", ())}
            return verbs.register, verbs.Register(**_stored(typed, answered))
        changed = _stored(self.typed(), set(self.changes()))
        if self._renews:
            return verbs.renew_registration, verbs.RenewRegistration(registration_id=self._entry.id, **changed)
        return verbs.update_registration, verbs.UpdateRegistration(registration_id=self._entry.id, **changed)

    def _ask_submitter(self) -> None:
        self.part(lambda: tr("Who registers, and by what right"))
        self.ask("source", lambda: tr("How it came in"), ComboPicker(_pairs(RegistrySource)))
        self.ask("submitter_name", lambda: tr("Submitter"), LineEdit())
        self.ask("relation", lambda: tr("Relation to the person"), ComboPicker(_pairs(Relation)))
        self.ask("submitter_phone", lambda: tr("Telephone"), LineEdit())
        self.ask("submitter_email", lambda: tr("E-mail"), LineEdit())
        self.ask("submitter_address", lambda: tr("Address"), LineEdit())
        self.ask("submitter_way", lambda: tr("How to reach them"), ComboPicker(_pairs(SubmitterWay)))
        self.ask("submitter_safe", lambda: tr("Is that safe?"), TriChoice())
        self.ask("submitter_note", lambda: tr("What to heed before reaching them"), LineEdit())
        self.ask(
            "letter_language",
            lambda: tr("Language of letters"),
            SegmentedChoice([("en", lambda: "English"), ("fr", lambda: "Français")]),
        )
        self.ask("authority", lambda: tr("Authority"), SegmentedChoice(_pairs(RegistryAuthority)), wide=True)
        self.ask(
            "authority_evidence",
            lambda: tr("Proof that was seen"),
            LineEdit(),
            hint=lambda: tr("Such as a birth certificate or a power of attorney."),
        )
        self.ask("id_checked", lambda: tr("Identity"), TickBox(lambda: tr("Photo identification was checked")))
        self.ask("residence_link", lambda: tr("Link to this region"), SegmentedChoice(_pairs(ResidenceLink)), wide=True)
        for one in RegistryConsent:
            self.ask(
                f"consent_{one.value}",
                one.label,
                SegmentedChoice([("yes", lambda: tr("Yes")), ("no", lambda: tr("No"))]),
            )
        self.ask("consent_form", lambda: tr("How consent was given"), ComboPicker(_pairs(ConsentForm)))
        self.ask("decision_capacity", lambda: tr("Who decides for the person"), ComboPicker(_pairs(Capacity)))
        self.ask("facility", lambda: tr("Facility, when it is one"), LineEdit())
        self.ask(
            "declared_true",
            lambda: tr("Declaration"),
            TickBox(lambda: tr("The submitter declares this true to the best of their knowledge")),
        )

    def _ask_person(self) -> None:
        self.part(lambda: tr("The person"))
        self.ask("legal_first", lambda: tr("First name"), LineEdit())
        self.ask("legal_last", lambda: tr("Last name"), LineEdit())
        self.ask("legal_middle", lambda: tr("Middle name"), LineEdit())
        self.ask("preferred_name", lambda: tr("Name they answer to"), LineEdit())
        self.ask("aliases", lambda: tr("Other names, one on each line"), LinesEdit(least_lines=2))
        self.ask("dob", lambda: tr("Date of birth"), DateField(clock=self.context.clock))
        self.ask("dob_precision", lambda: tr("How well it is known"), ComboPicker(_pairs(DobPrecision)))
        self.ask("gender", lambda: tr("Gender"), ComboPicker(_pairs(Gender)))
        self.ask("gender_text", lambda: tr("Gender in their own words"), LineEdit())
        languages = [(code, _later(text)) for code, text in NAMES.items()]
        self.ask("languages", lambda: tr("Languages"), ChipChoice(languages), wide=True)
        self._ask_entries("addresses", lambda: tr("Addresses"), ADDRESS, lambda: tr("Another address"))
        self._ask_entries("devices", lambda: tr("Telephones and devices"), DEVICE, lambda: tr("Another device"))

    def _ask_looks(self) -> None:
        self.part(lambda: tr("Description"))
        self.ask("height_cm", lambda: tr("Height in centimetres"), NumberField(30, 250))
        self.ask("weight_kg", lambda: tr("Weight in kilograms"), NumberField(2, 400))
        for name, label in (
            ("build", lambda: tr("Build")),
            ("hair", lambda: tr("Hair")),
            ("facial_hair", lambda: tr("Facial hair")),
            ("eyes", lambda: tr("Eyes")),
            ("complexion", lambda: tr("Complexion")),
            ("medical_id", lambda: tr("Medical identification, number and where it is worn")),
            ("clothing", lambda: tr("Usual clothing")),
            ("carried", lambda: tr("What they carry")),
        ):
            self.ask(name, label, LineEdit())
        self.ask("worn_aids", lambda: tr("Wears"), ChipChoice(_pairs(WornAid)), wide=True)
        self.ask("marks", lambda: tr("Scars, tattoos, marks; one on each line"), LinesEdit(least_lines=2))
        self.ask("vehicles", lambda: tr("Vehicles and bicycles, one on each line"), LinesEdit(least_lines=2))
        self.ask("mobility", lambda: tr("Getting about"), ChipChoice(_pairs(Mobility)), wide=True)
        self.ask("swims", lambda: tr("Can the person swim?"), TriChoice())

    def _ask_health(self) -> None:
        self.part(lambda: tr("Health"))
        self.ask("conditions", lambda: tr("Conditions"), ChipChoice(_pairs(Condition)), wide=True)
        self.ask("conditions_text", lambda: tr("More about the conditions"), NoteEdit(least_lines=2))
        self.ask(
            "medical_alerts",
            lambda: tr("Allergies, time-critical medication, implants; one on each line"),
            LinesEdit(least_lines=2),
        )
        self.ask(
            "life_threatening",
            lambda: tr("Is something life-threatening?"),
            SegmentedChoice([(True, lambda: tr("Yes")), (False, lambda: tr("No"))]),
        )
        self.ask(
            "life_threatening_text",
            lambda: tr("What is life-threatening"),
            LineEdit(),
            hint=lambda: tr("The first thing that an officer reads."),
        )

    def _ask_acting(self) -> None:
        self.part(lambda: tr("How to talk and how to act"))
        self.ask("communication", lambda: tr("Communication"), ChipChoice(_pairs(SpeaksBy)), wide=True)
        self.ask("communication_text", lambda: tr("More about communication"), NoteEdit(least_lines=2), wide=True)
        self.ask("approach", lambda: tr("How to approach"), NoteEdit(least_lines=2))
        self.ask("do_not", lambda: tr("What not to do"), NoteEdit(least_lines=2))
        self.ask("calming", lambda: tr("What calms"), NoteEdit(least_lines=2))
        self.ask("triggers", lambda: tr("What makes it worse"), NoteEdit(least_lines=2))
        self.ask("sensory", lambda: tr("Hard to bear"), _or_none(Sensitivity), wide=True)
        self.ask("sensory_text", lambda: tr("More about it"), LineEdit())
        self.ask("distress_signs", lambda: tr("Signs of distress"), LineEdit())
        self.ask("risks", lambda: tr("When distressed, the person"), _or_none(DistressRisk), wide=True)
        self.ask("risks_text", lambda: tr("More about the risks"), LineEdit(), wide=True)
        self.ask(
            "officer_note",
            lambda: tr("Note to officers"),
            NoteEdit(least_lines=2, limit=280),
            hint=lambda: tr("Stands at the top of the card."),
            wide=True,
        )

    def _ask_searching(self) -> None:
        self.part(lambda: tr("Where to look"))
        self.ask("attractions", lambda: tr("Attracted to"), _or_none(Attraction), wide=True)
        self.ask("attractions_text", lambda: tr("More about attractions"), LineEdit())
        self.ask("fears", lambda: tr("Fears and dislikes"), LineEdit())
        none = lambda: tr("Nothing known")  # noqa: E731  (said anew in another language)
        self._ask_entries("places", lambda: tr("Places"), PLACE, lambda: tr("Another place"), none)
        self._ask_entries("routines", lambda: tr("Routines"), ROUTINE, lambda: tr("Another routine"), none)
        self._ask_entries(
            "wander_history", lambda: tr("Earlier disappearances"), WANDER, lambda: tr("Another time"), none
        )
        self.ask("past_places", lambda: tr("Past addresses, past work, childhood home"), NoteEdit(least_lines=2))
        self.ask("important_dates", lambda: tr("Important dates"), NoteEdit(least_lines=2))
        self.ask("hiding_habits", lambda: tr("Hiding habits"), LineEdit())
        self.ask("responds_to_searchers", lambda: tr("Answers searchers who call?"), TriChoice())
        self.ask("home_hazards", lambda: tr("Hazards at home"), LineEdit(), wide=True)

    def _ask_contacts(self) -> None:
        self.part(lambda: tr("Whom to call"))
        self._ask_entries("contacts", lambda: tr("Emergency contacts"), CONTACT, lambda: tr("Another contact"))
        self.ask(
            "helpers", lambda: tr("School, day program, doctor, worker; one on each line"), LinesEdit(least_lines=2)
        )
        self.ask(
            "custody_warning",
            lambda: tr("Court order or custody: do not hand over to"),
            NoteEdit(least_lines=2),
        )

    def _ask_entries(
        self, name: str, label: Wording, parts: tuple[Part, ...], more: Wording, none_known: Wording = ""
    ) -> None:
        self.ask(name, label, EntriesEdit(f"{_NAME}.{name}", parts, more, none_known), wide=True)


def _title(adds: bool, renews: bool) -> Wording:
    if renews:
        return lambda: tr("Renew with changes")
    return (lambda: tr("New registration")) if adds else (lambda: tr("Change the registration"))


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """A registration as the form shows it."""
    found = dict(values)
    for name in _LISTS:
        stored = found.get(name)
        found[name] = [_NONE] if stored == [] and name in _MAY_BE_NONE else stored
    for one in RegistryConsent:
        found[f"consent_{one.value}"] = (values.get("consents") or {}).get(one.value)
    return found


def _stored(typed: Mapping[str, Any], named: Iterable[str]) -> dict[str, Any]:
    """What was typed into the fields `named`, as the registry keeps it."""
    names = set(named)
    found: dict[str, Any] = {}
    consents = {f"consent_{one.value}" for one in RegistryConsent}
    for name in names - consents:
        value = typed[name]
        if name in _LISTS:
            value = [] if _NONE in value else [str(code) for code in value] or None
        found[name] = value
    if names & consents:
        given = {one.value: typed[f"consent_{one.value}"] for one in RegistryConsent}
        found["consents"] = {name: str(answer) for name, answer in given.items() if answer}
    return found

"""The fields of a request, in the order in which an officer knows them. Everything may stay empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.vocab import (
    TRAGIC_CIRCUMSTANCES,
    AccusedWhereabouts,
    Ask,
    CallerId,
    ConsentToContact,
    IncidentKind,
    Listed,
    OffenceGroup,
    RequestSource,
    ResponseWanted,
    SceneSafe,
    Tri,
    Voicemail,
)
from app.services.crisis import requests as verbs
from app.views import style
from app.views.common.card import Card
from app.views.common.choices import ChipChoice, SegmentedChoice, TickBox, TriChoice
from app.views.common.field import Field
from app.views.common.form import FormLayout
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit, NoteEdit
from app.views.common.wording import Wording
from app.views.requests.persons import PersonsEditor
from app.words import tr

CODES: dict[str, type[Listed]] = {
    "source": RequestSource,
    "response_wanted": ResponseWanted,
    "scene_safe": SceneSafe,
    "incident_kind": IncidentKind,
    "offence_group": OffenceGroup,
    "consent_to_contact": ConsentToContact,
    "voicemail": Voicemail,
    "caller_id": CallerId,
    "accused_whereabouts": AccusedWhereabouts,
    "contact_safe": Tri,
}
"""Fields whose value is a member of a closed list: a draft keeps only its code."""


def options(listed: type[Listed]) -> list[tuple[Listed, Wording]]:
    """A closed list as choices."""
    return [(member, member.label) for member in listed]


class RequestForm(QWidget):
    """Values by the names of `verbs.RequestAnswers`. `changed` tells of any typing."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.controls: dict[str, Any] = {}
        self._fields: dict[str, Field] = {}
        self.persons = PersonsEditor()
        self.persons.changed.connect(self.changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(4))
        for card in (self._first(), self._who(), self._scene(), self._contact()):
            column.addWidget(card)
        self._offer_offences()

    def answers(self) -> dict[str, Any]:
        """What stands in the form, as the fields of a command."""
        found = {name: control.value() for name, control in self.controls.items()}
        found["asks"] = [str(ask) for ask in found["asks"]]
        found["persons"] = tuple(self.persons.value())
        return found

    def typed(self) -> dict[str, Any]:
        """What stands in the form, as a draft."""
        kept = {name: control.value() for name, control in self.controls.items()}
        return {**kept, "persons": self.persons.typed()}

    def fill(self, values: Mapping[str, Any]) -> None:
        """Put values back, from a draft or a record."""
        for name, control in self.controls.items():
            if name in values:
                control.set_value(_listed(name, values[name]))
                if name == "incident_kind":
                    self._offer_offences()
        if "persons" in values:
            self.persons.fill(values["persons"])

    def show_problem(self, name: str | None, sentence: str) -> bool:
        """Put a refusal at its field; False when there is no such field."""
        for field in self._fields.values():
            field.set_error(None)
        if name is None or name not in self._fields:
            return False
        self._fields[name].set_error(sentence)
        return True

    def _add(
        self,
        form: FormLayout,
        name: str,
        text: Wording,
        control: Any,
        *,
        wide: bool = False,
        hint: Wording = "",
        required: bool = False,
    ) -> None:
        control.setObjectName(f"request.{name}")
        control.changed.connect(self.changed)
        field = Field(text, control, hint=hint, required=required)
        self.controls[name] = control
        self._fields[name] = field
        form.add(field, wide=wide)

    def _first(self) -> Card:
        card, form = Card(lambda: tr("What is needed")), FormLayout()
        self._add(
            form,
            "response_wanted",
            lambda: tr("Response wanted"),
            SegmentedChoice(options(ResponseWanted)),
            wide=True,
            required=True,
        )
        self._add(
            form,
            "scene_safe",
            lambda: tr("Is the scene safe?"),
            SegmentedChoice(options(SceneSafe)),
            wide=True,
            required=True,
        )
        self._add(form, "incident_kind", lambda: tr("What happened"), SegmentedChoice(options(IncidentKind)), wide=True)
        self.controls["incident_kind"].changed.connect(self._offer_offences)
        self._add(
            form, "offence_group", lambda: tr("Offence or event"), ComboPicker(options(OffenceGroup)), required=True
        )
        self._add(form, "occurrence_no", lambda: tr("Occurrence number"), LineEdit(lambda: tr("May follow later")))
        self._add(form, "asks", lambda: tr("What is asked of us"), ChipChoice(options(Ask)), wide=True)
        card.add(form)
        return card

    def _who(self) -> Card:
        card, form = Card(lambda: tr("People to support")), FormLayout()
        card.add(self.persons)
        self._add(form, "children_on_scene", lambda: tr("Children on scene"), NumberField(0, 99))
        self._add(form, "needs_interpreter", lambda: tr("Interpreter or access needs"), LineEdit())
        self._add(
            form,
            "accused_whereabouts",
            lambda: tr("Where is the accused?"),
            SegmentedChoice(options(AccusedWhereabouts)),
            wide=True,
        )
        card.add(form)
        return card

    def _scene(self) -> Card:
        card, form = Card(lambda: tr("Where, and who asks")), FormLayout()
        self._add(form, "location", lambda: tr("Place"), LineEdit())
        self._add(form, "municipality", lambda: tr("Municipality"), LineEdit())
        self._add(form, "meet_point", lambda: tr("Meeting point and parking"), LineEdit())
        self._add(form, "hazards", lambda: tr("Hazards and animals"), LineEdit())
        self._add(form, "source", lambda: tr("Who asks"), ComboPicker(options(RequestSource)))
        self._add(form, "requester_name", lambda: tr("Requester's name"), LineEdit())
        self._add(form, "requester_badge", lambda: tr("Badge"), LineEdit())
        self._add(form, "requester_phone", lambda: tr("Call-back number"), LineEdit(), required=True)
        card.add(form)
        return card

    def _contact(self) -> Card:
        card = Card(
            lambda: tr("May we contact the person?"),
            subtitle=lambda: tr("Anything but yes stops us from contacting the person; we can still advise you."),
        )
        form = FormLayout()
        self._add(
            form,
            "consent_to_contact",
            lambda: tr("Consent to be contacted"),
            SegmentedChoice(options(ConsentToContact)),
            wide=True,
            required=True,
        )
        self._add(form, "consent_asked_by", lambda: tr("Who asked, and how"), LineEdit())
        self._add(form, "contact_phone", lambda: tr("Number to reach the person"), LineEdit())
        self._add(form, "contact_safe", lambda: tr("Is this number safe to use?"), TriChoice())
        self._add(form, "voicemail", lambda: tr("Messages"), SegmentedChoice(options(Voicemail)))
        self._add(form, "caller_id", lambda: tr("Caller ID"), SegmentedChoice(options(CallerId)))
        self._add(
            form,
            "death_notification",
            lambda: tr("Notification"),
            TickBox(lambda: tr("This is a death notification")),
        )
        self._add(form, "note", lambda: tr("Anything else"), NoteEdit(), wide=True)
        card.add(form)
        return card

    def _offer_offences(self) -> None:
        kind = self.controls["incident_kind"].value()
        offered = [
            group
            for group in OffenceGroup
            if kind is None or (group in TRAGIC_CIRCUMSTANCES) == (kind is IncidentKind.TRAGIC)
        ]
        picker = self.controls["offence_group"]
        kept = picker.value()
        picker.set_options([(group, group.label) for group in offered])
        if kept in offered:
            picker.set_value(kept)


def command(form: RequestForm, request_id: str | None) -> verbs.RaiseRequest | verbs.UpdateRequest:
    """The command for what stands in the form: a new request, or a correction of one."""
    answers = form.answers()
    if request_id is None:
        return verbs.RaiseRequest(**answers)
    return verbs.UpdateRequest(request_id=request_id, **answers)


def _listed(name: str, value: Any) -> Any:
    listed = CODES.get(name)
    if name == "asks":
        return [Ask.of(str(code)) for code in value or () if str(code) in {str(ask) for ask in Ask}]
    if listed is None or value is None:
        return value
    return listed.of(str(value))

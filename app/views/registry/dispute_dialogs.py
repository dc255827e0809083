"""Two who may decide for the person disagree: the other version is written down, a supervisor decides."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.models.vocab import DisputeSide
from app.queries.conflicts import FIELD_LABELS
from app.queries.registry import RegistrationEntry
from app.queries.registry_office import DisputeRow
from app.services import registry_disputes as verbs
from app.views.common.choices import SegmentedChoice
from app.views.common.facts import Facts
from app.views.common.form_dialog import FormDialog
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit, NoteEdit
from app.views.common.wording import Wording
from app.views.programme import Context
from app.views.registry.other_version import FIELDS, TEXTS, input_name, inputs, shown, version
from app.words import tr


class DisputeDialog(FormDialog):
    """Writes down the other version of one field."""

    def __init__(self, context: Context, parent: QWidget, entry: RegistrationEntry, done: Callable[[], None]) -> None:
        super().__init__(
            context,
            parent,
            "registry.dispute",
            lambda: tr("Guardians disagree"),
            lambda: tr("Record both versions"),
            subject=entry.id,
            text=lambda: tr(
                "What stands and the other version are both kept. Until a supervisor decides, the card says that this"
                " is disputed."
            ),
            said=lambda: tr("Both versions are recorded; a supervisor decides."),
            width=860,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._entry = entry
        options = [(name, _later(FIELD_LABELS[name])) for name in FIELDS]
        self.ask("field", lambda: tr("About what"), ComboPicker(options), required=True)
        self.ask("second_by", lambda: tr("Who says otherwise"), LineEdit(), required=True)
        self.ask("first_by", lambda: tr("Who said what stands"), LineEdit())
        for name, made in inputs("registry.dispute").items():
            self.ask(name, lambda: tr("The other version"), made(), wide=True, when=partial(self._is_about, name))
        self.begin({"first_by": entry.values.get("submitter_name")})
        self.done_with.connect(lambda _: done())

    def _is_about(self, name: str) -> bool:
        field = self.typed().get("field")
        return field is not None and input_name(str(field)) == name

    def check(self) -> bool:
        """The field has to be chosen."""
        if super().check() and self.typed()["field"] is None:
            return self.refuse("field", lambda: tr("Choose one."))
        return super().check()

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Record it."""
        typed = self.typed()
        command = verbs.OpenDispute(
            registration_id=self._entry.id,
            field=str(typed["field"]),
            value=version(str(typed["field"]), typed[input_name(str(typed["field"]))]),
            second_by=typed["second_by"] or "",
            first_by=typed["first_by"],
        )
        return verbs.open_dispute, command


class DecideDialog(FormDialog):
    """Shows both versions; a supervisor lets one stand."""

    def __init__(self, context: Context, parent: QWidget, row: DisputeRow, done: Callable[[], None]) -> None:
        super().__init__(
            context,
            parent,
            "registry.decide",
            lambda: tr("Decide: {field}", field=label_of(row.field)),
            lambda: tr("Decide"),
            subject=row.id,
            said=lambda: tr("Decided; the card follows."),
            width=860,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._row = row
        first, second = shown(row.field, row.first), shown(row.field, row.second)
        self.add(
            Facts(
                [
                    (lambda: tr("What stands, said by {who}", who=row.first_by or "–"), first),
                    (
                        lambda: tr("The other version, said by {who}", who=row.second_by or "–"),
                        second,
                    ),
                ]
            )
        )
        sides = [one for one in DisputeSide if one is not DisputeSide.OWN or row.field in TEXTS]
        self.ask(
            "side",
            lambda: tr("What stands from now on"),
            SegmentedChoice([(one, one.label) for one in sides], column=True),
            wide=True,
            required=True,
        )
        self.ask(
            "value",
            lambda: tr("The other text"),
            NoteEdit(),
            wide=True,
            when=lambda: self.typed().get("side") == DisputeSide.OWN,
        )
        self.ask("reason", lambda: tr("Why?"), NoteEdit(), wide=True, required=True)
        self.begin()
        self.done_with.connect(lambda _: done())

    def check(self) -> bool:
        """A side has to be chosen."""
        if super().check() and self.typed()["side"] is None:
            return self.refuse("side", lambda: tr("Choose one."))
        return super().check()

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Decide."""
        typed = self.typed()
        command = verbs.DecideDispute(
            dispute_id=self._row.id,
            side=DisputeSide.of(str(typed["side"])),
            reason=typed["reason"] or "",
            value=typed["value"],
        )
        return verbs.decide_dispute, command


def label_of(field: str) -> str:
    """What a field is called."""
    return tr(FIELD_LABELS.get(field, field))


def _later(text: str) -> Wording:
    return lambda: tr(text)

"""Adding a service to the directory and correcting one; only what was changed is handed over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.models.vocab import NeedDomain, PartnerKind
from app.queries import directory
from app.queries.directory import ServiceEntry
from app.queries.languages import NAMES
from app.services import directory as verbs
from app.views.common.choices import ChipChoice, SegmentedChoice, TickBox
from app.views.common.dates import DateField
from app.views.common.form_dialog import FormDialog
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit, NoteEdit
from app.views.common.wording import Wording
from app.views.directory.phones import PhonesEdit
from app.views.programme import Context
from app.words import tr

NEW = "new"
_STATUS: list[tuple[str, Wording]] = [
    ("active", lambda: tr("Active")),
    ("closed", lambda: tr("Closed for now")),
    ("inactive", lambda: tr("Not offered now")),
    ("defunct", lambda: tr("No longer there")),
]


@dataclass(frozen=True)
class _Known:
    organizations: tuple[tuple[str, str], ...]
    entry: ServiceEntry | None


class ServiceDialog(FormDialog):
    """The form of one service; `entry` None adds one."""

    def __init__(
        self,
        context: Context,
        parent: QWidget,
        organizations: tuple[tuple[str, str], ...],
        entry: ServiceEntry | None,
    ) -> None:
        adds = entry is None
        super().__init__(
            context,
            parent,
            "directory.form",
            (lambda: tr("Add a service")) if adds else (lambda: tr("Correct this entry")),
            (lambda: tr("Add the service")) if adds else (lambda: tr("Save")),
            subject=entry.id if entry else "",
            said=(lambda: tr("The service is in the directory."))
            if adds
            else (lambda: tr("The directory is corrected.")),
            width=820,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._entry = entry
        if adds:
            self._ask_organization(organizations)
        self._ask_what()
        self._ask_reach(entry)
        self._ask_practical()
        self.begin(_values(entry) if entry else {"status": "active"})

    @classmethod
    def ask_for(cls, context: Context, parent: QWidget, service_id: str | None, done: Callable[[str], None]) -> None:
        """Read what the form needs, then open it; `done` is told the service's id once it is saved."""

        def question(session: Any) -> _Known:
            entry = directory.service_entry(session, service_id) if service_id else None
            return _Known(directory.organizations(session), entry)

        def show(known: _Known) -> None:
            dialog = cls(context, parent, known.organizations, known.entry)
            dialog.done_with.connect(lambda made: done(str(made or service_id)))
            dialog.open()

        context.tasks.read(parent, question, show)

    def check(self) -> bool:
        """A service has a name and an organization."""
        if not super().check():
            return False
        typed = self.typed()
        if self._entry is None and typed["organization_id"] is None:
            return self.refuse("organization_id", lambda: tr("Choose the organization, or add a new one."))
        if self._entry is None and typed["organization_id"] == NEW and not typed["organization"]:
            return self.refuse("organization", lambda: tr("What is the new organization called?"))
        if not (typed["name"] or typed["name_fr"]):
            return self.refuse("name", lambda: tr("Give the service a name."))
        return True

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Add the service, or hand over what was corrected."""
        if self._entry is not None:
            return verbs.update_service, verbs.UpdateService(service_id=self._entry.id, **_plain(self.changes()))
        answers = _plain(self.answers())
        chosen = answers.pop("organization_id")
        name, kind = answers.pop("organization", None), answers.pop("kind", None)
        if chosen == NEW:
            made = verbs.AddOrganization(name=name, kind=PartnerKind.of(kind) if kind else None)
            command = verbs.AddServiceOfNewOrganization(organization=made, **answers)
            return verbs.add_service_of_new_organization, command
        return verbs.add_service, verbs.AddService(organization_id=str(chosen), **answers)

    def _ask_organization(self, organizations: tuple[tuple[str, str], ...]) -> None:
        self.part(lambda: tr("Organization"))
        options: list[tuple[str, Wording]] = [(NEW, lambda: tr("A new organization"))]
        chosen = self.ask(
            "organization_id",
            lambda: tr("Who offers it"),
            ComboPicker([*options, *organizations]),
            required=True,
            wide=True,
        )

        def is_new() -> bool:
            return chosen.value() == NEW

        self.ask("organization", lambda: tr("Name of the organization"), LineEdit(), required=True, when=is_new)
        self.ask(
            "kind",
            lambda: tr("Kind of organization"),
            ComboPicker([(one, one.label) for one in PartnerKind]),
            when=is_new,
        )

    def _ask_what(self) -> None:
        self.part(lambda: tr("What it offers"))
        self.ask("name", lambda: tr("Name in English"), LineEdit(), required=True)
        self.ask("name_fr", lambda: tr("Name in French"), LineEdit())
        self.ask("description", lambda: tr("Description in English"), NoteEdit())
        self.ask("description_fr", lambda: tr("Description in French"), NoteEdit())
        self.ask(
            "need_domains",
            lambda: tr("Needs that it helps with"),
            ChipChoice([(one, one.label) for one in NeedDomain]),
            wide=True,
        )
        self.ask("status", lambda: tr("Status"), SegmentedChoice(_STATUS), wide=True)

    def _ask_reach(self, entry: ServiceEntry | None) -> None:
        self.part(lambda: tr("How it is reached"))
        self.ask("phones", lambda: tr("Telephone"), PhonesEdit(), wide=True)
        self.ask("email", lambda: tr("E-mail"), LineEdit())
        self.ask("url", lambda: tr("Website"), LineEdit())
        self.ask("municipality", lambda: tr("Municipality"), LineEdit())
        hidden = entry is not None and entry.address_confidential
        hint: Wording = (
            (lambda: tr("An address may be stored and stays hidden. Type only to replace it.")) if hidden else ""
        )
        self.ask("address", lambda: tr("Address"), LineEdit(), hint=hint)
        self.ask(
            "address_confidential",
            lambda: tr("Confidentiality"),
            TickBox(lambda: tr("The address is confidential: it is never shown or printed")),
            wide=True,
        )

    def _ask_practical(self) -> None:
        self.part(lambda: tr("What one needs to know"))
        self.ask("hours", lambda: tr("Hours in English"), LineEdit())
        self.ask("hours_fr", lambda: tr("Hours in French"), LineEdit())
        self.ask("required_documents", lambda: tr("What to bring, in English"), LineEdit())
        self.ask("required_documents_fr", lambda: tr("What to bring, in French"), LineEdit())
        self.ask("eligibility", lambda: tr("Who may come"), LineEdit())
        self.ask("application_process", lambda: tr("How to apply"), LineEdit())
        self.ask("fees", lambda: tr("Cost"), LineEdit())
        self.ask("interpretation", lambda: tr("Interpreters"), LineEdit())
        self.ask(
            "languages",
            lambda: tr("Languages"),
            ChipChoice([(code, _later(text)) for code, text in NAMES.items()]),
            wide=True,
        )
        self.ask("assured_date", lambda: tr("Last checked on"), DateField(clock=self.context.clock))


def _values(entry: ServiceEntry) -> dict[str, Any]:
    found = {name: value for name, value in asdict(entry).items() if name not in ("id", "organization_id")}
    found["phones"] = [{"number": one.number, "description": one.description} for one in entry.phones]
    return found


def _plain(answers: dict[str, Any]) -> dict[str, Any]:
    """Codes of a list as plain texts, as they are stored."""
    return {
        name: [str(one) if isinstance(one, str) else one for one in value] if isinstance(value, list) else value
        for name, value in answers.items()
    }


def _later(text: str) -> Wording:
    return lambda: tr(text)

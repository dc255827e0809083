"""What the registry records over the years: renewals, reminders, own consent, who decides, archiving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.models.vocab import Capacity, SubmitterWay, Tri
from app.queries.registry import RegistrationEntry
from app.services import registry as verbs
from app.services import registry_terms as terms
from app.views.common import when
from app.views.common.banner import Banner
from app.views.common.choices import SegmentedChoice, TickBox
from app.views.common.form_dialog import FormDialog
from app.views.common.text import LineEdit, NoteEdit
from app.views.common.wording import Wording
from app.views.programme import Context
from app.words import tr


class _About(FormDialog):
    """A dialog about one registration."""

    def __init__(
        self,
        context: Context,
        parent: QWidget,
        entry: RegistrationEntry,
        name: str,
        title: Wording,
        accept: Wording,
        said: Wording,
        done: Callable[[], None],
        text: Wording = "",
    ) -> None:
        super().__init__(context, parent, name, title, accept, subject=entry.id, said=said, text=text)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.entry = entry
        self.done_with.connect(lambda _: done())


class RenewDialog(_About):
    """Renewal without changes (F-605); "with changes" is the registration's own form."""

    def __init__(self, context: Context, parent: QWidget, entry: RegistrationEntry, done: Callable[[], None]) -> None:
        ends = entry.values.get("expires_on")
        super().__init__(
            context,
            parent,
            entry,
            "registry.renewing",
            lambda: tr("Renew without changes"),
            lambda: tr("Renew"),
            lambda: tr("Renewed for another term."),
            done,
            lambda: tr("It ends on {day}. Renewing before that day loses none of the days left.", day=when.day(ends)),
        )
        self.ask(
            "attested_by",
            lambda: tr("Who said that nothing changed, and how"),
            LineEdit(),
            hint=lambda: tr("Such as: the mother, by the signed form."),
            wide=True,
        )
        self.ask(
            "contacts_checked",
            lambda: tr("Emergency contacts"),
            TickBox(lambda: tr("Each one was checked: name and number")),
            wide=True,
        )
        self.begin()

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Renew."""
        typed = self.typed()
        command = verbs.RenewRegistration(
            registration_id=self.entry.id,
            attested_by=typed["attested_by"],
            contacts_checked=bool(typed["contacts_checked"]),
        )
        return verbs.renew_registration, command


class ReminderDialog(_About):
    """The submitter was reminded. What has to be heeded before stands above."""

    def __init__(self, context: Context, parent: QWidget, entry: RegistrationEntry, done: Callable[[], None]) -> None:
        super().__init__(
            context,
            parent,
            entry,
            "registry.reminding",
            lambda: tr("Reminder to the submitter"),
            lambda: tr("Record it"),
            lambda: tr("The reminder is recorded."),
            done,
        )
        for kind, said in heed(entry):
            self.add(Banner("danger" if kind == "danger" else "warning", said))
        self.ask(
            "way",
            lambda: tr("How the submitter was reminded"),
            SegmentedChoice([(one, one.label) for one in SubmitterWay]),
            wide=True,
            required=True,
        )
        self.ask("note", lambda: tr("Note"), NoteEdit(least_lines=2), wide=True)
        self.begin({"way": entry.values.get("submitter_way")})

    def check(self) -> bool:
        """The way has to be said."""
        if super().check() and self.typed()["way"] is None:
            return self.refuse("way", lambda: tr("Choose one."))
        return super().check()

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Record it."""
        typed = self.typed()
        way = SubmitterWay.of(str(typed["way"]))
        command = terms.RecordReminder(registration_id=self.entry.id, way=way, note=typed["note"])
        return terms.record_reminder, command


class OwnConsentDialog(_About):
    """The person is old enough to be asked themselves."""

    def __init__(self, context: Context, parent: QWidget, entry: RegistrationEntry, done: Callable[[], None]) -> None:
        super().__init__(
            context,
            parent,
            entry,
            "registry.consent",
            lambda: tr("The person’s own consent"),
            lambda: tr("Record the answer"),
            lambda: tr("The answer is recorded."),
            done,
            lambda: tr("With a no the registration ends at once."),
        )
        self.ask(
            "agrees",
            lambda: tr("Does the person agree to stay in the registry?"),
            SegmentedChoice([(True, lambda: tr("Yes")), (False, lambda: tr("No"))]),
            wide=True,
            required=True,
        )
        self.ask("note", lambda: tr("How it was asked"), NoteEdit(least_lines=2), wide=True)
        self.begin()

    def check(self) -> bool:
        """There has to be an answer."""
        if super().check() and self.typed()["agrees"] is None:
            return self.refuse("agrees", lambda: tr("Choose one."))
        return super().check()

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Record it."""
        typed = self.typed()
        command = terms.RecordOwnConsent(
            registration_id=self.entry.id, agrees=bool(typed["agrees"]), note=typed["note"]
        )
        return terms.record_own_consent, command


class CapacityDialog(_About):
    """Who decides for the person from now on."""

    def __init__(self, context: Context, parent: QWidget, entry: RegistrationEntry, done: Callable[[], None]) -> None:
        super().__init__(
            context,
            parent,
            entry,
            "registry.capacity",
            lambda: tr("Who decides for the person"),
            lambda: tr("Record it"),
            lambda: tr("The review is recorded."),
            done,
        )
        self.ask(
            "capacity",
            lambda: tr("Who decides"),
            SegmentedChoice([(one, one.label) for one in Capacity]),
            wide=True,
            required=True,
        )
        self.ask("note", lambda: tr("What was seen"), NoteEdit(least_lines=2), wide=True, required=True)
        self.begin({"capacity": entry.values.get("decision_capacity")})

    def check(self) -> bool:
        """There has to be an answer."""
        if super().check() and self.typed()["capacity"] is None:
            return self.refuse("capacity", lambda: tr("Choose one."))
        return super().check()

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Record it."""
        typed = self.typed()
        command = terms.ReviewCapacity(
            registration_id=self.entry.id, capacity=Capacity.of(str(typed["capacity"])), note=typed["note"] or ""
        )
        return terms.review_capacity, command


def heed(entry: RegistrationEntry) -> list[tuple[str, Wording]]:
    """What must be seen before the submitter is reached in any way (domain.md 1.4.2)."""
    return to_heed(entry.values.get("submitter_safe"), str(entry.values.get("submitter_note") or "").strip())


def to_heed(safe: Tri | None, note: str) -> list[tuple[str, Wording]]:
    """The same, by what was answered about reaching the submitter and what was noted."""
    found: list[tuple[str, Wording]] = []
    if safe is Tri.NO:
        found.append(("danger", lambda: tr("It is not safe to reach the submitter. Ask a supervisor first.")))
    elif safe is not Tri.YES:
        found.append(("warning", lambda: tr("Nobody has asked how the submitter can be reached safely.")))
    if note:
        found.append(("warning", lambda: tr("Heed: {note}", note=note)))
    return found

"""The people of the case and how each may safely be reached."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from app.models.rules.safe_contact import Verdict
from app.models.vocab import Tri
from app.queries.crisis import people
from app.queries.crisis.rows import PersonRow, SafeContactRow
from app.services.people import ConfirmSafeContact, confirm_safe_contact
from app.views.common.badge import Badge
from app.views.common.card import Card
from app.views.common.masked import MaskedText
from app.views.common.text import QuietText
from app.views.crisis.asking import day_words, language_name
from app.views.crisis.dialogs.person import PersonDialog
from app.views.crisis.dialogs.relationship import RelationshipDialog
from app.views.crisis.dialogs.safe_contact import SafeContactDialog
from app.views.crisis.instructions import Instructions
from app.views.crisis.parts import Facts, Line, Wrap, act
from app.views.crisis.sections.base import CaseSection
from app.words import tr


class PeopleSection(CaseSection):
    """One card a person, the client first."""

    KINDS = ("person", "relationship", "safe_contact", "case_file")

    def question(self, session: Any) -> Any:
        """Everyone in the case."""
        return people.case_people(session, self.desk.case_id, now=self.desk.context.clock())

    def draw(self, answer: Any) -> None:
        """The cards, then what can be added."""
        desk, found = self.desk, tuple(answer)
        for person in found:
            self.body.addWidget(self._card(person, found))
        if desk.may("person") and not desk.is_closed:
            add = act(lambda: tr("Add a person"), "plus", "people.add", lambda: desk.show(PersonDialog(desk)))
            relate = act(
                lambda: tr("Add a relationship"),
                "people",
                "people.relate",
                lambda: desk.show(RelationshipDialog(desk, found)),
            )
            self.body.addWidget(Wrap([add, relate]))

    def _card(self, person: PersonRow, everyone: tuple[PersonRow, ...]) -> Card:
        desk = self.desk
        hidden = desk.hides
        role = person.relation.label() if person.relation else ""
        kind = tr("Client") if person.is_client else role or tr("In the case")
        card = Card(person.initials if hidden else person.display_name, subtitle=kind)
        if desk.may("person") and not desk.is_closed:
            card.add_action(
                act(
                    lambda: tr("Change"),
                    "edit",
                    "people.edit",
                    lambda: desk.show(PersonDialog(desk, person)),
                    quiet=True,
                )
            )
            card.add_action(
                act(
                    lambda: tr("Add a way to reach"),
                    "call",
                    "people.add_contact",
                    lambda: desk.show(SafeContactDialog(desk, person)),
                    quiet=True,
                )
            )
        if hidden:
            card.add(QuietText(lambda: tr("Hidden while someone may be listening.")))
            return card
        card.add(Facts(self._facts(person), 3))
        for contact in person.contacts:
            card.add(self._contact(person, contact))
        if not person.contacts:
            card.add(QuietText(lambda: tr("No safe way to reach this person is recorded yet. Ask, then add it.")))
        return card

    def _facts(self, person: PersonRow) -> list[tuple[Any, str]]:
        languages = ", ".join(language_name(row.code) for row in person.languages)
        if person.interpreter_needed:
            languages = tr("{languages}, interpreter needed", languages=languages or "–")
        age = person.age_band.label() if person.age is None else str(person.age)
        legal = " ".join(part for part in (person.legal_first, person.legal_middle, person.legal_last) if part)
        together = person.living_together.label() if person.living_together else ""
        return [
            (lambda: tr("Name in documents"), legal if legal != person.display_name else ""),
            (lambda: tr("Born"), day_words(person.dob)),
            (lambda: tr("Age"), age),
            (lambda: tr("Pronouns"), person.pronouns or ""),
            (lambda: tr("Language"), languages),
            (lambda: tr("Role in the event"), person.role_in_event.label() if person.role_in_event else ""),
            (lambda: tr("Lives with the client"), together),
            (lambda: tr("May be told about the case"), tr("Yes") if person.may_receive_info else ""),
            (lambda: tr("Medical alerts"), person.medical_alerts or ""),
            (lambda: tr("Address"), tr("Confidential") if person.address_confidential else ""),
        ]

    def _contact(self, person: PersonRow, contact: SafeContactRow) -> QWidget:
        desk = self.desk
        verdicts = {decision.verdict for decision in contact.decisions.values()}
        allowed = Verdict.ALLOWED in verdicts
        safe = contact.safe_to_use is Tri.YES
        badge = (
            Badge(lambda: tr("Safe to use"), "shield-check", "success")
            if allowed and safe
            else Badge(lambda: tr("Not now"), "clock", "warning")
            if safe
            else Badge(lambda: tr("Not safe"), "danger", "danger")
            if contact.safe_to_use is Tri.NO
            else Badge(lambda: tr("Nobody asked yet"), "warning", "warning")
        )
        actions = []
        if desk.may("safe_contact") and not desk.is_closed:
            if contact.stale and safe:
                actions.append(
                    act(
                        lambda: tr("Still holds"),
                        "check",
                        "people.confirm",
                        lambda: desk.write(self, confirm_safe_contact, ConfirmSafeContact(safe_contact_id=contact.id)),
                        quiet=True,
                    )
                )
            actions.append(
                act(
                    lambda: tr("Change"),
                    "edit",
                    "people.edit_contact",
                    lambda: desk.show(SafeContactDialog(desk, person, contact)),
                    quiet=True,
                )
            )
        kind = contact.kind.label() if contact.kind else ""
        title = " · ".join(part for part in (kind, contact.description) if part)
        confirmed = (
            tr("Confirmed {day} by {name}", day=day_words(contact.confirmed_on), name=contact.confirmed_by)
            if contact.confirmed_on
            else tr("Never confirmed")
        )
        card = Card()
        card.add(Line(title, confirmed, [badge], actions))
        value = MaskedText(
            contact.value or "",
            ask=lambda show: desk.context.reveal(self, "safe_contact", contact.id, "value", show),
        )
        value.setObjectName("people.value")
        card.add(value)
        card.add(Instructions(contact.instructions, small=True))
        return card

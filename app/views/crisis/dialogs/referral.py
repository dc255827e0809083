"""A referral: find the service, check the consent, choose what may be told (domain.md 2.8)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import ConsentScope, NeedDomain, ReferralMethod
from app.queries.crisis.rows import ConsentRow, PersonRow, ReferralRow, Standing
from app.queries.directory import ServiceRow
from app.queries.documents import SHARED_FACTS
from app.services.referrals import (
    AddReferral,
    SendReferral,
    UpdateReferral,
    add_referral,
    send_referral,
    update_referral,
)
from app.views.common.banner import Banner
from app.views.common.choices import ChipChoice, SegmentedChoice, TickBox
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.text import NoteEdit
from app.views.crisis.asking import day_words, marked, options
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.service_choice import ServiceChoice
from app.words import tr


class ReferralDialog(FormDialog):
    """Draft a referral or change a draft; "Save and send" sends it in the same step."""

    def __init__(
        self,
        desk: Desk,
        people: tuple[PersonRow, ...],
        consents: tuple[ConsentRow, ...],
        referral: ReferralRow | None = None,
        domain: NeedDomain | None = None,
    ) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "referral",
            (lambda: tr("Change this referral")) if referral else (lambda: tr("Refer to a service")),
            lambda: tr("Save the referral"),
            subject=referral.id if referral else desk.case_id,
            said=lambda: tr("The referral is saved."),
            width=860,
        )
        self._case_id, self._referral = desk.case_id, referral
        self._sharing = tuple(row for row in consents if _allows_sharing(row))
        client = next((person for person in people if person.is_client), None)
        language = client.languages[0].code if client and client.languages else None
        self.service = ServiceChoice(desk, language)
        self._consent_note = Banner("info", "")
        self._ask(people)
        known: dict[str, Any] = {"person_id": client.id if client else None, "domain": domain}
        if referral:
            names = ("person_id", "domain", "consent_id", "self_referral", "method", "info_shared", "reason")
            known = {name: getattr(referral, name) for name in names} | {"service_id": referral.service_id}
        elif self._sharing:
            known["consent_id"] = self._sharing[0].id
        self.begin(known)
        self._check_consent()

    def check(self) -> bool:
        """A referral names its service, and a consent unless the client goes there alone."""
        answers = self.answers()
        if "service_id" not in answers:
            return self.refuse("service_id", lambda: tr("Choose a service of the directory."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Save, and send when that was asked for."""
        send = bool(self.typed()["send"])
        if self._referral is not None:
            changes = self.changes()
            changes.pop("send", None)
            return _change_and_send if send else update_referral, UpdateReferral(
                referral_id=self._referral.id, **changes
            )
        answers = self.answers()
        answers.pop("send", None)
        return _add_and_send if send else add_referral, AddReferral(case_id=self._case_id, **answers)

    def _ask(self, people: tuple[PersonRow, ...]) -> None:
        self.part()
        self.ask(
            "person_id",
            lambda: tr("Who is referred"),
            ComboPicker([(person.id, person.display_name) for person in people]),
        )
        need = ComboPicker(options(NeedDomain))
        self.ask("domain", lambda: tr("For which need"), need, required=True)
        need.changed.connect(lambda: self.service.set_need(_domain(need.value())))
        self.ask("service_id", lambda: tr("Service"), self.service, required=True, wide=True)
        self.ask("method", lambda: tr("How"), SegmentedChoice(options(ReferralMethod)), required=True, wide=True)
        alone = TickBox(lambda: tr("The client makes contact: nothing is shared by us"))
        self.ask("self_referral", lambda: tr("Who makes contact"), alone, wide=True)
        alone.changed.connect(self._check_consent)
        self.part(lambda: tr("What may be shared"))
        self.add(self._consent_note)
        by_us = lambda: not self.typed().get("self_referral")  # noqa: E731  (a condition)
        consent = ComboPicker([(row.id, _consent_words(row)) for row in self._sharing])
        self.ask("consent_id", lambda: tr("By which consent"), consent, when=by_us, wide=True)
        consent.changed.connect(self._check_consent)
        self.service.changed.connect(self._check_consent)
        self.ask("info_shared", lambda: tr("Only these facts"), ChipChoice(marked(SHARED_FACTS)), when=by_us, wide=True)
        self.ask("reason", lambda: tr("Why this service"), NoteEdit(least_lines=2), wide=True)
        send = TickBox(lambda: tr("Send it now: its outcome is asked for in two weeks"))
        self.ask("send", lambda: tr("Sending"), send, wide=True)

    def _check_consent(self) -> None:
        typed = self.typed()
        chosen = next((row for row in self._sharing if row.id == typed.get("consent_id")), None)
        service: ServiceRow | None = self.service.row()
        if typed.get("self_referral"):
            self._consent_note.set_message(
                "info", lambda: tr("The client makes contact: no consent to share is needed.")
            )
        elif chosen is None:
            self._consent_note.set_message(
                "warning", lambda: tr("No consent to share is chosen: the referral can be drafted, not sent.")
            )
        elif service is not None and not _names(chosen, service):
            self._consent_note.set_message(
                "warning", lambda: tr("This consent does not name the organization of the service.")
            )
        else:
            self._consent_note.set_message("success", lambda: tr("The client agreed to share with this organization."))


def _add_and_send(work: Any, command: AddReferral) -> str:
    """Draft and send in one unit of work."""
    referral_id = add_referral(work, command)
    send_referral(work, SendReferral(referral_id=referral_id))
    return referral_id


def _change_and_send(work: Any, command: UpdateReferral) -> None:
    """Change the draft and send it in one unit of work."""
    update_referral(work, command)
    send_referral(work, SendReferral(referral_id=command.referral_id))


def _allows_sharing(row: ConsentRow) -> bool:
    return bool(row.answers.get(ConsentScope.SHARE_NAMED)) and row.standing in (Standing.IN_FORCE, Standing.ENDING)


def _names(consent: ConsentRow, service: ServiceRow) -> bool:
    names = {name.casefold().strip() for name in consent.organizations}
    return not names or service.organization.casefold() in names or (service.organization_id or "") in names


def _consent_words(row: ConsentRow) -> str:
    return tr(
        "{person}, {day}: {organizations}",
        person=row.person,
        day=day_words(row.starts_on),
        organizations=", ".join(row.organizations),
    )


def _domain(value: object) -> NeedDomain | None:
    return value if isinstance(value, NeedDomain) else None

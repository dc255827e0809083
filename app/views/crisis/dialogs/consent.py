"""What a person agrees to, scope by scope (domain.md 2.6)."""

from __future__ import annotations

from typing import Any

from app.errors import RuleBroken
from app.models.vocab import ConsentForm, ConsentScope, Tri
from app.queries.crisis.rows import PersonRow
from app.services.crisis import PromptChildProtection, RecordConsent, prompt_child_protection, record_consent
from app.views.common.choices import SegmentedChoice, TriChoice
from app.views.common.dates import DateField
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit, NoteEdit
from app.views.crisis.asking import language_options, options
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.child_protection import ChildProtectionDialog
from app.views.crisis.dialogs.signed import Signed
from app.views.crisis.parts import act
from app.words import tr

_SCOPE = "scope."


class ConsentDialog(FormDialog):
    """Yes or no for each scope; what was not asked stays unanswered."""

    def __init__(self, desk: Desk, people: tuple[PersonRow, ...]) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "consent",
            lambda: tr("Record a consent"),
            lambda: tr("Save the consent"),
            subject=desk.case_id,
            said=lambda: tr("The consent is saved."),
            width=820,
        )
        self._case_id, self._desk = desk.case_id, desk
        self._report = act(lambda: tr("Record a report"), "child", "consent.report", self._open_report)
        self._report.hide()
        self.add_button(self._report)
        self._ask_who(people)
        self._ask_scopes()
        self._ask_how()
        client = next((person for person in people if person.is_client), None)
        language = client.languages[0].code if client and client.languages else None
        self.begin({"person_id": client.id if client else None, "language_used": language, "starts_on": desk.today})

    def check(self) -> bool:
        """At least one scope is answered; sharing names its organizations; a verbal consent has a witness."""
        answers = self.answers()
        if "person_id" not in answers:
            return self.refuse("person_id", lambda: tr("Choose whose consent this is."))
        if not any(name.startswith(_SCOPE) for name in answers):
            return self.refuse(_SCOPE + ConsentScope.SERVICE, lambda: tr("Answer at least one of these."))
        if answers.get(_SCOPE + ConsentScope.SHARE_NAMED) == "yes" and "organizations" not in answers:
            return self.refuse("organizations", lambda: tr("Name the organizations that may be told."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Save the consent."""
        answers = self.answers()
        scopes = {scope: answers.pop(_SCOPE + scope) == "yes" for scope in ConsentScope if _SCOPE + scope in answers}
        names = str(answers.pop("organizations", "")).replace(";", "\n").splitlines()
        organizations = tuple(name.strip() for name in names if name.strip())
        signatures = tuple(answers.pop("signatures", ()))
        return record_consent, RecordConsent(
            case_id=self._case_id, answers=scopes, organizations=organizations, signatures=signatures, **answers
        )

    def _on_refused(self, problem: Exception) -> None:
        """A guardian who may be unsafe is also a reason to think about a report: remind, and offer the form."""
        super()._on_refused(problem)
        if isinstance(problem, RuleBroken) and problem.field == "guardian_exception":
            person_id = self.typed()["person_id"]
            command = PromptChildProtection(case_id=self._case_id, person_id=person_id)
            self.context.tasks.write(self, prompt_child_protection, command, lambda _task: self._report.show())

    def _open_report(self) -> None:
        self._desk.show(ChildProtectionDialog(self._desk))

    def _ask_who(self, people: tuple[PersonRow, ...]) -> None:
        self.part(lambda: tr("Who"))
        everyone = [(person.id, person.display_name) for person in people]
        self.ask("person_id", lambda: tr("Whose consent"), ComboPicker(everyone), required=True)
        self.ask(
            "given_by_id",
            lambda: tr("Given by someone else"),
            ComboPicker(everyone),
            hint=lambda: tr("A parent, guardian or substitute decision-maker"),
        )
        self.ask("given_by_name", lambda: tr("Or their name"), LineEdit())
        self.ask("authority", lambda: tr("By what authority"), LineEdit(), when=self._by_another)
        self.ask(
            "guardian_unsafe",
            lambda: tr("Is this guardian a suspect, or unsafe?"),
            TriChoice(),
            wide=True,
            when=self._by_another,
        )

    def _by_another(self) -> bool:
        typed = self.typed()
        return bool(typed.get("given_by_id") or typed.get("given_by_name"))

    def _ask_scopes(self) -> None:
        self.part(lambda: tr("What the person agrees to"))
        for scope in ConsentScope:
            choice = SegmentedChoice([("yes", Tri.YES.label), ("no", Tri.NO.label)])
            self.ask(_SCOPE + scope, scope.label, choice)
        self.ask(
            "organizations",
            lambda: tr("Organizations that may be told"),
            NoteEdit(lambda: tr("One in each line"), least_lines=2),
            wide=True,
            when=lambda: self.typed().get(_SCOPE + ConsentScope.SHARE_NAMED) == "yes",
        )

    def _ask_how(self) -> None:
        self.part(lambda: tr("How"))
        self.ask("form", lambda: tr("How consent was given"), SegmentedChoice(options(ConsentForm)), wide=True)
        verbal = lambda: self.typed().get("form") == ConsentForm.VERBAL  # noqa: E731  (a condition)
        self.ask("witness", lambda: tr("Witness"), LineEdit(), when=verbal)
        self.ask("language_used", lambda: tr("Language used"), ComboPicker(language_options()))
        self.ask("interpreter", lambda: tr("Interpreter"), LineEdit())
        self.ask("starts_on", lambda: tr("From"), DateField(clock=self.context.clock))
        self.ask(
            "expires_on",
            lambda: tr("Until"),
            DateField(clock=self.context.clock),
            hint=lambda: tr("Empty: the usual term of the service"),
        )
        on_screen = lambda: self.typed().get("form") in (ConsentForm.ELECTRONIC, ConsentForm.WRITTEN)  # noqa: E731
        signed = Signed(self.context.clock)
        self.ask("signatures", lambda: tr("Signature of the person"), signed, wide=True, when=on_screen)

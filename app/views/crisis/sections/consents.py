"""What the client agreed to, and until when."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from app.errors import NotFound
from app.models.vocab import ConsentScope
from app.queries import directory
from app.queries.crisis import file, people
from app.queries.crisis.rows import ConsentRow, Standing
from app.services.crisis import GrantGuardianException, WithdrawConsent, grant_guardian_exception, withdraw_consent
from app.views.common.badge import Badge
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.crisis.asking import day_words, language_name
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.consent import ConsentDialog
from app.views.crisis.dialogs.reason import ReasonDialog
from app.views.crisis.parts import Facts, Line, Wrap, act
from app.views.crisis.sections.base import CaseSection
from app.views.crisis.signs import BADGE_OF_STANDING
from app.words import current, tr

_ID = re.compile(r"[0-9a-f]{32}")


def organization_names(session: Any, rows: tuple[ConsentRow, ...], today: date) -> dict[str, str]:
    """The names of the organizations that consents name by their directory id."""
    found = {}
    for named in {name for row in rows for name in row.organizations if _ID.fullmatch(name)}:
        try:
            found[named] = directory.organization(session, named, language=current().code, today=today).name
        except NotFound:
            found[named] = tr("An organization that is not in the directory any more")
    return found


class ConsentsSection(CaseSection):
    """One card a consent: yes and no, scope by scope."""

    KINDS = ("consent",)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._organizations: dict[str, str] = {}

    def question(self, session: Any) -> Any:
        """The consents, newest first."""
        rows = file.consents(session, self.desk.case_id, today=self.desk.today)
        self._organizations = organization_names(session, rows, self.desk.today)
        return rows

    def draw(self, answer: Any) -> None:
        """The cards."""
        desk = self.desk
        rows: tuple[ConsentRow, ...] = answer
        add = act(lambda: tr("Record a consent"), "signature", "consents.add", self.add)
        may = desk.may("consent") and not desk.is_closed
        if not rows:
            card = Card(lambda: tr("Consent"))
            card.add(
                EmptyState(
                    "signature",
                    lambda: tr("No consent is recorded"),
                    lambda: tr("Ask what the person agrees to, scope by scope, and record each answer."),
                    add if may else None,
                )
            )
            self.body.addWidget(card)
            return
        if may:
            self.body.addWidget(Wrap([add]))
        for row in rows:
            self.body.addWidget(self._card(row))

    def add(self) -> None:
        """Open the form, with the people at hand."""
        desk = self.desk
        desk.read(
            desk.window,
            lambda session: people.case_people(session, desk.case_id, now=desk.context.clock()),
            lambda found: desk.show(ConsentDialog(desk, found)),
        )

    def _card(self, row: ConsentRow) -> Card:
        desk = self.desk
        icon, kind = BADGE_OF_STANDING.get(row.standing, ("", "neutral"))
        card = Card()
        period = tr("From {start} until {end}", start=day_words(row.starts_on), end=day_words(row.expires_on) or "–")
        person = tr("Consent") if desk.hides else tr("Consent of {person}", person=row.person)
        card.add(Line(person, period, [Badge(row.standing.label, icon, kind)], self._actions(row)))
        card.add(Wrap([_answer(scope, row.answers[scope]) for scope in ConsentScope if scope in row.answers]))
        if not desk.hides:
            card.add(Facts(self._facts(row), 3))
        return card

    def _facts(self, row: ConsentRow) -> list[tuple[Any, str]]:
        by = " · ".join(part for part in (row.given_by, row.authority) if part)
        withdrawn = " · ".join(part for part in (day_words(row.withdrawn_on), row.withdrawn_how) if part)
        return [
            (lambda: tr("Organizations"), ", ".join(self._organizations.get(name, name) for name in row.organizations)),
            (lambda: tr("Given by"), by if row.given_by != row.person else ""),
            (lambda: tr("How"), row.form.label() if row.form else ""),
            (lambda: tr("Witness"), row.witness or ""),
            (lambda: tr("Language used"), language_name(row.language_used)),
            (lambda: tr("Interpreter"), row.interpreter or ""),
            (lambda: tr("Withdrawn"), withdrawn),
            (lambda: tr("Exception of the supervisor"), row.guardian_exception or ""),
        ]

    def _actions(self, row: ConsentRow) -> list[Any]:
        desk = self.desk
        actions = [
            act(
                lambda: tr("Print"),
                "print",
                "consents.print",
                lambda: desk.context.preview(desk.window, "F-303", record_id=row.id, language=row.language_used),
                quiet=True,
            )
        ]
        if desk.supervises and not row.guardian_exception:
            actions.append(
                act(
                    lambda: tr("Guardian exception"),
                    "shield",
                    "consents.exception",
                    lambda: desk.show(_exception(desk, row)),
                    quiet=True,
                )
            )
        holds = row.standing not in (Standing.WITHDRAWN, Standing.EXPIRED)
        if desk.may("consent") and holds:
            actions.append(
                act(
                    lambda: tr("Withdraw"),
                    "undo",
                    "consents.withdraw",
                    lambda: desk.show(_withdrawal(desk, row)),
                    quiet=True,
                )
            )
        return actions


def _answer(scope: ConsentScope, yes: bool) -> Badge:
    words = lambda: tr("{what}: {answer}", what=scope.label(), answer=tr("Yes") if yes else tr("No"))  # noqa: E731
    return Badge(words, "check" if yes else "cross", "success" if yes else "neutral")


def _withdrawal(desk: Any, row: ConsentRow) -> ReasonDialog:
    return ReasonDialog(
        desk,
        "withdraw",
        lambda: tr("Withdraw this consent"),
        lambda: tr("How did the person say so?"),
        lambda: tr("Withdraw"),
        withdraw_consent,
        lambda how: WithdrawConsent(consent_id=row.id, how=how),
        text=lambda: tr("Use stops at once and open tasks are taken back. Safety tasks wait for the supervisor."),
        said=lambda: tr("The consent is withdrawn."),
        subject=row.id,
        danger=True,
    )


def _exception(desk: Any, row: ConsentRow) -> ReasonDialog:
    return ReasonDialog(
        desk,
        "exception",
        lambda: tr("Serve without a guardian’s permission"),
        lambda: tr("Why"),
        lambda: tr("Make the exception"),
        grant_guardian_exception,
        lambda reason: GrantGuardianException(consent_id=row.id, reason=reason),
        text=lambda: tr("For a mature young person, or when the guardian is unsafe. Think about a report."),
        said=lambda: tr("The exception is recorded."),
        subject=row.id,
    )

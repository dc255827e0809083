"""The other steps of a case: what one does rarely, and the documents that fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton

from app.models.vocab import CaseStatus, ReferralStatus
from app.queries import safety
from app.queries.crisis import file, needs
from app.queries.members import members
from app.services.crisis import StartMonitoring, start_monitoring
from app.services.review import AskForReview, ask_for_review
from app.views.common.spots import pressed
from app.views.common.wording import button_text
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.assign import AssignDialog
from app.views.crisis.dialogs.case_details import CaseDetailsDialog
from app.views.crisis.dialogs.child_protection import ChildProtectionDialog
from app.views.crisis.dialogs.close_case import CloseCaseDialog
from app.views.crisis.dialogs.follow_up import FollowUpDialog
from app.views.messages import Tone
from app.words import tr


class CaseMenu(QObject):
    """Builds the two menus anew each time they are opened, by role and state."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk

    def show_steps(self, button: QPushButton) -> None:
        """The rarer steps."""
        menu = self._menu(button)
        desk, open_case = self._desk, not self._desk.is_closed
        may = desk.may("case_file") and open_case
        self._add(menu, tr("Details of the case"), "menu.details", self.details, may)
        self._add(menu, tr("Go on with the capture"), "menu.capture", self._capture, may and desk.may("need_answer"))
        self._add(
            menu, tr("Agree on follow-up"), "menu.follow_up", self._follow_up, open_case and desk.may("follow_up_plan")
        )
        report = desk.may("child_protection_report")
        self._add(menu, tr("Report to the children’s aid society"), "menu.report", self._report, report)
        menu.addSeparator()
        worker = may and not desk.supervises
        self._add(menu, tr("Ask for a review"), "menu.ask_review", self._ask_review, worker)
        self._add(menu, tr("Review this case"), "menu.review", self._review, desk.supervises)
        self._add(menu, tr("Assign to a worker"), "menu.assign", self._assign, desk.supervises and open_case)
        status = desk.header.status if desk.header else None
        self._add(
            menu, tr("Only watch from now on"), "menu.monitor", self._monitor, may and status is CaseStatus.ACTIVE
        )
        self._add(menu, tr("Close the case"), "menu.close", self.close_case, may)
        self._pop_up(menu, button)

    def show_prints(self, button: QPushButton) -> None:
        """The documents that can be made from this case now."""
        desk = self._desk

        def question(session: Any) -> Any:
            return (
                file.consents(session, desk.case_id, today=desk.today),
                needs.assessments(session, desk.case_id),
                needs.referrals(session, desk.case_id, today=desk.today),
                safety.plan_versions(session, desk.case_id, today=desk.today),
            )

        desk.read(button, question, lambda found: self._show_forms(button, found))

    def details(self) -> None:
        """Open the details of the case."""
        self._desk.show(CaseDetailsDialog(self._desk))

    def close_case(self) -> None:
        """Open the closing of the case, with what stands in its way."""
        desk = self._desk
        desk.read(
            desk.window,
            lambda session: file.close_blockers(session, desk.case_id, today=desk.today),
            lambda found: desk.show(CloseCaseDialog(desk, found)),
        )

    def _show_forms(self, button: QPushButton, found: Any) -> None:
        consents, assessments, referrals, plans = found
        desk = self._desk
        menu = self._menu(button)

        client = desk.client
        language = client.languages[0].code if client and client.languages else None

        def form(words: str, form_id: str, record_id: str) -> None:
            show = lambda: desk.context.preview(desk.window, form_id, record_id=record_id, language=language)  # noqa: E731
            self._add(menu, words, f"print.{form_id}", show)

        form(tr("Contact card"), "F-302", desk.case_id)
        if consents:
            form(tr("Consent form"), "F-303", consents[0].id)
        if assessments:
            form(tr("Needs and service plan"), "F-304", assessments[0].id)
        sent = [row for row in referrals if row.service_id]
        for row in sent[:4]:
            if row.status is not ReferralStatus.CLOSED:
                form(tr("Referral letter: {service}", service=row.service), "F-305", row.id)
        if sent:
            form(tr("Sheet to take along"), "F-306", sent[0].id)
        if any(row.readable for row in plans):
            plan = lambda: desk.context.go("safety.plan", case_id=desk.case_id)  # noqa: E731  (what the entry does)
            self._add(menu, tr("Safety plan and wallet plan"), "print.plan", plan)
        self._pop_up(menu, button)

    def _menu(self, button: QPushButton) -> QMenu:
        menu = QMenu(button)
        menu.setObjectName("case.menu")
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _pop_up(self, menu: QMenu, button: QPushButton) -> None:
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _add(self, menu: QMenu, words: str, name: str, todo: Callable[[], object], there: bool = True) -> None:
        if not there:
            return
        action = QAction(button_text(words), menu)
        action.setObjectName(name)
        button = menu.parentWidget()
        action.triggered.connect(lambda: pressed(button, name) if isinstance(button, QPushButton) else None)
        action.triggered.connect(lambda: todo())
        menu.addAction(action)

    def _capture(self) -> None:
        self._desk.context.go("crisis.capture", case_id=self._desk.case_id)

    def _follow_up(self) -> None:
        self._desk.show(FollowUpDialog(self._desk))

    def _report(self) -> None:
        self._desk.show(ChildProtectionDialog(self._desk))

    def _ask_review(self) -> None:
        self._desk.write(self, ask_for_review, AskForReview(case_id=self._desk.case_id), self._asked)

    def _asked(self, _none: None) -> None:
        self._desk.context.messages.say(tr("The supervisor is asked to look."), Tone.SUCCESS)

    def _review(self) -> None:
        self._desk.context.go("supervision.review", case_id=self._desk.case_id)

    def _assign(self) -> None:
        desk = self._desk
        desk.read(desk.window, members, lambda found: desk.show(AssignDialog(desk, found)))

    def _monitor(self) -> None:
        self._desk.write(self, start_monitoring, StartMonitoring(case_id=self._desk.case_id))

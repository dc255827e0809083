"""The review of one case: facts by section with a comment on each, then approve it or return it for correction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.errors import RuleBroken
from app.models.vocab import ReviewOutcome, SupportLevel, label
from app.services.crisis import AssignCase, assign_case
from app.services.review import ReviewCase, ReviewComment, review_case
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.badge import Badge
from app.views.common.buttons import PrimaryButton, QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.draft_keeper import DraftKeeper
from app.views.common.field import Field
from app.views.common.flow import FlowLayout
from app.views.common.page import Page
from app.views.common.text import NoteEdit, PlainLabel
from app.views.messages import Tone, sentence_of
from app.views.programme import Context
from app.views.supervision.assign import AssignDialog
from app.views.supervision.earlier import EarlierReviews
from app.views.supervision.part import scrolled
from app.views.supervision.review_facts import TITLES, ReviewFacts, gather, joined
from app.views.supervision.review_section import SectionCard
from app.words import tr

_SIDE = 340


class ReviewPage(Page):
    """Facts at the left, the judgement always at hand at the right. What is typed is kept until it is sent."""

    def __init__(self, context: Context) -> None:
        super().__init__(lambda: tr("Case review"), scrolls=False)
        self._context = context
        self._case_id = ""
        self._facts: ReviewFacts | None = None
        self._keeper: DraftKeeper | None = None
        self.sections = {key: SectionCard(key) for key in TITLES}
        self.summary = NoteEdit(lambda: tr("Summary for the worker"), least_lines=4, most_lines=8)
        self.summary.setObjectName("review.summary")
        self._summary_field = Field(lambda: tr("Summary"), self.summary)
        self.approve = PrimaryButton(lambda: tr("Approve"), "check")
        self.approve.setObjectName("review.approve")
        self.approve.clicked.connect(lambda: self._send(ReviewOutcome.APPROVED))
        self.give_back = SecondaryButton(lambda: tr("Return for correction"), "return")
        self.give_back.setObjectName("review.return")
        self.give_back.clicked.connect(lambda: self._send(ReviewOutcome.RETURNED))
        self._badges = FlowLayout()
        self._worker = PlainLabel("", strong=True)
        self._co_workers = PlainLabel()
        self._earlier = EarlierReviews(context.zone)
        for card in self.sections.values():
            card.changed.connect(self._touched)
        self.summary.changed.connect(self._touched)
        self._lay_out()
        self._add_page_actions()
        kinds = ("case_file", "case_review", "task", "contact_log", "needs_assessment", "consent", "referral", "person")
        Live(self, context.broadcast, kinds, self.refresh)

    def open(self, case_id: str) -> None:
        """Review a case; what was typed about it before comes back."""
        if case_id != self._case_id:
            self.keep_typing()
            self._case_id = case_id
            self._begin()
        self.refresh()

    def refresh(self) -> None:
        """Read the case again; comments stay."""
        if not self._case_id:
            return
        case_id, now, zone = self._case_id, self._context.clock(), self._context.zone
        self._context.tasks.read(self, lambda session: gather(session, case_id, now, zone), self._show)

    def keep_typing(self) -> None:
        """Keep what is typed as a draft."""
        if self._keeper is not None:
            self._keeper.keep_now()

    def _begin(self) -> None:
        """An empty review of this case, filled with its draft when there is one."""
        self._fill({})
        self._summary_field.set_error(None)
        self._keeper = DraftKeeper(self, self._context.drafts, f"review:{self._case_id}", self._typed, self._fill)
        self._keeper.restore(self._on_restored)

    def _show(self, facts: ReviewFacts) -> None:
        if facts.header.id != self._case_id:
            return
        self._facts = facts
        header = facts.header
        client = header.client
        self.set_title(
            lambda: tr("Review of {number}", number=header.number or tr("Number pending")),
            lambda: joined(
                client.display_name if client else "",
                tr("opened {day}", day=when.day(header.opened_on)) if header.opened_on else "",
                header.municipality or "",
            ),
        )
        self._show_badges(facts)
        self._worker.set_text(header.worker or (lambda: tr("Without a worker")))
        others = ", ".join(header.co_workers)
        self._co_workers.set_text(lambda: tr("With {names}", names=others) if others else "")
        self._co_workers.setVisible(bool(others))
        for section in facts.sections:
            self.sections[section.key].show_lines(section.lines)
        self._earlier.show_reviews(facts.reviews)

    def _show_badges(self, facts: ReviewFacts) -> None:
        while (item := self._badges.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        header = facts.header
        self._badges.addWidget(Badge(label(header.status), "", "accent"))
        if header.support_level is SupportLevel.ENHANCED:
            self._badges.addWidget(Badge(lambda: tr("Enhanced support"), "shield", "info"))
        if header.high_risk:
            self._badges.addWidget(Badge(lambda: tr("High risk"), "danger", "danger"))
        if header.review_state == "waiting":
            self._badges.addWidget(Badge(lambda: tr("Waiting for review"), "clock", "warning"))

    def _typed(self) -> dict[str, Any]:
        comments = {key: card.comment.value() or "" for key, card in self.sections.items() if card.comment.value()}
        return {"summary": self.summary.value() or "", "comments": comments}

    def _fill(self, values: Mapping[str, Any]) -> None:
        self.summary.set_value(str(values.get("summary") or ""))
        comments = values.get("comments") or {}
        for key, card in self.sections.items():
            card.comment.set_value(str(comments.get(key) or ""))

    def _touched(self) -> None:
        self._summary_field.set_error(None)
        if self._keeper is not None:
            self._keeper.touch()

    def _on_restored(self, found: bool) -> None:
        if found:
            self._context.messages.say(tr("Here is what you typed before; it is not saved yet."))

    def _send(self, outcome: ReviewOutcome) -> None:
        typed = self._typed()
        command = ReviewCase(
            case_id=self._case_id,
            outcome=outcome,
            summary=typed["summary"] or None,
            comments=tuple(ReviewComment(section=key, text=text) for key, text in typed["comments"].items()),
        )
        self._allow(False)
        verb = self._keeper.saving(review_case) if self._keeper is not None else review_case
        self._context.tasks.write(self, verb, command, lambda _: self._on_saved(outcome), self._on_refused)

    def _on_saved(self, outcome: ReviewOutcome) -> None:
        self._allow(True)
        if self._keeper is not None:
            self._keeper.drop()
            self._keeper = None
        self._case_id = ""
        self._fill({})
        approved = outcome is ReviewOutcome.APPROVED
        said = tr("The case is approved.") if approved else tr("The case went back to its worker.")
        self._context.messages.say(said, Tone.SUCCESS)
        self._context.go("back")

    def _on_refused(self, problem: Exception) -> None:
        self._allow(True)
        if self._keeper is not None:
            self._keeper.go_on()
        if isinstance(problem, RuleBroken) and problem.field == "summary":
            self._summary_field.set_error(lambda: problem.sentence)
            self.summary.setFocus()
            return
        self._context.messages.say(sentence_of(problem), Tone.DANGER)

    def _allow(self, allowed: bool) -> None:
        self.approve.setEnabled(allowed)
        self.give_back.setEnabled(allowed)

    def _on_assign(self) -> None:
        facts = self._facts
        if facts is None:
            return
        dialog = AssignDialog(self, facts.header, facts.members, self._assign)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _assign(self, command: AssignCase) -> None:
        self._context.tasks.write(
            self,
            assign_case,
            command,
            lambda _: self._context.messages.say(tr("The case is assigned."), Tone.SUCCESS),
        )

    def _add_page_actions(self) -> None:
        case = SecondaryButton(lambda: tr("Open the case"), "case")
        case.setObjectName("review.case")
        case.clicked.connect(lambda: self._context.go("crisis.case", case_id=self._case_id))
        back = QuietButton(lambda: tr("Back"), "chevron-left")
        back.setObjectName("review.back")
        back.clicked.connect(self._on_back)
        self.add_action(back)
        self.add_action(case)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._on_back)

    def _on_back(self) -> None:
        self.keep_typing()
        self._context.go("back")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(style.space(3))
        read = QWidget()
        left = QVBoxLayout(read)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(style.space(3))
        for card in self.sections.values():
            left.addWidget(card)
        judged = QWidget()
        right = QVBoxLayout(judged)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(style.space(3))
        right.addWidget(self._judgement())
        right.addWidget(self._people())
        right.addWidget(self._earlier)
        right.addStretch(1)
        row.addWidget(scrolled(read), 1)
        side = scrolled(judged)
        side.setFixedWidth(style.grown(_SIDE))
        row.addWidget(side)
        self.body.addLayout(row, 1)

    def _judgement(self) -> Card:
        card = Card(lambda: tr("Your review"))
        card.add_layout(self._badges)
        card.add(self._summary_field)
        card.add(self.approve)
        card.add(self.give_back)
        return card

    def _people(self) -> Card:
        card = Card(lambda: tr("Worker"))
        change = QuietButton(lambda: tr("Change"), "edit")
        change.setObjectName("review.assign")
        change.clicked.connect(self._on_assign)
        card.add_action(change)
        card.add(self._worker)
        card.add(self._co_workers)
        return card

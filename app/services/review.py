"""A supervisor's review of a case, and the worker's answer."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import RuleBroken
from app.models.crisis import Case
from app.models.vocab import CaseStatus, ReviewOutcome, SupportLevel, TaskKind, TaskStatus
from app.models.work import Work
from app.models.work_items import CaseReview
from app.services import clocks
from app.services.clocks import Clock
from app.services.crisis.needs import ENHANCED, await_enhanced_review
from app.services.permission import case_to_supervise, case_to_write
from app.services.records import add, load
from app.words import mark


@dataclass(frozen=True, kw_only=True)
class ReviewComment:
    """A comment on one section of the case (a screen's own section name, such as `needs`)."""

    section: str
    text: str


@dataclass(frozen=True, kw_only=True)
class AskForReview:
    """The worker asks the supervisor to look."""

    case_id: str


@dataclass(frozen=True, kw_only=True)
class ReviewCase:
    """Approve the case, or return it with comments."""

    case_id: str
    outcome: ReviewOutcome
    summary: str | None = None
    comments: tuple[ReviewComment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AnswerReview:
    """The worker's answer to a review that returned the case."""

    review_id: str
    answer: str


WAITING, APPROVED, RETURNED = "waiting", "approved", "returned"
"""States of `Case.review_state`."""

CORRECTION = "correction"


def ask_for_review(work: Work, command: AskForReview) -> None:
    """The case waits for review."""
    case_to_write(work, command.case_id, Case).review_state = WAITING


def review_case(work: Work, command: ReviewCase) -> str:
    """Supervisor only; a return makes a correction task. The review's id."""
    case = case_to_supervise(work, command.case_id, CaseReview)
    returned = command.outcome is ReviewOutcome.RETURNED
    if returned and not (command.comments or (command.summary or "").strip()):
        raise RuleBroken(mark("Say what should be corrected."), field="summary")
    review = add(
        work,
        CaseReview,
        case.scope_id,
        case_id=case.id,
        reviewer_id=work.actor.member_id,
        reviewed_at=work.now(),
        outcome=command.outcome,
        summary=command.summary,
        comments=[{"section": comment.section, "text": comment.text} for comment in command.comments],
    )
    case.review_state = RETURNED if returned else APPROVED
    if returned:
        _ask_correction(work, case, review)
    else:
        _renew_enhanced(work, case)
    return review.id


def answer_review(work: Work, command: AnswerReview) -> None:
    """Answer, close the correction task; the case waits for review again."""
    review = load(work, CaseReview, command.review_id)
    case = case_to_write(work, review.case_id, CaseReview)
    if review.outcome is not ReviewOutcome.RETURNED:
        raise RuleBroken(mark("This review asked for nothing."))
    review.answer, review.answered_at, review.answered_by = command.answer, work.now(), work.actor.member_id
    clocks.stop(work, review.id, CORRECTION, TaskStatus.DONE)
    case.review_state = WAITING


def _ask_correction(work: Work, case: Case, review: CaseReview) -> None:
    clock = Clock(
        subject_id=review.id,
        rule=CORRECTION,
        kind=TaskKind.CORRECTION,
        title=mark("The supervisor asks for a correction"),
        due_on=work.today(),
        owner_id=case.assigned_to,
        case_id=case.id,
    )
    clocks.start(work, case.scope_id, clock)


def _renew_enhanced(work: Work, case: Case) -> None:
    """An approval is also the review that enhanced support asks for; the next one starts from it."""
    if case.support_level is SupportLevel.ENHANCED and case.status is not CaseStatus.CLOSED:
        clocks.stop(work, case.id, ENHANCED, TaskStatus.DONE)
        await_enhanced_review(work, case, work.today())

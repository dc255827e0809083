"""The worker's answer to a review that returned the case."""

from __future__ import annotations

from app.queries.supervision import ReviewRow
from app.services.review import AnswerReview, answer_review
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.reason import ReasonDialog
from app.words import tr


def answer_review_dialog(desk: Desk, review: ReviewRow) -> ReasonDialog:
    """Asks what was corrected; the case waits for review again."""
    return ReasonDialog(
        desk,
        "answer_review",
        lambda: tr("Answer the review"),
        lambda: tr("What you corrected"),
        lambda: tr("Send back for review"),
        answer_review,
        lambda text: AnswerReview(review_id=review.id, answer=text),
        text=review.summary or "",
        said=lambda: tr("The case waits for review again."),
        subject=review.id,
    )

"""Earlier reviews of a case with the worker's answers, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from app.models.vocab import ReviewOutcome, label
from app.queries.supervision import ReviewRow
from app.views.common import when
from app.views.common.card import Card
from app.views.common.text import QuietText
from app.views.common.timeline import Timeline, TimelineEntry
from app.views.supervision.review_facts import TITLES
from app.words import tr


class EarlierReviews(Card):
    """What was said before, and what was answered."""

    def __init__(self, zone: str) -> None:
        super().__init__(lambda: tr("Earlier reviews"))
        self._zone = zone

    def show_reviews(self, reviews: Sequence[ReviewRow]) -> None:
        """Show them."""
        self.clear()
        if not reviews:
            self.add(QuietText(lambda: tr("This case has not been reviewed yet.")))
            return
        self.add(Timeline([_entry(review, self._zone) for review in reviews]))


def _entry(review: ReviewRow, zone: str) -> TimelineEntry:
    approved = review.outcome is ReviewOutcome.APPROVED
    return TimelineEntry(
        when=lambda: " · ".join(part for part in (when.moment(review.reviewed_at, zone), review.reviewer) if part),
        title=lambda: label(review.outcome),
        text=lambda: _text(review, zone),
        icon="check" if approved else "return",
    )


def _text(review: ReviewRow, zone: str) -> str:
    said = [review.summary] if review.summary else []
    said += [f"{section_title(section)}: {text}" for section, text in review.comments]
    if review.answer:
        at = when.moment(review.answered_at, zone)
        said.append(tr("{name} answered {when}: {answer}", name=review.answered_by, when=at, answer=review.answer))
    elif review.outcome is ReviewOutcome.RETURNED:
        said.append(tr("No answer yet."))
    return "\n".join(said)


def section_title(section: str) -> str:
    """What a commented section is called; one of a newer version by its own name."""
    return tr(TITLES[section]) if section in TITLES else section

"""The made-up safety plans, with versions, content, checklist and the client's own log."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.demo.story import Story
from app.models.rules.plan_catalogue import DOCUMENTS
from app.models.vocab import PlanSection

_CHOICES = ("full", "full", "wallet", "no_copy", "digital", "trusted")


def fill(story: Story) -> None:
    """One to three versions; the newest is due for review around now while the case goes on."""
    book = story.book
    age = (book.today - story.opened).days
    if age < 2:
        return
    versions = min(book.rng.choice((1, 1, 2, 3)), 1 + age // 31)
    made = [book.new_id(story.at) for _ in range(versions)]
    choice = book.pick(_CHOICES)
    for version in range(1, versions + 1):
        day = story.later(1 + 30 * (version - 1))
        at = book.moment(day, 9, 17)
        newest = version == versions
        review = day + timedelta(days=30)
        if newest and story.is_open and review < book.today - timedelta(days=40):
            review = book.today + timedelta(days=book.rng.randint(-9, 24))
        plan_id = story.add(
            "safety_plan",
            at,
            record_id=made[version - 1],
            superseded_by=None if newest else made[version],
            person_id=story.person_id,
            version=version,
            written_at=at,
            worker_id=story.worker.member_id,
            copy_choice=choice,
            next_review=review,
            saved_at=at,
        )
        _content(story, plan_id, at, choice)
        if newest and story.is_open:
            story.task(at, "plan_review", "Review of the safety plan", review, "plan_review", part=plan_id)
    if book.chance(0.3):
        _log(story)


def _content(story: Story, plan_id: str, moment: datetime, choice: str) -> None:
    book, words = story.book, story.book.texts.plan
    story.add(
        "safety_plan_content",
        moment,
        private=True,
        record_id=plan_id,
        situation=book.pick(("living_with", "planning", "recently_left", "recently_left", "separated", "stalking")),
        risk="high" if story.high_risk else book.pick(("lower", "moderate", "moderate", "high")),
        kept_where=None if choice == "no_copy" else book.pick(words["kept"][story.language]),
        worker_advice=book.pick(words["advice"][story.language]),
        language=story.language,
        hidden_sections=",".join(book.some(("pets", "device", "children"), 0, 2)) or None,
    )
    for section in PlanSection:
        lines = words["items"].get(section.value, {}).get(story.language, [])
        for position, (catalogue, text) in enumerate(book.some(lines, min(1, len(lines)), 3), start=1):
            story.add(
                "safety_plan_item",
                moment,
                private=True,
                plan_id=plan_id,
                section=section,
                position=position,
                catalogue=catalogue,
                text=text,
                text_language=story.language,
                applies="yes",
                done=book.chance(0.35),
            )
    for document in book.some(DOCUMENTS, 4, 9):
        story.add(
            "document_item",
            moment,
            private=True,
            plan_id=plan_id,
            item=document.code,
            has_original=book.chance(0.6),
            has_copy=book.chance(0.4),
            done=book.chance(0.3),
        )


def _log(story: Story) -> None:
    book = story.book
    for place, what, kept in book.texts.plan["log"][story.language]:
        at = book.moment(story.later(book.rng.randint(3, 25)))
        story.add(
            "incident_log_entry",
            at,
            private=True,
            at=at,
            place=place,
            what_happened=what,
            evidence=kept,
            reported_to="police",
        )

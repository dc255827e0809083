"""The registry in figures (domain.md 6.7), and which registrations are kept until when (20.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from app.models.rules.suppression import Counted
from app.models.vocab import label
from app.queries import published, registry_office
from app.queries import registry_statistics as questions
from app.queries.registry_office import KeptRow
from app.queries.registry_statistics import Period, Statistics
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import QuietButton
from app.views.common.card import Card
from app.views.common.choices import SegmentedChoice, TickBox
from app.views.common.empty import EmptyState
from app.views.common.facts import Facts
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import Heading, QuietText
from app.views.common.wording import Wording
from app.views.counts.page import CountsPage
from app.views.counts.publish import PublishButton
from app.views.programme import Context
from app.words import tr

_HIDDEN = "–"


@dataclass(frozen=True)
class _Answer:
    figures: Statistics
    kept: tuple[KeptRow, ...]


class FiguresPage(Page):
    """A period above; figures in cards; below them the registrations whose time to be kept ends."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Registry in figures"), lambda: tr("Counts of registrations and of cards that were opened.")
        )
        self._context = context
        self._period = SegmentedChoice(
            [
                ("year", lambda: tr("This year")),
                ("before", lambda: tr("Last year")),
                ("quarter", lambda: tr("This quarter")),
            ],
            optional=False,
        )
        self._period.set_value("year")
        self._period.setObjectName("registry.figures.period")
        self._period.changed.connect(self.refresh)
        self._share = TickBox(lambda: tr("As it may be shared: small counts hidden"))
        self._share.setObjectName("registry.figures.share")
        self._share.changed.connect(self.refresh)
        back = QuietButton(lambda: tr("Registry"), "chevron-left")
        back.clicked.connect(lambda: context.go("registry.list"))
        self.add_action(back)
        self.add_action(PublishButton(context, self, published.REGISTRY, _to_publish))
        top = QHBoxLayout()
        top.addWidget(self._period, 1)
        top.addWidget(self._share)
        self.add_layout(top)
        self._span = QuietText("")
        self._span.setObjectName("registry.figures.span")
        self.add(self._span)
        self._grid = QGridLayout()
        self._grid.setSpacing(style.space(4))
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self.add_layout(self._grid)
        self.add(Heading(lambda: tr("Kept until"), 3))
        self._kept = RowTable(
            [
                Column(lambda: tr("Number"), 190),
                Column(lambda: tr("Person"), 120),
                Column(lambda: tr("Status")),
                Column(lambda: tr("Over since"), 160),
                Column(lambda: tr("Kept until"), 190),
            ],
            name=lambda: tr("Kept until"),
            empty=EmptyState(
                "check-circle",
                lambda: tr("Nothing is due"),
                lambda: tr("Registrations whose time to be kept ends within 60 days stand here."),
            ),
        )
        self._kept.setObjectName("registry.figures.kept")
        self._kept.setMinimumHeight(style.grown(180))
        self._kept.opened.connect(lambda found: context.go("registry.list", registration_id=found))
        self.add(self._kept)
        Live(self, context.broadcast, ("registration", "registry_event", "card_view", "card_follow_up"), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        today = self._context.clock().astimezone(ZoneInfo(self._context.zone)).date()
        period, to_share = period_of(str(self._period.value()), today), bool(self._share.value())
        self._span.set_text(
            lambda: tr("From {first} to {last}", first=when.day(period.first), last=when.day(period.last))
        )

        def question(session: Any) -> _Answer:
            figures = questions.statistics(session, period, today=today, to_share=to_share)
            return _Answer(figures, registry_office.kept(session, today=today))

        self._context.tasks.read(self, question, self._show)

    def _show(self, answer: _Answer) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for place, (title, facts) in enumerate(_parts(answer.figures)):
            card = Card(title)
            card.add(Facts(facts))
            self._grid.addWidget(card, place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
        self._kept.set_rows([_kept_row(row) for row in answer.kept])


def _to_publish(session: Any, start: date, end: date) -> tuple[Counted, ...]:
    return published.registry_tables(questions.statistics(session, Period(start, end), today=end))


class RegistryCountsPage(CountsPage):
    """The published tables."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, published.REGISTRY, lambda: tr("Counts of the registry"))


def period_of(name: str, today: date) -> Period:
    """This year, the last year or this quarter, by the calendar."""
    if name == "before":
        return Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
    if name == "quarter":
        first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
        return Period(first, today)
    return Period(date(today.year, 1, 1), today)


def _parts(found: Statistics) -> list[tuple[Wording, list[tuple[Wording, Wording]]]]:
    days = _HIDDEN if found.days_to_activate is None else f"{found.days_to_activate:g}"
    return [
        (
            lambda: tr("Today"),
            [
                (lambda: tr("In force"), str(found.active)),
                (lambda: tr("Expired, in grace"), str(found.in_grace)),
                (lambda: tr("Provisional"), str(found.provisional)),
                (lambda: tr("Nobody said what calms"), str(found.without_calming)),
                (lambda: tr("Photograph recent enough"), str(found.photo_current)),
                (lambda: tr("Photograph too old"), str(found.photo_old)),
                (lambda: tr("No photograph"), str(found.photo_missing)),
                (lambda: tr("In Project Lifesaver"), str(found.with_transmitter)),
            ],
        ),
        (
            lambda: tr("In the period"),
            [
                (lambda: tr("New"), str(found.new)),
                (lambda: tr("Renewed in time"), str(found.renewed_on_time)),
                (lambda: tr("Renewed late"), str(found.renewed_late)),
                (lambda: tr("Not renewed"), str(found.lapsed)),
                (lambda: tr("Withdrawn"), str(found.withdrawn)),
                (lambda: tr("Moved out"), str(found.moved_out)),
                (lambda: tr("Deceased"), str(found.deceased)),
                (lambda: tr("Business days until activated (median)"), days),
                (
                    lambda: tr("Activated in time, late"),
                    f"{found.activated_in_time} · {found.activated_late}",
                ),
            ],
        ),
        (lambda: tr("In force by municipality"), _counts(found.by_municipality)),
        (lambda: tr("In force by age"), _counts(found.by_age)),
        (lambda: tr("In force by condition (a person can have several)"), _counts(found.by_condition)),
        (lambda: tr("In force by language (a person can have several)"), _counts(found.by_language)),
        (
            lambda: tr("Cards opened"),
            [
                (lambda: tr("Cards opened"), str(found.cards_opened)),
                (lambda: tr("Persons looked up"), str(found.people_looked_up)),
                (lambda: tr("Occurrence number given"), str(found.numbers_given)),
                (lambda: tr("Occurrence number still owed"), str(found.numbers_owed)),
                *_counts(found.by_reason),
            ],
        ),
        (
            lambda: tr("Missing persons"),
            [
                (lambda: tr("Incidents"), str(found.missing_incidents)),
                (lambda: tr("The card helped"), str(found.card_helped)),
                *_counts(found.by_outcome),
            ],
        ),
    ]


def _counts(counts: Mapping[str, int | None]) -> list[tuple[Wording, Wording]]:
    order = sorted(counts.items(), key=lambda one: (-(one[1] or 0), one[0]))
    return [(_later(name), _HIDDEN if count is None else str(count)) for name, count in order if count != 0]


def _later(text: str) -> Wording:
    return lambda: tr(text)


def _kept_row(row: KeptRow) -> Row:
    until = Cell(when.day(row.kept_until), "danger" if row.due else "plain", "warning" if row.due else "")
    return Row(
        row.id, (Cell(row.number or "–", "strong"), row.initials, label(row.status), when.day(row.ended_on), until)
    )

"""The figures of a year of the programme, each with what it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.models.lifesaver_vocab import DischargeReason, TransmitterStatus
from app.models.rules.suppression import Counted
from app.models.search_vocab import FoundCondition, Precipitation, SearchOutcome
from app.models.vocab import AgeBand, Condition, Listed
from app.queries import lifesaver_stats, published
from app.queries.lifesaver_stats import Figures, Spread
from app.queries.settings import local_day
from app.views import style
from app.views.broadcast import Live
from app.views.common.card import Card, empty
from app.views.common.dates import DateField
from app.views.common.facts import Facts
from app.views.common.field import Field
from app.views.common.page import Page
from app.views.common.text import QuietText
from app.views.common.wording import Wording
from app.views.counts.page import CountsPage
from app.views.counts.publish import PublishButton
from app.views.lifesaver.client_card import money
from app.views.programme import Context
from app.words import tr

KINDS = ("lifesaver_client", "battery_event", "daily_test", "search_activation", "lifesaver_fee", "search_operator")


class StatisticsPage(Page):
    """A period above, the figures below it."""

    WIDEST = 1400

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Figures of Project Lifesaver"), lambda: tr("Drills are counted as drills and nowhere else.")
        )
        self._context = context
        self._start, self._end = DateField(clock=context.clock), DateField(clock=context.clock)
        today = context.clock().date()
        self._start.set_value(date(today.year, 1, 1))
        self._end.set_value(today)
        self.add_action(PublishButton(context, self, published.LIFESAVER, _to_publish))
        top = QHBoxLayout()
        top.setSpacing(style.space(3))
        for name, label, field in (
            ("start", lambda: tr("From"), self._start),
            ("end", lambda: tr("To"), self._end),
        ):
            field.setObjectName(f"pls.figures.{name}")
            field.changed.connect(self.refresh)
            top.addWidget(Field(label, field))
        top.addStretch(1)
        self.add_layout(top)
        self._columns = QHBoxLayout()
        self._columns.setSpacing(style.space(4))
        self.add_layout(self._columns)
        Live(self, context.broadcast, KINDS, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        start, end, now = self._start.value(), self._end.value(), self._context.clock()
        if start is None or end is None or end < start:
            return

        def question(session: Any) -> Figures:
            return lifesaver_stats.figures(session, start=start, end=end, today=local_day(session, now))

        self._context.tasks.read(self, question, self._show)

    def _show(self, found: Figures) -> None:
        empty(self._columns)
        for cards in (
            (_clients(found), _care(found)),
            (_searches(found), _ended(found)),
            (_equipment(found), _fees(found)),
        ):
            column = QVBoxLayout()
            column.setSpacing(style.space(3))
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
            self._columns.addLayout(column, 1)


def _to_publish(session: Any, start: date, end: date) -> tuple[Counted, ...]:
    return published.lifesaver_tables(lifesaver_stats.figures(session, start=start, end=end, today=end))


class LifesaverCountsPage(CountsPage):
    """The published tables."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, published.LIFESAVER, lambda: tr("Counts of Project Lifesaver"))


def _card(title: Wording, unit: Wording, facts: list[tuple[Wording, Wording]]) -> Card:
    made = Card(title, subtitle=unit)
    made.add(Facts(facts))
    return made


def _clients(found: Figures) -> QWidget:
    made = _card(
        lambda: tr("Clients"),
        lambda: tr("Persons"),
        [
            (lambda: tr("Enrolled and suspended"), str(found.active)),
            (lambda: tr("On the waitlist"), str(found.waitlist)),
            (lambda: tr("Enrolments"), str(found.enrolments)),
            (lambda: tr("Discharges"), said(found.discharges, DischargeReason)),
            (lambda: tr("Age"), said(found.clients_by_age, AgeBand)),
            (lambda: tr("Municipality"), said(found.clients_by_municipality)),
            (lambda: tr("Conditions"), said(found.clients_by_condition, Condition)),
        ],
    )
    made.add(QuietText(lambda: tr("A person may have several conditions: they are counted one by one.")))
    return made


def _care(found: Figures) -> QWidget:
    return _card(
        lambda: tr("Care"),
        lambda: tr("Batteries and days"),
        [
            (lambda: tr("Batteries replaced"), str(found.batteries_replaced)),
            (lambda: tr("By their due day"), _percent(found.batteries_on_time, found.batteries_percent)),
            (lambda: tr("Overdue now"), str(found.batteries_overdue)),
            (lambda: tr("Days with a test due"), str(found.test_days)),
            (lambda: tr("With a test"), _percent(found.test_days_done, found.tests_percent)),
        ],
    )


def _searches(found: Figures) -> QWidget:
    one = found.searches
    return _card(
        lambda: tr("Searches"),
        lambda: tr("Searches without drills; the middle and the longest, in minutes"),
        [
            (lambda: tr("Searches"), str(one.count)),
            (lambda: tr("Drills"), str(found.drills)),
            (lambda: tr("Last seen to call"), spread(one.caregiver_delay)),
            (lambda: tr("Call to scene"), spread(one.call_to_scene)),
            (lambda: tr("Call to first signal"), spread(one.call_to_signal)),
            (lambda: tr("Call to located"), spread(one.call_to_found)),
            (lambda: tr("Found from last seen, in metres"), spread(one.found_m)),
        ],
    )


def _ended(found: Figures) -> QWidget:
    one = found.searches
    return _card(
        lambda: tr("How they ended"),
        lambda: tr("Searches"),
        [
            (lambda: tr("How it ended"), said(one.outcomes, SearchOutcome)),
            (lambda: tr("Not at risk, or at home"), str(one.false_alarms)),
            (lambda: tr("Found by the signal"), _percent(one.found_by_signal, one.by_signal_percent)),
            (lambda: tr("Condition"), said(one.conditions, FoundCondition)),
            (lambda: tr("Weather"), said(one.weather, Precipitation)),
        ],
    )


def _equipment(found: Figures) -> QWidget:
    return _card(
        lambda: tr("Search equipment"),
        lambda: tr("Transmitters and operators"),
        [
            (lambda: tr("Transmitters"), said(found.transmitters, TransmitterStatus)),
            (lambda: tr("Operators with a certificate"), str(found.operators_certified)),
            (lambda: tr("Certificates that end soon"), str(found.operators_expiring)),
        ],
    )


def _fees(found: Figures) -> QWidget:
    return _card(
        lambda: tr("Fees"),
        lambda: tr("Dollars"),
        [
            (lambda: tr("Fees asked for"), money(found.fees_charged_cents)),
            (lambda: tr("Paid"), money(found.fees_paid_cents)),
            (lambda: tr("Subsidies granted"), str(found.subsidies_granted)),
            (lambda: tr("Subsidies"), money(found.subsidies_cents)),
        ],
    )


def said(counts: Mapping[str, int], listed: type[Listed] | None = None) -> str:
    """Counts with their words, the greatest first; what is missing is said to be not recorded."""
    words = {one.value: one.label() for one in listed} if listed is not None else {}
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return ", ".join(f"{words.get(code, code) or tr('not recorded')} {count}" for code, count in rows)


def spread(one: Spread) -> str:
    """The middle and the longest; nothing when there is none."""
    if one.median is None:
        return ""
    middle = f"{one.median:g}"
    return tr("{middle}, at most {most}, of {count}", middle=middle, most=one.most, count=one.count)


def _percent(count: int, percent: int | None) -> str:
    return str(count) if percent is None else tr("{count} ({percent} %)", count=count, percent=percent)

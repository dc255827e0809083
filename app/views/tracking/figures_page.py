"""What is counted of personal alarms: by quarter for supervisors, and what is published (domain.md 8.8)."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from app.models.rules.deadlines import calendar_days, months
from app.models.rules.tracking_counts import COLUMNS, Spread
from app.models.vocab import Role
from app.queries import tracking_figures
from app.queries.tracking_figures import Published, TrackingFigures
from app.services import published_counts, tracking_counts
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import PrimaryButton, QuietButton
from app.views.common.card import Card
from app.views.common.choices import SegmentedChoice
from app.views.common.empty import EmptyState
from app.views.common.facts import Facts
from app.views.common.page import Page
from app.views.common.table import Column, Row, RowTable
from app.views.common.text import QuietText
from app.views.common.wording import Wording, locale
from app.views.messages import Tone
from app.views.programme import Context
from app.words import tr

_QUARTERS = 4


class FiguresPage(Page):
    """The figures of one quarter; the counts that analysts get are published from here."""

    def __init__(self, context: Context) -> None:
        super().__init__(lambda: tr("Figures of personal alarms"), lambda: tr("Locations are never part of them."))
        self._context = context
        self._quarter = SegmentedChoice(
            [(start, _quarter_words(start)) for start in _quarters(self._today())], optional=False
        )
        self._quarter.setObjectName("tracking.quarter")
        self._quarter.set_value(_quarters(self._today())[0])
        self._quarter.changed.connect(self.refresh)
        self._cards = {
            name: Card(title)
            for name, title in (
                ("devices", lambda: tr("Devices")),
                ("loans", lambda: tr("Applications and loans")),
                ("alarms", lambda: tr("Alarms")),
            )
        }
        back = QuietButton(lambda: tr("Personal alarms"), "chevron-left")
        back.clicked.connect(lambda: context.go("tracking.list"))
        publish = PrimaryButton(lambda: tr("Publish counts of this year"), "save")
        publish.setObjectName("tracking.publish")
        publish.clicked.connect(self._publish)
        self.add_action(back)
        self.add_action(publish)
        self.add(self._quarter)
        for card in self._cards.values():
            self.add(card)
        Live(
            self, context.broadcast, ("tracking_loan", "tracking_device", "alarm_event", "tracking_check"), self.refresh
        )
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        start = self._quarter.value()
        if not isinstance(start, date):
            return
        end = calendar_days(months(start, 3), -1)

        def question(session: Any) -> TrackingFigures:
            return tracking_figures.figures(session, start=start, end=end)

        self._context.tasks.read(self, question, self._show)

    def _today(self) -> date:
        return self._context.clock().astimezone(ZoneInfo(self._context.zone)).date()

    def _publish(self) -> None:
        command = tracking_counts.PublishAlarmCounts(year=self._today().year)
        self._context.tasks.write(self, tracking_counts.publish_alarm_counts, command, self._published)

    def _published(self, _table_id: str) -> None:
        self._context.messages.say(tr("The counts are published, without small numbers."), Tone.SUCCESS)

    def _show(self, found: TrackingFigures) -> None:
        for name, facts in (("devices", _devices(found)), ("loans", _loans(found)), ("alarms", _alarms(found))):
            self._cards[name].clear()
            self._cards[name].add(Facts(facts))


class CountsPage(Page):
    """What analysts see: the published tables, nothing else."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Counts of alarms"),
            lambda: tr("By month. Numbers that are too small to publish are left out."),
            scrolls=False,
        )
        self._context = context
        self._said = QuietText("")
        self._table = RowTable(
            [
                Column(lambda: tr("Month"), 130),
                *[Column(_later(text), 170, numeric=True) for text in (*COLUMNS, _ALL)],
            ],
            name=lambda: tr("Counts of alarms"),
            empty=EmptyState(
                "list",
                lambda: tr("Nothing is published yet"),
                lambda: tr("A supervisor publishes the counts of a year."),
            ),
        )
        self._table.setObjectName("tracking.counts")
        self.add(self._said)
        self.add(self._table, 1)
        Live(self, context.broadcast, ("published_table",), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        self._context.tasks.read(
            self, lambda session: tracking_figures.published(session, tracking_counts.PROGRAMME), self._show
        )

    def _show(self, tables: tuple[Published, ...]) -> None:
        rows = [
            Row(f"{table.id} {row.label}", (row.label, *[_number(value) for value in row.values]))
            for table in tables
            for row in table.rows
        ]
        self._table.set_rows(rows)
        if tables:
            smallest, at = tables[0].smallest, when.moment(tables[0].published_at, self._context.zone)
            self._said.set_text(
                lambda: tr("A dash stands for a number under {smallest}. Published {day}.", smallest=smallest, day=at)
            )


_ALL = published_counts.TOTAL


def _number(value: int | None) -> str:
    return "–" if value is None else str(value)


def _later(text: str) -> Wording:
    return lambda: tr(text)


def _quarters(today: date) -> tuple[date, ...]:
    """The first days of this quarter and the three before."""
    first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    return tuple(months(first, -3 * back) for back in range(_QUARTERS))


def _quarter_words(start: date) -> Wording:
    return lambda: tr("{year}, quarter {number}", year=start.year, number=(start.month + 2) // 3)


def _percent(value: int | None) -> Wording:
    return lambda: tr("not known") if value is None else tr("{percent} %", percent=value)


def _days(found: Spread) -> Wording:
    def words() -> str:
        if found.median is None:
            return tr("none")
        return tr("{days} days in the middle, {most} at most", days=_plain(found.median), most=found.largest)

    return words


def _seconds(found: Spread) -> Wording:
    def words() -> str:
        if found.median is None:
            return tr("none")
        middle, most = clock(int(found.median)), clock(found.largest or 0)
        return tr("{middle} in the middle, {most} at most", middle=middle, most=most)

    return words


def clock(seconds: int) -> str:
    """Minutes and seconds, `8:25`."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.1f}"


def _devices(found: TrackingFigures) -> list[tuple[Wording, Wording]]:
    return [
        *[(status.label, str(count)) for status, count in sorted(found.devices.items())],
        (lambda: tr("Days on loan of the days that were possible"), _percent(found.utilization)),
        (lambda: tr("Cost of a month of loan"), _money(found.cents_a_loan_month)),
    ]


def _loans(found: TrackingFigures) -> list[tuple[Wording, Wording]]:
    return [
        (lambda: tr("Applications"), str(found.applications)),
        (lambda: tr("Approved"), str(found.approvals)),
        (lambda: tr("Declined"), str(found.declined)),
        (lambda: tr("On the waiting list now"), str(found.waiting)),
        (lambda: tr("From the referral to the loan"), _days(found.waits)),
        (lambda: tr("On loan now"), str(found.loans_active)),
        (lambda: tr("Loans begun"), str(found.loans_begun)),
        (lambda: tr("Length of the loans that ended"), _days(found.lengths)),
        (lambda: tr("Extended"), str(found.extensions)),
        (lambda: tr("Clients with children"), str(found.with_children)),
        (lambda: tr("Tests done"), _percent(found.tests_done)),
        *[(_ended(reason.text), str(count)) for reason, count in sorted(found.ends.items())],
    ]


def _alarms(found: TrackingFigures) -> list[tuple[Wording, Wording]]:
    return [
        *[(outcome.label, str(count)) for outcome, count in sorted(found.alarms.items())],
        (lambda: tr("Going on"), str(found.alarms_open)),
        (lambda: tr("Genuine, tests left out"), _percent(found.genuine)),
        (lambda: tr("Received to dispatched"), _seconds(found.to_dispatch)),
        (lambda: tr("Dispatched to arrived"), _seconds(found.on_the_way)),
        (lambda: tr("Received to arrived"), _seconds(found.to_arrive)),
        (lambda: tr("Breaches that followed"), str(found.breaches)),
        (lambda: tr("Charges that followed"), str(found.charges)),
    ]


def _ended(text: str) -> Wording:
    return lambda: tr("Ended: {reason}", reason=tr(text))


def _money(cents: int | None) -> Wording:
    return lambda: tr("not known") if cents is None else locale().toCurrencyString(cents / 100, "$")


SEES = frozenset({Role.CSW})
"""Who sees nothing of personal alarms but published counts."""

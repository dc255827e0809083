"""The clocks of Project Lifesaver as tasks: batteries, tests, agreements, letters, fees, certificates, kits, drills.

All of them follow from the records and the day, so `watch` may run at any time: at the start of a sitting, after a
colleague's work arrived, after each act. It writes nothing when nothing changed. A task of a client lies in the scope
of the client, one about equipment or people in that of the receivers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.models.lifesaver import (
    DailyTest,
    LifesaverClient,
    LifesaverFee,
    Receiver,
    SearchOperator,
    Transmitter,
)
from app.models.lifesaver_search import SearchActivation
from app.models.lifesaver_vocab import LifesaverStatus, TransmitterStatus
from app.models.rules import lifesaver as rules
from app.models.rules.deadlines import calendar_days, local_day, months
from app.models.vocab import Role, ScopeKind, TaskKind, TaskStatus
from app.models.work import Work
from app.services import clocks, inventory
from app.services.clocks import Clock
from app.services.lifesaver_cards import interval_of, keep_card, last_battery, terms_of
from app.services.lifesaver_stock import shared_scope, store_if_readable
from app.services.records import all_of
from app.words import mark

BATTERY, BATTERY_LATE = "pls_battery", "pls_battery_late"
TESTS_CALL, TESTS_VISIT = "pls_tests_call", "pls_tests_visit"
AGREEMENT, LETTER, FEE = "pls_agreement", "pls_letter", "pls_fee"
CERTIFICATE, KIT_CHECK, DRILL = "pls_certificate", "pls_kit_check", "pls_drill"

KINDS = frozenset(
    {
        "battery_event", "daily_test", "equipment_issue", "lifesaver_client", "lifesaver_fee", "lifesaver_receiver",
        "lifesaver_visit", "registration", "search_activation", "search_operator", "transmitter",
    }
)  # fmt: skip
"""The kinds after whose arrival `watch` has something to look at."""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Look after every clock of the programme."""


def watch(work: Work, command: Watch) -> None:
    """Bring all tasks and search cards up to date. Does nothing for a role that does not coordinate the programme."""
    if work.actor.role is not Role.REG or store_if_readable(work) is None:
        return
    for client in all_of(work, LifesaverClient, LifesaverClient.status.in_(list(rules.WEARING))):
        keep_card(work, client)
        keep_client_clocks(work, client)
    _keep_fleet_clocks(work)
    inventory.raise_clashes(work)


def keep_client_clocks(work: Work, client: LifesaverClient) -> None:
    """The tasks of one client, by its records and the day."""
    _keep_battery(work, client)
    _keep_tests(work, client)
    _keep_papers(work, client)
    _keep_fees(work, client)


def stock_count(work: Work, status: TransmitterStatus) -> int:
    """How many transmitters lie in a status."""
    work.session.flush()
    asked = select(func.count()).select_from(Transmitter)
    return work.session.scalar(asked.where(Transmitter.status == status, Transmitter.removed_at.is_(None))) or 0


def _keep_battery(work: Work, client: LifesaverClient) -> None:
    battery = last_battery(work, client.id)
    if client.status not in rules.WEARING or battery is None or battery.installed_on is None:
        _stop(work, client.id, BATTERY, BATTERY_LATE)
        return
    interval = battery.interval_days or interval_of(work, client)
    dates = rules.battery_dates(battery.installed_on, interval, terms_of(work))
    title = mark("Change the battery of {number}")
    _start(work, client, BATTERY, TaskKind.BATTERY, title, dates.due_on, dates.remind_on)
    late = mark("The battery of {number} is overdue: a supervisor looks after it")
    _start(work, client, BATTERY_LATE, TaskKind.BATTERY, late, dates.supervisor_on, dates.red_from)


def _keep_tests(work: Work, client: LifesaverClient) -> None:
    if client.status is not LifesaverStatus.ENROLLED or client.enrolled_on is None:
        _stop(work, client.id, TESTS_CALL, TESTS_VISIT)
        return
    tests = all_of(work, DailyTest, DailyTest.client_id == client.id)
    tested = {one.tested_on for one in tests if one.tested_on is not None}
    missed = rules.missed_in_a_row(tested, client.enrolled_on, work.today())
    last = calendar_days(work.today(), -1 - missed)
    steps = (
        (TESTS_CALL, TaskKind.DAILY_TESTS, mark("Call the caregiver of {number}: tests are missing"), "call"),
        (TESTS_VISIT, TaskKind.VISIT, mark("Visit {number}: tests are missing"), "visit"),
    )
    for rule, kind, title, name in steps:
        limit = int(work.setting(f"pls.test_miss_{name}"))
        if missed < limit:
            _stop(work, client.id, rule)
            continue
        # The day follows from the last test, so that looking again tomorrow does not move it.
        _start(work, client, rule, kind, title, calendar_days(last, limit + 1), None)


def _keep_papers(work: Work, client: LifesaverClient) -> None:
    wearing = client.status in rules.WEARING
    if wearing and client.renew_on is not None:
        warn = calendar_days(client.renew_on, -int(work.setting("pls.agreement_warn_days")))
        title = mark("Renew agreement and profile of {number}")
        _start(work, client, AGREEMENT, TaskKind.AGREEMENT, title, client.renew_on, warn)
    else:
        _stop(work, client.id, AGREEMENT)
    limit = int(work.setting("pls.letter_months"))
    if wearing and client.letter_on is not None:
        due = months(client.letter_on, limit)
        warn = calendar_days(due, -int(work.setting("pls.agreement_warn_days")))
        _start(work, client, LETTER, TaskKind.REVIEW, mark("Review the physician’s letter of {number}"), due, warn)
    else:
        _stop(work, client.id, LETTER)


def _keep_fees(work: Work, client: LifesaverClient) -> None:
    for fee in all_of(work, LifesaverFee, LifesaverFee.client_id == client.id):
        owed = (fee.amount_cents or 0) - (fee.subsidy_cents or 0) - (fee.paid_cents or 0)
        if owed <= 0 or fee.due_on is None:
            _stop(work, fee.id, FEE)
            continue
        clock = Clock(
            subject_id=fee.id,
            rule=FEE,
            kind=TaskKind.FEE,
            title=mark("Fee of {number} is due"),
            values={"number": client.number or ""},
            due_on=fee.due_on,
            warn_from=calendar_days(fee.due_on, -int(work.setting("pls.fee_warn_days"))),
            owner_id=client.coordinator_id,
        )
        _keep(work, client.scope_id, clock)


def _keep_fleet_clocks(work: Work) -> None:
    scope_id = shared_scope(work, ScopeKind.LIFESAVER_FLEET)
    warn_days = int(work.setting("pls.cert_warn_days"))
    for operator in all_of(work, SearchOperator, SearchOperator.expires_on.is_not(None)):
        assert operator.expires_on is not None, "it was asked for"
        warn = calendar_days(operator.expires_on, -warn_days)
        title = mark("An operator’s certificate ends")
        _fleet(work, scope_id, operator.id, CERTIFICATE, TaskKind.CERTIFICATE, title, operator.expires_on, warn)
    every = int(work.setting("pls.kit_check_months"))
    for receiver in all_of(work, Receiver):
        if receiver.retired_on is not None:
            _stop(work, receiver.id, KIT_CHECK)
            continue
        due = months(receiver.checked_on, every) if receiver.checked_on is not None else _made_on(work, receiver)
        title = mark("Check receiver {serial}")
        _fleet(
            work, scope_id, receiver.id, KIT_CHECK, TaskKind.KIT_CHECK, title, due, None, serial=receiver.serial or ""
        )
    _keep_drill(work, scope_id)


def _keep_drill(work: Work, scope_id: str) -> None:
    """The next drill, counted from the last one; the programme's first clock begins with its first client."""
    drills = all_of(work, SearchActivation, SearchActivation.drill.is_(True), SearchActivation.call_at.is_not(None))
    zone = str(work.setting("service.timezone"))
    last = max((local_day(one.call_at, zone) for one in drills if one.call_at is not None), default=None)
    enrolled = all_of(work, LifesaverClient, LifesaverClient.enrolled_on.is_not(None))
    first = min((one.enrolled_on for one in enrolled if one.enrolled_on is not None), default=None)
    begin = last or first
    if begin is None:
        return
    due = months(begin, int(work.setting("pls.drill_months")))
    _fleet(work, scope_id, scope_id, DRILL, TaskKind.DRILL, mark("Train a search"), due, calendar_days(due, -14))


def _fleet(
    work: Work,
    scope_id: str,
    subject_id: str,
    rule: str,
    kind: TaskKind,
    title: str,
    due: date,
    warn: date | None,
    **values: str,
) -> None:
    clock = Clock(
        subject_id=subject_id,
        rule=rule,
        kind=kind,
        title=title,
        values=values,
        due_on=due,
        warn_from=warn,
        owner_id=work.actor.member_id,
    )
    _keep(work, scope_id, clock)


def _start(
    work: Work, client: LifesaverClient, rule: str, kind: TaskKind, title: str, due: date, warn: date | None
) -> None:
    clock = Clock(
        subject_id=client.id,
        rule=rule,
        kind=kind,
        title=title,
        values={"number": client.number or ""},
        due_on=due,
        warn_from=warn,
        owner_id=client.coordinator_id,
    )
    _keep(work, client.scope_id, clock)


def _keep(work: Work, scope_id: str, clock: Clock) -> None:
    """Start a clock or move it; one that a person closed stays closed until its day moves."""
    clocks.start(work, scope_id, clock)


def _stop(work: Work, subject_id: str, *wanted: str) -> None:
    for rule in wanted:
        clocks.stop(work, subject_id, rule, TaskStatus.DONE)


def _made_on(work: Work, receiver: Receiver) -> date:
    """A receiver that was never checked is due on the day on which it was entered."""
    made = receiver.created_at
    return local_day(made, str(work.setting("service.timezone"))) if made is not None else work.today()

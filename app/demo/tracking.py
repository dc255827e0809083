"""The made-up personal alarms: six devices, two on loan, one alarm last week, somebody who waits."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.demo.book import Book, Entry
from app.demo.staff import Person
from app.models.rules import tracking as rules
from app.models.vocab import ScopeKind, TrackingCriterion
from app.services.tracking_checks import TEST
from app.services.tracking_loans import ENDING, REVIEW
from app.vault.ids import child_id
from app.words import mark

_SEED = 801
_DAYS_OUT = (25, 9)
_TYPES = ("pendant", "pendant", "phone", "watch", "panic_button", "pendant")
_NEEDED = 4


def fill(book: Book, agency_id: str) -> None:
    """Write devices, applications, loans with their checks, one alarm and its dispatch cards."""
    rng = random.Random(_SEED)
    cases = _cases(book)
    if len(cases) < _NEEDED:
        return
    devices = _devices(book, agency_id, rng)
    for place, days in enumerate(_DAYS_OUT):
        _loan(book, cases[place], devices[place], book.today - timedelta(days=days), with_alarm=place == 0)
    _waits(book, cases[2], "waitlisted")
    _waits(book, cases[3], "assessed")


def _cases(book: Book) -> list[Entry]:
    """Open cases with a safety plan, those of the owner first, in the order in which they were made."""
    planned = {entry.fields["case_id"] for entry in book.entries if entry.kind == "safety_plan"}
    found = [
        entry
        for entry in book.entries
        if entry.kind == "case_file" and entry.record_id in planned and entry.fields.get("status") == "active"
    ]
    return sorted(found, key=lambda entry: (entry.author.key != "robin", entry.record_id))


def _devices(book: Book, agency_id: str, rng: random.Random) -> list[str]:
    scope = book.scope(ScopeKind.TRACKING_STOCK, agency_id)
    author = book.people["robin"]
    made = []
    for number, kind in enumerate(_TYPES, start=1):
        at = book.moment(book.today - timedelta(days=rng.randint(200, 500)))
        on_loan = number <= len(_DAYS_OUT)
        made.append(
            book.add(
                "tracking_device",
                scope,
                at,
                author,
                record_id=child_id(agency_id, f"demo device {number}"),
                asset_no=f"MT-{number:02d}",
                device_type=kind,
                imei=f"00000000000{number:04d}",
                phone=f"+15555550{number:03d}",
                vendor="Invented Alarms",
                monitoring_id=f"M-{number}",
                purchased_on=at.date(),
                purchase_cents=20_000,
                monthly_cents=2_000,
                battery_health="Good",
                status="loaned" if on_loan else ("wiping" if number == len(_TYPES) else "in_stock"),
                loan_id=child_id(agency_id, f"demo loan {number}") if on_loan else None,
                holder_no=f"MTS-{book.today.year}-{number:06d}" if on_loan else None,
                due_on=rules.loan_end(book.today - timedelta(days=_DAYS_OUT[number - 1]), 90) if on_loan else None,
            )
        )
    return made


def _application(book: Book, case: Entry, day: date, status: str, **more: Any) -> tuple[str, str]:
    """An application and its scope."""
    at = book.moment(day)
    scope = book.scope(ScopeKind.TRACKING, case.record_id, at)
    application_id = book.add(
        "tracking_application",
        scope,
        at,
        case.author,
        number=book.number("MTS", book.today),
        case_id=case.record_id,
        person_id=case.fields["person_id"],
        status=status,
        source="ipv_unit",
        referred_on=day,
        reason="Threats since the separation (made up).",
        relationship="former_spouse",
        risk="high",
        coverage={"home": "yes", "work": "yes", "school": "unknown"},
        children=1,
        priority="high",
        eligibility={one.value: {"answer": "yes", "note": ""} for one in TrackingCriterion},
        assessed_on=day + timedelta(days=1),
        assessed_by=case.author.member_id,
        **more,
    )
    return application_id, scope


def _waits(book: Book, case: Entry, status: str) -> None:
    day = book.today - timedelta(days=4)
    decided: dict[str, Any] = {}
    if status == "waitlisted":
        decided = {"decided_on": day + timedelta(days=2), "interim_plan": "Stays with a friend; calls every evening."}
    _application(book, case, day, status, **decided)


def _loan(book: Book, case: Entry, device_id: str, start: date, *, with_alarm: bool) -> None:
    device = next(entry for entry in book.entries if entry.record_id == device_id)
    worker, loan_id = case.author, str(device.fields["loan_id"])
    decided = start - timedelta(days=1)
    application_id, scope = _application(
        book, case, start - timedelta(days=5), "loaned", decided_on=decided, decided_by=worker.member_id
    )
    number = str(next(one for one in book.entries if one.record_id == application_id).fields["number"])
    at = book.moment(start)
    end = rules.loan_end(start, 90)
    review = rules.review_due(start, 30)
    book.add(
        "tracking_loan",
        scope,
        at,
        worker,
        record_id=loan_id,
        application_id=application_id,
        case_id=case.record_id,
        device_id=device_id,
        asset_no=device.fields["asset_no"],
        issued_at=at,
        instructed_by=worker.member_id,
        issue_witness=book.people["theo"].member_id,
        language="en",
        practice_result="ok",
        agreement_on=start,
        starts_on=start,
        review_due=review,
        planned_end=end,
        device_call_ok="yes",
        device_text_ok="unknown",
        children=1,
        monthly_cents=2_000,
    )
    secrets = _secrets(book, case, loan_id, at)
    _card(book, case, device.fields, loan_id, at, number, secrets, end)
    _tests(book, case, scope, loan_id, start)
    for rule, kind, title, due in (
        (REVIEW, "device_review", mark("Review of the alarm loan"), review),
        (ENDING, "device_return", mark("The alarm loan ends: return or extend"), end),
    ):
        _task(book, case, at, loan_id, rule, kind, title, due)
    alarm_scope = book.scope(ScopeKind.TRACKING_ALARM, loan_id, at)
    if with_alarm:
        _alarm(book, case, alarm_scope, scope, loan_id, str(device.fields["asset_no"]))


def _secrets(book: Book, case: Entry, loan_id: str, at: datetime) -> dict[str, Any]:
    found = {
        "description": "Green coat, grey hair, about 170 cm (made up)",
        "word_duress": "Is the parcel there",
        "word_clear": "Sunny afternoon",
        "word_cancel": "Wrong number",
        "hazards": "Dog behind the gate",
        "alert": [{"name": "Ada Sorrel", "relation": "Sister", "phone": "+15555550188"}],
    }
    book.add(
        "tracking_safety",
        book.scope(ScopeKind.TRACKING_SAFETY, case.record_id, at),
        at,
        case.author,
        record_id=loan_id,
        case_id=case.record_id,
        charge_plan="Every night beside the bed",
        carrying_place="Inside coat pocket",
        decoy="A step counter",
        places=[{"kind": "home", "text": "5 Invented Road, Port Lindon"}],
        **found,
    )
    return found


def _card(
    book: Book,
    case: Entry,
    device: Mapping[str, Any],
    loan_id: str,
    at: datetime,
    number: str,
    secrets: Mapping[str, Any],
    end: date,
) -> None:
    scope = book.scope(ScopeKind.DISPATCH_CARD, loan_id, at)
    person = next(entry for entry in book.entries if entry.record_id == case.fields["person_id"])
    names = (person.fields.get("preferred_name") or person.fields.get("legal_first"), person.fields.get("legal_last"))
    book.add(
        "dispatch_card",
        scope,
        at,
        case.author,
        record_id=child_id(scope, loan_id),
        loan_id=loan_id,
        case_id=case.record_id,
        worker_id=case.author.member_id,
        number=number,
        asset_no=device["asset_no"],
        device_type=device["device_type"],
        device_phone=device["phone"],
        monitoring_id=device["monitoring_id"],
        name=" ".join(str(part) for part in names if part),
        language="en",
        addresses=[{"kind": "home", "text": "5 Invented Road, Port Lindon"}],
        orders=[],
        accused_description="Tall, short beard, about 40 (made up)",
        accused_vehicle="Red van",
        weapons=[],
        children=1,
        starts_on=at.date(),
        ends_on=end,
        compromised=False,
        **secrets,
    )


def _tests(book: Book, case: Entry, scope: str, loan_id: str, start: date) -> None:
    """Every test so far was done but the newest, which is due today or was missed yesterday."""
    gone = rules.days_of_tests(start, 7, book.today - timedelta(days=1))
    for place, day in enumerate(gone):
        at = book.moment(day)
        book.add(
            "tracking_check",
            scope,
            at,
            case.author,
            record_id=child_id(loan_id, f"test:{day.isoformat()}"),
            case_id=case.record_id,
            loan_id=loan_id,
            kind="weekly_test",
            due_on=day,
            done_at=at,
            done_by=case.author.member_id,
            result="ok" if place % 3 else "low_battery",
            battery=82 if place % 3 else 14,
        )
    due = rules.next_test(start, 7, book.today)
    title = mark("Weekly test of the alarm")
    _task(book, case, book.moment(book.today - timedelta(days=2)), loan_id, TEST, "device_test", title, due)


def _alarm(book: Book, case: Entry, scope: str, facts: str, loan_id: str, asset_no: str) -> None:
    officer: Person = book.people["alma"]
    at = book.moment(book.today - timedelta(days=6))
    event_id = book.add(
        "alarm_event",
        scope,
        at,
        case.author,
        loan_id=loan_id,
        case_id=case.record_id,
        asset_no=asset_no,
        source="sos",
        raised_at=at,
        received_at=at,
        ack_at=at + timedelta(seconds=35),
        dispatched_at=at + timedelta(seconds=65),
        arrived_at=at + timedelta(seconds=505),
        cleared_at=at + timedelta(minutes=48),
        passphrase="duress",
        priority="immediate",
        units=["Unit 14"],
        occurrence_no="26-0311",
        outcome="genuine_harassment",
        voice="Shouting in the background",
    )
    book.add(
        "alarm_review",
        facts,
        at + timedelta(hours=15),
        case.author,
        record_id=event_id,
        case_id=case.record_id,
        loan_id=loan_id,
        reviewed_at=at + timedelta(hours=15),
        reviewer_id=case.author.member_id,
        breach_ref="26-0311-B",
        charges="Breach of an undertaking",
    )
    anchor = child_id(officer.member_id, f"tracking views {book.today.year}")
    book.add(
        "tracking_view",
        book.scope(ScopeKind.TRACKING_ACCESS, anchor, at),
        at + timedelta(seconds=80),
        officer,
        subject_kind="dispatch_card",
        subject_id=next(one.record_id for one in book.entries if one.kind == "dispatch_card"),
        loan_id=loan_id,
        viewed_at=at + timedelta(seconds=80),
        viewer_id=officer.member_id,
        role="OFF",
        why="alarm",
        occurrence_no="26-0311",
    )


def _task(book: Book, case: Entry, at: datetime, loan_id: str, rule: str, kind: str, title: str, due: date) -> None:
    book.add(
        "task",
        case.scope_id,
        at,
        case.author,
        record_id=child_id(loan_id, f"task:{rule}:"),
        case_id=case.record_id,
        subject_id=loan_id,
        kind=kind,
        title=title,
        rule=rule,
        due_on=due,
        owner_id=case.author.member_id,
        status="open",
    )

"""The list of cases, quick find, the timeline and the parts of one case."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.errors import NotFound
from app.models.crisis import (
    AccusedPanel,
    ContactAddendum,
    ContactLog,
    Incident,
    LegalOrder,
    NeedAnswer,
    NeedsAssessment,
    PracticalAssistance,
    Referral,
    RightsItem,
    SupportNote,
)
from app.models.local.tables import AuditEntry
from app.models.people import Person, SafeContact
from app.models.rules.safe_contact import Verdict
from app.models.vocab import AgeBand, Channel, NeedDomain, NeedLevel, Right, SafetyStep
from app.models.work_items import Consent, Task
from app.queries import crisis, search
from app.queries.crisis.rows import CaseFilter, CaseSort, Standing, TimelineKind

HOSTILE = "<script>alert(1)</script> =cmd|' /C calc'!A0 \u202eנגה " + "x" * 100_000


def test_the_list_shows_initials_and_pages_without_gaps(store: Any, today: date) -> None:
    ids = [store.case(opened_on=date(2026, 2, 1) + timedelta(days=day)) for day in range(5)]
    rows = [
        row
        for offset in (0, 2, 4)
        for row in crisis.case_list(store.session, CaseFilter(), today=today, limit=2, offset=offset)
    ]
    assert [row.id for row in rows] == list(reversed(ids))
    assert {(row.initials, row.age_band) for row in rows} == {("D. K.", AgeBand.B25_34)}
    assert "Dana" not in repr(rows)
    assert crisis.case_count(store.session, CaseFilter()) == 5


def test_filters_narrow_and_closed_cases_wait_to_be_asked_for(store: Any, today: date) -> None:
    worker = store.member("Nadia", "VSU")
    mine = store.case(assigned_to=worker, priority="high")
    closed = store.case(status="closed")
    store.case(removed_at=datetime(2026, 3, 1, tzinfo=UTC))

    def found(asked: CaseFilter) -> list[str]:
        return [row.id for row in crisis.case_list(store.session, asked, today=today)]

    assert found(CaseFilter()) == [mine]
    assert set(found(CaseFilter(any_status=True))) == {mine, closed}
    assert found(CaseFilter(worker=worker)) == [mine]
    assert found(CaseFilter(worker="nobody")) == []


def test_sorting_by_what_is_due_and_by_the_longest_silence(store: Any, today: date) -> None:
    quiet, busy = store.case(), store.case()
    store.add(ContactLog, case_id=busy, at=datetime(2026, 3, 9, 12, tzinfo=UTC))
    store.add(ContactLog, case_id=quiet, at=datetime(2026, 1, 9, 12, tzinfo=UTC))
    store.add(Task, case_id=busy, status="open", due_on=date(2026, 3, 1))
    store.add(Task, case_id=quiet, status="done", due_on=date(2026, 2, 1))
    silent = crisis.case_list(store.session, CaseFilter(), today=today, sort=CaseSort.LAST_CONTACT)
    assert [row.id for row in silent] == [quiet, busy]
    due = crisis.case_list(store.session, CaseFilter(), today=today, sort=CaseSort.DUE)
    assert [(row.id, row.next_due, row.overdue_tasks) for row in due] == [
        (busy, date(2026, 3, 1), 1),
        (quiet, None, 0),
    ]


@pytest.mark.parametrize("text", ["etienne", "ÉTIENNE lalune", "2026-000123", "26-0415", "lune"])
def test_find_minds_neither_accents_nor_capitals(store: Any, today: date, text: str) -> None:
    wanted = store.case(number="VSU-2026-000123", person={"legal_first": "Étienne", "legal_last": "Lalune"})
    store.add(Incident, case_id=wanted, occurrence_no="26-0415")
    store.case()
    assert [row.id for row in search.find(store.session, text, today=today)] == [wanted]
    assert [row.id for row in crisis.case_list(store.session, CaseFilter(text=text), today=today)] == [wanted]


def test_find_of_nothing_finds_nothing(store: Any, today: date) -> None:
    store.case()
    assert search.find(store.session, "   ", today=today) == ()
    assert search.find(store.session, "%", today=today) == ()


def test_hostile_text_passes_through_unchanged(store: Any, today: date, now: datetime) -> None:
    case_id = store.case(person={"legal_first": HOSTILE, "legal_last": None})
    store.add(ContactLog, case_id=case_id, at=now, service_fact=HOSTILE)
    assert crisis.case_people(store.session, case_id, now=now)[0].display_name == HOSTILE.strip()
    assert crisis.timeline(store.session, case_id, now=now)[0].text == HOSTILE


def test_the_timeline_is_newest_first_and_marks_what_is_protected(store: Any, now: datetime) -> None:
    author = store.member("Nadia", "VSU")
    case_id = store.case()
    other = store.case()
    old = datetime(2026, 3, 1, 14, tzinfo=UTC)
    contact = store.add(
        ContactLog, case_id=case_id, at=old, created_at=old, created_by=author, channel="phone", direction="out"
    )
    store.add(ContactAddendum, case_id=case_id, contact_id=contact, at=now, text="later", created_by=author)
    note = store.add(SupportNote, case_id=case_id, at=datetime(2026, 3, 2, tzinfo=UTC), text="private")
    referral = store.add(Referral, case_id=case_id, sent_on=date(2026, 3, 3), status="sent")
    task = store.add(Task, case_id=case_id, status="done", closed_at=datetime(2026, 3, 4, tzinfo=UTC), typed_title="T")
    store.add(Task, case_id=case_id, status="open", typed_title="still open")
    store.add(ContactLog, case_id=other, at=now)
    store.session.add(
        AuditEntry(
            at=now,
            member_id=author,
            role="VSU",
            device_id="d",
            action="print",
            kind="case_file",
            record_id=case_id,
            fields=[],
            outcome="ok",
            reason="F-302",
            previous=b"",
            hash=b"",
        )
    )
    store.session.flush()
    rows = crisis.timeline(store.session, case_id, now=now)
    assert [(row.kind, row.record_id) for row in rows[1:]] == [
        (TimelineKind.TASK, task),
        (TimelineKind.REFERRAL, referral),
        (TimelineKind.NOTE, note),
        (TimelineKind.CONTACT, contact),
    ]
    assert (rows[0].kind, rows[0].text, rows[0].author) == (TimelineKind.PRINT, "F-302", "Nadia")
    assert [row.protected for row in rows] == [False, False, False, True, False]
    assert (rows[4].title, rows[4].locked, rows[4].addenda[0].text) == ("Phone call · Outgoing", True, "later")
    assert crisis.timeline_count(store.session, case_id) == 5
    paged = [row for at in range(5) for row in crisis.timeline(store.session, case_id, now=now, limit=1, offset=at)]
    assert paged == list(rows)
    only = crisis.timeline(store.session, case_id, now=now, kinds={TimelineKind.NOTE})
    assert [row.record_id for row in only] == [note]


def test_contacting_shows_what_was_agreed_and_letters_are_refused(store: Any, now: datetime) -> None:
    """3d: no message, block caller ID, the cover name; mail was never agreed."""
    case_id = store.case()
    contact = store.add(
        SafeContact,
        case_id=case_id,
        person_id=store.client(case_id),
        kind="phone",
        value="+1 555-0142",
        safe_to_use="yes",
        voicemail="none",
        say_you_are="Bayview Dental",
        confirmed_on=date(2026, 3, 1),
    )
    row = crisis.safe_contact(store.session, contact, now=now)
    assert [each.text for each in row.instructions] == [
        "Do not leave a message",
        "Block caller ID",
        "Say you are Bayview Dental",
    ]
    assert (row.usable, row.stale, row.masked) == (True, False, "••• ••42")
    home = store.add(
        SafeContact, case_id=case_id, person_id=store.client(case_id), kind="address", value="1 Lane", safe_to_use="yes"
    )
    letter = crisis.safe_contact(store.session, home, now=now)
    assert letter.decisions[Channel.MAIL].verdict is Verdict.REFUSED
    assert (letter.usable, letter.stale) == (False, True)


def test_a_high_risk_case_makes_contacts_stale_sooner(store: Any, now: datetime) -> None:
    for high_risk, stale in ((False, False), (True, True)):
        case_id = store.case(high_risk=high_risk)
        contact = store.add(
            SafeContact, case_id=case_id, person_id=store.client(case_id), kind="phone", confirmed_on=date(2026, 1, 30)
        )
        assert crisis.safe_contact(store.session, contact, now=now).stale is stale


def test_the_header_names_the_client_and_counts(store: Any, now: datetime) -> None:
    worker = store.member("Nadia", "VSU")
    case_id = store.case(assigned_to=worker)
    store.add(Task, case_id=case_id, status="open", due_on=date(2026, 3, 9))
    store.add(Task, case_id=case_id, status="open", due_on=date(2026, 3, 10))
    header = crisis.case_header(store.session, case_id, now=now)
    assert header.client is not None
    assert (header.client.display_name, header.client.age, header.worker) == ("Dana Kestrel", 34, "Nadia")
    assert (header.open_tasks, header.overdue_tasks, header.private_readable) == (2, 1, False)
    store.private_key(case_id)
    assert crisis.case_header(store.session, case_id, now=now).private_readable
    with pytest.raises(NotFound):
        crisis.case_header(store.session, "0" * 32, now=now)


def test_needs_at_the_start_and_now(store: Any) -> None:
    case_id = store.case()
    for day, level, second in ((1, "3", "9"), (20, "1", "2")):
        at = datetime(2026, 2, day, tzinfo=UTC)
        assessment = store.add(NeedsAssessment, case_id=case_id, assessed_at=at)
        store.add(NeedAnswer, case_id=case_id, assessment_id=assessment, domain="housing", level=level)
        store.add(NeedAnswer, case_id=case_id, assessment_id=assessment, domain="pets", level=second)
    change = {row.domain: (row.start, row.now) for row in crisis.needs_start_and_now(store.session, case_id)}
    assert change[NeedDomain.HOUSING] == (NeedLevel.URGENT, NeedLevel.INFORMATION)
    assert change[NeedDomain.PETS] == (NeedLevel.SOME_HELP, NeedLevel.SOME_HELP)
    assert change[NeedDomain.MONEY] == (None, None)
    newest = crisis.assessments(store.session, case_id)[0]
    assert [(answer.domain, answer.level) for answer in newest.answers] == [
        (NeedDomain.HOUSING, NeedLevel.INFORMATION),
        (NeedDomain.PETS, NeedLevel.SOME_HELP),
    ]


def test_orders_stand_by_their_end_date(store: Any, today: date) -> None:
    case_id = store.case()
    for ends in (None, date(2026, 3, 9), date(2026, 5, 9), date(2026, 5, 10)):
        store.add(LegalOrder, case_id=case_id, expires_on=ends)
    found = crisis.orders(store.session, case_id, today=today)
    assert [(row.standing, row.days_left) for row in found] == [
        (Standing.CONFIRM, None),
        (Standing.EXPIRED, -1),
        (Standing.ENDING, 60),
        (Standing.IN_FORCE, 61),
    ]


def test_consents_stand_by_dates_and_withdrawal(store: Any, today: date) -> None:
    case_id = store.case()
    for starts, fields in (
        (1, {"expires_on": date(2026, 3, 10)}),
        (2, {"expires_on": date(2026, 3, 9)}),
        (3, {"expires_on": date(2027, 1, 1)}),
        (4, {"expires_on": date(2027, 1, 1), "withdrawn_on": today}),
    ):
        store.add(
            Consent, case_id=case_id, starts_on=date(2026, 1, starts), answers={"service": "yes", "x": "no"}, **fields
        )
    found = crisis.consents(store.session, case_id, today=today)
    assert [row.standing for row in found] == [
        Standing.WITHDRAWN,
        Standing.IN_FORCE,
        Standing.EXPIRED,
        Standing.ENDING,
    ]
    assert [list(row.answers.values()) for row in found] == [[True]] * 4


def test_closing_names_what_blocks_it(store: Any, today: date) -> None:
    """3f: an open order-expiry task blocks; so do unanswered rights, an unchecked referral and no consent."""
    case_id = store.case()
    task = store.add(Task, case_id=case_id, status="open", kind="order_expiry", typed_title="Bail ends")
    store.add(Referral, case_id=case_id, status="sent", sent_on=today)
    blockers = crisis.close_blockers(store.session, case_id, today=today)
    assert (blockers[0].kind, blockers[0].record_id) == ("task", task)
    assert "Bail ends" in blockers[0].sentence
    assert [row.kind for row in blockers] == ["task", "rights_item", "referral", "consent"]
    done = store.case()
    for right in Right:
        store.add(RightsItem, case_id=done, right=right, answer="told")
    store.add(Consent, case_id=done, answers={"service": "yes"})
    assert crisis.close_blockers(store.session, done, today=today) == ()


def test_lists_with_a_row_for_each_choice(store: Any) -> None:
    case_id = store.case()
    store.add(RightsItem, case_id=case_id, right="money", answer="told")
    rights = crisis.rights(store.session, case_id)
    assert [row.right for row in rights] == list(Right)
    assert [row.right for row in rights if row.answer] == [Right.MONEY]
    assert [row.right for row in rights if row.at_first_contact] == list(Right)[:5]
    assert [row.step for row in crisis.immediate_safety(store.session, case_id)] == list(SafetyStep)


def test_costly_help_needs_approval(store: Any) -> None:
    case_id = store.case()
    for cents in (5000, 5001):
        store.add(PracticalAssistance, case_id=case_id, given_on=date(2026, 3, 1), cost_cents=cents)
    assert {row.cost_cents: row.needs_approval for row in crisis.assistance(store.session, case_id)} == {
        5000: False,
        5001: True,
    }


def test_the_accused_panel_shows_only_where_it_is_held(store: Any) -> None:
    case_id = store.case()
    store.add(Incident, case_id=case_id)
    row = crisis.incident(store.session, case_id)
    assert row is not None and row.accused is None
    store.add(AccusedPanel, case_id=case_id, name="Somebody")
    row = crisis.incident(store.session, case_id)
    assert row is not None and row.accused is not None and row.accused.name == "Somebody"
    assert store.session.get(Person, store.client(case_id)) is not None

"""What is due, what a supervisor sees, the directory, conflicts and settings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.models.agency import Organization, Service, Setting
from app.models.crisis import ContactLog, NeedAnswer, NeedsAssessment, ServiceRequest
from app.models.local.tables import Draft, Sibling
from app.models.people import Person, SafeContact
from app.models.vocab import NeedDomain, NeedLevel, PartnerKind, Role
from app.models.work_items import CaseReview, Consent, Task
from app.queries import conflicts, device, directory, members, settings, supervision
from app.queries import today as due_today
from app.queries.directory import ServiceFilter
from app.queries.supervision import Gap


def test_tasks_fall_into_overdue_today_and_coming(store: Any, today: date) -> None:
    me = store.member("Nadia", "VSU")
    case_id = store.case()

    def task(**fields: Any) -> str:
        return str(store.add(Task, **{"owner_id": me, "status": "open", "case_id": case_id, **fields}))

    late = task(due_on=date(2026, 3, 9))
    evening = task(due_at=datetime(2026, 3, 11, 3, 30, tzinfo=UTC))
    soon = task(due_on=date(2026, 3, 17))
    warned = task(due_on=date(2026, 6, 1), warn_from=date(2026, 3, 10))
    undated = task()
    task(due_on=date(2026, 3, 18))
    task(due_on=date(2026, 3, 1), status="done")
    task(due_on=date(2026, 3, 1), owner_id="somebody")
    found = due_today.due(store.session, me, today=today)
    assert [row.id for row in found.overdue] == [late]
    assert [row.id for row in found.today] == [evening], "22:30 in Toronto is still the 10th"
    assert [row.id for row in found.coming] == [soon, warned, undated]
    assert found.overdue[0].initials == "D. K."


def test_titles_are_read_in_ones_own_language_and_never_break(store: Any, today: date) -> None:
    me = store.member("Nadia", "VSU")
    for fields in (
        {"title": "An order ends in {days} days", "title_values": {"days": 30}},
        {"title": "An order ends in {days} days"},
        {"typed_title": "{days} <b>"},
        {"kind": "visit"},
    ):
        store.add(Task, owner_id=me, status="open", due_on=today, **fields)
    rows = due_today.due(store.session, me, today=today).today
    assert [row.title for row in rows] == [
        "An order ends in 30 days",
        "An order ends in {days} days",
        "{days} <b>",
        "Visit",
    ]


def test_returned_work_and_drafts_wait_for_their_owner(store: Any, today: date, now: datetime) -> None:
    me, boss = store.member("Nadia", "VSU"), store.member("Harriet", "SUP")
    mine, other = store.case(assigned_to=me), store.case(assigned_to=boss)
    given = {"outcome": "returned", "reviewer_id": boss, "comments": [{"section": "needs", "text": "more"}]}
    store.add(CaseReview, case_id=mine, **given)
    store.add(CaseReview, case_id=mine, **given, answered_at=now)
    store.add(CaseReview, case_id=other, **given)
    store.session.add(Draft(form="case", values={}, kept_at=now))
    store.session.flush()
    (row,) = due_today.returned_work(store.session, me, today=today)
    assert (row.case_id, row.reviewer, row.comments) == (mine, "Harriet", (("needs", "more"),))
    assert [draft.form for draft in due_today.drafts(store.session)] == ["case"]
    counts = due_today.counts(store.session, me, today=today)
    assert (counts.returned, counts.drafts, counts.unsent) == (1, 1, 0)


def test_the_caseload_counts_by_worker_with_the_ids_behind_it(store: Any, today: date) -> None:
    nadia, colette = store.member("Nadia", "VSU"), store.member("Colette", "VSU", "VQC")
    first = store.case(assigned_to=nadia, support_level="enhanced", enhanced_since=date(2026, 1, 1))
    second = store.case(assigned_to=nadia, review_state="waiting", high_risk=True)
    store.case(assigned_to=nadia, status="closed")
    alone = store.case(assigned_to=None)
    task = store.add(Task, owner_id=nadia, status="open", due_on=date(2026, 3, 9), case_id=first)
    store.add(ContactLog, case_id=second, at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    store.add(ContactLog, case_id=first, at=datetime(2026, 3, 9, 12, tzinfo=UTC))
    nobody, row = supervision.caseload(store.session, today=today)
    assert (nobody.member_id, nobody.open.ids) == (None, (alone,))
    assert (row.name, row.open.ids, row.overdue.ids) == ("Nadia", (first, second), (task,))
    assert (row.enhanced.ids, row.high_risk.ids, row.days_since_contact) == ((first,), (second,), 9)
    assert set(row.unreviewed.ids) == {first, second}
    assert {member.name: member.open_cases for member in supervision.team(store.session)} == {"Colette": 0, "Nadia": 2}
    assert [row.name for row in members.members(store.session, role=Role.VQC)] == ["Colette"]
    assert members.names(store.session)[colette] == "Colette"


def test_an_approved_review_gives_enhanced_support_thirty_days(store: Any, today: date) -> None:
    for approved, waits in ((date(2026, 2, 9), False), (date(2026, 2, 8), True)):
        case_id = store.case(support_level="enhanced", enhanced_since=date(2025, 12, 1))
        at = datetime.combine(approved, datetime.min.time(), UTC) + timedelta(hours=17)
        store.add(CaseReview, case_id=case_id, outcome="approved", reviewed_at=at)
        waiting = {row.case_id for row in supervision.awaiting_review(store.session, today=today)}
        assert (case_id in waiting) is waits


def test_call_backs_in_time_as_a_percentage(store: Any, now: datetime) -> None:
    def request(asked: int, called: int | None, wanted: str = "on_scene") -> str:
        at = now - timedelta(minutes=asked)
        back = None if called is None else at + timedelta(minutes=called)
        return str(store.add(ServiceRequest, requested_at=at, called_back_at=back, response_wanted=wanted))

    assert supervision.call_back_figure(store.session, now=now).percent is None
    request(500, 30)
    request(400, 4)
    late = [request(300, 31), request(31, None)]
    running = request(10, None)
    request(90, None, wanted="phone_now")
    found = supervision.call_back_figure(store.session, now=now)
    assert (found.total, found.met, found.percent) == (4, 2, 50)
    assert (list(found.late), found.running) == (late, (running,))


def test_needs_are_counted_at_the_first_and_the_latest_assessment_of_open_cases(store: Any) -> None:
    open_case, closed = store.case(), store.case(status="closed")
    for case_id, day, level in ((open_case, 1, "3"), (open_case, 9, "1"), (closed, 2, "3")):
        at = datetime(2026, 2, day, tzinfo=UTC)
        assessment = store.add(NeedsAssessment, case_id=case_id, assessed_at=at)
        store.add(NeedAnswer, case_id=case_id, assessment_id=assessment, domain="housing", level=level)
    housing = next(row for row in supervision.needs_levels(store.session) if row.domain is NeedDomain.HOUSING)
    assert {level: count for level, count in housing.start.items() if count} == {NeedLevel.URGENT: 1}
    assert {level: count for level, count in housing.latest.items() if count} == {NeedLevel.INFORMATION: 1}
    assert housing.urgent_now == ()


def test_missing_data_names_each_gap(store: Any, today: date) -> None:
    bare = store.case()
    whole = store.case(assigned_to="w", opened_on=today)
    store.session.get(Person, store.client(whole)).languages = [{"code": "fr"}]
    store.add(SafeContact, case_id=whole, person_id=store.client(whole), safe_to_use="yes")
    store.add(Consent, case_id=whole, expires_on=today)
    expired = store.case(assigned_to="w", opened_on=today)
    store.add(Consent, case_id=expired, expires_on=date(2026, 3, 9))
    found = {row.case_id: row.gaps for row in supervision.missing_data(store.session, today=today)}
    assert found == {
        bare: (Gap.SAFE_CONTACT, Gap.LANGUAGE, Gap.CONSENT, Gap.NEEDS, Gap.WORKER),
        expired: (Gap.SAFE_CONTACT, Gap.LANGUAGE, Gap.CONSENT_EXPIRED),
    }
    assert supervision.gap_counts(store.session, today=today)[Gap.LANGUAGE].ids == (bare, expired)


def test_the_needs_gap_opens_after_five_business_days(store: Any) -> None:
    case_id = store.case(opened_on=date(2026, 3, 2))
    for day, gap in ((date(2026, 3, 9), False), (date(2026, 3, 10), True)):
        assert (case_id in supervision.gap_counts(store.session, today=day)[Gap.NEEDS].ids) is gap


def test_months_count_opened_and_closed(store: Any, today: date) -> None:
    store.case(opened_on=date(2026, 1, 31), status="closed", closed_on=date(2026, 3, 1))
    store.case(opened_on=date(2026, 3, 2))
    found = supervision.months(store.session, today=today, count=3)
    assert [(row.month, row.opened, row.closed) for row in found] == [
        (date(2026, 1, 1), 1, 0),
        (date(2026, 2, 1), 0, 0),
        (date(2026, 3, 1), 1, 1),
    ]


def test_the_overview_counts_what_is_open(store: Any, now: datetime) -> None:
    case_id = store.case(review_state="waiting", opened_on=date(2026, 3, 1))
    closed = store.case(status="closed", review_state="waiting", opened_on=date(2026, 1, 1))
    request = store.add(ServiceRequest, status="received", response_wanted="phone_now")
    found = supervision.overview(store.session, now=now)
    assert (found.open_cases.ids, found.opened_this_month.ids, found.open_requests.ids) == (
        (case_id,),
        (case_id,),
        (request,),
    )
    assert set(found.awaiting_review.ids) == {case_id, closed}


def test_the_directory_finds_by_need_kind_place_language_and_words(store: Any, today: date) -> None:
    organization = store.add(Organization, name="Centre Voix-Claire", kind="francophone")
    wanted = store.add(
        Service,
        organization_id=organization,
        name="Legal help",
        name_fr="Aide juridique à l'école",
        need_domains=["justice"],
        languages=["fr"],
        municipality="Northmere",
        status="active",
        assured_date=date(2025, 3, 9),
    )
    store.add(Service, name="Other", need_domains=["money"], status="active", assured_date=today)
    store.add(Service, name="Gone", need_domains=["justice"], status="defunct")
    for asked in (
        ServiceFilter(need=NeedDomain.JUSTICE),
        ServiceFilter(kind=PartnerKind.FRANCOPHONE),
        ServiceFilter(municipality="Northmere"),
        ServiceFilter(language="fr"),
        ServiceFilter(text="ECOLE voix"),
    ):
        rows = directory.services(store.session, asked, language="fr", today=today)
        assert [(row.id, row.name, row.stale) for row in rows] == [(wanted, "Aide juridique à l'école", True)]
    assert directory.service_count(store.session, ServiceFilter()) == 2
    assert directory.service_count(store.session, ServiceFilter(any_status=True)) == 3
    assert (
        directory.organization(store.session, organization, language="en", today=today).services[0].name == "Legal help"
    )
    assert directory.municipalities(store.session) == ("Northmere",)


def test_conflicts_show_both_values_with_author_and_time(store: Any, now: datetime) -> None:
    nadia, colette = store.member("Nadia", "VSU"), store.member("Colette", "VSU")
    case_id = store.case(number="VSU-2026-000004")
    contact = store.add(SafeContact, case_id=case_id, voicemail="none", flagged=True)
    for place, (value, author) in enumerate((("generic", nadia), ("none", colette)), start=1):
        dot = f"{place * 1000:012x}.0000.{'d' * 32}"
        store.session.add(
            Sibling(
                record_id=contact,
                field="voicemail",
                dot=dot,
                kind="safe_contact",
                value=value,
                author=author,
                arrived_at=now,
            )
        )
    store.session.flush()
    (row,) = conflicts.conflicts(store.session)
    assert (row.record_id, row.number, row.protective, row.field_label) == (
        contact,
        "VSU-2026-000004",
        True,
        "Voicemail",
    )
    assert [(each.text, each.author, each.shown) for each in row.values] == [
        ("Do not leave a message", "Colette", True),
        ("Generic message only", "Nadia", False),
    ]
    assert row.values[1].written_at == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert conflicts.count(store.session, case_id=case_id) == conflicts.count(store.session) == 1
    assert conflicts.conflicts(store.session, case_id=store.case()) == ()


def test_a_setting_counts_on_its_days(store: Any) -> None:
    key = "vsu.needs_days"
    store.add(Setting, name=key, value=7, effective_from=date(2026, 1, 1), effective_to=date(2026, 1, 31))
    assert [settings.setting(store.session, key, day) for day in (date(2025, 12, 31), date(2026, 1, 31))] == [5, 7]
    assert settings.setting(store.session, key, date(2026, 2, 1)) == 5
    assert settings.local_day(store.session, datetime(2026, 3, 10, 3, tzinfo=UTC)) == date(2026, 3, 9)
    assert not device.is_demonstration(store.session)

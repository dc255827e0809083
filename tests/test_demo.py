"""The demonstration: the same every time, consistent, editable, and something for every screen."""

from __future__ import annotations

import hashlib
import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app import demo, form_pages, resources
from app.models.base import kinds
from app.models.crisis import Case, PlanStep
from app.models.form_library import FormAnswer
from app.models.local.tables import LoggedChange, UnsealedChange
from app.models.vocab import Audience, Role
from app.queries import (
    conflicts,
    crisis,
    device,
    directory,
    documents,
    forms,
    members,
    outbox,
    safety,
    search,
    supervision,
)
from app.queries import today as due_today
from app.queries.crisis.rows import CaseFilter, TimelineKind
from app.queries.directory import ServiceFilter
from app.vault import keys
from app.vault.vault import Vault, create_vault

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


def _vault(folder: Path) -> tuple[Vault, demo.DemoSummary]:
    vault, recovery = create_vault(
        folder,
        "everything in here is made up",
        "demonstration",
        owner=demo.OWNER,
        agency_id="a" * 32,
        device_id="0190000000007000800000000000d302",
        setting=keys.FLOOR,
        clock=lambda: NOW,
    )
    vault.prove_recovery(recovery)
    start = time.perf_counter()
    summary = demo.load(vault, lambda: NOW)
    sys.stdout.write(f"demonstration loaded in {time.perf_counter() - start:.2f} s\n")
    return vault, summary


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vault, demo.DemoSummary]]:
    """One demonstration for the tests that only read it."""
    vault, summary = _vault(tmp_path_factory.mktemp("demo") / "vault")
    yield vault, summary
    vault.close()


def _content(vault: Vault) -> str:
    """A hash over every record and every change."""
    seen = hashlib.sha256()
    with vault.read() as session:
        for kind in sorted(kinds()):
            for row in session.execute(text(f'SELECT * FROM "{kind}" ORDER BY id')):
                seen.update(json.dumps(list(row), default=str).encode())
        for row in session.execute(
            text("SELECT scope_id, device_id, device_seq, dot, fields FROM change ORDER BY seq")
        ):
            seen.update(repr(tuple(row)).encode())
    return seen.hexdigest()


def test_the_same_day_gives_the_same_region(loaded: tuple[Vault, demo.DemoSummary], tmp_path: Path) -> None:
    random.seed(99)
    again, _ = _vault(tmp_path / "vault")
    try:
        assert _content(again) == _content(loaded[0])
    finally:
        again.close()


def test_what_was_promised_is_there(loaded: tuple[Vault, demo.DemoSummary]) -> None:
    vault, summary = loaded
    assert (summary.records["case_file"], summary.records["service"], len(summary.members)) == (250, 60, 14)
    with vault.read() as session:
        staff = members.members(session)
        assert len(staff) == 14
        assert {role for member in staff for role in member.roles} == set(Role)
        assert all(member.name.endswith("(demo)") for member in staff)
        assert device.is_demonstration(session)
        languages = session.scalars(text("SELECT DISTINCT language_used FROM consent")).all()
        assert set(languages) == {"en", "fr"}
        phones = " ".join(resources.text("demo", name) for name in ("plan.json", "people.json"))
        assert "555-" in phones


def test_every_record_has_its_change_and_nothing_was_captured(loaded: tuple[Vault, demo.DemoSummary]) -> None:
    vault, summary = loaded
    with vault.read() as session:
        records = select(LoggedChange.kind, LoggedChange.record_id).distinct().subquery()
        logged = session.scalar(select(func.count()).select_from(records))
        assert logged == sum(summary.records.values())
        assert session.scalar(text("SELECT count(*) FROM captured")) == 0
        gaps = session.execute(
            text("SELECT scope_id FROM change GROUP BY scope_id, device_id HAVING max(device_seq) <> count(*)")
        ).all()
        assert gaps == []
        future = session.scalar(text("SELECT count(*) FROM contact_log WHERE at > '2026-11-22T15:00:00.000Z'"))
        assert future == 0


def test_a_record_can_be_edited_afterwards(tmp_path: Path) -> None:
    vault, _ = _vault(tmp_path / "vault")
    try:
        with vault.write(vault.actor(Role.VSU)) as work:
            step = work.session.scalars(select(PlanStep).where(PlanStep.flagged.is_(False)).limit(1)).one()
            step.goal = "Something else"
            changes = work.commit()
        assert changes.ids == {step.id}
        with vault.read() as session:
            last = session.scalars(select(LoggedChange).order_by(LoggedChange.seq.desc()).limit(1)).one()
            assert last.record_id == step.id
            assert session.get(UnsealedChange, (last.scope_id, last.device_seq)) is not None
            assert outbox.states(session, [step.id]) == {step.id: outbox.SyncState.HERE}
        with vault.write(vault.actor(Role.VSU)) as work:
            number = work.next_number("VSU")
            known = work.session.scalar(select(func.count()).where(Case.number == number))
            assert number is not None and known == 0
    finally:
        vault.close()


def test_every_question_has_an_answer(loaded: tuple[Vault, demo.DemoSummary]) -> None:
    vault, summary = loaded
    day, me = summary.today, demo.OWNER.member_id
    assert me is not None
    with vault.read() as session:
        requests = crisis.open_requests(session, now=NOW)
        assert any(crisis.request_detail(session, row.id, now=NOW).deployment for row in requests)
        cases = crisis.case_list(session, CaseFilter(any_status=True), today=day, limit=300)
        assert len(cases) == crisis.case_count(session, CaseFilter(any_status=True)) == 250
        answers: dict[str, int] = {}
        kinds_seen: set[TimelineKind] = set()
        for row in cases[:90]:
            for name, found in _about(session, row.id, day).items():
                answers[name] = answers.get(name, 0) + len(found)
            kinds_seen |= {entry.kind for entry in crisis.timeline(session, row.id, now=NOW)}
        assert all(answers.values()), answers
        assert kinds_seen >= set(TimelineKind) - {TimelineKind.PRINT}
        counts = due_today.counts(session, me, today=day)
        assert min(counts.overdue, counts.coming, counts.call_backs, counts.returned, counts.unsent) > 0
        assert counts.conflicts == len(conflicts.conflicts(session)) == 3
        sent = outbox.counts(session)
        assert min(sent.here, sent.sending, sent.received, sent.refused) > 0
        figures = supervision.overview(session, now=NOW)
        assert min(figures.awaiting_review.count, figures.returned.count, figures.overdue_tasks.count) > 0
        assert supervision.caseload(session, today=day)
        assert all(figure.count for figure in supervision.gap_counts(session, today=day).values() if figure.label)
        assert len(directory.services(session, ServiceFilter(), language="fr", today=day, limit=100)) > 50
        assert search.find(session, "VSU-2026-0001", today=day)
        assert documents.contact_card(session, member_id=me, today=day).lines


def _about(session: Any, case_id: str, day: Any) -> dict[str, Any]:
    plans = safety.plan_versions(session, case_id, today=day)
    forms = [documents.safety_plan(session, plan.id, form_id="F-403", today=day) for plan in plans[:1] if _may(plan)]
    assessments = crisis.assessments(session, case_id)
    return {
        "people": crisis.case_people(session, case_id, now=NOW),
        "incident": [crisis.incident(session, case_id)],
        "safety": [row for row in crisis.immediate_safety(session, case_id) if row.status],
        "assessments": assessments,
        "steps": crisis.plan_steps(session, case_id, today=day),
        "referrals": crisis.referrals(session, case_id, today=day),
        "consents": crisis.consents(session, case_id, today=day),
        "orders": crisis.orders(session, case_id, today=day),
        "rights": [row for row in crisis.rights(session, case_id) if row.answer],
        "assistance": crisis.assistance(session, case_id),
        "tasks": crisis.tasks_of_case(session, case_id, today=day),
        "blockers": crisis.close_blockers(session, case_id, today=day),
        "plans": plans,
        "forms": forms,
        "log": safety.incident_log(session, case_id),
        "reviews": supervision.reviews_of_case(session, case_id),
        "needs": [
            documents.needs_and_plan(session, each.id, audience=Audience.CLIENT, today=day) for each in assessments
        ],
        "contacts": [
            contact for person in crisis.case_people(session, case_id, now=NOW) for contact in person.contacts
        ],
    }


def _may(plan: safety.PlanVersionRow) -> bool:
    return plan.copy_choice != "no_copy"


def test_a_disputed_field_shows_what_the_rule_says(loaded: tuple[Vault, demo.DemoSummary]) -> None:
    with loaded[0].read() as session:
        rows = conflicts.conflicts(session)
    for row in rows:
        shown = [value.dot for value in row.values if value.shown]
        if row.rule == "voicemail":
            assert [value.text for value in row.values if value.shown] == ["Do not leave a message"], "the more careful"
        else:
            assert shown == [max(value.dot for value in row.values)], "the newest"


def test_forms_are_published_and_answered_in_cases(loaded: tuple[Vault, demo.DemoSummary]) -> None:
    vault, summary = loaded
    assert (summary.records["form_version"], summary.records["form_answer"]) == (2, 8)
    with vault.read() as session:
        rows = {row.form_id: row for row in forms.forms_in_use(session, form_pages.known_forms())}
        answered = [one for one in session.scalars(select(FormAnswer)) if one.status == "finished"]
        kept = [forms.answer_to_print(session, one.id) for one in answered]
        alone = {row.draft for row in forms.answers_alone(session, "community_issue")}
    assert not rows["immediate_safety"].shipped and rows["immediate_safety"].published_by
    assert alone == {True, False}
    assert len(answered) == 6
    pages = [form_pages.form_rows(one, "fr") for one in kept]
    assert all(page.items for page in pages) and sum(bool(page.person) for page in pages) == 5
    assert {page.title for page in pages} == {
        "Vérification de la sécurité immédiate",
        "Dépistage de la vulnérabilité",
        "Enjeu communautaire\xa0: proposer un enjeu",
    }

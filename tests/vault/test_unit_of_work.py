"""One act, one transaction: rows, changes, clocks and audit entries together, or nothing."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.errors import Defect, EnvironmentProblem
from app.models.agency import Setting
from app.models.base import LOCAL_FIELDS, Base
from app.models.changes import Change, Changes
from app.models.crisis import Case
from app.models.local.tables import AuditEntry, Draft, LoggedChange, NumberBlock, ScopeKey, Sibling, SupersededEarly
from app.models.people import SafeContact
from app.models.rules import registers
from app.models.vocab import AuditAction, ScopeKind, Tri
from app.models.work import Actor, Work
from app.vault import audit, capture, drafts, state
from app.vault.unit_of_work import unpacked
from app.vault.vault import Vault

SCOPE = "5" * 32


def add_case(vault: Vault, actor: Actor, scope: str = SCOPE) -> str:
    with vault.write(actor) as work:
        record_id = work.new_id()
        work.session.add(Case(id=record_id, scope_id=scope, number="one"))
        work.commit()
    return record_id


def test_it_is_a_unit_of_work_as_services_see_it(vault: Vault, actor: Actor) -> None:
    with vault.write(actor) as unit:
        work: Work = unit
        assert work.actor == actor


def test_leaving_without_commit_undoes(vault: Vault, actor: Actor) -> None:
    with vault.write(actor) as work:
        work.session.add(Case(id=work.new_id(), scope_id=SCOPE))
        work.session.flush()
        work.audit(AuditAction.VIEW)
    with vault.read() as session:
        assert session.scalars(select(Case)).all() == []
        assert session.scalars(select(LoggedChange)).all() == []
        assert session.scalars(select(AuditEntry)).all() == []


def test_an_error_undoes_and_the_next_act_works(vault: Vault, actor: Actor) -> None:
    with pytest.raises(ZeroDivisionError), vault.write(actor) as work:
        work.session.add(Case(id=work.new_id(), scope_id=SCOPE))
        work.session.flush()
        _ = 1 / 0
    add_case(vault, actor)
    with vault.read() as session:
        assert len(session.scalars(select(Case)).all()) == 1


def test_commit_fills_in_who_and_when(vault: Vault, actor: Actor) -> None:
    record_id = add_case(vault, actor)
    with vault.read() as session:
        found = session.get_one(Case, record_id)
        assert (found.created_at, found.created_by) == (vault.now(), actor.member_id)
        assert found.clock == registers.created(session.scalars(select(LoggedChange.dot)).one())


def test_places_are_contiguous_within_each_scope(vault: Vault, actor: Actor) -> None:
    for scope in ("a" * 32, "b" * 32, "a" * 32, "a" * 32):
        add_case(vault, actor, scope)
    with vault.write(actor) as work:
        work.session.execute(text("UPDATE case_file SET number = 'two'"))
        work.commit()
    with vault.read() as session:
        rows = session.execute(select(LoggedChange.scope_id, LoggedChange.device_seq).order_by(LoggedChange.seq)).all()
        assert sorted(place for scope, place in rows if scope == "a" * 32) == [1, 2, 3, 4, 5, 6]
        assert sorted(place for scope, place in rows if scope == "b" * 32) == [1, 2]
        dots = list(session.scalars(select(LoggedChange.dot).order_by(LoggedChange.seq)))
        assert dots == sorted(set(dots))


def test_dots_go_on_after_the_clock_went_back(vault: Vault, actor: Actor, clock: Any, again: Any) -> None:
    add_case(vault, actor)
    clock.move(days=-400)
    vault = again()
    add_case(vault, actor)
    with vault.read() as session:
        first, second = session.scalars(select(LoggedChange.dot).order_by(LoggedChange.seq))
        assert second > first


def test_dots_go_on_after_a_colleagues(vault: Vault, actor: Actor, clock: Any, again: Any) -> None:
    ahead = f"{int(clock().timestamp() * 1000) + 60_000:012x}.0007.{'a' * 32}"
    far_ahead = f"{int(clock().timestamp() * 1000) + 10**10:012x}.0000.{'a' * 32}"
    with vault.write(actor) as work:
        work.follow(ahead)
        work.follow(far_ahead)
        work.commit()
    vault = again()
    add_case(vault, actor)
    with vault.read() as session:
        assert ahead < session.scalars(select(LoggedChange.dot)).one() < far_ahead


HOSTILE = [
    "",
    "\x00a\x00",
    "<b>&amp;",
    "=1+1",
    "\u202eright to left",
    "\U0001f6df",
    "é" * 100_000,
    "'; DROP TABLE x",
    "\\u0000",
]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_text_is_logged_as_it_was_typed(vault: Vault, actor: Actor, typed: str) -> None:
    record_id = add_case(vault, actor)
    with vault.write(actor) as work:
        work.session.get_one(Case, record_id).number = typed
        work.commit()
    with vault.read() as session:
        assert session.get_one(Case, record_id).number == typed
        last = session.scalars(select(LoggedChange).order_by(LoggedChange.seq.desc())).first()
        assert last is not None and unpacked(last.fields)["number"].value == typed


def test_an_edit_names_the_dots_it_replaces(vault: Vault, actor: Actor) -> None:
    record_id = add_case(vault, actor)
    for number in ("two", "three"):
        with vault.write(actor) as work:
            work.session.get_one(Case, record_id).number = number
            work.commit()
    with vault.read() as session:
        one, two, three = session.scalars(select(LoggedChange).order_by(LoggedChange.seq))
        assert unpacked(two.fields)["number"].seen == (one.dot,)
        assert unpacked(three.fields)["number"].seen == (two.dot,)


def test_a_removal_names_all_that_was_seen(vault: Vault, actor: Actor) -> None:
    record_id = add_case(vault, actor)
    with vault.write(actor) as work:
        work.session.get_one(Case, record_id).number = "two"
        work.commit()
    with vault.write(actor) as work:
        work.session.get_one(Case, record_id).removed_at = work.now()
        work.commit()
    with vault.write(actor) as work:
        work.session.get_one(Case, record_id).number = "three"
        work.commit()
    with vault.read() as session:
        one, two, removal, edit = session.scalars(select(LoggedChange).order_by(LoggedChange.seq))
        assert unpacked(removal.fields)["removed_at"].seen == (one.dot, two.dot)
        again = unpacked(edit.fields)
        assert set(again) == {"number", "removed_at"} and removal.dot in again["removed_at"].seen
        past = set(session.scalars(select(SupersededEarly.dot)))
        assert past == {one.dot, two.dot, removal.dot}


def test_an_edit_of_a_disputed_field_decides_it(vault: Vault, actor: Actor) -> None:
    with vault.write(actor) as work:
        record_id = work.new_id()
        work.session.add(SafeContact(id=record_id, scope_id=SCOPE, safe_to_use=Tri.YES, value="+15550100"))
        work.commit()
    dots = disputed(vault, actor, record_id, "safe_to_use", "value")
    with vault.write(actor) as work:
        work.session.get_one(SafeContact, record_id).safe_to_use = Tri.NO
        work.commit()
    with vault.read() as session:
        found = session.get_one(SafeContact, record_id)
        assert found.flagged
        assert set(session.scalars(select(Sibling.field))) == {"value"}
        last = session.scalars(select(LoggedChange).order_by(LoggedChange.seq.desc())).first()
        assert last is not None and unpacked(last.fields)["safe_to_use"].seen == dots
    with vault.write(actor) as work:
        work.decide(work.session.get_one(SafeContact, record_id), "value")
        changes = work.commit()
    assert changes == Changes(frozenset({"safe_contact"}), frozenset({record_id}))
    with vault.read() as session:
        found = session.get_one(SafeContact, record_id)
        assert not found.flagged and session.scalars(select(Sibling)).all() == []
        last = session.scalars(select(LoggedChange).order_by(LoggedChange.seq.desc())).first()
        assert last is not None
        assert {name: (write.value, write.seen) for name, write in unpacked(last.fields).items()} == {
            "value": ("+15550100", dots)
        }


def disputed(vault: Vault, actor: Actor, record_id: str, *fields: str) -> tuple[str, str]:
    """Two values beside each other in these fields, as a merge leaves them."""
    dots = (f"{1:012x}.0000.{'a' * 32}", f"{2:012x}.0000.{'b' * 32}")
    with vault.write(actor) as work:
        found = work.session.get_one(SafeContact, record_id)
        clock = registers.read_clock(found.clock) | dict.fromkeys(fields, dots)
        with work.merging():
            found.clock, found.flagged = registers.clock_text(clock), True
            for name in fields:
                for dot in dots:
                    work.session.add(
                        Sibling(
                            record_id=record_id,
                            field=name,
                            dot=dot,
                            kind="safe_contact",
                            value="x",
                            author="m",
                            arrived_at=work.now(),
                        )
                    )
        work.announce(Changes(frozenset({"safe_contact"}), frozenset({record_id})))
        assert work.commit().ids == {record_id}
    return dots


def test_each_record_has_one_audit_entry_without_values(vault: Vault, actor: Actor) -> None:
    record_id = add_case(vault, actor)
    with vault.write(actor) as work:
        work.session.get_one(Case, record_id).number = "secret canary"
        work.audit(AuditAction.REVEAL, kind="case_file", record_id=record_id, reason="call-out", fields=["number"])
        work.commit()
    with vault.read() as session:
        entries = list(session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))
        assert [(entry.action, entry.fields) for entry in entries] == [
            ("create", ["number"]),
            ("reveal", ["number"]),
            ("edit", ["number"]),
        ]
        assert {entry.member_id for entry in entries} == {actor.member_id}
        assert "canary" not in str([vars(entry) for entry in entries])
        assert audit.verify(session) == audit.AuditCheck(3)


@pytest.mark.parametrize(
    ("damage", "damaged"),
    [
        ("UPDATE audit_entry SET reason = 'x' WHERE seq = 3", 3),
        ("UPDATE audit_entry SET at = '2020-01-01T00:00:00.000Z' WHERE seq = 1", 1),
        ("DELETE FROM audit_entry WHERE seq = 2", 2),
        ("DELETE FROM audit_entry WHERE seq = 5", 5),
        ("UPDATE audit_entry SET seq = CASE seq WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE seq IN (2, 3)", 1),
    ],
)
def test_the_audit_chain_names_the_damaged_entry(vault: Vault, actor: Actor, damage: str, damaged: int) -> None:
    for _ in range(5):
        add_case(vault, actor)
    with vault.settling() as session:
        session.execute(text(damage))
    with vault.read() as session:
        found = audit.verify(session)
        assert not found.whole and found.damaged == damaged


def test_a_unit_of_work_is_committed_once(vault: Vault, actor: Actor) -> None:
    with vault.write(actor) as work:
        work.commit()
        with pytest.raises(Defect):
            work.commit()


def test_no_unit_of_work_inside_another(vault: Vault, actor: Actor) -> None:
    with vault.write(actor), pytest.raises(Defect), vault.read():
        pass


def test_reading_cannot_write(vault: Vault, actor: Actor) -> None:
    record_id = add_case(vault, actor)
    with pytest.raises((DBAPIError, EnvironmentProblem)), vault.read() as session:
        session.get_one(Case, record_id).number = "never"
        session.flush()
    with vault.read() as session:
        assert session.get_one(Case, record_id).number == "one"
    add_case(vault, actor)


def test_ids_sort_by_time_and_look_like_uuid7(vault: Vault, actor: Actor, clock: Any) -> None:
    with vault.write(actor) as work:
        first = work.new_id()
        clock.move(seconds=1)
        second = work.new_id()
        assert first < second and first[12] == "7" and first[16] in "89ab" and len(first) == 32
        child = work.child_id(first, "plan")
        assert child == work.child_id(first, "plan") != work.child_id(first, "notes")
        assert child != work.child_id(second, "plan") and len(child) == 32


def test_today_is_the_services_day(vault: Vault, actor: Actor, clock: Any) -> None:
    clock.at = datetime(2026, 3, 5, 3, 30, tzinfo=UTC)
    with vault.write(actor) as work:
        assert work.today() == date(2026, 3, 4)


def test_a_setting_is_in_force_on_its_days(vault: Vault, actor: Actor) -> None:
    with vault.write(actor) as work:
        for day, value in ((date(2026, 3, 4), 20), (date(2026, 4, 1), 10)):
            work.session.add(
                Setting(
                    id=work.new_id(),
                    scope_id=SCOPE,
                    name="vsu.requester_callback_min",
                    value=value,
                    effective_from=day,
                    effective_to=date(2026, 5, 1) if value == 10 else None,
                )
            )
        work.commit()
    with vault.write(actor) as work:
        key = "vsu.requester_callback_min"
        days = [date(2026, 3, 3), date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 2)]
        assert [work.setting(key, day) for day in days] == [30, 20, 10, 20]
        assert work.setting(key) == 20
        with pytest.raises(Defect):
            work.setting("no.such.key")


def test_numbers_run_on_without_a_server_and_wait_with_one(vault: Vault, actor: Actor, clock: Any) -> None:
    with vault.write(actor) as work:
        assert [work.next_number("VSU") for _ in range(52)][-1] == "VSU-2026-000052"
        assert work.next_number("VPR") == "VPR-2026-000001"
        work.commit()
    clock.at = datetime(2027, 1, 1, 12, tzinfo=UTC)
    with vault.write(actor) as work:
        assert work.next_number("VSU") == "VSU-2027-000001"
    with vault.settling() as session:
        state.put(session, state.SERVER_ADDRESS, "https://server.example")
        session.add(NumberBlock(series="VSU", year=2027, first=501, last=501, following=501))
    with vault.write(actor) as work:
        assert [work.next_number("VSU") for _ in range(2)] == ["VSU-2027-000501", None]


def test_a_number_of_an_act_that_was_undone_is_given_out_again(vault: Vault, actor: Actor) -> None:
    with vault.write(actor) as work:
        assert work.next_number("VSU") == "VSU-2026-000001"
    with vault.write(actor) as work:
        assert work.next_number("VSU") == "VSU-2026-000001"


def test_a_scope_is_made_once_with_a_key_of_its_own(vault: Vault, actor: Actor) -> None:
    with vault.write(actor) as work:
        assert work.scope_of(ScopeKind.CASE, "c" * 32) is None
        scope = work.open_scope(ScopeKind.CASE, "c" * 32)
        assert work.open_scope(ScopeKind.CASE, "c" * 32) == scope == work.scope_of(ScopeKind.CASE, "c" * 32)
        private = work.open_scope(ScopeKind.CASE_PRIVATE, "c" * 32)
        assert private != scope
        work.commit()
    with vault.read() as session:
        all_keys = list(session.scalars(select(ScopeKey.key)))
        assert len(set(all_keys)) == 2 and {len(key) for key in all_keys} == {32}


def test_drafts_are_kept_and_dropped_without_any_change(vault: Vault, actor: Actor) -> None:
    for text_typed in ("so f", "so far"):
        with vault.write(actor) as work:
            drafts.save(work.session, "contact:new", {"note": text_typed}, "note", work.now())
            assert not work.commit()
    with vault.read() as session:
        kept = drafts.load(session, "contact:new")
        assert isinstance(kept, Draft) and (kept.values, kept.focus) == ({"note": "so far"}, "note")
        assert [draft.form for draft in drafts.listed(session)] == ["contact:new"]
    with vault.write(actor) as work:
        drafts.drop(work.session, "contact:new")
        work.commit()
    with vault.read() as session:
        assert drafts.load(session, "contact:new") is None
        assert session.scalars(select(LoggedChange)).all() == []


def test_a_files_error_within_an_act_is_not_called_the_vaults(vault: Vault, actor: Actor) -> None:
    with pytest.raises(FileNotFoundError), vault.write(actor):
        raise FileNotFoundError(2, "a form that is not there")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_log_told_again_gives_the_records(vault: Vault, actor: Actor, clock: Any, seed: int) -> None:
    """What a colleague's device makes of our changes is what stands here: values, clock and nothing in dispute."""
    chance = random.Random(seed)
    with vault.write(actor) as work:
        ids = [work.new_id() for _ in range(3)]
        for record_id in ids:
            work.session.add(SafeContact(id=record_id, scope_id=SCOPE, value=chance.choice(["+15550100", None])))
        work.commit()
    for _ in range(40):
        clock.move(seconds=chance.choice([0, 0, 1, -5]))
        with vault.write(actor) as work:
            found = work.session.get_one(SafeContact, chance.choice(ids))
            choices: dict[str, list[Any]] = {
                "safe_to_use": [Tri.YES, Tri.NO, None],
                "say_you_are": ["the clinic", "the school", None],
                "safe_times": [[{"weekday": 1}], [], None],
                "removed_at": [None, None, work.now()],
            }
            for name, choice in choices.items():
                if chance.random() < 0.4:
                    setattr(found, name, chance.choice(choice))
            work.commit()
    with vault.read() as session:
        told: dict[str, registers.RecordState] = dict.fromkeys(ids, registers.RecordState())
        log = list(session.scalars(select(LoggedChange)))
        chance.shuffle(log)
        for row in log:
            change = Change(row.dot, row.author, row.kind, row.record_id, unpacked(row.fields))
            told[row.record_id] = registers.merge_change(told[row.record_id], change)
        rows = capture.rows_now(session, Base.metadata.tables["safe_contact"], ids)
        for record_id in ids:
            here = json.loads(rows[record_id])
            values = {name: here[name] for name in here if name not in LOCAL_FIELDS and here[name] is not None}
            assert told[record_id].values == values
            assert told[record_id].clock == here["clock"]
            assert not told[record_id].flagged and told[record_id].siblings == {}

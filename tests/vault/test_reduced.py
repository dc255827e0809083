"""The reduced workspace: what is in it, what opens it, what it writes down, and that nothing of the vault is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import EnvironmentProblem, RuleBroken
from app.models import everything
from app.models.agency import Organization
from app.models.base import fields_of, kinds
from app.models.crisis import Case, ServiceRequest, SupportNote
from app.models.local import flags
from app.models.local.tables import LoggedChange, OwnKey, Scope, ScopeKey
from app.models.people import Person
from app.models.rules import ages
from app.models.rules import reduced as rules
from app.models.rules.reduced import How
from app.models.vocab import AgeBand, CaseStatus, DobPrecision, Role, ScopeKind
from app.queries import clients
from app.queries import flags as flag_queries
from app.vault import audit, reduced, reducing, slots, state, taking_over
from app.vault.vault import Vault, open_vault
from tests.canaries import BORN, FIXED, NAMES, Canaries
from tests.vault.conftest import PASSPHRASE, SetClock

SECOND = "another row of tall sunflowers"
THIRD = "a grey barn beside the river"
SHOWN = {How.SAME}


CANARIES = Canaries()
canary, fill = CANARIES.of, CANARIES.fill


def everything_in(vault: Vault) -> str:
    """Every value of every table as one text."""
    with vault.read() as session:
        connection = session.connection()
        found: list[str] = []
        for table in everything.Base.metadata.tables:
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'):
                found += [value.hex() if isinstance(value, bytes) else str(value) for value in row]
    return "\n".join(found)


def opened(folder: Path, clock: SetClock, typed: str = SECOND) -> Vault:
    """What a passphrase opens."""
    return open_vault(folder, typed, clock=clock)


# --- what may be in it ---


def test_every_kind_and_column_is_decided() -> None:
    undecided = set(kinds()) - set(rules.COPIED) - rules.ABSENT
    assert not undecided, f"decide in models/rules/reduced.py: {sorted(undecided)}"
    assert not set(rules.COPIED) & rules.ABSENT
    for name, allowed in rules.COPIED.items():
        assert name in kinds()
        head = set(rules.HEAD) | rules.HEAD_WITHHELD
        columns = {column.name for column in kinds()[name].__table__.columns} - head
        assert not set(allowed) & rules.WITHHELD[name], name
        assert columns == set(allowed) | rules.WITHHELD[name], name


def test_what_protects_a_person_is_never_allowed() -> None:
    """The columns with a safety rule, every kind of a private scope, and whatever is named as telling."""
    for name, kind in kinds().items():
        allowed = rules.COPIED.get(name, {})
        assert not allowed or kind.scope_kind in (ScopeKind.AGENCY, ScopeKind.REQUEST, ScopeKind.CASE)
        for column in kind.__table__.columns:
            if "protective" in column.info and column.name != "co_workers":
                assert column.name not in allowed, f"{name}.{column.name}"
            telling = ("address", "location", "note", "hazard", "phone", "school", "medical", "code_word", "municip")
            if name not in ("service", "setting") and any(word in column.name for word in telling):
                assert column.name not in allowed, f"{name}.{column.name}"


def test_only_what_is_allowed_is_carried_over(vault: Vault, folder: Path, clock: SetClock) -> None:
    fill(vault)
    before = everything_in(vault)
    reducing.set_up(vault, SECOND)
    vault.close()
    with opened(folder, clock) as workspace:
        assert workspace.is_reduced
        inside = everything_in(workspace)
    withheld = shown = 0
    for name, kind in kinds().items():
        for column in fields_of(kind):
            text = canary(name, column)
            if text == "1" or text not in before:
                continue
            how = {**rules.HEAD, **rules.COPIED[name]}.get(column) if name in rules.COPIED else None
            assert (text in inside) == (how in SHOWN), text
            shown, withheld = shown + (how in SHOWN), withheld + (how not in SHOWN)
    assert withheld > 200 and shown > 30
    for name in (*NAMES, BORN):
        assert name in before and name not in inside


def test_the_list_shows_what_it_showed(vault: Vault, folder: Path, clock: SetClock) -> None:
    fill(vault)
    reducing.set_up(vault, SECOND)
    with vault.read() as session:
        real = clients.who(session, ["id-person"], clock.at.date())
    vault.close()
    with opened(folder, clock) as workspace, workspace.read() as session:
        assert clients.who(session, ["id-person"], clock.at.date()) == real
        assert real["id-person"].initials == "L. Q."
        found = session.get_one(Person, "id-person")
        assert (found.legal_first, found.legal_last, found.unknown_label) == ("T", "Q", None)


@pytest.mark.parametrize("kind", ["shelter", "sexual_assault_centre", None])
def test_places_to_flee_to_are_left_out_with_their_services(
    vault: Vault, folder: Path, clock: SetClock, kind: str | None
) -> None:
    fill(vault, fixed=FIXED | {("organization", "kind"): kind})
    reducing.set_up(vault, SECOND)
    vault.close()
    with opened(folder, clock) as workspace:
        inside = everything_in(workspace)
        assert canary("organization", "name") not in inside and canary("service", "name") not in inside
        assert canary("setting", "name") in inside


@pytest.mark.parametrize("kind", ["plan_review", "child_protection", "order_expiry", "follow_up", None])
def test_tasks_that_tell_are_left_out(vault: Vault, folder: Path, clock: SetClock, kind: str | None) -> None:
    fill(vault, fixed=FIXED | {("task", "kind"): kind})
    reducing.set_up(vault, SECOND)
    vault.close()
    with opened(folder, clock) as workspace:
        assert canary("task", "case_id") not in everything_in(workspace)


def test_a_removed_record_is_not_carried_over(vault: Vault, folder: Path, clock: SetClock) -> None:
    fill(vault)
    with vault.write(vault.actor(Role.VSU)) as work:
        work.session.get_one(Organization, "id-organization").removed_at = vault.now()
        work.commit()
    reducing.set_up(vault, SECOND)
    vault.close()
    with opened(folder, clock) as workspace, workspace.read() as session:
        assert session.get(Organization, "id-organization") is None


def test_no_key_of_the_vault_is_in_it_but_the_one_that_signs(vault: Vault, folder: Path, clock: SetClock) -> None:
    with vault.write(vault.actor(Role.VSU)) as work:
        scope = work.open_scope(ScopeKind.REQUEST, "anchor")
        work.session.add(ServiceRequest(id=work.new_id(), scope_id=scope))
        work.commit()
    reducing.set_up(vault, SECOND)
    with vault.read() as session:
        scope_keys = {one.key for one in session.scalars(select(ScopeKey))}
        own = {one.name: one.private for one in session.scalars(select(OwnKey))}
        assert scope_keys and own["kem"]
    data_key = vault._data_key
    vault.close()
    with opened(folder, clock) as workspace:
        inside = everything_in(workspace)
        with workspace.read() as session:
            assert [one.name for one in session.scalars(select(OwnKey))] == ["signing"]
            there = session.scalars(select(ScopeKey)).all()
            assert [one.scope_id for one in there] == [scope] and not {one.key for one in there} & scope_keys
        assert workspace._data_key != data_key
    for key in (*scope_keys, data_key, own["kem"]):
        assert key is not None and key.hex() not in inside


@pytest.mark.parametrize("band", [one for one in AgeBand if one is not AgeBand.UNKNOWN])
def test_a_birth_date_says_its_band_and_no_more(band: AgeBand) -> None:
    today = date(2026, 3, 4)
    known = ages.range_of_band(band)
    assert known is not None
    births = {
        rules.band_birth(date(today.year - age, 1, 1), DobPrecision.EXACT, today)
        for age in range(known.youngest, min(known.oldest, 100) + 1)
    }
    assert len(births) == 1
    for day in (today, date(2026, 12, 31)):
        assert ages.band(ages.age_range(births.copy().pop(), DobPrecision.ESTIMATED, day)) is band


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Ann Example", "A. E."), ("Ann", "A."), ("  ", None), (None, None), ("Zoé de la Tour", "Z. T.")],
)
def test_initials(name: str | None, shown: str | None) -> None:
    assert rules.initials(name) == shown


# --- opening it ---


def test_opening_it_writes_the_flag_down_and_the_vault_finds_it(
    vault: Vault, again: Callable[..., Vault], clock: SetClock
) -> None:
    reducing.set_up(vault, SECOND)
    moments = []
    for _ in range(2):
        clock.move(hours=1)
        workspace = again(SECOND)
        moments.append(clock.at)
        with workspace.read() as session:
            assert flags.uses(session)[-1].at == clock.at
    clock.move(hours=1)
    real = again()
    assert not real.is_reduced
    fresh = reducing.look(real)
    assert [use.at for use in fresh] == moments and all(use.told is None for use in fresh)
    assert reducing.look(real) == ()
    with real.read() as session:
        assert audit.verify(session).whole
        assert flags.uses(session) == fresh
        reasons = session.connection().exec_driver_sql("SELECT reason FROM audit_entry").scalars().all()
    assert reasons.count(reducing.USED) == 2 and reasons.count(reducing.SET) == 1


def test_what_the_server_acknowledged_to_the_workspace_is_known_to_the_vault(
    vault: Vault, again: Callable[..., Vault], clock: SetClock
) -> None:
    reducing.set_up(vault, SECOND)
    again(SECOND)
    (use,) = reducing.look(again())
    workspace = again(SECOND)
    with workspace.settling() as session:
        flags.note_told(session, [use.flag_id], clock.at)
    real = again()
    reducing.look(real)
    with real.read() as session:
        assert next(one for one in flags.uses(session) if one.flag_id == use.flag_id).told == clock.at


def test_it_opens_even_when_nothing_can_be_written_down(
    vault: Vault, again: Callable[..., Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    reducing.set_up(vault, SECOND)

    def full(*_: object) -> None:
        raise EnvironmentProblem("The disk is full.")

    monkeypatch.setattr(flags, "keep_use", full)
    workspace = again(SECOND)
    assert workspace.is_reduced and workspace.forced is not None


def test_writing_works_in_it_and_is_kept(vault: Vault, again: Callable[..., Vault], clock: SetClock) -> None:
    fill(vault)
    reducing.set_up(vault, SECOND)
    workspace = again(SECOND)
    with workspace.write(workspace.actor(Role.VSU)) as work:
        scope = work.open_scope(ScopeKind.CASE, "somebody")
        work.session.add(Case(id=work.new_id(), scope_id=scope, number=work.next_number("VSU")))
        work.session.get_one(Case, "id-case_file").status = CaseStatus.CLOSED
        work.commit()
    assert workspace.sound()
    workspace.back_up()
    real = again()
    reducing.refresh(real)
    (aside,) = reducing.asides(real)
    assert aside.written == 2
    with real.read() as session:
        assert session.scalars(select(Case.status)).all() == [canary("case_file", "status")]
    clock.move(days=3)
    reducing.refresh(real)
    assert reducing.asides(real) == (aside,), "kept until the owner decides"


def test_it_refuses_every_change_of_what_opens_the_vault(
    vault: Vault, again: Callable[..., Vault], folder: Path
) -> None:
    reducing.set_up(vault, SECOND)
    workspace = again(SECOND)
    before = slots.read(folder)
    acts: list[Callable[[], object]] = [
        lambda: workspace.replace_recovery(workspace.fresh_recovery()),
        lambda: workspace.set_duress(THIRD, bytes(32)),
        workspace.clear_duress,
        lambda: workspace.set_passphrase(THIRD),
    ]
    for act in acts:
        with pytest.raises(EnvironmentProblem, match="just now"):
            act()
    assert slots.read(folder) == before
    again().close()


def test_changing_the_passphrase_in_it_changes_its_own(vault: Vault, again: Callable[..., Vault]) -> None:
    reducing.set_up(vault, SECOND)
    workspace = again(SECOND)
    with pytest.raises(RuleBroken, match="Choose another"):
        workspace.change_passphrase(SECOND, PASSPHRASE)
    with pytest.raises(RuleBroken, match="does not open"):
        workspace.change_passphrase(PASSPHRASE, THIRD)
    workspace.change_passphrase(SECOND, THIRD)
    assert again(THIRD).is_reduced
    assert not again(PASSPHRASE).is_reduced
    with pytest.raises(RuleBroken, match="does not open"):
        again(SECOND)


def test_wrong_passphrases_count_the_same_and_cost_one_derivation(
    vault: Vault, folder: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reducing.set_up(vault, SECOND)
    vault.close()
    stretched: list[str] = []
    stretch = slots.SlotFile.stretch

    def counted(file: slots.SlotFile, typed: str) -> bytes:
        stretched.append(typed)
        return stretch(file, typed)

    monkeypatch.setattr(slots.SlotFile, "stretch", counted)
    for typed in (PASSPHRASE, SECOND):
        opened(folder, clock, typed).close()
    assert stretched == [PASSPHRASE, SECOND]
    left = []
    for _ in range(4):
        with pytest.raises(RuleBroken) as refused:
            opened(folder, clock, THIRD)
        left.append(refused.value.values["left"])
    assert left == [4, 3, 2, 1] and len(stretched) == 6
    opened(folder, clock, SECOND).close()
    with pytest.raises(RuleBroken) as refused:
        opened(folder, clock, THIRD)
    assert refused.value.values["left"] == 4


def test_a_copy_that_was_taken_away_is_damage(vault: Vault, folder: Path, clock: SetClock) -> None:
    reducing.set_up(vault, SECOND)
    vault.close()
    shutil.rmtree(folder / reduced.FOLDER)
    with pytest.raises(EnvironmentProblem, match="damaged"):
        opened(folder, clock)
    with opened(folder, clock, PASSPHRASE) as real:
        assert reducing.is_stale(real, clock.at)
        reducing.refresh(real)
    assert opened(folder, clock).is_reduced


# --- setting it, keeping it fresh, clearing it ---


def test_it_is_made_anew_once_a_day(vault: Vault, folder: Path, clock: SetClock) -> None:
    assert not reducing.is_stale(vault, clock.at)
    reducing.set_up(vault, SECOND)
    assert not reducing.is_stale(vault, clock.at)
    clock.move(hours=25)
    assert reducing.is_stale(vault, clock.at)
    fill(vault)
    reducing.refresh(vault)
    assert not reducing.is_stale(vault, clock.at)
    assert len(reduced.copies(folder)) == 1
    vault.close()
    workspace = opened(folder, clock)
    with workspace.read() as session:
        assert session.get(Case, "id-case_file") is not None
    workspace.close()


def test_a_new_second_passphrase_takes_the_place_of_the_old(vault: Vault, folder: Path, clock: SetClock) -> None:
    reducing.set_up(vault, SECOND)
    reducing.set_up(vault, THIRD)
    with vault.read() as session:
        assert len([one for one in session.scalars(select(OwnKey.name)) if one.startswith("reduced")]) == 1
    vault.close()
    opened(folder, clock, THIRD).close()
    with pytest.raises(RuleBroken, match="does not open"):
        opened(folder, clock, SECOND)
    assert len(reduced.copies(folder)) == 1


@pytest.mark.parametrize("wrong", [PASSPHRASE, "too short", "passwordpassword"])
def test_a_refused_second_passphrase_leaves_the_old_one(
    vault: Vault, folder: Path, clock: SetClock, wrong: str
) -> None:
    reducing.set_up(vault, SECOND)
    with pytest.raises(RuleBroken):
        reducing.set_up(vault, wrong)
    reducing.refresh(vault)
    assert len(reduced.copies(folder)) == 1
    vault.close()
    opened(folder, clock).close()


def test_cleared_means_gone_but_for_what_was_written(vault: Vault, again: Callable[..., Vault], folder: Path) -> None:
    reducing.set_up(vault, SECOND)
    workspace = again(SECOND)
    with workspace.write(workspace.actor(Role.VSU)) as work:
        work.session.add(Case(id=work.new_id(), scope_id=work.open_scope(ScopeKind.CASE, "somebody")))
        work.commit()
    real = again()
    reducing.clear(real)
    assert not real.duress_set and not reducing.is_stale(real, real.now())
    assert [aside.written for aside in reducing.asides(real)] == [1]
    with pytest.raises(RuleBroken, match="does not open"):
        again(SECOND)


def test_cleared_leaves_nothing_when_nothing_was_written(vault: Vault, folder: Path) -> None:
    reducing.set_up(vault, SECOND)
    reducing.clear(vault)
    assert reduced.copies(folder) == []
    with vault.read() as session:
        assert not [one for one in session.scalars(select(OwnKey.name)) if one.startswith("reduced")]


@pytest.mark.parametrize("step", ["_make", "set_duress_before", "set_duress_after", "_retire", "_tidy"])
def test_stopped_anywhere_the_old_passphrase_or_the_new_one_opens(
    vault: Vault, again: Callable[..., Vault], folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    reducing.set_up(vault, SECOND)

    class Stopped(BaseException):
        """As if the process ended here."""

    def stop(*_: object) -> None:
        raise Stopped

    with monkeypatch.context() as patched:
        if step.startswith("set_duress"):
            before = Vault.set_duress

            def stopped(self: Vault, *arguments: Any) -> None:
                if step.endswith("after"):
                    before(self, *arguments)
                raise Stopped

            patched.setattr(Vault, "set_duress", stopped)
        else:
            patched.setattr(reducing, step, stop)
        with pytest.raises(Stopped):
            reducing.set_up(vault, THIRD)
    real = again()
    for _ in range(2):
        reducing.refresh(real)
        works = []
        for typed in (SECOND, THIRD):
            try:
                works.append(again(typed).is_reduced)
            except RuleBroken:
                continue
        assert works == [True]
        real = again()


def test_a_copy_that_is_open_elsewhere_is_left_alone(vault: Vault, folder: Path, clock: SetClock) -> None:
    reducing.set_up(vault, SECOND)
    workspace = opened(folder, clock)
    try:
        reducing.refresh(vault)
        assert reducing.look(vault) == ()
        with workspace.write(workspace.actor(Role.VSU)) as work:
            work.session.add(Case(id=work.new_id(), scope_id=work.open_scope(ScopeKind.CASE, "somebody")))
            work.commit()
    finally:
        workspace.close()
    assert [aside.written for aside in reducing.asides(vault)] == [1]
    assert len(reducing.look(vault)) == 1


def test_it_waits_for_a_kept_recovery_key(vault: Vault, folder: Path) -> None:
    with vault.settling() as session:
        state.put(session, state.RECOVERY_PROVEN, None)
    with pytest.raises(RuleBroken, match="recovery key") as refused:
        reducing.set_up(vault, SECOND)
    assert refused.value.field == "duress" and reduced.copies(folder) == []


def test_it_cannot_be_set_up_from_the_workspace(vault: Vault, again: Callable[..., Vault]) -> None:
    reducing.set_up(vault, SECOND)
    workspace = again(SECOND)
    acts: list[Callable[[], object]] = [
        lambda: reducing.set_up(workspace, THIRD),
        lambda: reducing.clear(workspace),
    ]
    for act in acts:
        with pytest.raises(EnvironmentProblem, match="just now"):
            act()
    assert not (workspace.folder / reduced.FOLDER).exists()
    assert workspace.keys_state().duress is False and workspace.recovery_proven


def test_trying_it_tells_nobody(vault: Vault, folder: Path, clock: SetClock) -> None:
    reducing.set_up(vault, SECOND)
    assert reducing.opens_workspace(vault, SECOND)
    assert not reducing.opens_workspace(vault, PASSPHRASE)
    assert not reducing.opens_workspace(vault, THIRD)
    assert reducing.look(vault) == ()
    with vault.read() as session:
        assert flags.uses(session) == ()


# --- taking over what was written ---


def written_in(workspace: Vault) -> tuple[str, str]:
    """A new case and a change to an earlier record."""
    with workspace.write(workspace.actor(Role.VSU)) as work:
        case_id = work.new_id()
        scope = work.open_scope(ScopeKind.CASE, case_id)
        work.session.add(Case(id=case_id, scope_id=scope, number=work.next_number("VSU"), status=CaseStatus.OPEN))
        note_id = work.new_id()
        private = work.open_scope(ScopeKind.CASE_PRIVATE, case_id)
        work.session.add(SupportNote(id=note_id, scope_id=private, case_id=case_id, text="typed under force"))
        work.session.get_one(Organization, "id-organization").name = "Changed under force"
        work.commit()
    return case_id, note_id


def test_new_records_are_taken_over_and_changes_stay_apart(vault: Vault, again: Callable[..., Vault]) -> None:
    fill(vault)
    reducing.set_up(vault, SECOND)
    case_id, note_id = written_in(again(SECOND))
    real = again()
    reducing.look(real)
    with real.read() as session:
        assert flag_queries.own_uses(session).aside == 3
    assert taking_over.take_over(real, Role.VSU) == taking_over.TakenOver(2, 1)
    with real.read() as session:
        case, note = session.get_one(Case, case_id), session.get_one(SupportNote, note_id)
        assert (case.number, case.status) == ("VSU-2026-000001", CaseStatus.OPEN)
        assert note.text == "typed under force"
        scopes = {one.id: (one.kind, one.anchor_id) for one in session.scalars(select(Scope))}
        assert scopes[case.scope_id] == ("case", case_id) and scopes[note.scope_id] == ("case_private", case_id)
        assert session.get_one(Organization, "id-organization").name == canary("organization", "name")
        assert flag_queries.own_uses(session).aside == 0
        logged = session.scalars(select(LoggedChange.record_id)).all()
        assert {case_id, note_id} <= set(logged), "colleagues get them with sync"
        assert audit.verify(session).whole
    assert taking_over.take_over(real, Role.VSU) == taking_over.TakenOver(0, 0)
    copies = reduced.copies(real.folder)
    reducing.refresh(real)
    assert set(copies) <= set(reduced.copies(real.folder)), "what stays apart is never taken away"


def test_taking_over_may_be_stopped_and_begun_again(
    vault: Vault, again: Callable[..., Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(vault)
    reducing.set_up(vault, SECOND)
    written_in(again(SECOND))
    real = again()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(reducing, "settle", stop)
        taking_over.take_over(real, Role.VSU)
    assert taking_over.take_over(real, Role.VSU).records == 0
    with real.read() as session:
        assert len(session.scalars(select(SupportNote).where(SupportNote.text == "typed under force")).all()) == 1


def test_what_is_left_apart_is_asked_about_no_more(vault: Vault, again: Callable[..., Vault]) -> None:
    fill(vault)
    reducing.set_up(vault, SECOND)
    case_id, _ = written_in(again(SECOND))
    real = again()
    copies = reduced.copies(real.folder)
    taking_over.leave(real)
    assert reducing.asides(real) == () and reduced.copies(real.folder) == copies
    with real.read() as session:
        assert session.get(Case, case_id) is None
        assert flag_queries.own_uses(session).aside == 0


def test_a_recovery_takes_the_second_passphrase_away(vault: Vault, folder: Path, clock: SetClock) -> None:
    reducing.set_up(vault, SECOND)
    vault.set_passphrase(THIRD)
    reducing.refresh(vault)
    assert reduced.copies(folder) == [] and not reducing.is_stale(vault, clock.at)

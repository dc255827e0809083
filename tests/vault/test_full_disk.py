"""A disk without room: reading, printing and typing go on, saving says so, and nothing of it is lost."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import EnvironmentProblem, RuleBroken
from app.models.crisis import Case
from app.models.local.tables import AuditEntry, Draft
from app.models.vocab import AuditAction, ScopeKind
from app.models.work import Actor
from app.vault import audit, keeper, recovery, reserve, slots, throttle, trying
from app.vault.driver import driver
from app.vault.files import overwrite
from app.vault.full_disk import GONE
from app.vault.journal import Content, Journal
from app.vault.reserve import SLOT
from app.vault.throttle import COPIES, Throttle
from app.vault.vault import Vault, open_vault
from tests.vault.conftest import PASSPHRASE

FULL = OSError(errno.ENOSPC, "No space left on device")


@contextmanager
def full_disk() -> Iterator[None]:
    """Within: no save finds room."""

    def refuse(*_: object) -> bytes:
        raise FULL

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "append", refuse)
        yield


def enter(vault: Vault, actor: Actor, action: AuditAction = AuditAction.PRINT, reason: str = "F-304") -> None:
    with vault.write(actor) as work:
        work.audit(action, reason=reason)
        work.commit()


def save(vault: Vault, actor: Actor) -> None:
    with vault.write(actor) as work:
        scope = work.open_scope(ScopeKind.CASE, "anchor")
        work.session.add(Case(id=work.new_id(), scope_id=scope, number="1"))
        work.audit(AuditAction.PRINT)
        work.commit()


def trail(vault: Vault) -> list[tuple[str, str]]:
    with vault.read() as session:
        assert audit.verify(session).whole
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.seq))
        return [(row.action, row.reason) for row in rows]


def test_what_only_is_entered_waits_for_room_and_is_entered_then(vault: Vault, actor: Actor, clock: Any) -> None:
    heard: list[bool] = []
    vault.on_room = heard.append
    before, at = trail(vault), clock.at
    with full_disk():
        enter(vault, actor)
        enter(vault, actor, AuditAction.LOCK, "")
        clock.move(minutes=9)
        assert heard == [True] and not vault.make_up()
        assert trail(vault) == before
    assert vault.make_up()
    assert trail(vault) == [*before, ("print", "F-304"), ("lock", "")]
    assert heard == [True, False] and not vault.owed
    with vault.read() as session:
        assert session.scalars(select(AuditEntry.at).order_by(AuditEntry.seq.desc())).first() == at


def test_it_waits_through_a_lock_and_comes_only_once(vault: Vault, actor: Actor, again: Callable[[], Vault]) -> None:
    before = trail(vault)
    with full_disk():
        enter(vault, actor)
        opened = again()
        assert opened.is_full and len(opened.owed.entries) == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reserve.Reserve, "forget_until", lambda *_: None)  # stopped before it was forgotten
        assert trail(again()) == [*before, ("print", "F-304")]
    last = again()
    assert trail(last) == [*before, ("print", "F-304")] and not last.owed


def test_a_save_says_so_and_is_not_owed(vault: Vault, actor: Actor) -> None:
    with full_disk():
        with pytest.raises(EnvironmentProblem, match="disk is full"):
            save(vault, actor)
        assert vault.is_full and not vault.owed
    save(vault, actor)
    assert not vault.is_full


@pytest.mark.parametrize("action", [AuditAction.REVEAL, AuditAction.BREAK_GLASS, AuditAction.OVERRIDE])
def test_what_the_trail_itself_limits_is_refused(vault: Vault, actor: Actor, action: AuditAction) -> None:
    with full_disk(), pytest.raises(EnvironmentProblem, match="disk is full"):
        enter(vault, actor, action)


def test_typing_is_kept_aside_and_comes_back(vault: Vault, again: Callable[[], Vault]) -> None:
    vault.keep_draft("form", {"text": "before"}, None)
    with full_disk():
        vault.keep_draft("form", {"text": "when it was full"}, "text")
        opened = again()
        with opened.read() as session:
            found = opened.kept_draft(session, "form")
            assert found is not None and found.values == {"text": "when it was full"} and found.focus == "text"
    last = again()
    with last.read() as session:
        kept = session.get_one(Draft, "form")
        assert kept.values == {"text": "when it was full"} and not last.owed


def test_a_draft_that_was_saved_after_all_does_not_come_back(vault: Vault) -> None:
    with full_disk():
        vault.keep_draft("form", {"text": "typed"}, None)
    with vault.settling() as session:
        vault.drop_draft(session, "form")
    assert vault.make_up()
    with vault.read() as session:
        assert vault.kept_draft(session, "form") is None


def test_a_draft_stays_aside_while_its_dropping_is_not_saved(vault: Vault) -> None:
    with full_disk():
        vault.keep_draft("form", {"text": "typed"}, None)
        with pytest.raises(EnvironmentProblem), vault.settling() as session:
            vault.drop_draft(session, "form")
            session.add(Draft(form="other", values={}, focus=None, kept_at=vault.now()))
    assert "form" in vault.owed.drafts


def test_when_the_reserve_is_used_up_nothing_more_is_printed(vault: Vault, actor: Actor) -> None:
    with full_disk(), pytest.raises(EnvironmentProblem, match="disk is full"):
        for _ in range(50):
            enter(vault, actor, reason=os.urandom(4_000).hex())
    kept = len(vault.owed.entries)
    assert 3 < kept < 50
    assert vault.make_up() and len([entry for entry in trail(vault) if entry[0] == "print"]) == kept


def test_where_the_reserve_cannot_be_written_nothing_is_printed(
    vault: Vault, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise FULL

    monkeypatch.setattr(reserve, "write_at", refuse)
    with full_disk(), pytest.raises(EnvironmentProblem, match="disk is full"):
        enter(vault, actor)


@pytest.mark.parametrize("harm", ["removed", "both slots damaged", "cut off"])
def test_a_reserve_that_was_taken_away_is_entered(vault: Vault, again: Callable[[], Vault], harm: str) -> None:
    place = vault.folder / reserve.NAME
    assert place.stat().st_size == 2 * SLOT and (place.stat().st_mode & 0o777) == 0o600
    vault.close()
    content = place.read_bytes()
    if harm == "removed":
        place.unlink()
    else:
        place.write_bytes(bytes(2 * SLOT) if harm == "both slots damaged" else content[:SLOT])
    opened = again()
    assert trail(opened)[-1] == ("restore", GONE)
    assert place.stat().st_size == 2 * SLOT
    assert trail(again())[-1] == ("restore", GONE) and len([row for row in trail(again()) if row[1] == GONE]) == 1


def test_a_torn_write_of_the_reserve_loses_nothing_that_was_acknowledged(
    vault: Vault, actor: Actor, again: Callable[[], Vault]
) -> None:
    with full_disk():
        enter(vault, actor, reason="first")
        enter(vault, actor, reason="second")
        place, newest = vault.folder / reserve.NAME, vault._reserve.generation % 2
        vault.close()
        with place.open("r+b") as file:
            file.seek(newest * SLOT + 600)
            file.write(bytes(100))
            file.seek(newest * SLOT + 40)
            file.write(bytes(16))
        opened = again()
        assert [entry.reason for entry in opened.owed.entries] == ["first"]


def test_nothing_readable_stands_in_the_reserve(vault: Vault) -> None:
    with full_disk():
        vault.keep_draft("form", {"text": "Agnes Example of the mill"}, None)
    content = (vault.folder / reserve.NAME).read_bytes()
    assert b"Agnes" not in content and b"form" not in content


def test_a_vault_whose_last_save_cannot_be_finished_opens_for_reading(
    vault: Vault, actor: Actor, again: Callable[[], Vault]
) -> None:
    save(vault, actor)
    found = vault._store.keeper
    found.journal.append(found.commit.counter + 1, Content(0, b"", []))  # cut off before the database

    def refuse(*_: object) -> None:
        raise driver.OperationalError("database or disk is full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recovery, "replay", refuse)
        opened = again()
    with opened.read() as session:
        assert session.scalars(select(Case.number)).all() == ["1"]
    with pytest.raises(EnvironmentProblem) as said:
        save(opened, actor)
    assert said.value.text == keeper.UNFINISHED
    last = again()
    save(last, actor)
    assert last.commits == opened.commits + 2


# --- tries ---


def test_files_of_tries_keep_their_place_on_the_disk(folder: Path, vault: Vault) -> None:
    vault.close()
    paths = [*(folder / name for name in COPIES), throttle.witness_of(folder, vault.vault_id)]
    before = [(path.stat().st_ino, path.stat().st_size) for path in paths]
    with pytest.raises(RuleBroken, match="Tries left"):
        open_vault(folder, "five unrelated garden weeds")
    assert [(path.stat().st_ino, path.stat().st_size) for path in paths] == before
    assert Throttle(folder, vault.vault_id).read(0, 0).failed == 1


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_try_that_cannot_be_counted_is_not_made(
    folder: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch, place: int, number: int
) -> None:
    vault.close()
    derived: list[str] = []
    monkeypatch.setattr(slots, "open_with_passphrase", lambda *_: derived.append("tried"))
    real, bad = overwrite, [*COPIES, vault.vault_id][place]

    def refuse(path: Path, content: bytes, size: int) -> bool:
        if path.name == bad:
            raise OSError(number, "no")
        return real(path, content, size)

    monkeypatch.setattr(throttle, "overwrite", refuse)
    for _ in range(20):
        with pytest.raises(EnvironmentProblem) as said:
            open_vault(folder, PASSPHRASE)
        assert said.value.text == trying.NOT_COUNTED
    assert derived == []


def test_the_right_passphrase_opens_although_its_try_cannot_be_forgotten(
    folder: Path, vault: Vault, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.close()

    def refuse(*_: object) -> None:
        raise FULL

    monkeypatch.setattr(Throttle, "reset", refuse)
    open_vault(folder, PASSPHRASE, clock=clock).close()


def test_tries_counted_by_an_earlier_haven_still_count(folder: Path, vault: Vault, clock: Any) -> None:
    vault.close()
    for _ in range(3):
        with pytest.raises(RuleBroken, match="Tries left"):
            open_vault(folder, "five unrelated garden weeds", clock=clock)
    for path in [*(folder / name for name in COPIES), throttle.witness_of(folder, vault.vault_id)]:
        path.write_bytes(throttle.FilePlace(path).read() or b"")
    with pytest.raises(RuleBroken):
        open_vault(folder, "five unrelated garden weeds", clock=clock)
    assert Throttle(folder, vault.vault_id).read(0, 0).failed == 4

"""Saved twice: whatever is done to the files of a closed vault is noticed when it opens, and brought back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from app.errors import Defect, EnvironmentProblem, NeedsRecovery, RuleBroken
from app.models.crisis import Case
from app.models.local.tables import AuditEntry
from app.models.vocab import AuditAction, Role, ScopeKind
from app.vault import backup, journal
from app.vault.keeper import Keys
from app.vault.problems import DISK_FULL
from app.vault.throttle import Throttle
from app.vault.vault import Vault, open_vault, restore_backup

PASSPHRASE = "five unrelated garden words"


def save(vault: Vault, *numbers: int) -> None:
    """One record a save."""
    for number in numbers:
        with vault.write(vault.actor(Role.VSU)) as work:
            scope = work.open_scope(ScopeKind.CASE, "anchor")
            work.session.add(Case(id=work.new_id(), scope_id=scope, number=str(number), removed_reason="x" * 900))
            work.commit()


def numbers(vault: Vault) -> list[int]:
    """What is in the vault."""
    with vault.read() as session:
        return sorted(int(number) for number in session.scalars(select(Case.number)) if number)


def everything(vault: Vault) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with vault.read() as session:
        names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        return {name: sorted(map(repr, session.execute(text(f'SELECT * FROM "{name}"')).all())) for name in names}


def copied(folder: Path, to: Path) -> Path:
    """The folder as it is now."""
    shutil.copytree(folder, to)
    return to


@pytest.fixture
def brought_back(folder: Path, clock: Any) -> Callable[..., Vault]:
    """Opens a vault that needs recovery: first it says so, then it is done."""

    def bring(*words: str, complete: bool = True) -> Vault:
        with pytest.raises(NeedsRecovery) as asked:
            open_vault(folder, PASSPHRASE, clock=clock)
        plan = asked.value.plan
        said = f"{plan.found.sentence} {plan.remedy.sentence} {plan.outcome.sentence}"
        for word in words:
            assert word in said
        assert plan.complete is complete
        return open_vault(folder, PASSPHRASE, clock=clock, recover=True)

    return bring


def test_nothing_is_said_when_nothing_happened(folder: Path, vault: Vault, again: Callable[..., Vault]) -> None:
    save(vault, 1, 2)
    before = vault.commits
    opened = again()
    assert opened.recovered is None and opened.commits == before and numbers(opened) == [1, 2]
    save(opened, 3)
    assert opened.commits == before + 1


def test_reading_and_what_changes_nothing_are_no_commits(vault: Vault) -> None:
    save(vault, 1)
    before = vault.commits
    numbers(vault)
    with vault.settling() as session:
        session.execute(text("DELETE FROM draft WHERE form = 'not there'"))
    assert vault.commits == before


def test_the_journal_alone_makes_the_same_vault_again(
    folder: Path, vault: Vault, brought_back: Callable[..., Vault]
) -> None:
    save(vault, 1, 2, 3)
    before, counter = everything(vault), vault.commits
    vault.close()
    for name in ("vault.db", "vault.db-wal"):
        (folder / name).unlink(missing_ok=True)
    opened = brought_back("missing", "anew from its second journal", "Nothing that was saved will be missing")
    after = everything(opened)
    # Two things are new: the entry of what was done, and the note for the person.
    assert opened.commits == counter + 1
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"audit_entry", "device_state"}
    assert opened.recovered is not None and "whole again" in opened.recovered.sentence
    with opened.read() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)).one()
        assert last.action == AuditAction.RESTORE and "missing" in last.reason
    opened.recovery_told()
    opened.close()


def test_what_was_brought_back_is_told_until_it_was_read(
    folder: Path, vault: Vault, brought_back: Callable[..., Vault], clock: Any
) -> None:
    vault.close()
    (folder / "vault.db").unlink()
    brought_back().close()
    opened = open_vault(folder, PASSPHRASE, clock=clock)
    assert opened.recovered is not None
    opened.recovery_told()
    opened.close()
    with open_vault(folder, PASSPHRASE, clock=clock) as later:
        assert later.recovered is None


def test_an_older_file_is_noticed_and_what_was_saved_since_comes_back(
    folder: Path, vault: Vault, again: Callable[..., Vault], brought_back: Callable[..., Vault]
) -> None:
    save(vault, 1, 2)
    vault.close()
    old = (folder / "vault.db").read_bytes()
    save(again(), 3, 4, 5)
    again().close()
    (folder / "vault.db").write_bytes(old)
    opened = brought_back("older data", "missing saves back from its second journal")
    assert numbers(opened) == [1, 2, 3, 4, 5]
    assert opened.recovered is not None and opened.recovered.replayed == 3
    opened.close()
    assert list(folder.glob("vault.db.replaced-*"))


def test_one_old_page_is_noticed(
    folder: Path, vault: Vault, again: Callable[..., Vault], brought_back: Callable[..., Vault], clock: Any
) -> None:
    save(vault, *range(20))
    vault.back_up()
    vault.close()
    old = (folder / "vault.db").read_bytes()
    save(again(), 20)
    again().close()
    new = (folder / "vault.db").read_bytes()
    changed = [
        place
        for place in range(0, len(old), 4096)
        if old[place : place + 4096] != new[place : place + 4096] and place > 0
    ]
    assert changed
    for place in changed:
        mixed = bytearray(new)
        mixed[place : place + 4096] = old[place : place + 4096]
        (folder / "vault.db").write_bytes(bytes(mixed))
        # The page with the counter itself makes the whole file older; any other does not fit to it.
        with pytest.raises(NeedsRecovery, match=r"replaced|older data"):
            open_vault(folder, PASSPHRASE, clock=clock)
    opened = brought_back("backup of", "Nothing that was saved will be missing")
    assert numbers(opened) == list(range(21)) and opened.sound()
    opened.close()


def test_a_save_that_the_database_lost_is_brought_back(
    folder: Path, vault: Vault, brought_back: Callable[..., Vault], tmp_path: Path
) -> None:
    """A damaged log silently loses commits; the anchor knows better."""
    vault._checkpoint = lambda: None  # type: ignore[method-assign]
    save(vault, *range(8))
    taken = copied(folder, tmp_path / "taken")
    vault.close()
    log = taken / "vault.db-wal"
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 1
    shutil.rmtree(folder)
    shutil.copytree(taken, folder)
    (folder / "vault.db-wal").write_bytes(bytes(content))
    opened = brought_back("older data", "Nothing that was saved will be missing")
    assert numbers(opened) == list(range(8))
    opened.close()


def test_a_save_cut_off_between_journal_and_database_is_finished_quietly(
    folder: Path, vault: Vault, tmp_path: Path, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(vault, 1)
    before = vault.commits
    keeper = vault._store.keeper
    original = type(keeper).before_commit

    def stop(self: Any, connection: Any, statements: Any) -> None:
        original(self, connection, statements)
        copied(folder, tmp_path / "cut")
        raise KeyboardInterrupt

    monkeypatch.setattr(type(keeper), "before_commit", stop)
    with pytest.raises(KeyboardInterrupt):
        save(vault, 2)
    monkeypatch.undo()
    from app.vault import keys
    from app.vault.keys import KdfSetting

    monkeypatch.setattr(keys, "FLOOR", KdfSetting(64, 1, 1))
    with open_vault(tmp_path / "cut", PASSPHRASE, clock=clock) as opened:
        assert opened.recovered is None and opened.commits == before + 1
        assert numbers(opened) == [1, 2] and opened.sound()
        save(opened, 3)
    with open_vault(tmp_path / "cut", PASSPHRASE, clock=clock) as opened:
        assert opened.recovered is None and numbers(opened) == [1, 2, 3]


@pytest.mark.parametrize("name", ["journal.haven", "anchor.haven"])
@pytest.mark.parametrize("how", ["missing", "damaged", "empty"])
def test_a_lost_helper_is_made_anew_after_a_backup_and_said(
    folder: Path, vault: Vault, clock: Any, name: str, how: str
) -> None:
    save(vault, 1, 2)
    vault.close()
    path = folder / name
    if how == "missing":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    else:
        content = bytearray(path.read_bytes())
        for place in range(0, len(content), 97):
            content[place] ^= 255
        path.write_bytes(bytes(content))
    with open_vault(folder, PASSPHRASE, clock=clock) as opened:
        assert opened.recovered is not None and "made anew" in opened.recovered.sentence
        assert numbers(opened) == [1, 2] and len(opened.backups()) == 1
        opened.recovery_told()
        save(opened, 3)
    with open_vault(folder, PASSPHRASE, clock=clock) as opened:
        assert opened.recovered is None and numbers(opened) == [1, 2, 3]


def test_without_helpers_a_newer_backup_tells_that_the_file_is_old(
    folder: Path, vault: Vault, again: Callable[..., Vault], brought_back: Callable[..., Vault]
) -> None:
    save(vault, 1)
    vault.close()
    old = (folder / "vault.db").read_bytes()
    later = again()
    save(later, 2)
    later.back_up()
    later.close()
    (folder / "vault.db").write_bytes(old)
    for name in ("journal.haven", "anchor.haven"):
        (folder / name).unlink()
    opened = brought_back("older data", "backup of")
    assert numbers(opened) == [1, 2]
    opened.close()


def test_what_cannot_be_brought_back_is_counted(
    folder: Path, vault: Vault, brought_back: Callable[..., Vault], clock: Any
) -> None:
    save(vault, 1)
    vault.back_up()
    save(vault, 2, 3, 4)
    total = vault.commits
    vault.close()
    (folder / "vault.db").write_bytes(b"\x07" * 8192)
    (folder / "journal.haven").unlink()
    said = f"cannot be brought back: 3. The newest one that comes back is number {total - 3} of {total}"
    opened = brought_back(said, complete=False)
    assert numbers(opened) == [1]
    assert opened.recovered is not None and opened.recovered.missing == 3
    assert opened.commits > total, "what was lost is never counted again"
    save(opened, 9)
    opened.recovery_told()
    opened.close()
    (folder / "vault.db").unlink()
    with open_vault(folder, PASSPHRASE, clock=clock, recover=True) as once_more:
        assert numbers(once_more) == [1, 9], "backup and journal hold the new line"


def test_a_failed_commit_takes_the_record_back(
    folder: Path, vault: Vault, again: Callable[..., Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    save(vault, 1)
    store, before = vault._store, vault.commits
    room = vault._connection.execute("PRAGMA page_count").fetchone()[0]
    vault._connection.execute(f"PRAGMA max_page_count = {room}")
    with pytest.raises(EnvironmentProblem, match="disk is full"):
        save(vault, *range(100, 200))
    assert store.keeper.journal.last == vault.commits
    kept = numbers(vault)
    vault._connection.execute("PRAGMA max_page_count = 1000000")
    save(vault, 7)
    opened = again()
    assert opened.recovered is None and numbers(opened) == sorted([*kept, 7]) and opened.commits > before


def test_no_room_for_the_journal_saves_nothing(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    save(vault, 1)
    before = vault.commits

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal, "write_at", full)
    with pytest.raises(EnvironmentProblem) as problem:
        save(vault, 2)
    assert problem.value.text == DISK_FULL
    monkeypatch.undo()
    assert numbers(vault) == [1] and vault.commits == before
    save(vault, 3)
    assert numbers(vault) == [1, 3]


def test_savepoints_are_followed(folder: Path, vault: Vault, brought_back: Callable[..., Vault]) -> None:
    put = text("INSERT INTO draft VALUES (:form, '{}', NULL, '2026')")
    with vault.settling() as session:
        session.execute(put, {"form": "kept"})
        with session.begin_nested() as inner:
            session.execute(put, {"form": "undone"})
            inner.rollback()
        with session.begin_nested():
            session.execute(put, {"form": "kept too"})
    before = everything(vault)["draft"]
    assert len(before) == 2
    vault.close()
    (folder / "vault.db").unlink()
    opened = brought_back()
    assert everything(opened)["draft"] == before
    opened.close()


def test_nothing_writes_past_the_recording(vault: Vault) -> None:
    with pytest.raises(Defect):
        vault._connection.execute("INSERT INTO draft VALUES ('f', '{}', NULL, '2026')")
    with pytest.raises(Defect), vault.settling() as session:
        session.connection().exec_driver_sql("COMMIT")
    with pytest.raises(Defect):
        vault._connection.executescript("DELETE FROM draft")


class Outside:
    """A witness outside the folder."""

    def __init__(self) -> None:
        self.kept: tuple[int, bytes] | None = None

    def read(self) -> tuple[int, bytes] | None:
        return self.kept

    def write(self, counter: int, head: bytes) -> None:
        self.kept = (counter, head)


def test_only_a_witness_sees_that_the_whole_folder_was_put_back(
    folder: Path, vault: Vault, tmp_path: Path, clock: Any
) -> None:
    witness = Outside()
    save(vault, 1)
    vault.close()
    old = copied(folder, tmp_path / "old")
    with open_vault(folder, PASSPHRASE, clock=clock, witness=witness) as opened:
        save(opened, 2)
    shutil.rmtree(folder)
    shutil.copytree(old, folder)
    # The count of wrong passphrases notices the copy too, and waits; here it is about the anchor.
    Throttle(folder, vault.vault_id).start()
    with open_vault(folder, PASSPHRASE, clock=clock) as unseen:
        assert unseen.recovered is None
    with pytest.raises(NeedsRecovery, match="older data") as asked:
        open_vault(folder, PASSPHRASE, clock=clock, witness=witness)
    assert not asked.value.plan.complete
    with open_vault(folder, PASSPHRASE, clock=clock, witness=witness, recover=True) as opened:
        assert numbers(opened) == [1] and opened.recovered is not None and opened.recovered.missing == 1
    with open_vault(folder, PASSPHRASE, clock=clock, witness=witness) as opened:
        opened.recovery_told()


def test_the_journal_is_shortened_by_backups_and_still_reaches_the_present(
    folder: Path, vault: Vault, clock: Any, brought_back: Callable[..., Vault]
) -> None:
    held = vault._store.keeper.journal
    for round_ in range(4):
        save(vault, *range(round_ * 5, round_ * 5 + 5))
        clock.move(minutes=1)
        vault.back_up()
    assert held.base > 0 and len(held.records) == 5
    save(vault, 99)
    newest = vault.backups()[0].path
    vault.close()
    newest.write_bytes(b"\x01" * 4096)
    (folder / "vault.db").unlink()
    opened = brought_back("backup of", "Nothing that was saved will be missing")
    assert numbers(opened) == [*range(20), 99]
    opened.close()


def test_restoring_brings_back_what_was_saved_since_unless_asked_otherwise(
    folder: Path, vault: Vault, clock: Any
) -> None:
    save(vault, 1)
    path = vault.back_up()
    save(vault, 2)
    assert vault.restore(path).missing == 0
    with open_vault(folder, PASSPHRASE, clock=clock) as opened:
        assert numbers(opened) == [1, 2] and opened.recovered is not None
        opened.restore(path, as_it_was=True)
    with open_vault(folder, PASSPHRASE, clock=clock) as opened:
        assert numbers(opened) == [1]
        assert opened.recovered is not None and "as it was in the backup" in opened.recovered.sentence


def test_a_backup_that_the_journal_does_not_reach_is_only_restored_as_it_was(
    folder: Path, vault: Vault, clock: Any
) -> None:
    paths = []
    for place in range(4):
        save(vault, place)
        clock.move(minutes=1)
        paths.append(vault.back_up())
    vault.close()
    with pytest.raises(RuleBroken, match="as it was then"):
        restore_backup(folder, paths[0], PASSPHRASE, clock=clock)
    with open_vault(folder, PASSPHRASE, clock=clock) as opened:
        assert numbers(opened) == [0, 1, 2, 3]
    restore_backup(folder, paths[0], PASSPHRASE, clock=clock, as_it_was=True)
    with open_vault(folder, PASSPHRASE, clock=clock) as opened:
        assert numbers(opened) == [0]


def test_a_vault_from_before_the_journal_gets_one(folder: Path, vault: Vault, clock: Any) -> None:
    save(vault, 1)
    vault._connection.keep_with(None)
    with vault.settling() as session:
        session.execute(text("DELETE FROM device_state WHERE name = 'commit'"))
    vault.close()
    for name in ("journal.haven", "anchor.haven"):
        (folder / name).unlink()
    with open_vault(folder, PASSPHRASE, clock=clock) as opened:
        assert opened.recovered is None and numbers(opened) == [1] and len(opened.backups()) == 1
        save(opened, 2)
    (folder / "vault.db").unlink()
    with open_vault(folder, PASSPHRASE, clock=clock, recover=True) as opened:
        assert numbers(opened) == [1, 2]


def test_records_of_another_vault_or_key_do_not_open(folder: Path, vault: Vault) -> None:
    save(vault, 1)
    vault.close()
    good = Keys.of(vault._data_key, vault.vault_id)
    assert journal.Journal(folder / "journal.haven", good.journal, vault.vault_id).last == vault.commits
    for data_key, vault_id in ((bytes(32), vault.vault_id), (vault._data_key, "0" * 32)):
        other = Keys.of(data_key, vault_id)
        with pytest.raises(journal.Unreadable):
            journal.Journal(folder / "journal.haven", other.journal, vault_id)


def test_a_damaged_page_met_at_work_is_looked_for_at_the_next_opening(
    folder: Path, vault: Vault, brought_back: Callable[..., Vault], clock: Any
) -> None:
    save(vault, *range(40))
    vault.back_up()
    page = vault._connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'case_file'").fetchone()[0]
    vault.close()
    content = bytearray((folder / "vault.db").read_bytes())
    content[(page - 1) * 4096 + 100] ^= 1
    (folder / "vault.db").write_bytes(bytes(content))
    with open_vault(folder, PASSPHRASE, clock=clock) as opened, pytest.raises(EnvironmentProblem, match="damaged"):
        numbers(opened)
    opened = brought_back("damaged", "backup of", "Nothing that was saved will be missing")
    assert numbers(opened) == list(range(40))
    opened.close()


def test_a_second_process_stays_out_as_long_as_the_vault_is_open(folder: Path, vault: Vault) -> None:
    """Closing any descriptor of a locked file gives its locks up, so nothing may open and close it meanwhile."""
    import subprocess
    import sys

    script = (
        "from app.vault.driver import driver\nimport sys\n"
        "one = driver.connect(sys.argv[1], isolation_level=None, timeout=0.1)\n"
        'one.execute("PRAGMA key = \\"x\'%s\'\\"" % sys.argv[2])\n'
        "try:\n    one.execute('SELECT count(*) FROM sqlite_master')\n"
        "except driver.OperationalError as error:\n    sys.exit(7 if 'locked' in str(error) else 8)\n"
    )
    save(vault, 1)
    vault.back_up()
    command = [sys.executable, "-c", script, str(folder / "vault.db"), vault._data_key.hex()]
    assert subprocess.run(command, cwd=Path(__file__).parents[2]).returncode == 7


def test_backups_say_which_state_they_hold(vault: Vault) -> None:
    save(vault, 1)
    path = vault.back_up()
    held = backup.verify(path, vault._data_key)
    assert held is not None and held.counter == vault.commits
    assert vault.check_backup(path)
    path.write_bytes(path.read_bytes()[:-4096])
    assert not vault.check_backup(path)

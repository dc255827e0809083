"""The bytes of attachments: sealed, streamed, proven at reading, never without their record nor it without them."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.errors import EnvironmentProblem, RuleBroken
from app.models.attachments import Attachment
from app.models.local.tables import LoggedChange
from app.models.rules.attachments import Sealed
from app.models.vocab import AttachmentKind, Role, ScopeKind
from app.vault import attachments, chunks, reducing, taking_over
from app.vault.__main__ import main
from app.vault.attachments import NOT_WRITTEN, Attachments
from app.vault.chunks import BODY, ChunkFolder, Damaged, Missing, name_of
from app.vault.files import put
from app.vault.problems import DISK_FULL
from app.vault.vault import Vault, open_vault
from tests.vault.conftest import PASSPHRASE, SetClock

SECRET = b"Canary Street Shelter, the blue door. "
MOST = 64 * BODY


def record(vault: Vault, sealed: Sealed, **more: Any) -> str:
    """Save an attachment of nothing in particular."""
    agency = vault.agency_id
    with vault.write(vault.actor(Role.SUP)) as work:
        made = Attachment(
            id=work.new_id(),
            scope_id=work.open_scope(ScopeKind.AGENCY, agency),
            owner_kind="organization",
            owner_id="somebody",
            kind=AttachmentKind.FILE,
            media_type="text/plain",
            size=sealed.size,
            chunks=list(sealed.chunks),
            key=sealed.key,
            **more,
        )
        work.session.add(made)
        work.commit()
        return made.id


def remove(vault: Vault, attachment_id: str) -> None:
    with vault.write(vault.actor(Role.SUP)) as work:
        work.session.get_one(Attachment, attachment_id).removed_at = work.now()
        work.commit()


def on_disk(vault: Vault) -> set[str]:
    return set(vault.attachments.here.names())


# --- sealed and read ---


@pytest.mark.parametrize("size", [0, 1, BODY - 1, BODY, BODY + 1, 3 * BODY, 3 * BODY + 17])
def test_what_was_kept_is_read(vault: Vault, size: int) -> None:
    content = (SECRET * (size // len(SECRET) + 1))[:size]
    sealed = vault.attachments.keep_bytes(content, MOST)
    assert sealed.size == size and len(sealed.chunks) == max(1, -(-size // BODY))
    assert vault.attachments.read_whole(sealed, MOST) == content


def test_nothing_on_the_disk_can_be_read(vault: Vault) -> None:
    sealed = vault.attachments.keep_bytes(SECRET * 1000, MOST)
    record(vault, sealed)
    vault.back_up()
    files = [path for path in vault.folder.rglob("*") if path.is_file()]
    assert len([path for path in files if path.name in sealed.chunks]) == 2
    for path in files:
        content = path.read_bytes()
        assert SECRET not in content and sealed.key.encode() not in content and bytes.fromhex(sealed.key) not in content
    if os.name == "posix":
        assert {path.stat().st_mode & 0o077 for path in files} == {0}


def test_the_same_file_is_never_called_the_same(vault: Vault) -> None:
    """Who has a file cannot find out whether it is kept here."""
    first, second = (vault.attachments.keep_bytes(SECRET, MOST) for _ in range(2))
    assert not set(first.chunks) & set(second.chunks)


def test_a_long_recording_goes_through_flat_memory(vault: Vault) -> None:
    size = 24 * BODY

    class Long(io.RawIOBase):
        left = size

        def read(self, count: int = -1) -> bytes:
            count = min(count, self.left, 100_000)
            self.left -= count
            return b"s" * count

    tracemalloc.start()
    try:
        sealed = vault.attachments.keep(Long(), MOST)  # type: ignore[arg-type]  # what it needs of a file
        read = sum(len(piece) for piece in vault.attachments.read(sealed))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert read == size and peak < 8 * BODY


def test_a_file_that_is_too_large_leaves_nothing(vault: Vault) -> None:
    with pytest.raises(RuleBroken, match="too large"):
        vault.attachments.keep_bytes(bytes(2 * BODY + 1), 2 * BODY)
    assert not on_disk(vault)
    with pytest.raises(RuleBroken, match="too large"):
        vault.attachments.read_whole(vault.attachments.keep_bytes(bytes(20), 20), 19)


@pytest.mark.parametrize("damage", ["flip", "cut", "other", "empty"])
def test_damage_is_said_and_never_shown(vault: Vault, damage: str) -> None:
    sealed, other = (vault.attachments.keep_bytes(SECRET * n, MOST) for n in (50_000, 50_001))
    path = vault.attachments.here.path(sealed.chunks[1])
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    instead = {
        "flip": bytes(content),
        "cut": path.read_bytes()[:-1],
        "other": vault.attachments.here.read(other.chunks[1]),
        "empty": b"",
    }
    path.write_bytes(instead[damage])
    pieces = vault.attachments.read(sealed)
    assert next(pieces) == (SECRET * 50_000)[:BODY]
    with pytest.raises(Damaged):
        next(pieces)


def test_pieces_cannot_be_left_out_doubled_or_moved(vault: Vault) -> None:
    sealed = vault.attachments.keep_bytes(SECRET * 60_000, MOST)
    first, second, third = sealed.chunks
    for names in ((first, second), (first, third, second), (first, first, second, third), (third,), ()):
        with pytest.raises(Damaged):
            list(vault.attachments.read(Sealed(sealed.key, names, sealed.size)))
    with pytest.raises(Damaged):
        list(vault.attachments.read(Sealed(sealed.key, sealed.chunks, sealed.size + 1)))
    with pytest.raises(Damaged):
        list(vault.attachments.read(Sealed("ab" * 32, sealed.chunks, sealed.size)))


@pytest.mark.parametrize("name", ["", "../../vault.db", "..", "/etc/hostname", "A" * 64, "ab" * 31])
def test_a_hostile_name_reads_and_writes_nothing(vault: Vault, name: str) -> None:
    with pytest.raises(Damaged):
        list(vault.attachments.read(Sealed("ab" * 32, (name,), 1)))
    with pytest.raises(Damaged):
        vault.attachments.here.path(name)
    with pytest.raises(Damaged):
        vault.attachments.accept(name, b"x")
    assert vault.attachments.wanted([name]) == ()


def test_a_missing_chunk_is_said(vault: Vault) -> None:
    sealed = vault.attachments.keep_bytes(SECRET, MOST)
    vault.attachments.here.path(sealed.chunks[0]).unlink()
    with pytest.raises(Missing, match="not on this computer"):
        list(vault.attachments.read(sealed))


# --- together with the record ---


def test_no_record_is_saved_without_its_bytes(vault: Vault) -> None:
    sealed = vault.attachments.keep_bytes(SECRET, MOST)
    vault.attachments.here.path(sealed.chunks[0]).unlink()
    with pytest.raises(EnvironmentProblem) as caught:
        record(vault, sealed)
    assert caught.value.text == NOT_WRITTEN
    with vault.read() as session:
        assert session.query(Attachment).count() == 0


def test_an_attachment_is_a_change_that_can_travel(vault: Vault) -> None:
    made = record(vault, vault.attachments.keep_bytes(SECRET, MOST))
    with vault.read() as session:
        logged = session.query(LoggedChange).filter_by(record_id=made).one()
        assert logged.kind == "attachment" and b"chunks" in logged.fields and len(logged.fields) < 1000


def test_what_is_given_up_or_removed_is_destroyed(vault: Vault) -> None:
    given_up, removed, stays = (vault.attachments.keep_bytes(SECRET + bytes([n]), MOST) for n in range(3))
    vault.attachments.let_go(given_up)
    first, _ = record(vault, removed), record(vault, stays)
    vault.attachments.let_go(stays)
    assert on_disk(vault) == {*removed.chunks, *stays.chunks}
    remove(vault, first)
    assert on_disk(vault) == set(stays.chunks)


def test_a_chunk_that_two_records_name_goes_with_the_second(vault: Vault) -> None:
    sealed, preview = vault.attachments.keep_bytes(SECRET, MOST), vault.attachments.keep_bytes(b"small", MOST)
    whole = record(vault, sealed, preview_chunks=list(preview.chunks), preview_key=preview.key, preview_size=5)
    small = record(vault, preview)
    remove(vault, whole)
    assert on_disk(vault) == set(preview.chunks)
    remove(vault, small)
    assert not on_disk(vault)


def test_tidying_takes_what_a_crash_left_and_nothing_else(vault: Vault, folder: Path, again: Any) -> None:
    named, left = (vault.attachments.keep_bytes(SECRET + bytes([n]), MOST) for n in range(2))
    record(vault, named)
    assert vault.tidy_attachments() == 0, "its record may still come"
    vault = again()
    half = vault.attachments.here.path(named.chunks[0]).with_name("ab" * 32 + ".new")
    half.write_bytes(b"half")
    assert vault.tidy_attachments() == 1
    assert on_disk(vault) == set(named.chunks) and not half.exists()
    assert vault.attachments.here.has(left.chunks[0]) is False


def test_nothing_is_tidied_while_a_replaced_file_is_kept(vault: Vault, folder: Path, again: Any) -> None:
    vault.attachments.keep_bytes(SECRET, MOST)
    vault = again()
    (folder / "vault.db.replaced-20260304T150000000000").write_bytes(b"")
    assert vault.tidy_attachments() == 0 and len(on_disk(vault)) == 1


def test_a_full_disk_half_way_leaves_nothing(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = ChunkFolder.write
    written: list[str] = []

    def full(self: ChunkFolder, content: bytes) -> str:
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "full")
        written.append(honest(self, content))
        return written[-1]

    monkeypatch.setattr(ChunkFolder, "write", full)
    with pytest.raises(EnvironmentProblem) as caught:
        vault.attachments.keep_bytes(bytes(5 * BODY), MOST)
    assert caught.value.text == DISK_FULL and len(written) == 2 and not on_disk(vault)
    monkeypatch.undo()
    assert vault.attachments.keep_bytes(b"room again", MOST).size == 10


def test_a_write_that_fails_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = ChunkFolder(tmp_path / "attachments")

    def refuses(_: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", refuses)
    with pytest.raises(OSError, match="broken"):
        place.write(b"x")
    assert not [path for path in place.place.rglob("*") if path.is_file()]


# --- backups ---


def test_a_backup_holds_each_chunk_once_until_the_last_backup_goes(vault: Vault, clock: SetClock) -> None:
    gone, stays = (vault.attachments.keep_bytes(SECRET + bytes([n]), MOST) for n in range(2))
    first = record(vault, gone)
    record(vault, stays)
    vault.back_up()
    spare = vault.attachments.spare
    assert set(spare.names()) == {*gone.chunks, *stays.chunks}
    remove(vault, first)
    for _ in range(6):
        clock.move(days=1)
        vault.back_up()
        assert set(spare.names()) == {*gone.chunks, *stays.chunks}
    clock.move(days=1)
    vault.back_up()
    assert set(spare.names()) == set(stays.chunks)


def test_a_damaged_or_missing_chunk_comes_back_from_the_backups(vault: Vault) -> None:
    lost, spoiled = (vault.attachments.keep_bytes(SECRET + bytes([n]), MOST) for n in range(2))
    record(vault, lost)
    record(vault, spoiled)
    vault.back_up()
    vault.attachments.here.path(lost.chunks[0]).unlink()
    vault.attachments.here.path(spoiled.chunks[0]).write_bytes(b"spoiled")
    assert vault.attachments.read_whole(lost, MOST) == SECRET + b"\0"
    assert vault.attachments.read_whole(spoiled, MOST) == SECRET + b"\1"
    assert on_disk(vault) == {*lost.chunks, *spoiled.chunks}
    assert vault.attachments.here.is_sound(spoiled.chunks[0])


@pytest.mark.parametrize("as_it_was", [False, True])
def test_a_restored_backup_has_its_attachments(vault: Vault, folder: Path, clock: SetClock, as_it_was: bool) -> None:
    before = vault.attachments.keep_bytes(SECRET, MOST)
    first = record(vault, before)
    chosen = vault.back_up()
    if as_it_was:
        remove(vault, first)
        assert not on_disk(vault)
    after = vault.attachments.keep_bytes(b"later", MOST)
    record(vault, after)
    vault.restore(chosen, as_it_was=as_it_was)
    with open_vault(folder, PASSPHRASE, clock=clock) as opened, opened.read() as session:
        assert session.query(Attachment).filter_by(removed_at=None).count() == (1 if as_it_was else 2)
        assert opened.attachments.read_whole(before, MOST) == SECRET
        assert opened.attachments.read_whole(after, MOST) == b"later"


def test_a_vault_brought_back_from_its_backup_has_its_attachments(vault: Vault, folder: Path, clock: SetClock) -> None:
    sealed = vault.attachments.keep_bytes(SECRET, MOST)
    record(vault, sealed)
    vault.back_up()
    vault.close()
    (folder / "vault.db").unlink()
    vault.attachments.here.path(sealed.chunks[0]).unlink()
    with open_vault(folder, PASSPHRASE, clock=clock, recover=True) as opened:
        assert opened.attachments.here.has(sealed.chunks[0])


def test_a_backup_that_was_made_while_helpers_were_mended_has_its_copies(
    vault: Vault, folder: Path, clock: SetClock
) -> None:
    sealed = vault.attachments.keep_bytes(SECRET, MOST)
    record(vault, sealed)
    vault.close()
    (folder / "journal.haven").unlink()
    with open_vault(folder, PASSPHRASE, clock=clock, recover=True) as opened:
        assert opened.recovered is not None and opened.attachments.spare.has(sealed.chunks[0])


# --- the check ---


@pytest.fixture
def check(vault: Vault, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Closes the vault and runs the command; its report."""

    def run(*more: str) -> Any:
        vault.close()
        monkeypatch.setattr(sys, "stdin", io.StringIO(PASSPHRASE + "\n"))
        main(["check", str(vault.folder), "--passphrase-stdin", *more])
        report = json.loads(capsys.readouterr().out)
        report["by"] = {one["name"].split()[0]: one for one in report["checks"]}
        return report

    return run


def test_the_check_counts_what_is_left_over_and_mends_it(vault: Vault, check: Any) -> None:
    record(vault, vault.attachments.keep_bytes(SECRET, MOST))
    vault.attachments.keep_bytes(b"no record", MOST)
    report = check()
    assert report["ok"] and report["by"]["attachments"]["details"] == "1 sound"
    assert report["counters"]["attachments_left_over"] == 1
    report = check("--mend")
    assert report["ok"] and report["counters"]["attachments_left_over"] == 0


def test_the_check_finds_missing_and_damaged_chunks_and_brings_them_back(vault: Vault, check: Any) -> None:
    lost, spoiled = (vault.attachments.keep_bytes(SECRET + bytes([n]), MOST) for n in range(2))
    record(vault, lost)
    record(vault, spoiled)
    vault.back_up()
    vault.attachments.here.path(lost.chunks[0]).unlink()
    vault.attachments.here.path(spoiled.chunks[0]).write_bytes(b"spoiled")
    report = check()
    assert not report["ok"] and report["by"]["attachments"]["details"] == "1 missing, 1 damaged"
    report = check("--mend")
    assert report["ok"] and report["by"]["attachments"]["details"] == "2 sound"
    vault.attachments.spare.path(lost.chunks[0]).write_bytes(b"spoiled too")
    report = check()
    assert report["by"]["attachments"]["ok"] and report["by"]["backup"]["details"] == "attachments"


def test_what_a_colleague_attached_may_still_have_to_come(vault: Vault, check: Any) -> None:
    sealed = vault.attachments.keep_bytes(SECRET, MOST)
    record(vault, sealed)
    content = vault.attachments.carried(sealed.chunks[0])
    with vault.settling() as session:
        session.query(LoggedChange).update({"device_id": "another"})
    vault.attachments.here.path(sealed.chunks[0]).unlink()
    assert vault.attachments.wanted(sealed.chunks) == sealed.chunks
    with pytest.raises(Damaged):
        vault.attachments.accept(sealed.chunks[0], content + b"!")
    assert not on_disk(vault)
    report = check()
    assert report["ok"] and report["counters"]["attachments_awaited"] == 1
    vault.attachments.accept(sealed.chunks[0], content)
    assert vault.attachments.read_whole(sealed, MOST) == SECRET


def test_of_several_that_come_those_before_the_disk_was_full_are_kept(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = {name_of(content): content for content in (b"one", b"two", b"three")}
    with pytest.raises(Damaged):
        vault.attachments.accept_all({**contents, "0" * 64: b"four"})
    assert not on_disk(vault), "none of them when one is not what it is called"
    left = [2]

    def full(path: Path, content: bytes) -> None:
        if not left[0]:
            raise OSError(errno.ENOSPC, "no room")
        left[0] -= 1
        put(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(chunks, "put", full)
        with pytest.raises(EnvironmentProblem, match="disk is full"):
            vault.attachments.accept_all(contents)
    assert len(on_disk(vault)) == 2
    vault.attachments.accept_all(contents)
    assert on_disk(vault) == set(contents)


@pytest.mark.parametrize("said", ["5", '[[1], null, "a"]', '{"a": 1}', '"text"', "null"])
def test_a_hostile_column_of_names_does_not_keep_a_scope_from_being_destroyed(vault: Vault, said: str) -> None:
    sealed = vault.attachments.keep_bytes(SECRET, MOST)
    good, bad = record(vault, sealed), record(vault, sealed)
    with vault.write(vault.actor(Role.SUP)) as work:
        scope_id = work.session.get_one(Attachment, bad).scope_id
        with work.merging():
            work.session.execute(text("UPDATE attachment SET chunks = :said WHERE id = :id"), {"said": said, "id": bad})
        work.commit()
    with vault.write(vault.actor(Role.SUP)) as work:
        with work.merging():
            gone = work.destroy([scope_id], "0" * 32)
        work.commit()
    assert {good, bad} <= gone.records and not on_disk(vault)


def test_an_attachment_with_a_hostile_column_of_names_can_be_removed(vault: Vault) -> None:
    bad = record(vault, vault.attachments.keep_bytes(SECRET, MOST))
    with vault.write(vault.actor(Role.SUP)) as work:
        with work.merging():
            hostile = "UPDATE attachment SET chunks = '[[1], 5]' WHERE id = :id"
            work.session.execute(text(hostile), {"id": bad})
        work.commit()
    with vault.write(vault.actor(Role.SUP)) as work:
        work.session.get_one(Attachment, bad).removed_at = vault.now()
        work.commit()
    with vault.read() as session:
        assert session.get_one(Attachment, bad).removed_at is not None


# --- elsewhere ---


def test_what_is_attached_under_force_is_taken_over_with_its_bytes(vault: Vault, folder: Path, clock: SetClock) -> None:
    second = "another row of tall sunflowers"
    record(vault, vault.attachments.keep_bytes(b"hidden from who forces", MOST))
    reducing.set_up(vault, second)
    vault.close()
    with open_vault(folder, second, clock=clock) as workspace:
        assert workspace.is_reduced and not on_disk(workspace)
        sealed = workspace.attachments.keep_bytes(SECRET, MOST)
        record(workspace, sealed)
    with open_vault(folder, PASSPHRASE, clock=clock) as opened:
        assert taking_over.take_over(opened, Role.SUP).records == 1
        assert opened.attachments.read_whole(sealed, MOST) == SECRET


_CHILD = """
import os, sys
from pathlib import Path
from app.vault.attachments import Attachments
kept = Attachments(Path(sys.argv[1]))
class Endless:
    def read(self, count):
        if len(list(kept.here.names())) == 3:
            os.kill(os.getpid(), 9)
        return b"x" * count
kept.keep(Endless(), 1 << 40)
"""


def test_killed_half_way_it_is_tidied(vault: Vault) -> None:
    done = subprocess.run([sys.executable, "-c", _CHILD, str(vault.folder)], check=False)
    assert done.returncode == -9 and len(on_disk(vault)) == 3
    assert vault.tidy_attachments() == 3 and not on_disk(vault)


def test_the_folder_of_another_process_is_only_looked_at(vault: Vault) -> None:
    record(vault, vault.attachments.keep_bytes(SECRET, MOST))
    other = Attachments(vault.folder)
    assert attachments.State(sound=1) == attachments.looked_over(vault._connection, other.here)

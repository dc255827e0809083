"""Making, opening, closing and upgrading a vault."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from app.errors import Defect, EnvironmentProblem, RuleBroken
from app.models.crisis import Case
from app.models.local.tables import Member, OwnKey, PeerDevice
from app.models.vocab import Role
from app.vault import audit, backup, capture, identity, keys, slots, upgrade
from app.vault.keys import KdfSetting
from app.vault.vault import Owner, Vault, create_vault, open_vault, restore_backup, vault_exists

PASSPHRASE = "five unrelated garden words"
OWNER = Owner("A. Example", (Role.VSU,))


def test_a_new_vault_knows_its_owner_and_device(vault: Vault) -> None:
    owner = vault.owner()
    assert (owner.name, owner.roles, owner.badge) == ("A. Example", (Role.VSU, Role.SUP), "V-1")
    actor = vault.actor(Role.SUP)
    assert (actor.member_id, actor.device_id, actor.role) == (owner.member_id, vault.device_id, Role.SUP)
    with vault.read() as session:
        assert session.scalars(select(Member.id)).all() == [owner.member_id]
        peer = session.scalars(select(PeerDevice)).one()
        message = b"signed by this device"
        signature = identity.signing_key(session).sign(message)
        own = {key.name: key for key in session.scalars(select(OwnKey))}
        assert peer.signing_public == own["signing"].public
        assert peer.kem_public == own["kem"].public and len(peer.kem_public) == 1216
        public = identity.signing_key(session).public_key()
        assert public.public_bytes_raw() == peer.signing_public
        public.verify(signature, message)


def test_the_receiving_key_opens_what_is_sealed_to_it(vault: Vault) -> None:
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    with vault.read() as session:
        peer = session.scalars(select(PeerDevice)).one()
        sealed = suite.encrypt(b"scope key", identity.kem_public(peer.kem_public), b"haven")
        assert suite.decrypt(sealed, identity.kem_key(session), b"haven") == b"scope key"


def test_what_was_saved_is_there_after_opening_again(vault: Vault, again: Any) -> None:
    facts = (vault.device_id, vault.owner_id, vault.agency_id, vault.vault_id)
    opened = again()
    assert (opened.device_id, opened.owner_id, opened.agency_id, opened.vault_id) == facts


def test_no_second_vault_in_the_same_folder(folder: Path, vault: Vault, cheap: KdfSetting) -> None:
    with pytest.raises(RuleBroken, match="already a vault"):
        create_vault(folder, PASSPHRASE, "laptop", owner=OWNER, setting=cheap)


def test_a_weak_passphrase_leaves_nothing_behind(folder: Path, cheap: KdfSetting) -> None:
    with pytest.raises(RuleBroken):
        create_vault(folder, "too short", "laptop", owner=OWNER, setting=cheap)
    assert not folder.exists()


def test_a_vault_that_was_not_made_to_its_end_is_begun_anew(
    folder: Path, cheap: KdfSetting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_: object) -> None:
        raise OSError(5, "input/output error")

    monkeypatch.setattr(slots, "write", power_cut)
    with pytest.raises(EnvironmentProblem):
        create_vault(folder, PASSPHRASE, "laptop", owner=OWNER, setting=cheap)
    monkeypatch.undo()
    monkeypatch.setattr(keys, "FLOOR", cheap)
    assert (folder / "vault.db").exists() and not vault_exists(folder)
    vault, _ = create_vault(folder, PASSPHRASE, "laptop", owner=OWNER, setting=cheap)
    vault.close()
    open_vault(folder, PASSPHRASE).close()


def test_a_vault_without_its_key_file_is_never_overwritten(folder: Path, vault: Vault, cheap: KdfSetting) -> None:
    vault.close()
    content = (folder / "vault.db").read_bytes()
    for name in ("slots.a", "slots.b"):
        (folder / name).unlink()
    with pytest.raises(RuleBroken, match="without its key file"):
        create_vault(folder, PASSPHRASE, "laptop", owner=OWNER, setting=cheap)
    assert (folder / "vault.db").read_bytes() == content


def test_a_missing_vault_and_a_missing_file_are_said_so(folder: Path, vault: Vault) -> None:
    vault.close()
    with pytest.raises(EnvironmentProblem, match="no vault"):
        open_vault(folder / "elsewhere", PASSPHRASE)
    (folder / "vault.db").unlink()
    with pytest.raises(EnvironmentProblem, match="missing"):
        open_vault(folder, PASSPHRASE)


def test_a_newer_vault_is_refused_and_untouched(folder: Path, vault: Vault, clock: Any) -> None:
    with vault.settling() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    vault.close()
    with pytest.raises(EnvironmentProblem, match="newer version"):
        open_vault(folder, PASSPHRASE, clock=clock)


def test_an_upgrade_makes_a_backup_first_and_undoes_itself_on_failure(
    folder: Path, vault: Vault, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.close()
    monkeypatch.setattr(upgrade, "HEAD", "9999")
    tried: list[str] = []

    def half_an_upgrade(connection: Any, target: str) -> None:
        capture.remove(connection)
        connection.execute(text("DROP TABLE draft"))
        tried.append(target)
        raise ValueError("the second half fails")

    monkeypatch.setattr(upgrade, "move", half_an_upgrade)
    with pytest.raises(EnvironmentProblem, match="as it was before"):
        open_vault(folder, PASSPHRASE, clock=clock)
    assert tried == ["9999"] and len(backup.listed(folder)) == 1
    monkeypatch.undo()
    monkeypatch.setattr(keys, "FLOOR", KdfSetting(64, 1, 1))
    opened = open_vault(folder, PASSPHRASE, clock=clock)
    with opened.read() as session:
        assert session.execute(text("SELECT count(*) FROM draft")).scalar() == 0
        assert session.execute(text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")).scalar() != 0
    opened.close()


def test_backups_rotate_are_checked_and_restore(folder: Path, vault: Vault, clock: Any) -> None:
    for place in range(9):
        with vault.settling() as session:
            session.execute(text("INSERT OR REPLACE INTO draft VALUES ('f', :v, NULL, '2026')"), {"v": str(place)})
        clock.move(minutes=1)
        vault.back_up()
    kept = backup.listed(folder)
    assert len(kept) == backup.KEPT
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert vault.sound()
    vault.close()
    done = restore_backup(folder, kept[3], PASSPHRASE, clock=clock, as_it_was=True)
    opened = open_vault(folder, PASSPHRASE, clock=clock)
    with opened.read() as session:
        assert session.execute(text('SELECT "values" FROM draft')).scalar() == "5"
    opened.close()
    assert done.aside is not None and (folder / done.aside).exists()


def test_a_damaged_backup_is_not_restored(folder: Path, vault: Vault, clock: Any) -> None:
    path = vault.back_up()
    vault.close()
    before = (folder / "vault.db").read_bytes()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(bytes(content))
    with pytest.raises(EnvironmentProblem, match="damaged"):
        restore_backup(folder, path, PASSPHRASE, clock=clock)
    assert (folder / "vault.db").read_bytes() == before


def test_a_damaged_vault_says_so(folder: Path, vault: Vault, clock: Any) -> None:
    vault.close()
    path = folder / "vault.db"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(EnvironmentProblem, match="damaged"):
        open_vault(folder, PASSPHRASE, clock=clock)


def test_a_closed_vault_does_nothing_more(vault: Vault) -> None:
    actor = vault.actor(Role.VSU)
    vault.close()
    with pytest.raises(Defect, match="closed"), vault.write(actor):
        pass


def test_threads_wait_for_each_other(vault: Vault) -> None:
    actor = vault.actor(Role.VSU)

    def save(number: int) -> None:
        with vault.write(actor) as work:
            work.session.add(Case(id=work.new_id(), scope_id="5" * 32, number=str(number)))
            work.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(save, range(24)))
    with vault.read() as session:
        assert {int(number or -1) for number in session.scalars(select(Case.number))} == set(range(24))
        assert audit.verify(session).entries == 24


def test_closing_twice_is_fine_and_leaves_one_file(folder: Path, vault: Vault) -> None:
    vault.close()
    vault.close()
    assert not (folder / "vault.db-wal").exists()

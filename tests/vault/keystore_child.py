"""What the keystore does with a real vault, run beside a real keystore: `python -m tests.vault.keystore_child FOLDER`.

Prints `ok` once everything held. Run by `test_keystore.py` inside a session bus of its own.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from app.errors import EnvironmentProblem, NeedsRecovery, RuleBroken
from app.models.vocab import Role
from app.vault import keys, keystore, slots, state, trying
from app.vault.keys import KdfSetting
from app.vault.throttle import witness_of
from app.vault.vault import Owner, Vault, create_vault, open_vault, open_with_recovery, utc_now

PASSPHRASE = "five unrelated garden words"
OTHER = "another set of garden words"
CHEAP = KdfSetting(memory_kib=64, passes=1, lanes=1)


def refused(kind: type[Exception], words: str, call: object) -> None:
    """Something has to be refused with these words."""
    try:
        call()  # type: ignore[operator]
    except kind as problem:
        assert words in str(problem), str(problem)
        return
    raise AssertionError(f"not refused: {words}")


def witness() -> None:
    """Remember, recall, replace, forget."""
    assert keystore.available()
    assert keystore.recall("v1", "anchor") is None
    assert keystore.remember("v1", "anchor", "7 abc") and keystore.remember("v2", "anchor", "1 xyz")
    assert keystore.remember("v1", "anchor", "8 abd")
    assert keystore.recall("v1", "anchor") == "8 abd" and keystore.recall("v2", "anchor") == "1 xyz"
    keystore.forget("v1", "anchor")
    keystore.forget("v1", "anchor")
    assert keystore.recall("v1", "anchor") is None and keystore.recall("v2", "anchor") == "1 xyz"


def bound(vault: Vault, folder: Path, recovery: str) -> None:
    """Bind, change the passphrase, lose the half, recover."""
    refused(RuleBroken, "Practise the recovery first", lambda: vault.bind_to_keystore(PASSPHRASE))
    vault.drill(recovery)
    refused(RuleBroken, "does not open", lambda: vault.bind_to_keystore(OTHER))
    vault.bind_to_keystore(PASSPHRASE)
    assert vault.keys_state().bound
    vault.change_passphrase(PASSPHRASE, OTHER)
    vault.set_duress("a second phrase of pond words", bytes(32))
    vault.close()
    file = slots.read(folder)
    assert slots.open_with_passphrase(file, OTHER) is None, "copied files alone open nothing"
    assert keystore.recall(file.vault_id, "tries") is not None, "the keystore counts tries too"
    again = open_vault(folder, OTHER)
    again.unbind_from_keystore(OTHER)
    assert (
        not again.keys_state().bound and keystore.recall(file.vault_id, trying.half_name(file.bound_id or "")) is None
    )
    again.bind_to_keystore(OTHER)
    again.close()
    open_vault(folder, OTHER).close()
    bound_id = slots.read(folder).bound_id
    assert bound_id is not None and bound_id != file.bound_id
    keystore.forget(file.vault_id, trying.half_name(bound_id))
    refused(EnvironmentProblem, "use the recovery key", lambda: open_vault(folder, OTHER))
    opened = open_with_recovery(folder, recovery)
    opened.set_passphrase(PASSPHRASE, CHEAP)
    assert not opened.keys_state().bound
    opened.close()
    open_vault(folder, PASSPHRASE).close()


def tries(vault: Vault, folder: Path, recovery: str) -> None:
    """Every file put back, and still the keystore knows better."""
    vault.drill(recovery)
    vault.bind_to_keystore(PASSPHRASE)
    vault.close()
    places = [folder / "tries.a", folder / "tries.b", witness_of(folder, vault.vault_id)]
    kept = {path: path.read_bytes() for path in places}
    for left in (4, 3):
        refused(RuleBroken, "does not open", lambda: open_vault(folder, "not the right words at all"))
        assert left
    for path, content in kept.items():
        path.write_bytes(content)
    refused(RuleBroken, "was moved", lambda: open_vault(folder, PASSPHRASE))


def rolled_back(vault: Vault, folder: Path, recovery: str) -> None:
    """The whole folder put back: only the keystore knows that something newer was saved."""
    vault.drill(recovery)
    vault.bind_to_keystore(PASSPHRASE)
    vault.close()
    old = folder.with_name("old")
    shutil.copytree(folder, old)
    with open_vault(folder, PASSPHRASE) as opened, opened.settling() as session:
        state.put(session, "anything", "newer")
    shutil.rmtree(folder)
    shutil.copytree(old, folder)
    door = trying.Door(folder, slots.read(folder), utc_now)
    door.throttle.start()
    refused(NeedsRecovery, "older data", lambda: open_vault(folder, PASSPHRASE))
    with open_vault(folder, PASSPHRASE, recover=True) as opened:
        assert opened.recovered is not None and opened.recovered.missing, "it says that something is missing"
    open_vault(folder, PASSPHRASE).close()
    with open_vault(folder, PASSPHRASE) as opened:
        chosen = opened.back_up()
        with opened.settling() as session:
            state.put(session, "anything", "newest")
        opened.restore(chosen, as_it_was=True)
    open_vault(folder, PASSPHRASE).close()


def made(folder: Path) -> tuple[Vault, str]:
    """A new vault."""
    return create_vault(folder, PASSPHRASE, "laptop", owner=Owner("A. Example", (Role.VSU,)), setting=CHEAP)


def main() -> None:
    """All of it, on new vaults."""
    keys.FLOOR = CHEAP
    keys.calibrated = lambda seconds=1.0: CHEAP
    home = Path(sys.argv[1])
    witness()
    for name, act in (("one", bound), ("two", tries), ("three", rolled_back)):
        vault, recovery = made(home / name)
        act(vault, home / name, recovery)
    sys.stdout.write("ok\n")


if __name__ == "__main__":
    main()

"""Saves numbered records into a vault until it is killed, and prints each number once it is saved.

Run by `test_kill_save.py`. The outer process imports everything once and forks a saver for each line it reads, so that
a round takes milliseconds: `python -m tests.faults.saving_child FOLDER PASSPHRASE`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from app.models.crisis import Case
from app.models.vocab import Role, ScopeKind
from app.models.work import Actor
from app.vault import keys
from app.vault.keys import KdfSetting
from app.vault.vault import Owner, Vault, create_vault, open_vault

CHEAP = KdfSetting(memory_kib=64, passes=1, lanes=1)


def save_for_ever(folder: Path, passphrase: str, first: int) -> None:
    """One record an act, each number printed after its commit."""
    vault = open_vault(folder, passphrase)
    actor = vault.actor(Role.VSU)
    os.write(1, b"ready\n")
    number = first
    while True:
        save(vault, actor, number)
        os.write(1, f"saved {number}\n".encode())
        number += 1


def save(vault: Vault, actor: Actor, number: int) -> None:
    """One record, some of them edited within the same act."""
    with vault.write(actor) as work:
        scope = work.open_scope(ScopeKind.CASE, "anchor")
        record_id = work.new_id()
        work.session.add(Case(id=record_id, scope_id=scope, number=str(number)))
        work.session.flush()
        if number % 3 == 0:
            work.session.get_one(Case, record_id).removed_reason = "edited within the same act"
        work.commit()


def warm_up() -> None:
    """Save once elsewhere, so that a forked saver begins at its full speed."""
    with tempfile.TemporaryDirectory() as elsewhere:
        owner = Owner("A. Example", (Role.VSU,))
        vault, recovery = create_vault(
            Path(elsewhere) / "vault", "a phrase that nobody needs", "x", owner=owner, setting=CHEAP
        )
        vault.prove_recovery(recovery)
        save(vault, vault.actor(Role.VSU), 0)
        vault.close()


def main() -> None:
    """Fork a saver for each line with a first number, and say when it is dead."""
    folder, passphrase = Path(sys.argv[1]), sys.argv[2]
    keys.FLOOR = CHEAP
    warm_up()
    for line in sys.stdin:
        saver = os.fork()
        if saver == 0:
            save_for_ever(folder, passphrase, int(line))
        os.write(1, f"saver {saver}\n".encode())
        os.waitpid(saver, 0)
        os.write(1, b"dead\n")


if __name__ == "__main__":
    main()

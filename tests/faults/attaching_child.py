"""Attaches files to a record until it is killed, and prints each once it is saved. Run by `test_kill_attachment.py`.

Forks a worker for each seed that it reads: `python -m tests.faults.attaching_child FOLDER PASSPHRASE`.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

from app.models.attachments import Attachment
from app.models.vocab import AttachmentKind, Role, ScopeKind
from app.vault import keys
from app.vault.chunks import BODY
from app.vault.vault import open_vault
from tests.faults.saving_child import CHEAP, warm_up


def content_of(seed: int) -> bytes:
    """The file of a seed: a few bytes, or a few chunks."""
    rng = random.Random(seed)
    return rng.randbytes(rng.choice((10, 5_000, BODY, 2 * BODY + 77)))


def attach_for_ever(folder: Path, passphrase: str, seed: int) -> None:
    """One file an act; now and then one is removed. Each is printed after its commit."""
    vault = open_vault(folder, passphrase)
    actor, agency = vault.actor(Role.VSU), vault.agency_id
    os.write(1, b"ready\n")
    while True:
        seed += 1
        content = content_of(seed)
        sealed = vault.attachments.keep_bytes(content, 1 << 30)
        with vault.write(actor) as work:
            made = Attachment(
                id=work.new_id(),
                scope_id=work.open_scope(ScopeKind.AGENCY, agency),
                owner_kind="organization",
                owner_id=str(seed),
                kind=AttachmentKind.FILE,
                size=sealed.size,
                chunks=list(sealed.chunks),
                key=sealed.key,
            )
            work.session.add(made)
            work.commit()
        os.write(1, f"saved {seed}\n".encode())
        if seed % 3 == 0:
            with vault.write(actor) as work:
                work.session.get_one(Attachment, made.id).removed_at = work.now()
                work.commit()
            os.write(1, f"removed {seed}\n".encode())


def main() -> None:
    """Fork a worker for each line with a seed, and say when it is dead."""
    folder, passphrase = Path(sys.argv[1]), sys.argv[2]
    keys.FLOOR = CHEAP
    warm_up()
    for line in sys.stdin:
        worker = os.fork()
        if worker == 0:
            attach_for_ever(folder, passphrase, int(line))
        os.write(1, f"worker {worker}\n".encode())
        os.waitpid(worker, 0)
        os.write(1, b"dead\n")


if __name__ == "__main__":
    main()

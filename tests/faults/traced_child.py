"""Saves numbered records and makes backups between them, while its writes are recorded (`test_power_loss.py`).

`python -m tests.faults.traced_child FOLDER PASSPHRASE COUNT`: prints each number once it is saved.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.models.vocab import Role
from app.vault import keys
from app.vault.vault import open_vault
from tests.faults.saving_child import CHEAP, save

BACKUP_EACH = 9


def main() -> None:
    """Save, and back up now and then."""
    keys.FLOOR = CHEAP
    folder, passphrase, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    with open_vault(folder, passphrase) as vault:
        actor = vault.actor(Role.VSU)
        for number in range(count):
            save(vault, actor, number)
            os.write(1, f"saved {number}\n".encode())
            if number % BACKUP_EACH == BACKUP_EACH - 1:
                vault.back_up()


if __name__ == "__main__":
    main()

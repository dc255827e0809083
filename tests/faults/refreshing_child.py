"""Sets second passphrases and refreshes the reduced workspace without end, until it is killed.

`python -m tests.faults.refreshing_child FOLDER PASSPHRASE SECOND THIRD`: says which passphrase is set once it is, and
`refreshed` after each refresh.
"""

from __future__ import annotations

import os
import sys
from itertools import cycle
from pathlib import Path

from app.vault import keys, reducing
from app.vault.keys import KdfSetting
from app.vault.vault import open_vault

CHEAP = KdfSetting(memory_kib=64, passes=1, lanes=1)


def main() -> None:
    """One after the other."""
    keys.FLOOR = CHEAP
    folder, own, second, third = Path(sys.argv[1]), *sys.argv[2:5]
    vault = open_vault(folder, own)
    os.write(1, b"ready\n")
    for place, phrase in enumerate(cycle((third, second))):
        os.write(1, f"setting {(place + 1) % 2}\n".encode())
        reducing.set_up(vault, phrase)
        os.write(1, f"set {(place + 1) % 2}\n".encode())
        reducing.refresh(vault)
        os.write(1, b"refreshed\n")


if __name__ == "__main__":
    main()

"""Opens a vault and saves numbered records on a disk that fails (`test_write_errors.py`, by way of strace).

`python -m tests.faults.failing_child FOLDER PASSPHRASE COUNT`: a line for each act, then it dies without closing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.errors import EnvironmentProblem
from app.models.vocab import Role
from app.vault import keys
from app.vault.vault import open_vault
from tests.faults.saving_child import CHEAP, save


def main() -> None:
    """Each act either says that it is saved, or a sentence."""
    keys.FLOOR = CHEAP
    folder, passphrase, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    try:
        vault = open_vault(folder, passphrase, counted=False)
    except EnvironmentProblem as problem:
        say(f"closed {problem.sentence}")
        return
    actor = vault.actor(Role.VSU)
    for number in range(count):
        try:
            save(vault, actor, number)
        except EnvironmentProblem as problem:
            say(f"refused {number} {problem.sentence}")
        else:
            say(f"saved {number}")


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    try:
        main()
    except BaseException as error:
        say(f"defect {error!r}")
    os._exit(0)

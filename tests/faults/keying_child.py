"""Changes the keys of a vault again and again until it is killed, and prints what it is about to do.

`python -m tests.faults.keying_child FOLDER`: imports everything once and forks a changer for each line it reads, which
holds the passphrase that opens now and the recovery key. Run by `test_kill_keys.py`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.vault import keys
from app.vault.keys import KdfSetting
from app.vault.vault import open_vault

CHEAP = KdfSetting(memory_kib=64, passes=1, lanes=1)
OTHER_CHEAP = KdfSetting(memory_kib=80, passes=1, lanes=1)
SECOND = "a second phrase of pond words"


def change_for_ever(folder: Path, phrase: str, recovery: str) -> None:
    """Each change is said before it begins, with the secret that comes in."""
    vault = open_vault(folder, phrase)
    number = 0
    while True:
        fresh = f"{number} another set of garden words {os.getpid()}"
        say("phrase", fresh)
        vault.change_passphrase(phrase, fresh)
        say("kept", fresh)
        phrase = fresh
        say("duress", SECOND)
        vault.set_duress(SECOND, bytes(32))
        vault.clear_duress()
        fresh_recovery = vault.fresh_recovery()
        say("recovery", fresh_recovery)
        vault.replace_recovery(fresh_recovery)
        say("rekept", fresh_recovery)
        anew = f"{number} set after a recovery {os.getpid()}"
        say("phrase", anew)
        vault.set_passphrase(anew, OTHER_CHEAP if number % 2 else CHEAP)
        say("kept", anew)
        phrase = anew
        number += 1


def say(word: str, value: str) -> None:
    """One line, at once."""
    os.write(1, f"{word}\t{value}\n".encode())


def main() -> None:
    """Fork a changer for each line: passphrase, tab, recovery key."""
    folder = Path(sys.argv[1])
    keys.FLOOR = CHEAP
    for line in sys.stdin:
        phrase, recovery = line.rstrip("\n").split("\t")
        changer = os.fork()
        if changer == 0:
            change_for_ever(folder, phrase, recovery)
        say("changer", str(changer))
        os.waitpid(changer, 0)
        say("dead", "")


if __name__ == "__main__":
    main()

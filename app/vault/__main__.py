"""The vault from the command line, for an administrator beside the person whose vault it is.

    python -m app.vault restore FOLDER [--backup FILE]

puts a backup (the newest, unless one is named) in the place of a damaged vault. The passphrase is asked for; the file
that was there is kept beside it.

    python -m app.vault drill FOLDER [--stdin] [--json]

proves that the recovery key, or two of its sheets, opens the vault (`drill.py`).
"""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from app.errors import EnvironmentProblem, HavenError
from app.vault import backup, drill
from app.vault.vault import restore_backup
from app.words import mark, tr


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m app.vault", description=tr("Look after a vault"))
    commands = parser.add_subparsers(dest="command", required=True)
    restore = commands.add_parser("restore", help=tr("put a backup in the place of a damaged vault"))
    restore.add_argument("folder", type=Path, help=tr("the vault's folder"))
    restore.add_argument("--backup", type=Path, help=tr("the backup; the newest without it"))
    drill.add_to(commands)
    asked = parser.parse_args(arguments)
    if asked.command == "drill":
        return drill.run(asked)
    try:
        kept = restore_backup(
            asked.folder, asked.backup or _newest(asked.folder), getpass.getpass(tr("Passphrase") + ": ")
        )
    except HavenError as problem:
        sys.stderr.write(problem.sentence + "\n")
        return 1
    sys.stdout.write(tr("Restored. The file that was there is kept as {name}.", name=kept.name) + "\n")
    return 0


def _newest(folder: Path) -> Path:
    found = backup.listed(folder)
    if not found:
        raise EnvironmentProblem(mark("There is no backup in this vault's folder."))
    return found[0]


if __name__ == "__main__":
    raise SystemExit(main())

"""The vault from the command line, for an administrator beside the person whose vault it is.

    python -m app.vault check FOLDER [--mend]              whether everything in the folder is sound and fits together
    python -m app.vault trail FOLDER                       whether the audit trails that came here are whole
    python -m app.vault backup FOLDER                      a verified backup now
    python -m app.vault restore FOLDER [--backup FILE]     a damaged vault brought back
    python -m app.vault drill FOLDER [--stdin] [--json]    whether what lies in the safe opens the vault (`drill.py`)

The passphrase is asked for, or read from standard input with `--passphrase-stdin`. `check` changes neither database,
journal nor anchor and prints one JSON object; its exit code is 1 when something is not sound. With `--mend` it first
brings missing and damaged files of attachments back from the backups' copies, and removes those that a crash left over.
`trail` prints one JSON object too, with the first entry of each device that is missing or damaged.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from pathlib import Path

from app.errors import EnvironmentProblem, HavenError, NeedsRecovery
from app.vault import backup, check, drill, trail
from app.vault.recovery import Recovery
from app.vault.trail import Standing, Trail
from app.vault.vault import open_vault, restore_backup, unlocked
from app.words import mark, tr

Command = Callable[[argparse.Namespace], int]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m app.vault", description=tr("Look after a vault"))
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (help_text, run) in _COMMANDS.items():
        one = commands.add_parser(name, help=tr(help_text))
        one.add_argument("folder", type=Path, help=tr("the vault's folder"))
        one.add_argument("--passphrase-stdin", action="store_true", help=tr("read the passphrase from standard input"))
        if name == "check":
            one.add_argument("--mend", action="store_true", help=tr("mend the files of attachments first"))
        if name == "restore":
            one.add_argument("--backup", type=Path, help=tr("the backup; the best way back without it"))
            one.add_argument("--as-it-was", action="store_true", help=tr("without what was saved since the backup"))
        one.set_defaults(run=run)
    drill.add_to(commands)
    asked = parser.parse_args(arguments)
    chosen: Command = asked.run
    try:
        return chosen(asked)
    except HavenError as problem:
        sys.stderr.write(problem.sentence + "\n")
        return 1


def _check(asked: argparse.Namespace) -> int:
    passphrase = _passphrase(asked)
    if asked.mend:
        with open_vault(asked.folder, passphrase) as vault:
            vault.mend_attachments()
            vault.tidy_attachments()
    file, data_key = unlocked(asked.folder, passphrase)
    report = check.checked(asked.folder, file.vault_id, data_key)
    sys.stdout.write(json.dumps(report) + "\n")
    return 0 if report["ok"] else 1


def _trail(asked: argparse.Namespace) -> int:
    with open_vault(asked.folder, _passphrase(asked)) as vault, vault.read() as session:
        found = trail.trails(session)
    devices = [_told(one) for one in found]
    sound = all(one.standing in (Standing.WHOLE, Standing.NONE) for one in found)
    sys.stdout.write(json.dumps({"ok": sound, "devices": devices}) + "\n")
    return 0 if sound else 1


def _told(one: Trail) -> dict[str, object]:
    until = None if one.until is None else one.until.isoformat()
    told = {"device": one.device_id, "trail": str(one.standing), "entries": one.entries, "row": one.row}
    return told | {"sealed": one.sealed, "until": until}


def _backup(asked: argparse.Namespace) -> int:
    with open_vault(asked.folder, _passphrase(asked)) as vault:
        path = vault.back_up()
    sys.stdout.write(tr("Backed up and verified: {name}", name=path.name) + "\n")
    return 0


def _restore(asked: argparse.Namespace) -> int:
    passphrase = _passphrase(asked)
    if asked.backup is not None:
        done = restore_backup(asked.folder, asked.backup, passphrase, as_it_was=asked.as_it_was)
        _say_done(done)
        return 0
    if asked.as_it_was:
        raise EnvironmentProblem(mark("Name the backup that is to be restored as it was."))
    try:
        open_vault(asked.folder, passphrase).close()
    except NeedsRecovery as needed:
        for said in (needed.plan.found, needed.plan.remedy, needed.plan.outcome):
            sys.stdout.write(said.sentence + "\n")
        with open_vault(asked.folder, passphrase, recover=True) as vault:
            if vault.recovered is not None:
                _say_done(vault.recovered)
        return 0
    if not backup.listed(asked.folder):
        raise EnvironmentProblem(mark("This vault opens, and there is no backup in its folder. Nothing was changed."))
    sys.stdout.write(tr("This vault opens and is what was last saved. Nothing was changed.") + "\n")
    return 0


def _say_done(done: Recovery) -> None:
    sys.stdout.write(done.sentence + "\n")
    if done.aside is not None:
        sys.stdout.write(tr("The file that was there is kept as {name}.", name=done.aside) + "\n")


def _passphrase(asked: argparse.Namespace) -> str:
    if asked.passphrase_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return getpass.getpass(tr("Passphrase") + ": ")


_COMMANDS: dict[str, tuple[str, Command]] = {
    "check": (mark("say whether everything in a vault's folder is sound"), _check),
    "trail": (mark("say whether the audit trails that came here are whole"), _trail),
    "backup": (mark("make a verified backup"), _backup),
    "restore": (mark("bring a damaged vault back"), _restore),
}


if __name__ == "__main__":
    raise SystemExit(main())

"""`python -m app.vault drill FOLDER`: does what lies in the safe open this vault? Changes nothing but the note of it.

The recovery key, or two of its sheets, is asked for hidden, or read whole from the standard input. A printed line says
how it went, or with `--json` an object: `opens`, `with` (`key` or `shares`), `at`, and `problem` when it does not.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.errors import HavenError
from app.vault import shares
from app.vault.key_changes import SHARES
from app.vault.vault import drill
from app.words import tr


def add_to(commands: Any) -> None:
    """Add the command to the ones of `python -m app.vault`."""
    parser = commands.add_parser("drill", help=tr("prove that the recovery key, or two of its sheets, opens a vault"))
    parser.add_argument("folder", type=Path, help=tr("the vault's folder"))
    parser.add_argument("--stdin", action="store_true", help=tr("read the key or the words from the standard input"))
    parser.add_argument("--json", action="store_true", help=tr("print an object instead of a sentence"))
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Run it; 0 when the vault opens."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        kind = drill(asked.folder, sys.stdin.read() if asked.stdin else _typed())
    except HavenError as problem:
        if asked.json:
            _print({"opens": False, "at": at, "problem": problem.sentence})
        else:
            sys.stderr.write(problem.sentence + "\n")
        return 1
    if asked.json:
        _print({"opens": True, "with": kind, "at": at})
    elif kind == SHARES:
        sys.stdout.write(tr("It opens, with two sheets. Put them back into their places.") + "\n")
    else:
        sys.stdout.write(tr("It opens, with the recovery key. Put it back into the safe.") + "\n")
    return 0


def _typed() -> str:
    """The whole key, or the words of two sheets one after the other."""
    first = getpass.getpass(tr("Recovery key, or the words of one sheet") + ": ")
    if not shares.are_shares(first):
        return first
    return f"{first}\n{getpass.getpass(tr('Words of another sheet') + ': ')}"


def _print(answer: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")

"""The command line: `python -m app` opens the desktop.

    python -m app [--home DIR] [--vault NAME | --choose] [--demonstration]
    python -m app vault check|backup|restore|drill FOLDER     the same as `python -m app.vault`, for an installed Haven
    python -m app --about                                     what this installation stands on, as JSON

`--child documents`, `--child forms` and `--child pictures` are how Haven starts its own helper processes: the one that
draws documents, the one that reads forms, the one that decodes pictures."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from pathlib import Path

from app.vault.lock import harden_process
from app.words import tr


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for; the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["vault"]:
        return _look_after_vault(given[1:])
    parser = argparse.ArgumentParser(prog="haven", description="Haven for victim services")
    parser.add_argument("--home", type=Path, help="folder for this person's vaults and settings")
    parser.add_argument("--vault", help="name of the vault to unlock")
    parser.add_argument("--waiting", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--choose", action="store_true", help="ask whose vault it is, with nobody chosen")
    parser.add_argument("--demonstration", action="store_true", help="open the made-up region at once")
    parser.add_argument("--about", action="store_true", help="say what this installation stands on, as JSON")
    parser.add_argument("--child", choices=["documents", "forms", "pictures"], help=argparse.SUPPRESS)
    asked = parser.parse_args(given)
    harden_process()
    if asked.child == "documents":
        return _draw_documents()
    if asked.child == "forms":
        return _read_form()
    if asked.child == "pictures":
        return _decode_picture()
    if asked.about:
        return _say_about()
    if not _has_display():
        sys.stderr.write(tr("Haven needs a screen, and there is none here; `make tour` shows it without one.") + "\n")
        return 2
    gc.disable()  # until the desktop collects by itself (app/views/collecting.py): importing leaves little behind
    from app import desktop  # the windows' libraries are not wanted in the child

    return desktop.run(
        asked.home,
        vault_name=asked.vault,
        waiting=asked.waiting,
        choose=asked.choose,
        demonstration=asked.demonstration,
    )


def _look_after_vault(arguments: list[str]) -> int:
    from app.vault.__main__ import main as look_after

    harden_process()
    return look_after(arguments)


def _say_about() -> int:
    from app import about

    sys.stdout.write(json.dumps(about.about()) + "\n")
    return 0


def _draw_documents() -> int:
    from app.documents import child

    child.serve(sys.stdin.buffer, sys.stdout.buffer)
    return 0


def _read_form() -> int:
    from app.forms import child

    child.serve(sys.stdin.buffer, sys.stdout.buffer)
    return 0


def _decode_picture() -> int:
    from app.pictures import child

    child.serve(sys.stdin.buffer, sys.stdout.buffer)
    return 0


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    return bool(chosen) or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


if __name__ == "__main__":
    raise SystemExit(main())

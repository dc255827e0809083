"""Where the bearings in a file cross: `python -m app.locate BEARINGS.csv [--at TIME] [--language en|fr]`.

Prints JSON (`app/locate/answer.py` says what is in it; `app/locate/table.py` what the file may hold). Exit codes: 0 an
answer was printed, fix or not (`status` tells); 1 the file cannot be read or holds what is not a bearing, one sentence
says what and where; 2 the command was not understood.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path

from app import words
from app.errors import HavenError, RuleBroken
from app.locate import answer, table
from app.locate.bearing import Bearing
from app.locate.calculate import locate
from app.words import mark, tr


def main(arguments: list[str] | None = None) -> int:
    """Run the command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m app.locate", description=tr("Where bearings cross"))
    parser.add_argument("bearings", type=Path, help=tr("a table of bearings (CSV)"))
    parser.add_argument("--at", help=tr("the time that ages are counted to; the newest bearing's without it"))
    parser.add_argument("--language", choices=words.LANGUAGES, default="en", help=tr("the language of the sentences"))
    asked = parser.parse_args(arguments)
    words.use(asked.language)
    try:
        bearings = table.read(asked.bearings)
        fix = locate(bearings, at=_at(asked.at, bearings))
    except HavenError as problem:
        sys.stderr.write(problem.sentence + "\n")
        return 1
    sys.stdout.write(json.dumps(answer.as_json(fix), ensure_ascii=False, indent=2) + "\n")
    return 0


def _at(text: str | None, bearings: list[Bearing]) -> datetime | None:
    if text is None:
        return None
    try:
        return table.moment_after(text, bearings)
    except ValueError as problem:
        raise RuleBroken(mark("The time after --at cannot be read."), field="at") from problem


if __name__ == "__main__":
    raise SystemExit(main())

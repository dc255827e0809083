"""House rules that no ready-made linter knows: `python -m tests.lint` (safety.md 2 and 5.1, style.md).

Each rule is a pattern, the files it is allowed in, and the reason.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Rule:
    """`pattern` may stand only in the files named; `why` is shown when it stands elsewhere."""

    pattern: re.Pattern[str]
    allowed: frozenset[str]
    why: str
    under: str = "app"


RULES = (
    Rule(
        re.compile(r"pragma\s+(re)?key", re.IGNORECASE),
        frozenset({"app/vault/engine.py", "app/sync/server/stores/embedded.py"}),
        "exactly one function keys a connection, with exactly 32 bytes",
    ),
    Rule(
        re.compile(r"\b(QLabel|QTextEdit|QTextBrowser)\("),
        frozenset({"app/views/common/text.py"}),
        "people's text is shown by app/views/common/text.py only: the bare classes read markup",
        "app/views",
    ),
    Rule(
        re.compile(r"\b(QLabel|QTextEdit|QTextBrowser)\)\s*:"),
        frozenset({"app/views/common/text.py"}),
        "people's text is shown by app/views/common/text.py only: the bare classes read markup",
        "app/views",
    ),
    Rule(
        re.compile(r"\b(tr|trn|mark)\(\s*f[\"']"), frozenset(), "an f-string cannot be translated: give values by name"
    ),
    Rule(re.compile(r"\bQtCharts\b"), frozenset({"app/views/common/chart.py"}), "QtCharts is GPL: see decision 8"),
    Rule(
        re.compile(r"\bQSettings\b"),
        frozenset({"app/desktop.py"}),
        "settings go through app/profile.py, which has an allow-list",
    ),
    Rule(re.compile(r"\bsetStyleSheet\("), frozenset({"app/views/style.py"}), "looks live in resources/theme"),
    Rule(
        re.compile(r"^\s*import sqlite3|^\s*from sqlite3", re.M),
        frozenset(),
        "the interpreter's sqlite3 may be too old",
    ),
    Rule(
        re.compile(r"^\s*(import|from) psycopg\b", re.M),
        frozenset({"app/sync/server/stores/postgres.py"}),
        "one file of the server knows PostgreSQL's driver",
    ),
    Rule(
        re.compile(r"^\s*(import|from) (jwt|urllib\.request)\b", re.M),
        frozenset({"app/sync/server/provider.py"}),
        "one file of the server asks the agency's identity provider and reads its tokens",
        "app/sync/server",
    ),
    Rule(
        re.compile(r"^\s*(import|from) sqlcipher3\b", re.M),
        frozenset({"app/sync/server/stores/embedded.py"}),
        "one file of the server knows the embedded engine",
        "app/sync",
    ),
    Rule(
        re.compile(r"threading\.Thread\("),
        frozenset(
            {
                "app/views/tasks.py",
                "app/background_sync.py",
                "app/look_watch.py",  # rests for minutes at a time while somebody types: a job would count as under way
                "app/desktop.py",
                "app/documents/renderer.py",
                "app/documents/child.py",
                "app/sync/client/cutting.py",  # watches the deadlines of all exchanges, and touches nothing but sockets
                "app/sync/client/transport.py",  # asks ahead, and touches nothing but its own request
                "app/sync/server/stores/postgres.py",  # the server has no window
                "app/sync/server/workers.py",
                "app/vault/keystore.py",  # a keystore that does not answer must not hold the door shut
            }
        ),
        "windows never start a thread: tasks is the one door",
    ),
)


def broken() -> list[str]:
    """Every line that breaks a rule, as `file:line: why`."""
    found = []
    for rule in RULES:
        for file in sorted((ROOT / rule.under).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            if name in rule.allowed:
                continue
            text = file.read_text(encoding="utf-8")
            found += [
                f"{name}:{text.count(chr(10), 0, hit.start()) + 1}: {rule.why}" for hit in rule.pattern.finditer(text)
            ]
    return found


if __name__ == "__main__":
    lines = broken()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    raise SystemExit(1 if lines else 0)

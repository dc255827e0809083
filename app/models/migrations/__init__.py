"""The revisions of the vault's tables. They stand alone: none imports anything of the application.

To add one: a file `versions/NNNN_what.py` with `upgrade` and `downgrade`, its number at the end of `REVISIONS`.
`tests/vault/test_migrations.py` compares the migrated tables with the models and runs every revision up and down.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0010",
    "0011",
    "0012",
    "0013",
    "0015",
    "0016",
    "0017",
    "0018",
)
"""Every revision, oldest first; the last is what this version of Haven needs."""
HEAD = REVISIONS[-1]

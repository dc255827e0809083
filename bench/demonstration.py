"""Filling an empty vault with the demonstration: 250 cases with two years of history (goal: under 10 s)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from app import bootstrap
from bench.figures import figure, seconds


def main() -> int:
    """From nothing to a filled vault, its key and its tables included."""
    with tempfile.TemporaryDirectory() as folder:
        taken = seconds(lambda: bootstrap.make_demonstration(Path(folder) / "vault").close())
    return 0 if figure("demonstration.load_s", taken, "s", goal=10, of_ratio=False) else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""The simulator's command: one seed again with each step told, or many with their figures."""

from __future__ import annotations

import argparse
import shutil
import sys

from tests.simulator.many import play_many
from tests.simulator.schedule import play
from tests.simulator.world import quick_folder, template_in


def main() -> int:
    """Returns 1 when something did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description="plays schedules of synchronisation")
    parser.add_argument("--seed", type=int, help="play this one and tell each step")
    parser.add_argument("--schedules", type=int, default=100, help="play so many, from --first on")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1, help="in so many processes")
    asked = parser.parse_args()
    folder = quick_folder()
    try:
        template = template_in(folder)
        if asked.seed is None:
            seeds = range(asked.first, asked.first + asked.schedules)
            return 0 if play_many(seeds, template, folder, _say, asked.workers).converged else 1
        result = play(asked.seed, template, folder, _say)
        for line in result.broken:
            _say(f"BROKEN {line}")
        _say(f"seed {asked.seed}: {'converged' if result.converged else 'broken'}")
        return 0 if result.converged else 1
    finally:
        shutil.rmtree(folder)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

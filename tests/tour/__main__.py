"""Runs the tour from end to end: `make tour`, or `python -m tests.tour` on a screen. Fails when any step fails.

A real server process; a supervisor, a worker and a volunteer, each with a vault of their own; the worker's call-out
happens while the server is down.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.tour.server import TourServer

PICTURES = Path(__file__).resolve().parent.parent.parent / "out" / "tour"


class Tour:
    """The parts in order, each in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._picture = 1

    def part(self, name: str, person: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
        """Let one person sit down once."""
        begun = time.monotonic()
        command = [sys.executable, "-m", "tests.tour.session", name, str(self._folder / person), str(self._picture)]
        done = subprocess.run([*command, json.dumps(given or {})], capture_output=True, text=True, timeout=170)
        lines = done.stdout.strip().splitlines()
        outcome: dict[str, Any] = json.loads(lines[-1]) if lines else {"failed": done.stderr[-4000:]}
        if "failed" in outcome or done.returncode:
            sys.stderr.write(f"{name} ({person}) failed:\n{outcome.get('failed')}\n{done.stderr[-3000:]}\n")
            sys.stderr.write(f"said on screen: {outcome.get('said')}\n")
            raise SystemExit(1)
        self._picture = int(outcome["next"])
        sys.stdout.write(f"{name:14} {person:12} {time.monotonic() - begun:5.1f} s\n")
        sys.stdout.flush()
        return outcome


def main() -> int:
    """The main job, and then the demonstration."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="haven-tour-") as kept:
        folder = Path(kept)
        server = TourServer(folder / "server")
        server.start()
        try:
            _run(Tour(folder), server)
        finally:
            server.stop()
    pages = sorted(path.name for path in PICTURES.glob("*.pdf"))
    pictures = len(list(PICTURES.glob("*.png")))
    sys.stdout.write(f"{pictures} pictures, {len(pages)} PDFs ({', '.join(pages)}), {time.monotonic() - begun:.0f} s\n")
    return 0


def _run(tour: Tour, server: TourServer) -> None:
    people = {
        "supervisor": ("Morgan Supervisor-Example", ["SUP"], ["supervisors", "unit", "staff"]),
        "worker": ("Robin Worker-Example", ["VSU"], ["unit", "staff"]),
        "volunteer": ("Alex Volunteer-Example", ["VOL"], ["staff"]),
        "coordinator": ("Chris Coordinator-Example", ["REG"], ["registry", "searchers", "on_scene", "staff"]),
        "specialist": ("Erin Specialist-Example", ["ESS"], ["specialists", "searchers", "on_scene", "staff"]),
    }
    for person, (name, roles, groups) in people.items():
        tour.part("begin", person, {"address": server.address, "code": server.person(name, roles, groups)})
    tour.part("meet", "supervisor")  # the supervisor's device hands the newcomers the keys of their groups
    tour.part("meet", "worker")
    server.stop()
    offline = tour.part("call_out", "worker", {"responders": ["Robin", "Alex"]})
    server.start()
    sent = tour.part("send", "worker")
    if sent["received"] < offline["unsent"]:
        raise SystemExit("not everything that was written offline was received")
    tour.part("review", "supervisor")
    tour.part("correct", "worker")
    _drill(tour, server)
    tour.part("demonstration", "newcomer")


def _drill(tour: Tour, server: TourServer) -> None:
    """A missing person, as a drill: the specialist works without a network."""
    for person in ("specialist", "coordinator", "specialist"):
        tour.part("meet", person)
    tour.part("wearer", "coordinator")
    tour.part("meet", "specialist")
    server.stop()
    drill = tour.part("missing_person", "specialist")
    server.start()
    if not drill["first_signal"]:
        raise SystemExit("the first bearing is the first signal")


if __name__ == "__main__":
    raise SystemExit(main())

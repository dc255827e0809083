"""A form is loaded and answered, beside ODK's own engine on the same form, the same answers, in the same run.

`python -m bench.forms [XFORM]`. Without a form the verbal autopsy of 2016 is taken (550 binds, 420 relevance rules)
from the places that `tests/forms/published/NOTICE.md` names; where it is not, a made-up form of more than 500
questions. The peer needs npm and Chromium (`bench/peer_forms/peer.py`); without them our figures stand alone and the
run fails.
"""

from __future__ import annotations

import gc
import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from app.forms.definition import FormDefinition, load
from app.forms.session import FormSession
from bench import forms_made
from bench.figures import figure, seconds
from bench.peer_forms.peer import Job, Missing, ask, engine_name
from tests.forms.answering import steps
from tests.forms.driving import begin
from tests.forms.test_peer import NOW

ROOT = Path(__file__).resolve().parents[1]
WANTED = "whova_form.xml"
RUNS = 5
GOALS = {"forms.load": 0.25, "forms.answer_p95": 0.5, "forms.answer_max": 0.25, "forms.memory": 1.0}
CACHED_MS = 200
_MEMORY = "--memory"


def main(arguments: list[str]) -> int:
    """Measure, and print each figure beside the peer's."""
    if arguments[:1] == [_MEMORY]:
        return _grown(arguments[1:])
    xml, name = _form(arguments)
    definition = load(xml)
    session, chance = begin(definition, now=NOW), random.Random(name)
    rounds = [list(steps(session, chance)) for _ in range(2)]
    taken = [step for round_ in rounds for step in round_]
    ours = _ours(xml, taken, arguments)
    try:
        jobs = [Job(f"{name} {number}", xml.decode("utf-8"), rounds) for number in range(RUNS)]
        theirs = _theirs(ask(jobs, now=NOW.isoformat(), zone="UTC"))
    except Missing as missing:
        sys.stderr.write(f"{missing}\n")
        theirs = {}
    what = f"{engine_name()} on {name}, {xml.count(b'<bind')} binds, {len(taken)} answers"
    met = bool(theirs)
    for figure_name, unit in zip(GOALS, ("ms", "ms", "ms", "MB"), strict=True):
        value, goal = ours[figure_name], GOALS[figure_name] if theirs else None
        met &= figure(figure_name, value, unit, reference=what, reference_value=theirs.get(figure_name), goal=goal)
    cached = definition.to_bytes()
    again = _best(lambda: _first_page(FormDefinition.from_bytes(cached)))
    met &= figure("forms.load_cached", again, "ms", reference=name, goal=CACHED_MS, of_ratio=False)
    return 0 if met else 1


def _form(arguments: list[str]) -> tuple[bytes, str]:
    folders = [ROOT.parent / "shared" / "forms", ROOT / "out" / "published"]
    if named := os.environ.get("HAVEN_PUBLISHED_FORMS"):
        folders.insert(0, Path(named))
    found = [Path(name) for name in arguments]
    found += [path for folder in folders if folder.is_dir() for path in sorted(folder.rglob(WANTED))]
    return (found[0].read_bytes(), found[0].name) if found else (forms_made.form(), "a made-up form")


def _ours(xml: bytes, taken: list[dict[str, Any]], arguments: list[str]) -> dict[str, float]:
    times, worst = [], []
    for _ in range(RUNS):
        session = begin(load(xml), now=NOW)
        gc.collect()
        spent = [seconds(partial(_take, session, step)) * 1000 for step in taken]
        times += spent
        worst.append(max(spent))
    command = [sys.executable, "-m", "bench.forms", _MEMORY, *arguments]
    grown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return {
        "forms.load": _median(lambda: _first_page(load(xml))),
        "forms.answer_p95": _p95(times),
        "forms.answer_max": statistics.median(worst),
        "forms.memory": json.loads(grown.stdout) / 1e6,
    }


def _theirs(results: list[dict[str, Any]]) -> dict[str, float]:
    """The first run warms the peer and does not count, but for memory: later ones begin with its remains."""
    failed = [result["error"] for result in results if "error" in result]
    if failed:
        raise RuntimeError(f"the peer could not run the form: {failed[0]}")
    warm = results[1:]
    return {
        "forms.load": statistics.median(result["load"] + result["instance"] for result in warm),
        "forms.answer_p95": _p95([spent for result in warm for spent in result["times"]]),
        "forms.answer_max": statistics.median(max(result["times"]) for result in warm),
        "forms.memory": results[0]["memory"] / 1e6,
    }


def _first_page(definition: FormDefinition) -> None:
    session = begin(definition, now=NOW)
    for path in session.pages()[0].questions:
        session.node(path)
        session.choices(path)


def _take(session: FormSession, step: dict[str, Any]) -> None:
    """One answer, and the reading of all that it changed."""
    changed = session.set(step["path"], step["value"]) if "value" in step else session.add(step["path"])
    for path in changed.paths:
        session.node(path)


def _median(work: Callable[[], object]) -> float:
    gc.collect()
    work()
    return statistics.median(seconds(work) for _ in range(RUNS)) * 1000


def _best(work: Callable[[], object]) -> float:
    """The quickest run: where nothing is measured beside it, what else the computer does may only add to it."""
    gc.collect()
    work()
    return min(seconds(work) for _ in range(2 * RUNS)) * 1000


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _grown(arguments: list[str]) -> int:
    """By how many bytes a process grows that loads the form and answers it; the program itself does not count."""
    xml, name = _form(arguments)
    _first_page(load(forms_made.form()))
    gc.collect()
    before = _resident()
    session = begin(load(xml), now=NOW)
    list(steps(session, random.Random(name)))
    gc.collect()
    sys.stdout.write(json.dumps(_resident() - before))
    return 0


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGESIZE")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

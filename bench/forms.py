"""A form is loaded and answered, beside ODK's own engine on the same form, the same answers, in the same run.

`python -m bench.forms [XFORM]`. Without a form the verbal autopsy of 2016 is taken (550 binds, 420 relevance rules) from the
places that `tests/forms/published/NOTICE.md` names; where it is not, the largest form that is in the tree. The peer needs
npm and Chromium (`bench/peer_forms/peer.py`); without them our figures stand alone and the run fails.
"""

from __future__ import annotations

import gc
import json
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from app.forms.definition import load
from app.forms.session import FormSession
from bench.figures import figure
from bench.peer_forms.peer import Job, Missing, ask, engine_name
from tests.forms.answering import steps
from tests.forms.driving import begin
from tests.forms.test_peer import NOW

ROOT = Path(__file__).resolve().parents[1]
LARGEST_HERE = ROOT / "tests/forms/published/enketo/Iraq_questionnaire_12.17.18_KC.xml"
WANTED = "whova_form.xml"
RUNS = 5
GOALS = {"forms.load": 0.25, "forms.answer_p95": 0.5, "forms.answer_max": 0.25, "forms.memory": 1.0}


def main(arguments: list[str]) -> int:
    """Measure, and print each figure beside the peer's."""
    if arguments[:1] == ["--memory"]:
        return _grown(Path(arguments[1]))
    form = Path(arguments[0]) if arguments else _form()
    xml = form.read_bytes()
    chance = random.Random(form.name)
    session = begin(load(xml), now=NOW)
    rounds = [list(steps(session, chance)) for _ in range(2)]
    taken = [step for round_ in rounds for step in round_]
    ours = _ours(xml, taken, form)
    try:
        jobs = [Job(f"{form.name} {number}", xml.decode("utf-8"), rounds) for number in range(RUNS)]
        theirs = _theirs(ask(jobs, now=NOW.isoformat(), zone="UTC"))
    except Missing as missing:
        sys.stderr.write(f"{missing}\n")
        theirs = {}
    what = f"{engine_name()} on {form.name}, {xml.count(b'<bind')} binds, {len(taken)} answers"
    met = [
        figure(
            name, ours[name], unit, reference=what, reference_value=theirs.get(name), goal=GOALS[name] if theirs else None
        )
        for name, unit in (
            ("forms.load", "ms"),
            ("forms.answer_p95", "ms"),
            ("forms.answer_max", "ms"),
            ("forms.memory", "MB"),
        )
    ]
    return 0 if theirs and all(met) else 1


def _form() -> Path:
    folders = [ROOT.parent / "shared" / "forms", ROOT / "out" / "published"]
    if named := os.environ.get("HAVEN_PUBLISHED_FORMS"):
        folders.insert(0, Path(named))
    found = [path for folder in folders if folder.is_dir() for path in sorted(folder.rglob(WANTED))]
    return found[0] if found else LARGEST_HERE


def _ours(xml: bytes, taken: list[dict[str, Any]], form: Path) -> dict[str, float]:
    loads, times, worst = [], [], []
    for _ in range(RUNS):
        gc.collect()
        start = time.perf_counter()
        session = begin(load(xml), now=NOW)
        session.pages()
        loads.append((time.perf_counter() - start) * 1000)
        spent = [_timed(session, step) for step in taken]
        times += spent
        worst.append(max(spent))
    grown = subprocess.run(
        [sys.executable, "-m", "bench.forms", "--memory", str(form)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return {
        "forms.load": statistics.median(loads),
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


def _timed(session: FormSession, step: dict[str, Any]) -> float:
    start = time.perf_counter()
    if "value" in step:
        session.set(step["path"], step["value"])
    else:
        session.add(step["path"])
    return (time.perf_counter() - start) * 1000


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _grown(form: Path) -> int:
    """By how many bytes a process grows that loads the form and answers it; the program itself does not count."""
    xml = form.read_bytes()
    begin(load(LARGEST_HERE.read_bytes()), now=NOW).pages()
    gc.collect()
    before = _resident()
    session = begin(load(xml), now=NOW)
    list(steps(session, random.Random(form.name)))
    gc.collect()
    sys.stdout.write(json.dumps(_resident() - before))
    return 0


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGESIZE")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

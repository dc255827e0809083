"""Ask the peer anew: `python -m bench.peer_forms.renew` writes what it makes of the same answers to the same forms.

The answers are chosen by chance that can be repeated, on every form that Haven runs: those in `tests/forms/published`,
the small ones in `tests/forms/shapes`, the shipped ones, and those in the folders that the test knows. The outcomes of
published and shipped forms go to `tests/forms/published/peer`, others to a folder `peer` beside the form. Stored are,
after each round of answers, all values that are not empty and the topmost nodes that are not relevant.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.forms.child import Request, answer
from app.forms.limits import LIMITS
from app.forms.problems import FormRefused
from bench.peer_forms.peer import Job, ask, engine_name
from tests.forms.answering import steps
from tests.forms.driving import begin, definition_of
from tests.forms.test_peer import NOW, OUTCOMES, SHAPES, lists_beside
from tests.forms.test_published_forms import FORMS, HERE
from tests.forms.test_shipped_forms import FORMS as SHIPPED
from tests.forms.test_shipped_forms import NAMES

ROUNDS = 2
SECONDS = 240


def main() -> int:
    """Write every outcome; how many forms, and which the peer refuses."""
    forms = [*FORMS, *sorted(SHAPES.glob("*.md")), *(SHIPPED / f"{name}.md" for name in NAMES)]
    jobs = {name: (path, job) for path in forms for name, job in _job(path)}
    results = ask([job for _, job in jobs.values()], now=NOW.isoformat(), zone="UTC", seconds=SECONDS)
    for old in OUTCOMES.glob("*.json"):
        old.unlink()
    written = 0
    for (path, job), result in zip(jobs.values(), results, strict=True):
        if "error" in result:
            sys.stdout.write(f"{job.name}: the peer refuses it: {result['error']}\n")
            continue
        _write(path, job, result)
        written += 1
    sys.stdout.write(f"{written} outcomes written\n")
    return 0


def _job(path: Path) -> Iterator[tuple[str, Job]]:
    data = path.read_bytes()
    lists = lists_beside(path)
    try:
        session = begin(definition_of(data, lists, path.name), now=NOW)
    except FormRefused:
        return
    name = f"{path.parent.name}/{path.name}"
    chance = random.Random(name)
    rounds = [list(steps(session, chance)) for _ in range(ROUNDS)]
    xml = data if path.suffix == ".xml" else answer(Request(data, path.name, LIMITS)).xml
    yield name, Job(name, xml.decode("utf-8"), rounds, {key: text.decode("utf-8") for key, text in lists.items()})


def _write(path: Path, job: Job, result: dict[str, Any]) -> None:
    here = path.is_relative_to(HERE) or path.is_relative_to(SHIPPED)
    folder = OUTCOMES if here else path.parent / "peer"
    folder.mkdir(exist_ok=True)
    outcome = {
        "form": job.name,
        "engine": engine_name(),
        "refused_steps": sorted({refused["path"] for refused in result["refused"]}),
        "rounds": [
            {"steps": round_, **_state(nodes)} for round_, nodes in zip(job.rounds, result["rounds"], strict=True)
        ],
    }
    text = json.dumps(outcome, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / f"{job.name.replace('/', '-')}.json").write_text(f"{text}\n", encoding="utf-8")


def _state(nodes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    hidden = [path for path, node in nodes.items() if not node["relevant"]]
    topmost = [path for path in hidden if not any(path.startswith(f"{above}/") for above in hidden)]
    values = {path: node["value"] for path, node in nodes.items() if node.get("value")}
    return {"values": values, "irrelevant": topmost}


if __name__ == "__main__":
    raise SystemExit(main())

"""Answers that a person might give, chosen by chance that can be repeated, to forms that nobody here wrote."""

from __future__ import annotations

import random
from collections.abc import Iterator

from app.errors import RuleBroken
from app.forms.session import FormSession
from app.forms.views import NodeView

_PASSES = 12
_BY_TYPE = {
    "time": "10:30:00.000+00:00",
    "dateTime": "2026-03-01T10:30:00.000+00:00",
    "geopoint": "43.5 -79.75 10.5 6.5",
    "geotrace": "43.5 -79.75 10.5 6.5; 43.625 -79.75 10.5 6.5",
    "geoshape": "43.5 -79.75 10.5 6.5; 43.625 -79.75 10.5 6.5; 43.625 -79.5 10.5 6.5; 43.5 -79.75 10.5 6.5",
    "binary": "picture.jpg",
}


def steps(session: FormSession, chance: random.Random) -> Iterator[dict[str, str | bool]]:
    """Answer all that is shown, from the top to the bottom, then what the answers made appear; give each step that was
    taken. Repeats grow by one."""
    done: set[str] = set()
    for _ in range(_PASSES):
        waiting = [path for path in session.questions() if path not in done]
        if not waiting:
            return
        for path in waiting:
            done.add(path)
            try:
                step = _step(session, path, chance)
            except RuleBroken:
                continue  # an answer before it made this question go
            if step:
                yield step


def _step(session: FormSession, path: str, chance: random.Random) -> dict[str, str | bool] | None:
    node = session.node(path)
    if node.kind == "repeat" and node.can_add and node.count < 3:
        added = f"{path}[{node.count + 1}]"
        session.add(added)
        return {"path": added, "add": True}
    value = plausible(session, node, chance)
    if value is None:
        return None
    session.set(path, value)
    return {"path": path, "value": value}


def plausible(session: FormSession, node: NodeView, chance: random.Random) -> str | None:
    """An answer to one question; None for what nobody answers."""
    if node.readonly or node.calculated or node.kind in {"group", "repeat", "value"}:
        return None
    if node.kind in {"select1", "select", "rank"}:
        values = [choice.value for choice in session.choices(node.path)]
        if not values:
            return None
        if node.kind == "rank":
            return " ".join(values)
        # Most rules open with a yes: so more of a form is seen.
        return "yes" if "yes" in values and chance.random() < 0.7 else chance.choice(values)
    if node.kind == "trigger":
        return "OK"
    if node.kind == "range":
        return node.parameters.get("start")
    if node.type == "int":
        return str(chance.randint(0, 60))
    if node.type == "decimal":
        return f"{chance.randint(0, 60)}.5"
    if node.type == "date":
        return f"20{chance.randint(10, 25)}-0{chance.randint(1, 9)}-11"
    return _BY_TYPE.get(node.type, f"words {chance.randint(1, 9)}")

"""The made-up words of the demonstration, from `resources/demo`."""

from __future__ import annotations

import json
from typing import Any

from app import resources


class Texts:
    """The files of `resources/demo`, read once for one load."""

    def __init__(self) -> None:
        self.people = _read("people.json")
        self.contacts = _read("contacts.json")
        self.needs = _read("needs.json")
        self.plan = _read("plan.json")
        self.registry = _read("registry.json")
        self.directory = _read("directory.json")


def _read(name: str) -> Any:
    return json.loads(resources.text("demo", name))

"""Which map file lies under the map on this computer: a fact of this vault, never sent to anyone."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import RuleBroken
from app.models.vocab import AuditAction
from app.models.work import Work
from app.words import mark

MAP_FILE = "map.file"
"""The name in `device_state`."""
_LONGEST = 1000
TOO_LONG = mark("The path of this file is too long. Put the file into another folder.")


@dataclass(frozen=True, kw_only=True)
class ChooseMapFile:
    """Lay this file under the map; an empty path: none."""

    path: str = ""


def choose_map_file(work: Work, command: ChooseMapFile) -> None:
    """Remember the file for this vault. Anybody may: it changes nothing but what is drawn."""
    path = command.path.strip()
    if len(path) > _LONGEST:
        raise RuleBroken(TOO_LONG, field="path")
    work.session.connection().exec_driver_sql(
        "INSERT INTO device_state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (MAP_FILE, path or None),
    )
    work.audit(AuditAction.EDIT, kind="device_state", fields=(MAP_FILE,))

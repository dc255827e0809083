"""What stands behind a figure: one list or several of cases, tasks or requests, by their ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.views.common.wording import Wording

Records = Literal["cases", "tasks", "requests"]


@dataclass(frozen=True)
class IdList:
    """One list: its name, what it lists, and the ids in order."""

    key: str
    title: Wording
    records: Records
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Behind:
    """The lists behind a figure; `first` is shown at first."""

    title: Wording
    lists: tuple[IdList, ...]
    first: str = ""

    def chosen(self, key: str = "") -> IdList:
        """The list with this key, else the first to show."""
        wanted = key or self.first
        return next((one for one in self.lists if one.key == wanted), self.lists[0])

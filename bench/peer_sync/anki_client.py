"""Does what it is told, a JSON line at a time, and answers each line with the milliseconds that the work took.

Run by the interpreter of the peer's own environment, never by Haven's.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anki.collection import AddNoteRequest, Collection

_FOLDER = Path(sys.argv[1])
_PASSWORD = "quiet-herons"
_FIELDS = 12


class Desk:
    """Two collections of one account."""

    def __init__(self) -> None:
        self.endpoint = ""
        self.first, self.second = self._new("first"), None
        self.auth: Any = None
        self.notes: list[int] = []

    def begin(self, told: dict[str, Any]) -> None:
        self.endpoint = f"http://127.0.0.1:{told['port']}/"
        self.auth = self.first.sync_login(told["name"], _PASSWORD, self.endpoint)

    def write(self, told: dict[str, Any]) -> None:
        rows = json.loads(Path(told["records"]).read_text(encoding="utf-8"))
        kind = self.first.models.new("Record")
        for place in range(_FIELDS):
            self.first.models.add_field(kind, self.first.models.new_field(f"field_{place}"))
        card = self.first.models.new_template("Card")
        card["qfmt"], card["afmt"] = "{{field_0}}", "{{field_1}}"
        self.first.models.add_template(kind, card)
        self.first.models.add_dict(kind)
        kind = self.first.models.by_name("Record")
        deck = self.first.decks.id("Default")
        made = []
        for row in rows:
            note = self.first.new_note(kind)
            note.fields = list(row[1:])
            made.append(AddNoteRequest(note=note, deck_id=deck))
        self.first.add_notes(made)
        self.notes = [request.note.id for request in made]

    def push(self, _: dict[str, Any]) -> float:
        return self._whole(self.first, upload=True)

    def pull(self, _: dict[str, Any]) -> float:
        if self.second is not None:
            self.second.close()
        self.second = self._new(f"second-{time.time_ns()}")
        return self._whole(self.second, upload=False)

    def change(self, told: dict[str, Any]) -> None:
        changed = []
        for note_id in self.notes[: told["count"]]:
            note = self.first.get_note(note_id)
            note.fields[3] = told["text"]
            changed.append(note)
        self.first.update_notes(changed)

    def push_changes(self, _: dict[str, Any]) -> float:
        return self._ordinary(self.first)

    def pull_changes(self, _: dict[str, Any]) -> float:
        return self._ordinary(self.second)

    def idle(self, _: dict[str, Any]) -> float:
        return self._ordinary(self.first)

    def _new(self, name: str) -> Collection:
        return Collection(str(_FOLDER / f"{name}.anki2"))

    def _whole(self, collection: Collection, *, upload: bool) -> float:
        """The whole file, as the client does it the first time."""
        began = time.perf_counter()
        said = collection.sync_collection(self.auth, False)
        collection.close_for_full_sync()
        collection.full_upload_or_download(auth=self.auth, server_usn=said.server_media_usn, upload=upload)
        collection.reopen(after_full_sync=True)
        return (time.perf_counter() - began) * 1000

    def _ordinary(self, collection: Collection | None) -> float:
        if collection is None:
            raise RuntimeError("there is no second collection yet")
        began = time.perf_counter()
        said = collection.sync_collection(self.auth, False)
        took = (time.perf_counter() - began) * 1000
        if said.required != said.NO_CHANGES and said.required != said.NORMAL_SYNC:
            raise RuntimeError(f"it wants a whole upload or download: {said.required}")
        return took


def main() -> None:
    desk = Desk()
    for line in sys.stdin:
        told = json.loads(line)
        work: Callable[[dict[str, Any]], float | None] = getattr(desk, told["do"])
        try:
            answer: dict[str, Any] = {"took": work(told) or 0}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

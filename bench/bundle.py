"""A full file of work: how long writing and taking in take, and how many times its length the memory grows (Linux).

Two vaults of one agency; one attaches more than a file holds.
Memory is the highest resident size while it is written or read, less that before, over the length of the file.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.models.attachments import Attachment
from app.models.rules.attachments import Sealed
from app.models.vocab import AttachmentKind, Role, ScopeKind
from app.sync.client.engine import connect
from app.vault.vault import Vault
from bench.figures import figure, seconds
from bench.syncing.members import member, one_round
from tests.sync.conftest import ServerProcess

_FILES = 30
_FILE_BYTES = 3_000_000
_SMALL_BYTES = 8_000
_MOST = 64 * 1024 * 1024
_TIMES = 4.0
T = TypeVar("T")


def main() -> int:
    """Attach, write, read, and read again."""
    with tempfile.TemporaryDirectory() as folder:
        server = ServerProcess(Path(folder) / "server")
        try:
            return _measured(server, Path(folder))
        finally:
            server.stop()


def _measured(server: ServerProcess, folder: Path) -> int:
    agency = server.agency()
    writer, reader = (member(agency, folder / name, name) for name in ("Writer Example", "Reader Example"))
    engines = [connect(writer), connect(reader)]
    for engine in (*engines, *engines):
        one_round(engine)
    _attach(writer)
    written, write_seconds, write_bytes = _watched(engines[0].write_bundle)
    whole, files, left = written.whole, written.files, written.no_room
    del written
    (taken, _), read_seconds, read_bytes = _watched(lambda: engines[1].read_bundle(whole))
    if not files or not left or taken.files != files:
        raise SystemExit(f"{files} went, {left} were left, {taken.files} came")
    again = seconds(lambda: engines[1].read_bundle(whole))
    for engine, vault in zip(engines, (writer, reader), strict=True):
        engine.close()
        vault.close()
    figure("bundle.length_mb", len(whole) / 1e6, "MB", of_ratio=False)
    figure("bundle.write_s", write_seconds, "s", of_ratio=False)
    figure("bundle.read_s", read_seconds, "s", of_ratio=False)
    figure("bundle.read_again_s", again, "s", of_ratio=False)
    # The reader is handed the file, the writer makes it: both are counted with the file itself.
    grown = {"write": write_bytes / len(whole), "read": 1 + read_bytes / len(whole)}
    met = [figure(f"bundle.{name}_memory", times, "x", goal=_TIMES, of_ratio=False) for name, times in grown.items()]
    return 0 if all(met) else 1


def _watched(work: Callable[[], T]) -> tuple[T, float, int]:
    """What it gives, its seconds, and by how many bytes the process grew at the most."""
    found: list[T] = []
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the highest size begins anew
    before = _memory("VmRSS")
    took = seconds(lambda: found.append(work()))
    return found[0], took, _memory("VmHWM") - before


def _memory(name: str) -> int:
    said = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    assert said is not None
    return int(said.group(1)) * 1024


def _attach(vault: Vault) -> None:
    kept, agency_id = vault.attachments, vault.agency_id
    with vault.write(vault.actor(Role.SUP)) as work:
        scope = work.open_scope(ScopeKind.AGENCY, agency_id)
        for _ in range(_FILES):
            whole, small = (kept.keep_bytes(os.urandom(size), _MOST) for size in (_FILE_BYTES, _SMALL_BYTES))
            work.session.add(_record(work.new_id(), scope, whole, small))
        work.commit()


def _record(record_id: str, scope_id: str, whole: Sealed, small: Sealed) -> Attachment:
    return Attachment(
        id=record_id,
        scope_id=scope_id,
        owner_kind="organization",
        owner_id="somebody",
        kind=AttachmentKind.FILE,
        media_type="application/octet-stream",
        size=whole.size,
        chunks=list(whole.chunks),
        key=whole.key,
        preview_size=small.size,
        preview_chunks=list(small.chunks),
        preview_key=small.key,
    )


if __name__ == "__main__":
    raise SystemExit(main())

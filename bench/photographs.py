"""How much room the photographs of 20,000 registrants need, and how fast one is shown and a large file goes in and out.

    python -m bench.photographs [PHOTOGRAPHS]

The photographs are as hard to compress as real ones from a telephone get: noise on every dot, so that each fills what
the settings allow. Counted is everything that a vault keeps of one: chunks in whole blocks of the disk, records, log.
"""

from __future__ import annotations

import io
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from app import bootstrap
from app.models.rules.attachments import Kept
from app.models.vocab import AttachmentKind, Role
from app.pictures.drawing import as_jpeg
from app.pictures.fitting import Cut, fitted
from app.pictures.intake import prepared
from app.queries import attachments as questions
from app.services import registry
from app.services.registry_photos import AddPhoto, add_photo
from app.vault import keys
from app.vault.vault import Owner, Vault, create_vault
from app.views.registry.photo import FULL, SMALL
from bench.figures import figure
from tests import factories

PHOTOGRAPHS, PERSONS = 60, 20_000
_ROOM_GB, _BLOCK, _MEBIBYTE = 2.0, 4096, 1 << 20
_FILE = 200 * _MEBIBYTE


def noisy(rng: random.Random) -> bytes:
    """A photograph of 12 million dots with grain on every one of them."""
    grain = QImage(rng.randbytes(1000 * 750 * 4), 1000, 750, QImage.Format.Format_RGB32)
    return as_jpeg(grain.scaled(4000, 3000), 92)


def room(folder: Path) -> int:
    """Bytes of the disk's blocks that the files of a folder take."""
    sizes = (path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return sum(-(-size // _BLOCK) * _BLOCK for size in sizes)


def fill(vault: Vault, count: int) -> tuple[float, list[float]]:
    """Register people, then give each a photograph: bytes that one costs, and seconds that taking each in takes."""
    rng = random.Random(6)
    today = datetime.now(UTC).date()
    with vault.read() as session:
        limits = questions.limits(session, today)
    actor = vault.actor(Role.REG)
    made = []
    for _ in range(count):
        with vault.write(actor) as work:
            made.append(registry.register(work, factories.registration()))
            registry.activate_registration(work, registry.ActivateRegistration(registration_id=made[-1]))
            work.commit()
    before = room(vault.folder)
    times = []
    for registration_id in made:
        file = noisy(rng)
        begun = time.perf_counter()
        jpeg = prepared(file).jpeg
        whole = fitted(jpeg, longest=FULL, most=limits.photo, cut=Cut(0.2, 0.0, 0.5625, 1.0))
        small = fitted(whole, longest=SMALL, most=limits.preview)
        sealed, preview = (
            vault.attachments.keep_bytes(whole, limits.photo),
            vault.attachments.keep_bytes(small, limits.preview),
        )
        photo = Kept(AttachmentKind.PHOTO, sealed, "image/jpeg", preview=preview)
        with vault.write(actor) as work:
            add_photo(work, AddPhoto(registration_id=registration_id, photo=photo, taken_on=today))
            work.commit()
        times.append(time.perf_counter() - begun)
    return (room(vault.folder) - before) / count, times


def shown(vault: Vault) -> list[float]:
    """Milliseconds from the names of a small photograph to its bytes."""
    with vault.read() as session:
        rows = [
            questions.attachments_of(session, owner)
            for (owner,) in session.connection().exec_driver_sql("SELECT DISTINCT owner_id FROM attachment")
        ]
    times = []
    for found in rows:
        for row in found:
            if row.preview is not None:
                begun = time.perf_counter()
                vault.attachments.read_whole(row.preview, _MEBIBYTE)
                times.append((time.perf_counter() - begun) * 1000)
    return times


class Recording(io.RawIOBase):
    """A long recording that is never in memory as a whole."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._left, self._part = size, os.urandom(_MEBIBYTE)

    def read(self, count: int = -1) -> bytes:
        """The next bytes of it."""
        count = min(count, self._left, len(self._part))
        self._left -= count
        return self._part[:count]


def streamed(vault: Vault) -> tuple[float, float, float]:
    """(seconds in, seconds out, mebibytes by which the process grew) for a recording of 200 MiB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    sealed = vault.attachments.keep(Recording(_FILE), _FILE)  # type: ignore[arg-type]  # what it needs of a file
    kept = time.perf_counter()
    size = sum(len(piece) for piece in vault.attachments.read(sealed))
    read = time.perf_counter()
    assert size == _FILE, "all of it came back"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    vault.attachments.let_go(sealed)
    return kept - begun, read - kept, grown / 1024


def main(arguments: list[str]) -> int:
    """Print the figures."""
    count = int(arguments[0]) if arguments else PHOTOGRAPHS
    app = QCoreApplication.instance() or QCoreApplication([])
    with tempfile.TemporaryDirectory() as place:
        owner = Owner("R. Registrar", (Role.SUP, Role.REG), "1")
        vault, recovery = create_vault(
            Path(place) / "vault", "seven quiet herons above the pond", "desk", owner=owner, setting=keys.FLOOR
        )
        vault.prove_recovery(recovery)
        bootstrap.found_agency(vault, "Example Service")
        into, out, grown = streamed(vault)
        each, times = fill(vault, count)
        opened = shown(vault)
        vault.close()
    del app
    figure("photographs.bytes_each", each, "bytes")
    ok = figure(f"photographs.{PERSONS}_gb", each * PERSONS / 1e9, "GB", goal=_ROOM_GB)
    figure("photographs.taken_in_s", statistics.median(times), "s")
    figure("photographs.small_read_ms", statistics.median(opened), "ms")
    figure("attachments.in_mb_s", _FILE / 1e6 / into, "MB/s")
    figure("attachments.out_mb_s", _FILE / 1e6 / out, "MB/s")
    return 0 if figure("attachments.grown_mib", grown, "MiB", goal=32.0) and ok else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""A new laptop's first synchronisation: how long, in how much memory, and what windows feel meanwhile.

`python -m bench.first_pull [RECORDS]`, 200,000 unless said. One process writes and sends them, another pulls. In the
second, a thread looks every 20 ms into the vault, as a window would, and another only wants to be woken every 5 ms: the
longest that each had to wait is printed, the latter beside what it had to wait while nothing was done. Memory is
compared with what it was when a tenth had come.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from app.models.agency import Organization
from app.models.vocab import Role, ScopeKind
from app.sync.client.engine import SyncEngine, connect, enrol
from app.sync.client.progress import Progress
from app.vault import keys
from app.vault.vault import Owner, Vault, create_vault, open_vault
from app.views.collecting import keep_what_is_imported
from bench.figures import figure
from tests.sync.conftest import ServerProcess

_PASSPHRASE = "seven quiet herons above the pond"
_GROUPS = ("staff", "unit", "supervisors")
_AT_ONCE = 500
_MEGABYTE = 1_000_000
_GOAL_GROWTH_MB = 64.0
_GOAL_STALL_MS = 50.0
_IDLE_SECONDS = 5.0


def main() -> int:
    """Write, send, pull, and print what it cost."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        server = ServerProcess(Path(folder) / "server")
        try:
            agency = server.agency()
            people = [agency.person(name, (Role.SUP,), _GROUPS) for name in ("Sender Example", "Reader Example")]
            folders = [str(Path(folder) / name) for name in ("sender", "reader")]
            for at, person in zip(folders, people, strict=True):
                _part("join", at, server.address, agency.code(person))
            for at in (*folders, *folders):
                _part("round", at)
            _part("write", folders[0], str(records))
            found = json.loads(_part("read", folders[1], str(records)))
        finally:
            server.stop()
    return 0 if _print(found, records) else 1


def _print(found: dict[str, float], records: int) -> bool:
    figure("first_pull.records", records, "records", of_ratio=False)
    figure("first_pull.seconds", found["seconds"], "s", of_ratio=False)
    figure("first_pull.records_per_second", records / found["seconds"], "records/s", of_ratio=False)
    figure("first_pull.window_waits_p95_ms", found["wait_p95"], "ms", of_ratio=False)
    figure("first_pull.window_waits_longest_ms", found["wait"], "ms", of_ratio=False)
    flat = figure("first_pull.memory_growth_mb", found["growth"], "MB", goal=_GOAL_GROWTH_MB, of_ratio=False)
    quick = figure(
        "first_pull.longest_stall_ms",
        found["stall"],
        "ms",
        reference="idle",
        reference_value=found["idle"],
        goal=max(_GOAL_STALL_MS, found["idle"]),
        of_ratio=False,
    )
    return flat and quick


def _part(*said: str) -> str:
    """One part in a process of its own."""
    command = [sys.executable, "-m", "bench.first_pull", "--", *said]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


# --- the parts ----------------------------------------------------------------------------------------------------


def _join(folder: str, address: str, code: str) -> None:
    owner = Owner("Bench Example", (Role.SUP,))
    vault, recovery = create_vault(Path(folder), _PASSPHRASE, "bench", owner=owner, setting=keys.FLOOR)
    vault.prove_recovery(recovery)
    enrol(vault, address, code)
    vault.close()


def _round(folder: str) -> None:
    with open_vault(Path(folder), _PASSPHRASE) as vault:
        _until_done(connect(vault))


def _write(folder: str, records: str) -> None:
    with open_vault(Path(folder), _PASSPHRASE) as vault:
        actor, agency = vault.actor(Role.SUP), vault.agency_id
        for at in range(0, int(records), _AT_ONCE):
            with vault.write(actor) as work:
                scope = work.open_scope(ScopeKind.AGENCY, agency)
                for number in range(at, min(at + _AT_ONCE, int(records))):
                    work.session.add(Organization(id=work.new_id(), scope_id=scope, name=f"Organization {number}"))
                work.commit()
        _until_done(connect(vault))


def _read(folder: str, records: str) -> None:
    keep_what_is_imported()  # as the desktop does
    with open_vault(Path(folder), _PASSPHRASE) as vault:
        with (idle := _Feelings(vault)):
            time.sleep(_IDLE_SECONDS)
        feelings = _Feelings(vault)
        engine = connect(vault)
        engine.watch(feelings.progress)
        began = time.perf_counter()
        with feelings:
            _until_done(engine)
        found = feelings.found() | {"seconds": time.perf_counter() - began, "idle": idle.found()["stall"]}
        with vault.read() as session:
            came = session.scalar(select(func.count()).select_from(Organization))
    if came != int(records):
        raise SystemExit(f"{came} of {records} came")
    sys.stdout.write(json.dumps(found))


def _until_done(engine: SyncEngine) -> None:
    report = engine.run_once()
    engine.close()
    if report.trouble:
        raise SystemExit(report.trouble)


class _Feelings:
    """What windows feel while the vault is written to."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._over = threading.Event()
        self._waits: list[float] = []
        self._stall = 0.0
        self._tenth = self._most = 0
        self._threads = [threading.Thread(target=work) for work in (self._look, self._tick)]

    def __enter__(self) -> _Feelings:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def progress(self, progress: Progress) -> None:
        """Memory counts from when a tenth has come: by then everything is loaded that ever will be."""
        if progress.done * 10 >= progress.whole:
            now = _memory()
            self._tenth = self._tenth or now
            self._most = max(self._most, now)

    def found(self) -> dict[str, float]:
        """Milliseconds and megabytes."""
        waits = sorted(self._waits)
        return {
            "wait": waits[-1],
            "wait_p95": waits[int(len(waits) * 0.95)],
            "stall": self._stall,
            "growth": (self._most - self._tenth) / _MEGABYTE,
        }

    def _look(self) -> None:
        while not self._over.wait(0.02):
            began = time.perf_counter()
            with self._vault.read() as session:
                session.scalar(select(Organization.name).limit(1))
            self._waits.append((time.perf_counter() - began) * 1000)

    def _tick(self) -> None:
        while not self._over.is_set():
            began = time.perf_counter()
            time.sleep(0.005)
            self._stall = max(self._stall, (time.perf_counter() - began) * 1000 - 5)


def _memory() -> int:
    """Bytes of memory that this process has in use."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


_PARTS: dict[str, Callable[..., None]] = {"join": _join, "round": _round, "write": _write, "read": _read}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--"]:
        _PARTS[sys.argv[2]](*sys.argv[3:])
    else:
        raise SystemExit(main())

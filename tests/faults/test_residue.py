"""After a lock, and after another person took over, nothing of the one before is in memory or on the disk (G19).

Two runs here; `make soak` sets HAVEN_RESIDUE for the size of a release. Whoever may not read another process's memory
(it takes root: Haven forbids it to everyone else) skips the scan.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import RealDoors
from app.models.vocab import IncidentKind, Role
from app.profile import Profile
from app.services import crisis
from app.vault import keys
from tests import factories
from tests.faults.sitting_child import CHEAP

ROOT = Path(__file__).resolve().parents[2]
RUNS = int(os.environ.get("HAVEN_RESIDUE", "2"))
PIECE = 1 << 24
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root may read the memory of a Haven process, on Linux"
)


class Person:
    """Somebody with a vault of their own, and what only they know."""

    def __init__(self, profile: Profile, name: str) -> None:
        self.passphrase = f"{secrets.token_hex(6)} seven quiet herons {secrets.token_hex(6)}"
        self.canaries = [f"Wren{secrets.token_hex(8)}" for _ in range(3)]
        given, place, owner = self.canaries
        opened = RealDoors(profile).create(owner, "Example Service", self.passphrase)
        vault = opened.vault
        opened.keys.keep_recovery(opened.recovery_key)
        profile.call(opened.place, label=name)
        self.name, self.label = opened.place.name, name
        with vault.write(vault.actor(Role.VSU)) as work:
            who = factories.person(preferred_name=given)
            what = crisis.IncidentAnswers(kind=IncidentKind.CRIME, location=place)
            crisis.open_case(work, factories.case(person=who, incident=what, contacts=()))
            work.commit()
        vault.close()

    def secrets_of(self, key: str) -> dict[str, list[bytes]]:
        """What must not be found, in every form in which memory may hold it."""
        texts = {"row": self.canaries, "passphrase": [self.passphrase]}
        found = {
            what: [one.encode(code) for one in some for code in ("utf-8", "utf-16-le")] for what, some in texts.items()
        }
        return found | {"key": [bytes.fromhex(key), key.encode(), key.upper().encode()]}


class Child:
    """The application, obeyed from outside."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.residue_child", str(home)],
            cwd=ROOT,
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def tell(self, command: str) -> None:
        """One command."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n".encode())
        self.process.stdin.flush()

    def hear(self, wanted: str) -> dict[str, Any]:
        """Read on until the child says something."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            what, _, content = line.decode().partition(" ")
            assert what != "failed", content
            if what == wanted:
                heard: dict[str, Any] = json.loads(content)
                return heard
        raise AssertionError(f"the application ended with {self.process.wait()}")

    def close(self) -> None:
        """Leave nothing running."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()


def readable(pid: int) -> Iterator[tuple[int, int]]:
    """Every mapping of a process that can be read."""
    for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
        span, rights, *_ = line.split()
        if "r" in rights and not line.rstrip().endswith(("[vvar]", "[vsyscall]")):
            begin, end = (int(part, 16) for part in span.split("-"))
            yield begin, end


def remembered(pid: int, wanted: dict[str, list[bytes]]) -> dict[str, int]:
    """How often each kind of secret is found in the whole memory of a process."""
    counts = dict.fromkeys(wanted, 0)
    overlap = max(len(one) for some in wanted.values() for one in some)
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for begin, end in readable(pid):
            for piece in _pieces(memory, begin, end, overlap):
                for what, some in wanted.items():
                    counts[what] += sum(piece.count(one) for one in some)
    return counts


def _pieces(memory: Any, begin: int, end: int, overlap: int) -> Iterator[bytes]:
    while begin < end:
        try:
            memory.seek(begin)
            piece = memory.read(min(PIECE, end - begin))
        except (OSError, ValueError, OverflowError):
            return
        if not piece:
            return
        yield piece
        begin += len(piece) if begin + len(piece) >= end else max(1, len(piece) - overlap)


def on_disk(folder: Path, wanted: Iterable[bytes]) -> list[str]:
    """The files that hold one of the secrets."""
    some = list(wanted)
    return [path.name for path in folder.rglob("*") if path.is_file() and any(one in path.read_bytes() for one in some)]


def test_switching_people_leaves_nothing_of_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    monkeypatch.setattr(keys, "calibrated", lambda: CHEAP)
    found: list[dict[str, int]] = []
    for run in range(RUNS):
        home = tmp_path / f"home-{run}"
        profile = Profile(home)
        one, other = Person(profile, "Day shift"), Person(profile, "Night shift")
        child = Child(home)
        try:
            assert child.hear("locked")["chosen"] is None, "two vaults: nobody is chosen"
            child.tell(f"unlock {one.name} {one.passphrase}")
            opened = child.hear("open")
            assert any(one.canaries[0] in text for text in opened["shown"]), "the one who unlocked reads their case"
            wanted = one.secrets_of(opened["key"])
            pid = child.process.pid
            before = remembered(pid, wanted)
            assert before["row"] and before["key"], f"the scan finds what is there: {before}"
            child.tell("switch")
            entrance = child.hear("locked")
            assert entrance["chosen"] is None, "nobody is chosen after a switch"
            found.append(remembered(pid, wanted))
            shown = " ".join(entrance["shown"])
            assert not any(canary in shown for canary in one.canaries)
            child.tell(f"unlock {other.name} {other.passphrase}")
            inside = " ".join(child.hear("open")["shown"])
            assert other.canaries[0] in inside and not any(canary in inside for canary in one.canaries)
            found.append(remembered(pid, wanted))
            child.tell("lock")
            assert child.hear("locked")["chosen"] == other.name, "a lock offers the vault that was locked"
            found.append(remembered(pid, wanted))
        finally:
            child.close()
        assert on_disk(home, (form for some in wanted.values() for form in some)) == []
    with capsys.disabled():
        hits = sum(sum(counts.values()) for counts in found)
        print(json.dumps({"name": "residue", "runs": RUNS, "scans": len(found), "hits": hits, "before": before}))
    assert all(count == 0 for counts in found for count in counts.values()), found

"""A process that was opened with the second passphrase never holds what is withheld, nor any key of the vault.

The whole memory of a real application is searched from outside; the same search finds everything in one that was
opened with the owner's passphrase.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.bootstrap import RealDoors
from app.models.local.tables import OwnKey, ScopeKey
from app.models.vocab import Role, ScopeKind
from app.profile import Profile
from app.vault import keys, reducing
from tests.canaries import NAMES, Canaries
from tests.faults.duress_child import CHEAP

ROOT = Path(__file__).resolve().parents[2]
OWN = "seven quiet herons above the pond"
SECOND = "another row of tall sunflowers"

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="only root may read a memory that is not dumpable"
)


class Planted:
    """A vault with something telling in every column, and the keys that only it may have."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.canaries = Canaries(secrets.token_hex(8))
        opened = RealDoors(Profile(home)).create("Robin Example", "Example Service", OWN)
        vault = opened.vault
        opened.keys.keep_recovery(opened.recovery_key)
        with vault.write(vault.actor(Role.VSU)) as work:
            work.open_scope(ScopeKind.CASE_PRIVATE, "somebody")
            work.commit()
        self.canaries.fill(vault)
        reducing.set_up(vault, SECOND)
        with vault.read() as session:
            kem = session.get_one(OwnKey, "kem").private
            scopes = [one.key for one in session.scalars(select(ScopeKey))]
            signing = session.get_one(OwnKey, "signing").private
        assert kem is not None and signing is not None
        self.keys = {"data key": vault._data_key, "kem": kem, **{f"scope {n}": key for n, key in enumerate(scopes)}}
        self.signing = signing
        vault.close()


def regions(pid: int) -> Iterator[bytes]:
    """The readable memory of a process, region by region."""
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            span, rights, *_rest = line.split()
            first, last = (int(place, 16) for place in span.split("-"))
            if "r" not in rights or line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                continue
            try:
                memory.seek(first)
                yield memory.read(last - first)
            except (OSError, ValueError):
                continue


def found(planted: Planted, passphrase: str) -> tuple[set[str], set[str], set[str], int]:
    """Canaries, keys and names in the memory of an application, and how many rows it read."""
    command = [sys.executable, "-m", "tests.faults.duress_child", str(planted.home)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    token = planted.canaries.token
    plain = re.compile(token.encode() + rb"<([a-z_.]{3,60})>")
    wide = re.compile(token.encode("utf-16-le") + rb"<\0((?:[a-z_.]\0){3,60})>\0")
    seen: set[str] = set()
    held: set[str] = set()
    names: set[str] = set()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write(passphrase.encode() + b"\n")
        child.stdin.flush()
        word, rows = child.stdout.readline().split()
        assert word == b"ready"
        for content in regions(child.pid):
            seen |= {hit.decode() for hit in plain.findall(content)}
            seen |= {hit.decode("utf-16-le") for hit in wide.findall(content)}
            held |= {name for name, key in planted.keys.items() if key in content or key.hex().encode() in content}
            held |= {"signing"} if planted.signing in content else set()
            names |= {name for name in NAMES if name.encode() in content or name.encode("utf-16-le") in content}
        child.stdin.close()
        child.wait(timeout=30)
    return seen, held, names, int(rows)


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planted:
    """A profile with such a vault."""
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    monkeypatch.setattr(keys, "calibrated", lambda: CHEAP)
    return Planted(tmp_path / "home")


def test_nothing_withheld_is_in_its_memory(planted: Planted) -> None:
    seen, held, names, rows = found(planted, SECOND)
    withheld = planted.canaries.withheld()
    assert rows > 10 and seen, "what is carried over is there, so the search works"
    assert seen & withheld == set()
    assert names == set()
    assert held == {"signing"}


def test_the_search_finds_it_all_with_the_owners_passphrase(planted: Planted) -> None:
    seen, held, names, _ = found(planted, OWN)
    assert planted.canaries.withheld() <= seen and len(planted.canaries.withheld()) > 150
    assert set(planted.keys) <= held
    assert names == set(NAMES)

"""An upgrade that is killed or fails at any of its steps leaves the old tables or the new ones (safety.md, G16).

From the tables of every earlier version, and from today's with a made-up next revision, each statement of the upgrade,
each write of the journal and the anchor, and the commit itself is a step. `HAVEN_UPGRADE_STEPS` sets how many of them
are tried for each version (all of them with 0); the run prints one JSON line.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from app.errors import EnvironmentProblem
from app.models.crisis import Case
from app.models.migrations import FOLDER, HEAD, REVISIONS
from app.models.vocab import Role, ScopeKind
from app.vault import anchor, engine, journal, keys, migrate, recording, upgrade
from app.vault.keys import KdfSetting
from app.vault.vault import Owner, Vault, create_vault, open_vault

PASSPHRASE = "five unrelated garden words"
CHEAP = KdfSetting(memory_kib=64, passes=1, lanes=1)
STEPS = int(os.environ.get("HAVEN_UPGRADE_STEPS", "4"))
NEXT = "9999"

_NEXT = f'''
import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{HEAD}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("planted", sa.Column("id", sa.Text(), primary_key=True), sa.Column("said", sa.Text()))
    op.add_column("draft", sa.Column("planted", sa.Text()))
    op.execute("UPDATE draft SET planted = form")
    op.execute("INSERT INTO planted (id, said) SELECT form, 'moved' FROM draft")
    op.create_index("ix_planted", "planted", ["said"])


def downgrade() -> None:
    op.drop_index("ix_planted")
    op.drop_table("planted")
    op.drop_column("draft", "planted")
'''

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 and fork are POSIX")


class Killed(Exception):
    """Never raised: it marks a child that should be dead."""


@contextmanager
def steps(at: int, what: Callable[[], None]) -> Iterator[Counter[str]]:
    """Count the steps of what runs within, and do `what` before step number `at`."""
    seen: Counter[str] = Counter()

    def stepping(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            seen[name] += 1
            if seen.total() == at:
                what()
            return original(*arguments, **named)

        return step

    places: list[tuple[Any, str]] = [
        (recording.RecordingCursor, "execute"),
        (recording.RecordingConnection, "commit"),
        (journal, "write_at"),
        (journal, "sync_data"),
        (anchor, "write_at"),
        (anchor, "sync_data"),
    ]
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in places:
            patch.setattr(owner, name, stepping(f"{owner.__name__.rsplit('.', 1)[-1]}.{name}", getattr(owner, name)))
        yield seen


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Haven with one more revision."""
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder)
    (folder / "versions" / f"{NEXT}_planted.py").write_text(_NEXT, encoding="utf-8")
    monkeypatch.setattr(migrate, "FOLDER", folder)
    monkeypatch.setattr(upgrade, "HEAD", NEXT)
    monkeypatch.setattr(upgrade, "REVISIONS", (*REVISIONS, NEXT))


def vault_of(folder: Path, version: str) -> None:
    """A closed vault with rows in it and the tables of one version."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upgrade, "HEAD", HEAD)
        vault, key = create_vault(folder, PASSPHRASE, "x", owner=Owner("A. Example", (Role.VSU,)), setting=CHEAP)
        vault.prove_recovery(key)
        with vault.write(vault.actor(Role.VSU)) as work:
            scope = work.open_scope(ScopeKind.CASE, "anchor")
            work.session.add(Case(id=work.new_id(), scope_id=scope, number="1"))
            work.commit()
        with vault.settling() as session:
            session.execute(text("INSERT INTO draft (form, \"values\", kept_at) VALUES ('f', '{}', '2026')"))
        if version != HEAD:
            with vault._engine.begin() as connection:
                upgrade.move(connection, version)
        vault.close()


def tables(vault: Vault) -> list[tuple[str, str]]:
    """What the database is made of."""
    with vault.read() as session:
        found = session.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"))
        return [(row[0], row[1]) for row in found]


def version_in(folder: Path, data_key: bytes) -> str:
    """The version of the tables as they lie there, without upgrading them; the file must be whole."""
    copy = folder.with_name("looked_at")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    connection = engine.open_keyed(copy / "vault.db", data_key)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    finally:
        connection.close()


def whole(folder: Path, wanted: list[tuple[str, str]]) -> None:
    """Opening once more brings it to the new version, with everything in it and nothing to explain."""
    with open_vault(folder, PASSPHRASE, counted=False) as vault:
        assert vault.recovered is None and vault.sound()
        assert tables(vault) == wanted
        with vault.read() as session:
            assert session.scalars(select(Case.number)).all() == ["1"]
            assert session.execute(text("SELECT id, said FROM planted")).all() == [("f", "moved")]


def chosen(count: int) -> list[int]:
    """Which steps are tried: all, or as many as asked for, the first and the last among them."""
    if not STEPS or count <= STEPS:
        return list(range(1, count + 1))
    return sorted({1 + round(place * (count - 1) / (STEPS - 1)) for place in range(STEPS)})


@pytest.mark.parametrize("version", REVISIONS)
def test_an_upgrade_is_done_or_not(
    tmp_path: Path, next_version: None, version: str, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = tmp_path / "begun"
    vault_of(begun, version)
    good = tmp_path / "good"
    shutil.copytree(begun, good)
    with steps(0, lambda: None) as seen, open_vault(good, PASSPHRASE, counted=False) as vault:
        wanted, data_key = tables(vault), vault._data_key
    count = seen.total()
    assert seen["RecordingConnection.commit"] and seen["journal.sync_data"] and seen["anchor.sync_data"]
    found: Counter[str] = Counter()
    for step in chosen(count):
        for how in (_killed, _failing):
            folder = tmp_path / "tried"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(begun, folder)
            how(folder, step)
            there = version_in(folder, data_key)
            assert there in (version, NEXT), (step, how.__name__)
            found[f"{how.__name__.strip('_')}_{'new' if there == NEXT else 'old'}"] += 1
            whole(folder, wanted)
    with capsys.disabled():
        print(json.dumps({"name": "kill_upgrade", "from": version, "steps": count, **found}))
    assert found["killed_old"] and found["killed_new"]


def _killed(folder: Path, step: int) -> None:
    child = os.fork()
    if child == 0:
        try:
            with steps(step, lambda: os.kill(os.getpid(), signal.SIGKILL)):
                open_vault(folder, PASSPHRASE, counted=False).close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def _failing(folder: Path, step: int) -> None:
    def fail() -> None:
        raise OSError(5, "planted")

    try:
        with steps(step, fail):
            open_vault(folder, PASSPHRASE, counted=False).close()
    except (EnvironmentProblem, OSError) as problem:
        assert "planted" not in getattr(problem, "sentence", "")

"""The page of audit trails: one line a computer, what is broken first, in words that say which entry."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import words
from app.models.audit import AuditBatch
from app.models.changes import Changes
from app.models.local.tables import LoggedChange, PeerDevice
from app.models.vocab import AuditAction, Role
from app.sync import kept_head, protocol
from app.sync.protocol import TreeHead
from app.trail_desk import read_log, read_trails
from app.vault import state, trail
from app.vault.vault import Vault
from app.views.programme import TrailRow, discover
from app.views.trail.page import TrailsPage


@pytest.fixture
def member(vault: Vault) -> Vault:
    """A vault that belongs to a service."""
    with vault.settling() as session:
        state.put(session, state.SERVER_ADDRESS, "https://server.example")
    return vault


def enter(vault: Vault, count: int, role: Role = Role.VSU) -> None:
    with vault.write(vault.actor(role)) as work:
        for _ in range(count):
            work.audit(AuditAction.VIEW, kind="case_file", record_id="ab" * 16)
        work.commit()


def shown(stage: Any, vault: Vault) -> TrailsPage:
    page = TrailsPage(replace(stage.context(Role.SUP), trails=lambda: read_trails(vault)))
    stage.show(page)
    return page


def lines(page: TrailsPage) -> list[list[str]]:
    model = page.table.model
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_before_anything_has_come(stage: Any, vault: Vault) -> None:
    page = shown(stage, vault)
    assert [line[2] for line in lines(page)] == ["Nothing has come yet"] and not page.said.isVisible()


def test_a_whole_trail_a_damaged_one_and_the_news_of_it(stage: Any, member: Vault) -> None:
    enter(member, 3)
    enter(member, 2, Role.DIV)
    trail.close(member)
    page = shown(stage, member)
    (line,) = lines(page)
    assert line[0] == "A. Example" and line[1] == member.device_id[:8]
    assert line[2] == "Whole" and int(line[3]) >= 5 and "2026" in line[4]
    assert "Every trail that came here is whole" in page.said.text()

    with member.settling() as session:
        batch = session.scalars(select(AuditBatch).where(AuditBatch.first_seq == 1)).one()
        rows = trail.unpacked(batch.entries or "")
        rows[1][10] = "another reason"
        batch.entries = trail.packed([(*row[:-1], b"", bytes.fromhex(row[-1])) for row in rows])
    stage.broadcast.announce(Changes(frozenset({"audit_batch"})))
    stage.settle()
    assert lines(page)[0][2] == "Entry 2 was changed or is damaged"
    assert "1 trail does not hold" in page.said.text()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (TrailRow("ab" * 16, "", "gap", 100, 101, 0, None), "Entry 101 and others after it are missing"),
        (TrailRow("ab" * 16, "", "forked", 100, 101, 0, None), "Told in two ways from entry 101 on"),
        (TrailRow("ab" * 16, "", "whole", 9, None, 2, None), "Whole; 2 entries are read by auditors only"),
    ],
)
def test_each_standing_has_its_words(stage: Any, row: TrailRow, said: str) -> None:
    page = TrailsPage(replace(stage.context(Role.AUD), trails=lambda: (row,)))
    stage.show(page)
    assert lines(page)[0][:3] == ["Nobody known here", "ab" * 4, said]


def test_what_is_broken_comes_first_and_in_french_too(stage: Any, member: Vault) -> None:
    enter(member, 1)
    trail.close(member)
    with member.settling() as session:
        scope_id, other = session.scalars(select(AuditBatch.scope_id)).first() or "", "cd" * 16
        session.add(AuditBatch(id=other, scope_id=scope_id, device_id=other, first_seq=4, last_seq=5))
        session.add(PeerDevice(device_id=other, member_id=other, signing_public=b"", kem_public=b"", groups=[]))
        written = {"scope_id": scope_id, "device_id": other, "author": other, "record_id": other}
        session.add(LoggedChange(**written, device_seq=1, dot="", kind="audit_batch", fields=b"\x80"))
    words.use("fr")
    page = shown(stage, member)
    assert [line[0] for line in lines(page)] == ["Personne de connu ici", "A. Example"]
    assert lines(page)[0][2] == "L’inscription 4 a été modifiée ou est endommagée"


def test_only_supervisors_and_auditors_find_the_page() -> None:
    (page,) = [page for programme in discover() for page in programme.pages if page.route == "trail"]
    assert page.roles == {Role.SUP, Role.AUD}


# --- the server's log ---------------------------------------------------------------------------------------------


def head_of(size: int, moment: Any, epoch: str = "ef" * 16) -> TreeHead:
    at = int(moment.timestamp() * 1000)
    return TreeHead("ab" * 16, epoch, size, bytes(range(32)), at, bytes(64))


def keep(vault: Vault, name: str, value: str) -> None:
    with vault.settling() as session:
        state.put(session, name, value)


def kept(vault: Vault, head: TreeHead, day: str = "2026-11-02") -> None:
    keep(vault, f"log_head:{head.server_epoch}:{day}", protocol.encode(head).hex())


def log_page(stage: Any, vault: Vault) -> TrailsPage:
    context = replace(stage.context(Role.SUP), trails=lambda: read_trails(vault), log=lambda: read_log(vault))
    page = TrailsPage(context)
    stage.show(page)
    return page


def heard_of(stage: Any) -> None:
    """Sync has news, and the page asks again."""
    stage.broadcast.announce(Changes(frozenset({"sync_state"})))
    stage.settle()


def test_a_computer_that_does_not_watch_shows_no_log(stage: Any, vault: Vault) -> None:
    assert log_page(stage, vault).log.isVisible() is False


def test_the_newest_head_is_shown_and_saved(stage: Any, vault: Vault, tmp_path: Path) -> None:
    now = stage.context(Role.SUP).clock()
    head = head_of(4120, now - timedelta(hours=1))
    kept(vault, head_of(4000, now - timedelta(days=1)), "2026-11-01")
    kept(vault, head)
    page = log_page(stage, vault)
    assert "has 4120 entries" in page.log.text() and "0001020304050607" in page.log.text()
    assert page.log.property("kind") == "info" and "put back" not in page.log.text()
    page.save_to(tmp_path / "log.txt")
    stage.settle()
    assert kept_head.read((tmp_path / "log.txt").read_text()) == head


def test_a_server_that_was_put_back_or_is_silent_says_so(stage: Any, vault: Vault) -> None:
    now = stage.context(Role.SUP).clock()
    kept(vault, head_of(90, now - timedelta(days=9), "aa" * 16))
    kept(vault, head_of(80, now - timedelta(days=3)))
    page = log_page(stage, vault)
    assert "has 80 entries" in page.log.text() and "put back to a copy after" in page.log.text()
    assert "not shown its log since" in page.log.text() and page.log.property("kind") == "warning"


def test_a_log_that_lost_something_says_since_when_and_both_heads_can_be_saved(stage: Any, vault: Vault) -> None:
    now = stage.context(Role.SUP).clock()
    known, told = head_of(90, now - timedelta(hours=2)), head_of(80, now)
    kept(vault, known)
    both = [protocol.encode(one).hex() for one in (known, told)]
    keep(vault, f"log_broken:{known.server_epoch}", json.dumps(both))
    page = log_page(stage, vault)
    assert "no longer contains what it contained on" in page.log.text() and page.log.property("kind") == "danger"
    found = read_log(vault)
    assert found is not None and kept_head.read(found.text) == known and "size: 80" in found.text
    kept(vault, head_of(85, now, "ff" * 16))
    heard_of(stage)
    assert "85 entries" in page.log.text() and page.log.property("kind") == "info"
    assert "put back to a copy after" in page.log.text() and "Before that it no longer contained" in page.log.text()
    keep(vault, f"log_head:{'ff' * 16}:2026-11-02", "")
    words.use("fr")
    heard_of(stage)
    assert "ne contient plus ce qu’il contenait" in page.log.text()

"""The outbox tells the truth: without a server everything is only here, and each record says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from sqlalchemy import select

from app.models.attachments import Attachment
from app.models.local.tables import ChunkErrand, LoggedChange, OutSegment, UnsealedChange
from app.models.vocab import Role, ScopeKind
from app.models.work import Actor
from app.queries import outbox
from app.services.crisis import requests as verbs
from app.vault import state
from app.views.outbox.page import REFUSALS, OutboxPage
from app.views.programme import SyncFace
from app.views.sync_button import SyncButton, SyncProgress, SyncSign
from tests import factories
from tests.conftest import Office


def _states(page: OutboxPage) -> list[str]:
    model = page.table.model
    return [str(model.index(row, 3).data()) for row in range(model.rowCount())]


def test_alone_everything_is_only_here(stage: Any, office: Office) -> None:
    office.do(office.vault.actor(Role.VSU), verbs.raise_request, factories.request())
    page = OutboxPage(stage.context(Role.VSU))
    stage.show(page)
    stage.settle()
    assert "works without a server" in page.banner.text()
    assert set(_states(page)) == {"Only on this computer"}
    assert not page.send.isVisible()


def test_received_and_refused_are_told_apart(stage: Any, office: Office) -> None:
    actor: Actor = office.vault.actor(Role.VSU)
    request_id = office.do(actor, verbs.raise_request, factories.request())
    with office.vault.settling() as session:
        changes = list(session.scalars(select(LoggedChange).order_by(LoggedChange.seq)))
        for scope_id in {change.scope_id for change in changes}:
            own = [change for change in changes if change.scope_id == scope_id]
            refused = any(change.record_id == request_id for change in own)
            session.add(
                OutSegment(
                    scope_id=scope_id,
                    first=own[0].device_seq,
                    last=own[-1].device_seq,
                    hash=b"h" * 32,
                    body=b"b",
                    made_at=office.clock(),
                    receipt=None if refused else b"r",
                    received_at=None if refused else office.clock(),
                    refusal="not_a_member" if refused else None,
                )
            )
        session.query(UnsealedChange).delete()
    context = replace(stage.context(Role.VSU), sync=SyncFace(True, lambda: None))
    page = OutboxPage(context)
    stage.show(page)
    stage.settle()
    states = _states(page)
    assert states[0] == f"Refused: {REFUSALS['not_a_member']}", "what needs attention comes first"
    assert any(state.startswith("Received ") for state in states)
    assert "Do not hand in this computer" in page.banner.text()
    assert page.send.isVisible()


def test_what_stands_in_the_way_is_said(stage: Any) -> None:
    context = replace(stage.context(Role.VSU), sync=SyncFace(True, lambda: None, lambda: "The server is full."))
    page = OutboxPage(context)
    stage.show(page)
    stage.settle()
    assert page.trouble.isVisible()
    assert page.trouble.text() == "The server is full."


def test_the_head_never_says_all_is_sent_while_there_is_trouble() -> None:
    button = SyncButton()
    button.set_sign(SyncSign(available=True))
    assert "Everything is sent" in button.text()
    button.set_sign(SyncSign(available=True, trouble="The server is full."))
    assert "did not work" in button.text()


def test_until_the_first_fetch_is_done_the_page_says_that_records_may_be_missing(stage: Any, office: Office) -> None:
    with office.vault.settling() as session:
        state.put(session, state.SERVER_ADDRESS, "https://haven.example.org")
    page = OutboxPage(replace(stage.context(Role.VSU), sync=SyncFace(True, lambda: None)))
    stage.show(page)
    stage.settle()
    assert page.first.isVisible() and "may exist all the same" in page.first.text()
    with office.vault.settling() as session:
        state.put(session, "first_sync", "done")
    page.refresh()
    stage.settle()
    assert not page.first.isVisible()


def test_a_file_that_is_only_here_keeps_the_computer_here(stage: Any, office: Office) -> None:
    sealed = office.vault.attachments.keep_bytes(b"a drawing", 1000)
    agency_id, actor = office.vault.agency_id, office.vault.actor(Role.VSU)
    with office.vault.write(actor) as work:
        agency = work.open_scope(ScopeKind.AGENCY, agency_id)
        made = Attachment(id=work.new_id(), scope_id=agency, owner_kind="organization", owner_id="x", size=sealed.size)
        made.chunks, made.key = list(sealed.chunks), sealed.key
        work.session.add(made)
        work.commit()
    with office.vault.settling() as session:
        session.query(UnsealedChange).delete()
    page = OutboxPage(replace(stage.context(Role.VSU), sync=SyncFace(True, lambda: None)))
    stage.show(page)
    stage.settle()
    assert "content of 1 file is only on this computer" in page.banner.text()
    assert not page.coming.isVisible()
    with office.vault.settling() as session:
        session.query(ChunkErrand).update({"ours": False})
    page.refresh()
    stage.settle()
    assert "may be handed in" in page.banner.text()
    assert page.coming.isVisible() and "has not arrived yet" in page.coming.text()


def test_a_long_round_shows_how_far_it_is_and_can_be_stopped(stage: Any) -> None:
    shown: list[SyncProgress | None] = [SyncProgress("receiving", 0.34, 130)]
    stopped: list[bool] = []
    face = SyncFace(True, lambda: None, progress=lambda: shown[0], stop=lambda: stopped.append(True))
    page = OutboxPage(replace(stage.context(Role.VSU), sync=face))
    stage.show(page)
    stage.settle()
    assert page.progress.isVisible()
    labels = [label.text() for label in page.progress.findChildren(QLabel)]
    assert "Receiving: 34%, about 3 minutes left" in labels
    page.progress.findChildren(QPushButton)[0].click()
    page.tick()
    assert stopped == [True] and page.progress.is_stopping
    assert "Stopping…" in [label.text() for label in page.progress.findChildren(QLabel)]
    shown[0] = None
    page.tick()
    assert not page.progress.isVisible()
    shown[0] = SyncProgress("files", 0.5)
    page.tick()
    assert page.progress.isVisible() and not page.progress.is_stopping


@pytest.mark.parametrize(
    ("progress", "sentence"),
    [
        (SyncProgress("receiving", 0.0), "Receiving: 0%"),
        (SyncProgress("sending", 0.5, 20), "Sending: 50%, less than a minute left"),
        (SyncProgress("files", 1.7, 60), "Files: 100%, about 1 minute left"),
    ],
)
def test_progress_is_said_as_people_would(progress: SyncProgress, sentence: str) -> None:
    button = SyncButton()
    button.set_sign(SyncSign(available=True, working=True, progress=progress))
    assert button.text() == sentence


def test_what_is_kept_back_for_long_while_online_stays_in_sight() -> None:
    """safety.md, G36."""
    button = SyncButton()
    for working in (False, True):
        button.set_sign(SyncSign(available=True, working=working, waiting=2, stalled=True))
        assert button.text() == "2 records have waited over 15 minutes: see why"
    button.set_sign(SyncSign(available=True, files=1))
    assert button.text() == "1 file waits to be sent"


def test_only_time_online_counts_for_being_kept_back(office: Office) -> None:
    now = office.clock()
    with office.vault.read() as session:
        found = outbox.counts(session)
    assert found.oldest is not None
    old = replace(found, oldest=now - timedelta(hours=5))
    assert outbox.is_stalled(old, now, now - timedelta(minutes=16))
    assert not outbox.is_stalled(old, now, now - timedelta(minutes=14)), "the network came back just now"
    assert not outbox.is_stalled(old, now, None), "offline"
    assert not outbox.is_stalled(replace(old, oldest=now), now, now - timedelta(hours=5)), "just written"
    assert not outbox.is_stalled(replace(old, oldest=None), now, now - timedelta(hours=5)), "all is sent"

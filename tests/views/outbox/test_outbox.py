"""The outbox tells the truth: without a server everything is only here, and each record says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.models.local.tables import LoggedChange, OutSegment
from app.models.vocab import Role
from app.models.work import Actor
from app.services.crisis import requests as verbs
from app.vault import state
from app.views.outbox.page import REFUSALS, OutboxPage
from app.views.programme import SyncFace
from app.views.sync_button import SyncButton, SyncSign
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
            for change in own:
                change.segment_first = own[0].device_seq
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

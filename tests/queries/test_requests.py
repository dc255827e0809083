"""Requests: the 30-minute clock and the dispatch rules as screens read them (domain.md 3a, 3b)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.errors import NotFound
from app.models.crisis import CheckIn, Deployment, RequestPerson, Responder, ServiceRequest
from app.models.vocab import AgeBand, Ask
from app.queries import crisis, today

ASKED = datetime(2026, 3, 8, 3, 40, tzinfo=UTC)
"""Saturday 22:40 in Toronto, two hours before the clocks change."""


def _request(store: Any, **fields: Any) -> str:
    given = {
        "requested_at": ASKED,
        "response_wanted": "on_scene",
        "scene_safe": "police_staying",
        "status": "received",
        "requester_name": "Const. Marigold",
        "asks": ["emotional", "dragon"],
    }
    return str(store.add(ServiceRequest, **given | fields))


def test_the_clock_runs_thirty_real_minutes_and_is_met(store: Any) -> None:
    request_id = _request(store, called_back_at=ASKED + timedelta(minutes=18))
    (row,) = crisis.open_requests(store.session, now=ASKED + timedelta(hours=1))
    assert (row.id, row.call_back_due, row.call_back_met) == (request_id, ASKED + timedelta(minutes=30), True)
    assert today.call_backs(store.session) == ()


def test_a_clock_that_nobody_answered_stays_on_the_list(store: Any) -> None:
    _request(store)
    _request(store, response_wanted="within_24h")
    _request(store, status="declined")
    (waiting,) = today.call_backs(store.session)
    assert waiting.due_at == ASKED + timedelta(minutes=30)
    assert waiting.requester == "Const. Marigold"


def test_two_must_accept_before_anyone_is_sent(store: Any) -> None:
    request_id = _request(store)
    members = [store.member("Milo", "VOL"), store.member("Iris", "VOL")]
    store.add(Responder, request_id=request_id, member_id=members[0], status="accepted")
    late = store.add(Responder, request_id=request_id, member_id=members[1], status="called")
    detail = crisis.request_detail(store.session, request_id, now=ASKED)
    assert not detail.dispatch.allowed
    assert "2 responders must accept" in detail.dispatch.sentences[0]
    store.session.get(Responder, late).status = "accepted"
    store.session.flush()
    detail = crisis.request_detail(store.session, request_id, now=ASKED)
    assert (detail.dispatch.allowed, detail.dispatch.sentences) == (True, ())
    assert [one.name for one in detail.responders] == ["Milo", "Iris"]


def test_police_leaving_disables_dispatch(store: Any) -> None:
    request_id = _request(store, scene_safe="police_leaving", responder_override_reason="one is enough")
    detail = crisis.request_detail(store.session, request_id, now=ASKED)
    assert not detail.dispatch.allowed
    assert any("Police are not staying" in sentence for sentence in detail.dispatch.sentences)


def test_people_have_labels_and_age_bands_and_unknown_codes_survive(store: Any) -> None:
    request_id = _request(store)
    store.add(RequestPerson, request_id=request_id, position=2, label="Child 1", age=9)
    store.add(RequestPerson, request_id=request_id, position=1, name="<i>Dana</i>", age=34)
    detail = crisis.request_detail(store.session, request_id, now=ASKED)
    assert [(one.name, one.label, one.age_band) for one in detail.persons] == [
        ("<i>Dana</i>", "Person 1", AgeBand.B25_34),
        (None, "Child 1", AgeBand.B0_11),
    ]
    assert detail.asks == (Ask.EMOTIONAL, "dragon")
    assert {one.field for one in detail.missing} >= {"source", "location", "offence_group"}


def test_the_next_check_in_counts_from_the_last_one(store: Any) -> None:
    request_id = _request(store)
    store.add(Deployment, request_id=request_id, on_scene_at=ASKED + timedelta(minutes=40))
    store.add(CheckIn, request_id=request_id, at=ASKED + timedelta(minutes=65))
    detail = crisis.request_detail(store.session, request_id, now=ASKED)
    assert detail.deployment is not None
    assert detail.deployment.next_check_in_due == ASKED + timedelta(minutes=95)


def test_a_removed_request_is_gone(store: Any) -> None:
    request_id = _request(store, removed_at=ASKED)
    assert crisis.request_list(store.session, open_only=False) == ()
    with pytest.raises(NotFound):
        crisis.request_detail(store.session, request_id, now=ASKED)

"""The outbox tells the truth record by record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.models.crisis import ContactLog
from app.models.people import Person
from app.queries import outbox
from app.queries.outbox import SyncState

OTHER_DEVICE = "e" * 32


def test_each_state_follows_from_the_log_and_the_segments(store: Any, now: datetime) -> None:
    store.change("here", "contact_log", here=True)
    store.change("sending", "contact_log", here=False)
    store.segment(2)
    store.change("received", "contact_log", here=False)
    store.segment(3, received=now)
    store.change("refused", "contact_log", here=False)
    store.segment(4, refusal="too_large")
    store.change("long_ago", "contact_log", here=False)
    store.change("theirs", "contact_log", device=OTHER_DEVICE, here=False)
    ids = ["here", "sending", "received", "refused", "long_ago", "theirs", "unknown"]
    assert outbox.states(store.session, ids) == {
        "here": SyncState.HERE,
        "sending": SyncState.SENDING,
        "received": SyncState.RECEIVED,
        "refused": SyncState.REFUSED,
        "long_ago": SyncState.RECEIVED,
        "theirs": SyncState.COLLEAGUE,
        "unknown": SyncState.COLLEAGUE,
    }
    counts = outbox.counts(store.session)
    assert (counts.here, counts.sending, counts.received, counts.refused) == (1, 1, 2, 1)
    assert counts.unsent == outbox.unsent(store.session) == 3


def test_the_worst_change_of_a_record_counts(store: Any, now: datetime) -> None:
    store.change("r", "task", here=False)
    store.segment(1, received=now)
    store.change("r", "task", here=True)
    assert outbox.states(store.session, ["r"]) == {"r": SyncState.HERE}
    (row,) = outbox.outbox(store.session)
    assert (row.state, row.changes, row.received_at) == (SyncState.HERE, 2, None)


def test_a_laptop_is_safe_to_hand_in_only_when_nothing_is_unsent_or_refused(store: Any, now: datetime) -> None:
    assert outbox.safe_to_hand_in(store.session)
    store.change("a", "task", here=False)
    store.segment(1, received=now)
    assert outbox.safe_to_hand_in(store.session)
    store.change("b", "task", here=False)
    store.segment(2, refusal="role")
    assert not outbox.safe_to_hand_in(store.session)


def test_labels_name_the_kind_and_the_number_and_nobody(store: Any) -> None:
    case_id = store.case(number="VSU-2026-000007")
    contact = store.add(ContactLog, case_id=case_id, service_fact="Spoke with Dana")
    store.change(contact, "contact_log", here=True)
    store.change(store.client(case_id), "person", here=True)
    rows = outbox.outbox(store.session)
    assert {(row.label, row.number) for row in rows} == {("Contact", "VSU-2026-000007"), ("Person", "VSU-2026-000007")}
    assert "Dana" not in repr(rows)
    assert store.session.get(Person, store.client(case_id)).legal_first == "Dana"


def test_what_needs_attention_comes_first_and_pages_do_not_overlap(store: Any, now: datetime) -> None:
    for place in range(1, 7):
        store.change(f"r{place}", "task", here=place % 2 == 0)
        if place % 2:
            store.segment(place, refusal="role" if place == 3 else None, received=None if place == 3 else now)
    every = [row.record_id for row in outbox.outbox(store.session)]
    assert every == ["r3", "r6", "r4", "r2", "r5", "r1"]
    pages = [row.record_id for at in (0, 2, 4) for row in outbox.outbox(store.session, limit=2, offset=at)]
    assert pages == every
    assert [row.record_id for row in outbox.outbox(store.session, state=SyncState.REFUSED)] == ["r3"]


def test_a_kind_from_a_newer_version_is_still_listed(store: Any) -> None:
    store.change("x", "hologram", here=True)
    (row,) = outbox.outbox(store.session)
    assert (row.label, row.number) == ("hologram", None)

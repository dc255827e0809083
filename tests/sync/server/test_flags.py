"""Flags of devices about themselves: who may raise them, who gets them, who takes note."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from app.sync import protocol as p
from app.sync.server.admin import main
from app.sync.server.clock import new_id
from tests.sync.server.harness import Device, Refused, Server, new_server


def flag_of(device: Device, **changed: Any) -> p.FlagRaised:
    """A flag of a device about itself, signed by it."""
    fields: dict[str, Any] = {
        "flag_id": new_id(),
        "device_id": device.device_id,
        "kind": p.DURESS,
        "at": 1_760_000_000_000,
        "signature": p.UNSIGNED,
    }
    return p.signed(p.FlagRaised(**(fields | changed)), device.key.sign)


def send(device: Device, raised: p.FlagRaised) -> p.FlagTaken:
    """Raise it."""
    return device.ask(p.FlagTaken, "POST", "/v1/flag", raised)


def note(device: Device, flag_id: str) -> p.FlagTaken:
    """Take note of it."""
    return device.ask(p.FlagTaken, "POST", "/v1/flag/seen", p.FlagSeen(flag_id))


def flags_for(device: Device) -> list[p.Flag]:
    """All flags that the feed hands to a device, oldest first."""
    bodies = [p.feed_body(item) for item in device.all_items()]
    return [body for body in bodies if isinstance(body, p.Flag)]


def test_a_flag_reaches_supervisors_and_nobody_else(server: Server, agency: str) -> None:
    officer, supervisor = server.enrolled(agency), server.enrolled(agency, "Sam Example", ("SUP",))
    raised = flag_of(officer)
    assert send(officer, raised).flag_id == raised.flag_id
    later = server.enrolled(agency, "Lee Example", ("SUP",))
    other_agency = server.enrolled(server.add_agency("Another Service"), "Kim Example", ("SUP",))
    for reader, expected in (
        (supervisor, 1),
        (later, 1),
        (officer, 0),
        (server.enrolled(agency), 0),
        (other_agency, 0),
    ):
        assert len(flags_for(reader)) == expected
    (flag,) = flags_for(supervisor)
    assert (flag.raised, flag.seen_at, flag.person_id) == (raised, 0, officer.enrolled and officer.enrolled.person_id)


def test_repeating_is_free(server: Server, agency: str) -> None:
    officer, supervisor = server.enrolled(agency), server.enrolled(agency, "Sam Example", ("SUP",))
    raised = flag_of(officer)
    for _ in range(3):
        send(officer, raised)
    assert len(flags_for(supervisor)) == 1
    assert 'haven_flags_total{kind="duress"} 1' in officer.raw("GET", "/metrics")[2].decode()


@pytest.mark.parametrize("wrong", ["another_device", "unsigned", "other_content", "other_owner"])
def test_a_wrong_flag_is_refused(server: Server, agency: str, wrong: str) -> None:
    officer, colleague = server.enrolled(agency), server.enrolled(agency, "Lee Example")
    supervisor = server.enrolled(agency, "Sam Example", ("SUP",))
    first = flag_of(officer)
    send(officer, first)
    made = {
        "another_device": lambda: flag_of(officer, device_id=colleague.device_id),
        "unsigned": lambda: p.FlagRaised(new_id(), officer.device_id, p.DURESS, 1, p.UNSIGNED),
        "other_content": lambda: flag_of(officer, flag_id=first.flag_id, at=7),
        "other_owner": lambda: flag_of(colleague, flag_id=first.flag_id),
    }[wrong]()
    with pytest.raises(Refused) as refused:
        send(colleague if wrong == "other_owner" else officer, made)
    assert (refused.value.status, refused.value.code) == (400, "bad_signature" if wrong == "unsigned" else "malformed")
    assert [flag.raised for flag in flags_for(supervisor)] == [first]


def test_supervisors_take_note_and_the_first_is_named(server: Server, agency: str) -> None:
    officer = server.enrolled(agency)
    first, second = (server.enrolled(agency, name, ("SUP",)) for name in ("Sam Example", "Lee Example"))
    raised = flag_of(officer)
    send(officer, raised)
    with pytest.raises(Refused) as refused:
        note(officer, raised.flag_id)
    assert (refused.value.status, refused.value.code) == (403, "not_allowed")
    note(first, raised.flag_id)
    note(second, raised.flag_id)
    before, after = flags_for(second)
    assert first.enrolled is not None
    assert (before.seen_at, after.seen_by) == (0, first.enrolled.person_id)
    assert after.seen_at > 0 and after.raised == raised
    with pytest.raises(Refused) as unknown:
        note(first, new_id())
    assert unknown.value.status == 404


def test_only_signed_in_devices_that_are_active(server: Server, agency: str) -> None:
    officer = server.enrolled(agency)
    server.revoke(agency, officer.device_id)
    with pytest.raises(Refused) as refused:
        send(officer, flag_of(officer))
    assert refused.value.code == "revoked"
    stranger = Device(server.port)
    with pytest.raises(Refused) as unknown:
        send(stranger, flag_of(stranger))
    assert unknown.value.code == "not_signed_in"


def test_flags_are_limited(tmp_path: Any) -> None:
    narrow = new_server(tmp_path / "narrow", flags_per_minute=3)
    try:
        officer = narrow.enrolled(narrow.add_agency())
        raised = flag_of(officer)
        for _ in range(3):
            send(officer, raised)
        with pytest.raises(Refused) as refused:
            send(officer, raised)
        assert refused.value.status == 429
    finally:
        narrow.stop()


def test_one_device_cannot_fill_the_feed(server: Server, agency: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sync.server.flags._MOST_A_DAY", 2)
    officer = server.enrolled(agency)
    for _ in range(2):
        send(officer, flag_of(officer))
    with pytest.raises(Refused) as refused:
        send(officer, flag_of(officer))
    assert (refused.value.status, refused.value.headers["retry-after"]) == (429, "3600")


def test_the_administrator_lists_them(server: Server, agency: str, capsys: pytest.CaptureFixture[str]) -> None:
    officer = server.enrolled(agency)
    raised = flag_of(officer)
    send(officer, raised)
    assert main(["--json", "--data", str(server.settings.data), "flags"]) == 0
    (row,) = json.loads(capsys.readouterr().out.splitlines()[-1])["flags"]
    assert (row["flag_id"], row["name"], row["kind"], row["seen_at"]) == (raised.flag_id, "Ann Example", "duress", 0)


def test_flags_survive_a_restart_and_the_metrics_name_nobody(server: Server, agency: str) -> None:
    officer, supervisor = server.enrolled(agency), server.enrolled(agency, "Sam Example", ("SUP",))
    send(officer, flag_of(officer))
    metrics = officer.raw("GET", "/metrics")[2].decode()
    assert not re.search(officer.device_id, metrics)
    server.restart()
    supervisor.move_to(server.port)
    assert len(flags_for(supervisor)) == 1

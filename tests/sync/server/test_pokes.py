"""Streams of pokes: a hint for whom something is, nothing for anybody else, never a word of what."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.sync import protocol as p
from app.sync.server.pokes import HERE, POKE
from tests.sync.server.harness import Device, Refused, Server, new_server


class Stream:
    """One open stream, read with a limit of time."""

    def __init__(self, device: Device, after: int | None = None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", device.port, timeout=10)
        after = device.feed().next if after is None else after
        self.connection.request("GET", f"/v1/pokes?after={after}", headers={"authorization": f"Bearer {device.token}"})
        self.response = self.connection.getresponse()

    def event(self) -> bytes:
        """The next event or sign of life; nothing at the end."""
        found = b""
        while not found.endswith(b"\n\n"):
            line = self.response.readline()
            if not line:
                return found
            found += line
        return found

    def close(self) -> None:
        self.connection.close()


Listen = Callable[..., Stream]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Opens streams that are closed at the end."""
    opened: list[Stream] = []

    def make(device: Device, after: int | None = None) -> Stream:
        opened.append(Stream(device, after))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def lively(tmp_path: Path) -> Iterator[Server]:
    """A server whose streams give many signs of life."""
    running = new_server(tmp_path / "lively", heartbeat_seconds=0.05, most_listeners=2)
    yield running
    running.stop()


def test_a_reader_is_poked_and_the_stream_says_nothing_else(server: Server, agency: str, listen: Listen) -> None:
    ann, ben = server.enrolled(agency, "Ann"), server.enrolled(agency, "Ben")
    scope = ann.new_scope(ben.device_id)
    stream = listen(ben)
    assert stream.response.status == 200 and stream.response.getheader("content-type", "").startswith(p.EVENT_STREAM)
    assert stream.event() == HERE
    ann.send(ann.segment(scope))
    assert stream.event() == POKE
    ann.send(ann.segment(scope))
    assert stream.event() == POKE


def test_who_may_not_read_it_and_who_wrote_it_hear_nothing(lively: Server, listen: Listen) -> None:
    agency = lively.add_agency()
    ann, cleo = lively.enrolled(agency, "Ann"), lively.enrolled(agency, "Cleo")
    scope = ann.new_scope()
    own, other = listen(ann), listen(cleo)
    assert own.event() == other.event() == HERE
    ann.send(ann.segment(scope))
    assert {own.event() for _ in range(20)} == {HERE} == {other.event() for _ in range(20)}


def test_what_came_before_the_stream_is_poked_for(server: Server, agency: str, listen: Listen) -> None:
    ann, ben = server.enrolled(agency, "Ann"), server.enrolled(agency, "Ben")
    scope = ann.new_scope(ben.device_id)
    place = ben.feed().next
    ann.send(ann.segment(scope))
    stream = listen(ben, place)
    assert [stream.event(), stream.event()] == [HERE, POKE]


def test_another_agency_is_not_woken(lively: Server, listen: Listen) -> None:
    here, there = lively.add_agency(), lively.add_agency("Elsewhere")
    ann, stranger = lively.enrolled(here), lively.enrolled(there)
    stream = listen(stranger)
    scope = ann.new_scope()
    ann.send(ann.segment(scope))
    assert {stream.event() for _ in range(20)} == {HERE}


def test_a_revoked_device_hears_no_more(lively: Server, listen: Listen) -> None:
    agency = lively.add_agency()
    ann = lively.enrolled(agency)
    stream = listen(ann)
    assert stream.event() == HERE
    lively.revoke(agency, ann.device_id)
    while (event := stream.event()) in (HERE, POKE):
        pass
    assert event == b""


def test_a_second_stream_of_a_device_ends_the_first(server: Server, agency: str, listen: Listen) -> None:
    ann, ben = server.enrolled(agency, "Ann"), server.enrolled(agency, "Ben")
    scope = ann.new_scope(ben.device_id)
    first, second = listen(ben), None
    assert first.event() == HERE
    second = listen(ben)
    assert second.event() == HERE and first.event() == b""
    ann.send(ann.segment(scope))
    assert second.event() == POKE and len(server.parts.pokes) == 1


def test_there_is_place_for_so_many_and_for_others_again_later(lively: Server, listen: Listen) -> None:
    agency = lively.add_agency()
    devices = [lively.enrolled(agency, name) for name in ("Ann", "Ben", "Cleo")]
    first, second, third = (listen(device, 0) for device in devices)
    assert first.event() == second.event() == HERE
    assert third.response.status == 503 and third.response.getheader("retry-after")
    first.close()
    while len(lively.parts.pokes) == 2:
        second.event()
    again = listen(devices[2], 0)
    assert again.response.status == 200 and again.event() == HERE


def test_no_token_no_stream(server: Server, agency: str) -> None:
    ann = server.enrolled(agency)
    ann.token = "nothing of the kind"
    with pytest.raises(Refused) as refused:
        ann.ask(p.FeedPage, "GET", "/v1/pokes?after=0")
    assert refused.value.code == p.ProblemCode.NOT_SIGNED_IN


def test_stopping_waits_for_no_stream(server: Server, agency: str, listen: Listen) -> None:
    stream = listen(server.enrolled(agency))
    assert stream.event() == HERE
    server.stop()  # fails when the thread does not end
    while stream.event():
        pass
    assert len(server.parts.pokes) == 0


def test_a_flag_pokes_supervisors_only(lively: Server, listen: Listen) -> None:
    agency = lively.add_agency()
    sam, ann = lively.enrolled(agency, "Sam", roles=("SUP",)), lively.enrolled(agency, "Ann")
    ben = lively.enrolled(agency, "Ben")
    to_sam, to_ben = listen(sam), listen(ben)
    assert to_sam.event() == to_ben.event() == HERE
    raised = p.FlagRaised("7" * 32, ann.device_id, p.DURESS, 7, p.UNSIGNED)
    ann.ask(p.FlagTaken, "POST", "/v1/flag", p.signed(raised, ann.key.sign))
    while (event := to_sam.event()) == HERE:
        pass
    assert event == POKE
    assert {to_ben.event() for _ in range(20)} == {HERE}

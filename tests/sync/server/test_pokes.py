"""Streams of pokes: a hint for whom something is, nothing for anybody else, never a word of what."""

from __future__ import annotations

import http.client
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from app.sync import protocol as p
from app.sync.server import members, reading
from app.sync.server.clock import new_id
from app.sync.server.pokes import HERE, POKE
from app.sync.server.problems import StoreUnavailable
from app.sync.server.store import open_store
from app.sync.server.tables import agencies, devices, sessions
from tests.sync.server.harness import Device, Refused, Server, new_server

LOOKS = re.compile(r"haven_poke_looks_total \d")


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


# --- one look for all ---------------------------------------------------------------------------------------------


def looks(server: Server) -> int:
    """How often the server looked for all streams at once."""
    return sum(int(line.split()[-1]) for line in server.parts.metrics.text().splitlines() if LOOKS.match(line))


def poked(stream: Stream) -> bool:
    """Whether the next thing that is no sign of life is a poke; False when the stream ends."""
    while (event := stream.event()) == HERE:
        pass
    return event == POKE


def eventually(holds: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def joined(server: Server, agency: str, *streams: Stream) -> None:
    """Wait until the common look serves these streams."""
    assert {stream.event() for stream in streams} == {HERE}
    watch = server.parts.pokes._watches[agency]
    eventually(lambda: [one._known_at >= 0 for one in watch.everyone()] == len(streams) * [True])


def put_into(server: Server, agency: str, device: Device, *groups: str) -> None:
    """Give the device's person these groups."""
    assert device.enrolled is not None
    with server.parts.store.writing() as connection:
        members.change_person(connection, agency, device.enrolled.person_id, ["VSU"], groups)


def group_scope(sup: Device, group: str) -> str:
    """A scope whose key a group has."""
    scope = new_id()
    keys = [sup.envelope(scope, sup.device_id), sup.envelope(scope, group, recipient="group", method="aes")]
    assert sup.push(p.Push(groups=[sup.group(group)], scopes=[sup.offer(scope)], envelopes=keys)).refusals == []
    return scope


def test_what_grew_is_looked_at_once_for_all_streams(server: Server, agency: str, listen: Listen) -> None:
    ann = server.enrolled(agency, "Ann")
    readers = [server.enrolled(agency, f"Reader {number}") for number in range(5)]
    scope = ann.new_scope(*(reader.device_id for reader in readers))
    streams = [listen(reader) for reader in readers]
    joined(server, agency, *streams)
    for number in (1, 2):
        ann.send(ann.segment(scope))
        assert all(poked(stream) for stream in streams)
        assert looks(server) == number


def test_who_is_put_into_a_group_hears_and_who_is_taken_out_hears_no_more(server: Server, listen: Listen) -> None:
    agency = server.add_agency("Elsewhere")
    sam = server.enrolled(agency, "Sam", roles=("SUP",), groups=("unit",))
    ben, cleo = server.enrolled(agency, "Ben", groups=("unit",)), server.enrolled(agency, "Cleo")
    scope = group_scope(sam, "unit")
    to_ben, to_cleo = listen(ben), listen(cleo)
    joined(server, agency, to_ben, to_cleo)
    sam.send(sam.segment(scope))
    assert poked(to_ben)
    assert looks(server) == 1
    for person, its_groups in ((ben, ()), (cleo, ("unit",))):
        put_into(server, agency, person, *its_groups)
        assert poked(to_ben) and poked(to_cleo), "everybody is told of a change of members"
    sam.send(sam.segment(scope))
    assert poked(to_cleo)
    eventually(lambda: looks(server) == 4)
    put_into(server, agency, cleo)
    assert poked(to_cleo) and poked(to_ben)
    server.revoke(agency, ben.device_id)
    assert not poked(to_ben), "of the segment in between Ben heard nothing"


def test_what_this_process_was_not_told_is_found_with_the_next_sign_of_life(lively: Server, listen: Listen) -> None:
    agency = lively.add_agency()
    ann, ben = lively.enrolled(agency, "Ann"), lively.enrolled(agency, "Ben")
    to_ann, to_ben = listen(ann), listen(ben)
    assert to_ann.event() == to_ben.event() == HERE
    with closing(open_store(lively.settings)) as beside, beside.writing() as connection:  # as a command does
        connection.execute(update(devices).where(devices.c.device_id == ann.device_id).values(status="revoked"))
        connection.execute(delete(sessions).where(sessions.c.device_id == ben.device_id))
    assert not poked(to_ann) and not poked(to_ben)


def test_a_token_that_is_over_ends_the_stream(tmp_path: Path, listen: Listen) -> None:
    short = new_server(tmp_path / "short", heartbeat_seconds=0.05, session_seconds=1)
    try:
        stream = listen(short.enrolled(short.add_agency()))
        assert not poked(stream)
    finally:
        short.stop()


def test_what_comes_while_somebody_joins_is_not_missed(
    server: Server, agency: str, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, ben = server.enrolled(agency, "Ann"), server.enrolled(agency, "Ben")
    scope = ann.new_scope(ben.device_id)
    place = ben.feed().next
    look, segments = reading.look, [ann.segment(scope)]

    def slow(*asked: Any) -> tuple[int, bool]:
        answer = look(*asked)
        if segments:  # after its snapshot: another's work, and the common look at it
            ann.send(segments.pop())
            eventually(lambda: looks(server))
        return answer

    monkeypatch.setattr(reading, "look", slow)
    assert poked(listen(ben, place))


def test_a_store_that_does_not_answer_for_a_moment_costs_no_poke(
    server: Server, agency: str, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, ben = server.enrolled(agency, "Ann"), server.enrolled(agency, "Ben")
    scope = ann.new_scope(ben.device_id)
    stream = listen(ben)
    joined(server, agency, stream)
    growth, failures = reading.growth, [StoreUnavailable()]

    def failing(*asked: Any) -> reading.Growth:
        if failures:
            raise failures.pop()
        return growth(*asked)

    monkeypatch.setattr(reading, "growth", failing)
    ann.send(ann.segment(scope))
    assert poked(stream) and not failures


def test_a_mistake_of_ours_ends_the_streams_and_the_next_one_is_served(
    server: Server, agency: str, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, ben = server.enrolled(agency, "Ann"), server.enrolled(agency, "Ben")
    scope = ann.new_scope(ben.device_id)
    stream = listen(ben)
    joined(server, agency, stream)
    with monkeypatch.context() as broken:
        broken.setattr(reading, "growth", lambda *_: None)
        ann.send(ann.segment(scope))
        assert not poked(stream)
    again = listen(ben)
    assert again.event() == HERE
    ann.send(ann.segment(scope))
    assert poked(again)


def test_a_feed_that_goes_back_ends_the_streams(server: Server, agency: str, listen: Listen) -> None:
    ann, ben = server.enrolled(agency, "Ann"), server.enrolled(agency, "Ben")
    ann.new_scope(ben.device_id)
    stream = listen(ben)
    joined(server, agency, stream)
    with server.parts.store.writing() as connection:
        connection.execute(update(agencies).values(last_place=1))
    server.parts.pokes.tell(agency)
    assert not poked(stream)


@pytest.mark.parametrize("seed", range(3))
def test_the_common_look_says_for_each_device_what_a_look_of_its_own_says(server: Server, seed: int) -> None:
    """Any history: of every stretch of the feed and every device, whether it has something for that device."""
    chance = random.Random(seed)
    agency = server.add_agency("Elsewhere")
    groups = ("unit", "registry")
    sup = server.enrolled(agency, "Sam", roles=("SUP",), groups=groups)
    devices_here = [sup] + [
        server.enrolled(agency, f"Officer {number}", groups=tuple(chance.sample(groups, chance.randrange(3))))
        for number in range(3)
    ]
    scopes = [group_scope(sup, group) for group in groups]
    writers = {scope: [sup] for scope in scopes}
    answers: set[bool] = set()
    for _ in range(25):
        author = chance.choice(devices_here)
        match chance.randrange(5):
            case 0:
                readers = [one for one in devices_here if one is not author and chance.random() < 0.4]
                scope = author.new_scope(*(one.device_id for one in readers))
                writers[scope] = [author, *readers]
            case 1:
                scope = chance.choice(list(writers))
                keeper, other = writers[scope][0], chance.choice(devices_here)
                held = keeper.envelope(scope, other.device_id, held=True)
                assert keeper.push(p.Push(envelopes=[held])).refusals == []
            case 2:
                put_into(server, agency, author, *chance.sample(groups, chance.randrange(3)))
                if author is sup:
                    put_into(server, agency, sup, *groups)
            case _:
                scope = chance.choice(list(writers))
                writer = chance.choice(writers[scope])
                writer.send(writer.segment(scope))
        answers |= compared(server, agency, [one.device_id for one in devices_here])
    assert answers == {True, False}


def compared(server: Server, agency: str, device_ids: list[str]) -> set[bool]:
    """Check the latest stretches of the feed, each up to its end, for each device; the answers that occurred."""
    answers = set()
    with server.parts.store.reading() as connection:
        callers = members.callers(connection, agency, device_ids)
        end = reading.feed_end(connection, agency)
        for after in range(max(end - 5, 0), end + 1):
            grown = reading.growth(connection, agency, after)
            assert grown.end == end
            for caller, _, _ in callers.values():
                _, own = reading.look(connection, caller, after)
                assert grown.concerns(caller.device_id, reading.audiences(caller)) == own
                answers.add(own)
    return answers

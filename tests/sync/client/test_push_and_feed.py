"""The answer to the last push of a round brings what colleagues wrote meanwhile; an older server's does not."""

from __future__ import annotations

import pytest

from app.models.agency import Organization
from app.models.vocab import Role
from app.sync.client.transport import Call, Reply, Transport
from tests.sync.client.test_at_rest import asked
from tests.sync.conftest import Agency, Recruit, Station

FIRST, SECOND = "0" * 31 + "1", "0" * 31 + "2"


@pytest.fixture
def pair(agency: Agency, recruit: Recruit) -> tuple[Station, Station]:
    """Two supervisors whose computers have nothing left to do."""
    one, two = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Sue Supervisor", Role.SUP)
    for _ in range(4):
        one.sync(), two.sync()
    return one, two


def meanwhile(one: Station, two: Station, *, older: bool = False) -> None:
    """Just before the push of `one` reaches the server, `two` sends something. An `older` server knows no `after`."""

    def exchange(real: Transport, call: Call) -> Reply:
        if "/v1/push" not in call.url:
            return real.exchange(call)
        one.transport.fault = without_after if older else None
        two.write(Organization(id=SECOND, name="Night line"))
        two.sync()
        return without_after(real, call) if older else real.exchange(call)

    def without_after(real: Transport, call: Call) -> Reply:
        path, _, asks = call.url.partition("?")
        kept = path if path.endswith("/v1/push") else call.url
        assert kept == path or asks, call.url
        return real.exchange(Call(call.method, kept, call.body, call.token))

    one.transport.fault = exchange


def test_what_came_meanwhile_comes_with_the_receipts(pair: tuple[Station, Station]) -> None:
    one, two = pair
    one.write(Organization(id=FIRST, name="Harbour House"))
    meanwhile(one, two)
    paths = [path.partition("?")[0] for path in asked(one)]
    assert paths.count("feed") == 1 and paths[-1] == "push", paths
    assert one.get(Organization, SECOND) is not None, "it came with the answer to the push"
    two.sync()
    assert one.contents() == two.contents()


def test_after_a_push_alone_two_messages_are_a_round(pair: tuple[Station, Station]) -> None:
    one, two = pair
    one.write(Organization(id=SECOND, name="Night line"))
    one.sync()  # the keys of the scope, too, are with the server now
    one.write(Organization(id=FIRST, name="Harbour House"))
    assert [path.partition("?")[0] for path in asked(one)] == ["feed", "push"]
    two.sync()
    assert two.get(Organization, FIRST) is not None


def test_a_server_that_knows_no_after_is_asked_for_the_feed(pair: tuple[Station, Station]) -> None:
    one, two = pair
    one.write(Organization(id=FIRST, name="Harbour House"))
    meanwhile(one, two, older=True)
    paths = [path.partition("?")[0] for path in asked(one)]
    assert paths.count("feed") == 2, paths
    assert one.get(Organization, SECOND) is not None
    two.sync()
    assert one.contents() == two.contents()

"""Who begins a key may be lost right then, and who is overtaken must come to rest."""

from __future__ import annotations

import pytest

from app.models.agency import Organization
from app.models.crisis import ServiceRequest
from app.models.vocab import Role, ScopeKind
from app.sync import protocol
from app.sync.client import founding, problems
from app.sync.client.problems import Offline
from app.sync.client.transport import Call, Reply, Transport
from app.sync.protocol import Push
from tests.sync.conftest import Agency, Recruit, Station
from tests.sync.test_two_vaults import all_sync, new_id


class LostAfterFounding:
    """Reaches the server until that has taken a group, and never again."""

    def __init__(self) -> None:
        self.is_lost = False

    def __call__(self, real: Transport, call: Call) -> Reply:
        if self.is_lost:
            raise Offline(problems.UNREACHABLE)
        self.is_lost = call.url.endswith("/v1/push") and bool(protocol.decode(Push, call.body or b"").groups)
        return real.exchange(call)


def found_and_be_lost(agency: Agency, recruit: Recruit) -> tuple[Station, Station, Station]:
    """Two who are left, and who made the newest key of `staff` after another was lost, and was never seen again."""
    one, two = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    gone, founder = recruit(agency, "Will Worker"), recruit(agency, "Olive Officer", Role.OFF)
    all_sync(one, two, gone, founder)
    agency.revoke(gone.vault.device_id)
    network = LostAfterFounding()
    founder.transport.fault = network
    founder.engine.run_once()
    assert network.is_lost
    return one, two, founder


def they_read_each_other(one: Station, two: Station) -> None:
    organization = new_id(one)
    one.write(Organization(id=organization, name="Harbour House"))
    all_sync(one, two)
    assert two.get(Organization, organization) is not None
    assert two.engine.state().counts.waiting == 0 and two.engine.state().counts.only_here == 0


def test_a_group_has_no_key_that_only_its_lost_founder_holds(agency: Agency, recruit: Recruit) -> None:
    one, two, _ = found_and_be_lost(agency, recruit)
    they_read_each_other(one, two)


def test_a_key_that_was_lost_with_its_founder_is_followed_by_who_never_had_it(
    agency: Agency, recruit: Recruit, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(founding, "_for_members", lambda *_: [])  # a version that handed the key out a message later
        one, two, founder = found_and_be_lost(agency, recruit)
    agency.revoke(founder.vault.device_id)
    they_read_each_other(one, two)


def test_who_was_overtaken_by_a_colleague_does_not_begin_the_same_key_again(agency: Agency, recruit: Recruit) -> None:
    officer, worker = recruit(agency, "Olive Officer", Role.OFF), recruit(agency, "Wanda Worker")
    person = agency.person("Will Worker", (Role.VSU,), ("staff", "unit"))
    leaving = recruit(agency, "Will Worker", person=person)
    request_id = new_id(officer)
    officer.write(ServiceRequest(id=request_id, scope_id=officer.scope(ScopeKind.REQUEST, request_id), hazards="Ice"))
    all_sync(officer, worker, leaving)
    leaving.set(ServiceRequest, request_id, parking="Behind the house")
    agency.change_person(person, (Role.VSU,), ("staff",))
    all_sync(worker, leaving)  # the colleague begins the next key, the other is refused
    leaving.transport.calls.clear()
    leaving.sync()
    pushes = [url for url in leaving.transport.calls if "/v1/push" in url]
    assert len(pushes) == 1, "nothing but the refused work goes again"

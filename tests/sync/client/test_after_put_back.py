"""A server went back to an older copy while colleagues remember what it forgot."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from app.models.agency import Organization
from app.models.crisis import Case
from app.models.local.tables import ScopeKey
from app.models.vocab import Role, ScopeKind
from tests.sync.conftest import Recruit, ServerProcess, Station
from tests.sync.test_two_vaults import all_sync, new_id


def newest_key(station: Station, scope_id: str) -> int:
    asked = select(func.max(ScopeKey.epoch)).where(ScopeKey.scope_id == scope_id)
    return int(station.ask(lambda session: session.scalar(asked) or 0))


def test_work_that_colleagues_have_may_come_again_under_a_newer_key(
    own_server: ServerProcess, recruit: Recruit, tmp_path: Path
) -> None:
    agency = own_server.agency()
    one, two = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    lost = recruit(agency, "Will Worker")
    one.write(Organization(id=new_id(one), name="Before the copy"))
    all_sync(one, two, lost)
    lost.write(Organization(id=new_id(lost), name="By who is lost later"))
    all_sync(lost, one, two)
    own_server.copy(tmp_path / "copy")
    first, second = new_id(two), new_id(two)
    two.write(Organization(id=first, name="After the copy"))
    all_sync(two, one)
    assert one.get(Organization, first) is not None
    own_server.put_back(tmp_path / "copy")
    agency.revoke(lost.vault.device_id)
    all_sync(one, one)  # follows the keys that the lost computer knows
    scope_id = one.scope(ScopeKind.AGENCY, one.vault.agency_id)
    assert newest_key(one, scope_id) == 2
    two.write(Organization(id=second, name="Under the newer key"))
    all_sync(two, one, two, one)
    assert one.get(Organization, second) is not None
    assert one.engine.state().counts.waiting == 0


def test_who_was_given_a_key_is_remembered_when_the_server_forgets(
    own_server: ServerProcess, recruit: Recruit, tmp_path: Path
) -> None:
    agency = own_server.agency()
    one, two = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    lost = recruit(agency, "Will Worker")
    all_sync(one, two, lost)
    own_server.copy(tmp_path / "copy")
    case_id = new_id(two)
    scope_id = two.scope(ScopeKind.CASE, case_id)
    two.write(Case(id=case_id, scope_id=scope_id, assigned_to=two.member_id, co_workers=[lost.member_id]))
    all_sync(two, lost)
    known = newest_key(lost, scope_id)
    assert known == 1
    own_server.put_back(tmp_path / "copy")
    agency.revoke(lost.vault.device_id)
    all_sync(two, two, one, two)
    assert newest_key(two, scope_id) > known

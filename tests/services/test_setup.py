"""Starting on this computer without a server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.errors import NotFound, RuleBroken
from app.models.agency import Setting
from app.models.local.tables import Member
from app.models.vocab import Role
from app.services import directory, setup
from app.vault.vault import Vault
from tests import factories
from tests.conftest import Office, TestClock


def found(vault: Vault) -> setup.FoundAgency:
    return setup.FoundAgency(
        agency_id=vault.agency_id, service_name="Example Service", member_name="A. Example", roles=(Role.VSU, Role.SUP)
    )


def test_the_service_is_founded_once(new_vault: Callable[[str], Vault], clock: TestClock) -> None:
    office = Office(new_vault("own"), clock)
    founder = office.vault.actor(Role.SUP)
    with pytest.raises(NotFound):
        office.do(founder, directory.add_organization, factories.organization())
    command = found(office.vault)
    with pytest.raises(RuleBroken):
        office.do(founder, setup.found_agency_locally, replace(command, service_name=" "))
    office.do(founder, setup.found_agency_locally, command)
    assert [one.value for one in office.found(Setting)] == ["Example Service"]
    member = office.get(Member, founder.member_id)
    assert (member.name, member.roles) == ("A. Example", ["VSU", "SUP"])
    assert office.do(founder, directory.add_organization, factories.organization())
    with pytest.raises(RuleBroken, match="already set up"):
        office.do(founder, setup.found_agency_locally, command)

"""An older version keeps what it does not know, and after its update that is where it belongs."""

from __future__ import annotations

from app.models.crisis import ServiceRequest
from app.models.vocab import Role, ScopeKind, Tri
from app.sync.client import newly_known
from app.sync.client.engine import SyncEngine
from tests.simulator.versions import older_version
from tests.sync.conftest import Agency, Recruit
from tests.sync.test_two_vaults import all_sync, new_id


def test_fields_that_an_older_version_kept_get_their_columns_after_its_update(agency: Agency, recruit: Recruit) -> None:
    newer, behind = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Sue Supervisor", Role.SUP)
    request_id = new_id(newer)
    scope_id = newer.scope(ScopeKind.REQUEST, request_id)
    with older_version():
        all_sync(newer, behind)
        newer.write(
            ServiceRequest(id=request_id, scope_id=scope_id, hazards="Dog", contact_safe=Tri.NO, parking="Yard")
        )
        all_sync(newer, behind)
        found = behind.get(ServiceRequest, request_id)
        assert found is not None and found.parking == "Yard"
        behind.set(ServiceRequest, request_id, parking="Street")
        all_sync(behind, newer)
    kept = newer.get(ServiceRequest, request_id)
    assert kept is not None and kept.parking == "Street"

    for station in (newer, behind):  # both merged as the older version does
        assert station.ask(newly_known.is_due)
        station.engine = SyncEngine(station.vault, station.transport, station.clock)
        station.sync()
        found = station.get(ServiceRequest, request_id)
        assert found is not None and (found.hazards, found.contact_safe) == ("Dog", Tri.NO)
        assert found.unknown is None and not found.flagged
        assert not station.ask(newly_known.is_due)
    behind.set(ServiceRequest, request_id, hazards="No dog any more")
    all_sync(behind, newer)
    found = newer.get(ServiceRequest, request_id)
    assert found is not None and found.hazards == "No dog any more" and not found.flagged

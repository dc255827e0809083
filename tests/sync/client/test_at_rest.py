"""After a round that found nothing the next one asks one question, and misses nothing for it."""

from __future__ import annotations

from datetime import timedelta

from app.models.agency import Organization
from app.models.vocab import Role
from tests.sync.conftest import Agency, Recruit, Station


def asked(station: Station) -> list[str]:
    """The addresses of one round, without the server's."""
    station.transport.calls.clear()
    station.sync()
    return [url.partition("/v1/")[2] for url in station.transport.calls]


def test_a_quiet_device_asks_one_question_and_hears_of_everything(agency: Agency, recruit: Recruit) -> None:
    one, two = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Sue Supervisor", Role.SUP)
    for _ in range(4):
        one.sync(), two.sync()
    (only,) = asked(one)
    assert only.startswith("feed?") and "heads" not in only
    two.write(Organization(id="0" * 31 + "1", name="Harbour House"))
    two.sync()
    assert len(asked(one)) > 1 and one.get(Organization, "0" * 31 + "1") is not None
    for _ in range(4):
        one.sync()
    assert len(asked(one)) == 1
    one.set(Organization, "0" * 31 + "1", name="Harbour House (new)")
    assert any(path.startswith("push") for path in asked(one))
    two.sync()
    found = two.get(Organization, "0" * 31 + "1")
    assert found is not None and found.name == "Harbour House (new)"
    for _ in range(4):
        one.sync()
    one.clock.ahead += timedelta(minutes=6)
    assert any("heads=yes" in path for path in asked(one)), "both ends are compared every few minutes"

"""The clocks of the personal alarms: tests that nobody did, devices that were lent twice, positions past their time.

All of them follow from the records and the day, so `watch` may run at any time. It writes nothing when nothing changed.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.models.rules.access import CASE_WORKERS
from app.models.vocab import Role
from app.models.work import Work
from app.services import tracking_checks, tracking_locations

KINDS = frozenset(
    {
        "case_file", "location_track", "tracking_application", "tracking_check", "tracking_device", "tracking_loan",
        "tracking_view",
    }
)  # fmt: skip
"""The kinds after whose arrival `watch` has something to look at."""

ROLES = CASE_WORKERS | {Role.SUP}
"""The roles for which `watch` does anything."""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Look after every clock of the personal alarms."""


def watch(work: Work, command: Watch) -> None:
    """Note missed tests, raise what was lent twice, ask for the destruction of positions that are past their time.

    Does nothing for a role that looks after nothing.
    """
    tracking_checks.look_after(work, tracking_checks.LookAfter())
    tracking_locations.ask_to_destroy(work)

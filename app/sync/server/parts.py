"""The long-lived parts that handlers use; built once by `app.build_app`."""

from __future__ import annotations

from dataclasses import dataclass

from app.sync.server.limits import RateLimit
from app.sync.server.metrics import Metrics
from app.sync.server.pokes import Pokes
from app.sync.server.provider import Providers
from app.sync.server.settings import Settings
from app.sync.server.signing import Identity
from app.sync.server.store import Store


@dataclass
class Draining:
    """Whether this process has been asked to stop: it answers what still comes, and asks for nothing more."""

    begun: bool = False


@dataclass(frozen=True)
class Parts:
    """Everything that outlives a request. None of it is state that another process would miss: who listens to this
    process is told by it.

    What is counted is counted in each process: `metrics`, and the tries of the rate limits, so that behind several
    processes a device may try several times as often.
    """

    settings: Settings
    store: Store
    identity: Identity
    metrics: Metrics
    pokes: Pokes
    enrol_limit: RateLimit
    device_limit: RateLimit
    address_limit: RateLimit
    flag_limit: RateLimit
    draining: Draining
    providers: Providers

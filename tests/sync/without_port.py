"""Stations whose server is in the same thread: the real engine and the real application, and no port between them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from app.models.vocab import Role
from app.sync.client.engine import SyncEngine
from app.sync.client.transport import Call, Reply, Transport
from tests.simulator.chance import Chance, Clock, Time
from tests.simulator.network import Wire
from tests.simulator.world import Person, ServerHost, Template, opened, simulated
from tests.sync.conftest import Station
from tests.sync.server.made_up.house import in_this_thread


class Direct(Transport):
    """The transport that calls the server itself."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def exchange(self, call: Call) -> Reply:
        """The reply."""
        return self._wire.deliver(call)

    def close(self) -> None:
        """Nothing is held."""


@contextmanager
def playing(
    template: Template, folder: Path, people: Sequence[Person], time: Time, chance: Chance
) -> Iterator[tuple[ServerHost, Wire, list[Station]]]:
    """A copy of an agency, at rest, in which its people go on working: its server, the wire to it, their stations."""
    shutil.copytree(template.stage(settled=True), folder)
    wire = Wire()
    with simulated(time, chance), in_this_thread(), closing(wire):
        server = ServerHost(folder / "server", wire)
        stations = [station(folder / one.name.lower(), one.role, time, wire, chance) for one in people]
        try:
            yield server, wire, stations
        finally:
            for one in stations:
                one.engine.close()
                one.vault.close()
            server.stop()


def station(folder: Path, role: Role, time: Time, wire: Wire, chance: Chance) -> Station:
    """The vault in a folder of a template (`tests/simulator/world.py`), in the time and by the chance of a test."""
    clock = Clock(time)
    made = Station(opened(folder, clock, chance), role, clock)  # type: ignore[arg-type]
    made.transport.real.close()
    made.transport.real = Direct(wire)  # type: ignore[assignment]
    made.engine = SyncEngine(made.vault, made.transport, clock, chance.randbytes)
    return made

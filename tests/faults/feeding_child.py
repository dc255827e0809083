"""Pushes segments into a store from several processes: `python -m tests.faults.feeding_child FOLDER AGENCY SCOPE ...`.

The last arguments are how many segments each process pushes, the seed, and a one-time code for each process. They are
forked, so that everything is imported once. Some transactions are given up at their very end, when they have their
places already: those places must go to somebody else.
"""

from __future__ import annotations

import os
import random
import sys
from contextlib import closing, suppress
from pathlib import Path

from app.sync import protocol as p
from app.sync.server import members
from app.sync.server.clock import now_ms
from app.sync.server.intake import Intake, examine
from app.sync.server.settings import Settings
from app.sync.server.store import Store, open_store
from tests.sync.server.harness import Device


class GivenUp(Exception):
    """The transaction ends without its commit."""


def enrol(store: Store, device: Device, code: str) -> None:
    """Make the device a member."""
    with store.writing() as connection:
        members.enrol(connection, device.enrolment(code), bytes(32))


def push(store: Store, agency: str, offered: p.Push, give_up: bool = False) -> list[p.Receipt]:
    """As the server takes a push, without the wire."""
    with store.reading() as connection:
        examined = examine(connection, agency, offered)
    with store.writing(agency) as connection:
        intake = Intake(connection, agency, examined, now_ms())
        intake.take()
        assert intake.refusals == []
        if give_up:
            raise GivenUp
    return intake.receipts


def feed(folder: Path, agency: str, scope: str, count: int, chance: random.Random, code: str) -> None:
    """One process's part."""
    with closing(open_store(Settings(data=folder))) as store:
        device = Device(0)
        enrol(store, device, code)
        left = count
        while left:
            size = min(left, chance.randint(1, 20))
            segments = [device.segment(scope, chance.randbytes(40)) for _ in range(size)]
            if chance.random() < 0.1:
                with suppress(GivenUp):
                    push(store, agency, p.Push(segments=segments), give_up=True)
            assert len(push(store, agency, p.Push(segments=segments))) == size
            left -= size


def main() -> int:
    """Fork the processes and wait for them; 0 when each of them did its part."""
    folder, agency, scope, count, seed, *codes = sys.argv[1:]
    children = []
    for number, code in enumerate(codes):
        child = os.fork()
        if not child:
            feed(Path(folder), agency, scope, int(count), random.Random(int(seed) + number), code)
            os._exit(0)
        children.append(child)
    return int(any(os.waitpid(child, 0)[1] for child in children))


if __name__ == "__main__":
    sys.exit(main())

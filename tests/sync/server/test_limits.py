"""Rate limits: fair, steady, and bounded in memory."""

from __future__ import annotations

import pytest

from app.sync.server.limits import RateLimit
from app.sync.server.problems import Refused


class Clock:
    """A clock that moves when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_refills() -> None:
    clock = Clock()
    limit = RateLimit(6, clock)
    for _ in range(6):
        limit.take("a")
    with pytest.raises(Refused) as refused:
        limit.take("a")
    assert refused.value.retry_after == 11
    limit.take("b")
    clock.now += 10.1
    limit.take("a")
    with pytest.raises(Refused):
        limit.take("a")


def test_a_clock_that_steps_back_does_no_harm() -> None:
    clock = Clock()
    limit = RateLimit(1, clock)
    limit.take("a")
    clock.now = -1000.0
    with pytest.raises(Refused):
        limit.take("a")


def test_memory_is_bounded() -> None:
    limit = RateLimit(1, most=100)
    for number in range(1000):
        limit.take(str(number))
    assert len(limit) == 100

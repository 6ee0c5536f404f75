"""The token bucket."""

import asyncio

import pytest

from steepest.server.security.rate_limit import Flooded, TokenBucket


class Time:
    """A clock that goes on only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr("steepest.server.security.rate_limit.asyncio.sleep", time.sleep)
    return time


async def test_a_burst_passes_at_once_and_then_the_rate_holds(time: Time) -> None:
    bucket = TokenBucket(rate=10, burst=5, patience=60, clock=time.clock)
    for _ in range(5):
        await bucket.take()
    assert time.now == 100.0
    for _ in range(20):
        await bucket.take()
    assert time.now == pytest.approx(102.0)


async def test_patience_ends_with_a_flood(time: Time) -> None:
    bucket = TokenBucket(rate=10, burst=5, patience=3, clock=time.clock)
    for _ in range(5 + 3 * 10):
        await bucket.take()
    with pytest.raises(Flooded):
        await asyncio.gather(*(bucket.take() for _ in range(3)))


async def test_a_pause_is_forgiven(time: Time) -> None:
    bucket = TokenBucket(rate=10, burst=10, patience=3, clock=time.clock)
    for _ in range(20):
        for _ in range(15):  # half a second too fast
            await bucket.take()
        time.now += 1.0

"""A token bucket that waits: a client that sends too fast is slowed down, and disconnected if it does not stop."""

import asyncio
import time
from collections.abc import Callable


class Flooded(Exception):
    """The client sent too fast for too long."""


class TokenBucket:
    """`burst` tokens at once, and `rate` a second in the long run. A message costs one, or the seconds that it took.

    patience: seconds of sending faster than that, after which `take` raises `Flooded`. A pause that refills half of the
    bucket resets them.
    """

    def __init__(self, rate: float, burst: float, patience: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._patience = patience
        self._clock = clock
        self._tokens = burst
        self._filled = clock()
        self._empty_since: float | None = None

    async def take(self, cost: float = 1.0) -> None:
        """Takes tokens, and waits until there are as many; later messages wait in the client's socket."""
        now = self._refill()
        if self._tokens >= self._burst / 2:
            self._empty_since = None
        if self._tokens < cost:
            if self._empty_since is None:
                self._empty_since = now
            elif now - self._empty_since > self._patience:
                raise Flooded
            await asyncio.sleep((cost - self._tokens) / self._rate)
            self._refill()
        self._tokens -= cost

    def try_take(self) -> bool:
        """Takes a token if there is one; returns whether there was."""
        self._refill()
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _refill(self) -> float:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        return now

"""A token bucket that waits: a client that sends too fast is slowed down, and disconnected if it does not stop."""

import asyncio
import time
from collections.abc import Callable


class Flooded(Exception):
    """The client sent too fast for too long."""


class TokenBucket:
    """`burst` messages at once, and `rate` a second in the long run.

    patience: seconds of sending faster than that, after which `take` raises `Flooded`. A pause that refills half of the
    bucket resets them.
    """

    def __init__(self, rate: float, burst: int, patience: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._patience = patience
        self._clock = clock
        self._tokens = float(burst)
        self._filled = clock()
        self._empty_since: float | None = None

    async def take(self) -> None:
        """Takes a token for one message, and waits until there is one; later messages wait in the client's socket."""
        now = self._refill()
        if self._tokens >= self._burst / 2:
            self._empty_since = None
        if self._tokens < 1:
            if self._empty_since is None:
                self._empty_since = now
            elif now - self._empty_since > self._patience:
                raise Flooded
            await asyncio.sleep((1 - self._tokens) / self._rate)
            self._refill()
        self._tokens -= 1

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

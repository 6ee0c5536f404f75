"""A token bucket that awaits: a client that sends too fast is slowed down, and let go when it does not stop."""

import asyncio
import time
from collections.abc import Callable


class Flooded(Exception):
    """The client kept sending too fast for too long."""


class Bucket:
    """`burst` messages at once, `rate` a second for long.

    patience: seconds of sending faster than that without a pause, after which `take` raises `Flooded`. A pause long
    enough to fill half of the bucket is forgiven.
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
        """One message; waits until there is room for it. The messages behind it wait in the client's own socket."""
        now = self._fill()
        if self._tokens >= self._burst / 2:
            self._empty_since = None
        if self._tokens < 1:
            if self._empty_since is None:
                self._empty_since = now
            elif now - self._empty_since > self._patience:
                raise Flooded
            await asyncio.sleep((1 - self._tokens) / self._rate)
            self._fill()
        self._tokens -= 1

    def _fill(self) -> float:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        return now

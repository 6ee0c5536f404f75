"""Pauses after steps that took too long, so that a client who tries again and again does not hold a worker."""

import asyncio
import time
from collections.abc import Callable

_LONGEST_PAUSE = 60.0  # seconds


class Timeouts:
    """The time-outs of one client. count: in a row. Each doubles the pause before the next try, from 2 seconds on.

    clock: in seconds; tests have their own.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = clock()
        self.count = 0

    def add(self) -> None:
        """A step took too long."""
        self.count += 1
        self._until = self._clock() + min(2.0**self.count, _LONGEST_PAUSE)

    def clear(self) -> None:
        """A step was made."""
        self.count = 0

    async def rest(self) -> None:
        """Waits out the pause."""
        if self.count:
            await asyncio.sleep(max(0.0, self._until - self._clock()))

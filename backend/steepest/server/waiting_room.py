"""The places for open experiments, and the queue for them."""

import asyncio
import time
from typing import Protocol

from steepest.server.accounts import Account
from steepest.server.errors import queue_full
from steepest.server.settings import Settings


class Guest(Protocol):
    """Who has or wants a place.

    account: of its address.
    """

    account: Account

    @property
    def idle_since(self) -> float | None:
        """Since when nothing happens in its experiment, on the monotonic clock; None while something does."""

    def moved(self, place: int) -> None:
        """It is number `place` of the queue now, from 1; 0: it has its place."""

    def release(self) -> None:
        """Leaves, because its experiment is idle and another one needs the place."""


class WaitingRoom:
    """At most `max_sessions` guests have a place; up to `max_waiting` more wait in the order in which they came.

    Nobody leaves while there is room. Once somebody waits, the guests that have been idle for `idle_seconds` are
    released, the one that has been idle longest first: an idle experiment costs little, and coming back some work.
    """

    def __init__(self, settings: Settings) -> None:
        self._limit = settings.max_sessions
        self._max_waiting = settings.max_waiting
        self._idle_seconds = settings.idle_seconds
        self.seated: set[Guest] = set()
        self.waiting: list[Guest] = []
        self._timer: asyncio.TimerHandle | None = None

    def enter(self, guest: Guest) -> bool:
        """Whether the guest has a place now; else it waits, and hears from `moved`. Once more changes nothing.

        Raises `Refused` where its address has as many experiments as it may, or too many wait already.
        """
        if guest not in self.seated and guest not in self.waiting:
            self._line_up(guest)
            self._release_idle(len(self.waiting) - (self._limit - len(self.seated)))
            self._admit()
        return guest in self.seated

    def leave(self, guest: Guest) -> None:
        """Gives up the place, in the room or in the queue. Without one this does nothing."""
        if guest in self.seated:
            self.seated.remove(guest)
        elif guest in self.waiting:
            self.waiting.remove(guest)
        else:
            return
        guest.account.sessions.give_back()
        self._admit()

    def _line_up(self, guest: Guest) -> None:
        if not guest.account.sessions.free:
            self._release_idle(1, guest.account)
        guest.account.sessions.check()
        if len(self.waiting) >= self._max_waiting and len(self.seated) >= self._limit:
            self._release_idle(1)
            if len(self.waiting) >= self._max_waiting:
                raise queue_full(self._limit, len(self.waiting))
        guest.account.sessions.take()
        self.waiting.append(guest)

    def _admit(self) -> None:
        """Gives free places to the first of the queue, and tells the others where they are now."""
        while self.waiting and len(self.seated) < self._limit:
            guest = self.waiting.pop(0)
            self.seated.add(guest)
            guest.moved(0)
        for place, guest in enumerate(self.waiting, start=1):
            guest.moved(place)
        if not self.waiting:
            self._stop_watching()
        elif self._timer is None:
            self._watch()

    def _watch(self) -> None:
        """Looks for idle guests now and then, while somebody waits."""
        self._timer = asyncio.get_running_loop().call_later(min(1.0, self._idle_seconds / 4), self._look)

    def _stop_watching(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._watch()
        self._release_idle(len(self.waiting))

    def _release_idle(self, count: int, account: Account | None = None) -> None:
        """Releases up to `count` guests that have been idle for long enough. account: only those of one address."""
        before = time.monotonic() - self._idle_seconds
        idle = [
            (since, guest)
            for guest in self.seated
            if (account is None or guest.account is account)
            and (since := guest.idle_since) is not None
            and since <= before
        ]
        idle.sort(key=lambda one: one[0])
        for _, guest in idle[: max(0, count)]:
            guest.release()

"""Questions that take long, answered beside the conversation: an edit need not wait for a picture."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.websockets import WebSocketDisconnect

from steepest.protocol.commands import CheckCommand, PlaneCommand
from steepest.server.errors import superseded

Slow = PlaneCommand | CheckCommand


class BackgroundQueries:
    """One socket's slow questions: one of a kind at a time, since only the latest is still of interest.

    deliver: sends an answer. fault: tells of an exception, in answer to a command. Both may raise
    `WebSocketDisconnect`.
    """

    def __init__(
        self,
        deliver: Callable[[str | bytes], Awaitable[None]],
        fault: Callable[[Exception, int], Awaitable[None]],
    ) -> None:
        self._deliver = deliver
        self._fault = fault
        self._under_way: dict[str, tuple[int, asyncio.Task[None]]] = {}

    async def begin(self, command: Slow, answer: Callable[[], Awaitable[str | bytes]]) -> None:
        """Has the answer made and sent. A question of the same kind that still waits is given up, and told so."""
        await self._give_up(self._under_way.pop(command.op, None))
        self._under_way[command.op] = command.id, asyncio.create_task(self._answer(command, answer))

    async def give_up(self) -> None:
        """Gives up whatever waits, and tells so."""
        while self._under_way:
            await self._give_up(self._under_way.popitem()[1])

    async def _give_up(self, waiting: tuple[int, asyncio.Task[None]] | None) -> None:
        if waiting is not None:
            number, task = waiting
            task.cancel()
            await self._fault(superseded(), number)

    async def _answer(self, command: Slow, answer: Callable[[], Awaitable[str | bytes]]) -> None:
        with suppress(WebSocketDisconnect):  # the listener hears of it too, and cleans up
            try:
                await self._deliver(await answer())
            except WebSocketDisconnect:
                raise
            except Exception as error:
                await self._fault(error, command.id)
        self._under_way.pop(command.op, None)

    def end(self) -> None:
        """The client is gone: nobody waits for these answers any more."""
        for _, task in self._under_way.values():
            task.cancel()
        self._under_way.clear()

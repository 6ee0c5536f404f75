"""Queries that are answered beside the other commands, so that an edit does not wait for a plot."""

import asyncio
from collections.abc import Coroutine


class BackgroundQueries:
    """The background queries of one socket, at most one of a kind: a later one replaces it."""

    def __init__(self) -> None:
        self._tasks: dict[str, tuple[int, asyncio.Task[None]]] = {}

    @property
    def running(self) -> bool:
        """Whether one runs."""
        return any(not task.done() for _, task in self._tasks.values())

    def start(self, kind: str, command_id: int, answer: Coroutine[None, None, None]) -> None:
        """Runs `answer`, which sends the reply itself and does not raise. No query of that kind may be running."""
        self._tasks[kind] = command_id, asyncio.create_task(answer)

    def cancel(self, kind: str | None = None) -> list[int]:
        """Cancels the query of one kind, or all of them, except the one that calls this.

        Returns the ids of commands that stay unanswered.
        """
        cancelled = []
        for name in [name for name in self._tasks if kind in (None, name)]:
            command_id, task = self._tasks[name]
            if task is asyncio.current_task():
                continue
            del self._tasks[name]
            if not task.done():
                task.cancel()
                cancelled.append(command_id)
        return cancelled

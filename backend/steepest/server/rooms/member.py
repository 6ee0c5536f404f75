"""One client of a room: who it is, and what is to be sent to it.

Parts of the room's state are sent by a task of the client: of each part that has changed since, the latest. So a client
that reads slowly, or not at all, costs nothing: nothing queues up for it, and nobody waits for it.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

from pydantic import BaseModel
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from steepest.protocol.room_commands import Role
from steepest.protocol.room_events import InvitationPart, Left

ORDER = (
    *("room", "lesson", "invitation", "activity", "play", "mine"),
    *("results", "shown", "counts", "seats", "cloud"),
)
_ALL = frozenset({"room", "activity", "play", "results"})
# What each role may see.
PARTS: dict[Role, frozenset[str]] = {
    "seat": _ALL | {"mine"},
    "screen": _ALL | {"invitation", "shown", "counts", "cloud"},
    "teacher": _ALL | {"invitation", "shown", "counts", "cloud", "seats", "lesson"},
}
_NORMAL, _POLICY_VIOLATION = 1000, 1008


class Member:
    """Who is on one socket of a room.

    seat: its number, for a seat. cloud_sent: the version of the cloud that it has.
    invitation: how to join, by the address that this client uses; for teacher and screen.
    heard: what it was sent last of the parts that are sent often, and not again while they are the same.
    """

    def __init__(self, socket: WebSocket, role: Role, seat: int | None) -> None:
        self._socket = socket
        self._sending = asyncio.Lock()
        self._wake = asyncio.Event()
        self._due: set[str] = set()
        self._last: Left | None = None
        self.role = role
        self.seat = seat
        self.cloud_sent = -1
        self.heard: dict[str, str] = {}
        self.invitation: InvitationPart | None = None

    def mark(self, parts: Iterable[str]) -> None:
        """These parts are to be sent, where the role may see them."""
        due = PARTS[self.role].intersection(parts)
        if due:
            self._due |= due
            self._wake.set()

    def dismiss(self, why: Left) -> None:
        """Says why the client is not in the room any more, and closes the socket."""
        self._last = why
        self._wake.set()

    async def send_parts(self, text_of: Callable[["Member", str], str]) -> None:
        """Sends what is due, until the client is dismissed or has left. Never raises.

        text_of: a part as JSON for this client, "" for nothing to send.
        """
        with suppress(WebSocketDisconnect):
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._due and self._last is None:
                    part = next(part for part in ORDER if part in self._due)
                    self._due.discard(part)
                    if text := text_of(self, part):
                        await self.send(text)
                if self._last is not None:
                    await self.send(self._last)
                    await self._socket.close(_POLICY_VIOLATION if self._last.why == "removed" else _NORMAL)
                    return

    async def send(self, event: BaseModel | str) -> None:
        """Sends one event; waits while the client does not read. Raises `WebSocketDisconnect`."""
        text = event if isinstance(event, str) else event.model_dump_json()
        async with self._sending:
            if self._socket.application_state is not WebSocketState.CONNECTED:
                raise WebSocketDisconnect(1006)
            await self._socket.send_text(text)

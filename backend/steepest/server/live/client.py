"""One client of the live socket: its open session, the task that streams its records, and what is sent to it."""

import asyncio
import itertools
from contextlib import suppress
from functools import partial

from pydantic import BaseModel
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from steepest.protocol.events import Compiling
from steepest.server.errors import error_event, superseded
from steepest.server.live.background_queries import BackgroundQueries
from steepest.server.live.session import Session
from steepest.server.service import Service
from steepest.server.worker.scheduler import FairShare
from steepest.server.worker.single_call import SingleCall
from steepest.spec.text import Language

Reply = BaseModel | str | bytes  # an event: a model, its JSON, or a packed binary message

_numbers = itertools.count(1)


class LiveClient:
    """State that command handlers read and change, and their way to send.

    number: in the log. language: of error messages. share: of the workers' time.
    revision: of the last change; it only grows, across experiments too.
    session: the open experiment, None where none is open.
    single: for worker calls of which only one may run at a time.
    """

    def __init__(self, socket: WebSocket, service: Service) -> None:
        self._socket = socket
        self._sending = asyncio.Lock()
        self._granted = asyncio.Event()
        self._stream: asyncio.Task[None] | None = None
        self._notice: asyncio.Task[None] | None = None
        self.number = next(_numbers)
        self.service = service
        self.share = FairShare()
        self.language: Language = "en"
        self.revision = 0
        self.session: Session | None = None
        self.background = BackgroundQueries()
        self.single = SingleCall()

    def open_session(self, session: Session) -> None:
        """Makes this the open session."""
        self.session = session
        self.revision = session.revision
        self.service.sessions.add(self)

    def leave(self) -> None:
        """Closes the session, and cancels what runs for it without sending anything. Its checkpoints stay cached."""
        self.stop_records()
        self.background.cancel()
        if self.session is not None:
            self.session.close()
            self.session = None
        self.service.sessions.discard(self)

    async def cancel_background(self, kind: str | None = None) -> None:
        """Cancels the slow queries of one kind, or all, and answers each with an error."""
        for command_id in self.background.cancel(kind):
            await self.send_error(superseded(), command_id)

    def grant(self, session: Session, until: int, every: int) -> None:
        """Allows records up to step `until`."""
        session.granted = until
        session.every = every
        self._granted.set()

    def stop_records(self) -> None:
        """Ends the stream of records. A queued worker call leaves the queue; the result of a running one is ignored."""
        if self._stream is not None:
            self._stream.cancel()
            self._stream = None

    def resume_records(self) -> None:
        """Starts the stream of records where an experiment is open and no stream runs."""
        if self.session is not None and self._stream is None:
            self._stream = asyncio.create_task(self._send_records(self.session))

    async def _send_records(self, session: Session) -> None:
        """Computes what is granted and sends it, chunk by chunk. Computing waits until the last chunk is sent."""
        urgent = True  # until the client sees something
        while True:
            while not session.pending:
                self._granted.clear()
                await self._granted.wait()
            try:
                result = await self.service.scheduler.schedule(
                    self.share, session.next_job, urgent=urgent, on_making=partial(self._say_compiling, session)
                )
                if result is None:
                    continue
                chunk = session.accept(result)
                if chunk is not None:
                    await self.send(chunk)
                    urgent = False
            except WebSocketDisconnect:  # the receiving side notices it too, and cleans up
                return
            except Exception as error:
                session.revoke_grant()
                with suppress(WebSocketDisconnect):
                    await self.send_error(error, step=session.last_step + 1)

    def _say_compiling(self, session: Session) -> None:
        async def send() -> None:
            with suppress(WebSocketDisconnect):
                await self.send(Compiling(op="compiling", revision=session.revision))

        self._notice = asyncio.create_task(send())  # kept, or it could be collected before it has run

    async def send(self, event: Reply) -> None:
        """Sends one event; waits while the client does not read. Raises `WebSocketDisconnect`."""
        if isinstance(event, BaseModel):
            event = event.model_dump_json()
        async with self._sending:
            if self._socket.application_state is not WebSocketState.CONNECTED:
                raise WebSocketDisconnect(1006)
            if isinstance(event, str):
                await self._socket.send_text(event)
            else:
                await self._socket.send_bytes(event)

    async def send_error(self, error: Exception, reply_to: int = 0, step: int | None = None) -> None:
        """Sends the `error` event for an exception."""
        await self.send(
            error_event(error, self.language, reply_to, step=step, log_as="session.failed", socket=self.number)
        )

"""One client of the live socket: its open session, the task that streams its records, and what is sent to it."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from pydantic import BaseModel
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from steepest.protocol.events import Compiling, Released, Waiting
from steepest.server.errors import error_event, superseded
from steepest.server.live.background_queries import BackgroundQueries
from steepest.server.live.session import Change, Session
from steepest.server.live.timeouts import Timeouts
from steepest.server.logs import log_event
from steepest.server.metrics import STEPS
from steepest.server.service import Service
from steepest.server.worker.pool import StepTimeout
from steepest.server.worker.recordings import Call
from steepest.server.worker.scheduler import FairShare, Job
from steepest.spec import Experiment
from steepest.spec.text import Language

Result = TypeVar("Result")

Reply = BaseModel | str | bytes  # an event: a model, its JSON, or a packed binary message

_LONGEST_WAIT = 0.1  # seconds without records after which an edit waits for those that are being computed
_PATIENCE = 0.05  # seconds to wait for another client's call to begin
_PAUSE = 0.005  # seconds between two slow steps

_numbers = itertools.count(1)


class LiveClient:
    """State that command handlers read and change, and their way to send.

    number: in the log. language: of error messages. account: of its address. share: of the workers' time.
    revision: of the last change; it only grows, across experiments too.
    session: the open experiment, None where none is open.
    used: seconds that the server itself has computed for this client since its last message.
    handling: a command is being handled. heard_at: when the last one had been, on the monotonic clock.
    """

    def __init__(self, socket: WebSocket, service: Service) -> None:
        self._socket = socket
        self._sending = asyncio.Lock()
        self._granted = asyncio.Event()
        self._stream: asyncio.Task[None] | None = None
        self._notice: asyncio.Task[None] | None = None
        self.number = next(_numbers)
        self.service = service
        self.account = service.accounts.of(socket.scope)
        self.share = FairShare()
        self.language: Language = "en"
        self.revision = 0
        self.session: Session | None = None
        self.background = BackgroundQueries()
        self.used = 0.0
        self._timeouts = Timeouts()
        self._computing = False  # records are being computed in a worker, or sent
        self._shown_at = time.monotonic()  # when records were sent last
        self._progress = asyncio.Event()
        self.handling = False
        self.heard_at = time.monotonic()
        self._place = 0  # in the queue for a place; 0 outside of it
        self._moved = asyncio.Event()
        self._table_of: Experiment | None = None  # whose table is marked as in use
        self._memory = 0  # bytes that the session needs, as counted for the address

    def open_session(self, session: Session) -> None:
        """Makes this the open session; the client has a place for it."""
        self._use_table_of(session.prepared.experiment)
        self._use_memory(session.needed)
        self.session = session
        self.revision = session.revision
        self._start_records(session)

    def close_session(self) -> None:
        """Closes the session, and cancels what runs for it without sending anything. Its checkpoints stay cached."""
        self._stop_records()
        self.background.cancel()
        if self.session is not None:
            self.session.close()
            self.session = None
            self._use_memory(0)

    def leave(self) -> None:
        """Closes the session, and gives up its place or the one in the queue."""
        self.close_session()
        self._use_table_of(None)
        self.service.room.leave(self)

    def _use_memory(self, needed: int) -> None:
        """Counts for the address what its experiment needs now."""
        self.account.memory += needed - self._memory
        self._memory = needed

    def _use_table_of(self, experiment: Experiment | None) -> None:
        """Marks the uploaded table of an experiment as in use, instead of the one before."""
        if experiment is not None:
            self.service.tables.take(experiment)
        if self._table_of is not None:
            self.service.tables.give_back(self._table_of)
        self._table_of = experiment

    # --- as a guest of the waiting room ---

    @property
    def idle_since(self) -> float | None:
        """When the last command was handled and the last record sent; None while either goes on."""
        session = self.session
        if session is None or session.pending or self._computing or self.handling or self.background.running:
            return None
        return max(self.heard_at, self._shown_at)

    def moved(self, place: int) -> None:
        """The place in the queue has changed; 0: it is this client's turn."""
        if place != self._place:
            self._place = place
            self._moved.set()

    def release(self) -> None:
        """Closes the idle session, which the client opens again when it needs it. Its table stays in use."""
        self.close_session()
        self.service.room.leave(self)
        log_event("session.released", socket=self.number)
        self._notice = asyncio.create_task(self._send_if_connected(Released(op="released")))

    async def wait_for_place(self, command_id: int) -> None:
        """Returns when it is this client's turn; says its place in the queue whenever that changes."""
        said = 0
        while self._place > 0:
            if self._place != said:
                said = self._place
                await self.send(Waiting(op="waiting", id=command_id, place=said))
            else:
                self._moved.clear()
                await self._moved.wait()

    async def compute(self, function: Callable[[], Result], *, large: bool) -> Result:
        """The result of a function that only computes. The client is charged for its time.

        large: it may take more than a millisecond, so that a thread does it while the loop goes on.
        """

        def timed() -> Result:
            began = time.thread_time()
            try:
                return function()
            finally:
                self.used += time.thread_time() - began

        if not large:
            return timed()
        return await self.service.beside_the_loop(timed)

    async def cancel_background(self, kind: str | None = None) -> None:
        """Cancels the slow queries of one kind, or all, and answers each with an error."""
        for command_id in self.background.cancel(kind):
            await self.send_error(superseded(), command_id)

    def grant(self, session: Session, until: int, every: int) -> None:
        """Allows records up to step `until`."""
        session.granted = until
        session.every = every
        self._granted.set()

    def _start_records(self, session: Session) -> None:
        self._stream = asyncio.create_task(self._send_records(session))

    def _stop_records(self) -> None:
        """Ends the stream of records. A queued worker call leaves the queue; the result of a running one is ignored."""
        if self._stream is not None:
            self._stream.cancel()
            self._stream = None

    async def show_progress(self) -> None:
        """Returns when the next edit may be made: at once, unless records are being computed and none came for a while.

        So edits that come faster than one step is made do not keep the client from seeing any.
        """
        session = self.session
        if session is None:
            return
        self.service.scheduler.make_urgent(self.share)
        while self._computing and not session.overtaken and time.monotonic() - self._shown_at > _LONGEST_WAIT:
            self._progress.clear()
            await self._progress.wait()

    def change_session(self, session: Session, change: Change) -> None:
        """Applies a change to the open session."""
        session.apply(change, self.revision + 1)
        self._use_memory(session.needed)
        self.revision = session.revision
        self.service.scheduler.make_urgent(self.share)
        self._granted.set()

    async def _send_records(self, session: Session) -> None:
        """Computes what is granted and sends it, chunk by chunk. Computing waits until the last chunk is sent."""
        while True:
            while not session.pending:
                self._granted.clear()
                await self._granted.wait()
            try:
                await self._timeouts.rest()
                if session.slow:  # edits that waited for the last step are made before the next one begins
                    await asyncio.sleep(_PAUSE)
                await self._send_chunk(session)
            except WebSocketDisconnect:  # the receiving side notices it too, and cleans up
                return
            except Exception as error:
                if not session.overtaken:
                    session.revoke_grant()
                    with suppress(WebSocketDisconnect):
                        await self.send_error(error, step=session.last_step + 1)
                    self._shown_at = time.monotonic()
            finally:
                self._computing = False
                self._progress.set()

    async def _send_chunk(self, session: Session) -> None:
        """The next records: those made for another client with the same experiment, else those of one worker call.

        A call's records are not sent where an edit has overtaken it.
        """
        if (records := session.recorded()) is not None:
            await self._send_steps(records.message, records.last - records.first + 1)
            await asyncio.sleep(0)  # a client that lags far behind does not keep the loop from the others
            return
        call = session.call_of_another()
        if call is not None and await self._wait_for(call, session):
            return

        def next_job(budget: float) -> Job | None:
            job = session.next_job(budget) if session.run_call() else None
            self._computing = job is not None
            return job

        session.queue_call()
        try:
            result = await self.service.scheduler.schedule(
                self.share,
                next_job,
                urgent=not session.shown,
                slow=lambda: session.slow,
                on_making=partial(self._say_compiling, session),
            )
        except StepTimeout:
            session.end_call(timed_out=True)
            self._step_timed_out(session)
            raise
        else:
            chunk = None if result is None else session.accept(result)
        finally:
            session.end_call()
        if result is not None:
            self._timeouts.clear()
        if chunk is not None:
            await self._send_steps(chunk, result.last - result.first + 1)

    async def _wait_for(self, call: Call, session: Session) -> bool:
        """Waits until another session's call has ended, or this session has changed. Raises `StepTimeout`.

        False where the call does not begin: its client may have used more than its share, and is no one to wait for.
        """
        self._granted.clear()
        call.wake(self._granted)
        try:
            async with asyncio.timeout(None if call.running else _PATIENCE):
                await self._granted.wait()
        except TimeoutError:
            return call.running
        if call.timed_out:
            self._step_timed_out(session)
            raise StepTimeout
        return True

    def _step_timed_out(self, session: Session) -> None:
        session.slow = True
        self._timeouts.add()

    async def _send_steps(self, chunk: bytes, count: int) -> None:
        await self.send(chunk)
        STEPS.inc(count)
        self._shown_at = time.monotonic()

    def _say_compiling(self, session: Session) -> None:
        compiling = Compiling(op="compiling", revision=session.revision)
        # Kept, or it could be collected before it has run.
        self._notice = asyncio.create_task(self._send_if_connected(compiling))

    async def _send_if_connected(self, event: Reply) -> None:
        with suppress(WebSocketDisconnect):
            await self.send(event)

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

    async def answer(self, command_id: int, handle: Callable[[], Awaitable[Reply | None]]) -> None:
        """Sends a command's reply, or the error event for whatever `handle` raises. Raises `WebSocketDisconnect`."""
        try:
            event = await handle()
            if event is not None:
                await self.send(event)
        except WebSocketDisconnect:
            raise
        except Exception as error:
            await self.send_error(error, command_id)

    async def send_error(self, error: Exception, reply_to: int = 0, step: int | None = None) -> None:
        """Sends the `error` event for an exception."""
        experiment = self.session.prepared.experiment.problem.name if self.session else "none"
        fields: dict[str, object] = {"socket": self.number, "experiment": experiment}
        if self._timeouts.count:
            fields["in_a_row"] = self._timeouts.count
        await self.send(error_event(error, self.language, reply_to, step=step, log_as="session.failed", **fields))

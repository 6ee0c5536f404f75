"""One live socket: an explicit state machine over commands, and a task beside it that makes the granted records.

    CONNECTING --accept--> EMPTY --open--> OPEN --close--> EMPTY;  from any of them --disconnect--> GONE

Commands are handled one after the other, in the order they came. The task is there exactly while the state is OPEN;
an edit ends it and begins a new one, so that nothing of an older revision is sent after `edited`.
"""

import asyncio
import itertools
import logging
import traceback
from contextlib import suppress
from enum import Enum
from functools import partial
from typing import assert_never

from pydantic import BaseModel
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from steepest.engine import check_dtype, prepare
from steepest.protocol.commands import (
    Advance,
    BadMessage,
    CheckCommand,
    Close,
    Command,
    DataCommand,
    EditCommand,
    FitCommand,
    ForkCommand,
    GraphCommand,
    Inspect,
    Open,
    PlaneCommand,
    PointsCommand,
    RatesCommand,
    SurfaceCommand,
    decode,
)
from steepest.protocol.events import Closed, Edited, Forked, Opened
from steepest.server.errors import (
    binary,
    busy,
    error_event,
    expected,
    no_experiment,
    too_many_parameters,
    too_many_runs,
    too_many_steps,
)
from steepest.server.live import model_queries, queries
from steepest.server.live.background_queries import BackgroundQueries
from steepest.server.live.session import Session
from steepest.server.logs import log_event
from steepest.server.security.rate_limit import Bucket, Flooded
from steepest.server.service import Service
from steepest.server.worker.pool import WorkFailed
from steepest.server.worker.scheduler import Share
from steepest.spec.text import Language

_POLICY_VIOLATION = 1008

_numbers = itertools.count(1)


class State(Enum):
    """Where a socket is in its life."""

    CONNECTING = "connecting"
    EMPTY = "empty"
    OPEN = "open"
    GONE = "gone"


class Live:
    """Serves one socket from its handshake to its end. `run` never raises."""

    def __init__(self, socket: WebSocket, service: Service) -> None:
        settings = service.settings
        self._socket = socket
        self._service = service
        self._bucket = Bucket(settings.message_rate, settings.message_burst, settings.flood_seconds)
        self._share = Share()
        self._sending = asyncio.Lock()
        self._granted = asyncio.Event()
        self._revision = 0
        self._language: Language = "en"
        self._session: Session | None = None
        self._making: asyncio.Task[None] | None = None
        self._aside = BackgroundQueries(self._deliver, self._fault)
        self._bad_in_a_row = 0
        self._number = next(_numbers)
        self.state = State.CONNECTING

    async def run(self) -> None:
        """Accepts the socket, and returns when it is gone."""
        why = "left"
        try:
            await self._socket.accept()
            self.state = State.EMPTY
            log_event("socket.opened", socket=self._number)
            why = await self._listen()
            await self._socket.close(_POLICY_VIOLATION, why)
        except WebSocketDisconnect:
            pass
        except asyncio.CancelledError:  # the server stops and this client did not read its goodbye
            why = "stopping"
        except Exception:
            log_event("socket.failed", logging.ERROR, trace=traceback.format_exc(), socket=self._number)
            why = "failed"
        finally:
            self._leave()
            self.state = State.GONE
            log_event("socket.closed", socket=self._number, why=why)

    async def _listen(self) -> str:
        """Handles messages until the client leaves (raises `WebSocketDisconnect`) or must be let go: returns why."""
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1005))
            try:
                await self._bucket.take()
            except Flooded:
                return "too many messages"
            text = message.get("text")
            try:
                if text is None:
                    raise BadMessage(binary())
                command = decode(text)
            except BadMessage as bad:
                self._bad_in_a_row += 1
                if self._bad_in_a_row > self._service.settings.max_bad_messages:
                    return "too many bad messages"
                await self._send(error_event(bad.error, self._language, bad.id, code="bad_message"))
            else:
                self._bad_in_a_row = 0
                await self._answer(command)

    async def _answer(self, command: Command) -> None:
        """Carries a command out. Whatever goes wrong is told in one error; the socket goes on."""
        if isinstance(command, Open):
            self._language = command.language
        try:
            await self._handle(command)
        except WebSocketDisconnect:
            raise
        except Exception as error:
            await self._fault(error, command.id)

    async def _handle(self, command: Command) -> None:
        match command:
            case Open():
                await self._open(command)
            case Advance():
                await self._advance(command)
            case EditCommand():
                await self._edit(command)
            case ForkCommand():
                await self._fork(command)
            case Inspect():
                await self._say(await queries.inspect(command, self._opened(), self._service, self._share))
            case SurfaceCommand():
                await self._send_bytes(await queries.surface(command, self._opened(), self._service, self._share))
            case PointsCommand():
                await self._say(await queries.points(command, self._opened(), self._service, self._share))
            case DataCommand():
                await self._send_bytes(await queries.data(command, self._opened(), self._service, self._share))
            case FitCommand():
                await self._send_bytes(await queries.fit(command, self._opened(), self._service, self._share))
            case RatesCommand():
                await self._send_bytes(await queries.rates(command, self._opened(), self._service, self._share))
            case PlaneCommand():
                await self._aside.begin(command, partial(self._look_in().plane, command))
            case CheckCommand():
                await self._aside.begin(command, partial(self._look_in().check, command))
            case GraphCommand(expression=None):
                await self._say(await self._look_in().graph(command))
            case GraphCommand():
                await self._say(await model_queries.expression(command, self._service, self._share))
            case Close():
                await self._aside.give_up()
                self._leave()
                await self._send(Closed(op="closed", id=command.id))
            case _:
                assert_never(command)

    async def _open(self, command: Open) -> None:
        service, limits = self._service, self._service.settings
        if len(command.experiment.runs) > limits.max_runs:
            raise too_many_runs(limits.max_runs)
        if command.after > limits.max_steps:
            raise too_many_steps(limits.max_steps, "after")
        prepared = prepare(command.experiment)
        if prepared.problem.dim > limits.max_parameters:
            raise too_many_parameters(prepared.problem.dim, limits.max_parameters)
        check_dtype(service.device, command.experiment.dtype)
        scene = await queries.scene(prepared, service, self._share)
        if self.state is not State.OPEN and len(service.sessions) >= limits.max_sessions:
            raise busy(limits.max_sessions)
        await self._aside.give_up()
        self._leave()
        self._revision += 1
        session = Session(prepared, self._revision, command.after, service.device, service.recent, limits)
        self._session = session
        self.state = State.OPEN
        service.sessions.add(self)
        await self._send(
            Opened(
                op="opened",
                id=command.id,
                revision=session.revision,
                experiment=prepared.experiment,
                scene=scene,
                layers=list(prepared.problem.layers),
                device=service.device,
                torch=service.torch,
                max_steps=limits.max_steps,
            )
        )
        self._make(session)

    async def _advance(self, command: Advance) -> None:
        session, most = self._opened(), self._service.settings.max_steps
        session.granted = min(command.until, most)
        session.every = command.every
        self._granted.set()
        if command.until > most:
            raise too_many_steps(most, "until")

    async def _edit(self, command: EditCommand) -> None:
        session = self._opened()
        session.edit(command.edit, self._revision + 1)
        await self._changed(Edited, "edited", command, session)

    async def _fork(self, command: ForkCommand) -> None:
        session = self._opened()
        session.fork(command.edit, self._revision + 1)
        await self._changed(Forked, "forked", command, session)

    async def _changed(
        self, event: type[Edited] | type[Forked], op: str, command: EditCommand | ForkCommand, session: Session
    ) -> None:
        """Tells the client of its change, and goes on from there."""
        self._revision += 1
        self._rest()
        told = {"op": op, "id": command.id, "revision": session.revision, "step": command.edit.step}
        await self._send(event.model_validate({**told, "experiment": session.prepared.experiment}))
        self._make(session)

    def _opened(self) -> Session:
        if self._session is None:
            raise no_experiment()
        return self._session

    def _make(self, session: Session) -> None:
        self._making = asyncio.create_task(self._records(session))

    def _rest(self) -> None:
        """Ends the task. A call that waits for a worker leaves the queue; one under way is not listened to any more."""
        if self._making is not None:
            self._making.cancel()
            self._making = None

    def _look_in(self) -> model_queries.ModelQueries:
        return model_queries.ModelQueries(self._opened(), self._service, self._share)

    def _leave(self) -> None:
        self._rest()
        self._aside.end()
        if self._session is not None:
            self._service.recent.keep(self._session.document, self._session.trail)
            self._session = None
        self._service.sessions.discard(self)
        self.state = State.EMPTY

    async def _records(self, session: Session) -> None:
        """Makes what is granted and sends it, chunk by chunk. Sending waits for the client, and making for sending."""
        urgent = True  # until something shows
        while True:
            while not session.pending:
                self._granted.clear()
                await self._granted.wait()
            try:
                result = await self._service.scheduler.work(self._share, session.job, urgent=urgent)
                if result is None:
                    continue
                chunk = session.take(result)
                if chunk is not None:
                    await self._send_bytes(chunk)
                    urgent = False
            except WebSocketDisconnect:  # the listener hears of it too, and cleans up
                return
            except Exception as error:
                session.halt()
                with suppress(WebSocketDisconnect):
                    await self._fault(error, 0, step=session.known + 1)

    async def _fault(self, error: Exception, reply_to: int, step: int | None = None) -> None:
        if not expected(error):
            trace = str(error) if isinstance(error, WorkFailed) else traceback.format_exc()
            log_event("session.failed", logging.ERROR, trace=trace, socket=self._number)
        await self._send(error_event(error, self._language, reply_to, step=step))

    async def _deliver(self, message: str | bytes) -> None:
        await (self._say(message) if isinstance(message, str) else self._send_bytes(message))

    async def _send(self, event: BaseModel) -> None:
        await self._say(event.model_dump_json())

    async def _say(self, text: str) -> None:
        async with self._sending:
            self._check_connected()
            await self._socket.send_text(text)

    async def _send_bytes(self, message: bytes) -> None:
        async with self._sending:
            self._check_connected()
            await self._socket.send_bytes(message)

    def _check_connected(self) -> None:
        if self._socket.application_state is not WebSocketState.CONNECTED:
            raise WebSocketDisconnect(1006)

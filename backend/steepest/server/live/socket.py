"""One live socket: receives commands, has each handled in the order it came, and sends the replies.

Records are sent by a task of the client (`LiveClient`), which runs exactly while an experiment is open.
"""

import asyncio
import logging
import math
import time
import traceback
from contextlib import suppress
from functools import partial

from starlette.websockets import WebSocket, WebSocketDisconnect

from steepest.protocol.commands import BadMessage, Command, decode
from steepest.server.errors import Refused, binary_message
from steepest.server.live.client import LiveClient
from steepest.server.live.context import Context
from steepest.server.live.handlers import HANDLERS, Handler
from steepest.server.logs import log_event
from steepest.server.security.rate_limit import Flooded, TokenBucket
from steepest.server.service import Service

_POLICY_VIOLATION, _TRY_AGAIN_LATER = 1008, 1013
_LARGE_MESSAGE = 4096  # characters; reading a longer one may take over a millisecond


class LiveSocket:
    """Serves one socket from its handshake to its end. `run` never raises."""

    def __init__(self, socket: WebSocket, service: Service) -> None:
        settings = service.settings
        self._socket = socket
        self._client = LiveClient(socket, service)
        self._rate_limit = TokenBucket(settings.message_rate, settings.message_burst, settings.flood_seconds)
        # What the server itself computes for a client, in seconds: it goes on a little later where that is much.
        self._own_time = TokenBucket(settings.own_time, settings.own_time_burst, math.inf)
        self._max_bad_messages = settings.max_bad_messages
        self._bad_in_a_row = 0

    async def run(self) -> None:
        """Accepts the socket, and returns when it is closed."""
        number = self._client.number
        why = "left"
        try:
            await self._socket.accept()
            log_event("socket.opened", socket=number)
            with self._client.service.sockets.place(), self._client.account.sockets.place():
                why = await self._receive_commands()
                await self._socket.close(_POLICY_VIOLATION, why)
        except WebSocketDisconnect:
            pass
        except Refused as full:
            why = "full"
            await self._turn_away(full)
        except asyncio.CancelledError:  # the server stops, and this client has not read its close frame
            why = "stopping"
        except Exception:
            log_event("socket.failed", logging.ERROR, trace=traceback.format_exc(), socket=number)
            why = "failed"
        finally:
            self._client.leave()
            log_event("socket.closed", socket=number, why=why)

    async def _turn_away(self, full: Refused) -> None:
        """Says which limit is reached, which a refused handshake could not, and closes the socket."""
        with suppress(WebSocketDisconnect):
            await self._client.send_error(full)
            await self._socket.close(_TRY_AGAIN_LATER, "full")

    async def _receive_commands(self) -> str:
        """Handles messages until the client leaves (raises `WebSocketDisconnect`) or breaks a limit: returns which."""
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1005))
            try:
                await self._rate_limit.take()
            except Flooded:
                return "too many messages"
            self._client.handling = True
            try:
                text = message.get("text")
                if text is None:
                    raise binary_message()
                command = await self._client.compute(partial(decode, text), large=len(text) > _LARGE_MESSAGE)
            except BadMessage as error:
                self._bad_in_a_row += 1
                if self._bad_in_a_row > self._max_bad_messages:
                    return "too many bad messages"
                await self._client.send_error(error)
            else:
                self._bad_in_a_row = 0
                await self._dispatch(command)
            self._client.handling, self._client.heard_at = False, time.monotonic()
            await asyncio.sleep(0)  # a client whose messages are always there does not keep the loop from the others
            used, self._client.used = self._client.used, 0.0
            await self._own_time.take(used)

    async def _dispatch(self, command: Command) -> None:
        """Has a command handled, and answered."""
        client, handler = self._client, HANDLERS[type(command)]
        context = Context.of(client, handler.urgent)
        if handler.background:
            await client.cancel_background(command.op)
            client.background.start(command.op, command.id, self._answer_in_background(handler, context, command))
        else:
            await client.answer(command.id, partial(handler.run, context, command))

    async def _answer_in_background(self, handler: Handler, context: Context, command: Command) -> None:
        with suppress(WebSocketDisconnect):  # the receiving side notices it too, and cleans up
            await self._client.answer(command.id, partial(handler.run, context, command))

"""One socket to a room: joining, then commands, each answered with `done` or `error` once it is stored."""

import asyncio
import logging
import time
import traceback
from contextlib import suppress
from functools import partial

import segno
from starlette.websockets import WebSocket, WebSocketDisconnect

from steepest.classroom import clock, rules
from steepest.classroom.codes import digest, matches, screen_secret
from steepest.classroom.rules import Denied
from steepest.protocol.events import Error
from steepest.protocol.room_commands import BadMessage, Clock, Join, RoomCommand, decode_room
from steepest.protocol.room_events import Done, InvitationPart, Joined, Time
from steepest.server.announce import address_of
from steepest.server.errors import Refused, binary_message, error_event
from steepest.server.logs import log_event
from steepest.server.rooms.acts import ACTS, ready
from steepest.server.rooms.member import Member
from steepest.server.rooms.room import Room
from steepest.server.rooms.rooms import Rooms, no_room
from steepest.server.security.peer import peer_of
from steepest.server.security.rate_limit import Flooded, TokenBucket
from steepest.server.service import Service
from steepest.spec import Text
from steepest.spec.text import Language

_POLICY_VIOLATION, _TRY_AGAIN_LATER = 1008, 1013
_RATE, _BURST = 20.0, 60.0  # messages; a teacher who drags the play head sends ten a second
_JOIN_SECONDS = 15.0  # before which a socket must have joined
_LARGE_MESSAGE = 4096  # characters; reading a longer one may take over a millisecond


class RoomSocket:
    """Serves one socket from its handshake to its end. `run` never raises."""

    def __init__(self, socket: WebSocket, service: Service, rooms: Rooms) -> None:
        self._socket = socket
        self._service = service
        self._rooms = rooms
        self._account = service.accounts.of(socket.scope)
        self._rate_limit = TokenBucket(_RATE, _BURST, service.settings.flood_seconds)
        self._bad_in_a_row = 0
        self._language: Language = "en"
        self._room: Room | None = None
        self._member: Member | None = None
        self._parts: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Accepts the socket, and returns when it is closed."""
        why = "left"
        try:
            await self._socket.accept()
            with self._service.sockets.place(), self._account.rooms.place():
                why = await self._receive_commands()
                await self._socket.close(_POLICY_VIOLATION, why)
        except WebSocketDisconnect:
            pass
        except Refused as full:
            why = "full"
            with suppress(WebSocketDisconnect):
                await self._send(self._error(full, 0))
                await self._socket.close(_TRY_AGAIN_LATER, "full")
        except asyncio.CancelledError:  # the server stops, and this client has not read its close frame
            why = "stopping"
        except Exception:
            log_event("room_socket.failed", logging.ERROR, trace=traceback.format_exc())
            why = "failed"
        finally:
            self._leave()
            log_event("room_socket.closed", why=why)

    def _leave(self) -> None:
        if self._parts is not None:
            self._parts.cancel()
        if self._room is not None and self._member is not None:
            self._room.leave(self._member)

    async def _receive_commands(self) -> str:
        """Handles messages until the client leaves (raises `WebSocketDisconnect`) or breaks a limit: returns which."""
        came = time.monotonic()
        while True:
            try:
                patience = None if self._member else max(0.0, came + _JOIN_SECONDS - time.monotonic())
                async with asyncio.timeout(patience):
                    message = await self._socket.receive()
            except TimeoutError:
                return "did not join"
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1005))
            try:
                await self._rate_limit.take()
            except Flooded:
                return "too many messages"
            try:
                text = message.get("text")
                if text is None:
                    raise binary_message()
                command = await self._decoded(text)
            except BadMessage as error:
                self._bad_in_a_row += 1
                if self._bad_in_a_row > self._service.settings.max_bad_messages:
                    return "too many bad messages"
                await self._send(self._error(error, 0))
            else:
                self._bad_in_a_row = 0
                await self._answer(command)

    async def _decoded(self, text: str) -> RoomCommand:
        if len(text) <= _LARGE_MESSAGE:
            return decode_room(text)
        return await self._service.beside_the_loop(partial(decode_room, text))

    async def _answer(self, command: RoomCommand) -> None:
        """Has a command take effect, and answers it."""
        self._language = command.language or self._language
        try:
            if isinstance(command, Join):
                await self._join(command)
            elif self._room is None or self._member is None:
                raise Refused("no_room", Text("join a room first", "请先加入课堂"))
            elif isinstance(command, Clock):
                await self._send(Time(op="time", id=command.id, time=_now()))
            else:
                number = await self._act(self._room, self._member, command)
                await self._send(Done(op="done", id=command.id, number=number))
        except WebSocketDisconnect:
            raise
        except Exception as error:
            await self._send(self._error(error, command.id))

    async def _act(self, room: Room, member: Member, command: RoomCommand) -> int:
        act = ACTS[type(command)]
        if member.role != act.role:
            raise Refused("forbidden", Text("your role in this room may not do that", "您在课堂中的角色无权这样做"))
        if member not in room.members:
            raise no_room()
        command = await ready(command, self._service)
        return room.append(act.event(room.state, member.seat or 0, command))

    # --- joining ---

    async def _join(self, command: Join) -> None:
        if self._member is not None:
            raise Refused("conflict", Text("this socket is in a room already", "此连接已在课堂中"))
        peer = peer_of(self._socket.scope)
        room = self._rooms.guess(command.code, peer)
        seat = self._seat(room, command, peer)
        member = Member(self._socket, command.role, seat)
        if command.role != "seat":
            member.invitation = self._invitation(room, command)
        self._room, self._member = room, member
        # Before any part: only now is the member one of the room's.
        await self._send(Joined(op="joined", id=command.id, role=command.role, code=room.state.code, time=_now()))
        room.enter(member)
        self._parts = asyncio.create_task(member.send_parts(room.text_of))

    def _seat(self, room: Room, command: Join, peer: str) -> int | None:
        """The number of the seat, which is taken where it is new. Raises `Refused` for a wrong secret."""
        state = room.state
        if command.role != "seat":
            kept = state.teacher if command.role == "teacher" else state.screen
            if not matches(command.secret, kept):
                self._rooms.wrong(command.secret, peer)
                raise Refused("no_room", Text("this link is not valid for the room", "此链接对该课堂无效"), "secret")
            return None
        known = state.seat_of(digest(command.secret))
        if known is None:
            limit = self._service.settings.max_seats
            event = rules.take_seat(state, digest(command.secret), command.name or "", limit)
            room.append(event)
            return event.seat
        if command.name and command.name != known.name:
            with suppress(Denied):
                room.append(rules.rename(state, known.number, command.name))
        return known.number

    def _invitation(self, room: Room, command: Join) -> InvitationPart:
        settings = self._service.settings
        address = address_of(settings, self._socket.scope)
        code = room.state.code
        token = settings.token.get_secret_value() if settings.token and not settings.classroom else ""
        link = f"{address}/?{f'token={token}&' if token else ''}room={code}"
        rows = ["".join("1" if dark else "0" for dark in row) for row in segno.make(link, micro=False).matrix]
        screen = f"{link}&screen={screen_secret(command.secret)}" if command.role == "teacher" else None
        return InvitationPart(
            op="invitation", number=1, code=code, address=address, link=link, screen_link=screen, qr=rows
        )

    # --- sending ---

    async def _send(self, event: Joined | Time | Done | Error) -> None:
        if self._member is not None:
            await self._member.send(event)
        else:
            await self._socket.send_text(event.model_dump_json())

    def _error(self, error: Exception, reply_to: int) -> Error:
        if isinstance(error, Denied):
            error = Refused(error.why, error.text)
        return error_event(error, self._language, reply_to, log_as="room.failed")


def _now() -> float:
    return round(clock.now() * 1000, 1)

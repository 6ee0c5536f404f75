"""The HTTP routes of rooms: what this browser may do, making a room, entering one, lessons, and the report."""

from typing import TypeVar
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

from steepest.classroom.codes import matches
from steepest.classroom.lessons import lesson_of, lessons
from steepest.classroom.report import csv_report, html_report
from steepest.classroom.rules import ended
from steepest.classroom.truth import Truth
from steepest.protocol.rooms import Classroom, EnterRoom, LessonCard, Lessons, MakeRoom, RoomFound
from steepest.server.announce import address_of, is_reachable
from steepest.server.errors import Refused
from steepest.server.http.endpoint import Exchange, Handler, json_response, request_too_large
from steepest.server.rooms.rooms import Rooms, no_room
from steepest.server.security.peer import peer_of
from steepest.server.security.token import TokenCheck, header_values
from steepest.server.settings import Settings
from steepest.spec import Invalid, Text
from steepest.spec.strict_json import strict_json
from steepest.spec.validation_errors import to_invalid

_MAX_LESSON = 1_000_000  # bytes of a request that makes a room with a lesson
_MAX_CODE = 1_000

Body = TypeVar("Body")

_MAKE: TypeAdapter[MakeRoom] = TypeAdapter(MakeRoom)
_ENTER: TypeAdapter[EnterRoom] = TypeAdapter(EnterRoom)


def classroom_handler(settings: Settings, token: TokenCheck) -> Handler:
    """`GET /api/classroom`."""

    async def handle(exchange: Exchange) -> Response:
        scope = exchange.request.scope
        found = Classroom(
            reachable=is_reachable(settings),
            address=address_of(settings, scope),
            may_open=token.is_host(scope),
            entered=token.has_entered(scope),
        )
        return json_response(found.model_dump_json())

    return handle


def make_room_handler(rooms: Rooms, token: TokenCheck) -> Handler:
    """`POST /api/rooms`."""

    async def handle(exchange: Exchange) -> Response:
        if not token.is_host(exchange.request.scope):
            text = "only who has the server's own link may open a room"
            raise Refused("forbidden", Text(text, "只有持有服务器链接的人才能开课堂"))
        asked = await _body(exchange, _MAKE, _MAX_LESSON)
        return json_response(rooms.make(asked.lesson, asked.names).model_dump_json())

    return handle


def enter_room_handler(rooms: Rooms, token: TokenCheck) -> Handler:
    """`POST /api/rooms/enter`."""

    async def handle(exchange: Exchange) -> Response:
        asked = await _body(exchange, _ENTER, _MAX_CODE)
        scope = exchange.request.scope
        state = rooms.guess(asked.code, peer_of(scope)).state
        if state.ended:  # its code lets nobody else in; who is in keeps what is on the screen
            over = ended()
            raise Refused(over.why, over.text, "code")
        response = json_response(RoomFound(code=state.code, names=state.names, locked=state.locked).model_dump_json())
        if token.required:
            response.headers["set-cookie"] = token.room_cookie(scope, state.code)
        return response

    return handle


def lessons_handler() -> Handler:
    """`GET /api/lessons`: all in short, or one whole."""

    async def handle(exchange: Exchange) -> Response:
        asked = exchange.request.query_params.get("id")
        if asked is None:
            cards = [
                LessonCard(
                    id=each.id,
                    title=each.title.text(),
                    about=each.about.text() if each.about else None,
                    steps=len(each.steps),
                    minutes=sum(step.minutes for step in each.steps),
                    card=card,
                )
                for each, card in lessons()
            ]
            return json_response(Lessons(lessons=cards).model_dump_json())
        found = lesson_of(asked)
        if found is None:
            raise Invalid("id", Text("there is no such lesson", "没有这份教案"))
        return json_response(found.model_dump_json())

    return handle


def report_handler(rooms: Rooms) -> Handler:
    """`GET /api/rooms/report`: for whoever has the teacher's secret, in the header `Authorization: Room SECRET`."""

    async def handle(exchange: Exchange) -> Response:
        request = exchange.request
        query = request.query_params
        peer = peer_of(request.scope)
        room = rooms.guess(query.get("code", ""), peer)
        given = next(iter(header_values(request.scope, b"authorization")), b"").decode("latin-1")
        if not given.startswith("Room ") or not matches(given.removeprefix("Room "), room.state.teacher):
            rooms.wrong(given, peer)
            raise no_room()
        form = query.get("format", "html")
        if form not in ("html", "csv"):
            raise Invalid("format", Text("must be html or csv", "应为 html 或 csv"))
        truths: dict[int, Truth | Text | None] = {}
        for stage in room.state.stages:
            if stage.activity.kind == "predict" and stage.phase != "open":
                truths[stage.number] = await room.truth_of(stage.activity, stage.number)
        language, names = exchange.language, query.get("names") == "1"
        if form == "html":
            text = html_report(room.state, truths, await room.clouds(), language, names=names)
        else:
            text = csv_report(room.state, truths, language, names=names)
        name = quote(f"steepest-{room.state.code}.{form}")
        kind = "text/html" if form == "html" else "text/csv"
        headers = {"content-disposition": f"attachment; filename={name}", "cache-control": "no-store"}
        return Response(text, media_type=f"{kind}; charset=utf-8", headers=headers)

    return handle


async def _body(exchange: Exchange, adapter: TypeAdapter[Body], limit: int) -> Body:
    data = strict_json(await exchange.body(limit, request_too_large))
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        raise to_invalid(error) from None

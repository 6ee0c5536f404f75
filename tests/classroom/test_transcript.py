"""The lesson in docs/protocol.md is what a server really says."""

from pathlib import Path
from typing import get_args

from pydantic import TypeAdapter
from tests.classroom.transcript import read, replay
from tests.protocol.served import served
from tests.protocol.test_transcript import rounded

from steepest.protocol.room_commands import ROOM_COMMAND, RoomCommand, decode_room
from steepest.protocol.room_events import RoomEvent

EVENT: TypeAdapter[RoomEvent] = TypeAdapter(RoomEvent)


def test_a_server_says_what_the_page_shows(tmp_path: Path) -> None:
    page = read()
    with served(STEEPEST_DATA=str(tmp_path)) as url:
        said = replay(page, url)
    for got, shown in zip(said, page, strict=True):
        assert rounded(got[2]) == rounded(shown[2])
        assert got[:2] == shown[:2]


def test_what_the_page_shows_is_what_the_models_say() -> None:
    for _, mark, message in read():
        if mark == ">":
            secret = {"secret": "a" * 24} if "secret" in message else {}
            assert ROOM_COMMAND.validate_python({**message, **secret}).op == message["op"]
        else:
            assert EVENT.validate_python(message).model_dump(mode="json") == message


def test_the_page_shows_every_command_and_every_part() -> None:
    sent = {message["op"] for _, mark, message in read() if mark == ">"}
    every = get_args(get_args(RoomCommand)[0])
    assert sent == {op for command in every for op in get_args(command.model_fields["op"].annotation)}
    shown = {message["op"] for _, mark, message in read() if mark == "<"}
    assert shown == {
        *("joined", "done", "error", "room", "activity", "play", "mine", "counts", "seats", "results", "cloud"),
        *("shown", "lesson", "left", "time"),
    }
    assert decode_room('{"op": "clock"}').op == "clock"

"""The limits and guards of a room's socket, and what each role may see."""

from pathlib import Path

import pytest
from tests.classroom.documents import explore, square
from tests.classroom.room_client import school

from steepest.classroom.codes import ALPHABET, as_code, new_code
from steepest.server.rooms import socket

TRY_AGAIN_LATER, POLICY_VIOLATION = 1013, 1008


def test_codes_have_six_characters_none_of_which_looks_like_another() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 25
    for alike in ("0O", "1IL", "2Z", "5S", "8B"):
        assert len(set(alike) & set(ALPHABET)) == 0
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 6 and set(code) <= set(ALPHABET) for code in codes)
    assert as_code(" acd-efg ") == "ACDEFG"
    for wrong in ("", "ACDEF", "ACDEFGH", "ACDEF0", "ACDEFÄ"):
        assert as_code(wrong) is None


async def test_who_floods_a_room_is_cut_off_and_the_others_go_on(tmp_path: Path) -> None:
    async with school(tmp_path, flood_seconds=0.2) as one:
        room = await one.room()
        flooder, other = await one.seat(room, 1), await one.seat(room, 2)
        for n in range(500):
            flooder.send(op="clock", id=n)
        assert await flooder.close_code() == POLICY_VIOLATION
        assert (await other.say("clock"))["op"] == "time"


async def test_nonsense_is_answered_a_few_times(tmp_path: Path) -> None:
    async with school(tmp_path, max_bad_messages=3) as one:
        room = await one.room()
        seat = await one.seat(room, 1)
        for _ in range(3):
            seat.send(op="dance")
            while (event := await seat.event())["op"] != "error":
                pass
            assert event["code"] == "bad_message"
        assert (await seat.say("clock"))["op"] == "time"  # which is none, so the count begins again
        for _ in range(4):
            seat.send(op="dance")
        assert await seat.close_code() == POLICY_VIOLATION


async def test_who_does_not_join_has_to_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        joined = await one.seat(room, 1)
        monkeypatch.setattr(socket, "_JOIN_SECONDS", 0.2)
        silent = one.phone()
        assert await silent.close_code() == POLICY_VIOLATION
        assert (await joined.say("clock"))["op"] == "time"


async def test_one_address_has_so_many_sockets_and_a_room_so_many_seats(tmp_path: Path) -> None:
    async with school(tmp_path, client_rooms=2, max_seats=2) as one:
        room = await one.room()
        await one.seat(room, 1)
        await one.seat(room, 2)
        third = one.phone()
        assert (await third.event())["code"] == "busy"
        assert await third.close_code() == TRY_AGAIN_LATER
        elsewhere = one.phone("10.0.0.9")
        join = {"code": room["code"], "role": "seat", "secret": "secret-of-the-device-3"}
        assert await elsewhere.refused("join", **join) == "limit"


async def test_a_room_that_has_stored_too_much_can_only_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with school(tmp_path, max_room=100_000) as one:
        room = await one.room()
        teacher = await one.teacher(room)
        await teacher.done("begin", activity=explore())
        found = one.rooms.find(room["code"])
        assert found is not None
        monkeypatch.setattr(found._log, "bytes", 100_001)
        assert await teacher.refused("begin", activity=explore()) == "limit"
        await teacher.done("end")


async def test_a_projector_sees_no_list_of_seats_and_no_names_that_are_hidden(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room(names=True)
        teacher = await one.teacher(room)
        screen = await one.join(room, "screen", room["screen"])
        seat = await one.seat(room, 1, name="Ada Lovelace")
        await teacher.done("names", names=False)
        number = await teacher.done("begin", activity=explore())
        await seat.done("explore", activity=number, experiment=square(0.4))
        await screen.until("cloud")
        await screen.say("clock")
        assert "seats" not in screen.parts
        assert "lesson" not in screen.parts
        assert "Ada" not in str(screen.got)

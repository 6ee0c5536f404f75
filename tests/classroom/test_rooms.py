"""Rooms over their sockets, in one process: roles, activities, and reconnecting."""

import asyncio
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from tests.classroom.documents import predict, square, watch
from tests.classroom.room_client import school
from tests.server.running import Json

from steepest.classroom.log import RoomLog
from steepest.protocol.room_commands import RoomCommand
from steepest.protocol.room_events import PlayPart
from steepest.server.rooms.acts import ACTS
from steepest.server.rooms.parts import PartTexts


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


ANSWER = {"kind": "choose", "option": 1}


async def test_a_question_from_its_opening_to_the_truth(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        teacher = await one.teacher(room)
        screen = await one.join(room, "screen", room["screen"])
        seats = [await one.seat(room, n) for n in range(3)]
        number = await teacher.done("begin", activity=predict())
        for seat in seats:
            await seat.until("activity", activity_number=number, phase="open")
        await seats[0].done("answer", activity=number, answer={"kind": "choose", "option": 0})
        await seats[1].done("answer", activity=number, answer=ANSWER)
        await seats[0].done("answer", activity=number, answer=ANSWER)  # in place of the first
        await teacher.until("counts", answered=2, seats=3, connected=3)
        assert await teacher.refused("play", activity=number, step=0, speed=10.0) == "conflict"
        await teacher.done("close", activity=number)
        assert await seats[2].refused("answer", activity=number, answer=ANSWER) == "conflict"
        await teacher.done("play", activity=number, step=0, speed=10.0)
        await screen.played(step=0, speed=10.0)
        assert "results" not in screen.parts
        assert "results" not in teacher.parts
        await teacher.done("reveal", activity=number)
        for phone in (teacher, screen, *seats):
            results = await phone.until("results", truth={"kind": "choose", "options": [1]})
            assert results["spread"] == {"kind": "choose", "counts": [0, 2]}
        assert seats[0].parts["mine"]["answer"] == ANSWER
        assert not any("seats" in phone.parts or "counts" in phone.parts for phone in seats)


# A command of each kind, but those that everyone may send.
COMMANDS: dict[str, Json] = {
    "answer": {"activity": 2, "answer": ANSWER},
    "explore": {"activity": 2, "experiment": square(0.2)},
    "rename": {"name": "Ada"},
    "begin": {"activity": watch()},
    "play": {"activity": 2, "step": 3, "speed": 1.0},
    "update": {"activity": 2, "experiment": square(0.2), "step": 3},
    "close": {"activity": 2},
    "reopen": {"activity": 2},
    "reveal": {"activity": 2},
    "show": {"seat": 1},
    "send": {"seat": 1, "kind": "watch"},
    "pause": {"paused": True},
    "lock": {"locked": True},
    "names": {"names": True},
    "remove": {"seat": 1},
    "lesson": {"lesson": None},
    "end": {},
}


@pytest.mark.parametrize("role", ["seat", "screen", "teacher"])
async def test_fault_08_nobody_can_do_what_another_role_does(tmp_path: Path, role: str) -> None:
    allowed = {op_of(command): act.role for command, act in ACTS.items()}
    assert allowed.keys() == COMMANDS.keys()
    assert {op_of(command) for command in get_args(get_args(RoomCommand)[0])} == COMMANDS.keys() | {"join", "clock"}
    async with school(tmp_path) as one:
        room = await one.room()
        member = await one.seat(room, 1) if role == "seat" else await one.join(room, role, room[role])
        before = one.rooms.find(room["code"]).state  # type: ignore[union-attr]
        for op, fields in COMMANDS.items():
            if allowed[op] != role:
                assert await member.refused(op, **fields) == "forbidden", op
        assert one.rooms.find(room["code"]).state == before  # type: ignore[union-attr]


def op_of(command: Any) -> str:
    (op,) = get_args(command.model_fields["op"].annotation)
    return str(op)


async def test_fault_08_a_forged_role_is_a_wrong_secret(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        await one.seat(room, 1)
        before = one.rooms.find(room["code"]).state  # type: ignore[union-attr]
        forger = one.phone()
        for secret in ("secret-of-the-device-1", room["screen"], "a" * 24):
            assert await forger.refused("join", code=room["code"], role="teacher", secret=secret) == "no_room"
            assert await forger.refused("end") == "no_room"
        assert one.rooms.find(room["code"]).state == before  # type: ignore[union-attr]


async def test_a_full_server_lets_go_of_the_room_that_ended_first(tmp_path: Path) -> None:
    async with school(tmp_path, max_rooms=2) as one:
        rooms = [await one.room(), await one.room()]
        full = await one.post("/api/rooms", {})
        assert (full.status_code, full.json()["code"]) == (503, "busy")
        for room in reversed(rooms):
            await (await one.teacher(room)).done("end")
        third = await one.room()
        assert [one.rooms.find(room["code"]) is not None for room in (*rooms, third)] == [True, False, True]
        assert {path.stem for path in files(tmp_path)} == {rooms[0]["code"], third["code"]}


async def test_the_code_of_a_lesson_that_is_over_lets_nobody_in(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        teacher = await one.teacher(room)
        assert (await one.post("/api/rooms/enter", {"code": room["code"]})).status_code == 200
        await teacher.done("end")
        refused = await one.post("/api/rooms/enter", {"code": room["code"]})
        assert (refused.json()["code"], refused.json()["message"]) == ("no_room", "the lesson is over")
        assert "set-cookie" not in refused.headers


async def test_errors_are_in_the_language_of_the_latest_command(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        teacher = await one.teacher(room)
        languages: list[Json] = [{}, {"language": "zh"}, {}, {"language": "en"}]
        said = [(await teacher.say("rename", name="Ada", **each))["message"] for each in languages]
        english, chinese = "your role in this room may not do that", "您在课堂中的角色无权这样做"
        assert said == [english, chinese, chinese, english]


async def test_fault_09_codes_are_guessed_a_few_times_a_minute(tmp_path: Path) -> None:
    async with school(tmp_path, code_failures=5) as one:
        room = await one.room()
        inside = await one.seat(room, 1, host="10.0.0.9")
        codes = ["AAAAA" + letter for letter in "CDEFG"]
        assert room["code"] not in codes
        found = [(await one.post("/api/rooms/enter", {"code": code}, host="10.0.0.9")).status_code for code in codes]
        assert found == [404] * 5
        right = await one.post("/api/rooms/enter", {"code": room["code"]}, host="10.0.0.9")
        assert (right.status_code, right.json()["code"]) == (503, "busy")
        guesser = one.phone("10.0.0.9")
        assert await guesser.refused("join", code=room["code"], role="seat", secret="b" * 20) == "busy"
        # Who is in stays in, and other addresses notice nothing.
        assert (await inside.say("clock"))["op"] == "time"
        other = await one.post("/api/rooms/enter", {"code": f" {room['code'].lower()} "}, host="10.0.0.10")
        assert other.json() == {"code": room["code"], "names": False, "locked": False}


async def test_a_code_ends_with_its_room(tmp_path: Path) -> None:
    now = [1_000_000.0]
    async with school(tmp_path) as one:
        one.rooms._clock = lambda: now[0]
        room = await one.room()
        seat = await one.seat(room, 1)
        assert files(tmp_path)
        now[0] += 24 * 3600 - 10
        assert one.rooms.exists(room["code"])
        now[0] += 20
        one.rooms.look()
        assert not one.rooms.exists(room["code"])
        assert files(tmp_path) == []
        assert (await seat.until("left"))["why"] == "ended"


async def test_a_room_that_nobody_opened_again_is_deleted_too(tmp_path: Path) -> None:
    now = [1_000_000.0]
    async with school(tmp_path) as one:
        one.rooms._clock = lambda: now[0]
        await one.room()
        one.rooms.stop()
        now[0] += 25 * 3600
        one.rooms.look()
        assert files(tmp_path) == []


async def test_the_room_is_as_it_was_after_a_restart(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        teacher = await one.teacher(room)
        seat = await one.seat(room, 1)
        number = await teacher.done("begin", activity=predict())
        await seat.done("answer", activity=number, answer=ANSWER)
        await teacher.done("close", activity=number)
        await teacher.done("play", activity=number, step=2, speed=0.0)
        before = one.rooms.find(room["code"]).state  # type: ignore[union-attr]
    async with school(tmp_path) as again:
        assert again.rooms.find(room["code"]).state == before  # type: ignore[union-attr]
        seat = await again.seat(room, 1)
        mine = await seat.until("mine")
        assert (mine["seat"], mine["answer"]) == (1, ANSWER)
        await seat.played(step=2)
        teacher = await again.teacher(room)
        await teacher.done("reveal", activity=number)
        await seat.until("results", truth={"kind": "choose", "options": [1]})


async def test_who_reconnects_is_where_the_class_is(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        teacher = await one.teacher(room)
        first = await one.seat(room, 1)
        number = await teacher.done("begin", activity=watch())
        await first.until("activity", activity_number=number)
        await first.leave()
        played = await teacher.done("play", activity=number, step=5, speed=2.0)
        back = await one.seat(room, 1)
        await back.until("play", number=played)
        await back.until("activity", activity_number=number)
        await back.until("mine")


async def test_fault_43_the_late_end_of_an_old_socket_does_not_end_the_new_one(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        teacher = await one.teacher(room)
        old = await one.seat(room, 1)
        new = await one.seat(room, 1)
        assert (await old.until("left"))["why"] == "elsewhere"
        await old.close_code()
        assert old.task.done()
        assert (await new.until("mine"))["seat"] == 1
        assert (await new.say("clock"))["op"] == "time"
        number = await teacher.done("begin", activity=predict())
        await new.done("answer", activity=number, answer=ANSWER)
        await teacher.until("counts", seats=1, connected=1, answered=1)


async def test_fault_44_the_room_goes_on_without_its_teacher(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        teacher = await one.teacher(room)
        seat = await one.seat(room, 1)
        number = await teacher.done("begin", activity=predict())
        await teacher.leave()
        await seat.until("room", teacher=False)
        await seat.done("answer", activity=number, answer=ANSWER)
        assert await seat.refused("close", activity=number) == "forbidden"
        back = await one.teacher(room)
        await seat.until("room", teacher=True)
        await back.until("counts", answered=1)
        await back.done("close", activity=number)


async def test_fault_42_two_teacher_screens_have_one_order(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        one_screen, other = await one.teacher(room), await one.teacher(room)
        first = await one_screen.done("begin", activity=predict())
        second = await other.done("begin", activity=watch())
        assert second > first
        assert await one_screen.refused("close", activity=first) == "conflict"
        for teacher in (one_screen, other):
            assert (await teacher.until("activity", activity_number=second))["activity"]["kind"] == "watch"
        # Two changes at once: both are stored, one after the other, and all show the later one.
        rates = {one_screen: 0.3, other: 0.4}
        numbers = await asyncio.gather(
            *(screen.done("update", activity=second, experiment=square(rate), step=0) for screen, rate in rates.items())
        )
        assert sorted(numbers) == [second + 1, second + 2]
        later = dict(zip(numbers, rates.values(), strict=True))[second + 2]
        for screen in rates:
            shown = await screen.until("activity", number=second + 2)
            assert shown["activity"]["experiment"]["runs"][0]["optimizer"]["lr"] == later


async def test_lock_remove_and_pause(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        teacher = await one.teacher(room)
        seat = await one.seat(room, 1)
        await teacher.done("pause", paused=True)
        await seat.until("room", paused=True)
        await teacher.done("lock", locked=True)
        late = one.phone()
        join = {"code": room["code"], "role": "seat"}
        assert await late.refused("join", **join, secret="c" * 20) == "conflict"
        back = await one.seat(room, 1)  # who has a seat comes back in
        await teacher.done("remove", seat=1)
        assert (await back.until("left"))["why"] == "removed"
        assert await back.close_code() == 1008
        await teacher.done("lock", locked=False)
        assert await late.refused("join", **join, secret="secret-of-the-device-1") == "no_room"
        assert (await late.say("join", **join, secret="c" * 20))["op"] == "joined"


async def test_wrong_commands(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        teacher = await one.teacher(room)
        answer = await teacher.say("begin", activity=watch(experiment=square(-1.0)))
        assert (answer["code"], answer["field"]) == ("invalid", "activity.experiment.runs[0].optimizer.lr")
        answer = await teacher.say("begin", activity=predict(until=-1))
        assert (answer["code"], answer["field"]) == ("bad_message", "activity.until")
        assert await teacher.refused("dance") == "bad_message"
        assert await teacher.refused("join", code=room["code"], role="teacher", secret=room["teacher"]) == "conflict"
        number = await teacher.done("begin", activity=predict())
        seat = await one.seat(room, 1)
        for wrong in ({"kind": "number", "value": 1.0}, {"kind": "choose", "option": 2}):
            assert await seat.refused("answer", activity=number, answer=wrong) == "invalid"
        assert await seat.refused("answer", activity=number + 50, answer=ANSWER) == "conflict"


async def test_fault_45_a_part_is_encoded_once_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    really = PartTexts._made

    def counted(texts: PartTexts, part: str) -> BaseModel | None:
        event = really(texts, part)
        if isinstance(event, PlayPart):
            made.append(event.number)
        return event

    monkeypatch.setattr(PartTexts, "_made", counted)
    async with school(tmp_path) as one:
        room = await one.room()
        teacher = await one.teacher(room)
        seats = [await one.seat(room, n) for n in range(20)]
        number = await teacher.done("begin", activity=watch())
        played = [await teacher.done("play", activity=number, step=step, speed=0.0) for step in range(5)]
        for seat in seats:
            await seat.until("play", number=played[-1])
    assert made.count(played[-1]) == 1
    assert len(made) == len(set(made)), "each state of the play head was encoded once, for twenty seats"


async def test_fault_45_those_who_do_not_read_delay_nobody(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        teacher = await one.teacher(room)
        deaf = [await one.seat(room, n) for n in range(10)]
        for phone in deaf:
            phone.out.deaf = True
        seat = await one.seat(room, 99)
        number = await teacher.done("begin", activity=watch())
        for step in range(40):
            await teacher.done("play", activity=number, step=step, speed=0.0)
        await asyncio.wait_for(seat.played(step=39), 60)
        for phone in deaf:
            # What waits for it is one message, whatever has happened since.
            assert phone.out.waiting == 1
            phone.task.cancel()


async def test_a_log_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        teacher = await one.teacher(room)

        def full(*_: object) -> int:
            raise OSError("no space left")

        monkeypatch.setattr(RoomLog, "append", full)
        before = one.rooms.find(room["code"]).state  # type: ignore[union-attr]
        assert await teacher.refused("pause", paused=True) == "internal"
        assert one.rooms.find(room["code"]).state == before  # type: ignore[union-attr]
        monkeypatch.undo()
        await teacher.done("pause", paused=True)

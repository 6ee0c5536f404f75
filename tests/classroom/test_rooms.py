"""Rooms over their sockets, in one process: roles, activities, reconnecting, and what each may see."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.classroom.documents import DIVERGES, explore, lesson, predict, square, watch
from tests.classroom.room_client import school
from tests.server.running import Json

from steepest.classroom.log import RoomLog


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


TEACHER_COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("begin", {"activity": watch()}),
    ("play", {"activity": 2, "step": 3, "speed": 1.0}),
    ("update", {"activity": 2, "experiment": square(0.2), "step": 3}),
    ("close", {"activity": 2}),
    ("reopen", {"activity": 2}),
    ("reveal", {"activity": 2}),
    ("show", {"seat": 1}),
    ("send", {"seat": 1, "kind": "watch"}),
    ("pause", {"paused": True}),
    ("lock", {"locked": True}),
    ("names", {"names": True}),
    ("remove", {"seat": 1}),
    ("lesson", {"lesson": None}),
    ("end", {}),
]


@pytest.mark.parametrize("role", ["seat", "screen"])
async def test_fault_08_nobody_else_can_do_what_a_teacher_does(tmp_path: Path, role: str) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        other = await one.seat(room, 1) if role == "seat" else await one.join(room, "screen", room["screen"])
        before = one.rooms.find(room["code"]).state  # type: ignore[union-attr]
        for op, fields in TEACHER_COMMANDS:
            assert await other.refused(op, **fields) == "forbidden", op
        # A forged role is a wrong secret.
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


async def test_a_teacher_answers_nothing(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        teacher = await one.teacher(room)
        number = await teacher.done("begin", activity=predict())
        assert await teacher.refused("answer", activity=number, answer=ANSWER) == "forbidden"
        assert await teacher.refused("rename", name="Ada") == "forbidden"


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


async def test_a_seat_is_on_one_socket(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room()
        old = await one.seat(room, 1)
        new = await one.seat(room, 1)
        assert (await old.until("left"))["why"] == "elsewhere"
        await old.close_code()
        assert (await new.until("mine"))["seat"] == 1
        assert len(one.rooms.find(room["code"]).state.seats) == 1  # type: ignore[union-attr]


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


async def test_explore_and_its_cloud(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room(names=True)
        teacher = await one.teacher(room)
        screen = await one.join(room, "screen", room["screen"])
        seats = [await one.seat(room, n, name=f"Name {n}") for n in range(1, 4)]
        number = await teacher.done("begin", activity=explore())
        for seat, rate in zip(seats, (0.4, 0.001, 30.0), strict=True):
            await seat.done("explore", activity=number, experiment=square(rate))
        assert await seats[0].refused("explore", activity=number, experiment=square(0.1, start=1.0)) == "invalid"
        runs: dict[int, Any] = {}
        while len(runs) < 3:
            for entry in (await screen.until("cloud"))["entries"]:
                runs[entry["seat"]] = entry
            del screen.parts["cloud"]
        assert [runs[n]["outcome"] for n in (1, 2, 3)] == ["converged", "slow", "diverged"]
        assert [runs[n]["lr"] for n in (1, 2, 3)] == [0.4, 0.001, 30.0]
        assert runs[1]["name"] == "Name 1"
        assert runs[1]["path"][0] == [5.0]
        # Another name, and names hidden or shown, reach runs that were sent before.
        await seats[0].done("rename", name="Ada")
        assert [entry["name"] for entry in (await screen.until("cloud"))["entries"]] == ["Ada"]
        for names, shown_names in ((False, {"", None}), (True, {"Ada", "Name 2", "Name 3"})):
            del screen.parts["cloud"]
            await teacher.done("names", names=names)
            cloud = await screen.until("cloud", all=True)
            assert {entry["name"] for entry in cloud["entries"]} <= shown_names
            assert len(cloud["entries"]) == 3
        # One seat's run on the projector, then to all.
        await teacher.done("show", seat=1)
        shown = await screen.until("shown", seat=1)
        assert shown["experiment"]["runs"][0]["optimizer"]["lr"] == 0.4
        sent = await teacher.done("send", seat=1, kind="explore")
        activity = await seats[2].until("activity", activity_number=sent)
        assert activity["activity"]["experiment"]["runs"][0]["optimizer"]["lr"] == 0.4
        assert not any("cloud" in seat.parts or "shown" in seat.parts for seat in seats)


async def test_names_are_shown_or_not_and_end_with_the_lesson(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room(names=True)
        teacher = await one.teacher(room)
        seat = await one.seat(room, 1, name="Ada")
        assert (await teacher.until("seats", seats=[_seat(name="Ada")]))["op"] == "seats"
        await seat.done("rename", name="Lovelace")
        await teacher.until("seats", seats=[_seat(name="Lovelace")])
        await teacher.done("names", names=False)
        assert await seat.refused("rename", name="Other") == "conflict"
        await teacher.done("end")
        await seat.until("room", ended=True)
        await teacher.until("seats", seats=[_seat(name="")])
        assert await teacher.refused("begin", activity=watch()) == "no_room"
        kept = b"".join(file.read_bytes() for file in files(tmp_path))
        assert b"Lovelace" not in kept
        assert b"Ada" not in kept


def _seat(**fields: Any) -> dict[str, Any]:
    label = {"en": "blue owl", "zh": "蓝猫头鹰"}
    return {"seat": 1, "label": label, "name": "", "connected": True, "answered": False, **fields}


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


async def test_a_lesson_is_gone_through(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        plan = lesson(watch(), predict())
        room = await one.room(lesson=plan)
        teacher = await one.teacher(room)
        assert (await teacher.until("lesson"))["lesson"]["id"] == "a-lesson"
        await teacher.done("begin", activity=plan["steps"][1]["activity"], lesson_step=1)
        await teacher.until("lesson", step=1)
        assert (await teacher.until("activity", phase="open"))["title"] == {"en": "A step", "zh": "A step"}
        assert await teacher.refused("begin", activity=watch(), lesson_step=2) == "invalid"


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


async def test_reports(tmp_path: Path) -> None:
    async with school(tmp_path) as one:
        room = await one.room(names=True)
        teacher = await one.teacher(room)
        seats = [await one.seat(room, n, name="=Ada" if n == 1 else "<b>Bob") for n in (1, 2)]
        number = await teacher.done("begin", activity=predict(DIVERGES))
        for n, seat in enumerate(seats):
            await seat.done("answer", activity=number, answer={"kind": "choose", "option": n})
        await teacher.done("close", activity=number)
        number = await teacher.done("begin", activity=explore())
        await seats[0].done("explore", activity=number, experiment=square(0.25))
        key = {"authorization": f"Room {room['teacher']}"}

        async def report(**query: str) -> str:
            found = await one.request("GET", "/api/rooms/report", params={"code": room["code"], **query}, headers=key)
            assert found.status_code == 200, found.text
            return found.text

        page = await report(language="en")
        assert "Does it diverge?" in page
        assert "What happened:</strong> No" in page
        assert "loss at step" in page
        assert "slow 1" in page or "converged 1" in page  # in the cloud's key
        assert "Ada" not in page
        assert "Bob" not in page
        named = await report(language="zh", names="1")
        assert "实际结果" in named
        assert "&lt;b&gt;Bob" in named
        table = await report(format="csv", names="1")
        assert table.splitlines()[0] == "\ufeffactivity,kind,question,seat,name,answer,truth,lr,momentum"
        assert "1,predict,Does it diverge?,blue owl,'=Ada,Yes,No,," in table
        assert "2,explore,,blue owl,'=Ada,,,0.25,0.0" in table
        assert "Ada" not in await report(format="csv")
        refused = await one.request("GET", "/api/rooms/report", params={"code": room["code"]})
        assert refused.status_code == 404

"""What a room shows: the cloud and the run on the projector, names, the lesson, and the reports."""

from pathlib import Path
from typing import Any

from tests.classroom.documents import DIVERGES, explore, lesson, predict, square, watch
from tests.classroom.room_client import school
from tests.classroom.test_rooms import files


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
        assert shown["name"] == "Ada"
        await seats[1].done("rename", name="Not shown")
        await seats[0].done("rename", name="Lovelace")
        await screen.until("shown", seat=1, name="Lovelace")
        for names, name in ((False, ""), (True, "Lovelace")):
            await teacher.done("names", names=names)
            await screen.until("shown", seat=1, name=name)
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
        # The lesson changes under way: the present step is the same one, with its title, wherever it is now.
        plan["steps"][0]["title"] = {"en": "The first step", "zh": ""}
        await teacher.done("lesson", lesson=plan)
        await teacher.until("lesson", step=1)
        number = await teacher.done("lesson", lesson={**plan, "steps": plan["steps"][1:]})
        await teacher.until("lesson", number=number, step=0)
        activity = (await teacher.until("activity", phase="open"))["activity_number"]
        await teacher.done("close", activity=activity)
        assert (await teacher.until("activity", phase="closed"))["title"] == {"en": "A step", "zh": "A step"}


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
        unanswered = predict(DIVERGES, rates=(30.0,))
        number = await teacher.done("begin", activity=unanswered)
        await teacher.done("close", activity=number)
        await teacher.done("reveal", activity=number)
        await teacher.until("results", truth={"kind": "choose", "options": [0]})
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
        assert "3,predict,Does it diverge?,,,,Yes,," in table
        assert "Ada" not in await report(format="csv")
        refused = await one.request("GET", "/api/rooms/report", params={"code": room["code"]})
        assert refused.status_code == 404

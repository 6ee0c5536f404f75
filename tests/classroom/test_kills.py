"""Fifty crashes in one lesson, at moments that nobody chose: what was acknowledged is there, once."""

import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.classroom.documents import explore, predict, square, watch
from tests.classroom.test_class_server import Device, ask, join, part
from tests.server.running import Json, Running

KILLS, SEATS = 50, 5
NUMBER: Json = {
    "kind": "number",
    "ask": {"en": "How large?", "zh": "多大？"},
    "of": "loss",
    "low": 1.0,
    "high": 1e9,
}


@dataclass
class Phone:
    """A seat that does something again and again. sent, acknowledged: its last number, 0 before the first."""

    device: Device
    secret: str
    sent: int = 0
    acknowledged: int = 0
    number: int = 0

    def act(self, room: Json, activity: int, kind: str) -> None:
        """Until the server is gone."""
        try:
            with self.device.socket() as seat:
                join(seat, room, "seat", self.secret)
                while True:
                    self.sent += 1
                    if kind == "predict":
                        found = ask(
                            seat, "answer", activity=activity, answer={"kind": "number", "value": float(self.sent)}
                        )
                    else:
                        found = ask(seat, "explore", activity=activity, experiment=square(self.sent / 1e6))
                    assert found["op"] == "done", found
                    self.acknowledged, self.number = self.sent, found["number"]
        except (OSError, EOFError, TimeoutError):
            return
        except Exception as error:
            if type(error).__name__ != "ConnectionClosedError":
                raise


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_fifty_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    moments = random.Random(1)
    settings: Json = {"data": tmp_path / "data", "host": "0.0.0.0", "classroom": True, "workers": 1}
    running = Running(tmp_path, **settings)
    settings["port"] = running.port
    teacher = Device(running.port, running.token)
    room = teacher.request("POST", "/api/rooms", {})[1]
    phones = [Phone(Device(running.port), f"device-number-{n:04}") for n in range(SEATS)]
    for phone in phones:
        phone.device.request("POST", "/api/rooms/enter", {"code": room["code"]})
    try:
        for kill in range(KILLS):
            kind = ("predict", "explore", "watch")[kill % 3]
            with teacher.socket() as boss:
                join(boss, room, "teacher", room["teacher"])
                document = {"predict": lambda: predict(NUMBER), "explore": explore, "watch": watch}[kind]()
                activity = ask(boss, "begin", activity=document)["number"]
                last = ask(boss, "play", activity=activity, step=kill, speed=0.0)["number"] if kind == "watch" else 0
            for phone in phones:
                phone.sent = phone.acknowledged = 0
            dying = threading.Timer(moments.uniform(0.05, 1.0), running.process.send_signal, [signal.SIGKILL])
            dying.start()
            with ThreadPoolExecutor(SEATS) as pool:
                acting = [] if kind == "watch" else [pool.submit(phone.act, room, activity, kind) for phone in phones]
            dying.join()
            running.process.wait(timeout=10)
            running.stop()
            for each in acting:
                each.result()
            running = Running(tmp_path, **settings)

            with teacher.socket() as boss:
                join(boss, room, "teacher", room["teacher"])
                assert part(boss, "activity")["activity_number"] == activity
                if kind == "watch":
                    assert part(boss, "play")["playing"]["step"] == kill
                stored = 0
                for n, phone in enumerate(phones, start=1):
                    with phone.device.socket() as seat:
                        join(seat, room, "seat", phone.secret)
                        mine = part(seat, "mine")
                        done = _done(mine, kind)
                        assert phone.acknowledged <= done <= phone.sent
                        stored += done > 0
                        assert kill == 0 or mine["seat"] <= SEATS, f"seat {n} was given anew"
                last = max([last, *(phone.number for phone in phones if phone.acknowledged)])
                # At most one command of each phone was stored without an answer.
                assert last < ask(boss, "pause", paused=False)["number"] <= last + 1 + 2 * SEATS
            with teacher.socket() as boss:
                join(boss, room, "teacher", room["teacher"])
                if kind != "watch":
                    name = "answered" if kind == "predict" else "explored"
                    assert part(boss, "counts")[name] == stored
    finally:
        running.stop()


def _done(mine: Json, kind: str) -> int:
    """The number of what a seat did last; 0 for nothing."""
    if kind == "predict":
        return 0 if mine["answer"] is None else round(mine["answer"]["value"])
    lr = 0.1 if mine["experiment"] is None else mine["experiment"]["runs"][0]["optimizer"]["lr"]
    return 0 if lr == 0.1 else round(lr * 1e6)

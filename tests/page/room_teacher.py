"""A teacher for browser tests: a room on the running server, and its socket."""

import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.request import Request, urlopen

from tests.classroom.documents import Json
from tests.server.running import Running, Socket
from websockets.exceptions import ConnectionClosed

RAVINE: Json = {
    "version": 1,
    "problem": {"kind": "surface", "id": "ravine"},
    "seed": 1,
    "engine": "compiled",
    "runs": [
        {"optimizer": {"id": "sgd", "lr": 0.02}, "start": [-2.0, 1.0]},
        {"optimizer": {"id": "sgd", "lr": 0.07}, "start": [-2.0, 1.0]},
        {"optimizer": {"id": "adam", "lr": 0.1}, "start": [-2.0, 1.0]},
    ],
}


def two(en: str, zh: str) -> Json:
    return {"en": en, "zh": zh}


class Teacher:
    """A room's teacher. code, secret, screen: as the room was made. parts: the latest of each that came."""

    def __init__(self, server: Running, **body: Any) -> None:
        headers = {"content-type": "application/json"}
        with urlopen(Request(f"{server.url}/api/rooms", json.dumps(body).encode(), headers)) as answer:
            made: Json = json.load(answer)
        self.code, self.secret, self.screen = made["code"], made["teacher"], made["screen"]
        self.link = f"{server.url}/?room={self.code}"
        self._socket = Socket(f"ws://127.0.0.1:{server.port}/api/room")
        self._number = 0
        self.activity = 0
        self.parts: dict[str, Json] = {}

    def __enter__(self) -> Self:
        self._socket.__enter__()
        answer = self.say("join", code=self.code, role="teacher", secret=self.secret)
        assert answer["op"] == "joined", answer
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Ends the lesson: a server has so many rooms."""
        try:
            if self.parts.get("room", {}).get("ended") is not True:
                self.say("end")
        except (ConnectionClosed, EOFError, OSError):  # its server is gone
            pass
        finally:
            self._socket.__exit__(kind, error, at)

    def _event(self) -> Json:
        event = self._socket.event()
        self.parts[event["op"]] = event
        return event

    def say(self, op: str, **fields: Any) -> Json:
        """Sends a command; its answer."""
        self._number += 1
        self._socket.send({"op": op, "id": self._number, **fields})
        while (event := self._event()).get("id") != self._number:
            pass
        return event

    def do(self, op: str, **fields: Any) -> None:
        """A command that is not refused."""
        answer = self.say(op, **fields)
        assert answer["op"] == "done", answer

    def begin(self, kind: str, experiment: Json, until: int, **fields: Any) -> None:
        self.do("begin", activity={"kind": kind, "experiment": experiment, "until": until, **fields})
        while self.parts.get("activity", {}).get("activity_number", 0) <= self.activity:
            self._event()
        self.activity = self.parts["activity"]["activity_number"]

    def on(self, op: str, **fields: Any) -> None:
        """A command about the present activity."""
        self.do(op, activity=self.activity, **fields)

    def until(self, part: str, fits: Callable[[Json], bool] = lambda part: True, **fields: Any) -> Json:
        """The part, once it has these values and fits."""
        while not ((found := self.parts.get(part)) and fields.items() <= found.items() and fits(found)):
            self._event()
        return found

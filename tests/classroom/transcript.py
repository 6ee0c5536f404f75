"""The lesson in docs/protocol.md: read from the page, and made anew by a real server.

    python -m tests.classroom.transcript        prints it anew, from the page's commands

T is a teacher, P the projector, S a seat and R another: `S>` is from it, `S<` to it. What is the same for all is shown
for S alone. CODE, TEACHER and SCREEN stand for a room's code and secrets; times are 0.
"""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import takewhile
from typing import Any

from tests.protocol.served import served
from tests.protocol.test_transcript import rounded
from tests.protocol.transcript import PAGE, _folded
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

Json = dict[str, Any]
Line = tuple[str, str, Json]  # who, `>` or `<`, message

FOR_ALL = {"room", "activity", "play", "results"}
IN_THEIR_OWN_TIME = {"counts", "seats", "cloud"}  # where one comes between others depends on the clock
HERE = {"invitation"}  # what only says where the server is


def read() -> list[Line]:
    """The page's lesson."""
    (block,) = re.findall(r"```lesson\n(.*?)```", PAGE.read_text(), re.DOTALL)
    lines = re.findall(r"^([TPSR])([<>]) (.*(?:\n .*)*)", block, re.MULTILINE)
    return [(who, mark, json.loads(text)) for who, mark, text in lines]


def replay(lines: list[Line], url: str, *, anew: bool = False) -> list[Line]:
    """What really passes, where clients say this: after each command, what each of them hears.

    anew: waits until nothing comes any more, else until what the lines show has come.
    """
    import urllib.request

    made = urllib.request.Request(f"{url}/api/rooms", b"{}", {"content-type": "application/json"})
    with urllib.request.urlopen(made) as answer:
        room = json.loads(answer.read())
    names = {room["code"]: "CODE", room["teacher"]: "TEACHER", room["screen"]: "SCREEN"}
    passed: list[Line] = []
    with ExitStack() as stack:
        sockets = {who: stack.enter_context(connect(f"{url.replace('http', 'ws')}/api/room")) for who in "TPSR"}
        for at, (who, mark, message) in enumerate(lines):
            if mark == ">":
                passed.append((who, mark, message))
                text = json.dumps(message)
                for real, name in names.items():
                    text = text.replace(f'"{name}"', f'"{real}"')
                sockets[who].send(text)
                answers = list(takewhile(lambda line: line[1] == "<", lines[at + 1 :]))
                passed += _heard(sockets, who, message["id"], names, None if anew else answers)
    return passed


def _heard(
    sockets: dict[str, ClientConnection], sender: str, command: int, names: dict[str, str], answers: list[Line] | None
) -> Iterator[Line]:
    """What each hears, its answer first: until it is what the page shows, or until nothing comes any more."""
    heard: dict[str, list[Json]] = {who: [] for who in sockets}
    for who in (sender, *(who for who in sockets if who != sender)):
        shown = [rounded(message) for other, _, message in answers or () if other == who]
        while True:
            missing = [message for message in shown if message not in rounded(heard[who])]
            patience = 30.0 if missing else 0.03 if answers is not None else 1.5 if who == sender else 0.1
            try:
                text = sockets[who].recv(timeout=patience)
            except (TimeoutError, ConnectionClosed):
                break
            assert isinstance(text, str)
            for real, name in names.items():
                text = text.replace(real, name)
            heard[who].append(_without_times(json.loads(text)))
    for who, events in heard.items():
        yield from ((who, "<", event) for event in _kept(events, who, command))


def _kept(events: list[Json], who: str, command: int) -> list[Json]:
    """What the page shows of it."""
    last = {event["op"]: event for event in events}
    kept = [event for event in events if event["op"] not in IN_THEIR_OWN_TIME | HERE]
    kept = [event for event in kept if who == "S" or event["op"] not in FOR_ALL]
    kept.sort(key=lambda event: event.get("id") != command)
    return kept + [last[op] for op in sorted(IN_THEIR_OWN_TIME) if op in last and _tells(op, who)]


def _tells(op: str, who: str) -> bool:
    """Counts are shown for the teacher, the cloud for the projector."""
    return who == {"counts": "T", "seats": "T", "cloud": "P"}[op]


def _without_times(event: Any) -> Any:
    if isinstance(event, dict):
        return {
            key: 0.0 if key in ("time", "at") and isinstance(value, float) else _without_times(value)
            for key, value in event.items()
        }
    return [_without_times(item) for item in event] if isinstance(event, list) else event


def written(lines: list[Line]) -> str:
    """As the page has it."""
    return "".join(
        f"{who}{mark} {_folded(json.dumps(message, ensure_ascii=False), 3)}\n" for who, mark, message in lines
    )


if __name__ == "__main__":
    with served() as address:
        sys.stdout.write(written(replay(read(), address, anew=True)))

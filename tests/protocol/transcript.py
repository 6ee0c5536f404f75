"""The transcript in docs/protocol.md: read from the page, and made anew by a real server.

    python -m tests.protocol.transcript        prints it anew, from the page's commands

A line that begins with `>` is from the client, `<` from the server, `<<` from the server and binary, its arrays' data
shown as numbers. A message goes on in the lines that begin with a space.
"""

import json
import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.protocol.served import served
from websockets.sync.client import ClientConnection, connect

from steepest.client import Address
from steepest.protocol.binary import unpack, unpack_array

PAGE = Path(__file__).parents[2] / "docs/protocol.md"

Entry = tuple[str, dict[str, Any]]


def read() -> list[Entry]:
    """The page's transcript."""
    blocks = re.findall(r"```transcript\n(.*?)```", PAGE.read_text(), re.DOTALL)
    text = "".join(blocks)
    return [(mark, json.loads(body)) for mark, body in re.findall(r"^(>|<<|<) (.*(?:\n .*)*)", text, re.MULTILINE)]


def replay(commands: list[dict[str, Any]], url: str) -> list[Entry]:
    """What really passes between a client that says this and a server."""
    address = Address.parse(url)
    passed: list[Entry] = []
    granted = -1
    with connect(address.live, compression=None, proxy=None) as socket:
        for command in commands:
            passed.append((">", command))
            socket.send(json.dumps(command))
            granted = command["until"] if command["op"] == "advance" else granted
            if command["op"] != "advance":
                passed.append(_receive(socket))
            if command["op"] == "advance" or passed[-1][1]["op"] in ("edited", "forked"):
                passed += _chunks(socket, granted)
    return passed


def _chunks(socket: ClientConnection, granted: int) -> Iterator[Entry]:
    while True:
        entry = _receive(socket)
        yield entry
        if entry[1]["last"] >= granted:
            return


def _receive(socket: ClientConnection) -> Entry:
    """The next event; without `compiling`, which comes only where a kernel takes long."""
    message = socket.recv(timeout=60)
    if isinstance(message, str):
        event = json.loads(message)
        return _receive(socket) if event["op"] == "compiling" else ("<", event)
    decoded = _decoded(unpack(message))
    assert isinstance(decoded, dict)
    return "<<", decoded


def _decoded(value: object) -> object:
    """A binary message with the bytes of its arrays as numbers; what is not finite as a word."""
    if isinstance(value, dict) and value.keys() == {"dtype", "shape", "data"}:
        return {**value, "data": [_word(number) for number in unpack_array(value).reshape(-1).tolist()]}
    if isinstance(value, dict):
        return {key: _decoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    return value


def _word(number: float) -> float | str:
    return (
        number if math.isfinite(number) else "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    )


def joined(entries: list[Entry]) -> list[Entry]:
    """With chunks that follow each other as one: where a chunk ends is a matter of time, what they hold is not."""
    result: list[Entry] = []
    for mark, message in entries:
        before = result[-1][1] if result else {}
        if message["op"] == before.get("op") == "chunk" and message["revision"] == before["revision"]:
            assert message["first"] == before["last"] + 1
            runs = [_both(*pair) for pair in zip(before["runs"], message["runs"], strict=True)]
            result[-1] = (mark, {**before, "last": message["last"], "stopped": message["stopped"], "runs": runs})
        else:
            result.append((mark, message))
    return result


def _both(one: Any, other: Any) -> Any:
    """Two runs' records, two arrays or two lists, one after the other."""
    if isinstance(one, dict) and "dtype" in one:
        assert (one["dtype"], one["shape"][1:]) == (other["dtype"], other["shape"][1:])
        shape = [one["shape"][0] + other["shape"][0], *one["shape"][1:]]
        return {**one, "shape": shape, "data": one["data"] + other["data"]}
    if isinstance(one, dict):
        return {key: _both(one[key], other[key]) for key in one}
    if isinstance(one, list):  # verdicts
        return one + other
    return one


def written(entries: list[Entry]) -> str:
    """As the page has it: the fields of a message on lines that are not too long."""
    return "".join(f"{mark} {_folded(json.dumps(message), len(mark) + 1)}\n" for mark, message in entries)


def _folded(text: str, indent: int, width: int = 118) -> str:
    lines = [""]
    for part in re.split(r"(?<=[,\]}]) ", text):
        if lines[-1] and len(lines[-1]) + len(part) + indent >= width:
            lines.append("")
        lines[-1] += f" {part}" if lines[-1] else part
    return ("\n" + " " * indent).join(lines)


if __name__ == "__main__":
    with served() as address:
        said = [message for mark, message in read() if mark == ">"]
        sys.stdout.write(written(joined(replay(said, address))))

"""The two clients of a full server in docs/protocol.md hear what a server really says."""

import json
import re

from tests.protocol.served import served
from tests.protocol.transcript import PAGE
from websockets.sync.client import connect

from steepest.client import Address

SHOWN = ("op", "id", "revision")  # of `opened`


def test_two_clients_and_one_place() -> None:
    (block,) = re.findall(r"```two-clients\n(.*?)```", PAGE.read_text(), re.DOTALL)
    passed = re.findall(r"^([AB])([<>]) (.*(?:\n .*)*)", block, re.MULTILINE)
    assert len(passed) == block.count("\nA") + block.count("\nB") + 1, "every line is read"
    with served(STEEPEST_MAX_SESSIONS="1", STEEPEST_IDLE_SECONDS="0.5") as url:
        live = Address.parse(url).live
        with connect(live, proxy=None) as a, connect(live, proxy=None) as b:
            for client, mark, text in passed:
                socket, message = {"A": a, "B": b}[client], json.loads(text)
                if mark == ">":
                    socket.send(json.dumps(message))
                    continue
                heard = json.loads(socket.recv(timeout=60))
                kept = SHOWN if heard["op"] == "opened" else tuple(heard)
                assert {name: heard[name] for name in kept} == message

"""Messages of clients: sizes, floods, and messages that are no commands."""

import json
import os
import time

import pytest
from tests.engine.helpers import joined
from tests.server.in_process import Client, service
from tests.server.running import BEALE, Json, Running, Socket
from tests.server.test_connection_limits import until
from websockets.exceptions import ConnectionClosed

from steepest.engine import advance
from steepest.protocol.commands import Advance
from steepest.server.live.context import Context
from steepest.server.live.handlers import HANDLERS, Handler
from steepest.server.live.handlers import advance as advance_handler
from steepest.server.settings import Settings
from steepest.spec import parse_experiment

CAP = 65_536


def padded(size: int) -> str:
    """A right command of exactly this many bytes."""
    return '{"op": "close", "id": 1}'.ljust(size)


def test_fault_11_a_message_of_64_kib_is_read_and_one_byte_more_closes_1009(server: Running, bystander: Socket) -> None:
    with server.live() as socket:
        socket.send(padded(CAP))
        assert socket.reply() == {"op": "closed", "id": 1}
        socket.send(padded(CAP + 1))
        assert socket.close_code() == 1009


def test_fault_11_a_fragmented_message_over_the_cap_closes_1009(server: Running, bystander: Socket) -> None:
    with server.raw() as raw:
        assert raw.upgrade() == 101
        raw.frame(1, b" " * 40_000, final=False)
        raw.frame(0, b" " * 40_000)
        assert raw.close_code() == 1009


def test_fault_13_compression_is_not_negotiated(server: Running) -> None:
    with server.raw() as raw:
        assert raw.upgrade("\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits") == 101
        assert "sec-websocket-extensions" not in raw.answered


def test_fault_14_a_burst_is_slowed_down_and_carried_out_in_order(server: Running, bystander: Socket) -> None:
    with server.live() as socket:
        socket.open()
        began = time.monotonic()
        for until in range(500):  # 400 at once, then 200 a second
            socket.send({"op": "advance", "until": until % 13})
        assert socket.ask(op="edit", id=9, edit={"step": 0, "run": 0, "set": {"lr": 0.5}})["id"] == 9
        assert time.monotonic() - began > 0.25, "nothing was slowed down"
        assert socket.read(499 % 13)[-1].last >= 499 % 13
        assert socket.quiet(0.3)


async def test_fault_14_no_two_of_a_burst_change_places(monkeypatch: pytest.MonkeyPatch) -> None:
    granted: list[int] = []

    async def noted(context: Context, command: Advance) -> None:
        granted.append(command.until)
        await advance_handler(context, command)

    monkeypatch.setitem(HANDLERS, Advance, Handler(noted))
    client = Client(service(Settings(workers=1, message_rate=2_000, message_burst=20)))  # most of them have to wait
    await client.ask(op="open", experiment=BEALE)
    for number in range(120):
        client.send(op="advance", until=number % 7)
        client.send(op="edit", id=number, edit={"step": 900, "run": 0, "set": {"lr": 0.1}})  # refused, with an answer
    answered: list[int] = []
    while len(answered) < 120:
        event = await client.event()
        if event["op"] != "chunk":
            assert (event["op"], event["field"]) == ("error", "edit.step")
            answered.append(event["id"])
    assert granted == [number % 7 for number in range(120)]
    assert answered == [*range(120)]
    await client.leave()


def test_fault_14_the_last_of_a_burst_of_edits_is_the_one_that_holds(server: Running, bystander: Socket) -> None:
    rates = [0.0001 * (number + 1) for number in range(120)]
    with server.live() as socket:
        socket.open()
        socket.grant(30)
        for number, rate in enumerate(rates):
            socket.send({"op": "edit", "id": number, "edit": {"step": 20, "run": 0, "set": {"lr": rate}}})
        replies: list[Json] = []
        while len(replies) < len(rates):
            reply = socket.reply()
            assert reply["op"] == "edited", reply
            replies.append(reply)
        assert [reply["id"] for reply in replies] == list(range(len(rates)))
        assert [reply["revision"] for reply in replies] == sorted({reply["revision"] for reply in replies})
        assert [edit["set"] for edit in replies[-1]["experiment"]["edits"]][-1] == {"lr": rates[-1]}
        chunks = socket.read(30, replies[-1]["revision"])
    last = {**BEALE, "edits": [{"step": 20, "run": 0, "set": {"lr": rates[-1]}}]}
    whole = advance(parse_experiment(last), None, 30)[0]
    assert joined(chunks, 0)["params"].tobytes() == joined([whole], 0)["params"][21:].tobytes()


def flood(socket: Socket) -> None:
    for step in range(10_000):
        socket.send({"op": "advance", "until": step % 10})
    while True:
        socket.event()


def test_fault_14_a_flood_that_does_not_end_is_closed_1008(server: Running, bystander: Socket) -> None:
    with server.live() as socket:
        socket.open()
        with pytest.raises(ConnectionClosed) as ended:
            flood(socket)
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code == 1008
    until(lambda: "why='too many messages'" in server.log())


NESTED = "[" * 60_000
MALFORMED = {
    "empty": "",
    "no JSON": "hello",
    "half a document": '{"op": "open"',
    "nested": NESTED,
    "nested in a field": f'{{"op": "open", "experiment": {NESTED}',
    "NaN": '{"op": "advance", "until": NaN}',
    "infinity": '{"op": "advance", "until": -Infinity}',
    "1e400": '{"op": "advance", "until": 1e400}',
    "5,000 digits": f'{{"op": "advance", "until": {"9" * 5000}}}',
    "duplicate keys": '{"op": "advance", "until": 1, "until": 2}',
    "lone surrogate": '{"op": "advance", "until": "\\ud800"}',
    "wrong type": '{"op": "advance", "until": "10"}',
    "true for a number": '{"op": "advance", "until": true}',
    "fraction": '{"op": "advance", "until": 1.5}',
    "unknown op": '{"op": "shutdown"}',
    "op of another type": '{"op": ["open"]}',
    "no op": '{"until": 1}',
    "missing field": '{"op": "advance"}',
    "unknown field": '{"op": "close", "force": true}',
    "list": "[1, 2]",
    "number": "17",
    "null": "null",
    "NUL": '{"op": "close"}\x00',
    "many keys": json.dumps({f"k{n}": 0 for n in range(5_000)}),
    "huge id": '{"op": "close", "id": 99999999999999999999}',
}


@pytest.mark.parametrize("message", MALFORMED.values(), ids=MALFORMED.keys())
def test_fault_15_what_is_no_command_is_answered_and_the_connection_stays(live: Socket, message: str) -> None:
    live.send(message)
    error = live.reply()
    assert set(error) == {"op", "id", "code", "message", "field", "step", "column"}
    assert (error["op"], error["code"]) == ("error", "bad_message")
    assert "Traceback" not in error["message"]
    assert live.ask(op="close", id=7) == {"op": "closed", "id": 7}


def test_fault_15_the_reply_names_the_field_and_the_command(live: Socket) -> None:
    error = live.ask(op="edit", id=42, edit={"step": 1, "run": 0, "set": {"lr": 1}, "params": [1.0]})
    assert (error["id"], error["field"]) == (42, "edit")
    error = live.ask(op="open", id=43, experiment={**BEALE, "seed": -1})
    assert (error["id"], error["field"]) == (43, "seed")


def test_fault_15_bad_utf_8_closes_1007_as_the_protocol_demands(server: Running, bystander: Socket) -> None:
    before = len(server.log_at_rest(sockets=1))
    with server.raw() as raw:
        assert raw.upgrade() == 101
        raw.frame(1, b'{"op": "\xff\xfe"}')
        assert raw.close_code() == 1007
    assert len(server.log_at_rest(sockets=1)) - before <= 2
    assert "Traceback" not in server.log()


def test_fault_15_twenty_in_a_row_are_answered_and_one_more_closes_1008(server: Running, bystander: Socket) -> None:
    with server.live() as socket:
        for _ in range(2):
            for _ in range(20):
                socket.send("?")
                assert socket.reply()["code"] == "bad_message"
            assert socket.ask(op="close")["op"] == "closed"  # a right one in between: counted anew
        for _ in range(21):
            socket.send("?")
        assert socket.close_code() == 1008


def test_fault_16_binary_is_answered_and_the_connection_stays(live: Socket) -> None:
    for message in (b'{"op": "close"}', os.urandom(CAP), b""):
        live.send(message)
        assert live.reply()["code"] == "bad_message"
    assert live.ask(op="close")["op"] == "closed"


def test_fault_16_a_truncated_frame_and_a_reset_leave_no_trace(server: Running, bystander: Socket) -> None:
    before = len(server.log_at_rest(sockets=1))
    for cut in (b"\x81", b"\x81\xfe\x40", b"\x81\xfe\x40\x00abcd1234", b"\x82\xff"):
        with server.raw() as raw:
            assert raw.upgrade() == 101
            raw.socket.sendall(cut)
            raw.reset()
    with server.raw() as raw:
        assert raw.upgrade() == 101
        raw.socket.sendall(os.urandom(CAP))
        raw.rest()
    lines = server.log_at_rest(sockets=1)[before:]
    assert len(lines) <= 2 * 6, lines  # one when it comes and one when it goes
    assert "Traceback" not in server.log()

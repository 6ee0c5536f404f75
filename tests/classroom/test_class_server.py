"""`steepest serve --class`: what it prints, who may come in, and that a crash loses nothing."""

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import Request, urlopen

import psutil
import pytest
from pydantic import SecretStr
from tests.classroom.documents import explore, predict, square, watch
from tests.server.proxy import free_port
from tests.server.running import Json, Running, Socket
from tests.server.test_token import on_a_terminal
from websockets.exceptions import InvalidStatus

from steepest.classroom.clock import now
from steepest.classroom.log import RoomLog
from steepest.classroom.log_events import RoomOpened
from steepest.server import announce
from steepest.server.security.class_token import with_class_token
from steepest.server.settings import Settings

OPERATOR = "operators-token-of-the-class"
ANSWER = {"kind": "choose", "option": 1}


class Device:
    """A browser: keeps cookies, and joins rooms. token: of the teacher's link."""

    def __init__(self, port: int, token: str = "") -> None:
        self.port = port
        self.cookie = ""
        self.token = token

    def request(self, method: str, path: str, body: Json | None = None) -> tuple[int, Json]:
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, json.dumps(body) if body is not None else None, headers=self.headers)
        answer = connection.getresponse()
        if cookie := answer.headers["set-cookie"]:
            self.cookie = cookie.partition(";")[0]
        text = answer.read()
        connection.close()
        found: Json = json.loads(text) if text.startswith(b"{") else {}
        return answer.status, found

    @property
    def headers(self) -> dict[str, str]:
        cookie = {"Cookie": self.cookie} if self.cookie else {}
        return {**cookie, **({"Authorization": f"Bearer {self.token}"} if self.token else {})}

    def socket(self, path: str = "/api/room") -> Socket:
        return Socket(f"ws://127.0.0.1:{self.port}{path}", additional_headers=self.headers)


def ask(socket: Socket, op: str, **fields: Any) -> Json:
    """A command's answer; parts are passed over."""
    socket.send({"op": op, "id": 77, **fields})
    while (event := socket.event()).get("id") != 77:
        pass
    return event


def part(socket: Socket, op: str, **fields: Any) -> Json:
    """The next such part with these values."""
    while (event := socket.event())["op"] != op or any(event[name] != value for name, value in fields.items()):
        pass
    return event


def join(socket: Socket, room: Json, role: str, secret: str, **fields: Any) -> None:
    assert ask(socket, "join", code=room["code"], role=role, secret=secret, **fields)["op"] == "joined"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Has a room of the day before yesterday, and one of an hour ago."""
    data = tmp_path_factory.mktemp("data")
    (data / "rooms").mkdir()
    for code, hours in (("GGGGGG", 25), ("HHHHHH", 1)):
        log = RoomLog(data / f"rooms/{code}.room", lambda hours=hours: now() - hours * 3600)  # type: ignore[misc]
        log.append(RoomOpened(code=code, teacher="t", screen="s", names=False, lesson=None))
        log.close()
    return data


@pytest.fixture(scope="module")
def class_server(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Running]:
    running = Running(
        tmp_path_factory.mktemp("class"),
        data=data,
        host="0.0.0.0",
        classroom=True,
        workers=1,
        metrics_token=OPERATOR,
    )
    try:
        yield running
    finally:
        running.stop()


def test_without_the_code_there_is_only_the_page(class_server: Running) -> None:
    phone = Device(class_server.port)
    assert phone.request("GET", "/")[0] in (200, 503)  # 503 where the page is not built
    status, found = phone.request("GET", "/api/classroom")
    assert status == 200
    assert (found["may_open"], found["entered"], found["reachable"]) == (False, False, True)
    for method, path in (
        ("GET", "/api/catalog"),
        ("POST", "/api/rooms"),
        ("GET", "/api/lessons"),
        ("POST", "/api/data"),
    ):
        assert phone.request(method, path, {})[0] == 401
    with pytest.raises(InvalidStatus), phone.socket():
        pass
    assert phone.request("POST", "/api/rooms/enter", {"code": "AAAAAA"})[1]["code"] == "no_room"
    assert phone.request("GET", "/api/catalog")[0] == 401


def test_a_server_deletes_the_rooms_that_are_over_when_it_starts(class_server: Running, data: Path) -> None:
    patience = time.monotonic() + 30
    while (data / "rooms/GGGGGG.room").exists():
        assert time.monotonic() < patience, class_server.log()
        time.sleep(0.02)
    assert (data / "rooms/HHHHHH.room").exists()


def test_the_code_lets_a_phone_in_but_does_not_make_it_the_teacher(class_server: Running) -> None:
    teacher, phone = Device(class_server.port, class_server.token), Device(class_server.port)
    status, room = teacher.request("POST", "/api/rooms", {"names": False, "lesson": None})
    assert status == 200
    assert teacher.request("GET", "/api/classroom")[1]["may_open"]
    assert phone.request("POST", "/api/rooms/enter", {"code": room["code"].lower()})[0] == 200
    assert phone.request("GET", "/api/classroom")[1]["entered"]
    assert phone.request("GET", "/api/catalog")[0] == 200
    assert phone.request("POST", "/api/rooms", {})[0] == 403
    assert phone.request("POST", "/api/export", {})[0] == 403
    forged = Device(class_server.port)
    forged.cookie = re.sub(r"=\w+\.", "=AAAAAA.", phone.cookie)
    assert forged.request("GET", "/api/catalog")[0] == 401
    with phone.socket("/api/live") as live:
        assert live.open(square(0.1))["op"] == "opened"
    with phone.socket() as socket, teacher.socket() as other:
        join(socket, room, "seat", "device" * 4)
        join(other, room, "teacher", room["teacher"])
        invitation = part(other, "invitation")
        assert invitation["link"] == f"{invitation['address']}/?room={room['code']}"
        assert class_server.token not in json.dumps(invitation)
        assert {len(row) for row in invitation["qr"]} == {len(invitation["qr"])}
        assert part(socket, "mine")["seat"] == 1


def test_all_phones_that_watch_share_one_recording(class_server: Running) -> None:
    """Each opens the activity's experiment: records are computed and encoded once, for all of them."""
    teacher, phone = Device(class_server.port, class_server.token), Device(class_server.port)
    room = teacher.request("POST", "/api/rooms", {})[1]
    phone.request("POST", "/api/rooms/enter", {"code": room["code"]})
    with contextlib.ExitStack() as stack:
        boss = stack.enter_context(teacher.socket())
        join(boss, room, "teacher", room["teacher"])
        seats = [stack.enter_context(phone.socket()) for _ in range(4)]
        for n, seat in enumerate(seats):
            join(seat, room, "seat", f"device-number-{n:04}")
        ask(boss, "begin", activity=watch(experiment=square(0.01), until=2000))
        lives = [stack.enter_context(phone.socket("/api/live")) for _ in seats]
        for seat, live in zip(seats, lives, strict=True):
            activity = part(seat, "activity", phase=None)
            while activity["activity"] is None:
                activity = part(seat, "activity")
            live.open(activity["activity"]["experiment"])
        before = calls_of(class_server, "reach")
        for live in lives:
            live.send({"op": "advance", "until": 2000})
        messages = [[(chunk.first, chunk.last) for chunk in live.read(2000)] for live in lives]
        assert messages.count(messages[0]) == len(messages), "the same chunks, byte for byte one encoding"
        assert calls_of(class_server, "reach") - before == len(messages[0]), "each was made and encoded by one call"


def calls_of(server: Running, function: str) -> int:
    """Worker calls of a function so far."""
    with urlopen(Request(f"{server.url}/metrics", headers={"Authorization": f"Bearer {OPERATOR}"})) as answer:
        text = answer.read().decode()
    found = re.search(rf'^steepest_worker_call_seconds_count{{function="{function}"}} (\S+)', text, re.MULTILINE)
    return int(float(found[1])) if found else 0


@pytest.mark.parametrize("kind", ["watch", "predict", "explore"])
def test_kill_nine_loses_nothing_that_was_acknowledged(tmp_path: Path, kind: str) -> None:
    activity = {"watch": watch, "predict": predict, "explore": explore}[kind]()
    settings: Json = {"data": tmp_path / "data", "host": "0.0.0.0", "classroom": True, "workers": 1}
    first = Running(tmp_path, **settings)
    port = first.port
    teacher, phone = Device(port, first.token), Device(port)
    try:
        room = teacher.request("POST", "/api/rooms", {})[1]
        phone.request("POST", "/api/rooms/enter", {"code": room["code"]})
        with teacher.socket() as boss, phone.socket() as seat:
            join(boss, room, "teacher", room["teacher"])
            join(seat, room, "seat", "device" * 4)
            number = ask(boss, "begin", activity=activity)["number"]
            if kind == "watch":
                last = ask(boss, "play", activity=number, step=7, speed=0.0)["number"]
            elif kind == "predict":
                last = ask(seat, "answer", activity=number, answer=ANSWER)["number"]
            else:
                last = ask(seat, "explore", activity=number, experiment=square(0.3))["number"]
            first.process.send_signal(signal.SIGKILL)
            first.process.wait(timeout=10)
    finally:
        first.stop()
    second = Running(tmp_path, **{**settings, "port": port})
    try:
        assert second.token == first.token, "the teacher's link and the cookies are good still"
        with phone.socket() as seat, teacher.socket() as boss:
            join(seat, room, "seat", "device" * 4)
            join(boss, room, "teacher", room["teacher"])
            mine = part(seat, "mine")
            counts = part(boss, "counts", connected=1)
            assert mine["seat"] == counts["seats"] == 1
            assert (counts["answered"], counts["explored"]) == (kind == "predict", kind == "explore")
            assert ask(boss, "pause", paused=True)["number"] == last + 1, "nothing was lost, nothing came twice"
            if kind == "predict":
                assert mine["answer"] == ANSWER
            elif kind == "explore":
                assert mine["experiment"]["runs"][0]["optimizer"]["lr"] == 0.3
                entry = part(boss, "cloud")["entries"][0]
                assert (entry["seat"], entry["lr"]) == (1, 0.3)
    finally:
        second.stop()


def test_the_command_for_a_class_starts_a_server_that_phones_reach(tmp_path: Path) -> None:
    """The words of `make run ARGS="--class"`, and a room opened with the link that is printed."""
    port = free_port()
    command = [sys.executable, "-m", "steepest", "serve", "--class", "--no-open", "--port", str(port)]
    with subprocess.Popen([*command, "--data", str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = ""
        while "firewall" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        token = re.search(r"\?token=(\S+)", said)
        assert token
        teacher = Device(port, token[1])
        try:
            assert re.search(rf"The class opens http://\S+:{port} and types the room's code", said)
            assert f"port {port}" in said
            status, found = teacher.request("GET", "/api/classroom")
            assert (status, found["may_open"], found["reachable"]) == (200, True, True)
            room = teacher.request("POST", "/api/rooms", {})[1]
            assert Device(port).request("POST", "/api/rooms/enter", {"code": room["code"]})[0] == 200
        finally:
            process.terminate()


def test_a_terminal_says_how_the_class_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    settings = Settings(host="0.0.0.0", classroom=True, token=SecretStr("a-token-of-the-teacher"))
    shown = on_a_terminal(settings, "http://127.0.0.1:8000", chosen=False)
    assert shown.startswith("Steepest is ready at http://127.0.0.1:8000/?token=a-token-of-the-teacher (Ctrl+C ends it)")
    typed = re.search(r"The class opens (http://\S+) and types", shown)
    assert typed
    assert "token" not in typed[1]
    assert len(re.findall("[▀▄█]", shown)) > 100
    assert "port 8000" in shown


def test_behind_a_proxy_the_class_and_its_teacher_have_the_public_address() -> None:
    secret = SecretStr("a-teachers-token")
    settings = Settings(public_url="https://class.example/steepest", classroom=True, token=secret)
    shown = on_a_terminal(settings, "http://127.0.0.1:8000", chosen=False)
    assert shown.startswith("Steepest is ready at https://class.example/steepest/?token=a-teachers-token (Ctrl+C")
    assert "The class opens https://class.example/steepest and types" in shown
    assert "port 443" in shown
    assert "in no network" not in shown


def test_a_machine_that_is_the_hotspot_itself_says_the_address_of_the_hotspot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announce, "_OUTSIDE", {socket.AF_INET: ("no.invalid", 9)})  # no way to the internet
    one = SimpleNamespace(family=socket.AF_INET, address="10.42.0.1")
    unused = SimpleNamespace(family=socket.AF_INET, address="10.0.0.1")
    link_local = SimpleNamespace(family=socket.AF_INET, address="169.254.3.4")
    interfaces = {"lo": [SimpleNamespace(family=socket.AF_INET, address="127.0.0.1")], "down0": [unused]}
    up = {"lo": SimpleNamespace(isup=True), "down0": SimpleNamespace(isup=False), "wlan0": SimpleNamespace(isup=True)}
    monkeypatch.setattr(psutil, "net_if_stats", lambda: up)
    settings = Settings(host="0.0.0.0", classroom=True, token=SecretStr("a-teachers-token"))
    for hotspot, address in (([link_local, one], "http://10.42.0.1:8000"), ([link_local], "http://127.0.0.1:8000")):
        monkeypatch.setattr(psutil, "net_if_addrs", lambda hotspot=hotspot: {**interfaces, "wlan0": hotspot})
        shown = on_a_terminal(settings, "http://127.0.0.1:8000", chosen=False)
        assert f"The class opens {address} and types" in shown
        assert ("in no network" in shown) == (address == "http://127.0.0.1:8000")


def test_the_token_is_kept_while_there_are_rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path))

    def started(token: str, *, chosen: bool = False, classroom: bool = True) -> str:
        given = Settings(host="0.0.0.0", classroom=classroom, token=SecretStr(token * 20))
        found = with_class_token(given, chosen=chosen).token
        assert found is not None
        return found.get_secret_value()[0]

    assert started("a") == "a"
    assert (tmp_path / "rooms/token").stat().st_mode & 0o777 == 0o600
    assert started("b") == "b", "there is no room that needs the old one"
    (tmp_path / "rooms/ACDEFG.room").touch()
    assert started("c") == "b"
    assert started("d", chosen=True) == "d"
    assert started("e", classroom=False) == "e"
    (tmp_path / "rooms/token").write_text("short")
    assert started("f") == "f"

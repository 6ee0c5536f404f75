"""The token: when it is needed, how it is sent, what happens to wrong ones, and that it is never logged."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from starlette.types import Scope
from tests.server.in_process import service
from tests.server.running import BEALE, Running, handshake
from tests.server.test_serve import failing
from websockets.exceptions import InvalidStatus

from steepest.cli import main
from steepest.client import Address, Unreachable, connect
from steepest.server import serve
from steepest.server.announce import announce
from steepest.server.http.app import create_app
from steepest.server.security.token import TokenCheck, link, needs_token, with_token
from steepest.server.settings import Settings
from steepest.spec import Invalid

TOKEN = "a-token-of-thirty-two-characters"


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server for a class: on every address of the machine. What is sent to it here stays on the loopback."""
    running = Running(tmp_path_factory.mktemp("lan"), host="0.0.0.0", workers=1, token_failures=1000)
    try:
        yield running
    finally:
        running.stop()


def asked(lan: Running, path: str, extra: str = "") -> tuple[int, dict[str, str], str]:
    with lan.raw() as raw:
        status = raw.request(f"GET {path} HTTP/1.1\nHost: 127.0.0.1:{lan.port}\nConnection: close{extra}")
        head, _, body = raw.rest().partition(b"\r\n\r\n")
    lines = [line.split(": ", 1) for line in head.decode().splitlines() if ": " in line]
    return status, {name.lower(): value for name, value in lines}, body.decode()


def test_a_server_for_other_machines_prints_a_link_with_a_new_token_of_128_bits(lan: Running) -> None:
    assert re.search(r"http://\S+:\d+/\?token=\S+", lan.said)
    assert len(lan.token) * 6 >= 128
    made = [with_token(Settings(host="0.0.0.0")).token for _ in range(2)]
    assert made[0] != made[1]


def test_a_server_for_this_machine_needs_none(server: Running) -> None:
    assert "token" not in server.said
    assert server.status(f"GET /api/catalog HTTP/1.1\nHost: localhost:{server.port}") == 200


@pytest.mark.parametrize(
    ("settings", "needed"),
    [
        ({}, False),
        ({"host": "127.0.0.2"}, False),
        ({"host": "::1"}, False),
        ({"host": "localhost"}, False),
        ({"allowed_hosts": "localhost:9000", "allowed_origins": "http://127.0.0.1:5173"}, False),
        ({"public_url": "http://127.0.0.1:9000"}, False),
        ({"host": "0.0.0.0"}, True),
        ({"host": ""}, True),
        ({"host": "::"}, True),
        ({"host": "192.168.1.5"}, True),
        ({"host": "class.local"}, True),
        ({"allowed_hosts": "class.example"}, True),
        ({"allowed_origins": "https://class.example"}, True),
        ({"public_url": "https://class.example/steepest"}, True),
        ({"trusted_proxies": "127.0.0.1"}, True),
        ({"token": TOKEN}, True),
    ],
    ids=str,
)
def test_whoever_can_be_reached_from_elsewhere_has_one(settings: dict[str, str], needed: bool) -> None:
    made = Settings(**settings)  # type: ignore[arg-type]
    assert needs_token(made) is needed
    assert (with_token(made).token is not None) is needed
    if needed and not made.token:
        with pytest.raises(Invalid, match="token"):
            create_app(made)  # whoever starts the application in another way does not get an open one


# --- case 10 ---------------------------------------------------------------------------------------------------------


def test_fault_10_an_empty_token_is_refused_on_any_address_but_loopback() -> None:
    ended = failing(host="0.0.0.0", port=0, token="")
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "token: must not be empty: a server that other machines can reach needs a token" in ended.stderr


def test_fault_10_there_is_no_way_to_do_without(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", "0.0.0.0", "--no-token"]) == 2
    assert "no such option" in capsys.readouterr().err.lower()


@pytest.mark.parametrize("token", ["short", "has a blank in the middle of it", "x" * 129, "semi;colon;semi;colon"])
def test_fault_10_a_weak_token_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(token=token)  # type: ignore[arg-type]
    assert token not in str(refused.value)


def test_fault_10_a_weak_token_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEEPEST_TOKEN", "weak;token")
    assert main(["serve", "--host", "0.0.0.0"]) == 2
    with pytest.raises(SystemExit, match="2"):
        serve.main()
    cli, module = capsys.readouterr().err.splitlines()
    assert "token: " in cli
    assert module.startswith("steepest: STEEPEST_TOKEN: ")
    assert "weak" not in cli + module


# --- how it is brought: cases 3 and 7 --------------------------------------------------------------------------------


def test_fault_03_a_script_without_an_origin_gets_in_with_the_token_and_not_without(lan: Running) -> None:
    host = f"Host: 127.0.0.1:{lan.port}"
    assert lan.status(handshake(host)) == 401
    assert lan.status(handshake(f"{host}\nAuthorization: Bearer {lan.token}")) == 101
    assert lan.status(handshake(host).replace("/api/live", f"/api/live?token={lan.token}")) == 101


def test_an_origin_of_another_site_is_refused_even_with_the_token(lan: Running) -> None:
    headers = f"Host: 127.0.0.1:{lan.port}\nOrigin: http://evil.com\nAuthorization: Bearer {lan.token}"
    assert lan.status(handshake(headers)) == 403


def test_the_link_sets_a_cookie_and_leads_to_the_page_without_the_token(lan: Running) -> None:
    status, headers, body = asked(lan, f"/?embed=1&token={lan.token}&x=a%20b")
    assert (status, headers["location"], body) == (303, "./?embed=1&x=a+b", "")
    assert headers["cache-control"] == "no-store"
    assert "content-security-policy" in headers
    name, *attributes = headers["set-cookie"].split("; ")
    assert sorted(attributes) == ["HttpOnly", "SameSite=Lax"]
    assert lan.token not in name
    for path in ("/", "/api/catalog"):
        assert asked(lan, path, f"\nCookie: other=1; {name}")[0] in (200, 503)  # 503: the page is not built
    place = f"127.0.0.1:{lan.port}"
    assert lan.status(handshake(f"Host: {place}\nOrigin: http://{place}\nCookie: {name}")) == 101


def test_the_cookie_is_secure_where_the_public_address_is() -> None:
    check = TokenCheck(Settings(public_url="https://class.example", token=TOKEN))  # type: ignore[arg-type]
    login = check.login_redirect(scope(query=f"token={TOKEN}"))
    assert login is not None
    assert dict(login)[b"set-cookie"].endswith(b"; Secure")


@pytest.mark.parametrize("path", ["/api/catalog", "/assets/none.js"])
def test_only_the_page_sets_the_cookie(lan: Running, path: str) -> None:
    status, headers, _ = asked(lan, f"{path}?token={lan.token}")
    assert status in (200, 404, 503)
    assert "set-cookie" not in headers


def wrong_tokens(right: str) -> list[str]:
    return ["", right[:-1], right + "x", right.swapcase(), "x" * 24, "%00", "x" * 30_000]


def test_fault_07_a_missing_or_wrong_token_is_401_on_http_and_ws(lan: Running) -> None:
    for wrong in wrong_tokens(lan.token):
        for path in ("/", "/api/catalog", "/api/no-such", "/assets/none.js"):
            assert asked(lan, f"{path}?token={wrong}")[0] == 401, wrong[:40]
            assert asked(lan, path, f"\nAuthorization: Bearer {wrong}")[0] == 401
            assert asked(lan, path, f"\nCookie: steepest-{lan.port}={wrong}")[0] == 401
        head = handshake(f"Host: 127.0.0.1:{lan.port}\nAuthorization: Bearer {wrong}")
        assert lan.status(head) == (401 if len(wrong) < 8000 else 431)  # a socket's request has short lines
    assert "请用" in asked(lan, "/")[2]


def test_fault_07_a_token_of_a_megabyte_is_refused_before_it_is_read(lan: Running) -> None:
    huge = "x" * 2**20
    assert lan.status(f"GET /?token={huge} HTTP/1.1\nHost: 127.0.0.1:{lan.port}") == 431
    assert lan.status(f"GET / HTTP/1.1\nHost: 127.0.0.1:{lan.port}\nAuthorization: Bearer {huge}") == 431


def test_fault_07_the_comparison_takes_the_same_time_whatever_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def noted(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr("hmac.compare_digest", noted)
    check = TokenCheck(Settings(token=TOKEN))  # type: ignore[arg-type]
    assert check.refusal(scope(query=f"token={TOKEN[:-1]}x")) == 401
    assert check.refusal(scope(query=f"token={TOKEN}")) is None
    assert len(compared) == 2
    assert {len(value) for pair in compared for value in pair} == {32}, "digests, whose length says nothing"


def scope(
    query: str = "", *, cookie: str = "", bearer: str = "", client: str = "192.168.1.7", path: str = "/"
) -> Scope:
    headers = [(b"cookie", cookie.encode())] if cookie else []
    headers += [(b"authorization", f"Bearer {bearer}".encode())] if bearer else []
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": headers,
        "client": (client, 5),
        "server": ("192.168.1.5", 8000),
    }


class Guesses:
    """A check with a clock of its own, and how it answers. wait: seconds before an answer."""

    def __init__(self, **settings: Any) -> None:
        self.now = 0.0
        self.check = TokenCheck(Settings(token=TOKEN, **settings), clock=lambda: self.now)  # type: ignore[arg-type]
        login = self.check.login_redirect(scope(query=f"token={TOKEN}"))
        assert login is not None
        self.cookie = dict(login)[b"set-cookie"].decode().partition(";")[0]

    def answer(self, query: str = "", **options: str) -> tuple[int | None, bool]:
        """Status, None for allowed; and whether it comes late."""
        asked = scope(query, **options)
        return self.check.refusal(asked), self.check.delay(asked) > 0


def test_fault_07_after_ten_wrong_ones_a_minute_the_next_is_429() -> None:
    guesses = Guesses()
    for n in range(10):
        assert guesses.check.delay(scope(bearer=f"wrong{n}")) == 0
        assert guesses.check.refusal(scope(bearer=f"wrong{n}")) == 401
        guesses.now += 1
    for n in range(10, 30):
        assert guesses.answer(bearer=f"wrong{n}") == (429, True)
        assert guesses.answer(query=f"token=wrong{n}") == (429, True)
    guesses.now += 60
    assert guesses.answer(bearer="wrong") == (401, False)


def test_fault_07_the_right_token_opens_at_an_address_from_which_others_guess() -> None:
    guesses = Guesses()
    for n in range(50):
        guesses.answer(bearer=f"wrong{n}")
    assert guesses.answer(query=f"token={TOKEN}") == (None, True), "as late as a wrong one, or hanging up would pay"
    assert guesses.answer(bearer=TOKEN) == (None, True)
    assert guesses.answer(cookie=guesses.cookie) == (None, False), "who is in already does not wait for a neighbour"
    assert guesses.answer(bearer=TOKEN, client="192.168.1.8") == (None, False)


def test_fault_07_an_old_link_in_thirty_tabs_counts_once() -> None:
    guesses = Guesses()
    for _ in range(30):
        assert guesses.answer(query="token=the-link-of-yesterday") == (401, False)
        assert guesses.answer(bearer="the-link-of-yesterday") == (401, False)
    assert guesses.answer(query=f"token={TOKEN}") == (None, False)
    assert guesses.answer(bearer="another") == (401, False)


def test_fault_07_many_addresses_that_guess_together_slow_every_token_down() -> None:
    guesses = Guesses()
    for n in range(100):
        assert guesses.answer(bearer=f"wrong{n}", client=f"10.0.0.{n}")[0] == 401
    assert guesses.answer(bearer="one more", client="10.0.1.1") == (401, False), "known by the time of this question"
    assert guesses.check.delay(scope(bearer="and one more", client="10.0.1.1")) > 0
    assert guesses.answer(bearer=TOKEN, client="10.0.1.2") == (None, True)
    assert guesses.answer(cookie=guesses.cookie, client="10.0.1.2") == (None, False)


def test_fault_07_the_same_old_link_from_a_hundred_homes_slows_nobody_down() -> None:
    guesses = Guesses()
    for n in range(200):
        assert guesses.answer(query="token=the-link-of-yesterday", client=f"10.0.0.{n}")[0] == 401
    assert guesses.answer(bearer=TOKEN, client="10.0.1.2") == (None, False)


def test_fault_07_one_address_that_guesses_does_not_slow_others_down() -> None:
    guesses = Guesses()
    for n in range(5000):
        guesses.answer(bearer=f"wrong{n}")
    assert guesses.answer(bearer=TOKEN, client="10.0.1.2") == (None, False)


async def test_fault_07_while_there_is_guessing_a_token_waits_before_it_is_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    happened: list[object] = []

    async def sleep(seconds: float) -> None:
        happened.append(seconds)

    monkeypatch.setattr("steepest.server.security.origin.asyncio.sleep", sleep)
    settings = Settings(token=TOKEN, token_failures=1)  # type: ignore[arg-type]
    app = create_app(settings, service(settings))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as http:
        for token in ("wrong", "another", TOKEN):
            answer = await http.get("/api/catalog", headers={"authorization": f"Bearer {token}"})
            happened.append(answer.status_code)
    assert happened == [401, 2.0, 429, 2.0, 200]


def test_fault_07_a_network_of_ipv6_is_one_address() -> None:
    guesses = Guesses(token_failures=2)
    statuses = [guesses.answer(bearer=f"wrong{n}", client=f"fd00::{n}")[0] for n in range(1, 4)]
    assert statuses == [401, 401, 429]
    assert guesses.answer(bearer=TOKEN, client="fd01::1") == (None, False)


def test_fault_07_pages_that_outlived_a_restart_do_not_lock_a_class_out() -> None:
    guesses = Guesses()
    assert {guesses.answer(cookie="steepest-8000=old") for _ in range(100)} == {(401, False)}
    assert guesses.answer(bearer=TOKEN) == (None, False)
    assert [guesses.answer(cookie=f"steepest-8000=guess{n}")[0] for n in range(12)][-1] == 429


def test_fault_07_who_is_remembered_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steepest.server.security.wrong_ones.MAX_PEERS", 50)
    check = TokenCheck(Settings(token=TOKEN))  # type: ignore[arg-type]
    for n in range(500):
        check.refusal(scope(bearer="wrong", client=f"10.0.{n // 250}.{n % 250}"))
        check.refusal(scope(bearer=f"wrong{n}", client="10.1.0.0"))
    assert len(check._wrong.peers) <= 50
    assert check._of_all.count() <= 100
    assert sum(known.count() for known in check._wrong.peers.values()) <= 50 + 10


def test_health_needs_none(lan: Running) -> None:
    status, _, body = asked(lan, "/api/health")
    assert (status, json.loads(body)["status"]) == (200, "ready")


# --- scripts ---------------------------------------------------------------------------------------------------------


def test_the_client_and_the_command_line_take_the_link_or_the_token(
    lan: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(f"{lan.url}/?token={lan.token}") as client:
        assert client.open(BEALE).revision
    with pytest.raises(Unreachable, match="HTTP 401; it opens by the link"), connect(lan.url):
        pass
    (tmp_path / "beale.json").write_text(json.dumps(BEALE))
    command = ["run", str(tmp_path / "beale.json"), "--steps", "1", "--log-level", "info"]
    assert main([*command, "--server", f"{lan.url}/?token={lan.token}"]) == 0
    monkeypatch.setenv("STEEPEST_TOKEN", lan.token)
    assert main([*command, "--server", lan.url]) == 0
    said = capsys.readouterr()
    assert said.out.count("\n") == 8
    assert lan.token not in said.err
    monkeypatch.setenv("STEEPEST_TOKEN", "wrong" * 5)
    assert main([*command, "--server", lan.url]) == 2
    assert "wrong" not in capsys.readouterr().err


@pytest.mark.parametrize("url", ["http://h:1/?token=abc&more=1", "http://h:1/?secret=abc", "http://h:x/?token=abc"])
def test_an_address_that_is_none_is_refused_without_its_token(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        Address.parse(url)
    assert "abc" not in str(refused.value)
    assert "abc" not in repr(Address.parse("http://h:1/?token=abc"))


# --- nobody writes it down -------------------------------------------------------------------------------------------


def test_fault_07_no_log_holds_the_token(tmp_path: Path) -> None:
    running = Running(tmp_path, host="0.0.0.0", workers=1, token=TOKEN, log_level="debug")
    try:
        assert "token" not in running.said, "it was chosen, and stdout is no terminal here"
        running.token = TOKEN
        for path in ("/", f"/?token={TOKEN}", f"/api/no-such?token={TOKEN}", f"/api/%zz?token={TOKEN}"):
            asked(running, path)
            asked(running, path, f"\nAuthorization: Bearer {TOKEN}")
        with running.live(additional_headers={"Authorization": f"Bearer {TOKEN}"}) as socket:
            socket.open()
            socket.grant(3)
        with running.raw() as raw:
            raw.request(handshake(f"Host: 127.0.0.1:{running.port}").replace("/live", f"/live?token={TOKEN}"))
            raw.socket.sendall(os.urandom(500))
        with pytest.raises(InvalidStatus), running.live():
            pass
    finally:
        running.stop()
    log = running.log()
    assert "refused kind=http reason=token" in log
    assert "socket.opened" in log
    assert TOKEN not in log


def test_the_log_hides_it_whoever_writes_it() -> None:
    code = (
        "import logging; from steepest.server import logs; logs.configure('debug', 'the-secret')\n"
        "logging.getLogger('anything').error('GET /?token=the-secret')\n"
        "try:\n    raise ValueError('the-secret')\nexcept ValueError:\n    logging.getLogger('x').exception('failed')\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "GET /?token=***" in ran.stderr
    assert "the-secret" not in ran.stderr.replace("raise ValueError('the-secret')", "")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def on_a_terminal(settings: Settings, address: str, chosen: bool) -> str:
    out = Terminal()
    announce(settings, address, chosen, out)
    return out.getvalue()


def test_a_terminal_gets_the_link_and_a_qr_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    settings = Settings(host="0.0.0.0", token=TOKEN)  # type: ignore[arg-type]
    for chosen in (True, False):
        shown = on_a_terminal(settings, "http://127.0.0.1:8000", chosen)
        assert f"?token={TOKEN} (Ctrl+C ends it)" in shown
        assert len(re.findall("[▀▄█]", shown)) > 200
    assert "█" not in on_a_terminal(Settings(), "http://127.0.0.1:8000", chosen=False)
    monkeypatch.setenv("COLUMNS", "30")
    assert "█" not in on_a_terminal(settings, "http://127.0.0.1:8000", chosen=True), "a code that is wrapped is none"


def test_the_link_begins_with_the_public_address(capsys: pytest.CaptureFixture[str]) -> None:
    settings = with_token(Settings(public_url="https://class.example/steepest/"))
    announce(settings, "http://127.0.0.1:8000", chosen=False)
    said = capsys.readouterr().out
    assert said.startswith(f"Steepest is ready at {link('https://class.example/steepest', settings)} (")
    assert "█" not in said

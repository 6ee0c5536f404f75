"""Access control: the tables of Host and Origin, on every route, sockets included."""

import re
from pathlib import Path

import pytest
from starlette.types import Scope
from tests.server.running import Running, handshake

import steepest
from steepest.server.security.origin import AllowedOrigins
from steepest.server.settings import Settings

PORT = "{port}"  # put in by the test

REFUSED_ORIGINS = [
    "null",
    "http://evil.com",
    "http://localhost.evil.com",
    "http://localhost:{port}.evil.com",
    "http://evil.com/#localhost",
    "http://evil.com/#http://localhost:{port}",
    "http://localhost:1",
    "http://localhost",
    "https://localhost:{port}",
    "http://localhost.:{port}",
    "http://LOCALHOST:{port}",
    "HTTP://localhost:{port}",
    "http://localhost:{port}/",
    "http://löcalhost:{port}",
    "http://ｌocalhost:{port}",
    "http://user@localhost:{port}",
    "http://localhost:{port}@evil.com",
    "http://localhost:{port} http://evil.com",
    "http://127.1:{port}",
    "http://[::ffff:127.0.0.1]:{port}",
    "file://",
    "",
]
WELCOME_ORIGINS = ["http://localhost:{port}", "http://127.0.0.1:{port}", "http://[::1]:{port}"]

REFUSED_HOSTS = [
    "evil.com",
    "evil.com:{port}",
    "127.0.0.1.nip.io",
    "127.0.0.1.nip.io:{port}",
    "",
    "localhost",
    "localhost:1",
    "localhost:{port}.evil.com",
    "localhost.:{port}",
    "a/?x=",
    "localhost:{port}/?x=",
    "user@localhost:{port}",
]
WELCOME_HOSTS = ["localhost:{port}", "127.0.0.1:{port}", "[::1]:{port}"]


def heads(headers: str) -> list[str]:
    """The same headers on every kind of request: a page, the API, a preflight, and both sockets."""
    preflight = f"OPTIONS /api/health HTTP/1.1\n{headers}\nAccess-Control-Request-Method: GET"
    room = handshake(headers).replace("/api/live", "/api/room")
    return [f"GET / HTTP/1.1\n{headers}", f"GET /api/health HTTP/1.1\n{headers}", preflight, handshake(headers), room]


def test_fault_01_a_socket_from_another_site_is_refused_before_accept(server: Running) -> None:
    before = len(server.log_at_rest())
    status = server.status(handshake(f"Host: 127.0.0.1:{server.port}\nOrigin: http://evil.com"))
    assert status == 403
    assert server.health()["sessions"] == 0
    lines = server.log().splitlines()[before:]
    assert len(lines) == 1
    assert "refused kind=websocket reason=origin path=/api/live peer=127.0.0.1" in lines[0]


@pytest.mark.parametrize("origin", REFUSED_ORIGINS)
def test_fault_02_other_origins_are_refused_on_every_route(server: Running, origin: str) -> None:
    origin = origin.replace(PORT, str(server.port))
    for head in heads(f"Host: localhost:{server.port}\nOrigin: {origin}"):
        assert server.status(head) == 403, head


def test_fault_02_two_origins_are_refused(server: Running) -> None:
    good = f"Origin: http://localhost:{server.port}"
    for head in heads(f"Host: localhost:{server.port}\n{good}\n{good}"):
        assert server.status(head) in (400, 403), head  # the WebSocket library has its own word for it


@pytest.mark.parametrize("origin", WELCOME_ORIGINS)
def test_fault_02_our_own_origins_are_welcome(server: Running, origin: str) -> None:
    headers = f"Host: localhost:{server.port}\nOrigin: {origin.replace(PORT, str(server.port))}"
    assert server.status(f"GET /api/health HTTP/1.1\n{headers}") == 200
    assert server.status(handshake(headers)) == 101


@pytest.mark.parametrize("host", REFUSED_HOSTS)
def test_fault_04_other_hosts_are_refused_on_every_route(server: Running, host: str) -> None:
    headers = f"Host: {host.replace(PORT, str(server.port))}\nX-Forwarded-Host: localhost:{server.port}"
    for head in heads(headers):
        assert server.status(head) in (400, 403), head


def test_fault_04_no_host_and_two_hosts_are_refused(server: Running) -> None:
    good = f"Host: localhost:{server.port}"
    for headers in ("X-Forwarded-Host: localhost", f"{good}\n{good}", f"{good}\nHost: evil.com"):
        for head in heads(headers):
            assert server.status(head) in (400, 403), head


@pytest.mark.parametrize("host", ["a/?x=", "localhost:{port}/?x=", "localhost:{port}#", "localhost:{port}\\@evil.com"])
def test_fault_05_a_malformed_host_is_400_and_never_read_as_a_path(server: Running, host: str) -> None:
    for path in ("/", "/api/health", "/api/live"):
        assert server.status(f"GET {path} HTTP/1.1\nHost: {host.replace(PORT, str(server.port))}") == 400


def test_fault_05_no_rule_reads_the_url_that_starlette_builds_from_the_host() -> None:
    folder = Path(steepest.__file__).parent / "server"
    found = [path.name for path in folder.rglob("*.py") if re.search(r"(request|socket)\.url\b", path.read_text())]
    assert found == []


@pytest.mark.parametrize("host", WELCOME_HOSTS)
def test_fault_04_our_own_hosts_are_welcome(server: Running, host: str) -> None:
    headers = f"Host: {host.replace(PORT, str(server.port))}"
    assert server.status(f"GET /api/health HTTP/1.1\n{headers}") == 200
    assert server.status(handshake(headers)) == 101


def scope(kind: str, host: str, origin: str | None = None, client: str = "127.0.0.1", port: int = 8000) -> Scope:
    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin is not None else [])
    return {"type": kind, "headers": headers, "client": (client, 5), "server": ("127.0.0.1", port), "path": "/"}


def test_fault_03_a_script_needs_no_origin() -> None:
    for host, client in (("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "192.168.1.7")):
        door = AllowedOrigins(Settings(host=host))
        assert door.refusal(scope("websocket", "localhost:8000", client=client)) is None
        assert door.refusal(scope("http", "localhost:8000", client=client)) is None


def test_an_address_of_this_machine_is_a_name_of_a_server_that_listens_on_all_of_them() -> None:
    everywhere, here = AllowedOrigins(Settings(host="0.0.0.0")), AllowedOrigins(Settings())
    reached = {**scope("http", "192.168.1.5:8000", "http://192.168.1.5:8000"), "server": ("192.168.1.5", 8000)}
    assert everywhere.refusal(reached) is None
    assert here.refusal(reached) == "host"
    assert everywhere.refusal({**reached, "server": ("192.168.1.6", 8000)}) == "host", "another address than it says"
    other = {**scope("http", "192.168.1.5:8000", "http://192.168.1.6:8000"), "server": ("192.168.1.5", 8000)}
    assert everywhere.refusal(other) == "origin"
    assert (
        AllowedOrigins(Settings(host="::")).refusal({**scope("http", "[fd00::2]:8000"), "server": ("fd00::2", 8000)})
        is None
    )


def test_the_public_address_is_a_name_of_the_server() -> None:
    door = AllowedOrigins(Settings(public_url="https://class.example/steepest"))
    assert door.refusal(scope("http", "class.example", "https://class.example")) is None
    assert door.refusal(scope("http", "class.example", "http://class.example")) == "origin"
    assert door.refusal(scope("http", "class.example:8000", "https://class.example")) == "host"


def test_further_hosts_and_origins_are_those_of_the_settings_and_no_others() -> None:
    door = AllowedOrigins(Settings(allowed_hosts=("class.local:8000",), allowed_origins=("https://class.example",)))
    assert door.refusal(scope("http", "class.local:8000", "http://class.local:8000")) is None
    assert door.refusal(scope("http", "class.local:8000", "https://class.example")) is None
    assert door.refusal(scope("http", "class.local:8000", "https://class.local:8000")) == "origin"
    assert door.refusal(scope("http", "class.local:8001", "http://class.local:8000")) == "host"
    assert door.refusal(scope("http", "class.example", "https://class.example")) == "host"


def test_the_address_that_is_listened_on_is_a_name_of_the_server() -> None:
    door = AllowedOrigins(Settings(host="192.168.1.5"))
    assert door.refusal(scope("http", "192.168.1.5:8000", "http://192.168.1.5:8000")) is None
    assert AllowedOrigins(Settings()).refusal(scope("http", "192.168.1.5:8000")) == "host"
    assert AllowedOrigins(Settings(host="::1")).refusal(scope("http", "[::1]:8000", "http://[::1]:8000")) is None


def test_a_browser_leaves_the_port_out_when_it_is_80() -> None:
    assert AllowedOrigins(Settings()).refusal(scope("http", "localhost", "http://localhost", port=80)) is None
    assert AllowedOrigins(Settings()).refusal(scope("http", "localhost", port=8080)) == "host"

"""Faults 56 and 59: behind a real nginx, below a path, with TLS and short timeouts; and with few open files."""

import http.client
import re
import signal
import socket
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.proxy import CLIENT, SNIPPET, free_port, proxied, trusting
from tests.server.running import BEALE, Raw, Running, Socket
from tests.server.test_connection_limits import until
from tests.server.test_killed_workers import workers_of
from websockets.exceptions import ConnectionClosed, InvalidStatus

OPERATOR = "the-operator-s-own-secret"
DOCUMENT = Path(__file__).parents[2] / "docs" / "server.md"


class Site:
    """A server behind nginx at https://localhost:port/steepest/."""

    def __init__(self, folder: Path, running: Running, port: int) -> None:
        self.running = running
        self.port = port
        self.origin = f"https://localhost:{port}"
        self._ssl = trusting(folder)

    def get(
        self, path: str, method: str = "GET", sent: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPSConnection("localhost", self.port, context=self._ssl, timeout=60)
        connection.request(method, path, sent, headers=headers)
        reply = connection.getresponse()
        body = reply.read()
        found = {name.lower(): value for name, value in reply.getheaders()}
        connection.close()
        return reply.status, found, body

    def live(self, root: str = "/steepest", path: str = "/api/live", **options: Any) -> Socket:
        headers = {"Authorization": f"Bearer {self.running.token}"}
        settings = {"origin": self.origin, "additional_headers": headers, "ssl": self._ssl, **options}
        return Socket(f"wss://localhost:{self.port}{root}{path}", ping_interval=None, **settings)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The proxy waits for three seconds where it usually would for sixty, the server pings every one, not twenty."""
    folder = tmp_path_factory.mktemp("site")
    port, inner = free_port(), free_port()
    running = Running(
        folder,
        port=inner,
        workers=1,
        files=256,
        public_url=f"https://localhost:{port}/steepest",
        trusted_proxies="127.0.0.1",
        ping_seconds=1,
        token_failures=1000,
        metrics_token=OPERATOR,
    )
    try:
        with proxied(folder, port, inner):
            yield Site(folder, running, port)
    finally:
        running.stop()


def test_fault_59_the_link_leads_to_the_page_below_its_path(site: Site) -> None:
    said = re.search(r"https://\S+", site.running.said)
    assert said
    assert said[0].startswith(f"{site.origin}/steepest/?token=")
    status, headers, _ = site.get(said[0].removeprefix(site.origin))
    assert (status, headers["location"]) == (303, "./")
    cookie, *rest = headers["set-cookie"].split("; ")
    assert "Secure" in rest
    assert not any(part.lower().startswith("path=") for part in rest), "the browser's own default is the path below"
    status, headers, page = site.get("/steepest/", Cookie=cookie)
    assert status == 200, "the page must be built for this test: make page"
    for found in re.findall(rb'(?:src|href)="([^"]+)"', page):
        assert found.startswith(b"./"), found
        assert site.get(f"/steepest/{found.decode().removeprefix('./')}", Cookie=cookie)[0] == 200
    assert site.get("/steepest/api/catalog", Cookie=cookie)[0] == 200
    assert site.get("/steepest/api/catalog")[0] == 401
    assert site.get("/steepest/api/health")[0] == 200


def test_fault_59_a_proxy_may_leave_its_path_in_front(site: Site) -> None:
    head = f"Host: localhost:{site.port}\nAuthorization: Bearer {site.running.token}"
    assert site.running.status(f"GET /steepest/api/catalog HTTP/1.1\n{head}") == 200
    assert site.running.status(f"GET /steepest/api/health HTTP/1.1\nHost: localhost:{site.port}") == 200
    assert site.running.status(f"GET /steepest/api/catalog HTTP/1.1\nHost: localhost:{site.port}") == 401
    assert site.running.status(f"GET /steepestapi/health HTTP/1.1\n{head}") == 404


def test_fault_59_a_socket_plays_through_the_proxy_and_other_origins_do_not(site: Site) -> None:
    with site.live() as live:
        assert live.open()["op"] == "opened"
        assert live.grant(60)[-1].last == 60
    for origin in ("https://evil.com", f"http://localhost:{site.port}", "https://localhost"):
        with pytest.raises(InvalidStatus) as refused, site.live(origin=origin):
            pass
        assert refused.value.response.status_code == 403
    with pytest.raises(InvalidStatus) as refused, site.live(additional_headers={}):
        pass
    assert refused.value.response.status_code == 401


def test_fault_59_through_the_proxy_too_the_metrics_are_the_operators(site: Site) -> None:
    link = {"Authorization": f"Bearer {site.running.token}"}
    for path in ("/steepest/metrics", "/steepest/metrics?x", f"/steepest/metrics?token={OPERATOR}"):
        assert site.get(path)[0] == 401
        assert site.get(path, **link)[0] == 401
    status, _, body = site.get("/steepest/metrics", Authorization=f"Bearer {OPERATOR}")
    assert status == 200
    assert b"steepest_sessions" in body
    # On the machine itself the server sees the same loopback address as behind a proxy that says nothing.
    head = f"GET /metrics HTTP/1.1\nHost: 127.0.0.1:{site.running.port}\nAuthorization: Bearer {site.running.token}"
    assert site.running.status(head) == 401


def test_fault_59_pings_keep_an_idle_socket_alive_through_an_impatient_proxy(site: Site) -> None:
    with site.live() as idle:
        idle.open()
        assert idle.quiet(7), "twice as long as the proxy waits"
        assert idle.grant(5)[-1].last == 5
    with site.live(root="/hasty") as idle:  # a proxy that waits for less than a ping: so it is the pings
        idle.open()
        with pytest.raises(ConnectionClosed):
            idle.quiet(60)


def test_fault_59_forwarded_headers_are_believed_from_a_known_proxy_alone(site: Site, server: Running) -> None:
    site.get("/steepest/api/catalog", Authorization="Bearer wrong")
    assert f"reason=token path=/api/catalog peer={CLIENT}" in site.running.log()
    claims = f"X-Forwarded-For: {CLIENT}\nX-Forwarded-Proto: https\nX-Forwarded-Host: localhost:{server.port}"
    assert server.status(f"GET / HTTP/1.1\nHost: evil.com\n{claims}") == 400
    assert CLIENT not in server.log()
    assert site.get("/steepest/", Host="evil.com")[0] == 400, "a host is believed from nobody"


def test_fault_59_the_documentation_shows_what_was_tried() -> None:
    assert textwrap.indent(SNIPPET, "    ") in DOCUMENT.read_text(encoding="utf-8")


def test_fault_56_with_hardly_any_files_left_new_users_are_reported_503_and_the_others_play_on(site: Site) -> None:
    crowd: list[socket.socket] = []
    with site.live() as playing:
        playing.open({**BEALE, "seed": 56})
        playing.grant(10)
        while len(crowd) < 140:  # 256 files, of which 128 are kept for the server itself
            crowd.append(socket.create_connection(("127.0.0.1", site.running.port), timeout=30))
            Raw(crowd[-1], site.running.port).socket.sendall(b"GET /")
        until(lambda: site.get("/steepest/api/catalog")[0] == 503)
        assert site.get("/steepest/api/health")[0] == 200
        with pytest.raises(InvalidStatus) as refused, site.live():
            pass
        assert refused.value.response.status_code == 503
        assert playing.grant(40)[-1].last == 40
        for process in workers_of(site.running):
            process.send_signal(signal.SIGKILL)
        assert playing.grant(80)[-1].last == 80, "a new worker needs files too"
        for one in crowd:
            one.close()
        until(lambda: site.get("/steepest/api/catalog")[0] != 503)
        with site.live() as new:
            assert new.open()["op"] == "opened"
    assert "Traceback" not in site.running.log()

"""A class behind a real nginx, below a path, with TLS: teacher, projector and phone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.classroom.documents import DIVERGES, predict
from tests.classroom.test_class_server import ANSWER, ask, join, part
from tests.server.proxy import free_port, proxied
from tests.server.running import Json, Running, Socket
from tests.server.test_proxy import Site


class ClassSite(Site):
    """Requests with a body, and the room's socket."""

    def post(self, path: str, body: Json, **headers: str) -> tuple[int, dict[str, str], Json]:
        status, found, text = self.get(path, method="POST", sent=json.dumps(body), **headers)
        return status, found, json.loads(text)

    def room_socket(self, **headers: str) -> Socket:
        return self.live(path="/api/room", additional_headers=headers)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ClassSite]:
    port, inner = free_port(), free_port()
    running = Running(
        tmp_path,
        port=inner,
        workers=1,
        classroom=True,
        data=tmp_path / "data",
        public_url=f"https://localhost:{port}/steepest",
        trusted_proxies="127.0.0.1",
    )
    try:
        with proxied(tmp_path, port, inner):
            yield ClassSite(tmp_path, running, port)
    finally:
        running.stop()


def test_a_class_comes_in_through_the_proxy(site: ClassSite) -> None:
    bearer = {"Authorization": f"Bearer {site.running.token}"}
    status, _, room = site.post("/steepest/api/rooms", {}, Origin=site.origin, **bearer)
    assert status == 200
    status, headers, _ = site.post("/steepest/api/rooms/enter", {"code": room["code"]}, Origin=site.origin)
    assert status == 200
    cookie, *rest = headers["set-cookie"].split("; ")
    assert "Secure" in rest
    assert site.get("/steepest/api/catalog", Cookie=cookie)[0] == 200
    with site.room_socket(**bearer) as boss, site.room_socket(Cookie=cookie) as seat:
        join(boss, room, "teacher", room["teacher"])
        invitation = part(boss, "invitation")
        assert invitation["address"] == f"{site.origin}/steepest"
        assert invitation["link"] == f"{site.origin}/steepest/?room={room['code']}"
        join(seat, room, "seat", "device" * 4)
        number = ask(boss, "begin", activity=predict(DIVERGES))["number"]
        assert ask(seat, "answer", activity=number, answer=ANSWER)["op"] == "done"
        assert part(boss, "counts", answered=1)["seats"] == 1
        with site.live(additional_headers={"Cookie": cookie}) as live:
            assert live.open()["op"] == "opened", "the phone runs experiments too"

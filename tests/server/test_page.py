"""The page's files and the headers around them."""

import asyncio
import re
from pathlib import Path

import pytest
from starlette.types import Message, Scope
from tests.server.running import Running

from steepest.protocol.catalog import catalog
from steepest.server.page import Page


async def fetched(page: Page, path: str) -> tuple[int, dict[str, str], bytes]:
    sent: list[Message] = []

    async def receive() -> Message:  # the client stays and says nothing more
        return await asyncio.get_running_loop().create_future()

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    await page(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page" / "assets").mkdir(parents=True)
    (tmp_path / "page" / "index.html").write_text("<!doctype html><title>S</title>")
    (tmp_path / "page" / "assets" / "index-Ab12.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("not part of the page")
    return tmp_path / "page"


async def test_the_page_is_asked_for_again_and_its_hashed_files_are_kept(folder: Path) -> None:
    status, headers, body = await fetched(Page(folder), "/")
    assert (status, headers["cache-control"], body) == (200, "no-cache", b"<!doctype html><title>S</title>")
    status, headers, _ = await fetched(Page(folder), "/assets/index-Ab12.js")
    assert (status, headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert "javascript" in headers["content-type"]


@pytest.mark.parametrize("path", ["/../secret.txt", "/assets/../../secret.txt", "//etc/passwd", "/no-such-file"])
async def test_nothing_outside_of_the_page_is_served(folder: Path, path: str) -> None:
    with pytest.raises(Exception, match="404"):
        await fetched(Page(folder), path)


async def test_a_page_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    status, headers, body = await fetched(Page(tmp_path / "page"), "/")
    assert (status, headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert b"make run" in body


@pytest.mark.parametrize("path", ["/", "/api/health", "/api/catalog", "/api/no-such", "/no-such"])
def test_every_answer_carries_the_security_headers(server: Running, path: str) -> None:
    with server.raw() as raw:
        raw.request(f"GET {path} HTTP/1.1\nHost: localhost:{server.port}\nConnection: close")
        head = raw.rest().split(b"\r\n\r\n")[0].decode().lower()
    headers = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert not re.search(r"unsafe|\*|https?:", policy)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_the_catalog_is_that_of_the_engine(server: Running) -> None:
    with server.raw() as raw:
        assert raw.request(f"GET /api/catalog HTTP/1.1\nHost: localhost:{server.port}\nConnection: close") == 200
        assert raw.rest().split(b"\r\n\r\n")[1].decode() == catalog().model_dump_json()


def test_health_says_what_runs(server: Running) -> None:
    health = server.health()
    assert (health["status"], health["device"], health["workers"]) == ("ready", "cpu", 2)
    assert set(health) == {"status", "device", "torch", "workers", "sessions", "version"}


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_no_page_of_the_framework_is_served(server: Running, path: str) -> None:
    assert server.status(f"GET {path} HTTP/1.1\nHost: localhost:{server.port}") in (404, 503)

"""The page's files and the headers around them."""

import asyncio
import gzip
import json
import re
from pathlib import Path

import pytest
from starlette.types import Message, Scope
from tests.server.running import Json, Running

from steepest.protocol.catalog import catalog
from steepest.server.http.static_page import Page
from steepest.server.security.origin import security_headers
from steepest.server.settings import Settings


async def fetched(page: Page, path: str, takes: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    sent: list[Message] = []

    async def receive() -> Message:  # the client stays and says nothing more
        return await asyncio.get_running_loop().create_future()

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    if takes:
        scope["headers"] = [(b"accept-encoding", takes)]
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


@pytest.mark.parametrize(
    ("takes", "sent", "body"),
    [
        (b"", None, b"export {}"),
        (b"gzip, deflate, br, zstd", "br", b"as brotli"),
        (b"gzip;q=0.5", "gzip", b"as gzip"),
        (b"br;q=0, gzip", "gzip", b"as gzip"),
        (b"br;q=0, GZIP;q=0.0", None, b"export {}"),
        (b"deflate", None, b"export {}"),
    ],
)
async def test_a_browser_gets_the_smallest_form_it_takes(
    folder: Path, takes: bytes, sent: str | None, body: bytes
) -> None:
    (folder / "assets" / "index-Ab12.js.br").write_bytes(b"as brotli")
    (folder / "assets" / "index-Ab12.js.gz").write_bytes(b"as gzip")
    status, headers, got = await fetched(Page(folder), "/assets/index-Ab12.js", takes)
    assert (status, headers.get("content-encoding"), got) == (200, sent, body)
    assert int(headers["content-length"]) == len(body)
    assert "javascript" in headers["content-type"]
    assert headers["vary"] == "accept-encoding"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_the_forms_of_one_file_have_tags_of_their_own(folder: Path) -> None:
    (folder / "index.html.gz").write_bytes(b"as gzip")
    tags = [(await fetched(Page(folder), "/", takes))[1]["etag"] for takes in (b"", b"gzip")]
    assert tags[0] != tags[1]


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
    assert policy.endswith("; frame-ancestors 'self'")
    assert headers["x-frame-options"] == "sameorigin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("ancestors", "policy", "options"),
    [
        (("self",), "'self'", b"SAMEORIGIN"),
        (("none",), "'none'", b"DENY"),
        (("self", "https://course.example"), "'self' https://course.example", None),
    ],
)
def test_who_may_frame_the_page_is_a_setting(ancestors: tuple[str, ...], policy: str, options: bytes | None) -> None:
    headers = dict(security_headers(Settings(frame_ancestors=ancestors)))
    assert headers[b"content-security-policy"].decode().endswith(f"; frame-ancestors {policy}")
    assert headers.get(b"x-frame-options") == options


def here(document: str | bytes) -> Json:
    """A catalog without where the data folder lies, which is the server's own."""
    found: Json = json.loads(document)
    assert any(dataset["missing"] for dataset in found["datasets"])
    return {**found, "datasets": [{**dataset, "missing": dataset["missing"] is None} for dataset in found["datasets"]]}


def test_the_catalog_is_sent_smaller_to_who_takes_it(server: Running) -> None:
    with server.raw() as raw:
        raw.request(
            f"GET /api/catalog HTTP/1.1\nHost: localhost:{server.port}\nAccept-Encoding: gzip\nConnection: close"
        )
        head, body = raw.rest().split(b"\r\n\r\n", 1)
    assert b"content-encoding: gzip" in head.lower()
    assert here(gzip.decompress(body)) == here(catalog().model_dump_json())
    assert len(body) * 3 < len(gzip.decompress(body))


def test_the_catalog_is_that_of_the_engine(server: Running) -> None:
    with server.raw() as raw:
        assert raw.request(f"GET /api/catalog HTTP/1.1\nHost: localhost:{server.port}\nConnection: close") == 200
        assert here(raw.rest().split(b"\r\n\r\n")[1]) == here(catalog().model_dump_json())


def test_health_says_what_runs(server: Running) -> None:
    health = server.health()
    assert (health["status"], health["device"]) == ("ready", "cpu")
    assert set(health["workers"]) == {"all", "alive", "starting", "restarted"}
    assert health["workers"]["all"] == 2
    # Another test may have ended one that nobody has called since.
    assert health["workers"]["alive"] + health["workers"]["starting"] == 2
    assert set(health) == {"status", "device", "torch", "workers", "sessions", "waiting", "full", "memory", "version"}


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_no_page_of_the_framework_is_served(server: Running, path: str) -> None:
    assert server.status(f"GET {path} HTTP/1.1\nHost: localhost:{server.port}") in (404, 503)

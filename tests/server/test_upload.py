"""`POST /api/data`: faults 31 to 34, and a file from the upload to a model that learns from it."""

import ast
import asyncio
import hashlib
import json
import os
import re
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from tests.problems.stored_files import put_mnist
from tests.server.in_process import Client, LocalWorker, service
from tests.server.running import Running, Socket

import steepest
from steepest.server.http.app import create_app
from steepest.server.settings import Settings
from steepest.server.worker import table_tasks
from steepest.server.worker.pool import StepTimeout

CSV = {"content-type": "text/csv"}
TABLE = b"x,kind,y\n1,a,2\n2,b,4.5\n3,b,6\n4,,7\n"
HASH = hashlib.sha256(TABLE).hexdigest()
MEGABYTE = b"1,2\n" * 250_000


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the application in this process."""
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def client(**settings: Any) -> httpx.AsyncClient:
    app = create_app(Settings(workers=1, **settings), service(Settings(workers=1, **settings)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000")


async def sent(body: Any, path: str = "/api/data", headers: dict[str, str] | None = None, **settings: Any) -> Any:
    async with client(**settings) as http:
        return await http.post(path, content=body, headers=CSV if headers is None else headers)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def test_what_is_in_a_file(data: Path) -> None:
    answer = await sent(TABLE)
    assert answer.status_code == 200
    assert answer.json() == {
        "file": HASH,
        "rows": 3,
        "columns": [
            {"name": "x", "kind": "number"},
            {"name": "kind", "kind": "classes"},
            {"name": "y", "kind": "number"},
        ],
        "repairs": [{"en": "1 row with an empty cell left out", "zh": "略去 1 个含空单元格的行"}],
        "report": [
            {
                "name": "x",
                "use": "number",
                "note": {"en": "numbers: an input, or what is predicted", "zh": "数值：作输入或预测目标"},
            },
            {
                "name": "kind",
                "use": "classes",
                "note": {
                    "en": "2 kinds of text: classes to predict; an input where one-hot is chosen; "
                    "row 2 has 'a', which is not a number",
                    "zh": "2 种文本：可作为要预测的类别；选择独热编码时作输入；第 2 行的 'a' 不是数",
                },
            },
            {
                "name": "y",
                "use": "number",
                "note": {"en": "numbers: an input, or what is predicted", "zh": "数值：作输入或预测目标"},
            },
        ],
    }
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert files(data) == [f"uploads/{HASH}.csv", f"uploads/{HASH}.npz"]
    assert (data / "uploads" / f"{HASH}.csv").read_bytes() == TABLE


async def test_a_head_with_markup_is_text(data: Path) -> None:
    wild = "<img src=x onerror=alert(1)>"
    answer = await sent(f"{wild},y\n1,2\n2,3\n".encode())
    assert answer.json()["columns"][0] == {"name": wild, "kind": "number"}
    assert answer.headers["content-type"] == "application/json"


# --- case 31 ---------------------------------------------------------------------------------------------------------


def reply(answer: httpx.Response) -> tuple[int, str, str, str | None]:
    error = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, error["op"], error["code"], error["field"]


async def test_fault_31_six_megabytes_are_refused_before_any_arrive(data: Path) -> None:
    asked = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal asked
        asked += 1
        yield MEGABYTE

    answer = await sent(counted(), headers={**CSV, "content-length": "6000000"})
    assert reply(answer) == (413, "error", "limit", "file")
    assert asked == 0, "the head has reply enough"


@pytest.mark.parametrize("head", [{}, {"content-length": "100"}, {"content-length": "-1"}, {"content-length": "x"}])
async def test_fault_31_six_megabytes_are_refused_while_they_arrive(data: Path, head: dict[str, str]) -> None:
    arrived = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal arrived
        while True:
            arrived += 65_536
            yield b"1,2\n" * 16_384

    answer = await sent(endless(), headers={**CSV, **head})
    assert reply(answer) == (413, "error", "limit", "file")
    assert arrived <= 5_000_000 + 2 * 65_536
    assert files(data) == []


async def test_fault_31_five_megabytes_are_taken(data: Path) -> None:
    body = b"name,y\n" + b"".join(f"{n:050d},{n}\n".encode() for n in range(87_000))
    assert 4_900_000 < len(body) <= 5_000_000
    answer = await sent(body)
    assert (answer.status_code, answer.json()["rows"]) == (200, 87_000)


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "identity, gzip"])
async def test_fault_31_a_packed_body_is_refused(data: Path, coding: str) -> None:
    answer = await sent(TABLE, headers={**CSV, "content-encoding": coding})
    assert reply(answer) == (400, "error", "invalid", "content-encoding")
    assert reply(await sent(b"\x1f\x8b\x08\0" + TABLE)) == (400, "error", "invalid", "file")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"a,b\n",
        b"a,b\n1,2\n",
        b"a," * 10**6,
        b"a,b\n1,2\n3\n",
        b"a,b\n1,\0\n",
        b"a,b\n1,inf\n2,3\n",
        b'a,b\n1,"2\n',
    ],
    ids=["empty", "0 rows", "1 row", "a million columns", "ragged", "NUL", "inf", "a quote never closed"],
)
async def test_fault_31_what_cannot_be_read_is_reported_and_not_kept(data: Path, body: bytes) -> None:
    english, chinese = await sent(body), await sent(body, "/api/data?language=zh")
    assert reply(english) == reply(chinese) == (400, "error", "invalid", "file")
    assert english.json()["message"].isascii()
    assert not chinese.json()["message"].isascii()
    assert files(data) == []


async def test_the_language_is_the_browsers_where_none_is_asked_for(data: Path) -> None:
    answer = await sent(b"", headers={**CSV, "accept-language": "zh-CN,en;q=0.5"})
    assert not answer.json()["message"].isascii()


def test_fault_31_a_length_that_lies_changes_nothing(server: Running, bystander: Socket) -> None:
    place = f"Host: 127.0.0.1:{server.port}\nContent-Type: text/csv\nConnection: close"
    process = psutil.Process(server.process.pid)
    before = process.memory_info().rss
    with server.raw() as raw:  # shorter than what comes: the rest is no request
        raw.socket.sendall(f"POST /api/data HTTP/1.1\n{place}\nContent-Length: 12\n\n".replace("\n", "\r\n").encode())
        raw.socket.sendall(b"x,y\n1,2\n3,4\n")
        assert b" 200 " in raw.rest().split(b"\r\n")[0]
    with server.raw() as raw:
        status = raw.request(f"POST /api/data HTTP/1.1\n{place}\nContent-Length: 6000000")
        assert status == 413
    for length in ("-5", "abc", "1e3", "9" * 30, "5, 6"):
        with server.raw() as raw:
            assert raw.request(f"POST /api/data HTTP/1.1\n{place}\nContent-Length: {length}") in (400, 413)
    assert process.memory_info().rss - before < 50e6


def test_fault_31_chunks_without_end_are_refused_and_not_held(server: Running, bystander: Socket) -> None:
    process = psutil.Process(server.process.pid)
    before = process.memory_info().rss

    def endless() -> Iterator[bytes]:
        for _ in range(50):
            yield MEGABYTE

    answer = httpx.post(f"{server.url}/api/data", content=endless(), headers=CSV, timeout=60)
    assert answer.status_code == 413
    assert process.memory_info().rss - before < 50e6


# --- case 32 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parts", [1, 1001])
async def test_fault_32_multipart_is_refused_unread(data: Path, parts: int) -> None:
    part = '--b\r\nContent-Disposition: form-data; name="f"; filename="../../x.csv"\r\n\r\nx,y\r\n1,2\r\n'
    body = (part * parts + "--b--\r\n").encode()
    answer = await sent(body, headers={"content-type": "multipart/form-data; boundary=b"})
    assert reply(answer) == (400, "error", "invalid", "content-type")
    large = '--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + "x" * 2_000_000 + "\r\n--b--\r\n"
    answer = await sent(large.encode(), headers={"content-type": "multipart/form-data; boundary=b"})
    assert reply(answer) == (400, "error", "invalid", "content-type")
    assert files(data) == []


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/json", "application/x-www-form-urlencoded", "text/csvx"]
)
async def test_fault_32_only_csv_is_taken(data: Path, kind: str) -> None:
    assert reply(await sent(TABLE, headers={"content-type": kind})) == (400, "error", "invalid", "content-type")


@pytest.mark.parametrize("kind", ["text/csv", "text/csv; charset=utf-8", "Text/CSV;header=present"])
async def test_ways_to_say_csv(data: Path, kind: str) -> None:
    assert (await sent(TABLE, headers={"content-type": kind})).status_code == 200


def test_fault_32_uploads_stand_in_nobodys_way(server: Running, live: Socket) -> None:
    live.open()
    live.grant(5)
    body = b"a,b,c\n" + b"1.5,2.25,x\n2.5,1,y\n" * 49_000
    statuses: list[int] = []

    def upload() -> None:
        for n in range(4):
            answer = httpx.post(f"{server.url}/api/data", content=body + b"%d,%d,x\n" % (n, n), headers=CSV, timeout=60)
            statuses.append(answer.status_code)

    asking = threading.Thread(target=upload)
    asking.start()
    edits = 0
    while asking.is_alive():
        edit = {"step": 0, "run": 0, "set": {"lr": 0.01 + 0.0001 * edits}}
        assert live.ask(op="edit", edit=edit)["op"] == "edited"
        live.grant(20)
        edits += 1
    asking.join()
    assert statuses == [200] * 4
    assert edits > 4, "the conversation went on beside each of them"


async def test_one_upload_too_many_is_reported_so(data: Path) -> None:
    going, waiting = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        going.set()
        await waiting.wait()
        yield TABLE

    async with client(max_uploads=1) as http:
        first = asyncio.create_task(http.post("/api/data", content=slow(), headers=CSV))
        await going.wait()
        assert reply(await http.post("/api/data", content=TABLE, headers=CSV)) == (503, "error", "busy", None)
        waiting.set()
        assert (await first).status_code == 200
        assert (await http.post("/api/data", content=TABLE, headers=CSV)).status_code == 200


# --- case 33 ---------------------------------------------------------------------------------------------------------

NAMES = ["../../x", "C:\\x", "\\\\host\\share", "a%00b", "n" * 300, "CON", "/etc/passwd", "x.csv"]


@pytest.mark.parametrize("name", NAMES)
async def test_fault_33_the_files_name_is_the_users_own_affair(data: Path, name: str) -> None:
    heads = {**CSV, "content-disposition": f'attachment; filename="{name}"', "x-file-name": name, "slug": name}
    answer = await sent(TABLE, f"/api/data?name={name}&file={name}&filename={name}", heads)
    assert answer.json()["file"] == HASH
    assert files(data) == [f"uploads/{HASH}.csv", f"uploads/{HASH}.npz"]
    assert files(data.parent) == [f"data/uploads/{HASH}.csv", f"data/uploads/{HASH}.npz"]


async def test_the_folder_is_kept_small_and_the_oldest_go(data: Path) -> None:
    for n in range(6):
        body = b"x,y\n" + b"".join(b"%d,%d\n" % (k, k * n + k) for k in range(100))
        assert (await sent(body, max_data_folder=10_000)).status_code == 200
    assert sum((data / name).stat().st_size for name in files(data)) <= 10_000
    assert f"uploads/{hashlib.sha256(body).hexdigest()}.csv" in files(data)


async def test_a_disk_that_is_full_is_reported(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(table_tasks, "save_table", full)
    answer = await sent(TABLE)
    assert reply(answer) == (503, "error", "busy", None)
    assert "No space left on device" in answer.json()["message"]
    assert str(data) not in answer.text


@pytest.mark.skipif(os.name != "posix", reason="rights of folders")
async def test_a_place_that_is_no_folder_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path / "file" / "data"))
    answer = await sent(TABLE)
    assert reply(answer) == (503, "error", "busy", None)
    assert str(tmp_path) not in answer.text


async def test_work_that_cannot_be_done_is_reported(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: object, **__: object) -> None:
        raise StepTimeout

    with monkeypatch.context() as patch:
        patch.setattr(LocalWorker, "call", failing)
        assert reply(await sent(TABLE))[:3] == (503, "error", "step_timeout")

    def broken(_: bytes) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(table_tasks, "read_csv", broken)
    answer = await sent(TABLE)
    assert reply(answer)[:3] == (500, "error", "internal")
    assert "secret" not in answer.text


# --- case 34 ---------------------------------------------------------------------------------------------------------

# What the server is made of; the client and the command line call a Steepest server, and nothing else.
ROOMS = ("spec", "problems", "optimizers", "engine", "protocol", "export", "server", "gallery")
FETCHERS = re.compile(
    r"urllib3?(\.request|$)|http(\.client|x|lib2?|$)|requests|aiohttp|ftplib|pycurl|torch\.hub|fsspec"
)
CALLS = {"urlopen", "urlretrieve", "create_connection", "open_connection", "load_url", "download_url_to_file"}


def fetching(source: str) -> list[str]:
    """What in a source could fetch from an address."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if FETCHERS.match(alias.name)]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [name for alias in node.names if FETCHERS.match(name := f"{node.module}.{alias.name}")]
        elif isinstance(node, ast.Attribute) and node.attr in CALLS | {"hub"}:
            found.append(node.attr)
        elif isinstance(node, ast.Name) and node.id in CALLS:
            found.append(node.id)
    return found


def test_fault_34_the_server_fetches_nothing() -> None:
    package = Path(steepest.__file__).parent
    sources = [path for room in ROOMS for path in (package / room).rglob("*.py")]
    assert len(sources) > 100
    assert {str(path): reply for path in sources if (reply := fetching(path.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import urllib.request",
        "from urllib.request import urlopen",
        "from urllib import request",
        "import httpx as h",
        "import requests",
        "import torch\ntorch.hub.load('a', 'b')",
        "import socket\nsocket.create_connection(('a', 1))",
    ],
)
def test_fault_34_fetching_would_be_seen(source: str) -> None:
    assert fetching(source)


async def test_fault_34_an_address_is_no_file(data: Path) -> None:
    for body in (b"http://127.0.0.1:9/x.csv", b"file:///etc/passwd"):
        assert reply(await sent(body)) == (400, "error", "invalid", "file")


# --- from the upload to the model ------------------------------------------------------------------------------------


def learning(**params: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "problem": {
            "kind": "learning",
            "dataset": {"id": "csv", "params": params},
            "model": {"id": "linear"},
            "loss": {"id": "mse"},
        },
        "runs": [{"optimizer": {"id": "sgd", "lr": 0.1}, "start": {"init": "zeros"}}],
    }


def test_a_model_learns_from_the_file_that_was_sent(server: Running, live: Socket) -> None:
    # The mean of y is 4 and x is standardised, so w goes to cov(x, y) / sd(x), and b to 4.
    body = b"x,y\n0,1\n1,3\n2,5\n3,7\n"
    file = httpx.post(f"{server.url}/api/data", content=body, headers=CSV).json()["file"]
    opened = live.open(learning(file=file))
    assert opened["op"] == "opened", opened
    last = live.grant(200)[-1].runs[0]
    assert last.params[-1].tolist() == pytest.approx([5**0.5, 4.0], abs=1e-4)


def test_a_file_that_is_not_there_is_reported_by_its_field(server: Running, live: Socket) -> None:
    for name in ("0" * 64, "", "../../../etc/passwd"):
        error = live.open(learning(file=name))
        assert (error["code"], error["field"]) == ("invalid", "problem.dataset.params.file"), error
        assert json.dumps(error).count("/etc") == 0


async def test_a_fault_that_only_reading_finds_is_reported_by_its_field(data: Path) -> None:
    put_mnist(data)
    labels = data / "mnist" / "train-labels-idx1-ubyte"
    good = labels.read_bytes()
    labels.write_bytes(good[:-1] + b"\x0b")
    document = learning()
    document["problem"]["dataset"] = {"id": "mnist", "params": {"count": 40, "test": 12}}
    document["problem"] |= {"model": {"id": "softmax"}, "loss": {"id": "cross_entropy"}}
    socket = Client(service(Settings(workers=1)))
    assert (await socket.ask(op="open", experiment=document))["op"] == "opened"
    error = await socket.ask(op="advance", until=5)
    assert (error["code"], error["field"]) == ("invalid", "problem.dataset.params")
    assert "train-labels-idx1-ubyte: label 39 is 11, not 0 to 9" in error["message"]
    labels.write_bytes(good)
    assert (await socket.reach(6))["last"] == 6, "mended, and no restart needed"
    await socket.leave()


@pytest.mark.parametrize("headers", [{"origin": "http://evil.com"}, {"host": "evil.com"}])
def test_it_is_behind_the_same_door(server: Running, headers: dict[str, str]) -> None:
    answer = httpx.post(f"{server.url}/api/data", content=TABLE, headers={**CSV, **headers})
    assert answer.status_code in (400, 403)
    assert answer.text.startswith("refused")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post(server: Running, method: str) -> None:
    assert httpx.request(method, f"{server.url}/api/data").status_code in (404, 405)

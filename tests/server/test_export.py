"""`POST /api/export`: the file, its headers, and every refusal."""

import asyncio
import csv
import io
import json
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.export.scripts import perform
from tests.server.in_process import LocalWorker, service
from tests.server.running import BEALE, Running

from steepest.cli.json_lines import lines
from steepest.engine import advance
from steepest.export import export, record
from steepest.server.http.app import create_app
from steepest.server.settings import Settings
from steepest.server.worker import export_tasks
from steepest.server.worker.pool import StepTimeout
from steepest.spec import parse_experiment

EXPRESSION = {**BEALE, "problem": {"kind": "surface", "id": "expression", "params": {"expression": "x**2 +"}}}


def client(**settings: Any) -> httpx.AsyncClient:
    app = create_app(Settings(workers=1, **settings), service(Settings(workers=1, **settings)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000")


async def asked(body: Any, **settings: Any) -> httpx.Response:
    async with client(**settings) as http:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await http.post("/api/export", content=content)


@pytest.mark.parametrize(("to", "suffix", "kind"), [("python", "py", "text/x-python"), ("csv", "csv", "text/csv")])
async def test_the_file_is_what_the_command_line_writes(to: Any, suffix: str, kind: str) -> None:
    answer = await asked({"experiment": BEALE, "to": to, "steps": 12})
    assert answer.status_code == 200
    assert answer.content == export(record(parse_experiment(BEALE), 12), to)
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="steepest-beale.{suffix}"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_report_speaks_the_language_that_was_asked_for() -> None:
    answer = await asked({"experiment": BEALE, "to": "html", "steps": 3, "language": "zh"})
    assert answer.status_code == 200
    assert "2 个运行" in answer.text


async def test_slices_make_the_same_file() -> None:
    answer = await asked({"experiment": BEALE, "to": "python", "steps": 400}, long_slice=0.001)
    assert answer.content == export(record(parse_experiment(BEALE), 400), "python")
    assert perform(answer.text).count("as recorded") == 2


REFUSED: dict[str, tuple[Any, int, str, str | None]] = {
    "not JSON": (b"{", 400, "invalid", None),
    "gzip": (b"\x1f\x8b\x08\x00", 400, "invalid", None),
    "a list": ([], 400, "invalid", None),
    "no format": ({"experiment": BEALE}, 400, "invalid", "to"),
    "another format": ({"experiment": BEALE, "to": "pdf"}, 400, "invalid", "to"),
    "an unknown field": ({"experiment": BEALE, "to": "csv", "path": "/etc/passwd"}, 400, "invalid", "path"),
    "steps below 0": ({"experiment": BEALE, "to": "csv", "steps": -1}, 400, "invalid", "steps"),
    "steps that are true": ({"experiment": BEALE, "to": "csv", "steps": True}, 400, "invalid", "steps"),
    "too many steps": ({"experiment": BEALE, "to": "csv", "steps": 10_001}, 400, "limit", "steps"),
    "another language": ({"experiment": BEALE, "to": "csv", "language": "fr"}, 400, "invalid", "language"),
    "a wrong rate": (
        {"experiment": {**BEALE, "runs": [{"optimizer": {"id": "sgd", "lr": -1}, "start": [1, 1]}]}, "to": "csv"},
        400,
        "invalid",
        "experiment.runs[0].optimizer.lr",
    ),
    "a wrong expression": (
        {"experiment": EXPRESSION, "to": "csv"},
        400,
        "invalid",
        "experiment.problem.params.expression",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused(name: str) -> None:
    body, status, code, field = REFUSED[name]
    answer = await asked(body)
    reply = answer.json()
    assert (answer.status_code, reply["op"], reply["code"], reply["field"]) == (status, "error", code, field)
    assert answer.headers["cache-control"] == "no-store"
    assert "content-disposition" not in answer.headers
    assert reply["message"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "at most 10,000 steps, and this would have 25,000"), ("zh", "最多 10,000 步，而现有 25,000 步")],
)
async def test_too_many_steps_are_reported_with_the_command_that_makes_them(language: str, words: str) -> None:
    reply = (await asked({"experiment": BEALE, "to": "html", "steps": 25_000, "language": language})).json()
    assert words in reply["message"]
    assert "`steepest export FILE --steps 25000`" in reply["message"]


async def test_a_number_format_that_the_device_lacks_is_refused() -> None:
    shared = service(Settings(workers=1))
    shared.device = "mps"
    app = create_app(shared.settings, shared)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as http:
        answer = await http.post("/api/export", json={"experiment": {**BEALE, "dtype": "float64"}, "to": "csv"})
    reply = answer.json()
    assert (answer.status_code, reply["code"], reply["field"]) == (400, "invalid", "experiment.dtype")
    assert reply["message"].startswith("mps has no float64")


async def test_errors_in_chinese_and_with_a_column() -> None:
    reply = (await asked({"experiment": EXPRESSION, "to": "csv", "language": "zh"})).json()
    assert not reply["message"].isascii()
    assert reply["column"] is not None


async def test_more_runs_than_the_cap() -> None:
    reply = (await asked({"experiment": BEALE, "to": "csv"}, max_runs=1)).json()
    assert (reply["code"], reply["field"]) == ("limit", "runs")


async def test_a_large_body_is_refused_while_it_arrives() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 8192
            yield b" " * 8192

    async with client() as http:
        answer = await http.post("/api/export", content=endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "limit")
    assert sent <= 65536 + 2 * 8192


async def test_one_export_too_many_is_reported_so(monkeypatch: pytest.MonkeyPatch) -> None:
    going, waiting = asyncio.Event(), asyncio.Event()

    async def slow(self: LocalWorker, function: Any, *arguments: Any, **options: Any) -> Any:
        going.set()
        await waiting.wait()
        return function(*arguments)

    monkeypatch.setattr(LocalWorker, "call", slow)
    body = {"experiment": BEALE, "to": "csv", "steps": 2}
    async with client(max_exports=1, client_exports=2) as http:
        first = asyncio.create_task(http.post("/api/export", json=body))
        await asyncio.wait([first, asyncio.create_task(going.wait())], return_when=asyncio.FIRST_COMPLETED)
        assert going.is_set(), first.result().text
        second = await http.post("/api/export", json=body)
        assert (second.status_code, second.json()["code"]) == (503, "busy")
        waiting.set()
        assert (await first).status_code == 200
        assert (await http.post("/api/export", json=body)).status_code == 200


async def test_an_export_that_takes_too_long_ends_and_says_how_far_it_came() -> None:
    answer = await asked({"experiment": BEALE, "to": "csv", "steps": 9000}, export_seconds=0.01, long_slice=0.005)
    reply = answer.json()
    assert (answer.status_code, reply["code"], reply["field"]) == (400, "limit", "steps")


async def test_work_that_cannot_be_done_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: object, **__: object) -> None:
        raise StepTimeout

    with monkeypatch.context() as patch:
        patch.setattr(LocalWorker, "call", failing)
        answer = await asked({"experiment": BEALE, "to": "csv"})
    assert (answer.status_code, answer.json()["code"]) == (503, "step_timeout")


async def test_a_fault_of_ours_is_reported_as_no_more_than_that(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(export_tasks, "render", broken)
    answer = await asked({"experiment": BEALE, "to": "csv", "steps": 1})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text


def test_on_a_started_server_it_stands_in_nobodys_way(server: Running) -> None:
    body = {"experiment": BEALE, "to": "csv", "steps": 500}
    answers: list[httpx.Response] = []
    asking = threading.Thread(
        target=lambda: answers.append(httpx.post(f"{server.url}/api/export", json=body, timeout=60))
    )
    with server.live() as socket:
        socket.ask(op="open", experiment=BEALE)
        socket.grant(5)
        asking.start()
        edits = 0
        while asking.is_alive():
            edit = {"step": 0, "run": 0, "set": {"lr": 0.01 + 0.001 * edits}}
            assert socket.ask(op="edit", edit=edit)["op"] == "edited"
            socket.grant(60)
            edits += 1
    asking.join()
    (answer,) = answers
    assert answer.status_code == 200
    assert edits > 0
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    chunk, _ = advance(parse_experiment(BEALE), None, 500)
    assert len(rows) == len(list(lines(chunk, lambda run, step: "eager")))


@pytest.mark.parametrize("headers", [{"origin": "http://evil.com"}, {"host": "evil.com"}])
def test_it_is_behind_the_same_door(server: Running, headers: dict[str, str]) -> None:
    answer = httpx.post(f"{server.url}/api/export", json={"experiment": BEALE, "to": "csv"}, headers=headers)
    assert answer.status_code in (400, 403)
    assert answer.text.startswith("refused")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post(server: Running, method: str) -> None:
    assert httpx.request(method, f"{server.url}/api/export").status_code in (404, 405)

"""`POST /api/export`: the file, its headers, and every refusal."""

import asyncio
import csv
import gc
import io
import json
import pickle
import re
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp, Message
from tests.export.scripts import perform
from tests.server.in_process import LocalWorker, service
from tests.server.running import BEALE, Running

from steepest.cli.json_lines import lines
from steepest.engine import advance
from steepest.export import export, record
from steepest.server.accounts import Account
from steepest.server.http.app import create_app
from steepest.server.http.download import Download, DownloadFile, DownloadRoom
from steepest.server.settings import Settings
from steepest.server.worker import export_tasks
from steepest.server.worker.pool import StepTimeout
from steepest.server.worker.table_tasks import StorageFailed
from steepest.spec import Text, parse_experiment

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

    monkeypatch.setattr(export_tasks, "write_part", broken)
    answer = await asked({"experiment": BEALE, "to": "csv", "steps": 1})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text


WIDE = {
    "version": 1,
    "problem": {
        "kind": "learning",
        "dataset": {"id": "moons"},
        "model": {"id": "mlp", "params": {"hidden": [12]}},
        "loss": {"id": "cross_entropy"},
    },
    "engine": "compiled",
    "runs": [{"optimizer": {"id": "adam", "lr": 0.001 * n}, "start": {"init": "default"}} for n in range(1, 9)],
}


class Measured(LocalWorker):
    """Measures what is sent to and from a worker process. largest: bytes of one call. calls: so many."""

    largest = 0
    calls = 0
    folder = Path()

    @classmethod
    def files(cls) -> list[Path]:
        """The temporary files that there are."""
        return list(cls.folder.iterdir())

    async def call(self, function: Any, *arguments: Any, **options: Any) -> Any:
        Measured.calls += 1
        result = await super().call(function, *arguments, **options)
        Measured.largest = max(Measured.largest, len(pickle.dumps((arguments, result))))
        return result


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[Measured]:
    """Every worker is measured, and temporary files are in `tmp_path`."""
    monkeypatch.setattr("tests.server.in_process.LocalWorker", Measured)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    Measured.largest = Measured.calls = 0
    Measured.folder = tmp_path
    return Measured


class Ends:
    """The two ends of one request to the application.

    sent: its messages; after `stay` of them the client leaves. gone: whether it has left.
    """

    def __init__(self, app: ASGIApp, body: Any, stay: int = 1_000, address: str = "127.0.0.1") -> None:
        self._app = app
        self._body = json.dumps(body).encode()
        self._asked = False
        self._stay = stay
        self._address = address
        self.sent: list[Message] = []
        self.gone = asyncio.Event()

    async def run(self) -> None:
        headers = [(b"host", b"127.0.0.1:8000")]
        scope = {"type": "http", "method": "POST", "path": "/api/export", "raw_path": b"/api/export", "scheme": "http"}
        scope |= {"query_string": b"", "root_path": "", "headers": headers, "http_version": "1.1"}
        scope |= {"client": (self._address, 9), "server": ("127.0.0.1", 8000)}
        await self._app(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)
        if len(self.sent) == self._stay:
            self.gone.set()
        await asyncio.sleep(0)


async def until(true: Callable[[], bool]) -> None:
    for _ in range(20_000):
        if true():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never came true")


def application(**settings: Any) -> ASGIApp:
    chosen = Settings(workers=1, **settings)
    return create_app(chosen, service(chosen))


async def test_a_large_file_is_never_in_memory_as_a_whole(measured: type[Measured]) -> None:
    ends = Ends(application(), {"experiment": WIDE, "to": "csv", "steps": 200})
    await ends.run()
    start, *bodies = ends.sent
    parts = [message["body"] for message in bodies]
    whole = b"".join(parts)
    assert (start["status"], len(whole)) == (200, int(dict(start["headers"])[b"content-length"]))
    assert len(whole) > 5_000_000
    assert max(map(len, parts)) < 300_000
    assert measured.largest < 1_000_000, "nor is it sent between processes"
    assert whole == export(record(parse_experiment(WIDE), 200), "csv")
    assert not measured.files(), "the file is deleted"


@pytest.mark.parametrize("to", ["html", "python"])
async def test_other_formats_keep_little_of_each_record(to: str, measured: type[Measured]) -> None:
    ends = Ends(application(), {"experiment": WIDE, "to": to, "steps": 400})
    await ends.run()
    assert ends.sent[0]["status"] == 200
    assert measured.largest < 400 * 8 * 100, "the records themselves take some 1,300 bytes each"


async def test_what_would_be_too_large_is_refused_before_the_work(measured: type[Measured]) -> None:
    body = {"experiment": WIDE, "to": "csv", "steps": 10_000}
    reply = (await asked(body)).json()
    assert (reply["code"], reply["field"]) == ("limit", "steps")
    found = re.search(r"about (\d+) MB, .* at most 100 MB: ask for at most ([\d,]+) steps", reply["message"])
    assert found is not None, reply["message"]
    assert "`steepest export FILE --to csv --steps 10000`" in reply["message"]
    assert measured.calls == 0
    right = int(found[2].replace(",", ""))
    ends = Ends(application(max_export_files=1_000), {**body, "steps": right})  # so that it is not made
    await ends.run()
    assert ends.sent[0]["status"] == 503, "so many steps are not too large"
    assert not measured.files()


async def test_in_chinese_it_says_how_many_steps_are_right() -> None:
    reply = (await asked({"experiment": WIDE, "to": "csv", "steps": 10_000, "language": "zh"})).json()
    assert "请最多取" in reply["message"]


async def test_a_report_that_is_too_large_whatever_the_steps_is_refused_for_its_format() -> None:
    reply = (await asked({"experiment": BEALE, "to": "html", "steps": 5}, max_export=1_000_000)).json()
    assert (reply["code"], reply["field"]) == ("limit", "to")


async def test_a_file_that_grows_beyond_its_estimate_is_given_up(
    monkeypatch: pytest.MonkeyPatch, measured: type[Measured]
) -> None:
    monkeypatch.setattr("steepest.server.http.export.size_at_most", lambda *_: 900)
    reply = (await asked({"experiment": BEALE, "to": "csv", "steps": 900}, max_export=100_000)).json()
    assert (reply["code"], reply["field"]) == ("limit", "steps")
    assert not measured.files()


async def test_a_client_that_leaves_stops_the_work_and_the_file_is_deleted(measured: type[Measured]) -> None:
    ends = Ends(application(), {"experiment": WIDE, "to": "csv", "steps": 500})
    running = asyncio.create_task(ends.run())
    await until(lambda: measured.calls >= 3)
    assert len(measured.files()) == 1
    ends.gone.set()
    await running
    assert measured.calls < 10, "of some hundred"
    assert not measured.files()


async def test_a_client_that_leaves_while_it_downloads_is_sent_no_more(measured: type[Measured]) -> None:
    ends = Ends(application(), {"experiment": WIDE, "to": "csv", "steps": 100}, stay=3)
    await ends.run()
    assert len(ends.sent) <= 5, "of a dozen"
    assert not measured.files()


@pytest.mark.parametrize(("room", "same", "other"), [(1_000_000, 429, 503), (1_800_000, 429, 200)])
async def test_files_that_wait_to_be_downloaded_take_limited_room(
    measured: type[Measured], room: int, same: int, other: int
) -> None:
    app = application(max_export_files=room)
    body = {"experiment": WIDE, "to": "csv", "steps": 20}  # 600 kB, of which 760 kB are kept free before
    slow, second, third, fourth = (Ends(app, body, address=f"127.0.0.{n}") for n in (1, 1, 2, 1))
    reading = asyncio.Event()
    send = slow._send

    async def read_nothing(message: Message) -> None:
        await send(message)
        await reading.wait()

    slow._send = read_nothing  # type: ignore[method-assign]
    running = asyncio.create_task(slow.run())
    await until(lambda: bool(slow.sent))
    await second.run()
    await third.run()
    assert (second.sent[0]["status"], third.sent[0]["status"]) == (same, other)
    reading.set()
    await running
    await fourth.run()
    assert (slow.sent[0]["status"], fourth.sent[0]["status"]) == (200, 200)


def test_a_call_that_is_repeated_writes_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before, and half a part of an earlier try")
    document = parse_experiment(BEALE).model_dump_json()
    call = (str(path), 6, document, None, 3, "csv", "en", "cpu", 1.0)
    made = [export_tasks.write_part(*call) for _ in range(2)]  # type: ignore[arg-type]
    assert path.read_bytes() == b"before" + export(record(parse_experiment(BEALE), 3), "csv")
    assert [part.size for part in made if isinstance(part, export_tasks.Part)] == [path.stat().st_size] * 2
    path.unlink()
    assert isinstance(export_tasks.write_part(*call), StorageFailed)  # type: ignore[arg-type]
    assert not path.exists(), "the server has deleted it: it is not made again"


async def test_a_disk_that_is_full_is_reported(monkeypatch: pytest.MonkeyPatch, measured: type[Measured]) -> None:
    monkeypatch.setattr(export_tasks, "_write", lambda *_: StorageFailed("No space left on device"))
    answer = await asked({"experiment": BEALE, "to": "csv", "steps": 3})
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert "No space left on device" in answer.json()["message"]


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


def filled(downloads: DownloadRoom) -> DownloadFile:
    file = downloads.file(5, Account(Settings()))
    Path(file.path).write_bytes(b"12345")
    return file


def there(file: DownloadFile) -> bool:
    return Path(file.path).exists()


async def test_a_download_that_is_cancelled_at_any_moment_leaves_no_file() -> None:
    downloads = DownloadRoom(1000, Text("full", "满"))

    async def receive() -> Message:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        await asyncio.sleep(0)

    for moment in range(8):
        file = filled(downloads)
        sending = asyncio.create_task(Download(file, "x.csv", "text/csv")({"type": "http"}, receive, send))
        for _ in range(moment):
            await asyncio.sleep(0)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        gc.collect()  # a file that nobody closed would warn here, which is an error in tests
        if moment:
            assert not there(file)
            assert downloads.used == 0
        file.delete()

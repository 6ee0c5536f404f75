"""`GET /metrics` for the operator and nobody else, and the workers in `/api/health`."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError
from tests.server.running import Running, handshake
from tests.server.test_connection_limits import until
from tests.server.test_killed_workers import workers_of
from tests.server.test_live import DIVERGING

from steepest.server.settings import Settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "server.md"
OPERATOR = "the-operator-s-own-secret"
CLASS = "the-token-of-the-whole-class"


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server for a class that is watched."""
    running = Running(
        tmp_path_factory.mktemp("watched"),
        workers=2,
        host="0.0.0.0",
        token=CLASS,
        metrics_token=OPERATOR,
        client_sessions=1,
        token_failures=1000,
    )
    running.token = CLASS
    try:
        yield running
    finally:
        running.stop()


def get(running: Running, token: str = "", path: str = "/metrics", **headers: str) -> httpx.Response:
    heads = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.get(f"{running.url}{path}", headers={**heads, **headers}, timeout=60)


def numbers(running: Running) -> dict[str, float]:
    """Every sample by its name and labels."""
    answer = get(running, OPERATOR)
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_what_a_scrape_gets_is_prometheus_text(watched: Running) -> None:
    answer = get(watched, OPERATOR)
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["cache-control"] == "no-store"
    for line in answer.text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) \w+ .+|\w+(\{[^{}]*\})? [-+.e\d]+|\w+_bucket\{.*\} [-+.e\d]+", line), line
    assert "_created" not in answer.text


def test_the_documentation_names_every_metric(watched: Running) -> None:
    families = re.findall(r"^# TYPE (steepest_\w+) ", get(watched, OPERATOR).text, re.MULTILINE)
    assert len(families) > 10
    text = DOCUMENT.read_text()
    assert [name for name in families if f"`{name}`" not in text] == []


def test_no_pupil_sees_it_by_any_way(watched: Running) -> None:
    login = httpx.get(f"{watched.url}/?token={CLASS}")
    cookie = login.headers["set-cookie"].partition(";")[0]
    assert get(watched, CLASS, "/api/catalog").status_code == 200
    assert get(watched, path="/api/catalog", cookie=cookie).status_code == 200
    refused = [
        get(watched),
        get(watched, CLASS),
        get(watched, path="/metrics", cookie=cookie),
        get(watched, path=f"/metrics?token={CLASS}"),
        get(watched, path=f"/metrics?token={OPERATOR}"),
        get(watched, path=f"/metrics?token={OPERATOR}", cookie=cookie),
        get(watched, **{"x-forwarded-for": "127.0.0.1"}),
    ]
    assert [answer.status_code for answer in refused] == [401] * len(refused)


def test_the_operators_secret_opens_nothing_else(watched: Running) -> None:
    assert get(watched, OPERATOR, "/api/catalog").status_code == 401
    assert get(watched, path=f"/?token={OPERATOR}").status_code == 401


def test_without_a_secret_there_are_no_metrics_not_even_on_this_machine(server: Running) -> None:
    assert get(server).status_code == 404
    assert get(server, OPERATOR).status_code == 404


@pytest.mark.parametrize(("token", "metrics_token"), [(None, "short"), (CLASS, CLASS)])
def test_a_weak_secret_and_the_classs_own_are_refused(
    monkeypatch: pytest.MonkeyPatch, token: str | None, metrics_token: str
) -> None:
    if token:
        monkeypatch.setenv("STEEPEST_TOKEN", token)
    monkeypatch.setenv("STEEPEST_METRICS_TOKEN", metrics_token)
    with pytest.raises(ValidationError, match="metrics_token"):
        Settings()


def test_a_server_for_this_machine_has_them_with_the_secret(tmp_path: Path) -> None:
    running = Running(tmp_path, workers=1, metrics_token=OPERATOR, log_level="debug")
    try:
        assert running.token == ""
        assert get(running).status_code == 401
        assert get(running, "wrong").status_code == 401
        assert numbers(running)["steepest_workers"] == 1
    finally:
        running.stop()
    assert OPERATOR not in running.log()


def test_what_happens_is_counted(watched: Running) -> None:
    before = numbers(watched)

    def more(name: str) -> float:
        return numbers(watched)[name] - before.get(name, 0)

    headers = {"Authorization": f"Bearer {CLASS}"}
    with watched.live(additional_headers=headers) as live:
        assert live.open()["op"] == "opened"
        live.grant(400)
        assert more("steepest_sessions") == more("steepest_sockets") == 1
        with watched.live(additional_headers=headers) as other:
            assert other.open()["code"] == "busy"
    assert more("steepest_steps_total") == 401
    assert more('steepest_errors_total{code="busy"}') == 1
    calls = 'steepest_worker_call_seconds_count{function="reach"}'
    assert more(calls) >= 1
    assert more('steepest_worker_call_seconds_bucket{function="reach",le="+Inf"}') == more(calls)
    assert watched.status(handshake(f"Host: 127.0.0.1:{watched.port}\nOrigin: http://evil.com")) == 403
    assert more('steepest_refused_total{kind="websocket",reason="origin"}') == 1
    until(lambda: numbers(watched)["steepest_sessions"] == 0)
    now = numbers(watched)
    assert (now["steepest_workers"], now["steepest_queue"]) == (2, 0)
    budgets = watched.health()["memory"]
    for name, budget in budgets.items():
        assert now[f'steepest_memory_limit_bytes{{budget="{name}"}}'] == budget["limit"]
        assert f'steepest_memory_used_bytes{{budget="{name}"}}' in now
    assert now["process_resident_memory_bytes"] > 1e6


def test_a_step_over_the_time_limit_and_a_worker_that_dies_are_counted(tmp_path: Path) -> None:
    running = Running(tmp_path, workers=1, metrics_token=OPERATOR, step_timeout=0.5)
    try:
        assert running.health()["workers"] == {"all": 1, "alive": 1, "starting": 0, "restarted": 0}
        with running.live() as live:
            live.open(DIVERGING)
            workers_of(running)[0].send_signal(signal.SIGSTOP)
            live.send({"op": "advance", "until": 3})
            assert live.reply()["code"] == "step_timeout"
            found = numbers(running)
            assert found["steepest_step_timeouts_total"] == 1
            assert (found["steepest_workers_alive"], found["steepest_workers_restarted"]) == (0, 1)
            assert running.health()["workers"] == {"all": 1, "alive": 0, "starting": 1, "restarted": 1}
            live.grant(3)
            assert running.health()["workers"] == {"all": 1, "alive": 1, "starting": 0, "restarted": 1}
    finally:
        running.stop()

"""`--server` prints the same lines from a running server."""

import urllib.request
from typing import Any

import pytest
from tests.cli.conftest import Steepest, Write
from tests.cli.test_run import RACE
from tests.spec.documents import EXAMPLE, example, spoilt

EXPERIMENTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "the issue's example": (EXAMPLE, ["--steps", "120"]),
    "float64": (EXAMPLE, ["--dtype", "float64", "--steps", "30"]),
    "every seventh": (RACE, ["--steps", "300", "--every", "7"]),
    "one that ends": (example(runs=RACE["runs"][1:], edits=[]), ["--steps", "5000"]),
    "only the start": (EXAMPLE, ["--steps", "0"]),
    "one variable": (
        example(
            problem={"kind": "surface", "id": "expression", "params": {"expression": "x**4 - 2*x**2"}},
            runs=[
                {"optimizer": {"id": "adam", "lr": 0.05}, "start": [0.01]},
                {"optimizer": {"id": "lbfgs"}, "start": [2]},
            ],
            edits=[{"step": 3, "run": 1, "params": [0.5]}, {"step": 5, "run": 0, "optimizer": {"id": "rmsprop"}}],
        ),
        ["--steps", "60"],
    ),
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_lines_are_identical(name: str, steepest: Steepest, write: Write, server: str) -> None:
    document, options = EXPERIMENTS[name]
    here = steepest("run", write(document), *options)
    there = steepest("run", write(document), *options, "--server", server)
    assert (there.code, there.err) == (0, "")
    assert there.out == here.out
    assert here.out


@pytest.mark.parametrize("form", ["{host}", "http://{host}/", "ws://{host}/api/live", "HTTP://{host}"])
def test_an_address_may_be_written_in_many_ways(form: str, steepest: Steepest, write: Write, server: str) -> None:
    address = form.format(host=server.removeprefix("http://"))
    assert steepest("run", write(EXAMPLE), "--steps", "1", "--server", address).code == 0


def test_a_refused_experiment_is_reported_in_the_same_words(steepest: Steepest, write: Write, server: str) -> None:
    path = write(spoilt("runs.0.optimizer.lr", -1))
    here = steepest("run", path)
    there = steepest("run", path, "--server", server)
    assert (there.code, there.out) == (2, "")
    assert there.err == here.err


def test_a_limit_of_the_server_is_one_line(steepest: Steepest, write: Write, server: str) -> None:
    ran = steepest("run", write(EXAMPLE), "--steps", "1000000", "--every", "1000000", "--server", server)
    assert ran.code == 2
    assert ran.err == "steepest: error: the server says: until: this server makes at most 100000 steps\n"


def test_another_server_is_no_steepest(steepest: Steepest, write: Write, server: str) -> None:
    ran = steepest("run", write(EXAMPLE), "--server", f"{server}/elsewhere")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "refused us: HTTP 40" in ran.err


def test_the_catalog_is_the_servers(steepest: Steepest, server: str) -> None:
    with urllib.request.urlopen(f"{server}/api/catalog") as reply:
        assert steepest("catalog").out == reply.read().decode() + "\n"

"""`steepest check` compares compiled runs with PyTorch."""

import json

import pytest
from tests.caches import empty_cache
from tests.cli.conftest import Steepest, Write
from tests.spec.documents import EXAMPLE, example

from steepest.engine import MAX_CHECKED
from steepest.engine.compiled import elementwise

RACE = example(
    runs=[
        {"optimizer": {"id": "adam", "lr": 0.1}, "start": [1.0, 1.0]},
        {"optimizer": {"id": "lbfgs"}, "start": [1.0, 1.0]},
        {"optimizer": {"id": "sgd", "lr": 0.5}, "start": [1.0, 1.0]},
    ],
    edits=[],
)


def test_a_row_for_each_run(steepest: Steepest, write: Write) -> None:
    ran = steepest("check", write(RACE), "--steps", "20")
    assert (ran.code, ran.err) == (0, "")
    head, adam, lbfgs, sgd = (line.split() for line in ran.out.splitlines())
    assert head == ["run", "engine", "records", "value", "step", "relative", "ulps", "tolerance", "result"]
    assert (adam[:3], adam[-1]) == (["0", "compiled", "0-20"], "within")
    assert float(adam[5]) < 1e-5
    assert lbfgs == ["1", "eager", *"------", "no", "kernel"]
    assert (sgd[:2], sgd[-1]) == (["2", "compiled"], "within")
    assert int(sgd[2].removeprefix("0-")) < 20  # where it diverges


@pytest.mark.parametrize("dtype", [[], ["--dtype", "float64"]], ids=["float32", "float64"])
def test_json_from_a_later_step(steepest: Steepest, write: Write, dtype: list[str]) -> None:
    ran = steepest("check", write(RACE), "--from", "30", "--steps", "200", "--json", *dtype)
    adam, lbfgs, sgd = (json.loads(line) for line in ran.out.splitlines())
    assert (adam["run"], adam["engines"], adam["first"], adam["last"]) == (0, ["compiled"], 30, 230)
    assert adam["within"]
    assert adam["worst"]["relative"] < (1e-13 if dtype else 1e-4)
    assert (lbfgs["worst"], sgd["worst"], sgd["last"]) == (None, None, 29)


def test_the_exit_code_is_1_where_a_kernel_is_wrong(
    steepest: Steepest, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEEPEST_CACHE", "")
    empty_cache(monkeypatch)
    monkeypatch.setitem(elementwise.RULES, "mul", lambda s, a, b: s.mul(s.mul(a, b), s.constant(1.001)))
    ran = steepest("check", write(EXAMPLE), "--steps", "5")
    assert ran.code == 1
    assert ran.out.splitlines()[1].endswith("beyond")


def test_errors_name_the_file_and_the_option(steepest: Steepest, write: Write) -> None:
    wrong = write(example(problem={"kind": "surface", "id": "none"}))
    ran = steepest("check", wrong)
    assert ran.code == 2
    assert str(wrong) in ran.err
    assert "--steps" in steepest("check", write(EXAMPLE), "--steps", str(MAX_CHECKED + 1)).err
    assert steepest("check", write(EXAMPLE), "--steps", str(MAX_CHECKED)).code == 0

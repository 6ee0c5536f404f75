"""The check of compiled runs against torch: it passes where they agree, and finds what is wrong where they do not."""

import pickle
from typing import Any

import pytest
from tests.caches import empty_cache
from tests.engine.compiled.test_runs import THROUGH_TORCH, edited, on_beale
from tests.problems.learning_cases import chosen, document

from steepest.engine import (
    MAX_CHECKED,
    CheckInProgress,
    EngineCheck,
    advance,
    begin_check,
    check_engine,
    continue_check,
    engine_at,
    engines_of,
    prepare,
)
from steepest.engine.compiled import elementwise
from steepest.spec import parse_experiment

ADAM = on_beale({"id": "adam", "lr": 0.01})
NET = {
    "version": 1,
    "problem": document("moons", model=chosen("mlp", {"hidden": [5], "activation": "tanh"}), batch={"size": 7}),
    "runs": [{"optimizer": {"id": "rmsprop", "lr": 0.01}, "start": {"init": "default"}}],
}


def checked(document: dict[str, Any], until: int = 30, first: int = 0) -> tuple[EngineCheck, ...]:
    prepared = prepare(parse_experiment({**document, "engine": "compiled"}))
    checkpoint = advance(prepared, None, first)[1] if first else None
    return check_engine(prepared, checkpoint, until)


@pytest.fixture
def fresh_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels are made anew and not kept."""
    monkeypatch.setenv("STEEPEST_CACHE", "")
    empty_cache(monkeypatch)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("experiment", [ADAM, NET], ids=["surface", "net"])
def test_a_compiled_run_is_within_the_tolerance(experiment: dict[str, Any], dtype: str) -> None:
    (found,) = checked({**experiment, "dtype": dtype})
    assert found.within
    assert (found.engines, found.first, found.last) == (("compiled",), 0, 30)
    state = {"adam": {"exp_avg", "exp_avg_sq", "step"}, "rmsprop": {"square_avg", "step"}}
    optimizer = experiment["runs"][0]["optimizer"]["id"]
    assert {each.value for each in found.differences} == {"loss", "gradient", "parameters", *state[optimizer]}
    assert all(each.ulps <= 100 and each.relative < 1e-4 for each in found.differences)
    assert found.drift < 1e-4


def test_it_goes_on_from_a_checkpoint_and_is_limited() -> None:
    (found,) = checked(ADAM, until=1000, first=40)
    assert (found.first, found.last) == (40, 40 + MAX_CHECKED)
    assert found.within


ACCUMULATING = {**on_beale({"id": "sgd", "lr": 0.001}), "runs": [{**ADAM["runs"][0], "zero_grad": False}]}
DIVERGING = on_beale({"id": "sgd", "lr": 0.5})


@pytest.mark.parametrize(
    "experiment", [ADAM, NET, ACCUMULATING, DIVERGING], ids=["adam", "net", "accumulating", "diverging"]
)
def test_a_check_in_pieces_finds_the_same(experiment: dict[str, Any]) -> None:
    (whole,) = checked(experiment)
    prepared = prepare(parse_experiment({**experiment, "engine": "compiled"}))
    check: CheckInProgress | EngineCheck = begin_check(None, 30, 0)
    pieces = 0
    while isinstance(check, CheckInProgress):
        check = pickle.loads(pickle.dumps(continue_check(prepared, check, 0.0)))
        pieces += 1
    assert pieces == whole.last + 1 > 1
    assert repr(check) == repr(whole)  # NaN is not equal to itself


@pytest.mark.parametrize("operation", ["mul", "add"])
def test_an_operation_that_is_wrong_by_a_millionth_is_found(
    operation: str, fresh_kernels: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = elementwise.RULES[operation]

    def wrong(s: Any, *operands: Any, **options: Any) -> Any:
        result = right(s, *operands, **options)
        return s.mul(result, s.constant(1 + 2e-5)) if s.dtype.is_floating_point else result

    monkeypatch.setitem(elementwise.RULES, operation, wrong)
    (found,) = checked(on_beale({"id": "sgd", "lr": 0.001}))
    assert not found.within
    assert max(each.share for each in found.differences) > 3


def test_the_value_that_is_wrong_is_named(fresh_kernels: None, monkeypatch: pytest.MonkeyPatch) -> None:
    operation, value = "sqrt", "parameters"  # of the update alone
    right = elementwise.RULES[operation]

    def wrong(s: Any, *operands: Any, **options: Any) -> Any:
        return s.mul(right(s, *operands, **options), s.constant(1.01))

    monkeypatch.setitem(elementwise.RULES, operation, wrong)
    (found,) = checked(on_beale({"id": "adam", "lr": 0.1}))
    assert not found.within
    assert value in {each.value for each in found.differences if each.share > 1}
    evaluated = {each.value: each.share for each in found.differences if each.value in ("loss", "gradient")}
    assert max(evaluated.values()) <= 1


def test_a_run_that_diverges_is_checked_up_to_its_end() -> None:
    (found,) = checked(on_beale({"id": "sgd", "lr": 1.0}))
    assert found.within
    assert found.last < 5


def test_a_diverged_run_and_an_eager_one_have_nothing_to_check() -> None:
    (diverged,) = checked(on_beale({"id": "sgd", "lr": 1.0}), until=20, first=10)
    assert (diverged.differences, diverged.within) == ((), True)
    prepared = prepare(parse_experiment(ADAM))
    (eager,) = check_engine(prepared, None, 20)
    assert (eager.engines, eager.differences, eager.last) == (("eager",), (), -1)


def test_edits_and_sums_of_gradients_are_followed() -> None:
    several = edited(
        on_beale({"id": "sgd", "lr": 0.0001}, zero_grad=False),
        {"step": 3, "set": {"momentum": 0.5}},
        {"step": 6, "params": [1.5, 0.5]},
        {"step": 9, "optimizer": {"id": "adam", "lr": 0.01}},
    )
    for first in (0, 5):
        (found,) = checked(several, until=20, first=first)
        assert found.within
        assert {"loss", "gradient", "parameters", "momentum_buffer", "exp_avg"} <= {
            each.value for each in found.differences
        }


def test_the_engine_follows_from_the_document() -> None:
    prepared = prepare(parse_experiment({**THROUGH_TORCH, "engine": "compiled"}))
    # L-BFGS, from the update that leads to record 10 up to the one that leads to record 50, has no kernel.
    assert [engine_at(prepared, 0, step, "cpu") for step in (0, 9, 10, 50, 51)] == [
        *("compiled", "compiled", "eager", "eager", "compiled")
    ]
    assert engines_of(prepared, 0, "cpu") == ("compiled", "eager")
    assert engines_of(prepared, 0, "cuda") == ("eager",)
    (found,) = check_engine(prepared, None, 60)
    assert found.within
    assert found.engines == ("compiled", "eager")

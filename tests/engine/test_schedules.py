"""Learning-rate schedules in the engine: plain torch loops, cuts, edits, checkpoints and the verdicts about them."""

import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from tests.engine import on_data
from tests.engine.helpers import joined, same_bits, whole
from tests.engine.verdict_cases import codes, expression
from tests.reference.learning_loops import History, shuffled, train
from tests.reference.scheduled_loops import SCHEDULES, go_on, scheduled_loop
from torch import nn, optim

from steepest.engine import Prepared, advance, explain_step, prepare
from steepest.engine.diagnosis.detectors.critical_point_visit import Near
from steepest.engine.diagnosis.detectors.unstable import Unstable
from steepest.engine.recording.checkpoint import Checkpoint
from steepest.optimizers import find_schedule, optimizers
from steepest.problems import surfaces
from steepest.spec import Fork, Invalid, parse_experiment

STEPS = 24
# Each with numbers small enough that all of it happens within the steps.
GIVEN: dict[str, dict[str, Any]] = {
    "step": {"step_size": 5, "gamma": 0.5},
    "exponential": {"gamma": 0.9},
    "cosine": {"T_max": 9, "eta_min": 1e-4},
    "warm_restarts": {"T_0": 4, "T_mult": 2, "eta_min": 1e-4},
    "one_cycle": {"total_steps": 18, "cycle_momentum": True},
    "linear": {"start_factor": 0.2, "total_iters": 7},
    "plateau": {"factor": 0.5, "patience": 1, "threshold": 0.2},
}
ALL = list(GIVEN)
SGD = {"id": "sgd", "lr": 2e-3, "momentum": 0.8}


def of(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, **GIVEN[name], **more}


def experiment(
    schedule: dict[str, Any] | None,
    optimizer: dict[str, Any] = SGD,
    surface: str | dict[str, Any] = "rosenbrock",
    start: tuple[float, ...] = (-1.2, 1.0),
    edits: list[dict[str, Any]] | None = None,
    dtype: str = "float32",
    **run: Any,
) -> Prepared:
    problem = {"id": surface} if isinstance(surface, str) else surface
    one = {"optimizer": optimizer, "start": list(start), "schedule": schedule, **run}
    return prepare(
        parse_experiment(
            {
                "version": 1,
                "problem": {"kind": "surface", **problem},
                "dtype": dtype,
                "runs": [one],
                "edits": edits or [],
            }
        )
    )


def rosenbrock(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def by_hand(
    name: str, optimizer: Callable[[Any], optim.Optimizer], lr: float, **kwargs: Any
) -> tuple[list[float], list[list[float]], list[float]]:
    make = SCHEDULES[name](lr, GIVEN[name])
    return scheduled_loop(rosenbrock, optimizer, make, [-1.2, 1.0], STEPS, **kwargs)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ALL)
def test_a_run_is_the_plain_loop_with_torchs_scheduler(name: str, dtype: str) -> None:
    (records,) = whole(experiment(of(name), dtype=dtype), STEPS)
    losses, positions, rates = by_hand(
        name, lambda w: optim.SGD(w, lr=2e-3, momentum=0.8), 2e-3, dtype=getattr(torch, dtype)
    )
    assert records.loss.tolist() == losses
    assert records.params.tolist() == positions
    assert math.isnan(records.lr[0])
    assert records.lr[1:].tolist() == rates
    assert len(set(rates)) > 2


@pytest.mark.parametrize(
    "optimizer", [each for each in optimizers().values() if not each.matrices_only], ids=lambda o: o.id
)
def test_every_optimizer_follows_one(optimizer: Any) -> None:
    values = optimizer.complete({"lr": 1e-3})
    (records,) = whole(experiment(of("exponential"), {"id": optimizer.id, "lr": 1e-3}), STEPS)
    assert_allclose(records.lr[1:], 1e-3 * 0.9 ** np.arange(STEPS), rtol=1e-12)
    if optimizer.ours:
        return  # needs a gradient that can be differentiated again, which no plain loop of the others has
    given = optimizer.arguments(values)
    _, positions, _ = by_hand("exponential", lambda w: optimizer.torch_class(w, **given), 1e-3)
    assert records.params.tolist() == positions


EDITS = [
    {"step": 6, "run": 0, "set": {"lr": 4e-3}},
    {"step": 11, "run": 0, "params": [0.5, 0.5]},
    {"step": 11, "run": 0, "set": {"weight_decay": 0.01}},
    {"step": 15, "run": 0, "optimizer": {"id": "adam", "lr": 0.02}},
    {"step": 19, "run": 0, "set": {"lr": 0.01}},
]


@pytest.mark.parametrize("edits", [[], EDITS], ids=["plain", "edits"])
@pytest.mark.parametrize("name", ALL)
def test_resumed_is_uninterrupted_at_every_cut(name: str, edits: list[dict[str, Any]]) -> None:
    prepared = experiment(of(name), edits=edits)
    once, end = advance(prepared, None, STEPS)
    checkpoint: Checkpoint | None = None
    chunks = []
    for step in range(STEPS + 1):
        chunk, checkpoint = advance(prepared, pickle.loads(pickle.dumps(checkpoint)), step)
        chunks.append(chunk)
    same_bits(joined(chunks, 0), joined([once], 0))
    assert np.concatenate([chunk.runs[0].lr for chunk in chunks]).tobytes() == once.runs[0].lr.tobytes()
    assert [v for chunk in chunks for v in chunk.runs[0].verdicts] == list(once.runs[0].verdicts)
    assert checkpoint is not None
    assert checkpoint.runs[0].schedule == end.runs[0].schedule
    assert checkpoint.runs[0].diagnosis == end.runs[0].diagnosis


def test_a_checkpoint_holds_numbers_alone() -> None:
    for name in ALL:
        state = advance(experiment(of(name)), None, 3)[1].runs[0].schedule
        assert state is not None
        for held in (*state.scheduler.values(), *state.group.values()):
            assert isinstance(held, int | float | list), name


@pytest.mark.parametrize("name", ALL)
def test_an_edit_of_the_rate_scales_all_that_follows(name: str) -> None:
    """On a flat place, so that the loss, which one of them watches, is the same."""
    level: dict[str, Any] = {
        "surface": expression("0*x + 0*y"),
        "start": (1.0, 1.0),
        "dtype": "float64",
    }
    halved = experiment(of(name), edits=[{"step": 6, "run": 0, "set": {"lr": 1e-3}}], **level)
    plain = experiment(of(name), **level)
    (one,), (other,) = whole(halved, 40), whole(plain, 40)
    assert one.lr[1:7].tolist() == other.lr[1:7].tolist()
    assert_allclose(one.lr[7:], other.lr[7:] / 2, rtol=1e-9)


@pytest.mark.parametrize("name", ALL)
def test_another_optimizer_begins_the_schedule_anew(name: str) -> None:
    edit = {"step": 7, "run": 0, "optimizer": {"id": "sgd", "lr": 1e-3, "momentum": 0.8}}
    (records,) = whole(experiment(of(name), edits=[edit]), STEPS)
    there = tuple(records.params[7].tolist())
    (anew,) = whole(experiment(of(name), {"id": "sgd", "lr": 1e-3, "momentum": 0.8}, start=there), STEPS - 7)
    assert records.lr[8:].tolist() == anew.lr[1:].tolist()
    assert records.params[7:].tolist() == anew.params.tolist()


def test_from_a_rate_of_nothing_it_begins_anew() -> None:
    edits = [{"step": 4, "run": 0, "set": {"lr": 0.0}}, {"step": 8, "run": 0, "set": {"lr": 1e-3}}]
    (records,) = whole(experiment(of("exponential"), edits=edits), 12)
    assert_allclose(records.lr[1:5], 2e-3 * 0.9 ** np.arange(4), rtol=1e-12)
    assert records.lr[5:9].tolist() == [0.0] * 4
    assert_allclose(records.lr[9:], 1e-3 * 0.9 ** np.arange(4), rtol=1e-12)


def test_edits_are_the_plain_loop_too() -> None:
    def other_rate(optimizer: optim.Optimizer, schedule: Any, w: torch.Tensor) -> tuple[Any, Any]:
        by = 4e-3 / 2e-3
        optimizer.param_groups[0]["lr"] *= by
        optimizer.param_groups[0]["initial_lr"] *= by
        schedule.base_lrs = [rate * by for rate in schedule.base_lrs]
        schedule.eta_min *= by
        return optimizer, schedule

    def other_optimizer(optimizer: optim.Optimizer, schedule: Any, w: torch.Tensor) -> tuple[Any, Any]:
        adam = optim.Adam([w], lr=0.02)
        return adam, SCHEDULES["cosine"](0.02, GIVEN["cosine"])(adam)

    losses, positions, rates = by_hand(
        "cosine", lambda w: optim.SGD(w, lr=2e-3, momentum=0.8), 2e-3, changes={6: other_rate, 15: other_optimizer}
    )
    (records,) = whole(experiment(of("cosine"), edits=[EDITS[0], EDITS[3]]), STEPS)
    assert records.loss.tolist() == losses
    assert records.params.tolist() == positions
    assert records.lr[1:].tolist() == rates


@pytest.mark.parametrize("name", ALL)
def test_a_net_trains_as_the_plain_loop_does(name: str) -> None:
    run = {"optimizer": {"id": "sgd", "lr": 0.2, "momentum": 0.8}, "schedule": of(name)}
    (records,) = advance(on_data.learning([run], batch={"size": 7}), None, STEPS)[0].runs
    inputs, targets = on_data.circle("float32")
    losses: list[torch.Tensor] = []

    def watched(outputs: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        losses.append(nn.functional.binary_cross_entropy_with_logits(outputs, wanted))
        return losses[-1]

    class Stepped:
        def __init__(self, optimizer: optim.Optimizer) -> None:
            self.torchs = SCHEDULES[name](0.2, GIVEN[name])(optimizer)

        def step(self) -> None:
            go_on(self.torchs, losses[-1])

    history: History = train(
        on_data.net("float32"),
        watched,
        inputs,
        targets,
        lambda parameters: optim.SGD(parameters, lr=0.2, momentum=0.8),
        STEPS,
        batches=shuffled(on_data.POINTS, 7, 5),
        make_schedule=Stepped,  # type: ignore[arg-type]  # stepped as a scheduler is, with or without the loss
    )
    assert records.loss.tolist() == history.losses
    assert records.params.tolist() == history.params


def test_the_document_is_completed_and_refused_by_its_own_field() -> None:
    completed = experiment({"id": "step"}).experiment.runs[0].schedule
    assert completed is not None
    assert completed.params == find_schedule("step").complete({})
    with pytest.raises(Invalid) as error:
        experiment({"id": "step", "gamma": 2.0})
    assert error.value.field == "runs[0].schedule.gamma"
    with pytest.raises(Invalid) as error:
        experiment({"id": "sawtooth"})
    assert error.value.field == "runs[0].schedule.id"
    with pytest.raises(Invalid) as error:
        experiment(of("one_cycle"), edits=[{"step": 3, "run": 0, "optimizer": {"id": "newton"}}])
    assert error.value.field == "edits[0].optimizer.id"
    searching = {"line_search_fn": "strong_wolfe", "max_iter": 10}
    with pytest.raises(Invalid) as error:
        experiment(of("cosine"), {"id": "lbfgs"}, edits=[{"step": 3, "run": 0, "set": searching}])
    assert error.value.field == "edits[0].set.line_search_fn"


def test_a_branch_has_the_same_schedule_or_is_none() -> None:
    one = experiment(of("step")).experiment
    run = one.runs[0]
    branch = run.model_copy(update={"fork": Fork(run=0, step=3)})
    document = one.model_copy(update={"runs": [run, branch]}).model_dump_json()
    assert parse_experiment(document).runs[1].fork is not None
    for change in (
        {"schedule": None},
        {"zero_grad": False},
        {"schedule": experiment(of("cosine")).experiment.runs[0].schedule},
    ):
        other = one.model_copy(update={"runs": [run, branch.model_copy(update=change)]})
        with pytest.raises(Invalid, match="fork"):
            parse_experiment(other.model_dump_json())


@pytest.mark.parametrize("name", ["exponential", "one_cycle", "linear"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "nadam", "rmsprop"])
def test_the_step_in_numbers_has_the_rate_in_force(name: str, optimizer: str) -> None:
    prepared = experiment(of(name), {"id": optimizer, "lr": 2e-3}, dtype="float64")
    for step in (0, 1, 5, 17):
        checkpoint = advance(prepared, None, step)[1] if step else None
        (after,) = whole(prepared, step + 1)
        shown = explain_step(prepared, checkpoint, 0)
        assert shown is not None
        assert_allclose(shown.lines[-1].computed, after.update[step + 1], rtol=1e-6)


BOWL = expression("2*x**2 + 0.5*y**2")  # the steepest curvature is 4


def test_a_rate_that_warms_up_is_unstable_where_it_has_become_so() -> None:
    schedule = {"id": "linear", "start_factor": 0.1, "total_iters": 20}
    prepared = experiment(schedule, {"id": "sgd", "lr": 1.0}, BOWL, (1.0, 1.0), dtype="float64")
    (records,) = whole(prepared, 40)
    unstable: Any = next(verdict for verdict in records.verdicts if isinstance(verdict, Unstable))
    over = np.flatnonzero(records.lr * 4 > 2)
    assert unstable.limit.since == over[0] - 1  # the update that leads there
    assert_allclose(unstable.limit.product, records.lr[over[0]] * 4)
    # At half the curvature's limit, with the optimizer's own rate for a measure: 2 of it is 4 × share × 1.
    assert_allclose(unstable.limit.largest, 2 / unstable.limit.product)
    (steady,) = whole(experiment(None, {"id": "sgd", "lr": 1.0}, BOWL, (1.0, 1.0), dtype="float64"), 40)
    assert steady.verdicts[1].step < unstable.step


def test_a_rate_that_sinks_below_the_limit_is_not_called_unstable() -> None:
    given = {"id": "sgd", "lr": 0.51}  # 0.51 × 4 is above 2; after one step it is no longer
    (sinking,) = whole(experiment(of("exponential"), given, BOWL, (1.0, 1.0), dtype="float64"), 30)
    (steady,) = whole(experiment(None, given, BOWL, (1.0, 1.0), dtype="float64"), 30)
    assert "unstable" in codes(steady.verdicts)
    assert "unstable" not in codes(sinking.verdicts)


def test_turned_momentum_moves_the_limit() -> None:
    """2(1 + μ) for the heavy ball, with the momentum in force at the step that crossed it."""
    schedule = of("one_cycle", total_steps=40, div_factor=2.0)
    (records,) = whole(experiment(schedule, {"id": "sgd", "lr": 2.0}, BOWL, (1.0, 1.0), dtype="float64"), 20)
    unstable: Any = next(verdict for verdict in records.verdicts if isinstance(verdict, Unstable))
    assert records.momentum is not None
    place = unstable.limit.since + 1
    assert_allclose(unstable.limit.momentum, records.momentum[place])
    assert_allclose(unstable.limit.limit, 2 * (1 + records.momentum[place]))
    assert unstable.limit.law == "heavy_ball"


@pytest.mark.parametrize("surface", [each.id for each in surfaces().values() if not each.params], ids=str)
def test_a_run_that_its_schedule_has_stopped_is_called_nothing_wrong(surface: str) -> None:
    """The rate dies away within 60 steps, wherever that leaves the run: that is no valley, no plateau, no end."""
    declared = surfaces()[surface]
    start = declared.starts[0].at
    prepared = experiment(
        {"id": "exponential", "gamma": 0.8}, {"id": "sgd", "lr": declared.lr / 5}, surface, tuple(start)
    )
    (records,) = whole(prepared, 300)
    last = records.verdicts[-1]
    assert last.code not in ("valley", "plateau", "unstable", "diverged", "oscillating", "bottomless")
    if last.code == "converged":
        assert records.critical[-1] != 0


def test_a_saddle_is_reported_without_a_step_by_which_it_is_left() -> None:
    saddle = expression("x**2 - y**2")
    prepared = experiment(of("exponential"), {"id": "sgd", "lr": 0.1}, saddle, (0.5, 1e-6), dtype="float64")
    near = [verdict for verdict in whole(prepared, 60)[0].verdicts if isinstance(verdict, Near)]
    assert len(near) == 1
    assert (near[0].law, near[0].factor, near[0].escape) == (None, None, None)
    assert not near[0].stuck

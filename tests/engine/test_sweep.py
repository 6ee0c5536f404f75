"""A pixel of a sweep is the run of its experiment, bit for bit, for every kind of axis; the rest follows from that."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from tests.engine.helpers import whole
from tests.spec.sweeps import LR, MOMENTUM, NET, SEED, SURFACE, axis, changed, sweep_of

from steepest.engine import experiment_at, known_minima, prepare, prepare_sweep, sweep
from steepest.engine.compiled import grid
from steepest.spec import Experiment, Init, coarse_to_fine, parse_sweep

RUN = SURFACE["runs"][0]
HIMMELBLAU = changed(SURFACE, problem__id="himmelblau")
RAVINE = changed(SURFACE, problem={"kind": "surface", "id": "ravine", "params": {"kappa": 20.0}})
BATCHES = changed(NET, problem__batch={"size": 4})


def optimizer(name: str, **values: Any) -> dict[str, Any]:
    return changed(SURFACE, runs__0__optimizer={"id": name, **values})


CASES: dict[str, dict[str, Any]] = {
    "rate and momentum": sweep_of(SURFACE, LR, MOMENTUM),
    "start": sweep_of(HIMMELBLAU, axis("runs[0].start[0]", -5, 5), axis("runs[0].start[1]", -5, 5), steps=200),
    "surface's parameter": sweep_of(RAVINE, axis("problem.params.kappa", 1, 100, 3, "log"), LR),
    "typed function": sweep_of(
        changed(SURFACE, problem={"kind": "surface", "id": "expression", "params": {"expression": "a*x^2 + y^4"}}),
        axis("problem.params.a", -1, 1, 3),
        LR,
    ),
    "float64": sweep_of(changed(SURFACE, dtype="float64"), LR, axis("runs[0].start[1]", -1, 1, 3)),
    "adam": sweep_of(optimizer("adam"), axis("runs[0].optimizer.betas[0]", 0, 0.99), {**LR, "high": 1.0}),
    "radam": sweep_of(optimizer("radam"), axis("runs[0].optimizer.betas[1]", 0.5, 0.999, 3), {**LR, "high": 1.0}),
    "asgd": sweep_of(optimizer("asgd", t0=20.0), LR, axis("runs[0].optimizer.t0", 1, 40, 3)),
    "nadam": sweep_of(optimizer("nadam"), {**LR, "high": 1.0}, axis("runs[0].optimizer.momentum_decay", 0, 0.1, 3)),
    "rprop": sweep_of(optimizer("rprop"), LR),
    "gradients that add up": sweep_of(changed(SURFACE, runs__0__zero_grad=False), LR, MOMENTUM),
    "schedule": sweep_of(
        changed(SURFACE, runs__0__schedule={"id": "exponential"}),
        {**LR, "count": 3},
        axis("runs[0].schedule.gamma", 0.9, 1, 3),
    ),
    "edit": sweep_of(
        changed(SURFACE, edits=[{"step": 20, "run": 0, "set": {"lr": 0.001}}]),
        axis("edits[0].set.lr", 1e-3, 1, 3, "log"),
        axis("edits[0].step", 5, 30, 3),
    ),
    "eager": sweep_of(changed(SURFACE, engine="eager"), {**LR, "count": 3}, {**MOMENTUM, "count": 3}, steps=20),
    "no kernel": sweep_of(optimizer("lbfgs"), {**LR, "count": 3}, steps=5),
    "one step": sweep_of(SURFACE, LR, MOMENTUM, steps=1),
    "final loss": sweep_of(SURFACE, LR, MOMENTUM, measure="final_loss"),
    "steps to a loss": sweep_of(SURFACE, LR, MOMENTUM, measure="steps_to_loss", loss=1.0),
    "distance": sweep_of(HIMMELBLAU, LR, axis("runs[0].start[0]", -5, 5, 3), measure="distance"),
    "net": sweep_of(NET, LR, axis("runs[0].optimizer.weight_decay", 0, 0.1, 3), measure="final_loss"),
    "initial scale": sweep_of(
        changed(NET, runs__0__start={"init": "normal"}),
        axis("runs[0].start.std", 0.01, 3, 3, "log"),
        LR,
        measure="dev_loss",
    ),
    "draw": sweep_of(NET, axis("runs[0].start.draw", 0, 2, 3), LR, measure="dev_accuracy"),
    "batch size": sweep_of(BATCHES, axis("problem.batch.size", 1, 16, 3, "log"), LR, measure="final_loss"),
    "epochs of unequal batches": sweep_of(changed(NET, problem__batch={"size": 5}), SEED, LR, measure="dev_loss"),
    "penalty": sweep_of(NET, axis("problem.penalty.l2", 0, 0.1, 3), LR, measure="dev_accuracy"),
    "eager net": sweep_of(changed(NET, engine="eager"), {**LR, "count": 3}, steps=20, measure="dev_loss"),
    "eager net's accuracy": sweep_of(
        changed(NET, engine="eager"), {**LR, "count": 3}, steps=20, measure="dev_accuracy"
    ),
}


def measured(experiment: Experiment, document: dict[str, Any]) -> tuple[float, ...]:
    """What the document asks about a run, from the records of `advance`, in plain Python."""
    prepared = prepare(experiment)
    records = whole(prepared, document["steps"])[0]
    measure, diverged = document.get("measure", "outcome"), records.status[-1] == 2
    minima = [np.array(point.at) for point in known_minima(prepared)]
    if measure == "final_loss":
        return (np.inf if diverged else float(records.loss[-1]),)
    if measure == "steps_to_loss":
        return (next((float(n) for n, loss in enumerate(records.loss.tolist()) if loss <= document["loss"]), np.inf),)
    if measure == "distance":
        return (np.inf if diverged else min(float(np.linalg.norm(records.params[-1] - at)) for at in minima),)
    if measure.startswith("dev_"):
        assert records.metrics is not None
        if measure == "dev_loss":
            return (np.inf if diverged else records.metrics.losses[-1, 1],)
        return (np.nan if diverged else records.metrics.accuracy[-1, 1],)
    last = len(records) - 1
    if diverged:
        return 2, last, -1
    assert prepared.view_scale is not None
    close = 1e-4 * prepared.view_scale.diagonal
    path = records.params.astype(np.float64)
    for n, at in enumerate(minima):
        step = last
        while (
            step >= 0
            and np.linalg.norm(path[step] - at) <= close
            and np.linalg.norm(path[step] - path[max(0, step - 1)]) <= close
        ):
            step -= 1
        if step < last:
            return 1, step + 1, n
    return 0, last, -1


@pytest.mark.parametrize("name", CASES)
def test_pixels_are_the_runs_of_their_experiments(name: str) -> None:
    document = CASES[name]
    prepared = prepare_sweep(parse_sweep(document))
    found = sweep(prepared)
    shape = [each["count"] for each in document["axes"]]
    assert all(array.shape == tuple(shape) for array in found.values())
    rng = np.random.default_rng(len(name))
    corners = list(product(*({0, count - 1} for count in shape)))
    for pixel in [*corners, *(tuple(rng.integers(shape).tolist()) for _ in range(6))]:
        expected = measured(experiment_at(prepared, pixel), document)
        given = tuple(array[pixel] for array in found.values())
        assert np.array_equal(given, expected, equal_nan=True), (pixel, given, expected)


def test_the_cases_have_every_outcome() -> None:
    found = [sweep(parse_sweep(CASES[name])) for name in ("rate and momentum", "start", "surface's parameter")]
    assert {int(status) for each in found for status in each["status"].flat} == {0, 1, 2}
    assert set(found[1]["minimum"].flat) >= {0, 1, 2, 3}


def test_the_experiment_of_a_pixel_has_the_axes_values() -> None:
    document = parse_sweep(sweep_of(NET, LR, axis("runs[0].start.draw", 0, 9, 10), repeat=SEED, measure="final_loss"))
    experiment = experiment_at(document, (8, 3, 2))
    assert experiment.runs[0].optimizer.hyper["lr"] == 10.0
    assert experiment.runs[0].start == Init(init="default", draw=3)
    assert (experiment.seed, experiment.engine) == (2, "compiled")
    assert experiment_at(document, (0, 0, 0)).runs[0].optimizer.hyper["lr"] == 1e-3


@pytest.mark.parametrize("name", ["rate and momentum", "start", "surface's parameter", "draw"])
def test_tiles_threads_and_calls_change_no_number(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = prepare_sweep(parse_sweep(CASES[name]))
    expected = sweep(prepared)
    monkeypatch.setattr("steepest.engine.sweeps.sweep._BYTES", 20_000)
    monkeypatch.setattr(grid, "_LONGEST", 7)
    found = {key: np.zeros_like(array) for key, array in expected.items()}
    for tile in coarse_to_fine(prepared.sweep.shape, coarsest=4, side=3):
        for key, part in sweep(prepared, tile, threads=2).items():
            found[key][tile.places] = part
    for key, array in expected.items():
        assert found[key].tobytes() == array.tobytes()


def test_quartiles_are_those_of_the_runs() -> None:
    document = sweep_of(BATCHES, LR, repeat=SEED, measure="final_loss")
    prepared = prepare_sweep(parse_sweep(document))
    found = sweep(prepared)
    assert list(found) == ["low", "median", "high"]
    for place in (0, 6, 8):
        losses = sorted(measured(experiment_at(prepared, (place, seed)), document)[0] for seed in range(5))
        assert [found[name][place] for name in found] == [losses[1], losses[2], losses[3]]
        assert losses[0] < losses[4]


def test_a_median_of_runs_most_of_which_diverge_is_infinite() -> None:
    starts = axis("runs[0].start[0]", 0.0, 40.0, 5)
    found = sweep(
        parse_sweep(sweep_of(HIMMELBLAU, {**LR, "low": 1e-3, "high": 1e-2}, repeat=starts, measure="distance"))
    )
    assert np.isfinite(found["low"]).any()
    assert np.isinf(found["median"][np.isinf(found["low"])]).all()
    assert np.isinf(found["high"]).any()


# ---- against what is known otherwise --------------------------------------------------------------------------------


def edges(run: dict[str, Any], steps: int, highest: float) -> tuple[np.ndarray, np.ndarray]:
    """The rates of a sweep on the ravine, and whether the run converges."""
    rates = axis("runs[0].optimizer.lr", highest / 2, highest, 40)
    document = parse_sweep(sweep_of(changed(RAVINE, runs__0=run, dtype="float64"), rates, steps=steps))
    return np.array([document.axes[0].value(n) for n in range(40)]), sweep(document)["status"] == 1


@pytest.mark.parametrize("momentum", [0.0, 0.3, 0.6])
def test_the_edge_of_convergence_on_the_ravine_is_where_theory_has_it(momentum: float) -> None:
    """The largest curvature is kappa = 20: 2 / 20 for SGD, 2 (1 + momentum) / 20 for the heavy ball, to a pixel."""
    edge = 2 * (1 + momentum) / 20
    run = {"optimizer": {"id": "sgd", "momentum": momentum}, "start": [1.0, 1.0]}
    rates, converges = edges(run, 2000, 1.4 * edge)
    last = np.flatnonzero(converges)[-1]
    assert converges[: last + 1].all()
    assert rates[last] < edge < rates[last + 1]


def test_basins_of_himmelblau_against_a_loop_in_numpy() -> None:
    """Float64, since near a basin's edge the last digits decide."""
    count, steps, lr = 24, 400, 0.012
    run = {"optimizer": {"id": "sgd", "lr": lr}, "start": [0.0, 0.0]}
    places = [axis(f"runs[0].start[{n}]", -7, 7, count) for n in (0, 1)]
    found = sweep(parse_sweep(sweep_of(changed(HIMMELBLAU, runs__0=run, dtype="float64"), *places, steps=steps)))

    x, y = np.meshgrid(np.linspace(-7, 7, count), np.linspace(-7, 7, count), indexing="ij")
    with np.errstate(all="ignore"):
        for _ in range(steps):
            a, b = x**2 + y - 11, x + y**2 - 7
            x, y = x - lr * (4 * x * a + 2 * b), y - lr * (2 * a + 4 * y * b)
    minima = [(3.0, 2.0), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)]
    basin = np.full(x.shape, -1)
    for n, at in enumerate(minima):
        basin[np.hypot(x - at[0], y - at[1]) < 1e-4] = n
    diverged = ~np.isfinite(x + y)
    assert set(basin.flat) >= {0, 1, 2, 3}
    assert diverged.any()
    same = found["minimum"] == basin
    assert same.mean() > 0.99  # a start whose path is chaotic may end elsewhere by another order of additions
    assert np.array_equal(found["status"] == 2, diverged)

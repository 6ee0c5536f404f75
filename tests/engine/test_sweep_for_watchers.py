"""Tiles of a sweep that someone watches, the estimate of its time, and the curvature that theory needs."""

import math
from typing import Any

import numpy as np
import pytest

from steepest.engine import constant_curvature, prepare, prepare_sweep, run_seconds, sweep_seconds, watched_tiles
from steepest.spec import parse_experiment, parse_sweep

RUN = {"optimizer": {"id": "sgd", "lr": 0.05, "momentum": 0.9}, "start": [-2.5, 2.5]}


def document(side: int = 256, steps: int = 200, **experiment: Any) -> dict[str, Any]:
    surface = {"kind": "surface", "id": "ravine", "params": {"kappa": 20}}
    return {
        "version": 1,
        "experiment": {"version": 1, "engine": "compiled", "problem": surface, "runs": [RUN], **experiment},
        "axes": [
            {"set": "runs[0].optimizer.lr", "scale": "log", "low": 0.001, "high": 1, "count": side},
            {"set": "runs[0].optimizer.momentum", "low": 0, "high": 0.99, "count": side},
        ],
        "steps": steps,
    }


@pytest.mark.parametrize("changed", [document(), document(steps=20_000), document(side=5), document(side=100, steps=1)])
def test_tiles_have_each_pixel_once(changed: dict[str, Any]) -> None:
    prepared = prepare_sweep(parse_sweep(changed))
    seen = np.zeros(prepared.sweep.shape, int)
    for tile in watched_tiles(prepared):
        seen[tile.places] += 1
        assert math.prod(tile.counts) * run_seconds(prepared) < 0.015 or tile.counts == (1, 1)
    assert (seen == 1).all()


def test_the_estimate_grows_with_the_work() -> None:
    def seconds(**changed: Any) -> float:
        return run_seconds(prepare_sweep(parse_sweep(document(16, **changed))))

    assert seconds(steps=400) == pytest.approx(2 * seconds())
    assert seconds(engine="eager") > 100 * seconds()
    edited = [{"step": 3, "run": 0, "set": {"lr": 0.1}}]
    assert seconds(edits=edited) > 10 * seconds(), "such runs are made one by one"


KAPPA = {"set": "problem.params.kappa", "scale": "log", "low": 1, "high": 100, "count": 20}


def test_a_problem_of_its_own_is_made_once_for_many_pixels() -> None:
    changed = document(40)
    changed["axes"][1] = KAPPA
    prepared = prepare_sweep(parse_sweep(changed))
    seen = np.zeros(prepared.sweep.shape, int)
    for tile in watched_tiles(prepared):
        seen[tile.places] += 1
        assert tile.counts[1] == 1, "each tile has one problem"
    assert (seen == 1).all()
    assert max(tile.counts[0] for tile in watched_tiles(prepared)) >= 10
    same = prepare_sweep(parse_sweep(document(40)))
    assert 20 * 0.02 < sweep_seconds(prepared) < 1 + sweep_seconds(same), "twenty problems, and not eight hundred"
    assert run_seconds(prepared) > 0.02, "a pixel by itself needs its problem"


def test_the_estimate_is_of_the_most_expensive_end_of_an_axis() -> None:
    def seconds(low: int, high: int) -> float:
        learning = {
            "kind": "learning",
            "dataset": {"id": "circle"},
            "model": {"id": "mlp", "params": {"hidden": [4, 2]}},
            "loss": {"id": "bce_logits"},
            "batch": {"size": low},
        }
        changed = document(16, problem=learning, runs=[{"optimizer": {"id": "sgd"}, "start": {"init": "normal"}}])
        axis = {"set": "problem.batch.size", "low": low, "high": high, "count": 10}
        return run_seconds(prepare_sweep(parse_sweep({**changed, "axes": [axis]})))

    assert seconds(1, 100) == seconds(90, 100) > seconds(1, 10)


@pytest.mark.parametrize(
    ("problem", "wanted"),
    [
        ({"id": "ravine", "params": {"kappa": 20}}, 20.0),
        ({"id": "matyas"}, 1.0),  # the Hessian is ((0.52, -0.48), (-0.48, 0.52))
        ({"id": "beale"}, None),
        ({"id": "himmelblau"}, None),
    ],
)
def test_the_curvature_of_a_quadratic_alone(problem: dict[str, Any], wanted: float | None) -> None:
    run = {"optimizer": {"id": "sgd"}, "start": [1.0, 1.0]}
    experiment = parse_experiment({"version": 1, "problem": {"kind": "surface", **problem}, "runs": [run]})
    found = constant_curvature(prepare(experiment))
    assert found == (None if wanted is None else pytest.approx(wanted, rel=1e-9))


def test_the_curvature_of_one_variable() -> None:
    run = {"optimizer": {"id": "sgd"}, "start": [5.0]}
    square = {"kind": "surface", "id": "square"}
    experiment = parse_experiment({"version": 1, "problem": square, "runs": [run]})
    assert constant_curvature(prepare(experiment)) == pytest.approx(2.0)

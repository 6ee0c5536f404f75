"""Overfitting of models of one or two parameters, whose loss has a surface: reported as for any other model."""

from typing import Any

import pytest
from tests.engine.helpers import cut, whole
from tests.engine.on_data import learning
from tests.engine.verdict_cases import codes, first, holding
from tests.problems.learning_cases import chosen

from steepest.engine import Prepared
from steepest.engine.diagnosis.detectors.overfitting import Overfitting

POINTS = [[0.5, 1.0], [1.0, 1.6], [1.5, 1.1], [2.0, 2.5], [2.5, 2.2], [3.0, 3.5], [3.5, 2.9], [4.0, 4.4]]
STEPS = 420


def line(seed: int, split: dict[str, float], edits: Any = ()) -> Prepared:
    """A straight line through three of eight points, which are others with another seed."""
    runs = [{"optimizer": {"id": "sgd", "lr": 0.05}}]
    kind = {"dataset": chosen("curve_points", {"points": POINTS}), "model": chosen("linear", {"bias": True})}
    loss = chosen("mse")
    return learning(runs, edits, on="curve_points", seed=seed, split=split, dtype="float64", loss=loss, **kind)


@pytest.mark.parametrize("seed", [2, 3])
def test_a_line_through_too_few_points_overfits(seed: int) -> None:
    (records,) = whole(line(seed, {"dev": 0.6}), STEPS)
    found, measures = first(records.verdicts, Overfitting), records.metrics
    assert measures is not None
    dev = measures.losses[: found.step // 10 + 1, 1]
    assert (found.since, found.best) == (10 * int(dev.argmin()), dev.min())
    assert found.step == found.since + 200
    assert found.dev == pytest.approx(dev[-5:].mean())
    assert found.dev > 1.1 * found.best
    assert found.train < found.train_then == measures.losses[found.since // 10, 0]
    assert records.verdicts[-1].code == "overfitting"


def test_where_the_development_loss_falls_on_it_does_not() -> None:
    assert "overfitting" not in codes(whole(line(0, {"dev": 0.6}), STEPS)[0].verdicts)


def test_a_test_part_is_never_looked_at() -> None:
    assert "overfitting" not in codes(whole(line(2, {"test": 0.6}), STEPS)[0].verdicts)


def test_back_at_the_best_place_it_is_over() -> None:
    best = whole(line(2, {"dev": 0.6}), 10)[0].params[10].tolist()
    edits = [{"step": 300, "run": 0, "params": best}, {"step": 300, "run": 0, "set": {"lr": 0.0}}]
    verdicts = whole(line(2, {"dev": 0.6}, edits), 400)[0].verdicts
    assert holding(verdicts, 300).code == "overfitting"
    assert verdicts[-1].code != "overfitting"


def test_it_is_reported_the_same_however_the_run_was_cut() -> None:
    prepared = line(2, {"dev": 0.6})
    chunks, checkpoint = cut(prepared, [7, 10, 205, 219, 333, STEPS])
    (records,) = whole(prepared, STEPS)
    assert tuple(verdict for chunk in chunks for run in chunk.runs for verdict in run.verdicts) == records.verdicts
    assert checkpoint.runs[0].diagnosis == cut(prepared, [STEPS])[1].runs[0].diagnosis

"""A run whose loss does not come down is not called descending; one whose loss does is."""

from typing import Any

import numpy as np
import pytest
from tests.engine.helpers import cut, experiment, whole
from tests.engine.verdict_cases import holding

from steepest.engine import RunRecords
from steepest.engine.diagnosis.detectors.not_falling import HALF, NotFalling


def made(surface: Any, optimizer: dict[str, Any], start: tuple[float, ...], steps: int, dtype: str) -> RunRecords:
    return whole(experiment(surface, [(optimizer, start)], dtype=dtype), steps)[0]


def expression(text: str) -> dict[str, Any]:
    return {"id": "expression", "params": {"expression": text}}


# Found by an audit of random surfaces, optimizers and rates.
CLIMBING: list[tuple[Any, dict[str, Any], tuple[float, ...]]] = [
    ("gradient_of_two", {"id": "adam", "lr": 4.03, "maximize": True}, (0.6, -1.96)),
    ("booth", {"id": "rprop", "lr": 0.0186, "maximize": True}, (0.906, -0.719)),
    (expression("abs(x)+abs(y)"), {"id": "adagrad", "lr": 0.16, "maximize": True}, (-1.91, -1.96)),
    ("himmelblau", {"id": "newton", "lr": 0.00316}, (-1.693, 0.201)),
]


@pytest.mark.parametrize(("surface", "optimizer", "start"), CLIMBING)
def test_a_run_that_climbs(surface: Any, optimizer: dict[str, Any], start: tuple[float, ...]) -> None:
    records = made(surface, optimizer, start, 60, "float64")
    found = holding(records.verdicts, 40)
    assert isinstance(found, NotFalling)
    assert found.step == 2 * HALF - 1
    assert (found.since, found.loss) == (0, records.loss[0])
    assert found.climbs == bool(optimizer.get("maximize"))
    assert records.loss[40] > found.loss


def test_a_run_that_stays_where_it_is() -> None:
    records = made(expression("max(x,y)"), {"id": "newton", "lr": 4.1}, (-1.29, -0.27), 60, "float32")
    assert np.ptp(records.loss) == 0
    assert isinstance(holding(records.verdicts, 40), NotFalling)


def test_a_run_that_jumped_away_and_stays_there() -> None:
    records = made("styblinski_tang", {"id": "lbfgs", "lr": 7.6}, (0.2, 0.846), 60, "float64")
    assert records.loss[40] > records.loss[0]
    assert isinstance(holding(records.verdicts, 40), NotFalling)


SLOW: list[tuple[Any, dict[str, Any], tuple[float, ...]]] = [
    ("rosenbrock", {"id": "sgd", "lr": 1e-6}, (-1.5, 2.0)),
    ("beale", {"id": "adam", "lr": 1e-4}, (1.0, 1.0)),
    ("himmelblau", {"id": "rmsprop", "lr": 1e-3}, (0.0, 0.0)),
]


@pytest.mark.parametrize(("surface", "optimizer", "start"), SLOW)
def test_a_run_that_falls_however_slowly_is_descending(surface: Any, optimizer: Any, start: tuple[float, ...]) -> None:
    records = made(surface, optimizer, start, 200, "float64")
    assert (np.diff(records.loss) < 0).all()
    assert not any(isinstance(verdict, NotFalling) for verdict in records.verdicts)


def test_it_ends_where_the_loss_falls_again() -> None:
    edits = [{"step": 40, "run": 0, "set": {"maximize": False}}]
    optimizer = {"id": "sgd", "lr": 1e-4, "maximize": True}
    prepared = experiment("himmelblau", [(optimizer, (1.0, 1.0))], edits, dtype="float64")
    records = whole(prepared, 100)[0]
    assert isinstance(holding(records.verdicts, 40), NotFalling)
    assert not isinstance(holding(records.verdicts, 80), NotFalling)
    assert records.loss[80] < records.loss[40]
    chunks, _ = cut(prepared, [1, 5, 18, 19, 20, 39, 40, 41, 57, 70, 100])
    assert tuple(verdict for chunk in chunks for verdict in chunk.runs[0].verdicts) == records.verdicts
